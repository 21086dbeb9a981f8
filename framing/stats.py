"""Statistics that several rooms need: adjusted p-values, intervals, permutation within strata, stratified 2 x 2 tables.

Everything here is closed under the project's rule that whole events are resampled and labels move within events
only; "stratum" and "cluster" mean an event everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from framing.errors import SettingsError

__all__ = [
    "MantelHaenszel",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bootstrap_interval",
    "cochran_mantel_haenszel",
    "exact_stratified",
    "max_t",
    "permutation_moments",
    "permute_within",
    "skewed_p_value",
    "wilson_interval",
    "woolf_test",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Adjust p-values so that rejecting ``q <= level`` keeps the false discovery rate at ``level``.

    Parameters
    ----------
    p_values : array-like of shape (n,)
        The p-values of one family; NaN stands for "not tested", stays NaN and is not counted.

    Returns
    -------
    ndarray of shape (n,)
        Adjusted p-values (q-values), never below the p-value.

    Raises
    ------
    SettingsError
        If a p-value lies outside 0 to 1.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300. Valid for independent and positively
    dependent tests.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    return _step_up(p_values, lambda _: 1.0)


def benjamini_yekutieli(p_values: npt.ArrayLike) -> Floats:
    """Adjust p-values as `benjamini_hochberg` does, valid under any dependence and therefore larger.

    Parameters
    ----------
    p_values : array-like of shape (n,)
        The p-values of one family; NaN stays NaN and is not counted.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    SettingsError
        If a p-value lies outside 0 to 1.

    References
    ----------
    Benjamini and Yekutieli (2001), Annals of Statistics 29, 1165-1188.
    """
    return _step_up(p_values, lambda n: float(np.sum(1.0 / np.arange(1, n + 1))))


def _step_up(p_values: npt.ArrayLike, penalty: Callable[[int], float]) -> Floats:
    p = np.asarray(p_values, dtype=np.float64)
    tested = ~np.isnan(p)
    family = p[tested]
    if family.size and (family.min() < 0 or family.max() > 1):
        raise SettingsError(f"p-values must lie between 0 and 1. Got {family.min():g} to {family.max():g}.")
    out = np.full(p.shape, np.nan)
    n = family.size
    if n:
        order = np.argsort(family, kind="stable")
        raw = family[order] * n * penalty(n) / np.arange(1, n + 1)
        adjusted = np.empty(n)
        adjusted[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
        out[tested] = adjusted
    return out


def wilson_interval(successes: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of a proportion.

    Parameters
    ----------
    successes, n : array-like
        Successes and trials; ``n = 0`` gives the interval 0 to 1.
    level : float
        Coverage.

    Returns
    -------
    (ndarray, ndarray)
        Lower and upper ends, 0 to 1.

    Raises
    ------
    SettingsError
        If a count is negative or successes exceed trials.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    hits, trials = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if np.any(hits < 0) or np.any(hits > trials):
        raise SettingsError(f"wilson_interval: successes must lie between 0 and n. Got {successes!r} of {n!r}.")
    z = float(stats.norm.isf((1 - level) / 2))
    safe = np.where(trials > 0, trials, 1.0)
    share = hits / safe
    centre = (share + z**2 / (2 * safe)) / (1 + z**2 / safe)
    half = z / (1 + z**2 / safe) * np.sqrt(share * (1 - share) / safe + z**2 / (4 * safe**2))
    low = np.where((trials > 0) & (hits > 0), np.maximum(centre - half, 0.0), 0.0)
    high = np.where((trials > 0) & (hits < trials), np.minimum(centre + half, 1.0), 1.0)
    return low, high


def bootstrap_interval(
    statistic: Callable[[Ints], float],
    n_clusters: int,
    *,
    n_resamples: int = 1000,
    level: float = 0.95,
    random_state: int = 0,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic over whole clusters (events).

    Parameters
    ----------
    statistic : callable
        Takes the indices of the drawn clusters (with repetition, ``n_clusters`` of them), returns a number; NaN
        where the draw cannot be scored.
    n_clusters : int
        Clusters to draw from.
    n_resamples : int
        Draws.
    level : float
        Coverage.
    random_state : int
        Seed.

    Returns
    -------
    (float, float)
        Lower and upper end; NaN with fewer than two clusters, where no spread can be seen.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 8 and 13.
    """
    if n_clusters < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(random_state)
    drawn = np.array([statistic(rng.integers(0, n_clusters, n_clusters)) for _ in range(n_resamples)])
    drawn = drawn[~np.isnan(drawn)]
    if not drawn.size:
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def permute_within(strata: npt.ArrayLike, n_permutations: int, random_state: int = 0) -> Ints:
    """Draw permutations that exchange positions within strata only.

    Parameters
    ----------
    strata : array-like of shape (n,)
        Stratum (event) of each unit.
    n_permutations : int
        How many to draw.
    random_state : int
        Seed.

    Returns
    -------
    ndarray of shape (n_permutations, n)
        ``labels[result[b]]`` is the ``b``-th permuted label vector.

    Examples
    --------
    >>> permute_within(["a", "a", "b"], 1)[0, 2].item()
    2
    """
    _, codes = np.unique(np.asarray(strata), return_inverse=True)
    rng = np.random.default_rng(random_state)
    home = np.argsort(codes, kind="stable")
    out = np.empty((n_permutations, len(codes)), dtype=np.int64)
    for row in out:
        row[home] = np.lexsort((rng.random(len(codes)), codes))
    return out


