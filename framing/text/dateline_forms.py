"""The forms of datelines: places, dates, agencies and what closes them, read at the start of a line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

__all__ = ["UPPER", "Found", "agency_parts", "read_dateline"]

_WINDOW = 320  # code points of a line that can hold a dateline and the first word after it
_MONTHS = {
    number: names.split()
    for number, names in enumerate(
        (
            "january jan janvier januar jänner enero ene janeiro gennaio ocak oca января янв січня",
            "february feb février fév februar febrero fevereiro fev febbraio şubat şub февраля фев лютого",
            "march mar mars märz marzo março mart марта мар березня",
            "april apr avril avr abril abr aprile nisan апреля апр квітня",
            "may mai mayo maio maggio mayıs мая май травня",
            "june jun juin juni junio junho giugno haziran июня июн червня",
            "july jul juillet juil juli julio julho luglio temmuz июля июл липня",
            "august aug août agosto ago ağustos августа авг серпня",
            "september sept sep septembre septiembre setembro settembre eylül сентября сен сент вересня",
            "october oct octobre oktober okt octubre outubro ottobre ekim октября окт жовтня",
            "november nov novembre noviembre novembro kasım ноября ноя нояб листопада",
            "december dec décembre déc dezember dez diciembre dic dezembro dicembre aralık декабря дек грудня",
        ),
        start=1,
    )
}
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names}
_MONTH = "(?i:" + "|".join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|-го)?\b\.?"
_DATE = (
    rf"{_WEEKDAY}(?:{_MONTH}\s+{_DAY}|(?:(?:le|den|am|el)\s+)?{_DAY}\s+(?:de\s+)?{_MONTH})(?:,?\s+(?:de\s+)?\d{{4}}\b)?"
)
UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİŁŃŇŌŐŒŘŚŞȘŠŤȚŪŮŰŹŻŽЀ-ЯҐ"
_INITIALS = rf"(?:[{UPPER}]\.){{1,4}}"
_CAPITAL_WORD = rf"(?:{_INITIALS}|(?:ST|FT|MT|STE)\.|[{UPPER}](?:[{UPPER}'’\-]*[{UPPER}])?)(?![\w’])"
_TITLED_WORD = rf"(?:{_INITIALS}|(?:St|Ft|Mt|Ste|Sta)\.|[{UPPER}][\w'’\-]*\w)(?![\w’])"
_SMALL = r"(?:[aio]\.\s?(?:[a-zäöü]\.\s?){0,2}|(?:am|an|der|de|del|la|du|of|na)\s+)"
_CAPITALS = rf"{_CAPITAL_WORD}(?:(?:\s|/|\s/\s|\s(?:and|und|et|y|и)\s){_CAPITAL_WORD}){{0,5}}"
_TITLED = rf"{_TITLED_WORD}(?:(?:\s|/|\s/\s|\s(?:and|und|et|y|и)\s){_SMALL}?{_TITLED_WORD}\.?){{0,3}}"
_STATE = (
    "(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Me|Mich|Minn|Miss|Mo|Mont|Neb|Nev|Okla|Ore|Pa"
    r"|Tenn|Tex|Va|Vt|Wash|Wis|Wyo|W\.\s?Va|Ont|Que|Alta|Sask|Man)\."
)
_REGION = (
    rf"(?:,\s+(?!{_DATE})(?:{_STATE}|{_INITIALS}|{_TITLED_WORD}(?:\s(?:of\s|and\s)?{_TITLED_WORD}){{0,2}})"
    rf"|\s?\[[{UPPER}][\w ]{{1,30}}\]|\s\([{UPPER}][\w ]{{2,30}}\)(?=,|\s[/(\[]))"
)
_PLACES = tuple(re.compile(rf"(?P<place>{place}(?:{_REGION}){{0,2}})", re.UNICODE) for place in (_CAPITALS, _TITLED))
_DASHES = ("-", "—", "–", "―", "_")
_DASH = r"(?:--+|—|–|[-_](?=\s)|―)"  # a low line in old feeds
_LEADING_DATE = re.compile(rf"(?P<date>{_DATE})(?P<comma>,)?\s+")
_BARE = rf"(?P<bare>(?:[\w]*[{UPPER}][\w.\-]*\w|taz|dpa|epd)(?:\s(?:[{UPPER}][\w\-]*\w|«[^«»]{{2,30}}»)){{0,2}})"


def _rest(bare: str) -> re.Pattern[str]:
    """Return what may stand behind a place; ``bare`` is the form of an agency without brackets."""
    return re.compile(
        rf"(?:\s?[.,]?\s+(?P<date>{_DATE})|\s+\((?P<date_in>{_DATE})\)"
        rf"|\s+{_DASH}\s+(?P<date_between>{_DATE})(?=\s*{_DASH}))?"
        rf"(?:\s*[.,]?\s*(?:{_DASH}\s*)?(?:\((?P<round>[^()\n]{{2,80}})\)|/(?P<slash>[^/\n]{{2,60}})/)"
        rf"|(?:[.,]|\s*[.,]?\s*{_DASH})?\s+{bare}(?:,\s{_TITLED}){{0,3}}(?=\.(?:\s|$)|\s*{_DASH}|\s*\|))?"
        rf"(?P<close>\s*(?:[.:|]\s?)?\s*{_DASH}|\s?[.:]|\s*\|)?"
    )


# The second is for "OSLO — Sen. Ann Lee": the body begins with what looks like an agency and its stop.
_RESTS = (_rest(_BARE), _rest(r"(?P<bare>(?!))"))
_INVISIBLE = (
    "\t\u00a0\u061c\u2007\u2009\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u202f\u2066\u2067\u2068\u2069\ufeff"
)
_TO_SPACES = str.maketrans(dict.fromkeys(_INVISIBLE, " "))
_MARKUP = re.compile(
    r"&(?:(?P<dash>mdash|ndash|horbar|#821[123]|#x201[345])|nbsp|#160|#xa0|ensp|emsp|thinsp|lrm|rlm|#820[67]);"
    r"|</?[a-z][^<>]{0,80}>|\*{1,3}|__",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:[\s\"'“‘«„‚*_\[(¿¡]|&(?:quot|ldquo|lsquo|laquo|bdquo|#822[012]|#8216|#171|#34|#39);)*")
_SHOT = re.compile(rf"{_DATE}:")  # "WASHINGTON, DC - MAY 3: Senators …": the caption of a picture agency
_PLACE_WORDS = 4
_AGENCY_WORD = re.compile(r"(?i:agentur|agency|agence|agencia|агентство|ajans)")
_AGENCY_WORDS = 4
_SHORT_NAME = 6
_INNER_CAPITAL = re.compile(rf"[^\W\d_][{UPPER}]")
_INNER_DATE = re.compile(rf"(?:\s[-–—]\s|,\s|\s)?({_DATE})$")
_CAPITALISED = re.compile(rf"(?:[{UPPER}\d][\w.'’&\-]*|/|&|of|and|de)(?:\s+(?:[{UPPER}\d][\w.'’&\-]*|/|&|of|and|de))*")


@dataclass(frozen=True)
class Found:
    """A span of one kind, with what it says."""

    kind: str
    start: int
    end: int
    place: str | None = None
    agency: str | None = None
    date: str | None = None
    body_start: int | None = None


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(map(str.lower, _place_file()[kind]))


@cache
def _place_file() -> dict[str, list[str]]:
    return tomllib.loads((files("framing.text") / "places.toml").read_text("utf-8"))


def read_dateline(text: str, start: int, stop: int, known: frozenset[str]) -> Found | None:
    """Read a dateline at the start of a line.

    All patterns run on a window of the line, so that a line of any length is cheap.

    Parameters
    ----------
    text : str
        The whole text.
    start, stop : int
        The line, without white space around it.
    known : frozenset of str
        Agencies and outlets in lower case.

    Returns
    -------
    Found or None
    """
    window = _plain(text[start : min(stop, start + _WINDOW)])
    lowered = window.islower()
    if lowered:
        window = _raised(window)
    begin = len(window) - len(window.lstrip())
    leading = _LEADING_DATE.match(window, begin)
    for date, at in ((leading, leading.end() if leading else begin), (None, begin)):
        if date is None and leading and at == begin:
            continue
        for form in (*_PLACES, None):
            place = form.match(window, at) if form else None
            for pattern in _RESTS:
                rest = pattern.match(window, place.end() if place else at)
                parts = _Parts.of(place, rest, date) if rest and (place or form is None) else None
                if not parts or (lowered and not (parts.date and _is_known(parts.agency or "", known))):
                    break
                parts = parts.signed(known)
                if parts.holds(window, capitals=form is _PLACES[0], known=known):
                    return parts.found(text, window, start)
                if parts.style != "bare":
                    break
    return None


def _plain(window: str) -> str:
    """Blank out markup and odd spaces, character by character, so that offsets stay."""
    if "&" in window or "<" in window or "*" in window or "__" in window:
        window = _MARKUP.sub(lambda m: ("—" if m["dash"] else " ").ljust(len(m.group())), window)
    return window.translate(_TO_SPACES)


def _raised(window: str) -> str:
    """Capitals for a text that has none, as corpora that were put in lower case; letters that change length stay."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in window)


