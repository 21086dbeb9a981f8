"""Clauses: the words of a line with each quotation as one word, and the noun phrases beside a verb.

No parser and no dictionary of nouns: closed classes of words (pronouns, determiners, prepositions, auxiliaries), capital
letters and marks are enough to find the subject of a verb of speech in most of its positions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

__all__ = ["BE", "DAYS", "FUNCTION_WORDS", "LEADS", "NEGATIONS", "PERSONAL", "Clauses", "Phrase", "Words"]

Phrase = tuple[int, int]
"""First word of a phrase and one past its last, as indices of a line's words."""

_CAPITALS = 3  # capital words for one in small letters, from which on a line is a headline in capitals
_LONGEST = 24  # words of a subject with its appositions
_WORD = re.compile(r"\w+(?:[-'’.&/]\w+)*(?:['’](?=\s))?|--|[^\w\s]")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr sen sens rep reps gov govs gen lt col maj capt sgt adm prof rev hon pres st jr sr atty ala ariz ark "
    "calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa tenn tex va vt "
    "wash wis wyo inc corp co ltd vs jan feb mar apr aug sept oct nov dec г им тов гг".split()
)
_ENDS = frozenset(".!?;…")
_DASHES = frozenset(("-", "–", "—", "--"))
_QUOTE_STOP = re.compile(r"[.!?…][\"'”’»\])]*\Z")

PERSONAL = frozenset("he she they i we it you он она они я мы".split())
NEGATIONS = frozenset("not never no neither hardly cannot не".split())
BE = frozenset("is are was were be been being isn't aren't wasn't weren't".split())

