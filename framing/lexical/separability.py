"""Whether the outlet can be told from the words once the event is fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg, sparse, special
from sklearn.base import BaseEstimator
from sklearn.decomposition import TruncatedSVD

from framing.errors import SettingsError
from framing.lexical.contrast import article_frame
from framing.lexical.counts import count_articles
from framing.lexical.within import Reports, make_reports
from framing.reading import Corpus
from framing.schema import make
from framing.stats import bootstrap_interval, permute_within
from framing.text import WORDS

__all__ = ["OutletSeparability"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Masks: TypeAlias = pd.DataFrame | Mapping[str, pd.DataFrame | None] | None

_MAX_FOLDS = 10
_EXACT = 400  # reports up to which the kernel is factorised exactly; beyond, that many components are kept
_STEPS = 30  # Newton steps with a fixed curvature bound; the scores' order is settled long before
_BLOCK = 4_000_000  # numbers held at once while pairs are scored


@dataclass(frozen=True, eq=False)
class _Pair:
    """Reports of two outlets in the events that both report on their own."""

    rows: Ints
    labels: Floats  # 1 for the outlet, 0 for the reference
    events: Ints


class OutletSeparability(BaseEstimator):
    r"""Ask of every two outlets whether a simple classifier tells them apart inside events.

    TF-IDF (sublinear, unit length) and logistic regression with ridge penalty; whole events are left out of training;
    the score is the share of pairs (one report of each outlet, same event) that are ranked right. The null comes from
    the same procedure with labels permuted within events. Stories printed by both outlets are left out: they say
    nothing about either's own words. Inverse document frequencies use all articles, without labels.

    Parameters
    ----------
    by : str
        Column of ``corpus.articles`` that holds the classes.
    n_permutations : int
        Label permutations.
    min_events : int
        Events that two outlets must share.
    max_pairs : int
        Pairs of outlets to test; those with most shared events come first, ties alphabetically.
    ngram_range : (int, int)
        Shortest and longest n-gram.
    token_pattern : str
        Regular expression of one token.
    penalty_strength : float
        Ridge penalty :math:`\lambda` (1 / C of scikit-learn).
    n_weights : int
        Terms to list for each side.
    random_state : int
        Seed of folds, permutations and bootstrap.

    Attributes
    ----------
    summary_ : DataFrame
        Table ``separability``.
    weights_ : DataFrame
        Table ``weights``: the terms on which the models lean most.
    diagnostics_ : DataFrame
        Pairs that were not tested: ``outlet, reference, masks, n_events, reason``.

    References
    ----------
    Böhning and Lindsay (1988), Ann. Inst. Stat. Math. 40, 641-663: the curvature bound that lets all permutations of
    one fold share one factorisation.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn needs each setting as a parameter
        self,
        *,
        by: str = "outlet",
        n_permutations: int = 200,
        min_events: int = 5,
        max_pairs: int = 10,
        ngram_range: tuple[int, int] = (1, 1),
        token_pattern: str = WORDS,
        penalty_strength: float = 0.1,
        n_weights: int = 20,
        random_state: int = 0,
    ) -> None:
        self.by = by
        self.n_permutations = n_permutations
        self.min_events = min_events
        self.max_pairs = max_pairs
        self.ngram_range = ngram_range
        self.token_pattern = token_pattern
        self.penalty_strength = penalty_strength
        self.n_weights = n_weights
        self.random_state = random_state

    def fit(
        self, corpus: Corpus, events: pd.DataFrame, *, units: pd.DataFrame | None = None, masks: Masks = None
    ) -> Self:
        """Test every pair of outlets that shares enough events.

        Parameters
        ----------
        corpus : Corpus
            The articles.
        events : DataFrame
            Table ``events``.
        units : DataFrame, optional
            Table ``units``: copies at one outlet count as one report.
        masks : DataFrame or mapping of str to DataFrame, optional
            One table of masks gives results before and after masking; a mapping gives one result per name.

        Raises
        ------
        SettingsError
            If a setting is not allowed. Too little data is no error: the tables are then empty and
            ``diagnostics_`` says why.
        """
        self._check_settings(corpus)
        frame = article_frame(corpus, events, units, self.by)
        scores: list[dict[str, Any]] = []
        weights: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        for name, table in _steps(masks).items():
            counted = count_articles(corpus, table, ngram_range=self.ngram_range, token_pattern=self.token_pattern)
            reports = make_reports(frame, counted.matrix, counted.n_tokens)
            for (first, second), pair in self._pairs(reports, name, refused).items():
                key = {"outlet": first, "reference": second, "masks": name}
                score, coefficients = self._test(_tfidf(reports.counts)[pair.rows], pair)
                scores.append(key | score)
                weights += _top(coefficients, counted.terms, key, self.n_weights)
        self.summary_, self.weights_ = make("separability", scores), make("weights", weights)
        columns = ["outlet", "reference", "masks", "n_events", "reason"]
        self.diagnostics_ = pd.DataFrame(refused, columns=columns)
        return self

    def _check_settings(self, corpus: Corpus) -> None:
        if self.by not in corpus.articles.columns:
            raise SettingsError(
                f"OutletSeparability: there is no column by={self.by!r}. Columns: {', '.join(corpus.articles.columns)}."
            )
        if self.n_permutations < 1 or self.min_events < 2 or self.max_pairs < 1 or not self.penalty_strength > 0:
            raise SettingsError(
                "OutletSeparability: n_permutations and max_pairs must be at least 1, min_events at least 2 (one to "
                f"train on, one to score), penalty_strength positive. Got {self.n_permutations}, {self.max_pairs}, "
                f"{self.min_events}, {self.penalty_strength}."
            )

    def _pairs(self, reports: Reports, masked: str, refused: list[dict[str, Any]]) -> dict[tuple[str, str], _Pair]:
        names = reports.outlet_names
        enough: list[tuple[int, str, str, _Pair]] = []
        for i, j in _met(reports):
            pair = _pair(reports, i, j)
            n = len(np.unique(pair.events))
            if n >= self.min_events:
                enough.append((n, names[i], names[j], pair))
                continue
            reason = f"{n} events with independent reports of both; min_events is {self.min_events}"
            refused.append(_refusal(names[i], names[j], masked, n, reason))
        enough.sort(key=lambda found: (-found[0], found[1], found[2]))
        for n, first, second, _ in enough[self.max_pairs :]:
            refused.append(_refusal(first, second, masked, n, f"more than max_pairs={self.max_pairs} pairs"))
        return {(first, second): pair for _, first, second, pair in enough[: self.max_pairs]}

    def _test(self, features: Any, pair: _Pair) -> tuple[dict[str, Any], Floats]:
        """Return the row of the summary, and the mean coefficient of each term over the folds."""
        orders = permute_within(pair.events, self.n_permutations, self.random_state)
        labels = np.column_stack([pair.labels, pair.labels[orders].T])
        _, events = np.unique(pair.events, return_inverse=True)
        scores, residual = self._cross_scores(features, labels, events)
        right, n_pairs = _ranked_right(scores, labels, events)
        auc = right.sum(axis=0) / n_pairs.sum()
        observed, null = float(auc[0]), auc[1:]

        def redrawn(drawn: Ints) -> float:
            return float(right[drawn, 0].sum() / n_pairs[drawn].sum())

        low, high = bootstrap_interval(redrawn, len(n_pairs), random_state=self.random_state)
        row = {
            "n_events": len(n_pairs),
            "n_articles": len(pair.labels),
            "auc": observed,
            "ci_low": low,
            "ci_high": high,
            "null_mean": float(null.mean()),
            "null_q95": float(np.quantile(null, 0.95)),
            "p_value": float((1 + (null >= observed - 1e-12).sum()) / (1 + len(null))),
        }
        # At the optimum the coefficients are the residual-weighted sum of the features over the penalty.
        return row, np.asarray(features.T @ residual) / self.penalty_strength

    def _cross_scores(self, features: Any, labels: Floats, events: Ints) -> tuple[Floats, Floats]:
        """Score each report by a model that never saw its event; one column per labelling."""
        n_events = int(events.max()) + 1
        n_folds = min(n_events, _MAX_FOLDS)
        fold = (np.random.default_rng(self.random_state).permutation(n_events) % n_folds)[events]
        reduced = _reduced(features, self.random_state)
        scores, residual = np.zeros_like(labels), np.zeros(len(labels))
        for k in range(n_folds):
            out = fold == k
            weights = _logistic(reduced[~out], labels[~out], self.penalty_strength)
            scores[out] = reduced[out] @ weights
            fitted = special.expit(reduced[~out] @ weights[:, 0])
            residual[~out] += (labels[~out, 0] - fitted) / n_folds
        return scores, residual


