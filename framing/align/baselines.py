"""Simple ways to group reports, for comparison in an evaluation. Never the way to use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.align.clusters import average_linkage, component_labels
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import empty, make, stable_ids

__all__ = ["BASELINE_CUTS", "baseline_events", "sweep_baseline"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pairs = tuple[Ints, Ints, Floats]

BASELINE_CUTS = tuple(round(0.05 + 0.01 * k, 2) for k in range(56))
"""Cosines among which an evaluation chooses a baseline's cut."""
_CUTS = {"components": 0.30, "leader": 0.20, "linkage": 0.22}
_TITLE = 3  # times that the title is counted
_BLOCK = 500  # rows compared at once; bounds memory


def baseline_events(corpus: Corpus, method: str = "components", *, cut: float | None = None) -> pd.DataFrame:
    """Group reports by a baseline on TF-IDF of title (three times) and text, without dates.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    method : {"components", "leader", "linkage", "all-in-one", "singletons"}
        Connected components of pairs at or above the cut; leader (each article joins the most similar leader so
        far, in order of ids, else leads); average linkage down to the cut; one event for all; one event for each.
    cut : float, optional
        Cosine, 0 to 1; by default the best in the mean of four public collections (experiment 02).

    Returns
    -------
    DataFrame
        Table ``events``, without confidence.

    Raises
    ------
    SettingsError
        If the method is unknown.
    """
    allowed = (*_CUTS, "all-in-one", "singletons")
    if method not in allowed:
        raise SettingsError(f"baseline_events: method must be one of {', '.join(allowed)}. Got {method!r}.")
    n = len(corpus)
    if method in _CUTS:
        chosen = _CUTS[method] if cut is None else cut
        return sweep_baseline(corpus, method, cuts=[chosen])[chosen]
    return _table(corpus, np.arange(n) if method == "singletons" else np.zeros(n, dtype=np.int64))


def sweep_baseline(corpus: Corpus, method: str, *, cuts: Sequence[float] = BASELINE_CUTS) -> dict[float, pd.DataFrame]:
    """Group reports by a baseline at many cuts, so that an evaluation can choose one.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    method : {"components", "leader", "linkage"}
        See `baseline_events`.
    cuts : sequence of float
        Cosines above 0.

    Returns
    -------
    dict of float to DataFrame
        Table ``events`` for each cut.

    Raises
    ------
    SettingsError
        If the method has no cut, or a cut is not above 0.
    """
    if method not in _CUTS:
        raise SettingsError(f"sweep_baseline: method must be one of {', '.join(_CUTS)}. Got {method!r}.")
    if min(cuts) <= 0:
        raise SettingsError(f"sweep_baseline: cuts must lie above 0. Got {min(cuts)!r}.")
    pairs = _cosines(corpus, 0.0 if method == "linkage" else min(cuts))  # a mean is over all pairs
    labels = _GROUPERS[method](pairs, len(corpus), min(cuts))
    return {cut: _table(corpus, labels(cut)) for cut in cuts}


def _table(corpus: Corpus, labels: Ints) -> pd.DataFrame:
    if not len(labels):
        return empty("events")
    ids = corpus.article_ids
    _, start, place = np.unique(labels, return_index=True, return_inverse=True)
    named = stable_ids("event", [ids[k] for k in start])
    columns = {"article_id": ids, "event_id": [named[k] for k in place], "n_candidates": len(ids) - 1}
    return make("events", columns)


def _cosines(corpus: Corpus, lowest: float) -> Pairs:
    """Pairs of reports with at least this cosine, and above 0; a word of one report only does not count."""
    titles, texts = (corpus.articles[name] for name in ("title", "text"))
    try:
        vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english")
        matrix = vectorizer.fit_transform((titles + "\n") * _TITLE + texts)
    except ValueError:  # no word that two reports share
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    found = []
    for start in range(0, matrix.shape[0], _BLOCK):
        product = (matrix[start : start + _BLOCK] @ matrix.T).tocoo()
        first, second = product.coords[0] + start, product.coords[1]
        kept = (first < second) & (product.data >= lowest) & (product.data > 0)
        found.append((first[kept], second[kept], product.data[kept]))
    first, second, cosine = (np.concatenate(part) for part in zip(*found, strict=True))
    return first.astype(np.int64), second.astype(np.int64), cosine


Grouper = Callable[[Pairs, int, float], Callable[[float], Ints]]
"""From pairs, reports and the lowest cut to what gives the labels at a cut."""


def _components(pairs: Pairs, n: int, lowest: float) -> Callable[[float], Ints]:
    del lowest
    first, second, cosine = pairs
    return lambda cut: component_labels(first[cosine >= cut], second[cosine >= cut], n)


def _leaders(pairs: Pairs, n: int, lowest: float) -> Callable[[float], Ints]:
    del lowest
    first, second, cosine = pairs
    earlier = sparse.csr_matrix((cosine, (second, first)), shape=(n, n))
    return lambda cut: _led(earlier, cut)


def _led(earlier: Any, cut: float) -> Ints:
    """Label of each report, given the cosines of each to those before it."""
    labels = np.arange(earlier.shape[0])
    for row, (start, end) in enumerate(zip(earlier.indptr[:-1], earlier.indptr[1:], strict=True)):
        others, cosines = earlier.indices[start:end], earlier.data[start:end]
        leading = (labels[others] == others) & (cosines >= cut)
        if leading.any():
            labels[row] = others[leading][np.argmax(cosines[leading])]
    return labels


def _linkage(pairs: Pairs, n: int, lowest: float) -> Callable[[float], Ints]:
    return average_linkage(pairs, n, lowest=lowest).labels


_GROUPERS: dict[str, Grouper] = {"components": _components, "leader": _leaders, "linkage": _linkage}
