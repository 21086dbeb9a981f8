"""Which mentions of an event mean one entity: steps of falling certainty, each of which says why it merges.

The order follows the sieves of Raghunathan et al. (2010, EMNLP): names first, then what is written beside a name, then
words. A later step never joins two entities that have names of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from framing.cues.nouns import Nouns, load_nouns, singular
from framing.cues.phrases import Phrase

__all__ = ["Edge", "Group", "Mention", "group_mentions"]

_LOCATES = re.compile(r"\b(?:in|near|from|at|to|outside|around|across|into|of|for|over|through)\s+$")
_ACTS = re.compile(
    r"\s(?:also |has |had |have |will |would )?(?!(?:is|was|this|its|his|as|police)\b)(?:[a-z]{2,}(?:s|ed)|said|told|went|took|made|gave|sent)\b"
)
_SIDE = 3  # words on either side that make a place in a sentence
_SLOT_WORDS = 3  # words of three letters or more that must surround a place
_PARTICLES = frozenset(["of", "the", "and", "for", "de", "la", "al", "von", "van", "bin"])
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


class _Partition:
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
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def join(self, i: int, j: int, reason: str, detail: str = "", source: str = "") -> bool:
        """Merge the groups of two mentions unless a list or, for weak reasons, their names forbid it."""
        a, b = self.root(i), self.root(j)
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
            if b in held:
                held[a] = held.get(a, set()) | held[b]  # type: ignore[attr-defined]
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
    (
        "must-merge",
        "same name",
        "surname",
        "given name",
        "spelling",
        "longer name",
        "acronym",
        "alias",
        "country",
        "apposition",
    )
)


def group_mentions(
    mentions: Sequence[Mention],
    *,
    must: Iterable[tuple[int, int]] = (),
    never: Iterable[tuple[int, int]] = (),
    edits: Iterable[tuple[int, int, str]] = (),
) -> list[Group]:
    """Group the mentions of one event.

    Parameters
    ----------
    mentions : sequence of Mention
        Sorted by article and place.
    must, never : iterable of (int, int)
        Pairs of mentions that are one entity, or two, whatever else speaks.
    edits : iterable of (int, int, str)
        Pairs that stand for each other in sibling passages, with the edit.

    Returns
    -------
    list of Group
        In order of their first mention.
    """
    event = _Event(mentions, never)
    for left, right in must:
        event.groups.join(left, right, "must-merge")
    for step in (
        event.same_names,
        event.aliases,
        event.longer_names,
        event.spellings,
        event.acronyms,
        event.countries,
        event.fighters,
        event.appositions,
        event.offices,
    ):
        step()
    for left, right, edit in edits:
        event.groups.join(left, right, "edit", "stands for it in a sibling passage", edit)
    for step in (event.slots, event.same_words, event.same_heads, event.kinds, event.antecedents):
        step()
    return event.result()


class _Event:
    """Mentions of one event with the indexes that the steps share."""

    def __init__(self, mentions: Sequence[Mention], never: Iterable[tuple[int, int]]) -> None:
        self.mentions = mentions
        self.nouns = load_nouns()
        self.groups = _Partition(mentions, never)
        self.by_name: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.by_article: dict[str, list[int]] = defaultdict(list)
        self.common: list[int] = []
        self.neighbours = list(_neighbours(mentions))
        for i, mention in enumerate(mentions):
            self.by_article[mention.article_id].append(i)
            key = mention.phrase.key
            if key:
                self.by_name[key].append(i)
                self.groups.names[i] = {key}
            else:
                self.common.append(i)

    # Names

    def same_names(self) -> None:
        bearers: dict[str, set[str]] = defaultdict(set)
        for key in self.by_name:
            ends_in_name = any(key[-size:] in self.by_name for size in range(2, len(key)))
            if len(key) > 1 and self._is_person(key) and not ends_in_name:
                bearers[key[-1]].add(key[0])
        for key, found in self.by_name.items():
            shared = len(key) == 1 and len(bearers[key[0]]) > 1  # whose surname it is, the report must say
            parts: dict[str, list[int]] = defaultdict(list)
            for i in found:
                parts[self.mentions[i].article_id if shared else ""].append(i)
            for part in parts.values():
                first = self._plainest(part)
                for i in part:
                    self.groups.join(first, i, "same name")

    def aliases(self) -> None:
        known: dict[str, int] = {}
        for key, found in self.by_name.items():
            whole = self.nouns.aliases.get(key)
            if whole is not None:
                self.groups.join(known.setdefault(whole, found[0]), found[0], "alias", f"listed as a name of {whole}")

    def longer_names(self) -> None:
        """Surnames, given names, institutions without their class noun, names without the country before them."""
        ends: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for key in self.by_name:
            for size in range(1, len(key)):
                ends[key[-size:]].append(key)
                ends[key[:size]].append(key)
        for key in sorted(self.by_name, key=lambda k: (-len(k), k)):
            for reason in ("surname", "longer name", "given name"):
                longer = [k for k in ends.get(key, ()) if self._shortens(key, k, reason)]
                if self._joined_to(key, longer, reason):
                    break
            else:
                for i in self.by_name[key]:
                    self.groups.join(self.by_name[key][0], i, "same name")

    def _shortens(self, key: tuple[str, ...], longer: tuple[str, ...], reason: str) -> bool:
        rest = longer[: -len(key)] if longer[-len(key) :] == key else longer[len(key) :]
        behind = longer[-len(key) :] == key
        nouns = self.nouns
        if reason == "longer name":
            if behind:
                abroad = " ".join(rest) in nouns.countries or all(w in nouns.countries or w[0].isdigit() for w in rest)
                return abroad and not _is_place(key, nouns)
            institution = all(word in nouns.empty_behind or word in ("university", "act") for word in rest)
            return not _is_place(key, nouns) and (institution or rest[0] == "of")
        if not self._is_person(longer) or _is_place(key, nouns):
            return False
        return len(key) < 3 and (behind if reason == "surname" else not behind and len(key) == 1)

    def _is_person(self, key: tuple[str, ...]) -> bool:
        if any(self.mentions[i].phrase.kind == "titled" for i in self.by_name[key]):
            return True
        return 1 < len(key) < 5 and not any(
            w in self.nouns.bodies or w in self.nouns.countries or w in _PARTICLES - {"al", "bin"} for w in key
        )

    def _joined_to(self, key: tuple[str, ...], longer: list[tuple[str, ...]], reason: str) -> bool:
        roots = sorted({self.groups.root(self.by_name[k][0]) for k in longer})
        if not roots:
            return False
        found = self.by_name[key]
        if len(roots) == 1 and reason != "given name":
            target = self.by_name[longer[0]][0]
            return self.groups.join(target, found[0], reason, " ".join(self.mentions[target].phrase.name))
        widest = self._widest(longer) if reason == "surname" else None
        for i in found:  # several bear the name, or a given name: what the article itself says
            article = self.mentions[i].article_id
            near = [j for k in longer for j in self.by_name[k] if self.mentions[j].article_id == article]
            if len({self.groups.root(j) for j in near}) == 1:
                self.groups.join(
                    near[0], i, reason, f"{' '.join(self.mentions[near[0]].phrase.name)} in the same report"
                )
            elif widest is not None:
                self.groups.join(widest, i, reason, f"{' '.join(self.mentions[widest].phrase.name)} in most reports")
            elif reason == "surname":
                self.groups.join(found[0], i, "same name")
        return True

    def _widest(self, keys: list[tuple[str, ...]]) -> int | None:
        """Return a mention of the bearer whom most reports name; None of several that as many do."""
        reports: dict[int, set[str]] = defaultdict(set)
        for i in (i for key in keys for i in self.by_name[key]):
            reports[self.groups.root(i)].add(self.mentions[i].article_id)
        ordered = sorted(reports, key=lambda root: (-len(reports[root]), root))
        tied = len(ordered) > 1 and len(reports[ordered[0]]) == len(reports[ordered[1]])
        return None if tied else ordered[0]

    def spellings(self) -> None:
        """Full names whose last words differ in one letter, as transliterations do, or that leave out a middle name."""
        middle: dict[tuple[str, str], int] = {}
        for key in sorted(self.by_name, key=lambda k: (len(k), k)):
            if len(key) in (2, 3) and self._is_person(key):
                first = middle.setdefault((key[0], key[-1]), self.by_name[key][0])
                self.groups.join(first, self.by_name[key][0], "longer name", " ".join(self.mentions[first].phrase.name))
        alike: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for key in sorted(self.by_name):
            if len(key) > 1 and len(key[-1]) > 4 and self._is_person(key):
                for other in alike[key[:-1]]:
                    if Levenshtein.distance(key[-1], other[-1]) == 1:
                        a, b = self.by_name[other][0], self.by_name[key][0]
                        self.groups.join(a, b, "spelling", f"one letter from {' '.join(self.mentions[a].phrase.name)}")
                alike[key[:-1]].append(key)

    def acronyms(self) -> None:
        initials: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for key in self.by_name:
            if len(key) > 1:
                initials["".join(w[0] for w in key if w not in _PARTICLES)].append(key)
                initials["".join(w[0] for w in key)].append(key)
        for key, found in sorted(self.by_name.items()):
            if self.mentions[found[0]].phrase.kind != "acronym":
                continue
            longer = sorted(set(initials.get(key[0], ())))
            if len(longer) == 1:
                self.groups.join(self.by_name[longer[0]][0], found[0], "acronym", f"initials of {' '.join(longer[0])}")
        for i, j, gap in self.neighbours:
            a, b = self.mentions[i], self.mentions[j]
            if gap == " (" and b.after.startswith(")") and {a.phrase.kind, b.phrase.kind} in _BRACKETED:
                self.groups.join(i, j, "acronym", f"in brackets behind {a.surface}", b.article_id)

    def countries(self) -> None:
        """A capital that acts, and a government, are the country."""
        by_country: dict[str, list[int]] = defaultdict(list)
        for key, found in self.by_name.items():
            country = self.nouns.countries.get(" ".join(key))
            if country is not None and " ".join(key) not in self.nouns.capitals:
                by_country[country] += found
        for key, found in sorted(self.by_name.items()):
            word = " ".join(key)
            country = self.nouns.countries.get(word)
            if word in self.nouns.capitals and country in by_country and self._acts(found):
                self.groups.join(by_country[country][0], found[0], "country", f"capital of {country}")
        for i in self.common:
            phrase = self.mentions[i].phrase
            if singular(phrase.head) in ("government", "administration", "authority"):
                named = [c for w in (*phrase.words, phrase.owner) if (c := self.nouns.countries.get(w)) in by_country]
                if named:
                    self.groups.join(by_country[named[0]][0], i, "country", f"government of {named[0]}")

    def _acts(self, found: list[int]) -> bool:
        acting = sum(_ACTS.match(self.mentions[i].after) is not None for i in found)
        placed = sum(_LOCATES.search(self.mentions[i].before) is not None for i in found)
        return acting > placed

    def fighters(self) -> None:
        """Fighters of a named group who are not counted are the group: "Taliban fighters", "militants of the Brigade"."""
        for i in self.common:
            phrase = self.mentions[i].phrase
            if phrase.head not in self.nouns.fighters or phrase.number:
                continue
            ends = [phrase.words[-size:] for size in (3, 2, 1)] + [tuple(phrase.owner.split())]
            named = next((key for key in ends if key in self.by_name), None)
            if named:
                whole = self.by_name[named][0]
                self.groups.join(whole, i, "longer name", f"{self.mentions[whole].surface!r} within it")

    # Beside a name

    def appositions(self) -> None:
        inner = {(m.article_id, m.end): i for i, m in enumerate(self.mentions)}  # of nested phrases the last to begin
        for i, j, gap in self.neighbours:
            a, b = self.mentions[i], self.mentions[j]
            if inner[a.article_id, a.end] != i and " of " in a.surface and gap == " ":
                continue
            common, named = (a, b) if b.phrase.name else (b, a)
            if common.phrase.name or not named.phrase.name or gap not in (" ", ", ", " “", ' "'):
                continue
            if not _may_be(common.phrase, named.phrase, self.nouns):
                continue
            if (gap == " " and common is a) or (gap == ", " and self._closed(a, b, common)):
                if self.groups.join(i, j, "apposition", f"{a.surface}{gap}{b.surface}", b.article_id):
                    is_body = singular(common.phrase.head) in self.nouns.groups
                    if is_body:
                        self.groups.bodies.add(self.groups.root(i))

    @staticmethod
    def _closed(a: Mention, b: Mention, common: Mention) -> bool:
        phrase = common.phrase
        fits = phrase.determiner in ("the", "a", "own") or (phrase.kind == "role" and bool(phrase.owner))
        alone = not re.search(r"(?:[A-Z][\w’'-]*, |\band )$", a.before)
        return (
            fits
            and alone
            and (b.after[:1] in ",.;)" or b.after.startswith((" (", " and", " who", " that", " which", " in ")))
        )

    def offices(self) -> None:
        """A role noun is the person whose title answers to it, where the report or the event has one such person."""
        holders: dict[str, dict[int, int]] = defaultdict(dict)  # by office: groups, with a mention that shows the title
        local: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for i, mention in enumerate(self.mentions):
            phrase = mention.phrase
            words = phrase.title if phrase.kind == "titled" else (phrase.head,) if phrase.kind == "role" else ()
            root = self.groups.root(i) if words else i
            if root not in self.groups.names:
                continue
            for office in _offices(words, self.nouns):
                holders[office].setdefault(root, i)
                local[mention.article_id, office].setdefault(root, i)
        for i in self.common:
            mention = self.mentions[i]
            phrase = mention.phrase
            if phrase.kind != "role" or phrase.head not in self.nouns.offices or phrase.number:
                continue
            if phrase.determiner not in ("the", "own", ""):
                continue
            for place in (local, holders):
                found: dict[int, int] = {}
                for office in _offices((phrase.head,), self.nouns):
                    found |= place.get((mention.article_id, office), {}) if place is local else holders.get(office, {})
                roots = {self.groups.root(r) for r in found}
                if len(roots) == 1:
                    shown = self.mentions[min(found.values())]
                    self.groups.join(min(found.values()), i, "office", f"{shown.surface!r} holds it", shown.article_id)
                    break
                if roots:
                    break

    # Words

    def slots(self) -> None:
        """What stands in the same place of a copied sentence, another article's, is the same thing."""
        seen: dict[str, int] = {}
        for i, mention in enumerate(self.mentions):
            around = mention.around
            first = seen.setdefault(" ".join(around), i)
            if first == i or sum(word.isalpha() and len(word) > 2 for word in around) < _SLOT_WORDS:
                continue
            other = self.mentions[first]
            if other.article_id != mention.article_id and _same_sort(mention.phrase, other.phrase, self.nouns):
                self.groups.join(
                    first, i, "slot", f"same place as {other.surface!r} in the same words", other.article_id
                )

    def same_words(self) -> None:
        by_words: dict[tuple[object, ...], int] = {}
        self.worded: list[int] = []  # one mention of each wording
        for i in self.common:
            phrase = self.mentions[i].phrase
            if self._is_vague(phrase):
                continue
            key = (phrase.head, phrase.words, phrase.number, phrase.owner)
            first = by_words.setdefault(key, i)
            if first == i or (self.mentions[first].phrase.determiner == "a" and phrase.determiner != "a"):
                self.worded.append(i)
            if first != i:
                self.groups.join(first, i, "same words", f"{phrase.head!r}")

    def same_heads(self) -> None:
        self._by_head(lambda phrase: phrase.head, "same head")

    def kinds(self) -> None:
        kin = self.nouns.kin
        self._by_head(
            lambda phrase: (
                kin.get(singular(phrase.head), "")
                and (kin[singular(phrase.head)] + str(phrase.head == singular(phrase.head)))
            ),
            "kind of thing",
        )

    def _by_head(self, key_of: Callable[[Phrase], str], reason: str) -> None:
        heads: dict[str, list[int]] = defaultdict(list)
        for i in self.worded:
            phrase = self.mentions[i].phrase
            key = key_of(phrase)
            if key and not self._is_generic(phrase):
                heads[key].append(i)
        for found in heads.values():
            for i, target in self._fitting(found):
                other = self.mentions[target]
                self.groups.join(target, i, reason, f"{other.surface!r}", other.article_id)

    def _fitting(self, found: list[int]) -> Iterator[tuple[int, int]]:
        """Each mention with an earlier group whose modifiers agree: the one with the most in common, then the largest."""
        kinds: list[_Kind] = []
        for i in sorted(found, key=lambda i: (-len(self.mentions[i].phrase.words), i)):
            own = _Kind.of(i, self.mentions[i], self.nouns)
            fits = [
                (len(own.words & kind.words), kind.size, -n) for n, kind in enumerate(kinds[:50]) if kind.admits(own)
            ]
            if not fits:
                kinds.append(own)
                continue
            n = -max(fits)[2]
            yield i, kinds[n].first
            kinds[n] = kinds[n].with_member(own)

    def _is_vague(self, phrase: Phrase) -> bool:
        """Whether the same words need not mean the same: "the group", "people", "officials"."""
        bare = not phrase.words and not phrase.owner and not phrase.number
        if phrase.head in self.nouns.wide:
            return bare and phrase.determiner != "the"
        return bare and singular(phrase.head) in _ANAPHORS

    def _is_generic(self, phrase: Phrase) -> bool:
        head = singular(phrase.head)
        return head in _ANAPHORS or phrase.head in self.nouns.wide

    def antecedents(self) -> None:
        """Take "the group" for the group that the report named last, "the militants" for the armed one, and so on."""
        groups = self.groups
        for i, mention in enumerate(self.mentions):
            if self._is_body(i):
                groups.bodies.add(groups.root(i))
            if mention.phrase.head in self.nouns.armed or not self.nouns.armed.isdisjoint(mention.phrase.words):
                groups.armed.add(groups.root(i))
        for armed in (False, True):  # the groups first: what they are called tells which are armed
            for found in self.by_article.values():
                self._take_up(found, armed=armed)

    def _take_up(self, found: Sequence[int], *, armed: bool) -> None:
        groups = self.groups
        recent: list[int] = []
        for i in found:
            phrase = self.mentions[i].phrase
            if (phrase.head in self.nouns.fighters) == armed and groups.root(i) not in groups.names:
                near = self._antecedent(phrase, recent)
                if near is not None:
                    told = f"last named before it: {self.mentions[near].surface!r}"
                    groups.join(near, i, "antecedent", told, self.mentions[near].article_id)
            if phrase.name or groups.root(i) in groups.bodies:
                recent.append(i)

    def _antecedent(self, phrase: Phrase, recent: Sequence[int]) -> int | None:
        """Return the last mention before a phrase that it may take up."""
        nouns, groups = self.nouns, self.groups
        head = singular(phrase.head)
        if phrase.head in nouns.fighters and phrase.determiner == "the" and not phrase.number:
            roots = ((j, groups.root(j)) for j in reversed(recent))
            return next((j for j, root in roots if root in groups.armed and root in groups.names), None)
        if head not in _ANAPHORS or phrase.determiner not in ("the", "own", "some"):
            return None
        near = next((j for j in reversed(recent) if groups.root(j) in groups.bodies), None)
        return self._only(recent) if near is None else near

    def _only(self, recent: Sequence[int]) -> int | None:
        """Return the name mentioned last that may be a group's, where no group is known."""
        for j in reversed(recent):
            phrase = self.mentions[j].phrase
            key = phrase.key
            root = self.groups.root(j)
            placed = _is_place(key, self.nouns) or _LOCATES.search(self.mentions[j].before)
            if phrase.kind in ("name", "acronym") and root not in self.groups.persons and not placed:
                return j
        return None

    def _is_body(self, i: int) -> bool:
        mention = self.mentions[i]
        phrase = mention.phrase
        if self.groups.root(i) in self.groups.bodies:
            return True
        if phrase.kind in ("name", "acronym"):
            tail = mention.surface.rsplit(None, 1)[-1].lower()
            return tail in self.nouns.groups and not _is_place(phrase.key, self.nouns)
        return False

    def _plainest(self, found: list[int]) -> int:
        return min(found, key=lambda i: (self.mentions[i].phrase.kind == "titled", i))

    def result(self) -> list[Group]:
        near: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.groups.edges:
            near[edge.left].append(edge)
            near[edge.right].append(edge)
        groups: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self.mentions)):
            groups[self.groups.root(i)].append(i)
        out = [Group(members, self._reached(members, near) if len(members) > 1 else {}) for members in groups.values()]
        return sorted(out, key=lambda group: group.members[0])

    def _reached(self, members: list[int], near: dict[int, list[Edge]]) -> dict[int, Edge | None]:
        """Edge by which each mention is reached from the first name."""
        anchor = next((i for i in members if self.mentions[i].phrase.name), members[0])
        edges: dict[int, Edge | None] = {anchor: None}
        queue = [anchor]
        for i in queue:
            for edge in near[i]:
                j = edge.right if edge.left == i else edge.left
                if j not in edges:
                    edges[j] = edge
                    queue.append(j)
        return edges


