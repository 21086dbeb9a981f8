"""Converters of public corpora, on tiny files of the same shape in words of our own."""

import csv
import json
import re
import tomllib

import pandas as pd
import pytest

from framing.errors import CorpusError
from framing.reading import list_corpora, read_corpus
from framing.reading.public import CONVERTERS

PUBLIC = {"allsides-2021", "babe", "basil", "ecb-plus", "giveme5w1h", "polnear"}


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def converted(name, folder):
    """Convert, and let the corpus and the gold be checked as a user's would be."""
    found = CONVERTERS[name](folder)
    corpus = read_corpus(pd.DataFrame(list(found.articles)))
    gold = {table: pd.DataFrame(list(rows)) for table, rows in found.gold.items()}
    for table in gold.values():
        if "surface" in table.columns:
            corpus.check_spans(table)
    return corpus.articles.set_index("article_id"), gold


def basil(folder, name="t1_1", source="NYT", **note):
    raw = {
        "title": "Cafe\u0301 row",
        "date": "2015-03-01",
        "url": "https://example.org",
        "source": source,
        "main-entities": ["A", "B"],
        "main-event": "Row",
        "triplet-uuid": "t1",
        "uuid": "same",
        "body-paragraphs": [["A cafe\u0301 opened.", "It shut."], ["A shameless trick."]],
    }
    defaults = {"target": "A", "polarity": "neg", "aim": "dir", "quote": "no", "speaker": ""}
    put(folder / "articles" / "2015" / f"{name}.json", raw)
    notes = {"phrase-level-annotations": [{**defaults, **note}] if note else []}
    put(folder / "annotations" / "2015" / f"{name}_ann.json", notes)


def test_basil_spans_count_sentences_of_the_whole_text(tmp_path):
    basil(tmp_path, id="p2", start=2, end=11, txt="shameless", bias="lex")
    basil(tmp_path, "t1_2", "fox", id="title", start=0, end=5, txt="Cafe\u0301", bias="inf")
    articles, gold = converted("basil", tmp_path)
    assert articles["text"].tolist() == ["A café opened. It shut.\nA shameless trick."] * 2
    assert articles["outlet"].tolist() == ["New York Times", "Fox News"]
    assert gold["bias"][["article_id", "field", "start", "surface", "kind"]].to_numpy().tolist() == [
        ["t1_1", "text", 26, "shameless", "lexical"],
        ["t1_2", "title", 0, "Café", "informational"],
    ]
    assert gold["events"]["event_id"].tolist() == ["t1", "t1"]


def test_basil_refuses_annotations_of_another_text(tmp_path):
    basil(tmp_path, id="p2", start=0, end=9, txt="shameless", bias="lex")
    with pytest.raises(CorpusError, match="t1_1: annotation p2 does not hold its text"):
        converted("basil", tmp_path)
    basil(tmp_path, id="p2", start=0, end=99, txt="shameless", bias="lex")
    with pytest.raises(CorpusError, match="t1_1: 0 to 99 is no span of a text of 18"):
        converted("basil", tmp_path)


def ecb(folder, name, *sentences):
    tokens = [
        f'<token t_id="{k}" sentence="{number}" number="{k}">{token}</token>'
        for number, sentence in enumerate(sentences)
        for k, token in enumerate(sentence.split())
    ]
    topic = name.split("_")[0]
    put(folder / "ECB+_LREC2014" / "ECB+" / topic / f"{name}.xml", f"<Document>{''.join(tokens)}</Document>")


def test_ecb_plus_joins_tokens_and_takes_the_address_off(tmp_path):
    ecb(tmp_path, "3_1ecbplus", "http : / / www . site . org / a - b", "The title !", "He did n't ( yet ) , at 5 % .")
    ecb(tmp_path, "3_1ecb", "Only a title", "`` No , '' she said .")
    ecb(tmp_path, "12_4ecb", "One line alone .")
    articles, gold = converted("ecb_plus", tmp_path)
    plus = articles.loc["3_1ecbplus"]
    assert (plus["outlet"], plus["url"]) == ("site.org", "http://www.site.org/a-b")
    assert (plus["title"], plus["text"]) == ("The title!", "He didn't (yet), at 5%.")
    assert articles.loc["3_1ecb", ["outlet", "text"]].tolist() == ["unknown", "`` No, '' she said."]
    assert articles.loc["12_4ecb", "text"] == "One line alone."
    assert dict(zip(gold["events"]["article_id"], gold["events"]["event_id"], strict=True)) == {
        "3_1ecbplus": "3_plus",
        "3_1ecb": "3_ecb",
        "12_4ecb": "12_ecb",
    }


def test_giveme5w1h_takes_events_and_leaves_out_what_has_no_text(tmp_path):
    data = tmp_path / "Giveme5W1H" / "examples" / "datasets" / "news_cluster" / "data"
    cluster = {"EventId": 7, "Event": "flood", "Topic": "weather", "Category": "world"}
    raw = {"dId": "x", "source_domain": "a.org", "title": None, "text": "Rain.", "date_publish": "2017-01-02T03:04:05"}
    put(data / "x.json", {**raw, "url": "u", "newsCluster": cluster})
    put(data / "y.json", {**raw, "dId": "y", "text": " ", "url": "u", "newsCluster": cluster})
    articles, gold = converted("giveme5w1h", tmp_path)
    assert articles[["outlet", "text", "event_id"]].to_numpy().tolist() == [["a.org", "Rain.", "7"]]
    assert gold["events"].to_numpy().tolist() == [["x", "7"]]


