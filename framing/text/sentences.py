"""Sentences as spans of the untouched text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import pandas as pd

from framing.reading import Corpus
from framing.schema import FIELDS, check, empty, stable_ids

__all__ = ["find_sentences", "split_sentences"]

Span = tuple[int, int]

_LINE = re.compile(r"[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")

_UNSEEN = "\u200b-\u200f\u2060\ufeff"  # zero width
_FULL_WIDTH = "。！？｡"
_STOPS = rf".!?…‽⁇-⁉؟۔।॥։።{_FULL_WIDTH}"
_QUOTES = "\"'”’“‘»«›‹」』"
_CLOSERS = rf"{_QUOTES})\]}}）】〉》*†‡¹²³⁰⁴-⁹{_UNSEEN}"
_PICTOGRAM = "[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?"
# A run of stops and of the marks that close after it; a pictogram and a French guillemet may stand off. A run begins
# only where no stop stands before it and gives nothing back, so that runs of any length are read once. The Greek
# question mark is a semicolon (Unicode makes them one); others are refused below.
_STOP = re.compile(
    rf"[{_STOPS};](?<![{_STOPS}]{{2}})"
    rf"(?:[{_STOPS}{_CLOSERS}]|\[\d{{1,3}}\]|\s?{_PICTOGRAM}|\s»(?!\w))*+"
)
_OPENERS = rf"\s\"'“‘”’„‚«»‹›(\[{{（「『【〈《¿¡•·▪●‣⁃*†‡—–\-{_UNSEEN}"
_AHEAD = re.compile(rf"[{_OPENERS}]*+")
_OPENING_QUOTES = frozenset("\"'“‘„«»")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_PRONOUN = re.compile(r"I\b(?!\.)")  # always a capital, so no sign of a new sentence
_ELLIPSIS = re.compile(r"\.{2,}|…+")
_STARTS_NOTHING = frozenset(".,;:!?…)]}/|&%=+<>~^_\\")
_DASHES = frozenset("—–-")
_GOING_ON = _DASHES | {"(", ")"}
_ADDRESS = re.compile(r"https?://|www\.")

_LONGEST = 6  # letters of the longest abbreviation
_NO_VOWEL = re.compile(r"[B-DF-HJ-NP-TV-XZ][b-df-hj-np-tv-xz]{1,4}")  # Bldg, Hwy: hardly a word
_REACH = 30  # code points before a stop in which an abbreviation is looked for
_LAST_PART = re.compile(r"[-'’/]")
_NEXT_WORD = re.compile(r"[^\W\d_][\w.]{0,30}")
_SPACED_LETTER = re.compile(r"[^\W\d_]\.")
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_LIST_MARK = re.compile(rf"[{_OPENERS}]*(?:\d{{1,3}}(?:\.\d{{1,2}})*|[^\W\d_]|[IVXivx]{{1,5}})")
_NICKNAME = re.compile(r"\w[\w ]{0,14}[\"”’»“]\s\w")
_UNIT = re.compile(r"[^\W\d_]|[kmc]m|kg|[смк]м|кг")
_NUMERAL = re.compile(r"[A-Z]\.\s?\d|[A-Z]{0,4}-?\d|[#№§]?\s?\d|[IVXLC]{2,6}\b|[VX]\b(?!\.)")
_ORDINAL = re.compile(r"\d{1,2}|[IVX]{2,6}")
_NUMERIC_DATE = re.compile(r"\d{1,2}\.\s?\d{2,4}\b")
_YEAR = re.compile(r"\d{4}\b")

_BRACKET = re.compile(r"[(\[（【)\]）】]")
_PAIRS = {")": "(", "]": "[", "）": "（", "】": "【"}
_EMOTICON = re.compile(r".?[:;=]\)|[:;]-\)")  # its mouth is no bracket
_FAR = 1000  # code points; brackets further apart are two slips of the pen and hold no paragraph together

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİŁŃŇŌŐŘŚŞŠŤŪŮŰŹŻŽА-ЯЁІЇЄҐ"
_NAME = rf"[{_UPPER}][\w.'’\-]{{0,30}}"
_NAMES = rf"{_NAME}(?:[ /]{_NAME}){{0,3}}"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er)?"
_DATE = (
    rf"(?:(?:le|den|el)\s)?(?:{_DAY}\.?\s[^\W\d]{{3,10}}|[^\W\d]{{3,10}}\.?\s{_DAY})\b\.?"
    r"(?:,?\s\d{4})?(?:\s[гр]\.)?"
)
_INNER = r"\([^()\n]{2,60}\)"
_DASH = r"\s?[—–-]"
# Datelines that hold a stop, in the order of the branches: MINSK, June 24. /TASS/.   МИНСК, 24 июн — РИА Новости.
# Минск. 24 июня. INTERFAX.RU -   Bern, 3. Mai (dpa) -   OSLO. (Reuters) -   DAYTON, Ohio. —
_DATELINE = re.compile(
    rf"\s*+(?:{_NAMES}(?:,\s{_NAMES})?[.,]?\s(?:{_DATE}[.,]?\s*)?/[^/\n]{{2,40}}/\.?"
    rf"|{_NAMES}(?:,\s{_NAMES})?[.,]\s{_DATE}[.,]?(?:{_DASH}\s{_NAMES}\.(?=\s)|\s(?:{_NAMES}|{_INNER})\.?{_DASH})"
    rf"|[{_UPPER}][{_UPPER}.'’ /\-]{{1,40}}(?:,\s{_NAMES})?(?:\s{_INNER})?\.?{_DASH})"
)


@dataclass(frozen=True)
class _Words:
    """The lists of ``abbreviations.toml``, each as a set of the forms that it stands for."""

    names: frozenset[str]
    numbers: frozenset[str]
    running: frozenset[str]
    closing: frozenset[str]
    regions: frozenset[str]
    times: frozenset[str]
    time_follows: frozenset[str]
    prepositions: frozenset[str]
    months: frozenset[str]
    ordinal_before: frozenset[str]
    lettered: frozenset[str]
    reporting: frozenset[str]
    starters: frozenset[str]
    particles: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads((files("framing.text") / "abbreviations.toml").read_text("utf-8"))
    return _Words(**{field.name: _in_all_cases(data[field.name]) for field in fields(_Words)})


def _in_all_cases(entries: list[str]) -> frozenset[str]:
    """Small letters also with a capital, dotted ones also in capitals (P.M.); else "SEC" would be a secretary."""
    return frozenset(form for e in entries for form in (e, e[:1].upper() + e[1:], e.upper() if "." in e else e))


@cache
def _speaker() -> re.Pattern[str]:
    """Match a name and a verb of saying, as they follow a quoted question: “Who?” Ann Lee, 45, asked on Monday."""
    verbs = "|".join(sorted(verb for verb in _words().reporting if verb.islower()))
    return re.compile(
        rf"(?P<first>{_NAME})(?:\s(?:{_NAME}|d[aeiu]|van|von|der|la|bin|al|of|the)){{0,6}}(?:,\s[^.,!?\n]{{1,60}},)?"
        rf"\s(?:{verbs})\b(?!\s(?:that|he|she|it|they|there|we|I)\b)"
    )


def split_sentences(text: str) -> list[Span]:
    """Split a text into sentences.

    A line end always ends a sentence; nothing else does without a stop. A stop ends none

    - inside round or square brackets, or inside a dateline at the start of a line;
    - before a small letter (unless the whole line has no capital), a comma or another mark that goes on;
    - after an initial, a list number, an ordinal or an abbreviation (``abbreviations.toml``), unless what follows can
      only be a new sentence;
    - after a question or exclamation in quotation marks, when a speaker and a verb of saying follow.

    Closing quotation marks, brackets, footnote marks and pictograms belong to the sentence before them. A quotation of
    several sentences is split at its inner ends. Every line is read by itself, and time is linear in its length.

    Parameters
    ----------
    text : str
        Any text, in any language; the rules know most about English, Russian, German and French.

    Returns
    -------
    list of (int, int)
        Spans in order, without overlap; white space between them belongs to none.

    Examples
    --------
    >>> text = "The U.S. left. Mr. Hakim (an aid worker. from Herat) stayed."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['The U.S. left.', 'Mr. Hakim (an aid worker. from Herat) stayed.']
    """
    return [span for line in _LINE.finditer(text) for span in _split_line(line.group(), line.start())]


def _split_line(line: str, offset: int) -> Iterator[Span]:
    brackets = iter(_bracketed(line))
    left, right = next(brackets, (len(line), len(line)))
    dateline = _DATELINE.match(line)
    start = 0
    body = dateline.end() if dateline else 0
    small = line.islower()
    for stop in _STOP.finditer(line):
        at, end = stop.span()
        while right <= at:
            left, right = next(brackets, (len(line), len(line)))
        if end <= body or (left < at and (end < right or _omits_within(line, left, right))):
            continue
        if _ends_sentence(line, start, stop, small=small):
            yield from _trimmed(line, start, end, offset)
            start = end
    yield from _trimmed(line, start, len(line), offset)


def _trimmed(line: str, start: int, end: int, offset: int) -> Iterator[Span]:
    piece = line[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    if left < right:
        yield offset + left, offset + right


def _bracketed(line: str) -> list[Span]:
    """Outermost pairs of brackets; each kind is paired by itself, so that a slip in one does not undo another."""
    opened: dict[str, list[int]] = {}
    pairs = []
    for mark in _BRACKET.finditer(line):
        kind, at = mark.group(), mark.start()
        if kind not in _PAIRS:
            opened.setdefault(kind, []).append(at)
        elif (held := opened.get(_PAIRS[kind])) and not _EMOTICON.match(line, max(at - 2, held[-1])):
            pairs.append((held.pop(), at + 1))
    outer: list[Span] = []
    for left, right in sorted(pairs):
        if right - left <= _FAR and (not outer or right > outer[-1][1]):
            outer.append((left, right))
    return outer


def _omits_within(line: str, left: int, right: int) -> bool:
    """Whether the brackets hold an ellipsis only, and do not stand behind the end of a sentence."""
    if line[left + 1 : right - 1].strip(" .…"):
        return False
    return not line[max(0, left - 3) : left].rstrip().endswith((".", "!", "?", "”", '"', "»"))


def _ends_sentence(line: str, start: int, stop: re.Match[str], *, small: bool) -> bool:
    run, end = stop.group(), stop.end()
    if end == len(line):
        return True
    if not line[end].isspace():
        return _ends_without_space(line, start, stop)
    ahead = _AHEAD.match(line, end).end()  # type: ignore[union-attr]  # it matches the empty string too
    if not _may_begin(line, stop, ahead, small=small and len(run) == 1):
        return False
    if run[0] == "." and run[1:2] not in (".", "…"):
        return not _goes_on(line, start, stop, ahead)
    return run[-1] not in _QUOTES or not _is_speaker(line, ahead)


def _may_begin(line: str, stop: re.Match[str], ahead: int, *, small: bool) -> bool:
    """Whether what stands at ``ahead``, behind white space and opening marks, can begin a sentence."""
    run, (at, end) = stop.group(), stop.span()
    first = line[ahead : ahead + 1]
    if not first or (run[0] == ";" and not _GREEK.match(line, at - 1)):  # nothing follows, as in: He left. "
        return False
    if first in _STARTS_NOTHING:  # but for: He left. “… and so on.”
        return first in ".…" and line[ahead - 1] in _OPENING_QUOTES and line[ahead - 2].isspace()
    if first.islower():
        return small or line[ahead + 1 : ahead + 2].isupper() or _ADDRESS.match(line, ahead) is not None
    return not (_PRONOUN.match(line, ahead) and line[end:ahead].isspace() and _omits(line, at, run))


def _omits(line: str, at: int, run: str) -> bool:
    """Whether the run is an ellipsis (or the last of spaced dots) that does not follow the end of a sentence."""
    before = line[max(0, at - 2) : at]
    if run == ".":
        return before == ". "
    return _ELLIPSIS.fullmatch(run) is not None and before.rstrip()[-1:] not in tuple(_STOPS)


def _ends_without_space(line: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a stop ends a sentence although no white space follows: full-width stops, and a space forgotten.

    The latter only between a plain word in small letters and a plain word with a capital: addresses, names of files
    and firms, initials and numbers look otherwise.
    """
    run, (at, end) = stop.group(), stop.span()
    if not set(_FULL_WIDTH).isdisjoint(run):
        return line[end] not in "とって、，,"
    if not line[end].isupper() or not line[end + 1 : end + 2].islower() or not set("\"'").isdisjoint(run):
        return False
    word = line[max(start, at - _REACH) : at].rsplit(None, 1)[-1:]
    before = word[0].lstrip("\"'“‘„«(") if word else ""
    if len(before) < 3 or not before.isalpha() or not before.islower():
        return False
    following = line[end : end + _REACH].split(None, 1)[0].rstrip(".,;:!?…\"'”’)»")
    return following.isalpha() and not _is_known(before)


