import csv
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.errors import SettingsError
from framing.reading import read_corpus, write_corpus, write_table
from tests.strategies import texts

FORMS = [("a.jsonl", "framing"), ("a.csv", "framing"), ("a.parquet", "framing"), ("a.csv", "quanteda")]
HOSTILE = [
    "=1+1",
    "'=1+1",
    "''@x",
    "-",
    "+",
    "@",
    "\t=",
    "'",
    '"',
    '""',
    ",",
    ";",
    "\r",
    "\r\n",
    "\n",
    "\0",
    "😀",
    "\u2028",
    "\ufeff",
    "e\u0301",
    "NA",
    "\\",
    '\\"',
    "\x85",
    "sep=;",
]
hostile_texts = st.one_of(
    texts,
    st.lists(st.sampled_from(HOSTILE), max_size=6).map("".join),
    st.text(st.characters(exclude_categories=["Cs"])),
)
times = st.one_of(
    st.none(),
    st.dates().map(str),
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=st.just(UTC)).map(str),  # noqa: DTZ001 - the zone is the next argument
)
articles = st.fixed_dictionaries(
    {"title": hostile_texts, "text": hostile_texts.map("x".__add__), "outlet": hostile_texts.map("x".__add__),
     "published": times, "crawled": times, "note": hostile_texts, "event_id": st.sampled_from([None, "e1", "=e"])}
)  # fmt: skip


@pytest.mark.parametrize(("name", "dialect"), FORMS)
@given(rows=st.lists(articles, min_size=1, max_size=3), bare=hostile_texts)
@settings(max_examples=40, deadline=None)
def test_a_corpus_written_and_read_is_the_same(tmp_path_factory, name, dialect, rows, bare):
    frame = pd.DataFrame([{"article_id": f"a{k}", **row} for k, row in enumerate(rows)])
    if not bare.isspace() and bare.strip().lower() not in ("", "na", "none", "null", "nan", "-"):
        frame.loc[0, "text"] = bare
    corpus = read_corpus(frame)
    path = tmp_path_factory.getbasetemp() / name
    write_corpus(corpus, path, dialect=dialect)
    again = read_corpus(path)
    assert again.fingerprint == corpus.fingerprint
    for column in ("published_precision", "crawled"):
        assert again.articles[column].fillna("").tolist() == corpus.articles[column].fillna("").tolist()
    assert again.articles["note"].fillna("").tolist() == corpus.articles["note"].tolist()


def test_a_csv_is_safe_in_a_spreadsheet_and_foreign_apostrophes_are_left_alone(tmp_path):
    rows = [
        {"article_id": "a", "outlet": "@alpha", "title": "'=x", "text": "=cmd()", "note": "-1"},
        {"article_id": "b", "outlet": "Beta", "title": "", "text": "'quoted'", "note": "2"},
    ]
    corpus = read_corpus(pd.DataFrame(rows))
    write_corpus(corpus, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
    assert read_corpus(tmp_path / "a.csv").articles["title"].tolist() == ["'=x", ""]
    corpus.articles.to_csv(tmp_path / "foreign.csv", index=False)
    assert read_corpus(tmp_path / "foreign.csv").articles["title"].tolist() == ["'=x", ""]


def test_quanteda_gets_the_exact_text_first(tmp_path, make_corpus):
    write_corpus(
        make_corpus({"text": "- a list, =x", "published": "2021-08-16", "section": "news"}),
        tmp_path / "q.csv",
        dialect="quanteda",
    )
    header, row = (tmp_path / "q.csv").read_text("utf-8").splitlines()
    assert header.startswith('"doc_id","text","outlet","title","published",')
    assert header.endswith('"section"')
    assert row.startswith('"a0","- a list, =x","Outlet 0","","2021-08-16","day"')


def test_what_cannot_be_written_is_explained(tmp_path, make_corpus):
    corpus = make_corpus("Text.")
    with pytest.raises(SettingsError, match=r"cannot write '.txt'. Known: .jsonl, .csv, .parquet|Known: .csv"):
        write_corpus(corpus, tmp_path / "a.txt")
    with pytest.raises(SettingsError, match=r"cannot write '.parquet'. Known: .csv"):
        write_corpus(corpus, tmp_path / "a.parquet", dialect="quanteda")
    with pytest.raises(SettingsError, match="no dialect 'brat'"):
        write_corpus(corpus, tmp_path / "a.csv", dialect="brat")
    assert not [*tmp_path.iterdir()]
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="a.csv: cannot be written"):
        write_corpus(corpus, tmp_path / "file" / "a.csv")


def test_columns_of_mixed_types_can_be_written_everywhere(tmp_path):
    corpus = read_corpus(
        pd.DataFrame(
            {"outlet": "A", "text": ["One.", "Two.", "Three."], "x": [1, "a", None], "y": [[1], {"k": "é"}, 2]}
        )
    )
    for name, dialect in FORMS:
        write_corpus(corpus, tmp_path / name, dialect=dialect)
        read = read_corpus(tmp_path / name).articles
        assert read["x"].fillna("").tolist() == ["1", "a", ""]
        assert read["y"].tolist() == ["[1]", '{"k": "é"}', "2"]


def test_csv_defuses_formulas_and_writes_whole_files(tmp_path):
    frame = pd.DataFrame({"a": ["=1+1", "-x", "plain", None], "b": [0.123456789, 1.0, 2.0, 3.0]})
    write_table(frame, tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines == ["a,b", "'=1+1,0.123457", "'-x,1", "plain,2", ",3"]
    write_table(frame, tmp_path / "t.parquet")
    assert pd.read_parquet(tmp_path / "t.parquet")["b"].tolist() == frame["b"].tolist()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv", "t.parquet"]
    with pytest.raises(SettingsError, match="cannot write '.xml'"):
        write_table(frame, tmp_path / "t.xml")


def test_object_columns_may_hold_numbers(tmp_path):
    frame = pd.DataFrame({"mixed": pd.Series([-1, "=1+1", None, "text"], dtype=object)})
    write_table(frame, tmp_path / "mixed.csv")
    assert (tmp_path / "mixed.csv").read_text("utf-8").splitlines() == ["mixed", "-1", "'=1+1", '""', "text"]
