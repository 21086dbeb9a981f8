import gzip
import json

import pandas as pd
import pytest

from framing.errors import CorpusError, SettingsError
from framing.reading import Reading, read_corpus

ROW = {"outlet": "Alpha", "title": "One", "text": "Text one.", "published": "2021-08-16"}


@pytest.mark.parametrize(
    ("row", "dialect", "expected"),
    [
        (
            {"maintext": "Body.", "title": "T", "date_publish": "2021-08-16 10:00:00",
             "date_download": "2021-09-01 00:00:01", "source_domain": "a.example", "url": "https://a.example/1",
              "language": "en"},
            "news-please",
            {"outlet": "a.example", "text": "Body.", "published": "2021-08-16 10:00:00+00:00",
             "crawled": "2021-09-01 00:00:01+00:00"},
        ),
        (
            {"title": "T", "hostname": "a.example", "sitename": "", "date": "2021-08-16", "fingerprint": "f1",
             "text": "Body.",
             "filedate": "2021-09-01"},
            "trafilatura",
            {"article_id": "row-000001", "outlet": "a.example", "published_precision": "day",
             "crawled": "2021-09-01 00:00:00+00:00"},
        ),
        (
            {"id": "7", "title": "T", "media_name": "Alpha", "media_url": "a.example", "publish_date": "2021-08-16",
             "indexed_date": "2021-08-17 01:02:03", "text": "Body."},
            "Media Cloud",
            {"article_id": "7", "outlet": "Alpha", "published_precision": "day"},
        ),
        (
            {"id": "9", "thread_id": "1", "author": "Alpha", "subject": "T", "body": "Body.",
             "timestamp": "2021-08-16 10:00:00"},
            "4CAT",
            {"outlet": "Alpha", "title": "T", "text": "Body."},
        ),
        ({"doc_id": "d", "text": "Body.", "newspaper": "Alpha"}, "quanteda", {"article_id": "d", "outlet": "Alpha"}),
        ({"id": "d", "body": "Body.", "source": "Alpha"}, "generic", {"outlet": "Alpha"}),
    ],
)  # fmt: skip
def test_dialects_are_recognised_from_their_fields(row, dialect, expected):
    corpus = read_corpus(pd.DataFrame([row]))
    assert corpus.provenance["dialect"] == dialect
    found = corpus.articles.iloc[0]
    assert {name: str(found[name]) for name in expected} == expected


def test_dialects_without_text_are_refused_with_the_reason():
    gdelt = pd.DataFrame(
        [{"url": "u", "seendate": "20210816T100000Z", "domain": "a", "sourcecountry": "x", "title": "T"}]
    )
    with pytest.raises(CorpusError, match="holds addresses and headlines, no bodies"):
        read_corpus(gdelt)
    cloud = pd.DataFrame([{"id": "7", "media_name": "A", "publish_date": "2021-08-16", "indexed_date": "2021-08-17"}])
    with pytest.raises(CorpusError, match="this Media Cloud export holds addresses and headlines, no bodies"):
        read_corpus(cloud)
    assert read_corpus(gdelt, columns={"text": "title"}).texts() == {"row-000001": "T"}


@pytest.mark.parametrize("content", [[ROW], {"articles": [ROW]}, ROW])
def test_json_lists_wrapped_lists_and_single_articles(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert read_corpus(path).articles["text"].tolist() == ["Text one."]


def test_excel(tmp_path):
    pd.DataFrame([ROW]).to_excel(tmp_path / "a.xlsx", index=False)
    assert read_corpus(tmp_path / "a.xlsx").articles["title"].tolist() == ["One"]
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    with pytest.raises(CorpusError, match="not an Excel workbook"):
        read_corpus(tmp_path / "b.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_csv_encodings_are_found(tmp_path, encoding):
    text = "Запрещённая организация захватила власть в столице, сообщили в понедельник местные жители. " * 5
    (tmp_path / "a.csv").write_bytes(f"outlet;text\r\nАльфа;{text}\r\n".encode(encoding))
    corpus = read_corpus(tmp_path / "a.csv")
    assert corpus.articles[["outlet", "text"]].to_numpy().tolist() == [["Альфа", text]]


def test_a_named_encoding_is_used_and_checked(tmp_path):
    (tmp_path / "a.csv").write_bytes("outlet,text\nAlpha,caf\xe9\n".encode("latin-1"))
    assert read_corpus(tmp_path / "a.csv", reading=Reading(encoding="latin-1")).texts() == {"row-000001": "café"}
    with pytest.raises(CorpusError, match="not ascii: byte 0xe9"):
        read_corpus(tmp_path / "a.csv", reading=Reading(encoding="ascii"))
    with pytest.raises(SettingsError, match="there is no encoding 'klingon'"):
        read_corpus(tmp_path / "a.csv", reading=Reading(encoding="klingon"))


def test_gzip_is_unpacked_up_to_a_limit(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROW).encode()))
    assert len(read_corpus(path)) == 1
    path.write_bytes(gzip.compress(b"0" * 10_000_000))
    with pytest.raises(CorpusError, match="larger than 1000000 bytes after unpacking"):
        read_corpus(path, reading=Reading(max_bytes=1_000_000))
    path.write_bytes(gzip.compress(json.dumps(ROW).encode())[:-12])
    with pytest.raises(CorpusError, match="cut off"):
        read_corpus(path)
    path.write_bytes(b"plain")
    with pytest.raises(CorpusError, match="not a gzip file"):
        read_corpus(path)


