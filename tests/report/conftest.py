"""A small comparison built by hand: two events, three outlets, a copy with an inserted label."""

from __future__ import annotations

import pandas as pd
import pytest

from framing.reading import read_corpus
from framing.report import ReportContent
from framing.schema import make, stable_ids

WIRE = (
    "The Harbour Council closed the northern bridge on Monday after engineers found cracks in two of its pillars.\n"
    "The Dockers' League said the council had ignored warnings for a year.\n\n"
    "Repairs will cost 4.2 million crowns, the council said."
)
COPY = (
    "The Harbour Council closed the northern bridge on Monday after engineers found cracks in two of its pillars.\n"
    "The Dockers' League (banned in the Province) claimed the so-called council had ignored warnings for a year.\n\n"
    "Traffic now runs through the old town."
)
OWN = (
    "Residents queued for the ferry on Tuesday, a day after the northern bridge was shut.\n"
    "“Nobody told us,” said a baker. The League, a union of dockers, reportedly plans a march."
)
SECOND = "The Prairie parliament passed the water law. Ministers called it overdue."
THIRD = "Lawmakers passed a disputed water law in the Prairie. Critics reportedly see a power grab."


def span(article, text, words, field="text"):
    start = text.index(words)
    return {"article_id": article, "field": field, "start": start, "end": start + len(words), "surface": words}


def other(row):
    return {
        "other_id": row["article_id"],
        **{f"other_{k}": row[k] for k in ("field", "start", "end", "surface")},
    }


