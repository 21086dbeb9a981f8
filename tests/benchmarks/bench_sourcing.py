"""Speakers, reporting verbs, indirect speech and agency credits on PolNeAR, beside simple baselines.

    python tests/benchmarks/bench_sourcing.py [--data ../shared/data] [--split dev] [--show missed]

``sourcing/polnear.jsonl`` holds articles with attributions, each with lists of ``source, cue, content`` spans. Every
annotation counts by itself: an article with two annotators counts twice, and is scored against each.

A quotation's gold attributions are those whose content covers half of it. The speaker is right when it overlaps one of
their sources; also when who passes it on does ("…," Lund said, according to the Courier: the gold has the Courier). The
verb is right when it overlaps the cue of an attribution whose source the speaker overlaps. Precision is over quotations
with a speaker, recall over quotations with a gold source; quotations of fewer than four words are counted apart.

Indirect speech: the verb of a row is right when it overlaps a gold cue; its source when it overlaps the source of that
attribution; its content likewise. Precision is over rows without quotation marks in their content, recall over gold
attributions without quotation marks that have a source and a content.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import framing as fr
from framing.reading import Corpus
from framing.stats import wilson_interval

Span = tuple[int, int]
_AGENCIES = {"ap": "ap", "afp": "afp", "upi": "upi", "reuters": "reuters"}
_SHOWN = 12


def rows_of(path: Path, split: str) -> list[dict[str, Any]]:
    """Annotations of one part, with a key of their own."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row | {"key": f"{k:04d}"} for k, row in enumerate(rows) if row["split"] == split]


def corpus_of(rows: Sequence[Mapping[str, Any]]) -> Corpus:
    """Annotations as articles: offsets count the texts as they are."""
    frame = [
        {"article_id": r["key"], "outlet": r["outlet"], "title": "", "text": r["text"], "language": "en"} for r in rows
    ]
    return Corpus(pd.DataFrame(frame))


def span_of(row: Any, name: str) -> Span | None:
    """Span of a part of a table's row."""
    start = getattr(row, f"{name}_start")
    return None if pd.isna(start) else (int(start), int(getattr(row, f"{name}_end")))


def overlaps(span: Span | None, spans: Iterable[Sequence[int]]) -> bool:
    """Whether a span shares a character with one of several."""
    return span is not None and any(span[0] < end and start < span[1] for start, end in spans)


def gold_of(row: Mapping[str, Any], start: int, end: int) -> list[dict[str, Any]]:
    """Attributions whose content covers half of a quotation."""
    half = (end - start) / 2
    return [
        one
        for one in row["attributions"]
        if sum(max(0, min(end, b) - max(start, a)) for a, b in one["content"]) >= half
    ]


# The baseline: names, pronouns and short noun phrases beside one of a few dozen verb forms, by regular expression.

_VERBS = (
    "said|says|say|told|tells|asked|asks|added|adds|wrote|writes|replied|replies|explained|explains|noted|notes|argued|"
    "argues|claimed|claims|insisted|insists|stated|states|declared|declares|announced|announces|admitted|admits|"
    "acknowledged|warned|warns|continued|continues|tweeted|tweets|concluded|concludes|recalled|recalls|observed|"
    "remarked|quipped|joked|responded|responds|answered|suggested|suggests|predicted|complained|pointed out|"
    "points out|conceded|confirmed|urged|promised|vowed|testified|according to|asserted|contended|reported"
)
_NAME = (
    r"(?:[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,5}|he|she|they|it|we|I|who|(?:the|a|an|one|another) [a-z][\w' -]{2,40}?)"
)
_AFTER = re.compile(rf"[\s,]*(?:(?P<s>{_NAME}) (?:\w+ly )?(?P<v>{_VERBS})\b|(?P<w>{_VERBS}) (?P<t>{_NAME}))")
_AHEAD = re.compile(rf"(?P<s>\b{_NAME}) (?:\w+ly )?(?P<v>{_VERBS})(?: that)?[\s,:]*\Z")


def baseline(text: str, quotes: Sequence[tuple[int, int, str]], *, carry: bool) -> list[tuple[Span, Span] | None]:
    """Speaker and verb beside each quotation; with carry the last speaker at most two line feeds back."""
    found: list[tuple[Span, Span] | None] = []
    last, last_end = None, 0
    for start, end, _ in quotes:
        match = _AFTER.match(text, end) or _AHEAD.search(text, max(0, start - 80), start)
        pair = None
        if match:
            source = "s" if match["s"] else "t"
            pair = match.span(source), match.span("v" if source == "s" else "w")
            last, last_end = pair, end
        elif carry and last and text.count("\n", last_end, start) <= 2:
            pair = last
        found.append(pair)
    return found


def _speakers(tables: pd.DataFrame) -> dict[tuple[str, int], tuple[Span | None, Span | None, str, Span | None]]:
    return {
        (r.article_id, r.start): (span_of(r, "speaker"), span_of(r, "verb"), r.resolved, span_of(r, "via"))
        for r in tables.itertuples(index=False)
    }


