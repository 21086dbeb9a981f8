"""Framing cues and inserted labels: what is said about a name, by whom, and in which form."""

from framing.cues.find import cue_rates, find_cues, keyword_in_context, language_of
from framing.cues.labels import find_labels, label_counts
from framing.cues.lexicon import CueMatch, CueRule, Lexicon, list_lexicons, load_lexicon
from framing.cues.sourcing import attribute_quotations, find_reported_speech
from framing.cues.versions import compare_quotations, compare_verbs
from framing.cues.voices import share_of_voice, voice_diversity

__all__ = [
    "CueMatch",
    "CueRule",
    "Lexicon",
    "attribute_quotations",
    "compare_quotations",
    "compare_verbs",
    "cue_rates",
    "find_cues",
    "find_labels",
    "find_reported_speech",
    "keyword_in_context",
    "label_counts",
    "language_of",
    "list_lexicons",
    "load_lexicon",
    "share_of_voice",
    "voice_diversity",
]
