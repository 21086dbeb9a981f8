"""Which pairs of reports are compared at all: the nearest of each, over words that are not too common."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.align.vectors import ReportVectors
from framing.execution import map_blocks

__all__ = ["candidate_pairs"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MAX_DF, _MAX_DF_SHARE = 200, 0.01  # words in more reports than both bring no candidates; they still score
_HEAVIEST = 20  # words that a report searches with however common they are
_ROUNDED = 12  # decimals; a rank must not depend on the order of a sum


def candidate_pairs(
    vectors: ReportVectors, *, neighbours: int, reach: int, block_size: int, workers: int
) -> tuple[Ints, Ints]:
    """Find, for every report, the reports that share most rare words with it.

    Parameters
    ----------
    vectors : ReportVectors
        The reports.
    neighbours : int
        Candidates that each report brings; pairs are the union of both sides.
    reach : int
        A dated report is compared with so many dated reports before and after it, in order of time, and with all
        undated ones; undated reports are compared with all.
    block_size, workers : int
        Reports searched for at once, and processes. Neither changes the result.

    Returns
    -------
    (first, second) : ndarrays of shape (n_pairs,)
        Positions in the corpus, ``first < second``, sorted.
    """
    n = len(vectors)
    order = np.argsort(vectors.days, kind="stable").astype(np.int64)  # undated last
    queries, index = _search_words(vectors.words[order])
    n_dated = int(np.sum(~np.isnan(vectors.days)))
    edges = sorted({*range(0, n, block_size), n_dated, n})
    blocks = list(pairwise(edges))
    search = partial(_nearest, queries=queries, index=index, n_dated=n_dated, neighbours=neighbours, reach=reach)
    found = map_blocks(search, blocks, workers=workers, description="candidate pairs")
    places = np.concatenate([*found, np.zeros((0, 2), dtype=np.int64)])
    pairs = np.sort(order[places], axis=1)
    keys = np.unique(pairs[:, 0] * max(n, 1) + pairs[:, 1])
    return keys // max(n, 1), keys % max(n, 1)


def _search_words(words: Any) -> tuple[Any, Any]:
    """Return what each report searches with, and what it is searched in, over the words that any report searches with.

    Common words cost much and tell little. But in a story that hundreds of outlets print no word is rare, so every
    report searches with its heaviest words too, however common.
    """
    n = words.shape[0]
    df = np.bincount(words.indices, minlength=words.shape[1])[words.indices]
    heavy = np.repeat(_heavy(words), np.diff(words.indptr))
    used = (df > 1) & ((df <= max(_MAX_DF, _MAX_DF_SHARE * n)) | (words.data >= heavy))
    queries = words.copy()
    queries.data = np.where(used, words.data, 0.0)
    queries.eliminate_zeros()
    columns = np.unique(queries.indices)
    return queries[:, columns], words[:, columns]


def _heavy(words: Any) -> Floats:
    """Weight that each row's heaviest words have at least."""
    least = np.zeros(words.shape[0])
    for row, (start, end) in enumerate(pairwise(words.indptr)):
        if end - start > _HEAVIEST:
            least[row] = np.partition(words.data[start:end], -_HEAVIEST)[-_HEAVIEST]
    return least


def _nearest(block: tuple[int, int], queries: Any, index: Any, n_dated: int, neighbours: int, reach: int) -> Ints:
    """Pairs of the reports in a block of the time order with their nearest, as places in that order."""
    start, stop = block
    n = index.shape[0]
    low, high = (max(0, start - reach), min(n_dated, stop + reach)) if start < n_dated else (0, n_dated)
    columns = np.concatenate([np.arange(low, high), np.arange(n_dated, n)])
    product = (queries[start:stop] @ index[columns].T).tocsr()
    row = start + np.repeat(np.arange(stop - start), np.diff(product.indptr))
    target = columns[product.indices]
    near = (np.abs(row - target) <= reach) | (row >= n_dated) | (target >= n_dated)
    keep = near & (row != target)
    row, target, value = row[keep], target[keep], np.round(product.data[keep], _ROUNDED)
    best = _best_of_each(row - start, target, value, (stop - start, neighbours))
    return np.stack([row[best], target[best]], axis=1)


def _best_of_each(row: Ints, target: Ints, value: Floats, shape: tuple[int, int]) -> Ints:
    """Positions of each row's highest values; ties go to the earlier target. Shape: rows, values for each."""
    n_rows, neighbours = shape
    ends = np.cumsum(np.bincount(row, minlength=n_rows))
    chosen = []
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        part = np.arange(start, end)
        if len(part) > neighbours:
            least = np.partition(value[part], -neighbours)[-neighbours]
            part = part[value[part] >= least]
            part = part[np.lexsort((target[part], -value[part]))][:neighbours]
        chosen.append(part)
    return np.concatenate([*chosen, np.zeros(0, dtype=np.int64)]).astype(np.int64)
