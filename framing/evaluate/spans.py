"""Predicted pairs and spans against gold ones: precision, recall, F1."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SchemaError
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.stats import bootstrap_interval, wilson_interval

__all__ = ["evaluate_links", "evaluate_spans"]

Bools = npt.NDArray[np.bool_]
_SPAN = ["article_id", "field", "start", "end"]
_PAIR = ["article_id", "other_id"]


def evaluate_links(
    predicted: pd.DataFrame,
    gold: pd.DataFrame,
    *,
    baselines: Mapping[str, pd.DataFrame] | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> tuple[Evaluation, ...]:
    """Compare predicted pairs of articles with gold pairs, without direction.

    Parameters
    ----------
    predicted, gold : DataFrame
        Columns ``article_id, other_id``; a pair in either direction, given twice, counts once.
    baselines : mapping of name to DataFrame, optional
        Other predictions.
    n_resamples, random_state : int
        Bootstrap over pairs, for the interval of F1.

    Returns
    -------
    tuple of Evaluation
        ``pair_precision``, ``pair_recall`` (Wilson intervals), ``pair_f1`` (bootstrap).

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    truth = _pairs(gold, "gold")
    tables = {"predicted": predicted, **dict(sorted((baselines or {}).items()))}
    hits = {}
    for name, table in tables.items():
        found = _pairs(table, name)
        hits[name] = _isin(found, truth, _PAIR), _isin(truth, found, _PAIR)
    return _figures("pair", hits, fingerprint(truth), n_resamples, random_state)


def evaluate_spans(
    predicted: pd.DataFrame,
    gold: pd.DataFrame,
    *,
    on: tuple[str, ...] = (),
    baselines: Mapping[str, pd.DataFrame] | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> tuple[Evaluation, ...]:
    """Compare predicted spans with gold spans, exactly and by overlap.

    Parameters
    ----------
    predicted, gold : DataFrame
        Columns ``article_id, field, start, end``. The same span twice counts once.
    on : tuple of str
        Further columns that must agree, such as ``("kind",)``.
    baselines : mapping of name to DataFrame, optional
        Other predictions.
    n_resamples, random_state : int
        Bootstrap over spans, for the intervals of F1.

    Returns
    -------
    tuple of Evaluation
        ``exact_precision, exact_recall, exact_f1``, then the same for ``overlap``: a span is found when it shares
        at least one character with one of the other table. Wilson intervals, bootstrap for F1.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    key = [*_SPAN, *on]
    truth = _spans(gold, key, "gold")
    tables = {"predicted": predicted, **dict(sorted((baselines or {}).items()))}
    exact, overlap = {}, {}
    for name, table in tables.items():
        found = _spans(table, key, name)
        exact[name] = _isin(found, truth, key), _isin(truth, found, key)
        overlap[name] = _touches(found, truth, list(on)), _touches(truth, found, list(on))
    mark = fingerprint(truth)
    return (
        *_figures("exact", exact, mark, n_resamples, random_state),
        *_figures("overlap", overlap, mark, n_resamples, random_state),
    )


def _needed(table: pd.DataFrame, columns: list[str], name: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise SchemaError(
            f"{name}: column(s) missing: {', '.join(missing)}. Got: {', '.join(map(str, table.columns))}."
        )
    return table[columns].dropna(subset=columns)


def _pairs(table: pd.DataFrame, name: str) -> pd.DataFrame:
    rows = _needed(table, _PAIR, name).astype(str)
    ordered = np.sort(rows.to_numpy(dtype=object), axis=1)
    pairs = pd.DataFrame(ordered, columns=_PAIR).drop_duplicates()
    return pairs[pairs["article_id"] != pairs["other_id"]].sort_values(_PAIR).reset_index(drop=True)


def _spans(table: pd.DataFrame, key: list[str], name: str) -> pd.DataFrame:
    rows = _needed(table, key, name).drop_duplicates()
    return rows.astype({"start": "int64", "end": "int64"}).sort_values(key).reset_index(drop=True)


def _isin(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> Bools:
    known = set(others[key].itertuples(index=False, name=None))
    return np.array([row in known for row in rows[key].itertuples(index=False, name=None)], dtype=bool)


def _touches(rows: pd.DataFrame, others: pd.DataFrame, on: list[str]) -> Bools:
    group = ["article_id", "field", *on]
    sides = rows.reset_index(names="row").merge(others, on=group, suffixes=("", "_other"))
    touching = sides[(sides["start"] < sides["end_other"]) & (sides["start_other"] < sides["end"])]
    return np.isin(np.arange(len(rows)), touching["row"].to_numpy(dtype=np.int64))


def _figures(
    prefix: str, hits: Mapping[str, tuple[Bools, Bools]], gold: str, n_resamples: int, random_state: int
) -> tuple[Evaluation, ...]:
    found, recovered = hits["predicted"]
    values = {name: _prf(*pair) for name, pair in hits.items()}
    intervals = (
        _wilson(found),
        _wilson(recovered),
        _f1_interval(found, recovered, n_resamples, random_state),
    )
    counts = len(found), len(recovered), len(found) + len(recovered)
    return tuple(
        Evaluation(
            name=f"{prefix}_{name}",
            estimate=values["predicted"][k],
            interval=intervals[k],
            n=counts[k],
            baseline={rival: figures[k] for rival, figures in values.items() if rival != "predicted"},
            gold=gold,
        )
        for k, name in enumerate(("precision", "recall", "f1"))
    )


def _prf(found: Bools, recovered: Bools) -> tuple[float, float, float]:
    """Precision, recall, F1; a side without rows has no errors to count and is NaN, F1 then 0 (1 if both empty)."""
    precision = float(found.mean()) if len(found) else float("nan")
    recall = float(recovered.mean()) if len(recovered) else float("nan")
    if not len(found) or not len(recovered):
        return precision, recall, float(len(found) == len(recovered))
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _wilson(hits: Bools) -> tuple[float, float]:
    if not len(hits):
        return float("nan"), float("nan")
    low, high = wilson_interval(int(hits.sum()), len(hits))
    return float(low), float(high)


def _f1_interval(found: Bools, recovered: Bools, n_resamples: int, random_state: int) -> tuple[float, float]:
    """Resample predicted and gold rows together."""
    both = np.concatenate([found, recovered])
    is_gold = np.arange(len(both)) >= len(found)

    def f1(drawn: npt.NDArray[np.int64]) -> float:
        return _prf(both[drawn][~is_gold[drawn]], both[drawn][is_gold[drawn]])[2]

    return bootstrap_interval(f1, len(both), n_resamples=n_resamples, random_state=random_state)