def test_patterns_read_several_files(tmp_path):
    for k in range(3):
        (tmp_path / f"part{k}.json").write_text(json.dumps([{**ROW, "id": f"x{k % 2}"}]), encoding="utf-8")
    corpus = read_corpus(str(tmp_path / "part*.json"))
    assert corpus.article_ids == ["x0", "x1"]
    assert corpus.quarantine[["source", "reason"]].to_numpy().tolist() == [["part2.json", "duplicate id"]]
    with pytest.raises(CorpusError, match="no file matches"):
        read_corpus(str(tmp_path / "none*.json"))


def test_a_folder_of_texts_with_metadata(tmp_path):
    (tmp_path / "one.txt").write_text("First text.", encoding="utf-8")
    (tmp_path / "two.txt").write_text("Second text.", encoding="utf-8")
    (tmp_path / "meta.csv").write_text(
        "filename,outlet,date\none.txt,Alpha,2021-08-16\ntwo,Beta,\nthree.txt,Gamma,\n", encoding="utf-8"
    )
    corpus = read_corpus(tmp_path)
    assert corpus.articles[["article_id", "outlet", "text"]].to_numpy().tolist() == [
        ["one", "Alpha", "First text."],
        ["two", "Beta", "Second text."],
    ]
    assert corpus.quarantine[["article_id", "reason"]].to_numpy().tolist() == [["three.txt", "file is missing"]]


