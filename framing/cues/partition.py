"""Mentions of an event, and groups of them that know why they were merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from framing.cues.nouns import load_nouns
from framing.cues.phrases import Phrase

__all__ = ["Edge", "Event", "Group", "Mention", "Partition"]

_SIDE = 3  # words on either side that make a place in a sentence
_REACH = 90  # code points on either side of a mention in which evidence is sought


class Mention(NamedTuple):
    """One mention with the text around it."""

    article_id: str
    outlet: str
    start: int
    end: int
    surface: str
    phrase: Phrase
    text: str
    words: list[str]  # of the whole text
    first: int
    last: int  # exclusive

    @property
    def around(self) -> list[str]:
        """Return three words on either side; fewer at the edges of the text."""
        return [*self.words[max(0, self.first - _SIDE) : self.first], "", *self.words[self.last : self.last + _SIDE]]

    @property
    def before(self) -> str:
        """Return the text before it."""
        return self.text[max(0, self.start - _REACH) : self.start]

    @property
    def after(self) -> str:
        """Return the text behind it."""
        return self.text[self.end : self.end + _REACH]


class Edge(NamedTuple):
    """Why two mentions are one entity."""

    left: int
    right: int
    reason: str
    detail: str
    source: str  # article or edit in which it can be seen


class Group(NamedTuple):
    """Mentions of one entity, and by mention the edge that joined it (None for the first)."""

    members: list[int]
    edges: dict[int, Edge | None]


class Partition:
    """Union-find over mentions that knows which names, numbers and kinds a group holds."""

    def __init__(self, mentions: Sequence[Mention], never: Iterable[tuple[int, int]]) -> None:
        self.parent = list(range(len(mentions)))
        self.members: dict[int, list[int]] = {}  # of groups with two mentions or more; likewise below
        self.names: dict[int, set[tuple[str, ...]]] = {}
        self.numbers = {i: {m.phrase.number} for i, m in enumerate(mentions) if m.phrase.number}
        self.persons = {i for i, m in enumerate(mentions) if m.phrase.kind == "titled"}
        self.bodies: set[int] = set()
        self.armed: set[int] = set()
        self.apart: dict[int, set[int]] = {}
        self.edges: list[Edge] = []
        for a, b in never:
            self.apart.setdefault(a, set()).add(b)
            self.apart.setdefault(b, set()).add(a)

    def root(self, i: int) -> int:
        """Return the mention that stands for the group."""
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def join(self, i: int, j: int, reason: str, detail: str = "", source: str = "") -> bool:
        """Merge the groups of two mentions unless a list or, for weak reasons, their names forbid it."""
        parent = self.parent
        a = i if parent[i] == i else self.root(i)
        b = j if parent[j] == j else self.root(j)
        if a == b:
            return True
        if a in self.apart and any(self.root(k) == b for k in self.apart[a]):
            return False
        if reason not in _STRONG and not self._compatible(a, b, reason):
            return False
        ours, theirs = self.members.get(a, [a]), self.members.get(b, [b])
        if len(ours) < len(theirs):
            a, b, ours, theirs = b, a, theirs, ours
        self.parent[b] = a
        self.members[a] = ours
        ours += theirs
        for held in (self.names, self.numbers, self.apart):
            _move(held, a, b)
        for marked in (self.persons, self.bodies, self.armed):
            if b in marked:
                marked.add(a)
        self.edges.append(Edge(i, j, reason, detail, source))
        return True

    def _compatible(self, a: int, b: int, reason: str) -> bool:
        if a in self.names and b in self.names:
            return False
        if (a in self.persons and b in self.bodies) or (a in self.bodies and b in self.persons):
            return False
        numbers = a in self.numbers and b in self.numbers and not self.numbers[a] & self.numbers[b]
        return reason in ("edit", "slot") or not numbers


_STRONG = frozenset(
    ("must-merge", "same name", "surname", "given name", "spelling", "longer name", "acronym", "alias", "country")
) | {"apposition", "part of name"}


def _move(held: dict[int, set[Any]], a: int, b: int) -> None:
    if b in held:
        held[a] = held.get(a, set()) | held[b]


class Event:
    """Mentions of one event with the indexes that the steps share."""

    def __init__(self, mentions: Sequence[Mention], never: Iterable[tuple[int, int]]) -> None:
        self.mentions = mentions
        self.nouns = load_nouns()
        self.groups = Partition(mentions, never)
        self.by_name: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_article: dict[str, list[int]] = defaultdict(list)
        self.common: list[int] = []  # mentions without a name
        self.worded: list[int] = []  # of these one of each wording
        self.shared: set[tuple[str, ...]] = set()  # surnames that several bear
        self.people: dict[tuple[str, ...], bool] = {}  # names, and whether they are a person's
        self.neighbours = list(_neighbours(mentions))
        for i, mention in enumerate(mentions):
            self.by_article[mention.article_id].append(i)
            key = mention.phrase.key
            if key:
                self.by_name[key].append(i)
                self.groups.names[i] = {key}
            else:
                self.common.append(i)


def _neighbours(mentions: Sequence[Mention]) -> Iterator[tuple[int, int, str]]:
    """Yield pairs of mentions, one a name, with at most two code points between them, and what stands there."""
    for i, mention in enumerate(mentions):
        end, article = mention.end, mention.article_id
        for j in range(i + 1, len(mentions)):
            gap = mentions[j].start - end
            if gap > 2 or mentions[j].article_id != article:
                break
            if gap > 0 and (mention.phrase.name or mentions[j].phrase.name):
                yield i, j, mention.text[end : end + gap]
