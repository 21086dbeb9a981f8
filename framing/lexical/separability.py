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
from sklearn.utils.validation import check_is_fitted

from framing.errors import SettingsError
from framing.lexical.contrast import article_frame, provenance
from framing.lexical.counts import count_articles
from framing.lexical.evidence import Source, find_evidence
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
_MAX_PARTS = 4  # parts of outlets and of events where both are left out
_DIVISIONS = 3  # divisions of the outlets into parts, each scoring other pairs
_N_BINS = 5
_BINS = ("outlet", "reference", "masks", "probability_low", "probability_high", "n_articles", "predicted", "observed")
_BLOCK = 4_000_000  # numbers held at once while pairs are scored


@dataclass(frozen=True, eq=False)
class _Pair:
    """Reports of two sides in the events that both report on their own."""

    rows: Ints
    labels: Floats  # 1 for the side described, 0 for the reference
    events: Ints
    outlets: Ints


class OutletSeparability(BaseEstimator):
    r"""Ask of every two outlets whether a simple classifier tells them apart inside events.

    TF-IDF (sublinear, unit length) and logistic regression with ridge penalty; whole events are left out of training;
    the score is the share of pairs (one report of each outlet, same event) that are ranked right. The null comes from
    the same procedure with labels permuted within events. Stories printed by both outlets are left out: they say
    nothing about either's own words. Inverse document frequencies use all articles, without labels.

    Parameters
    ----------
    by : str
        Column of ``corpus.articles`` that holds the classes: outlets, or groups of outlets such as a leaning.
    outlet : str, optional
        For groups of outlets: the column of outlets. Whole outlets are then left out of training too, pairs are scored
        by a model that saw neither the outlets nor the event, the null permutes groups among outlets, and the
        interval redraws outlets as well as events. Without it a difference of groups may be one outlet's habit.
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
    steps_ : DataFrame
        What each step of masking takes away: ``outlet, reference, step, masks, auc, carried`` (fall of the AUC
        against the step before; missing at the first).
    calibration_ : DataFrame
        ``outlet, reference, masks, probability_low, probability_high, n_articles, predicted, observed``: mean
        probability of the described side among reports left out, and the share that was its own.
    provenance_ : dict
        Settings, seed, versions, fingerprint of the corpus.
    diagnostics_ : DataFrame
        Pairs that were not tested: ``outlet, reference, masks, n_events, reason``.

    References
    ----------
    Böhning and Lindsay (1988), Ann. Inst. Stat. Math. 40, 641-663: the curvature bound that lets all permutations of
    one fold share one factorisation. Owen (2007), Ann. Appl. Stat. 1, 386-411: redrawing two factors at once.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn needs each setting as a parameter
        self,
        *,
        by: str = "outlet",
        outlet: str | None = None,
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
        self.outlet = outlet
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
        column = self.outlet or self.by
        frame = article_frame(corpus, events, units, column)
        scores: list[dict[str, Any]] = []
        weights: list[dict[str, Any]] = []
        bins: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        steps = _steps(masks)
        for name, table in steps.items():
            counted = count_articles(corpus, table, ngram_range=self.ngram_range, token_pattern=self.token_pattern)
            reports = make_reports(frame, counted.matrix, counted.n_tokens)
            side, names = self._sides(corpus, reports)
            for (first, second), pair in self._pairs(reports, side, names, name, refused).items():
                key = {"outlet": first, "reference": second, "masks": name}
                found = self._test(_tfidf(reports.counts)[pair.rows], pair)
                scores.append(key | found.row)
                bins += [key | line for line in _calibration(found.probabilities, pair.labels)]
                weights += _top(found.coefficients, counted.terms, key, self.n_weights)
            if name == next(iter(steps)):
                shown = frame.assign(outlet=corpus.articles[self.by].to_numpy())
                self._source = Source(corpus, table, shown, counted, self.token_pattern)
        self.summary_, self.weights_ = make("separability", scores), make("weights", weights)
        self.steps_, self.calibration_ = _carried(scores, list(steps)), pd.DataFrame(bins, columns=list(_BINS))
        columns = ["outlet", "reference", "masks", "n_events", "reason"]
        self.diagnostics_ = pd.DataFrame(refused, columns=columns)
        self.provenance_ = provenance(self, corpus)
        return self

    def _sides(self, corpus: Corpus, reports: Reports) -> tuple[Ints, list[str]]:
        """Side of each report, -1 for none, and the names of the sides."""
        if self.outlet is None:
            return reports.outlets, reports.outlet_names
        known = corpus.articles[[self.outlet, self.by]].dropna().drop_duplicates()
        twice = known[self.outlet][known[self.outlet].duplicated()]
        if len(twice):
            raise SettingsError(
                f"OutletSeparability: every {self.outlet} must have one {self.by}. Got several for "
                f"{', '.join(sorted(set(twice))[:5])}."
            )
        group = known.set_index(self.outlet)[self.by].reindex(reports.outlet_names)
        codes, names = pd.factorize(group, sort=True)
        return codes[reports.outlets] if len(codes) else reports.outlets, list(names)

    def _check_settings(self, corpus: Corpus) -> None:
        for name, column in (("by", self.by), ("outlet", self.outlet or self.by)):
            if column not in corpus.articles.columns:
                known = ", ".join(corpus.articles.columns)
                raise SettingsError(f"OutletSeparability: there is no column {name}={column!r}. Columns: {known}.")
        if self.n_permutations < 1 or self.min_events < 2 or self.max_pairs < 1 or not self.penalty_strength > 0:
            raise SettingsError(
                "OutletSeparability: n_permutations and max_pairs must be at least 1, min_events at least 2 (one to "
                f"train on, one to score), penalty_strength positive. Got {self.n_permutations}, {self.max_pairs}, "
                f"{self.min_events}, {self.penalty_strength}."
            )

    def _pairs(
        self, reports: Reports, side: Ints, names: list[str], masked: str, refused: list[dict[str, Any]]
    ) -> dict[tuple[str, str], _Pair]:
        enough: list[tuple[int, str, str, _Pair]] = []
        for i, j in _met(side, reports.events):
            pair = _pair(reports, side, i, j)
            n = len(np.unique(pair.events))
            reason = f"{n} events with independent reports of both; min_events is {self.min_events}"
            if self.outlet is not None and n >= self.min_events:
                fewest = min(len(np.unique(pair.outlets[pair.labels == label])) for label in (0, 1))
                reason = f"{fewest} {self.outlet}s on one side; two are needed, one to train on and one to score"
                n = n if fewest > 1 else -n
            if n >= self.min_events:
                enough.append((n, names[i], names[j], pair))
                continue
            refused.append(_refusal(names[i], names[j], masked, abs(n), reason))
        enough.sort(key=lambda found: (-found[0], found[1], found[2]))
        for n, first, second, _ in enough[self.max_pairs :]:
            refused.append(_refusal(first, second, masked, n, f"more than max_pairs={self.max_pairs} pairs"))
        return {(first, second): pair for _, first, second, pair in enough[: self.max_pairs]}

    def _test(self, features: Any, pair: _Pair) -> _Tested:
        reduced = _reduced(features, self.random_state)
        run = _cross_events if self.outlet is None else _cross_outlets
        labels = _permuted_labels(pair, self.n_permutations, self.random_state, whole_outlets=self.outlet is not None)
        scored = run(reduced, labels, pair, self.penalty_strength, self.random_state)
        auc = scored.right.sum(axis=0) / np.maximum(scored.n_pairs.sum(axis=0), 1)
        observed, null = float(auc[0]), auc[1:][scored.n_pairs[:, 1:].sum(axis=0) > 0]
        low, high = scored.interval(pair, self.random_state)
        probabilities = scored.probabilities
        p_value = float((1 + (null >= observed - 1e-12).sum()) / (1 + len(null)))
        row = {
            "n_events": len(np.unique(pair.events)),
            "n_articles": len(pair.labels),
            "left_out": "events" if self.outlet is None else "events and outlets",
            "auc": observed,
            "ci_low": low,
            "ci_high": high,
            "null_mean": float(null.mean()),
            "null_q95": float(np.quantile(null, 0.95)),
            "p_value": p_value,
            "brier": float(np.nanmean((probabilities - pair.labels) ** 2)),
            "told_apart": bool(low > 0.5 and p_value <= 0.05),
        }
        # At the optimum the coefficients are the residual-weighted sum of the features over the penalty.
        return _Tested(row, np.asarray(features.T @ scored.residual) / self.penalty_strength, probabilities)

    def summary(self) -> str:
        """Return the sentences for a methods section; they claim a difference only where the intervals allow it."""
        check_is_fitted(self, "summary_")
        if self.summary_.empty:
            return f"No two values of {self.by} share {self.min_events} events: nothing was tested."
        held = "whole events" if self.outlet is None else f"whole events and whole values of {self.outlet}"
        method = (
            f"TF-IDF with ridge logistic regression; {held} were left out of training; the AUC counts pairs inside an "
            f"event only; {self.n_permutations} label permutations; 95 % bootstrap intervals."
        )
        lines = [method]
        for row in self.summary_.itertuples():
            figures = f"AUC {row.auc:.2f} [{row.ci_low:.2f}, {row.ci_high:.2f}], p = {row.p_value:.3f}"
            verdict = "can be told apart" if row.told_apart else "cannot be said to differ"
            lines.append(f"{row.outlet} and {row.reference} (masked: {row.masks}) {verdict}: {figures}.")
        if self.outlet is None and self.by != "outlet":
            lines.append(
                f"Outlets were not left out of training: a difference of {self.by} may be the habit of single outlets. "
                "See the parameter outlet."
            )
        return "\n".join(lines)

    def evidence(self, term: str, outlet: str, *, n_events: int = 10) -> pd.DataFrame:
        """Return a term's occurrences in their sentences, paired by event; see `LexicalContrast.evidence`.

        Parameters
        ----------
        term : str
            A term, such as one of ``weights_``.
        outlet : str
            The side described.
        n_events : int
            Events to show of each choice.

        Returns
        -------
        DataFrame
        """
        check_is_fitted(self, "summary_")
        return find_evidence(self._source, term, outlet, n_events, self.random_state)


@dataclass(frozen=True, eq=False)
class _Tested:
    row: dict[str, Any]
    coefficients: Floats
    probabilities: Floats


@dataclass(frozen=True, eq=False)
class _Scored:
    """Pairs ranked right and pairs, per stratum (an event, or an event among outlets left out together) and labelling.

    ``residual`` is the mean over the models, ``probabilities`` those of reports left out, ``cells`` the scored pairs
    of single outlets where outlets are left out too: event, outlet, other outlet, right, pairs.
    """

    right: Floats
    n_pairs: Floats
    residual: Floats
    probabilities: Floats
    cells: Floats | None = None

    def interval(self, pair: _Pair, random_state: int) -> tuple[float, float]:
        """95 % bootstrap interval over events, and over outlets where they were left out."""
        right, n_pairs = self.right[:, 0], self.n_pairs[:, 0]
        if self.cells is None:
            return bootstrap_interval(
                lambda drawn: float(right[drawn].sum() / n_pairs[drawn].sum()), len(n_pairs), random_state=random_state
            )
        event, mine, theirs = self.cells[:3].astype(np.int64)
        hits, pairs = self.cells[3], self.cells[4]
        sides = [np.unique(pair.outlets[pair.labels == label]) for label in (0, 1)]
        size = int(pair.outlets.max()) + 1
        rng = np.random.default_rng(random_state)

        def redrawn(drawn: Ints) -> float:
            often = np.bincount(drawn, minlength=int(pair.events.max()) + 1)[event]
            for side in sides:
                again = np.bincount(rng.choice(side, len(side)), minlength=size)
                weight = np.where(np.isin(np.arange(size), side), again, 1)
                often = often * weight[mine] * weight[theirs]
            total = float(often @ pairs)
            return float(often @ hits) / total if total else float("nan")

        return bootstrap_interval(redrawn, int(pair.events.max()) + 1, random_state=random_state)


def _permuted_labels(pair: _Pair, n: int, random_state: int, *, whole_outlets: bool) -> Floats:
    """Observed labels, then permuted ones: within events, or whole outlets among the groups."""
    if not whole_outlets:
        orders = permute_within(pair.events, n, random_state)
        return np.column_stack([pair.labels, pair.labels[orders].T])
    outlets, first, of = np.unique(pair.outlets, return_index=True, return_inverse=True)
    group = pair.labels[first]
    orders = permute_within(np.zeros(len(outlets)), n, random_state)
    return np.column_stack([pair.labels, group[orders][:, of].T])


def _cross_events(features: Floats, labels: Floats, pair: _Pair, penalty: float, random_state: int) -> _Scored:
    """Score each report by a model that never saw its event; one column per labelling."""
    n_events = int(pair.events.max()) + 1
    n_folds = min(n_events, _MAX_FOLDS)
    fold = (np.random.default_rng(random_state).permutation(n_events) % n_folds)[pair.events]
    scores, residual = np.zeros_like(labels), np.zeros(len(labels))
    for k in range(n_folds):
        out = fold == k
        weights = _logistic(features[~out], labels[~out], penalty)
        scores[out] = features[out] @ weights
        residual[~out] += (labels[~out, 0] - special.expit(features[~out] @ weights[:, 0])) / n_folds
    right, n_pairs = _ranked_right(scores, labels, pair.events)
    return _Scored(right, n_pairs, residual, special.expit(scores[:, 0]))


def _cross_outlets(features: Floats, labels: Floats, pair: _Pair, penalty: float, random_state: int) -> _Scored:
    """Score each report by models that saw neither its event nor its outlet, for several divisions of the outlets."""
    rng = np.random.default_rng(random_state)
    n_events = int(pair.events.max()) + 1
    sides = [np.unique(pair.outlets[pair.labels == label]) for label in (0, 1)]
    n_parts = min(*(len(side) for side in sides), _MAX_PARTS)
    right, n_pairs, cells = [], [], []
    residual, probability, seen = np.zeros(len(labels)), np.zeros(len(labels)), np.zeros(len(labels))
    for _ in range(_DIVISIONS):
        part = np.zeros(int(pair.outlets.max()) + 1, dtype=np.int64)
        for side in sides:
            part[side] = rng.permutation(len(side)) % n_parts
        fold = (rng.permutation(n_events) % min(n_events, _MAX_PARTS))[pair.events]
        scores, home = np.zeros_like(labels), part[pair.outlets]
        for k in range(n_parts):
            for f in range(int(fold.max()) + 1):
                train, out = (home != k) & (fold != f), (home == k) & (fold == f)
                weights = _logistic(features[train], labels[train], penalty)
                scores[out] = features[out] @ weights
                fitted = special.expit(features[train] @ weights[:, 0])
                residual[train] += (labels[train, 0] - fitted) / (n_parts * (int(fold.max()) + 1) * _DIVISIONS)
        probability += special.expit(scores[:, 0])
        seen += 1
        strata = np.unique(pair.events * n_parts + home, return_inverse=True)[1]
        ranked = _ranked_right(scores, labels, strata)
        right.append(ranked[0])
        n_pairs.append(ranked[1])
        cells.append(_outlet_cells(scores[:, 0], pair, strata))
    return _Scored(
        np.concatenate(right), np.concatenate(n_pairs), residual, probability / seen, np.concatenate(cells, axis=1)
    )


def _outlet_cells(scores: Floats, pair: _Pair, strata: Ints) -> Floats:
    """Event, outlet, other outlet, right and 1 for every pair of reports that one model scored."""
    cells = []
    for stratum in range(int(strata.max()) + 1):
        inside = np.flatnonzero(strata == stratum)
        mine, theirs = (inside[pair.labels[inside] == label] for label in (1, 0))
        i, j = (side.ravel() for side in np.meshgrid(mine, theirs, indexing="ij"))
        right = 0.5 + 0.5 * np.sign(scores[i] - scores[j])
        cells.append(np.array([pair.events[i], pair.outlets[i], pair.outlets[j], right, np.ones(len(i))], dtype=float))
    return np.concatenate(cells, axis=1)


def _calibration(probabilities: Floats, labels: Floats) -> list[dict[str, Any]]:
    """Mean probability and observed share in five bins of equal width."""
    edges = np.linspace(0, 1, _N_BINS + 1)
    place = np.minimum((probabilities * _N_BINS).astype(np.int64), _N_BINS - 1)
    return [
        {
            "probability_low": edges[k],
            "probability_high": edges[k + 1],
            "n_articles": int((place == k).sum()),
            "predicted": float(probabilities[place == k].mean()),
            "observed": float(labels[place == k].mean()),
        }
        for k in range(_N_BINS)
        if (place == k).any()
    ]


def _carried(scores: list[dict[str, Any]], steps: list[str]) -> pd.DataFrame:
    """AUC step by step, and what the newest mask took away."""
    columns = ["outlet", "reference", "step", "masks", "auc"]
    table = pd.DataFrame([{**row, "step": steps.index(row["masks"])} for row in scores], columns=columns)
    table = table.sort_values(columns[:3], ignore_index=True)
    return table.assign(carried=0.0 - table.groupby(["outlet", "reference"])["auc"].diff())


def _steps(masks: Masks) -> dict[str, pd.DataFrame | None]:
    if masks is None:
        return {"none": None}
    if isinstance(masks, pd.DataFrame):
        return {"none": None} | ({"+".join(sorted(masks["kind"].unique())): masks} if len(masks) else {})
    return dict(masks)


def _refusal(outlet: str, reference: str, masked: str, n_events: int, reason: str) -> dict[str, Any]:
    return {"outlet": outlet, "reference": reference, "masks": masked, "n_events": n_events, "reason": reason}


def _met(side: Ints, events: Ints) -> list[tuple[int, int]]:
    """Pairs of sides that share an event, through one sparse product."""
    kept = side >= 0
    shape = (int(side.max(initial=-1)) + 1, int(events.max(initial=-1)) + 1)
    present = sparse.csr_array((np.ones(int(kept.sum())), (side[kept], events[kept])), shape=shape)
    shared = sparse.coo_array(sparse.triu(present @ present.T, k=1))
    return sorted(zip(shared.row.tolist(), shared.col.tolist(), strict=True))


def _pair(reports: Reports, side: Ints, first: int, second: int) -> _Pair:
    rows = np.flatnonzero((side == first) | (side == second))
    _, unit = np.unique(reports.units[rows], return_inverse=True)
    mine = side[rows] == first
    both_print = (np.bincount(unit[mine], minlength=len(unit)) > 0) & (
        np.bincount(unit[~mine], minlength=len(unit)) > 0
    )
    rows = rows[~both_print[unit]]
    _, event = np.unique(reports.events[rows], return_inverse=True)
    mine = side[rows] == first
    size = int(event.max(initial=-1)) + 1
    both = (np.bincount(event[mine], minlength=size) > 0) & (np.bincount(event[~mine], minlength=size) > 0)
    rows = rows[both[event]]
    _, event = np.unique(event[both[event]], return_inverse=True)
    return _Pair(rows, (side[rows] == first).astype(np.float64), event, reports.outlets[rows])


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


def _ranked_right(scores: Floats, labels: Floats, strata: Ints) -> tuple[Floats, Floats]:
    """Pairs of each stratum and labelling that are ranked right (ties count half), and all such pairs."""
    right = np.zeros((int(strata.max()) + 1, labels.shape[1]))
    n_pairs = np.zeros_like(right)
    for stratum in range(len(right)):
        inside = np.flatnonzero(strata == stratum)
        i, j = (inside[side] for side in np.triu_indices(len(inside), k=1))
        for start in range(0, len(i), block := max(1, _BLOCK // labels.shape[1])):
            a, b = i[start : start + block], j[start : start + block]
            differ = labels[a] - labels[b]
            right[stratum] += (np.abs(differ) * (0.5 + 0.5 * np.sign(differ * (scores[a] - scores[b])))).sum(axis=0)
            n_pairs[stratum] += np.abs(differ).sum(axis=0)
    return right, n_pairs


def _top(coefficients: Floats, terms: npt.NDArray[np.object_], key: dict[str, Any], n: int) -> list[dict[str, Any]]:
    order = np.argsort(-coefficients, kind="stable")
    mine = [i for i in order[:n] if coefficients[i] > 0]
    theirs = [i for i in order[::-1][:n] if coefficients[i] < 0]
    swapped = key | {"outlet": key["reference"], "reference": key["outlet"]}
    return [key | {"term": terms[i], "weight": float(coefficients[i])} for i in mine] + [
        swapped | {"term": terms[i], "weight": float(-coefficients[i])} for i in theirs
    ]
