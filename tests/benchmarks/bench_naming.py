"""Naming: B-cubed over the gold mentions, given or found, beside simple rules; and articles per second.

Usage: python bench_naming.py [--data ../shared/data] [--half develop|score|kabul-2021] [--show given|found]
       python bench_naming.py --second
       python bench_naming.py --speed [--data ../shared/data]

Gold: tests/golden/naming (stand-off on events/g5.jsonl and events/basil.jsonl; three events of the shipped corpus).
The rules were developed on every other of the third-party events, in order of set and sha256 of "set/event", beginning
with the first; ``score`` are the others.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import framing as fr
from framing.evaluate import evaluate_names, match_mentions

GOLD = Path(__file__).parents[1] / "golden/naming/mentions.jsonl"
DEMO = "kabul-2021"


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def halves(rows: Iterable[dict[str, Any]]) -> dict[str, set[tuple[str, str]]]:
    """Events to develop on and to score, by set and event."""
    events = sorted(
        {(r["set"], r["event"]) for r in rows if r["set"] != DEMO},
        key=lambda e: (e[0], hashlib.sha256("/".join(e).encode()).hexdigest()),
    )
    demo = {(r["set"], r["event"]) for r in rows if r["set"] == DEMO}
    return {"develop": set(events[::2]), "score": set(events[1::2]), DEMO: demo}


def load(data: Path) -> tuple[pd.DataFrame, fr.Corpus, pd.DataFrame]:
    """Gold with its words, the articles, and their gold events."""
    texts = {name: rows_of(data / f"events/{name}.jsonl") for name in ("g5", "basil") if (data / "events").is_dir()}
    demo = fr.read_corpus(DEMO).articles.set_index("article_id")
    gold, articles = [], {}
    for row in rows_of(GOLD):
        if row["set"] == DEMO:
            article, text, title = row["article_id"], demo.loc[row["article_id"], "text"], ""
        elif row["set"] in texts:
            source = texts[row["set"]][row["row"]]
            article, text, title = f"{row['set']}-{row['row']:04d}", source["text"], source.get("title") or ""
        else:
            continue
        assert hashlib.sha256(text.encode()).hexdigest() == row["sha256"], article
        event = f"{row['set']}/{row['event']}"
        articles[article] = (article, row["outlet"], title, text, event, "en")
        surface = text[row["start"] : row["end"]]
        gold.append((article, "text", row["start"], row["end"], surface, event, row["entity"], row["kind"]))
    corpus = fr.read_corpus(
        pd.DataFrame(articles.values(), columns=["article_id", "outlet", "title", "text", "event_id", "language"])
    )
    events = corpus.articles[["article_id", "event_id"]]
    names = ["article_id", "field", "start", "end", "surface", "event_id", "entity", "kind"]
    return pd.DataFrame(gold, columns=names), corpus, events


def lines(part: str, gold: pd.DataFrame, corpus: fr.Corpus, events: pd.DataFrame) -> Iterable[str]:
    """Lines of the table of one part of the events."""
    inside = events[events["event_id"].isin(set(gold["event_id"]))]
    tables = {"mentions given": fr.group_names(corpus, inside, gold), "end to end": fr.find_names(corpus, inside)}
    if part.startswith(DEMO):
        edits = fr.diff_passages(corpus, fr.align_passages(corpus, inside, quotations=fr.find_quotations(corpus)))
        tables["mentions given, with edits"] = fr.group_names(corpus, inside, gold, edits=edits)
        tables["end to end, with edits"] = fr.find_names(corpus, inside, edits=edits)
    for repeated in (False, True):
        label = f"{part}, two mentions or more" if repeated else part
        for name, table in tables.items():
            scores = evaluate_names(table, gold, repeated_only=repeated)
            values = " | ".join(f"{s.estimate:.3f}" for s in scores)
            low, high = scores[2].interval
            yield f"| {label} | {name} | {scores[0].n} | {values} | {low:.2f}–{high:.2f} |"
        for rival in ("same string", "same head word"):
            values = " | ".join(f"{s.baseline[rival]:.3f}" for s in scores)
            yield f"| {label} | {rival} | {scores[0].n} | {values} | |"
    spans = fr.find_mentions(corpus)
    found, same = (match_mentions(spans, gold, exact=exact).notna().mean() for exact in (False, True))
    yield f"| {part} | gold spans found: {found:.3f}, same but for articles {same:.3f} | {len(gold)} | | | | |"


def second_opinion() -> tuple[pd.DataFrame, fr.Corpus, pd.DataFrame]:
    """Return the demonstration corpus with its own table of names, by other annotators."""
    gold = fr.read_gold(DEMO, "naming")
    corpus = fr.read_corpus(DEMO)
    return gold[gold["field"] == "text"].astype({"start": int, "end": int}), corpus, fr.read_gold(DEMO, "events")


def show(gold: pd.DataFrame, corpus: fr.Corpus, events: pd.DataFrame, *, given: bool) -> Iterable[str]:
    """Each gold entity with the groups into which it fell, and each group that holds several."""
    table = fr.group_names(corpus, events, gold) if given else fr.find_names(corpus, events)
    gold = gold.reset_index(drop=True)
    matched = match_mentions(table, gold)
    rows = gold.assign(
        found=[table["entity_id"].get(m, f"none-{i}") if pd.notna(m) else f"none-{i}" for i, m in matched.items()],
        why=[f"{table.loc[m, 'reason']}: {table.loc[m, 'evidence']}" if pd.notna(m) else "" for m in matched],
    )
    for (event, entity), part in rows.groupby(["event_id", "entity"]):
        pieces = [sorted(set(p["surface"])) for _, p in part.groupby("found")]
        if len(pieces) > 1:
            yield f"SPLIT {event} {entity}: {pieces}"
    for (event, _), part in rows.groupby(["event_id", "found"]):
        if part["entity"].nunique() > 1:
            lines = [f"{e}: {s!r} ({w})" for e, s, w in zip(part["entity"], part["surface"], part["why"], strict=True)]
            yield f"MIXED {event}: " + "; ".join(lines)


def speed(data: Path) -> Iterable[str]:
    """Articles per CPU second: whole and shortened, and several times as many; each copy is an event of its own."""
    rows = [r for name in ("g5", "basil") for r in rows_of(data / f"events/{name}.jsonl")]
    for times, length in ((1, None), (2, None), (4, None), (8, None), (2, 2500), (4, 1200)):
        frame = pd.DataFrame(
            [
                (f"{k}-{i}", r["outlet"], r["text"][:length], f"{k}-{r['event']}", "en")
                for k in range(times)
                for i, r in enumerate(rows)
            ],
            columns=["article_id", "outlet", "text", "event_id", "language"],
        )
        corpus = fr.read_corpus(frame)
        nothing = corpus.articles.head(0).assign(field="", start=0, end=0)
        spent = float("inf")
        for _ in range(3):
            start = time.process_time()
            names = fr.find_names(corpus, corpus.articles[["article_id", "event_id"]], masks=nothing)
            spent = min(spent, time.process_time() - start)
        n, size = len(corpus), int(corpus.articles["text"].str.len().mean())
        yield f"| {n} | {size} | {len(names)} | {spent:.1f} | {n / spent:.0f} |"


def main(argv: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FRAMING_DATA", "../shared/data")))
    parser.add_argument("--half", choices=("develop", "score", DEMO), action="append")
    parser.add_argument("--second", action="store_true", help="score the names that the demonstration corpus brings")
    parser.add_argument("--show", choices=("given", "found"), help="print each split and each mixed entity")
    parser.add_argument("--speed", action="store_true")
    asked = parser.parse_args(argv)
    if asked.data.name == "events":
        asked.data = asked.data.parent
    if asked.speed:
        print("| articles | characters | rows | CPU s, best of 3 | articles/s |\n|---|---|---|---|---|")
        print("\n".join(speed(asked.data)))
        return
    gold, corpus, events = load(asked.data)
    parts = halves(rows_of(GOLD)) if not asked.second else {}
    print("| events | method | mentions | B³ precision | recall | F1 | 95 % (events) |\n|---|---|---|---|---|---|---|")
    if asked.second:
        print("\n".join(lines(f"{DEMO}, naming.csv", *second_opinion())))
    for part in asked.half or parts:
        inside = gold[gold["event_id"].isin({"/".join(e) for e in parts[part]})]
        if inside.empty:
            continue
        print("\n".join(lines(part, inside, corpus, events)))
        if asked.show:
            kept = events[events["event_id"].isin(set(inside["event_id"]))]
            print("\n".join(show(inside, corpus, kept, given=asked.show == "given")))


if __name__ == "__main__":
    main()
