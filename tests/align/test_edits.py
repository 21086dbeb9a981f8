import hashlib
import json
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings

from framing.align import align_passages, diff_passages, diff_words
from framing.schema import check, make
from framing.text import same_glyphs
from tests.strategies import spaced_texts, texts

GOLD = Path(__file__).parents[1] / "golden" / "edits.jsonl"


def one_event(corpus):
    return check(pd.DataFrame({"article_id": corpus.article_ids, "event_id": "e", "n_candidates": 0}), "events")


def changes(text, other):
    return [(e.operation, text[e.start : e.end], other[e.other_start : e.other_end]) for e in diff_words(text, other)]


LABEL = "(banned in Russia)"


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("The group took Kabul.", f"The group {LABEL} took Kabul.", [("insert", "", LABEL)]),
        (
            "The group took Kabul.",
            f"The group {LABEL} seized Kabul.",
            [("insert", "", LABEL), ("replace", "took", "seized")],
        ),
        (
            "The fighters took Kabul.",
            f"The militants {LABEL} took Kabul.",
            [("replace", "fighters", "militants"), ("insert", "", LABEL)],
        ),
        (
            "The fighters took Kabul.",
            f"The militants {LABEL} seized Kabul.",
            [("replace", "fighters", "militants"), ("insert", "", LABEL), ("replace", "took", "seized")],
        ),
        (f"The group {LABEL} took Kabul.", "The group took Kabul.", [("delete", LABEL, "")]),
        ("The group took it.", "The group, outlawed in Russia, took it.", [("insert", "", ", outlawed in Russia,")]),
        ("About 600 troops left.", "About 700 troops left.", [("replace", "600", "700")]),
        ("“It’s over,” he said.", '"It\'s over," he said.', []),
        (
            "Движение взяло Кабул.",
            "Движение (запрещено в РФ) заняло Кабул.",
            [("insert", "", "(запрещено в РФ)"), ("replace", "взяло", "заняло")],
        ),
        ("It (mostly old) left.", "It (mainly old) left.", [("replace", "mostly", "mainly")]),
        (
            "The network left a hill.",
            "The league, which the court calls a gang, left one hill.",
            [
                ("replace", "network", "league"),
                ("insert", "", ", which the court calls a gang,"),
                ("replace", "a", "one"),
            ],
        ),
        (
            "They took the hill.",
            "They held — as the court put it, a gang — one hill.",
            [("replace", "took", "held"), ("insert", "", "— as the court put it, a gang —"), ("replace", "the", "one")],
        ),
        (
            "Rebels hold Kabul.",
            "Rebels hold Kunduz, a court said.",
            [("replace", "Kabul", "Kunduz"), ("insert", "", ", a court said")],
        ),
        (
            "(The group took Kabul.)",
            f"(The band {LABEL} held Kabul.)",
            [("replace", "group", "band"), ("insert", "", LABEL), ("replace", "took", "held")],
        ),
        ("It (a band) left.", "It (seen as a gang) left.", [("replace", "a band", "seen as a gang")]),
        ("It (old, ill) left.", "It, old, ill, left.", [("replace", "(", ","), ("replace", ")", ",")]),
        ("It left. Now.", "It* left. Now. * banned here", [("insert", "", "*"), ("insert", "", "* banned here")]),
        ("It - so far - left.", "It — so far — left.", []),
        ("A b.", "A b.", []),
        ("", "", []),
    ],
)
def test_word_edits(text, other, expected):
    assert changes(text, other) == expected


def spans(edits):
    return [(e.operation, e.start, e.end, e.other_start, e.other_end) for e in edits]


def test_the_gold_is_what_was_annotated():
    digest = hashlib.sha256(GOLD.read_bytes()).hexdigest()
    assert digest == "a747d9eaea1092c02f1e9b2eec3b7cd036932386bfae716d35b0ed123237e1e2"


def test_exact_spans_of_the_gold():
    rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    keys = ("operation", "start", "end", "other_start", "other_end")
    hits = predicted = total = 0
    for row in rows:
        found, gold = spans(diff_words(row["source"], row["other"])), [tuple(e[k] for k in keys) for e in row["edits"]]
        hits, predicted, total = hits + len(set(found) & set(gold)), predicted + len(found), total + len(gold)
    assert len(rows) == 147
    assert min(hits / total, hits / predicted) >= 0.99


def shape(text):
    return "".join(same_glyphs(text).replace("-", "—").split())


def assert_rebuilds(text, other):
    """Applying the edits to one text gives the other but for white space and glyphs; spans are exact, none overlap."""
    built, done, other_done = [], 0, 0
    for e in diff_words(text, other):
        assert done <= e.start <= e.end
        assert other_done <= e.other_start <= e.other_end
        assert (e.operation == "insert") == (e.start == e.end)
        assert (e.operation == "delete") == (e.other_start == e.other_end)
        for span in (text[e.start : e.end], other[e.other_start : e.other_end]):
            assert span == span.strip()
        built += [text[done : e.start], other[e.other_start : e.other_end]]
        done, other_done = e.end, e.other_end
    assert shape("".join([*built, text[done:]])) == shape(other)


@given(spaced_texts, spaced_texts)
@settings(max_examples=300)
def test_edits_rebuild_the_other_text(text, other):
    assert_rebuilds(text, other)


