"""How likely two sentences of two reports say the same: the scores behind `align_passages`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import Indel
from scipy import sparse

from framing.text import same_glyphs, tokenize

__all__ = ["COEFFICIENTS", "WORD", "Scores", "Sentences", "answer_scores", "compare_sentences"]

Scores = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WORD = r"\w+(?:['’-]\w+)*"
"""One word; to be matched on `same_glyphs`."""
_STEM = 5  # letters of a word that count: inflected forms fall together; numbers stay whole
_NAMED = 0.5  # share of a stem's places inside sentences that are capitals, from which it is a name
_MUST_SHARE = 0.1  # cosine below which two sentences are not compared word by word
_LEAST = 0.3  # weight of a stem that stands in every sentence
_ENOUGH = 3  # rarest words in common from which more of them add no evidence
_EVIDENCE = 0.4  # share of that below which two sentences are never an answer
_MAY_DIFFER = 1  # names or numbers that a copy may exchange and still say the same
_DECIMALS = 9  # a choice must not depend on the order of a sum

COEFFICIENTS: dict[str, float] = {
    "constant": -3.84,
    "shared": 2.23,
    "cosine": 2.57,
    "held": 4.19,
    "conflict": -15.56,
    "lead": 1.76,
    "rank": 3.59,
    "nearness": -6.05,
    "distance": -2.99,
}
"""Logistic regression fitted by ``tests/benchmarks/bench_passages.py --fit``; see `compare_sentences` for the terms."""


@dataclass(frozen=True, eq=False)
class Sentences:
    """Words, stems and weights of all sentences of a corpus.

    Attributes
    ----------
    words : list of ndarray
        Lower-case word types of each sentence, in order.
    stems : sparse array of shape (n_sentences, n_stems)
        Which stems a sentence holds, 0 or 1.
    weight : ndarray of shape (n_stems,)
        Inverse document frequency over the sentences.
    is_name : ndarray of shape (n_stems,)
        Stems that are numbers, or that mostly have capitals inside sentences.
    """

    words: list[npt.NDArray[np.int32]]
    stems: sparse.csr_array
    weight: Scores
    is_name: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, table: pd.DataFrame) -> Sentences:
        """Read table ``sentences``; capitals of titles tell nothing and are left out."""
        tokens = tokenize([same_glyphs(text) for text in table["surface"]], WORD, lowercase=False)
        lowered, word_of = _numbered([str(w).lower() for w in tokens.vocabulary])
        _, stem_of = _numbered([w if w[0].isdigit() else w[:_STEM] for w in lowered])
        n, n_stems = len(tokens), int(stem_of.max(initial=-1)) + 1
        row = np.repeat(np.arange(n), np.diff(tokens.pointers))
        word = word_of[tokens.ids]
        stem = stem_of[word]
        held = sparse.csr_array((np.ones(len(row)), (row, stem)), shape=(n, n_stems))
        held.data[:] = 1.0
        weight: Scores = np.log((1 + n) / (1 + np.asarray(held.sum(axis=0)))) + _LEAST
        inside = np.ones(len(row), dtype=bool)
        inside[tokens.pointers[:-1][np.diff(tokens.pointers) > 0]] = False
        inside &= (table["zone"] != "title").to_numpy()[row]
        capital = np.array([w[0].isupper() for w in tokens.vocabulary], dtype=bool)[tokens.ids]
        places = np.bincount(stem[inside], minlength=n_stems)
        capitals = np.bincount(stem[inside & capital], minlength=n_stems)
        number = np.zeros(n_stems, dtype=bool)
        number[stem_of[[k for k, w in enumerate(lowered) if w[0].isdigit()]]] = True
        is_name = number | ((capitals >= _NAMED * places) & (places > 0))
        words = [word[a:b].astype(np.int32) for a, b in zip(tokens.pointers[:-1], tokens.pointers[1:], strict=True)]
        return cls(words, held, weight, is_name)


def _numbered(values: Sequence[str]) -> tuple[list[str], Ints]:
    """Distinct values in order of appearance, and the number of each."""
    numbers: dict[str, int] = {}
    found = np.array([numbers.setdefault(v, len(numbers)) for v in values], dtype=np.int64)
    return list(numbers), found


def compare_sentences(sentences: Sentences, ours: Ints, theirs: Ints) -> tuple[Scores, Scores]:
    """Compare every sentence of one article with every sentence of another.

    Parameters
    ----------
    sentences : Sentences
        All sentences.
    ours, theirs : ndarray
        Rows of the two articles, in reading order.

    Returns
    -------
    terms : ndarray of shape (n_ours, n_theirs, 8)
        *shared*: weight of the stems in common, as a share of that of three words that occur once; *cosine* of the
        TF-IDF vectors of stems; *held*: the share of the shorter sentence that the other holds, or the word
        similarity where this is higher; *conflict*: names and numbers beyond one that each has and the other has not,
        as a share, times *held* (the same sentence about somebody else is no answer, a changed figure is; two
        independent wordings may well name the same differently); *lead*: cosine above the next best candidate of
        both; *rank*: cosine relative to the best of both; *nearness*: how similar the two articles are as a whole,
        since copies set another bar than independent reports; *distance* between the relative positions.
    edit : ndarray of shape (n_ours, n_theirs)
        Word similarity: twice the longest common subsequence of words over both lengths.
    """
    weight = sentences.weight
    a, b = sentences.stems[ours], sentences.stems[theirs]
    cosine = _shared(a, b, weight**2) / np.sqrt(np.maximum(np.outer(a @ weight**2, b @ weight**2), 1e-12))
    mass, other_mass = (a @ weight)[:, None], (b @ weight)[None, :]
    named = sentences.is_name.astype(np.float64)
    both = _shared(a, b, named)
    foreign = (np.minimum((a @ named)[:, None] - both, (b @ named)[None, :] - both) - _MAY_DIFFER).clip(0)
    edit = _word_similarity(sentences, (ours, theirs), cosine)
    shared = _shared(a, b, weight)
    held = np.maximum(edit, shared / np.maximum(np.minimum(mass, other_mass), 1e-12))
    best, other_best = cosine.max(axis=1, keepdims=True), cosine.max(axis=0, keepdims=True)
    lead = cosine - np.maximum(_next_best(cosine), _next_best(cosine.T).T)
    rank = np.minimum(cosine / np.maximum(best, 1e-12), cosine / np.maximum(other_best, 1e-12))
    nearness = (_upper_mean(best) + _upper_mean(other_best)) / 2
    rarest = np.log((1 + len(sentences.words)) / 2) + _LEAST
    terms = (
        np.minimum(shared / (_ENOUGH * rarest), 1.0),
        cosine,
        held,
        held * foreign / (foreign + both + 1),
        lead,
        rank,
        np.full_like(cosine, nearness),
        np.abs(_positions(len(ours))[:, None] - _positions(len(theirs))[None, :]),
    )
    return np.stack(terms, axis=-1), edit


def answer_scores(terms: Scores) -> Scores:
    """Probability that two sentences say the same, by `COEFFICIENTS`; 0 where they share nothing.

    Halved where they share little more than one rare word, whatever else speaks for them.
    """
    constant, *slopes = COEFFICIENTS.values()
    logit = constant + terms @ np.array(slopes)
    score = np.round(1 / (1 + np.exp(-logit)), _DECIMALS)
    shared = terms[..., 0]
    return np.where(shared > 0, np.where(shared < _EVIDENCE, score / 2, score), 0.0)


def _shared(a: sparse.csr_array, b: sparse.csr_array, weight: Scores) -> Scores:
    """Weight of the stems that each pair has in common."""
    product: Scores = ((a * weight[None, :]).tocsr() @ b.T).toarray()
    return product


def _word_similarity(sentences: Sentences, rows: tuple[Ints, Ints], cosine: Scores) -> Scores:
    ours, theirs = ([sentences.words[k].tolist() for k in part] for part in rows)
    similarity = np.zeros_like(cosine)
    for i, j in np.argwhere(cosine >= _MUST_SHARE).tolist():
        similarity[i, j] = Indel.normalized_similarity(ours[i], theirs[j])
    return similarity


def _next_best(cosine: Scores) -> Scores:
    """Return the best other candidate of the row, for each cell."""
    if cosine.shape[1] < 2:
        return np.zeros_like(cosine)
    second, first = np.partition(cosine, -2, axis=1)[:, -2:].T
    is_best = np.arange(cosine.shape[1])[None, :] == cosine.argmax(axis=1)[:, None]
    others: Scores = np.where(is_best, second[:, None], first[:, None])
    return others


def _upper_mean(best: Scores) -> float:
    """Mean of the upper three quarters: sentences without any answer say nothing about nearness."""
    ordered = np.sort(best.ravel())
    return float(ordered[len(ordered) // 4 :].mean())


def _positions(n: int) -> Scores:
    return np.linspace(0, 1, n) if n > 1 else np.full(n, 0.5)
