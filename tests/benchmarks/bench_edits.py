"""Compare `framing.align.diff_words` with other differs on the gold of word edits: exact spans, types, CPU.

Run from the root of the repository, in an environment with the extra ``bench``::

    python tests/benchmarks/bench_edits.py

An edit counts when its operation and both ends on both sides equal those of a gold edit. All tools see the texts with
quotation marks and dashes in one shape, which the gold does not count as changes. What works on characters, or on
tokens with their white space, is read as the tokens of the gold that it leaves untouched; what lies between two such
tokens is one edit. Peers that are not installed are left out with a word.
"""

from __future__ import annotations

import difflib
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rapidfuzz.distance import Levenshtein

from framing.align import diff_passages, diff_words
from framing.reading import read_corpus
from framing.schema import make
from framing.text import same_glyphs, split_sentences

LABELS = {
    "brackets": ("(banned in Ruritania)", "(listed as a terrorist group)", "[outlawed by the court]"),
    "commas": (", outlawed in Ruritania,", ", which the court calls extremist,"),
    "dashes": ("— a designated group —",),
    "star": ("*",),
}
BESIDE = ((0, 0), (1, 0), (0, 1), (1, 1), (2, 1), (1, 2))  # words replaced before and after the label
GOLD = Path(__file__).parents[1] / "golden" / "edits.jsonl"
TOKEN = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:['’\-]\w+)*|[^\w\s]")

Span = tuple[int, int]
Edit = tuple[str, int, int, int, int]
Block = tuple[int, int, int]  # place in either text and length of what both have
Differ = Callable[[str, str], list[Edit]]


def one_shape(text: str) -> str:
    """The text with the marks that the gold does not tell apart in one shape, of the same length."""
    return re.sub(r"(?<!\S)-(?!\S)", "—", same_glyphs(text))


def token_spans(text: str) -> list[Span]:
    """Tokens as the gold cuts them."""
    return [m.span() for m in TOKEN.finditer(text)]


def on_characters(ours: list[Span], theirs: list[Span], op: Edit) -> Edit:
    """The same change in characters; where a side is empty, its place is the end of the token before."""
    _, i1, i2, j1, j2 = op
    kind = "insert" if i1 == i2 else "delete" if j1 == j2 else "replace"
    return (kind, *_ends(ours, i1, i2), *_ends(theirs, j1, j2))


def _ends(spans: list[Span], start: int, end: int) -> Span:
    if start < end:
        return spans[start][0], spans[end - 1][1]
    place = spans[start - 1][1] if start else 0
    return place, place


def between_blocks(text: str, other: str, blocks: list[Block]) -> list[Edit]:
    """Changes of tokens between those that lie in blocks of characters that both sides have."""
    ours, theirs = token_spans(text), token_spans(other)
    number = {span: j for j, span in enumerate(theirs)}
    edits, done, other_done = [], 0, 0
    place = iter(blocks)
    block = next(place, None)
    for i, (start, end) in enumerate([*ours, (len(text), len(text))]):
        while block and block[0] + block[2] < end:
            block = next(place, None)
        last = i == len(ours)
        shift = block[1] - block[0] if block else 0
        j = len(theirs) if last else number.get((start + shift, end + shift)) if block and block[0] <= start else None
        if j is None:
            continue
        if i > done or j > other_done:
            edits.append(on_characters(ours, theirs, ("", done, i, other_done, j)))
        done, other_done = i + 1, j + 1
    return edits


def framing_edits(text: str, other: str) -> list[Edit]:
    """The tool under test."""
    return [(e.operation, e.start, e.end, e.other_start, e.other_end) for e in diff_words(text, other)]


def difflib_tokens(text: str, other: str) -> list[Edit]:
    """Opcodes of `difflib` on the tokens of the gold."""
    ours, theirs = token_spans(text), token_spans(other)
    words, other_words = [text[a:b] for a, b in ours], [other[a:b] for a, b in theirs]
    opcodes = difflib.SequenceMatcher(None, words, other_words, autojunk=False).get_opcodes()
    return [on_characters(ours, theirs, op) for op in opcodes if op[0] != "equal"]


def difflib_characters(text: str, other: str) -> list[Edit]:
    """Opcodes of `difflib` on characters."""
    matcher = difflib.SequenceMatcher(None, text, other, autojunk=False)
    return between_blocks(text, other, list(map(tuple, matcher.get_matching_blocks())))


def levenshtein(text: str, other: str) -> list[Edit]:
    """Opcodes of `rapidfuzz` on the tokens of the gold, as they come."""
    ours, theirs = token_spans(text), token_spans(other)
    opcodes = Levenshtein.opcodes([text[a:b] for a, b in ours], [other[a:b] for a, b in theirs])
    return [
        on_characters(ours, theirs, (op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end))
        for op in opcodes
        if op.tag != "equal"
    ]


def _diff_match_patch() -> Differ:
    from diff_match_patch import diff_match_patch  # noqa: PLC0415

    tool = diff_match_patch()

    def differ(text: str, other: str) -> list[Edit]:
        diffs = tool.diff_main(text, other)
        tool.diff_cleanupSemantic(diffs)
        blocks, i, j = [], 0, 0
        for sign, part in diffs:
            if sign == 0:
                blocks.append((i, j, len(part)))
            i, j = i + len(part) * (sign <= 0), j + len(part) * (sign >= 0)
        return between_blocks(text, other, blocks)

    return differ


def _redlines() -> Differ:
    from redlines import Redlines  # noqa: PLC0415
    from redlines.processor import tokenize_text  # noqa: PLC0415

    def differ(text: str, other: str) -> list[Edit]:
        starts, other_starts = (_starts(tokenize_text(side)) for side in (text, other))
        return between_blocks(
            text,
            other,
            [
                (starts[i1], other_starts[j1], starts[i2] - starts[i1])
                for kind, i1, i2, j1, j2 in Redlines(text, other).opcodes
                if kind == "equal"
            ],
        )

    return differ


def _starts(tokens: list[str]) -> list[int]:
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token))
    return starts


