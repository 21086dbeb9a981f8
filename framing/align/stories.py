"""Running stories: events that follow from one another, nested in stories and put in order of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.align.clusters import average_linkage, component_labels
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids

__all__ = ["group_stories", "story_timeline"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STORY_CUT = 0.4
"""Mean best link from which events are one story: with lower ones, two earthquakes become one story."""
STORY_GAP = 30.0
"""Days of silence that end a story."""
_DAY_SECONDS = 86_400


def group_stories(
    corpus: Corpus,
    events: pd.DataFrame,
    links: pd.DataFrame,
    *,
    cut: float = STORY_CUT,
    max_gap: float | None = STORY_GAP,
) -> pd.DataFrame:
    """Nest events in running stories: the accident, the inquiry, the trial.

    How much two events belong together is the mean, over the reports of both, of the probability of each report's
    best link to the other event; each event weighs half. The plain mean over all pairs would fall with the size of
    the events, for most reports of one day never look back; the best single link would let one odd report join two
    events. Events are then merged by average linkage, each event counting once, and a story ends where no report
    follows for ``max_gap`` days.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``, or any with ``article_id, event_id``.
    links : DataFrame
        Table ``links``, as `EventAligner` leaves it.
    cut : float
        Mean best link, 0 to 1, from which two groups of events are one story.
    max_gap : float, optional
        Days between the last report so far and the next event's first, from which on a new story begins; None never
        ends a story. An undated event stays with the event that it belongs to most.

    Returns
    -------
    DataFrame
        Table ``stories``: every event once. A story's identifier derives from that of its earliest event, so that
        later events leave it as it is.

    Raises
    ------
    SettingsError
        If ``cut`` or ``max_gap`` is out of its range.
    """
    if not 0 < cut <= 1 or (max_gap is not None and max_gap < 0):
        raise SettingsError(
            f"group_stories: cut must lie in (0, 1] and max_gap be None or at least 0. Got {cut} and {max_gap}."
        )
    found = _described(corpus, events)
    if found.empty:
        return empty("stories")
    first, second, score = _event_links(events, links, found)
    labels = average_linkage((first, second, score), len(found), lowest=cut).labels(cut)
    inside = labels[first] == labels[second]
    first, second, score = first[inside], second[inside], score[inside]
    if max_gap is not None:
        labels = _split(labels, found, (first, second, score), max_gap)
    together = labels[first] == labels[second]
    found["score"] = _strongest(first[together], second[together], score[together], len(found))
    return check(_in_order(found, labels), "stories")


def story_timeline(corpus: Corpus, events: pd.DataFrame, stories: pd.DataFrame) -> pd.DataFrame:
    """Tell each story as a list of its events in order of time.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``, or any with ``article_id, event_id``.
    stories : DataFrame
        Table ``stories``.

    Returns
    -------
    DataFrame
        Table ``timeline``: one row per event of ``stories``, undated ones last in their story.
    """
    articles = corpus.articles[["article_id", "outlet", "title", "published"]]
    rows = events[["event_id", "article_id"]].merge(articles, on="article_id").sort_values(["published", "article_id"])
    by_event = rows.groupby("event_id")
    told = pd.DataFrame(
        {
            "article_id": by_event["article_id"].first(),
            "title": rows[rows["title"] != ""].groupby("event_id")["title"].first(),
            "outlets": by_event["outlet"].agg(lambda outlets: "; ".join(sorted(set(outlets)))),
        }
    ).rename_axis("event_id")
    kept = ["story_id", "event_id", "first", "last", "gap", "n_articles", "n_outlets"]
    table = stories[kept].merge(told.reset_index(), on="event_id", how="inner")
    if table.empty:
        return empty("timeline")
    table = table.sort_values(["story_id", "first", "event_id"])
    table["place"] = table.groupby("story_id").cumcount() + 1
    return check(table.assign(title=table["title"].fillna("")), "timeline")


def _described(corpus: Corpus, events: pd.DataFrame) -> pd.DataFrame:
    """One row per event in order of time: undated last, then by identifier."""
    rows = events[["event_id", "article_id"]].merge(
        corpus.articles[["article_id", "outlet", "published"]], on="article_id"
    )
    found = rows.groupby("event_id").agg(
        n_articles=("article_id", "size"),
        n_outlets=("outlet", "nunique"),
        first=("published", "min"),
        last=("published", "max"),
    )
    return found.reset_index().sort_values(["first", "event_id"]).reset_index(drop=True)


def _event_links(events: pd.DataFrame, links: pd.DataFrame, found: pd.DataFrame) -> tuple[Ints, Ints, Floats]:
    """Pairs of events, as places in ``found``, with the mean best link of their reports."""
    place = dict(zip(found["event_id"], range(len(found)), strict=True))
    event_of = {
        article: place[event]
        for article, event in zip(events["article_id"], events["event_id"], strict=True)
        if event in place
    }
    pairs = links[links["article_id"].isin(event_of) & links["other_id"].isin(event_of)]
    ends = ("article_id", "other_id")
    both = pd.concat(
        [
            pd.DataFrame(
                {
                    "article": pairs[one],
                    "event": pairs[one].map(event_of),
                    "other": pairs[two].map(event_of),
                    "score": pairs["score"],
                }
            )
            for one, two in (ends, ends[::-1])
        ]
    )
    best = both[both["event"] != both["other"]].groupby(["article", "event", "other"])["score"].max()
    total = best.groupby(["event", "other"]).sum().reset_index()
    one, other = (total[side].to_numpy(dtype=np.int64) for side in ("event", "other"))
    share = total["score"].to_numpy() / found["n_articles"].to_numpy()[one] / 2
    keys, position = np.unique(np.minimum(one, other) * len(found) + np.maximum(one, other), return_inverse=True)
    score: Floats = np.bincount(position, weights=share, minlength=len(keys)).astype(np.float64)
    return keys // len(found), keys % len(found), score


def _split(labels: Ints, found: pd.DataFrame, links: tuple[Ints, Ints, Floats], max_gap: float) -> Ints:
    """Cut stories where no report follows for too long; undated events stay with the one they belong to most."""
    dated = np.flatnonzero(found["first"].notna().to_numpy(dtype=bool))
    gap = _gaps(found, labels)
    edges = []
    before: dict[int, int] = {}
    for event in dated.tolist():
        story = int(labels[event])
        if story in before and gap[event] <= max_gap:
            edges.append((before[story], event))
        before[story] = event
    kept = np.zeros(len(found), dtype=bool)
    kept[dated] = True
    first, second, score = links
    order = np.lexsort((second, first, -np.round(score, 12)))
    loose: set[int] = set(np.flatnonzero(~kept).tolist())
    for one, two in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if one in loose or two in loose:
            edges.append((one, two))
            loose -= {one, two}
    joined = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return component_labels(joined[:, 0], joined[:, 1], len(found))


def _gaps(found: pd.DataFrame, labels: Ints) -> Floats:
    """Days from the last report of the story so far to each event's first; NaN for its first event and undated ones."""
    story = pd.Series(labels, index=found.index)
    first, last = (
        (found[side] - pd.Timestamp(0, tz="UTC")).dt.total_seconds() / _DAY_SECONDS for side in ("first", "last")
    )
    before = last.groupby(story).cummax().groupby(story).shift()
    days: Floats = (first - before).clip(lower=0).to_numpy(dtype=float)
    return days


def _strongest(first: Ints, second: Ints, score: Floats, n: int) -> Floats:
    """Highest score of each event; NaN where there is none."""
    best = np.full(n, -np.inf)
    for side in (first, second):
        np.maximum.at(best, side, score)
    return np.where(np.isfinite(best), best, np.nan)


def _in_order(found: pd.DataFrame, labels: Ints) -> pd.DataFrame:
    """Name the stories, and say of each event what came before it."""
    story = pd.Series(labels, index=found.index)
    earliest = found["event_id"].groupby(story).transform("first")
    return found.assign(
        story_id=stable_ids("story", earliest),
        gap=_gaps(found, labels),
        previous_id=found["event_id"].groupby(story).shift(),
    )
