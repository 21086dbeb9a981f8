"""Articles with planted derivatives: who copied what is known, so that recall and precision can be counted.

Each source has seven derivatives: 5, 15 and 30 % of its words replaced, its first half (before 40 own words), its first
30 %, sixty of its words inside 300 own ones, and the whole with five inserted words. Every article ends with the footer
of 35 words of its outlet. Own words and generated articles come from a chain in which each word depends on the one
before, so that they hold the usual phrases, with rare names here and there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.reading import Corpus, read_corpus

__all__ = ["KINDS", "SOURCES", "Chain", "plant", "real_articles", "stream", "wires"]

KINDS = ("5 %", "15 %", "30 %", "half", "first 30 %", "quotation", "label")
SOURCES = ("g5.jsonl", "basil.jsonl")
OWN_WORDS = ("allsides2021.jsonl", "ecbplus.jsonl")  # no source stands in them
LABEL = ["(a", "group", "banned", "in", "Atlantis)"]
OUTLETS, FOOTER, DAYS, NAMES, NAMED = 40, 35, 60, 200_000, 0.04
Words = npt.NDArray[np.object_]


class Chain:
    """Texts in which each word is drawn from those that follow the word before in the texts given."""

    def __init__(self, texts: Sequence[str], seed: int = 0) -> None:
        words = " ".join(texts).split()
        codes, vocabulary = pd.factorize(np.array(words, dtype=object))
        order = np.argsort(codes[:-1], kind="stable")
        self.following = codes[1:][order]
        self.starts = np.searchsorted(codes[:-1][order], np.arange(len(vocabulary) + 1))
        self.vocabulary = np.array(list(vocabulary), dtype=object)
        self.names = np.array([f"Na{k:x}" for k in range(NAMES)], dtype=object)
        self.rng = np.random.default_rng(seed)

    def texts(self, lengths: npt.NDArray[np.int64]) -> list[Words]:
        """Return one array of words for each length."""
        n, longest = len(lengths), int(lengths.max(initial=0))
        codes = np.zeros((longest, n), dtype=np.int32)
        codes[0] = self.rng.choice(self.following, n)
        for k in range(1, longest):
            first, last = self.starts[codes[k - 1]], self.starts[codes[k - 1] + 1]
            dead = first == last
            drawn = np.minimum(first + (self.rng.random(n) * (last - first)).astype(np.int64), len(self.following) - 1)
            codes[k] = np.where(dead, self.rng.choice(self.following, n), self.following[drawn])
        made = []
        for j, length in enumerate(lengths):
            words = self.vocabulary[codes[:length, j]]
            named = self.rng.random(length) < NAMED
            words[named] = self.rng.choice(self.names, named.sum())
            made.append(words)
        return made

    def one(self, length: int) -> Words:
        """Return one text."""
        return self.texts(np.array([length]))[0]


def _edited(words: Words, rate: float, chain: Chain) -> Words:
    out = words.copy()
    places = np.flatnonzero(chain.rng.random(len(words)) < rate)
    out[places] = chain.rng.choice(chain.vocabulary, len(places))
    return out


def _derivatives(words: Words, chain: Chain) -> list[Words]:
    rng, n = chain.rng, len(words)
    own = chain.one(340)
    place, cut = int(rng.integers(0, n - 60)), int(rng.integers(0, 300))
    middle = int(rng.integers(n // 4, 3 * n // 4))
    quotation = np.concatenate([own[:cut], words[place : place + 60], own[cut:300]])
    label = np.concatenate([words[:middle], np.array(LABEL, dtype=object), words[middle:]])
    edits = [_edited(words, rate, chain) for rate in (0.05, 0.15, 0.30)]
    return [*edits, np.concatenate([words[: n // 2], own[300:]]), words[: int(n * 0.3)], quotation, label]


def plant(sources: Sequence[Words], others: Sequence[Words], chain: Chain) -> pd.DataFrame:
    """Return rows ``article_id, outlet, text, published, origin, kind``.

    Sources come first, then others, then derivatives; ``origin`` is the number of the source or other text.
    """
    texts = [*sources, *others]
    origins, kinds = list(range(len(texts))), ["source"] * len(sources) + ["other"] * len(others)
    for k, words in enumerate(sources):
        texts += _derivatives(words, chain)
        origins += [k] * len(KINDS)
        kinds += KINDS
    return _rows(texts, origins, kinds, chain)


def wires(chain: Chain, *, copies: int = 300, outlets: int = 300, first: int = 10_000_000) -> pd.DataFrame:
    """Return rows of three wire stories of 330 words, each in so many copies with 5 % of the words replaced."""
    bases = [chain.one(330) for _ in range(3)]
    texts = [_edited(base, 0.05, chain) for base in bases for _ in range(copies)]
    origins = [first + k for k in range(3) for _ in range(copies)]
    rows = _rows(texts, origins, ["wire"] * len(texts), chain)
    if outlets > OUTLETS:
        rows["outlet"] = [f"Carrier {k % outlets}" for k in range(len(rows))]
    return rows.assign(article_id=[f"w{k:05d}" for k in range(len(rows))])


def stream(n: int, chain: Chain) -> pd.DataFrame:
    """Return ``n`` generated articles of about 330 words; one in a hundred is a source with seven derivatives."""
    n_sources = n // 100
    lengths = np.clip(np.exp(chain.rng.normal(np.log(330), 0.35, n - 7 * n_sources)), 120, 1200).astype(np.int64)
    texts = [text for at in range(0, len(lengths), 5000) for text in chain.texts(lengths[at : at + 5000])]
    return plant(texts[:n_sources], texts[n_sources:], chain)


def _rows(texts: Sequence[Words], origins: list[int], kinds: list[str], chain: Chain) -> pd.DataFrame:
    rng, n = chain.rng, len(texts)
    footers = Chain.texts(_seeded(chain), np.full(OUTLETS, FOOTER))
    outlet = rng.integers(0, OUTLETS, n)
    bodies = [" ".join([*words, *footers[o]]) for words, o in zip(texts, outlet.tolist(), strict=True)]
    days = pd.to_timedelta(rng.integers(0, DAYS, n), unit="D")
    return pd.DataFrame(
        {
            "article_id": [f"p{k:07d}" for k in range(n)],
            "outlet": [f"Outlet {o:02d}" for o in outlet],
            "text": bodies,
            "published": pd.Timestamp("2021-01-01", tz="UTC") + days,
            "origin": origins,
            "kind": kinds,
        }
    )


def _seeded(chain: Chain) -> Chain:
    """Return the same chain with a seed of its own: the footers of outlets are the same in every set."""
    twin = object.__new__(Chain)
    twin.__dict__.update(chain.__dict__, rng=np.random.default_rng(7))
    return twin


def real_articles(folder: Path) -> pd.DataFrame:
    """Return ``words, event`` of the real articles of at least 120 words, no text twice.

    Lines that stand in articles of two events are the furniture of their sites and left out.
    """
    rows = [{**json.loads(line), "set": name} for name in SOURCES for line in (folder / name).read_text().splitlines()]
    frame = pd.DataFrame(rows).drop_duplicates("text").reset_index(drop=True)
    frame["event"] = frame["set"] + frame["event"].astype(str)
    lines = frame["text"].str.split("\n").explode().str.strip()
    furniture = frame["event"].loc[lines.index].groupby(lines.to_numpy()).nunique().loc[lambda n: n > 1].index
    kept = lines[~lines.isin(furniture)].groupby(level=0).agg(" ".join)
    frame["words"] = [np.array(text.split(), dtype=object) for text in kept.reindex(frame.index, fill_value="")]
    return frame.loc[frame["words"].map(len) >= 120, ["words", "event"]].reset_index(drop=True)


def own_chain(folder: Path | None, seed: int = 0) -> Chain:
    """Return a chain over the leads and stories of ``folder`` that are no source, else over the shipped corpus."""
    if folder is None:
        return Chain(read_corpus("kabul-2021").articles["text"].tolist(), seed)
    rows = [json.loads(line) for name in OWN_WORDS for line in (folder / name).read_text().splitlines()]
    return Chain([row["text"] for row in rows], seed)


def as_corpus(rows: pd.DataFrame) -> Corpus:
    """Return the corpus of planted rows."""
    return read_corpus(rows[["article_id", "outlet", "text", "published"]])
