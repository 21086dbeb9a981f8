"""Copies with known sources and edits: whole ones at growing edit rates, halves, passages inside other reports."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

# Outlets that copy, each with the lines it prints under every report. Ours, and invented.
CARRIERS = {
    "Velby Post": "The Velby Post is printed by the Velby Press on Quay Street. Write to the desk before noon if a "
    "name is wrong; what is corrected stands on page two of the next day.",
    "Tarn Herald": "Readers of the Tarn Herald may copy this report for a class or a club. For anything else ask the "
    "secretary, who answers letters on the first Monday of a month.",
    "Orrel Mail": "Our reporters pay their own fares and keep their notes for seven years. The Orrel Mail belongs to "
    "its readers and takes no money from those it writes about.",
}
LABELS = ("(kept on the amber roll of the Council)", "(banned in Karelund)", "(designated by the Court of Nine)")
_WORD = re.compile(r"\S+")
_PARTS = re.compile(r"(\W*)(.*?)(\W*)")
Span = tuple[int, int]


@dataclass(frozen=True)
class Copy:
    """A changed text, the words of the source that are gone and the words of the copy that are new."""

    text: str
    gone: list[Span]
    new: list[Span]


def edited(text: str, rate: float, pool: np.ndarray, rng: np.random.Generator) -> Copy:
    """Replace half of the words drawn, drop a quarter, put a word behind a quarter; punctuation and capitals stay."""
    pieces: list[str] = []
    gone: list[Span] = []
    new: list[Span] = []
    length = at = 0
    for match in _WORD.finditer(text):
        pieces.append(text[at : match.start()])
        length += len(pieces[-1])
        before, core, after = _PARTS.fullmatch(match[0]).groups()
        at, word, draw = match.end(), match[0], rng.random()
        inner = (length + len(before), length + len(before) + len(core))
        if core.islower() and draw < rate / 4 and not before and not after:
            word, blank = "", pieces.pop()
            length -= len(blank)
        elif core and draw < rate * 3 / 4:
            other = str(rng.choice(pool))
            word = before + (other.capitalize() if core[0].isupper() else other) + after
            new.append((inner[0], length + len(word) - len(after)))
        elif core and draw < rate:
            added = str(rng.choice(pool))
            word = f"{before}{core} {added}{after}"
            new.append((inner[1] + 1, inner[1] + 1 + len(added)))
        if core and draw < rate * 3 / 4:
            gone.append((match.start() + len(before), match.end() - len(after)))
        pieces.append(word)
        length += len(word)
    return Copy("".join([*pieces, text[at:]]), gone, new)


def words_of(texts: pd.Series) -> np.ndarray:
    """Return the words of texts, as often as they occur."""
    return np.array([word for text in texts for word in re.findall(r"[a-z]+", text)], dtype=object)


def planted(reports: pd.DataFrame, sizes: dict[str, int], rates: list[float], passage: int, seed: int) -> pd.DataFrame:
    """Return sources, other reports and copies: ``article_id, outlet, text, event_id, origin, kind, host_event``.

    ``reports`` has ``article_id, outlet, text, event_id``. Each source has one whole copy for each rate, its first
    half, a passage inside a report that is not in the corpus itself, and a copy with two labels put in.
    """
    rng = np.random.default_rng(seed)
    pool = words_of(reports["text"])
    order = rng.permutation(len(reports))
    ends = np.cumsum([sizes["sources"], sizes["others"], sizes["hosts"]])
    sources, others, hosts = (reports.iloc[part] for part in np.split(order, ends)[:3])
    rows = [_row(r, r["article_id"], "source", r["text"], r["outlet"]) for r in sources.to_dict("records")]
    rows += [_row(r, r["article_id"], "other", r["text"], r["outlet"]) for r in others.to_dict("records")]
    for k, source in enumerate(sources.to_dict("records")):
        text, host = source["text"], hosts["text"].iloc[k % len(hosts)]
        made = {f"{rate:.0%} edited": edited(text, rate, pool, rng).text for rate in rates}
        made["first half"] = text[: len(text) // 2].rsplit(" ", 1)[0]
        made[f"{passage} words"] = _inside(text, host, passage, rng)
        made["labels"] = _labelled(text, rng)
        for kind, copy in made.items():
            outlet = str(rng.choice(list(CARRIERS)))
            rows.append(_row(source, f"{source['article_id']}, {kind}", kind, f"{copy}\n\n{CARRIERS[outlet]}", outlet))
            if kind.endswith("words"):
                rows[-1]["host_event"] = hosts["event_id"].iloc[k % len(hosts)]
    return pd.DataFrame(rows)


def _row(source: dict[str, str], name: str, kind: str, text: str, outlet: str) -> dict[str, object]:
    origin, event = source["article_id"], source["event_id"]
    place = {"event_id": event, "host_event": event, "origin": origin}
    return {"article_id": name, "outlet": outlet, "text": text, "kind": kind, **place}


def _inside(text: str, host: str, n: int, rng: np.random.Generator) -> str:
    words, around = text.split(), host.split()
    start, at = int(rng.integers(0, max(1, len(words) - n))), int(rng.integers(0, len(around)))
    return " ".join([*around[:at], *words[start : start + n], *around[at:]])


def _labelled(text: str, rng: np.random.Generator) -> str:
    words = text.split(" ")
    for at in sorted(rng.integers(1, len(words), 2), reverse=True):
        words.insert(int(at), str(rng.choice(LABELS)))
    return " ".join(words)