def differs() -> Iterator[tuple[str, Differ]]:
    """All tools at hand."""
    yield "framing", framing_edits
    yield "difflib, tokens", difflib_tokens
    yield "difflib, characters", difflib_characters
    yield "rapidfuzz Levenshtein", levenshtein
    for name, build in {"diff-match-patch": _diff_match_patch, "redlines": _redlines}.items():
        try:
            yield name, build()
        except ImportError:
            click.echo(f"{name} is not installed: left out", err=True)


def gold_edits(row: dict[str, Any]) -> list[Edit]:
    """Edits of a gold row without their types."""
    return [(e["operation"], e["start"], e["end"], e["other_start"], e["other_end"]) for e in row["edits"]]


def counts(differ: Differ, rows: list[dict[str, Any]]) -> tuple[int, int, int, int]:
    """Exact, predicted and gold edits, and pairs that are right throughout."""
    hits = predicted = total = whole = 0
    for row in rows:
        found, gold = differ(one_shape(row["source"]), one_shape(row["other"])), gold_edits(row)
        hits, predicted, total = hits + len(set(found) & set(gold)), predicted + len(found), total + len(gold)
        whole += found == gold
    return hits, predicted, total, whole


def planted(data: Path) -> list[dict[str, Any]]:
    """Sentences of real articles with a label and replaced words beside it, planted between two words; seed fixed."""
    draw = random.Random(7)  # noqa: S311 - a benchmark
    texts = [json.loads(line)["text"] for line in (data / "events/g5.jsonl").read_text("utf-8").splitlines()]
    sentences = [text[a:b] for text in texts for a, b in split_sentences(text)]
    chosen = [s for s in sentences if "\n" not in s and "*" not in s and 10 <= len(token_spans(s)) <= 45]
    draw.shuffle(chosen)
    rows = []
    for sentence in chosen[:3000]:
        spans = token_spans(sentence)
        plain = [sentence[a:b].isalpha() for a, b in spans]
        places = [i for i in range(2, len(spans) - 3) if all(plain[i - 2 : i + 2])]
        if places:
            kind, (before, after) = draw.choice(list(LABELS)), draw.choice(BESIDE)
            rows.append(
                _with_label(sentence, spans, draw.choice(places), (kind, draw.choice(LABELS[kind]), before, after))
            )
    return rows


