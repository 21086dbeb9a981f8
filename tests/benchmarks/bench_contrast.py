"""Labels with invented wordings, planted into one outlet's real articles, found without a word list.

    python tests/benchmarks/bench_contrast.py [--data ../shared/data] [--show]

Into g5 and basil (gold events) invented wordings are attached to names in the articles of six outlets, and eight
decoys in the articles of all. A planted label is found when a row among the first 2 × planted of the ranked list
touches it. Beside `rank_modifiers`: the keywords of the label lexicons in text order, and every modifier that only
one outlet has, the most frequent first. Last: how often outlets that are shuffled within events give a q-value of
.05 or less, and how exactly a switch of a label is dated.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from planted_labels import Plant, Planted, plant

from framing.cues import find_labels, label_changes, load_lexicon, rank_modifiers
from framing.cues.modifiers import candidates, only_this_outlet
from framing.reading import Corpus
from framing.text import find_quotations

Row = tuple[str, int, int]
_SETTINGS = (
    ("12 uses of 48 wordings", {"seed": 1}),
    ("12 uses of 48 wordings, first mentions only", {"seed": 2, "first_only": True}),
    ("12 uses of 48 wordings", {"seed": 3}),
    ("4 uses of 144 wordings", {"seed": 4, "uses": 4, "n_labels": 560, "variants": 3}),
    ("4 uses of 48 wordings", {"seed": 5, "uses": 4, "n_labels": 192}),
    ("2 uses of 48 wordings", {"seed": 6, "uses": 2, "n_labels": 96}),
)


def articles_of(data: Path) -> pd.DataFrame:
    """Articles of g5 and basil with their gold events."""
    rows = []
    for name in ("g5", "basil"):
        for i, line in enumerate((data / "events" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            rows.append(
                {
                    "article_id": f"{name}-{i}",
                    "outlet": row["outlet"],
                    "title": row.get("title") or "",
                    "text": row["text"],
                    "language": "en",
                    "event_id": f"{name}-{row['event']}",
                }
            )
    return pd.DataFrame(rows)


def events_of(articles: pd.DataFrame) -> pd.DataFrame:
    """Gold events as table ``events``."""
    return articles[["article_id", "event_id"]].assign(n_candidates=1, confidence=1.0)


def ranked_by_contrast(corpus: Corpus, events: pd.DataFrame) -> tuple[list[Row], pd.DataFrame]:
    """Rows of the ranked list, and the table."""
    table = rank_modifiers(corpus, events, quotations=find_quotations(corpus))
    inside = table[table["field"] == "text"]
    return list(zip(inside["article_id"], inside["start"], inside["end"], strict=True)), table


def ranked_by_keywords(corpus: Corpus) -> list[Row]:
    """Every hit of a designation of the lexicons, in text order."""
    lexicon = load_lexicon("inserted-labels")
    return [
        (article, m.start, m.end)
        for article, text in zip(corpus.articles["article_id"], corpus.articles["text"], strict=True)
        for m in lexicon.matches(text, "en")
        if m.rule.role == "designation"
    ]


def ranked_by_one_outlet(corpus: Corpus) -> list[Row]:
    """Modifiers whose wording only one outlet has, the most frequent first, then in text order."""
    uses: Counter[str] = Counter()
    outlets: dict[str, set[str]] = defaultdict(set)
    found = []
    for article, outlet, text in zip(*(corpus.articles[c] for c in ("article_id", "outlet", "text")), strict=True):
        for one in candidates(text):
            key = max((k for k, _ in one.wordings), key=len)
            uses[key] += 1
            outlets[key].add(outlet)
            found.append((key, (article, one.start, one.end)))
    kept = [(key, row) for key, row in found if len(outlets[key]) == 1]
    return [row for _, row in sorted(kept, key=lambda item: -uses[item[0]])]


def recall(rows: Iterable[Row], plants: Iterable[Plant]) -> dict[str, float]:
    """Share of the plants that the rows touch: all, with a word of the lexicons, without."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for article, start, end in rows:
        spans[article].append((start, end))
    counts: Counter[str] = Counter()
    for one in plants:
        hit = any(s < one.end and one.start < e for s, e in spans[one.article_id])
        for group in ("all", "with" if one.lexical else "without"):
            counts[group, "n"] += 1  # type: ignore[index]
            counts[group, "hit"] += hit  # type: ignore[index]
    groups = ("all", "with", "without")
    return {g: counts[g, "hit"] / counts[g, "n"] if counts[g, "n"] else float("nan") for g in groups}  # type: ignore[index]


