"""Whom a source phrase stands for in its article: a name, a description, a pronoun; and what kind of source it is."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from framing.cues.clauses import Clauses, Phrase, closed_words, is_function_word
from framing.cues.lexicon import Lexicon
from framing.cues.speakers import Pages

__all__ = ["KEY_CONFIDENCE", "Person", "Persons", "Types"]

_SINGULAR = closed_words("singular")
_TITLES = closed_words("titles")

KEY_CONFIDENCE = {"name": 0.95, "description": 0.78, "pronoun": 0.85}
"""Share of keys that name the right person: 81 of 85 names, 31 of 40 descriptions, 42 of 50 pronouns, read by eye
(PolNeAR, training part)."""

_NAMES = Path(__file__).parent / "given_names.toml"
_NOBODY = ("document", "anonymous")
_LINES_BACK = 3
_MENTIONS_BACK = 20  # of a line that a pronoun is tried with
_AHEAD, _WORDS_AHEAD = 50, 4  # code points and words before a name
_MARKS = frozenset('.,;:!?"“”«»()—–-')
_OCCURRENCES = 8  # of a surname among which its full form is looked for
_BEHIND = re.compile(r",? (?:[Aa]n?|the|who|his|her|its|\d\d|[a-z]+)\b[^,.;:\n]{2,90}(?=,)")
_SUBJECT = re.compile(r"(?P<name>N+)(?=[AVRWw,(])")  # capitals before a verb or an aside, in classes of words
_INITIAL = re.compile(r"[^\W\d_]\.")
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
    words : str
        What is said of the person: titles and descriptions, which may tell the gender.
    """

    key: str | None
    how: str
    source_type: str | None = None
    evidence: str | None = None
    words: str = ""

    @property
    def gender(self) -> str | None:
        """As a title, a description or a given name tells it."""
        told = _gender(self.words)
        return told or (_given_names().get((self.key or " ").split()[0].lower()) if self.how == "name" else None)


@cache
def _given_names() -> dict[str, str]:
    lists = tomllib.loads(_NAMES.read_text(encoding="utf-8"))
    return {name: gender for gender, names in lists.items() for name in names.split()}


class Types:
    """Kinds of source in one language: rules of the role ``source``, with what they said of words met before."""

    def __init__(self, lexicon: Lexicon, language: str) -> None:
        self.lexicon, self.language = lexicon, language
        self._known: dict[tuple[str, bool, bool], tuple[str, str] | None] = {}
        rules = [r for r in lexicon.rules if r.language == language and r.family != "source_anonymous"]
        literal = not any(rule.regex or any(word.endswith("*") for word in rule.words) for rule in rules)
        # First words of all phrases, where all rules are literal: most names have none of them.
        self._first = frozenset(word.split()[0] for rule in rules for word in rule.words if literal)

    def of(self, words: str, *, behind: bool = False, anonymous: bool = False) -> tuple[str, str] | None:
        """Kind and evidence by the match that is nearest to the head: the last before it, the first behind it.

        Names and descriptions are no crowd: kind anonymous is given only where it is asked for, and then no other.
        """
        key = words, behind, anonymous
        if key not in self._known:
            self._known[key] = self._match(words, behind=behind, anonymous=anonymous)
        return self._known[key]

    def _match(self, words: str, *, behind: bool, anonymous: bool) -> tuple[str, str] | None:
        if not anonymous and self._first and self._first.isdisjoint(re.split(r"[^\w-]+", words.lower())):
            return None
        found = [
            (m.end, m.end - m.start, m.rule.family.removeprefix("source_"), words[m.start : m.end])
            for m in self.lexicon.matches(words, self.language)
            if m.rule.role == "source" and (m.rule.family == "source_anonymous") == anonymous
        ]
        best = (min if behind else max)(found, default=None)
        return best[2:] if best else None


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
        self._mentions: dict[int, tuple[list[int], list[Phrase]]] = {}

    def of(self, clauses: Clauses, phrase: Phrase) -> Person:
        """Person whom a phrase stands for."""
        span = clauses.span(phrase)
        if span not in self._known:
            pronoun = clauses.kind[phrase[0]] == "P"
            self._known[span] = self._pronoun(clauses, phrase) if pronoun else self._phrase(clauses, phrase)
        return self._known[span]

    def _phrase(self, clauses: Clauses, phrase: Phrase) -> Person:
        if clauses.kind[phrase[0]] == "Q":  # an agency or paper, named between quotation marks
            return Person(_EDGES.sub("", clauses.surface(phrase)), "name", "named")
        core = _core(clauses, phrase)
        name = _name(clauses, core)
        head = clauses.surface(core)
        rest = clauses.text[clauses.spans[core[1] - 1][1] : clauses.spans[phrase[1] - 1][1]]
        if name is None:
            kind, evidence = self.types.of(head + rest, anonymous=True) or self._type(head, rest)
            return Person(_description(head, rest), "description", kind or "other", evidence, head)
        full, described = self._full_name(_EDGES.sub("", clauses.surface(name)))
        aside = rest if rest[:1] in ", (" and not rest.startswith(", whose") else ""
        kind, evidence = self._type(head, aside, described)
        return Person(full, "name", kind or "named", evidence, f"{head}{aside} {described}")

    def _type(self, head: str, *behind: str) -> tuple[str | None, str | None]:
        """Kind of source by the head, else by what stands behind it."""
        places = [self.types.of(head), *(self.types.of(place, behind=True) for place in behind if place)]
        return next((found for found in places if found is not None), (None, None))

    def _full_name(self, name: str) -> tuple[str, str]:
        """Full form of a name in this article without titles and initials, and the words that describe it there."""
        if name not in self._names:
            self._names[name] = self._search(_bare(name.split()))
        return self._names[name]

    def _search(self, words: list[str]) -> tuple[str, str]:
        """Look where the name stands with a given name; a known one is believed before any other capital."""
        bare, text, at = " ".join(words), self.pages.text, -1
        best: tuple[str, str] | None = None
        for _ in range(_OCCURRENCES):
            at = text.find(bare, at + 1)
            if at < 0:
                break
            before = _words_before(text, at)
            given = _given(before) if len(words) == 1 else ""
            if len(words) == 1 and not given:
                continue
            behind = _BEHIND.match(text, at + len(bare))
            titles = " ".join(w for w in before if w.islower() or _is_title(w)) + (behind.group() if behind else "")
            found = f"{given} {bare}".strip(), titles
            if len(words) > 1 or given.lower() in _given_names():
                return found
            best = best or found
        return best or (bare, "")

    def _pronoun(self, clauses: Clauses, phrase: Phrase) -> Person:
        """Nearest source or subject before the pronoun that it may stand for; none for we, they, I and it."""
        gender = _gender(clauses.low[phrase[0]].split("'")[0])
        if gender is None:
            return Person(None, "pronoun")
        at = clauses.spans[phrase[0]][0]
        last = self.pages.number(at)
        for number in range(last, max(-1, last - _LINES_BACK - 1), -1):
            line = self.pages.line(number)
            for other in self._mentioned(number, at):
                person = self.of(line.clauses, other)
                if self._may_be(person, line.clauses.surface(other), gender):
                    return replace(person, how="pronoun")
        return Person(None, "pronoun")

    def _mentioned(self, number: int, at: int) -> list[Phrase]:
        """Mentions of a line before a code point, the nearest first."""
        line = self.pages.line(number)
        if number not in self._mentions:
            found = _mentions(line.clauses, [act.source for act in line.acts])
            self._mentions[number] = [line.clauses.spans[phrase[0]][0] for phrase in found], found
        starts, phrases = self._mentions[number]
        last = bisect_left(starts, at)
        return phrases[max(0, last - _MENTIONS_BACK) : last][::-1]

    def _may_be(self, person: Person, printed: str, gender: str) -> bool:
        """Whether a pronoun of this gender may stand for a mention: a person, not an institution or a crowd."""
        if person.key is None or person.source_type in _NOBODY:
            return False
        if person.gender not in (None, gender):
            return False
        words = [word.strip(".,").lower() for word in printed.split()]
        if person.how == "description":
            return person.source_type != "other" and words[0] in _SINGULAR and not words[-1].endswith("s")
        return " " in person.key and self.types.of(person.key.split()[-1]) is None


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


