import json
import re
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import CorpusError, SchemaError, SettingsError
from framing.reading import read_corpus
from framing.reading.offsets import source_offset, to_nfc

ROWS = [
    {"id": "a", "source": "Alpha", "headline": "One", "body": "Text one.", "date": "2021-08-16"},
    {"id": "b", "source": "Beta", "headline": "Two", "body": "Text two.", "date": "2021-08-16T10:00:00+02:00"},
]


def write_rows(path, rows):
    frame = pd.DataFrame(rows)
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n", encoding="utf-8")
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".tsv", ".parquet"])
def test_every_format_gives_the_same_corpus(tmp_path, ending):
    corpus = read_corpus(write_rows(tmp_path / f"articles{ending}", ROWS))
    assert corpus.fingerprint == read_corpus(pd.DataFrame(ROWS)).fingerprint
    assert corpus.articles["article_id"].tolist() == ["a", "b"]
    assert corpus.articles["published"].astype(str).tolist() == [
        "2021-08-16 00:00:00+00:00",
        "2021-08-16 08:00:00+00:00",
    ]
    assert corpus.articles["published_precision"].tolist() == ["day", "second"]


def test_columns_can_be_mapped_and_further_ones_are_kept():
    frame = pd.DataFrame([{"a": "x", "b": "Alpha", "c": "Body.", "leaning": "left", "tags": ["q"]}])
    corpus = read_corpus(frame, columns={"article_id": "a", "outlet": "b", "text": "c"})
    assert corpus.articles[["leaning", "tags"]].to_numpy().tolist() == [["left", '["q"]']]


def test_unusable_rows_go_to_quarantine_and_the_rest_is_read():
    rows = [
        *ROWS,
        {"id": "c", "source": "Gamma", "body": " "},
        {"id": "d", "source": None, "body": "Text."},
        {"id": "a", "source": "Gamma", "body": "Text."},
        {"id": "e", "source": "Gamma", "body": "Text.", "date": "01/02/2021"},
        {"id": "f", "source": "Gamma", "body": {"nested": 1}},
        {"id": "g", "source": "Gamma", "body": "cut \ud83d off"},
        {"id": "h", "source": "Gamma", "body": "None"},
    ]
    corpus = read_corpus(pd.DataFrame(rows))
    assert corpus.article_ids == ["a", "b"]
    assert dict(zip(corpus.quarantine["row"], corpus.quarantine["reason"], strict=True)) == {
        3: "missing text",
        4: "missing outlet",
        5: "duplicate id",
        6: "ambiguous date",
        7: "text is not text",
        8: "broken characters",
        9: "missing text",
    }
    assert "say --day-first or --month-first" in corpus.quarantine["detail"][3]


def test_broken_lines_are_quarantined(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(ROWS[0]) + '\n{"id": \n[1, 2]\n', encoding="utf-8")
    corpus = read_corpus(path)
    assert corpus.quarantine[["row", "reason"]].to_numpy().tolist() == [[2, "unreadable row"], [3, "unreadable row"]]
    assert corpus.provenance["n_rows"] == 3


def test_ragged_csv_rows_are_quarantined(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('outlet;text\nAlpha;"one; two"\nBeta;three;four\n', encoding="utf-8-sig")
    corpus = read_corpus(path)
    assert corpus.articles["text"].tolist() == ["one; two"]
    assert corpus.quarantine["detail"][0].startswith("line 3: expected 2 cells as in the header, got 3")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "a binary file, not text"),
        (b"caf\xe9" * 9, "not UTF-8: byte 0xe9 at 3"),
        (b'{"outlet": "A"}\n', "no column for text"),
        (b'{"outlet": "A", "text": ""}\n', r"none of its 1 rows can be used: missing text \(1\)"),
        (b"[]\n", "there is no row in it"),
        (b"[1]\n", r"unreadable row \(1\)"),
    ],
)
def test_a_file_without_articles_is_one_clear_error(tmp_path, content, message):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=message):
        read_corpus(path)


def test_unknown_sources_name_what_there_is(tmp_path):
    with pytest.raises(CorpusError, match="no such file, and no shipped corpus"):
        read_corpus("no-such-corpus")
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(CorpusError, match="cannot tell the format from '.docx'"):
        read_corpus(tmp_path / "a.docx")
    with pytest.raises(CorpusError, match=r"cannot map text=bodi. Columns found: body"):
        read_corpus(pd.DataFrame([{"body": "x", "outlet": "y"}]), columns={"text": "bodi"})
    with pytest.raises(CorpusError, match="there is no row in it"):
        read_corpus(pd.DataFrame(columns=["text", "outlet"]))


