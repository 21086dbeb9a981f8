"""Sentences as spans of the untouched text."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pandas as pd

from framing.reading import Corpus
from framing.schema import FIELDS, check, empty, stable_ids

__all__ = ["find_sentences", "split_sentences"]

Span = tuple[int, int]

# A possible end: stops, closing marks, white space. What follows is looked at in `_ends_sentence`.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)")
_OPENERS = "\"'“‘«„([—–- \t"
_BRACKETS = re.compile(r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\[\]\n]*\]")
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_LAST_WORD = re.compile(r"[\w.\-]+$")
_INITIALS = re.compile(r"(?:\w\.)*\w", re.UNICODE)
_NEXT_WORD = re.compile(r"\w+")


@cache
def _abbreviations() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data = tomllib.loads((files("framing.text") / "abbreviations.toml").read_text("utf-8"))
    return frozenset(data["titles"]), frozenset(data["others"]), frozenset(data["starters"])


def split_sentences(text: str) -> list[Span]:
    """Split a text into sentences.

    A line end always ends a sentence. A stop does not end one inside round or square brackets, after an initial
    or an abbreviation (``abbreviations.toml``), or before a small letter. Time is linear in the length.

    Parameters
    ----------
    text : str
        Any text.

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
    return [span for line in _LINE.finditer(text) for span in _split_line(text, *line.span())]


def _split_line(text: str, start: int, stop: int) -> Iterator[Span]:
    brackets = [m.span() for m in _BRACKETS.finditer(text, start, stop)]
    opened = [b[0] for b in brackets]
    for match in _END.finditer(text, start, stop):
        inside = bisect_right(opened, match.start()) - 1
        if inside >= 0 and match.end() < brackets[inside][1]:
            continue
        if _ends_sentence(text, match, stop):
            yield from _trimmed(text, start, match.end())
            start = match.end()
    yield from _trimmed(text, start, stop)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    if left < right:
        yield left, right


def _ends_sentence(text: str, stop: re.Match[str], line_end: int) -> bool:
    following = text[stop.end() : min(line_end, stop.end() + 40)].lstrip()
    bare = following.lstrip(_OPENERS)
    if not bare:
        return True
    if bare[0].islower() or not (bare[0].isalnum() or bare[0] in "*#@"):
        return False
    if not stop.group().startswith(".") or stop.group().startswith(".."):
        return True
    return not _is_abbreviated(text[max(0, stop.start() - 20) : stop.start()], following)


def _is_abbreviated(before: str, following: str) -> bool:
    titles, others, starters = _abbreviations()
    found = _LAST_WORD.search(before)
    if not found:
        return False
    word = found.group().lstrip(".-").lower()
    if word in titles:
        return True
    first = _NEXT_WORD.match(following)
    starts_anew = first is not None and first.group().lower() in starters
    if word in others or ("." in word and _INITIALS.fullmatch(word)):
        return not starts_anew
    return len(word) == 1 and word.isalpha() and found.group()[-1].isupper() and not starts_anew


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
