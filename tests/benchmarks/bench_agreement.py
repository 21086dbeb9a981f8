"""Agreement: the published token-wise alpha of PolNeAR, how often intervals hold the truth, cost.

Run from the root of the repository::

    python tests/benchmarks/bench_agreement.py --data ../shared/data

Without the development data the first part is left out with a word.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import click
import numpy as np
import pandas as pd

import framing as fr

ROLES = ("source", "cue", "content")
PUBLISHED = 0.754  # README of PolNeAR: token-wise, all articles that several coders marked


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--runs", default=400, show_default=True, help="Simulated corpora per row of the second table.")
def main(data: Path, runs: int) -> None:
    """Print the three tables."""
    path = data / "sourcing" / "polnear.jsonl"
    if path.is_file():
        polnear(path)
    else:
        print(f"{path} is not here: published figure not compared")
    coverage(runs)
    cost()


def polnear(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    often = Counter(row["id"] for row in rows)
    rows = [row for row in rows if often[row["id"]] > 1]
    columns = {"article_id": "id", "outlet": "outlet", "title": "title", "text": "text"}
    articles = pd.DataFrame([{ours: row[theirs] for ours, theirs in columns.items()} for row in rows])
    corpus = fr.read_corpus(articles.drop_duplicates("article_id"))
    tasks = pd.DataFrame([{"article_id": r["id"], "field": "text", "coder": r["annotator"]} for r in rows])
    spans = pd.DataFrame(
        [
            {"article_id": r["id"], "field": "text", "start": a, "end": b, "coder": r["annotator"], "label": role}
            for r in rows
            for attribution in r["attributions"]
            for role in ROLES
            for a, b in attribution[role]
        ]
    )
    begun = time.process_time()
    ratings = fr.rate_tokens(corpus, spans, tasks)
    tokens = fr.krippendorff_alpha(ratings)
    print(f"PolNeAR, {len(corpus)} articles, {tasks['coder'].nunique()} coders; the authors state {PUBLISHED}")
    print(f"  tokens: {tokens}")
    print(f"  spans as units: {fr.unitizing_alpha(corpus, spans, tasks)}")
    print(f"  boundaries alone: {fr.unitizing_alpha(corpus, spans, tasks, label=None)}")
    print(f"  {time.process_time() - begun:.1f} s CPU")


def coverage(runs: int) -> None:
    """Coders who know the answer with a probability and else guess among three values: alpha is its square."""
    print("95 % intervals that hold the true alpha (units in articles of ten, half of the articles hard):")
    print("units  coders  alpha  articles whole  units alone")
    for n_units, n_coders in ((50, 2), (100, 2), (300, 2), (100, 4), (300, 4)):
        held = {"whole": 0, "alone": 0}
        for seed in range(runs):
            ratings, articles, truth = simulated(n_units, n_coders, seed)
            for name, groups in (("whole", articles), ("alone", None)):
                low, high = fr.krippendorff_alpha(ratings, groups=groups, n_resamples=400, random_state=seed).interval
                held[name] += low <= truth <= high
        print(f"{n_units:5}  {n_coders:6}  {truth:.3f}  {held['whole'] / runs:14.3f}  {held['alone'] / runs:11.3f}")


def simulated(n_units: int, n_coders: int, seed: int) -> tuple[pd.DataFrame, list[str], float]:
    rng = np.random.default_rng(seed)
    article = np.arange(n_units) // 10
    knows = np.where(rng.random(n_units // 10) < 0.5, 0.95, 0.5)[article]
    answer = rng.integers(0, 3, n_units)
    guesses = rng.integers(0, 3, (n_units, n_coders))
    given = np.where(rng.random((n_units, n_coders)) < knows[:, None], answer[:, None], guesses)
    truth = (0.95**2 + 0.5**2) / 2  # values are equally frequent: agreement beyond chance is the mean square of knowing
    return pd.DataFrame(given, columns=[f"c{k}" for k in range(n_coders)]), [str(a) for a in article], truth


def cost() -> None:
    print("units   level     values  s CPU (1,000 draws, three coders)")
    rng = np.random.default_rng(0)
    for n_units, level, n_values in (
        (1_000, "nominal", 3), (100_000, "nominal", 3), (100_000, "ordinal", 7), (20_000, "interval", 5_000),
    ):  # fmt: skip
        ratings = pd.DataFrame(rng.integers(1, n_values + 1, (n_units, 3)), columns=["a", "b", "c"])
        begun = time.process_time()
        fr.krippendorff_alpha(ratings, level=level)
        print(f"{n_units:6}  {level:8}  {n_values:6}  {time.process_time() - begun:.2f}")


if __name__ == "__main__":
    main()
