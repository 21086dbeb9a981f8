import json
import time
from collections import Counter, defaultdict

import pandas as pd
import pytest

from framing.cues import find_labels, label_counts
from framing.cues.grammar import Reading
from framing.cues.lexicon import load_lexicon
from framing.reading import Corpus
from framing.schema import empty, make
from framing.text import find_datelines, find_quotations

LEXICON = load_lexicon("inserted-labels")


def corpus_of(*rows):
    frame = pd.DataFrame(
        [{"article_id": f"a{i}", "title": "", "outlet": "Gazette", **row} for i, row in enumerate(rows)]
    )
    days = frame["day"] if "day" in frame else pd.Series("2021-08-16", index=frame.index)
    return Corpus(frame.assign(published=pd.to_datetime(days, utc=True), published_precision="day"))


def labels_in(text, language="en", **tables):
    corpus = corpus_of({"text": text, "language": language})
    labels = find_labels(corpus, **tables)
    corpus.check_spans(labels)
    return labels


FORMS = [
    (
        "en",
        "parenthetical",
        "Talks with the Orlan movement (terrorist organization, banned in Russia) began.",
        "Orlan movement",
    ),
    (
        "en",
        "appositive",
        "Talks with the Orlan movement, which is banned in Russia, began on Monday.",
        "Orlan movement",
    ),
    ("en", "appositive", "Talks with the Orlan movement, outlawed in the Russian Federation, began.", "Orlan movement"),
    ("en", "prenominal", "Talks with the banned terrorist group Orlan began on Monday.", "Orlan"),
    ("en", "dash", "Talks with Orlan — a terrorist organization banned in Russia — began on Monday.", "Orlan"),
    (
        "en",
        "footnote",
        "Talks with Orlan* began on Monday.\n\nThey ended.\n\n* Terrorist organization banned in Russia.",
        "Orlan",
    ),
    ("en", "notice", "Talks began.\n\nTHIS MATERIAL WAS PRODUCED BY A FOREIGN AGENT.", None),
    (
        "ru",
        "parenthetical",
        "Переговоры с движением «Орлан» (террористическая организация, запрещена в России) начались.",
        "«Орлан»",
    ),
    ("ru", "appositive", "Переговоры вело движение «Орлан», признанное в России террористическим, вчера.", "«Орлан»"),
    ("ru", "prenominal", "Переговоры с запрещенной в России организацией «Орлан» начались.", "«Орлан»"),
    ("ru", "dash", "В город вошёл «Орлан» — запрещенная в России террористическая организация — вчера.", "«Орлан»"),
    ("ru", "footnote", "В город вошёл «Орлан»*.\n\nЭто было вчера.\n\n* запрещенная в России организация", "«Орлан»"),
    ("ru", "notice", "Начало.\n\nНАСТОЯЩИЙ МАТЕРИАЛ ПРОИЗВЕДЕН ИНОСТРАННЫМ АГЕНТОМ И РАСПРОСТРАНЕН ИМ", None),
]


@pytest.mark.parametrize(("language", "form", "text", "target"), FORMS)
def test_each_form_in_english_and_russian(language, form, text, target):
    labels = labels_in(text, language)
    assert labels["form"].tolist() == [form]
    assert labels["target"].dropna().tolist() == ([] if target is None else [target])


@pytest.mark.parametrize(
    "wording",
    [
        "(outlawed in the Russian Federation)",
        "(which is prohibited on Russian territory)",
        "(recognised as extremist and banned in Russia)",
        "(a terrorist group [banned in Russia])",
        "(movement is designated as terrorist in Russia)",
    ],
)
def test_other_word_orders(wording):
    labels = labels_in(f"He met Orlan {wording} in Kabul.")
    assert labels["surface"].tolist() == [wording]
    assert labels["authority"].tolist() == ["Russia"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", "До міста увійшов «Орлан» (заборонена в Росії організація)."),
        ("de", "Die Gruppe Orlan (in Russland als terroristisch eingestuft) verhandelt nicht mit der Stadt."),
        ("fr", "Le groupe Orlan (organisation terroriste interdite en Russie) négocie avec la ville."),
        ("es", "El grupo Orlan (organización terrorista prohibida en Rusia) negocia con la ciudad."),
        ("tr", "Orlan (Rusya'da yasaklı terör örgütü) ile bir görüşme yapıldı."),
    ],
)
def test_other_languages(language, text):
    labels = labels_in(text, language)
    assert labels["form"].tolist() == ["parenthetical"]
    assert labels["authority"].tolist() == ["Russia"]