_ANAPHORS = frozenset(
    [
        "group",
        "organisation",
        "organization",
        "movement",
        "party",
        "body",
        "outfit",
        "militia",
        "network",
        "company",
        "firm",
        "nonprofit",
    ]
)


_BRACKETED = ({"name", "acronym"}, {"acronym"})


def _neighbours(mentions: Sequence[Mention]) -> Iterator[tuple[int, int, str]]:
    """Pairs of mentions with at most two code points between them, and what stands there."""
    for i, mention in enumerate(mentions):
        end, article = mention.end, mention.article_id
        for j in range(i + 1, len(mentions)):
            gap = mentions[j].start - end
            if gap > 2 or mentions[j].article_id != article:
                break
            if gap > 0:
                yield i, j, mention.text[end : end + gap]


def _is_place(key: tuple[str, ...], nouns: Nouns) -> bool:
    return " ".join(key) in nouns.countries


def _offices(words: Iterable[str], nouns: Nouns) -> set[str]:
    return {office for word in words for office in nouns.offices.get(word, ())}


def _may_be(common: Phrase, named: Phrase, nouns: Nouns) -> bool:
    """Whether a noun phrase can describe a name beside it."""
    if common.number or common.head in ("today", "yesterday"):
        return False
    is_person = common.kind == "role" and singular(common.head) not in nouns.groups
    if named.kind == "titled":
        return is_person
    key = named.key
    if _is_place(key, nouns):
        return singular(common.head) in ("country", "nation", "state", "kingdom", "republic", "capital", "city")
    if common.kind == "role" and common.head != singular(common.head):
        return False
    return not (is_person and any(word in nouns.bodies for word in key))


