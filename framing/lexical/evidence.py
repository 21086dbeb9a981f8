"""From a term back to the sentences that hold it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from framing.errors import SettingsError
from framing.schema import FIELDS
from framing.text import find_sentences, masked_texts, tokenize

if TYPE_CHECKING:  # the estimator imports this module
    from framing.lexical.contrast import LexicalContrast

__all__ = ["find_evidence"]

_COLUMNS = (
    "event_id", "side", "outlet", "article_id", "field", "start", "end", "surface",
    "sentence_start", "sentence_end", "sentence", "difference",
)  # fmt: skip


def find_evidence(fitted: LexicalContrast, term: str, outlet: str | None, n_events: int) -> pd.DataFrame:
    """Return occurrences with their sentences; see `LexicalContrast.evidence`."""
    column = np.searchsorted(fitted._counted.terms.astype(str), term)  # noqa: SLF001 - the estimator's own second half
    counted, frame = fitted._counted, fitted._frame  # noqa: SLF001 - likewise
    if column >= len(counted.terms) or counted.terms[column] != term:
        raise SettingsError(f"evidence: {term!r} does not occur in the corpus as it was counted. Terms are lower case.")
    target = outlet if outlet is not None else _strongest(fitted.terms_, term, frame)
    if target not in set(frame["outlet"]):
        raise SettingsError(
            f"evidence: there is no outlet {target!r}. Outlets: {', '.join(sorted(set(frame.outlet)))}."
        )
    count = counted.matrix[:, [int(column)]].toarray().ravel()
    table = frame.assign(count=count, tokens=counted.n_tokens, mine=frame["outlet"] == target).dropna(
        subset=["event_id"]
    )
    chosen = _events(table, n_events)
    held = table[(table["count"] > 0) & table["event_id"].isin(chosen.index)]
    rows = pd.DataFrame(_occurrences(fitted, held, term), columns=list(_COLUMNS[3:11]))
    rows = rows.merge(held[["article_id", "event_id", "outlet", "mine"]], on="article_id")
    rows["side"] = np.where(rows.pop("mine").to_numpy(dtype=bool), "target", "reference")
    rows["difference"] = rows["event_id"].map(chosen)
    order = ["difference", "event_id", "side", "outlet", "article_id", "field", "start"]
    return rows.sort_values(order, ascending=[False, True, False, True, True, False, True])[list(_COLUMNS)].reset_index(
        drop=True
    )


def _strongest(terms: pd.DataFrame, term: str, frame: pd.DataFrame) -> str:
    rows = terms[terms["term"] == term]
    if rows.empty:
        return str(min(frame["outlet"].dropna()))
    strength = rows["z"].abs().fillna(-1.0)
    return str(rows.loc[strength.idxmax(), "outlet"])


def _events(table: pd.DataFrame, n: int) -> Any:
    """Difference per 1,000 tokens of the events that hold both sides and the term: the n highest and n lowest."""
    sums = table.groupby(["event_id", "mine"])[["count", "tokens"]].sum().unstack("mine")  # noqa: PD010 - sums of a group
    sums = sums.dropna()
    if not {True, False} <= set(sums.columns.get_level_values("mine")):
        return pd.Series(dtype="float64")
    sums = sums[sums["count"].sum(axis=1) > 0]
    rate = 1000 * sums["count"] / sums["tokens"]
    difference = (rate[True] - rate[False]).dropna().sort_index().sort_values(ascending=False, kind="stable")
    return difference if len(difference) <= 2 * n else pd.concat([difference.head(n), difference.tail(n)])


def _occurrences(fitted: LexicalContrast, held: pd.DataFrame, term: str) -> list[tuple[Any, ...]]:
    if held.empty:
        return []
    corpus = fitted._corpus.where(article_id=held["article_id"].tolist())  # noqa: SLF001 - as above
    sentences = dict(iter(find_sentences(corpus).groupby(["article_id", "field"])))
    masked = masked_texts(corpus, fitted._masks)  # noqa: SLF001 - as above
    found: list[tuple[Any, ...]] = []
    for name in FIELDS:
        for article, text in corpus.texts(name).items():
            for start, end in _spans(masked[name][article], term, fitted.token_pattern):
                around = _sentence(sentences.get((article, name)), start, end, len(text))
                found.append((article, name, start, end, text[start:end], *around, text[slice(*around)]))
    return found


def _spans(text: str, term: str, pattern: str) -> list[tuple[int, int]]:
    tokens = tokenize([text], pattern)
    words, offsets = tokens.vocabulary[tokens.ids].tolist(), tokens.offsets(text)
    if re.search(r"\s", term) is None:
        return [(int(a), int(b)) for word, (a, b) in zip(words, offsets, strict=True) if word == term]
    n = term.count(" ") + 1
    places = [i for i in range(len(words) - n + 1) if " ".join(words[i : i + n]) == term]
    return [(int(offsets[i][0]), int(offsets[i + n - 1][1])) for i in places]


def _sentence(sentences: pd.DataFrame | None, start: int, end: int, length: int) -> tuple[int, int]:
    if sentences is not None:
        inside = sentences[(sentences["start"] <= start) & (sentences["end"] >= end)]
        if len(inside):
            return int(inside["start"].iloc[0]), int(inside["end"].iloc[0])
    return max(0, start - 100), min(length, end + 100)
