"""Which sentence answers which, in the reports of one event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import Indel
from scipy.optimize import linear_sum_assignment

from framing.errors import SettingsError
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text import find_sentences, same_glyphs, tokenize

__all__ = ["align_passages"]

Scores = npt.NDArray[np.float64]

EDITED = 0.6
"""Word similarity from which a sentence is an edited copy: twice the longest common subsequence over both lengths."""
_EXTENDED = 0.4  # the same for a sentence of which the other holds nearly every word in order
_HELD = 0.85  # share of the shorter sentence's words that the longer holds in order, from which it is extended
_EXTENDED_WORDS = 6  # shorter sentences are held by chance
PARAPHRASE = 0.35
"""TF-IDF cosine from which a sentence is taken to say the same."""
_MUST_SHARE = 0.1  # cosine below which two sentences are not compared word by word
_ORDER_BONUS = 0.05  # preference for the same relative position between equal candidates


def align_passages(
    corpus: Corpus,
    events: pd.DataFrame,
    *,
    sentences: pd.DataFrame | None = None,
    datelines: pd.DataFrame | None = None,
    paraphrase: float = PARAPHRASE,
) -> pd.DataFrame:
    """Find, for each sentence and each other article of its event, the sentence that answers it.

    Copied sentences (verbatim, edited) are matched one to one: Hungarian assignment on word similarity with a small
    bonus for the same relative position; those outside the longest run in order are marked ``moved``. What is left is
    matched many to many: the best TF-IDF cosine, if it reaches ``paraphrase``, is a paraphrase; a sentence without an
    answer is unique, and its nearest sentence is named.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``; only articles of one event are compared.
    sentences : DataFrame, optional
        Table ``sentences``; found from ``datelines`` when not given.
    datelines : DataFrame, optional
        Table ``datelines``, so that a dateline is a sentence of its own.
    paraphrase : float
        TF-IDF cosine, 0 to 1.

    Returns
    -------
    DataFrame
        Table ``passages``, both directions of every pair.
    """
    if not 0 < paraphrase <= 1:
        raise SettingsError(f"paraphrase must lie in (0, 1]. Got {paraphrase}.")
    if sentences is None:
        sentences = find_sentences(corpus, datelines=datelines)
    event_of = events.set_index("article_id")["event_id"]
    sentences = sentences[sentences["article_id"].isin(event_of.index)].reset_index(drop=True)
    parts = []
    grouped = sentences.groupby(sentences["article_id"].map(event_of), sort=True)
    weights = _Weights.of(sentences["surface"].tolist())
    for event, rows in progress(grouped, "passages", grouped.ngroups):
        parts += list(_align_event(str(event), rows, weights, paraphrase))
    if not parts:
        return empty("passages")
    table = pd.concat(parts, ignore_index=True)
    ids = stable_ids("p", *(table[c] for c in ("article_id", "field", "start", "end", "other_id")))
    return check(table.assign(passage_id=ids), "passages")


@dataclass(frozen=True)
class _Weights:
    """Tokens of all sentences and the inverse document frequency of each type."""

    ids: list[npt.NDArray[np.int32]]
    idf: Scores

    @classmethod
    def of(cls, texts: list[str]) -> _Weights:
        tokens = tokenize([same_glyphs(text) for text in texts], r"\w+(?:['’-]\w+)*")
        ids = [tokens.of(i) for i in range(len(tokens))]
        frequency = np.bincount(
            np.concatenate([*map(np.unique, ids), np.zeros(0, dtype=np.int32)]), minlength=len(tokens.vocabulary)
        )
        idf: Scores = np.log((1 + len(texts)) / (1 + frequency)) + 1
        return cls(ids, idf)

    def vectors(self, rows: npt.NDArray[np.int64]) -> Scores:
        """L2-normalised TF-IDF of some sentences over the words that they hold: dense, small."""
        held = [self.ids[r] for r in rows]
        words, columns = np.unique(np.concatenate([*held, np.zeros(0, dtype=np.int32)]), return_inverse=True)
        matrix = np.zeros((len(rows), len(words)))
        np.add.at(matrix, (np.repeat(np.arange(len(rows)), [len(h) for h in held]), columns), 1.0)
        matrix *= self.idf[words]
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        return matrix / np.where(norms > 0, norms, 1.0)


def _align_event(event: str, rows: pd.DataFrame, weights: _Weights, paraphrase: float) -> Iterator[pd.DataFrame]:
    articles = [frame for _, frame in rows.groupby("article_id", sort=True)]
    for first, second in combinations(articles, 2):
        one, other = first.index.to_numpy(), second.index.to_numpy()
        vectors = weights.vectors(np.concatenate([one, other]))
        cosine = vectors[: len(one)] @ vectors[len(one) :].T
        edit = _word_similarity([weights.ids[i] for i in one], [weights.ids[j] for j in other], cosine)
        copied = _assign(edit)
        moved = _moved(copied)
        yield _direction(event, (first, second), (cosine, edit), (copied, moved), paraphrase)
        turned = {j: i for i, j in copied.items()}
        yield _direction(event, (second, first), (cosine.T, edit.T), (turned, {copied[i] for i in moved}), paraphrase)


def _word_similarity(ours: list[npt.NDArray[np.int32]], theirs: list[npt.NDArray[np.int32]], cosine: Scores) -> Scores:
    """Normalised longest common subsequence of the words, for pairs that share enough of them.

    A sentence that the other holds nearly whole, with words added, counts as copied from a lower similarity on: its
    score is raised to `EDITED`.
    """
    similarity = np.zeros_like(cosine)
    for i, j in np.argwhere(cosine >= _MUST_SHARE).tolist():
        a, b = ours[i].tolist(), theirs[j].tolist()
        score = Indel.normalized_similarity(a, b, score_cutoff=_EXTENDED)
        shorter = min(len(a), len(b))
        held = score * (len(a) + len(b)) / 2 / shorter
        if score < EDITED and shorter >= _EXTENDED_WORDS and held >= _HELD:
            score = EDITED
        similarity[i, j] = score
    return similarity


def _assign(edit: Scores) -> dict[int, int]:
    """One-to-one matches of copied sentences."""
    n, m = edit.shape
    positions = 1 - np.abs(np.arange(n)[:, None] / max(n - 1, 1) - np.arange(m)[None, :] / max(m - 1, 1))
    value = np.where(edit >= EDITED, edit + _ORDER_BONUS * positions, 0.0)
    rows, columns = linear_sum_assignment(value, maximize=True)
    return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if edit[i, j] >= EDITED}


def _moved(copied: dict[int, int]) -> set[int]:
    """Return the matches outside a longest increasing run: the sentences that stand in another order."""
    pairs = sorted(copied.items())
    best: list[int] = []  # longest run that ends at each pair
    back: list[int] = []
    for k, (_, j) in enumerate(pairs):
        earlier = [(best[h], -h) for h in range(k) if pairs[h][1] < j]
        length, h = max(earlier, default=(0, 1))
        best.append(length + 1)
        back.append(-h)
    kept = set()
    k = max(range(len(pairs)), key=lambda h: best[h], default=-1)
    while k >= 0:
        kept.add(pairs[k][0])
        k = back[k]
    return set(copied) - kept


def _direction(
    event: str,
    frames: tuple[pd.DataFrame, pd.DataFrame],
    scores: tuple[Scores, Scores],
    matches: tuple[dict[int, int], set[int]],
    paraphrase: float,
) -> pd.DataFrame:
    """Rows of table ``passages`` for the sentences of the first article."""
    ours, theirs = frames
    cosine, edit = scores
    copied, moved = matches
    nearest = np.maximum(cosine, edit).argmax(axis=1)
    answers, relations, values = [], [], []
    verbatim = [same_glyphs(text).casefold() for text in theirs["surface"]]
    for i, surface in enumerate(ours["surface"]):
        if i in copied:
            answers.append(copied[i])
            relations.append("verbatim" if same_glyphs(surface).casefold() == verbatim[copied[i]] else "edited")
            values.append(edit[i, copied[i]])
        else:
            answers.append(int(nearest[i]))
            values.append(cosine[i, nearest[i]])
            relations.append("paraphrase" if values[-1] >= paraphrase else "unique")
    answered = np.array([relation != "unique" for relation in relations])
    other = theirs.iloc[answers].reset_index(drop=True)
    span = ours[["article_id", "field", "start", "end", "surface"]].reset_index(drop=True)
    return span.assign(
        event_id=event,
        other_id=theirs["article_id"].iloc[0],
        other_field=other["field"].where(answered),
        other_start=other["start"].astype("Int64").where(answered),
        other_end=other["end"].astype("Int64").where(answered),
        other_surface=other["surface"].where(answered),
        relation=relations,
        score=np.round(values, 6),
        moved=[i in moved for i in range(len(relations))],
        nearest=other["sentence_id"],
    )
