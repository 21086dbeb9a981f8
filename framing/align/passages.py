"""Which sentence answers which, in the reports of one event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment

from framing.align.answers import WORD, Scores, Sentences, answer_scores, compare_sentences
from framing.errors import SettingsError
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text import find_quotations, find_sentences, masked_texts, same_glyphs

__all__ = ["CUT", "align_passages"]

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.int32]

CUT = 0.5
"""Score from which two sentences answer each other."""
EDITED = 0.6
"""Word similarity from which a sentence is an edited copy: twice the longest common subsequence over both lengths."""
_EXTENDED = 0.4  # the same for a sentence of which the other holds nearly every word in order
_HELD = 0.85  # share of the shorter sentence's words that the longer holds in order, from which it is extended
_EXTENDED_WORDS = 6  # shorter sentences are held by chance
_ORDER_BONUS = 0.05  # preference for the same relative position between equal candidates
_PART = 0.15  # share of a sentence's weight that only one of two parts holds, for it to be made of both
_WHOLE = 0.5  # share of it that the parts hold together
_PLACE = ["article_id", "field", "start", "end"]
_QUOTED = 0.5  # share of what two sentences share that stands in quotation marks, in both


def align_passages(
    corpus: Corpus,
    events: pd.DataFrame,
    *,
    sentences: pd.DataFrame | None = None,
    quotations: pd.DataFrame | None = None,
    masks: pd.DataFrame | None = None,
    cut: float = CUT,
) -> pd.DataFrame:
    """Find, for each sentence and each other article of its event, the sentence that answers it.

    Every pair of sentences gets the probability that both say the same, from the words they share, the names and
    numbers they do not, the next best candidates, and how near the two reports are as a whole (`COEFFICIENTS`).
    Copied sentences (verbatim, edited) are matched one to one: Hungarian assignment on word similarity with a small
    bonus for the same relative position; those outside the longest run in order are marked ``moved``. What is left is
    matched many to many: the best candidate, if it reaches ``cut``, is a paraphrase. Two neighbouring sentences that
    one sentence of the other article answers, each holding something of it that the other lacks, are merged in it;
    seen from there it is split, and the other span holds both. A sentence without an answer is unique, and its
    nearest sentence is named. Where most of what two sentences share is spoken in both, they are ``quoted``: a shared
    quotation is no copied reporting.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``; only articles of one event are compared.
    sentences : DataFrame, optional
        Table ``sentences``; found without knowledge of datelines when not given.
    quotations : DataFrame, optional
        Table ``quotations``, to tell shared quotations from copied reporting; found when not given.
    masks : DataFrame, optional
        Table ``masks``: inserted labels and furniture, which scores leave out. The spans keep them.
    cut : float
        Score from which a sentence is an answer, 0 to 1.

    Returns
    -------
    DataFrame
        Table ``passages``, both directions of every pair.
    """
    if not 0 < cut <= 1:
        raise SettingsError(f"cut must lie in (0, 1]. Got {cut}.")
    if sentences is None:
        sentences = find_sentences(corpus)
    event_of = events.set_index("article_id")["event_id"]
    sentences = sentences[sentences["article_id"].isin(event_of.index)].reset_index(drop=True)
    texts = masked_texts(corpus, masks)
    rows = zip(*(sentences[c] for c in _PLACE), strict=True)
    scored = sentences.assign(surface=[texts[name][article][start:end] for article, name, start, end in rows])
    compared = Sentences.of(scored)
    spoken = _spoken_words(scored, compared.words, find_quotations(corpus) if quotations is None else quotations)
    known = _Known(compared, spoken, cut)
    parts = []
    grouped = sentences.groupby(sentences["article_id"].map(event_of), sort=True)
    for event, rows in progress(grouped, "passages", grouped.ngroups):
        parts += list(_align_event(str(event), rows, known))
    if not parts:
        return empty("passages")
    table = pd.concat(parts, ignore_index=True)
    is_split = (table["relation"] == "split").to_numpy()
    texts = masked_texts(corpus)
    wider = table.loc[is_split, ["other_id", "other_field", "other_start", "other_end"]].itertuples(index=False)
    table.loc[is_split, "other_surface"] = [texts[name][article][start:end] for article, name, start, end in wider]
    ids = stable_ids("p", *(table[c] for c in ("article_id", "field", "start", "end", "other_id")))
    return check(table.assign(passage_id=ids), "passages")


@dataclass(frozen=True)
class _Known:
    """What all pairs of articles are compared with."""

    sentences: Sentences
    spoken: dict[int, set[int]]
    cut: float


@dataclass(frozen=True)
class _Matched:
    """Scores of one pair of articles, and the copied sentences among them."""

    score: Scores
    edit: Scores
    copied: dict[int, int]
    moved: set[int]

    @property
    def turned(self) -> _Matched:
        """The same, seen from the other article."""
        back = {j: i for i, j in self.copied.items()}
        return _Matched(self.score.T, self.edit.T, back, {self.copied[i] for i in self.moved})


def _align_event(event: str, rows: pd.DataFrame, known: _Known) -> Iterator[pd.DataFrame]:
    articles = [frame for _, frame in rows.groupby("article_id", sort=True)]
    for first, second in combinations(articles, 2):
        one, other = first.index.to_numpy(), second.index.to_numpy()
        terms, edit = compare_sentences(known.sentences, one, other)
        score = answer_scores(terms)
        lengths = [np.array([len(known.sentences.words[k]) for k in part]) for part in (one, other)]
        same = _same_glyphs(first["surface"])[:, None] == _same_glyphs(second["surface"])[None, :]
        same &= lengths[0][:, None] > 0
        score[same] = 1.0
        edit[same] = 1.0
        edit = np.where(score >= known.cut, _with_extended(edit, *lengths), 0.0)
        copied = _assign(edit)
        matched = _Matched(score, edit, copied, _moved(copied))
        yield _direction(event, (first, second), matched, known)
        yield _direction(event, (second, first), matched.turned, known)


def _same_glyphs(surfaces: pd.Series[str]) -> npt.NDArray[np.object_]:
    return np.array([same_glyphs(text).casefold() for text in surfaces], dtype=object)


def _with_extended(edit: Scores, lengths: Ints, other_lengths: Ints) -> Scores:
    """Raise to `EDITED` the word similarity of a sentence that the other holds nearly whole, with words added."""
    shorter = np.minimum(lengths[:, None], other_lengths[None, :])
    held = edit * (lengths[:, None] + other_lengths[None, :]) / 2 / np.maximum(shorter, 1)
    extended = (edit >= _EXTENDED) & (shorter >= _EXTENDED_WORDS) & (held >= _HELD)
    return np.where(extended, np.maximum(edit, EDITED), edit)


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


def _direction(event: str, frames: tuple[pd.DataFrame, pd.DataFrame], matched: _Matched, known: _Known) -> pd.DataFrame:
    """Rows of table ``passages`` for the sentences of the first article."""
    ours, theirs = frames
    one, other = ours.index.to_numpy(), theirs.index.to_numpy()
    nearest = matched.score.argmax(axis=1)
    answers = nearest.copy()
    for i, j in matched.copied.items():
        answers[i] = j
    scores = matched.score[np.arange(len(answers)), answers]
    same = _same_glyphs(ours["surface"]) == _same_glyphs(theirs["surface"])[answers]
    relations = np.where(scores >= known.cut, "paraphrase", "unique").astype(object)
    for i in matched.copied:
        relations[i] = "verbatim" if same[i] else "edited"
    merged = _merged(matched, (one, other), known)
    for i in {i for run in merged.values() for i in run} - {i for i in matched.copied if same[i]}:
        relations[i] = "merged"
    last = answers.copy()
    for i, run in _merged(matched.turned, (other, one), known).items():
        if relations[i] != "verbatim" and theirs["field"].iloc[run].nunique() == 1:
            relations[i], answers[i], last[i] = "split", run[0], run[-1]
    answered = relations != "unique"
    first, final = theirs.iloc[answers].reset_index(drop=True), theirs.iloc[last].reset_index(drop=True)
    span = ours[["article_id", "field", "start", "end", "surface"]].reset_index(drop=True)
    return span.assign(
        event_id=event,
        other_id=theirs["article_id"].iloc[0],
        other_field=first["field"].where(answered),
        other_start=first["start"].astype("Int64").where(answered),
        other_end=final["end"].astype("Int64").where(answered),
        other_surface=first["surface"].where(answered),
        relation=relations,
        score=np.round(scores, 6),
        moved=[i in matched.moved for i in range(len(one))],
        quoted=[a and _is_quoted(i, j, known) for a, i, j in zip(answered, one, other[answers], strict=True)],
        nearest=theirs["sentence_id"].iloc[nearest].to_numpy(),
    )


def _merged(matched: _Matched, rows: tuple[Ints, Ints], known: _Known) -> dict[int, list[int]]:
    """Find neighbouring sentences that one sentence of the other article is made of, by that sentence."""
    score = matched.score
    one, other = rows
    stems, weight = known.sentences.stems, known.sentences.weight
    runs: dict[int, list[int]] = {}
    linked = score >= known.cut
    for j in np.flatnonzero(linked.sum(axis=0) > 1).tolist():
        whole = set(stems[[other[j]]].indices.tolist())
        total = weight[list(whole)].sum()
        parts = {i: whole & set(stems[[one[i]]].indices.tolist()) for i in np.flatnonzero(linked[:, j]).tolist()}
        for i in sorted(parts, key=lambda i: (-score[i, j], i)):
            pair = [(k, parts[i], parts[k]) for k in (i - 1, i + 1) if k in parts]
            fitting = [
                k
                for k, a, b in pair
                if min(weight[list(a - b)].sum(), weight[list(b - a)].sum()) >= _PART * total
                and weight[list(a | b)].sum() >= _WHOLE * total
            ]
            if fitting:
                runs[j] = sorted([i, max(fitting, key=lambda k: (score[k, j], -k))])
                break
    return runs


def _spoken_words(sentences: pd.DataFrame, words: Sequence[Words], quotations: pd.DataFrame) -> dict[int, set[int]]:
    """Words that stand in quotation marks, of each sentence that has some."""
    marks: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for article, name, start, end in zip(*(quotations[c] for c in _PLACE), strict=True):
        marks.setdefault((article, name), []).append((start, end))
    spoken = {}
    for k, (article, name, start, end) in enumerate(zip(*(sentences[c] for c in _PLACE), strict=True)):
        inside = [(a - start, b - start) for a, b in marks.get((article, name), ()) if a < end and b > start]
        if inside:
            places = [m.start() for m in re.finditer(WORD, same_glyphs(sentences["surface"].iloc[k]))]
            spoken[k] = {int(w) for w, at in zip(words[k], places, strict=True) if any(a <= at < b for a, b in inside)}
    return spoken


def _is_quoted(one: int, other: int, known: _Known) -> bool:
    """Whether most of the words that two sentences share are spoken in both."""
    ours, theirs = known.spoken.get(one), known.spoken.get(other)
    if not ours or not theirs:
        return False
    shared = set(known.sentences.words[one].tolist()) & set(known.sentences.words[other].tolist())
    return len(shared & ours & theirs) > _QUOTED * len(shared)
