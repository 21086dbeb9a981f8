import hashlib
import re
import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.reading import read_corpus
from framing.text import find_quotations, split_quotations
from tests.benchmarks.bench_text import GOLD, figures, glyph_difference, gold_scores, polnear_scores
from tests.strategies import spaced_texts

GOLD_SHA256 = "e0fe66a4a9b7c180cd0aad16c34a15296ad12ff00cdb077e3a8a4efe7f8587c0"
PAIRS = ["“”", "„“", "„”", "«»", "»«", "””", "““", ("''", "''"), ("``", "''"), ("‘‘", "’’")]
MARKS = [*"\"“”„«»‹›‚‘’'`", "''", "``", "‘‘", "’’"]


def _surfaces(text):
    return [(kind, text[start:end]) for start, end, kind in split_quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "we will stay here" today.', [("direct", '"we will stay here"')]),
        ("He said “we will stay here” today.", [("direct", "“we will stay here”")]),
        ("He said ''we will stay here'' today.", [("direct", "''we will stay here''")]),
        ("Он сказал: «мы останемся здесь навсегда».", [("direct", "«мы останемся здесь навсегда»")]),
        ("Er sagte: „Wir bleiben alle hier“ und ging.", [("direct", "„Wir bleiben alle hier“")]),
        ("the ‘new normal’ isn’t new", [("partial", "‘new normal’")]),
        ("the “so” called 5'10\" man", [("partial", "“so”")]),
        (
            "“We will stay.\n“And fight on here,” he said.",
            [("unclosed", "“We will stay."), ("direct", "“And fight on here,”")],
        ),
        ('He said "we never will', [("unclosed", '"we never will')]),
        ("the workers’ rights don’t count", []),
        ("“outer ‘inner words here’ again”", [("direct", "“outer ‘inner words here’ again”")]),
    ],
)
def test_quotations(make_corpus, text, expected):
    found = find_quotations(make_corpus(text))
    assert list(zip(found["kind"], found["surface"], strict=True)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'We can't go on,' said Ms O'Dell of the miners' union.", ["'We can't go on,'"]),
        ("They called it 'a long night' and the drivers' strike 'a joke'.", ["'a long night'", "'a joke'"]),
        ("‘It was the girls’ idea,’ she said; the boys’ came later.", ["‘It was the girls’ idea,’"]),
        ("'He told us \"go home\" twice,' she said.", ["'He told us \"go home\" twice,'"]),
        ("She wrote ‘they said “no” again.’", ["‘they said “no” again.’"]),
        ("‘the workers’’ was the title", ["‘the workers’’"]),
        ("the ‘90s, rock ’n’ roll, 'em, '80s, '90s', the Joneses' and ol’ times", []),
        ("'em all, the boys' club", []),
        ("'Round one is over,' said Ms O'Dell.", ["'Round one is over,'"]),
        ("the 'loud one. \"We go,\" he said; the boys' club", ['"We go,"']),
        ("'''Stop it, 'you two.''' he read", ["'''Stop it, 'you two.'''"]),
    ],
)
def test_single_marks_are_not_apostrophes(text, expected):
    assert [surface for _, surface in _surfaces(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("”It was cold,” he said.", ["”It was cold,”"]),
        ("“It was cold“, he said. “Very cold“", ["“It was cold“", "“Very cold“"]),
        ("Er rief „Komm„ und „geh“.", ["„Komm„", "„geh“"]),
        ("Er rief ‚Komm‘ und ›geh‹, ‹jetzt›.", ["‚Komm‘", "›geh‹", "‹jetzt›"]),
        ("« Il a dit\u00a0: « non »\u00a0», dit-elle.", ["« Il a dit\u00a0: « non »\u00a0»"]),
        ("Банк «Дом «Заря» закрыт, «Луч» открыт", ["«Дом «Заря»", "«Луч»"]),
        ('The "House "North" is shut, "South" open', ['"House "North"', '"South"']),
        ("” we left,” he said", ["” we left,”"]),
        ('He wrote "who shouted "stop" at us" today', ['"who shouted "stop" at us"']),
        ("a “question’’ and ‘‘an answer’’", ["“question’’", "‘‘an answer’’"]),
        ('“We left" and "they came”', ['“We left"', '"they came”']),
    ],
)
def test_nested_and_mistyped_marks(text, expected):
    assert [surface for _, surface in _surfaces(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        'a 12" pipe, 6\'2" tall, 30" wide',
        'She said " and left.',
        'An empty "" and "", \'\' and “” and « »',
        'He left." The end.',
        '<a href="x y"> and name=\'me\' and {"user": "us", "n": "m"}',
        "””» ’ ‘ \" ' ",
        "",
    ],
)
def test_no_quotation(text):
    assert _surfaces(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"The door is 6\'2" high and 30" wide," he said.', [("direct", '"The door is 6\'2" high and 30" wide,"')]),
        ("‘We sat.\n\n‘Then it rained,’ he said.", [("unclosed", "‘We sat."), ("partial", "‘Then it rained,’")]),
        ("“Here stood\nthe old mill”, it said.", [("direct", "“Here stood\nthe old mill”")]),
        ("“Here it stood.\n\nHe left” us", [("unclosed", "“Here it stood.")]),
        (
            '"I read "War" daily.\n"And more," he said.',
            [("unclosed", '"I read "War" daily.'), ("partial", '"And more,"')],
        ),
        (
            "“We left. “They stayed here too,” he said.",
            [("unclosed", "“We left."), ("direct", "“They stayed here too,”")],
        ),
    ],
)
def test_lines_and_lost_marks(text, expected):
    assert _surfaces(text) == expected


