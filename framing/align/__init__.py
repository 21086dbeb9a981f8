"""Align: which reports tell of the same event, who copied whose text, which sentence answers which."""

from framing.align.baselines import baseline_events
from framing.align.edits import WordEdit, diff_passages, diff_words
from framing.align.events import EventAligner, align_events
from framing.align.groups import coverage_matrix, events_with, first_reports
from framing.align.passages import align_passages
from framing.align.reuse import find_families, find_reuse, independent_units

__all__ = [
    "EventAligner",
    "WordEdit",
    "align_events",
    "align_passages",
    "baseline_events",
    "coverage_matrix",
    "diff_passages",
    "diff_words",
    "events_with",
    "find_families",
    "find_reuse",
    "first_reports",
    "independent_units",
]
