"""Word-level changes between two sentences, cut so that an inserted label stands alone."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from rapidfuzz.distance import Indel, Levenshtein, Opcodes

from framing.text import same_glyphs

__all__ = ["WordEdit", "diff_words", "lone_brackets"]

_TOKEN = re.compile(r"\w+(?:[.,:'’\-]\w+)*|[^\w\s]")
_LONE_HYPHEN = re.compile(r"(?<!\S)-(?!\S)")
_BRACKETS = {"(": ")", "[": "]"}
_STAR = "*"
_ENDS = frozenset(".!?…")
_ENCLOSING = ",—"
_LAST: tuple[list[str], ...] = ([], ["."], ["!"], ["?"], ["…"])  # what may follow the last phrase of a sentence
_SAME_GROUP = 0.5  # similarity of two bracketed groups from which one is an edit of the other
_NEAR_GROUPS = 8  # groups of the other side that one is compared with
_BESIDE = 3  # changed tokens on either side of a phrase between commas or dashes that is cut out
_PHRASE = 30  # tokens of the longest phrase between commas or dashes
_LONGEST = 200  # changed tokens beyond which nothing is cut out: the passage is another one
_EXACT = 400_000_000  # product of lengths up to which the longest common sequence fits in memory (50 MB)


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


Gap = tuple[int, int, int, int]
"""Token ranges on both sides between two tokens that both have."""
Range = tuple[int, int]


def diff_words(text: str, other: str) -> list[WordEdit]:
    """Return the word-level changes that turn one text into the other.

    What is common is the longest common sequence of tokens, to which a bracketed group or footnote without counterpart
    lends none. Insertions and deletions are shifted, where the words allow it, to begin and end at punctuation.
    Touching changes are one replacement, out of which a label is cut: a group in brackets, a footnote star, a phrase
    between commas or dashes that stands on one side only.

    Parameters
    ----------
    text, other : str
        Two sentences. Quotation marks and dashes of different shape count as equal.

    Returns
    -------
    list of WordEdit
        In reading order. Operations are ``insert``, ``delete`` and ``replace``. Exchanging the texts exchanges
        insertions and deletions, and no more.

    Examples
    --------
    >>> diff_words("The group took Kabul.", "The group (banned in Russia) captured Kabul.")
    ... # doctest: +NORMALIZE_WHITESPACE
    [WordEdit(operation='insert', start=9, end=9, other_start=10, other_end=28),
     WordEdit(operation='replace', start=10, end=14, other_start=29, other_end=37)]
    """
    ours, theirs = _tokens(text), _tokens(other)
    words, other_words = [t.key for t in ours], [t.key for t in theirs]
    swapped = other_words < words  # ties between alignments fall the same way whichever text comes first
    if swapped:
        words, other_words = other_words, words
    gaps = _touching(_shifted(_gaps(words, other_words), words, other_words))
    sides = _Side.of(words), _Side.of(other_words)
    parts = [part for gap in gaps for part in _apart(gap, *sides)]
    if swapped:
        parts = [(j1, j2, i1, i2) for i1, i2, j1, j2 in parts]
    return [_edit(part, ours, theirs) for part in parts]


def _tokens(text: str) -> list[_Token]:
    shaped = _LONE_HYPHEN.sub("—", same_glyphs(text))
    return [_Token(m.group(), *m.span()) for m in _TOKEN.finditer(shaped)]


def _edit(part: Gap, ours: list[_Token], theirs: list[_Token]) -> WordEdit:
    i1, i2, j1, j2 = part
    kind = "insert" if i1 == i2 else "delete" if j1 == j2 else "replace"
    return WordEdit(kind, *_chars(ours, i1, i2), *_chars(theirs, j1, j2))


def _chars(tokens: list[_Token], start: int, end: int) -> Range:
    if start < end:
        return tokens[start].start, tokens[end - 1].end
    place = tokens[start - 1].end if start else 0
    return place, place


def _gaps(words: list[str], other_words: list[str]) -> list[Gap]:
    """Stretches between the tokens of the longest common sequence.

    A word such as *the* inside a phrase between commas or dashes may answer one outside it and tear it; the phrase then
    takes no part, and the rest is aligned anew.
    """
    taken, other_taken = _lone_groups(words, other_words)
    hidden, other_hidden = taken.groups + taken.inside, other_taken.groups + other_taken.inside
    gaps = _uncommon(_hidden(words, hidden), _hidden(other_words, other_hidden))
    torn = _torn(words, [gap[:2] for gap in gaps])
    other_torn = _torn(other_words, [gap[2:] for gap in gaps])
    if torn or other_torn:
        gaps = _uncommon(_hidden(words, hidden + torn), _hidden(other_words, other_hidden + other_torn))
    return gaps


def _uncommon(words: list[str | None], other_words: list[str | None]) -> list[Gap]:
    """Stretches between common tokens; one that is hidden on either side is not common."""
    one = [0 if word is None else word for word in words]
    two = [1 if word is None else word for word in other_words]
    gaps, done, other_done = [], 0, 0
    for op in _alignment(one, two):
        if op.tag == "equal":
            gaps.append((done, op.src_start, other_done, op.dest_start))
            done, other_done = op.src_end, op.dest_end
    gaps.append((done, len(one), other_done, len(two)))
    return [gap for gap in gaps if gap[0] < gap[1] or gap[2] < gap[3]]


def _alignment(one: list[str | int], two: list[str | int]) -> Opcodes:
    """Of the longest common sequences that of fewest edits, where Levenshtein's is one."""
    fewest = Levenshtein.opcodes(one, two)
    if len(one) * len(two) > _EXACT:
        return fewest
    longest = Indel.opcodes(one, two)
    lengths = (sum(op.src_end - op.src_start for op in ops if op.tag == "equal") for ops in (fewest, longest))
    return fewest if next(lengths) == next(lengths) else longest