def _steps(masks: Masks) -> dict[str, pd.DataFrame | None]:
    if masks is None:
        return {"none": None}
    if isinstance(masks, pd.DataFrame):
        return {"none": None} | ({"+".join(sorted(masks["kind"].unique())): masks} if len(masks) else {})
    return dict(masks)


def _refusal(outlet: str, reference: str, masked: str, n_events: int, reason: str) -> dict[str, Any]:
    return {"outlet": outlet, "reference": reference, "masks": masked, "n_events": n_events, "reason": reason}


def _met(reports: Reports) -> list[tuple[int, int]]:
    """Pairs of outlets that share an event, through one sparse product."""
    ones = np.ones(len(reports.events))
    shape = (len(reports.outlet_names), len(reports.event_names))
    present = sparse.csr_array((ones, (reports.outlets, reports.events)), shape=shape)
    shared = sparse.coo_array(sparse.triu(present @ present.T, k=1))
    return sorted(zip(shared.row.tolist(), shared.col.tolist(), strict=True))


def _pair(reports: Reports, first: int, second: int) -> _Pair:
    rows = np.flatnonzero((reports.outlets == first) | (reports.outlets == second))
    _, unit = np.unique(reports.units[rows], return_inverse=True)
    rows = rows[np.bincount(unit)[unit] == 1]  # a unit has one report per outlet: two mean that both printed it
    _, event = np.unique(reports.events[rows], return_inverse=True)
    mine = reports.outlets[rows] == first
    size = int(event.max(initial=-1)) + 1
    both = (np.bincount(event[mine], minlength=size) > 0) & (np.bincount(event[~mine], minlength=size) > 0)
    kept = both[event]
    return _Pair(rows[kept], mine[kept].astype(np.float64), event[kept])


