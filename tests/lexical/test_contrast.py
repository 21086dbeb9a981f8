from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from framing.errors import SettingsError
from framing.lexical import Inference, LexicalContrast, Support
from framing.lexical.measures import MEASURES
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


def plain_events(corpus):
    return check(corpus.articles[["article_id", "event_id"]].assign(n_candidates=0), "events")


def two_outlets(rows, **columns):
    frame = pd.DataFrame(rows, columns=["outlet", "event", "text"]).assign(**columns)
    corpus = read_corpus(frame.assign(article_id=[f"a{k:03d}" for k in range(len(frame))]))
    return corpus, plain_events(corpus)


EASY = Support(1, 1, 1)


def test_heterogeneity_tells_a_habit_from_a_quarrel():
    rng = np.random.default_rng(0)
    rows = []
    for event in range(12):
        for k in range(20):
            more = ("A" if event % 2 else "B") == "AB"[k % 2]
            words = ["same"] * rng.poisson(8 if k % 2 else 4) + ["flips"] * rng.poisson(8 if more else 3) + ["xx"] * 60
            rows.append(("AB"[k % 2], str(event), " ".join(words)))
    terms = LexicalContrast(support=EASY).fit(*two_outlets(rows)).terms_.set_index("term")
    assert terms.loc["same", "p_value"] < 1e-6
    assert terms.loc["same", "heterogeneity_p"] > 0.001
    assert terms.loc["flips", "heterogeneity_p"] < 1e-6
    assert terms.loc["flips", "p_value"] > 0.001


def test_heterogeneity_is_uniform_without_a_difference():
    p_values = []
    for seed in range(3):
        corpus, events = simulate(seed=seed, n_events=12, confounded=False)
        p_values += LexicalContrast().fit(corpus, events).terms_["heterogeneity_p"].dropna().tolist()
    assert len(p_values) > 100
    assert np.mean(np.array(p_values) < 0.05) < 0.1


def test_pooling_is_refused_without_overlap_unless_forced():
    rows = [
        ("AB"[event % 2 if event > 3 else k % 2], str(event), f"word{event} shared")
        for event in range(24)
        for k in range(4)
    ]
    corpus, events = two_outlets(rows)
    with pytest.raises(SettingsError, match="17% of the reports lie in events"):
        LexicalContrast(pooled=True).fit(corpus, events)
    with pytest.raises(SettingsError, match="pooled must be"):
        LexicalContrast(pooled="yes").fit(corpus, events)
    forced = LexicalContrast(pooled="force").fit(corpus, events)
    assert forced.terms_["pooled"].all()
    assert forced.diagnostics_["association"] > 0.7
    assert forced.diagnostics_["overlap"] == pytest.approx(4 / 24)
    assert any("Cramér" in warning for warning in forced.diagnostics_["warnings"])
    LexicalContrast(pooled=True, support=Support(min_overlap=0.1)).fit(corpus, events)
    with pytest.raises(SettingsError, match="min_overlap"):
        Support(min_overlap=2)


def test_copies_of_a_wire_story_count_once_per_outlet():
    rows = [
        ("AB"[k % 2], str(event), "wire story text" if k > 1 else f"own words of {'AB'[k % 2]}")
        for event in range(6)
        for k in range(8)
    ]
    corpus, events = two_outlets(rows)
    copies = corpus.articles["text"] == "wire story text"
    unit = np.where(copies, "wire" + corpus.articles["event_id"], corpus.articles["article_id"])
    units = check(corpus.articles[["article_id"]].assign(unit_id=unit, weight=1.0), "units")
    alone = LexicalContrast(support=EASY, ngram_range=(1, 1)).fit(corpus, events, units=units).terms_.set_index("term")
    assert not alone.loc["wire", "p_value"] < 0.5  # both printed it: it cancels
    assert alone.loc["wire", "effect"] == pytest.approx(0, abs=1e-9)
    copy_number = corpus.articles.groupby(["event_id", "outlet", "text"]).cumcount()
    single = corpus.where(lambda _: ~copies | (copy_number == 0))
    once = LexicalContrast(support=EASY).fit(single, plain_events(single), units=units).terms_.set_index("term")
    pd.testing.assert_series_equal(alone["effect"], once["effect"], check_index=False)


