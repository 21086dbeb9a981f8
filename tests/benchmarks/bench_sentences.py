"""Compare `framing.split_sentences` with other splitters: exact spans, golden rules, speed, growth of time.

Run from the root of the repository, in an environment with the extra ``bench``::

    python tests/benchmarks/bench_sentences.py --data ../shared/data --pysbd ../pySBD

Every tool runs on the whole article and line by line. Spans of all tools are trimmed of white space; a predicted span
counts when both ends equal those of a gold span. Peers that are not installed are left out with a word, as are the
gold texts and the golden rules where they are absent.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pandas as pd

from framing.text import split_sentences

Span = tuple[int, int]
Splitter = Callable[[str], list[Span]]

GOLD = Path(__file__).parents[1] / "golden" / "sentences"
FILES = {"g5": "events/g5.jsonl", "basil": "events/basil.jsonl", "polnear": "sourcing/polnear.jsonl"}
SIZES = (50_000, 500_000, 5_000_000)
PATIENCE = 60.0  # seconds; a longer run, as forecast from the one before, is not started
HOSTILE = ("(", "([", ". ", "a.b.c.", '".', "? a", '." ', "1. ", "Mr. ", "A. ", "«", "\n", "x", "…", "…)", "(. A")


def plain_pattern(text: str) -> list[Span]:
    """Stops, white space, a capital: the baseline."""
    cuts = [m.end() for m in re.finditer(r"[.!?]+(?=\s+[A-Z])", text)]
    return list(zip([0, *cuts], [*cuts, len(text)], strict=True))


def peers(language: str) -> Iterator[tuple[str, Splitter]]:
    """The splitters at hand, each set to the language if it knows languages."""
    yield "framing", split_sentences
    yield "plain pattern", plain_pattern
    for name, build in {"nupunkt": _nupunkt, "blingfire": _blingfire, "syntok": _syntok, "pysbd": _pysbd}.items():
        try:
            yield name, build(language)
        except ImportError:
            click.echo(f"{name} is not installed: left out", err=True)


def _nupunkt(_: str) -> Splitter:
    import nupunkt  # noqa: PLC0415

    return nupunkt.sent_spans


def _blingfire(_: str) -> Splitter:
    import blingfire  # noqa: PLC0415

    return lambda text: blingfire.text_to_sentences_and_offsets(text)[1] if text.strip() else []


def _syntok(_: str) -> Splitter:
    from syntok import segmenter  # noqa: PLC0415

    return lambda text: [
        (sentence[0].offset, sentence[-1].offset + len(sentence[-1].value))
        for paragraph in segmenter.process(text)
        for sentence in paragraph
    ]


def _pysbd(language: str) -> Splitter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in its patterns
        import pysbd  # noqa: PLC0415

    # The nearest of the languages that it has.
    spoken = {"uk": "ru", "tr": "en"}.get(language, language)
    segmenter = pysbd.Segmenter(language=spoken, clean=False, char_span=True)
    return lambda text: [(span.start, span.end) for span in segmenter.segment(text)]


def trimmed(text: str, spans: list[Span]) -> list[Span]:
    """The spans without white space at their ends; empty ones fall away."""
    kept = []
    for start, end in spans:
        piece = text[start:end]
        left, right = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if left < right:
            kept.append((left, right))
    return kept


def by_line(splitter: Splitter) -> Splitter:
    """The same splitter, given one line at a time."""

    def split(text: str) -> list[Span]:
        return [
            (line.start() + start, line.start() + end)
            for line in re.finditer(r"[^\r\n]+", text)
            for start, end in splitter(line.group())
        ]

    return split


def score(counts: tuple[int, int, int]) -> str:
    """Precision, recall and F1 of hits, predicted and gold spans."""
    hits, predicted, gold = counts
    return f"{hits / max(predicted, 1):.3f} {hits / max(gold, 1):.3f} {2 * hits / max(predicted + gold, 1):.3f}"


Segment = tuple[str, str, list[Span]]  # part, article text, gold spans


def english_segments(data: Path) -> list[Segment]:
    """The labelled paragraphs of the English gold, each with the article that it stands in."""
    rows = {name: (data / file).read_text("utf-8").splitlines() for name, file in FILES.items()}
    segments = []
    for _, lines in pd.read_csv(GOLD / "english.csv").groupby("segment"):
        first = lines.iloc[0]
        text = json.loads(rows[first["set"]][first["row"]])["text"]
        if hashlib.sha256(text.encode()).hexdigest() != first["text_sha256"]:
            raise click.ClickException(f"{first['set']} row {first['row']} is not the text that was labelled.")
        segments.append((first["part"], text, list(zip(lines["start"], lines["end"], strict=True))))
    return segments


def english_counts(splitter: Splitter, segments: list[Segment]) -> dict[str, tuple[int, int, int]]:
    """Hits, predicted and gold spans per part; predicted spans count where they touch a labelled paragraph."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    cache: dict[str, list[Span]] = {}
    for part, text, gold in segments:
        if text not in cache:
            cache[text] = trimmed(text, splitter(text))
        found = {(start, end) for start, end in cache[text] if start < gold[-1][1] and end > gold[0][0]}
        for key in (part, "A+B"):
            for k, n in enumerate((len(found & set(gold)), len(found), len(gold))):
                counts[key][k] += n
    return {key: (n[0], n[1], n[2]) for key, n in counts.items()}