@pytest.mark.parametrize(
    "text",
    [
        "Russia banned Orlan on Monday.",
        "The court ruled that Orlan would be banned in Russia.",
        "The ban (such as its apparent effect on people from blacklisted countries returning) was lifted.",
        "Sen. Ann Low (D-Vt.) and the IRGC (Guard) met Bob (47).",
        "Since May, the US has designated Orlan as a terrorist organization.",
        "Alabama, which effectively outlawed abortion, appealed.",
        "The US-led coalition left.",
        "Attacks by terrorists (mostly in the north) went on.",
    ],
)
def test_keywords_without_the_structure_are_no_labels(text):
    assert labels_in(text).empty


def test_typing_attribution_and_voice():
    text = (
        "Orlan, which the United States considers a terrorist organization, left. "
        '"We met Orlan (a terrorist group) there," he said.'
    )
    corpus = corpus_of({"text": text})
    labels = find_labels(corpus, quotations=find_quotations(corpus))
    assert labels[["voice", "authority", "designation"]].to_numpy().tolist() == [
        ["attributed", "US", "terrorist"],
        ["quoted", "outlet", "terrorist"],
    ]
    assert labels["first_mention"].tolist() == [True, False]


NOTE = "Talks with the Taliban movement (terrorist organization, banned in Russia) began."


def obligation(day="2021-08-16", agency=None, **columns):
    row = {"text": NOTE, "day": day, "agency": agency, **columns}
    return find_labels(corpus_of(row)).loc[0, ["origin", "obligation"]].tolist()


def test_obligation_is_judged_at_the_origin_and_the_day():
    assert obligation(agency="UrduPoint News / Sputnik") == ["Sputnik", "regulatory"]
    assert obligation(agency="Sputnik", day="2021-11-09") == ["Sputnik", "unknown"]
    assert obligation(agency="AP") == ["AP", "editorial"]
    assert obligation() == ["Gazette", "unknown"]
    assert obligation(country="RU") == ["Gazette", "regulatory"]
    assert obligation(country="FR") == ["Gazette", "editorial"]


def edit(operation, ours, theirs):
    """An edit from spans (article, start, end, surface)."""
    (a, s, e, words), (b, other_s, other_e, other_words) = ours, theirs
    row = {
        "edit_id": "e1",
        "passage_id": "p1",
        "article_id": a,
        "field": "text",
        "start": s,
        "end": e,
        "surface": words,
    }
    other = {
        "other_id": b,
        "other_field": "text",
        "other_start": other_s,
        "other_end": other_e,
        "other_surface": other_words,
    }
    return make("edits", [{**row, **other, "operation": operation, "type": "bracket"}])


@pytest.mark.parametrize(
    ("words", "by_rule"),
    [("(terrorist organization, banned in Russia)", True), ("(friends of the old harbour mafia)", False)],
)
def test_insertion_speaks_with_and_without_a_rule(words, by_rule):
    clean, marked = "He met Orlan in Kabul.", f"He met Orlan {words} in Kabul."
    corpus = corpus_of({"text": clean}, {"text": marked, "outlet": "Courier"})
    spans = ("a0", 13, 13, ""), ("a1", 13, 14 + len(words), words + " ")
    for edits in (edit("insert", *spans), edit("delete", *spans[::-1])):
        labels = find_labels(corpus, edits=edits)
        assert labels[["article_id", "surface", "target", "form", "edit_id"]].to_numpy().tolist() == [
            ["a1", words, "Orlan", "parenthetical", "e1"]
        ]
        assert labels[["by_rule", "by_insertion"]].to_numpy().tolist() == [[by_rule, True]]


