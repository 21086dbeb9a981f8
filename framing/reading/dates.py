"""Dates as sources write them, with the precision that they have."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import pandas as pd

from framing.reading.months import MONTHS, WEEKDAYS

__all__ = ["MISSING", "AmbiguousDateError", "ReadDate", "read_date"]

MISSING = frozenset({"", "none", "nan", "nat", "null", "na", "n/a", "<na>", "-"})
"""Strings, lower case, that mean that there is no value."""


class ReadDate(NamedTuple):
    """A time in UTC, and what is known about it.

    Attributes
    ----------
    precision : {"day", "second"} or None
        None where there is no date.
    zoned : bool
        Whether the source says the time zone; without one, UTC is assumed.
    order : {"day", "month"} or None
        Which of the two comes first in a date such as 13/02/2021; None for forms in which no question arises.
    """

    moment: datetime | None = None
    precision: Literal["day", "second"] | None = None
    zoned: bool = False
    order: Literal["day", "month"] | None = None


class AmbiguousDateError(ValueError):
    """Day and month cannot be told apart."""


# Names that stand for one offset wherever they are used. EST, CST, PST, IST, BST and others name several zones.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180,
    "msk": 180, "мск": 180, "edt": -240, "pdt": -420, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "jst": 540,
    "mez": 60, "mesz": 120, "trt": 180,
}  # fmt: skip
# In e-mail and RSS dates RFC 822 (section 5.1) and RFC 5322 (4.3) fix these.
_MAIL_ZONES = {"est": -300, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480}

_EPOCH = re.compile(r"1?\d{9}(?:\.\d+)?|1\d{12}")  # seconds or milliseconds since 1970, to 2033
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})[T ]?(\d{2})(\d{2})(\d{2})(Z?)")  # 20210816T174500Z, as GDELT writes it
_MIDNIGHT = re.compile(r"[T ]24:00(?::00(?:\.0+)?)?(?!\d)")
_YEAR_LAST = re.compile(r"([^\W\d]{3} [^\W\d]{3} +\d{1,2}) (\d{1,2}:.*?) (\d{4})")  # Mon Aug 16 17:45:00 +0000 2021
_CLOCK = re.compile(
    r"(?:^|(?<=\d)T|,?\s+(?:-\s+|at\s+|um\s+|à\s+|в\s+)?)"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?(?:\s*Uhr)?"
    r"\s*(?:(?:GMT|UTC)?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)|(?P<zone>[^\W\d]{1,5}))?(?:\s*\([^()]*\))?$",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})([/.-])\s?(\d{1,2})\2\s?(\d{4})")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:\.|er|st|nd|rd|th|º)?[\s-]+(?:de\s+|of\s+)?([^\W\d]+)\.?,?[\s-]+(?:de\s+)?(\d{4})(?:\s*(?:г|р)\.?)?"
)
_MONTH_DAY = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_WEEKDAY = re.compile(rf"^(?:{WEEKDAYS})\.?,?\s+|,?\s+(?:{WEEKDAYS})$")


def read_date(value: Any, *, day_first: bool | None = None) -> ReadDate:
    """Return the time in UTC and what is known about it; all None where there is no date.

    Times without a zone are taken as UTC. Midnight without a zone is a day: sources that know only the day
    write it so. ``13/02/2021`` and ``02/13/2021`` can be read one way only; the order in ``01/02/2021`` cannot be
    known. Two-digit years are refused, and so are names of zones that stand for several, such as EST.

    Parameters
    ----------
    value : any
        Text, number (seconds or milliseconds since 1970), date or time.
    day_first : bool, optional
        Whether ``01/02/2021`` is 1 February; without it such a date is refused.

    Raises
    ------
    AmbiguousDateError
        If day and month cannot be told apart. It is a ValueError.
    ValueError
        If the value is no date that can be read without guessing.
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return ReadDate()
    if isinstance(value, datetime):
        return _in_utc(str(value), value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value)
    if isinstance(value, date):
        return ReadDate(datetime(value.year, value.month, value.day, tzinfo=UTC), "day")
    return _read_text(str(value).strip(), day_first)


