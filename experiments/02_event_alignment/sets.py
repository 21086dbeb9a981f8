"""The collections whose events are known: reading them, joining them, halving them."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

import framing as fr

COLUMNS = ["article_id", "outlet", "title", "text", "published", "event_id"]


@dataclass(frozen=True, eq=False)
class Known:
    """A collection, its masks and its gold."""

    name: str
    rows: pd.DataFrame

    @cached_property
    def corpus(self) -> fr.Corpus:
        """Articles with their dates."""
        return fr.read_corpus(self.rows)

    @cached_property
    def undated(self) -> fr.Corpus:
        """Articles without their dates."""
        return fr.read_corpus(self.rows.assign(published=None))

    @cached_property
    def masks(self) -> pd.DataFrame:
        """Datelines, credits and the like, as in `framing.compare`."""
        return fr.mask_spans(fr.find_datelines(self.corpus))

    @cached_property
    def gold(self) -> pd.DataFrame:
        """Which article is of which event."""
        return self.rows[["article_id", "event_id"]]

    def where(self, keep: pd.Series | np.ndarray) -> Known:
        """Return some of the rows."""
        return Known(self.name, self.rows[keep].reset_index(drop=True))

    def only(self, articles: set[str]) -> Known:
        """Return these articles."""
        return self.where(self.rows["article_id"].isin(articles))

    def without(self, articles: set[str]) -> Known:
        """Return the other articles."""
        return self.where(~self.rows["article_id"].isin(articles))

    def versions(self) -> dict[str, fr.Corpus]:
        """Return the corpus with dates, if it has any, and without."""
        both = {"with": self.corpus, "without": self.undated}
        return both if self.rows["published"].notna().any() else {"without": self.undated}


def joined(parts: list[Known], name: str) -> Known:
    """Put collections into one."""
    return Known(name, pd.concat([part.rows for part in parts], ignore_index=True))


def halves(known: Known, seed: int) -> tuple[set[str], set[str]]:
    """Split the events into two halves; events of one topic (ECB+ has sister events) stay together."""
    topics = known.rows["topic"].unique()
    first = set(np.random.default_rng(seed).permutation(np.sort(topics))[: len(topics) // 2])
    inside = known.rows["topic"].isin(first)
    return set(known.rows.loc[inside, "article_id"]), set(known.rows.loc[~inside, "article_id"])


def whole_events(known: Known, n: int, rng: np.random.Generator) -> set[str]:
    """Articles of whole events, drawn at random until there are at least ``n`` of them."""
    sizes = known.rows.groupby("event_id").size()
    drawn = sizes.iloc[rng.permutation(len(sizes))]
    events = drawn.index[: int(np.searchsorted(drawn.cumsum(), n)) + 1]
    return set(known.rows.loc[known.rows["event_id"].isin(events), "article_id"])


def demonstration(name: str) -> Known:
    """Read a corpus that the checkout has."""
    articles = fr.read_corpus(name).articles
    gold = fr.read_gold(name, "events").set_index("article_id")["event_id"]
    rows = articles[COLUMNS[:-1]].assign(event_id=articles["article_id"].map(gold))
    return Known(name, rows.assign(topic=rows["event_id"]))


def find_data(given: str | None) -> Path | None:
    """Folder of the public sets, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data" / "events"
    folder = Path(given or os.environ.get("FRAMING_DATA") or beside)
    return folder if folder.is_dir() else None


def as_published(folder: Path, sums: dict[str, str]) -> bool:
    """Say whether the files are those of config.toml."""
    return all(hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() == sums[name] for name in sums)


def public(folder: Path, name: str) -> Known:
    """Read a public set; a report that is a headline only has it as its text."""
    lines = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    frame = pd.DataFrame([json.loads(line) for line in lines])
    bare = frame["text"].eq("")
    rows = pd.DataFrame(
        {
            "article_id": [f"{name}-{k:04d}" for k in range(len(frame))],
            "outlet": frame["outlet"].fillna("unknown"),
            "title": frame["title"].fillna("").mask(bare, ""),
            "text": frame["text"].mask(bare, frame["title"]),
            "published": frame["date"],
            "event_id": name + ":" + frame["event"].astype(str),
        }
    )
    topic = frame["topic"] if name == "ecbplus" else frame["event"]
    return Known(name, rows.assign(topic=name + ":" + topic.astype(str)))
