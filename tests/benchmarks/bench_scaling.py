"""Cost of comparing sentences as the number of events grows at the same density.

``python tests/benchmarks/bench_scaling.py [--data FOLDER] [--times 1 2 4]``

The events of g5 (real articles), repeated under new names. CPU seconds per article of each step must stay the same, and
each repetition must give the same rows as the first.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time

import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from framing.align import align_passages, compare_coverage, diff_passages  # noqa: E402 - the path is set just above
from framing.reading import read_corpus  # noqa: E402 - likewise
from framing.text import find_quotations, find_sentences  # noqa: E402 - likewise

DATA = ROOT.parent / "shared" / "data" / "events"


def repeated(path: Path, times: int) -> pd.DataFrame:
    """Return the articles of a file of development data, ``times`` over."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = pd.DataFrame([json.loads(line) for line in lines])
    rows = rows[rows["event"].notna()][["event", "outlet", "title", "text"]]
    parts = [
        rows.assign(article_id=[f"{k}-{i:04}" for i in range(len(rows))], event=f"{k}-" + rows["event"].astype(str))
        for k in range(times)
    ]
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--times", type=int, nargs="*", default=[1, 2, 4])
    options = parser.parse_args()
    print(
        "| articles | rows of passages | passages: CPU s | edits | coverage | CPU ms per article | repetitions equal |"
    )
    print("|---|---|---|---|---|---|---|")
    for times in options.times:
        rows = repeated(options.data / "g5.jsonl", times)
        corpus = read_corpus(rows.drop(columns="event"))
        events = rows.rename(columns={"event": "event_id"})[["event_id", "article_id"]]
        sentences, quotations = find_sentences(corpus), find_quotations(corpus)
        clock = [process_time()]
        passages = align_passages(corpus, events, sentences=sentences, quotations=quotations)
        clock.append(process_time())
        edits = diff_passages(corpus, passages)
        clock.append(process_time())
        compare_coverage(corpus, events, passages, sentences=sentences)
        clock.append(process_time())
        spent = [later - earlier for earlier, later in pairwise(clock)]
        same = _equal(passages, times) and _equal(edits, times)
        each = 1000 * sum(spent) / len(rows)
        cells = [len(rows), len(passages), *(f"{s:.1f}" for s in spent), f"{each:.1f}", "yes" if same else "NO"]
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


def _equal(table: pd.DataFrame, times: int) -> bool:
    repetition = table["article_id"].str.split("-").str[0]
    places = ["article_id", "other_id"]
    parts = []
    for k in range(times):
        part = table[repetition == str(k)]
        names = part[places].apply(lambda column: column.str.split("-").str[1])
        rest = part[["start", "end", "other_start", "other_end"]]
        parts.append(pd.concat([names, rest], axis=1).reset_index(drop=True))
    return all(part.equals(parts[0]) for part in parts)


if __name__ == "__main__":
    main()
