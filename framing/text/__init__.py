"""Text: cut into spans (sentences, tokens, quotations, datelines), and masks over it."""

from framing.text.masks import mask_spans, masked_texts
from framing.text.tokens import WORDS, Tokens, tokenize

__all__ = ["WORDS", "Tokens", "mask_spans", "masked_texts", "tokenize"]