@dataclass(frozen=True)
class _Parts:
    """What the patterns read at the start of a line."""

    place: tuple[int, int] | None
    name: str
    agency: str | None
    style: str
    date: str | None
    inner_date: str | None
    aside: bool  # whether the date stands in brackets
    close: str
    end: int
    name_span: tuple[int, int] | None

    @classmethod
    def of(cls, place: re.Match[str] | None, rest: re.Match[str], leading: re.Match[str] | None) -> _Parts:
        style = next((name for name in ("round", "slash", "bare") if rest[name]), "")
        agency, inner_date = _split_inner(rest[style] if style else None)
        span = None
        if style and agency:
            first = rest.start(style) + rest[style].index(agency)
            span = (first, first + len(agency))
        date = rest["date"] or rest["date_in"] or rest["date_between"] or (leading["date"] if leading else None)
        return cls(
            place.span("place") if place else None,
            place["place"] if place else "",
            agency,
            style,
            date,
            inner_date,
            rest["date_in"] is not None,
            (rest["close"] or "").strip(),
            rest.end(),
            span,
        )

    def signed(self, known: frozenset[str]) -> _Parts:
        """Take an agency without brackets for one: ``CNN — The``, ``Washington CNN — The``."""
        if self.style or self.place is None or not self.close.endswith(_DASHES[1:]):
            return self
        start, end = self.place
        if self.name.lower() in known:
            return replace(self, place=None, name="", agency=self.name, style="alone", name_span=self.place)
        place, _, last = self.name.rpartition(" ")
        if last.isupper() and last.lower() in known and _is_place(place):
            span = (end - len(last), end)
            return replace(
                self, place=(start, start + len(place)), name=place, agency=last, style="alone", name_span=span
            )
        return self

    def holds(self, window: str, *, capitals: bool, known: frozenset[str]) -> bool:
        """Tell whether the parts make a dateline and not the start of a sentence."""
        name = self.name
        if self.place and not self._names_place(name, capitals=capitals):
            return False
        body = window[_opened(window, self.end) :]
        begins = body[:1].isupper() or (body[:1].isdigit() and (bool(self.agency or self.date) or _is_place(name)))
        dashed = self.close.endswith(_DASHES)
        if self.style and self.agency:
            return self._credited(known, capitals=capitals, begins=begins, dashed=dashed)
        if not self.place or not begins or self.style or name.lower() in known or window.isupper():
            return False
        if _SHOT.match(body):
            return False
        return self._closed(name, body, capitals=capitals)

    def _closed(self, name: str, body: str, *, capitals: bool) -> bool:
        """Tell whether what stands behind a place without an agency makes it a dateline."""
        dated = self.date is not None
        is_place = _is_place(name)
        if self.close == ":":
            return (is_place and (capitals or dated)) or (dated and not self.aside)
        if self.close == "|":
            return is_place
        if self.close == ".":
            german = re.split(r"\W", body.lower(), maxsplit=1)[0] in _words("german_openings")
            return (capitals and dated) or (is_place and german)
        connection = _is_place(re.split(r"[\s,]", body)[0])  # "Ankara - İstanbul trains"
        return self.close.endswith(_DASHES) and (capitals or dated or (is_place and not connection))

    def _names_place(self, name: str, *, capitals: bool) -> bool:
        """Tell whether a name can be a place: no label such as ``UPDATE``, no headline of many words."""
        if _is_place(name):
            return True
        words = re.findall(r"\w+", name.lower())
        if not words or len(name) < 3 or words[0] in _words("labels"):
            return False
        if words[0] in _words("openings") and not (capitals and self.agency):
            return False
        return all(len(part.split()) <= _PLACE_WORDS for part in re.split(r"/|,|\s(?:and|und|et|y|и)\s", name))

    def _credited(self, known: frozenset[str], *, capitals: bool, begins: bool, dashed: bool) -> bool:
        """Tell whether a credit makes a dateline: a known agency does, another name needs more of the form."""
        agency = self.agency or ""
        is_known = _is_known(agency, known)
        named = bool(_CAPITALISED.fullmatch(agency)) or bool(_AGENCY_WORD.search(agency))
        dated = self.date is not None
        if self.style == "slash":
            return (self.place is not None or dated) and (is_known or dated or (named and dashed))
        if self.style == "bare":
            marked = agency.isupper() or "«" in agency or bool(_INNER_CAPITAL.search(agency))
            credited = (is_known and (dated or dashed or self.close == "|")) or (dated and marked)
            return credited and self.place is not None and (dashed or begins)
        if is_known:
            return begins or (dashed and self.style == "round")
        if self.place is None:
            return (
                begins and dashed and agency.isupper() and agency.isalpha() and agency.lower() not in _words("labels")
            )
        closed = dashed or self.close in {":", "."}
        if capitals:
            printed = self.inner_date is not None or " / " in agency
            short = dashed and agency.isalpha() and len(agency) <= _SHORT_NAME
            return begins and (short or (named and (closed or printed or dated)))
        return begins and named and dated and closed

    def found(self, text: str, window: str, start: int) -> Found:
        """Return the dateline, with its parts as printed in the text."""
        first = start + (len(window) - len(window.lstrip()))
        body = start + len(window[: self.end]) + len(window[self.end :]) - len(window[self.end :].lstrip())
        place = text[start + self.place[0] : start + self.place[1]] if self.place else None
        agency = text[start + self.name_span[0] : start + self.name_span[1]] if self.name_span else None
        printed = self.date or self.inner_date
        end = start + len(window[: self.end].rstrip())
        return Found("dateline", first, end, place, agency, _iso(printed), body)


