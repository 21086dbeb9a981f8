"""Published measures of how differently two bodies of text use a term. Pure arithmetic on counts; no inference.

Everywhere ``y1`` and ``y2`` are the term's counts in the described and in the compared text and ``n1``, ``n2``
their sizes in tokens; arrays broadcast. Positive values mean: more in the described text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import special

from framing.errors import SettingsError

__all__ = [
    "MEASURES",
    "chi_squared",
    "jensen_shannon",
    "log_likelihood",
    "log_odds",
    "log_ratio",
    "mantel_haenszel",
    "simple_maths",
    "tfidf_difference",
]

Floats = npt.NDArray[np.float64]
Array = npt.ArrayLike
_LEAST = 1e-9  # tokens left in a text of nothing but the term, whose odds would be infinite


def _arrays(*values: Array) -> list[Floats]:
    return [np.asarray(v, dtype=np.float64) for v in values]


def log_odds(  # noqa: PLR0913 - four counts, their prior and the variance are the formula
    y1: Array, n1: Array, y2: Array, n2: Array, *, prior: Array = 0.01, total: float | None = None, terms: int = 2
) -> tuple[Floats, Floats]:
    r"""Log-odds ratio with an informative Dirichlet prior.

    .. math:: \delta = \ln\frac{y_1 + \alpha}{n_1 + \alpha_0 - y_1 - \alpha}
              - \ln\frac{y_2 + \alpha}{n_2 + \alpha_0 - y_2 - \alpha}

    Parameters
    ----------
    y1, n1, y2, n2 : array-like
        Counts and sizes.
    prior : array-like
        :math:`\alpha` of each term: its pseudo-count in both texts.
    total : float, optional
        :math:`\alpha_0`; by default the sum of ``prior`` over the terms given.
    terms : {2, 4}
        Variance: ``1 / (y1 + prior) + 1 / (y2 + prior)``, or with the two complement terms too.

    Returns
    -------
    delta, standard_error : ndarray
        Their quotient is the z score.

    References
    ----------
    Monroe, Colaresi and Quinn (2008), Political Analysis 16, 372-403, equations 16 to 22.
    """
    if terms not in (2, 4):
        raise SettingsError(f"log_odds: terms must be 2 or 4. Got {terms}.")
    a1, m1, a2, m2, alpha = _arrays(y1, n1, y2, n2, prior)
    alpha_0 = float(np.broadcast_to(alpha, a1.shape).sum()) if total is None else total
    in1, in2 = a1 + alpha, a2 + alpha
    out1, out2 = (np.maximum(m + alpha_0 - inside, _LEAST) for m, inside in ((m1, in1), (m2, in2)))
    variance = 1 / in1 + 1 / in2
    if terms == 4:
        variance = variance + 1 / out1 + 1 / out2
    return np.log(in1 / out1) - np.log(in2 / out2), np.sqrt(variance)


def _cells(y1: Array, n1: Array, y2: Array, n2: Array) -> tuple[Floats, Floats]:
    a, m, b, n = np.broadcast_arrays(*_arrays(y1, n1, y2, n2))
    observed = np.stack([a, b, m - a, n - b])
    share = np.divide(a + b, m + n, out=np.zeros(a.shape), where=m + n > 0)
    return observed, np.stack([m * share, n * share, m * (1 - share), n * (1 - share)])


def _direction(observed: Floats, expected: Floats) -> Floats:
    return np.where(observed[0] >= expected[0], 1.0, -1.0)


def _yates(observed: Floats, expected: Floats) -> Floats:
    """Move every cell by 1/2 towards its expectation, but not beyond it."""
    gap = expected - observed
    return np.asarray(observed + np.sign(gap) * np.minimum(0.5, np.abs(gap)))


def _williams(observed: Floats) -> Floats:
    a, b, c, d = observed
    n = a + b + c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        q = 1 + (n / (a + b) + n / (c + d) - 1) * (n / (a + c) + n / (b + d) - 1) / (6 * n)
    return np.asarray(np.where(np.isfinite(q), q, 1.0))


def log_likelihood(y1: Array, n1: Array, y2: Array, n2: Array, cells: int = 4, correction: str = "none") -> Floats:
    r"""Signed log-likelihood ratio :math:`G^2 = 2 \sum O \ln (O / E)`.

    Parameters
    ----------
    y1, n1, y2, n2 : array-like
        Counts and sizes.
    cells : {4, 2}
        All four cells (Dunning), or only the two of the term (Rayson and Garside).
    correction : {"none", "yates", "williams"}
        Yates moves each cell by 1/2 towards its expectation; Williams divides by his q.

    Returns
    -------
    ndarray
        Chi-squared with one degree of freedom under independence of tokens, which texts do not meet.

    References
    ----------
    Dunning (1993), Computational Linguistics 19, 61-74; Rayson and Garside (2000), Workshop on Comparing Corpora;
    Williams (1976), Biometrika 63, 33-37.
    """
    if cells not in (2, 4) or correction not in ("none", "yates", "williams"):
        raise SettingsError(
            f"log_likelihood: cells must be 2 or 4, correction none, yates or williams. Got {cells}, {correction!r}."
        )
    observed, expected = _cells(y1, n1, y2, n2)
    used = _yates(observed, expected) if correction == "yates" else observed
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = special.xlogy(used, np.where(expected > 0, used / expected, 1.0))
    g2 = 2 * parts[:cells].sum(axis=0)
    g2 = g2 / _williams(observed) if correction == "williams" else g2
    return np.asarray(np.maximum(g2, 0.0) * _direction(observed, expected))


def chi_squared(y1: Array, n1: Array, y2: Array, n2: Array, correction: str = "none") -> Floats:
    r"""Signed Pearson chi-squared of the 2 x 2 table.

    Parameters
    ----------
    y1, n1, y2, n2 : array-like
        Counts and sizes.
    correction : {"none", "yates", "williams"}
        As in `log_likelihood`.

    Returns
    -------
    ndarray

    References
    ----------
    Pearson (1900); Yates (1934), Suppl. J. R. Stat. Soc. 1, 217-235.
    """
    if correction not in ("none", "yates", "williams"):
        raise SettingsError(f"chi_squared: correction must be none, yates or williams. Got {correction!r}.")
    observed, expected = _cells(y1, n1, y2, n2)
    used = _yates(observed, expected) if correction == "yates" else observed
    parts = np.divide((used - expected) ** 2, expected, out=np.zeros(used.shape), where=expected > 0)
    value = parts.sum(axis=0)
    value = value / _williams(observed) if correction == "williams" else value
    return np.asarray(value * _direction(observed, expected))


def log_ratio(y1: Array, n1: Array, y2: Array, n2: Array, smoothing: float = 0.5) -> Floats:
    """Binary logarithm of the ratio of relative frequencies; a count of zero is replaced by ``smoothing``.

    Parameters
    ----------
    y1, n1, y2, n2 : array-like
        Counts and sizes.
    smoothing : float
        In occurrences.

    Returns
    -------
    ndarray
        1 means: twice as frequent.

    References
    ----------
    Hardie (2014), Log Ratio: an informal introduction, CASS.
    """
    a, m, b, n = _arrays(y1, n1, y2, n2)
    return np.asarray(np.log2(np.where(a > 0, a, smoothing) / m) - np.log2(np.where(b > 0, b, smoothing) / n))


def simple_maths(y1: Array, n1: Array, y2: Array, n2: Array, add: float = 1.0) -> Floats:
    """Ratio of frequencies per million, with a constant added to both.

    Parameters
    ----------
    y1, n1, y2, n2 : array-like
        Counts and sizes.
    add : float
        The constant, in occurrences per million; larger values favour common words.

    Returns
    -------
    ndarray
        1 means equal; not signed.

    References
    ----------
    Kilgarriff (2009), Simple maths for keywords, Corpus Linguistics.
    """
    a, m, b, n = _arrays(y1, n1, y2, n2)
    return np.asarray((a / m * 1e6 + add) / (b / n * 1e6 + add))


def tfidf_difference(y1: Array, n1: Array, y2: Array, n2: Array, idf: Array = 1.0) -> Floats:
    """Difference of relative frequencies per thousand tokens, weighted by inverse document frequency.

    Parameters
    ----------
    y1, n1, y2, n2 : array-like
        Counts and sizes.
    idf : array-like
        Weight of each term, such as ``ln((1 + n_articles) / (1 + n_articles_with_term)) + 1``.

    Returns
    -------
    ndarray
    """
    a, m, b, n, weight = _arrays(y1, n1, y2, n2, idf)
    return np.asarray(1000 * (a / m - b / n) * weight)


def mantel_haenszel(y1: Array, n1: Array, y2: Array, n2: Array) -> Floats:
    """Mantel-Haenszel odds ratio over strata.

    Parameters
    ----------
    y1, n1, y2, n2 : array-like of shape (n_strata,) or (n_strata, n_terms)
        Counts and sizes per stratum (event).

    Returns
    -------
    float or ndarray of shape (n_terms,)
        NaN or infinity where no stratum holds both kinds of evidence.

    References
    ----------
    Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748.
    """
    a, m, b, n = _arrays(y1, n1, y2, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (a * (n - b) / (m + n)).sum(axis=0) / (b * (m - a) / (m + n)).sum(axis=0)
    return np.asarray(ratio)


def jensen_shannon(y1: Array, n1: Array, y2: Array, n2: Array) -> Floats:
    r"""Additive contributions of the terms to the Jensen-Shannon divergence, in bits, with sign.

    .. math:: \tfrac12 \left(p_1 \log_2 \frac{p_1}{m} + p_2 \log_2 \frac{p_2}{m}\right),\quad m = \frac{p_1 + p_2}2

    Parameters
    ----------
    y1, n1, y2, n2 : array-like
        Counts and sizes.

    Returns
    -------
    ndarray
        Absolute values sum to the divergence (0 to 1 bit) over a whole vocabulary.

    References
    ----------
    Lin (1991), IEEE Trans. Inf. Theory 37, 145-151; shifts after Gallagher et al. (2021), EPJ Data Science 10, 4.
    """
    a, m, b, n = _arrays(y1, n1, y2, n2)
    p1, p2 = a / m, b / n
    middle = np.where(p1 + p2 > 0, (p1 + p2) / 2, 1.0)
    bits = (special.xlogy(p1, p1 / middle) + special.xlogy(p2, p2 / middle)) / (2 * np.log(2))
    return np.asarray(np.maximum(bits, 0.0) * np.where(p1 >= p2, 1.0, -1.0))


def _log_simple_maths(y1: Array, n1: Array, y2: Array, n2: Array) -> Floats:
    return np.asarray(np.log2(simple_maths(y1, n1, y2, n2)))


MEASURES: Mapping[str, Callable[[Floats, Floats, Floats, Floats], Floats]] = {
    "g2": log_likelihood,
    "g2_two_cells": partial(log_likelihood, cells=2),
    "g2_yates": partial(log_likelihood, correction="yates"),
    "g2_williams": partial(log_likelihood, correction="williams"),
    "chi2": chi_squared,
    "chi2_yates": partial(chi_squared, correction="yates"),
    "chi2_williams": partial(chi_squared, correction="williams"),
    "log_ratio": log_ratio,
    "simple_maths": _log_simple_maths,
    "jensen_shannon": jensen_shannon,
}
"""Signed measures of four counts that `LexicalContrast` takes as they are; zero means no difference."""
