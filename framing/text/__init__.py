"""Text: cut into spans (sentences, tokens, quotations, datelines), and masks over it."""

from framing.text.datelines import find_datelines
from framing.text.masks import mask_spans, masked_texts
from framing.text.quotations import find_quotations, split_quotations
from framing.text.sentences import find_sentences, split_sentences
from framing.text.tokens import WORDS, Tokens, same_glyphs, tokenize

__all__ = [
    "WORDS",
    "Tokens",
    "find_datelines",
    "find_quotations",
    "find_sentences",
    "mask_spans",
    "masked_texts",
    "same_glyphs",
    "split_quotations",
    "split_sentences",
    "tokenize",
]
