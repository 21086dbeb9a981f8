"""Krippendorff's alpha against his worked examples and against the definition, written out pair by pair."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import SchemaError, SettingsError
from framing.evaluate import krippendorff_alpha

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
