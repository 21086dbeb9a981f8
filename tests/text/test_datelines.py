import hashlib
import json
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.reading import read_corpus
from framing.text import find_datelines
from tests.strategies import MARKS, WORDS, spaced_texts

GOLD = Path(__file__).parents[1] / "golden" / "datelines.jsonl"
GOLD_SHA256 = "942e2a90f70673858e6914bbeb59d2ef251adbb8ce6a301afe36c48d0eae7ace"
ABSENT = {"None", "NA", ""}
PIECES = [
    *(
        "LONDON",
        "Paris",
        "МОСКВА",
        "(Reuters)",
        "/TASS/",
        ", ",
        "May 3",
        "24 июня",
        " - ",
        " — ",
        "&mdash;",
        "**",
        "By ",
    ),
    *("FILE - ", "Source: ", "Read more", "©", "\u200e", "\u00a0", "<p>", "\n", "\n\n", ". ", "The", "AP", "U.S."),
]
dateline_texts = st.lists(st.sampled_from(PIECES + WORDS + MARKS), min_size=1, max_size=40).map("".join)


def dateline_of(corpus):
    """Return place, agency, date and the beginning of the body, or None."""
    found = find_datelines(corpus)
    rows = found[found["kind"] == "dateline"]
    if rows.empty:
        return None
    row = rows.iloc[0]
    fields = [None if pd.isna(row[c]) else row[c] for c in ("place", "agency", "date")]
    return (*fields, corpus.texts()[row["article_id"]][row["body_start"] :])


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
        ("**QUITO (Reuters)** - “We won,” he said", "QUITO", "Reuters", None, "“We"),
        ("<p>QUITO&nbsp;&#8212; Talks began</p>", "QUITO", None, None, "Talks"),
        ("\u200eQUITO\u200f\u00a0(AFP)\u00a0–\u202fTalks began", "QUITO", "AFP", None, "Talks"),
        ("минск, 1 дек &mdash; риа новости, анна ли. министр заявил", "минск", "риа новости", "--12-01", "министр"),
        ("ALICE SPRINGS, 4 de mayo de 2020 (EFE).- El", "ALICE SPRINGS", "EFE", "2020-05-04", "El"),
        ("THE HAGUE (AP) — Judges met", "THE HAGUE", "AP", None, "Judges"),
        ("Bremen. Die Fähre fährt wieder", "Bremen", None, None, "Die"),
        ("CNN  —  Ministers met", None, "CNN", None, "Ministers"),
        ("Vienna CNN — Ministers met", "Vienna", "CNN", None, "Ministers"),
        ("ALBANY, N.Y. (AP) _ Voters went", "ALBANY, N.Y.", "AP", None, "Voters"),
        ("(QQZ) — Ministers met", None, "QQZ", None, "Ministers"),
        ("RIGA - May 3 - Talks began", "RIGA", None, "--05-03", "Talks"),
        ("OSLO — Sen. Ann Lee spoke", "OSLO", None, None, "Sen."),
        ("OSLO — U.S. officials spoke", "OSLO", None, None, "U.S."),
        ("RIGA, Monday, May 3 — Talks began", "RIGA", None, "--05-03", "Talks"),
    ],
)
def test_datelines(make_corpus, text, place, agency, date, body):
    *fields, rest = dateline_of(make_corpus(text))
    assert fields == [place, agency, date]
    assert rest.startswith(body)


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
        "BUDGET TALKS FAIL – MINISTERS LEAVE",
        "SEVEN THINGS THAT WE LEARNED TODAY — Ministers met.",
        "Ankara - İstanbul trains are late.",
        "Paris. The minister likes it.",
        "Oslo (which is in Norway) - The minister likes it.",
        "минск — город",
        "DENVER, CO - MAY 3: Voters leave a school in the rain",
        "(VIDEO) — Voters leave a school in the rain.",
        "CNN - the network - was late.",
        "Reuters reported - wrongly - that it rained.",
    ],
)
def test_no_dateline(make_corpus, text):
    assert dateline_of(make_corpus(text)) is None


def test_an_outlet_is_an_agency(make_corpus):
    text = "Quito (Meridian Wire) Talks began"
    assert dateline_of(make_corpus(text)) is None
    corpus = make_corpus({"text": text, "outlet": "x"}, {"text": "It rained.", "outlet": "Meridian Wire"})
    assert dateline_of(corpus)[:2] == ("Quito", "Meridian Wire")


