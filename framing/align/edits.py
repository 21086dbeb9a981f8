"""Word-level changes between two sentences, cut so that an inserted label stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from rapidfuzz.distance import Indel, Levenshtein

from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text import same_glyphs

__all__ = ["diff_passages", "diff_words"]

_TOKEN = re.compile(r"\w+(?:[.,:'’\-]\w+)*|[^\w\s]")
_BRACKETS = {"(": ")", "[": "]"}
_SAME_GROUP = 0.5  # similarity of two bracketed groups from which one is an edit of the other
_QUOTES = frozenset("\"'")


@dataclass(frozen=True)
class WordEdit:
    """One change: spans in both texts, in code points; an empty span is the place of an insertion or deletion."""

    operation: str
    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True)
class _Token:
    key: str
    start: int
    end: int


Op = tuple[str, int, int, int, int]


def diff_words(text: str, other: str) -> list[WordEdit]:
    """Return the word-level changes that turn one text into the other.

    A bracketed group without counterpart on the other side is set aside first and comes back as one clean insertion
    or deletion, whatever changed beside it; the rest is compared by Levenshtein opcodes on tokens; insertions and
    deletions are then shifted, where the words allow it, to begin and end at punctuation.

    Parameters
    ----------
    text, other : str
        Two sentences. Quotation marks and dashes of different shape count as equal.

    Returns
    -------
    list of WordEdit
        In reading order. Operations are ``insert``, ``delete`` and ``replace``.

    Examples
    --------
    >>> diff_words("The group took Kabul.", "The group (banned in Russia) captured Kabul.")
    ... # doctest: +NORMALIZE_WHITESPACE
    [WordEdit(operation='insert', start=9, end=9, other_start=10, other_end=28),
     WordEdit(operation='replace', start=10, end=14, other_start=29, other_end=37)]
    """
    ours, theirs = _tokens(text), _tokens(other)
    our_groups, their_groups = _lone_groups(ours, theirs), _lone_groups(theirs, ours)
    kept, other_kept = _without(len(ours), our_groups), _without(len(theirs), their_groups)
    keys, other_keys = [ours[i].key for i in kept], [theirs[j].key for j in other_kept]
    ops = _shifted(_opcodes(keys, other_keys), keys, other_keys)
    changes = [_widened(op, kept, other_kept, len(ours), len(theirs)) for op in ops if op[0] != "equal"]
    for a, b in our_groups:
        place = _counterpart(kept, a, ops, other_kept, len(theirs), side=0)
        changes.append(("delete", a, b, place, place))
    for a, b in their_groups:
        place = _counterpart(other_kept, a, ops, kept, len(ours), side=1)
        changes.append(("insert", place, place, a, b))
    settled = _settle(sorted(set(changes)), our_groups, their_groups)
    return [_edit(change, ours, theirs) for change in settled]


def _tokens(text: str) -> list[_Token]:
    return [_Token(m.group(), *m.span()) for m in _TOKEN.finditer(same_glyphs(text))]


def _groups(tokens: Sequence[_Token]) -> list[tuple[int, int]]:
    """Outermost bracketed groups as token ranges, brackets included."""
    groups: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for i, token in enumerate(tokens):
        if token.key in _BRACKETS:
            opened.append((_BRACKETS[token.key], i))
        elif opened and token.key == opened[-1][0]:
            start = opened.pop()[1]
            if not opened:
                groups.append((start, i + 1))
    return groups


def _lone_groups(tokens: Sequence[_Token], others: Sequence[_Token]) -> list[tuple[int, int]]:
    """Bracketed groups that nothing on the other side resembles."""
    candidates = [[t.key for t in others[a:b]] for a, b in _groups(others)]
    lone = []
    for a, b in _groups(tokens):
        keys = [t.key for t in tokens[a:b]]
        best = max((Indel.normalized_similarity(keys[1:-1], c[1:-1]) for c in candidates), default=0.0)
        if best < _SAME_GROUP:
            lone.append((a, b))
    return lone


def _opcodes(keys: list[str], other_keys: list[str]) -> list[Op]:
    opcodes = Levenshtein.opcodes(keys, other_keys)
    return [(op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end) for op in opcodes]


def _without(n: int, groups: Sequence[tuple[int, int]]) -> list[int]:
    dropped = {i for a, b in groups for i in range(a, b)}
    return [i for i in range(n) if i not in dropped]


def _shifted(ops: list[Op], ours: list[str], theirs: list[str]) -> list[Op]:
    """Shift each insertion or deletion along equal tokens to where it begins or ends at punctuation."""
    result = list(ops)
    for k, (kind, i1, i2, j1, j2) in enumerate(result):
        if kind not in ("insert", "delete"):
            continue
        words, start, end = (theirs, j1, j2) if kind == "insert" else (ours, i1, i2)
        before = result[k - 1] if k and result[k - 1][0] == "equal" else None
        after = result[k + 1] if k + 1 < len(result) and result[k + 1][0] == "equal" else None
        shift = _best_shift(
            words, start, end, before[2] - before[1] if before else 0, after[2] - after[1] if after else 0
        )
        if shift:
            result[k] = (kind, i1 + shift, i2 + shift, j1 + shift, j2 + shift)
            if before:
                result[k - 1] = ("equal", before[1], before[2] + shift, before[3], before[4] + shift)
            if after:
                result[k + 1] = ("equal", after[1] + shift, after[2], after[3] + shift, after[4])
    return result


def _best_shift(words: list[str], start: int, end: int, room_before: int, room_after: int) -> int:
    """Shift, among those that describe the same change, with the best edges; 0 when none is better."""
    shifts = [0]
    left = 0
    while left < room_before and words[start - left - 1] == words[end - left - 1]:
        left += 1
        shifts.append(-left)
    right = 0
    while right < room_after and words[start + right] == words[end + right]:
        right += 1
        shifts.append(right)
    return max(shifts, key=lambda s: (_edge_score(words, start + s, end + s), -abs(s), s))


def _edge_score(words: list[str], start: int, end: int) -> int:
    first, last = words[start], words[end - 1]
    if first in _BRACKETS and last == _BRACKETS[first]:
        return 4
    before = words[start - 1] if start else "."
    after = words[end] if end < len(words) else "."
    opens = first in ",—;" or before in ",—;." or start == 0
    closes = last in ",—;" or after in ",—;."
    return (2 if first in ",—;" and (last == first or after in ",—;.") else 0) + opens + closes


def _widened(op: Op, kept: list[int], other_kept: list[int], n: int, m: int) -> Op:
    """Token indices of the reduced sequences back to those of the whole ones."""
    kind, i1, i2, j1, j2 = op
    a1, a2 = _range(kept, i1, i2, n)
    b1, b2 = _range(other_kept, j1, j2, m)
    return kind, a1, a2, b1, b2


def _range(kept: list[int], start: int, end: int, n: int) -> tuple[int, int]:
    if start < end:
        return kept[start], kept[end - 1] + 1
    place = kept[start - 1] + 1 if start else 0
    return (place, place) if kept or not n else (0, 0)


def _counterpart(kept: list[int], group_start: int, ops: list[Op], other_kept: list[int], n: int, *, side: int) -> int:
    """Place on the other side, in tokens, of a group that stands before ``group_start`` on this side."""
    gap = sum(1 for i in kept if i < group_start)
    for op in ops:
        here1, here2, there1, there2 = op[1:] if side == 0 else (op[3], op[4], op[1], op[2])
        if here1 < gap <= here2 or (gap == 0 and here1 == 0):
            there = there2 if gap == here2 and gap > 0 else min(there1 + max(gap - here1, 0), there2)
            return _range(other_kept, there, there, n)[0]
    return _range(other_kept, len(other_kept), len(other_kept), n)[0] if gap else 0


def _settle(changes: list[Op], our_groups: list[tuple[int, int]], their_groups: list[tuple[int, int]]) -> list[Op]:
    """Order the changes so that none overlaps another.

    A replacement is cut where a set-aside group stands inside it; an insertion or deletion that surrounds a group on
    its own side swallows it.
    """
    swallowed = {
        ("insert", g) for g in their_groups for c in changes if c[0] == "insert" and c[3] < g[0] and g[1] < c[4]
    }
    swallowed |= {
        ("delete", g) for g in our_groups for c in changes if c[0] == "delete" and c[1] < g[0] and g[1] < c[2]
    }
    pieces: list[Op] = []
    for change in changes:
        kind, i1, i2, j1, j2 = change
        if (kind, (j1, j2) if kind == "insert" else (i1, i2)) not in swallowed:
            pieces += _cut(change, our_groups, their_groups) if kind == "replace" else [change]
    settled: list[Op] = []
    done = other_done = 0
    for kind, i1, i2, j1, j2 in sorted(pieces, key=lambda c: (c[1] + c[3], c[1], c[3], c[2] + c[4], c[0])):
        start, other_start = max(i1, done), max(j1, other_done)
        done, other_done = max(i2, start), max(j2, other_start)
        settled.append((kind, start, done, other_start, other_done))
    return settled


def _cut(change: Op, our_groups: list[tuple[int, int]], their_groups: list[tuple[int, int]]) -> list[Op]:
    _, i1, i2, j1, j2 = change
    theirs = next((g for g in their_groups if j1 < g[0] and g[1] < j2), None)
    ours = next((g for g in our_groups if i1 < g[0] and g[1] < i2), None)
    if theirs:
        cut = i1 + round((i2 - i1) * (theirs[0] - j1) / (theirs[0] - j1 + j2 - theirs[1]))
        parts = [(i1, cut, j1, theirs[0]), (cut, i2, theirs[1], j2)]
    elif ours:
        cut = j1 + round((j2 - j1) * (ours[0] - i1) / (ours[0] - i1 + i2 - ours[1]))
        parts = [(i1, ours[0], j1, cut), (ours[1], i2, cut, j2)]
    else:
        return [change]
    pieces: list[Op] = []
    for a1, a2, b1, b2 in parts:
        kind = "insert" if a1 == a2 else "delete" if b1 == b2 else "replace"
        part = (kind, a1, a2, b1, b2)
        pieces += _cut(part, our_groups, their_groups) if kind == "replace" else [part]
    return pieces


def _edit(change: Op, ours: list[_Token], theirs: list[_Token]) -> WordEdit:
    kind, i1, i2, j1, j2 = change
    return WordEdit(kind, *_chars(ours, i1, i2), *_chars(theirs, j1, j2))


def _chars(tokens: list[_Token], start: int, end: int) -> tuple[int, int]:
    if start < end:
        return tokens[start].start, tokens[end - 1].end
    place = tokens[start - 1].end if start else 0
    return place, place


def diff_passages(
    corpus: Corpus,
    passages: pd.DataFrame,
    *,
    reuse: pd.DataFrame | None = None,
    families: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Show word by word how edited sentences differ.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    passages : DataFrame
        Table ``passages``; rows of relation ``edited`` are compared, each pair once.
    reuse : DataFrame, optional
        Table ``reuse``. Where it knows the source, edits lead from the source to the copy; else from the earlier
        article to the later, else by id.
    families : DataFrame, optional
        Table ``families``, for ``family_id``.

    Returns
    -------
    DataFrame
        Table ``edits``. An insertion stands in the other article, a deletion in the article.
    """
    edited = passages[passages["relation"] == "edited"]
    base_of = _bases(corpus, reuse)
    rows = []
    columns = [
        "passage_id",
        "article_id",
        "field",
        "start",
        "surface",
        "other_id",
        "other_field",
        "other_start",
        "other_surface",
    ]
    for passage in progress(list(zip(*(edited[c] for c in columns), strict=True)), "edits", len(edited)):
        passage_id, article, name, start, surface, other, other_name, other_start, other_surface = passage
        if base_of(article, other) != article:
            continue
        rows += [
            _row(
                passage_id, (article, name, start, surface), (other, other_name, int(other_start), other_surface), edit
            )
            for edit in diff_words(surface, other_surface)
        ]
    if not rows:
        return empty("edits")
    frame = pd.DataFrame(rows)
    frame["edit_id"] = stable_ids(
        "e", *(frame[c] for c in ("passage_id", "start", "end", "other_start", "other_end", "operation"))
    )
    family_of = {} if families is None else dict(zip(families["article_id"], families["family_id"], strict=True))
    frame["family_id"] = [
        family_of[a] if a in family_of and family_of.get(b) == family_of[a] else None
        for a, b in zip(frame["article_id"], frame["other_id"], strict=True)
    ]
    return check(frame, "edits")


