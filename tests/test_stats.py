"""Statistics against published values and independent implementations."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from framing.errors import SettingsError
from framing.stats import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bootstrap_interval,
    cochran_mantel_haenszel,
    exact_stratified,
    max_t,
    permutation_moments,
    permute_within,
    skewed_p_value,
    wilson_interval,
    woolf_test,
)

P_VALUES = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=40)

# Admissions of UC Berkeley 1973 by department: [[men admitted, men rejected], [women admitted, women rejected]].
BERKELEY = [
    [[512, 313], [89, 19]],
    [[353, 207], [17, 8]],
    [[120, 205], [202, 391]],
    [[138, 279], [131, 244]],
    [[53, 138], [94, 299]],
    [[22, 351], [24, 317]],
]
# Penicillin in rabbits, from R's help page of mantelhaen.test.
RABBITS = [[[0, 0], [6, 5]], [[3, 0], [3, 6]], [[6, 2], [0, 4]], [[5, 6], [1, 0]], [[2, 5], [0, 0]]]


@given(P_VALUES)
def test_benjamini_hochberg_equals_scipy(p):
    np.testing.assert_allclose(benjamini_hochberg(p), scipy_stats.false_discovery_control(p, method="bh"))


@given(P_VALUES)
def test_benjamini_yekutieli_equals_scipy(p):
    np.testing.assert_allclose(benjamini_yekutieli(p), scipy_stats.false_discovery_control(p, method="by"))


def test_untested_p_values_stay_missing_and_are_not_counted():
    q = benjamini_hochberg([0.01, np.nan, 0.04])
    assert np.isnan(q[1])
    np.testing.assert_allclose(q[[0, 2]], [0.02, 0.04])
    assert benjamini_hochberg([]).shape == (0,)


def test_p_values_outside_zero_to_one_are_refused():
    with pytest.raises(SettingsError, match="between 0 and 1"):
        benjamini_hochberg([1.2])


@given(st.integers(1, 200), st.data())
def test_wilson_equals_scipy(n, data):
    hits = data.draw(st.integers(0, n))
    low, high = wilson_interval(hits, n)
    expected = scipy_stats.binomtest(hits, n).proportion_ci(method="wilson")
    np.testing.assert_allclose([low, high], [expected.low, expected.high], atol=1e-12)


def test_wilson_without_trials_is_the_whole_range_and_bad_counts_are_refused():
    low, high = wilson_interval([0, 1], [0, 1])
    assert low[0] == 0
    assert high[0] == 1
    assert high[1] == 1
    with pytest.raises(SettingsError, match="between 0 and n"):
        wilson_interval(3, 2)


def test_bootstrap_interval_of_a_mean_agrees_with_scipy():
    values = np.random.default_rng(1).normal(size=80)
    low, high = bootstrap_interval(lambda drawn: float(values[drawn].mean()), len(values), n_resamples=4000)
    theirs = scipy_stats.bootstrap((values,), np.mean, method="percentile", n_resamples=4000, rng=2)
    np.testing.assert_allclose([low, high], theirs.confidence_interval, atol=0.02)


def test_bootstrap_interval_needs_two_clusters_and_survives_draws_without_score():
    assert np.isnan(bootstrap_interval(lambda _: 1.0, 1)).all()
    assert np.isnan(bootstrap_interval(lambda _: float("nan"), 5, n_resamples=10)).all()


def test_permutations_stay_within_strata():
    strata = np.array(["b", "a", "b", "a", "c", "b"])
    drawn = permute_within(strata, 50)
    assert (strata[drawn] == strata).all()
    assert (np.sort(drawn, axis=1) == np.arange(6)).all()
    assert (drawn == permute_within(strata, 50)).all()
    assert len(np.unique(drawn, axis=0)) > 5


def test_permutation_moments_equal_full_enumeration():
    rng = np.random.default_rng(0)
    s1, s2, x1, x2 = rng.random(5), rng.random(4), rng.random(5), rng.random(4)
    first = np.array([np.dot(s1, x1[list(p)]) for p in permutations(range(5))])
    second = np.array([np.dot(s2, x2[list(p)]) for p in permutations(range(4))])
    total = (first[:, None] + second).ravel()
    observed, mean, variance, third = permutation_moments(np.r_[s1, s2], np.r_[x1, x2], ["a"] * 5 + ["b"] * 4)
    assert observed[0] == pytest.approx(s1 @ x1 + s2 @ x2)
    assert mean[0] == pytest.approx(total.mean())
    assert variance[0] == pytest.approx(total.var())
    assert third[0] == pytest.approx(((total - total.mean()) ** 3).mean())


@given(st.floats(-6, 6), st.floats(-2, 2))
def test_skewed_p_value_equals_pearson3_of_scipy(z, skewness):
    null = scipy_stats.pearson3(skewness if abs(skewness) >= 1e-4 else 0.0)
    expected = min(2 * min(null.sf(z), null.cdf(z)), 1.0)
    assert skewed_p_value(z, skewness) == pytest.approx(expected, rel=1e-4, abs=1e-12)


def test_max_t_counts_permutations_at_least_as_extreme():
    np.testing.assert_allclose(max_t([-3.0, 1.0, np.nan], [0.5, 2.0, 3.0]), [2 / 4, 3 / 4, np.nan])


def test_mantel_haenszel_on_berkeley_admissions():
    plain = cochran_mantel_haenszel(BERKELEY)
    crude = np.sum(BERKELEY, axis=0)
    assert crude[0, 0] * crude[1, 1] / (crude[0, 1] * crude[1, 0]) == pytest.approx(1.841, abs=5e-4)
    assert plain.odds_ratio == pytest.approx(0.9047, abs=5e-5)
    assert plain.statistic == pytest.approx(1.5246, abs=5e-5)
    assert plain.p_value == pytest.approx(0.2169, abs=5e-5)
    corrected = cochran_mantel_haenszel(BERKELEY, correction=True)
    assert corrected.statistic == pytest.approx(1.4269, abs=5e-5)
    assert corrected.p_value == pytest.approx(0.2323, abs=5e-5)
    # R prints the Robins-Breslow-Greenland interval 0.7719074 to 1.0603298.
    assert (plain.ci_low, plain.ci_high) == pytest.approx((0.7719, 1.0603), abs=1e-4)
    assert woolf_test(BERKELEY)[1] == pytest.approx(0.0034, abs=5e-5)


def test_mantel_haenszel_on_rabbits():
    corrected = cochran_mantel_haenszel(RABBITS, correction=True)
    assert corrected.statistic == pytest.approx(3.9286, abs=5e-5)
    assert corrected.p_value == pytest.approx(0.0475, abs=5e-5)
    assert corrected.odds_ratio == pytest.approx(7)
    assert corrected.n_strata == 3


def test_one_stratum_equals_the_crude_odds_ratio_and_scipy():
    table = [[12, 5], [3, 9]]
    found = cochran_mantel_haenszel([table])
    assert found.odds_ratio == pytest.approx(12 * 9 / 15)
    pearson = scipy_stats.chi2_contingency(table, correction=False)[0]
    assert found.statistic == pytest.approx(pearson * 28 / 29)


def test_clustered_statistic_is_the_squared_sum_over_the_sum_of_squares():
    tables = np.array(BERKELEY, dtype=float)
    n = tables.sum(axis=(1, 2))
    difference = tables[:, 0, 0] - tables[:, 0].sum(axis=1) * tables[:, :, 0].sum(axis=1) / n
    found = cochran_mantel_haenszel(BERKELEY, clustered=True)
    assert found.statistic == pytest.approx(difference.sum() ** 2 / (difference**2).sum())
    assert found.odds_ratio == pytest.approx(0.9047, abs=5e-5)
    # Repeating every count inside the strata adds tokens, not evidence.
    louder = cochran_mantel_haenszel(tables * 10, clustered=True)
    assert louder.statistic == pytest.approx(found.statistic)
    assert louder.log_se == pytest.approx(found.log_se)


def test_tables_that_tell_nothing():
    nothing = cochran_mantel_haenszel([[[3, 0], [4, 0]]])
    assert nothing.n_strata == 0
    assert np.isnan(nothing.p_value)
    assert exact_stratified([[[3, 0], [4, 0]]]) == 1
    assert np.isnan(woolf_test([[[3, 1], [4, 2]]])[0])
    assert cochran_mantel_haenszel([[[3, 0], [0, 4]]]).odds_ratio == np.inf
    with pytest.raises(SettingsError, match="shape"):
        cochran_mantel_haenszel([[1, 2, 3]])


CELL = st.integers(0, 12)


@given(CELL, CELL, CELL, CELL)
def test_one_stratum_equals_fisher(a, b, c, d):
    expected = scipy_stats.fisher_exact([[a, b], [c, d]])[1] if a + b + c + d else 1.0
    assert exact_stratified([[[a, b], [c, d]]]) == pytest.approx(expected)


def test_pairs_equal_the_exact_sign_test():
    pairs = [[[1, 0], [0, 1]]] * 9 + [[[0, 1], [1, 0]]] * 2
    assert exact_stratified(pairs) == pytest.approx(scipy_stats.binomtest(9, 11).pvalue)


def test_exact_equals_r_on_rabbits():
    # mantelhaen.test(Rabbits, exact = TRUE): p-value = 0.03994.
    assert exact_stratified(RABBITS) == pytest.approx(0.03994, abs=5e-6)
    with pytest.raises(SettingsError, match="whole"):
        exact_stratified([[[1.5, 1], [1, 1]]])