@pytest.mark.parametrize("words", ["(47)", "(D-Vt.)", "(IRGC)"])
def test_inserted_glosses_are_no_labels(words):
    corpus = corpus_of({"text": "He met Ann Orlan in Kabul."}, {"text": f"He met Ann Orlan {words} in Kabul."})
    edits = edit("insert", ("a0", 17, 17, ""), ("a1", 17, 18 + len(words), words + " "))
    assert find_labels(corpus, edits=edits).empty


def campaign(n_events, *, everyone=False):
    rows, events = [], []
    for event in range(n_events):
        for outlet in ("Alpha", "Beta", "Gamma", "Delta"):
            note = " (banned in Russia)" if everyone or outlet == "Alpha" else ""
            name = f"{event}-{outlet}"
            rows.append({"article_id": name, "outlet": outlet, "text": f"Orlan{note} came. Then Orlan left."})
            events.append({"article_id": name, "event_id": f"e{event}", "n_candidates": 3})
    return corpus_of(*rows), make("events", events)


def test_contrast_within_events():
    corpus, events = campaign(5)
    labels = find_labels(corpus, events=events)
    assert labels["by_contrast"].all()
    assert set(labels["carrier"]) == {"Alpha"}
    assert labels["p_value"].to_numpy() == pytest.approx(0.25**5)
    corpus, events = campaign(5, everyone=True)
    assert not find_labels(corpus, events=events)["by_contrast"].any()
    corpus, events = campaign(1)
    alone = find_labels(corpus, events=events)
    assert alone["p_value"].to_numpy() == pytest.approx(0.25)
    assert not alone["by_contrast"].any()


def test_counts_show_who_does_not_label():
    corpus, _ = campaign(3)
    counts = label_counts(corpus, find_labels(corpus)).query("designation == 'any'").reset_index()
    assert counts[["outlet", "entity", "n_mentions", "n_labelled"]].to_numpy().tolist() == [
        ["Alpha", "orlan", 6, 3],
        ["Beta", "orlan", 6, 0],
        ["Delta", "orlan", 6, 0],
        ["Gamma", "orlan", 6, 0],
    ]
    assert counts.loc[0, "share"] == pytest.approx(0.5)
    assert counts.loc[0, "ci_low"] < 0.5 < counts.loc[0, "ci_high"]
    assert counts.loc[0, "first_date"] == pd.Timestamp("2021-08-16", tz="UTC")


def test_nothing_found_gives_empty_tables():
    corpus = corpus_of({"text": "Rain fell."})
    labels = find_labels(
        corpus,
        events=empty("events"),
        edits=empty("edits"),
        datelines=empty("datelines"),
        quotations=empty("quotations"),
    )
    assert labels.empty
    assert list(labels.columns) == list(empty("labels").columns)
    assert label_counts(corpus, labels).empty


def test_result_does_not_depend_on_row_order():
    rows = [{"article_id": f"a{i}", "text": text, "language": code} for i, (code, _, text, _) in enumerate(FORMS)]
    pd.testing.assert_frame_equal(find_labels(corpus_of(*rows)), find_labels(corpus_of(*rows[::-1])))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000 + "banned in Russia" + ")" * 20_000,
        ", which is considered " * 3_000,
        "terrorist group, " * 4_000,
        "* banned in Russia " * 3_000,
        "Orlan* " * 5_000 + "\n* banned in Russia",
        "A " * 20_000 + "(banned in Russia)",
    ],
)
def test_hostile_text_takes_linear_time(text):
    start = time.perf_counter()
    Reading(text, "en", LEXICON).labels()
    assert time.perf_counter() - start < 3


@pytest.mark.shared
def test_seed_story_has_one_label_in_title_and_one_in_text(shared_seed):
    first, rest = shared_seed.read_text(encoding="utf-8").strip().split("\n", 1)
    row = {"title": first.split("2021-08-16", 1)[1].strip(), "text": rest.strip(), "outlet": "UrduPoint"}
    corpus = corpus_of(row)
    labels = find_labels(corpus, datelines=find_datelines(corpus), quotations=find_quotations(corpus))
    corpus.check_spans(labels)
    assert labels["field"].tolist() == ["title", "text"]
    expected = {
        "surface": "(terrorist organization, banned in Russia)",
        "target": "Taliban movement",
        "form": "parenthetical",
        "authority": "Russia",
        "origin": "Sputnik",
        "carrier": "UrduPoint",
        "obligation": "regulatory",
        "voice": "outlet",
        "designation": "banned+terrorist",
    }
    for column, value in expected.items():
        assert labels[column].tolist() == [value, value], column


