# ruff: noqa: PLC0415 - a tool is imported only in the process that measures it
"""Speed and memory of counting n-grams and of scoring terms, beside scikit-learn, scattertext and ConvoKit.

Usage: python bench_lexical.py [N_ARTICLES ...] [--peers PYTHON] [--only TOOL ...] [--stream FOLDER] [--repeat N]
       python bench_lexical.py --contrast N_ARTICLES

Every tool runs in a process of its own on the same synthetic news. ``--peers`` names the Python of an environment with
scattertext and ConvoKit (they pin other versions). CPU seconds leave out the making of the texts and imports; the
peak is that of the whole process.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

OUTLETS, PER_EVENT, LENGTH, WORDS = 5, 10, 136, 45_000
LETTERS = np.array(list("etaoinshrdlucmfwypvbgk"))


def synthetic_news(n: int, seed: int = 0) -> tuple[list[str], list[str], list[str]]:
    """Texts of about 950 characters, with their outlets and events: Zipf's law, each event with words of its own."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(2, 9, WORDS)
    words = np.array(sorted({"".join(rng.choice(LETTERS, size)) for size in lengths}), dtype=object)
    rng.shuffle(words)
    weight = 1 / (np.arange(len(words)) + 2.7) ** 1.17
    common = np.cumsum(weight / weight.sum())
    texts, n_events = [], -(-n // PER_EVENT)
    for event in range(n_events):
        own = rng.integers(100, len(words), 40)
        for _ in range(min(PER_EVENT, n - event * PER_EVENT)):
            size = int(rng.integers(LENGTH - 40, LENGTH + 41))
            drawn = np.searchsorted(common, rng.random(size))
            drawn = np.where(rng.random(size) < 0.15, own[rng.integers(0, len(own), size)], drawn)
            text = words[np.minimum(drawn, len(words) - 1)]
            ends = np.flatnonzero(rng.random(size) < 0.06)
            text[ends] = text[ends] + "."
            starts = ends[ends + 1 < size] + 1
            text[starts] = [word.capitalize() for word in text[starts]]
            texts.append(" ".join(text.tolist()))
    outlets = [f"outlet {k}" for k in rng.integers(0, OUTLETS, n)]
    return texts, outlets, [f"e{k // PER_EVENT}" for k in range(n)]


def stream(n: int, folder: Path) -> list[str]:
    """Return the first 1,000 characters of the reports of stream.py."""
    from stream import make_stream

    return [text[:1000] for text in make_stream(n, folder).texts().values()]


def ours(texts: list[str], outlets: list[str]) -> Any:  # noqa: ARG001 - one signature
    from framing.lexical import EventNGramVectorizer

    return lambda: EventNGramVectorizer(ngram_range=(1, 2)).fit_transform(texts)


def scikit_learn(texts: list[str], outlets: list[str]) -> Any:  # noqa: ARG001
    from sklearn.feature_extraction.text import CountVectorizer

    return lambda: CountVectorizer(ngram_range=(1, 2)).fit_transform(texts)


def ours_scored(texts: list[str], outlets: list[str]) -> Any:
    """Count and score log-odds of every term, one outlet against the rest: what the keyness tools do."""
    from framing.lexical import EventNGramVectorizer
    from framing.lexical.measures import log_odds

    mine = np.array(outlets) == outlets[0]
    sides = sparse.csr_array(np.stack([mine, ~mine]).astype(np.int64))

    def run() -> Any:
        matrix = EventNGramVectorizer(ngram_range=(1, 2)).fit_transform(texts)
        y1, y2 = (sides @ matrix).toarray()
        delta, error = log_odds(y1, y1.sum(), y2, y2.sum(), prior=0.01)
        assert len(delta) == len(error) == matrix.shape[1]
        return matrix

    return run


def scattertext(texts: list[str], outlets: list[str]) -> Any:
    import pandas as pd
    import scattertext as st

    frame = pd.DataFrame({"text": texts, "outlet": outlets})

    def run() -> Any:
        corpus = st.CorpusFromPandas(
            frame, category_col="outlet", text_col="text", nlp=st.whitespace_nlp_with_sentences
        ).build()
        counts = corpus.get_term_freq_df()
        mine = f"{outlets[0]} freq"
        others = counts.drop(columns=mine).sum(axis=1)
        scores = st.LogOddsRatioUninformativeDirichletPrior(alpha_w=0.01).get_scores(counts[mine], others)
        assert len(scores) == corpus.get_num_terms()
        return corpus.get_term_doc_mat()

    return run


def convokit(texts: list[str], outlets: list[str]) -> Any:
    from convokit import Corpus, Speaker, Utterance
    from convokit.fighting_words import FightingWords

    speakers = {name: Speaker(id=name) for name in sorted(set(outlets))}
    pairs = enumerate(zip(texts, outlets, strict=True))
    corpus = Corpus(
        utterances=[
            Utterance(id=str(k), speaker=speakers[outlet], conversation_id=str(k), text=text)
            for k, (text, outlet) in pairs
        ]
    )

    def run() -> Any:
        model = FightingWords(ngram_range=(1, 2))
        model.fit(
            corpus,
            class1_func=lambda utterance: utterance.speaker.id == outlets[0],
            class2_func=lambda utterance: utterance.speaker.id != outlets[0],
        )
        return model.get_ngram_zscores()

    return run


TOOLS: dict[str, Callable[[list[str], list[str]], Any]] = {
    "framing": ours,
    "CountVectorizer": scikit_learn,
    "framing, scored": ours_scored,
    "scattertext": scattertext,
    "ConvoKit": convokit,
}
PEERS = ("scattertext", "ConvoKit")


def measure(tool: str, folder: Path) -> None:
    """Print CPU seconds and peak memory of one tool in this process."""
    texts = (folder / "texts").read_text("utf-8").split("\n")
    outlets = (folder / "outlets").read_text("utf-8").split("\n")
    TOOLS[tool](texts[:100], outlets[:100])()  # what loads on first use is loaded
    run = TOOLS[tool](texts, outlets)
    before, base = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = run()
    seconds, peak = time.process_time() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shape = "x".join(str(size) for size in result.shape)
    print(f"{tool}\t{shape}\t{seconds:.2f}\t{base / 1024:.0f}\t{peak / 1024:.0f}")


def contrast(n: int) -> None:
    """Score every term of every outlet against the others within events: counting and scoring apart."""
    import pandas as pd

    import framing as fr
    from framing.lexical.counts import count_articles

    texts, outlets, names = synthetic_news(n)
    ids = [f"a{k:07d}" for k in range(n)]
    corpus = fr.read_corpus(pd.DataFrame({"article_id": ids, "outlet": outlets, "text": texts, "event_id": names}))
    events = corpus.articles[["article_id", "event_id"]].assign(n_candidates=0, confidence=1.0)
    print(
        f"\n{n} articles, {OUTLETS} outlets, {len(set(names))} events\nterms\tsupport\trows\tcounting\tscoring\tpeak MB"
    )
    for ngram_range, support in (((1, 1), fr.Support()), ((1, 1), fr.Support(1, 1, 1)), ((1, 2), fr.Support())):
        before = time.process_time()
        count_articles(corpus, ngram_range=ngram_range)
        counting = time.process_time() - before
        model = fr.LexicalContrast(ngram_range=ngram_range, support=support).fit(corpus, events)
        scoring = time.process_time() - before - 2 * counting
        needs = f"{support.min_count}/{support.min_articles}/{support.min_events}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{ngram_range}\t{needs}\t{len(model.terms_)}\t{counting:.1f}\t{scoring:.1f}\t{peak:.0f}", flush=True)