def test_described_corpora_check_their_file(tmp_path):
    write_rows(tmp_path / "articles.jsonl", ROWS)
    (tmp_path / "corpus.toml").write_text('name = "x"\n[articles]\npath = "articles.jsonl"\n', encoding="utf-8")
    assert read_corpus(tmp_path).provenance["name"] == "x"
    (tmp_path / "corpus.toml").write_text('[articles]\npath = "articles.jsonl"\nsha256 = "00"\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="corpus.toml states 00"):
        read_corpus(tmp_path / "corpus.toml")


def test_row_order_does_not_matter():
    assert read_corpus(pd.DataFrame(ROWS[::-1])).fingerprint == read_corpus(pd.DataFrame(ROWS)).fingerprint


def test_where_selects_and_explains(make_corpus):
    corpus = make_corpus("one", "two", "three")
    assert corpus.where(outlet="Outlet 1").article_ids == ["a1"]
    assert corpus.where(lambda a: a["text"].str.len() > 3).article_ids == ["a2"]
    with pytest.raises(SettingsError, match="no column 'outlt'"):
        corpus.where(outlt="x")
    with pytest.raises(CorpusError, match="none of the 3 articles"):
        corpus.where(outlet="x")


def test_check_spans_finds_foreign_spans(make_corpus):
    corpus = make_corpus("Kabul fell.")
    span = {"article_id": ["a0"], "field": ["text"], "start": [0], "end": [5], "surface": ["Kabul"]}
    assert len(corpus.check_spans(pd.DataFrame(span))) == 1
    with pytest.raises(SchemaError, match="the text has 'Kabul'"):
        corpus.check_spans(pd.DataFrame({**span, "surface": ["Herat"]}))


def test_notebook_view_escapes_text(make_corpus):
    page = make_corpus({"text": "x", "title": "<script>alert(1)</script>"})._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_notebook_view_shows_times_as_precisely_as_they_are_known(make_corpus):
    times = ["2021-08-15", "2021-08-15T05:30:00+02:00", None]
    page = make_corpus(*({"text": f"text {t}", "published": t} for t in times))._repr_html_()
    assert re.findall(r"<td[^>]*>(2021[^<]*)</td>", page) == ["2021-08-15", "2021-08-15 03:30"]
    assert "NaT" not in page


def test_offsets_lead_back_to_the_source(make_corpus):
    original = "cafe\u0301 Straße \u1112\u1161\u11ab e\u0301nd"
    corpus = make_corpus(original)
    text = corpus.texts()["a0"]
    assert text == unicodedata.normalize("NFC", original) != original
    for word in text.split():
        start = text.index(word)
        a, b = corpus.to_source_offsets("a0", "text", start, start + len(word))
        assert unicodedata.normalize("NFC", original[a:b]) == word


WORDS = [
    "cafe\u0301",
    "e\u0327\u0301x",
    "x\u0323\u0307",
    "\u1112\u1161\u11ab",
    "\u09c7\u09be",
    "\u0928\u093c",
    "ß",
    "\u212b",
    "\u0301",
    "plain",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_every_word_leads_back_to_exactly_its_source(words):
    original = " ".join(words)
    corpus = read_corpus(pd.DataFrame([{"article_id": "a", "outlet": "A", "text": "Text. " + original}]))
    text = corpus.texts()["a"]
    start, place = 6, 6
    for word in words:
        end = start + len(to_nfc(word))
        assert text[start:end] == to_nfc(word)
        assert corpus.to_source_offsets("a", "text", start, end) == (place, place + len(word))
        start, place = end + 1, place + len(word) + 1


@given(st.text(alphabet="aeé\u0301\u0327\u0323x한\u1112\u1161\u11ab ß\u0644\u0627\u093c\u0928", max_size=30))
def test_source_offsets_are_monotone_and_complete(original):
    nfc = to_nfc(original)
    places = [source_offset(original, k) for k in range(len(nfc) + 1)]
    assert places == sorted(places)
    assert places[-1] == len(original)
    for k in range(len(nfc)):
        head = to_nfc(original[: places[k]])
        assert nfc.startswith(head) or places[k] < len(original)