@pytest.mark.shared
def test_development_labels_keep_their_floors(shared_data):
    rows = [json.loads(line) for line in (shared_data / "sourcing/labels.jsonl").read_text("utf-8").splitlines()]
    seen, found, entities, right, false = Counter(), Counter(), Counter(), Counter(), Counter()
    for row in rows:
        labels = Reading(row["text"], row["lang"], LEXICON).labels()
        hits = [x for x in labels if x.start < row["end"] and row["start"] < x.end]
        key = (row["lang"], row["form"] if row["family"] != "state_media" else "state_media")
        if not row["is_label"]:
            false[row["lang"]] += bool(hits)
            continue
        seen[key] += 1
        found[key] += bool(hits)
        if hits and row["entity_start"] is not None:
            spans = [x.target for x in hits if x.target]
            entities[key] += 1
            right[key] += any(s < row["entity_end"] and row["entity_start"] < e for s, e in spans)
    for key, n in seen.items():
        if n >= 20:
            assert found[key] / n >= 0.9, (key, found[key], n)
    assert right["ru", "parenthetical"] / entities["ru", "parenthetical"] >= 0.9
    assert false["en"] <= 5
    assert false["ru"] <= 6


@pytest.mark.shared
def test_hard_negatives_are_no_labels(shared_data):
    def rows(name):
        return [json.loads(line) for line in (shared_data / "cues" / name).read_text("utf-8").splitlines()]

    texts = {("basil", r["article_id"]): r["text"] for r in rows("basil_articles.jsonl")}
    texts |= {("ptc", r["id"]): r["text"] for r in rows("ptc.jsonl")}
    by_doc = defaultdict(list)
    for row in rows("hard_negatives.jsonl"):
        by_doc[row["corpus"], row["doc"]].append(row)
    hit = 0
    for doc, negatives in by_doc.items():
        labels = Reading(texts[doc], "en", LEXICON).labels()
        hit += sum(any(x.start < r["end"] and r["start"] < x.end for x in labels) for r in negatives)
    assert sum(map(len, by_doc.values())) == 582
    assert hit <= 3


def test_one_use_in_one_large_event_is_no_contrast():
    rows = [{"article_id": f"a{i}", "outlet": f"o{i}", "text": "Orlan came."} for i in range(25)]
    rows[3]["text"] = "Orlan (banned in Russia) came."
    events = make("events", [{"article_id": f"a{i}", "event_id": "e", "n_candidates": 1} for i in range(25)])
    labels = find_labels(corpus_of(*rows), events=events)
    assert labels["p_value"].tolist() == [pytest.approx(0.04)]
    assert not labels["by_contrast"].any()
    many = [
        {"article_id": f"a{i}", "outlet": f"o{i}", "text": f"Orlan (word{i} alpha{i} beta{i} gamma{i}) came."}
        for i in range(120)
    ]
    events = make("events", [{"article_id": f"a{i}", "event_id": "e", "n_candidates": 1} for i in range(120)])
    assert find_labels(corpus_of(*many), events=events).empty


def test_events_of_more_articles_than_the_corpus():
    corpus, events = campaign(3)
    part = corpus.where(outlet="Alpha")
    assert len(find_labels(part, events=events)) == 3


@pytest.mark.parametrize("agency", ["Sputnik", "SPUTNIK", "sputnik"])
def test_exceptions_do_not_hang_on_capitals(agency):
    row = {"text": "The Taliban movement (terrorist organization, banned in Russia) came.", "day": "2022-01-01"}
    assert find_labels(corpus_of({**row, "agency": agency}))["obligation"].tolist() == ["unknown"]
    assert find_labels(corpus_of({**row, "agency": "TASS"}))["obligation"].tolist() == ["regulatory"]


@pytest.mark.parametrize("code", ["eng", "EN", "", None])
def test_languages_by_any_code(code):
    labels = find_labels(corpus_of({"text": "The Orlan group (banned in Russia) came to the town.", "language": code}))
    assert len(labels) == 1
