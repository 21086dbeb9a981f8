"""Align: which reports tell of the same event, who copied whose text, which sentence answers which."""

from framing.align.baselines import BASELINE_CUTS, baseline_events, sweep_baseline
from framing.align.copies import collate_families, edit_scripts, find_shared_passages, rebuild
from framing.align.coverage import compare_coverage, statement_matrix
from framing.align.edits import WordEdit, diff_passages, diff_words
from framing.align.events import EventAligner, align_events
from framing.align.families import find_families, independent_units
from framing.align.groups import coverage_matrix, coverage_table, events_with
from framing.align.link_model import LinkModel, load_link_model
from framing.align.passages import align_passages
from framing.align.proposals import PairFilter
from framing.align.reuse import find_reuse
from framing.align.stories import group_stories, story_timeline
from framing.align.timing import first_reports
from framing.align.training import train_link_model

__all__ = [
    "BASELINE_CUTS",
    "EventAligner",
    "LinkModel",
    "PairFilter",
    "WordEdit",
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
]
