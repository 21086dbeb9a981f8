"""Shapes in which real exports arrive; the field names are the tools' own, the content is ours."""

import gzip
import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from framing.errors import CorpusError
from framing.reading import read_corpus

ROW = {"id": "x1", "outlet": "Alpha", "title": "One", "text": "Text one.", "published": "2021-08-16"}


def dump(path, *values, **options):
    path.write_text("\n".join(json.dumps(v, ensure_ascii=False, **options) for v in values), encoding="utf-8")
    return path


def test_news_please_writes_one_json_file_per_article(tmp_path):
    for k, published in enumerate(["2021-08-16 17:03:00", "None", None]):
        article = {
            "authors": ["Ann Lee", "Bo Ek"], "date_download": "2021-09-01 10:00:00", "date_modify": "None",
            "date_publish": published, "description": "D", "filename": f"f{k}.json", "image_url": None,
            "language": "en", "localpath": None, "maintext": f"Body {k}.", "source_domain": "www.a.example",
            "text": None, "title": "T", "title_page": None, "title_rss": None, "url": f"https://a.example/{k}",
        }  # fmt: skip
        dump(tmp_path / f"f{k}.json", article, indent=2)
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    for source, ids in (
        (tmp_path, ["f0", "f1", "f2"]),
        (f"{tmp_path}/*.json", [f"f{k}.json-000001" for k in range(3)]),
    ):
        corpus = read_corpus(source)
        assert corpus.article_ids == ids
        assert corpus.articles["text"].tolist() == ["Body 0.", "Body 1.", "Body 2."]
        assert corpus.articles["published"].notna().tolist() == [True, False, False]
        assert corpus.articles["authors"].tolist() == ['["Ann Lee", "Bo Ek"]'] * 3
        assert corpus.quarantine["reason"].tolist() == ["unreadable file"]


def test_trafilatura_names_the_address_source_and_gives_copies_one_fingerprint(tmp_path):
    article = {
        "title": "T", "author": None, "hostname": "a.example", "date": "2021-08-16", "fingerprint": "6508ab397fd7acd8",
        "id": None, "license": None, "comments": "", "raw_text": "Body one. Body two.", "text": "Body one.\nBody two.",
        "language": None, "image": None, "pagetype": "article", "filedate": "2021-09-01",
        "source": "https://a.example/x", "source-hostname": "Alpha", "excerpt": None, "categories": "", "tags": "",
    }  # fmt: skip
    copy = {**article, "source": "https://b.example/x", "source-hostname": None, "hostname": "b.example"}
    corpus = read_corpus(dump(tmp_path / "t.jsonl", article, copy))
    assert corpus.provenance["dialect"] == "trafilatura"
    assert corpus.articles[["outlet", "url", "text"]].to_numpy().tolist() == [
        ["Alpha", "https://a.example/x", "Body one.\nBody two."],
        ["b.example", "https://b.example/x", "Body one.\nBody two."],
    ]
    assert corpus.articles["raw_text"].tolist() == ["Body one. Body two."] * 2


def test_media_cloud_and_4cat(tmp_path):
    (tmp_path / "m.csv").write_text(
        "id,indexed_date,language,media_name,media_url,publish_date,title,url,text\n"
        "abc,2021-08-17 01:02:03.5,en,Alpha,a.example,2021-08-16,T,https://a.example/1,Body.\n",
        encoding="utf-8",
    )
    row = read_corpus(tmp_path / "m.csv").articles.iloc[0]
    assert row[["article_id", "outlet", "language", "media_url", "published_precision"]].tolist() == [
        "abc", "Alpha", "en", "a.example", "day"
    ]  # fmt: skip
    (tmp_path / "4.csv").write_text(
        "id,thread_id,timestamp,unix_timestamp,link,subject,body,author,source,language_guess\n"
        '1,1,2021-08-16 19:45:00,1629135900,https://x.example/1,,"Body, one",alpha,Some App,en\n',
        encoding="utf-8",
    )
    corpus = read_corpus(tmp_path / "4.csv")
    row = corpus.articles.iloc[0]
    assert row[["outlet", "language", "url", "source"]].tolist() == ["alpha", "en", "https://x.example/1", "Some App"]
    assert row["published"].isoformat() == "2021-08-16T17:45:00+00:00"
    assert corpus.provenance["dates"] == {}


