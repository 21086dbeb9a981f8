"""Word-level changes between two sentences, cut so that an inserted label stands alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from rapidfuzz.distance import Indel, Levenshtein

from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text import same_glyphs

__all__ = ["WordEdit", "diff_passages", "diff_words"]

_TOKEN = re.compile(r"\w+(?:[.,:'’\-]\w+)*|[^\w\s]")
_BRACKETS = {"(": ")", "[": "]"}
_STAR = "*"
_ENCLOSING = frozenset(",—")
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
    or deletion, whatever changed beside it, and so does a footnote star; the rest is compared by Levenshtein opcodes on
    tokens; insertions and deletions are then shifted, where the words allow it, to begin and end at punctuation, and
    touching changes are one replacement, unless a phrase between commas or dashes stands on one side only.

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
    ops = _merged(_shifted(_opcodes(keys, other_keys), keys, other_keys), keys, other_keys)
    changes = [_widened(op, kept, other_kept, len(ours), len(theirs)) for op in ops if op[0] != "equal"]
    deleted, inserted = [], []
    for a, b in our_groups:
        place = _counterpart(kept, a, ops, other_kept, len(theirs), side=0)
        deleted.append(("delete", a, b, place, place))
    for a, b in their_groups:
        place = _counterpart(other_kept, a, ops, kept, len(ours), side=1)
        inserted.append(("insert", place, place, a, b))
    return [_edit(change, ours, theirs) for change in _settle(changes, deleted, inserted)]


def _tokens(text: str) -> list[_Token]:
    return [_Token(m.group(), *m.span()) for m in _TOKEN.finditer(same_glyphs(text))]


def _groups(tokens: Sequence[_Token]) -> list[tuple[int, int]]:
    """Outermost bracketed groups as token ranges, brackets included; a footnote star is a group of its own."""
    groups: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for i, token in enumerate(tokens):
        if token.key == _STAR and not opened:
            groups.append((i, i + 1))
        elif token.key in _BRACKETS:
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
        alike = (
            float(keys == c or Indel.normalized_similarity(keys[1:-1], c[1:-1])) for c in candidates if c[0] == keys[0]
        )
        if max(alike, default=0.0) < _SAME_GROUP:
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


def _merged(ops: list[Op], ours: list[str], theirs: list[str]) -> list[Op]:
    """Join touching changes into one replacement, but keep a phrase between commas or dashes on its own."""
    result: list[Op] = []
    for op in ops:
        if result and op[0] != "equal" != result[-1][0]:
            last = result.pop()
            op = ("replace", last[1], op[2], last[3], op[4])  # noqa: PLW2901 - the joined change
        result.append(op)
    return [part for op in result for part in _apart(op, ours, theirs)]


def _apart(op: Op, ours: list[str], theirs: list[str]) -> list[Op]:
    """Split a replacement whose one side begins or ends with a phrase between commas or dashes that the other lacks."""
    kind, i1, i2, j1, j2 = op
    if kind != "replace" or i1 == i2 or j1 == j2:
        return [("insert" if i1 == i2 else "delete" if j1 == j2 else kind, i1, i2, j1, j2)]
    head, tail = _enclosed(theirs[j1:j2])
    if head and theirs[j1] not in ours[i1:i2]:
        return [("insert", i1, i1, j1, j1 + head), ("replace", i1, i2, j1 + head, j2)]
    if tail and theirs[j2 - 1] not in ours[i1:i2]:
        return [("replace", i1, i2, j1, j2 - tail), ("insert", i2, i2, j2 - tail, j2)]
    head, tail = _enclosed(ours[i1:i2])
    if head and ours[i1] not in theirs[j1:j2]:
        return [("delete", i1, i1 + head, j1, j1), ("replace", i1 + head, i2, j1, j2)]
    if tail and ours[i2 - 1] not in theirs[j1:j2]:
        return [("replace", i1, i2 - tail, j1, j2), ("delete", i2 - tail, i2, j2, j2)]
    return [op]


def _enclosed(words: list[str]) -> tuple[int, int]:
    """Return the lengths of a leading and of a trailing phrase between two equal marks, 0 where there is none."""
    head = tail = 0
    if words[0] in _ENCLOSING and words[0] in words[2:-1]:
        head = words.index(words[0], 2) + 1
    if words[-1] in _ENCLOSING and words[-1] in words[1:-2]:
        tail = len(words) - max(k for k in range(1, len(words) - 2) if words[k] == words[-1])
    return head, tail


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


def _settle(changes: list[Op], our_groups: list[Op], their_groups: list[Op]) -> list[Op]:
    """Order all changes so that none overlaps another.

    A replacement is cut where a set-aside group stands inside it; an insertion or deletion that surrounds a group on
    its own side swallows it.
    """
    pieces = [
        group
        for group in [*our_groups, *their_groups]
        if not any(change[0] == group[0] and _inside(group, change) for change in changes)
    ]
    for change in changes:
        pieces += _cut(change, [*our_groups, *their_groups]) if change[0] == "replace" else [change]
    settled: list[Op] = []
    done = other_done = 0
    for kind, i1, i2, j1, j2 in sorted(pieces, key=lambda c: (c[1] + c[3], c[2] + c[4], c)):
        start, other_start = max(i1, done), max(j1, other_done)
        done, other_done = max(i2, start), max(j2, other_start)
        settled.append((kind, start, done, other_start, other_done))
    return settled


def _inside(group: Op, change: Op) -> bool:
    """Whether the group's own side lies strictly inside the change."""
    if group[0] == "delete":
        return change[1] < group[1] and group[2] < change[2]
    return change[3] < group[3] and group[4] < change[4]