def test_credits_bylines_and_captions(make_corpus):
    corpus = make_corpus(
        {"text": "By Meridian staff\nWorkers leave, May 3. (Ann Lee/Reuters)\nIt rained.", "outlet": "x"},
        {"text": "By Ann Lee and Bo Ek\nIt rained.\nSource: Meridian Wire", "outlet": "y"},
        {"text": "It rained.", "outlet": "Meridian Wire"},
        {"text": "It rained.\nCopyright 2020 The Associated Press. All rights reserved.", "outlet": "z"},
    )
    found = find_datelines(corpus)
    assert found[["article_id", "kind"]].to_numpy().tolist() == [
        ["a0", "credit"],
        ["a0", "caption"],
        ["a1", "byline"],
        ["a1", "credit"],
        ["a3", "credit"],
    ]
    assert found["agency"].dropna().tolist() == ["Meridian", "Meridian Wire", "The Associated Press"]


def test_footers_are_lines_that_an_outlet_repeats(make_corpus):
    footer = "The Meridian is read by people who like rain."
    rows = [{"text": f"Story {k} is new.\n{footer}", "outlet": "A", "article_id": f"x{k}"} for k in range(3)]
    other = {"text": f"One story.\n{footer}", "outlet": "B", "article_id": "y"}
    found = find_datelines(make_corpus(*rows, other))
    assert found[["article_id", "kind", "surface"]].to_numpy().tolist() == [
        [f"x{k}", "footer", footer] for k in range(3)
    ]


def test_a_footer_on_the_line_of_the_report(make_corpus):
    footer = "The Meridian is read by people who like rain."
    rows = [{"text": f"Story {k} is new. {footer}", "outlet": "A"} for k in range(3)]
    assert find_datelines(make_corpus(*rows))["surface"].tolist() == [footer] * 3


def test_versions_of_one_story_are_no_footers(make_corpus):
    """Reporting that an outlet repeats from version to version is no furniture, nor are a wire's copies."""
    shared = [f"Paragraph {k} of the report says what the ministers of the two countries had agreed." for k in range(9)]
    rows = [{"text": "\n".join([f"Version {k}.", *shared]), "outlet": "A"} for k in range(4)]
    copies = [{"text": "\n".join(shared), "outlet": f"B{k}"} for k in range(4)]
    assert find_datelines(make_corpus(*rows, *copies)).empty


def test_background_and_footnotes_are_no_footers(make_corpus):
    background = "The two countries have argued about the river for many years, and no treaty was signed."
    note = "*The group is listed and banned in some country"
    rows = [
        {"text": "\n".join([*(f"Line {k}{i} of it." for i in range(5)), background] * 2 + [note]), "outlet": "A"}
        for k in range(4)
    ]
    assert background not in set(find_datelines(make_corpus(*rows))["surface"])
    assert note not in set(find_datelines(make_corpus(*rows))["surface"])


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "Story continues below",
        "Read more: Rain falls",
        "Sign up for our newsletter!",
        "Follow us on Twitter",
        "Share on Facebook",
        "© 2021 Meridian. All rights reserved.",
        "Scroll down for video",
        "Share Tweet Email",
        "Реклама",
        "Читайте также: дождь",
        "Подписывайтесь на наш канал",
        "Anzeige",
        "Lesen Sie auch: Regen",
        "Publicité",
        "Lire aussi : la pluie",
    ],
)
def test_furniture_by_its_form(make_corpus, line):
    found = find_datelines(make_corpus(f"It rained.\n{line}\nIt rained again."))
    assert found[["kind", "surface"]].to_numpy().tolist() == [["furniture", line]]


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell in Oslo.",
        "Read the letter, he told them.",
        "Related companies paid more tax.",
        "Advertisement spending fell by a tenth.",
        "Subscribe or leave, she told them.",
        "Videos of the fire were shared widely.",
        "Follow the money, he said.",
        "Most voters stayed at home.",
        "Comments by the minister angered voters.",
        "Читать он не любил.",
        "Anzeigen gegen den Minister wurden geprüft.",
        "Copyright law will change, the ministry said.",
        "More from him was not to be expected.",
    ],
)
def test_reporting_is_no_furniture(make_corpus, line):
    assert find_datelines(make_corpus(f"It rained.\n{line}\nIt rained again.")).empty


@given(st.one_of(dateline_texts, spaced_texts))
@settings(max_examples=200)
def test_spans_are_exact_and_nothing_raises(text):
    if not text.strip():
        return
    corpus = read_corpus(pd.DataFrame({"article_id": ["a"], "outlet": ["x"], "text": ["w\n" + text], "title": [text]}))
    found = find_datelines(corpus)
    corpus.check_spans(found)
    given_text = corpus.texts()["a"]
    for row in found.to_dict("records"):
        for part in ("place", "agency"):
            assert pd.isna(row[part]) or row[part] in row["surface"]
        assert pd.isna(row["body_start"]) or row["end"] <= row["body_start"] <= len(given_text)
        assert row["kind"] == "dateline" or pd.isna(row["body_start"])