def _with_label(sentence: str, spans: list[Span], place: int, what: tuple[str, str, int, int]) -> dict[str, Any]:
    kind, label, before, after = what
    point = spans[place - 1][1]
    changes = [
        ("replace", spans[place - before][0], point, " ".join(["zq"] * before)) if before else None,
        ("insert", point, point, label),
        ("replace", spans[place][0], spans[place + after - 1][1], " ".join(["xq"] * after)) if after else None,
    ]
    other, done, edits = "", 0, []
    for operation, start, end, words in filter(None, changes):
        other += sentence[done:start] + (" " if operation == "insert" and words[0] not in ",*" else "")
        edits.append(
            {
                "operation": operation,
                "start": start,
                "end": end,
                "other_start": len(other),
                "other_end": len(other) + len(words),
            }
        )
        other, done = other + words, end
    return {"kind": kind, "source": sentence, "other": other + sentence[done:], "edits": edits}


def table_type(edit: dict[str, Any], source: str, other: str) -> str:
    """Type of a gold edit in the table ``edits``.

    The table names what is in brackets or starred by its form, places are names, and there are no labels, dates and
    sources, which other tables tell.
    """
    words = source[edit["start"] : edit["end"]] or other[edit["other_start"] : edit["other_end"]]
    if edit["operation"] != "replace" and words[0] in "([*":
        return "bracket"
    return {"place": "name", "label": "other", "date": "other", "attribution": "other"}.get(edit["type"], edit["type"])


