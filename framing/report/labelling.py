"""Sections on labels beyond the list: who labels which name, who in the same event does not, what has no rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pandas as pd

from framing.report.content import ReportContent, records

__all__ = ["label_matrix", "modifier_table", "silence_table", "switch_list", "timeline_rows"]

Row = dict[str, Any]

N_NAMES, N_SILENCES, N_MODIFIERS, N_STREAMS = 40, 80, 25, 24
WIDE = 20
"""Outlets from which the matrix becomes a list."""
_TOLD = 0.1  # p-value above which a contrast is not worth a reader's time
_LEAST_DAYS = 3  # days of mentions from which a stream is drawn


def label_matrix(content: ReportContent) -> Row:
    """Name × outlet cells with labelled and all mentions, whatever the label says; names with most labels first."""
    counts = content.table("label_counts")
    names: dict[str, Row] = {}
    for row in records(counts):
        name = names.setdefault(row["entity"], {"entity": row["entity"], "n": 0, "says": Counter(), "cells": {}})
        if row["designation"] == "any":
            name["cells"][row["outlet"]] = row
            name["n"] += row["n_labelled"]
        else:
            name["says"][row["designation"]] += row["n_labelled"]
    order = sorted(names.values(), key=lambda name: (-name["n"], name["entity"]))
    outlets = [o for o in content.outlets if (counts["outlet"] == o).any()]
    rows = [{**name, "says": _said(name["says"])} for name in order[:N_NAMES]]
    return {"rows": rows, "outlets": outlets, "wide": len(outlets) > WIDE, "n_more": max(0, len(order) - N_NAMES)}


def _said(designations: Counter[str]) -> str:
    return ", ".join(
        name.replace("_", " ") for name, n in sorted(designations.items(), key=lambda d: (-d[1], d[0])) if n
    )


def silence_table(content: ReportContent) -> Row:
    """Events in which one outlet labels a name that another mentions without any label."""
    groups: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for row in records(content.table("label_coverage")):
        cell = groups[row["event_id"], row["entity"]].setdefault(row["outlet"], {"says": Counter()})
        if row["designation"] == "any":
            cell.update(row)
        else:
            cell["says"][row["designation"]] += row["n_labelled"]
    numbers = {event: n for n, event in enumerate(content.events, start=1)}
    rows = []
    for (event, entity), cells in groups.items():
        members = [{**cell, "says": _said(cell["says"])} for _, cell in sorted(cells.items())]
        without = [m for m in members if not m["n_labelled"]]
        if without and event in numbers:
            labelling = [m for m in members if m["n_labelled"]]
            rows.append({"number": numbers[event], "entity": entity, "labels": labelling, "without": without})
    rows.sort(key=lambda r: (r["number"], r["entity"]))
    return {"rows": rows[:N_SILENCES], "n_more": max(0, len(rows) - N_SILENCES)}


def modifier_table(content: ReportContent) -> list[Row]:
    """Return what outlets attach to names more than their siblings and no label covers: once per outlet and wording."""
    modifiers, labels = content.table("modifiers"), content.table("labels")
    known: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for article, field, start, end in zip(*(labels[c] for c in ("article_id", "field", "start", "end")), strict=True):
        known[article, field].append((start, end))
    rows: dict[tuple[str, str], Row] = {}
    for row in records(modifiers):
        spans = known[row["article_id"], row["field"]]
        told = row["p_value"] <= _TOLD and row["n_with"] > 1
        if not told or any(s < row["end"] and row["start"] < e for s, e in spans):
            continue
        key = (row["outlet"], row["wording"])
        first = rows.setdefault(key, {**row, "targets": [], "anchor": content.articles[row["article_id"]]["anchor"]})
        if row["target"] not in first["targets"]:
            first["targets"].append(row["target"])
        if len(rows) > N_MODIFIERS:
            rows.pop(key)
            break
    return list(rows.values())


def switch_list(content: ReportContent) -> list[Row]:
    """Return the dated switches that were found, earliest first."""
    changes = content.table("label_changes")
    found = changes["found"] & (changes["designation"] == "any")
    rows = records(changes[found].sort_values(["day", "entity", "outlet"]))
    for row in rows:
        day = pd.Timestamp(row["day"])
        row["date"] = f"{day.day} {day:%b %Y}"
    return rows


def timeline_rows(content: ReportContent) -> pd.DataFrame:
    """Return days × outlets of the names with most labels, whatever these say, where there are enough days to draw."""
    timeline = content.table("label_timeline")
    days = timeline[timeline["designation"] == "any"]
    streams = days.groupby(["entity", "outlet"]).agg(days=("day", "size"), n=("n_labelled", "sum"))
    streams["total"] = streams.groupby("entity")["n"].transform("sum")
    streams = streams[(streams["days"] >= _LEAST_DAYS) & (streams["total"] > 0)].reset_index()
    kept = streams.sort_values(["total", "entity", "outlet"], ascending=[False, True, True]).head(N_STREAMS)
    shown = kept[["entity", "outlet", "total"]].merge(days, how="inner", on=["entity", "outlet"])
    return shown.sort_values(["total", "entity", "outlet", "day"], ascending=[False, True, True, True])
