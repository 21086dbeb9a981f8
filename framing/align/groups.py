"""Events and outlets: who covered what, which events compare given outlets, who reported first."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from framing.errors import SettingsError
from framing.reading import Corpus

__all__ = ["coverage_matrix", "events_with", "first_reports"]


def coverage_matrix(corpus: Corpus, events: pd.DataFrame, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count the reports of each outlet on each event.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.
    units : DataFrame, optional
        Table ``units``: then independent reports are counted, a story that an outlet prints twice once.

    Returns
    -------
    DataFrame of shape (n_events, n_outlets), int64
        Index ``event_id``, columns ``outlet``, both sorted. 0 means "not found in this corpus".
    """
    rows = _joined(corpus, events)
    if units is not None:
        rows = rows.merge(units[["article_id", "unit_id"]], on="article_id", how="left")
        rows["unit_id"] = rows["unit_id"].fillna(rows["article_id"])
        rows = rows.drop_duplicates(["event_id", "outlet", "unit_id"])
    outlets = pd.Index(sorted(corpus.articles["outlet"].unique()), name="outlet")
    counted = rows.assign(n=1).pivot_table(index="event_id", columns="outlet", values="n", aggfunc="sum", fill_value=0)
    return counted.reindex(columns=outlets, fill_value=0).astype("int64").sort_index()


def events_with(
    events: pd.DataFrame, corpus: Corpus, *, outlets: Iterable[str] | None = None, n_outlets: int = 2
) -> pd.DataFrame:
    """Keep the events that all given outlets report.

    Parameters
    ----------
    events : DataFrame
        Table ``events``.
    corpus : Corpus
        The articles.
    outlets : iterable of str, optional
        Outlets that must all report the event; by default any ``n_outlets`` of them.
    n_outlets : int
        Different outlets that an event needs at least, when ``outlets`` are not named.

    Returns
    -------
    DataFrame
        Rows of ``events``; with ``outlets``, only the articles of these outlets.

    Raises
    ------
    SettingsError
        If an outlet is not in the corpus.
    """
    matrix = coverage_matrix(corpus, events) > 0
    if outlets is None:
        wanted, keep = list(matrix.columns), matrix.sum(axis=1) >= n_outlets
    else:
        wanted = [outlets] if isinstance(outlets, str) else sorted(set(outlets))
        unknown = [outlet for outlet in wanted if outlet not in matrix.columns]
        if unknown:
            raise SettingsError(
                f"events_with: no outlet {', '.join(map(repr, unknown))} in the corpus. "
                f"Outlets: {', '.join(matrix.columns[:10])}{' …' if len(matrix.columns) > 10 else ''}."
            )
        keep = matrix[wanted].all(axis=1)
    own = set(corpus.articles.loc[corpus.articles["outlet"].isin(wanted), "article_id"])
    kept = events["event_id"].isin(matrix.index[keep]) & events["article_id"].isin(own)
    return events[kept].reset_index(drop=True)


def first_reports(corpus: Corpus, events: pd.DataFrame) -> pd.DataFrame:
    """Rank the reports of each event by time of publication.

    A date without a time of day counts as midnight UTC, so that ranks among reports of one day are not to be read
    as order where ``published_precision`` is ``day``.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.

    Returns
    -------
    DataFrame of shape (n_articles, 7)
        ``event_id, article_id, outlet, published, published_precision, rank, lag``: rank 1 reported first, ties
        share the lower rank, missing where undated; lag in hours after the first.
    """
    rows = _joined(corpus, events)
    by_event = rows.groupby("event_id")["published"]
    rows["rank"] = by_event.rank(method="min").astype("Int64")
    rows["lag"] = (rows["published"] - by_event.transform("min")).dt.total_seconds() / 3600
    return rows.sort_values(["event_id", "rank", "article_id"], kind="stable").reset_index(drop=True)


def _joined(corpus: Corpus, events: pd.DataFrame) -> pd.DataFrame:
    articles = corpus.articles[["article_id", "outlet", "published", "published_precision"]]
    return events[["event_id", "article_id"]].merge(articles, on="article_id", how="inner")
