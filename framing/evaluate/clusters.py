"""Predicted events against gold events: B-cubed, pairs, V-measure, adjusted Rand index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SchemaError
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.stats import bootstrap_interval

__all__ = ["bcubed_by_cut", "bcubed_shares", "evaluate_events"]

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
    scored: Collection[str] | None = None,
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
    scored : collection of str, optional
        Articles that are scored, whole gold events of them; the others stay in the groups, so that to merge with one
        is an error. By default all. (To leave the others out of the groups too, leave them out of the gold.)
    n_resamples : int
        Bootstrap draws of whole gold events, with repetition, for the 95 % intervals; 0 for none. What an article
        brings to a measure is worked out once, in the whole corpus: were groups cut down to the events of a draw,
        wrong merges would vanish from it and the interval lie above the estimate.
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
    counted = np.ones(len(truth), dtype=bool) if scored is None else truth.index.isin(set(scored))
    estimate = _measures(measured, groups, counted)
    intervals = _intervals(bcubed_shares(measured, groups)[counted], groups[counted], n_resamples, random_state)
    others = {name: _measures(codes, groups, counted) for name, codes in rivals.items()}
    mark = fingerprint(pd.DataFrame({"article_id": truth.index, "event_id": truth.to_numpy()}))
    return tuple(
        Evaluation(
            name=name,
            estimate=estimate[name],
            interval=intervals[name],
            n=int(counted.sum()),
            baseline={rival: values[name] for rival, values in others.items()},
            gold=mark,
        )
        for name in MEASURES
    )


def bcubed_by_cut(predictions: Mapping[float, pd.DataFrame], gold: pd.DataFrame) -> pd.Series:
    """B-cubed F1 of predictions at several cuts.

    Parameters
    ----------
    predictions : mapping of float to DataFrame
        Columns ``article_id, event_id``, by cut.
    gold : DataFrame
        Columns ``article_id, event_id``; rows without an event are not scored.

    Returns
    -------
    Series
        By cut, rising. ``.idxmax()`` is the best cut *in hindsight*, which flatters; the mean of such series over
        other collections gives one that may be carried over.

    Examples
    --------
    >>> curves = {name: bcubed_by_cut(sweep_baseline(c, "linkage"), c.articles) for name, c in corpora.items()}
    ... # doctest: +SKIP
    >>> sum(curve for name, curve in curves.items() if name != "basil").idxmax()  # doctest: +SKIP
    """
    truth = _assignment(gold, "gold")
    groups = pd.factorize(truth, sort=True)[0].astype(np.int64)
    everything = np.ones(len(truth), dtype=bool)
    scores = {
        cut: _measures(_codes(table, truth, f"cut {cut}"), groups, everything)["bcubed_f1"]
        for cut, table in sorted(predictions.items())
    }
    return pd.Series(scores, name="bcubed_f1", dtype="float64")


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


def _measures(predicted: Ints, gold: Ints, counted: npt.NDArray[np.bool_]) -> dict[str, float]:
    """All measures, NaN where there is nothing to score."""
    if not counted.any():
        return dict.fromkeys(MEASURES, float("nan"))
    return _from_sums(bcubed_shares(predicted, gold)[counted].sum(axis=0))


def bcubed_shares(predicted: Ints, gold: Ints) -> Floats:
    """Return what each article brings to the sums from which all measures follow, shape (n, 11).

    A pair counts one half at either end. Entropies are sums of ``-log`` of the article's group's share.
    """
    n = len(gold)
    if not n:
        return np.zeros((0, 11))
    rows, columns = np.bincount(predicted)[predicted], np.bincount(gold)[gold]
    cells = np.unique(predicted * (int(gold.max()) + 1) + gold, return_inverse=True)[1]
    both = np.bincount(cells)[cells]
    shares = (
        np.ones(n),
        both / rows,
        both / columns,
        (both - 1) / 2,
        (rows - 1) / 2,
        (columns - 1) / 2,
        np.full(n, (n - 1) / 2),
        -np.log(both / rows),
        -np.log(columns / n),
        -np.log(both / columns),
        -np.log(rows / n),
    )
    return np.stack(shares, axis=1)


def _from_sums(sums: Floats) -> dict[str, float]:
    n, right, found, together, predicted, gold, pairs, *entropies = (float(value) for value in sums)
    precision, recall = right / n, found / n
    pair_precision = together / predicted if predicted else 1.0  # a side without any pair makes no error
    pair_recall = together / gold if gold else 1.0
    gold_given_predicted, h_gold, predicted_given_gold, h_predicted = entropies
    homogeneity = 1 - gold_given_predicted / h_gold if h_gold > 0 else 1.0
    completeness = 1 - predicted_given_gold / h_predicted if h_predicted > 0 else 1.0
    expected = predicted * gold / pairs if pairs else 0.0
    span = (predicted + gold) / 2 - expected
    values = (
        precision,
        recall,
        _f1(precision, recall),
        pair_precision,
        pair_recall,
        _f1(pair_precision, pair_recall),
        _f1(max(homogeneity, 0.0), max(completeness, 0.0)),
        (together - expected) / span if span else 1.0,
    )
    return dict(zip(MEASURES, values, strict=True))


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _intervals(shares: Floats, gold: Ints, n_resamples: int, random_state: int) -> dict[str, tuple[float, float]]:
    """Percentile intervals over draws of whole gold events; all measures see the same draws."""
    if not len(gold):
        return dict.fromkeys(MEASURES, (float("nan"), float("nan")))
    events = np.unique(gold, return_inverse=True)[1]
    by_event = np.stack([np.bincount(events, weights=share) for share in shares.T], axis=1)

    def measured(drawn: Ints, name: str) -> float:
        return _from_sums(by_event[drawn].sum(axis=0))[name]

    return {
        name: bootstrap_interval(
            partial(measured, name=name), len(by_event), n_resamples=n_resamples, random_state=random_state
        )
        for name in MEASURES
    }