def _is_title(word: str) -> bool:
    return word.rstrip(".").lower() in _TITLES


def _gender(words: str) -> str | None:
    for word in words.split():
        bare = word.strip(".,()")
        for gender, suffix in (("female", "woman"), ("male", "man")):
            if bare.lower() in closed_words(gender) or (bare.islower() and bare.endswith(suffix)):
                return gender
    return None


def _bare(words: list[str]) -> list[str]:
    """Name without titles, possessives and initials; from a known given name on, where it has one."""
    first = next((k for k, word in enumerate(words[:-1]) if word.lower() in _given_names()), None)
    if first is None:
        first = 0
        while first < len(words) - 1 and (_is_title(words[first]) or words[first].endswith(("'s", "’s"))):
            first += 1
    return [word for word in words[first:] if not _INITIAL.fullmatch(word)] or words


def _words_before(text: str, at: int) -> list[str]:
    """Up to four words before a name, back to a mark; a stop is none after an initial or a title."""
    if at == 0 or text[at - 1] != " ":
        return []
    words: list[str] = []
    for word in reversed(text[max(0, at - _AHEAD) : at].split()[-_WORDS_AHEAD:]):
        if word[-1] in _MARKS and not (_INITIAL.fullmatch(word) or _is_title(word)):
            break
        words.insert(0, word)
    return words


def _given(before: list[str]) -> str:
    """Given name at the end of the words before a surname; a middle initial may stand between."""
    words = before[:-1] if before and _INITIAL.fullmatch(before[-1]) else before
    if len(words) > 1 and words[-1][0].isupper() and words[-2].lower() in _given_names():
        return words[-2]  # Hillary Rodham Clinton
    if not words or not words[-1][0].isupper() or _is_title(words[-1]) or len(words[-1]) < 3:
        return ""
    return "" if words[-1].endswith(("'s", "’s", ".")) or is_function_word(words[-1].lower()) else words[-1]


def _mentions(clauses: Clauses, sources: list[Phrase]) -> list[Phrase]:
    """Return sources, and names that are subjects early in a sentence, in order."""
    found = {source for source in sources if clauses.kind[source[0]] != "P"}
    kind = "".join(clauses.kind)
    for run in _SUBJECT.finditer(kind):
        i = run.start("name")
        opens = i == 0 or clauses.sentence[i - 1] != clauses.sentence[i]
        if opens or (kind[i - 1] == "," and kind[run.end() : run.end() + 1] != ","):
            found.add(run.span("name"))
    return sorted(found)
