"""Clusters of compared pairs: average linkage on a sparse graph, and the cut that fits a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

__all__ = ["Merges", "average_linkage", "choose_cuts", "component_labels", "silhouettes"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_AVERAGE = 30  # average nodes of the corpus that speak for the cut of each part of it
_ROUNDED = 12  # decimals; a merge must not depend on the order of a sum


def component_labels(first: Ints, second: Ints, n: int) -> Ints:
    """Return the connected component of each of ``n`` nodes, numbered by first member."""
    graph = sparse.coo_matrix((np.ones(len(first)), (first, second)), shape=(n, n))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


@dataclass(frozen=True, eq=False)
class Merges:
    """A dendrogram down to some score.

    Attributes
    ----------
    first, second : ndarrays of shape (n_merges,)
        A member of each of the two clusters that were merged.
    score : ndarray of shape (n_merges,)
        Mean score between them.
    n : int
        Number of nodes.
    """

    first: Ints
    second: Ints
    score: Floats
    n: int

    def labels(self, cut: float | Floats) -> Ints:
        """Return the clusters whose merges all had at least this mean score, numbered by first member.

        With one cut for each node, that of a merge is its first node's; clusters of the lowest cut must share one.
        """
        kept = self.score >= (cut if isinstance(cut, float) else cut[self.first])
        return component_labels(self.first[kept], self.second[kept], self.n)


def average_linkage(pairs: tuple[Ints, Ints, Floats], n: int, *, lowest: float, beyond: Floats | None = None) -> Merges:
    """Average linkage (UPGMA) of ``n`` nodes on a sparse graph.

    Clusters that are each other's best are merged at once, round after round. Average linkage is reducible: a merge
    never brings a cluster nearer to a third than the nearer of its parts was, so that mutually best clusters stay so
    until they merge, and the dendrogram is that of merging the best pair one at a time. Nothing has to be split,
    however large a component: memory and time of a round are linear in the pairs.

    Parameters
    ----------
    pairs : (first, second, score)
        The compared pairs, each once, scores above 0.
    n : int
        Number of nodes.
    lowest : float
        Clusters are merged while their mean score is at least this.
    beyond : ndarray of shape (n,), optional
        What each node brings to pairs that were not compared: such a pair scores the product of both, by default 0.
        Clusters between which no pair was compared are not merged.

    References
    ----------
    Sokal, R. R. and Michener, C. D. (1958), University of Kansas Science Bulletin 38, for the linkage; Murtagh, F.
    (1983), The Computer Journal 26, for reciprocal nearest neighbours.
    """
    first, second, total = pairs
    size, mass = np.ones(n), np.zeros(n) if beyond is None else beyond.copy()
    total = total - mass[first] * mass[second]
    merged: list[tuple[Ints, Ints, Floats]] = []
    while len(first):
        mean = np.round((total + mass[first] * mass[second]) / (size[first] * size[second]), _ROUNDED)
        enough = mean >= lowest
        chosen = np.flatnonzero(enough)[_mutual_best(first[enough], second[enough], mean[enough], n)]
        if not len(chosen):
            break
        low, high = np.minimum(first[chosen], second[chosen]), np.maximum(first[chosen], second[chosen])
        merged.append((low, high, mean[chosen]))
        size[low] += size[high]
        mass[low] += mass[high]
        target = np.arange(n)
        target[high] = low
        first, second, total = _contracted(target[first], target[second], total, n)
    if not merged:
        return Merges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), n)
    lows, highs, scores = zip(*merged, strict=True)
    return Merges(np.concatenate(lows), np.concatenate(highs), np.concatenate(scores), n)


def _mutual_best(first: Ints, second: Ints, mean: Floats, n: int) -> Ints:
    """Positions of the pairs that are the best of both their ends; ties go to the pair of smaller nodes."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((high, low, -mean))
    best = np.full(n, len(order))
    place = np.arange(len(order))
    np.minimum.at(best, low[order], place)
    np.minimum.at(best, high[order], place)
    chosen: Ints = order[(best[low[order]] == place) & (best[high[order]] == place)].astype(np.int64)
    return chosen


