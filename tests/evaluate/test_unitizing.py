"""Agreement on spans: tokens as units, and unitising against the book's example and its equations written out."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import SchemaError
from framing.evaluate import krippendorff_alpha, rate_tokens, unitizing_alpha
from framing.reading import read_corpus


def spans(*rows):
    return pd.DataFrame(list(rows), columns=["article_id", "field", "start", "end", "label", "coder"])


def test_tokens_bear_the_labels_of_the_spans_that_touch_them(make_corpus):
    corpus = make_corpus("The 😀 banned group left.", "Nothing here.")
    marked = spans(
        ("a0", "text", 6, 12, "ban", "ann"),
        ("a0", "text", 6, 18, "name", "ann"),
        ("a0", "text", 14, 18, "name", "bob"),  # group, from its second letter
    )
    ratings = rate_tokens(corpus, marked)
    assert ratings.index.get_level_values("start").tolist() == [0, 6, 13, 19]
    assert ratings["ann"].tolist() == ["none", "ban+name", "name", "none"]
    assert ratings["bob"].tolist() == ["none", "none", "name", "none"]
    # n = 8: 5 none, 2 name, 1 ban+name; one of four tokens differs. De = 1 - (5*4 + 2*1)/56, Do = 1/4.
    found = krippendorff_alpha(ratings, n_resamples=1).estimate
    assert found == pytest.approx(1 - (1 / 4) / (34 / 56))


def test_a_text_without_marks_counts_where_it_was_read(make_corpus):
    corpus = make_corpus("Two words.", "Three more words.")
    marked = spans(("a0", "text", 0, 3, "x", "ann"), ("a0", "text", 0, 3, "x", "bob"))
    assert len(rate_tokens(corpus, marked)) == 2
    tasks = pd.DataFrame(
        [("a0", "text", "ann"), ("a0", "text", "bob"), ("a1", "text", "ann")], columns=["article_id", "field", "coder"]
    )
    ratings = rate_tokens(corpus, marked, tasks)
    assert ratings["ann"].tolist() == ["x", "none", "none", "none", "none"]
    assert ratings["bob"].isna().tolist() == [False, False, True, True, True]
    assert krippendorff_alpha(ratings).n == 2


def test_token_ratings_refuse_what_they_cannot_place(make_corpus):
    corpus = make_corpus("One text.")
    with pytest.raises(SchemaError, match="1 article.s. are not in the corpus, such as 'zz'"):
        rate_tokens(corpus, spans(("zz", "text", 0, 1, "x", "ann")))
    with pytest.raises(SchemaError, match="missing: coder"):
        rate_tokens(corpus, spans().drop(columns="coder"))
    assert rate_tokens(corpus, spans()).empty


# Krippendorff (2019), figure 12.11: three observers of a continuum of length 60; first and last position, value.
CONTINUUM = {
    "Alex": [(1, 7, "1"), (8, 13, "2"), (31, 32, "5"), (33, 37, "6"), (38, 44, "6"), (45, 60, "7")],
    "Paul": [(1, 7, "1"), (8, 13, "3"), (14, 21, "5"), (33, 44, "6")],
    "Suzan": [(1, 7, "1"), (8, 13, "4"), (14, 21, "5"), (33, 37, "6"), (38, 41, "6"), (42, 44, "6")],
}


def continuum(marks):
    return spans(*(("a0", "text", a - 1, b, v, coder) for coder, rows in marks.items() for a, b, v in rows))


def test_unitizing_of_the_book(make_corpus):
    corpus = make_corpus("x" * 60)
    got = unitizing_alpha(corpus, continuum(CONTINUUM))
    assert (got.name, got.n) == ("alpha_u_nominal", 16)
    assert got.estimate == pytest.approx(0.510, abs=1e-3)
    assert np.isnan(got.interval).all()  # one text shows no spread
    binary = unitizing_alpha(corpus, continuum(CONTINUUM), label=None)
    assert binary.name == "alpha_u_binary"
    assert binary.estimate == pytest.approx(0.413, abs=1e-3)


def unitizing_by_definition(length, coders):
    """Equations 32 to 34, character by character: observed and expected coincidences of lengths, then 1 - Do/De."""
    m = len(coders)
    painted = [["gap"] * length for _ in coders]
    itself = {}
    for row, marks in zip(painted, coders, strict=True):
        for start, end, value in marks:
            row[start:end] = [value] * (end - start)
            itself[value] = itself.get(value, 0) + (end - start) ** 2
        itself["gap"] = itself.get("gap", 0) + row.count("gap")
    values = sorted({value for row in painted for value in row})
    observed = {(c, k): 0.0 for c in values for k in values}
    for i in range(m):
        for j in range(m):
            for place in range(length if i != j else 0):
                observed[painted[i][place], painted[j][place]] += 1 / (m - 1)
    total = sum(observed.values())
    margin = {c: sum(observed[c, k] for k in values) for c in values}
    scale = total / (total**2 - sum(itself.values()))
    expected = {(c, k): scale * (margin[c] * margin[k] - (itself.get(c, 0) if c == k else 0)) for c, k in observed}
    apart = sum(expected[c, k] for c, k in observed if c != k)
    return 1 - sum(observed[c, k] for c, k in observed if c != k) / apart if apart > 0 else float("nan")


@st.composite
def unitizings(draw):
    """For each of two or three coders, spans that do not overlap."""
    coders = []
    for _ in range(draw(st.integers(2, 3))):
        ends = sorted(draw(st.sets(st.integers(0, 20), max_size=8)))
        marks = [(a, b, draw(st.sampled_from("xy"))) for a, b in pairwise(ends)]
        coders.append([mark for mark in marks if draw(st.booleans())])
    return coders


@given(unitizings())
def test_unitizing_against_the_definition(coders):
    corpus = read_corpus(pd.DataFrame([{"article_id": "a0", "outlet": "O", "text": "x" * 20}]))
    rows = [("a0", "text", a, b, v, f"c{k}") for k, marks in enumerate(coders) for a, b, v in marks]
    tasks = pd.DataFrame(
        [("a0", "text", f"c{k}") for k in range(len(coders))], columns=["article_id", "field", "coder"]
    )
    got = unitizing_alpha(corpus, spans(*rows).astype({"start": int, "end": int}), tasks, n_resamples=1).estimate
    assert got == pytest.approx(unitizing_by_definition(20, coders), nan_ok=True)


def test_unitizing_over_several_texts(make_corpus):
    corpus = make_corpus("x" * 30, "y" * 40, "z" * 50)
    marks = [(f"a{k}", "text", 3 * k, 3 * k + 9, "x", coder) for k in range(3) for coder in ("ann", "bob")]
    same = unitizing_alpha(corpus, spans(*marks))
    assert (same.estimate, same.interval, same.n) == (1, (1, 1), 6)
    moved = spans(*marks[:-1], ("a2", "text", 25, 30, "x", "bob"))
    got = unitizing_alpha(corpus, moved)
    assert got == unitizing_alpha(corpus, moved.iloc[::-1])
    assert 0 < got.estimate < 1
    assert got.interval[0] < got.estimate < got.interval[1]
    # A text that one coder alone read says nothing about agreement.
    tasks = moved[["article_id", "field", "coder"]]
    alone = pd.DataFrame([("a2", "text", 0, 40, "x", "eve")], columns=moved.columns)
    only = pd.concat([tasks[tasks["article_id"] != "a2"], alone[["article_id", "field", "coder"]]])
    kept = moved[moved["article_id"] != "a2"]
    assert unitizing_alpha(corpus, pd.concat([kept, alone]), only).estimate == 1
    assert np.isnan(unitizing_alpha(corpus, alone).estimate)
    assert np.isnan(unitizing_alpha(corpus, spans()).estimate)


def test_overlapping_spans_bear_both_labels(make_corpus):
    corpus = make_corpus("x" * 30)
    over = [("a0", "text", 0, 10, "x", "ann"), ("a0", "text", 5, 15, "y", "ann")]
    split = [("a0", "text", 0, 5, "x", "bob"), ("a0", "text", 5, 10, "x+y", "bob"), ("a0", "text", 10, 15, "y", "bob")]
    assert unitizing_alpha(corpus, spans(*over, *split)).estimate == 1


def test_unitizing_refuses_spans_outside_the_text(make_corpus):
    with pytest.raises(SchemaError, match="coder 'ann' in article 'a0' .text. leave its text"):
        unitizing_alpha(make_corpus("short"), spans(("a0", "text", 0, 99, "x", "ann")))


def test_marks_in_a_text_that_was_not_read_are_refused(make_corpus):
    corpus = make_corpus("One text.", "Another.")
    marked = spans(("a0", "text", 0, 3, "x", "ann"), ("a1", "text", 0, 3, "x", "bob"))
    tasks = pd.DataFrame([("a0", "text", "ann")], columns=["article_id", "field", "coder"])
    with pytest.raises(SchemaError, match="1 text.s. hold marks of coders who.*such as 'bob' in article 'a1' .text."):
        rate_tokens(corpus, marked, tasks)
