"""Who is quoted: share of voice by outlet, and quotations that outlets introduce with verbs of other classes."""

from __future__ import annotations

from typing import Any

from framing.report.content import ReportContent, records

__all__ = ["source_table"]

N_VERSIONS = 60
"""Quotations shown with their other verb."""
_WORDS = 160  # code points of a quotation


def source_table(content: ReportContent) -> dict[str, Any]:
    """Rows of both tables; each pair of quotations once, with links to the two articles."""
    voices = content.table("voices")
    voices = voices[voices["by"] == "source_type"]
    outlets = []
    for outlet, group in voices.groupby("outlet", sort=True):
        cells = {row["voice"]: row for row in records(group)}
        n_turns = sum(row["n_turns"] for row in cells.values())
        outlets.append({"outlet": outlet, "cells": cells, "n_turns": n_turns, "coverage": group["coverage"].iloc[0]})
    versions = content.table("quotation_versions")
    is_other = ~versions["same_class"].fillna(value=True).to_numpy(dtype=bool)
    differ = versions[is_other & (versions["status"] != "edited").to_numpy()]
    once = differ[differ["outlet"] < differ["other_outlet"]]
    pairs = [
        {
            **row,
            "surface": _short(row["surface"]),
            "article": content.articles[row["article_id"]]["anchor"],
            "other": content.articles[row["other_id"]]["anchor"],
        }
        for row in records(once.head(N_VERSIONS))
    ]
    kinds = [kind for kind in voices["voice"].drop_duplicates().sort_values() if kind != "unresolved"]
    return {"outlets": outlets, "kinds": [*kinds, "unresolved"], "pairs": pairs, "n_pairs": len(once)}


def _short(words: str) -> str:
    return words if len(words) <= _WORDS else words[: _WORDS - 1].rsplit(" ", 1)[0] + " …"
