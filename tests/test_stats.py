"""Statistics against published values and independent implementations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from framing.errors import SettingsError
from framing.stats import benjamini_hochberg, benjamini_yekutieli

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


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