def _is_known(word: str) -> bool:
    words = _words()
    return any(word in kind for kind in (words.names, words.numbers, words.running, words.closing, words.times))


def _is_speaker(line: str, ahead: int) -> bool:
    found = _speaker().match(line, ahead)
    return found is not None and found["first"].lower() not in _words().starters


class _Stop(NamedTuple):
    """A single full stop before something that may begin a sentence, and what stands around it."""

    word: str  # before the stop; spaced letters are joined, "т. е" to "т.е"
    forms: set[str]  # the word and its parts, to be looked up
    before: str  # the word before that
    opening: str  # the sentence so far, if it is short
    gap: str  # marks and white space between the stop and what follows, and a closing bracket
    following: str
    follows: str  # the next word in small letters; empty for an initial

    @property
    def is_new(self) -> bool:
        """Whether the next word can only be the first of a sentence."""
        return self.follows in _words().starters

    @property
    def is_counted(self) -> bool:
        """Whether a number stands before the word."""
        return any(map(str.isdigit, self.before)) or _ORDINAL.fullmatch(self.before) is not None


def _goes_on(line: str, start: int, stop: re.Match[str], ahead: int) -> bool:
    """Whether a single full stop belongs to the word before it, and the sentence runs on."""
    at = stop.start()
    opening = line[start:at] if at - start <= _REACH else ""
    if _LIST_MARK.fullmatch(opening):
        return True
    pieces = line[max(start, at - _REACH) : at].split()
    if not pieces or line[at - 1].isspace():
        return False
    word = pieces.pop().lstrip("\"'“‘„«([—–")
    if len(word) > _LONGEST and word.isalpha() and not word.endswith("str"):  # Gartenstr. 5
        return False
    following = line[ahead : ahead + _REACH]
    if _ORDINAL.fullmatch(word):
        return _is_ordinal(word, pieces, following)
    gap = line[stop.end() : ahead] + (")" if ")" in stop.group() else "")
    return _decide(_around(word, pieces, opening, gap, following))


