import re

import pandas as pd
import pytest
from hypothesis import given, settings

from framing.reading import read_corpus
from framing.schema import empty
from framing.text import (
    find_datelines,
    find_quotations,
    find_sentences,
    mask_spans,
    masked_texts,
    tokenize,
)
from tests.strategies import spaced_texts, texts


@pytest.mark.parametrize("pattern", [r"(?u)\b\w\w+\b", r"\w+", r"\w+(?:['’-]\w+)*", r"\S+|\s", r"(?<=\s)\w+"])
@given(text=texts)
@settings(max_examples=60)
def test_tokens_are_what_the_pattern_finds(pattern, text):
    given_texts = [text, "", "The İstanbul " + text]
    tokens = tokenize(given_texts, pattern)
    for i, one in enumerate(given_texts):
        assert tokens.vocabulary[tokens.of(i)].tolist() == re.findall(pattern, one.lower())
        spans = tokens.offsets(one)
        assert len(spans) == len(tokens.of(i))
        assert all(0 <= a < b <= len(one) for a, b in spans)


def test_token_spans_hold_the_words():
    text = "İstanbul’da ÇOK güzel"
    tokens = tokenize([text], r"\w+")
    assert [text[a:b] for a, b in tokens.offsets(text)][-2:] == ["ÇOK", "güzel"]


@given(spaced_texts)
def test_odd_marks_never_raise_and_spans_are_exact(text):
    if not text.strip():
        return
    corpus = read_corpus(pd.DataFrame({"article_id": ["a"], "outlet": ["x"], "text": ["w " + text], "title": [text]}))
    for table in (find_quotations(corpus), find_datelines(corpus), find_sentences(corpus)):
        corpus.check_spans(table)


def test_masks_keep_lengths_and_the_text(make_corpus):
    corpus = make_corpus({"title": "T", "text": "KABUL (Wire) - It fell."})
    masks = mask_spans(find_datelines(corpus))
    masked = masked_texts(corpus, masks)["text"]["a0"]
    assert masked == " " * 14 + " It fell."
    assert corpus.texts()["a0"] == "KABUL (Wire) - It fell."
    assert mask_spans(empty("datelines")).empty
    assert masked_texts(corpus, None)["title"] == {"a0": "T"}


def test_overlapping_masks(make_corpus):
    corpus = make_corpus("abcdefgh")
    span = {"article_id": "a0", "field": "text", "kind": "k"}
    masks = pd.DataFrame(
        [{**span, "start": 1, "end": 5, "surface": "bcde"}, {**span, "start": 3, "end": 6, "surface": "def"}]
    )
    assert masked_texts(corpus, masks)["text"]["a0"] == "a     gh"
