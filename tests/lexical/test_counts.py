"""Counts must equal CountVectorizer's on any text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils.estimator_checks import check_estimator

from framing.errors import SettingsError
from framing.lexical import EventNGramVectorizer
from framing.lexical.counts import count_articles
from framing.reading import read_corpus
from framing.text import mask_spans

ALPHABET = "abAB 'ÉıİŞςΣДжё中文日本한글๑_-.\u00a0\u2003\u3000\x1c\t\n\r\u2028\u200d\u0307\ufeff🙂1٣"
TEXTS = st.lists(st.text(st.sampled_from(ALPHABET), max_size=40), min_size=1, max_size=6)
PATTERNS = st.sampled_from(
    [
        r"(?u)\b\w\w+\b",
        r"(?u)\b\w+\b",
        r"\w+(?:['’-]\w+)*",
        r"\w+ \w+|\w+",
        r"(?u)\b(\w)\w+\b",
        r"\S+",
        r"[^a]+",
        r"\w*",
    ]
)


def _both(texts, **options):
    theirs = CountVectorizer(**options)
    try:
        expected = theirs.fit_transform(texts)
    except ValueError:
        with pytest.raises(SettingsError, match="empty vocabulary"):
            EventNGramVectorizer(**options).fit(texts)
        return
    ours = EventNGramVectorizer(**options)
    got = ours.fit_transform(texts)
    assert ours.get_feature_names_out().tolist() == theirs.get_feature_names_out().tolist()
    assert got.dtype == expected.dtype
    assert (got.toarray() == expected.toarray()).all()
    assert ours.vocabulary_ == theirs.vocabulary_
    again = [*texts[::-1], "ab unknown ДЖ 中文"]
    assert (ours.transform(again).toarray() == theirs.transform(again).toarray()).all()


@settings(max_examples=150, deadline=None)
@given(TEXTS, PATTERNS, st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 3)]), st.sampled_from([1, 2, 0.5]), st.booleans())
def test_counts_equal_count_vectorizer(texts, pattern, ngram_range, min_df, lowercase):
    _both(texts, token_pattern=pattern, ngram_range=ngram_range, min_df=min_df, lowercase=lowercase)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_counts_equal_count_vectorizer_on_any_unicode(texts):
    _both(texts, ngram_range=(1, 2))


def test_stop_words_go_before_n_grams_are_formed():
    texts = ["the fall of Kabul", "Kabul and the Taliban", "of"]
    _both(texts, ngram_range=(1, 2), stop_words=["the", "of"])
    _both(texts, ngram_range=(1, 2), stop_words="english")
    with pytest.raises(SettingsError, match="stop_words"):
        EventNGramVectorizer(stop_words="german").fit(texts)


@pytest.mark.filterwarnings("ignore:Can't test estimator")  # scikit-learn skips array checks where input is text
def test_scikit_learn_estimator_checks():
    results = check_estimator(EventNGramVectorizer())
    assert {result["status"] for result in results} == {"passed"}


def test_cloning_keeps_parameters_and_order_of_texts_changes_rows_only():
    texts = ["bb aa", "cc cc", "aa"]
    vectorizer = clone(EventNGramVectorizer(ngram_range=(1, 2)))
    forwards = vectorizer.fit_transform(texts).toarray()
    backwards = vectorizer.fit_transform(texts[::-1]).toarray()
    assert (forwards == backwards[::-1]).all()


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        ("one string", {}, "one string"),
        (["a", None], {}, "text 1 must be str"),
        (["a", float("nan")], {}, "text 1 must be str"),
        (["ab"], {"ngram_range": (2, 1)}, "ngram_range"),
        (["ab"], {"min_df": -1}, "min_df"),
        (["ab"], {"min_df": 1.5}, "min_df"),
        ([], {}, "empty vocabulary"),
        (["", "  "], {}, "empty vocabulary"),
    ],
)
def test_bad_input_is_one_clear_error(texts, options, message):
    with pytest.raises(SettingsError, match=message):
        EventNGramVectorizer(**options).fit(texts)


def test_articles_count_title_and_text_without_crossing_and_without_masks(make_corpus):
    first = {"article_id": "b", "title": "Kabul falls", "text": "Taliban enter Kabul."}
    corpus = make_corpus(first, {"article_id": "a", "text": "Kabul"})
    counted = count_articles(corpus, ngram_range=(1, 2))
    assert counted.article_ids == ["a", "b"]
    assert counted.n_tokens.tolist() == [1, 5]
    found = dict(zip(counted.terms, counted.matrix.toarray()[1], strict=True))
    assert found == {
        "enter": 1, "enter kabul": 1, "falls": 1, "kabul": 2, "kabul falls": 1, "taliban": 1, "taliban enter": 1
    }  # fmt: skip
    spans = {"article_id": ["b"], "field": ["text"], "start": [8], "end": [13], "surface": ["enter"], "kind": ["x"]}
    masked = count_articles(corpus, mask_spans(pd.DataFrame(spans)), ngram_range=(1, 1))
    assert "enter" not in masked.terms
    assert masked.n_tokens.tolist() == [1, 4]


@pytest.mark.shared
def test_counts_equal_count_vectorizer_on_real_articles(shared_data):
    texts = list(read_corpus(shared_data / "events" / "g5.jsonl").texts().values())
    ours, theirs = EventNGramVectorizer(ngram_range=(1, 2), min_df=2), CountVectorizer(ngram_range=(1, 2), min_df=2)
    got, expected = ours.fit_transform(texts), theirs.fit_transform(texts)
    assert ours.terms_.tolist() == theirs.get_feature_names_out().tolist()
    assert np.abs(got - expected).sum() == 0


def test_long_n_grams_of_many_words_are_counted_alike():
    rng = np.random.default_rng(0)
    words = np.array([f"x{k:04d}" for k in range(3000)])
    texts = [" ".join(rng.choice(words, 60)) for _ in range(60)]
    _both([*texts, texts[0]], ngram_range=(1, 6))  # six digits in base 3001 do not fit into one integer
    _both([*texts, texts[0]], ngram_range=(2, 6), min_df=2)


def test_texts_with_the_separator_or_half_characters_are_counted_alike():
    _both(["ab \x00 cd", "ab\x00cd", "\x00"], ngram_range=(1, 2))
    _both(["ab \ud800 cd", "ab cd"], ngram_range=(1, 2))
    _both(["ΟΔΟΣ", "Σ", "ΟΔΟΣ ΟΔΟΣ"], ngram_range=(1, 2))


def test_a_corpus_with_masks_and_the_way_back_to_its_text(make_corpus):
    corpus = make_corpus(
        {"title": "Kabul falls", "text": "İn KABUL, the Taliban enter Kabul."}, {"title": "Kabul", "text": "Taliban."}
    )
    spans = {"article_id": ["a0"], "field": ["text"], "start": [3], "end": [8], "surface": ["KABUL"], "kind": ["x"]}
    vectorizer = EventNGramVectorizer(ngram_range=(1, 2), stop_words=["the"], masks=mask_spans(pd.DataFrame(spans)))
    counts = vectorizer.fit_transform(corpus)
    kabul = vectorizer.vocabulary_["kabul"]
    assert counts[:, [kabul]].toarray().ravel().tolist() == [2, 1]
    found = vectorizer.find_term(corpus, "kabul")
    assert found[["article_id", "field", "surface"]].to_numpy().tolist() == [
        ["a0", "title", "Kabul"],
        ["a0", "text", "Kabul"],
        ["a1", "title", "Kabul"],
    ]
    corpus.check_spans(found)
    assert vectorizer.find_term(corpus, "enter kabul")["surface"].tolist() == ["enter Kabul"]
    with pytest.raises(SettingsError, match="Give a Corpus"):
        vectorizer.fit(["text"])


def test_a_term_stands_as_often_as_it_was_counted():
    texts = ["The cat and the cat", "and the dog", ""]
    vectorizer = EventNGramVectorizer(ngram_range=(1, 2), stop_words=["and"])
    counts = vectorizer.fit_transform(texts).toarray()
    for column, term in enumerate(vectorizer.terms_):
        rows = vectorizer.find_term(texts, term)["row"]
        assert np.bincount(rows, minlength=3).tolist() == counts[:, column].tolist()
    assert vectorizer.find_term(texts, "cat the")["surface"].tolist() == ["cat and the"]
