"""Whether a probability means what it says: reliability, calibration error and Brier score of links."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SchemaError, SettingsError
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.stats import bootstrap_interval, wilson_interval

__all__ = ["evaluate_probabilities", "reliability"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def reliability(links: pd.DataFrame, gold: pd.DataFrame, *, bins: int = 10) -> pd.DataFrame:
    """Set the probability of links against the share of them that is true.

    Parameters
    ----------
    links : DataFrame
        Columns ``article_id, other_id, score``: every compared pair, not only the probable ones (for `EventAligner`:
        ``cut=1e-6``), for those that are left out would be missing below.
    gold : DataFrame
        Columns ``article_id, event_id``; pairs with an article that has no gold event are left out.
    bins : int
        Bins of equal width from 0 to 1.

    Returns
    -------
    DataFrame of shape (bins, 7)
        ``low, high`` (ends of the bin), ``n`` (pairs), ``mean_score``, ``share`` (of pairs of one event), ``ci_low,
        ci_high`` (Wilson's 95 % interval of the share, as if pairs were independent, which those of one event are
        not: too narrow). NaN where a bin is empty.

    Raises
    ------
    SchemaError
        If a column is missing or a score is no probability.
    SettingsError
        If ``bins`` is less than 1.

    References
    ----------
    DeGroot and Fienberg (1983), The Statistician 32, 12-22.
    """
    score, same, _ = _judged(links, gold, bins)
    place = _bin(score, bins)
    n = np.bincount(place, minlength=bins)
    hits = np.bincount(place, weights=same, minlength=bins)
    low, high = wilson_interval(hits, n)
    filled = np.where(n > 0, n, np.nan)
    columns = {
        "low": np.arange(bins) / bins,
        "high": np.arange(1, bins + 1) / bins,
        "n": n,
        "mean_score": np.bincount(place, weights=score, minlength=bins) / filled,
        "share": hits / filled,
        "ci_low": np.where(n > 0, low, np.nan),
        "ci_high": np.where(n > 0, high, np.nan),
    }
    return pd.DataFrame(columns)


def evaluate_probabilities(
    links: pd.DataFrame, gold: pd.DataFrame, *, bins: int = 10, n_resamples: int = 1000, random_state: int = 0
) -> tuple[Evaluation, ...]:
    """Measure how far the probabilities of links are from what is true.

    Parameters
    ----------
    links, gold, bins
        See `reliability`.
    n_resamples, random_state : int
        Bootstrap over gold events for the 95 % intervals; a pair counts one half at either end's event.

    Returns
    -------
    tuple of Evaluation
        ``calibration_error`` (expected calibration error: mean distance of mean score and share over bins, weighted
        by pairs) and ``brier`` (mean squared distance of score and truth). The baseline gives every pair the share
        of all pairs that is true.

    Raises
    ------
    SchemaError, SettingsError
        See `reliability`.

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3; Naeini et al. (2015), AAAI, for the calibration error.
    """
    score, same, events = _judged(links, gold, bins)
    place = _bin(score, bins)
    n_events = int(events.max()) + 1 if len(score) else 0
    halves = events.T.ravel() * bins + np.tile(place, 2)
    values = (np.ones(len(score)), score - same, (score - same) ** 2)
    sums = [np.bincount(halves, weights=np.tile(value, 2) / 2, minlength=n_events * bins) for value in values]
    parts: Floats = np.stack(sums, axis=1).reshape(n_events, bins, 3).astype(np.float64)
    rate = same.mean() if len(same) else float("nan")
    rival = {"calibration_error": 0.0, "brier": rate * (1 - rate)}
    mark = fingerprint(gold[["article_id", "event_id"]].dropna())
    return tuple(
        Evaluation(
            name=name,
            estimate=measure(parts),
            interval=bootstrap_interval(
                partial(_drawn, parts=parts, measure=measure),
                n_events,
                n_resamples=n_resamples,
                random_state=random_state,
            ),
            n=len(score),
            baseline={"share of all": rival[name]},
            gold=mark,
        )
        for name, measure in (("calibration_error", _calibration_error), ("brier", _brier))
    )


def _drawn(drawn: Ints, parts: Floats, measure: Callable[[Floats], float]) -> float:
    return measure(parts[drawn])


def _calibration_error(parts: Floats) -> float:
    """From pairs, sums of score minus truth, and of its square; shape (n_events, bins, 3)."""
    n, difference, _ = parts.sum(axis=0).T
    return float(np.abs(difference).sum() / n.sum()) if n.sum() else float("nan")


def _brier(parts: Floats) -> float:
    n, _, squared = parts.sum(axis=0).T
    return float(squared.sum() / n.sum()) if n.sum() else float("nan")


def _bin(score: Floats, bins: int) -> Ints:
    return np.minimum((score * bins).astype(np.int64), bins - 1)


def _judged(links: pd.DataFrame, gold: pd.DataFrame, bins: int) -> tuple[Floats, Floats, Ints]:
    """Score of each pair with gold, whether it is of one event, and the events of both ends, shape (n, 2)."""
    for name, table, needed in (
        ("links", links, ("article_id", "other_id", "score")),
        ("gold", gold, ("article_id", "event_id")),
    ):
        missing = [column for column in needed if column not in table.columns]
        if missing:
            raise SchemaError(f"{name}: column(s) missing: {', '.join(missing)}. Got: {', '.join(table.columns)}.")
    if bins < 1:
        raise SettingsError(f"bins must be at least 1. Got {bins}.")
    known = gold.dropna(subset=["event_id"]).drop_duplicates("article_id").set_index("article_id")["event_id"]
    codes = pd.Series(pd.factorize(known, sort=True)[0], index=known.index)
    ends = np.stack([links[side].map(codes).to_numpy(dtype=float) for side in ("article_id", "other_id")], axis=1)
    kept = ~np.isnan(ends).any(axis=1)
    score = links["score"].to_numpy(dtype=float)[kept]
    if not np.all((score >= 0) & (score <= 1)):
        raise SchemaError(f"links: 'score' must be a probability. Got {score.min():g} to {score.max():g}.")
    events = ends[kept].astype(np.int64)
    return score, (events[:, 0] == events[:, 1]).astype(float), events
