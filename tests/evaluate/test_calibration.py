"""Reliability of probabilities, and events at several cuts, through the public API."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss

from framing.align import BASELINE_CUTS, baseline_events, sweep_baseline
from framing.errors import SchemaError, SettingsError
from framing.evaluate import bcubed_by_cut, evaluate_events, evaluate_probabilities, reliability
from framing.reading import Corpus, read_corpus
from framing.schema import empty

GOLD = pd.DataFrame({"article_id": list("abcdef"), "event_id": ["x", "x", "x", "y", "y", None]})


def links(*rows):
    return pd.DataFrame(rows, columns=["article_id", "other_id", "score"])


def test_reliability_by_hand():
    table = reliability(
        links(("a", "b", 0.9), ("a", "c", 0.8), ("b", "d", 0.7), ("c", "d", 0.1), ("d", "e", 1.0), ("a", "f", 0.6)),
        GOLD,
        bins=2,
    )
    assert table["n"].tolist() == [1, 4]  # the pair with f, which has no gold, is left out
    assert table["mean_score"].tolist() == pytest.approx([0.1, 0.85])
    assert table["share"].tolist() == [0, 0.75]
    assert table.loc[1, ["ci_low", "ci_high"]].tolist() == pytest.approx([0.3006, 0.9544], abs=1e-4)  # Wilson
    assert table[["low", "high"]].to_numpy().tolist() == [[0, 0.5], [0.5, 1]]


def test_probabilities_by_hand_and_by_scikit_learn():
    table = links(("a", "b", 0.9), ("a", "c", 0.8), ("b", "d", 0.7), ("c", "d", 0.1), ("d", "e", 1.0))
    error, brier = evaluate_probabilities(table, GOLD, bins=2, n_resamples=50)
    assert error.estimate == pytest.approx((1 * 0.1 + 4 * 0.1) / 5)
    assert brier.estimate == pytest.approx(brier_score_loss([1, 1, 0, 0, 1], table["score"]))
    assert brier.baseline["share of all"] == pytest.approx(0.6 * 0.4)
    assert error.n == 5
    assert brier.interval[0] <= brier.estimate <= brier.interval[1]


def test_calibrated_scores_show_no_error_and_exaggerated_ones_do():
    rng = np.random.default_rng(0)
    n = 4000
    ids = [f"a{k}" for k in range(2 * n)]
    score = rng.random(n)
    same = rng.random(n) < score
    events = np.stack([np.arange(n) * 2, np.arange(n) * 2 + ~same], axis=1).ravel().astype(str)
    gold = pd.DataFrame({"article_id": ids, "event_id": events})
    table = pd.DataFrame({"article_id": ids[::2], "other_id": ids[1::2], "score": score})
    right = evaluate_probabilities(table, gold, n_resamples=0)[0].estimate
    loud = evaluate_probabilities(table.assign(score=score**0.3), gold, n_resamples=0)[0].estimate
    assert right < 0.03
    assert loud > 0.2
    rows = reliability(table, gold)
    assert ((rows["ci_low"] <= rows["mean_score"]) & (rows["mean_score"] <= rows["ci_high"])).sum() >= 8


def test_what_is_no_probability_is_refused():
    with pytest.raises(SchemaError, match="must be a probability"):
        reliability(links(("a", "b", 1.2)), GOLD)
    with pytest.raises(SchemaError, match=r"links: column\(s\) missing: score"):
        reliability(links(("a", "b", 1.0)).drop(columns="score"), GOLD)
    with pytest.raises(SettingsError, match="bins must be at least 1"):
        reliability(links(("a", "b", 1.0)), GOLD, bins=0)
    table = reliability(links(), GOLD)
    assert table["n"].sum() == 0
    assert table["share"].isna().all()
    assert np.isnan(evaluate_probabilities(links(), GOLD)[1].estimate)


def test_only_scored_articles_are_averaged_but_merges_with_others_count():
    predicted = pd.DataFrame({"article_id": list("abcde"), "event_id": ["1", "1", "1", "1", "2"]})
    precision, recall = (e.estimate for e in evaluate_events(predicted, GOLD, scored=["a", "b", "c"])[:2])
    assert (precision, recall) == (0.75, 1)
    alone = evaluate_events(predicted, GOLD[GOLD["event_id"] == "x"])
    assert alone[0].estimate == 1
    assert evaluate_events(predicted, GOLD, scored=["d", "e"])[1].estimate == 0.5
    assert evaluate_events(predicted, GOLD, scored=["d", "e"])[1].n == 2


TOPICS = ["flood river dam rescue", "strike harbour union pension", "vote parliament ballot reform"]


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(4)
    filler = [f"word{k}" for k in range(40)]
    rows = [
        {
            "article_id": f"{t}-{k}",
            "outlet": f"o{k}",
            "title": words.split()[0],
            "text": " ".join([words, *rng.choice(filler, 12)]),
            "event_id": str(t),
        }
        for t, words in enumerate(TOPICS)
        for k in range(4)
    ]
    return read_corpus(pd.DataFrame(rows))


@pytest.mark.parametrize("method", ["components", "leader", "linkage"])
def test_a_sweep_holds_what_each_cut_gives(corpus, method):
    sweep = sweep_baseline(corpus, method)
    assert list(sweep) == list(BASELINE_CUTS)
    for cut in BASELINE_CUTS[::11]:
        pd.testing.assert_frame_equal(sweep[cut], baseline_events(corpus, method, cut=cut))
    curve = bcubed_by_cut(sweep, corpus.articles)
    assert curve.max() == 1
    best = evaluate_events(sweep[curve.idxmax()], corpus.articles, n_resamples=0)
    assert best[2].estimate == 1
    assert curve[0.05] < curve.max()
    assert curve[0.6] < curve.max()


def test_leaders_by_hand():
    # "b" is near "a" and "c" near "b" alone: components chain them, a leader does not.
    texts = {"a": "ape bee cat dog", "b": "cat dog elk fox", "c": "elk fox gnu hen"}
    rows = [{"article_id": k, "outlet": k, "text": text} for k, text in texts.items()]
    chained = read_corpus(pd.DataFrame(rows))
    assert baseline_events(chained, "components", cut=0.3)["event_id"].nunique() == 1
    led = baseline_events(chained, "leader", cut=0.3).set_index("article_id")["event_id"]
    assert led["a"] == led["b"]
    assert led["c"] != led["a"]


def test_a_sweep_refuses_what_has_no_cut(corpus):
    with pytest.raises(SettingsError, match="method must be one of components, leader, linkage"):
        sweep_baseline(corpus, "singletons")
    with pytest.raises(SettingsError, match="must lie above 0"):
        sweep_baseline(corpus, "leader", cuts=[0.0, 0.1])
    nothing = Corpus(empty("articles"))
    assert sweep_baseline(nothing, "linkage", cuts=[0.2])[0.2].empty
