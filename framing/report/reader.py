"""The side-by-side reader: every article once, with its cues, labels and edits marked, and its copies compared."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from framing.report.content import ReportContent, records
from framing.report.highlight import Mark, mark_text
from framing.report.ledger import Ledger

__all__ = ["Reader"]

Row = dict[str, Any]
Place = tuple[str, str]  # article, field

N_PAIRS = 3
"""Pairs of reports shown sentence by sentence per event."""
N_ROWS = 24
"""Sentences shown per pair."""
_NOTES = 3  # notes on shared text per article
_NOTED = 0.1  # containment from which shared text is mentioned
_WORDS = 400  # characters of another text that one deletion shows
_VOICES = {
    "outlet": "in the outlet's own voice",
    "quoted": "inside a quotation",
    "attributed": "attributed to a source",
}
_RELATIONS = {
    "edited": "edited",
    "paraphrase": "paraphrase",
    "verbatim": "verbatim",
    "merged": "part of one longer sentence",
    "split": "two sentences for one",
    "unique": "no counterpart found",
}


@dataclass(frozen=True)
class _Change:
    """One edit as one of the two articles sees it: its own words, and the other's."""

    place: Place
    start: int
    end: int
    words: str
    kind: str


class Reader:
    """Views of articles, pairs and events for the templates; indexes the tables once."""

    def __init__(self, content: ReportContent) -> None:
        self.content = content
        self.label_anchors: dict[str, str] = {}
        self._marks: dict[Place, list[Mark]] = defaultdict(list)
        self._tally: dict[str, Counter[str]] = defaultdict(Counter)
        self._changes: dict[tuple[str, str], list[_Change]] = defaultdict(list)
        self._passages: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._shared: dict[str, list[tuple[float, str, Row]]] = defaultdict(list)
        self._add_labels()
        self._add_cues()
        self._add_edits()
        for row in records(content.table("passages")):
            self._passages[row["article_id"], row["other_id"]].append(row)
        for row in records(content.table("reuse")):
            self._shared[row["article_id"]].append((row["containment"], row["other_id"], row))
            self._shared[row["other_id"]].append((row["other_containment"], row["article_id"], row))
        self._credits = self._find_credits()

    def _add_labels(self) -> None:
        labels = self.content.table("labels")
        self._labelled = set(zip(labels["article_id"], labels["field"], labels["start"], labels["end"], strict=True))
        for number, row in enumerate(records(labels), start=1):
            anchor = f"l{number}"
            self.label_anchors[row["label_id"]] = anchor
            mark = Mark(row["start"], row["end"], "m label", _label_note(row), anchor=anchor)
            self._marks[row["article_id"], row["field"]].append(mark)
            self._tally[row["article_id"]]["label"] += 1

    def _add_cues(self) -> None:
        for row in records(self.content.table("cues")):
            if (row["article_id"], row["field"], row["start"], row["end"]) in self._labelled:
                continue
            family = self.content.families[row["family"]]
            css = f"m c{family.look} {family.css}"
            self._marks[row["article_id"], row["field"]].append(Mark(row["start"], row["end"], css, _cue_note(row)))
            self._tally[row["article_id"]][row["family"]] += 1

    def _add_edits(self) -> None:
        for row in records(self.content.table("edits")):
            one = (row["article_id"], row["field"], row["start"], row["end"], row["surface"])
            two = (
                row["other_id"],
                row["other_field"],
                row["other_start"],
                row["other_end"],
                row["other_surface"],
            )
            for ours, theirs in ((one, two), (two, one)):
                change = _Change((ours[0], ours[1]), ours[2], ours[3], theirs[4], row["type"])
                self._changes[ours[0], theirs[0]].append(change)

    def _find_credits(self) -> dict[str, str]:
        credited = {a: row["agency"] for a, row in self.content.articles.items() if row["agency"]}
        for row in records(self.content.table("datelines")):
            if row["agency"]:
                credited.setdefault(row["article_id"], row["agency"])
        return credited

    def sibling(self, article: str) -> str | None:
        """Return the text against which an article's edits are shown: the source, else the earlier of two copies."""
        shared = {other: (share, row) for share, other, row in self._shared[article]}
        if self.content.roles.get(article, ("", ""))[1] == "base":
            return None
        candidates = []
        for other in sorted({b for a, b in self._changes if a == article}):
            share, row = shared.get(other, (0.0, {}))
            source = row.get("source_id")
            base = self.content.roles.get(other, ("", ""))[1] == "base"
            if source == article or (source is None and not base and self._order(article) < self._order(other)):
                continue
            candidates.append((-int(base), -int(source == other), -share, other))
        return min(candidates)[3] if candidates else None

    def _order(self, article: str) -> tuple[bool, str, str]:
        published = self.content.articles[article]["published"]
        return published is None, str(published), article

    def _edit_marks(self, article: str, sibling: str | None) -> dict[str, list[Mark]]:
        """Return marks by field."""
        marks: dict[str, list[Mark]] = defaultdict(list)
        if sibling is None:
            return marks
        outlet = self.content.articles[sibling]["outlet"]
        for change in self._changes[article, sibling]:
            if change.words.strip():
                words = change.words if len(change.words) <= _WORDS else f"{change.words[:_WORDS]} …"
                note = f"words of {outlet} that are not here ({change.kind})"
                marks[change.place[1]].append(Mark(change.start, change.start, "m e", note, "del", words=words))
            if change.end > change.start:
                note = f"not in {outlet}, or other words there ({change.kind})"
                marks[change.place[1]].append(Mark(change.start, change.end, "m e", note, "ins"))
        return marks

    def article(self, article: str) -> Row:
        """View of one article: heading, notes, and its text in marked paragraphs."""
        row = self.content.articles[article]
        sibling = self.sibling(article)
        edits = self._edit_marks(article, sibling)
        title = [*self._marks[article, "title"], *edits["title"]]
        text = [*self._marks[article, "text"], *edits["text"]]
        return {
            "row": row,
            "outlet": self.content.outlets[row["outlet"]],
            "title": mark_text(row["title"], title),
            "paragraphs": list(_paragraphs(row["text"], text)),
            "badge": self._badge(article),
            "agency": self._credits.get(article),
            "sibling": None if sibling is None else self.content.articles[sibling],
            "n_edits": sum(len(m) for m in edits.values()),
            "reuse": self._reuse_notes(article),
            "tally": self._tally[article],
            "n_words": len(row["text"].split()),
        }

    def _badge(self, article: str) -> str:
        role = self.content.roles.get(article, ("", ""))[1]
        return {"base": "Base text of copies", "copy": "Copy"}.get(role, "")

    def _reuse_notes(self, article: str) -> list[Row]:
        notes: list[Row] = []
        for share, other, row in sorted(self._shared[article], key=lambda s: (-s[0], s[1])):
            if share >= _NOTED and len(notes) < _NOTES:
                source = row["source_id"]
                direction = {other: "taken as the source", article: "taken as the copy"}.get(source or "", "")
                notes.append(
                    {
                        "share": share,
                        "other": self.content.articles[other],
                        "agency": self._credits.get(other),
                        "direction": direction,
                        "reason": self._named(row["reason"]),
                    }
                )
        return notes

    def _named(self, reason: str) -> str:
        """Reasons name articles by id; readers know them by outlet."""
        return " ".join(self.content.articles[w]["outlet"] if w in self.content.articles else w for w in reason.split())

    def pairs(self, members: list[str]) -> list[Row]:
        """Return the event's most informative pairs, copy against source, sentence by sentence."""
        inside = set(members)
        copies = []
        for article in members:
            sibling = self.sibling(article)
            if sibling in inside and self._passages[article, str(sibling)]:
                copies.append((article, str(sibling)))
        ranked = sorted(copies, key=lambda p: (-self._n(p, "edited"), -self._n(p, "verbatim"), p))
        chosen = ranked[:N_PAIRS] or self._nearest_pair(inside)
        return [self._pair(article, other) for article, other in chosen]

    def _nearest_pair(self, inside: set[str]) -> list[tuple[str, str]]:
        """Without edited copies: the pair of reports with the most sentences in common, later against earlier."""
        known = [p for p in self._passages if set(p) <= inside and self._order(p[0]) > self._order(p[1])]
        scored = [(-self._n(p, "edited", "verbatim", "paraphrase"), p) for p in known]
        best = min(scored, default=(0, ("", "")))
        return [best[1]] if best[0] < 0 else []

    def _n(self, pair: tuple[str, str], *relations: str) -> int:
        return sum(row["relation"] in relations for row in self._passages[pair])

    def _pair(self, article: str, other: str) -> Row:
        rows = [
            r for r in self._passages[article, other] if r["relation"] in ("edited", "paraphrase", "merged", "split")
        ]
        extra = [r for r in self._passages[article, other] if r["relation"] == "unique"]
        cut = [r for r in self._passages[other, article] if r["relation"] == "unique"]
        changes = {True: self._changes[article, other], False: self._changes[other, article]}
        shown = [
            {
                "relation": _RELATIONS[row["relation"]],
                "score": row["score"],
                "moved": row["moved"],
                "article": _sentence(row, "", changes[True], "ins"),
                "other": _sentence(row, "other_", changes[False], "del"),
            }
            for row in rows[:N_ROWS]
        ]
        return {
            "article": self.content.articles[article],
            "other": self.content.articles[other],
            "rows": shown,
            "n_more": len(rows) - len(shown),
            "n_verbatim": self._n((article, other), "verbatim"),
            "n_edited": self._n((article, other), "edited"),
            "n_paraphrase": self._n((article, other), "paraphrase"),
            "only_article": [_opening(r["surface"]) for r in extra],
            "only_other": [_opening(r["surface"]) for r in cut],
        }

    def events(self) -> Iterator[Row]:
        """Yield views of all events in the order of the page, one at a time."""
        ledger = Ledger(self.content)
        units = dict(zip(*(self.content.table("units")[c] for c in ("article_id", "unit_id")), strict=True))
        for number, (event, members) in enumerate(self.content.events.items(), start=1):
            rows = [self.content.articles[m] for m in members]
            dates = [r["published"] for r in rows if r["published"] is not None]
            yield {
                "anchor": f"e{number}",
                "number": number,
                "id": event,
                "headline": next((r["title"] for r in rows if r["title"]), rows[0]["text"][:80]),
                "n_articles": len(members),
                "n_outlets": len({r["outlet"] for r in rows}),
                "n_units": len({units.get(m, m) for m in members}),
                "days": _days(dates),
                "articles": [self.article(m) for m in members],
                "pairs": self.pairs(members) if len(members) > 1 else [],
                "statements": ledger.statements(event),
                "collations": ledger.collations(event),
                "before": ledger.before(event),
            }


