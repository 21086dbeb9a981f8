"""Evaluate: gold tables against predicted tables."""

from framing.evaluate.agreement import krippendorff_alpha
from framing.evaluate.annotation import Annotations, export_annotations, read_annotations
from framing.evaluate.calibration import evaluate_probabilities, reliability
from framing.evaluate.clusters import bcubed_by_cut, evaluate_events
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.evaluate.gold import restore_surfaces, write_gold
from framing.evaluate.names import evaluate_names, match_mentions
from framing.evaluate.sheets import majority_codes, ratings_table, read_coding_sheets, write_coding_sheet
from framing.evaluate.spans import evaluate_links, evaluate_spans
from framing.evaluate.unitizing import rate_tokens, unitizing_alpha

__all__ = [
    "Annotations",
    "Evaluation",
    "bcubed_by_cut",
    "evaluate_events",
    "evaluate_links",
    "evaluate_names",
    "evaluate_probabilities",
    "evaluate_spans",
    "export_annotations",
    "fingerprint",
    "krippendorff_alpha",
    "majority_codes",
    "match_mentions",
    "rate_tokens",
    "ratings_table",
    "read_annotations",
    "read_coding_sheets",
    "reliability",
    "restore_surfaces",
    "unitizing_alpha",
    "write_coding_sheet",
    "write_gold",
]