def test_allsides_makes_one_article_of_each_side(tmp_path):
    side = {"newsSource": "Paper", "newsTitle": "Head", "newsLink": "u", "newBody": ["One. ", " ", "Two."]}
    roundup = {
        "id": 5,
        "issue": "Story",
        "topic": "Tax",
        "link": "/story/s",
        "date": "2021-10-18T23:00:00-07:00",
        "roundup": ["Editors' words."],
        "news": {"left": side, "right": {**side, "newsSource": "Other"}, "center": {**side, "newBody": []}},
    }
    path = tmp_path / "data" / "raw_crawled" / "headline_11_2021-10-19_crawled_all.jsonl"
    put(path, "\n".join([json.dumps(roundup)] * 2) + "\n")
    articles, gold = converted("allsides", tmp_path)
    assert articles.index.tolist() == ["5_left", "5_right"]
    assert articles["text"].tolist() == ["One.\nTwo."] * 2
    assert articles["published"].astype(str).str[:10].tolist() == ["2021-10-18"] * 2
    assert "Editors" not in " ".join(articles["text"])
    assert gold["events"]["event_id"].tolist() == ["/story/s", "/story/s"]


COLUMNS = [
    "compartment",
    "filename",
    "publisher",
    "publication_date",
    "author",
    "title",
    "annotators",
    "credit",
    "wire",
]


def polnear(folder, *rows):
    lines = [COLUMNS, *([row.get(column, "None") for column in COLUMNS] for row in rows)]
    put(folder / "data" / "metadata.tsv", "\n".join("\t".join(line) for line in lines) + "\n")


def test_polnear_joins_attributions_and_keeps_coders_apart(tmp_path):
    part = tmp_path / "data" / "train"
    polnear(
        tmp_path,
        {"compartment": "train", "filename": "a", "publisher": "nyt", "publication_date": "2016-01-01", "title": "T",
         "annotators": "c1|c2", "wire": "AP"},
        {"compartment": "parc3-replication", "filename": "z", "publisher": "wsj"},
    )  # fmt: skip
    put(part / "text" / "a.txt", "Re\u0301my said it was, he added, late.")
    marks = ["T1\tSource 0 5\tRe\u0301my", "T2\tCue 6 10\tsaid", "T3\tContent 11 17;29 33\tit was late",
             "T4\tAttribution 6 10\tsaid", "E1\tAttribution:T4 Content:T3 Cue:T2 Source:T1"]  # fmt: skip
    put(part / "attributions" / "a_c1.ann", "\n".join(marks))
    put(part / "attributions" / "a_c2.ann", "")
    articles, gold = converted("polnear", tmp_path)
    assert articles[["outlet", "agency", "split"]].to_numpy().tolist() == [["New York Times", "AP", "train"]]
    found = gold["attributions"].sort_values("start")
    assert found[["role", "surface", "coder", "attribution_id"]].to_numpy().tolist() == [
        ["source", "Rémy", "c1", "E1"],
        ["cue", "said", "c1", "E1"],
        ["content", "it was", "c1", "E1"],
        ["content", "late", "c1", "E1"],
    ]


@pytest.mark.parametrize(("wire", "agency"), [("AP", "AP"), ("reuters", "Reuters"), ("h/t: Mail", None), ("NA", None)])
def test_polnear_takes_wire_services_only_as_agency(tmp_path, wire, agency):
    row = {"filename": "a", "publisher": "politico", "publication_date": "2016-01-01", "title": "T"}
    polnear(tmp_path, {**row, "compartment": "dev", "annotators": "c", "wire": wire, "credit": "h/t: Mail"})
    put(tmp_path / "data" / "dev" / "text" / "a.txt", "A text.")
    put(tmp_path / "data" / "dev" / "attributions" / "a_c.ann", "")
    articles, gold = converted("polnear", tmp_path)
    found = articles["agency"].iloc[0]
    assert (None if pd.isna(found) else found) == agency
    assert articles["credited_outlet"].iloc[0] == "h/t: Mail"
    assert gold["attributions"].empty


def test_babe_marks_only_words_that_stand_once(tmp_path):
    header = "text;news_link;outlet;topic;type;label_bias;label_opinion;biased_words"
    row = "A vile, vile plot by vilest men. ;u;Paper;tax;left;Biased;Opinion;\"['plot', 'vile', 'Vilest', 'gone']\""
    put(tmp_path / "data" / "final_labels_SG2.csv", f"\ufeff{header}\n{row}\n")
    articles, gold = converted("babe", tmp_path)
    assert articles["text"].tolist() == ["A vile, vile plot by vilest men."]
    assert articles["biased_words"].tolist() == ["Vilest; gone; plot; vile"]
    assert sorted(gold["biased_words"]["surface"]) == ["plot", "vilest"]


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_public_corpus_is_described_and_brings_no_text(name):
    folder = list_corpora()[name].parent
    described = tomllib.loads((folder / "corpus.toml").read_text("utf-8"))
    assert {path.name for path in folder.iterdir()} == {"corpus.toml", "README.md", "SHA256SUMS"}
    assert {"title", "licence", "permits", "source", "cite", "traps", "fields", "gold"} <= set(described)
    assert described["name"] == name
    fetch = described["fetch"]
    assert fetch["converter"] in CONVERTERS
    assert re.fullmatch(r"[0-9a-f]{40}", fetch["commit"])
    assert fetch["url"].startswith("https://")
    assert "{commit}/{path}" in fetch["url"]
    assert re.fullmatch(r"[0-9a-f]{64}", described["articles"]["sha256"])
    rows = list(csv.reader((folder / "SHA256SUMS").read_text("utf-8").splitlines(), delimiter=" "))
    assert rows
    assert all(re.fullmatch(r"[0-9a-f]{64}", row[0]) for row in rows)
    card = (folder / "README.md").read_text("utf-8")
    assert described["licence"] in card
    assert fetch["commit"][:12] in card
