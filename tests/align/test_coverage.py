import pandas as pd
import pytest

from framing.align import align_passages, compare_coverage, find_reuse, independent_units, statement_matrix
from framing.errors import SettingsError
from framing.schema import check, empty
from framing.text import find_sentences

FACTS = (
    "Engineers reopened the Halden bridge on Tuesday after eleven days of repairs.",
    "Repairs cost the county nearly four million crowns, treasurer Ida Moen calculated.",
    "Fishermen in Orvik lost their nets when the ferry was rerouted.",
)
REWORDED = (
    "After eleven days of repairs, the Halden bridge was reopened by engineers on Tuesday.",
    "Treasurer Ida Moen calculated that the repairs cost the county almost four million crowns.",
    "The rerouted ferry cost fishermen in Orvik their nets.",
)
OWN = (
    "A brass band played while children waved at the mayor.",
    "Tourists complained about crowded cafes near a museum.",
)


def one_event(corpus):
    return check(pd.DataFrame({"article_id": corpus.article_ids, "event_id": "e", "n_candidates": 0}), "events")


def ledger(corpus, **options):
    events = one_event(corpus)
    return compare_coverage(corpus, events, align_passages(corpus, events), **options)


def stated(coverage):
    return coverage.pivot_table(index="statement", columns="outlet", values="stated", aggfunc="first")


def test_what_two_state_and_a_third_does_not_is_a_row(make_corpus):
    corpus = make_corpus(" ".join(FACTS), " ".join(REWORDED), f"{REWORDED[0]} {OWN[0]} {OWN[1]} {FACTS[2]}")
    coverage = ledger(corpus)
    told = stated(coverage)
    row = told[told.index.str.contains("Moen")]
    assert row.to_numpy().tolist() == [[True, True, False]]
    rest = told[~told.index.str.contains("Moen")]
    assert len(rest) == 2
    assert rest.to_numpy().all()
    absent = coverage[~coverage["stated"]].iloc[0]
    assert pd.isna(absent["start"])
    assert absent["nearest_id"] == "a2"
    assert 0 <= absent["score"] < 0.65
    corpus.check_spans(coverage)
    corpus.check_spans(coverage, "nearest_")


def test_rank_counts_the_sentences_of_the_report(make_corpus):
    corpus = make_corpus({"text": f"{OWN[0]} {FACTS[1]}", "title": "Bridge opens"}, f"{REWORDED[1]} {OWN[1]}")
    coverage = ledger(corpus)
    assert coverage.set_index("outlet")["rank"].to_dict() == {"Outlet 0": 2, "Outlet 1": 1}


def test_copies_are_one_report(make_corpus):
    wire = " ".join([*FACTS, *OWN])
    corpus = make_corpus(wire, wire, "The harbour froze over in January, pilots told a newspaper.")
    units = independent_units(corpus, find_reuse(corpus), one_event(corpus))
    assert units["unit_id"].nunique() == 2
    assert ledger(corpus, units=units).empty
    assert ledger(corpus)["statement_id"].nunique() == len([*FACTS, *OWN])


def test_what_one_report_alone_states_is_no_row(make_corpus):
    corpus = make_corpus(f"{FACTS[0]} {OWN[0]}", f"{REWORDED[0]} {OWN[1]}")
    assert ledger(corpus)["statement_id"].nunique() == 1


def test_one_outlet_is_one_column(make_corpus):
    corpus = make_corpus({"text": FACTS[0], "outlet": "A"}, {"text": REWORDED[0], "outlet": "A"})
    assert ledger(corpus)["outlet"].tolist() in ([], ["A"])


def test_dates_are_not_needed_and_break_ties(make_corpus):
    late = {"text": FACTS[0], "published": "2021-01-02T00:00:00Z"}
    early = {"text": FACTS[0].replace("eleven", "twelve"), "published": "2021-01-01T00:00:00Z"}
    assert ledger(make_corpus(late, early))["statement"].unique().tolist() == [early["text"]]
    assert len(ledger(make_corpus(FACTS[0], REWORDED[0]))) == 2


def test_furniture_states_nothing(make_corpus):
    footer = "All rights reserved by the northern press group, do not copy this page."
    corpus = make_corpus(f"{FACTS[0]}\n{footer}", f"{REWORDED[0]}\n{footer}")
    sentences = find_sentences(corpus)
    sentences.loc[sentences["surface"] == footer, "zone"] = "furniture"
    passages = align_passages(corpus, one_event(corpus), sentences=sentences)
    coverage = compare_coverage(corpus, one_event(corpus), passages, sentences=sentences)
    assert coverage["statement_id"].nunique() == 1


def test_order_of_rows_does_not_matter(make_corpus):
    rows = [
        {"article_id": f"x{k}", "outlet": f"O{k}", "text": " ".join([*part, OWN[k % 2]])}
        for k, part in enumerate([FACTS, REWORDED, REWORDED[::-1], FACTS[:2]])
    ]
    one, other = make_corpus(*rows), make_corpus(*rows[::-1])
    pd.testing.assert_frame_equal(ledger(one), ledger(other))


def test_the_wide_view_has_a_column_for_each_outlet(make_corpus):
    corpus = make_corpus(" ".join(FACTS), " ".join(REWORDED), OWN[0])
    wide = statement_matrix(ledger(corpus))
    assert wide.columns.tolist() == ["Outlet 0", "Outlet 1", "Outlet 2"]
    assert set(wide["Outlet 2"]) == {"not found"}
    assert wide["Outlet 0"].isin(FACTS).all()
    assert statement_matrix(empty("coverage")).empty


def test_nothing_in_nothing_out(make_corpus):
    corpus = make_corpus("One.", "Two.")
    assert compare_coverage(corpus, empty("events"), empty("passages")).empty
    assert compare_coverage(corpus, one_event(corpus), empty("passages")).empty
    with pytest.raises(SettingsError, match="cut must lie"):
        compare_coverage(corpus, one_event(corpus), empty("passages"), cut=0)
