import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import SettingsError
from framing.report import highlight_html
from framing.report.highlight import Mark, family_styles, mark_text

TEXT = "The so-called council (banned) met & <left>."


def _words(html):
    return re.sub(r"<[^>]*>", "", html).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_crossing_spans_are_split_so_that_elements_nest():
    html = mark_text("abcdef", [Mark(0, 4, "x"), Mark(2, 6, "y")])
    assert html == '<mark class="x">ab<mark class="y">cd</mark></mark><mark class="y k">ef</mark>'


def test_nested_equal_and_touching_spans():
    html = mark_text("abcd", [Mark(0, 4, "out"), Mark(1, 2, "in"), Mark(2, 3, "next"), Mark(1, 2, "same")])
    assert html.count("<mark") == html.count("</mark>") == 4
    assert _words(html) == "abcd"


def test_a_point_stands_before_the_words_that_replace_it():
    html = mark_text("said so", [Mark(0, 4, tag="ins"), Mark(0, 0, tag="del", words="told")])
    assert html == "<del>told</del><ins>said</ins> so"


def test_marks_are_clipped_to_the_stretch():
    marks = [Mark(0, 4, "x", "note", anchor="a")]
    assert mark_text("abcdef", marks, 2, 6) == '<mark class="x k" aria-description="note">cd</mark>ef'


@given(
    st.text("ab<&\u202e\n", min_size=1, max_size=20).flatmap(
        lambda text: st.tuples(
            st.just(text),
            st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=8),
        )
    )
)
def test_any_spans_give_well_formed_html_with_the_same_words(case):
    text, spans = case
    marks = [Mark(min(s), max(s), f"c{n}") for n, s in enumerate(spans) if s[0] != s[1]]
    html = mark_text(text, marks)
    depth = 0
    for tag in re.findall(r"</?mark", html):
        depth += 1 if tag == "<mark" else -1
        assert depth >= 0
    assert depth == 0
    assert _words(html) == text.replace("\u202e", "⟨RLO⟩")
    assert mark_text(text, marks[::-1]) == html


def test_families_have_markers_of_their_own():
    markers = [f.marker for f in family_styles(["hedge", "hedging", "he", "hedges", "hedged", "heX", "-"]).values()]
    assert len(set(markers)) == len(markers)


def test_highlight_html_escapes_and_names_the_kinds():
    spans = pd.DataFrame(
        {"start": [4, 22], "end": [13, 30], "family": ["distancing", "<b>"], "rule_id": ["r/1", "r/2"]}
    )
    html = highlight_html(TEXT, spans)
    assert "&lt;left&gt;" in html
    assert "<b>" not in html
    assert 'title="family: distancing; rule_id: r/1"' in html


@pytest.mark.parametrize("spans", [[], pd.DataFrame({"start": [], "end": []})])
def test_highlight_html_without_spans(spans):
    assert "<mark" not in highlight_html(TEXT, spans)


def test_highlight_html_takes_one_field():
    spans = pd.DataFrame({"field": ["title", "text"], "start": [0, 4], "end": [3, 13]})
    assert highlight_html(TEXT, spans, field="text").count("<mark") == 1


def test_highlight_html_refuses_spans_beyond_the_text():
    with pytest.raises(SettingsError, match="spans reach to 99"):
        highlight_html(TEXT, [(0, 99)])