def test_evidence_shows_top_counter_and_random_events():
    rng = np.random.default_rng(1)
    rows = []
    for event in range(30):
        for k in range(2):
            n = 1 + 2 * (k == 0) * (event % 3 != 0) + 2 * (k == 1) * (event % 3 == 0)
            rows.append(("AB"[k], f"{event:02d}", "Filler here. " + "The regime spoke. " * (n + int(rng.integers(2)))))
    corpus, events = two_outlets(rows)
    evidence = LexicalContrast(support=EASY).fit(corpus, events).evidence("regime", "A", n_events=4)
    assert set(evidence["choice"]) == {"top", "counter", "random"}
    per_event = evidence.drop_duplicates("event_id").set_index("event_id")
    assert per_event["choice"].value_counts().to_dict() == {"top": 4, "counter": 4, "random": 4}
    assert per_event.loc[per_event["choice"] == "top", "difference"].min() > 0
    assert per_event.loc[per_event["choice"] == "counter", "difference"].max() < 0
    assert evidence.groupby("event_id")["side"].nunique().min() == 2
    assert evidence["sentence"].eq("The regime spoke.").all()
    corpus.check_spans(evidence)


def test_provenance_says_what_the_result_rests_on():
    corpus, events = simulate(seed=8, n_events=6)
    model = LexicalContrast(inference=Inference(adjust="by"), random_state=3).fit(corpus, events)
    assert model.provenance_["corpus"] == corpus.fingerprint
    assert model.provenance_["settings"]["inference"] == {"method": "permutation", "adjust": "by", "n_resamples": 999}
    assert model.provenance_["random_state"] == 3
    assert {"framing", "numpy", "python"} <= set(model.provenance_["versions"])


@pytest.mark.parametrize("method", ["permutation", "resampling", "cmh", "bootstrap", "asymptotic"])
@pytest.mark.parametrize("measure", ["log_odds", "log_odds_full", "tfidf", "mantel_haenszel", *MEASURES])
def test_every_measure_points_to_the_outlet_that_says_more(measure, method):
    corpus, events = simulate(seed=9, n_events=30, confounded=False, marked=True)
    options = {"measure": measure, "inference": Inference(method=method, n_resamples=49)}
    row = LexicalContrast(**options).fit(corpus, events).terms_.set_index("term").loc["shared"]
    assert row["effect"] > 0
    assert row["z"] > 2
    assert row["p_value"] < 0.05
    assert row["ci_low"] <= row["effect"] <= row["ci_high"]


def test_four_term_variance_gives_the_smaller_z():
    corpus, events = simulate(seed=9, n_events=30, confounded=False, marked=True)
    two, four = (
        LexicalContrast(measure=m, inference=Inference("asymptotic")).fit(corpus, events).terms_.set_index("term")["z"]
        for m in ("log_odds", "log_odds_full")
    )
    assert (four.abs() < two.abs()).all()


def test_more_than_two_outlets():
    corpus, events = simulate(seed=10, n_events=30, confounded=False)
    third = np.where(np.arange(len(corpus)) % 3 == 0, "C", corpus.articles["outlet"])
    corpus = read_corpus(corpus.articles.assign(outlet=third))

    def pairs(reference):
        terms = LexicalContrast(reference=reference).fit(corpus, events).terms_
        return set(zip(terms["outlet"], terms["reference"], strict=True))

    assert pairs(None) == {("A", "others"), ("B", "others"), ("C", "others")}
    assert pairs("pairwise") == {("A", "B"), ("A", "C"), ("B", "C")}
    assert pairs("B") == {("A", "B"), ("C", "B")}
    with pytest.raises(SettingsError, match="reference must be"):
        pairs("Z")