def _torn(words: list[str], changed: list[Range]) -> list[Range]:
    """Phrases between two commas or dashes that are new, of whose words half or fewer are not."""
    new = {i for start, end in changed for i in range(start, end)}
    torn = []
    for mark in _ENCLOSING:
        done = 0
        for start, end in pairwise(i for i in sorted(new) if words[i] == mark):
            inside = range(start + 1, min(end, start + _PHRASE))
            common = sum(i not in new and words[i].isalnum() for i in inside)
            if start >= done and end - start <= _PHRASE and 0 < common <= (end - start - 1) / 2:
                torn.append((start, end + 1))
                done = end + 1
    return torn


def _hidden(words: list[str], ranges: Iterable[Range]) -> list[str | None]:
    """Return the words, with None in the ranges."""
    hidden: list[str | None] = list(words)
    for start, end in ranges:
        hidden[start:end] = [None] * (end - start)
    return hidden


def _groups(words: Sequence[str]) -> list[Range]:
    """Find groups in brackets, also nested, stars, and footnotes: a star behind a sentence and all after it."""
    groups: list[Range] = []
    opened: list[tuple[str, int]] = []
    for i, word in enumerate(words):
        if word == _STAR:
            footnote = 0 < i < len(words) - 1 and words[i - 1] in _ENDS
            groups.append((i, len(words) if footnote else i + 1))
            if footnote:
                break
        elif word in _BRACKETS:
            opened.append((_BRACKETS[word], i))
        elif opened and word == opened[-1][0]:
            groups.append((opened.pop()[1], i + 1))
    return sorted(groups)


def _outermost(groups: Iterable[Range]) -> list[Range]:
    kept: list[Range] = []
    for group in sorted(groups):
        if not kept or group[0] >= kept[-1][1]:
            kept.append(group)
    return kept


def _lone_groups(words: list[str], other_words: list[str], *, by_place: bool = True) -> tuple[_Taken, _Taken]:
    """Find the groups of either side without counterpart on the other, and the words inside of those exchanged.

    The counterpart has the same words, else is similar, else, by place, stands in brackets of the same shape behind or
    before the same word; of that the words inside are exchanged as a whole. Words that stand between other marks on the
    other side are no group without counterpart.
    """
    left, right = _groups(words), _groups(other_words)
    left, right, _ = _paired(
        left, right, [[_content(w, g) for g in gs] for w, gs in ((words, left), (other_words, right))]
    )
    similar: set[Range] = set()
    rest = []
    for group in left:
        near = islice((c for c in right if c not in similar), _NEAR_GROUPS)
        alike = next((c for c in near if _similar(words, group, other_words, c)), None)
        if alike is None:
            rest.append(group)
        else:
            similar.add(alike)
    left, right = rest, [group for group in right if group not in similar]
    exchanged: list[tuple[Range, Range]] = []
    for key in (_behind, _before) if by_place else ():
        keys = [[key(w, g) for g in gs] for w, gs in ((words, left), (other_words, right))]
        left, right, pairs = _paired(left, right, keys)
        exchanged += pairs
    return (
        _Taken(_outermost(_not_rewrapped(left, words, other_words)), [(a + 1, b - 1) for (a, b), _ in exchanged]),
        _Taken(_outermost(_not_rewrapped(right, other_words, words)), [(a + 1, b - 1) for _, (a, b) in exchanged]),
    )


