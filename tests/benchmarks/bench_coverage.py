"""The coverage ledger on facts planted in real events: ``python tests/benchmarks/bench_coverage.py [--data FOLDER]``.

In each event of at least three outlets, sentences of one article (the third) are facts. Two articles of other
outlets each get a paraphrase by rule of its own, put at a random place. A *deleted* fact is taken out of the third
article; a *control* stays in it, every other one in yet another paraphrase. A flag is a cell "not found" of the
third outlet in a row whose statement holds one of the two planted sentences. Recall: deleted facts that are
flagged. False flags: controls that are flagged, per article. Thresholds are chosen on half of the events, the table
shows the other half.

Beside it: the best TF-IDF cosine between the planted sentences and the third article, which is told which sentences
are one statement; and the gold of the demonstration corpus.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from framing.align import align_passages, compare_coverage  # noqa: E402 - the path is set just above
from framing.align.coverage import STATED  # noqa: E402
from framing.pipeline import Settings, run_stages  # noqa: E402
from framing.reading import Corpus, read_corpus  # noqa: E402
from framing.schema import check  # noqa: E402
from tests.benchmarks.planted import Story, paraphrased, read_stories  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "events"
N_DELETED, N_CONTROLS, N_OUTLETS, N_THIRD = 5, 10, 5, 2
CUTS = [round(0.05 * k, 2) for k in range(2, 20)]


@dataclass
class Article:
    """Sentences of a planted article."""

    article_id: str
    outlet: str
    sentences: list[str]


@dataclass
class Fact:
    """A planted fact: whose cell it is about, whether it was deleted, and what states it elsewhere."""

    third: Article
    deleted: bool
    planted: list[tuple[Article, str]] = field(default_factory=list)


def planted_events(folder: Path, *, tuning: bool, seed: int) -> tuple[list[list[Article]], list[Fact]]:
    """Events of three to five outlets with five deleted facts and ten controls."""
    by_event: dict[str, list[Story]] = defaultdict(list)
    for story in read_stories(folder):
        by_event[story.event].append(story)
    rng = random.Random(f"{seed} {tuning}")  # noqa: S311 - synthetic data
    events, facts = [], []
    for event, stories in sorted(by_event.items()):
        if (crc32(event.encode()) % 2 == 0) != tuning:
            continue
        chosen = list({s.outlet: s for s in stories}.values())[:N_OUTLETS]
        if len(chosen) < 3:
            continue
        for n_third in range(N_THIRD):
            articles = [Article(f"{len(events):04d}-{k}", s.outlet, list(s.sentences)) for k, s in enumerate(chosen)]
            facts += plant(articles, n_third, rng)
            events.append(articles)
    return events, facts


def plant(articles: list[Article], n_third: int, rng: random.Random) -> Iterator[Fact]:
    third = articles[n_third]
    others = [a for a in articles if a is not third]
    usable = [s for s in third.sentences if len(s.split()) >= 8]
    n = min(len(usable), N_DELETED + N_CONTROLS)
    for k, sentence in enumerate(rng.sample(usable, n)):
        fact = Fact(third, deleted=k < n * N_DELETED // (N_DELETED + N_CONTROLS))
        for other in rng.sample(others, 2):
            wording = paraphrased(sentence, rng)
            other.sentences.insert(rng.randrange(len(other.sentences) + 1), wording)
            fact.planted.append((other, wording))
        at = third.sentences.index(sentence)
        if fact.deleted:
            del third.sentences[at]
        elif k % 2:
            third.sentences[at] = paraphrased(sentence, rng)
        yield fact


def as_tables(events: list[list[Article]]) -> tuple[Corpus, pd.DataFrame, pd.DataFrame]:
    rows, spans = [], []
    for article in (a for event in events for a in event):
        rows.append({"article_id": article.article_id, "outlet": article.outlet, "text": "\n".join(article.sentences)})
        at = 0
        for n, sentence in enumerate(article.sentences):
            spans.append(
                (f"{article.article_id}-{n:03d}", article.article_id, "text", at, at + len(sentence), sentence, "body")
            )
            at += len(sentence) + 1
    corpus = read_corpus(pd.DataFrame(rows))
    ids = corpus.articles["article_id"]
    table = check(pd.DataFrame({"article_id": ids, "event_id": ids.str[:4], "n_candidates": 0}), "events")
    columns = ["sentence_id", "article_id", "field", "start", "end", "surface", "zone"]
    return corpus, table, check(pd.DataFrame(spans, columns=columns), "sentences")


def flags(coverage: pd.DataFrame, facts: list[Fact]) -> list[bool | None]:
    """Whether the third outlet's cell says "not found"; None where no statement holds a planted sentence."""
    stated = coverage[coverage["stated"]]
    rows_of: dict[tuple[str, str], set[str]] = defaultdict(set)
    for statement, article, surface in zip(
        stated["statement_id"], stated["article_id"], stated["surface"], strict=True
    ):
        rows_of[article, surface].add(statement)
    missing = set(zip(*(coverage.loc[~coverage["stated"], c] for c in ("statement_id", "outlet")), strict=True))
    found: list[bool | None] = []
    for fact in facts:
        statements = {s for article, wording in fact.planted for s in rows_of[article.article_id, wording]}
        found.append(any((s, fact.third.outlet) in missing for s in statements) if statements else None)
    return found


