"""Noun phrases of English text: where they are, and what each is made of. No tagger; time is linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from framing.cues.nouns import Nouns, load_nouns, singular
from framing.cues.words import Reading, numeral, read_words

__all__ = ["Found", "Phrase", "describe", "find_phrases", "phrases_of"]

Span = tuple[int, int]

# On the classes of words (words.py). A word that may be a verb is none where a noun phrase begins behind it. All
# repetitions are bounded, so that long runs of one class take linear time.
_CAPITAL = "[CYJmR]"
_CAPITALS = f"{_CAPITAL}{{1,15}}"
_DETERMINER = r"(?:[tapd]{1,3}\"?(?:[qM]?n{1,4})?|(?:q|fL|Mf)?n{1,4})"
_EITHER = r"(?:u(?![tapdbzny]|[CYJR])|W(?![tapb]))"
_INNER = rf"(?:[wjrgxO]|{_EITHER}|{_CAPITALS}(?=[wjrgxuW])|[ei](?=[wrgxW]))"
_HEAD = rf"(?:[wrgx]|{_EITHER})"
_PHRASE = re.compile(
    rf"(?P<common>{_DETERMINER}[yeij\"]{{0,6}}(?:{_INNER}{{0,12}}{_HEAD}|[uWwrg]|(?<=[eij])(?!{_CAPITAL})))"
    rf"|(?P<bare>j{{0,8}}(?:{_CAPITALS}(?=[wrgxujW]))?(?:[wjrgx]|{_EITHER}){{0,12}}{_HEAD})"
    rf"|(?P<name>O?{_CAPITALS})"
)
_OWNED = re.compile(rf"s[yeij\"]{{0,6}}{_INNER}{{0,12}}{_HEAD}")
_NAME = re.compile(rf"{_CAPITALS}")
_OF_NAME = re.compile(rf"(?:ot?|ft?)({_CAPITALS})")
_HOLDS_OF = frozenset("rxnguwWm")  # classes of heads behind which an "of" is part of the phrase
_MASS = frozenset(("police", "staff", "personnel", "faculty", "troops", "people", "men", "women", "children"))


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


class Found(NamedTuple):
    """A phrase in its text: code points, words (both ends exclusive), parts."""

    start: int
    end: int
    first: int
    last: int
    phrase: Phrase


def find_phrases(text: str) -> list[Found]:
    """Find the noun phrases of an English text, in order of place.

    A possessor lies inside the longer phrase; an *of* phrase does too, and is no mention twice: its head stands in the
    longer one only.

    Examples
    --------
    >>> text = "The militant group Boko Haram freed 21 girls, President Muhammadu Buhari said."
    >>> [text[found.start : found.end] for found in find_phrases(text)]
    ['The militant group', 'Boko Haram', '21 girls', 'President Muhammadu Buhari']
    """
    return phrases_of(read_words(text))


def phrases_of(reading: Reading) -> list[Found]:
    """Find the noun phrases of a text that has been read."""
    tokens, starts, classes = reading
    empty_heads = load_nouns().empty_heads
    out = []
    for first, last in _spans(tokens, classes):
        phrase = describe(tuple(tokens[first:last]), classes[first:last])
        if phrase is not None and phrase.head not in empty_heads:
            out.append(Found(starts[first], starts[last - 1] + len(tokens[last - 1]), first, last, phrase))
    return sorted(out, key=itemgetter(0, 1))


def _spans(tokens: list[str], classes: str) -> Iterator[Span]:
    """Spans of words; a phrase before an "of" is held until what follows is known."""
    position, end = 0, len(classes)
    held: Span | None = None
    while position < end and (found := _PHRASE.search(classes, position)) is not None:
        pieces, position = _pieces(tokens, classes, found)
        if held is not None:
            joined = pieces and classes[held[1] : pieces[0][0]] in ("o", "ot")
            yield from ((held[0], last) for _, last in pieces) if joined else (held,)
            held = None
        if pieces and classes[pieces[-1][1] : pieces[-1][1] + 1] == "o" and classes[pieces[-1][1] - 1] in _HOLDS_OF:
            held = pieces.pop()
        yield from pieces
    if held is not None:
        yield held


def _pieces(tokens: list[str], classes: str, found: re.Match[str]) -> tuple[list[Span], int]:
    """Return the phrases that begin at a match, and where to go on."""
    first, last = found.span()
    person = _NAME.match(classes, last) if classes[last - 1] == "r" else None
    if person is not None and found.lastgroup != "name":  # "the banker Jane Roe" is one mention, without its article
        while classes[first] in 'tapd"':
            first += 1
        return [(first, person.end())], person.end()
    if found.lastgroup == "bare" and not _stands_alone(tokens, classes, first, last):
        return _name_within(tokens, classes, first, last), last
    if found.lastgroup == "name":
        last = _name_end(tokens, classes, last)
    return _with_owned(classes, first, last)


def _with_owned(classes: str, first: int, last: int) -> tuple[list[Span], int]:
    """Return a phrase and the longer ones of which it is the possessor."""
    pieces = [(first, last)]
    if classes[last : last + 1] != "s":
        return pieces, last
    while (owned := _OWNED.match(classes, last)) is not None:
        person = _NAME.match(classes, owned.end())
        if person is not None and classes[owned.end() - 1] == "r":  # a titled name stands without its possessor
            return [*pieces, (last + 1, person.end())], person.end()
        last = owned.end()
        pieces.append((first, last))
    return pieces, last


def _stands_alone(tokens: list[str], classes: str, first: int, last: int) -> bool:
    """Whether a phrase without determiner is one: a plural, a mass noun, an apposed role, a group before its name."""
    head, letter = tokens[last - 1].lower(), classes[last - 1]
    if letter == "g" and _NAME.match(classes, last) and classes[first] not in "CYR":
        return True
    if letter in "uW" and last - 2 >= first and classes[last - 2] in "CYR":  # "Turkey lists": a verb
        return False
    apposed = letter == "r" and first > 0 and classes[first - 1] in ",("
    return apposed or (letter != "j" and singular(head) != head) or head in _MASS


def _name_within(tokens: list[str], classes: str, first: int, last: int) -> list[Span]:
    """Return the name before a noun that is no phrase by itself: "Taliban movement", "Kabul airport"."""
    named = _NAME.search(classes, first, last)
    if named is None:
        return []
    end = named.end()
    return [(named.start(), end + (end < last and tokens[end] in load_nouns().empty_behind))]


def _name_end(tokens: list[str], classes: str, last: int) -> int:
    """Return the end of a name with what belongs to it: "House of Representatives", "Taliban movement"."""
    nouns = load_nouns()
    while tokens[last - 1] in nouns.institutions:
        match = _OF_NAME.match(classes, last)
        if match is None or (classes[last] == "f" and tokens[last] not in ("for", "on")):
            break
        last = match.end()
    return last + (classes[last : last + 1] == "g" and tokens[last] in nouns.empty_behind)


@lru_cache(maxsize=1 << 15)
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
    cut = classes.rfind("s", 0, -1)
    of = classes.find("o", cut + 1)
    owner = _words_of(tokens[: max(cut, 0)], classes)
    if of > 0 and not (classes[of - 1] in "CYJmR" and tokens[of - 1] in nouns.institutions):
        if not set(classes[:of]) - set("tapdnqxLMfj"):  # dozens of, 21 of, a group of
            return _part_of(tokens, classes, of)
        owner = _words_of(tokens[of + 1 :], classes[of + 1 :])
        tokens, classes = tokens[:of], classes[:of]
    tokens, classes = tokens[cut + 1 :], classes[cut + 1 :]
    kept = [(w, c) for w, c in zip(tokens, classes, strict=True) if c not in 'tapdnqLM"&,f;().s']
    if not kept:
        return None
    determiner = "own" if cut >= 0 else _determiner(classes)
    phrase = _described(kept, nouns)._replace(number=_number(tokens, classes), determiner=determiner, owner=owner)
    if phrase.name:
        return phrase._replace(key=_name_key(phrase, nouns))
    words = frozenset((*phrase.words, *owner.split()))
    named = words & nouns.countries.keys()
    return phrase._replace(plain=words - named, countries=frozenset(nouns.countries[word] for word in named))


def _part_of(tokens: tuple[str, ...], classes: str, of: int) -> Phrase | None:
    """Describe what a numeral or a partitive counts."""
    inner = describe(tokens[of + 1 :], classes[of + 1 :])
    if inner is None:
        return None
    return inner._replace(number=_number(tokens[:of], classes[:of]) or inner.number or tokens[0].lower())


def _words_of(tokens: Iterable[str], classes: str) -> str:
    return " ".join(word.lower() for word, letter in zip(tokens, classes, strict=False) if letter not in "tapds")


def _number(tokens: Iterable[str], classes: str) -> str:
    return next((numeral(word) for word, letter in zip(tokens, classes, strict=True) if letter == "n"), "")


def _determiner(classes: str) -> str:
    kinds = (("p", "own"), ("t", "the"), ("a", "a"), ("n", "number"), ("d", "some"))
    return next((name for letter, name in kinds if letter in classes), "")


def _described(kept: list[tuple[str, str]], nouns: Nouns) -> Phrase:
    """Kind, head, words, name and title of the words that carry meaning."""
    words, letters = [word for word, _ in kept], "".join(letter for _, letter in kept)
    if letters[0] == "O" and letters[1:2] in tuple("CYR"):  # 18th Amendment
        letters = "C" + letters[1:]
    if letters[-1] == "g" and words[-1] in nouns.empty_behind and letters[-2:-1] in tuple("CYR"):  # Taliban movement
        words, letters = words[:-1], letters[:-1]
    low = tuple(word.lower().rstrip(".") if len(word) > 3 else word.lower() for word in words)
    last = letters[-1]
    if last == "m" and words[-1] in nouns.partisans:
        return _plain("role", low)
    if last == "m" and words[-1] in nouns.demonyms and len(words) == 1:
        return _plain("nationality", low)
    if last in "CYRm" or "o" in letters or (last == "J" and len(words) == 1 and low[0] not in nouns.offices):
        return _named(words, letters, low, nouns)
    return _plain("role" if last in "rJ" else "description", low)


def _plain(kind: str, low: tuple[str, ...]) -> Phrase:
    return Phrase(kind, low[-1], low[:-1], (), (), "", "", "")


def _named(words: list[str], letters: str, low: tuple[str, ...], nouns: Nouns) -> Phrase:
    """Describe a proper name; what stands before it, up to the last title or small noun, is its title."""
    cut = max(letters.rfind(letter) for letter in "JwWrgjueiv") + 1
    titled = 0 < cut < len(words) and not set(words[cut:]) <= nouns.institutions
    name = tuple(word.replace(".", "") if len(word) < 8 else word for word in words[cut if titled else 0 :])
    kind = "titled" if titled else "acronym" if len(name) == 1 and letters[-1] == "Y" else "name"
    title = tuple(word.rstrip(".") for word in low[:cut]) if titled else ()
    return Phrase(kind, name[-1].lower(), (), name, title, "", "", "")


def _name_key(phrase: Phrase, nouns: Nouns) -> tuple[str, ...]:
    words = tuple(word.lower() for word in phrase.name)
    kept = tuple(word for word in words if len(word) > 1) or words
    whole = " ".join(kept)
    if whole in nouns.countries and whole not in nouns.capitals and phrase.kind != "titled":
        return tuple(nouns.countries[whole].lower().split())
    return kept
