"""The naming grid: which outlet calls an entity what, how often, and whether the difference holds within events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.stats import benjamini_hochberg, exact_stratified

__all__ = ["cell_mentions", "naming_grid"]

_FORMS = ("form", "head", "kind")
_LISTED = 5  # titles, modifiers and party tags listed in a cell


def naming_grid(
    corpus: Corpus,
    names: pd.DataFrame,
    *,
    by: str = "form",
    units: pd.DataFrame | None = None,
    quotations: pd.DataFrame | None = None,
    min_reports: int = 3,
) -> pd.DataFrame:
    """Count who calls which entity what.

    Entities of several events are one where their most frequent names are the same, or where they share a name of two
    words or more; entities without a name stay apart. Only entities that two outlets mention are shown.

    Whether an outlet prefers a form is tested within events: among the reports of an event that mention the entity,
    those of the outlet and those of the others, with and without the form, one 2 x 2 table for each event
    (`exact_stratified`). Reports are counted, not mentions, for the mentions of one report are not independent.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    names : DataFrame
        Table ``naming``, or a part of it: without party tags, one kind only …
    by : {"form", "head", "kind"}
        Column that makes the forms: the wording, its last word, or its kind.
    units : DataFrame, optional
        Table ``units``. Copies of one text in one outlet count as one report.
    quotations : DataFrame, optional
        Table ``quotations``: mentions inside one are counted, and shown as ``n_quoted``; to leave them out, filter
        ``names``.
    min_reports : int
        Reports with the form, and events with both sides, below which nothing is tested: 3 and 2 by default.

    Returns
    -------
    DataFrame
        Table ``naming_grid``. `cell_mentions` leads from a cell to its spans.

    Raises
    ------
    SettingsError
        If ``by`` is no such column, or ``min_reports`` below 1.
    """
    if by not in _FORMS:
        raise SettingsError(f"by must be one of {', '.join(_FORMS)}. Got {by!r}.")
    if min_reports < 1:
        raise SettingsError(f"min_reports must be 1 or more. Got {min_reports}.")
    rows = names[names["article_id"].isin(corpus.articles["article_id"])].reset_index(drop=True)
    if rows.empty:
        return empty("naming_grid")
    rows = rows.assign(group_id=_linked(rows), wording=rows[by], report=_reports(rows, units))
    rows = rows[rows.groupby("group_id")["outlet"].transform("nunique") > 1]
    if rows.empty:
        return empty("naming_grid")
    rows["first"] = _is_first(rows)
    rows["quoted"] = _is_quoted(rows, quotations)
    grid = pd.DataFrame(_cells(rows))
    totals = rows.groupby(["group_id", "outlet"]).size()
    of_group, of_form = rows.groupby("group_id").size(), rows.groupby(["group_id", "wording"]).size()
    own = totals.loc[list(zip(grid["group_id"], grid["outlet"], strict=True))].to_numpy()
    everyone = of_group.loc[grid["group_id"]].to_numpy()
    with_form = of_form.loc[list(zip(grid["group_id"], grid["form"], strict=True))].to_numpy()
    grid["entity"] = _labels(rows).loc[grid["group_id"]].to_numpy()
    grid["share"] = grid["n_mentions"] / own
    grid["other_share"] = (with_form - grid["n_mentions"]) / np.where(everyone > own, everyone - own, np.nan)
    grid["p_value"] = _p_values(rows, grid, min_reports)
    tested = grid["p_value"].notna().to_numpy()
    grid["q_value"] = np.nan
    if tested.any():
        grid.loc[tested, "q_value"] = benjamini_hochberg(grid.loc[tested, "p_value"].to_numpy())
    grid["cell_id"] = stable_ids("nc", grid["group_id"], grid["outlet"], grid["form"])
    return check(grid.assign(by=by), "naming_grid")


def cell_mentions(names: pd.DataFrame, grid: pd.DataFrame, cell_id: str) -> pd.DataFrame:
    """Return the mentions of one cell; `keyword_in_context` shows them in their sentences.

    Parameters
    ----------
    names : DataFrame
        The table ``naming`` of which the grid was made.
    grid : DataFrame
        Table ``naming_grid``.
    cell_id : str
        The cell.

    Returns
    -------
    DataFrame
        Rows of ``names``.

    Raises
    ------
    SettingsError
        If the grid has no such cell.
    """
    found = grid[grid["cell_id"] == cell_id]
    if found.empty:
        raise SettingsError(f"cell_id: there is no cell {cell_id!r} in the grid. It has {len(grid)} cells.")
    cell = found.iloc[0]
    inside = names["entity_id"].isin(cell["entity_ids"].split(";"))
    return names[inside & (names["outlet"] == cell["outlet"]) & (names[cell["by"]] == cell["form"])]


def _linked(rows: pd.DataFrame) -> pd.Series:
    """Return the group of each row: entities of several events that share their label or a name of two words."""
    parent: dict[str, str] = {entity: entity for entity in sorted(rows["entity_id"].unique())}

    def root(entity: str) -> str:
        while parent[entity] != entity:
            entity = parent[entity]
        return entity

    named = rows[rows["kind"].isin(["name", "acronym", "titled"])]
    keys: dict[str, str] = {}
    for entity, form, label in sorted(set(zip(named["entity_id"], named["form"], named["entity"], strict=True))):
        for key in (label.lower(), form.lower() if " " in form else label.lower()):
            first, other = sorted((root(entity), root(keys.setdefault(key, entity))))
            parent[other] = first
    return rows["entity_id"].map({entity: root(entity) for entity in parent})


def _reports(rows: pd.DataFrame, units: pd.DataFrame | None) -> pd.Series:
    """Return the report of each row: the article, or its unit."""
    if units is None:
        return rows["article_id"]
    known = dict(zip(units["article_id"], units["unit_id"], strict=True))
    return rows["article_id"].map(lambda article: known.get(article, article))


def _is_first(rows: pd.DataFrame) -> pd.Series:
    ordered = rows.sort_values(["group_id", "article_id", "start", "end"])
    return (~ordered.duplicated(["group_id", "article_id"])).reindex(rows.index)


def _is_quoted(rows: pd.DataFrame, quotations: pd.DataFrame | None) -> list[bool]:
    spans: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    if quotations is not None:
        columns = ("article_id", "field", "start", "end")
        for article, name, start, end in zip(*(quotations[c] for c in columns), strict=True):
            spans[article, name].append((start, end))
    places = zip(rows["article_id"], rows["field"], rows["start"], rows["end"], strict=True)
    return [any(a <= start and end <= b for a, b in spans.get((x, name), ())) for x, name, start, end in places]


_READ = ("group_id", "outlet", "wording", "article_id", "event_id", "entity_id", "reason", "first", "quoted")
_LISTS = ("kind", "title", "modifiers", "party")


def _cells(rows: pd.DataFrame) -> list[dict[str, object]]:
    """Return one row for each entity, outlet and form, with what can be counted in it."""
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    read = {name: rows[name].tolist() for name in (*_READ, *_LISTS)}
    for n, key in enumerate(zip(read["group_id"], read["outlet"], read["wording"], strict=True)):
        places[key].append(n)
    out = []
    for (group, outlet, form), found in sorted(places.items()):
        of = {name: [values[n] for n in found] for name, values in read.items()}
        out.append(
            {
                "group_id": group,
                "outlet": outlet,
                "form": form,
                "kind": _listed(of["kind"]).partition(" (")[0],
                "n_mentions": len(found),
                "n_articles": len(set(of["article_id"])),
                "n_events": len(set(of["event_id"])),
                "n_first": sum(of["first"]),
                "n_apposed": of["reason"].count("apposition"),
                "n_quoted": sum(of["quoted"]),
                "titles": _listed(of["title"]) or None,
                "modifiers": _listed(of["modifiers"]) or None,
                "parties": _listed(of["party"]) or None,
                "entity_ids": ";".join(sorted(set(of["entity_id"]))),
            }
        )
    return out


def _listed(values: Iterable[str | None]) -> str:
    """Return the most frequent values with their counts; ties in order of the alphabet."""
    counts = Counter(value for value in values if isinstance(value, str))
    first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_LISTED]
    return "; ".join(f"{value} ({n})" for value, n in first)


def _labels(rows: pd.DataFrame) -> pd.Series:
    """Return the most frequent label of each group."""
    counts = rows.groupby(["group_id", "entity"]).size().rename("n").reset_index()
    ordered = counts.sort_values(["group_id", "n", "entity"], ascending=[True, False, True])
    return ordered.drop_duplicates("group_id").set_index("group_id")["entity"]


def _p_values(rows: pd.DataFrame, grid: pd.DataFrame, min_reports: int) -> list[float]:
    """Return the exact p-value of each cell with enough reports; NaN elsewhere."""
    reports = rows.drop_duplicates(["group_id", "event_id", "outlet", "report"])
    by_group = {key: part.groupby("event_id") for key, part in reports.groupby("group_id")}
    sides: dict[str, dict[str, Counter[str]]] = {
        key: {event: Counter(part["outlet"]) for event, part in events} for key, events in by_group.items()
    }
    using: dict[tuple[str, str], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    columns = ["group_id", "wording", "event_id", "outlet", "report"]
    for group, form, event, outlet, _ in rows[columns].drop_duplicates().itertuples(index=False):
        using[group, form][event][outlet] += 1
    out = []
    for group, outlet, form in zip(grid["group_id"], grid["outlet"], grid["form"], strict=True):
        tables = []
        for event, counts in sides[group].items():
            with_form = using[group, form][event]
            a, own = with_form[outlet], counts[outlet]
            c, others = with_form.total() - a, counts.total() - own
            if own and others:
                tables.append([[a, own - a], [c, others - c]])
        n = sum(table[0][0] + table[1][0] for table in tables)
        informative = sum(0 < t[0][0] + t[1][0] < sum(t[0]) + sum(t[1]) for t in tables)
        enough = n >= min_reports and informative >= min(2, min_reports)
        out.append(exact_stratified(tables) if enough else np.nan)
    return out
