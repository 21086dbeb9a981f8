import re

import pandas as pd
import pytest

from framing.errors import SettingsError
from framing.report import (
    chart_to_svg,
    coverage_chart,
    cue_rates,
    cue_rates_chart,
    label_counts_chart,
    label_timeline_chart,
    save_figures,
    separability_chart,
    terms_chart,
    top_terms,
)
from framing.schema import empty, make


def test_cue_rates_count_own_voice_apart_and_keep_zeros(corpus, tables):
    rates = cue_rates(tables["cues"], corpus).set_index(["outlet", "family"])
    own = rates.loc[("Prairie Courier", "reporting-verb")]
    assert (own.n_cues, own.n_own) == (1, 0)
    assert own.rate == pytest.approx(1000 / own.n_words)
    assert rates.loc[("Meridian Wire", "hedge")].n_cues == 0
    assert len(rates) == 3 * tables["cues"]["family"].nunique()


def test_top_terms_are_tested_and_strongest(tables):
    assert top_terms(tables["terms"], 1)["term"].tolist() == ["reportedly"]
    assert "ferry" not in set(top_terms(tables["terms"])["term"])


def test_charts_show_their_tables(corpus, tables):
    for chart, words in (
        (terms_chart(tables["terms"]), "reportedly"),
        (separability_chart(tables["separability"]), "Meridian Wire / Prairie Courier"),
        (coverage_chart(tables["events"], corpus, units=tables["units"]), "Harbour Gazette"),
        (cue_rates_chart(tables["cues"], corpus), "distancing"),
    ):
        svg = chart_to_svg(chart)
        assert svg.startswith("<svg")
        assert words in svg
        assert svg == chart_to_svg(chart)


def test_links_lead_to_fragments_only(tables):
    terms = tables["terms"].assign(href="https://elsewhere.example/x#t1")
    links = re.findall(r'href="([^"]*)"', chart_to_svg(terms_chart(terms)))
    assert set(links) == {"#t1"}
    terms = tables["terms"].assign(href="javascript:alert(1)")
    assert "href=" not in chart_to_svg(terms_chart(terms))


@pytest.mark.parametrize("term", ["a\x00b", "a\u202eb\u2066", "a\tb\nc\x07", "</text><script>", "x" * 5000])
def test_no_text_ends_the_process_or_leaves_its_place(tables, term):
    svg = chart_to_svg(terms_chart(tables["terms"].assign(term=term)))
    assert "<script" not in svg
    assert len(svg) < 60_000


def test_save_figures_writes_what_the_tables_can_fill(corpus, tables, tmp_path):
    written = save_figures(tables, tmp_path / "figures", corpus=corpus)
    assert [path.name for path in written] == ["coverage.svg", "cue_rates.svg", "terms.svg", "separability.svg"]
    bare = {name: empty(name) for name in ("events", "cues", "terms", "separability")}
    assert save_figures(bare, tmp_path / "none", corpus=corpus) == []
    untested = make("terms", tables["terms"].assign(unsupported="one event").to_dict("series"))
    assert save_figures({"terms": untested}, tmp_path / "none", corpus=corpus) == []


NAMED = {"entity": "league", "designation": "banned"}


def test_label_counts_name_outlets_and_say_of_how_many():
    row = {"n_mentions": 9, "n_labelled": 4, "share": 4 / 9, "ci_low": 0.2, "ci_high": 0.7, "n_articles": 3}
    row |= {"n_first_labelled": 1, "first_share": 1 / 3, "first_ci_low": 0.1, "first_ci_high": 0.8, **NAMED}
    row |= {"first_date": pd.Timestamp("2031-03-01", tz="UTC")}
    counts = make("label_counts", [row | {"outlet": o} for o in ("Harbour Gazette", "Meridian Wire")])
    svg = chart_to_svg(label_counts_chart(counts))
    assert "Meridian Wire" in svg
    assert "1 of 3" in svg
    assert "4 of 9" in chart_to_svg(label_counts_chart(counts, share="share"))
    with pytest.raises(SettingsError, match="must be one of first_share, share"):
        label_counts_chart(counts, share="n_labelled")


def test_label_timeline_draws_days_and_found_changes():
    days = pd.date_range("2031-03-01", periods=6, tz="UTC")
    row = {"outlet": "Harbour Gazette", **NAMED, "n_mentions": 2, "ci_low": 0.0, "ci_high": 1.0}
    rows = [row | {"day": d, "n_labelled": 2 * (k > 2), "share": float(k > 2)} for k, d in enumerate(days)]
    timeline = make("label_timeline", rows)
    change = {"outlet": "Harbour Gazette", **NAMED, "day": days[3], "n_days": 6, "n_mentions": 12, "p_value": 0.01}
    change |= {"share_before": 0.0, "share_after": 1.0, "q_value": 0.01, "found": True}
    plain = chart_to_svg(label_timeline_chart(timeline))
    assert "Harbour Gazette" in plain
    assert "league" not in plain  # one name only: the caller knows it
    strokes = [
        chart_to_svg(label_timeline_chart(timeline, changes=make("label_changes", [change | {"found": found}])))
        for found in (True, False)
    ]
    assert ["#c27c10" in svg for svg in (plain, *strokes)] == [False, True, False]
