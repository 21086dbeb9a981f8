"""Reports as sparse vectors: words and names of title and text, time, and the pairs worth comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from framing.execution import map_blocks
from framing.reading import Corpus
from framing.text import masked_texts, tokenize

__all__ = ["Decay", "Pairs", "ReportVectors", "candidate_pairs", "vectorize_reports"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_RUSSIAN = """
а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да для до его ее её если есть еще
ещё же за здесь и из или им их к как какой когда кто ли либо мне может мы на над надо наш не него нее неё нет ни них
но ну о об однако он она они оно от очень по под после при про с со свой себя так также такой там те тем то того тоже
той только том ты у уже чего чей чем что чтобы эта эти это этого этой этом этот я
"""
_STOP = ENGLISH_STOP_WORDS | frozenset(_RUSSIAN.split())
_NAME_SHARE = 0.6  # of a word's occurrences in bodies that are capitalised, from which it counts as a name
_NEIGHBOURS = 50  # candidates that each report brings; pairs are the union of both sides
_MAX_DF, _MAX_DF_SHARE = 200, 0.02  # terms in more reports than both do not bring candidates; they still score
_WINDOW = 730.0  # days; dated reports further apart are not compared
_PAIR_CHUNK = 20_000  # pairs scored at once; bounds memory


@dataclass(frozen=True)
class Decay:
    """Soft time decay: ``floor + (1 - floor) * exp(-days / scale)``; 1 where either report has no date."""

    scale: float
    floor: float

    def __call__(self, days: Floats) -> Floats:
        """Factor for each difference in days, NaN where unknown."""
        factor = self.floor + (1 - self.floor) * np.exp(-np.abs(days) / self.scale)
        decayed: Floats = np.where(np.isnan(days), 1.0, factor)
        return decayed


@dataclass(frozen=True, eq=False)
class ReportVectors:
    """Unit vectors of all reports in corpus order.

    Attributes
    ----------
    matrix : csr_matrix of shape (n_articles, 2 * n_terms)
        Words, then the same terms where they are names or numbers; rows have length 1 (0 without any word).
    terms : ndarray of shape (n_terms,)
        Lower-case words.
    days : ndarray of shape (n_articles,)
        Publication in days since 1970, NaN where undated.
    decay : Decay
        How time lowers a cosine.
    """

    matrix: Any
    terms: npt.NDArray[np.object_]
    days: Floats
    decay: Decay

    def products(self, first: Ints, second: Ints) -> Any:
        """Term-wise products of pairs, csr of shape (n_pairs, n_terms); a row sums to the cosine."""
        both = self.matrix[first].multiply(self.matrix[second]).tocsr()
        n = len(self.terms)
        return (both[:, :n] + both[:, n:]).tocsr()

    def cosines(self, first: Ints, second: Ints) -> Floats:
        """Cosine of each pair."""
        chunks = [slice(i, i + _PAIR_CHUNK) for i in range(0, len(first), _PAIR_CHUNK)]
        parts = [np.asarray(self.matrix[first[c]].multiply(self.matrix[second[c]]).sum(axis=1)).ravel() for c in chunks]
        return np.asarray(np.clip(np.concatenate([*parts, np.zeros(0)]), 0.0, 1.0))

    def scores(self, members: Ints, others: Ints | None = None) -> Floats:
        """Dense scores of a few reports with one another, or with a few others."""
        others = members if others is None else others
        cosine = np.clip((self.matrix[members] @ self.matrix[others].T).toarray(), 0.0, 1.0)
        return np.asarray(cosine * self.decay(self.days[members][:, None] - self.days[others][None, :]))


@dataclass(frozen=True, eq=False)
class Pairs:
    """Compared pairs by position in the corpus, ``first < second``, sorted."""

    first: Ints
    second: Ints
    cosine: Floats
    days: Floats
    score: Floats


def vectorize_reports(
    corpus: Corpus,
    decay: Decay,
    *,
    masks: pd.DataFrame | None = None,
    title_weight: float = 3.0,
    names_weight: float = 0.0,
) -> ReportVectors:
    """Make the vectors: sublinear TF-IDF of title and text, and a second block of names and numbers.

    A word of the title counts ``title_weight`` times. IDF is smoothed, ``ln((1 + n) / (1 + df)) + 1``, so that in
    a corpus of a single event shared words keep their weight; function words (English, Russian) are left out, for
    there IDF cannot tell them from content.
    """
    fields = masked_texts(corpus, masks)
    titles, texts = (list(fields[name].values()) for name in ("title", "text"))
    counts, terms, is_name = _count(titles, texts, title_weight)
    n = counts.shape[0]
    df = np.bincount(counts.indices, minlength=len(terms))
    counts.data = (1 + np.log(counts.data)) * (np.log((1 + n) / (1 + df)) + 1)[counts.indices]
    words = _unit(counts)
    names = _unit(words @ sparse.diags(is_name.astype(float)))
    matrix = sparse.hstack([np.sqrt(1 - names_weight) * words, np.sqrt(names_weight) * names], format="csr")
    matrix.eliminate_zeros()
    return ReportVectors(_unit(matrix), terms, _days(corpus), decay)


def _count(titles: Sequence[str], texts: Sequence[str], title_weight: float) -> tuple[Any, Any, Any]:
    """Weighted counts per lower-case term, the terms sorted, and which of them are names or numbers."""
    n = len(texts)
    tokens = tokenize([*titles, *texts], lowercase=False)
    cased = pd.Index(tokens.vocabulary, dtype=object)
    lower, terms = pd.factorize(np.array([word.lower() for word in cased], dtype=object), sort=True)
    of_text = np.repeat(np.arange(2 * n), np.diff(tokens.pointers))
    body = of_text >= n
    upper = np.array([not word[0].islower() for word in cased], dtype=bool)
    ids = lower[tokens.ids]
    seen = np.bincount(ids[body], minlength=len(terms))
    capital = np.bincount(ids[body & upper[tokens.ids]], minlength=len(terms))
    is_name = capital >= _NAME_SHARE * np.maximum(seen, 1)
    kept = np.array([term not in _STOP for term in terms], dtype=bool)
    use = kept[ids]
    weights = np.where(body, 1.0, title_weight)[use]
    shape = (n, len(terms))
    counts = sparse.csr_matrix((weights, ((of_text % max(n, 1))[use], ids[use])), shape=shape, dtype=np.float64)
    counts.sum_duplicates()
    return counts, np.asarray(terms, dtype=object), is_name & kept


def _unit(matrix: Any) -> Any:
    """Scale rows to length 1; empty rows, and a matrix without any row or column, stay as they are."""
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    return (sparse.diags(1 / np.sqrt(np.where(squares > 0, squares, 1.0))) @ matrix).tocsr()


def _days(corpus: Corpus) -> Floats:
    published = corpus.articles["published"]
    seconds = (published - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    return np.asarray(seconds.to_numpy(dtype=float, na_value=np.nan) / 86_400)


def candidate_pairs(vectors: ReportVectors, *, block_size: int, workers: int) -> Pairs:
    """Find, for every report, the reports that share most with it, and score these pairs exactly.

    Candidates come from blocks of rows against the reports in reach of their dates, over terms that are not too
    common. The result does not depend on the blocks: each row keeps its own best, ties by position.
    """
    n = len(vectors.days)
    df = np.bincount(vectors.matrix.indices, minlength=vectors.matrix.shape[1])
    rare = df <= max(_MAX_DF, _MAX_DF_SHARE * n)
    index = vectors.matrix[:, rare & (df > 1)]
    order = np.argsort(vectors.days, kind="stable")  # undated last
    blocks = [order[i : i + block_size] for i in range(0, n, block_size)]
    search = partial(_nearest, index=index, days=vectors.days)
    found = map_blocks(search, blocks, workers=workers, description="candidate pairs")
    keys = np.unique(np.concatenate([*found, np.zeros(0, dtype=np.int64)]))
    first, second = keys // max(n, 1), keys % max(n, 1)
    cosine = vectors.cosines(first, second)
    days = np.abs(vectors.days[first] - vectors.days[second])
    return Pairs(first, second, cosine, days, cosine * vectors.decay(days))


def _nearest(rows: Ints, index: Any, days: Floats) -> Ints:
    """Pairs of some rows with their nearest, as ``smaller * n + larger``."""
    n = len(days)
    reach = ~(days < np.fmin.reduce(days[rows]) - _WINDOW) & ~(days > np.fmax.reduce(days[rows]) + _WINDOW)
    columns = np.flatnonzero(reach) if not np.isnan(days[rows]).any() else np.arange(n)
    product = (index[rows] @ index[columns].T).tocsr()
    row = np.repeat(np.arange(len(rows)), np.diff(product.indptr))
    source, target, value = rows[row], columns[product.indices], product.data
    keep = (source != target) & ~(np.abs(days[source] - days[target]) > _WINDOW)
    row, source, target, value = row[keep], source[keep], target[keep], np.round(value[keep], 12)
    best = _best_of_each(row, target, value, len(rows))
    source, target = source[best], target[best]
    return np.unique(np.minimum(source, target).astype(np.int64) * n + np.maximum(source, target))


def _best_of_each(row: Ints, target: Ints, value: Floats, n_rows: int) -> Ints:
    """Positions of each row's `_NEIGHBOURS` highest values, ties to the smaller target."""
    ends = np.cumsum(np.bincount(row, minlength=n_rows))
    chosen = []
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        part = np.arange(start, end)
        if len(part) > _NEIGHBOURS:
            least = np.partition(value[part], -_NEIGHBOURS)[-_NEIGHBOURS]
            part = part[value[part] >= least]
            part = part[np.lexsort((target[part], -value[part]))][:_NEIGHBOURS]
        chosen.append(part)
    return np.concatenate([*chosen, np.zeros(0, dtype=np.int64)]).astype(np.int64)
