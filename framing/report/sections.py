"""What each section of the report says, as plain rows for the templates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from framing.report.charts import cue_rates, top_terms
from framing.report.content import ReportContent, records

__all__ = ["coverage", "cue_table", "label_table", "overview", "separability_table", "settings_list", "term_table"]

Row = dict[str, Any]

WIDE = 20
"""Outlets from which the coverage matrix becomes a list."""
N_LABELS, N_TERMS, N_PAIRS, N_REFUSED, N_ALONE = 300, 240, 60, 50, 400
_SHORT = 50  # words below which a text is called short
_AROUND = 45  # characters of context on each side of a term


def overview(content: ReportContent) -> Row:
    """Return counts of the corpus and what its data lack."""
    articles, quarantine = content.corpus.articles, content.corpus.quarantine
    dates = articles["published"].dropna()
    sizes = Counter(len(members) for members in content.events.values())
    words = articles["text"].str.split().str.len()
    units = content.table("units")
    lacks = {
        "without a date": int(articles["published"].isna().sum()),
        "dated to the day only": int((articles["published_precision"] == "day").sum()),
        "without a headline": int((articles["title"].str.strip() == "").sum()),
        f"shorter than {_SHORT} words": int((words < _SHORT).sum()),
        "changed by Unicode normalisation": len({article for article, _ in content.corpus.originals}),
    }
    return {
        "n_articles": len(articles),
        "n_outlets": int(articles["outlet"].nunique()),
        "n_words": int(words.sum()),
        "first": None if dates.empty else f"{dates.min().day} {dates.min():%b %Y}",
        "last": None if dates.empty else f"{dates.max().day} {dates.max():%b %Y}",
        "n_events": sum(n for size, n in sizes.items() if size > 1),
        "n_alone": sizes[1],
        "n_units": int(units["unit_id"].nunique()) if len(units) else None,
        "n_copies": sum(role == "copy" for _, role in content.roles.values()),
        "lacks": lacks,
        "languages": Counter(articles["language"].fillna("not stated")).most_common(),
        "refused": sorted(Counter(quarantine["reason"]).items()),
        "refused_rows": records(quarantine.head(N_REFUSED)),
        "n_refused": len(quarantine),
    }


def coverage(content: ReportContent, events: list[Row]) -> Row:
    """Event × outlet cells; copies counted apart from independent reports."""
    outlets = list(content.outlets)
    rows = []
    for event in events:
        if event["n_articles"] < 2:
            continue
        cells: dict[str, Row] = {}
        for view in event["articles"]:
            cell = cells.setdefault(view["row"]["outlet"], {"n": 0, "copies": 0})
            cell["n"] += 1
            cell["copies"] += view["badge"] == "Copy"
        rows.append({"event": event, "cells": cells, "copies": sum(c["copies"] for c in cells.values())})
    present = [o for o in outlets if any(o in row["cells"] for row in rows)]
    return {"rows": rows, "outlets": present, "wide": len(present) > WIDE}


_LABEL_KEY = ("carrier", "target", "surface", "form", "authority", "origin", "obligation", "designation")


def label_table(content: ReportContent, anchors: Mapping[str, str]) -> Row:
    """Labels grouped by carrier, entity and wording, with links to each place."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in records(content.table("labels")):
        key = tuple(" ".join(str(row[name] or "").split()) for name in _LABEL_KEY)
        groups.setdefault(key, []).append(row)
    rows: list[Row] = []
    for key, members in sorted(groups.items()):
        witnesses = [w for w in ("rule", "insertion", "contrast") if any(m[f"by_{w}"] for m in members)]
        q_values = [m["q_value"] for m in members if m["q_value"] is not None]
        rows.append(
            {
                **dict(zip(_LABEL_KEY, key, strict=True)),
                "witnesses": ", ".join(witnesses),
                "q_value": min(q_values, default=None),
                "voices": ", ".join(sorted({m["voice"] for m in members})),
                "places": [anchors[m["label_id"]] for m in members],
            }
        )
    return {"rows": rows[:N_LABELS], "n": sum(map(len, groups.values())), "n_more": max(0, len(rows) - N_LABELS)}


