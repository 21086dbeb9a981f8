import pandas as pd
import pytest

from framing.pipeline import Settings, run_stages
from framing.reading import read_corpus
from framing.report import ReportContent, render_report
from framing.report.labelling import label_matrix, modifier_table, silence_table, switch_list, timeline_rows
from framing.report.ledger import Ledger
from framing.report.naming import naming_table


@pytest.fixture(scope="module")
def content():
    corpus = read_corpus("kabul-2021")
    made = run_stages(corpus, Settings(use_gold=True), until="naming")
    return ReportContent(corpus=corpus, tables=made.tables)


def test_matrix_counts_labels_whatever_they_say(content):
    matrix = label_matrix(content)
    first = matrix["rows"][0]
    assert first["entity"] == "taliban"
    labels = content.table("labels").query("carrier == 'Volga Dispatch' and target.str.contains('Taliban', na=False)")
    assert (
        first["cells"]["Volga Dispatch"]["n_labelled"]
        == labels.drop_duplicates(["article_id", "target_start"]).shape[0]
    )
    assert first["cells"]["Meridian Wire"]["n_labelled"] == 0
    assert first["says"].startswith("banned, terrorist")


def test_silences_name_those_who_only_mention(content):
    rows = silence_table(content)["rows"]
    assert rows
    for row in rows:
        assert row["labels"]
        assert row["without"]
        assert not {m["outlet"] for m in row["labels"]} & {m["outlet"] for m in row["without"]}
        assert all(m["n_labelled"] == 0 for m in row["without"])


def test_modifiers_are_no_labels_and_recur(content):
    labels = {(r.article_id, r.start) for r in content.table("labels").itertuples()}
    for row in modifier_table(content):
        assert (row["article_id"], row["start"]) not in labels
        assert row["n_with"] > 1
        assert row["p_value"] <= 0.1


def test_timeline_holds_one_row_per_name_outlet_and_day(content):
    rows = timeline_rows(content)
    assert len(rows)
    assert not rows.duplicated(["entity", "outlet", "day"]).any()
    assert rows["share"].between(0, 1).all()


def test_switches_are_those_found(content):
    changes = content.table("label_changes")
    assert len(switch_list(content)) == int((changes["found"] & (changes["designation"] == "any")).sum())


def test_statements_say_who_was_not_found_to_state_them(content):
    ledger = Ledger(content)
    rows = [row for event in content.events for row in ledger.statements(event)["rows"]]
    assert rows
    coverage = content.table("coverage")
    for row in rows:
        told = coverage[coverage["statement"] == row["statement"]]
        assert {c["outlet"] for c in row["stated"]} == set(told.loc[told["stated"], "outlet"])
        assert all(c["anchor"] for c in row["stated"])


def test_collation_follows_the_base(content):
    ledger = Ledger(content)
    collations = [c for event in content.events for c in ledger.collations(event)]
    assert collations
    for collation in collations:
        copies = {c["id"] for c in collation["copies"]}
        assert all(set(row["cells"]) <= copies for row in collation["rows"])


def test_page_shows_them_and_stands_without_them(content):
    page = render_report(content)
    for words in ("How often each outlet labels each name", "Who states what", "What became of each sentence"):
        assert words in page
    bare = {
        k: v for k, v in content.tables.items() if not k.startswith(("label_", "modifiers", "coverage", "collation"))
    }
    page = render_report(ReportContent(corpus=content.corpus, tables=bare))
    assert "How often each outlet labels each name" not in page
    assert isinstance(timeline_rows(ReportContent(corpus=content.corpus)), pd.DataFrame)


def test_names_by_outlet(content):
    table = naming_table(content)
    first = table["rows"][0]
    assert first["entity"] == "Taliban"
    assert sum(first["totals"].values()) == first["n_mentions"]
    grid = content.table("naming_grid").query("by == 'form'")
    for row in table["preferred"]:
        told = grid[grid["cell_id"] == row["cell_id"]].iloc[0]
        assert told["q_value"] <= 0.05
        assert told["share"] > told["other_share"]
    assert "How one entity is named" in render_report(content)
