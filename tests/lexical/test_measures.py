"""Measures against published values and reference implementations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from framing.errors import SettingsError
from framing.lexical.measures import (
    chi_squared,
    jensen_shannon,
    log_likelihood,
    log_odds,
    log_ratio,
    mantel_haenszel,
    simple_maths,
    tfidf_difference,
)

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
