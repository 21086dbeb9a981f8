"""Counts of cues in sentences, from their form and from short word lists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

LISTS = tomllib.loads((Path(__file__).parent / "cue_lists.toml").read_text("utf-8"))
FORMS = {
    "quotation marks": r"[“”\"]",
    "digits": r"\d",
    "capitals": r"\b[A-Z][a-z]+",
    "shouting": r"\b[A-Z]{3,}\b",
    "question": r"\?",
    "exclamation": r"!",
    "adverb": r"\b\w{3,}ly\b",
    "adjective": r"\b\w{3,}(?:ous|ful|ive|less|ic|able|ible|ish|ary|esque)\b",
    "abstract": r"\b\w{4,}(?:tion|ism|ity|ness|ment|ance|ence)\b",
    "superlative": r"\b\w{3,}est\b",
    "dash": r"—|–|--|;|:|\(",
    "that": r"\b(?:that|which|who|whose|whom)\b",
    "long words": r"\b\w{9,}\b",
}
_INSIDE = re.compile(r"[“\"]([^”\"]*)[”\"]")


def sentence_cues(texts: pd.Series) -> pd.DataFrame:
    """Count cues: ``ln(1 + n)`` and whether there is any; with length and share inside quotation marks."""
    columns: dict[str, pd.Series] = {}
    for name, words in LISTS.items():
        pattern = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words.split())
        columns[name] = texts.str.count(rf"(?i)(?<!\w)(?:{pattern})(?!\w)")
    for name, form in FORMS.items():
        columns[name] = texts.str.count(form)
    table = pd.DataFrame(columns)
    words = texts.str.split().str.len()
    quoted = texts.map(lambda text: sum(len(part) for part in _INSIDE.findall(text)) / max(len(text), 1))
    any_ = (table > 0).add_prefix("any ").astype(float)
    extra = pd.DataFrame({"length": np.log1p(words), "quoted": quoted, "word length": texts.str.len() / words.clip(1)})
    return pd.concat([np.log1p(table), any_, extra], axis=1)


def article_cues(sentences: pd.DataFrame) -> pd.DataFrame:
    """Where a sentence stands in its article: ``article_id`` and ``start`` give the order."""
    order = sentences.sort_values(["article_id", "start"])
    groups = order.groupby("article_id")
    number, size = groups.cumcount(), groups["start"].transform("size")
    columns = {
        "place": number / size,
        "among first": number < 3,
        "among last": size - number <= 3,
        "size": np.log(size),
    }
    return pd.DataFrame(columns, index=order.index).astype(float).loc[sentences.index]