def cosine_flags(events: list[list[Article]], facts: list[Fact], cut: float) -> list[bool | None]:
    vectorizer = TfidfVectorizer(sublinear_tf=True).fit([s for e in events for a in e for s in a.sentences])
    scores = []
    for fact in facts:
        wordings = vectorizer.transform([wording for _, wording in fact.planted])
        scores.append((wordings @ vectorizer.transform(fact.third.sentences).T).max())
    return [bool(score < cut) for score in scores]


def compared(events: list[list[Article]]) -> Callable[[float], pd.DataFrame]:
    """The ledger of planted events at a cut; every article is a report of its own."""
    corpus, table, sentences = as_tables(events)
    passages = align_passages(corpus, table, sentences=sentences)
    return lambda cut: compare_coverage(corpus, table, passages, sentences=sentences, cut=cut)


def figures(found: list[bool | None], facts: list[Fact]) -> tuple[float, float, float]:
    """Recall, false flags per article, share of facts that are in no statement."""
    deleted = [f for f, fact in zip(found, facts, strict=True) if fact.deleted]
    controls = [f for f, fact in zip(found, facts, strict=True) if not fact.deleted]
    n_articles = len({fact.third.article_id for fact in facts})
    return (
        sum(f is True for f in deleted) / len(deleted),
        sum(f is True for f in controls) / n_articles,
        sum(f is None for f in found) / len(found),
    )


def demonstration() -> str:
    """Cells of gold/coverage.csv: the row that holds most of the statement's gold sentences is taken for it."""
    corpus = read_corpus("kabul-2021")
    coverage = run_stages(corpus, Settings(use_gold=True), until="coverage")["coverage"]
    gold = pd.read_csv(ROOT / "corpora" / "kabul-2021" / "gold" / "coverage.csv")
    outlet_of = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    starts = coverage[coverage["stated"]]
    right = {True: 0, False: 0}
    total = {True: 0, False: 0}
    n_rows = n_missing = 0
    for _, group in gold.groupby(["event_id", "statement"]):
        spans = group[group["stated"]]
        hits = [
            row.statement_id
            for span in spans.itertuples()
            for row in starts[starts["article_id"] == span.article_id].itertuples()
            if row.field == "text" and row.start < span.end and row.end > span.start
        ]
        n_rows += 1
        if not hits:
            n_missing += 1
            continue
        statement = max(sorted(set(hits)), key=hits.count)
        cells = coverage[coverage["statement_id"] == statement].set_index("outlet")["stated"]
        for outlet, told in group.groupby(group["article_id"].map(outlet_of))["stated"].any().items():
            total[bool(told)] += 1
            right[bool(told)] += bool(cells.get(outlet, False)) == bool(told)
    return (
        f"kabul-2021: {n_rows - n_missing} of {n_rows} gold statements have a row; in these {right[False]} of "
        f"{total[False]} cells without are 'not found', {right[True]} of {total[True]} cells with are 'stated'"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cuts", action="store_true", help="show other cuts on the tuning half")
    options = parser.parse_args()
    print("| method | cut | recall | false flags per article | facts without a row |\n|---|---|---|---|---|")
    tuning_events, tuning = planted_events(options.data, tuning=True, seed=options.seed)
    if options.cuts:
        at = compared(tuning_events)
        for cut in CUTS[::2]:
            print(line("framing, tuning half", cut, figures(flags(at(cut), tuning), tuning)))
    known = {cut: figures(cosine_flags(tuning_events, tuning, cut), tuning) for cut in CUTS}
    best = max((cut for cut in CUTS if known[cut][1] <= 1), key=lambda cut: known[cut][0])
    events, facts = planted_events(options.data, tuning=False, seed=options.seed)
    beside = figures(cosine_flags(events, facts, best), facts)
    print(line("best cosine, told the statements", best, beside))
    started = time.process_time()
    print(line("framing", STATED, figures(flags(compared(events)(STATED), facts), facts)))
    seconds = time.process_time() - started
    print(f"\n{len(events)} third articles, {len(facts)} facts, {seconds:.1f} CPU s\n{demonstration()}")


def line(method: str, cut: float, values: tuple[float, float, float]) -> str:
    return f"| {method} | {cut} | " + " | ".join(f"{x:.3f}" for x in values) + " |"


if __name__ == "__main__":
    main()
