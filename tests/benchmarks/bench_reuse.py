"""Recall, precision, speed and memory of text reuse beside MinHash LSH.

``python tests/benchmarks/bench_reuse.py [--data FOLDER] [--n 100000] [--part quality|wires|scale]``

Quality: planted derivatives of real articles (see ``planted_copies.py``), among them pairs with nothing but a footer in
common.
Wires: three stories of 300 copies each among them. Scale: a generated stream, each tool in a process of its own, from
texts in memory to pairs. datasketch and rensa come with the ``bench`` extra and are left out with a word where absent.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from framing.align import find_families, find_reuse  # noqa: E402 - the path is set just above
from framing.reading import Corpus, read_corpus  # noqa: E402 - likewise
from tests.benchmarks import planted_copies as planted  # noqa: E402 - likewise

DATA = ROOT.parent / "shared" / "data" / "events"
PERMUTATIONS, BANDS, THRESHOLD, GRAM = 128, 32, 0.5, 5
WORD = re.compile(r"\w+")


def framing_pairs(corpus: Corpus) -> pd.DataFrame:
    """Return the verified pairs of `find_reuse`."""
    return find_reuse(corpus)[["article_id", "other_id"]]


def _shingles(text: str) -> list[str]:
    words = WORD.findall(text.lower())
    return [" ".join(words[k : k + GRAM]) for k in range(len(words) - GRAM + 1)]


def rensa_pairs(corpus: Corpus) -> pd.DataFrame:
    """Return candidates of rensa: 128 permutations, 32 bands; not verified."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - a peer

    lsh, signatures = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS), []
    for k, text in enumerate(corpus.articles["text"]):
        signature = RMinHash(num_perm=PERMUTATIONS, seed=42)
        signature.update(_shingles(text))
        lsh.insert(k, signature)
        signatures.append(signature)
    return _pairs(corpus, ((k, j) for k, s in enumerate(signatures) for j in lsh.query(s) if j > k))


