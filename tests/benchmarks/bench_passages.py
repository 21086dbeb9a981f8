"""Sentence alignment on planted pairs of real articles: ``python tests/benchmarks/bench_passages.py [--data FOLDER]``.

Thresholds of all methods are chosen on the pairs of half of the events; the table shows the other half.
`planted.py` says how the pairs are made. A link is a pair of sentences; ours are the rows of table ``passages``
whose relation is not ``unique``, of either direction.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from framing.align import align_passages, find_reuse  # noqa: E402 - the path is set just above
from framing.align.answers import COEFFICIENTS, Sentences, compare_sentences  # noqa: E402
from framing.reading import Corpus, read_corpus  # noqa: E402
from framing.schema import check  # noqa: E402
from framing.text import find_datelines, find_sentences  # noqa: E402
from tests.benchmarks.planted import NAME, Pair, make_pair, read_stories  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "events"
Links = set[tuple[int, int]]
Scores = npt.NDArray[np.float64]
MUST_SHARE = 0.03  # cosine from which a pair of sentences takes part in the fit
REPORTED = 6.0  # weight of a cell of the demonstration corpus in the fit
THRESHOLDS = [round(0.02 * k, 2) for k in range(5, 45)]


def planted_pairs(folder: Path, *, moved: float, tuning: bool, seed: int = 0) -> list[Pair]:
    """Two pairs of every story whose event belongs to the half asked for."""
    stories = read_stories(folder)
    names = sorted({m for s in stories for x in s.sentences for m in NAME.findall(x) if len(m.split()) <= 3})
    rng = random.Random(f"{seed} {moved} {tuning}")  # noqa: S311 - synthetic data
    chosen = [s for s in stories if (crc32(s.event.encode()) % 2 == 0) == tuning]
    return [make_pair(story, rng, names, moved=moved) for story in chosen for _ in range(2)]


def as_tables(pairs: list[Pair]) -> tuple[Corpus, pd.DataFrame, pd.DataFrame]:
    """Corpus, events and sentences of the pairs: pair ``k`` is the event ``k`` of the articles ``k-a`` and ``k-b``."""
    rows, spans = [], []
    for k, pair in enumerate(pairs):
        for side, sentences in (("a", pair.ours), ("b", pair.theirs)):
            article, at = f"{k:05d}-{side}", 0
            rows.append({"article_id": article, "outlet": side, "text": "\n".join(sentences)})
            for n, sentence in enumerate(sentences):
                spans.append((f"{article}-{n}", article, "text", at, at + len(sentence), sentence, "body"))
                at += len(sentence) + 1
    corpus = read_corpus(pd.DataFrame(rows))
    ids = corpus.articles["article_id"]
    events = check(pd.DataFrame({"article_id": ids, "event_id": ids.str[:5], "n_candidates": 0}), "events")
    columns = ["sentence_id", "article_id", "field", "start", "end", "surface", "zone"]
    return corpus, events, check(pd.DataFrame(spans, columns=columns), "sentences")


def our_links(pairs: list[Pair], **options: Any) -> list[dict[tuple[int, int], str]]:
    """Links of `align_passages` with their relations."""
    corpus, events, sentences = as_tables(pairs)
    passages = align_passages(corpus, events, sentences=sentences, **options)
    return links_of(passages, sentences, len(pairs))


def links_of(passages: pd.DataFrame, sentences: pd.DataFrame, n: int) -> list[dict[tuple[int, int], str]]:
    number = sentences.groupby("article_id").cumcount()
    within = dict(list(sentences.assign(number=number).groupby("article_id")))
    place = dict(zip(zip(sentences["article_id"], sentences["start"], strict=True), number, strict=True))
    links: list[dict[tuple[int, int], str]] = [{} for _ in range(n)]
    for row in passages[passages["relation"] != "unique"].itertuples():
        i, others = place[row.article_id, row.start], within[row.other_id]
        covered = others[(others["start"] >= row.other_start) & (others["end"] <= row.other_end)]
        for j in covered["number"]:
            pair = (i, int(j)) if row.article_id.endswith("a") else (int(j), i)
            links[int(row.article_id[:5])].setdefault(pair, row.relation)  # seen from the first article
    return links


def cosines(pairs: list[Pair]) -> list[Scores]:
    vectorizer = TfidfVectorizer(sublinear_tf=True)
    vectorizer.fit([s for p in pairs for s in (*p.ours, *p.theirs)])
    return [(vectorizer.transform(p.ours) @ vectorizer.transform(p.theirs).T).toarray() for p in pairs]


def by_threshold(scores: Scores, cut: float) -> Links:
    return {(int(i), int(j)) for i, j in np.argwhere(scores >= cut)}


def mutual_best(scores: Scores, cut: float) -> Links:
    best, back = scores.argmax(axis=1), scores.argmax(axis=0)
    return {(i, int(j)) for i, j in enumerate(best) if back[j] == i and scores[i, j] >= cut}


def hungarian(scores: Scores, cut: float) -> Links:
    rows, columns = linear_sum_assignment(scores, maximize=True)
    return {(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if scores[i, j] >= cut}


def in_order(scores: Scores, cut: float) -> Links:
    """Best monotone one-to-one path (dynamic programme) over cells above the cut."""
    n, m = scores.shape
    best = np.zeros((n + 1, m + 1))
    gain = np.where(scores >= cut, scores, -1.0)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            best[i, j] = max(best[i - 1, j], best[i, j - 1], best[i - 1, j - 1] + gain[i - 1, j - 1])
    links, i, j = set(), n, m
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            links.add((i, j))
    return links


def f_score(found: list[Links], pairs: list[Pair]) -> tuple[float, float, float]:
    hits = sum(len(f & set(p.links)) for f, p in zip(found, pairs, strict=True))
    precision = hits / max(sum(map(len, found)), 1)
    recall = hits / max(sum(len(p.links) for p in pairs), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


BASELINES: dict[str, Callable[[Scores, float], Links]] = {
    "TF-IDF, threshold": by_threshold,
    "TF-IDF, mutual best": mutual_best,
    "TF-IDF, Hungarian": hungarian,
    "TF-IDF, in order": in_order,
}


def measure(folder: Path, moved: float, *, seed: int) -> Iterator[tuple[str, str]]:
    tuning, pairs = (planted_pairs(folder, moved=moved, tuning=t, seed=seed) for t in (True, False))
    known, scores = cosines(tuning), cosines(pairs)
    for name, method in BASELINES.items():
        cut = max(THRESHOLDS, key=lambda c: f_score([method(s, c) for s in known], tuning)[2])
        figures = f_score([method(s, cut) for s in scores], pairs)
        yield name, " | ".join(f"{x:.3f}" for x in figures)
    started = time.process_time()
    found = our_links(pairs)
    seconds = time.process_time() - started
    yield "framing", " | ".join(f"{x:.3f}" for x in f_score([set(f) for f in found], pairs))
    made = Counter(kind for p in pairs for kind in p.links.values())
    hit = Counter(p.links[link] for f, p in zip(found, pairs, strict=True) for link in f if link in p.links)
    right = Counter(k for f, p in zip(found, pairs, strict=True) for link, k in p.links.items() if f.get(link) == k)
    notes = [f"{k} {hit[k] / n:.3f} (named so {right[k] / n:.3f}) of {n}" for k, n in sorted(made.items())]
    yield f"recall by kind: {'; '.join(notes)}. {len(pairs)} pairs, {seconds:.1f} CPU s", ""


def reported_cells() -> list[tuple[str, bool, set[int], int, Scores]]:
    """Gold of the demonstration corpus: a stated sentence against each other article that is no copy of its own.

    Event, whether the other states it too, in which of its sentences, the row of the sentence, the terms.
    """
    corpus = read_corpus("kabul-2021")
    sentences = find_sentences(corpus, datelines=find_datelines(corpus))
    sentences = sentences[sentences["zone"] != "furniture"].reset_index(drop=True)
    measured = Sentences.of(sentences)
    rows_of = {a: rows.index.to_numpy() for a, rows in sentences.groupby("article_id")}
    reuse = find_reuse(corpus)
    copies = {frozenset(pair) for pair in zip(reuse["article_id"], reuse["other_id"], strict=True)}
    gold = pd.read_csv(ROOT / "corpora" / "kabul-2021" / "gold" / "coverage.csv")
    terms: dict[tuple[str, str], Scores] = {}
    cells = []
    for (event, _), group in gold.groupby(["event_id", "statement"]):
        places = {row.article_id: _touching(sentences, row) for row in group.itertuples()}
        for one, other in permutations(sorted(places), 2):
            if not len(places[one]) or frozenset((one, other)) in copies:
                continue
            if (one, other) not in terms:
                terms[one, other] = compare_sentences(measured, rows_of[one], rows_of[other])[0]
            i = int(np.searchsorted(rows_of[one], places[one][0]))
            answers = {int(np.searchsorted(rows_of[other], k)) for k in places[other]}
            cells.append((str(event), bool(answers), answers, i, terms[one, other][i]))
    return cells


def _touching(sentences: pd.DataFrame, row: Any) -> Any:
    if not row.stated:
        return np.zeros(0, dtype=np.int64)
    same = (sentences["article_id"] == row.article_id) & (sentences["field"] == "text")
    return sentences.index[same & (sentences["start"] < row.end) & (sentences["end"] > row.start)].to_numpy()


def planted_cells(pairs: list[Pair]) -> tuple[Scores, Scores]:
    _, _, sentences = as_tables(pairs)
    measured = Sentences.of(sentences)
    terms, truth = [], []
    rows_of = {a: rows.index.to_numpy() for a, rows in sentences.groupby("article_id")}
    for k, pair in enumerate(pairs):
        cells, _ = compare_sentences(measured, rows_of[f"{k:05d}-a"], rows_of[f"{k:05d}-b"])
        gold = np.zeros(cells.shape[:2])
        for link in pair.links:
            gold[link] = 1
        terms.append(cells.reshape(-1, cells.shape[-1]))
        truth.append(gold.ravel())
    return np.concatenate(terms), np.concatenate(truth)


def fit(folder: Path) -> None:
    """Print the coefficients, and how a fit on half of the demonstration's events does on the other half."""
    planted = [planted_cells(planted_pairs(folder, moved=moved, tuning=True)) for moved in (0.0, 0.3)]
    cells = reported_cells()
    events = sorted({c[0] for c in cells})
    hits = found = n_stated = 0
    truth, score = [], []
    for half in (events[::2], events[1::2]):
        model = _fitted(planted, [c for c in cells if c[0] not in half])
        for event, stated, answers, _, terms in cells:
            if event in half:
                p = model.predict_proba(terms)[:, 1]
                hits += p.max() >= 0.5 and int(p.argmax()) in answers
                found += p.max() >= 0.5
                n_stated += stated
                truth.append(stated)
                score.append(p.max())
    print(f"held-out events of kabul-2021: P {hits / found:.3f} R {hits / n_stated:.3f} of {n_stated} ", end="")
    print(f"AUC stated or not {roc_auc_score(truth, score):.3f} of {len(truth)}")
    model = _fitted(planted, cells)
    for name, value in zip(COEFFICIENTS, [model.intercept_[0], *model.coef_[0]], strict=True):
        print(f'    "{name}": {value:.2f},')


def _fitted(planted: list[tuple[Scores, Scores]], cells: list[Any]) -> LogisticRegression:
    """Both sources, the few cells of independent reports weighted up."""
    x = [terms for terms, _ in planted] + [terms for *_, terms in cells]
    y = [truth for _, truth in planted] + [np.isin(np.arange(len(c[4])), list(c[2])) for c in cells]
    weight = np.repeat([1.0, REPORTED], [sum(len(t) for _, t in planted), sum(len(c[4]) for c in cells)])
    terms, truth = np.concatenate(x), np.concatenate(y)
    some = terms[:, 1] > MUST_SHARE
    return LogisticRegression(C=10, max_iter=3000).fit(terms[some], truth[some], sample_weight=weight[some])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fit", action="store_true", help="fit the coefficients of framing/align/answers.py")
    options = parser.parse_args()
    if options.fit:
        fit(options.data)
        return
    for moved in (0.0, 0.3):
        print(f"\n{moved:.0%} of the sentences moved\n\n| method | P | R | F1 |\n|---|---|---|---|")
        for name, figures in measure(options.data, moved, seed=options.seed):
            print(f"| {name} | {figures} |" if figures else f"\n{name}")


if __name__ == "__main__":
    main()