@given(texts, texts)
def test_edits_rebuild_the_other_text_also_without_spaces(text, other):
    assert_rebuilds(text, other)


@given(spaced_texts, spaced_texts)
@settings(max_examples=200)
def test_exchanging_the_texts_exchanges_insertions_and_deletions(text, other):
    turned = {"insert": "delete", "delete": "insert", "replace": "replace"}
    back = [(turned[kind], *places[2:], *places[:2]) for kind, *places in spans(diff_words(other, text))]
    assert back == spans(diff_words(text, other))


def test_words_inside_commas_do_not_answer_words_outside():
    """No replacement begins or ends with the same word on both sides, though a phrase took no part in the alignment."""
    text, other = "The envoy said it rained.", "An envoy, so a man said, who was there, said it rained, he said."
    for _, mine, theirs in changes(text, other):
        ours, words = mine.split(), theirs.split()
        assert not ours or not words or (ours[0] != words[0] and ours[-1] != words[-1])


@given(spaced_texts)
def test_equal_texts_have_no_edits(text):
    assert diff_words(text, text) == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("the cat sat on a mat, " * 1000, "the dog sat on one mat, then " * 1000),
        ("(a) [b] c " * 2000, "c (b) [a] " * 2000),
        ("(" * 5000, ")" * 5000),
        ("* a. " * 3000, ". a * " * 3000),
        ("x , y — " * 2000, "y , x — z" * 2000),
        ("word " * 5000, "other (word) " * 5000),
    ],
)
def test_long_and_odd_input_takes_seconds(text, other):
    begin = time.process_time()
    diff_words(text, other)
    assert time.process_time() - begin < 5


def types(make_corpus, text, other):
    """Types of the changes of one sentence, through the table."""
    corpus = make_corpus(text, other)
    pair = {
        "passage_id": "p",
        "event_id": "e",
        "relation": "edited",
        "score": 1.0,
        "moved": False,
        "nearest": None,
        "article_id": "a0",
        "field": "text",
        "start": 0,
        "end": len(text),
        "surface": text,
        "other_id": "a1",
        "other_field": "text",
        "other_start": 0,
        "other_end": len(other),
        "other_surface": other,
    }
    return diff_passages(corpus, make("passages", [pair]))["type"].tolist()


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("About 600 left.", "About 700 left.", ["number"]),
        ("Some three ships left.", "Some dozens of ships left.", ["number"]),
        ("Ушли пять судов.", "Ушли семь судов.", ["number"]),
        ("Aid went to Doctor Ames.", "Aid went to Doctor Birch.", ["name"]),
        ("Men of al-Tall left.", "Men of al-Wadi left.", ["name"]),
        ("Газета «Ольха» пишет.", "Газета «Берёза» пишет.", ["name"]),
        ("They left on Monday night.", "They left on Friday night.", ["other"]),
        ("The envoy said it rained.", "The envoy claimed it rained.", ["verb"]),
        ("The envoy claims it rained.", "The envoy has admitted it rained.", ["verb"]),
        ("Посол сказал, что дождь идёт.", "Посол признал, что дождь идёт.", ["verb"]),
        ("The wounded men left.", "The injured men left.", ["other"]),
        ("He saw “a bad sign” there.", "He saw “a good sign” there.", ["quotation"]),
        ("He saw «a sign» there.", 'He saw "a bad sign" there.', ["quotation"]),
        ("He saw a sign there.", "He saw a “sign” there.", ["punctuation", "punctuation"]),
        ("The group left.", "The group (banned since 2001) left.", ["bracket"]),
        ("The group left.", "The group* left.", ["bracket"]),
        ("It rained, he said, all night.", "It rained all night, he said.", ["move", "move"]),
        ("The band left.", "The gang left.", ["other"]),
    ],
)
def test_types(make_corpus, text, other, expected):
    assert types(make_corpus, text, other) == expected


def test_a_bracket_behind_a_shared_word_shows_in_paraphrases_too(make_corpus):
    corpus = make_corpus(
        "London called a summit on Monday after the Meridian movement seized power in the country.",
        "After the Meridian movement (banned in Ruritania) seized power, a summit was called by London, aides said.",
    )
    passages = align_passages(corpus, one_event(corpus))
    assert set(passages["relation"]) == {"paraphrase"}
    edits = diff_passages(corpus, passages)
    assert edits[["operation", "other_surface"]].to_numpy().tolist() == [["insert", "(banned in Ruritania)"]]
    corpus.check_spans(edits)
    corpus.check_spans(edits, "other_")


def test_edits_lead_from_the_source_to_the_copy(make_corpus):
    later = {"text": "It rained (a lot) today here.", "published": "2021-01-02T00:00:00Z", "article_id": "a"}
    early = {"text": "It rained today here.", "published": "2021-01-01T00:00:00Z", "article_id": "b"}
    corpus = make_corpus(later, early)
    passages = align_passages(corpus, one_event(corpus))
    assert diff_passages(corpus, passages)["operation"].tolist() == ["insert"]
    reuse = pd.DataFrame([{"article_id": "a", "other_id": "b", "source_id": "a"}])
    assert diff_passages(corpus, passages, reuse=reuse)["operation"].tolist() == ["delete"]
