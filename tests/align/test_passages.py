import pandas as pd
import pytest

from framing.align.edits import diff_passages
from framing.align.passages import align_passages
from framing.errors import SettingsError
from framing.schema import check, empty


def one_event(corpus):
    return check(pd.DataFrame({"article_id": corpus.article_ids, "event_id": "e", "n_candidates": 0}), "events")


WIRE = (
    "The Meridian movement entered the capital on Sunday evening. Officials closed the main airport at noon. "
    "Nearly 600 soldiers guarded the northern gate through the night."
)


def test_copies_are_matched_one_to_one_and_moves_are_marked(make_corpus):
    copy = (
        "Nearly 700 soldiers guarded the northern gate through the night. "
        "The Meridian movement (banned in Ruritania) entered the capital on Sunday evening. "
        "Officials closed the main airport at noon."
    )
    corpus = make_corpus(WIRE, copy)
    passages = align_passages(corpus, one_event(corpus))
    ours = passages[passages["article_id"] == "a0"]
    assert ours["relation"].tolist() == ["edited", "verbatim", "edited"]
    assert ours["moved"].tolist() == [False, False, True]
    edits = diff_passages(corpus, passages)
    assert edits[["operation", "surface", "other_surface", "type"]].to_numpy().tolist() == [
        ["insert", "", "(banned in Ruritania)", "bracket"],
        ["replace", "600", "700", "number"],
    ]
    for table in (passages, edits):
        corpus.check_spans(table)
        corpus.check_spans(table, "other_")


def test_reports_are_matched_many_to_one_and_the_rest_is_unique(make_corpus):
    corpus = make_corpus(
        "The court fined the bakery on Tuesday. Bread prices rose sharply in March.",
        "On Tuesday a court imposed a fine: the bakery must pay. "
        "The bakery was fined by the court, lawyers said on Tuesday.",
    )
    passages = align_passages(corpus, one_event(corpus))
    back = passages[passages["article_id"] == "a1"]
    assert back["other_surface"].nunique() == 1
    lonely = passages[(passages["article_id"] == "a0") & passages["surface"].str.startswith("Bread")].iloc[0]
    assert lonely["relation"] == "unique"
    assert pd.isna(lonely["other_start"])
    assert isinstance(lonely["nearest"], str)


def test_order_of_rows_does_not_matter(make_corpus):
    rows = [{"article_id": f"x{k}", "text": WIRE[k * 3 :] + f" Ending number {k} is here."} for k in range(4)]
    one, other = make_corpus(*rows), make_corpus(*rows[::-1])
    pd.testing.assert_frame_equal(align_passages(one, one_event(one)), align_passages(other, one_event(other)))


def test_nothing_in_nothing_out(make_corpus):
    corpus = make_corpus("One.", "Two.")
    assert align_passages(corpus, empty("events")).empty
    assert diff_passages(corpus, empty("passages")).empty
    with pytest.raises(SettingsError, match="paraphrase must lie"):
        align_passages(corpus, one_event(corpus), paraphrase=0)
