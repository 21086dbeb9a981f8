"""Why two reports are linked: the score taken apart by feature and term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.align.features import Neighbourhoods, local_features, similarity
from framing.align.vectors import NAME, NUMBER, ReportVectors

__all__ = ["explained", "leading_terms", "pair_values"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_KINDS = {"names": NAME, "numbers": NUMBER}
_EVIDENCE = 5  # terms named per link
_CHUNK = 20_000  # links whose evidence is worked out at once


def pair_values(
    vectors: ReportVectors, neighbourhoods: Neighbourhoods, pair: tuple[int, int], embedded: Floats | None
) -> dict[str, Floats]:
    """All features of one pair, compared or not."""
    first, second = np.array([min(pair)]), np.array([max(pair)])
    features = local_features((first, second), vectors, embedded)
    return features | neighbourhoods.features(first, second, similarity(features))


def explained(
    vectors: ReportVectors,
    values: Mapping[str, Floats],
    pair: tuple[int, int],
    weights: Mapping[str, float],
    intercept: float,
) -> pd.DataFrame:
    """Contributions to the log-odds, one row per feature and, where a feature is a sum over words, per term."""
    first, second = min(pair), max(pair)
    rows: list[tuple[str, str, float]] = [("start", "", intercept)]
    for name, weight in weights.items():
        total = weight * float(values[name][0])
        parts = [(term, weight * value) for term, value in _terms(name, vectors, first, second)]
        rows += [(name, term, part) for term, part in parts] if parts else [(name, "", total)]
    table = pd.DataFrame(rows, columns=["feature", "term", "contribution"])
    table = table[(table["contribution"] != 0) | (table["feature"] == "start")]
    ordered = table.iloc[1:].sort_values(["contribution", "feature", "term"], ascending=[False, True, True])
    return pd.concat([table.iloc[:1], ordered], ignore_index=True)


def _terms(name: str, vectors: ReportVectors, first: int, second: int) -> Iterator[tuple[str, float]]:
    """Yield what each shared term brings to a feature that is a sum over terms; nothing for the others."""
    if name in ("cosine", "title", "lead", *_KINDS):
        matrix = {"title": vectors.titles, "lead": vectors.leads}.get(name, vectors.words)
        both = matrix[[first]].multiply(matrix[[second]]).tocsr()
        values = both.data.copy()
        if name in _KINDS:
            kind = _KINDS[name]
            lengths = vectors.kind_lengths[first, kind] * vectors.kind_lengths[second, kind]
            values *= (vectors.kinds[both.indices] == kind) / (lengths or 1.0)
    elif name == "overlap":
        both = vectors.words[[first]].multiply(vectors.words[[second]]).tocsr()
        values = vectors.idf[both.indices] / (min(vectors.mass[first], vectors.mass[second]) or 1.0)
    elif name == "lead in text":
        sides = [_lead_terms(vectors, first, second), _lead_terms(vectors, second, first)]
        both = (sides[0] + sides[1]).tocsr()
        values = both.data
    else:
        return
    yield from ((str(vectors.terms[column]), float(value)) for column, value in zip(both.indices, values, strict=True))


def _lead_terms(vectors: ReportVectors, lead: int, text: int) -> Any:
    shared = vectors.leads[[lead]].multiply(vectors.words[[text]]).tocsr()
    shared.data = vectors.idf[shared.indices] / (2 * (vectors.lead_mass[lead] or 1.0))
    return shared


def leading_terms(vectors: ReportVectors, first: Ints, second: Ints) -> list[str]:
    """Name the terms that bring most of each pair's cosine: ``kabul 21%, airport 9%``."""
    out: list[str] = []
    for start in range(0, len(first), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        products = vectors.words[first[chunk]].multiply(vectors.words[second[chunk]]).tocsr()
        for low, high in zip(products.indptr[:-1], products.indptr[1:], strict=True):
            values, columns = products.data[low:high], products.indices[low:high]
            best = np.lexsort((columns, -np.round(values, 12)))[:_EVIDENCE]
            total = values.sum() or 1.0
            out.append(", ".join(f"{vectors.terms[columns[k]]} {values[k] / total:.0%}" for k in best))
    return out
