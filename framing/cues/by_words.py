"""Steps that group mentions by what stands beside a name, and by their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from framing.cues.by_name import is_place, is_placed
from framing.cues.nouns import Nouns, singular
from framing.cues.partition import Event, Mention
from framing.cues.phrases import Phrase

__all__ = ["BESIDE_NAMES", "WORDS", "may_swap"]

_BACK = 100  # names before a description among which its antecedent is sought
_SLOT_WORDS = 3  # words of three letters or more that must surround a place


def appositions(event: Event) -> None:
    inner = {(m.article_id, m.end): i for i, m in enumerate(event.mentions)}  # of nested phrases the last to begin
    for i, j, gap in event.neighbours:
        a, b = event.mentions[i], event.mentions[j]
        if inner[a.article_id, a.end] != i and " of " in a.surface and gap == " ":
            continue
        common, named = (a, b) if b.phrase.name else (b, a)
        if common.phrase.name or not named.phrase.name or gap not in (" ", ", ", " “", ' "'):
            continue
        if not _may_be(common.phrase, named.phrase, event.nouns):
            continue
        if not (gap == " " and common is a) and not (gap == ", " and _is_closed(a, b, common.phrase)):
            continue
        event.groups.join(i, j, "apposition", f"{a.surface}{gap}{b.surface}", b.article_id)
        if singular(common.phrase.head) in event.nouns.groups:
            event.groups.bodies.add(event.groups.root(i))


def _is_closed(a: Mention, b: Mention, phrase: Phrase) -> bool:
    """Whether commas set off a description beside a name, and it is no item of a list."""
    fits = phrase.determiner in ("the", "a", "own") or (phrase.kind == "role" and bool(phrase.owner))
    is_item = re.search(r"(?:[A-Z][\w’'-]*, |\band )$", a.before) is not None
    ends = b.after[:1] in ",.;)" or b.after.startswith((" (", " and", " who", " that", " which", " in "))
    return fits and not is_item and ends


def offices(event: Event) -> None:
    """Join a role noun to the person whose title answers to it, where the report or the event has one such person."""
    everywhere: dict[str, dict[int, int]] = defaultdict(dict)  # by office: groups, with a mention that shows the title
    here: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for i, mention in enumerate(event.mentions):
        words = _title_words(mention.phrase)
        if words and (root := event.groups.root(i)) in event.groups.names:
            for office in _offices(words, event.nouns):
                everywhere[office].setdefault(root, i)
                here[mention.article_id, office].setdefault(root, i)
    for i in event.common:
        mention = event.mentions[i]
        named = _offices((mention.phrase.head,), event.nouns) if _may_hold(mention.phrase) else ()
        local = {j for office in named for j in here.get((mention.article_id, office), {}).values()}
        shown = local or {j for office in named for j in everywhere.get(office, {}).values()}
        if len({event.groups.root(j) for j in shown}) == 1:
            holder = event.mentions[min(shown)]
            event.groups.join(min(shown), i, "office", f"{holder.surface!r} holds it", holder.article_id)


def _title_words(phrase: Phrase) -> tuple[str, ...]:
    return phrase.title if phrase.kind == "titled" else (phrase.head,) if phrase.kind == "role" else ()


def _may_hold(phrase: Phrase) -> bool:
    return phrase.kind == "role" and not phrase.number and phrase.determiner in ("the", "own", "")


def slots(event: Event) -> None:
    """Join what stands in the same place of a copied sentence in another article."""
    seen: dict[str, int] = {}
    for i, mention in enumerate(event.mentions):
        around = mention.around
        first = seen.setdefault(" ".join(around), i)
        if first == i or sum(word.isalpha() and len(word) > 2 for word in around) < _SLOT_WORDS:
            continue
        other = event.mentions[first]
        if other.article_id != mention.article_id and may_swap(mention.phrase, other.phrase, event.nouns):
            event.groups.join(first, i, "slot", f"same place as {other.surface!r} in the same words", other.article_id)


def same_words(event: Event) -> None:
    """Join descriptions in the same words, but for those of so wide a sense that they need not mean the same."""
    by_words: dict[tuple[object, ...], int] = {}
    for i in event.common:
        phrase = event.mentions[i].phrase
        if _is_vague(event, phrase):
            continue
        key = (phrase.head, phrase.words, phrase.number, phrase.owner)
        first = by_words.setdefault(key, i)
        if first == i or (event.mentions[first].phrase.determiner == "a" and phrase.determiner != "a"):
            event.worded.append(i)
        if first != i:
            event.groups.join(first, i, "same words", f"{phrase.head!r}")


def same_heads(event: Event) -> None:
    """Join descriptions with the same head whose modifiers agree."""
    _by_head(event, lambda phrase: phrase.head, "same head")


def kinds(event: Event) -> None:
    """Join descriptions whose heads are words for one kind of thing, and whose modifiers agree."""
    kin = event.nouns.kin

    def kind_of(phrase: Phrase) -> str:
        one = singular(phrase.head)
        return f"{kin[one]} {one == phrase.head}" if one in kin else ""

    _by_head(event, kind_of, "kind of thing")


def _by_head(event: Event, key_of: Callable[[Phrase], str], reason: str) -> None:
    heads: dict[str, list[int]] = defaultdict(list)
    for i in event.worded:
        phrase = event.mentions[i].phrase
        key = key_of(phrase)
        if key and not _is_generic(event, phrase):
            heads[key].append(i)
    for found in (mentions for mentions in heads.values() if len(mentions) > 1):
        for i, target in _fitting(event, found):
            other = event.mentions[target]
            event.groups.join(target, i, reason, f"{other.surface!r}", other.article_id)


def _fitting(event: Event, found: list[int]) -> Iterator[tuple[int, int]]:
    """Pair each mention with a group whose modifiers agree: the one with the most in common, then the largest."""
    kinds: list[_Kind] = []
    for i in sorted(found, key=lambda i: (-len(event.mentions[i].phrase.words), i)):
        own = _Kind.of(i, event.mentions[i], event.nouns)
        fits = [(len(own.words & kind.words), kind.size, -n) for n, kind in enumerate(kinds[:50]) if kind.admits(own)]
        if not fits:
            kinds.append(own)
            continue
        n = -max(fits)[2]
        yield i, kinds[n].first
        kinds[n] = kinds[n].with_member(own)


def _is_vague(event: Event, phrase: Phrase) -> bool:
    """Whether the same words need not mean the same: "the group", "people", "officials"."""
    bare = not phrase.words and not phrase.owner and not phrase.number
    if phrase.head in event.nouns.wide:
        return bare and phrase.determiner != "the"
    return bare and singular(phrase.head) in event.nouns.taken_up


def _is_generic(event: Event, phrase: Phrase) -> bool:
    head = singular(phrase.head)
    return head in event.nouns.taken_up or phrase.head in event.nouns.wide


def antecedents(event: Event) -> None:
    """Take "the group" for the group that the report named last, "the militants" for the armed one, and so on."""
    groups, nouns = event.groups, event.nouns
    for i, mention in enumerate(event.mentions):
        if _is_body(event, i):
            groups.bodies.add(groups.root(i))
        if mention.phrase.head in nouns.armed or not nouns.armed.isdisjoint(mention.phrase.words):
            groups.armed.add(groups.root(i))
    asked: dict[bool, dict[str, list[int]]] = {False: defaultdict(list), True: defaultdict(list)}
    for i in event.common:
        armed = event.mentions[i].phrase.head in nouns.fighters
        if armed or singular(event.mentions[i].phrase.head) in nouns.taken_up:
            asked[armed][event.mentions[i].article_id].append(i)
    for armed in (False, True):  # the groups first: what they are called tells which are armed
        for article, found in asked[armed].items():
            _take_up(event, event.by_article[article], found)


def _take_up(event: Event, report: Sequence[int], asked: Sequence[int]) -> None:
    """Look for what the mentions asked about take up, in one report."""
    groups = event.groups
    recent: list[int] = []
    wanted = set(asked)
    for i in report:
        phrase = event.mentions[i].phrase
        if i in wanted and groups.root(i) not in groups.names:
            near = _antecedent(event, phrase, recent)
            if near is not None:
                told = f"last named before it: {event.mentions[near].surface!r}"
                groups.join(near, i, "antecedent", told, event.mentions[near].article_id)
        if phrase.name or groups.root(i) in groups.bodies:
            recent.append(i)


def _antecedent(event: Event, phrase: Phrase, recent: Sequence[int]) -> int | None:
    """Return the last mention before a phrase that it may take up."""
    groups = event.groups
    back = [(j, groups.root(j)) for j in reversed(recent[-_BACK:])]
    if phrase.head in event.nouns.fighters:
        if phrase.determiner != "the" or phrase.number:
            return None
        return next((j for j, root in back if root in groups.armed and root in groups.names), None)
    if phrase.determiner not in ("the", "own", "some"):
        return None
    near = next((j for j, root in back if root in groups.bodies), None)
    return _only(event, recent) if near is None else near


def _only(event: Event, recent: Sequence[int]) -> int | None:
    """Return the name mentioned last that may be a group's, where no group is known."""
    for j in reversed(recent[-_BACK:]):
        phrase = event.mentions[j].phrase
        key = phrase.key
        root = event.groups.root(j)
        placed = is_place(key, event.nouns) or is_placed(event.mentions[j])
        if phrase.kind in ("name", "acronym") and root not in event.groups.persons and not placed:
            return j
    return None


def _is_body(event: Event, i: int) -> bool:
    mention = event.mentions[i]
    phrase = mention.phrase
    if event.groups.root(i) in event.groups.bodies:
        return True
    if phrase.kind in ("name", "acronym"):
        tail = mention.surface.rsplit(None, 1)[-1].lower()
        return tail in event.nouns.groups and not is_place(phrase.key, event.nouns)
    return False


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
    if is_place(key, nouns):
        return singular(common.head) in ("country", "nation", "state", "kingdom", "republic", "capital", "city")
    if common.kind == "role" and common.head != singular(common.head):
        return False
    return not (is_person and any(word in nouns.bodies for word in key))


def may_swap(a: Phrase, b: Phrase, nouns: Nouns) -> bool:
    """Whether two wordings that stand for each other may mean one thing.

    Two names do not, nor one and several; a name is put for persons and bodies, not for things.
    """
    if a.name and b.name:
        return a.key == b.key
    if a.name or b.name:
        common = b if a.name else a
        return common.kind == "role" or singular(common.head) in nouns.groups
    return (a.head != singular(a.head)) == (b.head != singular(b.head))


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


BESIDE_NAMES = (appositions, offices)
WORDS = (slots, same_words, same_heads, kinds, antecedents)