@given(st.lists(dateline_texts, min_size=4, max_size=8), st.randoms())
@settings(max_examples=50)
def test_neither_the_order_nor_other_outlets_texts_matter(texts, random):
    frame = pd.DataFrame(
        {
            "article_id": [f"a{k}" for k in range(len(texts))],
            "outlet": ["x" if k < len(texts) - 2 else "y" for k in range(len(texts))],
            "text": ["w " + text for text in texts],
        }
    )
    shuffled = frame.sample(frac=1, random_state=random.randrange(1000))
    changed = frame.assign(text=frame["text"].where(frame["outlet"] == "x", "Read more\nw"))
    found = find_datelines(read_corpus(frame))
    pd.testing.assert_frame_equal(found, find_datelines(read_corpus(shuffled)))
    ours = set(frame.loc[frame["outlet"] == "x", "article_id"])
    other = find_datelines(read_corpus(changed))
    pd.testing.assert_frame_equal(
        found[found["article_id"].isin(ours)].reset_index(drop=True),
        other[other["article_id"].isin(ours)].reset_index(drop=True),
    )


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "MOSCOW, ",
        "A.",
        "A. ",
        "Paris/",
        "(AP) ",
        "a, ",
        "&mdash;",
        "**",
        "<p",
        ". ",
        "\n(",
        "May 3 ",
        "—",
        "\n",
        "share ",
    ],
)
def test_hostile_input_takes_linear_time(make_corpus, piece):
    corpus = make_corpus(*[{"text": "w" + piece * (1_000_000 // len(piece)), "outlet": "x"}], "It rained.")
    begun = time.process_time()
    find_datelines(corpus)
    assert time.process_time() - begun < 5


def test_many_lines_that_repeat_take_linear_time(make_corpus):
    rows = [
        {"text": "\n".join(f"Line {i} of it is long enough" for i in range(400)), "outlet": "x"} for _ in range(100)
    ]
    corpus = make_corpus(*rows)
    begun = time.process_time()
    find_datelines(corpus)
    assert time.process_time() - begun < 5


def scores(rows, found):
    """Shares: detection P and R, exact start of the body, then P and R of each field."""
    found = found[found["kind"] == "dateline"].set_index("article_id")
    gold = rows[rows["kind"] == "dateline"].set_index("id")
    both = gold.index.intersection(found.index)
    result = {"P": len(both) / len(found), "R": len(both) / len(gold)}
    result["body_start"] = (gold["body_start"] == found["body_start"].reindex(gold.index).fillna(-1)).mean()
    for name in ("place", "agency", "date"):
        predicted, wanted = found[name].dropna(), gold[name].dropna()
        right = sum(wanted.get(key) == value for key, value in predicted.items())
        result[f"{name} P"], result[f"{name} R"] = right / max(len(predicted), 1), right / max(len(wanted), 1)
    return result


def found_in(rows):
    return find_datelines(read_corpus(rows.assign(article_id=rows["id"])[["article_id", "outlet", "text"]]))


def test_constructed_rows():
    assert hashlib.sha256(GOLD.read_bytes()).hexdigest() == GOLD_SHA256
    rows = pd.DataFrame(map(json.loads, GOLD.read_text("utf-8").splitlines()))
    assert min(scores(rows, found_in(rows)).values()) >= 0.98


@pytest.mark.shared
def test_datelines_of_real_reports(shared_data):
    rows = pd.read_json(shared_data / "sourcing" / "datelines.jsonl", lines=True, dtype=False)
    rows = rows.assign(outlet=rows["outlet"].fillna("?"))
    found = found_in(rows)
    result = {name: value for name, value in scores(rows, found).items() if not name.startswith("date ")}
    assert min(result.values()) >= 0.98
    captions = set(rows.loc[rows["kind"] == "photo_caption", "id"])
    assert not captions & set(found.loc[found["kind"] == "dateline", "article_id"])


@pytest.mark.shared
def test_agencies_of_real_articles(shared_data):
    rows = pd.read_json(shared_data / "sourcing" / "polnear.jsonl", lines=True, dtype=False).drop_duplicates("id")
    found = found_in(rows)
    credited = found[found["kind"].isin(["dateline", "credit"])].dropna(subset="agency")
    names = {(row.article_id, row.agency.lower()) for row in credited.itertuples()}
    wire = {(row.id, row.wire.lower()) for row in rows.itertuples() if row.wire not in ABSENT}
    assert len(names & wire) / len(names) >= 0.985
    assert len(names & wire) / len(wire) >= 0.9


@pytest.mark.shared
def test_furniture_of_real_pages(shared_data):
    rows = pd.read_json(shared_data / "events" / "g5.jsonl", lines=True, dtype=False)
    found = found_in(rows)
    marked = found[found["kind"].isin(["footer", "furniture"])]
    assert 135 <= len(marked) <= 160  # all of them read, none of them reporting: tests/benchmarks/README.md
    assert marked["surface"].str.contains("Advertisement|Read more|Newsletter|Scroll|We pay|Photo|Video").mean() > 0.5
