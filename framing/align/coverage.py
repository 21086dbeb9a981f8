"""Who states what: the statements that reports of one event share, outlet by outlet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.align.clusters import average_linkage
from framing.errors import SettingsError
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text import find_sentences

__all__ = ["compare_coverage", "statement_matrix"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SAME = 0.5
"""Mean score, over all pairs of sentences, down to which clusters of sentences are one statement."""
STATED = 0.65
"""Mean score with the statement's sentences in other outlets' reports from which a sentence states it."""
_NOT_FOUND = "not found"


def compare_coverage(
    corpus: Corpus,
    events: pd.DataFrame,
    passages: pd.DataFrame,
    *,
    units: pd.DataFrame | None = None,
    sentences: pd.DataFrame | None = None,
    cut: float = STATED,
) -> pd.DataFrame:
    """Lay out which outlet states what, over the statements that independent reports of an event share.

    A statement is a cluster of sentences of one event that answer each other: average linkage on the scores of
    `align_passages`. Statements that at least two independent reports hold are listed, with one row for each outlet
    that reports the event: the sentence that states it, or, where none was found, the nearest one and its score. The
    score of a sentence is the mean of its scores with the statement's reports in other outlets, its best with each; it
    states the statement from ``cut`` on. The statement's own text is the sentence of the highest score, the earliest
    published among equals.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.
    passages : DataFrame
        Table ``passages`` of these events.
    units : DataFrame, optional
        Table ``units``: copies of one story count as one report. Without it every article counts.
    sentences : DataFrame, optional
        Table ``sentences`` that ``passages`` were made from; found when not given. Furniture states nothing.
    cut : float
        Score from which a sentence states a statement, 0 to 1.

    Returns
    -------
    DataFrame
        Table ``coverage``. "Not found" (``stated`` False) speaks of this method and these texts, not of why.
    """
    if not 0 < cut <= 1:
        raise SettingsError(f"cut must lie in (0, 1]. Got {cut}.")
    if sentences is None:
        sentences = find_sentences(corpus)
    event_of = dict(zip(events["article_id"], events["event_id"], strict=True))
    sentences = sentences[sentences["article_id"].isin(event_of)].reset_index(drop=True)
    places = _Places.of(corpus, sentences, units)
    links = _links(sentences, passages)
    rows: list[dict[str, object]] = []
    grouped = links.groupby("event_id", sort=True)
    members = {
        event: np.array(group)
        for event, group in sentences.groupby(sentences["article_id"].map(event_of)).groups.items()
    }
    for event, answers in progress(grouped, "coverage", grouped.ngroups):
        rows += _ledger(str(event), members[event], answers, places, cut)
    return check(pd.DataFrame(rows), "coverage") if rows else empty("coverage")


@dataclass(frozen=True, eq=False)
class _Places:
    """What is known of every sentence."""

    table: pd.DataFrame
    article: npt.NDArray[np.object_]
    outlet: npt.NDArray[np.object_]
    unit: npt.NDArray[np.object_]
    time: npt.NDArray[np.float64]
    rank: Ints

    @classmethod
    def of(cls, corpus: Corpus, sentences: pd.DataFrame, units: pd.DataFrame | None) -> _Places:
        articles = corpus.articles.set_index("article_id")
        ids = sentences["article_id"]
        unit_of = {} if units is None else dict(zip(units["article_id"], units["unit_id"], strict=True))
        told = (sentences["zone"].isin(["lead", "body"])).astype(np.int64)
        published = articles["published"]
        seconds = pd.Series(np.where(published.notna(), published.astype("int64"), np.inf), index=articles.index)
        return cls(
            sentences,
            ids.to_numpy(dtype=object),
            articles["outlet"].reindex(ids).to_numpy(dtype=object),
            np.array([unit_of.get(a, a) for a in ids], dtype=object),
            seconds.reindex(ids).to_numpy(dtype=np.float64),
            (told.groupby(ids).cumsum() * told).to_numpy(dtype=np.int64),
        )


def _links(sentences: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``passages`` as pairs of sentences: the answering sentence, every one of a split, else the nearest."""
    keys = zip(sentences["article_id"], sentences["field"], sentences["start"], strict=True)
    number = {key: k for k, key in enumerate(keys)}
    by_id = dict(zip(sentences["sentence_id"], range(len(sentences)), strict=True))
    told = (sentences["zone"] != "furniture").to_numpy()
    ends = sentences["end"].to_numpy()
    found = []
    columns = ("event_id", "article_id", "field", "start", "other_id", "other_field", "other_start", "other_end")
    for event, article, name, start, other, other_name, other_start, other_end, nearest, score in zip(
        *(passages[c] for c in (*columns, "nearest", "score")), strict=True
    ):
        one = number[article, name, start]
        if pd.notna(other_start):
            answers = [number[other, other_name, int(other_start)]]
            while ends[answers[-1]] < other_end:
                answers.append(answers[-1] + 1)
        else:
            answers = [by_id[nearest]] if isinstance(nearest, str) else []
        found += [(event, one, two, score) for two in answers if told[one] and told[two]]
    return pd.DataFrame(found, columns=["event_id", "one", "two", "score"])


