import numpy as np
import pandas as pd
import pytest

from framing.errors import SettingsError
from framing.lexical import OutletSeparability, find_style, style_steps
from framing.reading import read_corpus
from framing.schema import TABLES, check

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


def grouped(seed, *, own_words, group_word):
    """Eight outlets in two groups report each event once; every outlet and every group may have a word of its own."""
    rng = np.random.default_rng(seed)
    rows = []
    for event in range(16):
        weights = rng.dirichlet(np.full(len(WORDS), 0.3))
        for outlet in range(8):
            words = list(rng.choice(WORDS, size=50, p=weights))
            words += [f"own{outlet}"] * (2 * own_words) + [f"group{outlet % 2}"] * (2 * group_word)
            rows.append(
                (f"e{event:02d}-{outlet}", f"O{outlet}", ["left", "right"][outlet % 2], " ".join(words), str(event))
            )
    corpus = read_corpus(pd.DataFrame(rows, columns=["article_id", "outlet", "leaning", "text", "event"]))
    return corpus, check(corpus.articles[["article_id", "event_id"]].assign(n_candidates=0), "events")


def test_habits_of_outlets_are_no_difference_of_groups():
    corpus, events = grouped(0, own_words=True, group_word=False)
    naive = OutletSeparability(by="leaning", n_permutations=39).fit(corpus, events)
    strict = OutletSeparability(by="leaning", outlet="outlet", n_permutations=39).fit(corpus, events)
    assert naive.summary_["auc"].iloc[0] > 0.95
    assert "habit of single outlets" in naive.summary()
    row = strict.summary_.iloc[0]
    assert row["left_out"] == "events and outlets"
    assert row["ci_low"] <= 0.5
    assert not row["told_apart"]
    assert "cannot be said to differ" in strict.summary()
    assert "can be told apart" not in strict.summary()


def test_a_difference_of_groups_survives_new_outlets():
    corpus, events = grouped(1, own_words=False, group_word=True)
    model = OutletSeparability(by="leaning", outlet="outlet", n_permutations=99).fit(corpus, events)
    row = model.summary_.iloc[0]
    assert row["auc"] > 0.95
    assert row["told_apart"]
    assert "can be told apart" in model.summary()
    assert model.weights_.sort_values("weight")["term"].iloc[-1].startswith("group")


def test_groups_need_two_outlets_each_and_one_group_per_outlet():
    corpus, events = grouped(2, own_words=False, group_word=False)
    few = OutletSeparability(by="leaning", outlet="outlet", n_permutations=9).fit(
        corpus.where(outlet=["O0", "O1", "O3"]), events
    )
    assert few.summary_.empty
    assert "two are needed" in few.diagnostics_["reason"].iloc[0]
    assert "nothing was tested" in few.summary()
    mixed = read_corpus(corpus.articles.assign(outlet="O1"))
    with pytest.raises(SettingsError, match="must have one leaning"):
        OutletSeparability(by="leaning", outlet="outlet").fit(mixed, events)
    with pytest.raises(SettingsError, match="no column outlet='owner'"):
        OutletSeparability(by="leaning", outlet="owner").fit(corpus, events)


def test_steps_calibration_and_evidence():
    corpus, events = simulate(seed=6, n_events=16, confounded=False)
    honorific = np.where(corpus.articles["outlet"] == "A", " Mr. Orlan spoke.", " Orlan spoke.")
    corpus = read_corpus(corpus.articles.assign(text=corpus.articles["text"] + honorific))
    model = OutletSeparability(n_permutations=19).fit(corpus, events, masks=style_steps(find_style(corpus)))
    steps = model.steps_.set_index("masks")
    assert steps.index[:2].tolist() == ["none", "with honorifics"]
    assert steps.loc["with honorifics", "carried"] > 0.2
    assert steps.loc["none", "auc"] - steps.loc["with honorifics", "auc"] == pytest.approx(
        steps.loc["with honorifics", "carried"]
    )
    bins = model.calibration_[model.calibration_["masks"] == "none"]
    assert bins["n_articles"].sum() == model.summary_["n_articles"].iloc[0]
    assert ((bins["predicted"] >= bins["probability_low"]) & (bins["predicted"] <= bins["probability_high"])).all()
    assert bins["observed"].is_monotonic_increasing
    evidence = model.evidence("mr", "A")
    assert set(evidence["side"]) == {"target"}
    corpus.check_spans(evidence)
    assert model.provenance_["corpus"] == corpus.fingerprint


def test_probabilities_are_scored_by_brier():
    corpus, events = simulate(seed=6, n_events=16, confounded=False)
    blind = OutletSeparability(n_permutations=9).fit(corpus, events).summary_.iloc[0]
    texts = corpus.articles["text"] + np.where(corpus.articles["outlet"] == "A", " houseword" * 5, "")
    seeing = OutletSeparability(n_permutations=9).fit(read_corpus(corpus.articles.assign(text=texts)), events)
    assert seeing.summary_["brier"].iloc[0] < 0.1
    assert blind["brier"] > 0.2


def test_settings_are_checked():
    corpus, events = simulate(seed=7, n_events=4)
    with pytest.raises(SettingsError, match="n_permutations"):
        OutletSeparability(n_permutations=0).fit(corpus, events)
    everything = corpus.articles.assign(field="text", start=0, end=corpus.articles["text"].str.len(), kind="all")
    masks = everything.assign(surface=everything["text"])[["article_id", "field", "start", "end", "surface", "kind"]]
    empty = OutletSeparability(n_permutations=9).fit(corpus, events, masks={"all": check(masks, "masks")})
    assert empty.summary_.empty
    assert list(empty.summary_.columns) == list(TABLES["separability"].names)
