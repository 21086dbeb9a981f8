import re

import pandas as pd
import pytest
from hypothesis import given, settings

from framing.reading import read_corpus
from framing.schema import empty
from framing.text import (
    find_datelines,
    find_quotations,
    find_sentences,
    mask_spans,
    masked_texts,
    tokenize,
)
from tests.strategies import spaced_texts, texts


@pytest.mark.parametrize("pattern", [r"(?u)\b\w\w+\b", r"\w+", r"\w+(?:['’-]\w+)*", r"\S+|\s", r"(?<=\s)\w+"])
@given(text=texts)
@settings(max_examples=60)
def test_tokens_are_what_the_pattern_finds(pattern, text):
    given_texts = [text, "", "The İstanbul " + text]
    tokens = tokenize(given_texts, pattern)
    for i, one in enumerate(given_texts):
        assert tokens.vocabulary[tokens.of(i)].tolist() == re.findall(pattern, one.lower())
        spans = tokens.offsets(one)
        assert len(spans) == len(tokens.of(i))
        assert all(0 <= a < b <= len(one) for a, b in spans)


def test_token_spans_hold_the_words():
    text = "İstanbul’da ÇOK güzel"
    tokens = tokenize([text], r"\w+")
    assert [text[a:b] for a, b in tokens.offsets(text)][-2:] == ["ÇOK", "güzel"]


@given(spaced_texts)
def test_odd_marks_never_raise_and_spans_are_exact(text):
    if not text.strip():
        return
    corpus = read_corpus(pd.DataFrame({"article_id": ["a"], "outlet": ["x"], "text": ["w " + text], "title": [text]}))
    for table in (find_quotations(corpus), find_datelines(corpus), find_sentences(corpus)):
        corpus.check_spans(table)


@pytest.mark.parametrize(
    ("text", "place", "agency", "date", "body"),
    [
        (
            "LISBON (Outer News / Inner - 16th August, 2021) UK ministers",
            "LISBON",
            "Outer News / Inner",
            "2021-08-16",
            "UK",
        ),
        ("MINSK, June 24. /TASS/. Officials said", "MINSK", "TASS", "--06-24", "Officials"),
        ("OSLO/BERN (Reuters) - Talks began", "OSLO/BERN", "Reuters", None, "Talks"),
        ("BOGOTA—Ministers met", "BOGOTA", None, None, "Ministers"),
        ("(CNN) Ministers met", None, "CNN", None, "Ministers"),
        ("Quito (CNN) Ministers met", "Quito", "CNN", None, "Ministers"),
        ("TUNIS, 10 août (Xinhua) -- Le ministre", "TUNIS", "Xinhua", "--08-10", "Le"),
        ("Berlin, 3. Mai (dpa) - Der Minister", "Berlin", "dpa", "--05-03", "Der"),
        ("МИНСК, 24 июн — РИА Новости. Министр заявил", "МИНСК", "РИА Новости", "--06-24", "Министр"),
        ("A headline.\n\nBy Ann Lee\n\nDAYTON, Ohio (AP) — Voters went", "DAYTON, Ohio", "AP", None, "Voters"),
        ("GENEVA (Unheard Wire) - Talks began", "GENEVA", "Unheard Wire", None, "Talks"),
    ],
)
def test_datelines(make_corpus, text, place, agency, date, body):
    corpus = make_corpus(text)
    found = find_datelines(corpus)
    row = found[found["kind"] == "dateline"].iloc[0]
    assert [None if pd.isna(row[c]) else row[c] for c in ("place", "agency", "date")] == [place, agency, date]
    assert text[row["body_start"] :].startswith(body)


@pytest.mark.parametrize(
    "text",
    [
        "NATO — the alliance — met on Monday.",
        "UPDATE — Ministers met.",
        "The minister (Ann Lee) met them — twice.",
        "Ministers met in Oslo, May 3, 2021. (Ann Lee/Reuters)",
        "FILE - In this May 3, 2021 photo, ministers meet.",
        "In Oslo (Norway) ministers met.",
        "GDP: Figures rose.",
    ],
)
def test_no_dateline(make_corpus, text):
    found = find_datelines(make_corpus(text))
    assert "dateline" not in set(found["kind"])


def test_credits_bylines_and_captions(make_corpus):
    corpus = make_corpus(
        {"text": "By Meridian staff\nWorkers leave, May 3. (Ann Lee/Reuters)\nIt rained.", "outlet": "x"},
        {"text": "By Ann Lee and Bo Ek\nIt rained.\nSource: Meridian Wire", "outlet": "y"},
        {"text": "It rained.", "outlet": "Meridian Wire"},
    )
    found = find_datelines(corpus)
    assert found[["article_id", "kind"]].to_numpy().tolist() == [
        ["a0", "credit"],
        ["a0", "caption"],
        ["a1", "byline"],
        ["a1", "credit"],
    ]
    assert found["agency"].dropna().tolist() == ["Meridian", "Meridian Wire"]


def test_footers_are_lines_that_an_outlet_repeats(make_corpus):
    footer = "Subscribe to our letter every day."
    rows = [{"text": f"Story {k} is new.\n{footer}", "outlet": "A", "article_id": f"x{k}"} for k in range(3)]
    other = {"text": f"One story.\n{footer}", "outlet": "B", "article_id": "y"}
    found = find_datelines(make_corpus(*rows, other))
    assert found[["article_id", "kind", "surface"]].to_numpy().tolist() == [
        [f"x{k}", "footer", footer] for k in range(3)
    ]


def test_masks_keep_lengths_and_the_text(make_corpus):
    corpus = make_corpus({"title": "T", "text": "KABUL (Wire) - It fell."})
    masks = mask_spans(find_datelines(corpus))
    masked = masked_texts(corpus, masks)["text"]["a0"]
    assert masked == " " * 14 + " It fell."
    assert corpus.texts()["a0"] == "KABUL (Wire) - It fell."
    assert mask_spans(empty("datelines")).empty
    assert masked_texts(corpus, None)["title"] == {"a0": "T"}


def test_overlapping_masks(make_corpus):
    corpus = make_corpus("abcdefgh")
    span = {"article_id": "a0", "field": "text", "kind": "k"}
    masks = pd.DataFrame(
        [{**span, "start": 1, "end": 5, "surface": "bcde"}, {**span, "start": 3, "end": 6, "surface": "def"}]
    )
    assert masked_texts(corpus, masks)["text"]["a0"] == "a     gh"


@pytest.mark.shared
def test_datelines_of_real_reports(shared_data):
    frame = pd.read_json(shared_data / "sourcing" / "datelines.jsonl", lines=True)
    corpus = read_corpus(
        frame.assign(article_id=frame["id"], outlet=frame["outlet"].fillna("?"))[["article_id", "outlet", "text"]]
    )
    found = find_datelines(corpus)
    by_id = found[found["kind"] == "dateline"].set_index("article_id")
    captions = set(frame.loc[frame["kind"] == "photo_caption", "id"])
    assert not captions & set(by_id.index)
    gold = frame[frame["kind"] == "dateline"]
    assert (gold["id"].map(by_id["body_start"]) == gold["body_start"]).mean() >= 0.95
    for column in ("place", "agency"):
        predicted = gold["id"].map(by_id[column])
        assert (predicted[gold[column].notna()] == gold[column].dropna()).mean() >= 0.9
        assert (gold[column][predicted.notna()] == predicted.dropna()).mean() >= 0.95
