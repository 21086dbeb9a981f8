"""Views for notebooks: an article with its spans marked, and answering sentences side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import escape

from framing.errors import SettingsError
from framing.reading import Corpus
from framing.report.content import records
from framing.report.highlight import BOX, Mark, legend_html, mark_text, span_marks, visible

__all__ = ["View", "show_passages", "show_text"]

Row = dict[str, Any]

# Inline, since notebooks have no style sheet of ours; legible on light and dark, text in the page's own colour.
_HERE = "color:inherit;background:rgba(60,157,128,.16);text-decoration:underline solid #3c9d80 2px"
_THERE = "color:inherit;background:rgba(194,124,16,.16);text-decoration:underline dashed #c27c10 2px"
_CELL = "text-align:left;vertical-align:top;white-space:normal;padding:.4em .8em .4em 0;line-height:1.5"
_QUIET = "opacity:.75;font-size:.85em;font-weight:normal"
_RELATIONS = {"merged": "part of one longer sentence", "split": "two sentences for one", "unique": "alone"}


@dataclass(frozen=True)
class View:
    """Something to look at in a notebook; elsewhere one line that says what it is.

    Attributes
    ----------
    html : str
        Escaped HTML without scripts or addresses.
    caption : str
        What is shown.
    """

    html: str
    caption: str

    def __repr__(self) -> str:
        return self.caption

    def _repr_html_(self) -> str:
        return self.html


def show_text(corpus: Corpus, article_id: str, spans: pd.DataFrame, *, by: str = "family") -> View:
    """Show an article with spans marked; each mark says its rule, target and witnesses on hover.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    article_id : str
        The article to show.
    spans : DataFrame
        Any span table: cues, labels, quotations …; rows of other articles are left out.
    by : str
        Column whose values get different underlines, for example ``"obligation"`` of labels.

    Returns
    -------
    View
        Title and text, and what the underlines mean.

    Raises
    ------
    SettingsError
        If the corpus has no such article.
    SchemaError
        If the spans belong to another corpus.

    Examples
    --------
    >>> show_text(corpus, "volga-01", labels, by="obligation")  # doctest: +SKIP
    """
    rows = corpus.articles[corpus.articles["article_id"] == article_id]
    if rows.empty:
        raise SettingsError(
            f"show_text: there is no article {article_id!r} among the {len(corpus)} of this corpus. "
            "See corpus.article_ids."
        )
    article = records(rows)[0]
    inside = corpus.check_spans(spans[spans["article_id"] == article_id])
    marks = {name: span_marks(table, by) for name, table in inside.groupby("field")}
    blocks = [
        f'<div dir="auto" style="{BOX}{look}">{mark_text(article[name], marks.get(name, []))}</div>'
        for name, look in (("title", ";font-weight:bold"), ("text", ""))
    ]
    html = f'<div style="{_QUIET}">{_byline(article)}</div>{"".join(blocks)}{legend_html(inside, by)}'
    return View(html, f"{article_id} ({article['outlet']}) with {len(inside)} spans marked")


def show_passages(
    corpus: Corpus,
    passages: pd.DataFrame,
    *,
    edits: pd.DataFrame | None = None,
    spans: pd.DataFrame | None = None,
    n: int = 12,
) -> View:
    """Show sentences beside those that answer them, with the words marked that only one side has.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    passages : DataFrame
        Rows of table ``passages``; filter it first, for example to one pair of articles.
    edits : DataFrame, optional
        Table ``edits``: solid underlines mark what only the left has, dashed ones what only the right has.
    spans : DataFrame, optional
        Any span table whose rows are marked as well, on both sides.
    n : int
        Rows at most; the view says how many are left out.

    Returns
    -------
    View
        One table for each pair of articles, rows in the order given.

    Raises
    ------
    SettingsError
        If ``n`` is not positive.
    SchemaError
        If a table was made from another corpus.

    Examples
    --------
    >>> edited = passages[passages.relation == "edited"]  # doctest: +SKIP
    >>> show_passages(corpus, edited, edits=edits, spans=labels, n=3)  # doctest: +SKIP
    """
    if n < 1:
        raise SettingsError(f"show_passages: n must be at least 1. Got {n}.")
    corpus.check_spans(passages)
    corpus.check_spans(passages, "other_")
    sides = _Sides(corpus, edits, spans)
    pairs: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in records(passages.head(n)):
        pairs[row["article_id"], row["other_id"]].append(row)
    tables = [sides.table(article, other, rows) for (article, other), rows in pairs.items()]
    more = f"<p>… and {len(passages) - n} more</p>" if len(passages) > n else ""
    key = (
        f'<p style="{_QUIET}"><ins style="{_HERE}">only on the left</ins> · '
        f'<del style="{_THERE}">only on the right</del></p>'
    )
    html = "".join(tables) + more + (key if tables and edits is not None else "")
    shown = min(n, len(passages))
    return View(html or "<p>No passages.</p>", f"{shown} of {len(passages)} passages, {len(pairs)} pairs of articles")


class _Sides:
    """Marks of both sides, looked up by article and field."""

    def __init__(self, corpus: Corpus, edits: pd.DataFrame | None, spans: pd.DataFrame | None) -> None:
        self._articles = {row["article_id"]: row for row in records(corpus.articles)}
        self._own: dict[tuple[str, str, str], set[tuple[int, int]]] = defaultdict(set)
        self._spans: dict[tuple[str, str], list[Mark]] = defaultdict(list)
        if edits is not None:
            for article, other, name, start, end in _own_words(corpus, edits):
                self._own[article, other, name].add((start, end))
        if spans is not None:
            rows = records(corpus.check_spans(spans))
            for row, mark in zip(rows, span_marks(spans), strict=True):
                self._spans[row["article_id"], row["field"]].append(mark)

    def table(self, article: str, other: str, rows: list[Row]) -> str:
        heads = "".join(
            f'<th scope="col" style="{_CELL};width:{width}">{head}</th>'
            for width, head in (
                ("6em", ""),
                ("auto", _byline(self._articles[article])),
                ("auto", _byline(self._articles[other])),
            )
        )
        body = "".join(self._row(row) for row in rows)
        style = "width:100%;max-width:70em;table-layout:fixed;border-collapse:collapse"
        return f'<table style="{style}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'

    def _row(self, row: Row) -> str:
        relation = _RELATIONS.get(row["relation"], row["relation"])
        score = f"{escape(relation)}<br>{row['score']:.2f}{'<br>moved' if row['moved'] else ''}"
        left = self._sentence(row, "", row["other_id"], ("ins", _HERE))
        right = f'<span style="{_QUIET}">no counterpart found</span>'
        if row["other_start"] is not None:
            right = self._sentence(row, "other_", row["article_id"], ("del", _THERE))
        cells = ((f"{_CELL};{_QUIET}", score), (_CELL, left), (_CELL, right))
        return "<tr>" + "".join(f'<td dir="auto" style="{style}">{cell}</td>' for style, cell in cells) + "</tr>"

    def _sentence(self, row: Row, prefix: str, against: str, look: tuple[str, str]) -> str:
        article, name = row[f"{prefix}id" if prefix else "article_id"], row[f"{prefix}field"]
        own = [Mark(start, end, tag=look[0], style=look[1]) for start, end in self._own[article, against, name]]
        start, end = int(row[f"{prefix}start"]), int(row[f"{prefix}end"])
        return mark_text(self._articles[article][name], [*own, *self._spans[article, name]], start, end)


def _own_words(corpus: Corpus, edits: pd.DataFrame) -> Iterator[tuple[str, str, str, int, int]]:
    """Yield article, the other article, field, start and end of the words that the other lacks, seen from both."""
    filled = edits[edits["end"] > edits["start"]]
    other_filled = edits[edits["other_end"] > edits["other_start"]]
    corpus.check_spans(filled)
    corpus.check_spans(other_filled, "other_")
    ours, theirs = ["article_id", "other_id", "field", "start", "end"], ["other_id", "article_id", "other_field"]
    yield from filled[ours].itertuples(index=False, name=None)
    yield from other_filled[[*theirs, "other_start", "other_end"]].itertuples(index=False, name=None)


def _byline(article: Row) -> str:
    published = article["published"]
    day = "" if published is None else f" · {published.day} {published:%b %Y}"
    return f"{escape(visible(article['outlet']))} · {escape(visible(article['article_id']))}{day}"
