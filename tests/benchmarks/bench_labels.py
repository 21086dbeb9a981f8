"""Labels found by the grammar, per form and language, beside keyword matching.

    python tests/benchmarks/bench_labels.py [--data ../shared/data] [--gold tests/golden/labels/*.jsonl] [--show]

Gold rows hold `id, lang, is_label, form, family, text, start, end, entity_start, entity_end`. A label is found when a
row of `find_labels` overlaps its span; its entity is right when the row's target overlaps the gold entity. A negative
row is hit when a label overlaps its span. `keywords` is the baseline: the designation words of the lexicons anywhere
in the span, without the grammar.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from framing.cues import find_labels, load_lexicon
from framing.cues.grammar import Reading
from framing.reading import Corpus
from framing.stats import wilson_interval

Row = Mapping[str, Any]
_LEXICON = load_lexicon("inserted-labels")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def labels_of(texts: Mapping[str, tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """Labels of texts, given as identifier → (text, language)."""
    frame = pd.DataFrame(
        [{"article_id": k, "outlet": "o", "title": "", "text": t, "language": c} for k, (t, c) in texts.items()]
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    corpus = Corpus(frame)
    for row in find_labels(corpus, lexicon=_LEXICON).to_dict("records"):
        found[row["article_id"]].append(row)
    return found


def keyword_hits(text: str, start: int, end: int, language: str) -> bool:
    """Whether a designation word of the lexicons stands inside the span."""
    return any(
        m.rule.role == "designation" and start <= m.start and m.end <= end for m in _LEXICON.matches(text, language)
    )


def cell(row: Row) -> tuple[str, str]:
    """Language and form under which a row is counted; state media stand apart."""
    return row["lang"], "state media" if "state_media" in str(row.get("family")) else row["form"]


def score(rows: Sequence[Row]) -> tuple[dict[str, dict[tuple[str, str], Counter[str]]], list[str]]:
    """Counts per method and cell, and one line per miss."""
    found = labels_of({r["id"]: (r["text"], r["lang"]) for r in rows})
    counts: dict[str, dict[tuple[str, str], Counter[str]]] = {
        name: defaultdict(Counter) for name in ("framing", "keywords")
    }
    misses = []
    for row in rows:
        start, end = row["start"], row["end"]
        hits = [x for x in found[row["id"]] if start is not None and x["start"] < end and start < x["end"]]
        if start is None:  # a negative row may stand for its whole text
            hits, start, end = found[row["id"]], 0, len(row["text"])
        word = keyword_hits(row["text"], start, end, row["lang"])
        if not row["is_label"]:
            places = {(row["lang"], "state media" if x["designation"] == "state_media" else x["form"]) for x in hits}
            for place in places:
                counts["framing"][place]["false"] += 1
            counts["framing"][row["lang"], "negatives"].update(n=1, hit=bool(hits))
            counts["keywords"][row["lang"], "negatives"].update(n=1, hit=word)
            if hits:
                misses.append(_line("FALSE", row, hits))
            continue
        counts["framing"][cell(row)].update(n=1, found=bool(hits))
        counts["keywords"][cell(row)].update(n=1, found=word)
        if not hits:
            misses.append(_line("MISSED", row, hits))
        elif row.get("entity_start") is not None:
            right = any(
                pd.notna(x["target_start"])
                and x["target_start"] < row["entity_end"]
                and row["entity_start"] < x["target_end"]
                for x in hits
            )
            counts["framing"][cell(row)].update(entities=1, right=right)
            if not right:
                misses.append(_line("ENTITY", row, hits))
    return counts, misses


def _line(kind: str, row: Row, hits: Sequence[Row]) -> str:
    start, end = row["start"] or 0, row["end"] or len(row["text"])
    shown = row["text"][max(0, start - 60) : start] + "[[" + row["text"][start:end] + "]]" + row["text"][end : end + 40]
    got = "; ".join(f"{x['form']}: {x['surface']!r} of {x['target']!r}" for x in hits)
    return f"{kind} {row['id']} {row['lang']} {row['form']}: {shown!r}  entity {row.get('entity')!r}  got {got}"


def table(counts: Mapping[str, Mapping[tuple[str, str], Counter[str]]]) -> Iterable[str]:
    """Markdown lines: one per cell."""
    ours, words = counts["framing"], counts["keywords"]
    yield "| language | form | labels | recall [95 %] | entity right | precision | keywords: recall |"
    yield "|---|---|---|---|---|---|---|"
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for place in sorted(p for p in ours if p[1] != "negatives"):
        totals[place[0]].update(ours[place])
        totals[place[0]]["words"] += words[place]["found"]
        yield _cells(place, ours[place], words[place]["found"])
    for code in sorted(totals):
        yield _cells((code, "all"), totals[code], totals[code]["words"])
    yield ""
    yield "| language | negatives | hit by framing | hit by keywords |"
    yield "|---|---|---|---|"
    for place in sorted(p for p in ours if p[1] == "negatives"):
        yield f"| {place[0]} | {ours[place]['n']} | {ours[place]['hit']} | {words[place]['hit']} |"


def _cells(place: tuple[str, str], c: Counter[str], words: int) -> str:
    n, found = c["n"], c["found"]
    if not n:
        return f"| {place[0]} | {place[1]} | 0 | | | {c['false']} false | |"
    low, high = wilson_interval([found], [n])
    precision = f"{found / (found + c['false']):.3f}" if found + c["false"] else ""
    entity = f"{c['right']}/{c['entities']}" if c["entities"] else ""
    return (
        f"| {place[0]} | {place[1]} | {n} | {found / n:.3f} [{low[0]:.3f}, {high[0]:.3f}] | {entity} | {precision} | "
        f"{words / n:.3f} |"
    )


def hard_negatives(data: Path) -> tuple[int, int, int, list[str]]:
    """Brackets that are no labels, in their articles: how many, and how many are hit by grammar and by keywords."""
    texts = {("basil", r["article_id"]): r["text"] for r in rows_of(data / "cues/basil_articles.jsonl")}
    texts |= {("ptc", r["id"]): r["text"] for r in rows_of(data / "cues/ptc.jsonl")}
    rows = rows_of(data / "cues/hard_negatives.jsonl")
    used = {(r["corpus"], r["doc"]) for r in rows}
    found = labels_of({"/".join(k): (texts[k], "en") for k in used})
    hit, words, lines = 0, 0, []
    for row in rows:
        text = texts[row["corpus"], row["doc"]]
        over = [
            x for x in found[f"{row['corpus']}/{row['doc']}"] if x["start"] < row["end"] and row["start"] < x["end"]
        ]
        hit += bool(over)
        words += keyword_hits(text, row["start"], row["end"], "en")
        lines += [f"FALSE {row['doc']}: {x['form']} {x['surface']!r} of {x['target']!r}" for x in over]
    return len(rows), hit, words, lines


def speed(data: Path) -> list[str]:
    """Megabytes of UTF-8 per CPU second: all cue rules, designations, the whole grammar of labels."""
    names = ("g5", "basil", "allsides2021")
    texts = [row["text"] for name in names for row in rows_of(data / f"events/{name}.jsonl") if row.get("text")]
    size = sum(len(text.encode()) for text in texts) / 1e6
    everything = load_lexicon()
    readers: dict[str, Callable[[str], object]] = {
        "all cue rules": lambda text: everything.matches(text, "en", roles=("cue", "designation")),
        "designations": lambda text: _LEXICON.matches(text, "en", roles=("designation",)),
        "grammar of labels": lambda text: Reading(text, "en", _LEXICON).labels(),
    }
    lines = []
    for name, read in readers.items():
        read(texts[0])  # the automaton is built once
        start = time.process_time()
        for text in texts:
            read(text)
        lines.append(f"{name}: {size / (time.process_time() - start):.1f} MB/s ({size:.1f} MB)")
    return lines


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared/data")
    parser.add_argument("--gold", type=Path, nargs="*", default=[])
    parser.add_argument("--half", choices=("even", "odd"), help="rows whose running number is even or odd")
    parser.add_argument("--show", action="store_true", help="print each miss")
    parser.add_argument("--speed", action="store_true", help="time the lexicons and the grammar on English news")
    asked = parser.parse_args()
    if asked.speed:
        print("\n".join(speed(asked.data)))
        return
    paths = list(asked.gold)
    if not paths and (asked.data / "sourcing/labels.jsonl").is_file():
        paths.append(asked.data / "sourcing/labels.jsonl")
    for path in paths:
        rows = rows_of(path)
        if asked.half:
            rows = [r for r in rows if int("".join(filter(str.isdigit, r["id"]))) % 2 == (asked.half == "odd")]
        counts, misses = score(rows)
        print(f"\n{path.name}: {len(rows)} rows\n")
        print("\n".join(table(counts)))
        if asked.show:
            print("\n".join(misses))
    if not asked.gold and (asked.data / "cues/hard_negatives.jsonl").is_file():
        n, hit, words, lines = hard_negatives(asked.data)
        print(f"\nhard_negatives.jsonl: {n} brackets, hit by framing {hit}, by keywords {words}")
        if asked.show:
            print("\n".join(lines))


if __name__ == "__main__":
    main()