def _same_sort(a: Phrase, b: Phrase, nouns: Nouns) -> bool:
    """Whether two wordings in one place may mean one thing: not where both are names, nor one and several."""
    if a.name and b.name:
        return a.name == b.name
    if a.name or b.name:
        return True
    many = [p.head != singular(p.head) for p in (a, b)]
    return many[0] == many[1]


class _Kind(NamedTuple):
    """Descriptions with one head that agree: what modifies them, and in which articles they stand."""

    first: int
    words: frozenset[str]
    countries: frozenset[str]
    number: str
    owner: str
    definite: bool
    articles: frozenset[str]
    size: int
    is_body: bool

    @classmethod
    def of(cls, i: int, mention: Mention, nouns: Nouns) -> _Kind:
        phrase = mention.phrase
        is_body = singular(phrase.head) in nouns.groups
        definite = phrase.determiner in ("the", "own")
        articles = frozenset((mention.article_id,))
        return cls(i, phrase.plain, phrase.countries, phrase.number, phrase.owner, definite, articles, 1, is_body)

    def admits(self, other: _Kind) -> bool:
        """Whether nothing speaks against one thing."""
        if self.number and other.number and self.number != other.number:
            return False
        if self.countries and other.countries and not self.countries & other.countries:
            return False
        if not self.words or not other.words or self.words & other.words:
            return True
        if self.is_body or (self.owner and other.owner):
            return False
        return other.definite or not self.articles & other.articles

    def with_member(self, other: _Kind) -> _Kind:
        """Return the kind with one more mention."""
        return self._replace(
            words=self.words | other.words,
            countries=self.countries | other.countries,
            number=self.number or other.number,
            owner=self.owner or other.owner,
            articles=self.articles | other.articles,
            size=self.size + 1,
        )
