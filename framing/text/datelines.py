"""Datelines, agency credits, bylines and captions, with the furniture of the page: text around the report."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pandas as pd

from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text.dateline_forms import UPPER, Found, agency_parts, read_dateline
from framing.text.furniture import Line, lines_of, page_forms, repeated_lines

__all__ = ["find_datelines"]

HEAD_LINES = 5
"""Lines from the top among which a dateline, byline or caption is looked for."""
TAIL_LINES = 4
"""Lines from the end among which a credit is looked for."""
_HEAD_LENGTH = 600  # code points of the lines before a dateline


@cache
def _agencies() -> frozenset[str]:
    names = tomllib.loads((files("framing.text") / "agencies.toml").read_text("utf-8"))["names"]
    return frozenset(name.lower() for name in names)


_CAPTION = re.compile(
    r"^[^\n]{3,60} [-–—] (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w{0,6}\.? \d{1,2}(?:, \d{4})?: "
    r"|^(?:FILE\b|FILE PHOTO|Photo(?:graph)?:|Image:|Picture:|Caption:|Фото:)|\bfile photo\b|\bphoto by\b"
    r"|\(\w[^()\n]{2,60}/[^()\n]{2,40}\)\.?$|\((?:screengrab|screenshot|photo(?:graph)?|image|picture)\b[^()\n]*\)\.?$"
    r"|^\w[\w .'’\-]{2,40}/[A-Z][\w ]{1,20}(?:Photo|Images)?$|, (?:photo|фото)\b.{0,40}$",
    re.IGNORECASE,
)
_BYLINE = re.compile(rf"(?:By|BY|Von|Par|Автор:)\s+(?P<who>[{UPPER}][^\n.!?]{{1,90}})$")
_BYLINE_WORDS = 12
_CREDIT_LENGTH = 400  # code points; a paragraph is no credit
_CAPTION_LENGTH = 1000
_CREDIT = re.compile(
    r"(?i:source|quelle|источник)s?:\s*(?P<source>[^\n]{2,60})$"
    r"|\(?(?i:with (?:inputs?|reporting|files) from|additional reporting by)\s+(?P<inputs>[^()\n]{2,120}?)\.?\)?$"
    r"|(?P<helped>[^\n]{2,40}?) (?:contributed to|helped report) this (?:report|story|article)\.?$"
    r"|(?i:copyright|©)[\s©\d]*(?P<rights>[^.\n©]{2,60}?)\.?\s+(?i:all rights reserved)[^\n]*$"
    r"|(?P<piped>[^|\n]{2,30}?)\s+\|\s+[^\n]{0,80}$|[—–-]\s?(?P<dashed>[^\n]{2,40})$|\((?P<bare>[^()\n]{2,40})\)$"
)
_STAFF = re.compile(r"\(?(?:(?:additional )?reporting|writing|editing) by [^()\n]{2,160}\)?\.?$", re.IGNORECASE)


def find_datelines(corpus: Corpus) -> pd.DataFrame:
    """Find datelines, agency credits, bylines, captions, footers and other furniture of the page.

    A dateline is read at the start of one of the first lines, by its parts: a place, a date, an agency in brackets or
    slashes, what closes it. Where the form alone is ambiguous the agency must be a known one (``agencies.toml``) or an
    outlet of the corpus, or the place a known one (``places.toml``). Footers are what unrelated articles of one outlet
    repeat; furniture is what has a form of it (``furniture.toml``). No other outlet's text matters for either.

    Parameters
    ----------
    corpus : Corpus
        The articles.

    Returns
    -------
    DataFrame
        Table ``datelines``. Nested credits are kept as printed ("UrduPoint News / Sputnik"); the last is the origin.
    """
    known = _agencies() | {outlet.lower() for outlet in corpus.articles["outlet"]}
    texts = corpus.texts()
    lines = {article: lines_of(text) for article, text in texts.items()}
    footers = _footers(corpus, lines)
    rows = [
        (article, text[f.start : f.end], f)
        for article, text in texts.items()
        for f in _find(text, lines[article], known, footers.get(article, []))
    ]
    if not rows:
        return empty("datelines")
    frame = pd.DataFrame([vars(f) | {"article_id": a, "surface": s, "field": "text"} for a, s, f in rows])
    ids = stable_ids("d", frame["article_id"], frame["start"], frame["end"], frame["kind"])
    return check(frame.assign(dateline_id=ids), "datelines")


def _footers(corpus: Corpus, lines: dict[str, list[Line]]) -> dict[str, list[tuple[int, int]]]:
    """Per article, what unrelated articles of its outlet repeat."""
    result: dict[str, list[tuple[int, int]]] = {}
    for _, articles in corpus.articles.groupby("outlet", sort=False)["article_id"]:
        result |= repeated_lines({article: lines[article] for article in articles})
    return result


def _find(text: str, lines: list[Line], known: frozenset[str], footers: list[tuple[int, int]]) -> Iterator[Found]:
    taken: set[tuple[int, int]] = set()
    for found in (*_at_the_head(text, lines, known, footers), *_at_the_tail(lines, known)):
        if (found.start, found.end) not in taken:
            taken.add((found.start, found.end))
            yield found
    yield from _furniture(lines, footers, taken)


def _furniture(lines: list[Line], footers: list[tuple[int, int]], taken: set[tuple[int, int]]) -> Iterator[Found]:
    """Yield footers, then furniture by its form, then footers that share the last line with the report."""
    whole = {(line.start, line.end) for line in lines} if footers else set()
    for kind, spans in (
        ("footer", [span for span in footers if span in whole]),
        ("furniture", [(line.start, line.end) for line in page_forms(lines)]),
    ):
        for span in spans:
            if span not in taken:
                taken.add(span)
                yield Found(kind, *span)
    for span in footers:
        if span not in whole and (lines[-1].start, lines[-1].end) not in taken:
            yield Found("footer", *span)


def _at_the_head(
    text: str, lines: list[Line], known: frozenset[str], footers: list[tuple[int, int]]
) -> Iterator[Found]:
    """Find captions, bylines, credits and one dateline among the first lines; credit lines may stand before it."""
    dateline: Found | None = None
    for line in lines[:HEAD_LINES]:
        if line.start > _HEAD_LENGTH:
            return
        here = (
            None if dateline or (line.start, line.end) in footers else read_dateline(text, line.start, line.end, known)
        )
        if here and here.agency:  # an agency's paragraph may end like a caption: "(Reporting by …/Reuters)"
            dateline = here
            yield here
        elif len(line.text) <= _CAPTION_LENGTH and _CAPTION.search(line.text):
            yield Found("caption", line.start, line.end)
        elif credit := _credit_or_byline(line, known):
            yield credit
        elif here:
            dateline = here
            yield here


def _at_the_tail(lines: list[Line], known: frozenset[str]) -> Iterator[Found]:
    """Find credits among the last lines: they stand there before or after a footer."""
    for line in lines[1:][-TAIL_LINES:]:
        if credit := _credit_or_byline(line, known):
            yield credit


def _credit_or_byline(line: Line, known: frozenset[str]) -> Found | None:
    text = line.text
    if len(text) > _CREDIT_LENGTH:
        return None
    byline = _BYLINE.fullmatch(text)
    if byline and len(text.split()) <= _BYLINE_WORDS:
        agency = _credited(byline["who"], known)
        return Found("credit" if agency else "byline", line.start, line.end, agency=agency)
    credit = _CREDIT.match(text)
    agency = _credited(next(v for v in credit.groupdict().values() if v is not None), known) if credit else None
    if agency or _STAFF.match(text):
        return Found("credit", line.start, line.end, agency=agency)
    return None


def _credited(who: str, known: frozenset[str]) -> str | None:
    """Return the known agency or outlet that a credit names, as printed; ``Meridian staff`` names Meridian."""
    if any(part.lower() in known for part in agency_parts(who)):
        return who.strip()
    bare = re.sub(r"(?i)\s+(?:staff|agencies|correspondents?|reporters?|wire|news agency)\b.*$", "", who).strip()
    if any(part.lower() in known for part in agency_parts(bare)):
        return bare
    short = bare.lower()
    if short != who.strip().lower() and any(name.split()[0] == short for name in known if name.split()):
        return bare
    return None