def score_speakers(
    rows: Sequence[Mapping[str, Any]], quotations: pd.DataFrame, found: Mapping[tuple[str, int], Any]
) -> tuple[dict[str, Counter[str]], dict[str, list[str]]]:
    """Counts per group of quotations, and lines to read."""
    by_key = {row["key"]: row for row in rows}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    lines: dict[str, list[str]] = defaultdict(list)
    for q in quotations.itertuples(index=False):
        row = by_key[q.article_id]
        gold = gold_of(row, q.start, q.end)
        sources = [span for one in gold for span in one["source"]]
        speaker, verb, how, via = found.get((q.article_id, q.start), (None, None, "unresolved", None))
        right = overlaps(speaker, sources) or overlaps(via, sources)
        cues = [span for one in gold if overlaps(speaker, one["source"]) for span in one["cue"]]
        groups = ["short"] if q.kind == "partial" else ["all", *(["beside"] if how != "carry" else [])]
        for group in [*groups, *([] if q.kind == "partial" else [how])]:
            counts[group].update(
                n=1,
                gold=bool(sources),
                found=int(speaker is not None),
                right=right,
                spoken=overlaps(speaker, sources),
                verb=overlaps(verb, cues),
            )
        kind = "right" if right else "false" if speaker else "missed" if sources else "none"
        shown = row["text"][max(0, q.start - 150) : q.end + 100]
        lines[kind].append(
            f"{q.article_id} {how} {speaker and row['text'][slice(*speaker)]!r} gold "
            f"{[row['text'][a:b] for a, b in sources][:3]}: {shown!r}"
        )
    return counts, lines


def _share(right: int, n: int) -> str:
    if not n:
        return "–"
    low, high = wilson_interval([right], [n])
    return f"{right / n:.3f} [{low[0]:.3f}, {high[0]:.3f}]"


def speaker_lines(name: str, counts: Mapping[str, Counter[str]]) -> Iterable[str]:
    """Markdown lines of one method."""
    order = ["beside", "all", "short", "adjacency", "title", "pronoun", "carry", "nested"]
    for group in [g for g in order if counts[g]["found"]]:
        c, gold = counts[group], counts["short" if group == "short" else "all"]["gold"]
        yield (
            f"| {name} | {group} | {c['found']} | {_share(c['right'], c['found'])} | {_share(c['right'], gold)} | "
            f"{_share(c['verb'], c['spoken'])} |"
        )


Speech = tuple[Span, Span, Span | None]  # source, verb, content

_SAID = re.compile(rf"(?P<s>\b{_NAME}) (?:\w+ly |has |have |had |also |later ){{0,2}}(?P<v>{_VERBS})\b(?P<c>[^.\n]*)")
_TOLD = re.compile(rf"(?P<c>[^.\n]*), (?:(?P<v>{_VERBS}) (?P<s>{_NAME})|(?P<t>{_NAME}) (?P<w>{_VERBS})\b)")
_QUOTED = re.compile("[\"“”]|''")


def baseline_speech(text: str) -> list[Speech]:
    """Name, pronoun or short noun phrase beside a verb, and the rest of the sentence; or all before ``, said X``."""
    found = {m.span("v"): (m.span("s"), m.span("v"), m.span("c")) for m in _SAID.finditer(text)}
    for m in _TOLD.finditer(text):
        source, verb = ("s", "v") if m["s"] else ("t", "w")
        found.setdefault(m.span(verb), (m.span(source), m.span(verb), m.span("c")))
    return list(found.values())


def score_speech(rows: Sequence[Mapping[str, Any]], found: Mapping[str, Sequence[Speech]]) -> Counter[str]:
    """Counts for precision (of rows without quotation marks) and recall (of gold without them), by part."""
    counts: Counter[str] = Counter()
    for row in rows:
        text, speech = row["text"], found.get(row["key"], [])
        for one in speech:
            if one[2] and _QUOTED.search(text, *one[2]):
                continue
            hits = [gold for gold in row["attributions"] if overlaps(one[1], gold["cue"])]
            counts.update(rows=1, **{f"{part}_p": any(right) for part, right in _parts(one, hits)})
        for gold in row["attributions"]:
            if not gold["source"] or not gold["content"] or any(_QUOTED.search(text, *c) for c in gold["content"]):
                continue
            near = [one for one in speech if overlaps(one[1], gold["cue"])]
            parts = [dict(_parts(one, [gold])) for one in near]
            counts.update(gold=1, **{f"{part}_r": any(any(p[part]) for p in parts) for part in _PARTS})
    return counts


_PARTS = ("verb", "source", "content")


def _parts(one: Speech, golds: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, list[bool]]]:
    source = [overlaps(one[0], gold["source"]) for gold in golds]
    yield "verb", [True] * len(golds)
    yield "source", source
    yield "content", [s and overlaps(one[2], gold["content"]) for s, gold in zip(source, golds, strict=True)]


