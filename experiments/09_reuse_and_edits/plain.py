"""What is compared with: overlap of word 5-grams, cosine of TF-IDF, and difflib."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

Span = tuple[int, int]
_TOKEN = re.compile(r"\w+|[^\w\s]")


def similarities(texts: pd.Series) -> dict[str, np.ndarray]:
    """Return each measure for all pairs of texts."""
    counts = CountVectorizer(ngram_range=(5, 5), binary=True).fit_transform(texts)
    shared = np.asarray((counts @ counts.T).todense(), dtype=float)
    size = np.diag(shared)
    smaller = np.maximum(np.minimum.outer(size, size), 1)
    union = np.maximum(np.add.outer(size, size) - shared, 1)
    vectors = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    cosine = np.asarray((vectors @ vectors.T).todense())
    return {"5-gram Jaccard": shared / union, "5-gram containment": shared / smaller, "TF-IDF cosine": cosine}


def best_cut(scores: np.ndarray, wanted: np.ndarray, counted: np.ndarray) -> float:
    """Return the cut with the highest F1 over the pairs that count: what nobody knows beforehand."""
    upper = np.triu(counted, 1)
    values, truth = scores[upper], wanted[upper]
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    last = np.append(np.diff(values[order]) < 0, True)  # only where the next score is lower can a cut lie
    return float(values[order][int(np.argmax(np.where(last, f1, -1)))])


def changes(text: str, other: str) -> list[tuple[Span | None, Span | None]]:
    """Return what difflib, given words and punctuation, holds to be gone from the text and new in the other."""
    ours, theirs = ([m.span() for m in _TOKEN.finditer(t)] for t in (text, other))
    matcher = SequenceMatcher(None, [text[a:b] for a, b in ours], [other[a:b] for a, b in theirs], autojunk=False)
    return [
        ((ours[a][0], ours[b - 1][1]) if b > a else None, (theirs[c][0], theirs[d - 1][1]) if d > c else None)
        for operation, a, b, c, d in matcher.get_opcodes()
        if operation != "equal"
    ]
