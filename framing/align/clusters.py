"""Clusters of compared pairs: average linkage inside connected components, large components split and mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

__all__ = ["average_linkage", "choose_cut", "component_labels", "linked_clusters", "mean_silhouette"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scores = Callable[[Ints, Ints], Floats]

_STEP = 0.02  # by which the cut rises until a component is small enough
_ROUNDED = 12  # decimals; a cut must not depend on the order of a sum


def component_labels(first: Ints, second: Ints, n: int) -> Ints:
    """Return the connected component of each of ``n`` nodes, numbered by first member."""
    graph = sparse.coo_matrix((np.ones(len(first)), (first, second)), shape=(n, n))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def average_linkage(scores: Floats, cut: float) -> Ints:
    """Average-linkage clusters of a dense, symmetric score matrix, merged while the mean score is at least ``cut``.

    Unweighted pair-group method with arithmetic mean (Sokal and Michener 1958) on ``1 - score``.
    """
    if len(scores) < 2:
        return np.zeros(len(scores), dtype=np.int64)
    return _cut_tree(_tree(scores), cut)


def _tree(scores: Floats) -> Floats:
    distance = np.round(1 - (scores + scores.T) / 2, _ROUNDED)
    np.fill_diagonal(distance, 0.0)
    tree: Floats = linkage(squareform(distance, checks=False), "average")
    return tree


def _cut_tree(tree: Floats, cut: float) -> Ints:
    labels: Ints = fcluster(tree, 1 - cut + 10.0**-_ROUNDED, "distance").astype(np.int64) - 1
    return labels


def choose_cut(
    pairs: tuple[Ints, Ints, Floats], others: Sequence[Floats], n: int, *, cuts: Sequence[float], largest: int
) -> float:
    """Choose the cut whose clusters stand apart best: the highest mean silhouette, ties to the lower cut.

    How similar two reports of one event are depends on the corpus: on its size, its mix of topics, the length of its
    reports, the number of reports per event. A cut that suits one corpus splits the events of another; the
    silhouette needs no gold.

    Parameters
    ----------
    pairs, n, largest
        As for `linked_clusters`; components beyond ``largest`` are judged in parts.
    others : sequence of ndarray of shape (n_pairs,)
        Further similarities of the pairs, 0 to 1. The silhouettes on all of them and on the score are averaged.
    cuts : sequence of float
        Cuts to choose among, rising.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    Journal of Computational and Applied Mathematics 20, 53-65.
    """
    first, second, score = pairs
    strong = score >= cuts[0]
    similarities = [symmetric(first, second, values, n) for values in (score, *others)]
    trees = [
        (part, _tree(dense(similarities[0], part, part)))
        for part in _parts(first[strong], second[strong], score[strong], n, cut=cuts[0], largest=largest)
        if len(part) > 1
    ]
    best = (-np.inf, cuts[0])
    for cut in cuts:
        labels = np.arange(n, dtype=np.int64)
        for part, tree in trees:
            labels[part] = part[_leaders(_cut_tree(tree, cut))]
        quality = round(sum(mean_silhouette(labels, similarity) for similarity in similarities), _ROUNDED)
        best = (quality, cut) if quality > best[0] else best
    return best[1]


def symmetric(first: Ints, second: Ints, values: Floats, n: int) -> Any:
    """Sparse symmetric matrix of the values of pairs."""
    matrix = sparse.coo_matrix((values, (first, second)), shape=(n, n)).tocsr()
    return (matrix + matrix.T).tocsr()


def dense(matrix: Any, rows: Ints, columns: Ints) -> Floats:
    """Part of a sparse matrix, 0 where nothing is stored."""
    return np.asarray(matrix[rows][:, columns].toarray())


def mean_silhouette(labels: Ints, similarity: Any) -> float:
    """Mean silhouette width of a clustering on a sparse similarity in 0 to 1; pairs that are not stored have 0.

    A member's width is ``(a - b) / (1 - min(a, b))`` with ``a`` its mean similarity to its own cluster and ``b`` that
    to the nearest other one, which is Rousseeuw's on the distance ``1 - similarity``; a cluster of one has the
    width 0.
    """
    n = len(labels)
    if not n:
        return 0.0
    _, cluster = np.unique(labels, return_inverse=True)
    sizes = np.bincount(cluster)
    others = sizes[cluster] - 1
    membership = sparse.csr_matrix((np.ones(n), (np.arange(n), cluster)), shape=(n, len(sizes)))
    sums = (similarity @ membership).tocoo()
    own = sums.col == cluster[sums.row]
    a, b = np.zeros(n), np.zeros(n)
    a[sums.row[own]] = sums.data[own]
    a /= np.maximum(others, 1)
    np.maximum.at(b, sums.row[~own], sums.data[~own] / sizes[sums.col[~own]])
    width = np.where(others > 0, (a - b) / np.maximum(1 - np.minimum(a, b), 1e-12), 0.0)
    return float(width.mean())


def linked_clusters(pairs: tuple[Ints, Ints, Floats], n: int, *, cut: float, largest: int) -> Ints:
    """Cluster all ``n`` nodes.

    Parameters
    ----------
    pairs : (first, second, score)
        The compared pairs; all others score 0. Those at ``cut`` or above make the components.
    n : int
        Number of nodes.
    cut : float
        Mean score from which two clusters are one.
    largest : int
        Components with more nodes are split by raising the cut, clustered in parts, and clusters of different
        parts merged afterwards where their exact mean score is at least ``cut``.

    Returns
    -------
    ndarray of shape (n,)
        Labels numbered by first member.
    """
    first, second, score = pairs
    strong = score >= cut
    edges = first[strong], second[strong], score[strong]
    scores = partial(dense, symmetric(first, second, score, n))
    labels = np.arange(n, dtype=np.int64)
    for part in _parts(*edges, n, cut=cut, largest=largest):
        labels[part] = part[0] if len(part) == 1 else part[_leaders(average_linkage(scores(part, part), cut))]
    component = component_labels(edges[0], edges[1], n)
    inside = (np.bincount(component, minlength=1) > largest)[component[edges[0]]]
    labels = _mended(labels, (edges[0][inside], edges[1][inside]), scores, cut)
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _leaders(labels: Ints) -> Ints:
    """Position of the first member of each one's cluster."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)


