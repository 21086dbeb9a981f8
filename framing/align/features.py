"""What speaks for and against two reports telling of the same event, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.align.vectors import NAME, NUMBER, ReportVectors, row_sums
from framing.execution import map_blocks

__all__ = [
    "FEATURES",
    "TIME",
    "Neighbourhoods",
    "closeness",
    "local_features",
    "pair_features",
    "similarity",
    "smallness",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Features = dict[str, Floats]

FEATURES = {
    "cosine": "cosine of the words of title and text",
    "title": "cosine of the titles",
    "lead": "cosine of title and first 80 tokens",
    "names": "cosine of the names alone",
    "numbers": "cosine of the numbers alone",
    "lead in text": "share of the one's lead, by idf, that the other's title and text hold; mean of both directions",
    "overlap": "shared distinct words by idf, as a share of the report that has less",
    "shared numbers": "numbers that both leads give, at most 3",
    "no shared number": "1 where both leads give numbers and none is the same",
    "shared quotations": "ln(1 + shared runs of four quoted words)",
    "best rank": "ln(1 + rank) of the one among the other's candidates, the better of both",
    "worst rank": "ln(1 + rank), the worse of both",
    "relative": "similarity as a share of the best candidate's, mean of both",
    "background": "mean similarity of both to their farther candidates",
    "length": "ln(1 + words) of the shorter report",
    "close in time": "exp(-days apart / 3); 0 where a date is missing: distance speaks against no pair",
    "embedding": "cosine of embeddings, where a model for them is given",
}
"""All features by name. Similarity is the mean of cosine, lead and names."""
TIME = "close in time"
_DAYS = 3.0  # in which closeness in time falls to 1/e

_CHUNK = 20_000  # pairs worked out at once; bounds memory
_ROUNDED = 12  # decimals; a rank must not depend on the order of a sum
_FAR = (12, 40)  # ranks of the candidates that make the background …
_PRIOR, _PRIOR_SIZE = 0.05, 5  # … which few candidates cannot tell: as if so many more had this similarity
_MOST_FAR = 0.2  # background beyond which it is no background: all candidates tell of the same event
_LEAST = 0.05  # similarity below which a best candidate tells nothing
_SMALL = 100  # reports below which a corpus is small


def smallness(n: int) -> float:
    """Return ``ln(100 / n)``, 0 from 100 reports: in a small corpus neither idf nor ranks can tell much."""
    return float(max(0.0, np.log(_SMALL / max(n, 1))))


def pair_features(
    vectors: ReportVectors, first: Ints, second: Ints, *, embedded: Floats | None = None, workers: int = 1
) -> tuple[Features, Neighbourhoods]:
    """Work out all features of all compared pairs.

    Parameters
    ----------
    vectors : ReportVectors
        The reports.
    first, second : ndarrays of shape (n_pairs,)
        The compared pairs.
    embedded : ndarray of shape (n_articles, n_dimensions), optional
        Unit embeddings.
    workers : int
        Processes.

    Returns
    -------
    dict of str to ndarray of shape (n_pairs,)
        Keys of `FEATURES`.
    Neighbourhoods
        What the ranks refer to, for pairs that were not compared.
    """
    chunks = [(first[i : i + _CHUNK], second[i : i + _CHUNK]) for i in range(0, max(len(first), 1), _CHUNK)]
    work = partial(local_features, vectors=vectors, embedded=embedded)
    parts = map_blocks(work, chunks, workers=workers, description="pair features")
    features = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    neighbourhoods = Neighbourhoods.of(first, second, similarity(features), len(vectors))
    return features | neighbourhoods.features(first, second, similarity(features)), neighbourhoods


def similarity(features: Mapping[str, Floats]) -> Floats:
    """Return what candidates are ranked by: the mean of three cosines."""
    return np.asarray(np.round((features["cosine"] + features["lead"] + features["names"]) / 3, _ROUNDED))


def local_features(pairs: tuple[Ints, Ints], vectors: ReportVectors, embedded: Floats | None = None) -> Features:
    """Features that need nothing but the two reports."""
    first, second = pairs
    texts, other_texts = vectors.words[first], vectors.words[second]
    leads, other_leads = vectors.leads[first], vectors.leads[second]
    words, shared_leads = texts.multiply(other_texts).tocsr(), leads.multiply(other_leads).tocsr()
    lengths = vectors.kind_lengths[first] * vectors.kind_lengths[second]
    covered = _covered(leads, other_texts, vectors.idf, vectors.lead_mass[first])
    other_covered = _covered(other_leads, texts, vectors.idf, vectors.lead_mass[second])
    least_mass = np.minimum(vectors.mass[first], vectors.mass[second])
    features = {
        "cosine": row_sums(words, words.data),
        "title": _dot(vectors.titles, first, second),
        "lead": row_sums(shared_leads, shared_leads.data),
        "names": _ratio(_of_kind(words, vectors, NAME), lengths[:, NAME]),
        "numbers": _ratio(_of_kind(words, vectors, NUMBER), lengths[:, NUMBER]),
        "lead in text": (covered + other_covered) / 2,
        "overlap": _ratio(row_sums(words, vectors.idf[words.indices]), least_mass),
        "shared quotations": np.log1p(_dot(vectors.quoted, first, second)),
        "length": np.log1p(np.minimum(vectors.n_words[first], vectors.n_words[second])),
    }
    if embedded is not None:
        features["embedding"] = np.einsum("ij,ij->i", embedded[first], embedded[second])
    return features | _number_features(vectors, first, second, shared_leads) | closeness(vectors, first, second)


def _of_kind(products: Any, vectors: ReportVectors, kind: int) -> Floats:
    return row_sums(products, products.data * (vectors.kinds[products.indices] == kind))


def _covered(leads: Any, texts: Any, idf: Floats, mass: Floats) -> Floats:
    """Share of each lead, by idf, that the text holds."""
    shared = leads.multiply(texts).tocsr()
    return _ratio(row_sums(shared, idf[shared.indices]), mass)


def _dot(matrix: Any, first: Ints, second: Ints) -> Floats:
    return np.asarray(matrix[first].multiply(matrix[second]).sum(axis=1)).ravel()


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 1e-12)


def _number_features(vectors: ReportVectors, first: Ints, second: Ints, shared_leads: Any) -> Features:
    shared = row_sums(shared_leads, (vectors.kinds[shared_leads.indices] == NUMBER).astype(float))
    both = (vectors.lead_numbers[first] > 0) & (vectors.lead_numbers[second] > 0)
    return {"shared numbers": np.minimum(shared, 3.0), "no shared number": (both & (shared == 0)).astype(float)}


def closeness(vectors: ReportVectors, first: Ints, second: Ints) -> Features:
    """Feature of the time between two reports.

    It only speaks for a pair: events may run for months, and a report without a date must not lose by it.
    """
    days = np.abs(vectors.days[first] - vectors.days[second])
    return {TIME: np.exp(-np.where(np.isnan(days), np.inf, days) / _DAYS)}


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Each report's candidates by falling similarity: what is near for one report is far for another.

    Attributes
    ----------
    values : ndarray of shape (2 * n_pairs,)
        Similarities, report after report, falling.
    pointers : ndarray of shape (n_articles + 1,)
        ``values[pointers[i]:pointers[i + 1]]`` belong to report ``i``.
    top, background : ndarrays of shape (n_articles,)
        Similarity of the best candidate; mean of the farther ones.
    """

    values: Floats
    pointers: Ints
    top: Floats
    background: Floats

    @classmethod
    def of(cls, first: Ints, second: Ints, similarities: Floats, n: int) -> Neighbourhoods:
        """Sort the compared pairs into the candidates of each report."""
        owner, value = np.concatenate([first, second]), np.concatenate([similarities, similarities])
        order = np.lexsort((-value, owner))
        owner, value = owner[order], value[order]
        sizes = np.bincount(owner, minlength=n)
        pointers = np.concatenate([[0], np.cumsum(sizes)])
        place = np.arange(len(owner)) - pointers[owner]
        far = (place >= np.minimum(_FAR[0], np.maximum(sizes[owner] // 3, 3))) & (place < _FAR[1])
        total = np.bincount(owner[far], weights=value[far], minlength=n) + _PRIOR * _PRIOR_SIZE
        background = total / (np.bincount(owner[far], minlength=n) + _PRIOR_SIZE)
        top = np.zeros(n)
        top[owner[place == 0]] = value[place == 0]
        return cls(value, pointers, top, np.minimum(background, _MOST_FAR))

    def features(self, first: Ints, second: Ints, similarities: Floats) -> Features:
        """Features that say how two reports stand to each other among their candidates."""
        ranks = np.stack([self._ranks(first, similarities), self._ranks(second, similarities)])
        background = (self.background[first] + self.background[second]) / 2
        best = [np.maximum(self.top[side], _LEAST) for side in (first, second)]
        return {
            "best rank": np.log1p(ranks.min(axis=0)),
            "worst rank": np.log1p(np.minimum(ranks.max(axis=0), _FAR[1])),
            "relative": (similarities / best[0] + similarities / best[1]) / 2,
            "background": background,
        }

    def _ranks(self, owner: Ints, similarities: Floats) -> Floats:
        """Candidates of each owner that are more similar to it than the given value; equal ones share a rank."""
        # One sorted array over all owners: owner first, then falling similarity (which lies between 0 and 1).
        keys = np.repeat(np.arange(len(self.top)), np.diff(self.pointers)) * 2 - self.values
        return (np.searchsorted(keys, owner * 2 - similarities) - self.pointers[owner]).astype(float)
