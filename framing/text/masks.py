"""Masks: spans that scores leave out. The text itself never changes."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from framing.reading import Corpus
from framing.schema import FIELDS, check, empty

__all__ = ["mask_spans", "masked_texts"]


def mask_spans(table: pd.DataFrame, kind: str | None = None) -> pd.DataFrame:
    """Turn the rows of a span table into masks.

    Parameters
    ----------
    table : DataFrame
        Any span table of `framing.schema`: datelines, cues, labels …
    kind : str, optional
        Kind of the masks; by default the table's own ``kind``, else ``family``.

    Returns
    -------
    DataFrame
        Table ``masks``; concatenate several with `pandas.concat`.
    """
    if table.empty:
        return empty("masks")
    ids = [c for c in ("dateline_id", "label_id", "cue_id", "quotation_id", "sentence_id") if c in table.columns]
    kinds = kind if kind is not None else table["kind" if "kind" in table.columns else "family"]
    masks = table[["article_id", "field", "start", "end", "surface"]].assign(
        kind=kinds, source_id=table[ids[0]] if ids else None
    )
    return check(masks.drop_duplicates(), "masks")


def masked_texts(
    corpus: Corpus, masks: pd.DataFrame | None = None, fields: Iterable[str] = FIELDS
) -> dict[str, dict[str, str]]:
    """Return texts for scoring, with the characters of every mask replaced by spaces.

    Lengths and therefore all offsets stay as they are.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    masks : DataFrame, optional
        Table ``masks``; rows of other articles are ignored.
    fields : iterable of str
        Fields to return.

    Returns
    -------
    dict of field to dict of article_id to str
        Texts in table order.
    """
    texts = {name: corpus.texts(name) for name in fields}
    if masks is None or masks.empty:
        return texts
    for (article, name), rows in masks.groupby(["article_id", "field"], sort=False):
        if name in texts and article in texts[name]:
            texts[name][article] = _blanked(texts[name][article], rows["start"].tolist(), rows["end"].tolist())
    return texts


def _blanked(text: str, starts: list[int], ends: list[int]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(zip(starts, ends, strict=True)):
        if end <= done:
            continue
        start = max(start, done)  # noqa: PLW2901 - masks may overlap
        pieces += [text[done:start], " " * (end - start)]
        done = end
    return "".join([*pieces, text[done:]])
