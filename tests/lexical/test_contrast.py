import numpy as np
import pandas as pd
import pytest

from framing.errors import SettingsError
from framing.lexical import Inference, LexicalContrast, OutletSeparability, Support
from framing.reading import read_corpus
from framing.schema import TABLES, check, empty

WORDS = np.array([f"word{k}" for k in range(60)])


def simulate(*, seed, n_events=40, confounded=True, marked=False):
    """Two outlets that share each event's word distribution; topics prefer an outlet; `marked` doubles one word."""
    rng = np.random.default_rng(seed)
    rows = []
    for event in range(n_events):
        weights = rng.dirichlet(np.full(len(WORDS), 0.3))
        share = rng.beta(0.5, 0.5) if confounded else 0.5
        for k in range(8):
            outlet = "A" if rng.random() < share else "B"
            words = list(rng.choice(WORDS, size=60, p=weights))
            words += ["shared"] * rng.poisson(2 if marked and outlet == "A" else 1)
            rows.append(
                {"article_id": f"e{event:03}-{k}", "outlet": outlet, "text": " ".join(words), "event": str(event)}
            )
    corpus = read_corpus(pd.DataFrame(rows))
    events = corpus.articles[["article_id", "event_id"]].assign(n_candidates=0)
    return corpus, check(events, "events")


def discoveries(corpus, events, **options):
    terms = LexicalContrast(**options).fit(corpus, events).terms_
    return set(terms.loc[terms["q_value"] < 0.05, "term"])


def test_pooled_keyness_finds_what_is_not_there():
    naive, honest = 0, 0
    for seed in range(4):
        corpus, events = simulate(seed=seed)
        naive += len(discoveries(corpus, events, pooled=True, inference=Inference(method="asymptotic")))
        honest += len(discoveries(corpus, events))
    assert naive > 20
    assert honest <= 1


def test_a_doubled_word_is_found():
    corpus, events = simulate(seed=1, n_events=80, confounded=False, marked=True)
    contrast = LexicalContrast().fit(corpus, events)
    terms = contrast.terms_.set_index(["term", "outlet"])
    row = terms.loc[("shared", "A")]
    assert row["q_value"] < 0.05
    assert row["ci_low"] > 0
    assert set(discoveries(corpus, events)) == {"shared"}
    assert "permut" in contrast.summary().lower()
    evidence = contrast.evidence("shared")
    assert set(evidence["outlet"]) == {"A", "B"}
    corpus.check_spans(evidence)


def test_the_closed_form_agrees_with_drawn_permutations():
    corpus, events = simulate(seed=2, n_events=20)
    z = [
        LexicalContrast(inference=Inference(method=m, n_resamples=400)).fit(corpus, events).terms_ for m in
        ("permutation", "resampling")
    ]  # fmt: skip
    both = z[0].merge(z[1], on=["term", "outlet", "reference"]).dropna(subset=["p_value_x", "p_value_y"])
    assert len(both) > 20
    assert np.corrcoef(both["p_value_x"], both["p_value_y"])[0, 1] > 0.97


def test_terms_are_a_valid_table_and_unsupported_ones_say_why():
    corpus, events = simulate(seed=3, n_events=6)
    terms = LexicalContrast(support=Support(min_count=20)).fit(corpus, events).terms_
    assert list(terms.columns)[: len(TABLES["terms"].names)] == list(TABLES["terms"].names)
    refused = terms[terms["unsupported"].notna()]
    assert len(refused)
    assert refused["p_value"].isna().all()


def test_row_order_does_not_matter():
    corpus, events = simulate(seed=4, n_events=6)
    one = LexicalContrast().fit(corpus, events).terms_
    other = LexicalContrast().fit(corpus, events.sample(frac=1, random_state=0)).terms_
    pd.testing.assert_frame_equal(one, other)


def test_what_cannot_be_compared_is_explained():
    corpus, events = simulate(seed=5, n_events=4)
    with pytest.raises(SettingsError):
        LexicalContrast().fit(corpus.where(outlet="A"), events)
    with pytest.raises(SettingsError):
        LexicalContrast().fit(corpus, empty("events"))
    with pytest.raises(SettingsError, match="measure must be one of"):
        LexicalContrast(measure="bias").fit(corpus, events)
    with pytest.raises(SettingsError, match="method must be one of"):
        Inference(method="hope")


def test_outlets_without_a_difference_cannot_be_told_apart():
    figures = []
    for seed in range(5):
        corpus, events = simulate(seed=seed, n_events=16)
        summary = OutletSeparability(n_permutations=19, random_state=0).fit(corpus, events).summary_
        figures.append(summary["auc"].iloc[0])
    assert abs(np.mean(figures) - 0.5) < 0.1


def test_outlets_with_a_habit_can_be_told_apart_until_it_is_masked():
    corpus, events = simulate(seed=6, n_events=16, confounded=False)
    texts = corpus.articles["text"].where(corpus.articles["outlet"] == "B", corpus.articles["text"] + " houseword")
    marked = read_corpus(corpus.articles.assign(text=texts))
    own = marked.articles[marked.articles["outlet"] == "A"]
    start = own["text"].str.len() - len("houseword")
    masks = check(
        pd.DataFrame(
            {"article_id": own["article_id"], "field": "text", "start": start, "end": own["text"].str.len(),
             "surface": "houseword", "kind": "style"}
        ),
        "masks",
    )  # fmt: skip
    model = OutletSeparability(n_permutations=19, random_state=0)
    model.fit(marked, events, masks={"none": None, "style": masks})
    auc = model.summary_.set_index("masks")["auc"]
    assert auc["none"] > 0.8
    assert abs(auc["style"] - 0.5) < 0.25
    first = model.weights_[(model.weights_["masks"] == "none") & (model.weights_["outlet"] == "A")]
    assert first.loc[first["weight"].idxmax(), "term"] == "houseword"
    assert model.summary_.equals(
        OutletSeparability(n_permutations=19, random_state=0)
        .fit(marked, events, masks={"none": None, "style": masks})
        .summary_
    )


def test_pairs_without_shared_events_leave_an_empty_table():
    corpus, events = simulate(seed=7, n_events=1)
    model = OutletSeparability(n_permutations=9).fit(corpus, events)
    assert model.summary_.empty
    assert model.diagnostics_ is not None
