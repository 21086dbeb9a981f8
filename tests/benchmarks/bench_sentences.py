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
import re
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pandas as pd

from framing.text import split_sentences

Span = tuple[int, int]
Splitter = Callable[[str], list[Span]]

GOLD = Path(__file__).parents[1] / "golden" / "sentences"
FILES = {"g5": "events/g5.jsonl", "basil": "events/basil.jsonl", "polnear": "sourcing/polnear.jsonl"}
RULES = Path("benchmarks/english_golden_rules.py")
SIZES = (50_000, 500_000, 5_000_000)
PATIENCE = 60.0  # seconds; a longer run, as forecast from the one before, is not started
HOSTILE = (
    "(",
    "([",
    ". ",
    "a.b.c.",
    '".',
    "? a",
    '." ',
    "1. ",
    "Mr. ",
    "A. ",
    "a. b. ",
    "«",
    "\n",
    "x",
    "…",
    "…)",
    "(. A",
)


def plain_pattern(text: str) -> list[Span]:
    """Stops and closing marks, white space, opening marks and a capital: the baseline."""
    cuts = [m.end() for m in re.finditer(r"[.!?]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[A-ZÀ-ÞА-ЯЁІЇЄ])", text)]
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
    tree = ast.parse((checkout / RULES).read_text("utf-8"))
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


@dataclass(frozen=True)
class Gold:
    """What the tools are compared on; a part that is absent is empty."""

    segments: list[Segment]
    passages: dict[str, list[dict[str, object]]]
    rules: list[tuple[str, list[str]]]

    @classmethod
    def read(cls, data: Path, checkout: Path) -> Gold:
        """Read all that is at hand, and say what is not."""
        passages: dict[str, list[dict[str, object]]] = defaultdict(list)
        for line in (GOLD / "constructed.jsonl").read_text("utf-8").splitlines():
            passages[json.loads(line)["language"]].append(json.loads(line))
        if not data.is_dir():
            click.echo(f"no development data at {data}: the English gold and all times are left out", err=True)
        has_rules = (checkout / RULES).is_file()
        if not has_rules:
            click.echo(f"no checkout of pySBD at '{checkout}': the golden rules are left out", err=True)
        return cls(
            english_segments(data) if data.is_dir() else [], passages, golden_rules(checkout) if has_rules else []
        )

    @property
    def news(self) -> str:
        """All articles of the English gold, one after the other."""
        return "\n".join(dict.fromkeys(text for _, text, _ in self.segments))


def measured(name: str, form: str, gold: Gold, *, times: bool) -> dict[str, str]:
    """One row of the table."""

    def of(language: str) -> Splitter:
        splitter = dict(peers(language))[name]
        return by_line(splitter) if form == "by line" else splitter

    english = of("en")
    row = {"tool": name, "input": form}
    if gold.segments:
        counts = english_counts(english, gold.segments)
        row |= {f"{part}: P R F1": score(counts[part]) for part in ("A", "B", "A+B")}
    for language, passages in gold.passages.items():
        row[language] = score(constructed_counts(of(language), passages)).split()[-1]
    if gold.rules:
        row["golden rules"] = f"{kept_rules(english, gold.rules)} of {len(gold.rules)}"
    if gold.segments and times:
        took = growth(english, gold.news)
        row |= {f"s at {size:,}": "-" if t is None else f"{t:.3f}" for size, t in zip(SIZES, took, strict=True)}
        size, last = [(size, t) for size, t in zip(SIZES, took, strict=True) if t is not None][-1]
        row["Mchar/s"] = f"{size / last / 1e6:.2f}"
    return row


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--pysbd", "checkout", type=click.Path(path_type=Path), envvar="FRAMING_PYSBD", default=Path("../pySBD"))
@click.option("--times/--no-times", default=True, help="Measure speed as well.")
def main(data: Path, checkout: Path, *, times: bool) -> None:
    """Print one table of all tools, then the times of hostile texts."""
    gold = Gold.read(data, checkout)
    forms = [(name, form) for name, _ in peers("en") for form in ("whole text", "by line")]
    forms.remove(("framing", "by line"))  # the same by definition, and tested
    rows = [measured(name, form, gold, times=times) for name, form in forms]
    click.echo("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        click.echo("| " + " | ".join(row.values()) + " |")
    for unit in HOSTILE if times else ():
        small, large = (seconds(split_sentences, unit * (size // len(unit))) for size in (100_000, 1_000_000))
        click.echo(f"hostile {unit!r}: {small:.3f} s for 100,000 characters, {large:.3f} s for 1,000,000")


if __name__ == "__main__":
    main()