def cue_table(content: ReportContent) -> Row:
    """Cues per 1,000 words by outlet and family."""
    cues = content.table("cues")
    if cues.empty:
        return {"rows": [], "families": [], "n": 0}
    rates = cue_rates(cues, content.corpus)
    rows = []
    for outlet, group in rates.groupby("outlet", sort=True):
        cells = {r["family"]: r for r in records(group)}
        rows.append(
            {"outlet": outlet, "n_words": int(group["n_words"].iloc[0]), "n_articles": int(group["n_articles"].iloc[0])}
            | {"cells": cells}
        )
    return {"rows": rows, "families": sorted(cues["family"].unique()), "n": len(cues)}


def term_table(content: ReportContent) -> Row:
    """Terms with the strongest evidence, each with one place where it stands; untested ones counted by reason."""
    terms = content.table("terms")
    unmasked = terms["masks"] == "none"
    counted = terms[unmasked] if unmasked.any() else terms
    reasons = sorted(Counter(counted["unsupported"].dropna()).items())
    masked = {
        (r["term"], r["outlet"], r["reference"]): r for r in records(terms[~unmasked].sort_values("masks", key=_width))
    }
    shown = top_terms(terms, N_TERMS)
    texts = content.corpus.texts()
    by_outlet: dict[str, list[str]] = {}
    for article, row in content.articles.items():
        by_outlet.setdefault(row["outlet"], []).append(article)
    rows = []
    for number, row in enumerate(records(shown), start=1):
        place = _place(row["term"], by_outlet.get(row["outlet"], []), texts)
        anchor = None if place is None else content.articles[place[0]]["anchor"]
        after = masked.get((row["term"], row["outlet"], row["reference"]))
        rows.append({**row, "anchor": f"t{number}", "snippet": place, "article": anchor, "masked": after})
    n_tested = int(counted["unsupported"].isna().sum())
    n_found = int((counted["q_value"] <= 0.05).fillna(value=False).sum())
    return {"rows": rows, "reasons": reasons, "n_tested": n_tested, "n_found": n_found, "with_masks": bool(masked)}


def _place(term: str, articles: list[str], texts: Mapping[str, str]) -> tuple[str, str, str, str] | None:
    """Return the first place of the term in the outlet's articles: article, left, the words, right."""
    pattern = re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, term.split())) + r"(?!\w)", re.IGNORECASE)
    for article in articles:
        found = pattern.search(texts[article])
        if found:
            left = " ".join(texts[article][max(0, found.start() - _AROUND) : found.start()].split("\n")[-1:])
            right = texts[article][found.end() : found.end() + _AROUND].split("\n")[0]
            return article, left, found[0], right
    return None


def separability_table(content: ReportContent) -> Row:
    """Pairs of outlets with AUC before and after masks, and the terms that the models lean on."""
    table = content.table("separability").assign(_width=lambda t: _width(t["masks"]))
    table = table.sort_values(["outlet", "reference", "_width", "masks"]).drop(columns="_width")
    weights = content.table("weights")
    leaning = []
    for (outlet, reference, masks), group in weights.groupby(["outlet", "reference", "masks"], sort=True):
        top = group.assign(_size=-group["weight"].abs()).sort_values(["_size", "term"]).head(12)
        leaning.append({"outlet": outlet, "reference": reference, "masks": masks, "terms": list(top["term"])})
    rows = records(table)
    return {"rows": rows[:N_PAIRS], "n_more": max(0, len(rows) - N_PAIRS), "weights": leaning[:N_PAIRS]}


def _width(masks: pd.Series[str]) -> pd.Series[int]:
    """Order of masks from nothing to most; of the masked rows of a term, the widest is shown."""
    return (1 + masks.str.count(r"\+")).where(masks != "none", 0)


def settings_list(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return settings as sorted pairs of dotted name and text."""
    pairs: list[tuple[str, str]] = []
    for name, value in sorted(values.items(), key=lambda item: str(item[0])):
        if isinstance(value, Mapping):
            pairs += settings_list(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple, pd.Series)):
            pairs.append((f"{prefix}{name}", ", ".join(map(str, value)) or "none"))
        else:
            pairs.append((f"{prefix}{name}", str(value)))
    return pairs
