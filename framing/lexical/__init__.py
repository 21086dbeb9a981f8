"""Lexical: which words differ between outlets inside events, and whether the outlet can be told from them."""

from framing.lexical.classify import CueClassifier, count_cues, score_predictions
from framing.lexical.contrast import Inference, LexicalContrast, Support
from framing.lexical.counts import EventNGramVectorizer
from framing.lexical.separability import OutletSeparability
from framing.lexical.style import find_style, style_steps

__all__ = [
    "CueClassifier",
    "EventNGramVectorizer",
    "Inference",
    "LexicalContrast",
    "OutletSeparability",
    "Support",
    "count_cues",
    "find_style",
    "score_predictions",
    "style_steps",
]