@dataclass(frozen=True)
class _Taken:
    """Ranges of one text that have no counterpart: whole groups, and what is inside of groups."""

    groups: list[Range]
    inside: list[Range]


def _content(words: list[str], group: Range) -> Hashable:
    return tuple(words[slice(*group)])


def _behind(words: list[str], group: Range) -> Hashable:
    before = words[group[0] - 1] if group[0] else ""  # two groups that begin their texts answer each other
    return (words[group[0]], before) if before.isalnum() or before in ("", '"') else None


def _before(words: list[str], group: Range) -> Hashable:
    after = words[group[1]] if group[1] < len(words) else ""
    return (words[group[0]], after) if after.isalnum() else None


def _paired(
    left: list[Range], right: list[Range], keys: list[list[Hashable]]
) -> tuple[list[Range], list[Range], list[tuple[Range, Range]]]:
    """Pair groups of equal key in their order; return what remains and the pairs. None has no equal."""
    waiting: dict[Hashable, deque[Range]] = defaultdict(deque)
    for group, key in zip(right, keys[1], strict=True):
        waiting[key].append(group)
    rest, pairs = [], []
    for group, key in zip(left, keys[0], strict=True):
        if key is not None and waiting[key]:
            pairs.append((group, waiting[key].popleft()))
        else:
            rest.append(group)
    paired = {pair[1] for pair in pairs}
    return rest, [group for group in right if group not in paired], pairs


def _similar(words: list[str], group: Range, other_words: list[str], other: Range) -> bool:
    one, two = words[slice(*group)], other_words[slice(*other)]
    return one[0] == two[0] and Indel.normalized_similarity(one[1:-1], two[1:-1]) >= _SAME_GROUP


def _not_rewrapped(groups: list[Range], words: list[str], other_words: list[str]) -> list[Range]:
    """Without those whose words stand between other marks on the other side."""
    places: dict[str, list[int]] = defaultdict(list)
    for j, word in enumerate(other_words if groups else []):
        if j and not other_words[j - 1].isalnum():
            places[word].append(j)
    kept = []
    for group in groups:
        content = words[group[0] + 1 : group[1] - 1]
        found = places.get(content[0], [])[:_NEAR_GROUPS] if content else []
        if not any(
            other_words[j : j + len(content)] == content
            and not "".join(other_words[j + len(content) : j + len(content) + 1]).isalnum()
            for j in found
        ):
            kept.append(group)
    return kept


def _shifted(gaps: list[Gap], words: list[str], other_words: list[str]) -> list[Gap]:
    """Shift each insertion or deletion along equal tokens to where it begins or ends at punctuation."""
    result: list[Gap] = []
    done = 0
    for k, (i1, i2, j1, j2) in enumerate(gaps):
        shift = 0
        if i1 == i2 or j1 == j2:
            side, start, end = (other_words, j1, j2) if i1 == i2 else (words, i1, i2)
            until = gaps[k + 1][0] if k + 1 < len(gaps) else len(words)
            shift = _best_shift(side, start, end, i1 - done, until - i2)
        result.append((i1 + shift, i2 + shift, j1 + shift, j2 + shift))
        done = i2 + shift
    return result


def _best_shift(words: list[str], start: int, end: int, room_before: int, room_after: int) -> int:
    """Shift, among those that describe the same change, with the best edges; 0 when none is better."""
    left = right = 0
    while left < room_before and words[start - left - 1] == words[end - left - 1]:
        left += 1
    while right < room_after and words[start + right] == words[end + right]:
        right += 1
    return max(range(-left, right + 1), key=lambda s: (_edge_score(words, start + s, end + s), -abs(s), s))