def planted_table(articles: pd.DataFrame) -> tuple[list[str], Planted]:
    """Markdown lines, one per setting and method, and the first setting's plants."""
    lines = ["| setting | labels | method | recall in 2n | with a lexicon word | without | decoys in 2n, called own |"]
    lines.append("|---|---|---|---|---|---|---|")
    first = None
    for name, options in _SETTINGS:
        planted = plant(articles, **options)  # type: ignore[arg-type]
        first = first or planted
        corpus, events = Corpus(planted.articles), events_of(planted.articles)
        labels = [p for p in planted.plants if not p.decoy]
        decoys = [p for p in planted.plants if p.decoy]
        rows, table = ranked_by_contrast(corpus, events)
        own = table[only_this_outlet(table)]
        called = list(zip(own["article_id"], own["start"], own["end"], strict=True))
        for method, ranked in (
            ("contrast", rows),
            ("keywords", ranked_by_keywords(corpus)),
            ("only one outlet has it", ranked_by_one_outlet(corpus)),
        ):
            top = ranked[: 2 * len(labels)]
            told = recall(top, labels)
            seen = f"{round(recall(top, decoys)['all'] * len(decoys))} of {len(decoys)}"
            if method == "contrast":
                seen += f", {round(recall(called, decoys)['all'] * len(decoys))}"
            shares = " | ".join(f"{told[g]:.3f}" for g in ("all", "with", "without"))
            lines.append(f"| {name} | {len(labels)} | {method} | {shares} | {seen} |")
    assert first is not None
    return lines, first


def null_runs(articles: pd.DataFrame, n_runs: int) -> tuple[int, int]:
    """Runs with outlets shuffled within events that call any modifier an outlet's own, and rows so called."""
    rng = np.random.default_rng(0)
    runs = rows = 0
    for _ in range(n_runs):
        shuffled = articles.copy()
        for index in articles.groupby("event_id").groups.values():
            shuffled.loc[index, "outlet"] = rng.permutation(articles.loc[index, "outlet"].to_numpy())
        table = rank_modifiers(Corpus(shuffled), events_of(shuffled))
        called = int(only_this_outlet(table).sum())
        runs, rows = runs + bool(called), rows + called
    return runs, rows


def switch_runs(n_runs: int, before: float, after: float, per_day: int = 5, n_days: int = 60) -> dict[str, float]:
    """Streams with one switch: share found and dated within a day; with before = after, share of false changes."""
    rng = np.random.default_rng(1)
    within = found = 0
    days = pd.date_range("2024-01-01", periods=n_days, tz="UTC", unit="us")
    for run in range(n_runs):
        at = int(rng.integers(5, n_days - 5))
        mentions = np.full(n_days, per_day)
        labelled = rng.binomial(mentions, np.where(np.arange(n_days) < at, before, after))
        stream = pd.DataFrame(
            {
                "outlet": "o",
                "entity": "e",
                "designation": "d",
                "day": days,
                "n_mentions": mentions,
                "n_labelled": labelled,
            }
        )
        change = label_changes(stream, random_state=run, n_permutations=199).iloc[0]
        found += bool(change["found"])
        within += bool(change["found"]) and abs((change["day"] - days[at]).days) <= 1
    return {"found": found / n_runs, "within a day": within / n_runs}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--show", action="store_true", help="print the first 50 rows that were not planted")
    options = parser.parse_args()
    articles = articles_of(options.data)
    lines, planted = planted_table(articles)
    print(*lines, sep="\n")
    if options.show:
        corpus = Corpus(planted.articles)
        _, table = ranked_by_contrast(corpus, events_of(planted.articles))
        spans = {(p.article_id, p.start): p for p in planted.plants}
        for row in table[table["rank"] <= len(planted.plants)].itertuples():
            if not any(a == row.article_id and abs(s - row.start) <= 4 for a, s in spans):
                print(row.rank, row.outlet, row.form, repr(row.surface), "of", repr(row.target))
    labels = find_labels(Corpus(planted.articles), events=events_of(planted.articles))
    print(f"\nfind_labels: {int(labels['by_contrast'].sum())} rows by contrast, {int(labels['by_rule'].sum())} by rule")
    runs, rows = null_runs(articles, 40)
    print(f"outlets shuffled within events: {runs} of 40 runs call anything an outlet's own ({rows} rows)")
    for before, after in ((0.95, 0.02), (0.9, 0.1), (0.8, 0.2), (0.5, 0.5), (0.9, 0.9)):
        told = switch_runs(500, before, after)
        print(f"switch {before} -> {after}: found {told['found']:.3f}, within a day {told['within a day']:.3f}")


if __name__ == "__main__":
    main()
