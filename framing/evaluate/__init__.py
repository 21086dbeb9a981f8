"""Evaluate: gold tables against predicted tables."""

from framing.evaluate.calibration import evaluate_probabilities, reliability
from framing.evaluate.clusters import bcubed_by_cut, evaluate_events
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.evaluate.names import evaluate_names, match_mentions
from framing.evaluate.spans import evaluate_links, evaluate_spans

__all__ = [
    "Evaluation",
    "bcubed_by_cut",
    "evaluate_events",
    "evaluate_links",
    "evaluate_names",
    "evaluate_probabilities",
    "evaluate_spans",
    "fingerprint",
    "match_mentions",
    "reliability",
]