def _edge_score(words: list[str], start: int, end: int) -> int:
    first, last = words[start], words[end - 1]
    if first in _BRACKETS and last == _BRACKETS[first]:
        return 4
    before = words[start - 1] if start else "."
    after = words[end] if end < len(words) else "."
    opens = first in ",—;" or before in ",—;." or start == 0
    closes = last in ",—;" or after in ",—;."
    return (2 if first in ",—;" and (last == first or after in ",—;.") else 0) + opens + closes


def _touching(gaps: list[Gap]) -> list[Gap]:
    """Join gaps without a common token between them."""
    result: list[Gap] = []
    for gap in gaps:
        if result and (result[-1][1], result[-1][3]) == (gap[0], gap[2]):
            last = result.pop()
            result.append((last[0], gap[1], last[2], gap[3]))
        else:
            result.append(gap)
    return result


@dataclass(frozen=True)
class _Side:
    """Words of one text and, by their first token, where its groups end."""

    words: list[str]
    ends: dict[int, int]

    @classmethod
    def of(cls, words: list[str]) -> _Side:
        return cls(words, dict(_groups(words)))

    def phrase(self, start: int, end: int, others: list[str]) -> Range | None:
        """First group or phrase between commas or dashes in a range, where the changed other words lack such a mark.

        At the end of the sentence a phrase has no second comma.
        Inside what is inserted or deleted as a whole only a group at either end is one.
        """
        for i in range(start, end):
            stop = self.ends.get(i, end + 1)
            if stop <= end and self.words[i] not in others and (others or i == start or stop == end):
                return i, stop
        for mark in _ENCLOSING if others else "":
            places = [i for i in range(start, end) if self.words[i] == mark]
            if mark in others or not places:
                continue
            stop = places[1] + 1 if len(places) > 1 else end
            if len(places) == 1 and (places[0] == start or self.words[end : end + 1] not in _LAST):
                continue
            before, after = places[0] - start, end - stop
            if stop - places[0] > 2 and (before == 0 or after == 0 or max(before, after) <= _BESIDE):
                return places[0], stop
        return None


def _apart(gap: Gap, ours: _Side, theirs: _Side) -> list[Gap]:
    """Cut out of a gap each phrase that stands on one side only."""
    i1, i2, j1, j2 = gap
    if max(i2 - i1, j2 - j1) > _LONGEST:
        return [gap]
    while i1 < i2 and j1 < j2 and ours.words[i1] == theirs.words[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and ours.words[i2 - 1] == theirs.words[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    if i1 == i2 and j1 == j2:
        return []
    words, other_words = ours.words[i1:i2], theirs.words[j1:j2]
    if found := theirs.phrase(j1, j2, words):
        a, b = found
        cut = i1 + _share(len(words), a - j1, j2 - b)
        before, phrase, after = (i1, cut, j1, a), (cut, cut, a, b), (cut, i2, b, j2)
    elif found := ours.phrase(i1, i2, other_words):
        a, b = found
        cut = j1 + _share(len(other_words), a - i1, i2 - b)
        before, phrase, after = (i1, a, j1, cut), (a, b, cut, cut), (b, i2, cut, j2)
    else:
        return [(i1, i2, j1, j2)]
    return [*_apart(before, ours, theirs), phrase, *_apart(after, ours, theirs)]


def _share(n: int, before: int, after: int) -> int:
    """How many of n tokens answer those before a phrase; the others answer those after it."""
    if not before or not after:
        return n if before else 0
    return min(n, max(1, round(n * before / (before + after))))


def lone_brackets(text: str, other: str) -> list[WordEdit]:
    """Return the bracketed groups of one sentence without counterpart in the other, behind a word that both have.

    Parameters
    ----------
    text, other : str
        Two sentences whose words differ throughout.

    Returns
    -------
    list of WordEdit
        Deletions, then insertions.
    """
    ours, theirs = _tokens(text), _tokens(other)
    lone, other_lone = _lone_groups([t.key for t in ours], [t.key for t in theirs], by_place=False)
    places, other_places = ({t.key.casefold(): t.end for t in reversed(tokens)} for tokens in (ours, theirs))
    edits = []
    for a, b in lone.groups:
        if a and (place := other_places.get(ours[a - 1].key.casefold())) is not None:
            edits.append(WordEdit("delete", ours[a].start, ours[b - 1].end, place, place))
    for a, b in other_lone.groups:
        if a and (place := places.get(theirs[a - 1].key.casefold())) is not None:
            edits.append(WordEdit("insert", place, place, theirs[a].start, theirs[b - 1].end))
    return edits
