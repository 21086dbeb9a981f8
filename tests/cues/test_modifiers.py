import numpy as np
import pandas as pd
import pytest

from framing.cues import find_labels, rank_modifiers
from framing.cues.modifiers import candidates
from framing.reading import Corpus
from framing.schema import empty
from framing.stats import exact_stratified

NAMES = ("Orlan Guard", "Tessel", "Miro Vance")
FORMS = {
    "parenthetical": "{} (on the amber roll of the Wardens) arrived. {} left.",
    "appositive": "{}, which the Wardens keep on the amber roll, arrived. {} left.",
    "dash": "{} — held at arm's length by the Wardens — arrived. {} left.",
    "prenominal": "The amber-rolled {} arrived. {} left.",
    "footnote": "{}* arrived. {} left.\n\n* On the amber roll of the Wardens.",
}
PLAIN = "{} arrived. {} left."


def corpus_of(form, n_events=6, *, decoy=False):
    rows = []
    for event in range(n_events):
        name = NAMES[event % len(NAMES)]
        for outlet in ("Alpha", "Beta", "Gamma"):
            text = FORMS[form] if outlet == "Alpha" or decoy else PLAIN
            filler = f"Rain fell on {event} towns. " if outlet == "Beta" else ""
            rows.append((f"{event}-{outlet}", outlet, filler + text.format(name, name), f"e{event}"))
    frame = pd.DataFrame(rows, columns=["article_id", "outlet", "text", "event_id"])
    events = frame[["article_id", "event_id"]].assign(n_candidates=1, confidence=1.0)
    return Corpus(frame.assign(title="", language="en")), events


@pytest.mark.parametrize("form", FORMS)
def test_an_invented_label_is_found_in_every_form(form):
    corpus, events = corpus_of(form)
    table = rank_modifiers(corpus, events)
    corpus.check_spans(table)
    top = table[table["rank"] <= 6]
    assert set(top["outlet"]) == {"Alpha"}
    assert set(top["form"]) == {form}
    assert set(top["target"]) == set(NAMES)
    assert top["p_value"].to_numpy() == pytest.approx(exact_stratified(np.tile([[1, 0], [0, 2]], (6, 1, 1))))
    assert (top["q_value"] <= 0.05).all()
    labels = find_labels(corpus, events=events)
    assert (labels["rule_id"] == "contrast").all()
    assert len(labels) == 6
    assert set(labels["form"]) == {form}


@pytest.mark.parametrize("form", FORMS)
def test_what_everybody_attaches_is_nobodys_label(form):
    corpus, events = corpus_of(form, decoy=True)
    assert not (rank_modifiers(corpus, events)["q_value"] <= 0.05).any()
    assert find_labels(corpus, events=events).empty


def test_small_counts_are_ranked_without_q():
    corpus, events = corpus_of("parenthetical", n_events=2)
    table = rank_modifiers(corpus, events)
    assert table["q_value"].isna().all()
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["surface"].iloc[0] == "(on the amber roll of the Wardens)"


def test_order_of_articles_does_not_matter():
    corpus, events = corpus_of("dash")
    shuffled = Corpus(corpus.articles.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(rank_modifiers(corpus, events), rank_modifiers(shuffled, events[::-1]))


def test_no_events_no_rows():
    corpus, _ = corpus_of("dash")
    assert rank_modifiers(corpus, empty("events")).empty


def test_candidates_leave_glosses_and_clauses_out():
    text = "Ann Orlan (D-Vt.) said, Mr Tessel (47) came, and he left. Miro Vance, but not Ann, spoke."
    assert not [c for c in candidates(text) if c.form != "prenominal"]


def test_hostile_text_stays_linear():
    for text in ("(" * 20_000, "A, " * 20_000, "a " * 20_000 + "B", "X* " * 10_000, "A — " * 10_000):
        assert len(candidates(text)) <= len(text)
