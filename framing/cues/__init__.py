"""Framing cues and inserted labels: what is said about a name, by whom, and in which form."""

from framing.cues.find import cue_rates, find_cues, keyword_in_context, language_of
from framing.cues.glosses import find_glosses
from framing.cues.grid import cell_mentions, naming_grid
from framing.cues.label_tables import label_changes, label_counts, label_coverage, label_timeline
from framing.cues.labels import find_labels
from framing.cues.lexicon import CueMatch, CueRule, Lexicon, list_lexicons, load_lexicon
from framing.cues.mentions import find_mentions
from framing.cues.modifiers import rank_modifiers
from framing.cues.naming import find_names, group_names
from framing.cues.sourcing import attribute_quotations, find_reported_speech
from framing.cues.versions import compare_quotations, compare_verbs
from framing.cues.voices import share_of_voice, voice_diversity

__all__ = [
    "CueMatch",
    "CueRule",
    "Lexicon",
    "attribute_quotations",
    "cell_mentions",
    "compare_quotations",
    "compare_verbs",
    "cue_rates",
    "find_cues",
    "find_glosses",
    "find_labels",
    "find_mentions",
    "find_names",
    "find_reported_speech",
    "group_names",
    "keyword_in_context",
    "label_changes",
    "label_counts",
    "label_coverage",
    "label_timeline",
    "language_of",
    "list_lexicons",
    "load_lexicon",
    "naming_grid",
    "rank_modifiers",
    "share_of_voice",
    "voice_diversity",
]
