"""Krippendorff's alpha against his worked examples and against the definition, written out pair by pair."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import SchemaError, SettingsError
from framing.evaluate import krippendorff_alpha, rate_tokens, unitizing_alpha
from framing.reading import read_corpus

# Krippendorff (2011), section C and D: four observers, twelve units, missing values.
FOUR = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
)


def alpha(ratings, **options):
    return krippendorff_alpha(ratings, n_resamples=1, **options).estimate


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_four_observers_with_missing_values(level, published):
    assert alpha(FOUR, level=level) == pytest.approx(published, abs=5e-4)


def test_two_observers_binary():
    # Krippendorff (2011), section A.
    ratings = pd.DataFrame({"A": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], "B": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]})
    assert alpha(ratings) == pytest.approx(0.095, abs=5e-4)


def test_two_observers_nominal():
    # Krippendorff (2011), section B.
    ratings = pd.DataFrame({"A": list("aabbdcccedda"), "B": list("babbbccceddd")})
    assert alpha(ratings) == pytest.approx(0.692, abs=5e-4)


def between(c, k, level, values):
    """Return the squared difference by the definition; values: all pairable ones."""
    if level == "nominal":
        return float(c != k)
    if level == "interval":
        return (c - k) ** 2
    if level == "ratio":
        return ((c - k) / (c + k)) ** 2 if c + k else 0.0
    low, high = min(c, k), max(c, k)
    inside = sum(low <= v <= high for v in values)
    return (inside - (values.count(c) + values.count(k)) / 2) ** 2 if c != k else 0.0


def by_definition(ratings, level):
    """Mean difference within units, over the mean difference of any two pairable values."""
    units = [[v for v in row if not pd.isna(v)] for row in ratings.to_numpy().tolist()]
    units = [unit for unit in units if len(unit) >= 2]
    values = [v for unit in units for v in unit]
    n = len(values)
    within = sum(
        between(unit[i], unit[j], level, values) / (len(unit) - 1)
        for unit in units
        for i in range(len(unit))
        for j in range(len(unit))
        if i != j
    )
    anywhere = sum(between(values[i], values[j], level, values) for i in range(n) for j in range(n) if i != j)
    return float("nan") if not anywhere else 1 - (within / n) / (anywhere / (n * (n - 1)))


@st.composite
def rating_tables(draw):
    n_coders = draw(st.integers(1, 4))
    cell = st.one_of(st.none(), st.integers(0, 4))
    rows = draw(st.lists(st.lists(cell, min_size=n_coders, max_size=n_coders), max_size=12))
    return pd.DataFrame(rows, columns=[f"c{k}" for k in range(n_coders)], dtype="Float64")


@given(rating_tables(), st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_any_table_against_the_definition(ratings, level):
    expected = by_definition(ratings, level)
    assert alpha(ratings, level=level) == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(rating_tables(), st.randoms(use_true_random=False))
def test_neither_the_order_of_units_nor_of_coders_matters(ratings, random):
    rows, coders = list(range(len(ratings))), list(ratings.columns)
    random.shuffle(rows)
    random.shuffle(coders)
    shuffled = ratings.iloc[rows][coders]
    assert alpha(shuffled) == pytest.approx(alpha(ratings), nan_ok=True)


def test_perfect_agreement_chance_and_no_variation():
    rng = np.random.default_rng(0)
    coins = pd.DataFrame(rng.integers(0, 2, (4000, 2)), columns=["A", "B"])
    assert abs(alpha(coins)) < 0.05
    assert alpha(coins.assign(B=coins["A"])) == 1
    assert alpha(pd.DataFrame({"A": [0, 1] * 9, "B": [1, 0] * 9})) < -0.9
    assert np.isnan(alpha(pd.DataFrame({"A": ["x"] * 5, "B": ["x"] * 5})))
    assert np.isnan(alpha(pd.DataFrame({"A": ["x", None], "B": [None, "y"]})))
    assert np.isnan(alpha(pd.DataFrame({"A": ["x", "y"]})))
    assert np.isnan(alpha(pd.DataFrame()))


def test_empty_text_is_missing_and_words_can_be_ordered():
    ratings = pd.DataFrame({"A": ["low", "high", "", "mid"], "B": ["low", "high", "low", "high"]})
    ranks = pd.DataFrame({"A": [0, 2, None, 1], "B": [0, 2, 0, 2]})
    got = krippendorff_alpha(ratings, level="ordinal", order=["low", "mid", "high"], n_resamples=1)
    assert got.estimate == pytest.approx(alpha(ranks, level="ordinal"))
    assert got.n == 3


def test_whole_numbers_are_the_same_in_a_column_with_gaps():
    assert alpha(pd.DataFrame({"A": [1, 2, 1], "B": [1.0, 2.0, None]})) == 1


def test_the_interval_is_seeded_and_keeps_groups_whole():
    rng = np.random.default_rng(1)
    base = rng.integers(0, 3, 60)
    noisy = np.where(rng.random(60) < 0.3, rng.integers(0, 3, 60), base)
    ratings = pd.DataFrame({"A": base, "B": noisy})
    first, second = (krippendorff_alpha(ratings, n_resamples=300) for _ in range(2))
    assert first == second
    low, high = first.interval
    assert low < first.estimate < high
    assert (first.name, first.n, len(first.gold)) == ("alpha_nominal", 60, 12)
    # The same 60 units four times over say nothing new: with their groups named, the interval stays as wide.
    often = pd.concat([ratings] * 4, ignore_index=True)
    grouped = krippendorff_alpha(often, groups=list(range(60)) * 4, n_resamples=300).interval
    alone = krippendorff_alpha(often, n_resamples=300).interval
    assert grouped == pytest.approx((low, high), abs=0.03)
    assert alone[1] - alone[0] < 0.7 * (grouped[1] - grouped[0])


def test_articles_are_kept_whole_where_the_index_names_them():
    rng = np.random.default_rng(2)
    base = np.repeat(rng.integers(0, 3, 30), 4)
    wrong = np.repeat(rng.random(30) < 0.3, 4)
    ratings = pd.DataFrame({"A": base, "B": np.where(wrong, (base + 1) % 3, base)})
    articles = np.repeat(np.arange(30), 4).astype(str)
    named = ratings.set_index(pd.MultiIndex.from_arrays([articles, np.arange(120)], names=["article_id", "unit_id"]))
    assert krippendorff_alpha(named).interval == krippendorff_alpha(ratings, groups=list(articles)).interval
    assert krippendorff_alpha(named).interval != krippendorff_alpha(ratings).interval


def test_one_group_shows_no_spread():
    got = krippendorff_alpha(FOUR, groups=["x"] * 12)
    assert got.estimate == pytest.approx(0.743, abs=5e-4)
    assert np.isnan(got.interval).all()


def test_what_does_not_fit_the_level_is_refused():
    words = pd.DataFrame({"A": ["yes", "no"], "B": ["yes", "perhaps"]})
    with pytest.raises(SchemaError, match="needs numbers. Got yes, no, perhaps .4 such values.. Pass 'order'"):
        krippendorff_alpha(words, level="ordinal")
    with pytest.raises(SchemaError, match="'order' does not hold: perhaps. Order: no, yes."):
        krippendorff_alpha(words, level="ordinal", order=["no", "yes"])
    with pytest.raises(SchemaError, match="from zero upwards. Got -1"):
        krippendorff_alpha(pd.DataFrame({"A": [-1, 2], "B": [1, 2]}), level="ratio")
    with pytest.raises(SettingsError, match="nominal, ordinal, interval, ratio. Got 'metric'"):
        krippendorff_alpha(words, level="metric")
    with pytest.raises(SettingsError, match="each of the 2 units. Got 1"):
        krippendorff_alpha(words, groups=["x"])


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
    assert alpha(ratings) == pytest.approx(1 - (1 / 4) / (34 / 56))


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
    assert unitizing_alpha(corpus, pd.concat([moved, alone]), only).estimate == 1
    assert np.isnan(unitizing_alpha(corpus, alone).estimate)
    assert np.isnan(unitizing_alpha(corpus, spans()).estimate)


def test_overlapping_spans_bear_both_labels(make_corpus):
    corpus = make_corpus("x" * 30)
    over = [("a0", "text", 0, 10, "x", "ann"), ("a0", "text", 5, 15, "y", "ann")]
    split = [("a0", "text", 0, 5, "x", "bob"), ("a0", "text", 5, 10, "x+y", "bob"), ("a0", "text", 10, 15, "y", "bob")]
    assert unitizing_alpha(corpus, spans(*over, *split)).estimate == 1


def test_unitizing_refuses_spans_outside_the_text(make_corpus):
    with pytest.raises(SchemaError, match="coder 'ann' in article 'a0' .text. end outside its text"):
        unitizing_alpha(make_corpus("short"), spans(("a0", "text", 0, 99, "x", "ann")))