def test_names_are_found_whatever_their_case_and_nothing_is_hidden(tmp_path):
    (tmp_path / "a.CSV").write_text(
        '"","Doc ID","Publisher","Source","Headline","Full-Text","Pub Date","note","note"\n'
        '"1","d1","Alpha","wire","One","Text one.","NA","n1","n2"\n',
        encoding="utf-8",
    )
    corpus = read_corpus(tmp_path / "a.CSV")
    row = corpus.articles.iloc[0]
    assert row[["article_id", "outlet", "title", "text"]].tolist() == ["d1", "wire", "One", "Text one."]
    assert row[["", "Publisher", "note", "note.2"]].tolist() == ["1", "Alpha", "n1", "n2"]
    twice = read_corpus(pd.DataFrame([["A", "Text.", "Again."]], columns=["outlet", "text", "text"]))
    assert twice.articles[["text", "text.2"]].to_numpy().tolist() == [["Text.", "Again."]]
    mapped = read_corpus(pd.DataFrame([{"outlet": "A", "text": "Teaser.", "body": "Text."}]), columns={"text": "body"})
    assert mapped.articles[["text", "text_in_source"]].to_numpy().tolist() == [["Text.", "Teaser."]]


@pytest.mark.parametrize(
    "content",
    [
        '{"x1": {"outlet": "Alpha", "text": "Text one."}}',
        '{"status": "ok", "articles": [{"id": "x1", "source": {"id": null, "name": "Alpha"}, "content": "Text one."}]}',
        '{\n "id": "x1",\n "outlet": "Alpha", "text": "Text one."\n}\n{"id": "x2", "outlet": "B", "text": "T"}',
        '{"id": "x1", "outlet": "Alpha", "text": "Text one."}\n{"id": "x2", "outlet": "B", "text": "T"}\n',
        '[{"id": "x1", "outlet": "Alpha", "text": "Text one."}]',
    ],
)
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_json_in_many_arrangements(tmp_path, content, ending):
    (tmp_path / f"a{ending}").write_text(content, encoding="utf-8")
    first = read_corpus(tmp_path / f"a{ending}").articles.iloc[0]
    assert first[["article_id", "outlet", "text"]].tolist() == ["x1", "Alpha", "Text one."]


def test_ways_of_quoting_are_found(tmp_path):
    said = '"We came back", she said; it was "late".'
    texts = {
        "r.csv": '"id","outlet","text"\n"1","A","{}"\n"2","B","two\nlines"\n'.format(said.replace('"', '\\"')),
        "doubled.csv": 'id;outlet;text;score\n1;A;"{}";0,5\n2;B;"two\nlines";1,5\n'.format(said.replace('"', '""')),
        "bare.tsv": f"id\toutlet\ttext\n1\tA\t{said}\n2\tB\ttwo lines\n",
        "rownames.tsv": '"id"\t"outlet"\t"text"\n"r1"\t1\tA\t"{}"\n"r2"\t2\tB\ttwo lines\n'.format(
            said.replace('"', '\\"')
        ),
        "hint.csv": 'sep=|\nid|outlet|text\n1|A|"{}"\n2|B|two lines\n'.format(said.replace('"', '""')),
    }
    for name, content in texts.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        corpus = read_corpus(tmp_path / name)
        assert corpus.texts()["1"] == said, name
        assert corpus.texts()["2"].split() == ["two", "lines"], name
        assert corpus.quarantine.empty


def test_a_stray_quotation_mark_is_reported_and_changes_nothing(tmp_path):
    (tmp_path / "a.csv").write_text('outlet,text\nA,"He" said.\nB,Fine.\n', encoding="utf-8")
    corpus = read_corpus(tmp_path / "a.csv")
    assert corpus.articles["text"].tolist() == ["Fine."]
    assert corpus.quarantine["detail"][0].startswith("line 2: ',' expected after '\"'")


def test_parquet_with_nested_and_typed_columns(tmp_path):
    frame = pd.DataFrame(
        {
            "id": [7, 8], "outlet": pd.Categorical(["A", "B"]), "text": ["One.", "Two."], "authors": [["x", "y"], []],
            "meta": [{"section": "news"}, None], "published": pd.to_datetime(["2021-08-16", "2021-08-17"], utc=True),
        }
    )  # fmt: skip
    frame.to_parquet(tmp_path / "a.PARQUET")
    corpus = read_corpus(tmp_path / "a.PARQUET")
    assert corpus.article_ids == ["7", "8"]
    assert corpus.articles["authors"].tolist() == ['["x", "y"]', "[]"]
    assert corpus.articles["meta"].tolist()[0] == '{"section": "news"}'


