"""Mentions: the names and noun phrases of the articles, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from framing.cues.find import language_of
from framing.cues.phrases import find_phrases
from framing.reading import Corpus
from framing.schema import check, empty

__all__ = ["find_mentions", "masked_spans", "texts_of"]


def find_mentions(corpus: Corpus, *, masks: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the mentions of persons, groups, places and things in the texts: names and noun phrases, English only.

    Titles are left out: their capitals do not tell names. Articles in another language have no mentions.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    masks : DataFrame, optional
        Spans (any table with a span) in which nothing is sought: datelines, bylines, inserted labels.

    Returns
    -------
    DataFrame
        Table ``mentions``.
    """
    hidden = masked_spans(masks)
    rows: list[tuple[Any, ...]] = []
    for article, text, language in texts_of(corpus):
        if language != "en":
            continue
        closed = hidden.get(article, [])
        for start, end, *_, phrase in find_phrases(text):
            if not any(start < b and a < end for a, b in closed):
                rows.append((article, "text", start, end, text[start:end], phrase.kind, phrase.head))
    if not rows:
        return empty("mentions")
    names = ["article_id", "field", "start", "end", "surface", "kind", "head"]
    return check(pd.DataFrame(rows, columns=names).drop_duplicates(["article_id", "start", "end"]), "mentions")


def masked_spans(masks: pd.DataFrame | None) -> dict[str, list[tuple[int, int]]]:
    """Spans of the texts by article, from any table of spans."""
    hidden: dict[str, list[tuple[int, int]]] = {}
    if masks is not None and len(masks):
        inside = masks[masks["field"] == "text"]
        for article, start, end in zip(inside["article_id"], inside["start"], inside["end"], strict=True):
            hidden.setdefault(article, []).append((int(start), int(end)))
    return hidden


def texts_of(corpus: Corpus) -> Iterator[tuple[str, str, str]]:
    """Yield article, text and language of every article."""
    columns = (corpus.articles[name] for name in ("article_id", "text", "language"))
    for article, text, known in zip(*columns, strict=True):
        yield article, text, language_of(text) if pd.isna(known) else str(known)[:2].lower()