def _label_note(row: Row) -> str:
    spoken = {"rule": row["by_rule"], "insertion": row["by_insertion"], "contrast": row["by_contrast"]}
    parts = [
        f"label: {row['designation'].replace('_', ' ')}",
        f"attached to “{row['target']}”" if row["target"] else "",
        row["form"],
        f"authority {row['authority']}",
        f"origin {row['origin']}",
        f"carrier {row['carrier']}",
        f"obligation {row['obligation']}",
        _VOICES[row["voice"]],
        f"shown by {', '.join(k for k, v in spoken.items() if v) or 'no witness'}",
        f"rule {row['rule_id']}",
    ]
    return " · ".join(p for p in parts if p)


def _cue_note(row: Row) -> str:
    target = f"about “{row['target']}”" if row["target"] else ""
    parts = [row["family"].replace("_", " "), f"rule {row['rule_id']}", target, _VOICES[row["voice"]], row["position"]]
    return " · ".join(p for p in parts if p)


def _paragraphs(text: str, marks: list[Mark]) -> Iterator[Markup]:
    """Paragraphs with their marks; a mark that crosses a paragraph's end is continued in the next."""
    ordered = sorted(marks, key=lambda m: m.start)
    for found in re.finditer(r"[^\n]*[^\s][^\n]*", text):
        inside = [m for m in ordered if m.start <= found.end() and m.end >= found.start()]
        yield mark_text(text, inside, found.start(), found.end())


def _sentence(row: Row, prefix: str, changes: list[_Change], tag: str) -> Markup:
    """One sentence with the words that the other lacks, on its own offsets."""
    name, start, end = row[f"{prefix}field"], row[f"{prefix}start"], row[f"{prefix}end"]
    marks = [
        Mark(c.start - start, c.end - start, "e", tag=tag)
        for c in changes
        if c.place[1] == name and c.end > c.start and start <= c.start and c.end <= end
    ]
    return mark_text(row[f"{prefix}surface"], marks)


def _opening(sentence: str, length: int = 90) -> str:
    words = " ".join(sentence.split())
    return words if len(words) <= length else f"{words[:length].rsplit(' ', 1)[0]} …"


def _days(dates: list[Any]) -> str:
    if not dates:
        return "undated"
    first, last = min(dates), max(dates)
    one, two = f"{first.day} {first:%b %Y}", f"{last.day} {last:%b %Y}"
    return one if one == two else f"{one} to {two}"