class _bases:  # noqa: N801 - used as a function
    """Which of two articles is the base of their edits."""

    def __init__(self, corpus: Corpus, reuse: pd.DataFrame | None) -> None:
        articles = corpus.articles
        self._time = dict(zip(articles["article_id"], articles["published"], strict=True))
        known = [] if reuse is None else zip(reuse["article_id"], reuse["other_id"], reuse["source_id"], strict=True)
        self._source = {(a, b): s for a, b, s in known if isinstance(s, str)}

    def __call__(self, one: str, other: str) -> str:
        pair = (min(one, other), max(one, other))
        if pair in self._source:
            return self._source[pair]
        first, second = self._time[pair[0]], self._time[pair[1]]
        return pair[1] if pd.notna(first) and pd.notna(second) and second < first else pair[0]


def _row(
    passage_id: str, ours: tuple[str, str, int, str], theirs: tuple[str, str, int, str], edit: WordEdit
) -> dict[str, object]:
    article, name, start, text = ours
    other, other_name, other_start, other_text = theirs
    surface, other_surface = text[edit.start : edit.end], other_text[edit.other_start : edit.other_end]
    return {
        "passage_id": passage_id,
        "article_id": article,
        "field": name,
        "start": start + edit.start,
        "end": start + edit.end,
        "surface": surface,
        "other_id": other,
        "other_field": other_name,
        "other_start": other_start + edit.other_start,
        "other_end": other_start + edit.other_end,
        "other_surface": other_surface,
        "operation": edit.operation,
        "type": _type(surface, other_surface, sentence_start=edit.start == 0 or edit.other_start == 0),
    }


def _type(surface: str, other_surface: str, *, sentence_start: bool) -> str:
    tokens = [*_tokens(surface), *_tokens(other_surface)]
    words = [t.key for t in tokens if t.key[0].isalnum()]
    if not words:
        return "quotation" if any(t.key in _QUOTES for t in tokens) else "punctuation"
    for part in (surface, other_surface):
        if part and part[0] in _BRACKETS and part[-1] == _BRACKETS[part[0]]:
            return "bracket"
    if any(c.isdigit() for word in words for c in word):
        return "number"
    if any(t.key in _QUOTES for t in tokens):
        return "quotation"
    if not sentence_start and all(word[0].isupper() for word in words):
        return "name"
    return "other"
