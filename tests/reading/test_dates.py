from datetime import date

import numpy as np
import pandas as pd
import pytest

from framing.reading import Reading, read_corpus
from framing.reading.dates import AmbiguousDateError, read_date


@pytest.mark.parametrize(
    ("value", "expected", "precision"),
    [
        ("2021-08-16", "2021-08-16T00:00:00", "day"),
        ("2021-08-16T00:00:00", "2021-08-16T00:00:00", "day"),
        ("2021-08-16T00:00:00Z", "2021-08-16T00:00:00", "second"),
        ("2021-08-16 23:30:00-05:00", "2021-08-17T04:30:00", "second"),
        ("2021-08-16T17:45:00.1234567Z", "2021-08-16T17:45:00", "second"),
        ("2021-08-16 17:45:00 +0000", "2021-08-16T17:45:00", "second"),
        ("2021-08-16 17:45:00 UTC", "2021-08-16T17:45:00", "second"),
        ("2021-08-16 12:00 MSK", "2021-08-16T09:00:00", "second"),
        ("2021-08-16T24:00:00", "2021-08-17T00:00:00", "second"),
        ("2021-12-31T24:00+02:00", "2021-12-31T22:00:00", "second"),
        ("20210816T174500Z", "2021-08-16T17:45:00", "second"),
        ("20210816174500", "2021-08-16T17:45:00", "second"),
        ("20210816", "2021-08-16T00:00:00", "day"),
        ("2021/08/16 12:30", "2021-08-16T12:30:00", "second"),
        ("2021-8-6", "2021-08-06T00:00:00", "day"),
        ("0001-01-01", "0001-01-01T00:00:00", "day"),
        ("2345-01-01", "2345-01-01T00:00:00", "day"),
        ("13/02/2021", "2021-02-13T00:00:00", "day"),
        ("02/13/2021 5:45 PM", "2021-02-13T17:45:00", "second"),
        ("05/05/2021 12:30:00 a.m.", "2021-05-05T00:30:00", "second"),
        ("16/08/2021 17:45 +02:00", "2021-08-16T15:45:00", "second"),
        ("01.02.2021", "2021-02-01T00:00:00", "day"),
        ("1. 2. 2021", "2021-02-01T00:00:00", "day"),
        ("August 16, 2021", "2021-08-16T00:00:00", "day"),
        ("Monday, August 16, 2021", "2021-08-16T00:00:00", "day"),
        ("August 16, 2021 Monday", "2021-08-16T00:00:00", "day"),
        ("Sept. 5, 2021 at 5:45 p.m.", "2021-09-05T17:45:00", "second"),
        ("16-Aug-2021", "2021-08-16T00:00:00", "day"),
        ("16th August 2021", "2021-08-16T00:00:00", "day"),
        ("Dienstag, 17. August 2021, 17:45 Uhr", "2021-08-17T17:45:00", "second"),
        ("mercredi 1er août 2021", "2021-08-01T00:00:00", "day"),
        ("16 de agosto de 2021", "2021-08-16T00:00:00", "day"),
        ("16 agosto 2021", "2021-08-16T00:00:00", "day"),
        ("16 augustus 2021", "2021-08-16T00:00:00", "day"),
        ("16 sierpnia 2021", "2021-08-16T00:00:00", "day"),
        ("16 августа 2021 г., 17:45", "2021-08-16T17:45:00", "second"),
        ("16 серпня 2021 р.", "2021-08-16T00:00:00", "day"),
        ("16 Aralık 2021 Perşembe", "2021-12-16T00:00:00", "day"),
        ("2021年8月16日", "2021-08-16T00:00:00", "day"),
        ("Mon, 16 Aug 2021 12:00:00 +0300", "2021-08-16T09:00:00", "second"),
        ("Mon, 16 Aug 2021 12:00:00 EST", "2021-08-16T17:00:00", "second"),
        ("Mon Aug 16 17:45:00 +0000 2021", "2021-08-16T17:45:00", "second"),
        ("Mon Aug 16 2021 17:45:00 GMT+0200 (CEST)", "2021-08-16T15:45:00", "second"),
        ("1629108000", "2021-08-16T10:00:00", "second"),
        (1629108000000, "2021-08-16T10:00:00", "second"),
        (1629108000.0, "2021-08-16T10:00:00", "second"),
        (pd.Timestamp("2021-08-16 12:00"), "2021-08-16T12:00:00", "second"),
        (date(2021, 8, 16), "2021-08-16T00:00:00", "day"),
    ],
)
def test_mixed_forms(value, expected, precision):
    found = read_date(value)
    assert found.moment.replace(tzinfo=None).isoformat() == expected
    assert found.precision == precision


@pytest.mark.parametrize("value", [None, "", "None", "nan", float("nan"), np.nan, pd.NaT, "N/A", "<NA>", " null "])
def test_missing(value):
    assert read_date(value).moment is None


@pytest.mark.parametrize(
    "value",
    [
        "yesterday", "2021-13-40", "2021-02-30", "2021", "2021-08", "16.8.21", "08/16/21", "44424", "2021081612",
        "2021-08-16 25:00", "2021-08-16T24:30", "2021-08-16 13:00 PM", "13:45", "16 listopada 2021",
        "0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00", "9999-12-31T24:00", "99999-01-01", True, ["x"], 1e300,
    ],
)  # fmt: skip
def test_what_would_need_a_guess_is_refused(value):
    with pytest.raises(ValueError, match="without guessing"):
        read_date(value)


@pytest.mark.parametrize("zone", ["EST", "CST", "IST", "BST", "XYZ"])
def test_names_of_several_zones_are_refused(zone):
    with pytest.raises(ValueError, match=f"the time zone '{zone}' is unknown or stands for several"):
        read_date(f"2021-08-16 12:00 {zone}")


def test_day_and_month_are_settled_by_the_option_only():
    with pytest.raises(AmbiguousDateError, match="--day-first or --month-first"):
        read_date("01/02/2021")
    assert read_date("01/02/2021", day_first=True).moment.month == 2
    assert read_date("01/02/2021", day_first=False).moment.month == 1
    assert read_date("02/13/2021", day_first=True).moment.month == 2
    assert [read_date(v).order for v in ("13/02/2021", "02/13/2021", "05/05/2021")] == ["day", "month", None]


def test_what_was_seen_of_dates_is_known_to_the_corpus():
    given = ["2021-08-16 10:00", "2021-08-16", "13/02/2021", "01/02/2021", "None", "2021-08-16T10:00Z"]
    frame = pd.DataFrame(
        {"outlet": "A", "text": [f"Text {k}." for k in range(6)], "published": given, "crawled": "soon"}
    )
    corpus = read_corpus(frame)
    assert corpus.provenance["dates"] == {"day_first": 1, "times_without_zone": 1}
    assert corpus.quarantine["reason"].tolist() == ["ambiguous date"]
    assert corpus.articles["crawled_in_source"].tolist() == ["soon"] * 5
    assert len(read_corpus(frame, reading=Reading(day_first=True))) == 6
