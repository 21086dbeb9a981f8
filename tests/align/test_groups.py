"""Coverage, balanced samples and the order of reports, on tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from framing.align import coverage_matrix, coverage_table, events_with, first_reports
from framing.errors import SettingsError
from framing.reading import Corpus, read_corpus
from framing.schema import check, empty

REPORTS = [  # article, outlet, event, unit, published
    ("fire-1", "Wire", "fire", "w", "2021-08-10T06:00:00Z"),
    ("fire-2", "Gazette", "fire", "w", "2021-08-10T07:30:00Z"),
    ("fire-3", "Gazette", "fire", "w", "2021-08-10T09:00:00Z"),
    ("fire-4", "Herald", "fire", "h", "2021-08-10"),
    ("vote-1", "Gazette", "vote", "g1", "2021-08-12"),
    ("vote-2", "Gazette", "vote", "g2", "2021-08-11"),
    ("vote-3", "Herald", "vote", "h1", "2021-08-12"),
    ("vote-4", "Herald", "vote", "h2", None),
    ("rain-1", "Herald", "rain", "r", None),
]


def tables(reports=REPORTS):
    frame = pd.DataFrame(reports, columns=["article_id", "outlet", "event_id", "unit_id", "published"])
    agencies = frame["article_id"].map({"fire-2": "Wire", "fire-3": "Wire", "vote-3": "Elsewhere"})
    corpus = read_corpus(frame[["article_id", "outlet", "published"]].assign(text="A text.", agency=agencies))
    return corpus, frame[["article_id", "event_id"]], frame[["article_id", "unit_id"]]


def cells(table, *columns):
    return list(table[list(columns)].itertuples(index=False, name=None))


def test_coverage_tells_copies_from_independent_reports():
    corpus, events, units = tables()
    table = coverage_table(corpus, events, units).set_index(["event_id", "outlet"])
    counts = table[["n_articles", "n_units", "n_own", "n_copies"]]
    assert counts.loc[("fire", "Gazette")].tolist() == [2, 1, 0, 2]
    assert counts.loc[("fire", "Wire")].tolist() == [1, 1, 0, 1]
    assert counts.loc[("fire", "Herald")].tolist() == [1, 1, 1, 0]
    assert counts.loc[("vote", "Gazette")].tolist() == [2, 2, 2, 0]
    assert ("vote", "Wire") not in table.index
    alone = coverage_table(corpus, events)
    assert (alone["n_own"] == alone["n_articles"]).all()
    assert not alone["n_copies"].any()


def test_coverage_tells_when_each_outlet_began():
    corpus, events, _ = tables()
    table = coverage_table(corpus, events).set_index(["event_id", "outlet"])
    assert table.loc[("fire", "Wire"), "lag"] == 0
    assert table.loc[("fire", "Gazette"), "published"] == pd.Timestamp("2021-08-10T07:30Z")
    assert table.loc[("fire", "Gazette"), "lag"] == 0  # the Herald's day may be earlier, by no known hours
    assert table.loc[("vote", "Herald"), "lag"] == 24
    assert pd.isna(table.loc[("rain", "Herald"), "lag"])
    timed = coverage_table(*tables(REPORTS[:3])[:2]).set_index("outlet")
    assert timed["lag"].to_dict() == {"Gazette": 1.5, "Wire": 0}


def test_coverage_matrix_counts_articles_or_units():
    corpus, events, units = tables()
    matrix = coverage_matrix(corpus, events)
    assert matrix.loc["fire"].to_dict() == {"Gazette": 2, "Herald": 1, "Wire": 1}
    assert int(matrix.to_numpy().sum()) == len(corpus)
    assert coverage_matrix(corpus, events, units).loc["fire"].to_dict() == {"Gazette": 1, "Herald": 1, "Wire": 1}


def test_events_that_given_outlets_report():
    corpus, events, _ = tables()
    assert set(events_with(events, corpus, outlets=["Gazette", "Herald"])["event_id"]) == {"fire", "vote"}
    assert set(events_with(events, corpus, outlets="Wire")["article_id"]) == {"fire-1"}
    assert len(events_with(events, corpus)) == 8
    assert set(events_with(events, corpus, n_outlets=3)["event_id"]) == {"fire"}


def test_copies_do_not_make_an_event_comparable():
    corpus, events, units = tables()
    assert events_with(events, corpus, outlets=["Gazette", "Wire"], units=units).empty
    pair = events_with(events, corpus, outlets=["Gazette", "Herald"], units=units)
    assert pair["article_id"].tolist() == ["fire-2", "fire-4", "vote-1", "vote-2", "vote-3", "vote-4"]
    assert set(events_with(events, corpus, units=units, n_outlets=3)["event_id"]) == set()
    # of the wire story, any two outlets: the earliest of its copies stands for it
    both = events_with(events, corpus, units=units).query("event_id == 'fire'")
    assert both["article_id"].tolist() == ["fire-1", "fire-4"]


def test_balanced_samples_take_the_earliest():
    corpus, events, units = tables()
    pairs = events_with(events, corpus, outlets=["Gazette", "Herald"], per_outlet=1)
    assert pairs["article_id"].tolist() == ["fire-2", "fire-4", "vote-2", "vote-3"]
    two = events_with(events, corpus, outlets=["Gazette", "Herald"], per_outlet=2)
    assert two["article_id"].tolist() == ["vote-1", "vote-2", "vote-3", "vote-4"]
    assert events_with(events, corpus, outlets=["Gazette", "Herald"], per_outlet=2, units=units).equals(two)
    any_two = events_with(events, corpus, per_outlet=2)
    assert set(any_two["event_id"]) == {"vote"}


def test_samples_and_tables_do_not_depend_on_row_order():
    expected = tables()
    shuffled = [REPORTS[k] for k in np.random.default_rng(4).permutation(len(REPORTS))]
    got = tables(shuffled)
    for verb in (coverage_table, coverage_matrix):
        pd.testing.assert_frame_equal(verb(*got), verb(*expected))
    pd.testing.assert_frame_equal(
        first_reports(*got[:2], units=got[2]), first_reports(*expected[:2], units=expected[2])
    )
    samples = [set(events_with(e, c, units=u, per_outlet=1)["article_id"]) for c, e, u in (expected, got)]
    assert samples[0] == samples[1]


def test_wrong_choices_are_explained():
    corpus, events, _ = tables()
    with pytest.raises(SettingsError, match="no outlet 'Nobody'"):
        events_with(events, corpus, outlets=["Nobody"])
    with pytest.raises(SettingsError, match="at least one outlet"):
        events_with(events, corpus, outlets=[])
    for wrong in ({"n_outlets": 0}, {"per_outlet": 0}):
        with pytest.raises(SettingsError, match="at least 1"):
            events_with(events, corpus, **wrong)


def test_ranks_claim_no_more_than_the_dates_tell():
    corpus, events, _ = tables()
    table = first_reports(corpus, events)
    pd.testing.assert_frame_equal(check(table, "first_reports"), table)
    fire = table.query("event_id == 'fire'")
    # the Herald's report may have come at any time of the day
    assert cells(fire, "article_id", "rank", "n_tied") == [
        ("fire-1", 1, 1),
        ("fire-4", 1, 3),
        ("fire-2", 2, 1),
        ("fire-3", 3, 1),
    ]
    vote = table.query("event_id == 'vote'")
    assert cells(vote.iloc[:3], "article_id", "rank", "n_tied", "lag") == [
        ("vote-2", 1, 0, 0.0),
        ("vote-1", 2, 1, 24.0),
        ("vote-3", 2, 1, 24.0),
    ]
    assert vote["article_id"].iloc[3] == "vote-4"
    assert vote.iloc[3][["rank", "n_tied", "lag"]].isna().all()


def test_a_time_of_the_next_day_is_certainly_later():
    reports = [("a", "A", "e", "a", "2021-08-10"), ("b", "B", "e", "b", "2021-08-11T00:00:00Z")]
    table = first_reports(*tables(reports)[:2])
    assert cells(table, "article_id", "rank", "n_tied", "lag") == [("a", 1, 0, 0.0), ("b", 2, 0, 24.0)]


def test_equal_times_tie():
    reports = [(a, a, "e", a, "2021-08-10T05:00:00Z") for a in "ab"]
    assert cells(first_reports(*tables(reports)[:2]), "rank", "n_tied", "lag") == [(1, 1, 0.0)] * 2


def test_first_independent_report_and_first_outlet_apart_from_agencies():
    corpus, events, units = tables()
    table = first_reports(corpus, events, units=units).set_index("article_id")
    assert table["unit_first"].drop(["vote-4", "rain-1"]).to_dict() == {
        "fire-1": True,
        "fire-4": True,
        "fire-2": False,
        "fire-3": False,
        "vote-2": True,
        "vote-1": True,
        "vote-3": True,
    }
    assert table["unit_rank"].loc[["fire-1", "fire-2", "fire-3", "fire-4"]].tolist() == [1, 1, 1, 1]
    assert table.loc[["vote-2", "vote-1", "vote-3"], "unit_rank"].tolist() == [1, 2, 2]
    assert table["unit_first"].loc[["vote-4", "rain-1"]].isna().all()
    assert table.index[table["is_agency"]].tolist() == ["fire-1"]
    assert table["agency"].dropna().to_dict() == {"fire-2": "wire", "fire-3": "wire", "vote-3": "elsewhere"}


def test_credits_of_datelines_count():
    corpus, events, _ = tables()
    credit = pd.DataFrame({"article_id": ["vote-1"], "agency": ["Herald"]})
    table = first_reports(corpus, events, datelines=credit).set_index("article_id")
    assert set(table.index[table["is_agency"]]) == {"fire-1", "fire-4", "vote-3", "vote-4", "rain-1"}


def test_nothing_in_nothing_out():
    nothing, events, units = Corpus(empty("articles")), empty("events"), empty("units")
    assert coverage_matrix(nothing, events, units).shape == (0, 0)
    assert coverage_table(nothing, events, units).equals(empty("event_outlets"))
    assert events_with(events, nothing, units=units, per_outlet=1).empty
    assert first_reports(nothing, events, units=units, datelines=empty("datelines")).equals(empty("first_reports"))