def _around(word: str, pieces: list[str], opening: str, gap: str, following: str) -> _Stop:
    if word[:1].isdigit() and "." in word:  # 6p.m.
        pieces.append(word)
        word = word.lstrip("0123456789:")
    before = pieces[-1] if pieces else ""
    while len(word) <= _LONGEST and pieces and _SPACED_LETTER.fullmatch(pieces[-1]):
        word = pieces.pop() + word
    return _Stop(word, _forms(word, following), before, opening, gap, following, _next_word(following))


def _next_word(following: str) -> str:
    found = _NEXT_WORD.match(following)
    word = found.group().lower() if found else ""
    return "" if len(word) == 2 and word[1] == "." else word.rstrip(".")


def _forms(word: str, following: str) -> set[str]:
    """Return the word and its last part (D-Mass, l'art, H.R.No); among capitals in small letters too (SEN. LEE)."""
    last = _LAST_PART.split(word)[-1]
    forms = {word, last, last.rpartition(".")[2] if len(last) > 3 else last}
    if word.isupper() and len(word) > 1 and (found := _NEXT_WORD.match(following)) and found.group()[:2].isupper():
        forms.add(word.capitalize())
    return forms


def _is_ordinal(number: str, pieces: list[str], following: str) -> bool:
    """Whether a number is an ordinal or the day of a date: der 2. Teil, 3. Mai, 24. 12. 2020."""
    words = _words()
    follows = _next_word(following)
    if follows in words.months or _NUMERIC_DATE.match(following):
        return True
    before = pieces[-1] if pieces else ""
    if number.isdigit() and _YEAR.match(following):
        return before.endswith(".") and before[:-1].isdigit()
    if follows in words.starters or pieces[-2:] == ["I", "am"]:
        return False
    return before in words.ordinal_before or (not number.isdigit() and before.islower())