def speech_lines(name: str, counts: Counter[str]) -> Iterable[str]:
    """Markdown lines of one method."""
    for part in _PARTS:
        precision, recall = counts[f"{part}_p"] / counts["rows"], counts[f"{part}_r"] / counts["gold"]
        f1 = 2 * precision * recall / (precision + recall)
        yield (
            f"| {name} | {part} | {counts['rows']} | {_share(counts[f'{part}_p'], counts['rows'])} | "
            f"{_share(counts[f'{part}_r'], counts['gold'])} | {f1:.3f} |"
        )


def score_agencies(rows: Sequence[Mapping[str, Any]], datelines: pd.DataFrame) -> Counter[str]:
    """Credited agency against the field ``wire``."""
    credited: dict[str, set[str]] = defaultdict(set)
    for article, agency in datelines[["article_id", "agency"]].dropna().itertuples(index=False):
        credited[article] |= {_AGENCIES[w] for w in re.findall(r"\w+", agency.lower()) if w in _AGENCIES}
        if "associated press" in agency.lower():
            credited[article].add("ap")
    counts: Counter[str] = Counter()
    for row in rows:
        wire = _AGENCIES.get(str(row["wire"]).lower())
        ours = credited[row["key"]]
        counts.update(gold=wire is not None, found=bool(ours), right=wire in ours)
    return counts


def measure_speed(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Articles per CPU second for quotations and speakers, at three sizes."""
    for times in (1, 2, 4):
        corpus = corpus_of([row | {"key": f"{row['key']}-{k}"} for k in range(times) for row in rows])
        start = time.process_time()
        quotations = fr.find_quotations(corpus)
        middle = time.process_time()
        fr.attribute_quotations(corpus, quotations)
        end = time.process_time()
        yield f"| {len(corpus)} | {middle - start:.2f} | {end - middle:.2f} | {len(corpus) / (end - start):.0f} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("FRAMING_DATA", Path(__file__).parents[3] / "shared/data"))
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--split", default="dev", choices=("train", "dev"))
    parser.add_argument("--show", default="", help="print some quotations: false, missed, none")
    parser.add_argument("--speed", action="store_true", help="measure the speed only")
    asked = parser.parse_args()
    rows = rows_of(asked.data / "sourcing/polnear.jsonl", asked.split)
    corpus = corpus_of(rows)
    if asked.speed:
        fr.attribute_quotations(corpus, fr.find_quotations(corpus))  # lexicons and modules are loaded once
        print("| articles | find_quotations, s | attribute_quotations, s | articles per s |\n|---|---|---|---|")
        print("\n".join(measure_speed(rows)))
        return
    quotations = fr.find_quotations(corpus)
    print(f"{asked.split}: {len(rows)} annotations, {len(quotations)} quotations\n")
    print("| method | quotations | with speaker | precision | recall | verb right |\n|---|---|---|---|---|---|")
    counts, lines = score_speakers(rows, quotations, _speakers(fr.attribute_quotations(corpus, quotations)))
    print("\n".join(speaker_lines("framing", counts)))
    texts = {row["key"]: row["text"] for row in rows}
    for name, carry in (("pattern beside", False), ("pattern and carry", True)):
        found = {}
        for key, part in quotations.groupby("article_id"):
            quotes = [(q.start, q.end, q.kind) for q in part.itertuples(index=False)]
            for (start, _, _), pair in zip(quotes, baseline(texts[key], quotes, carry=carry), strict=True):
                if pair:
                    found[key, start] = (*pair, "adjacency", None)
        scored = speaker_lines(name, score_speakers(rows, quotations, found)[0])
        print("\n".join(line for line in scored if "| all |" in line))
    print("\n| method | part | rows | precision | recall | F1 |\n|---|---|---|---|---|---|")
    speech: dict[str, list[Speech]] = defaultdict(list)
    for r in fr.find_reported_speech(corpus, quotations=quotations).itertuples(index=False):
        source, verb = span_of(r, "speaker"), span_of(r, "verb")
        assert source is not None
        assert verb is not None
        speech[r.article_id].append((source, verb, (r.start, r.end)))
    print("\n".join(speech_lines("framing", score_speech(rows, speech))))
    plain = {key: baseline_speech(text) for key, text in texts.items()}
    print("\n".join(speech_lines("pattern", score_speech(rows, plain))))
    agencies = score_agencies(rows, fr.find_datelines(corpus))
    print(f"\nagency credit: precision {_share(agencies['right'], agencies['found'])}")
    print(f"agency credit: recall {_share(agencies['right'], agencies['gold'])}")
    for line in random.Random(0).sample(lines[asked.show], min(_SHOWN, len(lines[asked.show]))):  # noqa: S311
        print(line)


if __name__ == "__main__":
    main()