def _cut(change: Op, groups: list[Op]) -> list[Op]:
    """Cut a replacement at the groups inside it."""
    _, i1, i2, j1, j2 = change
    group = next((g for g in groups if _inside(g, change)), None)
    if group is None:
        return [change]
    _, a1, a2, b1, b2 = group
    low, high = (min(max(a1, i1), i2), min(max(a2, i1), i2))
    other_low, other_high = (min(max(b1, j1), j2), min(max(b2, j1), j2))
    pieces: list[Op] = []
    for part in ((i1, low, j1, other_low), (high, i2, other_high, j2)):
        kind = "insert" if part[0] == part[1] else "delete" if part[2] == part[3] else "replace"
        if part[0] < part[1] or part[2] < part[3]:
            pieces += _cut((kind, *part), groups) if kind == "replace" else [(kind, *part)]
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
    """Show word by word how answering sentences differ.

    Of paraphrases, whose words differ throughout, only bracketed insertions and deletions are shown that stand behind a
    word which both sentences have.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    passages : DataFrame
        Table ``passages``; rows of relation ``edited`` and ``paraphrase`` are compared, each pair once.
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
    pairs = _pairs(passages, _bases(corpus, reuse))
    rows = [
        _row(passage_id, ours, theirs, edit)
        for (ours, theirs), (passage_id, relation) in progress(pairs.items(), "edits", len(pairs))
        for edit in (diff_words if relation == "edited" else _lone_brackets)(ours[3], theirs[3])
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


_Sentence = tuple[str, str, int, str]  # article, field, start, text


def _pairs(
    passages: pd.DataFrame, base_of: Callable[[str, str], str]
) -> dict[tuple[_Sentence, _Sentence], tuple[str, str]]:
    """Pairs of sentences to compare, base first, each once, with the passage and its relation."""
    compared = passages[passages["relation"].isin(["edited", "paraphrase"])]
    ours = list(zip(*(compared[c] for c in ("article_id", "field", "start", "surface")), strict=True))
    theirs = list(zip(*(compared[f"other_{c}"] for c in ("id", "field", "start", "surface")), strict=True))
    pairs: dict[tuple[_Sentence, _Sentence], tuple[str, str]] = {}
    for one, other, passage_id, relation in zip(
        ours, theirs, compared["passage_id"], compared["relation"], strict=True
    ):
        pair = ((*one[:2], int(one[2]), one[3]), (*other[:2], int(other[2]), other[3]))
        if base_of(one[0], other[0]) != one[0]:
            pair = (pair[1], pair[0])
        if relation == "edited" or pair not in pairs:
            pairs[pair] = (passage_id, relation)
    return pairs


def _lone_brackets(text: str, other: str) -> list[WordEdit]:
    """Bracketed groups of one sentence without counterpart in the other, behind a word that both have."""
    ours, theirs = _tokens(text), _tokens(other)
    places, other_places = ({t.key.casefold(): t.end for t in reversed(tokens)} for tokens in (ours, theirs))
    edits = []
    for a, b in _lone_groups(ours, theirs):
        if a and (place := other_places.get(ours[a - 1].key.casefold())) is not None:
            edits.append(WordEdit("delete", ours[a].start, ours[b - 1].end, place, place))
    for a, b in _lone_groups(theirs, ours):
        if a and (place := places.get(theirs[a - 1].key.casefold())) is not None:
            edits.append(WordEdit("insert", place, place, theirs[a].start, theirs[b - 1].end))
    return edits


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


def _row(passage_id: str, ours: _Sentence, theirs: _Sentence, edit: WordEdit) -> dict[str, object]:
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
