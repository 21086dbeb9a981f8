"""What a few regular expressions reach: lines, stops, pairs of quotation marks, capitals before a dash."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pandas as pd

import framing as fr

Span = tuple[int, int]
_STOP = re.compile(r"[.!?]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[A-ZÀ-ÞА-ЯЁІЇЄ])")
_PAIR = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|«[^»\n]+»|„[^“”\n]+[“”]")
_DATELINE = re.compile(
    r"(?P<place>[A-ZÀ-ÞА-ЯЁІЇЄ][A-ZÀ-ÞА-ЯЁІЇЄ .'’-]*[A-ZÀ-ÞА-ЯЁІЇЄ])(?:,[^()—–\n]{0,30})?"
    r"\s*(?:\((?P<agency>[^()\n]+)\))?\s*(?:—|–|--?)\s+"
)


def lines(text: str) -> list[Span]:
    """Every line is a sentence."""
    return [match.span() for match in re.finditer(r"\S[^\n]*", text)]


def stops(text: str) -> list[Span]:
    """Every line is cut behind a stop that white space and a capital follow."""
    found = []
    for start, end in lines(text):
        cuts = [start, *(start + m.end() for m in _STOP.finditer(text[start:end])), end]
        found += [(a + len(text[a:b]) - len(text[a:b].lstrip()), b) for a, b in pairwise(cuts)]
    return found


def pairs(text: str) -> list[Span]:
    """Whatever stands between two marks of one kind on one line."""
    return [match.span() for match in _PAIR.finditer(text)]


def spans(corpus: fr.Corpus, find: Callable[[str], list[Span]]) -> pd.DataFrame:
    """Spans of all texts, without white space at their ends."""
    rows = [
        (article, "text", start, start + len(text[start:end].rstrip()))
        for article, text in corpus.texts().items()
        for start, end in find(text)
    ]
    return pd.DataFrame(rows, columns=["article_id", "field", "start", "end"])


def datelines(corpus: fr.Corpus) -> pd.DataFrame:
    """Capitals at the very start, perhaps a bracket, a dash."""
    rows = [
        {"article_id": article, "kind": "dateline", **match.groupdict(), "date": None, "body_start": match.end()}
        for article, text in corpus.texts().items()
        if (match := _DATELINE.match(text))
    ]
    return pd.DataFrame(rows, columns=["article_id", "kind", "place", "agency", "date", "body_start"])