def datasketch_pairs(corpus: Corpus) -> pd.DataFrame:
    """Return candidates of datasketch: 128 permutations, threshold .5; not verified."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - a peer

    lsh, signatures = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS), []
    for k, text in enumerate(corpus.articles["text"]):
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([s.encode() for s in _shingles(text)])
        lsh.insert(k, signature)
        signatures.append(signature)
    return _pairs(corpus, ((k, j) for k, s in enumerate(signatures) for j in lsh.query(s) if j > k))


def _pairs(corpus: Corpus, found: Iterable[tuple[int, int]]) -> pd.DataFrame:
    places = np.array(list(found), dtype=np.int64).reshape(-1, 2)
    ids = corpus.articles["article_id"].to_numpy(dtype=object)
    return pd.DataFrame({"article_id": ids[places[:, 0]], "other_id": ids[places[:, 1]]})


TOOLS: dict[str, Callable[[Corpus], pd.DataFrame]] = {
    "framing": framing_pairs,
    "rensa": rensa_pairs,
    "datasketch": datasketch_pairs,
}


def score(rows: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, float]:
    """Return recall by kind of derivative, precision, and what was linked by nothing but a footer."""
    known = rows.set_index("article_id")
    one, other = (known.loc[pairs[side]].reset_index() for side in ("article_id", "other_id"))
    same = (one["origin"] == other["origin"]).to_numpy()
    allowed = same | ((one["event"] == other["event"]) & one["event"].ne("")).to_numpy()
    scores = {}
    for kind in planted.KINDS:
        forward = (one["kind"] == kind) & (other["kind"] == "source")
        backward = (other["kind"] == kind) & (one["kind"] == "source")
        hit = same & (forward | backward).to_numpy()
        scores[kind] = hit.sum() / max((rows["kind"] == kind).sum(), 1)
    footer = ~allowed & (one["outlet"] == other["outlet"]).to_numpy()
    pairs_of = rows["outlet"].value_counts()
    return {
        **scores,
        "precision": allowed.mean() if len(pairs) else 1.0,
        "false": int((~allowed).sum()),
        "footer only": int(footer.sum()),
        "footer only, share": footer.sum() / (pairs_of * (pairs_of - 1) / 2).sum(),
        "pairs": len(pairs),
    }


def quality_rows(folder: Path) -> pd.DataFrame:
    """Return the real articles of ``folder`` and their derivatives, with the gold event of each source."""
    real = planted.real_articles(folder)
    rows = planted.plant(real["words"].tolist(), [], planted.own_chain(folder))
    return rows.assign(event=real["event"].to_numpy()[rows["origin"]])


def wire_scores(base: pd.DataFrame, chain: planted.Chain, outlets: int) -> dict[str, float]:
    """Return how much of each wire stands in one family, and the intruders of these families."""
    rows = pd.concat([base, planted.wires(chain, outlets=outlets)], ignore_index=True)
    corpus = planted.as_corpus(rows)
    reuse = find_reuse(corpus)
    families = find_families(corpus, reuse).merge(rows[["article_id", "origin", "kind"]])
    sizes = families[families["kind"] == "wire"].groupby(["origin", "family_id"]).size()
    best = sizes.groupby("origin").idxmax().map(lambda pair: pair[1])
    held = families[families["family_id"].isin(best)]
    return {
        "wires": len(best),
        "found": sizes.groupby("origin").max().sum() / (rows["kind"] == "wire").sum(),
        "intruders": (held["kind"] != "wire").mean(),
        "pairs": int(reuse["article_id"].str.startswith("w").sum()),
    }


def measure(tool: str, path: Path) -> None:
    """Run one tool on saved rows and print its scores, CPU seconds and peak."""
    corpus = read_corpus(path)
    rows = pd.read_parquet(path, columns=["article_id", "outlet", "event", "origin", "kind"])
    start = process_time()
    pairs = TOOLS[tool](corpus)
    seconds = process_time() - start
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))[1]) / 2**20  # Linux
    print(json.dumps({"seconds": seconds, "GB": peak, **{k: float(v) for k, v in score(rows, pairs).items()}}))


def compared(rows: pd.DataFrame, tools: list[str]) -> None:
    """Print one line for each tool, each in a process of its own."""
    heads = ["CPU s", "articles/CPU s", "peak GB", *planted.KINDS, "precision", "false", "footer only (share)", "pairs"]
    print(f"\n{len(rows)} articles, median {int(rows['text'].str.split().str.len().median())} words\n")
    print(f"| tool | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        rows.to_parquet(path)
        for tool in tools:
            command = [sys.executable, __file__, "--measure", tool, "--rows", str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
            s = json.loads(done.stdout.splitlines()[-1])
            cells = [f"{s['seconds']:.1f}", f"{len(rows) / s['seconds']:.0f}", f"{s['GB']:.2f}"]
            cells += [f"{s[k]:.3f}" for k in planted.KINDS] + [f"{s['precision']:.4f}", f"{s['false']:.0f}"]
            cells += [f"{s['footer only']:.0f} ({s['footer only, share']:.5f})", f"{s['pairs']:.0f}"]
            print(f"| {tool} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--n", type=int, nargs="*", default=[100_000])
    parser.add_argument("--part", choices=["quality", "wires", "scale"])
    parser.add_argument("--tools", nargs="*", default=list(TOOLS))
    parser.add_argument("--measure", choices=list(TOOLS))
    parser.add_argument("--rows", type=Path)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.rows)
        return
    tools = [tool for tool in options.tools if tool == "framing" or importlib.util.find_spec(tool)]
    print(f"absent: {', '.join(set(options.tools) - set(tools)) or 'none'}")
    if options.part in (None, "quality"):
        compared(quality_rows(options.data), tools)
    chain = planted.own_chain(options.data)
    if options.part in (None, "wires"):
        base = quality_rows(options.data)
        for outlets in (300, planted.OUTLETS):
            scores = wire_scores(base, chain, outlets)
            print(f"\n3 wires x 300 copies over {outlets} outlets:", {k: round(float(v), 4) for k, v in scores.items()})
    if options.part in (None, "scale"):
        for n in options.n:
            compared(planted.stream(n, chain).assign(event=""), tools)


if __name__ == "__main__":
    main()
