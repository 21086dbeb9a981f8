"""Words of English text and their classes: what a noun phrase can be made of, told by lists and by form.

Every word has a class of one letter, so that a text becomes a string on which regular expressions find noun phrases.

====== ===============================================================================================================
letter words
====== ===============================================================================================================
t a p  the; a, an; possessives
d n q  quantifiers and demonstratives; numbers; about
L M    least; more, fewer, less
w W    unknown words; unknown words in -s
r g x  persons; groups; partitives (dozens, number)
j e i  adjectives; unknown words in -ed, in -ing
y v u  unknown words in -ly; verbs; words that are verbs or nouns
o s &  of; 's; and
z b f  that; personal pronouns; whatever else never stands in a noun phrase
C Y    capitalised words; acronyms
J m R  titles; words for inhabitants; countries and capitals
O      ordinal numbers
. | ,  ends of sentences; ends of lines; commas
" ( ;  quotation marks; brackets; other marks
====== ===============================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from framing.cues.nouns import load_nouns, plural, read_data

__all__ = ["Reading", "numeral", "read_words"]

_ABBREVIATED = "Mr|Mrs|Ms|Dr|Gov|Reps?|Sens?|Gen|Lt|Col|Sgt|Capt|Maj|Adm|Amb|Prof|Rev|Hon|St|Jr|Sr"
_TOKEN = re.compile(
    r"(?:[a-z]+(?=[ ,])|(?:[A-Z]\.){2,}"
    rf"|(?:{_ABBREVIATED})\.(?=[\s,])|[A-Z]\.(?=\s[A-Z])|\d+(?:[,.]\d+)+|['’]s\b|(?<=s)['’](?=\s\w)"
    r"|\w+(?:[-‑./]\w+)*(?:['’](?!s\b)\w+)*|\n|[^\w\s])[^\S\n]*"
)
_CAPITALS = tuple("CYJmR")
_NOUNLIKE = frozenset("wWjrguxei")
_OPENING = re.compile(r"(?:^|(?<=[.|;)]))[\"(;.|]{0,6}([CJ])")
_LINE = re.compile(r"(?:^|(?<=\|))[^|]{5,25}(?=\||$)")
_LONE_TITLE = re.compile("J(?![CYJmR])")
_PARTY_TAG = re.compile(r"(?:[RDI]|Rep|Dem)-[A-Z]")
_MODIFIES = ("ed", "run", "based", "friendly", "style", "held", "born", "wide")  # endings after a hyphen
_ALWAYS_SMALL = frozenset("tapdofbz&")  # classes of words that a capital does not change
_PRONOUNS = "i you he she it we they me him us them who everyone nobody"
_MARKS = {
    **dict.fromkeys('“”"«»„‘', '"'),
    **dict.fromkeys(".!?•", "."),
    **dict.fromkeys(":;—–-…/|*", ";"),
    **dict.fromkeys("()[]", "("),
    **dict.fromkeys(("'s", "’s", "'", "’"), "s"),
    ",": ",",
    "": "|",  # a line end, without its white space
}
_SINGLE = {
    **dict.fromkeys(("more", "fewer", "less"), "M"),
    "the": "t",
    "of": "o",
    "and": "&",
    "&": "&",
    "that": "z",
    "least": "L",
}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_DIGITS = {
    **{word: n for n, word in enumerate(_ONES.split())},
    **{word: 10 * n for n, word in enumerate(_TENS.split(), 2)},
}


class Reading(NamedTuple):
    """Words of a text, where each begins, and their classes, one letter each."""

    tokens: list[str]
    starts: list[int]
    classes: str


def read_words(text: str) -> Reading:
    """Cut a text and class its words.

    A capital at the start of a sentence, or in a line that has capitals throughout, makes a name only where something
    speaks for it: the word stands elsewhere with a capital, or before another name, and is no known small word.
    """
    lead = len(text) - len(text.lstrip())
    pieces = _TOKEN.findall(text, lead)  # a word with the space behind it: together they are the text
    starts = list(accumulate(map(len, pieces), initial=lead))
    tokens = list(map(str.rstrip, pieces))
    words = _words()
    letters = [words[token] for token in tokens]
    classes = "".join(letters)
    openings = [match.start(1) for match in _OPENING.finditer(classes)]
    if openings:
        inside = {token for token, before in zip(tokens[1:], classes, strict=False) if before not in ".|"}
        for index in openings:
            named = classes[index + 1 : index + 2] in _CAPITALS
            letters[index] = _at_start(tokens[index], letters[index], inside, named=named)
    for line in _LINE.finditer(classes):
        if _is_headline(line.group()):
            for index in range(*line.span()):
                letters[index] = _in_headline(tokens[index], letters[index])
    return Reading(tokens, starts, _LONE_TITLE.sub("r", "".join(letters)))


def _is_headline(classes: str) -> bool:
    """Whether a line has capitals throughout, but for short words."""
    small = sum(letter in _NOUNLIKE or letter in "vy" for letter in classes)
    capital = sum(letter in _CAPITALS for letter in classes)
    return capital > 3 and small * 6 < capital and not classes.endswith(".")


def _in_headline(token: str, letter: str) -> str:
    known = _words().get(token.lower(), "")
    return known if letter in "CJ" and known and known not in "wW" else letter


def _at_start(token: str, letter: str, inside: set[str], *, named: bool) -> str:
    """Class of the first word of a sentence; ``inside`` are the words that open none."""
    low = token.lower()
    small = _words()[low]
    if letter == "J" or (named and small in _NOUNLIKE and small not in "ei"):
        return letter
    if small not in _NOUNLIKE or small in "jrgux" or low in inside:
        return small
    told_by_form = small in "eiW" and token not in inside
    return small if told_by_form and low[:-1].capitalize() not in load_nouns().partisans else letter


def numeral(word: str) -> str:
    """Return a number in digits, as far as it is known; other words in small letters."""
    low = word.lower().replace(",", "")
    parts = [_DIGITS.get(part) for part in low.split("-")]
    return low if None in parts else str(sum(filter(None, parts)))


class _Words(dict[str, str]):
    """Class of every word, worked out when first met."""

    def __init__(self) -> None:
        super().__init__()
        nouns = load_nouns()
        lists = {name: value.split() for name, value in read_data("english.toml").items()}
        either = [list(_verb_forms(word)) for word in lists["either"]]
        kinds = (  # a later one decides
            ("v", [form for word in lists["verbs"] for form in _verb_forms(word)]),
            ("v", [form for forms in either for form in forms[2:]]),
            ("u", [form for forms in either for form in forms[:2]]),
            ("v", lists["irregular"]),
            ("j", lists["adjectives"]),
            ("w", lists["nouns_in_ing"] + lists["plain_in_ed"] + lists["plain_in_ly"]),
            ("g", [form for noun in nouns.groups for form in (noun, plural(noun))]),
            ("r", nouns.persons | nouns.fighters),
            ("x", lists["partitives"]),
            ("q", lists["about"]),
            ("n", lists["numbers"]),
            ("d", lists["quantifiers"]),
            ("f", lists["function"]),
            ("b", _PRONOUNS.split()),
            ("p", lists["possessives"]),
            ("a", lists["articles"]),
        )
        for letter, words in kinds:
            self.update(dict.fromkeys(words, letter))
        self.update(_SINGLE | _MARKS)
        self.nouns = nouns
        self.titles = nouns.titles | {f"{title}s" for title in nouns.titles} - {"Representatives"}
        self.calendar = frozenset(lists["calendar"])

    def __missing__(self, word: str) -> str:
        first = word[0]
        if first.isdigit():
            letter = _number_class(word)
        elif first.isupper():
            letter = self._capital_class(word)
        elif first.isalpha():
            letter = self._hyphen_class(word) if "-" in word else _form_class(word)
        else:
            letter = ";"
        self[word] = letter
        return letter

    def _hyphen_class(self, word: str) -> str:
        first, _, rest = word.partition("-")
        if {self.get(part) for part in word.split("-")} == {"n"}:
            return "n"
        if rest[:1].isupper() and len(first) < 4:
            return "C"  # al-Adnani
        return "j" if word.endswith(("ed", "ing")) else "w"

    def _capital_class(self, word: str) -> str:
        bare, small = word.rstrip("."), self.get(word.lower(), "")
        is_acronym = bare.isupper() and 1 < len(bare.replace(".", "")) < 7
        known = (
            (";", _PARTY_TAG.match(word)),
            ("j", "-" in word and word.lower().endswith(_MODIFIES)),  # ISIS-affiliated
            ("J", bare in self.titles),
            ("f", bare in self.calendar),
            ("m", word in self.nouns.demonyms or word in self.nouns.partisans),
            ("R", word.lower() in self.nouns.countries),
            (small, small in _ALWAYS_SMALL and not (word.isupper() and len(word) > 1)),
            ("Y", is_acronym),
        )
        return next((letter for letter, holds in known if holds), "C")


@cache
def _words() -> _Words:
    return _Words()


def _number_class(word: str) -> str:
    if word.endswith(("st", "nd", "rd", "th")):
        return "O"
    return "f" if len(word) == 4 and word.startswith(("19", "20")) else "n"  # f: a year


def _form_class(word: str) -> str:
    if len(word) > 4:
        for ending, letter in (("ed", "e"), ("ing", "i"), ("ly", "y")):
            if word.endswith(ending):
                return letter
    return "W" if word.endswith("s") and not word.endswith(("ss", "us", "is")) else "w"


def _verb_forms(base: str) -> Iterator[str]:
    """Yield base form and third person, then the forms in -ed and -ing."""
    yield from (base, plural(base))
    stem = base.removesuffix("e")
    doubled = base + base[-1] if re.search(r"[^aeiou][aeiou][bdgmnprt]$", base) else stem
    for root in sorted({stem, doubled}):
        yield from (f"{root}ed", f"{root}ing")
    if base.endswith("y") and base[-2] not in "aeou":
        yield f"{base[:-1]}ied"
