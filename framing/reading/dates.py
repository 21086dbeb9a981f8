"""Dates as sources write them, with the precision that they have."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pandas as pd

__all__ = ["MISSING", "read_date"]

MISSING = frozenset({"", "none", "nan", "nat", "null", "na", "n/a", "-"})
"""Strings, lower case, that mean that there is no value."""

_COMPACT = re.compile(r"\d{8}T?\d{6}Z?")  # 20210816T174500Z, as GDELT writes it
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")  # seconds or milliseconds since 1970
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)", re.DOTALL)
_WORDED = ("%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+|"
    r"\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day$",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jänner janvier enero января",
            "february februar février fevrier febrero февраля",
            "march märz maerz mars marzo марта",
            "april avril abril апреля",
            "may mai mayo мая",
            "june juni juin junio июня",
            "july juli juillet julio июля",
            "august août aout agosto августа",
            "september septembre septiembre сентября",
            "october oktober octobre octubre октября",
            "november novembre noviembre ноября",
            "december dezember décembre decembre diciembre декабря",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_MONTH_YEAR = re.compile(
    r"(\d{1,2})(?:\.|er|st|nd|rd|th)?\s+(?:de\s+)?([^\W\d]+)\.?,?\s+(?:de\s+)?(\d{4})(?:\s*г\.?)?"
)


def read_date(value: Any, *, day_first: bool | None = None) -> tuple[datetime | None, str | None]:
    """Return the time in UTC and its precision, ``(None, None)`` where there is none.

    Times without a zone are taken as UTC. Midnight without a zone is a day: sources that know only the day
    write it so. ``13/02/2021`` and ``02/13/2021`` can be read one way only; the order in ``01/02/2021`` cannot be
    known.

    Parameters
    ----------
    value : any
        Text, number (seconds or milliseconds since 1970), date or time.
    day_first : bool, optional
        Whether ``01/02/2021`` is 1 February; without it such a date is refused.

    Raises
    ------
    ValueError
        If the value is no date that can be read without guessing.
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None, None
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC), "day"
    text = str(value).strip()
    if text.lower() in MISSING:
        return None, None
    return _utc(_parse(text, day_first=day_first))


def _utc(moment: datetime) -> tuple[datetime, str]:
    if isinstance(moment, pd.Timestamp):
        moment = moment.to_pydatetime(warn=False)
    bare = moment.tzinfo is None and moment.time() == datetime.min.time()
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment, "day" if bare else "second"


def _parse(text: str, *, day_first: bool | None) -> datetime:  # noqa: PLR0911 - one return per form
    if _COMPACT.fullmatch(text):
        return datetime.strptime(re.sub(r"\D", "", text), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if len(text) == 13 else seconds, tz=UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if slashed := _SLASHED.fullmatch(text):
        return _slashed(text, slashed, day_first=day_first)
    bare = _WEEKDAY.sub("", text)
    if worded := _DAY_MONTH_YEAR.fullmatch(bare.lower()):
        month = _MONTHS.get(worded[2])
        if month:
            return _datetime(text, int(worded[3]), month, int(worded[1]))
    for form in _WORDED:
        try:
            return datetime.strptime(bare, form)  # noqa: DTZ007 - no zone is known; _utc says what that means
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError):
        raise _unreadable(text) from None


def _slashed(text: str, match: re.Match[str], *, day_first: bool | None) -> datetime:
    first, second, year, rest = int(match[1]), int(match[2]), int(match[3]), match[4]
    dotted = "." in text[: match.end(3)]  # 01.02.2021 is written with the day first wherever dots are used
    if first != second and first <= 12 and second <= 12 and day_first is None and not dotted:
        raise ValueError(
            f"cannot tell day from month in the date {text!r} without guessing; say --day-first or --month-first "
            "(Reading(day_first=True) or False)"
        )
    day, month = (first, second) if (dotted or day_first or first > 12) and second <= 12 else (second, first)
    moment = _datetime(text, year, month, day)
    if not rest.strip():
        return moment
    try:
        return datetime.fromisoformat(f"{moment:%Y-%m-%d}T{rest.strip(' ,T')}")
    except ValueError:
        raise _unreadable(text) from None


def _datetime(text: str, year: int, month: int, day: int) -> datetime:
    try:
        return datetime(year, month, day)  # noqa: DTZ001 - no zone is known; _utc says what that means
    except ValueError:
        raise _unreadable(text) from None


def _unreadable(text: str) -> ValueError:
    return ValueError(f"cannot read the date {text!r} without guessing; write ISO 8601, such as 2021-08-16T17:45:00Z")
