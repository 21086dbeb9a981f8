"""Whom a source phrase stands for within one article: a name, a description, a pronoun; and what kind of source it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from framing.cues.clauses import Clauses, Phrase
from framing.cues.lexicon import CueMatch, Lexicon
from framing.cues.speakers import Pages

__all__ = ["KEY_CONFIDENCE", "Person", "Persons", "Types"]

KEY_CONFIDENCE = {"name": 0.97, "description": 0.9, "pronoun": 0.75}
"""About which share of keys names the right person."""

_NAMES = Path(__file__).parent / "given_names.toml"
_TITLES = frozenset(
    "mr mrs ms dr sen sens rep reps gov govs gen lt col maj capt sgt adm prof rev hon pres president senator representative "
    "governor general secretary minister chancellor ambassador judge justice mayor king queen prince pope sir lord lady dame "
    "congressman congresswoman republican democratic democrat chairman chairwoman speaker director professor doctor "
    "reverend vice prime attorney press house senate state former then mrs г президент министр господин госпожа премьер".split()
)
_GENDER = {
    **dict.fromkeys("mrs ms miss queen lady dame congresswoman chairwoman spokeswoman woman she она госпожа".split(), "female"),
    **dict.fromkeys("mr king prince pope sir lord congressman chairman spokesman man he он господин".split(), "male"),
}
_NOBODY = ("document", "anonymous")
_LINES_BACK = 3
_OCCURRENCES = 8  # of a surname among which its full form is looked for
_AHEAD = re.compile(r"(?:[^\s,.;:!?\"“”«»()]+\.? ){1,4}\Z")
_BEHIND = re.compile(r",? (?:[Aa]n?|the|who|his|her|its|\d\d|[a-z]+)\b[^,.;:\n]{2,90}(?=,)")
_EDGES = re.compile(r"^\W+|['’]s?$|\W+$")
_ARTICLE = re.compile(r"^(?:the|an?|this|that|one|another)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """Who a phrase stands for.

    Attributes
    ----------
    key : str, optional
        Full name or description.
    how : str
        name, description, pronoun.
    source_type, evidence : str, optional
        Kind of source and the words that decided it.
    """

    key: str | None
    how: str
    source_type: str | None = None
    evidence: str | None = None


@cache
def _given_names() -> dict[str, str]:
    lists = tomllib.loads(_NAMES.read_text(encoding="utf-8"))
    return {name: gender for gender, names in lists.items() for name in names.split()}


class Types:
    """Kinds of source in one language: rules of the role ``source``, with what they said of words met before."""

    def __init__(self, lexicon: Lexicon, language: str) -> None:
        self.lexicon, self.language = lexicon, language
        self._known: dict[str, tuple[str, str] | None] = {}

    def of(self, words: str) -> tuple[str, str] | None:
        """Kind and evidence; of several matches the last, which is nearest to the head of the phrase."""
        if words not in self._known:
            found = [m for m in self.lexicon.matches(words, self.language) if m.rule.role == "source"]
            best = max(found, key=_decides, default=None)
            self._known[words] = best and (best.rule.family.removeprefix("source_"), words[best.start : best.end])
        return self._known[words]


class Persons:
    """The sources of one article field.

    Parameters
    ----------
    pages : Pages
        The field.
    types : Types
        Kinds of source of the article's language.
    """

    def __init__(self, pages: Pages, types: Types) -> None:
        self.pages, self.types = pages, types
        self._known: dict[tuple[int, int], Person] = {}
        self._names: dict[str, tuple[str, str]] = {}

    def of(self, clauses: Clauses, phrase: Phrase) -> Person:
        """Person whom a phrase stands for."""
        span = clauses.span(phrase)
        if span not in self._known:
            pronoun = clauses.kind[phrase[0]] == "P"
            self._known[span] = self._pronoun(clauses, phrase) if pronoun else self._phrase(clauses, phrase)
        return self._known[span]

    def _phrase(self, clauses: Clauses, phrase: Phrase) -> Person:
        core = _core(clauses, phrase)
        name = _name(clauses, core)
        head = clauses.surface(core)
        rest = clauses.text[clauses.spans[core[1] - 1][1] : clauses.spans[phrase[1] - 1][1]]
        if name is None:
            source_type, evidence = self._type(head, rest)
            return Person(_description(head, rest), "description", source_type or "other", evidence)
        full, described = self._full_name(_EDGES.sub("", clauses.surface(name)))
        source_type, evidence = self._type(head, rest if rest[:1] in ", (" else "", described)
        return Person(full, "name", source_type or "named", evidence)

    def _type(self, *places: str) -> tuple[str | None, str | None]:
        """Kind of source by the first place with evidence."""
        return next((found for place in places if place and (found := self.types.of(place)) is not None), (None, None))

    def _full_name(self, name: str) -> tuple[str, str]:
        """Full form of a name in this article, and the words that describe it there."""
        if name not in self._names:
            words = name.split()
            while len(words) > 1 and _is_title(words[0]):
                words.pop(0)
            self._names[name] = self._search(words)
        return self._names[name]

    def _search(self, words: list[str]) -> tuple[str, str]:
        bare, text, at = " ".join(words), self.pages.text, -1
        for _ in range(_OCCURRENCES):
            at = text.find(bare, at + 1)
            if at < 0:
                break
            ahead = _AHEAD.search(text, max(0, at - 50), at)
            before = ahead.group().split() if ahead else []
            given: list[str] = []
            while len(words) == 1 and before and _is_given(before[-1]) and len(given) < 2:
                given.insert(0, before.pop())
            if len(words) > 1 or any(len(part.rstrip(".")) > 1 for part in given):
                behind = _BEHIND.match(text, at + len(bare))
                titles = [w for w in before if w.islower() or _is_title(w)]
                return " ".join([*given, bare]), " ".join(titles) + (behind.group() if behind else "")
        return bare, ""

    def _pronoun(self, clauses: Clauses, phrase: Phrase) -> Person:
        """Nearest source or subject before the pronoun that it may stand for; none for we, they, I and it."""
        gender = _GENDER.get(clauses.low[phrase[0]].split("'")[0])
        if gender is None:
            return Person(None, "pronoun")
        at = clauses.spans[phrase[0]][0]
        last = self.pages.number(at)
        for number in range(last, max(-1, last - _LINES_BACK - 1), -1):
            line = self.pages.line(number)
            for other in _mentions(line.clauses, [a.source for a in line.acts if a.source], at):
                person = self.of(line.clauses, other)
                if person.key and _may_be(person, line.clauses.surface(other), gender):
                    return replace(person, how="pronoun")
        return Person(None, "pronoun")


def _core(clauses: Clauses, phrase: Phrase) -> Phrase:
    """Words of a phrase before its first preposition, mark or relative clause."""
    end = next((k for k in range(phrase[0] + 1, phrase[1]) if clauses.kind[k] in "O,-(W:Q"), phrase[1])
    return phrase[0], end


def _name(clauses: Clauses, core: Phrase) -> Phrase | None:
    """Capitals at the end of the core, unless they are a title or a possessive only."""
    first = core[1]
    while first > core[0] and clauses.kind[first - 1] == "N":
        first -= 1
    if first == core[1] or all(_is_title(clauses.low[k]) for k in range(first, core[1])):
        return None
    return first, core[1]


def _description(head: str, rest: str) -> str:
    whole = head + (rest if rest[:1] == " " else "")
    return _EDGES.sub("", _ARTICLE.sub("", whole if len(whole) <= 60 else head))


def _decides(match: CueMatch) -> tuple[int, int]:
    return match.end, match.end - match.start


def _is_title(word: str) -> bool:
    return word.rstrip(".").lower() in _TITLES


def _is_given(word: str) -> bool:
    return word[0].isupper() and not _is_title(word) and (word.lower() in _given_names() or not _opens(word))


def _opens(word: str) -> bool:
    """Whether a capital word may be the first of a sentence, or no name: long known given names are certain."""
    return len(word) < 3 and not word.endswith(".")


def _mentions(clauses: Clauses, sources: list[Phrase], at: int) -> Iterator[Phrase]:
    """Sources, and names that open a sentence or its main clause, before a code point; the nearest first."""
    found = {source for source in sources if clauses.kind[source[0]] != "P"}
    commas: set[int] = set()
    for i, number in enumerate(clauses.sentence):
        opens = i == 0 or clauses.sentence[i - 1] != number
        after_comma = i > 0 and clauses.kind[i - 1] == "," and number not in commas
        if after_comma:
            commas.add(number)
        if (opens or after_comma) and clauses.kind[i] == "N" and (phrase := clauses.after(i)):
            found.add(phrase)
    yield from sorted((p for p in found if clauses.spans[p[0]][0] < at), reverse=True)


def _may_be(person: Person, printed: str, gender: str) -> bool:
    if person.source_type in _NOBODY or (person.how == "description" and person.source_type == "other"):
        return False
    words = [word.rstrip(".,").lower() for word in printed.split()]
    told = next((_GENDER[word] for word in words if word in _GENDER), None)
    told = told or _given_names().get((person.key or "").split()[0].lower())
    if person.how == "description":
        return told in (None, gender) and not words[-1].endswith("s")
    return told in (None, gender)