def test_excel_with_real_dates_and_further_sheets(tmp_path):
    rows = pd.DataFrame(
        [{**ROW, "id": 1, "published": pd.Timestamp("2021-08-16")}, {**ROW, "id": None, "published": "16.08.2021"}]
    )
    with pd.ExcelWriter(tmp_path / "a.XLSX") as book:
        rows.to_excel(book, sheet_name="first", index=False)
        rows.to_excel(book, sheet_name="second", index=False)
    corpus = read_corpus(tmp_path / "a.XLSX")
    assert corpus.article_ids == ["1", "row-000002"]
    assert corpus.articles["published"].tolist() == [datetime(2021, 8, 16, tzinfo=UTC)] * 2
    assert corpus.articles["published_precision"].tolist() == ["day", "day"]
    assert corpus.quarantine["reason"].tolist() == ["sheet is not read"]


@pytest.mark.parametrize("ending", [".jsonl", ".json", ".csv", ".tsv", ".txt"])
def test_every_text_format_may_be_packed(tmp_path, ending):
    separator = "\t" if ending == ".tsv" else ","
    content = {
        ".jsonl": json.dumps(ROW),
        ".json": json.dumps([ROW]),
        ".txt": "1 of 1 DOCUMENTS\n\nAlpha\n\nAugust 16, 2021\n\nOne\n\nLENGTH: 2 words\n\nText one.\n",
    }.get(ending, separator.join(ROW) + "\n" + separator.join(ROW.values()) + "\n")
    path = tmp_path / f"a{ending.upper()}.GZ"
    path.write_bytes(gzip.compress(content.encode()))
    assert read_corpus(path).articles[["outlet", "title", "text"]].to_numpy().tolist() == [
        ["Alpha", "One", "Text one."]
    ]


def test_files_without_identifiers_stay_apart(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        dump(tmp_path / folder / "a.jsonl", {"outlet": folder, "text": "Text."})
    corpus = read_corpus(f"{tmp_path}/*/a.jsonl")
    assert corpus.article_ids == ["one/a.jsonl-000001", "two/a.jsonl-000001"]
    assert corpus.quarantine.empty
    dump(tmp_path / "two" / "a.jsonl", {"outlet": "two", "headline": "No text."})
    corpus = read_corpus(f"{tmp_path}/*/a.jsonl")
    assert corpus.quarantine[["source", "reason"]].to_numpy().tolist() == [["two/a.jsonl", "unreadable file"]]


def test_metadata_that_repeat_or_break_are_reported(tmp_path):
    (tmp_path / "one.TXT").write_text("First text.", encoding="utf-8")
    (tmp_path / "two.txt").write_text("", encoding="utf-8")
    (tmp_path / "meta.csv").write_text(
        "File,outlet,date\none.TXT,Alpha,16 août 2021\none.TXT,Beta,\ntwo,Alpha,\nbroken\n", encoding="utf-8"
    )
    corpus = read_corpus(tmp_path)
    assert corpus.articles[["article_id", "outlet"]].to_numpy().tolist() == [["one", "Alpha"]]
    assert set(corpus.quarantine["reason"]) == {"duplicate id", "unreadable file", "unreadable row"}


def test_nexis_bodies_keep_lines_that_look_like_tags(tmp_path):
    (tmp_path / "n.txt").write_text(
        "Download Request: Selected Items: 1-1\n\n  1 of 1 DOCUMENT\n\n  Alpha\n\n  1er août 2021\n\nOne\n\n"
        "LENGTH: 9 words\n\nHIGHLIGHT: A summary.\n\nFirst paragraph.\n\nUPDATE: the hall is open.\n\nLast.\n\n"
        "GRAPHIC: Photo, the hall\n\nLOAD-DATE: August 2, 2021\n\nLANGUAGE: ENGLISH\n\nSUBJECT: HALLS (90%)\n\n"
        "Copyright 2021 Alpha\nAll Rights Reserved\n",
        encoding="utf-8",
    )
    article = read_corpus(tmp_path / "n.txt").articles.iloc[0]
    assert article["text"] == "First paragraph.\nUPDATE: the hall is open.\nLast."
    assert article["published"].isoformat() == "2021-08-01T00:00:00+00:00"


def test_lists_without_bodies_are_refused_alone_and_set_aside_among_others(tmp_path):
    articles = [{"url": "u", "seendate": "20210816T100000Z", "domain": "a", "sourcecountry": "x", "title": "T"}]
    dump(tmp_path / "gdelt.json", {"articles": articles})
    with pytest.raises(CorpusError, match="a GDELT article list holds addresses and headlines"):
        read_corpus(tmp_path / "gdelt.json")
    dump(tmp_path / "other.json", [ROW])
    assert len(read_corpus(f"{tmp_path}/*.json")) == 1
