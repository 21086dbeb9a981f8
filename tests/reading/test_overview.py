import json

import pandas as pd
import pytest

from framing.reading import check_corpus, read_corpus
from framing.reading.overview import format_check

LONG = "The town hall reopened on Monday after the flood, officials said, and visitors came at once to see it. "
LONG_RUSSIAN = "Рік за роком ратуша стояла закрытой. Рёв воды слышали все, сообщили в понедельник жители города. "


def notes(*texts, **columns):
    frame = pd.DataFrame({"article_id": [f"a{k}" for k in range(len(texts))], "outlet": "A", "text": texts, **columns})
    return {note["note"]: note["article_ids"] for note in check_corpus(read_corpus(frame))["notes"]}


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (f"<p class='x'>{LONG}</p>", "HTML marks"),
        (f"{LONG}&nbsp;&#8217;", "HTML marks"),
        (f"{LONG} cafÃ©", "wrong encoding"),
        (f"{LONG} heâ€™s here", "wrong encoding"),
        (LONG_RUSSIAN.encode().decode("cp1251", errors="replace"), "wrong encoding"),
        (LONG_RUSSIAN.encode().decode("latin-1"), "wrong encoding"),
        (f"{LONG} \x00", "control characters"),
        (f"{LONG} … [+1234 chars]", "cut off by the service"),
        ("x" * 32_767, "cut off by a spreadsheet"),
        ("Remnant.", "shorter than 80"),
    ],
)
def test_what_looks_odd_is_noted_and_not_changed(text, note):
    found = notes(text, LONG)
    assert [ids for name, ids in found.items() if note in name] == [["a0"]]
    assert read_corpus(pd.DataFrame([{"article_id": "a", "outlet": "A", "text": text}])).texts() == {"a": text}


def test_plain_texts_of_any_script_are_not_odd():
    assert notes(LONG, LONG_RUSSIAN, LONG + "a < b and c > d, 5 % & more; Ã, Âge, É.", LONG + "😀\t\r\nעברית") == {}


def test_odd_dates_and_spellings_are_noted():
    found = notes(
        LONG + "1", LONG + "2", LONG + "3", published=["2121-01-01", "1021-01-01", "2021-08-17"], crawled="2021-08-16",
    )  # fmt: skip
    assert found["dated in the future"] == ["a0"]
    assert found["dated before 1600"] == ["a1"]
    assert found["published on a later day than collected"] == ["a0", "a2"]
    frame = pd.DataFrame({"outlet": ["Alpha News", "www.alphanews", "Beta"], "text": [LONG + str(k) for k in range(3)]})
    named = check_corpus(read_corpus(frame))["notes"]
    assert [note["note"] for note in named] == ["perhaps one outlet in several spellings: Alpha News, www.alphanews"]


def test_the_whole_description():
    rows = [
        {"id": "a", "outlet": "Alpha", "text": LONG, "date": "2021-08-16", "lang": "en"},
        {"id": "b", "outlet": "Beta", "text": LONG, "date": "2021-08-18 10:00", "lang": "en"},
        {"id": "c", "outlet": "Beta", "text": LONG + "cafe\u0301", "date": "13/02/2021"},
        {"id": "d", "outlet": "Beta", "text": LONG, "date": "01/02/2021"},
        {"id": "e", "outlet": "Beta", "text": LONG, "date": "soon"},
    ]
    found = check_corpus(read_corpus(pd.DataFrame(rows)))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["n_rows"], found["n_articles"], found["untitled"]) == (5, 3, 3)
    assert found["columns"] == {
        "article_id": "id", "outlet": "outlet", "text": "text", "published": "date", "language": "lang"
    }  # fmt: skip
    assert found["outlets"] == {"Alpha": 1, "Beta": 2}
    assert found["languages"] == {"en": 2, "not given": 1}
    assert found["dates"] == {
        "first": "2021-02-13", "last": "2021-08-18", "undated": 0, "day_only": 2, "times_without_zone": 1,
        "ambiguous": 1, "unreadable": 1, "day_first": 1, "month_first": 0,
    }  # fmt: skip
    assert found["exact_duplicates"] == [["a", "b"]]
    assert found["changed_by_nfc"] == ["c"]
    assert [row["reason"] for row in found["quarantine"]] == ["ambiguous date", "unreadable date"]
    lines = format_check(found).splitlines()
    assert "duplicates  1 text in 2 articles: a = b" in lines
    assert "            1 row refused: day and month cannot be told apart; say --day-first or --month-first" in lines
    assert lines[-1].startswith("  DataFrame row 5 (e): unreadable date: ")


def test_long_lists_are_cut_in_the_text_only():
    frame = pd.DataFrame({"outlet": [f"Outlet {k:02d}" for k in range(40)], "text": LONG})
    found = check_corpus(read_corpus(frame))
    assert len(found["outlets"]) == len(found["exact_duplicates"][0]) == 40
    assert "and 28 more" in format_check(found)
    assert max(map(len, format_check(found).splitlines())) < 250
