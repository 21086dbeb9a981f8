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
_WORDED = ("%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d")


def read_date(value: Any) -> tuple[datetime | None, str | None]:
    """Return the time in UTC and its precision, ``(None, None)`` where there is none.

    Times without a zone are taken as UTC. Midnight without a zone is a day: sources that know only the day
    write it so. The order of day and month in ``01/02/2021`` cannot be known and is refused.

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
    return _utc(_parse(text))


def _utc(moment: datetime) -> tuple[datetime, str]:
    if isinstance(moment, pd.Timestamp):
        moment = moment.to_pydatetime(warn=False)
    bare = moment.tzinfo is None and moment.time() == datetime.min.time()
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment, "day" if bare else "second"


def _parse(text: str) -> datetime:
    if _COMPACT.fullmatch(text):
        return datetime.strptime(re.sub(r"\D", "", text), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _WORDED:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - no zone is known; _utc says what that means
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError):
        raise ValueError(
            f"cannot read the date {text!r} without guessing; write ISO 8601, such as 2021-08-16T17:45:00Z"
        ) from None
