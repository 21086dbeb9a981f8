"""Predicted events against gold events: B-cubed, pairs, V-measure, adjusted Rand index."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from framing.errors import SchemaError
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.stats import bootstrap_interval

__all__ = ["evaluate_events"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEASURES = (
    "bcubed_precision",
    "bcubed_recall",
    "bcubed_f1",
    "pair_precision",
    "pair_recall",
    "pair_f1",
    "v_measure",
    "adjusted_rand",
)


def evaluate_events(
    predicted: pd.DataFrame,
    gold: pd.DataFrame,
    *,
    baselines: Mapping[str, pd.DataFrame] | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> tuple[Evaluation, ...]:
    """Compare predicted events with gold events.

    Parameters
    ----------
    predicted : DataFrame
        Columns ``article_id, event_id``; every gold article must be in it, further articles are ignored.
    gold : DataFrame
        Columns ``article_id, event_id``; rows without an event are not scored.
    baselines : mapping of name to DataFrame, optional
        Other predictions for the same articles, measured alike. "all in one" and "singletons" are always added.
    n_resamples : int
        Bootstrap draws of whole gold events, with repetition, for the 95 % intervals. An event drawn twice counts
        as two, and a predicted group is kept apart for first, second … copies, so that no copy pairs with itself.
    random_state : int
        Seed.

    Returns
    -------
    tuple of Evaluation
        B-cubed, pair precision, recall and F1, V-measure, adjusted Rand index. `Evaluation.table` of them makes
        one DataFrame.

    Raises
    ------
    SchemaError
        If a column is missing, an article stands twice, or a prediction lacks gold articles.

    References
    ----------
    Bagga and Baldwin (1998) and Amigó et al. (2009), Information Retrieval 12, for B-cubed; Rosenberg and
    Hirschberg (2007), EMNLP-CoNLL, for V-measure; Hubert and Arabie (1985), Journal of Classification 2, for the
    adjusted Rand index.
    """
    truth = _assignment(gold, "gold")
    groups = pd.factorize(truth, sort=True)[0].astype(np.int64)
    measured = _codes(predicted, truth, "predicted")
    rivals = {name: _codes(table, truth, name) for name, table in sorted((baselines or {}).items())}
    rivals |= {"all in one": np.zeros(len(truth), np.int64), "singletons": np.arange(len(truth), dtype=np.int64)}
    estimate = _measures(measured, groups)
    intervals = _intervals(measured, groups, n_resamples, random_state)
    others = {name: _measures(codes, groups) for name, codes in rivals.items()}
    mark = fingerprint(pd.DataFrame({"article_id": truth.index, "event_id": truth.to_numpy()}))
    return tuple(
        Evaluation(
            name=name,
            estimate=estimate[name],
            interval=intervals[name],
            n=len(truth),
            baseline={rival: values[name] for rival, values in others.items()},
            gold=mark,
        )
        for name in MEASURES
    )


def _assignment(table: pd.DataFrame, name: str) -> pd.Series:
    missing = [column for column in ("article_id", "event_id") if column not in table.columns]
    if missing:
        raise SchemaError(
            f"{name}: column(s) missing: {', '.join(missing)}. Got: {', '.join(map(str, table.columns))}."
        )
    rows = table[["article_id", "event_id"]].dropna()
    twice = rows["article_id"].duplicated()
    if twice.any():
        article = rows.loc[twice, "article_id"].iloc[0]
        raise SchemaError(f"{name}: article {article!r} stands in it twice. Each article belongs to one event.")
    return rows.set_index("article_id")["event_id"].sort_index()


def _codes(table: pd.DataFrame, truth: pd.Series, name: str) -> Ints:
    found = _assignment(table, name).reindex(truth.index)
    if found.isna().any():
        example = found.index[found.isna()][0]
        raise SchemaError(
            f"{name}: {int(found.isna().sum())} of {len(truth)} gold articles have no event, such as {example!r}. "
            "Predict for all articles of the gold; an article alone is an event of one."
        )
    return np.asarray(pd.factorize(found)[0], dtype=np.int64)


def _measures(predicted: Ints, gold: Ints) -> dict[str, float]:
    """All measures from the contingency table of two labelings, empty ones NaN."""
    if not len(gold):
        return dict.fromkeys(MEASURES, float("nan"))
    table = sparse.coo_matrix((np.ones(len(gold)), (predicted, gold))).tocsr()
    table.sum_duplicates()
    cells = table.tocoo()
    rows = np.asarray(table.sum(axis=1)).ravel()[cells.coords[0]]
    columns = np.asarray(table.sum(axis=0)).ravel()[cells.coords[1]]
    n, both = float(len(gold)), cells.data
    precision, recall = float((both**2 / rows).sum() / n), float((both**2 / columns).sum() / n)
    together = _pairs(both)
    in_rows = _pairs(np.bincount(predicted).astype(float))
    in_columns = _pairs(np.bincount(gold).astype(float))
    values = (
        precision,
        recall,
        _f1(precision, recall),
        *_ratios(together, in_rows, in_columns),
        _v_measure(both / n, rows / n, columns / n, (np.bincount(predicted) / n, np.bincount(gold) / n)),
        _adjusted_rand(together, in_rows, in_columns, n * (n - 1) / 2),
    )
    return dict(zip(MEASURES, values, strict=True))


def _pairs(sizes: Floats) -> float:
    return float((sizes * (sizes - 1) / 2).sum())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _ratios(together: float, predicted: float, gold: float) -> tuple[float, float, float]:
    """Pair precision, recall, F1; a side without any pair makes no error."""
    precision = together / predicted if predicted else 1.0
    recall = together / gold if gold else 1.0
    return precision, recall, _f1(precision, recall)


def _v_measure(joint: Floats, rows: Floats, columns: Floats, margins: tuple[Floats, Floats]) -> float:
    h_predicted, h_gold = (float(-(p[p > 0] * np.log(p[p > 0])).sum()) for p in margins)
    homogeneity = 1 + float((joint * np.log(joint / rows)).sum()) / h_gold if h_gold > 0 else 1.0
    completeness = 1 + float((joint * np.log(joint / columns)).sum()) / h_predicted if h_predicted > 0 else 1.0
    return _f1(max(homogeneity, 0.0), max(completeness, 0.0))


def _adjusted_rand(together: float, predicted: float, gold: float, pairs: float) -> float:
    expected = predicted * gold / pairs if pairs else 0.0
    span = (predicted + gold) / 2 - expected
    return (together - expected) / span if span else 1.0


def _intervals(predicted: Ints, gold: Ints, n_resamples: int, random_state: int) -> dict[str, tuple[float, float]]:
    """Percentile intervals over draws of whole gold events; all measures see the same draws."""
    order = np.argsort(gold, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(gold))[:-1]) if len(gold) else []
    width = int(predicted.max()) + 1 if len(predicted) else 1
    known: dict[bytes, dict[str, float]] = {}

    def measured(drawn: Ints, name: str) -> float:
        if (key := drawn.tobytes()) not in known:
            sizes = [len(members[k]) for k in drawn]
            rows = np.concatenate([members[k] for k in drawn])
            copy = np.repeat(_copies(drawn), sizes)
            codes = np.unique(copy * width + predicted[rows], return_inverse=True)[1]
            known[key] = _measures(codes.astype(np.int64), np.repeat(np.arange(len(drawn)), sizes))
        return known[key][name]

    return {
        name: bootstrap_interval(
            partial(measured, name=name),
            len(members),
            n_resamples=n_resamples,
            random_state=random_state,
        )
        for name in MEASURES
    }


def _copies(drawn: Ints) -> Ints:
    """Count how often each event was drawn before: 0 for its first copy, 1 for its second."""
    return np.asarray(pd.Series(drawn).groupby(drawn).cumcount(), dtype=np.int64)