# The rules of abbreviations. True: the sentence runs on; False: it ends; None: the rule does not speak of this stop.


def _after_time(stop: _Stop) -> bool | None:
    words = _words()
    if stop.forms.isdisjoint(words.times) or not ("." in stop.word or stop.is_counted):
        return None
    if stop.follows in words.time_follows or not _DASHES.isdisjoint(stop.gap):
        return True
    if "(" in stop.gap:
        return not stop.is_new
    return "".join(stop.opening.split(maxsplit=1)[:1]).lower() in words.prepositions


def _after_unit(stop: _Stop) -> bool | None:
    if stop.is_counted and stop.word.islower() and _UNIT.fullmatch(stop.word):
        return stop.following[:1].isdigit()
    return None


def _after_title(stop: _Stop) -> bool | None:
    is_initial = len(stop.word) == 1 and stop.before[:1].isupper()  # Sabine M., unlike M. Dupuis
    return None if is_initial or stop.forms.isdisjoint(_words().names) else True


def _before_number(stop: _Stop) -> bool | None:
    calendar = _words().time_follows
    if stop.word[:1].isupper() and stop.word.lower() in calendar and stop.follows in calendar:  # Sat. Feb. 5
        return True
    is_counter = not {*stop.forms, stop.word.lower()}.isdisjoint(_words().numbers)
    if is_counter and _NUMERAL.match(stop.following):
        return True
    return True if stop.word.endswith("str") and stop.following[:1].isdigit() else None