def permutation_moments(scores: npt.ArrayLike, values: npt.ArrayLike, strata: npt.ArrayLike) -> tuple[Floats, ...]:
    r"""Return observed value, mean, variance and third central moment of a linear permutation statistic.

    The statistic is :math:`T = \sum_u s_u x_u`; within each stratum the values are permuted against the scores
    (for two groups the score is 1 in one and 0 in the other). Per stratum of :math:`N` units, with centred powers
    :math:`S_k = \sum (s - \bar s)^k` and :math:`X_k` likewise,

    .. math:: E = N \bar s \bar x, \quad V = \frac{S_2 X_2}{N - 1}, \quad
              M_3 = \frac{N S_3 X_3}{(N - 1)(N - 2)}

    and strata add up.

    Parameters
    ----------
    scores : array-like of shape (n,)
        What is permuted, such as group membership.
    values : array-like of shape (n,) or (n, k)
        Measured on each unit.
    strata : array-like of shape (n,)
        Stratum (event) of each unit.

    Returns
    -------
    observed, mean, variance, third : ndarray of shape (k,)

    References
    ----------
    Hoeffding (1951), Annals of Mathematical Statistics 22, 558-566 (mean and variance). The third moment follows
    from the same expansion over index patterns; a test compares it with full enumeration.
    """
    s = np.asarray(scores, dtype=np.float64)
    x = np.asarray(values, dtype=np.float64).reshape(len(s), -1)
    _, codes = np.unique(np.asarray(strata), return_inverse=True)
    out = np.zeros((4, x.shape[1]))
    for code in range(codes.max() + 1 if len(codes) else 0):
        inside = codes == code
        n, group, measured = int(inside.sum()), s[inside], x[inside]
        ds, dx = group - group.mean(), measured - measured.mean(axis=0)
        out[0] += group @ measured
        out[1] += group.sum() * measured.mean(axis=0)
        out[2] += (ds**2).sum() * (dx**2).sum(axis=0) / max(n - 1, 1)
        if n > 2:
            out[3] += n * (ds**3).sum() * (dx**3).sum(axis=0) / ((n - 1) * (n - 2))
    return tuple(out)


def skewed_p_value(z: npt.ArrayLike, skewness: npt.ArrayLike) -> Floats:
    """Return the two-sided p-value of standardised statistics whose null distribution is skewed.

    A Pearson type III (shifted gamma) distribution with the null's mean, variance and skewness replaces the normal;
    the smaller tail is doubled. With skewness 0 it is the normal p-value.

    Parameters
    ----------
    z, skewness : array-like of shape (n,)
        Standardised statistics and the third standardised moments of their null distributions.

    Returns
    -------
    ndarray of shape (n,)
        NaN where ``z`` is NaN.

    References
    ----------
    Mielke and Berry (2007), Permutation Methods, chapter 2: Pearson type III approximation of permutation tests.
    """
    z_, skew = np.broadcast_arrays(np.asarray(z, dtype=np.float64), np.asarray(skewness, dtype=np.float64))
    flat = np.abs(skew) < 1e-4
    safe = np.where(flat, 1.0, skew)
    shape = 4.0 / safe**2
    # Reflected where the skew is negative, so that the gamma's long tail always points up.
    cut = np.maximum(shape + z_ * np.sign(safe) * np.sqrt(shape), 0.0)
    lower, upper = special.gammainc(shape, cut), special.gammaincc(shape, cut)
    gamma = 2 * np.minimum(lower, upper)
    return np.asarray(np.minimum(np.where(flat, 2 * special.ndtr(-np.abs(z_)), gamma), 1.0))