def test_a_folder_of_pages(tmp_path):
    pytest.importorskip("trafilatura")
    body = (
        "<p>"
        + "</p><p>".join(f"Paragraph {k} tells of the flood in the valley and of its people." for k in range(6))
        + "</p>"
    )
    page = f"<html><head><title>A flood</title></head><body><article><h1>A flood</h1>{body}</article></body></html>"
    (tmp_path / "one.html").write_text(page, encoding="utf-8")
    (tmp_path / "meta.csv").write_text("filename,outlet\none.html,Alpha\n", encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert corpus.articles["title"].tolist() == ["A flood"]
    assert "Paragraph 5 tells" in corpus.texts()["one"]


def test_an_empty_folder_is_explained(tmp_path):
    with pytest.raises(CorpusError, match=r"no .txt, .html or .json file and no corpus.toml"):
        read_corpus(tmp_path)


NEXIS = """

                               1 of 2 DOCUMENTS


                               The Alpha Gazette

                            August 16, 2021 Monday
                                 Final Edition

Town hall reopens
after flood

BYLINE: Ann Lee

SECTION: NEWS; Pg. 4

LENGTH: 120 words


The town hall reopened on Monday. It
had been closed.

Visitors came at once.

LOAD-DATE: August 17, 2021

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper

                    Copyright 2021 Alpha Gazette
                              All Rights Reserved

                               2 of 2 DOCUMENTS

                                Beta-Zeitung

                           Dienstag 17. August 2021

Rathaus wieder offen

AUTOR: Bo Ek

RUBRIK: Lokales

LÄNGE: 80 Wörter

Das Rathaus ist wieder offen.

UPDATE: 17. August 2021

SPRACHE: GERMAN; DEUTSCH
"""


def test_nexis(tmp_path):
    (tmp_path / "n.txt").write_text(NEXIS, encoding="utf-8")
    corpus = read_corpus(tmp_path / "n.txt")
    assert corpus.provenance["dialect"] == "Nexis"
    columns = ["outlet", "title", "text", "language", "published_precision", "section"]
    assert corpus.articles[columns].to_numpy().tolist() == [
        ["The Alpha Gazette", "Town hall reopens after flood",
         "The town hall reopened on Monday. It had been closed.\nVisitors came at once.", "en", "day", "NEWS; Pg. 4"],
        ["Beta-Zeitung", "Rathaus wieder offen", "Das Rathaus ist wieder offen.", "de", "day", "Lokales"],
    ]  # fmt: skip
    assert corpus.articles["published"].dt.strftime("%Y-%m-%d").tolist() == ["2021-08-16", "2021-08-17"]


def test_french_nexis_and_broken_documents(tmp_path):
    text = (
        "Document 1 de 2\n\nLe Gamma\n\n16 août 2021\n\nLa mairie rouvre\n\nLONGUEUR: 60 mots\n\n"
        "La mairie a rouvert.\n\n"
        "LANGUE: FRENCH; FRANÇAIS\n\nDocument 2 de 2\n\nSans longueur\n"
    )
    (tmp_path / "n.txt").write_text(text, encoding="utf-8")
    corpus = read_corpus(tmp_path / "n.txt")
    assert corpus.articles[["outlet", "title", "language"]].to_numpy().tolist() == [
        ["Le Gamma", "La mairie rouvre", "fr"]
    ]
    assert corpus.quarantine["reason"].tolist() == ["unreadable document"]


FACTIVA = """
HD
Town hall reopens
BY
Ann Lee
WC
120 words
PD
16 August 2021
SN
The Alpha Gazette
SC
ALPHA
LA
English
LP
The town hall reopened on Monday.

It had been closed.
TD
Visitors came
at once.

AN
Document ALPHA00020210816eh8g0001a


HD       Second story
PD       17 August 2021
SN       Beta
LA       German
LP       Only a lead.
Document BETA000020210817eh8h0002b
"""


def test_factiva(tmp_path):
    (tmp_path / "f.txt").write_text(FACTIVA, encoding="utf-8")
    corpus = read_corpus(tmp_path / "f.txt")
    assert corpus.provenance["dialect"] == "Factiva"
    assert corpus.articles[["article_id", "outlet", "title", "text", "language"]].to_numpy().tolist() == [
        ["ALPHA00020210816eh8g0001a", "The Alpha Gazette", "Town hall reopens",
         "The town hall reopened on Monday.\nIt had been closed.\nVisitors came at once.", "en"],
        ["BETA000020210817eh8h0002b", "Beta", "Second story", "Only a lead.", "de"],
    ]  # fmt: skip


def test_factiva_bodies_keep_lines_that_begin_like_fields(tmp_path):
    (tmp_path / "f.txt").write_text(
        "HD Town hall reopens\nPD 16 August 2021\nET 17:45\nSN Alpha\nLA English\nLP\nIN THE END it reopened.\n\n"
        "TD AN OFFICIAL said so.\n\nBY NOON it was full.\n\nCO halls : Halls Ltd | town : Town\nIN i1 : Building\n"
        "AN Document ALPHA00020210816eh8g0001a\n",
        encoding="utf-8",
    )
    article = read_corpus(tmp_path / "f.txt").articles.iloc[0]
    assert article["text"] == "IN THE END it reopened.\nAN OFFICIAL said so.\nBY NOON it was full."
    assert article[["article_id", "time"]].tolist() == ["ALPHA00020210816eh8g0001a", "17:45"]


def test_other_text_files_are_explained(tmp_path):
    (tmp_path / "x.txt").write_text("Just some text.", encoding="utf-8")
    with pytest.raises(CorpusError, match="neither a Nexis export .* nor a Factiva export"):
        read_corpus(tmp_path / "x.txt")
    (tmp_path / "y.txt").write_bytes(b"\x00\x01\xff\xfe" * 50)
    with pytest.raises(CorpusError, match="binary file"):
        read_corpus(tmp_path / "y.txt")


def test_hard_inputs_are_read_or_explained(tmp_path):
    long = {**ROW, "id": "long", "text": "word " * 40_000}
    html = {**ROW, "id": "html", "text": "<p>Text with <b>markup</b> &amp; entities.</p>"}
    bidi = {**ROW, "id": "bidi", "text": "\u202eעברית 😀 text\r\nnext\0line"}
    path = tmp_path / "a.jsonl"
    path.write_text("\ufeff" + "\n".join(json.dumps(r) for r in (long, html, bidi)), encoding="utf-8")
    corpus = read_corpus(path)
    assert corpus.texts() == {r["id"]: r["text"] for r in (bidi, html, long)}
    assert corpus.quarantine.empty