def test_bad_input_is_one_clear_error():
    corpus, events = simulate(seed=11, n_events=4)
    everything = corpus.articles.assign(field="text", start=0, end=corpus.articles["text"].str.len(), kind="all")
    masks = check(
        everything.assign(surface=everything["text"])[["article_id", "field", "start", "end", "surface", "kind"]],
        "masks",
    )
    with pytest.raises(SettingsError, match="empty vocabulary"):
        LexicalContrast().fit(corpus, events, masks=masks)
    with pytest.raises(SettingsError, match="no column by='leaning'"):
        LexicalContrast(by="leaning").fit(corpus, events)
    constant = read_corpus(corpus.articles.assign(leaning="left"))
    with pytest.raises(SettingsError, match="two values of 'leaning'"):
        LexicalContrast(by="leaning").fit(constant, events)
    with pytest.raises(SettingsError, match="two values of 'leaning'"):
        LexicalContrast(by="leaning").fit(read_corpus(corpus.articles.assign(leaning=np.nan)), events)
    with pytest.raises(SettingsError, match="prior must be positive"):
        LexicalContrast(prior=float("nan")).fit(corpus, events)
    apart = events.assign(event_id=corpus.articles["outlet"])
    with pytest.raises(SettingsError, match="none of 2 events is reported by two values"):
        LexicalContrast().fit(corpus, apart)


def test_one_shared_event_is_too_few_and_says_so():
    corpus, events = simulate(seed=12, n_events=1, confounded=False)
    model = LexicalContrast().fit(corpus, events)
    assert model.terms_.empty
    assert list(model.terms_.columns)[: len(TABLES["terms"].names)] == list(TABLES["terms"].names)
    assert "1 shared events; min_events is 3" in model.diagnostics_["outlets"]["unsupported"].iloc[0]
    one = LexicalContrast(support=EASY).fit(corpus, events).terms_
    assert one["heterogeneity_p"].isna().all()
    assert one.loc[one["unsupported"].isna(), "p_value"].notna().all()


def test_missing_values_of_the_column_take_no_part():
    corpus, events = simulate(seed=13, n_events=8)
    some = corpus.articles.assign(leaning=corpus.articles["outlet"].where(np.arange(len(corpus)) % 5 > 0))
    whole = LexicalContrast(by="leaning").fit(read_corpus(some), events).terms_
    rest = LexicalContrast().fit(read_corpus(some[some["leaning"].notna()]), events).terms_
    assert whole["n_target"].sum() == rest["n_target"].sum()
    shared = whole.merge(rest, on=["term", "outlet"])
    np.testing.assert_allclose(shared["z_x"], shared["z_y"])


@pytest.mark.parametrize("seed", range(6))
def test_p_values_are_those_of_all_arrangements(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 9, (4, 4)) + np.array([seed // 2, 0] * 2)
    rows = [
        ("AB"[k % 2], str(event), "all " * int(counts[event, k]) + "xx " * 60) for event in range(4) for k in range(4)
    ]
    term = LexicalContrast(support=EASY).fit(*two_outlets(rows)).terms_.set_index("term").loc["all"]
    length = counts + 60
    x = (counts - length * (counts.sum(axis=1) / length.sum(axis=1))[:, None]) / np.sqrt(length)
    halves = list(combinations(range(4), 2))
    sums = np.array([sum(x[e, list(half)].sum() for e, half in enumerate(c)) for c in product(halves, repeat=4)])
    observed = x[:, [0, 2]].sum() - sums.mean()
    assert term["z"] == pytest.approx(observed / sums.std())
    exact = np.mean(np.abs(sums - sums.mean()) >= abs(observed) - 1e-9)
    assert term["p_value"] == pytest.approx(exact, abs=0.02)


def test_a_word_that_every_report_holds_can_still_differ():
    rows = [
        ("AB"[k % 2], str(event), "the " * (9 if k % 2 else 3) + "xx " * 30) for event in range(8) for k in range(6)
    ]
    corpus, events = two_outlets(rows)
    terms = LexicalContrast(support=EASY).fit(corpus, events).terms_.set_index("term")
    assert terms.loc["the", "p_value"] < 1e-6
    assert terms.loc["the", "p_value"] >= 2 / 20**8 * 0.99  # no arrangement is rarer than one in C(6, 3) per event


def test_texts_of_one_word_only_give_no_warning():
    corpus, events = two_outlets([("AB"[k % 2], str(k // 4), "same " * (k + 1)) for k in range(16)])
    terms = LexicalContrast(support=EASY).fit(corpus, events).terms_
    assert terms["unsupported"].tolist() == ["can tell in 0 events; min_events is 1"]
    assert np.isfinite(terms["effect"]).all()
