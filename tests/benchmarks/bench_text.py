"""Measure `framing.text`: characters a second of every step, quotations on PolNeAR and on the constructed passages.

Run from the root of the repository, in an environment with the extra ``dev``::

    python tests/benchmarks/bench_text.py --data ../shared/data

Without the development data, the demonstration corpus is timed and PolNeAR is left out with a word. The figures of
quotations are those that `tests/text/test_quotations.py` holds to floors.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pandas as pd

from framing.reading import Corpus, read_corpus
from framing.text import (
    find_datelines,
    find_quotations,
    find_sentences,
    mask_spans,
    masked_texts,
    split_quotations,
    split_sentences,
    tokenize,
)

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "golden" / "quotations.jsonl"
DEMONSTRATION = ROOT / "corpora" / "kabul-2021" / "corpus.toml"
NEWS = ("events/g5.jsonl", "events/basil.jsonl", "sourcing/polnear.jsonl")
NEAR = 2  # characters by which an end may miss
LONG = 4  # words
_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_MARKED = re.compile(r"(?:\"|“|''|``).*(?:\"|”|'')", re.DOTALL)
_MARK = re.compile(r"\"|“|”|''|``")
_DOUBLE = re.compile(r"[“”„«»]|''(?!')")


# --- PolNeAR -------------------------------------------------------------------------------------------------------


def polnear_scores(path: Path) -> pd.DataFrame:
    """Count gold contents that are found, and long quotations that are attributed, by split and outlet.

    Gold are the distinct content spans, of any annotator of a text, that begin and end with a double mark. One is
    found if a quotation has both its ends, give or take two characters. A content that holds several quotations
    (``"A," he said, "B"`` annotated as one) counts in ``gold`` and is no quotation of ours, hence never found;
    ``single`` counts those with two marks alone. ``chains`` are contents not found of which one quotation has the
    start and another the end.
    """
    rows = pd.read_json(path, lines=True)
    texts = rows.drop_duplicates("text").reset_index(drop=True)
    texts = texts.assign(article_id=[f"p{k:04d}" for k in range(len(texts))])
    corpus = read_corpus(texts[["article_id", "outlet", "text"]])
    found = _source_spans(corpus)
    annotated = dict(iter(rows.groupby("text", sort=False)["attributions"]))
    tallies = [
        {"split": split, "outlet": outlet, **_tally(text, annotated[text], found.get(article, []))}
        for article, text, split, outlet in texts[["article_id", "text", "split", "outlet"]].itertuples(index=False)
    ]
    return pd.DataFrame(tallies).groupby(["split", "outlet"]).sum()


def _source_spans(corpus: Corpus) -> dict[str, list[tuple[int, int]]]:
    """Quotations of the texts as they were read, before NFC."""
    spans = defaultdict(list)
    for article, name, start, end in find_quotations(corpus)[["article_id", "field", "start", "end"]].itertuples(
        index=False
    ):
        if name == "text":
            spans[article].append(corpus.to_source_offsets(article, name, start, end))
    return spans


def _tally(text: str, annotations: list[list[dict]], found: list[tuple[int, int]]) -> dict[str, int]:
    contents = {(a, b) for attributions in annotations for one in attributions for a, b, *_ in one["content"]}
    gold = [(a, b) for a, b in sorted(contents) if _MARKED.fullmatch(text[a:b])]
    near = [any(abs(a - c) <= NEAR and abs(b - d) <= NEAR for c, d in found) for a, b in gold]
    single = [len(_MARK.findall(text[a:b])) == 2 for a, b in gold]
    chained = [any(abs(a - c) <= NEAR for c, _ in found) and any(abs(b - d) <= NEAR for _, d in found) for a, b in gold]
    long = [(c, d) for c, d in found if len(_WORD.findall(text[c:d])) >= LONG]
    return {
        "gold": len(gold),
        "found": sum(near),
        "single": sum(single),
        "single_found": sum(one and hit for one, hit in zip(single, near, strict=True)),
        "chains": sum(not hit and chain for hit, chain in zip(near, chained, strict=True)),
        "long": len(long),
        "attributed": sum(any(a < d and c < b for a, b in contents) for c, d in long),
    }


def _polnear_table(scores: pd.DataFrame) -> str:
    parts = [("all", scores.sum())]
    parts += [(split, rows.sum()) for split, rows in scores.groupby("split")]
    parts += [(outlet, rows.sum()) for outlet, rows in scores.groupby("outlet")]
    return _markdown(
        ["part", "gold", "found", "single", "found", "first and last found", "long", "attributed"],
        [
            [
                part,
                s["gold"],
                f"{s['found'] / s['gold']:.4f}",
                s["single"],
                f"{s['single_found'] / s['single']:.4f}",
                s["chains"],
                s["long"],
                f"{s['attributed'] / s['long']:.4f}",
            ]
            for part, s in parts
        ],
    )


def glyph_difference(path: Path, opening: str, closing: str) -> tuple[float, int]:
    """Share of zones that change when curly marks are typed differently, and the number of zones.

    Of articles without other double marks; zones are compared by kind and words, with all double marks made one.
    """
    texts = pd.read_json(path, lines=True)["text"].drop_duplicates()
    changed = zones = 0
    for text in texts[texts.str.contains("“") & ~texts.str.contains("\"|''|[«»„]")]:
        other = text.replace("“", opening).replace("”", closing)
        one, two = (
            Counter((kind, _DOUBLE.sub('"', t[a:b])) for a, b, kind in split_quotations(t)) for t in (text, other)
        )
        changed += ((one | two) - (one & two)).total()
        zones += (one | two).total()
    return changed / zones, zones


def _glyph_table(path: Path) -> str:
    pairs = {"straight": '""', "two apostrophes": ("''", "''"), "guillemets": "«»", "low-high": "„“"}
    rows = [[name, *glyph_difference(path, *pair)] for name, pair in pairs.items()]
    return _markdown(["typed as", "zones changed", "zones"], [[name, f"{s:.4f}", n] for name, s, n in rows])


# --- constructed passages ------------------------------------------------------------------------------------------


def gold_scores() -> pd.DataFrame:
    """Count right, predicted and gold spans per passage of ``tests/golden/quotations.jsonl``: ends and kind exact.

    ``typed`` counts outermost spans with their kind, ``spans`` without.
    """
    rows = []
    for line in GOLD.read_text("utf-8").splitlines():
        passage = json.loads(line)
        gold = {(q["start"], q["end"], q["kind"]) for q in passage["quotations"] if q["depth"] == 0}
        found = set(split_quotations(passage["text"]))
        untyped = [{zone[:2] for zone in zones} for zones in (gold, found)]
        rows += [
            {"id": passage["id"], "language": passage["language"], "kind": kind, **counts}
            for kind, counts in [
                ("spans", _counts(*untyped)),
                *((k, _counts(_of(gold, k), _of(found, k))) for k in ("direct", "partial", "unclosed")),
            ]
        ]
    return pd.DataFrame(rows)


def _of(zones: set[tuple[int, int, str]], kind: str) -> set[tuple[int, int, str]]:
    return {zone for zone in zones if zone[2] == kind}


def _counts(gold: set, found: set) -> dict[str, int]:
    return {"right": len(gold & found), "predicted": len(found), "gold": len(gold)}


def figures(counts: pd.Series) -> tuple[float, float, float]:
    """Precision, recall and F1; 1 where nothing was to be found and nothing was."""
    precision = counts["right"] / counts["predicted"] if counts["predicted"] else 1.0
    recall = counts["right"] / counts["gold"] if counts["gold"] else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _gold_table(scores: pd.DataFrame) -> str:
    numbers = ["right", "predicted", "gold"]
    spans = scores[scores["kind"] == "spans"]
    parts = [("all", spans[numbers].sum())]
    parts += [(language, rows[numbers].sum()) for language, rows in spans.groupby("language")]
    parts += [(kind, rows[numbers].sum()) for kind, rows in scores.groupby("kind") if kind != "spans"]
    typed = scores[scores["kind"] != "spans"]
    parts.append(("all, with kind", typed[numbers].sum()))
    table = [[part, *counts, *(f"{x:.3f}" for x in figures(counts))] for part, counts in parts]
    return _markdown(["part", *numbers, "P", "R", "F1"], table)


# --- speed ---------------------------------------------------------------------------------------------------------


def news(data: Path) -> tuple[Corpus, str]:
    """News of the development data, else the demonstration corpus."""
    paths = [data / name for name in NEWS if (data / name).is_file()]
    if not paths:
        return read_corpus(DEMONSTRATION), "demonstration corpus"
    frames = [pd.read_json(path, lines=True, dtype=False) for path in paths]
    rows = pd.concat([frame[["outlet", "text"]] for frame in frames]).drop_duplicates("text").dropna()
    rows = rows.assign(article_id=[f"n{k:05d}" for k in range(len(rows))])
    return read_corpus(rows), ", ".join(path.stem for path in paths)


def _steps(corpus: Corpus) -> Iterator[tuple[str, Callable[[], object], str]]:
    texts = list(corpus.texts().values())
    found = find_quotations(corpus)
    yield "split_quotations", lambda: [split_quotations(text) for text in texts], ""
    yield "find_quotations", lambda: find_quotations(corpus), ""
    yield "split_sentences", lambda: [split_sentences(text) for text in texts], ""
    yield "find_sentences", lambda: find_sentences(corpus), ""
    yield "find_datelines", lambda: find_datelines(corpus), ""
    yield "tokenize", lambda: tokenize(texts), _beside(texts)
    yield (
        "mask_spans, masked_texts",
        lambda: masked_texts(corpus, mask_spans(found, "quotation")),
        f"{len(found)} masks",
    )


def _beside(texts: list[str]) -> str:
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415

    analyse = CountVectorizer().build_analyzer()
    return f"CountVectorizer's analyzer {_seconds(lambda: [analyse(text) for text in texts]):.2f} s"


def _seconds(step: Callable[[], object], repeats: int = 3) -> float:
    """CPU seconds, best of some runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return min(times)


