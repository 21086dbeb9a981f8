"""Mentions: names, titled names and descriptive noun phrases of English text, told by lists and forms of words.

No tagger: every word gets a class of one letter, from the lists of ``english.toml`` and ``nouns.toml`` or from its
form, and regular expressions over the string of classes find the noun phrases. Time is linear in the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from framing.cues.find import language_of
from framing.reading import Corpus
from framing.schema import check, empty

__all__ = [
    "Nouns",
    "Phrase",
    "Words",
    "describe",
    "find_mentions",
    "find_phrases",
    "load_nouns",
    "masked_spans",
    "phrases_of",
    "read",
    "singular",
    "texts_of",
]

Span = tuple[int, int]

_HERE = Path(__file__).parent
_TOKEN = re.compile(
    r"(?:(?:[A-Z]\.){2,}|(?:Mr|Mrs|Ms|Dr|Gov|Rep|Reps|Sen|Sens|Gen|Lt|Col|Sgt|Capt|Maj|Adm|Amb|Prof|Rev|Hon|St|Jr|Sr)\.(?=[\s,])"
    r"|[A-Z]\.(?=\s[A-Z])|['’]s\b|(?<=s)['’](?=\s\w)|\w+(?:[-‑./]\w+)*(?:['’](?!s\b)\w+)*|\n|[^\w\s])[^\S\n]*"
)

# Classes. Lower case: t the, a a/an, p possessive, d quantifier, n number, q about, L least, M more, w unknown, W unknown
# in -s, r person, g group, x partitive, j adjective, e -ed, i -ing, y -ly, v verb, u verb or noun, b pronoun, z that,
# o of, s possessive 's, & and, f other words that never stand in a noun phrase. Capitals: C, Y acronym, J title, m demonym,
# R country or capital, O ordinal number. Punctuation: . , " ( ) ; and | for a line end
_CAPITAL = "[CYJmR]"
_DETERMINER = r"(?:[tapd]+\"?(?:[qM]?n+)?|(?:q|fL|Mf)?n+)"
_VERBAL = r"(?:u(?![tapdbzny]|[CYJR])|W(?![tapb]))"  # it may be a verb, unless what follows shows that it is none
_INNER = rf"(?:[wjrgxO]|{_VERBAL}|{_CAPITAL}+(?=[wjrgxuW])|[ei](?=[wrgxW]))"
_HEAD = rf"(?:[wrgx]|{_VERBAL})"
_TOGETHER = r"(?:&[j]*(?:[rW]|[wr]+)(?![CYJmR]))?"
_PHRASE = re.compile(
    rf"(?P<common>{_DETERMINER}[yeij\"]*(?:{_INNER}*{_HEAD}|[uWwrg]|(?<=[eij])(?![CYJmR])))"
    rf"|(?P<bare>j*(?:{_CAPITAL}+(?=[wrgxujW]))?(?:[wjrgx]|{_VERBAL})*{_HEAD})"
    rf"|(?P<name>O?{_CAPITAL}+)"
)
_OWNED = re.compile(rf"s[yeij\"]*{_INNER}*{_HEAD}")
_NAME = re.compile(rf"{_CAPITAL}+")
_OPENING = re.compile(r"(?:^|(?<=[.|;)]))[\"(;.|]*([CJ])")
_LINE = re.compile(r"(?:^|(?<=\|))[^|]{5,25}(?=\||$)")
_TAG = re.compile(r"(?:[RDI]|Rep|Dem)-[A-Z]")  # of a party
_CONTENT = frozenset("wWjrguxei")


@dataclass(frozen=True)
class Nouns:
    """What is known of nouns: see ``nouns.toml`` and ``countries.toml``."""

    titles: frozenset[str]
    honorifics: frozenset[str]
    offices: dict[str, frozenset[str]]  # by title or role noun: the offices that it names
    persons: frozenset[str]  # singular and plural
    wide: frozenset[str]
    groups: frozenset[str]
    empty_behind: frozenset[str]
    fighters: frozenset[str]
    armed: frozenset[str]
    institutions: frozenset[str]
    bodies: frozenset[str]  # the same in small letters
    kin: dict[str, str]  # by noun: the first of its set
    aliases: dict[tuple[str, ...], str]  # by words of a name, lower case: the first name of its set
    empty_heads: frozenset[str]
    countries: dict[str, str]  # by name, capital or word for inhabitants, lower case
    capitals: frozenset[str]
    demonyms: frozenset[str]
    partisans: frozenset[str]


class Phrase(NamedTuple):
    """A noun phrase, taken apart.

    Attributes
    ----------
    kind : str
        name, acronym, titled, role, nationality or description.
    head : str
        Last word of the phrase, before an *of*; of a name its last word.
    words : tuple of str
        Lower-case words of the phrase without determiner, possessor and head.
    name : tuple of str
        Words of the proper name within a name or titled name, without titles.
    title : tuple of str
        Titles and role nouns before a name, lower case.
    number : str
        A numeral, as digits where they are known; else empty.
    determiner : str
        the, a, own, some, number, or empty.
    owner : str
        Words of the possessor or of the *of* phrase, lower case.
    key : tuple of str
        Words by which a name is the same name: lower case, without initials, countries in one form.
    plain, countries : frozenset of str
        What modifies a description: ``words`` and ``owner``, and the countries that they name.
    """

    kind: str
    head: str
    words: tuple[str, ...]
    name: tuple[str, ...]
    title: tuple[str, ...]
    number: str
    determiner: str
    owner: str
    key: tuple[str, ...] = ()
    plain: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text("utf-8"))


@cache
def load_nouns() -> Nouns:
    """Read the lists of nouns and countries."""
    data, words = _data("nouns.toml"), _data("english.toml")
    offices: dict[str, set[str]] = {}
    for office, nouns in data["offices"].items():
        for noun in nouns.split():
            offices.setdefault(noun, set()).add(office)
    roles = data["persons"]["roles"].split()
    countries: dict[str, str] = {}
    capitals, demonyms = set(), set()
    for row in data_rows():
        for name in (row[0], row[2], *row[3]):
            countries[name.lower()] = row[0]
        capitals.add(row[2].lower())
        demonyms.update(row[1])
        countries |= {word.lower(): row[0] for word in row[1]}
    countries.pop("", None)
    return Nouns(
        titles=frozenset(data["titles"].split()) | frozenset(data["honorifics"].split()),
        honorifics=frozenset(word.lower() for word in data["honorifics"].split()),
        offices={noun: frozenset(found) for noun, found in offices.items()},
        persons=frozenset((*roles, *map(plural, roles), *data["persons"]["irregular_plurals"].split())),
        wide=frozenset(data["persons"]["wide"].split()),
        groups=frozenset(data["groups"]["nouns"].split()),
        empty_behind=frozenset(data["groups"]["empty_behind"].split()),
        fighters=frozenset(data["groups"]["fighters"].split()),
        armed=frozenset(data["groups"]["armed"].split()),
        institutions=frozenset(data["institutions"]["nouns"].split()),
        bodies=frozenset(data["institutions"]["nouns"].lower().split()),
        kin={noun: line.split()[0] for line in data["kin"]["sets"] for noun in line.split()},
        aliases={_key(name): line.split("|")[0] for line in data["aliases"]["sets"] for name in line.split("|")},
        empty_heads=frozenset(words["empty_heads"].split()),
        countries=countries,
        capitals=frozenset(capitals - {""}),
        demonyms=frozenset(demonyms),
        partisans=frozenset(data["persons"]["partisans"].split()),
    )


def _key(name: str) -> tuple[str, ...]:
    return tuple(name.lower().split())


def data_rows() -> list[tuple[str, list[str], str, list[str]]]:
    """Rows of ``countries.toml``: name, words for inhabitants, capital, further names."""
    rows = []
    for line in _data("countries.toml")["rows"]:
        name, words, capital, *others = line.split("|")
        rows.append((name, words.split(), capital, others[0].split(";") if others else []))
    return rows


def plural(noun: str) -> str:
    """Return the regular plural of a noun."""
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeou":
        return noun[:-1] + "ies"
    return re.sub("man$", "men", noun) if noun.endswith("man") else noun + "s"


_SINGULAR = {"people": "person", "children": "child", "wives": "wife", "lives": "life", "media": "media"}


@cache
def singular(noun: str) -> str:
    """Return the singular of a lower-case noun, as far as its form shows it."""
    if noun in _SINGULAR:
        return _SINGULAR[noun]
    if noun.endswith("men"):
        return noun[:-2] + "an"
    if len(noun) < 4 or not noun.endswith("s") or noun.endswith(("ss", "us", "is", "news", "series")):
        return noun
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-2] if noun.endswith(("ches", "shes", "xes", "sses", "zes")) else noun[:-1]


def _verb_forms(base: str) -> Iterator[str]:
    yield from (base, plural(base))
    stem = base.removesuffix("e")
    doubled = base + base[-1] if re.search(r"[^aeiou][aeiou][bdgmnprt]$", base) else stem
    for root in {stem, doubled}:
        yield from (root + "ed", root + "ing")
    if base.endswith("y") and base[-2] not in "aeou":
        yield base[:-1] + "ied"


class Words(dict[str, str]):
    """Class of every word, worked out when first met."""

    def __init__(self) -> None:
        data, nouns = _data("english.toml"), load_nouns()
        super().__init__()
        lists = {name: value.split() for name, value in data.items()}
        for word in lists["verbs"]:
            self.update(dict.fromkeys(_verb_forms(word), "v"))
        self.update(dict.fromkeys((f for w in lists["either"] for f in list(_verb_forms(w))[2:]), "v"))
        self.update(dict.fromkeys((f for w in lists["either"] for f in (w, plural(w))), "u"))
        self.update(dict.fromkeys(lists["irregular"], "v"))
        self.update(dict.fromkeys(lists["adjectives"], "j"))
        self.update(dict.fromkeys((*lists["nouns_in_ing"], *lists["plain_in_ed"], *lists["plain_in_ly"]), "w"))
        self.update(dict.fromkeys(nouns.groups, "g"))
        self.update(dict.fromkeys((plural(noun) for noun in nouns.groups), "g"))
        self.update(dict.fromkeys(nouns.persons | nouns.fighters, "r"))
        for letter, name in (("x", "partitives"), ("q", "about"), ("n", "numbers"), ("d", "quantifiers")):
            self.update(dict.fromkeys(lists[name], letter))
        self.update(dict.fromkeys(lists["function"], "f"))
        self.update(
            dict.fromkeys(
                ["i", "you", "he", "she", "it", "we", "they", "me", "him", "us", "them", "who", "everyone", "nobody"],
                "b",
            )
        )
        self.update(dict.fromkeys(lists["possessives"], "p"))
        self.update(dict.fromkeys(lists["articles"], "a"))
        self.update({"the": "t", "of": "o", "and": "&", "&": "&", "that": "z", "least": "L", "more": "M", "fewer": "M"})
        self.update(
            {"less": "M", "'s": "s", "’s": "s", "'": "s", "’": "s", ",": ",", "(": "(", ")": ")", "[": "(", "]": ")"}
        )
        self.update(
            dict.fromkeys('“”"«»„‘', '"') | dict.fromkeys(".!?•", ".") | {"": "|"} | dict.fromkeys(":;—–-…/|*", ";")
        )
        self.titles = nouns.titles | {f"{title}s" for title in nouns.titles} - {"Representatives"}
        self.nouns = nouns
        self.calendar = frozenset(lists["calendar"])

    def __missing__(self, word: str) -> str:
        self[word] = found = self._class(word)
        return found

    def _class(self, word: str) -> str:
        first = word[0]
        if first.isdigit() and word[-2:] in ("st", "nd", "rd", "th"):
            return "O"
        if first.isdigit():
            return "f" if len(word) == 4 and word.startswith(("19", "20")) else "n"
        if first.isupper():
            return self._capital(word)
        if not first.isalpha():
            return ";"
        if "-" in word:
            if {self.get(part) for part in word.split("-")} == {"n"}:
                return "n"
            if word.partition("-")[2][:1].isupper() and len(word.partition("-")[0]) < 4:
                return "C"  # al-Adnani
            return "j" if word.endswith(("ed", "ing", "led")) else "w"
        for ending, letter in (("ed", "e"), ("ing", "i"), ("ly", "y")):
            if word.endswith(ending) and len(word) > 4:
                return letter
        return "W" if word.endswith("s") and not word.endswith(("ss", "us", "is")) else "w"

    def _capital(self, word: str) -> str:
        bare, low = word.rstrip("."), word.lower()
        if _TAG.match(word):
            return ";"
        if "-" in word and low.endswith(
            ("ed", "led", "run", "based", "friendly", "style", "held", "born", "born", "wide")
        ):
            return "j"  # ISIS-affiliated
        if bare in self.titles:
            return "J"
        if word in self.calendar or bare in self.calendar:
            return "f"
        if word in self.nouns.demonyms or word in self.nouns.partisans:
            return "m"
        if low in self.nouns.countries:
            return "R"
        known = self.get(low, "")
        if known in ("t", "a", "p", "d", "o", "f", "b", "z", "&") and (len(word) < 2 or not word.isupper()):
            return known
        if bare.isupper() and 1 < len(bare.replace(".", "")) < 7:
            return "Y"
        return "C"


@cache
def _words() -> Words:
    return Words()


class Reading(NamedTuple):
    """Words of a text with their spans and classes."""

    tokens: list[str]
    starts: list[int]
    classes: str


def read(text: str) -> Reading:
    """Cut a text and class its words; a capital at the start of a sentence counts only where something speaks for it."""
    lead = len(text) - len(text.lstrip())
    pieces = _TOKEN.findall(text, lead)  # a word with the space behind it: together they are the text
    starts = list(accumulate(map(len, pieces), initial=lead))
    tokens = list(map(str.rstrip, pieces))
    words = _words()
    classes = "".join([words[token] for token in tokens])
    letters = list(classes)
    for index in (m.start(1) for m in _OPENING.finditer(classes)):
        letters[index] = _at_start(tokens, classes, index)
    for line in _LINE.finditer(classes):
        if _is_headline(line.group()):
            for index in range(*line.span()):
                letters[index] = _in_headline(tokens[index], letters[index])
    classes = _LONE_TITLE.sub("r", "".join(letters))
    return Reading(tokens, starts, classes)


_LONE_TITLE = re.compile("J(?![CYJmR])")


def _is_headline(classes: str) -> bool:
    """Whether a line has capitals throughout, but for short words."""
    small = sum(letter in _CONTENT or letter in "vy" for letter in classes)
    capital = sum(letter in "CYJmR" for letter in classes)
    return capital > 3 and small * 6 < capital and not classes.endswith(".")


def _in_headline(token: str, letter: str) -> str:
    low = token.lower()
    known = _words().get(low, "")
    if letter not in "CJ" or token == low:
        return letter
    return known if known and known not in "wW" else letter


def _at_start(tokens: list[str], classes: str, index: int) -> str:
    token, words = tokens[index], _words()
    low = token.lower()
    letter = words[low]
    named = classes[index + 1 : index + 2] in tuple("CYJmR")
    if classes[index] == "J":
        return "J"
    if letter not in _CONTENT:
        return letter
    if named and letter not in "ei":
        return "C"
    if letter in "jrgux" or low in tokens:
        return letter
    elsewhere = any(token == other and n != index and classes[n - 1] not in ".|" for n, other in enumerate(tokens))
    return letter if letter in "eiW" and not elsewhere and low[:-1].capitalize() not in words.nouns.partisans else "C"


def find_phrases(text: str) -> list[tuple[int, int, Phrase]]:
    """Find the noun phrases of an English text.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of (int, int, Phrase)
        Start, end, and the phrase taken apart, in order of place; a possessor or an *of* phrase lies inside a longer one.

    Examples
    --------
    >>> text = "The militant group Boko Haram freed 21 girls, Nigerian President Muhammadu Buhari said."
    >>> [(text[a:b], phrase.kind) for a, b, phrase in find_phrases(text)]
    [('The militant group', 'description'), ('Boko Haram', 'name'), ('21 girls', 'role'), ('Nigerian President Muhammadu Buhari', 'titled')]
    """
    return [(start, end, phrase) for start, end, _, _, phrase in phrases_of(read(text))]


def phrases_of(reading: Reading) -> list[tuple[int, int, int, int, Phrase]]:
    """Return start, end, first and last word (exclusive), and the parts of every noun phrase, in order of place."""
    tokens, starts, classes = reading
    empty_heads = load_nouns().empty_heads
    out = []
    for first, last in _chunks(reading):
        phrase = describe(tuple(tokens[first:last]), classes[first:last])
        if phrase is not None and phrase.head not in empty_heads:
            out.append((starts[first], starts[last - 1] + len(tokens[last - 1]), first, last, phrase))
    return sorted(out, key=itemgetter(0, 1))


def _chunks(reading: Reading) -> Iterator[Span]:
    """Spans of tokens."""
    tokens, classes = reading.tokens, reading.classes
    position, end = 0, len(classes)
    held: Span | None = None  # a phrase whose "of" is still to be filled
    while position < end and (found := _PHRASE.search(classes, position)) is not None:
        pieces, position = _pieces(tokens, classes, found)
        if held is not None:
            joined = pieces and classes[held[1] : pieces[0][0]] in ("o", "ot")
            yield from ((held[0], last) for _, last in pieces) if joined else (held,)
            held = None
        if pieces and classes[pieces[-1][1] : pieces[-1][1] + 1] == "o" and classes[pieces[-1][1] - 1] in "rxnguwWm":
            held = pieces.pop()
        yield from pieces
    if held is not None:
        yield held


def _pieces(tokens: list[str], classes: str, found: re.Match[str]) -> tuple[list[Span], int]:
    """Phrases that begin at a match, and where to go on."""
    first, last = found.span()
    kind = found.lastgroup
    if kind == "bare":
        named = _NAME.match(classes, last)
        person = named is not None and classes[last - 1] == "r"
        if person:
            return [(first, named.end())], named.end()  # type: ignore[union-attr]
        if named is not None and classes[last - 1] == "g" and classes[first] not in "CYR":
            return [(first, last)], last  # Islamist terror group Boko Haram
        head = tokens[last - 1].lower()
        if classes[last - 1] in "uW" and last - 2 >= first and classes[last - 2] in "CYR":
            return _named_in(tokens, classes, first, last)  # Turkey lists: a verb
        apposed = classes[last - 1] == "r" and first > 0 and classes[first - 1] in ",("
        if not apposed and ((singular(head) == head and head not in load_nouns().persons) or classes[last - 1] == "j"):
            return _named_in(tokens, classes, first, last)
        if singular(head) == head and not apposed and head not in _MASS:
            return _named_in(tokens, classes, first, last)
    elif kind == "name":
        last = _joined(tokens, classes, first, last)
    elif classes[last - 1] == "r" and (named := _NAME.match(classes, last)):
        start = _after_determiner(classes, first)
        return [(start, named.end())], named.end()
    pieces = [(first, last)]
    while owned := _OWNED.match(classes, last):
        named = _NAME.match(classes, owned.end())
        if classes[owned.end() - 1] == "r" and named:
            pieces.append((last + 1, named.end()))
            return pieces, named.end()
        last = owned.end()
        pieces.append((first, last))
    return pieces, last


_MASS = frozenset(["police", "staff", "personnel", "faculty", "troops", "people", "men", "women", "children"])


def _after_determiner(classes: str, first: int) -> int:
    while classes[first] in 'tapd"':
        first += 1
    return first


def _named_in(tokens: list[str], classes: str, first: int, last: int) -> tuple[list[Span], int]:
    """Names before a noun that is no phrase by itself: "Taliban movement", "Kabul airport"."""
    named = _NAME.search(classes, first, last)
    if named is None:
        return [], last
    end = named.end()
    if end < last and tokens[end] in load_nouns().empty_behind:
        end += 1
    return [(named.start(), end)], last


def _joined(tokens: list[str], classes: str, first: int, last: int) -> int:
    """End of a name with what belongs to it: "House of Representatives", "Taliban movement"."""
    institutions = load_nouns().institutions
    while tokens[last - 1] in institutions:
        match = re.compile(rf"(?:ot?|ft|f(?={_CAPITAL}))({_CAPITAL}+)").match(classes, last)
        if match is None or (classes[last] == "f" and tokens[last] not in ("for", "on")):
            break
        last = match.end()
    if classes[last : last + 1] == "g" and tokens[last] in load_nouns().empty_behind:
        last += 1
    return last


@lru_cache(maxsize=1 << 16)
def describe(tokens: tuple[str, ...], classes: str) -> Phrase | None:
    """Take a noun phrase apart; None where nothing of it is left.

    Parameters
    ----------
    tokens : tuple of str
        Words of the phrase.
    classes : str
        Their classes, one letter each.
    """
    nouns = load_nouns()
    owner = ""
    cut = classes.rfind("s") if "s" in classes[:-1] else -1
    of = classes.find("o", cut + 1)
    if of > 0 and not (classes[of - 1] in "CYJmR" and tokens[of - 1] in nouns.institutions):
        rest = [w.lower() for w, c in zip(tokens[of + 1 :], classes[of + 1 :], strict=True) if c not in "tapd"]
        if _is_partitive(classes[:of]) and rest:
            inner = describe(tokens[of + 1 :], classes[of + 1 :])
            number = next((w for w, c in zip(tokens, classes[:of], strict=False) if c == "n"), "")
            number = _numeral(number) or (inner.number if inner else "")
            return None if inner is None else inner._replace(number=number or tokens[0].lower())
        owner, tokens, classes = " ".join(rest), tokens[:of], classes[:of]
    if cut >= 0:
        owner = " ".join(w.lower() for w, c in zip(tokens[:cut], classes[:cut], strict=True) if c not in "tapds")
        tokens, classes = tokens[cut + 1 :], classes[cut + 1 :]
    determiner = _determiner(classes, owned=cut >= 0)
    number = next((_numeral(w) for w, c in zip(tokens, classes, strict=True) if c == "n"), "")
    kept = [(w, c) for w, c in zip(tokens, classes, strict=True) if c not in 'tapdnqLM"&,f;().s']
    if not kept:
        return None
    phrase = _described(kept, (number, determiner, owner), nouns)
    if phrase.name:
        return phrase._replace(key=_name_key(phrase, nouns))
    words = frozenset((*phrase.words, *owner.split()))
    named = words & nouns.countries.keys()
    return phrase._replace(plain=words - named, countries=frozenset(nouns.countries[word] for word in named))


def _name_key(phrase: Phrase, nouns: Nouns) -> tuple[str, ...]:
    words = tuple(word.lower() for word in phrase.name)
    kept = tuple(word for word in words if len(word) > 1) or words
    whole = " ".join(kept)
    if whole in nouns.countries and whole not in nouns.capitals and phrase.kind != "titled":
        return tuple(nouns.countries[whole].lower().split())
    return kept


def _is_partitive(classes: str) -> bool:
    return not set(classes) - set("tapdnqxLMfj")


def _determiner(classes: str, *, owned: bool) -> str:
    if owned or "p" in classes:
        return "own"
    for letter, name in (("t", "the"), ("a", "a"), ("n", "number"), ("d", "some")):
        if letter in classes:
            return name
    return ""


_NUMERALS = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        map(str, range(1, 21)),
        strict=True,
    )
) | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"}


def _numeral(word: str) -> str:
    low = word.lower().replace(",", "")
    tens, _, ones = low.partition("-")
    return (
        str(int(_NUMERALS[tens]) + int(_NUMERALS[ones]))
        if tens in _NUMERALS and ones in _NUMERALS
        else _NUMERALS.get(low, low)
    )


def _described(kept: list[tuple[str, str]], rest: tuple[str, str, str], nouns: Nouns) -> Phrase:
    words = [w for w, _ in kept]
    letters = "".join(c for _, c in kept)
    if letters[0] == "O" and letters[1:2] in tuple("CYR"):
        letters = "C" + letters[1:]
    head = words[-1]
    low = tuple(w.lower().rstrip(".") if len(w) > 3 else w.lower() for w in words)
    last = letters[-1]
    behind = last == "g" and head in nouns.empty_behind and letters[-2:-1] in tuple("CYR")
    if behind:
        words, letters, low, last = words[:-1], letters[:-1], low[:-1], letters[-2]
    if last in "CYR" or "o" in letters or (last == "J" and len(words) == 1 and low[0] not in nouns.offices):
        return _name(words, letters, low, rest, nouns)
    if last == "m":
        if head in nouns.partisans:
            return Phrase("role", low[-1], low[:-1], (), (), *rest)
        if head in nouns.demonyms and len(words) == 1:
            return Phrase("nationality", low[-1], low[:-1], (), (), *rest)
        return _name(words, letters, low, rest, nouns)
    kind = "role" if last in "rJ" else "description"
    return Phrase(kind, low[-1], low[:-1], (), (), *rest)


def _name(words: list[str], letters: str, low: tuple[str, ...], rest: tuple[str, str, str], nouns: Nouns) -> Phrase:
    """A proper name; what stands before it, up to the last title or small noun, is its title."""
    cut = max(letters.rfind("J"), *(letters.rfind(c) for c in "wWrgjueiv")) + 1
    if 0 < cut < len(words) and not set(words[cut:]) <= nouns.institutions:
        kind, name, title = "titled", words[cut:], tuple(word.rstrip(".") for word in low[:cut])
    else:
        kind, name, title = "name", words, ()
    if kind == "name" and len(name) == 1 and letters[-1] == "Y":
        kind = "acronym"
    plain = tuple(re.sub(r"\.", "", w) if len(w) < 8 else w for w in name)
    return Phrase(kind, plain[-1].lower(), (), plain, title, *rest)


def find_mentions(corpus: Corpus, *, masks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the mentions of persons, groups, places and things in the texts: names and noun phrases, English only.

    Titles are left out: their capitals do not tell names. Articles in another language have no mentions.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    masks : DataFrame, optional
        Spans (any table with a span) in which nothing is sought: datelines, bylines, inserted labels.

    Returns
    -------
    DataFrame
        Table ``mentions``.
    """
    hidden = masked_spans(masks)
    rows: list[tuple[Any, ...]] = []
    for article, text, language in texts_of(corpus):
        if language != "en":
            continue
        closed = hidden.get(article, [])
        for start, end, _, _, phrase in phrases_of(read(text)):
            if not any(start < b and a < end for a, b in closed):
                rows.append((article, "text", start, end, text[start:end], phrase.kind, phrase.head))
    if not rows:
        return empty("mentions")
    names = ["article_id", "field", "start", "end", "surface", "kind", "head"]
    return check(pd.DataFrame(rows, columns=names).drop_duplicates(["article_id", "start", "end"]), "mentions")


def masked_spans(masks: pd.DataFrame | None) -> dict[str, list[Span]]:
    """Spans of the texts by article, from any table of spans."""
    hidden: dict[str, list[Span]] = {}
    if masks is not None and len(masks):
        inside = masks[masks["field"] == "text"]
        for article, start, end in zip(inside["article_id"], inside["start"], inside["end"], strict=True):
            hidden.setdefault(article, []).append((int(start), int(end)))
    return hidden


def texts_of(corpus: Corpus) -> Iterator[tuple[str, str, str]]:
    """Article, text and language of every article."""
    columns = (corpus.articles[name] for name in ("article_id", "text", "language"))
    for article, text, known in zip(*columns, strict=True):
        yield article, text, language_of(text) if pd.isna(known) else str(known)[:2].lower()