@lru_cache(maxsize=4096)
def _read_text(text: str, day_first: bool | None) -> ReadDate:  # noqa: FBT001 - the cache wants positions
    if text.lower() in MISSING:
        return ReadDate()
    if _EPOCH.fullmatch(text):
        seconds = int(float(text))
        return _in_utc(text, datetime.fromtimestamp(seconds // 1000 if len(text) == 13 else seconds, tz=UTC))
    if "24:00" in text and _MIDNIGHT.search(text):  # the end of a day in ISO 8601; Python's reading differs by version
        return _day_later(text, _read_text(text.replace("24:00", "00:00", 1), day_first))
    if "-" in text[4:5]:
        try:
            return _in_utc(text, datetime.fromisoformat(text))
        except ValueError:
            pass
    if compact := _COMPACT.fullmatch(text):
        text = "{}-{}-{} {}:{}:{}{}".format(*compact.groups())
    return _read_parts(text, _YEAR_LAST.sub(r"\1 \3 \2", text), day_first)


def _day_later(text: str, found: ReadDate) -> ReadDate:
    if found.moment is None or found.moment.year == 9999:
        raise _unreadable(text)
    return found._replace(moment=found.moment + timedelta(days=1), precision="second")


def _read_parts(text: str, ordered: str, day_first: bool | None) -> ReadDate:  # noqa: FBT001 - as above
    clock = _CLOCK.search(ordered)
    year, month, day, order = _calendar(text, ordered[: clock.start()] if clock else ordered, day_first)
    try:
        moment = datetime(year, month, day)  # noqa: DTZ001 - no zone is known; _in_utc says what that means
        if clock:
            moment = moment.replace(
                hour=_hour(clock), minute=int(clock["minute"]), second=int(clock["second"] or 0),
                tzinfo=_zone(clock, mail=bool(re.match(r"[A-Z][a-z]{2}, ", text))),
            )  # fmt: skip
    except ValueError as error:
        raise _unreadable(text, str(error) if "zone" in str(error) else "") from None
    return _in_utc(text, moment)._replace(order=order)


def _calendar(
    text: str,
    written: str,
    day_first: bool | None,  # noqa: FBT001 - as above
) -> tuple[int, int, int, Literal["day", "month"] | None]:
    """Year, month, day, and which of the two comes first where both are numbers and the year is last."""
    bare = _WEEKDAY.sub("", written.strip(" ,").lower())
    if found := _YEAR_FIRST.fullmatch(bare):
        year, month, day = (int(part) for part in found.groups() if part)
        return year, month, day, None
    if found := _SLASHED.fullmatch(bare):
        return _slashed(text, found, day_first)
    if (found := _DAY_MONTH.fullmatch(bare)) and found[2] in MONTHS:
        return int(found[3]), MONTHS[found[2]], int(found[1]), None
    if (found := _MONTH_DAY.fullmatch(bare)) and found[1] in MONTHS:
        return int(found[3]), MONTHS[found[1]], int(found[2]), None
    raise _unreadable(text)


def _slashed(
    text: str,
    match: re.Match[str],
    day_first: bool | None,  # noqa: FBT001 - as above
) -> tuple[int, int, int, Literal["day", "month"] | None]:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == ".":  # 01.02.2021 is written with the day first wherever dots are used
        return year, second, first, None
    if first == second:
        return year, first, second, None
    if first <= 12 and second <= 12 and day_first is None:
        raise AmbiguousDateError(
            f"cannot tell day from month in the date {text!r} without guessing; say --day-first or --month-first "
            "(Reading(day_first=True) or False)"
        )
    if first > 12 or (second <= 12 and day_first):
        return year, second, first, "day"
    return year, first, second, "month"


def _hour(clock: re.Match[str]) -> int:
    hour = int(clock["hour"])
    if not clock["half"]:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if clock["half"][0] in "pP" else 0)


def _zone(clock: re.Match[str], *, mail: bool) -> tzinfo | None:
    if offset := clock["offset"]:
        hours, minutes = int(offset[1:3].rstrip(":")), int(offset[-2:]) if len(offset) > 3 else 0
        return timezone((-1 if offset[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
    if not clock["zone"]:
        return None
    known = {**_ZONES, **_MAIL_ZONES} if mail else _ZONES
    if clock["zone"].lower() not in known:
        raise ValueError(f"the time zone {clock['zone']!r} is unknown or stands for several")
    return timezone(timedelta(minutes=known[clock["zone"].lower()]))


def _in_utc(text: str, moment: datetime) -> ReadDate:
    moment = moment.replace(microsecond=0)
    if moment.tzinfo is None:
        precision: Literal["day", "second"] = "second" if moment.time() != datetime.min.time() else "day"
        return ReadDate(moment.replace(tzinfo=UTC), precision)
    try:
        return ReadDate(moment.astimezone(UTC), "second", zoned=True)
    except OverflowError:
        raise _unreadable(text) from None


def _unreadable(text: str, why: str = "") -> ValueError:
    return ValueError(
        f"cannot read the date {text!r} without guessing{': ' if why else ''}{why}; "
        "write ISO 8601, such as 2021-08-16T17:45:00Z"
    )
