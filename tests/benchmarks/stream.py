"""A stream of reports at the density of a news agency's day, for benchmarks of speed and memory.

640 articles a day. Every event has names of its own, as real events have: ten capitalised words of its base article get
a suffix that only reports of this event share. A report takes half of its sentences from its event's base article
and half from others, shuffled; one article in ten is a near-copy of a report of the same day, its sentences shuffled.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pandas as pd

from framing.reading import Corpus, read_corpus
from framing.text import split_sentences

__all__ = ["make_stream"]

PER_DAY, COPIES, OUTLETS, NAMES = 640, 0.1, 60, 10
MARK = "\x00"  # stands behind each name until the event is known
NAME = re.compile(r"(?<=[a-z,] )([A-Z][a-z]{3,})")
SOURCES = ("g5.jsonl", "basil.jsonl")


def make_stream(n: int, folder: Path | None = None, *, seed: int = 0) -> Corpus:
    """Build ``n`` dated articles from real ones in ``folder``, or from the demonstration corpus without it."""
    rng = random.Random(seed)  # noqa: S311 - synthetic data
    bases = [base for base in map(_marked, _texts(folder)) if len(base) >= 6]
    columns: dict[str, list[str]] = {"article_id": [], "outlet": [], "title": [], "text": []}
    today: list[tuple[str, list[str]]] = []
    for k in range(n):
        if k % PER_DAY == 0:
            today = []
        title, sentences = rng.choice(today) if today and rng.random() < COPIES else _report(bases, rng)
        today.append((title, sentences))
        row = (
            f"s{k:07d}",
            f"Outlet {rng.randrange(OUTLETS):02d}",
            title,
            " ".join(rng.sample(sentences, len(sentences))),
        )
        for name, value in zip(columns, row, strict=True):
            columns[name].append(value)
    days = pd.to_timedelta([k // PER_DAY for k in range(n)], unit="D")
    frame = pd.DataFrame({**columns, "published": pd.Timestamp("2021-01-01", tz="UTC") + days})
    return read_corpus(frame)


def _report(bases: list[list[str]], rng: random.Random) -> tuple[str, list[str]]:
    """Title and sentences of the first report of a new event."""
    base, others = rng.choice(bases), rng.sample(bases, 6)
    suffix = "".join(rng.choices("aeiourstlnk", k=4))
    own = rng.sample(base, len(base) // 2)
    taken = own + [rng.choice(other) for other in others for _ in range(len(base) // 12)]
    sentences = [sentence.replace(MARK, suffix) for sentence in taken]
    return sentences[0][:80], sentences


def _texts(folder: Path | None) -> list[str]:
    if folder is None or not folder.is_dir():
        return read_corpus("kabul-2021").articles["text"].tolist()
    lines = [line for name in SOURCES for line in (folder / name).read_text("utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def _marked(text: str) -> list[str]:
    """Sentences, with a mark behind ten of the capitalised words that do not begin one, wherever they stand."""
    names = list(dict.fromkeys(NAME.findall(text)))[:NAMES]
    pattern = re.compile(rf"\b({'|'.join(names)})\b") if names else None
    sentences = [text[a:b] for a, b in split_sentences(text)]
    return [pattern.sub(rf"\1{MARK}", sentence) for sentence in sentences] if pattern else sentences