def _ledger(
    event: str, members: Ints, answers: pd.DataFrame, places: _Places, cut: float
) -> Iterator[dict[str, object]]:
    """Rows of one event."""
    one, two = (np.searchsorted(members, answers[c].to_numpy(dtype=np.int64)) for c in ("one", "two"))
    score = answers["score"].to_numpy(dtype=np.float64)
    n = len(members)
    keys, place = np.unique(np.minimum(one, two) * n + np.maximum(one, two), return_inverse=True)
    best = np.zeros(len(keys))
    np.maximum.at(best, place, score)
    low, high = keys // n, keys % n
    sure = best > 0
    labels = average_linkage((low[sure], high[sure], best[sure]), n, lowest=SAME).labels(SAME)
    near = pd.DataFrame({"from": np.r_[low, high], "to": np.r_[high, low], "score": np.r_[best, best]})
    near["label"] = labels[near["from"]]
    outlets = sorted(set(places.outlet[members]))
    candidates = dict(list(near.groupby("label", sort=False)))
    for label in np.unique(labels[low[best >= SAME]]).tolist():
        inside = np.flatnonzero(labels == label)
        if len(set(places.unit[members[inside]])) < 2:
            continue
        yield from _cells(event, (members, inside, candidates[label]), outlets, places, cut)


def _cells(
    event: str,
    cluster: tuple[Ints, Ints, pd.DataFrame],
    outlets: Iterable[str],
    places: _Places,
    cut: float,
) -> list[dict[str, object]]:
    """One row for each outlet."""
    members, inside, near = cluster
    support = _support(members, inside, near, places)
    base = members[max(inside.tolist(), key=lambda k: (support.get(k, 0.0), -places.time[members[k]], -members[k]))]
    base_row = places.table.iloc[base]
    statement = stable_ids("st", [event], [base_row["article_id"]], [base_row["field"]], [base_row["start"]])[0]
    stating: dict[str, tuple[float, int]] = {}
    nearest: dict[str, tuple[float, int]] = {}
    units = set()
    for k, score in sorted(support.items()):
        row = int(members[k])
        if score >= cut:
            units.add(places.unit[row])
        book = stating if score >= cut else nearest
        held = book.get(places.outlet[row])
        if held is None or score > held[0]:
            book[places.outlet[row]] = (score, row)
    if len(units) < 2:
        return []
    shared = {"event_id": event, "statement_id": statement, "statement": base_row["surface"], "n_units": len(units)}
    return [{**shared, "outlet": outlet, **_cell(outlet, stating, nearest, places)} for outlet in outlets]


def _support(members: Ints, inside: Ints, near: pd.DataFrame, places: _Places) -> dict[int, float]:
    """Mean score of a sentence over the cluster's articles of other outlets, by its best pair with each."""
    article, outlet = places.article[members], places.outlet[members]
    apart = near[outlet[near["from"]] != outlet[near["to"]]]
    best = apart.groupby(["to", article[apart["from"]]], sort=True)["score"].max().groupby(level=0).sum()
    held = pd.DataFrame({"article": article[inside], "outlet": outlet[inside]}).drop_duplicates("article")
    n_of = held.groupby("outlet").size()
    return {
        int(k): round(float(total) / max(len(held) - int(n_of.get(outlet[k], 0)), 1), 6) for k, total in best.items()
    }


def _cell(
    outlet: str,
    stating: Mapping[str, tuple[float, int]],
    nearest: Mapping[str, tuple[float, int]],
    places: _Places,
) -> dict[str, object]:
    if outlet not in stating and outlet not in nearest:
        return {"stated": False, "score": 0.0}
    score, row = stating.get(outlet) or nearest[outlet]
    found = places.table.iloc[row]
    names = ("article_id", "field", "start", "end", "surface")
    prefix = "" if outlet in stating else "nearest_"
    cell: dict[str, object] = {
        f"{prefix}{c}" if c != "article_id" or not prefix else "nearest_id": found[c] for c in names
    }
    if outlet in stating:
        cell["rank"] = int(places.rank[row])
    return {"stated": outlet in stating, "score": round(score, 6), **cell}


def statement_matrix(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return table ``coverage`` with one row for each statement and one column for each outlet.

    Parameters
    ----------
    coverage : DataFrame
        Table ``coverage``.

    Returns
    -------
    DataFrame
        Index ``event_id, statement_id, statement``; a cell holds the stating sentence, or "not found", or nothing
        where the outlet does not report the event.
    """
    if coverage.empty:
        return pd.DataFrame()
    cells = coverage.assign(cell=coverage["surface"].where(coverage["stated"], _NOT_FOUND))
    keys = ["event_id", "statement_id", "statement"]
    return cells.pivot_table(index=keys, columns="outlet", values="cell", aggfunc="first").sort_index()