def _parts(first: Ints, second: Ints, score: Floats, n: int, *, cut: float, largest: int) -> list[Ints]:
    """Components of at most ``largest`` nodes, splitting larger ones by their weakest edges."""
    done: list[Ints] = []
    todo = [(np.arange(n, dtype=np.int64), np.arange(len(first), dtype=np.int64), cut)]
    while todo:
        nodes, edges, level = todo.pop()
        place = np.full(n, -1, dtype=np.int64)
        place[nodes] = np.arange(len(nodes))
        edges = edges[score[edges] >= level]
        labels = component_labels(place[first[edges]], place[second[edges]], len(nodes))
        of_edge = labels[place[first[edges]]] if len(edges) else np.zeros(0, dtype=np.int64)
        sizes = np.bincount(labels, minlength=1)
        order = np.argsort(labels, kind="stable")
        for label, members in enumerate(np.split(nodes[order], np.cumsum(sizes)[:-1])):
            if len(members) <= largest:
                done.append(members)
            elif level >= 1:  # identical texts beyond any cut: blocks in order
                done += [members[i : i + largest] for i in range(0, len(members), largest)]
            else:
                todo.append((members, edges[of_edge == label], min(level + _STEP, 1.0)))
    return done


def _mended(labels: Ints, edges: tuple[Ints, Ints], scores: Scores, cut: float) -> Ints:
    """Merge clusters that are each other's best across a severed edge, while the mean score allows it.

    Inside an unsplit component nothing is left to merge: average linkage has stopped there.
    """
    known: dict[tuple[int, int], float] = {}
    while True:
        a, b = labels[edges[0]], labels[edges[1]]
        crossing = np.unique(np.stack([np.minimum(a, b), np.maximum(a, b)], axis=1)[a != b], axis=0)
        neighbours = [(int(low), int(high)) for low, high in crossing]
        new = [pair for pair in neighbours if pair not in known]
        known |= dict(zip(new, _means(new, labels, scores), strict=True))
        merged = _mutual_best({pair: known[pair] for pair in neighbours}, cut)
        if not merged:
            return labels
        changed = {label for pair in merged for label in pair}
        known = {pair: mean for pair, mean in known.items() if not changed & set(pair)}
        target = np.arange(len(labels))
        target[[high for _, high in merged]] = [low for low, _ in merged]
        labels = target[labels]


def _means(pairs: list[tuple[int, int]], labels: Ints, scores: Scores) -> list[float]:
    """Exact mean score between the members of each pair of clusters."""
    order = np.argsort(labels, kind="stable").astype(np.int64)
    grouped = labels[order]

    def members(label: int) -> Ints:
        return order[np.searchsorted(grouped, label) : np.searchsorted(grouped, label, side="right")]

    return [float(scores(members(a), members(b)).mean()) for a, b in pairs]


def _mutual_best(means: Mapping[tuple[int, int], float], cut: float) -> list[tuple[int, int]]:
    """Disjoint pairs that are each other's best, at or above the cut."""
    taken: set[int] = set()
    chosen = []
    for negative, a, b in sorted((-round(mean, _ROUNDED), a, b) for (a, b), mean in means.items()):
        if -negative >= cut and a not in taken and b not in taken:
            chosen.append((a, b))
        taken |= {a, b}
    return chosen
