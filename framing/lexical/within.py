"""The arithmetic of comparing two sides inside events: sums per event, permutation moments, balanced counts."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.stats import f

from framing.stats import skewed_p_value

__all__ = ["Reports", "Sides", "make_reports"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_TINY = 1e-9  # a variance below this share of its raw sum of squares is rounding


@dataclass(frozen=True, eq=False)
class Reports:
    """What is compared: one row per event, unit and outlet, sorted so; copies at one outlet are averaged.

    Attributes
    ----------
    counts : csr_array of shape (n_reports, n_terms), float64
        Occurrences.
    tokens : ndarray of shape (n_reports,)
        Length.
    events, units, outlets : ndarray of shape (n_reports,), int64
        Numbers in the order of the names; units are numbered per event.
    outlet_names, event_names : list of str
        Sorted.
    members : ndarray of shape (n_articles,), int64
        Report of each counted article, -1 where it takes no part.
    """

    counts: Any
    tokens: Floats
    events: Ints
    units: Ints
    outlets: Ints
    outlet_names: list[str]
    event_names: list[str]
    members: Ints


def make_reports(frame: pd.DataFrame, counts: Any, n_tokens: Ints) -> Reports:
    """Average copies of one unit at one outlet.

    Parameters
    ----------
    frame : DataFrame of shape (n_articles, ...)
        ``event_id``, ``unit_id``, ``outlet``; articles without event or without tokens take no part.
    counts : csr_array of shape (n_articles, n_terms)
        Occurrences.
    n_tokens : ndarray of shape (n_articles,)
        Lengths.
    """
    part = frame["event_id"].notna().to_numpy(dtype=bool) & (n_tokens > 0)
    taken = frame[part]
    keys = ["event_id", "unit_id", "outlet"]
    grouped = taken.groupby(keys, sort=True, observed=True)
    report_of = grouped.ngroup().to_numpy()
    names = taken[keys].assign(report=report_of).drop_duplicates("report").sort_values("report")
    n, articles = len(names), np.flatnonzero(part)
    weight = 1.0 / np.bincount(report_of, minlength=n)[report_of] if n else np.zeros(0)
    average = sparse.csr_array((weight, (report_of, articles)), shape=(n, len(frame)))
    members = np.full(len(frame), -1, dtype=np.int64)
    members[articles] = report_of
    events, event_names = pd.factorize(names["event_id"], sort=True)
    outlets, outlet_names = pd.factorize(names["outlet"], sort=True)
    units = names.groupby(["event_id", "unit_id"], sort=True).ngroup().to_numpy(dtype=np.int64)
    matrix = sparse.csr_array(average @ counts.astype(np.float64))
    lengths = np.asarray(average @ n_tokens.astype(np.float64))
    return Reports(matrix, lengths, events, units, outlets, list(outlet_names), list(event_names), members)


class _ByEvent:
    """Entries (event, term) of a sparse matrix whose rows are sorted by event: one sort, then any number of sums."""

    def __init__(self, matrix: Any, events: Ints, n_events: int) -> None:
        bounds = np.searchsorted(events, np.arange(n_events + 1))
        pointers = matrix.indptr[bounds]
        places = sparse.csr_array((np.arange(matrix.nnz), matrix.indices.copy(), pointers), (n_events, matrix.shape[1]))
        places.sort_indices()
        event = np.repeat(np.arange(n_events), np.diff(pointers))
        new = np.ones(matrix.nnz, dtype=bool)
        new[1:] = (np.diff(places.indices) != 0) | (np.diff(event) != 0)
        self.starts = np.flatnonzero(new)
        self.event, self.term = event[self.starts], places.indices[self.starts]
        self.row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[places.data]
        self.value = matrix.data[places.data]
        self.n_terms = matrix.shape[1]

    def total(self, values: Floats) -> Floats:
        """Sum over the rows of each event: one number per entry."""
        return np.asarray(np.add.reduceat(values, self.starts) if len(self.starts) else np.zeros(0))

    def at_the_cut(self, drawn: Ints, chosen: Bools) -> tuple[Ints, Ints]:
        """Rows of each chosen entry above its ``drawn``-th highest value, and rows that equal it; 0 elsewhere."""
        above, tied = np.zeros(len(self.starts), dtype=np.int64), np.zeros(len(self.starts), dtype=np.int64)
        if not chosen.any():
            return above, tied
        sizes = np.diff(np.append(self.starts, len(self.value)))
        value, sizes = self.value[np.repeat(chosen, sizes)], sizes[chosen]
        starts, entry = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(sizes)), sizes)
        order = np.lexsort((-value, entry))
        cut = value[order[starts + np.clip(drawn[chosen], 1, sizes) - 1]][entry]
        above[chosen] = np.add.reduceat(value > cut, starts, dtype=np.int64)
        tied[chosen] = np.add.reduceat(value == cut, starts, dtype=np.int64)
        return above, tied

    def over_events(self, entries: npt.NDArray[Any]) -> Floats:
        """Sum over events: one number per term."""
        return np.asarray(np.bincount(self.term, weights=entries, minlength=self.n_terms), dtype=np.float64)


class Sides:
    r"""Two sides compared inside the events that hold both.

    With :math:`c` the count and :math:`n` the length of a unit and :math:`p` the term's rate in the event, each unit
    shows :math:`x = (c - n p) / \sqrt n`: no longer articles' louder voice, equal variance for equal habits. Units
    are scored :math:`s` = share of the described side minus share of the other, times the harmonic size of the
    event, and :math:`\sum s x` is judged by its permutation moments within events (`stats.permutation_moments`).
    A unit that both sides print counts on both, so that it cancels.

    Parameters
    ----------
    reports : Reports
        All reports.
    target, reference : ndarray of shape (n_reports,), bool
        Who is on which side.
    pooled : bool
        Treat everything as one event.
    """

    def __init__(self, reports: Reports, target: Bools, reference: Bools, *, pooled: bool = False) -> None:
        every = np.zeros_like(reports.events) if pooled else reports.events
        n = int(every.max(initial=-1)) + 1
        both = (np.bincount(every[target], minlength=n) > 0) & (np.bincount(every[reference], minlength=n) > 0)
        self.rows = np.flatnonzero(both[every] & (target | reference))
        _, self.events = np.unique(every[self.rows], return_inverse=True)
        self.n_events = int(both.sum())
        self.event_names = ["all"] if pooled else [name for name, b in zip(reports.event_names, both, strict=True) if b]
        self.target = target[self.rows].astype(np.float64)
        self.tokens = reports.tokens[self.rows]
        self.counts = reports.counts[self.rows]
        self._name_units(reports.units[self.rows])
        self.pooled = pooled

    def _name_units(self, units: Ints) -> None:
        _, number = np.unique(units, return_inverse=True)
        n = int(number.max(initial=-1)) + 1
        size = np.bincount(number, minlength=n)
        mean = sparse.csr_array((1.0 / size[number], (number, np.arange(len(number)))), shape=(n, len(number)))
        self.unit_counts = self.counts if n == len(number) else sparse.csr_array(mean @ self.counts)
        self.unit_tokens = np.asarray(mean @ self.tokens)
        self.unit_events = np.zeros(n, dtype=np.int64)
        self.unit_events[number] = self.events
        mine = np.bincount(number, weights=self.target, minlength=n)
        theirs = np.bincount(number, weights=1 - self.target, minlength=n)
        all_mine, all_theirs = (self._per_event(v) for v in (mine, theirs))
        share = mine / all_mine[self.unit_events] - theirs / all_theirs[self.unit_events]
        harmonic = all_mine * all_theirs / (all_mine + all_theirs)
        self.scores = share * harmonic[self.unit_events]

    def _per_event(self, values: npt.NDArray[Any]) -> Floats:
        """Sum unit values within events."""
        return np.bincount(self.unit_events, weights=values, minlength=self.n_events).astype(np.float64)

    def only(self, terms: Ints) -> Sides:
        """Return the same sides with some of the terms; to be asked before anything has been summed."""
        fewer = copy(self)
        same = self.unit_counts is self.counts
        fewer.counts = self.counts[:, terms]
        fewer.unit_counts = fewer.counts if same else self.unit_counts[:, terms]
        return fewer

    @cached_property
    def entries(self) -> _ByEvent:
        """Sums over units."""
        return _ByEvent(self.unit_counts, self.unit_events, self.n_events)

    @cached_property
    def rates(self) -> Floats:
        """Rate of each term in each event where it occurs, per entry."""
        by, size = self.entries, self._per_event(self.unit_tokens)
        return np.asarray(by.total(by.value) / size[by.event])

    @cached_property
    def sizes(self) -> Floats:
        """Units of each event."""
        return self._per_event(np.ones(len(self.unit_events)))

    @cached_property
    def moments(self) -> tuple[Floats, Floats, Floats, Bools, Floats]:
        """Statistic, null variance and null third moment of each term; which entries can tell, and their variance."""
        by, root, p = self.entries, np.sqrt(self.unit_tokens), self.rates
        c, r, n = by.value, root[by.row], self.sizes[by.event]
        observed = self._statistic(self.scores[None])[0]
        lengths = [self._per_event(root**k)[by.event] for k in (1, 2, 3)]
        share = c / r
        square, sum_c = share * share, by.total(c)
        sum_square = by.total(square)
        one = by.total(share) - p * lengths[0]
        two = sum_square - 2 * p * sum_c + p**2 * lengths[1]
        three = by.total(square * share) - 3 * p * by.total(share * c) + 3 * p**2 * by.total(c * r) - p**3 * lengths[2]
        mean = one / n
        x2, x3 = two - n * mean**2, three - 3 * mean * two + 2 * n * mean**3
        s2, s3 = self._per_event(self.scores**2), self._per_event(self.scores**3)
        tells = (x2 > _TINY * sum_square) & (s2[by.event] > _TINY) & (n > 1)
        variance = np.where(tells, s2[by.event] * x2 / np.maximum(n - 1, 1), 0.0)
        third = np.where(tells & (n > 2), n * s3[by.event] * x3 / np.maximum((n - 1) * (n - 2), 1), 0.0)
        return observed, by.over_events(variance), by.over_events(third), tells, variance

    def _statistic(self, scores: Floats) -> Floats:
        """Sum of score times x for each row of scores: (n_rows, n_terms)."""
        by, root = self.entries, np.sqrt(self.unit_tokens)
        rates = sparse.csr_array((self.rates, (by.event, by.term)), shape=(self.n_events, by.n_terms))
        member = sparse.csr_array((root, (np.arange(len(root)), self.unit_events)), shape=(len(root), self.n_events))
        return np.asarray((scores / root) @ self.unit_counts - (scores @ member) @ rates)

    @property
    def n_informative(self) -> Ints:
        """Events that can tell, per term."""
        return self.entries.over_events(self.moments[3]).astype(np.int64)

    def z(self) -> Floats:
        """Standardised statistic per term; NaN where no event can tell."""
        observed, variance, *_ = self.moments
        scale = np.sqrt(variance)
        return np.asarray(np.divide(observed, scale, out=np.full(len(observed), np.nan), where=variance > 0))

    def p_values(self) -> Floats:
        """Two-sided p-values of `z` from mean, variance and skewness, never below what full enumeration could give."""
        _, variance, third, *_ = self.moments
        z = self.z()
        skew = np.divide(third, variance**1.5, out=np.zeros(len(z)), where=variance > 0)
        return np.asarray(np.where(np.isnan(z), np.nan, np.maximum(skewed_p_value(z, skew), self._least_p(z > 0))))

    def heterogeneity_p(self) -> Floats:
        r"""P-value of the same ratio of rates in all events, per term; NaN where fewer than two events can tell.

        With :math:`T_e = \sum s x` of an event, :math:`S_e = \sum s^2` and :math:`p_e` the term's rate, a common ratio
        has :math:`E T_e \propto W_e = p_e S_e`, and counts with a common dispersion :math:`\phi` have variance
        :math:`\phi W_e`. So :math:`Q = \sum T_e^2 / W_e - (\sum T_e)^2 / \sum W_e`, over its degrees of freedom and
        over :math:`\phi`, estimated from the residuals within events and sides, has an F distribution (Cochran's Q
        with estimated dispersion; McCullagh and Nelder 1989, Generalized Linear Models, section 4.5).
        """
        by, root = self.entries, np.sqrt(self.unit_tokens)
        drift, squares = self._per_event(self.scores * root)[by.event], self._per_event(self.scores**2)[by.event]
        observed = by.total((self.scores / root)[by.row] * by.value) - self.rates * drift
        *_, tells, each = self.moments
        weight = np.where(tells, self.rates * squares, 1.0)
        n_events, n = by.over_events(tells), self.sizes[by.event]
        total, weights = by.over_events(np.where(tells, observed, 0.0)), by.over_events(np.where(tells, weight, 0.0))
        common = np.divide(total**2, weights, out=np.zeros(len(total)), where=weights > 0)
        q = by.over_events(np.where(tells, observed**2 / weight, 0.0)) - common
        # The permutation variance is S x2 / (n - 1); what the sides explain of the sum of squares x2 is T^2 / S.
        residual = np.where(tells, (each * (n - 1) - observed**2) / np.where(tells, squares, 1.0), 0.0)
        spread = by.over_events(np.maximum(residual, 0.0) / np.maximum(self.rates, _TINY))
        freedom = by.over_events(np.where(tells, n - 2, 0.0))
        known = (n_events > 1) & (freedom > 0) & (spread > 0)
        ratio = np.divide(q * freedom, np.maximum(n_events - 1, 1) * spread, out=np.zeros(len(q)), where=known)
        p = f.sf(np.maximum(ratio, 0.0), np.maximum(n_events - 1, 1), np.maximum(freedom, 1))
        return np.asarray(np.where(known, p, np.nan))

    def _least_p(self, more: Bools) -> Floats:
        """Twice the chance of the most extreme arrangement: in each event the highest counts all on one side."""
        by = self.entries
        n = self.sizes.astype(np.int64)[by.event]
        holders = by.total((by.value > 0).astype(np.float64)).astype(np.int64)
        mine = self._per_event((self.scores > _TINY).astype(np.float64)).astype(np.int64)[by.event]
        drawn = np.where(more[by.term], mine, n - mine)
        few = holders <= drawn  # then the cut lies among the counts of zero
        above, tied = by.at_the_cut(drawn, ~few)
        above, tied = np.where(few, holders, above), np.where(few, n - holders, tied)
        log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(n.max(initial=1)) + 1)))])

        def choose(a: Ints, b: Ints) -> Floats:
            return np.asarray(log_factorial[a] - log_factorial[b] - log_factorial[a - b])

        chance = choose(tied, drawn - above) - choose(n, drawn)
        log_chance = np.where(self.moments[3], chance, 0.0)
        return np.asarray(np.minimum(2 * np.exp(by.over_events(log_chance)), 1.0))

    def permuted(self, orders: Ints) -> Floats:
        """Standardised statistics under permuted scores: (n_permutations, n_terms), zero where nothing can tell."""
        variance = self.moments[1]
        statistic = self._statistic(self.scores[orders])
        return np.asarray(np.divide(statistic, np.sqrt(variance), out=np.zeros_like(statistic), where=variance > 0))

    @cached_property
    def balanced(self) -> Balanced:
        """Counts of both sides, weighted so that both have the same mix of events."""
        return Balanced(self)


class Balanced:
    """Counts of both sides with equal weight of every event (Mantel-Haenszel weights 2 n1 n2 / (n1 + n2)).

    Attributes
    ----------
    y1, y2 : ndarray of shape (n_terms,)
        Weighted counts; ``n1``, ``n2`` the sizes. Pooled sides are left as they are.
    """

    def __init__(self, sides: Sides) -> None:
        same = sides.unit_counts is sides.counts
        by = sides.entries if same else _ByEvent(sides.counts, sides.events, sides.n_events)
        target = sides.target
        n1 = np.bincount(sides.events, weights=target * sides.tokens, minlength=sides.n_events)
        n2 = np.bincount(sides.events, weights=(1 - target) * sides.tokens, minlength=sides.n_events)
        size = 2 * n1 * n2 / (n1 + n2)
        self.raw1, self.raw2 = by.total(by.value * target[by.row]), by.total(by.value * (1 - target[by.row]))
        weight1, weight2 = (np.ones(1), np.ones(1)) if sides.pooled else (size / n1, size / n2)
        self.u1, self.u2 = self.raw1 * weight1[by.event], self.raw2 * weight2[by.event]
        self.y1, self.y2 = by.over_events(self.u1), by.over_events(self.u2)
        self.sizes1, self.sizes2 = weight1 * n1, weight2 * n2
        self.n1, self.n2 = float(self.sizes1.sum()), float(self.sizes2.sum())
        self.poisson1 = by.over_events(self.u1 * weight1[by.event])
        self.poisson2 = by.over_events(self.u2 * weight2[by.event])
        self.cross = by.over_events(self.raw1 * self.raw2 / (n1 + n2)[by.event])
        expected = (self.raw1 + self.raw2) * (n1 / (n1 + n2))[by.event]
        self.excess = self.raw1 - expected
        self.by, self.n_events = by, sides.n_events
        self.lengths = n1 + n2

    def redrawn(self, n_resamples: int, random_state: int) -> Iterator[Balanced]:
        """Draw events with replacement and sum their counts again."""
        rng = np.random.default_rng(random_state)
        for _ in range(n_resamples):
            weight = np.bincount(rng.integers(0, self.n_events, self.n_events), minlength=self.n_events).astype(float)
            again = copy(self)
            drawn = weight[self.by.event]
            again.y1, again.y2 = self.by.over_events(drawn * self.u1), self.by.over_events(drawn * self.u2)
            again.n1, again.n2 = float(weight @ self.sizes1), float(weight @ self.sizes2)
            again.cross = self.by.over_events(drawn * self.raw1 * self.raw2 / self.lengths[self.by.event])
            yield again

    def clustered_z(self) -> tuple[Floats, Ints]:
        """Cochran-Mantel-Haenszel z with events as clusters, and the events that contribute."""
        spread = self.by.over_events(self.excess**2)
        total = self.by.over_events(self.excess)
        z = np.divide(total, np.sqrt(spread), out=np.full(len(total), np.nan), where=spread > 0)
        return z, self.by.over_events(np.abs(self.excess) > _TINY).astype(np.int64)

    def influence_variance(self, d1: Floats, d2: Floats) -> Floats:
        """Event-clustered variance of a measure with derivatives ``d1``, ``d2``; at least that of Poisson counts."""
        by = self.by
        share1, share2 = self.sizes1 / self.n1, self.sizes2 / self.n2
        shift1, shift2 = d1 * self.y1, d2 * self.y2
        own = d1[by.term] * self.u1 + d2[by.term] * self.u2
        due = shift1[by.term] * share1[by.event] + shift2[by.term] * share2[by.event]
        # Events without the term deviate by -due too: add them through the full sums.
        full = shift1**2 * (share1**2).sum() + shift2**2 * (share2**2).sum()
        full = full + 2 * shift1 * shift2 * (share1 * share2).sum()
        clustered = by.over_events((own - due) ** 2 - due**2) + full
        poisson = d1**2 * np.maximum(self.poisson1, 1.0) + d2**2 * np.maximum(self.poisson2, 1.0)
        correction = self.n_events / max(self.n_events - 1, 1)
        return np.asarray(np.maximum(clustered * correction, poisson))
