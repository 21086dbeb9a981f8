"""Statistics that several rooms need: adjusted p-values, intervals, permutation within strata, stratified 2 x 2 tables.

Everything here is closed under the project's rule that whole events are resampled and labels move within events
only; "stratum" and "cluster" mean an event everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from framing.errors import SettingsError

__all__ = ["benjamini_hochberg", "benjamini_yekutieli"]

Floats = npt.NDArray[np.float64]


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