def max_t(z: npt.ArrayLike, null_maxima: npt.ArrayLike) -> Floats:
    """Adjust by the permutation distribution of the largest absolute statistic: controls any false discovery.

    Parameters
    ----------
    z : array-like of shape (n,)
        Standardised statistics of one family; NaN stays NaN.
    null_maxima : array-like of shape (n_permutations,)
        Largest absolute statistic of the whole family in each permutation.

    Returns
    -------
    ndarray of shape (n,)
        Adjusted p-values, at least ``1 / (n_permutations + 1)``.

    References
    ----------
    Westfall and Young (1993), Resampling-Based Multiple Testing, single-step max-T; the added one is Phipson and
    Smyth (2010).
    """
    size, maxima = np.abs(np.asarray(z, dtype=np.float64)), np.sort(np.asarray(null_maxima, dtype=np.float64))
    at_least = len(maxima) - np.searchsorted(maxima, size - 1e-12, side="left")
    return np.where(np.isnan(size), np.nan, (1.0 + at_least) / (1.0 + len(maxima)))


@dataclass(frozen=True)
class MantelHaenszel:
    """What stratified 2 x 2 tables say together.

    Attributes
    ----------
    odds_ratio : float
        Mantel-Haenszel common odds ratio; NaN where no stratum can tell.
    log_se : float
        Standard error of its logarithm (Robins, Breslow and Greenland, or clustered by stratum).
    ci_low, ci_high : float
        95 % interval of the odds ratio.
    statistic : float
        Cochran-Mantel-Haenszel chi-squared, one degree of freedom.
    p_value : float
        Two-sided.
    n_strata : int
        Strata in which both margins vary.
    """

    odds_ratio: float
    log_se: float
    ci_low: float
    ci_high: float
    statistic: float
    p_value: float
    n_strata: int


def _strata(tables: npt.ArrayLike) -> Floats:
    given = np.asarray(tables, dtype=np.float64)
    t: Floats = given[None] if given.ndim == 2 else given
    if t.shape[1:] != (2, 2) or np.any(t < 0):
        raise SettingsError(f"tables must be counts of shape (n_strata, 2, 2). Got shape {t.shape}, least {t.min()}.")
    varying: Floats = t[(t.sum(axis=1) > 0).all(axis=1) & (t.sum(axis=2) > 0).all(axis=1)]
    return varying


def cochran_mantel_haenszel(
    tables: npt.ArrayLike, *, correction: bool = False, clustered: bool = False
) -> MantelHaenszel:
    r"""Test association across strata and estimate the common odds ratio.

    Parameters
    ----------
    tables : array-like of shape (n_strata, 2, 2)
        ``[[a, b], [c, d]]`` per stratum; strata with an empty margin tell nothing and are left out.
    correction : bool
        Subtract 1/2 from the absolute difference (R's default).
    clustered : bool
        Treat each stratum as one cluster: the variance of :math:`\sum (a_k - E_k)` becomes
        :math:`\sum (a_k - E_k)^2`, which stays honest when the counts of a stratum (tokens of an article) are not
        independent. ``correction`` is then not used.

    Returns
    -------
    MantelHaenszel

    Raises
    ------
    SettingsError
        If the tables are no 2 x 2 counts.

    References
    ----------
    Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748; Robins, Breslow and Greenland (1986), Biometrics
    42, 311-323; clustered variance after Liang (1985), Biometrika 72, 678-682.
    """
    kept = _strata(tables)
    nan = float("nan")
    if not len(kept):
        return MantelHaenszel(nan, nan, nan, nan, nan, nan, 0)
    a, b, c, d = kept[:, 0, 0], kept[:, 0, 1], kept[:, 1, 0], kept[:, 1, 1]
    n = a + b + c + d
    difference = a - (a + b) * (a + c) / n
    if clustered:
        statistic = difference.sum() ** 2 / (difference**2).sum() if np.any(difference) else 0.0
    else:
        variance = (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * np.maximum(n - 1, 1))
        shift = max(abs(difference.sum()) - 0.5 * correction, 0.0)
        statistic = shift**2 / variance.sum()
    r, s = np.asarray(a * d / n), np.asarray(b * c / n)
    if r.sum() == 0 or s.sum() == 0:
        ratio = nan if r.sum() == s.sum() else (float("inf") if r.sum() else 0.0)
        return MantelHaenszel(ratio, nan, nan, nan, float(statistic), float(stats.chi2.sf(statistic, 1)), len(kept))
    ratio = float(r.sum() / s.sum())
    se = _log_se(r, s, (a + d) / n, (b + c) / n, clustered=clustered)
    reach = float(np.exp(stats.norm.isf(0.025) * se))
    p_value = float(stats.chi2.sf(statistic, 1))
    return MantelHaenszel(ratio, se, ratio / reach, ratio * reach, float(statistic), p_value, len(kept))


