"""Who reported first: an order of reports that claims no more than their dates can tell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.align.reuse import credited_agencies, credits_outlet
from framing.reading import Corpus
from framing.schema import check, empty

__all__ = ["first_reports", "hours_after"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_DAY = 86_400_000_000  # microseconds


def first_reports(
    corpus: Corpus, events: pd.DataFrame, *, units: pd.DataFrame | None = None, datelines: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Rank the reports of each event by time of publication, as far as it is known.

    A date without a time of day may be any time of that day (UTC). A report ranks behind those that were certainly
    published earlier: two reports of one day tie unless both give the time. ``rank == 1`` says "nobody was certainly
    earlier", ``rank == 1`` with ``n_tied == 0`` says "first among the dated reports".

    ``rank == 1`` among rows with ``unit_first`` gives the first independent report; ``~is_agency`` leaves out the
    agencies, and ``agency`` being missing those that credit one.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.
    units : DataFrame, optional
        Table ``units``; without it every article is a unit of its own.
    datelines : DataFrame, optional
        Table ``datelines``: its credits count beside the articles' ``agency``.

    Returns
    -------
    DataFrame of shape (n_articles, 13)
        Table ``first_reports``, by event, then rank, undated reports last.
    """
    articles = corpus.articles[["article_id", "outlet", "published", "published_precision"]]
    rows = events[["event_id", "article_id"]].merge(articles, on="article_id", how="inner")
    if rows.empty:
        return empty("first_reports")
    unit_of = {} if units is None else dict(zip(units["article_id"], units["unit_id"], strict=True))
    rows["unit_id"] = [unit_of.get(article) for article in rows["article_id"]]
    rows["rank"], rows["n_tied"] = _ranks(rows, rows["event_id"])
    rows["lag"] = hours_after(rows)
    own = rows["unit_id"].fillna(rows["article_id"])
    rows["unit_first"] = (_ranks(rows, rows["event_id"] + "\x1f" + own)[0] == 1).astype("boolean")
    rows["unit_rank"] = _unit_ranks(rows, own)
    credited = credited_agencies(corpus, datelines)
    everyone = set().union(*credited.values())
    rows["is_agency"] = [credits_outlet(outlet, everyone) for outlet in rows["outlet"]]
    rows["agency"] = [" / ".join(sorted(credited.get(article, ()))) or None for article in rows["article_id"]]
    return check(rows, "first_reports")


def hours_after(rows: pd.DataFrame) -> pd.Series[float]:
    """Hours from each event's first report to each row, in steps of 24 where one of both gives the day only."""
    start, dated, by_day = _times(rows)
    order = np.lexsort((~by_day, start, ~dated))
    first = pd.Series(order, index=order).groupby(rows["event_id"].to_numpy()[order]).transform("first")
    first = first.sort_index().to_numpy()
    rough = by_day | by_day[first]
    hours = np.where(rough, 24.0 * (start // _DAY - start[first] // _DAY), (start - start[first]) / 3.6e9)
    return pd.Series(np.where(dated, hours, np.nan), index=rows.index)


def _times(rows: pd.DataFrame) -> tuple[Ints, Bools, Bools]:
    """Earliest possible time in microseconds, whether dated, whether only the day is known."""
    dated = rows["published"].notna().to_numpy(dtype=bool)
    start = rows["published"].fillna(pd.Timestamp(0, tz="UTC")).astype("datetime64[us, UTC]").astype("int64")
    by_day = (rows["published_precision"].fillna("day") != "second").to_numpy(dtype=bool)
    return np.where(by_day, start // _DAY * _DAY, start), dated, by_day


def _ranks(rows: pd.DataFrame, groups: pd.Series[str]) -> tuple[pd.Series[int], pd.Series[int]]:
    """Rank behind those certainly earlier, and how many others can be neither earlier nor later; missing if undated."""
    start, dated, by_day = _times(rows)
    end = start + np.where(by_day, _DAY - 1, 0)
    rank, tied = (pd.Series(pd.NA, index=range(len(rows)), dtype="Int64") for _ in range(2))
    for members in pd.Series(np.arange(len(rows)))[dated].groupby(groups.to_numpy()[dated]).indices.values():
        places = np.flatnonzero(dated)[members]
        earlier = np.searchsorted(np.sort(end[places]), start[places], side="left")
        later = len(places) - np.searchsorted(np.sort(start[places]), end[places], side="right")
        rank.iloc[places] = 1 + earlier
        tied.iloc[places] = len(places) - 1 - earlier - later
    return rank.set_axis(rows.index), tied.set_axis(rows.index)


def _unit_ranks(rows: pd.DataFrame, units: pd.Series[str]) -> pd.Series[int]:
    """Rank of each row's unit among those of its event, each taken at its first report."""
    ordered = rows.assign(unit=units).sort_values(["published", "published_precision"], kind="stable")
    firsts = ordered.drop_duplicates(["event_id", "unit"])
    ranked = firsts.assign(unit_rank=_ranks(firsts, firsts["event_id"])[0])[["event_id", "unit", "unit_rank"]]
    joined = rows[["event_id"]].assign(unit=units).merge(ranked, on=["event_id", "unit"], how="left")
    return joined["unit_rank"].set_axis(rows.index)
