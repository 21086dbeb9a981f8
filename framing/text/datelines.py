"""Datelines, agency credits, bylines, captions and repeated footers: text around the report."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from framing.reading import Corpus
from framing.schema import check, empty, stable_ids

__all__ = ["find_datelines"]

HEAD_LINES = 5
"""Lines from the top among which a dateline, byline or caption is looked for."""
TAIL_LINES = 4
"""Lines from the end among which a credit is looked for."""
_HEAD_LENGTH = 600  # code points of the lines before a dateline
FOOTER_ARTICLES = 3
"""A line is a footer when at least so many of an outlet's articles end or begin with it …"""
FOOTER_SHARE = 0.2
"""… and at least this share of them."""
_FOOTER_LENGTH = 15  # code points; shorter lines repeat by chance

_LINE = re.compile(r"[^\r\n]+")
_MONTHS = {
    number: names.split()
    for number, names in enumerate(
        (
            "january jan janvier januar jänner enero ene января янв",
            "february feb février février februar febrero февраля фев",
            "march mar mars märz marzo марта мар",
            "april apr avril abril апреля апр",
            "may mai mayo мая май",
            "june jun juin juni junio июня июн",
            "july jul juillet juli julio июля июл",
            "august aug août agosto ago августа авг",
            "september sept sep septembre septiembre сентября сен",
            "october oct octobre oktober okt octubre октября окт",
            "november nov novembre noviembre ноября ноя",
            "december dec décembre dezember dez diciembre dic декабря дек",
        ),
        start=1,
    )
}
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names}
_MONTH = "(?:" + "|".join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True)) + r")\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|-го)?\b\.?"
_DATE = rf"(?:(?i:{_MONTH})\s{_DAY}|{_DAY}\s(?i:{_MONTH}))(?:,?\s\d{{4}})?"
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĒĖĘĚĞĢĪĮİŁŃŇŌŐŘŚŞŠŤŪŮŰŹŻŽА-ЯЁІЇЄҐ"
_CAPITALS = rf"[{_UPPER}][{_UPPER}.'’\-]*[{_UPPER}.](?:[ /][{_UPPER}][{_UPPER}.'’\-]*)*"
_TITLED = rf"[{_UPPER}][\w.'’\-]+(?:[ /][{_UPPER}][\w.'’\-]+){{0,3}}"
_REGION = rf"(?:,\s[{_UPPER}][\w.'’\-]*(?:\s[{_UPPER}][\w.'’\-]*){{0,2}})"
_DASH = r"\s?(?:--|—|–)|\s-(?=\s)"
_INNER = r"\((?P<inner>[^()\n]{2,80})\)"

# MOSCOW, June 24. /TASS/.   KABUL, Aug. 16 /Agency/ --
_SLASHED = re.compile(
    rf"(?P<place>{_CAPITALS}{_REGION}?|{_TITLED}),\s(?P<date>{_DATE})\.?\s?/(?P<inner>[^/\n]{{2,40}})/(?:\.|{_DASH})?"
)
# МОСКВА, 24 июн — РИА Новости.   Москва. 24 июня. INTERFAX.RU -
_NAMED = re.compile(
    rf"(?P<place>{_CAPITALS}|{_TITLED})[.,]\s(?P<date>{_DATE})\.?"
    rf"(?:{_DASH})?\s(?P<inner>[\w .]{{2,25}}?)(?:\.(?=\s)|{_DASH})"
)
# LONDON, Aug 16 (Agency) -   LONDON (Outlet / Agency - 16th August, 2021)   KABUL — The …
_PRINTED = re.compile(
    rf"(?P<place>{_CAPITALS}{_REGION}?)(?:,\s(?P<date>{_DATE}))?,?(?:\s{_INNER})?(?P<dash>{_DASH}|:(?=\s))?"
)
# Washington (CNN)   Cairo, Egypt (CNN) --   Berlin, 3. Mai (dpa) -
_MIXED = re.compile(rf"(?P<place>{_TITLED}{_REGION}?)(?:,\s(?P<date>{_DATE}))?,?\s{_INNER}(?P<dash>{_DASH})?")
# (CNN) The …   (Reuters) -   10 août (Xinhua) --
_PLACELESS = re.compile(rf"(?:(?P<date>{_DATE})\s)?{_INNER}(?P<dash>{_DASH})?")

