"""Quotation zones: which stretches of text stand between quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from framing.reading import Corpus
from framing.schema import FIELDS, check, empty, stable_ids

__all__ = ["find_quotations", "split_quotations"]

Span = tuple[int, int]

PARTIAL_WORDS = 4
"""Quotations of fewer words are partial: measured, one in five of them is no speech at all (PolNeAR)."""

# ``''`` and `` `` `` stand for double marks in some archives. A straight mark after a digit is an inch or a minute.
_MARK = re.compile(r"\"|“|”|„|«|»|''|``|‘|’")
_CLOSES = {"“": '”"', "„": '“”"', "«": "»", "»": "«", "``": "''", "‘": "’"}
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")


def find_quotations(corpus: Corpus) -> pd.DataFrame:
    """Find quotations in titles and texts: straight, curly, guillemets, low-high, doubled single marks.

    A quotation that a line ends without closing, as when speech runs over paragraphs, is ``unclosed`` and ends with
    the line. Odd marks never raise.

    Parameters
    ----------
    corpus : Corpus
        The articles.

    Returns
    -------
    DataFrame
        Table ``quotations``: outermost quotations, marks included.
    """
    rows = [
        (article, name, start, end, text[start:end], kind)
        for name in FIELDS
        for article, text in corpus.texts(name).items()
        for start, end, kind in split_quotations(text)
    ]
    if not rows:
        return empty("quotations")
    frame = pd.DataFrame(rows, columns=["article_id", "field", "start", "end", "surface", "kind"])
    ids = stable_ids("q", frame["article_id"], frame["field"], frame["start"], frame["end"])
    return check(frame.assign(quotation_id=ids), "quotations")


def split_quotations(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and kind of the quotations of a text, as `find_quotations` does for a corpus."""
    return [zone for line in _LINE.finditer(text) for zone in _zones(text, *line.span())]


def _zones(text: str, start: int, stop: int) -> Iterator[tuple[int, int, str]]:
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text, start, stop):
        if opened is None:
            if _opens(text, mark, start):
                opened = mark
        elif _closes(text, opened, mark):
            yield from _zone(text, opened.start(), mark.end())
            opened = None
        elif mark.group() == opened.group() and _opens(text, mark, start):
            if opened.group() != "‘":  # the same opening mark again: the first was never closed
                yield opened.start(), mark.start(), "unclosed"
            opened = mark
    if opened is not None and opened.group() not in ("‘", "''"):
        end = stop - (len(text[opened.start() : stop]) - len(text[opened.start() : stop].rstrip()))
        if end > opened.end():
            yield opened.start(), end, "unclosed"


def _zone(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    words = len(_WORD.findall(text[start:end]))
    if words:
        yield start, end, "direct" if words >= PARTIAL_WORDS else "partial"


def _opens(text: str, mark: re.Match[str], line_start: int) -> bool:
    char = mark.group()
    if char in ("“", "„", "«", "``"):
        return True
    before = text[mark.start() - 1] if mark.start() > line_start else " "
    after = text[mark.end()] if mark.end() < len(text) else " "
    if char == "»":  # »German« guillemets
        return not before.isalnum() and after.isalnum()
    if char in ('"', "''"):
        return not before.isalnum() and not after.isspace()
    return char == "‘" and not before.isalnum() and not after.isspace()


def _closes(text: str, opened: re.Match[str], mark: re.Match[str]) -> bool:
    char = mark.group()
    if opened.group() in ('"', "''"):
        return char == opened.group() or (char == "”" and opened.group() == '"')
    if char not in _CLOSES[opened.group()]:
        return False
    if char == "’":  # an apostrophe stands between letters
        after = text[mark.end()] if mark.end() < len(text) else " "
        return not after.isalnum()
    return True
