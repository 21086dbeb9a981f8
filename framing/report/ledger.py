"""Per event: who states what, what became of each sentence in the copies, and which events go on from which."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from framing.report.content import ReportContent, records

__all__ = ["Ledger"]

Row = dict[str, Any]

N_STATEMENTS, N_FAMILIES, N_SENTENCES, N_COPIES = 12, 2, 30, 8
_SIGNS = {"kept": ("=", "kept"), "changed": ("≈", "changed"), "cut": ("·", "left out")}


class Ledger:
    """Statements, collations and stories by event; indexes the tables once."""

    def __init__(self, content: ReportContent) -> None:
        self.content = content
        self._statements: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in records(content.table("coverage")):
            self._statements[row["event_id"]][row["statement_id"]].append(row)
        self._collated: dict[str, list[Row]] = defaultdict(list)
        for row in records(content.table("collation")):
            self._collated[row["family_id"]].append(row)
        self._families: dict[str, set[str]] = defaultdict(set)
        for article, (family, _) in content.roles.items():
            self._families[family].add(article)
        self._stories = {row["event_id"]: row for row in records(content.table("stories"))}
        self._numbers = {event: n for n, event in enumerate(content.events, start=1)}

    def statements(self, event: str) -> Row:
        """Statements of several independent reports which another outlet's report was not found to hold."""
        rows = []
        for members in self._statements.get(event, {}).values():
            stated = [m for m in members if m["stated"]]
            silent = [m for m in members if not m["stated"]]
            if stated and silent and members[0]["n_units"] > 1:
                rows.append(
                    {
                        "statement": members[0]["statement"],
                        "n_units": members[0]["n_units"],
                        "stated": [self._cell(m) for m in stated],
                        "silent": [self._cell(m) for m in silent],
                    }
                )
        rows.sort(key=lambda r: (-r["n_units"], -len(r["stated"]), r["statement"]))
        return {"rows": rows[:N_STATEMENTS], "n_more": max(0, len(rows) - N_STATEMENTS)}

    def _cell(self, row: Row) -> Row:
        article = row["article_id"] if row["stated"] else row["nearest_id"]
        known = self.content.articles.get(article or "")
        words = row["surface"] if row["stated"] else row["nearest_surface"]
        return {"outlet": row["outlet"], "anchor": known and known["anchor"], "words": words, "score": row["score"]}

    def collations(self, event: str) -> list[Row]:
        """Return the largest families of the event: each sentence of the base, and what each copy did to it."""
        members = set(self.content.events[event])
        families = [f for f, articles in self._families.items() if len(articles & members) > 2 and self._collated[f]]
        families.sort(key=lambda f: (-len(self._families[f] & members), f))
        return [self._collation(family) for family in families[:N_FAMILIES]]

    def _collation(self, family: str) -> Row:
        rows = self._collated[family]
        copies = sorted({r["copy"] for r in rows})[:N_COPIES]
        base = rows[0]["base"]
        sentences: dict[tuple[str, int], Row] = {}
        added: dict[str, int] = defaultdict(int)
        for row in rows:
            if row["status"] == "added":
                added[row["copy"]] += 1
                continue
            place = (row["field"], row["start"])
            cells = sentences.setdefault(place, {"words": row["surface"], "cells": {}})["cells"]
            sign, told = _SIGNS[row["status"]]
            cells[row["copy"]] = {"sign": sign, "told": told, "moved": row["moved"], "words": row["other_surface"]}
        ordered = [sentences[place] for place in sorted(sentences, key=lambda p: (p[0] != "title", p[1]))]
        return {
            "base": self.content.articles[base],
            "copies": [{**self.content.articles[c], "id": c, "added": added[c]} for c in copies],
            "rows": ordered[:N_SENTENCES],
            "n_more": max(0, len(ordered) - N_SENTENCES),
        }

    def before(self, event: str) -> Row | None:
        """Return the number of the event from which this one goes on, and the days between."""
        row = self._stories.get(event)
        if row is None or row["previous_id"] is None or row["previous_id"] not in self._numbers:
            return None
        return {"number": self._numbers[row["previous_id"]], "gap": row["gap"]}
