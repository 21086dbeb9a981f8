"""framing: compare how different outlets report the same event.

Public names are imported when first used, so that ``import framing`` and ``framing --help`` stay fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_ROOMS = {
    "framing.errors": ("CorpusError", "FramingError", "LexiconError", "SchemaError", "SettingsError"),
    "framing.reading": (
        "Corpus",
        "Reading",
        "check_corpus",
        "fetch_corpus",
        "list_corpora",
        "read_corpus",
        "read_gold",
        "read_table",
        "write_corpus",
        "write_table",
    ),
    "framing.text": (
        "Tokens",
        "find_datelines",
        "find_quotations",
        "find_sentences",
        "mask_spans",
        "tokenize",
    ),
    "framing.align": (
        "EventAligner",
        "LinkModel",
        "PairFilter",
        "align_events",
        "align_passages",
        "baseline_events",
        "collate_families",
        "compare_coverage",
        "coverage_matrix",
        "coverage_table",
        "diff_passages",
        "diff_words",
        "edit_scripts",
        "events_with",
        "find_families",
        "find_reuse",
        "find_shared_passages",
        "first_reports",
        "group_stories",
        "independent_units",
        "load_link_model",
        "rebuild",
        "statement_matrix",
        "story_timeline",
        "sweep_baseline",
        "train_link_model",
    ),
    "framing.cues": (
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
        "list_lexicons",
        "load_lexicon",
        "naming_grid",
        "rank_modifiers",
        "share_of_voice",
        "voice_diversity",
    ),
    "framing.lexical": (
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
    ),
    "framing.evaluate": (
        "Annotations",
        "Evaluation",
        "bcubed_by_cut",
        "evaluate_events",
        "evaluate_links",
        "evaluate_names",
        "evaluate_probabilities",
        "evaluate_spans",
        "export_annotations",
        "krippendorff_alpha",
        "majority_codes",
        "rate_tokens",
        "ratings_table",
        "read_annotations",
        "read_coding_sheets",
        "reliability",
        "restore_surfaces",
        "unitizing_alpha",
        "write_coding_sheet",
        "write_gold",
    ),
    "framing.report": ("show_passages", "show_text"),
    "framing.pipeline": ("Comparison", "Settings", "compare"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604 - the names are strings


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - lazy

        return version("framing")
    if name not in _HOME:
        raise AttributeError(f"module 'framing' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
