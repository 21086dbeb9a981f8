"""Datelines, credits and furniture against the gold, and their speed.

``python tests/benchmarks/bench_datelines.py --data ../shared/data``. Without the development data only the
constructed rows are scored.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from framing.reading import Corpus, read_corpus
from framing.text import find_datelines

GOLD = Path(__file__).parent.parent / "golden" / "datelines.jsonl"
HOSTILE = (
    "(",
    "MOSCOW, ",
    "A.",
    "A. ",
    "Paris/",
    "(AP) ",
    "&mdash;",
    "**",
    "<p",
    ". ",
    "\n(",
    "May 3 ",
    "\n",
    "share ",
)
ABSENT = {"None", "NA", ""}
SAME_WIRE = {"associated press": "ap", "the associated press": "ap", "thomson reuters": "reuters"}


def read_rows(path: Path) -> pd.DataFrame:
    """Read gold rows; the dates of the development rows are printed forms and are left out."""
    frame = pd.read_json(path, lines=True, dtype=False)
    return frame.assign(outlet=frame["outlet"].fillna("?"))


def corpus_of(rows: pd.DataFrame) -> Corpus:
    """Make a corpus of the rows."""
    return read_corpus(rows.assign(article_id=rows["id"])[["article_id", "outlet", "text"]])


def score_datelines(rows: pd.DataFrame) -> dict[str, float]:
    """Detection, exact starts of the body and exact fields, as shares."""
    found = find_datelines(corpus_of(rows))
    found = found[found["kind"] == "dateline"].set_index("article_id")
    gold = rows[rows["kind"] == "dateline"].set_index("id")
    both = gold.index.intersection(found.index)
    scores = {
        "rows": float(len(rows)),
        "datelines": float(len(gold)),
        "detected P": len(both) / max(len(found), 1),
        "detected R": len(both) / max(len(gold), 1),
        "body_start": float((gold["body_start"] == found["body_start"].reindex(gold.index).fillna(-1)).mean()),
    }
    for name in ("place", "agency", "date"):
        predicted = found[name].dropna()
        wanted = gold[name].dropna()
        right = sum(wanted.get(key) == value for key, value in predicted.items())
        scores[f"{name} P"] = right / max(len(predicted), 1)
        scores[f"{name} R"] = right / max(len(wanted), 1)
    return scores


def score_wire(rows: pd.DataFrame) -> tuple[dict[str, float], pd.DataFrame]:
    """Agencies of articles against the ``wire`` field, every article once; and the disagreements."""
    rows = rows.drop_duplicates("id")
    found = find_datelines(corpus_of(rows))
    credited = found[found["kind"].isin(["dateline", "credit"])].dropna(subset="agency")
    names = credited.groupby("article_id")["agency"].agg(lambda names: {_wire(n) for n in names})
    wanted = rows.set_index("id")["wire"].map(lambda w: None if w in ABSENT else _wire(w)).dropna()
    agree = [key for key in wanted.index if wanted[key] in names.get(key, set())]
    odd = rows[rows["id"].isin(set(wanted.index) ^ set(names.index) | (set(wanted.index) - set(agree)))]
    odd = odd.assign(found=odd["id"].map(names))
    return {"wire": len(wanted), "found": len(names), "P": len(agree) / len(names), "R": len(agree) / len(wanted)}, odd


def _wire(name: str) -> str:
    short = name.strip().lower()
    return SAME_WIRE.get(short, short)


def seconds(corpus: Corpus, repeats: int = 3) -> float:
    """Best CPU time of some runs."""
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        find_datelines(corpus)
        times.append(time.process_time() - begun)
    return min(times)


def print_hostile() -> None:
    """Print seconds for texts made to be slow, at two lengths: ten times the text should take ten times as long."""
    for piece in HOSTILE:
        times = []
        for length in (100_000, 1_000_000):
            text = "w" + piece * (length // len(piece))
            frame = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["x", "x"], "text": [text, piece + text]})
            times.append(seconds(read_corpus(frame), 1) / 2)
        print(f"{piece!r}: {times[0]:.3f} s for 100,000 characters, {times[1]:.3f} s for 1,000,000")


def print_scores(name: str, scores: dict[str, float]) -> None:
    """Print one line of a table."""
    cells = (f"{value:.3f}" if key not in {"rows", "datelines"} else f"{value:.0f}" for key, value in scores.items())
    print(f"| {name} | " + " | ".join(cells) + " |")


def print_gold(rows: pd.DataFrame, languages: Iterable[str]) -> None:
    """Print the scores of the constructed rows."""
    total = score_datelines(rows)
    print("| rows of | " + " | ".join(total) + " |")
    print_scores("constructed", total)
    for language in languages:
        print_scores(f"constructed, {language}", score_datelines(rows[rows["language"] == language]))


def news(folder: Path) -> dict[str, Corpus]:
    """Read the development articles."""
    sets = {}
    for name in ("events/g5", "events/basil", "sourcing/polnear"):
        frame = pd.read_json(folder / f"{name}.jsonl", lines=True, dtype=False)
        frame = frame.assign(article_id=[f"{k}" for k in range(len(frame))])
        if name.endswith("polnear"):
            frame = frame.drop_duplicates("id")
        sets[name.split("/")[1]] = read_corpus(frame[["article_id", "outlet", "text"]])
    return sets


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    data = parser.parse_args().data
    gold = read_rows(GOLD)
    print_gold(gold, sorted(gold["language"].unique()))
    print_hostile()
    if data is None:
        print("no development data: pass --data")
        return
    print_scores("development", score_datelines(read_rows(data / "sourcing" / "datelines.jsonl").assign(date=None)))
    wire, _ = score_wire(read_rows(data / "sourcing" / "polnear.jsonl"))
    print("wire of articles:", {key: round(value, 3) for key, value in wire.items()})
    for name, corpus in news(data).items():
        length = int(corpus.articles["text"].str.len().sum())
        took = seconds(corpus)
        kinds = find_datelines(corpus)["kind"].value_counts().to_dict()
        print(f"{name}: {length:,} characters, {took:.3f} s, {length / took / 1e6:.2f} M characters/s; {kinds}")


if __name__ == "__main__":
    main()
