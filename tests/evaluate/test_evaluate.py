"""Evaluation against hand-worked examples and independent implementations."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, v_measure_score

from framing.errors import SchemaError
from framing.evaluate import Evaluation, evaluate_events, evaluate_links, evaluate_spans, fingerprint


def assignment(labels):
    return pd.DataFrame({"article_id": [f"a{k:03d}" for k in range(len(labels))], "event_id": list(labels)})


def by_name(evaluations):
    return {e.name: e for e in evaluations}


def naive_bcubed(predicted, gold):
    n = len(gold)
    precision = recall = 0.0
    for i in range(n):
        same_p = [j for j in range(n) if predicted[j] == predicted[i]]
        same_g = [j for j in range(n) if gold[j] == gold[i]]
        both = len(set(same_p) & set(same_g))
        precision += both / len(same_p) / n
        recall += both / len(same_g) / n
    return precision, recall


def test_events_by_hand():
    # Predicted {0,1,2}, {3}; gold {0,1}, {2,3}. Precision (2/3 + 2/3 + 1/3 + 1) / 4, recall (1 + 1 + 1/2 + 1/2) / 4.
    # Pairs: predicted 3, gold 2, both 1.
    got = by_name(evaluate_events(assignment("xxxy"), assignment("aabb"), n_resamples=50))
    assert got["bcubed_precision"].estimate == pytest.approx(2 / 3)
    assert got["bcubed_recall"].estimate == pytest.approx(3 / 4)
    assert got["bcubed_f1"].estimate == pytest.approx(12 / 17)
    assert got["pair_precision"].estimate == pytest.approx(1 / 3)
    assert got["pair_recall"].estimate == pytest.approx(1 / 2)
    assert got["pair_f1"].estimate == pytest.approx(0.4)
    assert got["bcubed_recall"].baseline == {"all in one": 1.0, "singletons": 0.5}


@pytest.mark.parametrize("seed", range(5))
def test_events_against_independent_implementations(seed):
    rng = np.random.default_rng(seed)
    predicted, gold = rng.integers(0, 8, 60).astype(str), rng.integers(0, 6, 60).astype(str)
    got = by_name(evaluate_events(assignment(predicted), assignment(gold), n_resamples=2))
    precision, recall = naive_bcubed(predicted, gold)
    assert got["bcubed_precision"].estimate == pytest.approx(precision)
    assert got["bcubed_recall"].estimate == pytest.approx(recall)
    assert got["v_measure"].estimate == pytest.approx(v_measure_score(gold, predicted))
    assert got["adjusted_rand"].estimate == pytest.approx(adjusted_rand_score(gold, predicted))


def test_perfect_events_and_degenerate_golds():
    for labels in ("aabbc", "abc", "aaa"):
        got = evaluate_events(assignment(labels), assignment(labels), n_resamples=20)
        assert [e.estimate for e in got] == pytest.approx([1] * 8)
    assert all(np.isnan(e.estimate) for e in evaluate_events(assignment(""), assignment("")))


def test_intervals_are_seeded_and_hold_the_estimate():
    rng = np.random.default_rng(0)
    gold = np.repeat(np.arange(20), 3).astype(str)
    predicted = np.where(rng.random(60) < 0.2, "noise", gold)
    first, second = (evaluate_events(assignment(predicted), assignment(gold), n_resamples=200) for _ in range(2))
    assert first == second
    for e in first:
        low, high = e.interval
        assert low < e.estimate < high, str(e)


def test_an_interval_sees_events_that_are_wrongly_merged():
    # Every two events merged: B-cubed precision is 1/2 for each article, whatever is drawn.
    gold = np.repeat(np.arange(20), 3)
    got = by_name(evaluate_events(assignment((gold // 2).astype(str)), assignment(gold.astype(str)), n_resamples=100))
    assert got["bcubed_precision"].interval == pytest.approx((0.5, 0.5))
    assert got["bcubed_precision"].estimate == pytest.approx(0.5)


def test_order_of_rows_does_not_matter():
    predicted, gold = assignment("xxyyzz"), assignment("aabbbb")
    assert evaluate_events(predicted, gold, n_resamples=20) == evaluate_events(
        predicted.iloc[::-1], gold.iloc[::-1], n_resamples=20
    )


def test_events_refuse_what_cannot_be_compared():
    with pytest.raises(SchemaError, match="2 of 4 gold articles have no event"):
        evaluate_events(assignment("xx"), assignment("aabb"))
    with pytest.raises(SchemaError, match="twice"):
        evaluate_events(pd.concat([assignment("x"), assignment("y")]), assignment("a"))
    with pytest.raises(SchemaError, match="event_id"):
        evaluate_events(assignment("x")[["article_id"]], assignment("a"))
    more = evaluate_events(assignment("xxyy"), assignment("aa"), n_resamples=5)
    assert more[0].n == 2


def links(*pairs):
    return pd.DataFrame(list(pairs), columns=["article_id", "other_id"])


def test_links_by_hand():
    gold = links(("a", "b"), ("c", "d"), ("e", "f"))
    predicted = links(("b", "a"), ("a", "b"), ("c", "e"))
    got = by_name(evaluate_links(predicted, gold, baselines={"none": links()}, n_resamples=50))
    assert (got["pair_precision"].estimate, got["pair_precision"].n) == (0.5, 2)
    assert (got["pair_recall"].estimate, got["pair_recall"].n) == (pytest.approx(1 / 3), 3)
    assert got["pair_f1"].estimate == pytest.approx(0.4)
    assert got["pair_f1"].baseline == {"none": 0.0}
    # Wilson (1927), 1 of 2.
    assert got["pair_precision"].interval == pytest.approx((0.0945, 0.9055), abs=1e-4)


def spans(*rows):
    return pd.DataFrame(list(rows), columns=["article_id", "field", "start", "end", "kind"])


def test_spans_by_hand():
    gold = spans(("a", "text", 0, 5, "x"), ("a", "text", 10, 20, "x"), ("b", "title", 3, 9, "y"))
    predicted = spans(
        ("a", "text", 0, 5, "x"),
        ("a", "text", 15, 30, "x"),
        ("a", "text", 20, 25, "x"),  # touches no character of 10 to 20
        ("b", "text", 3, 9, "y"),  # another field
    )
    got = by_name(evaluate_spans(predicted, gold, n_resamples=50))
    assert got["exact_precision"].estimate == 0.25
    assert got["exact_recall"].estimate == pytest.approx(1 / 3)
    assert got["overlap_precision"].estimate == 0.5
    assert got["overlap_recall"].estimate == pytest.approx(2 / 3)
    assert got["overlap_f1"].estimate == pytest.approx(4 / 7)


def test_spans_may_have_to_agree_in_more():
    gold, predicted = spans(("a", "text", 0, 5, "x")), spans(("a", "text", 0, 5, "y"))
    assert by_name(evaluate_spans(predicted, gold))["exact_f1"].estimate == 1
    assert by_name(evaluate_spans(predicted, gold, on=("kind",)))["exact_f1"].estimate == 0
    with pytest.raises(SchemaError, match="form"):
        evaluate_spans(predicted, gold, on=("form",))


def test_empty_sides():
    some, none = spans(("a", "text", 0, 5, "x")), spans()
    both = by_name(evaluate_spans(none, none))
    assert both["exact_f1"].estimate == 1
    assert np.isnan(both["exact_precision"].estimate)
    assert by_name(evaluate_spans(none, some))["overlap_f1"].estimate == 0
    assert by_name(evaluate_links(links(), links()))["pair_f1"].estimate == 1


def test_evaluation_is_frozen_and_makes_a_table():
    got = evaluate_links(links(("a", "b")), links(("a", "b")), baselines={"none": links()})
    with pytest.raises(dataclasses.FrozenInstanceError):
        got[0].estimate = 1.0
    table = Evaluation.table(got)
    assert table.columns.tolist() == ["name", "estimate", "ci_low", "ci_high", "n", "gold", "baseline: none"]
    assert Evaluation.table([]).empty
    assert str(got[0]).startswith("pair_precision 1.000 [")


def test_fingerprint_ignores_order_only():
    table = assignment("aab")
    assert fingerprint(table) == fingerprint(table.iloc[::-1][["event_id", "article_id"]])
    assert fingerprint(table) != fingerprint(assignment("abb"))
