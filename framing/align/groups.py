"""Events and outlets: who covered what, how often and how independently; balanced samples of events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from framing.align.timing import hours_after
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import check, empty

__all__ = ["coverage_matrix", "coverage_table", "events_with"]


def coverage_matrix(corpus: Corpus, events: pd.DataFrame, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count the reports of each outlet on each event, seen wide; `coverage_table` says more.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.
    units : DataFrame, optional
        Table ``units``: then a story that an outlet prints twice counts once for it. A wire story counts for every
        outlet that prints it; `coverage_table` says how many of the counts are such copies.

    Returns
    -------
    DataFrame of shape (n_events, n_outlets), int64
        Index ``event_id``, columns ``outlet``, both sorted. 0 means "not found in this corpus".
    """
    rows = _with_units(corpus, events, units).drop_duplicates(["event_id", "outlet", "unit_id"])
    outlets = pd.Index(sorted(corpus.articles["outlet"].unique()), name="outlet")
    counted = rows.assign(n=1).pivot_table(index="event_id", columns="outlet", values="n", aggfunc="sum", fill_value=0)
    return counted.reindex(columns=outlets, fill_value=0).astype("int64").sort_index()


def coverage_table(corpus: Corpus, events: pd.DataFrame, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Say how each outlet covered each event: how many reports, how many of them copies, when first.

    Independent reports of an event are its units: those that stand in one outlet only (the sum of ``n_own``) and
    those that several outlets print, each once. The sum of ``n_units`` counts a wire story at every outlet.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.
    units : DataFrame, optional
        Table ``units``; without it every article is a report of its own.

    Returns
    -------
    DataFrame
        Table ``event_outlets``: one row per event and outlet that reports it; no row means "not found in this corpus".
    """
    rows = _with_units(corpus, events, units)
    if rows.empty:
        return empty("event_outlets")
    shared = rows.groupby(["event_id", "unit_id"])["outlet"].transform("nunique") > 1
    rows["copied"] = shared.astype("int64")
    rows["own_unit"] = rows["unit_id"].where(~shared)
    ordered = rows.sort_values(["published", "published_precision"], kind="stable")  # of one instant, the day first
    found = ordered.groupby(["event_id", "outlet"], sort=True)
    table = found.agg(
        n_articles=("article_id", "size"),
        n_units=("unit_id", "nunique"),
        n_own=("own_unit", "nunique"),
        n_copies=("copied", "sum"),
        published=("published", "first"),
        published_precision=("published_precision", "first"),
    ).reset_index()
    return check(table.assign(lag=hours_after(table)), "event_outlets")


def events_with(
    events: pd.DataFrame,
    corpus: Corpus,
    *,
    outlets: Iterable[str] | None = None,
    n_outlets: int = 2,
    units: pd.DataFrame | None = None,
    per_outlet: int | None = None,
) -> pd.DataFrame:
    """Keep the events that all given outlets report: the sample for comparing these outlets.

    ``events_with(events, corpus, outlets=["A", "B"], units=units, per_outlet=1)`` gives pairs of independent reports.

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
    units : DataFrame, optional
        Table ``units``: then reports must be independent. Of the copies of one story among these outlets only the
        earliest is kept, so that an outlet whose every report copies an earlier one does not count.
    per_outlet : int, optional
        Reports that each outlet needs and keeps per event: the earliest. By default all are kept.

    Returns
    -------
    DataFrame
        Rows of ``events`` in their order; with ``outlets``, only the articles of these outlets. "Earliest" goes by
        time of publication, a date counting as its midnight, undated reports last, then by ``article_id``: a rule
        that always picks the same reports, not a claim about who was first.

    Raises
    ------
    SettingsError
        If an outlet is not in the corpus, or a number is below 1.
    """
    needed = 1 if per_outlet is None else per_outlet
    if n_outlets < 1 or needed < 1:
        raise SettingsError(
            f"events_with: n_outlets and per_outlet must be at least 1. Got {n_outlets} and {per_outlet}."
        )
    wanted = _wanted(corpus, outlets)
    rows = _with_units(corpus, events, units)
    rows = rows[rows["outlet"].isin(wanted)].sort_values(["published", "article_id"], kind="stable")
    if units is not None:
        rows = rows.drop_duplicates(["event_id", "unit_id"])
    place = rows.groupby(["event_id", "outlet"]).cumcount()
    rows = rows[place.groupby([rows["event_id"], rows["outlet"]]).transform("size") >= needed]
    enough = len(wanted) if outlets is not None else n_outlets
    rows = rows[rows.groupby("event_id")["outlet"].transform("nunique") >= enough]
    if per_outlet is not None:
        rows = rows[place.loc[rows.index] < per_outlet]
    return events[events["article_id"].isin(set(rows["article_id"]))].reset_index(drop=True)


def _wanted(corpus: Corpus, outlets: Iterable[str] | None) -> list[str]:
    known = sorted(corpus.articles["outlet"].unique())
    if outlets is None:
        return known
    wanted = [outlets] if isinstance(outlets, str) else sorted(set(outlets))
    if not wanted:
        raise SettingsError("events_with: outlets must name at least one outlet, or be None for any.")
    unknown = [outlet for outlet in wanted if outlet not in known]
    if unknown:
        raise SettingsError(
            f"events_with: no outlet {', '.join(map(repr, unknown))} in the corpus. "
            f"Outlets: {', '.join(known[:10])}{' …' if len(known) > 10 else ''}."
        )
    return wanted


def _with_units(corpus: Corpus, events: pd.DataFrame, units: pd.DataFrame | None) -> pd.DataFrame:
    """Articles of ``events`` with outlet, time and unit; an article without a unit is one of its own."""
    articles = corpus.articles[["article_id", "outlet", "published", "published_precision"]]
    rows = events[["event_id", "article_id"]].merge(articles, on="article_id", how="inner")
    unit_of: dict[Any, Any] = {} if units is None else dict(zip(units["article_id"], units["unit_id"], strict=True))
    rows["unit_id"] = [unit_of.get(article, f"alone {article}") for article in rows["article_id"]]
    return rows