@pytest.fixture
def corpus():
    rows = [
        (
            "wire",
            "Meridian Wire",
            "Council closes northern bridge",
            WIRE,
            "2031-03-03T09:00:00Z",
            "https://a.example/1",
        ),
        ("copy", "Harbour Gazette", "Council closes bridge", COPY, "2031-03-03T12:00:00Z", "javascript:alert(1)"),
        ("own", "Prairie Courier", "Ferry queues after closure", OWN, "2031-03-04", None),
        ("law1", "Meridian Wire", "Prairie passes water law", SECOND, "2031-04-01T09:00:00Z", None),
        ("law2", "Prairie Courier", "Disputed water law passes", THIRD, "2031-04-01T10:00:00Z", None),
        ("alone", "Harbour Gazette", "", "A cat show opened in the harbour hall.", None, None),
    ]
    names = ["article_id", "outlet", "title", "text", "published", "url"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    frame = pd.concat([frame, pd.DataFrame([{"article_id": "bad", "outlet": "Meridian Wire", "text": " "}])])
    return read_corpus(frame)


def _passages():
    pairs = [
        (WIRE.splitlines()[0], COPY.splitlines()[0], "verbatim", 1.0),
        (WIRE.splitlines()[1], COPY.splitlines()[1], "edited", 0.8),
        (WIRE.splitlines()[3], None, "unique", 0.2),
    ]
    rows = []
    for one, two, relation, score in pairs:
        row = {"event_id": "e-1", **span("wire", WIRE, one), "other_id": "copy"}
        rows.append(row | {"relation": relation, "score": score} | (other(span("copy", COPY, two)) if two else {}))
        if two:
            back = {"event_id": "e-1", **span("copy", COPY, two), **other(span("wire", WIRE, one))}
            rows.append(back | {"relation": relation, "score": score})
    last = span("copy", COPY, COPY.splitlines()[3])
    rows.append({"event_id": "e-1", **last, "other_id": "wire", "relation": "unique", "score": 0.1})
    for row in rows:
        row["moved"] = False
        row["passage_id"] = stable_ids("p", [row["article_id"]], [row["start"]], [row["other_id"]])[0]
    return make("passages", rows)


def _edits():
    label = COPY.index(" (banned in the Province)") + 1
    point = WIRE.index("League") + len("League")
    insert = {
        "article_id": "wire",
        "field": "text",
        "start": point,
        "end": point,
        "surface": "",
        **other(span("copy", COPY, "(banned in the Province)")),
        "operation": "insert",
        "type": "bracket",
    }
    replace = {
        **span("wire", WIRE, "said the council"),
        **other(span("copy", COPY, "claimed the so-called council")),
        "operation": "replace",
        "type": "verb",
    }
    assert label == insert["other_start"]
    rows = [
        row | {"edit_id": f"e-{n}", "passage_id": "p", "family_id": "f-1"} for n, row in enumerate((insert, replace))
    ]
    return make("edits", rows)


def _cue(row, family, rule, voice="outlet", **more):
    common = {"rule_id": f"{family}/{rule}", "family": family, "voice": voice, "position": "body", "language": "en"}
    return row | common | more


@pytest.fixture
def tables():
    cues = [
        _cue(span("copy", COPY, "so-called"), "distancing", "so-called"),
        _cue(span("copy", COPY, "claimed the so-called"), "reporting-verb", "claimed"),  # overlaps on purpose
        _cue(span("copy", COPY, "(banned in the Province)"), "label", "banned-in"),
        _cue(span("own", OWN, "reportedly"), "hedge", "reportedly"),
        _cue(span("own", OWN, "said"), "reporting-verb", "said", "attributed"),
        _cue(span("law2", THIRD, "reportedly"), "hedge", "reportedly"),
        _cue(span("law1", SECOND, "called"), "reporting-verb", "called"),
        _cue(
            span("law2", "Disputed water law passes", "Disputed", "title"), "evaluation", "disputed", position="title"
        ),
    ]
    label = _cue(span("copy", COPY, "(banned in the Province)"), "label", "banned-in", target="The Dockers' League")
    label |= {
        "label_id": "l-1",
        "form": "parenthetical",
        "designation": "banned",
        "authority": "Province",
        "origin": "Harbour Gazette",
        "carrier": "Harbour Gazette",
        "obligation": "unknown",
        "by_rule": True,
        "by_insertion": True,
        "by_contrast": False,
        "edit_id": "e-0",
    }
    term = {"reference": "other outlets", "n_articles": 4, "n_events": 2, "z": 1.0, "p_value": 0.01, "masks": "none"}
    effects = [
        ("reportedly", "Prairie Courier", 1.9, 0.6, 3.2, 0.03),
        ("council", "Meridian Wire", 1.1, -0.2, 2.3, 0.2),
        ("so-called", "Harbour Gazette", 0.8, -0.5, 2.1, 0.4),
    ]
    terms = [
        term
        | {
            "term": t,
            "outlet": o,
            "effect": e,
            "ci_low": lo,
            "ci_high": hi,
            "q_value": q,
            "n_target": 3,
            "n_reference": 1,
        }
        for t, o, e, lo, hi, q in effects
    ]
    untested = {"term": "ferry", "outlet": "Prairie Courier", "reference": "other outlets", "effect": 0.0}
    untested |= {
        "n_target": 1,
        "n_reference": 0,
        "n_articles": 1,
        "n_events": 1,
        "unsupported": "one event",
        "masks": "none",
    }
    auc = {"outlet": "Meridian Wire", "reference": "Prairie Courier", "n_events": 2, "n_articles": 4, "null_mean": 0.5}
    auc |= {"null_q95": 0.75, "p_value": 0.04, "left_out": "events", "brier": 0.2, "told_apart": True}
    separability = [
        auc | {"masks": "none", "auc": 0.9, "ci_low": 0.7, "ci_high": 1.0},
        auc | {"masks": "dateline+label", "auc": 0.7, "ci_low": 0.4, "ci_high": 0.95},
    ]
    events = {"wire": "e-1", "copy": "e-1", "own": "e-1", "law1": "e-2", "law2": "e-2", "alone": "e-3"}
    return {
        "events": make("events", [{"article_id": a, "event_id": e, "n_candidates": 5} for a, e in events.items()]),
        "reuse": make(
            "reuse",
            [
                {
                    "article_id": "copy",
                    "other_id": "wire",
                    "containment": 0.83,
                    "other_containment": 0.7,
                    "jaccard": 0.6,
                    "n_shared": 40,
                    "source_id": "wire",
                    "lag": 3.0,
                    "reason": "copy credits Meridian Wire",
                }
            ],
        ),
        "families": make(
            "families",
            [
                {"family_id": "f-1", "article_id": "wire", "role": "base"},
                {"family_id": "f-1", "article_id": "copy", "role": "copy"},
            ],
        ),
        "units": make(
            "units",
            [{"article_id": a, "unit_id": "u-wire" if a == "copy" else f"u-{a}", "weight": 1.0} for a in events],
        ),
        "passages": _passages(),
        "edits": _edits(),
        "cues": make("cues", [row | {"cue_id": f"c-{n}"} for n, row in enumerate(cues)]),
        "labels": make("labels", [label]),
        "terms": make("terms", [*terms, untested, terms[0] | {"masks": "label", "effect": 1.7}]),
        "separability": make("separability", separability),
        "weights": make(
            "weights",
            [
                {
                    "outlet": "Prairie Courier",
                    "reference": "Meridian Wire",
                    "masks": "none",
                    "term": "reportedly",
                    "weight": 1.5,
                }
            ],
        ),
    }


@pytest.fixture
def content(corpus, tables):
    for name, table in tables.items():
        if {"start", "end", "surface"} <= set(table.columns):
            corpus.check_spans(table)
        assert len(table), name
    return ReportContent(corpus, tables, {"use_gold": False, "lexicons": ()}, {"framing": "0.1.0"}, {"random_state": 0})