words = st.lists(st.sampled_from(["we", "will", "stay", "Ärger", "не", "12:30", "U.S."]), min_size=1, max_size=5)
spoken = st.tuples(words, words).map(lambda two: ["{", *two[0], "{", *two[1], "}", "here", "}"]) | words.map(
    lambda inner: ["{", *inner, "}"]
)
pieces = st.lists(st.tuples(words, spoken, st.sampled_from([",", ".", "", " —"])), min_size=1, max_size=5)


@given(pieces)
@settings(max_examples=100)
def test_other_glyphs_give_the_same_zones(parts):
    text = " ".join(" ".join([*before, *inside]) + stop for before, inside, stop in parts)
    template = text.replace("{ ", "{").replace(" }", "}")
    assert template.count("{") == template.count("}")
    straight = template.replace("{", '"').replace("}", '"')
    for opening, closing in PAIRS:
        other = template.replace("{", opening).replace("}", closing)
        found = [
            (kind, re.sub("[{}]", '"', surface.replace(opening, '"').replace(closing, '"')))
            for kind, surface in _surfaces(other)
        ]
        assert found == _surfaces(straight)
    assert len(_surfaces(straight)) == len(parts)


@given(spaced_texts)
def test_odd_marks_never_raise_and_zones_do_not_overlap(text):
    zones = split_quotations(text)
    bounds = [place for start, end, _ in zones for place in (start, end)]
    assert bounds == sorted(bounds)
    assert all(0 <= start < end <= len(text) and text[start:end] == text[start:end].strip() for start, end, _ in zones)


def test_rows_may_come_in_any_order():
    rows = pd.DataFrame(
        {"article_id": list("abc"), "outlet": "x", "text": ['"We go," he said.', "«Да»", "'Oh,' he said."]}
    )
    pd.testing.assert_frame_equal(find_quotations(read_corpus(rows)), find_quotations(read_corpus(rows[::-1])))


HOSTILE = [
    *MARKS,
    *(mark + "a " for mark in MARKS),
    *(mark + "a\n" for mark in MARKS),
    "“«",
    '"„',
    "‘a “b” c ",
    '{"a',
    '="a ',
    '1" ',
    "‘s’ ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_linear_on_hostile_marks(piece):
    start = time.process_time()
    split_quotations(piece * (100_000 // len(piece)))
    assert time.process_time() - start < 2  # measured: 0.3 s at most; quadratic time would take minutes


def test_a_megabyte_of_the_slowest_marks():
    start = time.process_time()
    split_quotations("“„" * 500_000)
    assert time.process_time() - start < 15  # measured: 3.5 s


def test_constructed_passages():
    assert hashlib.sha256(GOLD.read_bytes()).hexdigest() == GOLD_SHA256
    scores = gold_scores()
    numbers = ["right", "predicted", "gold"]
    spans = scores[scores["kind"] == "spans"]
    assert figures(spans[numbers].sum())[2] >= 0.99
    assert figures(scores.loc[scores["kind"] != "spans", numbers].sum())[2] >= 0.99
    for _, rows in spans.groupby("language"):
        assert figures(rows[numbers].sum())[2] >= 0.98


@pytest.mark.shared
@pytest.mark.parametrize(("pair", "most"), [('""', 0.003), (("''", "''"), 0.003), ("«»", 0.003), ("„“", 0.003)])
def test_real_reports_have_the_same_quotations_in_other_glyphs(shared_data, pair, most):
    share, n = glyph_difference(shared_data / "sourcing" / "polnear.jsonl", *pair)
    assert n > 2000
    assert share <= most


@pytest.mark.shared
def test_quotations_of_real_reports(shared_data):
    scores = polnear_scores(shared_data / "sourcing" / "polnear.jsonl")
    total = scores.sum()
    assert total["found"] / total["gold"] >= 0.99
    assert total["single_found"] / total["single"] >= 0.998
    assert total["attributed"] / total["long"] >= 0.973
    outlets = scores.groupby("outlet").sum()
    assert (outlets["single_found"] / outlets["single"] >= 0.99).all()
    doubled = outlets.loc["nyt"]  # types two apostrophes for a mark
    assert doubled["single_found"] / doubled["single"] >= 0.999
    assert doubled["attributed"] / doubled["long"] >= 0.97