def _after_closing(stop: _Stop) -> bool | None:
    return None if stop.forms.isdisjoint(_words().closing) else False


def _after_letter(stop: _Stop) -> bool | None:
    words = _words()
    if len(stop.word) != 1 or not stop.word.isalpha():
        return None
    if stop.word == "я" or stop.before.lower() in words.lettered:  # я: Russian "I", a word
        return False
    return not stop.is_new or (stop.word.isupper() and stop.follows in words.particles)


def _after_region(stop: _Stop) -> bool | None:
    if stop.forms.isdisjoint(_words().regions) or not stop.before.endswith(","):
        return None
    return not stop.is_new and not _GOING_ON.isdisjoint(stop.gap)


def _after_abbreviation(stop: _Stop) -> bool | None:
    words = _words()
    listed = not (stop.forms.isdisjoint(words.running) and stop.forms.isdisjoint(words.regions))
    if not listed and not _INITIALS.fullmatch(stop.word) and not _NO_VOWEL.fullmatch(stop.word):
        return None
    if not _DASHES.isdisjoint(stop.gap):
        return True
    if stop.is_new and not ("-" in stop.word and stop.follows in words.particles):  # J.-M. Le Bon
        return False
    return _OPENING_QUOTES.isdisjoint(stop.gap) or _NICKNAME.match(stop.following) is not None


_RULES = (
    _after_time,
    _after_unit,
    _after_title,
    _before_number,
    _after_closing,
    _after_letter,
    _after_region,
    _after_abbreviation,
)


def _decide(stop: _Stop) -> bool:
    """Whether the sentence runs on, by the first rule that speaks of the stop; a word that none knows ends it."""
    for rule in _RULES:
        decided = rule(stop)
        if decided is not None:
            return decided
    return False


def find_sentences(corpus: Corpus, *, datelines: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the sentences of titles and texts.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    datelines : DataFrame, optional
        Table ``datelines``. Its spans become sentences of zone ``furniture``, so that a dateline or a footer never
        runs into a sentence of the report; without it only titles, first lines and the rest are told apart.

    Returns
    -------
    DataFrame
        Table ``sentences``. Zone ``lead`` is the first line of the report itself.
    """
    furniture: dict[tuple[str, str], list[Span]] = {}
    if datelines is not None:
        for article, name, start, end in zip(
            *(datelines[c] for c in ("article_id", "field", "start", "end")), strict=True
        ):
            furniture.setdefault((article, name), []).append((start, end))
    rows = [
        (article, name, start, end, text[start:end], zone)
        for name in FIELDS
        for article, text in corpus.texts(name).items()
        for start, end, zone in _zoned(text, name, sorted(furniture.get((article, name), [])))
    ]
    if not rows:
        return empty("sentences")
    frame = pd.DataFrame(rows, columns=["article_id", "field", "start", "end", "surface", "zone"])
    ids = stable_ids("s", frame["article_id"], frame["field"], frame["start"], frame["end"])
    return check(frame.assign(sentence_id=ids), "sentences")


def _zoned(text: str, name: str, furniture: list[Span]) -> Iterator[tuple[int, int, str]]:
    lead_end = -1  # end of the line on which the report begins
    done = 0
    for start, end in [*furniture, (len(text), len(text))]:
        if start < done:
            continue
        for left, right in split_sentences(text[done:start]):
            if lead_end < 0:
                line = _LINE.match(text, done + left)
                lead_end = line.end() if line else done + right
            zone = "title" if name == "title" else "lead" if done + right <= lead_end else "body"
            yield done + left, done + right, zone
        if end > start:
            yield start, end, "furniture"
        done = end
