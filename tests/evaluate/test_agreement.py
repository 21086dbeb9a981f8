"""Krippendorff's alpha against his worked examples and against the definition, written out pair by pair."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import SchemaError, SettingsError
from framing.evaluate import krippendorff_alpha, rate_tokens

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
