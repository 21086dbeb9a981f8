"""Sentences of annotated corpora."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import f1_score

from framing.cues import find_cues, load_lexicon
from framing.errors import SettingsError
from framing.lexical import CueClassifier, count_cues, score_predictions
from framing.text import find_sentences


def sentences(seed=0, n_events=12, n=20, *, leak=False):
    """Sentences with a cue that marks a third of them; `leak` gives each event a word of its own for its labels."""
    rng = np.random.default_rng(seed)
    rows = []
    for event in range(n_events):
        for _ in range(n):
            label = bool(rng.random() < (event % 2 if leak else 1 / 3))
            words = [f"w{i}" for i in rng.integers(0, 40, 8)]
            if not leak and label:
                words.append("outrageous")
            words += [f"event{event}"] * 2
            rows.append((f"e{event:02d}", " ".join(words), label))
    return pd.DataFrame(rows, columns=["event_id", "text", "label"], index=[f"s{k}" for k in range(len(rows))])


@pytest.mark.parametrize(("model", "floor"), [("logistic", 0.9), ("svm", 0.9), ("naive_bayes", 0.7)])
def test_a_marked_class_is_found_in_new_events(model, floor):
    table = sentences()
    classifier = CueClassifier(model=model)
    found = classifier.cross_validate(table)
    assert score_predictions(found)["f1"] > floor
    assert found.index.equals(table.index)
    train, test = table[table["event_id"] < "e08"], table[table["event_id"] >= "e08"]
    fitted = clone(classifier).fit(train)
    assert f1_score(test["label"], fitted.predict(test)) > floor
    assert "outrageous" in fitted.terms_
    assert "event9" not in fitted.terms_


@pytest.mark.parametrize("model", ["logistic", "svm", "naive_bayes"])
def test_the_same_seed_gives_the_same_scores(model):
    table = sentences(n_events=6, leak=True)
    first, second = (CueClassifier(model=model, strength=100.0).cross_validate(table) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_whole_events_are_left_out_unless_leakage_is_asked_for():
    table = sentences(leak=True)
    honest = CueClassifier().cross_validate(table)
    assert honest.groupby(table["event_id"])["fold"].nunique().max() == 1
    with pytest.raises(SettingsError, match="allow_leakage"):
        CueClassifier().cross_validate(table, split="random")
    leaky = CueClassifier().cross_validate(table, split="random", allow_leakage=True)
    assert set(leaky["split"]) == {"random (leaks)"}
    assert score_predictions(leaky)["split"] == "random (leaks)"
    assert score_predictions(leaky)["macro_f1"] > 0.9
    assert score_predictions(honest)["macro_f1"] < 0.6


def test_balanced_folds_have_similar_sizes():
    table = sentences().assign(event_id=np.repeat(list("aaaaaabbcdef"), 20))
    found = CueClassifier().cross_validate(table, split="balanced", n_folds=2)
    assert found["fold"].value_counts().tolist() == [120, 120]


def test_cue_counts_tell_what_words_cannot():
    table = sentences().assign(text="the same words everywhere")
    cues = pd.DataFrame({"hedges": table["label"] * 2.0, "noise": 1.0})
    assert score_predictions(CueClassifier().cross_validate(table, cues=cues))["f1"] == 1
    shuffled = cues.sample(frac=1, random_state=0)  # rows are matched by index, not by place
    assert score_predictions(CueClassifier().cross_validate(table, cues=shuffled))["f1"] == 1
    fitted = CueClassifier().fit(table, cues=cues)
    assert fitted.cue_names_ == ["hedges", "noise"]
    with pytest.raises(SettingsError, match="cues must be"):
        fitted.predict(table)


def test_the_threshold_is_the_best_on_the_training_part():
    table = sentences(3)
    fitted = CueClassifier(objective="macro_f1").fit(table)
    scores = fitted.decision_function(table)
    assert ((scores >= fitted.threshold_) == fitted.predict(table)).all()


def test_results_follow_the_seed():
    table = sentences(4)
    one, same, other = (CueClassifier(random_state=s).cross_validate(table) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one["fold"].equals(other["fold"])


def test_cues_are_counted_in_the_sentence_they_begin_in(make_corpus):
    corpus = make_corpus("It was allegedly so. The so-called army left, allegedly. Nothing here.")
    lines, cues = find_sentences(corpus), find_cues(corpus, load_lexicon("distancing", "hedges"))
    counts = count_cues(lines, cues)
    assert counts.to_numpy().sum() == len(cues) > 0
    for number, line in enumerate(lines.itertuples()):
        inside = cues[(cues["start"] >= line.start) & (cues["start"] < line.end)]
        assert counts.iloc[number].sum() == len(inside)
    assert counts.index.equals(lines.index)
    nullable = {"start": "Int64", "end": "Int64"}  # as tables of gold have them
    pd.testing.assert_frame_equal(count_cues(lines, cues.astype(nullable)), counts)
    pd.testing.assert_frame_equal(count_cues(lines.astype(nullable), cues), counts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": True}, "both classes"),
        ({"label": "yes"}, "true or false"),
        ({"event_id": "one"}, "two values"),
        ({"text": None}, "lack a text"),
        ({"text": ""}, "empty vocabulary"),
    ],
)
def test_bad_sentences_are_one_clear_error(change, message):
    with pytest.raises(SettingsError, match=message):
        CueClassifier().fit(sentences().assign(**change))


def test_bad_settings_and_cues_are_one_clear_error():
    table = sentences()
    good = pd.DataFrame({"x": 1.0}, index=table.index)
    with pytest.raises(SettingsError, match="model must be"):
        CueClassifier(model="oracle").fit(table)
    with pytest.raises(SettingsError, match="no column topic"):
        CueClassifier(group="topic").fit(table)
    with pytest.raises(SettingsError, match="folds need"):
        CueClassifier().cross_validate(table, n_folds=13)
    with pytest.raises(SettingsError, match="must be numbers"):
        CueClassifier().fit(table, cues=good.assign(x="a"))
    with pytest.raises(SettingsError, match="no missing or infinite"):
        CueClassifier().fit(table, cues=good.assign(x=np.nan))
    with pytest.raises(SettingsError, match="no row of cues"):
        CueClassifier().fit(table, cues=good.iloc[:5])
    with pytest.raises(SettingsError, match="unique"):
        CueClassifier().fit(table, cues=pd.concat([good, good], axis=1))
