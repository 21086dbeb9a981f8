"""Simple ways to group reports, for comparison in an evaluation. Never the way to use."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.align.clusters import component_labels
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import empty, make, stable_ids

__all__ = ["baseline_events"]

Ints = npt.NDArray[np.int64]

_CUTS = {"components": 0.28, "leader": 0.24}


def baseline_events(corpus: Corpus, method: str = "components", *, cut: float | None = None) -> pd.DataFrame:
    """Group reports by a baseline on plain TF-IDF of title and text, without dates.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    method : {"components", "leader", "all-in-one", "singletons"}
        Connected components of pairs at or above the cut; leader (each article joins the most similar leader so
        far, in order of ids, else leads); one event for all; one event for each.
    cut : float, optional
        Cosine, 0 to 1; by default the best on the two collections on which the default of `EventAligner` was chosen.

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
    if not n:
        return empty("events")
    if method in _CUTS:
        labels = _from_cosines(corpus, method, _CUTS[method] if cut is None else cut)
    else:
        labels = np.arange(n) if method == "singletons" else np.zeros(n, dtype=np.int64)
    ids = corpus.article_ids
    named = stable_ids("event", [ids[k] for k in np.unique(labels, return_index=True)[1]])
    columns = {
        "article_id": ids,
        "event_id": [named[label] for label in np.unique(labels, return_inverse=True)[1]],
        "n_candidates": n - 1,
    }
    return make("events", columns)


def _from_cosines(corpus: Corpus, method: str, cut: float) -> Ints:
    texts = (corpus.articles["title"] + "\n" + corpus.articles["text"]).tolist()
    try:
        matrix = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    except ValueError:  # no word in any text
        return np.arange(len(corpus))
    return _components(matrix, cut) if method == "components" else _leaders(matrix, cut)


def _components(matrix: Any, cut: float, block: int = 500) -> Ints:
    found = []
    for start in range(0, matrix.shape[0], block):
        product = (matrix[start : start + block] @ matrix.T).tocoo()
        strong = product.data >= cut
        found.append(np.stack([product.coords[0][strong] + start, product.coords[1][strong]]))
    first, second = np.concatenate(found, axis=1).astype(np.int64)
    return component_labels(first, second, matrix.shape[0])


def _leaders(matrix: Any, cut: float) -> Ints:
    leaders: list[int] = []
    labels = np.zeros(matrix.shape[0], dtype=np.int64)
    for row in range(matrix.shape[0]):
        cosines = (matrix[leaders] @ matrix[row].T).toarray().ravel() if leaders else np.zeros(0)
        if len(cosines) and cosines.max() >= cut:
            labels[row] = leaders[int(np.argmax(cosines))]
        else:
            labels[row] = row
            leaders.append(row)
    return labels
