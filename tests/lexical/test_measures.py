"""Measures against published values and reference implementations."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn.feature_extraction.text import TfidfTransformer

from framing.errors import SettingsError
from framing.lexical.measures import (
    MEASURES,
    chi_squared,
    jensen_shannon,
    log_likelihood,
    log_odds,
    log_ratio,
    mantel_haenszel,
    simple_maths,
    tfidf_difference,
)
from framing.stats import cochran_mantel_haenszel

# Toy of the reference implementations: terms a to h.
D1 = np.array([3, 2, 6, 1, 1, 1, 1, 2])
D2 = np.array([2, 1, 2, 4, 1, 1, 0, 1])


def _z(**options):
    delta, se = log_odds(D1, D1.sum(), D2, D2.sum(), **options)
    return delta / se


def test_log_odds_equals_the_reference_implementations():
    two = [0.0761, 0.3113, 1.2280, -1.8572, -0.2649, -0.2649, 0.4308, 0.3113]
    four = [0.0693, 0.2961, 1.0831, -1.7317, -0.2552, -0.2552, 0.4305, 0.2961]
    np.testing.assert_allclose(_z(prior=0.01), two, atol=5e-5)
    np.testing.assert_allclose(_z(prior=0.01, terms=4), four, atol=5e-5)


def test_log_odds_with_an_informative_prior():
    prior = 10 * (D1 + D2) / (D1 + D2).sum()
    z = _z(prior=prior, total=10.0)
    np.testing.assert_allclose(z[[0, 2, 3]], [0.0576, 0.9723, -1.5520], atol=5e-5)
    with pytest.raises(SettingsError, match="2 or 4"):
        log_odds(1, 2, 3, 4, terms=3)


def test_log_likelihood_equals_rayson_and_dunning():
    assert log_likelihood(52, 50_000, 57, 75_000, cells=2) == pytest.approx(2.65171, abs=5e-6)
    assert log_likelihood(52, 50_000, 57, 75_000) == pytest.approx(2.65406, abs=5e-6)
    for (a, b, c, d), expected in {
        (110, 2442, 111, 29114): 270.72,
        (29, 13, 123, 31612): 263.90,
        (31, 23, 139, 31584): 256.84,
    }.items():
        assert log_likelihood(a, a + c, b, b + d) == pytest.approx(expected, abs=5e-3)


def test_chi_squared_equals_quanteda_help_page():
    n1, n2 = 43_002, 108_539
    for (a, b), expected in {
        (1048, 779): 764.4484,
        (76, 7): 163.1532,
        (2089, 8094): -331.9907,
        (39, 332): -58.39810,
    }.items():
        assert chi_squared(a, n1, b, n2) == pytest.approx(expected, rel=1e-6)


def test_corrections_equal_quanteda():
    # "protected" in Trump 2017; the help page smooths by one half and its totals are fitted.
    values = [log_likelihood(6, 6266, 20, 128_993, correction=c) for c in ("yates", "none", "williams")]
    np.testing.assert_allclose(values, [8.9091, 10.6752, 9.3750], atol=2e-4)
    a, n1, b, n2 = 7, 10, 2, 10
    toy = [[7, 2], [3, 7]]
    table = np.array(toy)
    a, n1, b, n2 = table[0, 0], table[:, 0].sum(), table[0, 1], table[:, 1].sum()
    assert chi_squared(a, n1, b, n2) == pytest.approx(4.337160, abs=5e-7)
    assert chi_squared(a, n1, b, n2, correction="yates") == pytest.approx(2.632438, abs=5e-7)
    assert log_likelihood(a, n1, b, n2) == pytest.approx(4.534939, abs=5e-7)
    assert log_likelihood(a, n1, b, n2, correction="williams") == pytest.approx(4.200833, abs=5e-7)
    assert chi_squared(a, n1, b, n2, correction="williams") == pytest.approx(4.017626, abs=5e-7)


def test_chi_squared_and_g2_equal_scipy():
    rng = np.random.default_rng(0)
    for a, b, c, d in rng.integers(1, 60, (40, 4)):
        for correction in (False, True):
            name = "yates" if correction else "none"
            for function, power in ((chi_squared, 1), (log_likelihood, 0)):
                theirs = stats.chi2_contingency([[a, b], [c, d]], correction=correction, lambda_=power)[0]
                assert abs(function(a, a + c, b, b + d, correction=name)) == pytest.approx(theirs, abs=1e-9)


def test_simple_maths_equals_sketch_engine():
    value = simple_maths(35, 112_289_776, 263, 1_559_716_979)
    assert value == pytest.approx(1.1224, abs=5e-5)


def test_jensen_shannon_contributions_add_up():
    y1, y2 = np.array([10] * 7 + [0]), np.array([0] + [10] * 7)
    bits = jensen_shannon(y1, 70, y2, 70)
    assert np.abs(bits).sum() == pytest.approx(1 / 7)
    np.testing.assert_allclose(bits[[0, 3, 7]], [1 / 14, 0, -1 / 14], atol=1e-12)
    found = np.abs(jensen_shannon(D1, D1.sum(), D2, D2.sum())).sum()
    assert found == pytest.approx(jensenshannon(D1, D2, base=2) ** 2)


def test_mantel_haenszel_on_berkeley_admissions():
    admitted = np.array([[512, 89], [353, 17], [120, 202], [138, 131], [53, 94], [22, 24]])
    applied = np.array([[825, 108], [560, 25], [325, 593], [417, 375], [191, 393], [373, 341]])
    ratio = mantel_haenszel(admitted[:, 0], applied[:, 0], admitted[:, 1], applied[:, 1])
    assert ratio == pytest.approx(0.9047, abs=5e-5)


def test_log_ratio_and_tfidf_difference():
    assert log_ratio(8, 1000, 2, 1000) == pytest.approx(2)
    assert log_ratio(8, 1000, 0, 1000) == pytest.approx(4)
    assert tfidf_difference(8, 1000, 2, 500, idf=2.0) == pytest.approx(8)


def test_swapping_the_texts_swaps_the_sign():
    for measure in (log_likelihood, chi_squared, log_ratio, jensen_shannon, tfidf_difference):
        np.testing.assert_allclose(measure(D1, 30, D2, 20), -measure(D2, 20, D1, 30), atol=1e-12)


def test_unknown_variants_are_refused():
    with pytest.raises(SettingsError, match="cells"):
        log_likelihood(1, 2, 1, 2, cells=3)
    with pytest.raises(SettingsError, match="correction"):
        chi_squared(1, 2, 1, 2, correction="bonferroni")


def test_log_odds_equals_logarithms_taken_word_by_word():
    rng = np.random.default_rng(1)
    y1, y2, prior = rng.integers(0, 50, 30), rng.integers(0, 50, 30), rng.uniform(0.1, 2, 30)
    n1, n2, a0 = int(y1.sum()), int(y2.sum()), float(prior.sum())
    delta, error = log_odds(y1, n1, y2, n2, prior=prior, terms=4)
    for k in range(30):
        odds = [(y[k] + prior[k]) / (n + a0 - y[k] - prior[k]) for y, n in ((y1, n1), (y2, n2))]
        cells = [y[k] + prior[k] for y in (y1, y2)] + [n + a0 - y[k] - prior[k] for y, n in ((y1, n1), (y2, n2))]
        assert delta[k] == pytest.approx(math.log(odds[0] / odds[1]))
        assert error[k] == pytest.approx(math.sqrt(sum(1 / cell for cell in cells)))


def test_rayson_and_the_corrections_equal_formulas_written_out():
    for a, b, n1, n2 in ((52, 57, 50_000, 75_000), (5, 1, 90, 40), (3, 3, 10, 20)):
        e1, e2 = n1 * (a + b) / (n1 + n2), n2 * (a + b) / (n1 + n2)
        two = 2 * (a * math.log(a / e1) + b * math.log(b / e2))
        sign = 1 if a >= e1 else -1
        assert log_likelihood(a, n1, b, n2, cells=2) == pytest.approx(sign * two)
        n, rows, columns = n1 + n2, (a + b, n1 + n2 - a - b), (n1, n2)
        q = 1 + (sum(n / r for r in rows) - 1) * (sum(n / c for c in columns) - 1) / (6 * n)
        plain = log_likelihood(a, n1, b, n2)
        assert log_likelihood(a, n1, b, n2, correction="williams") == pytest.approx(plain / q)


def test_mantel_haenszel_equals_exact_fractions_and_the_stratified_test():
    rng = np.random.default_rng(2)
    tables = rng.integers(1, 30, (6, 2, 2))
    top = sum(Fraction(int(t[0, 0] * t[1, 1]), int(t.sum())) for t in tables)
    bottom = sum(Fraction(int(t[0, 1] * t[1, 0]), int(t.sum())) for t in tables)
    # A row is one side: its count and what is left of its size.
    y1, n1, y2, n2 = tables[:, 0, 0], tables[:, 0].sum(axis=1), tables[:, 1, 0], tables[:, 1].sum(axis=1)
    assert mantel_haenszel(y1, n1, y2, n2) == pytest.approx(float(top / bottom))
    assert mantel_haenszel(y1, n1, y2, n2) == pytest.approx(cochran_mantel_haenszel(tables).odds_ratio)


def test_crude_and_stratified_admissions_point_opposite_ways():
    admitted = np.array([[512, 89], [353, 17], [120, 202], [138, 131], [53, 94], [22, 24]])
    applied = np.array([[825, 108], [560, 25], [325, 593], [417, 375], [191, 393], [373, 341]])
    a, n = admitted.sum(axis=0, keepdims=True), applied.sum(axis=0, keepdims=True)
    assert mantel_haenszel(a[:, 0], n[:, 0], a[:, 1], n[:, 1]) == pytest.approx(1.841, abs=5e-4)


def test_log_ratio_and_simple_maths_equal_relative_frequencies():
    rng = np.random.default_rng(3)
    for a, b, n1, n2 in rng.integers(1, 500, (30, 4)) + np.array([0, 0, 600, 600]):
        ratio = Fraction(int(a), int(n1)) / Fraction(int(b), int(n2))
        assert 2 ** log_ratio(a, n1, b, n2) == pytest.approx(float(ratio))
        per_million = [float(Fraction(int(y) * 10**6, int(n))) for y, n in ((a, n1), (b, n2))]
        expected = (per_million[0] + 100) / (per_million[1] + 100)
        assert simple_maths(a, n1, b, n2, add=100) == pytest.approx(expected)


def test_tfidf_difference_equals_scikit_learn():
    counts = np.array([[3, 0, 1, 6], [1, 2, 2, 5]])
    weighted = TfidfTransformer(norm=None).fit_transform(counts).toarray()
    idf = TfidfTransformer(norm=None).fit(counts).idf_
    n1, n2 = counts.sum(axis=1)
    expected = 1000 * (weighted[0] / n1 - weighted[1] / n2)
    np.testing.assert_allclose(tfidf_difference(counts[0], n1, counts[1], n2, idf=idf), expected)


def test_named_variants_are_the_functions_with_their_options():
    variants = {
        "g2_two_cells": log_likelihood(52, 50_000, 57, 75_000, cells=2),
        "g2_yates": log_likelihood(52, 50_000, 57, 75_000, correction="yates"),
        "g2_williams": log_likelihood(52, 50_000, 57, 75_000, correction="williams"),
        "chi2_yates": chi_squared(52, 50_000, 57, 75_000, correction="yates"),
        "chi2_williams": chi_squared(52, 50_000, 57, 75_000, correction="williams"),
    }
    for name, value in variants.items():
        assert MEASURES[name](52, 50_000, 57, 75_000) == value
    assert len({round(float(value), 6) for value in variants.values()}) == len(variants)