def _log_se(r: Floats, s: Floats, p: Floats, q: Floats, *, clustered: bool) -> float:
    big_r, big_s = r.sum(), s.sum()
    if clustered:
        return float(np.sqrt(((r - big_r / big_s * s) ** 2).sum()) / big_r)
    terms = (
        (p * r).sum() / (2 * big_r**2) + (p * s + q * r).sum() / (2 * big_r * big_s) + (q * s).sum() / (2 * big_s**2)
    )
    return float(np.sqrt(terms))


def woolf_test(tables: npt.ArrayLike) -> tuple[float, float]:
    """Test whether the odds ratio is the same in all strata.

    Parameters
    ----------
    tables : array-like of shape (n_strata, 2, 2)
        Counts; 1/2 is added to every cell, as in R's example of ``mantelhaen.test``.

    Returns
    -------
    (float, float)
        Chi-squared with ``n_strata - 1`` degrees of freedom, and its p-value; NaN with fewer than two strata.

    References
    ----------
    Woolf (1955), Annals of Human Genetics 19, 251-253.
    """
    kept = _strata(tables)
    if len(kept) < 2:
        return float("nan"), float("nan")
    kept = kept + 0.5
    log_ratio = np.log(kept[:, 0, 0] * kept[:, 1, 1] / (kept[:, 0, 1] * kept[:, 1, 0]))
    weight = 1 / (1 / kept).sum(axis=(1, 2))
    mean = (weight * log_ratio).sum() / weight.sum()
    statistic = float((weight * (log_ratio - mean) ** 2).sum())
    return statistic, float(stats.chi2.sf(statistic, len(kept) - 1))


def exact_stratified(tables: npt.ArrayLike) -> float:
    """Return the exact two-sided p-value of no association in any stratum, given all margins.

    The null distribution of the sum of the ``a`` cells is the convolution of one hypergeometric distribution per
    stratum; outcomes no more likely than the observed one are added up. One stratum gives Fisher's exact test,
    strata of one pair each give McNemar's.

    Parameters
    ----------
    tables : array-like of shape (n_strata, 2, 2)
        Whole counts ``[[a, b], [c, d]]``.

    Returns
    -------
    float
        1 where no stratum can tell.

    Raises
    ------
    SettingsError
        If the tables are no whole 2 x 2 counts.

    References
    ----------
    Mehta, Patel and Gray (1985), J. Am. Stat. Assoc. 80, 969-973; R's ``mantelhaen.test(exact = TRUE)``.
    """
    kept = _strata(tables)
    if np.any(kept != np.round(kept)):
        raise SettingsError("exact_stratified: the tables must hold whole counts.")
    mass, observed, least = np.ones(1), 0, 0
    for (a, b), (c, d) in kept.astype(np.int64).tolist():
        n, row, column = a + b + c + d, a + b, a + c
        low, high = max(0, row + column - n), min(row, column)
        mass = np.convolve(mass, stats.hypergeom.pmf(np.arange(low, high + 1), n, row, column))
        observed, least = observed + a, least + low
    # R's relative tolerance, so that outcomes as likely as the observed one count despite rounding.
    return float(min(mass[mass <= mass[observed - least] * (1 + 1e-7)].sum(), 1.0))