# One letter per class of words: P pronoun, W relative pronoun, D determiner, O preposition, B boundary of a clause,
# A auxiliary, R adverb or weekday, G verb that leads to an infinitive. Others: N capital, # number, w small letters.
_CLASSES = {
    "P": "he she they it i we you he's she's they've he'd she'd they'd i've i'm i'd we've we're they're it's they'll "
    "он она они я мы",
    "W": "who который которая которые",
    "D": "the a an this these those his her their its our my your some many several most both all one two three four "
    "five six another every each no any other more",
    "O": "of for in at from with on by to about against among between during under over near into after before behind "
    "within without outside inside across around through since until upon toward towards like в на из от по о об с",
    "B": "that when because while as if but than where although though so whether what how why which unless then nor or "
    "что как когда если но а потому чтобы",
    "A": "is are was were be been being has have had will would can could may might must should did does do shall "
    "cannot isn't aren't wasn't weren't didn't doesn't don't won't wouldn't couldn't can't haven't hasn't hadn't не",
    "R": "also later again once often still just now never not even always already soon ever instead too yesterday today "
    "tonight monday tuesday wednesday thursday friday saturday sunday simply famously himself herself themselves first "
    "long thus currently recently both также позже ранее уже затем вчера сегодня",
    "G": "went goes going go continued continues declined declines refused refuses began begins took used proceeded "
    "appeared appears seemed seems liked likes wants wanted tried trying managed failed",
    "&": "and и",
}
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
LEADS = frozenset(_CLASSES["G"].split())
_CLASS = {word: code for code, words in _CLASSES.items() for word in words.split()}
FUNCTION_WORDS = frozenset(_CLASS)
_JOINS = frozenset("of for in at from with on to near against behind as".split())  # prepositions within a noun phrase
_NOUN_END = frozenset("Nw#)")
_OPEN_ASIDE = frozenset(",-")


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

    def __init__(
        self, text: str, span: tuple[int, int], quotes: Sequence[tuple[int, int]], verbs: Words
    ) -> None:
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
        if self.kind.count("N") > _CAPITALS * (self.kind.count("w") + self.kind.count("V")):
            self.kind = ["V" if code == "N" and low in verbs else code for code, low in zip(self.kind, self.low, strict=True)]

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

    def before(self, j: int) -> Phrase | None:
        """Noun phrase that ends with word ``j``: back to a verb, a boundary or a mark."""
        kind, low, sentence = self.kind, self.low, self.sentence
        if j < 0:
            return None
        if kind[j] == "P":
            return (j, j + 1)
        first, k = j + 1, j
        here = sentence[j]
        while k >= 0 and sentence[k] == here and j - k < _LONGEST:
            code = kind[k]
            if code in "Nw#":
                first = k
            elif code == "D":
                first = k
                if k == 0 or kind[k - 1] not in "OD":
                    break
            elif code == "V":
                if k == 0 or not (kind[k - 1] in "Dw" or low[k - 1].endswith("'s")):
                    break
                first = k
            elif code == ")" and (opened := self._opened(k)) is not None:
                k = first = opened
            elif code == "&":
                if not (k and kind[k - 1] in "Nw" and first == k + 1 and kind[k + 1] == kind[k - 1]):
                    break
            elif code == "O":
                counted = low[k] == "of" and k > 0 and kind[k - 1] == "D"  # one of their officers
                if not (first == k + 1 and k and (kind[k - 1] in _NOUN_END or counted) and low[k] in _JOINS):
                    break
            elif code == "W":
                k -= k > 0 and kind[k - 1] == ","
            else:
                break
            k -= 1
        return (first, j + 1) if first <= j else None

    def _opened(self, k: int) -> int | None:
        for i in range(k - 1, max(-1, k - 12), -1):
            if self.kind[i] == "(":
                return i
        return None

    def subject(self, i: int) -> Phrase | None:
        """Subject of the verb whose group begins with word ``i``, with the appositions between both."""
        j = i - 1
        if j < 0 or self.sentence[j] != self.sentence[min(i, len(self) - 1)]:
            return None
        if self.kind[j] == "W" or (self.low[j] in ("which", "that") and j and self.kind[j - 1] in ",Nw)"):
            ahead = self.before(j - 2 if j > 1 and self.kind[j - 1] == "," else j - 1)
            return (ahead[0], j + 1) if ahead else None
        if self.kind[j] not in _OPEN_ASIDE:
            return self.before(j)
        return self._over_aside(j)

    def _over_aside(self, j: int) -> Phrase | None:
        """Noun phrase before an aside between commas or dashes that ends with word ``j``; several may follow."""
        kind, here = self.kind, self.sentence[j]
        if kind[j - 1] == ")" and (opened := self._opened(j - 1)) and self.before(opened - 1):
            return self.before(j - 1)
        found: Phrase | None = None
        k = j - 1
        for _ in range(3):
            while k >= 0 and self.sentence[k] == here and kind[k] not in ",-:" and j - k < _LONGEST + 8:
                k -= 1
            if k <= 0 or self.sentence[k] != here or kind[k] not in _OPEN_ASIDE:
                break
            phrase = self.before(k - 1)
            if phrase is None:
                break
            found = phrase
            start = phrase[0] - 1
            if start < 1 or kind[start] != "," or kind[phrase[0]] not in "D#w":
                break  # otherwise it may be an apposition itself: X, a lawyer, 45, said
            k = start
            if self.before(k - 1) is None:
                break
            found = self.before(k - 1)
            break
        return (found[0], j) if found else None

    def after(self, i: int, *, apposed: bool = True) -> Phrase | None:
        """Noun phrase that begins with word ``i``, with an apposition between commas behind it."""
        kind, low, n = self.kind, self.low, len(self)
        if i >= n:
            return None
        if kind[i] == "P":
            return (i, i + 1)
        is_noun = kind[i] == "V" and kind[i + 1 : i + 2] in ([], [","], ["."], ["O"])  # according to reports
        if kind[i] not in "NDw#" and not is_noun:
            return None
        here, k, end = self.sentence[i], i, i
        while k < n and self.sentence[k] == here and k - i < _LONGEST:
            code = kind[k]
            if code in "NDw#":
                if code == "w" and k > i and low[k].endswith("ed") and kind[k - 1] in "Nw#" and self._has_object(k):
                    break
                end = k + 1
            elif code == "V" and (kind[k - 1] == "D" if k > i else is_noun):
                end = k + 1
            elif code == "O" and low[k] in _JOINS and k + 1 < n and kind[k + 1] in "NDw#" and low[k] not in ("on", "to"):
                pass
            elif code == "&" and k + 1 < n and kind[k + 1] == "N" and kind[k - 1] == "N":
                pass
            elif code == "(" and ")" in kind[k : k + 10]:
                k = kind.index(")", k)
                end = k + 1
            else:
                break
            k += 1
        if apposed and k + 1 < n and kind[k] == "," and self.sentence[k] == here and self._apposes(k + 1):
            end = self._aside_end(k + 1) or end
        return (i, end)

    def _has_object(self, k: int) -> bool:
        return k + 1 < len(self) and self.kind[k + 1] in "DPNOQ#"

    def _apposes(self, i: int) -> bool:
        return self.kind[i] in "DW#" or (self.kind[i] == "w" and not self.low[i].endswith("ing"))

    def _aside_end(self, i: int) -> int | None:
        """End of an aside that a comma or the end of the sentence closes."""
        k = i
        while k < len(self) and k - i < _LONGEST and self.kind[k] not in ",.:;-Q" and self.sentence[k] == self.sentence[i]:
            k += 1
        return k if k == len(self) or self.kind[k] in ",." or self.sentence[k] != self.sentence[i] else None


def _classify(word: str, verbs: Words) -> tuple[str, str, bool | None]:
    """Small letters, class, and whether the word begins with a small letter (None for marks); v for a capital verb."""
    low, first = word.lower().replace("’", "'"), word[0]
    if not first.isalnum():
        return low, "." if first in _ENDS else "-" if first in _DASHES else first, None
    kind = _CLASS.get(low, "")
    if kind in ("", "G", "O") and low in verbs:
        kind = "V" if first.islower() else "v"
    if not kind:
        kind = "N" if first.isupper() else "#" if first.isdigit() else "R" if low.endswith("ly") else "w"
    return low, kind, first.islower()


def _is_short(low: str, first: str) -> bool:
    """Whether a stop belongs to the word before it: an abbreviation, an initial, U.S."""
    return low in _ABBREVIATIONS or (len(low) == 1 and first.isupper()) or (len(low) <= 5 and low[-2:-1] == ".")