_NO_PLACE = frozenset(
    {"file", "photo", "watch", "update", "updated", "breaking", "exclusive", "opinion", "analysis", "video", "live"}
    | {"correction", "corrected", "editorial", "note", "notes", "review", "interview", "explainer", "factbox"}
    | {"graphic", "urgent", "the", "in", "on", "a", "an"}
)
_CAPTION = re.compile(
    r"^(?:FILE\b|FILE PHOTO|Photo(?:graph)?:|Image:|Picture:|Caption:|Фото:)|\bfile photo\b|\bphoto by\b"
    r"|\(\w[^()\n]{2,60}/[^()\n]{2,40}\)\.?$|\((?:screengrab|screenshot|photo(?:graph)?|image|picture)\b[^()\n]*\)\.?$"
    r"|^\w[\w .'’\-]{2,40}/[A-Z][\w ]{1,20}(?:Photo|Images)?$|, (?:photo|фото)\b.{0,40}$",
    re.IGNORECASE,
)
_BYLINE = re.compile(rf"(?:By|BY|Von|Par|Автор:)\s+(?P<who>[{_UPPER}][^\n.!?]{{1,90}})$")
_BYLINE_WORDS = 12
_CREDIT = re.compile(
    r"(?i:source|quelle|источник)s?:\s*(?P<source>[^\n]{2,60})$"
    r"|\(?(?i:with (?:inputs?|reporting|files) from|additional reporting by)\s+(?P<inputs>[^()\n]{2,120}?)\.?\)?$"
    r"|(?P<helped>[^\n]{2,40}?) (?:contributed to|helped report) this (?:report|story|article)\.?$"
    r"|(?P<piped>[^|\n]{2,30}?)\s+\|\s+[^\n]{0,80}$|[—–-]\s?(?P<dashed>[^\n]{2,40})$|\((?P<bare>[^()\n]{2,40})\)$"
)
_STAFF = re.compile(r"\(?(?:(?:additional )?reporting|writing|editing) by [^()\n]{2,160}\)?\.?$", re.IGNORECASE)
_CAPITALISED = re.compile(
    rf"(?:[{_UPPER}\d][\w.'’&\-]*|/|&|of|and|de)(?:\s+(?:[{_UPPER}\d][\w.'’&\-]*|/|&|of|and|de))*"
)


@dataclass(frozen=True)
class _Found:
    kind: str
    start: int
    end: int
    place: str | None = None
    agency: str | None = None
    date: str | None = None
    body_start: int | None = None


@cache
def _agencies() -> frozenset[str]:
    names = tomllib.loads((files("framing.text") / "agencies.toml").read_text("utf-8"))["names"]
    return frozenset(name.lower() for name in names)