def constructed_counts(splitter: Splitter, passages: list[dict[str, object]]) -> tuple[int, int, int]:
    """Hits, predicted and gold spans of the constructed passages."""
    hits = predicted = total = 0
    for passage in passages:
        text = str(passage["text"])
        found, gold = set(trimmed(text, splitter(text))), gold_spans(text, passage["sentences"])
        hits, predicted, total = hits + len(found & gold), predicted + len(found), total + len(gold)
    return hits, predicted, total


def gold_spans(text: str, sentences: list[str]) -> set[Span]:
    """Where the sentences stand, in their order."""
    spans, done = set(), 0
    for sentence in sentences:
        start = text.index(sentence, done)
        done = start + len(sentence)
        spans.add((start, done))
    return spans


def golden_rules(checkout: Path) -> list[tuple[str, list[str]]]:
    """pysbd's list of rules, read as data from a checkout of it."""
    tree = ast.parse((checkout / "benchmarks" / "english_golden_rules.py").read_text("utf-8"))
    return next(ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign))


def kept_rules(splitter: Splitter, rules: list[tuple[str, list[str]]]) -> int:
    """How many rules come out exactly."""
    return sum([text[a:b] for a, b in trimmed(text, splitter(text))] == expected for text, expected in rules)


def seconds(splitter: Splitter, text: str) -> float:
    """Best of three runs, of one if it is slow."""
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        splitter(text)
        best = min(best, time.perf_counter() - begin)
        if best > 2:
            break
    return best


def growth(splitter: Splitter, news: str) -> list[float | None]:
    """Seconds for each of `SIZES` characters, None where the time before forbids the next."""
    times: list[float | None] = []
    for size in SIZES:
        too_long = bool(times) and (times[-1] is None or times[-1] * 10 > PATIENCE)
        times.append(None if too_long else seconds(splitter, (news * (size // len(news) + 1))[:size]))
    return times


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option(
    "--pysbd", "checkout", type=click.Path(path_type=Path), default=lambda: os.environ.get("FRAMING_PYSBD", "")
)
@click.option("--times/--no-times", default=True, help="Measure speed as well.")
def main(data: Path, checkout: Path, *, times: bool) -> None:
    """Print one table of all tools."""
    segments = english_segments(data) if data.is_dir() else []
    passages: dict[str, list[dict[str, object]]] = defaultdict(list)
    if (GOLD / "constructed.jsonl").is_file():
        for line in (GOLD / "constructed.jsonl").read_text("utf-8").splitlines():
            passages[json.loads(line)["language"]].append(json.loads(line))
    rules_file = checkout / "benchmarks" / "english_golden_rules.py"
    rules = golden_rules(checkout) if rules_file.is_file() else []
    if not segments:
        click.echo(f"no development data at {data}: the English gold is left out", err=True)
    if not rules:
        click.echo(f"no checkout of pySBD at '{checkout}': the golden rules are left out", err=True)
    news = "\n".join(dict.fromkeys(text for _, text, _ in segments))
    rows = []
    for name, splitter in peers("en"):
        for form, split in (("whole", splitter), ("by line", by_line(splitter))):
            if name == "framing" and form == "by line":
                continue  # the same by definition, and tested
            row: dict[str, object] = {"tool": name, "input": form}
            if segments:
                counts = english_counts(split, segments)
                row |= {f"{part} P R F1": score(counts[part]) for part in ("A", "B", "A+B")}
            if rules:
                row[f"golden/{len(rules)}"] = kept_rules(split, rules)
            for language, held in passages.items():
                spoken = by_line(dict(peers(language))[name]) if form == "by line" else dict(peers(language))[name]
                hits, predicted, gold = constructed_counts(spoken, held)
                row[language] = f"{2 * hits / max(predicted + gold, 1):.3f}"
            if news and times:
                took = growth(split, news)
                row |= {f"s/{size}": "-" if t is None else f"{t:.2f}" for size, t in zip(SIZES, took, strict=True)}
                size, last = max((s, t) for s, t in zip(SIZES, took, strict=True) if t is not None)
                row["Mchar/s"] = f"{size / last / 1e6:.2f}"
            rows.append(row)
            click.echo(" | ".join(f"{key} {value}" for key, value in row.items()), err=True)
    click.echo(pd.DataFrame(rows).to_markdown(index=False) if _has_tabulate() else pd.DataFrame(rows).to_string())
    if times:
        for unit in HOSTILE:
            small, large = (seconds(split_sentences, unit * (size // len(unit))) for size in (100_000, 1_000_000))
            click.echo(f"hostile {unit!r}: {small:.3f} s for 100,000 characters, {large:.3f} s for 1,000,000")


def _has_tabulate() -> bool:
    try:
        import tabulate  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    main()