def _speed_table(corpus: Corpus) -> str:
    size = sum(map(len, corpus.texts().values()))
    rows = []
    for step, run, beside in _steps(corpus):
        seconds = _seconds(run)
        rows.append([step, f"{size / seconds / 1e6:.1f} M", f"{seconds:.3f}", beside])
    return _markdown(["step", "characters/s", "CPU s", "beside"], rows)


def _markdown(header: list[str], rows: list[list[object]]) -> str:
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [header, ["---"] * len(header), *rows])


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=ROOT.parent / "shared" / "data", show_default=True)
def main(data: Path) -> None:
    """Print the tables."""
    corpus, name = news(data)
    click.echo(f"{len(corpus)} articles, {sum(map(len, corpus.texts().values()))} characters: {name}\n")
    click.echo(_speed_table(corpus))
    polnear = data / "sourcing" / "polnear.jsonl"
    if polnear.is_file():
        click.echo("\nPolNeAR\n\n" + _polnear_table(polnear_scores(polnear)))
        click.echo("\nCurly marks typed differently\n\n" + _glyph_table(polnear))
    else:
        click.echo("\nPolNeAR is not here: left out")
    click.echo("\nConstructed passages\n\n" + _gold_table(gold_scores()))


if __name__ == "__main__":
    main()