def main() -> None:
    """Measure every tool on every size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[20_000])
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--only", nargs="*", default=list(TOOLS))
    parser.add_argument("--stream", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--contrast", type=int)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure(given.one[0], Path(given.one[1]))
        return
    if given.contrast:
        contrast(given.contrast)
        return
    for n in given.sizes:
        texts, outlets, _ = synthetic_news(n)
        texts = stream(n, given.stream) if given.stream else texts
        texts = [" ".join(text.split()) for text in texts]
        n_tokens = sum(text.count(" ") + 1 for text in texts)
        print(
            f"\n{n} articles, {sum(map(len, texts)) / 1e6:.0f} million characters, {n_tokens / 1e6:.1f} million chunks"
        )
        print("tool\tshape\tCPU s\tMB before\tpeak MB\tleast to most")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "texts").write_text("\n".join(texts), "utf-8")
            (Path(folder) / "outlets").write_text("\n".join(outlets), "utf-8")
            for tool in given.only:
                python = given.peers if tool in PEERS else sys.executable
                command = [python, __file__, "--one", tool, folder]
                own = (
                    {**os.environ, "HOME": folder, "PYTHONPATH": ""} if tool in PEERS else None
                )  # ConvoKit writes there
                lines = []
                for _ in range(given.repeat):
                    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)  # noqa: S603
                    lines += done.stdout.strip().splitlines()[-1:] or [f"{tool}\tfailed: {done.stderr[-200:]}"]
                # The line of the median of CPU seconds, with the least and the most.
                lines.sort(key=lambda line: float(line.split("\t")[2]) if line.count("\t") > 2 else 0.0)
                spread = [line.split("\t")[2] for line in (lines[0], lines[-1]) if line.count("\t") > 2]
                print(lines[len(lines) // 2], " to ".join(spread), sep="\t", flush=True)


if __name__ == "__main__":
    main()
