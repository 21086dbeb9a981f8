"""Evaluate: gold tables against predicted tables."""

from framing.evaluate.clusters import evaluate_events
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.evaluate.spans import evaluate_links, evaluate_spans

__all__ = ["Evaluation", "evaluate_events", "evaluate_links", "evaluate_spans", "fingerprint"]
