"""Clauses: the words of a line, with each quotation as one word, and the kind of each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Clauses", "Phrase", "Words", "closed_words", "is_function_word"]

Phrase = tuple[int, int]
"""First word of a phrase and one past its last, as indices of a line's words."""

_CLOSED = Path(__file__).parent / "closed_words.toml"
_LONGEST_SENTENCE = 250  # words, from which on a sentence is cut, so that time stays linear in texts without stops
_CAPITALS = 3  # capital words for one in small letters, from which on a line is a headline in capitals
_WORD = re.compile(r"\w+(?:[-'’.&/]\w+)*(?:['’](?=\s))?|--|[^\w\s]")
_ENDS = frozenset(".!?;…")
_DASHES = frozenset(("-", "–", "—", "--"))
_QUOTE_STOP = re.compile(r"[.!?…][\"'”’»\])]*\Z")


@cache
def _closed() -> dict[str, Any]:
    return tomllib.loads(_CLOSED.read_text(encoding="utf-8"))


@cache
def closed_words(name: str) -> frozenset[str]:
    """Words of a list of ``closed_words.toml``; with one letter, of a kind."""
    part = "kinds" if len(name) == 1 else "words"
    return frozenset(_closed()[part][name].split())


@cache
def _kinds() -> dict[str, str]:
    return {word: kind for kind, words in _closed()["kinds"].items() for word in words.split()}


_ABBREVIATIONS = closed_words("abbreviations")


def is_function_word(word: str) -> bool:
    """Whether a word, in small letters, belongs to a closed class."""
    return word in _kinds()


class Words(Protocol):
    """Verbs to be marked, and the classes of words met so far."""

    known: dict[str, tuple[str, str, bool | None]]

    def __contains__(self, word: object) -> bool: ...


class Clauses:
    """The words of one line.

    Attributes
    ----------
    spans : list of (int, int)
        Code points of each word in the text.
    low : list of str
        Each word in small letters with plain apostrophes; a quotation is ``"``.
    kind : list of str
        Class of each word, one letter; a mark is its own class, a quotation is ``Q``, a verb of the lexicon is ``V``.
    sentence : list of int
        Number of the sentence that each word belongs to.
    quotes : list of int
        Index of the word that stands for each quotation.
    """

    __slots__ = ("kind", "low", "quotes", "sentence", "spans", "text")

    def __init__(self, text: str, span: tuple[int, int], quotes: Sequence[tuple[int, int]], verbs: Words) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self.low: list[str] = []
        self.kind: list[str] = []
        self.sentence: list[int] = []
        self.quotes: list[int] = []
        at, number = span[0], 0
        for left, right in quotes:
            number = self._read(at, left, number, verbs)
            if self.kind and self.kind[-1] == "." and number == self.sentence[-1]:
                number += 1
            self.quotes.append(len(self.low))
            self._add((left, right), '"', "Q", number)
            at = right
        self._read(at, span[1], number, verbs)
        if len(self.low) > _LONGEST_SENTENCE:
            self.sentence = _capped(self.sentence)
        if self.kind.count("N") > _CAPITALS * (self.kind.count("w") + self.kind.count("V")):
            self.kind = [
                "V" if code == "N" and low in verbs else code for code, low in zip(self.kind, self.low, strict=True)
            ]

    def __len__(self) -> int:
        return len(self.low)

    def _add(self, span: tuple[int, int], low: str, kind: str, number: int) -> None:
        self.spans.append(span)
        self.low.append(low)
        self.kind.append(kind)
        self.sentence.append(number)

    def _read(self, start: int, end: int, number: int, verbs: Words) -> int:
        """Read words between quotations; a stop ends the sentence where no small letter follows."""
        spans, lows, kinds, sentences = self.spans, self.low, self.kind, self.sentence
        get = verbs.known.get
        stopped = bool(kinds) and kinds[-1] == "Q" and _QUOTE_STOP.search(self.text, start - 4, start) is not None
        for found in _WORD.finditer(self.text, start, end):
            word, span = found[0], found.span()
            entry = get(word)
            if entry is None:
                entry = verbs.known[word] = _classify(word, verbs)
            low, kind, small = entry
            if kind == ".":
                if low == "." and spans and span[0] == spans[-1][1] and _is_short(lows[-1], self.text[spans[-1][0]]):
                    spans[-1] = (spans[-1][0], span[1])
                    lows[-1] += "."
                    continue
                stopped = True
            elif small is not None:
                if stopped and not small:
                    number += 1
                stopped = False
                if kind == "v":  # a capital verb opens a sentence, or is a name
                    kind = "N" if sentences and sentences[-1] == number else "V"
            spans.append(span)
            lows.append(low)
            kinds.append(kind)
            sentences.append(number)
        return number

    def span(self, phrase: Phrase) -> tuple[int, int]:
        """Code points of a phrase."""
        return self.spans[phrase[0]][0], self.spans[phrase[1] - 1][1]

    def surface(self, phrase: Phrase) -> str:
        """Text of a phrase."""
        start, end = self.span(phrase)
        return self.text[start:end]


def _capped(sentence: list[int]) -> list[int]:
    """Return the numbers with sentences cut that are too long."""
    numbers: list[int] = []
    number = length = 0
    for k, given in enumerate(sentence):
        if k and (given != sentence[k - 1] or length >= _LONGEST_SENTENCE):
            number, length = number + 1, 0
        length += 1
        numbers.append(number)
    return numbers


def _classify(word: str, verbs: Words) -> tuple[str, str, bool | None]:
    """Small letters, class, and whether the word begins with a small letter (None for marks); v for a capital verb."""
    low, first = word.lower().replace("’", "'"), word[0]
    if not first.isalnum():
        return low, "." if first in _ENDS else "-" if first in _DASHES else first, None
    kind = _kinds().get(low, "")
    if kind in ("", "G", "O") and low in verbs:
        kind = "V" if first.islower() else "v"
    if not kind:
        kind = "N" if first.isupper() else "#" if first.isdigit() else "R" if low.endswith("ly") else "w"
    return low, kind, first.islower()


def _is_short(low: str, first: str) -> bool:
    """Whether a stop belongs to the word before it: an abbreviation, an initial, U.S."""
    return low in _ABBREVIATIONS or (len(low) == 1 and first.isupper()) or (len(low) <= 5 and low[-2:-1] == ".")