def _tfidf(counts: Any) -> Any:
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + found)) + 1
    weight = np.log1p(counts.data) * idf[counts.indices]
    matrix = sparse.csr_array((weight, counts.indices, counts.indptr), shape=counts.shape)
    length = np.sqrt(np.asarray((matrix * matrix).sum(axis=1)))
    return sparse.csr_array(sparse.diags_array(1 / np.where(length > 0, length, 1.0)) @ matrix)


def _reduced(features: Any, random_state: int) -> Floats:
    """Coordinates with the same inner products (approximately beyond `_EXACT` reports), and a constant."""
    n = features.shape[0]
    if n <= _EXACT:
        values, vectors = linalg.eigh((features @ features.T).toarray())
        kept = values > 1e-10
        coordinates = vectors[:, kept] * np.sqrt(values[kept])
    else:
        coordinates = TruncatedSVD(_EXACT, random_state=random_state).fit_transform(features)
    return np.column_stack([coordinates, np.ones(n)])


def _logistic(features: Floats, labels: Floats, penalty: float) -> Floats:
    """Ridge logistic regressions of every column of labels on the same features."""
    curvature = features.T @ features / 4 + penalty * np.eye(features.shape[1])
    factor = linalg.cho_factor(curvature)
    weights = np.zeros((features.shape[1], labels.shape[1]))
    for _ in range(_STEPS):
        gradient = features.T @ (special.expit(features @ weights) - labels) + penalty * weights
        weights -= linalg.cho_solve(factor, gradient)
    return weights


def _ranked_right(scores: Floats, labels: Floats, events: Ints) -> tuple[Floats, Floats]:
    """Pairs of each event that are ranked right, per labelling (ties count half), and the pairs of each event."""
    right = np.zeros((int(events.max()) + 1, labels.shape[1]))
    n_pairs = np.zeros(len(right))
    for event in range(len(right)):
        inside = np.flatnonzero(events == event)
        i, j = (inside[side] for side in np.triu_indices(len(inside), k=1))
        n_pairs[event] = labels[inside, 0].sum() * (1 - labels[inside, 0]).sum()
        for start in range(0, len(i), block := max(1, _BLOCK // labels.shape[1])):
            a, b = i[start : start + block], j[start : start + block]
            differ = labels[a] - labels[b]
            right[event] += (np.abs(differ) * (0.5 + 0.5 * np.sign(differ * (scores[a] - scores[b])))).sum(axis=0)
    return right, n_pairs


def _top(coefficients: Floats, terms: npt.NDArray[np.object_], key: dict[str, Any], n: int) -> list[dict[str, Any]]:
    order = np.argsort(-coefficients, kind="stable")
    mine = [i for i in order[:n] if coefficients[i] > 0]
    theirs = [i for i in order[::-1][:n] if coefficients[i] < 0]
    swapped = key | {"outlet": key["reference"], "reference": key["outlet"]}
    return [key | {"term": terms[i], "weight": float(coefficients[i])} for i in mine] + [
        swapped | {"term": terms[i], "weight": float(-coefficients[i])} for i in theirs
    ]