def _contracted(first: Ints, second: Ints, total: Floats, n: int) -> tuple[Ints, Ints, Floats]:
    """Sum the scores between clusters; pairs inside a cluster are dropped."""
    apart = first != second
    low, high = np.minimum(first, second)[apart], np.maximum(first, second)[apart]
    keys, place = np.unique(low * n + high, return_inverse=True)
    summed: Floats = np.bincount(place, weights=total[apart], minlength=len(keys)).astype(np.float64)
    return keys // n, keys % n, summed


def choose_cuts(merges: Merges, similarities: Sequence[Any], cuts: Sequence[float], *, copies: Ints) -> Floats:
    """Choose for each node the cut whose clusters stand apart best around it: the highest mean silhouette.

    How similar two reports of one event are depends on the corpus: on its size, its mix of topics, the length of its
    reports, the number of reports per event. A cut that suits one corpus, or one part of it, splits the events of
    another; the silhouette needs no gold. The nodes of one cluster of the lowest cut share their cut; its silhouette is
    the mean of theirs and of 30 average nodes of the corpus, so that few nodes follow the corpus. Ties go to the lower
    cut. Copies do not vouch for a cluster: else the best clusters would be those of copies alone.

    Parameters
    ----------
    merges : Merges
        Dendrogram down to the lowest cut or further.
    similarities : sequence of sparse matrices of shape (n, n)
        Symmetric similarities, 0 to 1; the silhouettes on them are summed.
    cuts : sequence of float
        Cuts to choose among, rising.
    copies : ndarray of shape (n,)
        Group of copies that each node belongs to.

    Returns
    -------
    ndarray of shape (n,)

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    Journal of Computational and Applied Mathematics 20, 53-65.
    """
    if not merges.n:
        return np.zeros(0)
    region = merges.labels(cuts[0])
    size = np.bincount(region)
    quality = []
    for cut in cuts:
        labels = merges.labels(cut)
        width = sum((silhouettes(labels, similarity, copies) for similarity in similarities), np.zeros(merges.n))
        quality.append((np.bincount(region, weights=width) + _AVERAGE * width.mean()) / (size + _AVERAGE))
    best = np.argmax(np.round(np.stack(quality), _ROUNDED), axis=0)
    chosen: Floats = np.asarray(cuts, dtype=np.float64)[best][region]
    return chosen


def silhouettes(labels: Ints, similarity: Any, copies: Ints) -> Floats:
    """Silhouette width of each node of a clustering on a sparse similarity in 0 to 1; pairs not stored have 0.

    A member's width is ``(a - b) / (1 - min(a, b))`` with ``a`` its mean similarity to its own cluster and ``b`` that
    to the nearest other one, which is Rousseeuw's on the distance ``1 - similarity``; a cluster of one has the
    width 0. Members of one group of ``copies`` do not count for each other (``similarity`` must be 0 between them); a
    cluster of nothing but copies has the width 0 too.
    """
    n = len(labels)
    _, cluster = np.unique(labels, return_inverse=True)
    sizes = np.bincount(cluster)
    _, group, n_fellows = np.unique(cluster * n + copies, return_inverse=True, return_counts=True)
    others = sizes[cluster] - n_fellows[group]
    membership = sparse.csr_matrix((np.ones(n), (np.arange(n), cluster)), shape=(n, len(sizes)))
    sums = (similarity @ membership).tocoo()
    own = sums.col == cluster[sums.row]
    a, b = np.zeros(n), np.zeros(n)
    a[sums.row[own]] = sums.data[own]
    a /= np.maximum(others, 1)
    np.maximum.at(b, sums.row[~own], sums.data[~own] / sizes[sums.col[~own]])
    return np.asarray(np.where(others > 0, (a - b) / np.maximum(1 - np.minimum(a, b), 1e-12), 0.0))