def _opened(window: str, position: int) -> int:
    """Position behind opening quotation marks and brackets."""
    match = _OPENING.match(window, position)
    return match.end() if match else position


def _is_place(name: str) -> bool:
    """Tell whether a name, or the first of several, is on the list of places."""
    known = _words("names")
    lowered = name.lower()
    return lowered in known or re.split(r"\s?/\s?|\s(?:and|und|et|y|и)\s|\s?\[|,", lowered)[0] in known


def _is_known(agency: str, known: frozenset[str]) -> bool:
    """Tell whether a part of the credit, or the first word of a part, is a known agency or outlet."""
    for part in agency_parts(agency):
        words = part.lower().split()
        if part.lower() in known or (words and words[0] in known and len(words) <= _AGENCY_WORDS and part != words[0]):
            return True
    return False


def _split_inner(inner: str | None) -> tuple[str | None, str | None]:
    """Agency and date of what stands in the brackets: ``UrduPoint News / Sputnik - 16th August, 2021``."""
    if inner is None:
        return None, None
    dated = _INNER_DATE.search(inner)
    agency = (inner[: dated.start()] if dated else inner).strip()
    return agency or None, dated.group(1) if dated else None


def agency_parts(agency: str | None) -> list[str]:
    """Cut a credit into the names in it."""
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