def typed(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """For every gold edit whose spans are found: the type expected and the type given."""
    articles = [
        {"article_id": f"{row['id']}{side}", "outlet": side, "text": row[side]}
        for row in rows
        for side in ("source", "other")
    ]
    pairs = [
        {
            "passage_id": row["id"],
            "event_id": "e",
            "relation": "edited",
            "score": 1.0,
            "moved": False,
            "nearest": None,
            "article_id": f"{row['id']}source",
            "field": "text",
            "start": 0,
            "end": len(row["source"]),
            "surface": row["source"],
            "other_id": f"{row['id']}other",
            "other_field": "text",
            "other_start": 0,
            "other_end": len(row["other"]),
            "other_surface": row["other"],
        }
        for row in rows
    ]
    reuse = pd.DataFrame(
        [{"article_id": p["other_id"], "other_id": p["article_id"], "source_id": p["article_id"]} for p in pairs]
    )
    edits = diff_passages(read_corpus(pd.DataFrame(articles)), make("passages", pairs), reuse=reuse)
    keys = ("passage_id", "operation", "start", "end", "other_start", "other_end")
    given = dict(zip(zip(*(edits[c] for c in keys), strict=True), edits["type"], strict=True))
    return pd.DataFrame(
        [
            {"id": row["id"], "expected": table_type(e, row["source"], row["other"]), "given": given[row["id"], *edit]}
            for row in rows
            for e, edit in zip(row["edits"], gold_edits(row), strict=True)
            if (row["id"], *edit) in given
        ]
    )


def cpu_seconds(differ: Differ, pairs: list[tuple[str, str]]) -> float:
    """Best of three runs."""
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        for text, other in pairs:
            differ(text, other)
        best = min(best, time.process_time() - begin)
    return best


def long_pair(rows: list[dict[str, Any]], size: int) -> tuple[str, str]:
    """Sentences of the gold one after the other, up to so many tokens."""
    english = [row for row in rows if row["language"] == "en"] * (1 + size // 1000)
    lengths = pd.Series([len(token_spans(row["source"])) for row in english]).cumsum()
    chosen = english[: int((lengths <= size).sum())]
    return " ".join(row["source"] for row in chosen), " ".join(row["other"] for row in chosen)


def measured(name: str, differ: Differ, rows: list[dict[str, Any]]) -> dict[str, str]:
    """One row of the table of tools."""
    row = {"tool": name}
    for language in ("en", "ru", ""):
        part = [r for r in rows if language in ("", r["language"])]
        hits, predicted, total, whole = counts(differ, part)
        row[f"{language or 'all'}: P R F1"] = (
            f"{hits / max(predicted, 1):.3f} {hits / total:.3f} {2 * hits / (predicted + total):.3f}"
        )
    pairs = [(one_shape(r["source"]), one_shape(r["other"])) for r in rows]
    many = (pairs * (1 + 1000 // len(pairs)))[:1000]
    return row | {
        "pairs right": f"{whole} of {len(rows)}",
        "CPU s per 1,000 pairs": f"{cpu_seconds(differ, many):.3f}",
        "CPU ms at 800 tokens": f"{1000 * cpu_seconds(differ, [long_pair(rows, 800)]):.1f}",
    }


def print_table(rows: list[dict[str, str]]) -> None:
    """Print a Markdown table."""
    click.echo("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        click.echo("| " + " | ".join(row.values()) + " |")


def print_kinds(rows: list[dict[str, Any]], tools: dict[str, Differ]) -> None:
    """Print exact edits found and edits too many, by kind of pair and tool."""
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        kinds[row["kind"]].append(row)
    print_table([_of_kind(kind, part, tools) for kind, part in sorted(kinds.items())])


@click.command()
@click.option("--gold", type=click.Path(path_type=Path), default=GOLD, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--misses", is_flag=True, help="Print every pair on which framing differs from the gold.")
def main(gold: Path, data: Path, *, misses: bool) -> None:
    """Print the tables of tools, of kinds and of types."""
    rows = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
    tools = dict(differs())
    print_table([measured(name, differ, rows) for name, differ in tools.items()])
    click.echo("\nExact edits found and edits too many, by kind\n")
    print_kinds(rows, tools)
    if data.is_dir():
        click.echo("\nThe same for labels planted in sentences of real articles, by form\n")
        print_kinds(planted(data), tools)
    else:
        click.echo(f"no development data at {data}: planted labels are left out", err=True)
    types = typed(rows)
    right = types["expected"] == types["given"]
    click.echo(f"\nTypes of the {len(types)} edits found: {right.sum()} right\n")
    print_table(
        [
            {
                "type": str(expected),
                "right": f"{(part['given'] == expected).sum()} of {len(part)}",
                "given instead": ", ".join(
                    f"{n} {t}" for t, n in part["given"].value_counts().items() if t != expected
                ),
            }
            for expected, part in types.groupby("expected")
        ]
    )
    if misses and not right.all():
        click.echo("\n" + types[~right].to_string(index=False))
    for row in rows if misses else ():
        found, wanted = framing_edits(row["source"], row["other"]), gold_edits(row)
        if found != wanted:
            click.echo(f"\n{row['id']} {row['kind']}\n  {row['source']}\n  {row['other']}")
            for head, edits in (("gold", wanted), ("found", found)):
                for kind, a, b, c, d in edits:
                    click.echo(f"    {head}: {kind} {a} {row['source'][a:b]!r} {c} {row['other'][c:d]!r}")


def _of_kind(kind: str, part: list[dict[str, Any]], tools: dict[str, Differ]) -> dict[str, str]:
    row = {"kind": kind}
    for name, differ in tools.items():
        hits, predicted, total, _ = counts(differ, part)
        row[name] = f"{hits} of {total}, +{predicted - hits}"
    return row


if __name__ == "__main__":
    main()