def find_datelines(corpus: Corpus) -> pd.DataFrame:
    """Find datelines, agency credits, bylines, captions and footers in the texts.

    A dateline is recognised by its form at the start of one of the first lines: a place in capitals, a date, an
    agency in brackets or slashes, a dash. Where the form alone is ambiguous the agency must be a known one
    (``agencies.toml``) or an outlet of the corpus. Footers are lines that many articles of one outlet share.

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
    footers = _footers(corpus)
    rows = [
        (article, text[f.start : f.end], f)
        for article, text in corpus.texts().items()
        for f in _find(text, known, footers.get(article, []))
    ]
    if not rows:
        return empty("datelines")
    frame = pd.DataFrame([vars(f) | {"article_id": a, "surface": s, "field": "text"} for a, s, f in rows])
    ids = stable_ids("d", frame["article_id"], frame["start"], frame["end"], frame["kind"])
    return check(frame.assign(dateline_id=ids), "datelines")


def _find(text: str, known: frozenset[str], footers: list[tuple[int, int]]) -> Iterator[_Found]:
    dateline: _Found | None = None
    taken: set[tuple[int, int]] = set()
    for line in _head(text):
        span = line.span()
        if _CAPTION.search(line.group()):
            taken.add(span)
            yield _Found("caption", *span)
        elif credit := _credit_or_byline(line, known):
            taken.add(span)
            yield credit
        elif dateline is None and span not in footers:
            dateline = _dateline(text, *span, known)
            if dateline:
                yield dateline
    for line in _tail(text):
        if line.span() not in taken and (credit := _credit_or_byline(line, known)):
            taken.add(line.span())
            yield credit
    yield from (_Found("footer", start, end) for start, end in footers if (start, end) not in taken)


def _head(text: str) -> Iterator[re.Match[str]]:
    for seen, line in enumerate(m for m in _LINE.finditer(text) if m.group().strip()):
        if seen >= HEAD_LINES or line.start() > _HEAD_LENGTH:
            return
        yield line


def _tail(text: str) -> list[re.Match[str]]:
    """Return the last lines: credits stand there, before or after a footer."""
    return [line for line in _LINE.finditer(text) if line.group().strip() and line.start() > 0][-TAIL_LINES:]


def _dateline(text: str, start: int, stop: int, known: frozenset[str]) -> _Found | None:
    start += len(text[start:stop]) - len(text[start:stop].lstrip())
    for pattern in (_SLASHED, _NAMED, _PRINTED, _MIXED, _PLACELESS):
        match = pattern.match(text, start, stop)
        if match and _is_dateline(pattern, match, text, known):
            parts = match.groupdict()
            agency, inner_date = _split_inner(parts.get("inner"))
            return _Found(
                "dateline",
                start,
                match.end(),
                place=parts.get("place"),
                agency=agency,
                date=_iso(parts.get("date") or inner_date),
                body_start=_next_word(text, match.end()),
            )
    return None


def _is_dateline(pattern: re.Pattern[str], match: re.Match[str], text: str, known: frozenset[str]) -> bool:
    parts = match.groupdict()
    agency, inner_date = _split_inner(parts.get("inner"))
    is_known = bool(agency) and any(part.lower() in known for part in _parts(agency))
    named = bool(agency) and bool(_CAPITALISED.fullmatch(agency or ""))
    rest = text[match.end() :].lstrip(" \t\"'“‘«„*_[(")
    begins = bool(rest) and (rest[0].isupper() or rest[0].isdigit())
    if pattern is _NAMED:
        return is_known or (named and (agency or "").isupper())
    if pattern is _SLASHED:
        return named or is_known
    if pattern is _PRINTED:
        first = re.split(r"\W", (parts["place"] or "").lower())[0]
        if first in _NO_PLACE or not begins:
            return is_known and first not in _NO_PLACE
        if agency is not None:
            return is_known or (named and (bool(parts["dash"]) or inner_date is not None or " / " in agency))
        return bool(parts["dash"]) and (parts["dash"] != ":" or parts["date"] is not None)
    return is_known or (pattern is _MIXED and named and begins and bool(parts["dash"]) and bool(parts["date"]))


def _split_inner(inner: str | None) -> tuple[str | None, str | None]:
    """Agency and date of what stands in the brackets: ``UrduPoint News / Sputnik - 16th August, 2021``."""
    if inner is None:
        return None, None
    dated = re.search(rf"(?:\s[-–—]\s|,\s|\s)?({_DATE})$", inner)
    agency = (inner[: dated.start()] if dated else inner).strip()
    return agency or None, dated.group(1) if dated else None


def _parts(agency: str | None) -> list[str]:
    return [part.strip() for part in re.split(r"/|,| and ", agency or "") if part.strip()]


def _iso(date: str | None) -> str | None:
    """Return the date as precise as printed: ``2021-08-16``, or ``--08-16`` where the year is not printed."""
    if date is None:
        return None
    month = next(_MONTH_OF[w] for w in re.findall(r"[^\W\d]+", date.lower()) if w in _MONTH_OF)
    year = re.search(r"\b\d{4}\b", date)
    day = re.search(r"\b(\d{1,2})(?!\d)", date)
    tail = f"{month:02d}-{int(day.group(1)):02d}" if day else f"{month:02d}"
    return f"{year.group()}-{tail}" if year else f"--{tail}"


def _next_word(text: str, position: int) -> int:
    return position + len(text[position:]) - len(text[position:].lstrip())


def _credit_or_byline(line: re.Match[str], known: frozenset[str]) -> _Found | None:
    text = line.group().strip()
    start = line.start() + line.group().index(text) if text else line.start()
    byline = _BYLINE.fullmatch(text)
    if byline and len(text.split()) <= _BYLINE_WORDS:
        agency = _credited(byline["who"], known)
        return _Found("credit" if agency else "byline", start, start + len(text), agency=agency)
    credit = _CREDIT.match(text)
    agency = _credited(next(v for v in credit.groupdict().values() if v is not None), known) if credit else None
    if agency or _STAFF.match(text):
        return _Found("credit", start, start + len(text), agency=agency)
    return None


def _credited(who: str, known: frozenset[str]) -> str | None:
    """Return the known agency or outlet that a credit names, as printed; ``Meridian staff`` names Meridian."""
    if any(part.lower() in known for part in _parts(who)):
        return who.strip()
    bare = re.sub(r"(?i)\s+(?:staff|agencies|correspondents?|reporters?|wire|news agency)\b.*$", "", who).strip()
    if any(part.lower() in known for part in _parts(bare)):
        return bare
    short = bare.lower()
    if short != who.strip().lower() and any(name.split()[0] == short for name in known if name.split()):
        return bare
    return None


def _footers(corpus: Corpus) -> dict[str, list[tuple[int, int]]]:
    """Per article, the lines that many articles of its outlet share."""
    result: dict[str, list[tuple[int, int]]] = {}
    for _, articles in corpus.articles.groupby("outlet", sort=False):
        lines: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for article, text in zip(articles["article_id"], articles["text"], strict=True):
            for line in _LINE.finditer(text):
                if len(stripped := line.group().strip()) >= _FOOTER_LENGTH:
                    lines[stripped].append((article, *line.span()))
        needed = max(FOOTER_ARTICLES, FOOTER_SHARE * len(articles))
        for places in lines.values():
            if len({article for article, _, _ in places}) >= needed:
                for article, start, end in places:
                    result.setdefault(article, []).append((start, end))
    return {article: sorted(spans) for article, spans in result.items()}
