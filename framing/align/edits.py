"""Table of the word-level changes between answering sentences."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from framing.align.edit_types import type_edits
from framing.align.word_edits import WordEdit, diff_words, lone_brackets
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids

__all__ = ["WordEdit", "diff_passages", "diff_words"]

_SURE = 0.8  # score of a paraphrase from which a bracket of one side only is an insertion


def diff_passages(
    corpus: Corpus,
    passages: pd.DataFrame,
    *,
    reuse: pd.DataFrame | None = None,
    families: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Show word by word how answering sentences differ.

    Of paraphrases and of sentences that the other article splits in two, whose words differ throughout, only bracketed
    insertions and deletions are shown that stand behind a word which both sides have.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    passages : DataFrame
        Table ``passages``; rows of relation ``edited``, and of ``paraphrase`` and ``split`` from a score of .8, are
        compared, each pair once.
    reuse : DataFrame, optional
        Table ``reuse``. Where it knows the source, edits lead from the source to the copy; else from the earlier
        article to the later, else by id.
    families : DataFrame, optional
        Table ``families``, for ``family_id``.

    Returns
    -------
    DataFrame
        Table ``edits``. An insertion stands in the other article, a deletion in the article.
    """
    pairs = _pairs(passages, _bases(corpus, reuse))
    rows = []
    for (ours, theirs), (passage_id, relation) in progress(pairs.items(), "edits", len(pairs)):
        edits = (diff_words if relation == "edited" else lone_brackets)(ours[3], theirs[3])
        types = type_edits(ours[3], theirs[3], edits)
        rows += [_row(passage_id, ours, theirs, edit) | {"type": t} for edit, t in zip(edits, types, strict=True)]
    if not rows:
        return empty("edits")
    frame = pd.DataFrame(rows)
    frame["edit_id"] = stable_ids(
        "e", *(frame[c] for c in ("passage_id", "start", "end", "other_start", "other_end", "operation"))
    )
    family_of = {} if families is None else dict(zip(families["article_id"], families["family_id"], strict=True))
    frame["family_id"] = [
        family_of[a] if a in family_of and family_of.get(b) == family_of[a] else None
        for a, b in zip(frame["article_id"], frame["other_id"], strict=True)
    ]
    return check(frame, "edits")


_Sentence = tuple[str, str, int, str]  # article, field, start, text


def _pairs(
    passages: pd.DataFrame, base_of: Callable[[str, str], str]
) -> dict[tuple[_Sentence, _Sentence], tuple[str, str]]:
    """Pairs of sentences to compare, base first, each once, with the passage and its relation."""
    near = passages["relation"].isin(["paraphrase", "split"]) & (passages["score"] >= _SURE)
    sure = (passages["relation"] == "edited") | near
    compared = passages[sure]
    ours = list(zip(*(compared[c] for c in ("article_id", "field", "start", "surface")), strict=True))
    theirs = list(zip(*(compared[f"other_{c}"] for c in ("id", "field", "start", "surface")), strict=True))
    pairs: dict[tuple[_Sentence, _Sentence], tuple[str, str]] = {}
    for one, other, passage_id, relation in zip(
        ours, theirs, compared["passage_id"], compared["relation"], strict=True
    ):
        pair = ((*one[:2], int(one[2]), one[3]), (*other[:2], int(other[2]), other[3]))
        if base_of(one[0], other[0]) != one[0]:
            pair = (pair[1], pair[0])
        if relation == "edited" or pair not in pairs:
            pairs[pair] = (passage_id, relation)
    return pairs


class _bases:  # noqa: N801 - used as a function
    """Which of two articles is the base of their edits."""

    def __init__(self, corpus: Corpus, reuse: pd.DataFrame | None) -> None:
        articles = corpus.articles
        self._time = dict(zip(articles["article_id"], articles["published"], strict=True))
        known = [] if reuse is None else zip(reuse["article_id"], reuse["other_id"], reuse["source_id"], strict=True)
        self._source = {(a, b): s for a, b, s in known if isinstance(s, str)}

    def __call__(self, one: str, other: str) -> str:
        pair = (min(one, other), max(one, other))
        if pair in self._source:
            return self._source[pair]
        first, second = self._time[pair[0]], self._time[pair[1]]
        return pair[1] if pd.notna(first) and pd.notna(second) and second < first else pair[0]


def _row(passage_id: str, ours: _Sentence, theirs: _Sentence, edit: WordEdit) -> dict[str, object]:
    article, name, start, text = ours
    other, other_name, other_start, other_text = theirs
    surface, other_surface = text[edit.start : edit.end], other_text[edit.other_start : edit.other_end]
    return {
        "passage_id": passage_id,
        "article_id": article,
        "field": name,
        "start": start + edit.start,
        "end": start + edit.end,
        "surface": surface,
        "other_id": other,
        "other_field": other_name,
        "other_start": other_start + edit.other_start,
        "other_end": other_start + edit.other_end,
        "other_surface": other_surface,
        "operation": edit.operation,
    }
