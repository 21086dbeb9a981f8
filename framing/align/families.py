"""Copies of one story: families with a base text, and what counts as one independent report."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids

__all__ = ["COPY", "find_families", "independent_units"]

COPY = 0.5
"""Containment, either way, from which two articles count as copies of one story."""


def find_families(corpus: Corpus, reuse: pd.DataFrame, *, threshold: float = COPY) -> pd.DataFrame:
    """Group copies of one story.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    reuse : DataFrame
        Table ``reuse``.
    threshold : float
        Containment, either way, from which a pair is a copy, 0 to 1.

    Returns
    -------
    DataFrame
        Table ``families``: groups of two or more. The base is the article that is most often the source; of equals
        the earliest, the longest, the first by id.
    """
    groups = _groups(corpus.article_ids, _copies(reuse, threshold))
    articles = corpus.articles.set_index("article_id")
    sources = reuse["source_id"].value_counts()
    rows = []
    for members in groups:
        if len(members) < 2:
            continue
        base = min(
            members,
            key=lambda m: (
                -int(sources.get(m, 0)),
                articles.loc[m, "published"]
                if pd.notna(articles.loc[m, "published"])
                else pd.Timestamp.max.tz_localize("UTC"),
                -len(articles.loc[m, "text"]),
                m,
            ),
        )
        family = stable_ids("family", [members[0]])[0]
        rows += [(family, member, "base" if member == base else "copy") for member in members]
    return (
        check(pd.DataFrame(rows, columns=["family_id", "article_id", "role"]), "families")
        if rows
        else empty("families")
    )


def independent_units(
    corpus: Corpus, reuse: pd.DataFrame, events: pd.DataFrame, *, threshold: float = COPY
) -> pd.DataFrame:
    """Say what counts as one independent report: copies of one story within an event are one unit.

    Parameters
    ----------
    corpus : Corpus
        The articles, for their outlets.
    reuse, events : DataFrame
        Tables ``reuse`` and ``events``.
    threshold : float
        Containment, either way, from which a pair is a copy, 0 to 1.

    Returns
    -------
    DataFrame
        Table ``units``, one row per article of ``events``. The weights of a unit's articles at one outlet add up to 1.
    """
    event_of = dict(zip(events["article_id"], events["event_id"], strict=True))
    copies = _copies(reuse, threshold)
    together = [
        (a, b)
        for a, b in zip(copies["article_id"], copies["other_id"], strict=True)
        if event_of.get(a) == event_of.get(b)
    ]
    pairs = pd.DataFrame(together, columns=["article_id", "other_id"])
    groups = _groups(sorted(event_of), pairs)
    rows = [(member, stable_ids("unit", [members[0]])[0]) for members in groups for member in members]
    if not rows:
        return empty("units")
    units = pd.DataFrame(rows, columns=["article_id", "unit_id"])
    outlets = units["article_id"].map(dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True)))
    sizes = units.groupby([units["unit_id"], outlets])["article_id"].transform("size")
    return check(units.assign(weight=1.0 / sizes), "units")


def _copies(reuse: pd.DataFrame, threshold: float) -> pd.DataFrame:
    if not 0 < threshold <= 1:
        raise SettingsError(f"threshold must lie in (0, 1]. Got {threshold}.")
    return reuse[reuse[["containment", "other_containment"]].max(axis=1) >= threshold]


def _groups(ids: list[str], pairs: pd.DataFrame) -> list[list[str]]:
    """Return connected components, each sorted, in the order of their first members."""
    place = {identifier: k for k, identifier in enumerate(ids)}
    kept = [
        (place[a], place[b])
        for a, b in zip(pairs["article_id"], pairs["other_id"], strict=True)
        if a in place and b in place
    ]
    links = np.array(kept, dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(ids), len(ids)))
    component = connected_components(graph, directed=False)[1]
    groups: dict[int, list[str]] = {}
    for identifier, number in zip(ids, component.tolist(), strict=True):
        groups.setdefault(number, []).append(identifier)
    return sorted(sorted(group) for group in groups.values())
