"""From a term back to the sentences that hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from framing.errors import SettingsError
from framing.lexical.counts import Counted, term_spans
from framing.reading import Corpus
from framing.schema import FIELDS
from framing.text import find_sentences, masked_texts

__all__ = ["Source", "find_evidence"]

_COLUMNS = (
    "event_id", "choice", "side", "outlet", "article_id", "field", "start", "end", "surface",
    "sentence_start", "sentence_end", "sentence", "difference",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Source:
    """What was counted, and how: enough to go back to the text."""

    corpus: Corpus
    masks: pd.DataFrame | None
    frame: pd.DataFrame
    counted: Counted
    token_pattern: str


def find_evidence(source: Source, term: str, outlet: str, n_events: int, random_state: int) -> pd.DataFrame:
    """Return occurrences with their sentences; see `LexicalContrast.evidence`."""
    counted, frame = source.counted, source.frame
    column = int(np.searchsorted(counted.terms.astype(str), term))
    if column >= len(counted.terms) or counted.terms[column] != term:
        raise SettingsError(f"evidence: {term!r} does not occur in the corpus as it was counted. Terms are lower case.")
    if outlet not in set(frame["outlet"]):
        raise SettingsError(
            f"evidence: there is no outlet {outlet!r}. Outlets: {', '.join(sorted(set(frame.outlet.dropna())))}."
        )
    count = counted.matrix[:, [column]].toarray().ravel()
    table = frame.assign(count=count, tokens=counted.n_tokens, mine=frame["outlet"] == outlet)
    chosen = _events(table.dropna(subset=["event_id", "outlet"]), n_events, random_state)
    held = table[(table["count"] > 0) & table["event_id"].isin(chosen.index)]
    rows = pd.DataFrame(_occurrences(source, held, term), columns=list(_COLUMNS[4:12]))
    rows = rows.merge(held[["article_id", "event_id", "outlet", "mine"]], on="article_id")
    rows["side"] = np.where(rows.pop("mine").to_numpy(dtype=bool), "target", "reference")
    rows = rows.join(chosen, on="event_id")
    order = ["difference", "event_id", "side", "outlet", "article_id", "field", "start"]
    return rows.sort_values(order, ascending=[False, True, False, True, True, False, True])[list(_COLUMNS)].reset_index(
        drop=True
    )


def _events(table: pd.DataFrame, n: int, random_state: int) -> pd.DataFrame:
    """Difference per 1,000 tokens of events that hold both sides and the term: most for, most against, some others."""
    sums = table.groupby(["event_id", "mine"])[["count", "tokens"]].sum().unstack("mine")  # noqa: PD010 - sums of a group
    sums = sums.dropna()
    if not {True, False} <= set(sums.columns.get_level_values("mine")):
        return pd.DataFrame({"difference": [], "choice": []})
    sums = sums[sums["count"].sum(axis=1) > 0]
    rate = 1000 * sums["count"] / sums["tokens"]
    difference = (rate[True] - rate[False]).dropna().sort_index().sort_values(ascending=False, kind="stable")
    choice = pd.Series("", index=difference.index)
    choice[difference[difference > 0].index[:n]] = "top"
    choice[difference[difference < 0].index[-n:]] = "counter"
    others = np.flatnonzero(choice == "")
    drawn = np.random.default_rng(random_state).permutation(others)[:n]
    choice.iloc[drawn] = "random"
    chosen = pd.DataFrame({"difference": difference, "choice": choice})
    return chosen[chosen["choice"] != ""]


def _occurrences(source: Source, held: pd.DataFrame, term: str) -> list[tuple[Any, ...]]:
    if held.empty:
        return []
    corpus = source.corpus.where(article_id=held["article_id"].tolist())
    sentences = dict(iter(find_sentences(corpus).groupby(["article_id", "field"])))
    masked = masked_texts(corpus, source.masks)
    found: list[tuple[Any, ...]] = []
    for name in FIELDS:
        for article, text in corpus.texts(name).items():
            for start, end in term_spans(masked[name][article], term, source.token_pattern):
                around = _sentence(sentences.get((article, name)), start, end, len(text))
                found.append((article, name, start, end, text[start:end], *around, text[slice(*around)]))
    return found


def _sentence(sentences: pd.DataFrame | None, start: int, end: int, length: int) -> tuple[int, int]:
    if sentences is not None:
        inside = sentences[(sentences["start"] <= start) & (sentences["end"] >= end)]
        if len(inside):
            return int(inside["start"].iloc[0]), int(inside["end"].iloc[0])
    return max(0, start - 100), min(length, end + 100)
