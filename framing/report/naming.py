"""How outlets name one entity: the commonest entities, each outlet's forms, and where one prefers a form."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from framing.report.content import ReportContent, records

__all__ = ["naming_table"]

Row = dict[str, Any]

N_ENTITIES, N_FORMS = 15, 7
WIDE = 20
"""Outlets from which each entity's table becomes a list."""
_LEAST_OUTLETS = 2  # an entity that one outlet names alone tells nothing of a choice
_LEVEL = 0.05


def naming_table(content: ReportContent) -> Row:
    """Entities that several outlets name in several ways, most mentions first: form × outlet cells."""
    grid = content.table("naming_grid")
    grid = grid[grid["by"] == "form"]
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in records(grid):
        groups[row["group_id"]].append(row)
    told = [rows for rows in groups.values() if _tells(rows)]
    told.sort(key=lambda rows: (-sum(r["n_mentions"] for r in rows), rows[0]["entity"]))
    places = _places(content)
    return {
        "rows": [_entity(rows, places) for rows in told[:N_ENTITIES]],
        "n_more": max(0, len(told) - N_ENTITIES),
        "preferred": sorted(
            (r for rows in told for r in rows if _prefers(r)),
            key=lambda r: (r["q_value"], r["entity"], r["outlet"], r["form"]),
        ),
    }


def _tells(rows: list[Row]) -> bool:
    return len({r["outlet"] for r in rows}) >= _LEAST_OUTLETS and len({r["form"] for r in rows}) > 1


def _prefers(row: Row) -> bool:
    """Whether the outlet uses the form more than the others do, beyond chance."""
    more = row["other_share"] is None or row["share"] > row["other_share"]
    return more and row["q_value"] is not None and row["q_value"] <= _LEVEL


def _places(content: ReportContent) -> dict[tuple[str, str, str], str]:
    """Anchor of the first article in which an outlet calls an entity so."""
    naming = content.table("naming")
    found: dict[tuple[str, str, str], str] = {}
    for entity, outlet, form, article in zip(
        *(naming[c] for c in ("entity_id", "outlet", "form", "article_id")), strict=True
    ):
        found.setdefault((entity, outlet, form), content.articles[article]["anchor"])
    return found


def _entity(rows: list[Row], places: dict[tuple[str, str, str], str]) -> Row:
    forms: dict[str, dict[str, Row]] = defaultdict(dict)
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        anchors = (places.get((e, row["outlet"], row["form"])) for e in row["entity_ids"].split(";"))
        forms[row["form"]][row["outlet"]] = {
            **row,
            "anchor": next(filter(None, anchors), None),
            "preferred": _prefers(row),
        }
        totals[row["outlet"]] += row["n_mentions"]
    order = sorted(forms, key=lambda form: (-sum(c["n_mentions"] for c in forms[form].values()), form))
    outlets = sorted(totals)
    return {
        "entity": rows[0]["entity"],
        "n_mentions": sum(totals.values()),
        "outlets": outlets,
        "wide": len(outlets) > WIDE,
        "totals": dict(totals),
        "forms": [
            {"form": form, "kind": next(iter(forms[form].values()))["kind"], "cells": forms[form]}
            for form in order[:N_FORMS]
        ],
        "n_more": max(0, len(order) - N_FORMS),
    }
