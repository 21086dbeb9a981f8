"""Compare with which verbs outlets quote the same words and the same speakers, and whom they quote at all.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

The demonstration corpus goes to OUT_FOLDER. Where the public sets are found, their tables go to OUT_FOLDER/public:
counts only, never words.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import pandas as pd

import framing as fr
from framing.stats import wilson_interval

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
DRAWS = {name: CONFIG[name] for name in ("n_resamples", "random_state")}


@dataclass(frozen=True, eq=False)
class Sourced:
    """A corpus with known events, and who speaks in it."""

    corpus: fr.Corpus
    events: pd.DataFrame
    attributions: pd.DataFrame
    versions: pd.DataFrame

    @classmethod
    def of(cls, corpus: fr.Corpus, events: pd.DataFrame) -> Sourced:
        """Attribute the quotations and look for each at the other outlets of its event."""
        attributions = fr.attribute_quotations(corpus, fr.find_quotations(corpus))
        return cls(corpus, events, attributions, fr.compare_quotations(corpus, attributions, events))


def share(measure: str, right: int, n: int) -> dict[str, object]:
    """Row of a table of shares, with Wilson's interval."""
    low, high = wilson_interval([right], [n])
    return {"measure": measure, "right": right, "n": n, "share": right / n, "ci_low": low[0], "ci_high": high[0]}


def against_gold(sourced: Sourced) -> Iterator[dict[str, object]]:
    """Score speakers, verbs and classes, and quotations found again at another outlet, against the gold."""
    gold = fr.read_gold(CONFIG["corpus"], "quotations")
    both = gold.merge(sourced.attributions, on=["article_id", "start", "end"], suffixes=("_gold", ""))
    found, named = both["speaker_start"].notna(), both["speaker_start_gold"].notna()
    right = found & named & overlap(both, "speaker")
    yield share("speaker: precision", right.sum(), found.sum())
    yield share("speaker: recall", right.sum(), named.sum())
    yield share("verb, where the speaker is right", (right & overlap(both, "verb")).sum(), right.sum())
    alike = right & (both["verb_class"] == both["verb_class_gold"])
    yield share("class of verb, where the speaker is right", alike.sum(), right.sum())
    yield from pairs_against_gold(sourced, gold)


def overlap(table: pd.DataFrame, part: str) -> pd.Series:
    """Whether a part overlaps its gold."""
    ours, theirs = (table[[f"{part}_start{s}", f"{part}_end{s}"]].astype("float64") for s in ("", "_gold"))
    return (ours.iloc[:, 0] < theirs.iloc[:, 1]) & (theirs.iloc[:, 0] < ours.iloc[:, 1])


def pairs_against_gold(sourced: Sourced, gold: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Compare pairs (quotation, other outlet) that are found with those whose ``quote_key`` is the same."""
    outlets = dict(zip(sourced.corpus.articles["article_id"], sourced.corpus.articles["outlet"], strict=True))
    keyed = gold[gold["quote_key"].notna()].assign(outlet=gold["article_id"].map(outlets))
    carriers = keyed.groupby("quote_key")["outlet"].agg(set)
    rows = keyed.merge(sourced.versions, on=["article_id", "start", "end"], suffixes=("_gold", ""))
    same = [other in carriers[key] for other, key in zip(rows["other_outlet"], rows["quote_key"], strict=True)]
    told, same = rows["status"] != "not found", pd.Series(same, index=rows.index)
    yield share("same quotation at another outlet: precision", (told & same).sum(), told.sum())
    yield share("same quotation at another outlet: recall", (told & same).sum(), same.sum())


def verbs_of_shared_words(sourced: Sourced) -> pd.DataFrame:
    """Count verbs by outlet for quotations that another outlet has too, and how often that one's class differs."""
    pairs = sourced.versions[sourced.versions["same_class"].notna()]
    rows = []
    for (outlet, verb_class), part in pairs.groupby(["outlet", "verb_class"]):
        quotations = part.drop_duplicates("quotation_id")
        own = pairs.loc[pairs["outlet"] == outlet].drop_duplicates("quotation_id")
        rows.append(
            {
                "outlet": outlet,
                "verb_class": verb_class,
                "quotations": len(quotations),
                "share": len(quotations) / len(own),
                "pairs": len(part),
                "other_class": (~part["same_class"].astype(bool)).mean(),
            }
        )
    return pd.DataFrame(rows)


def statuses(sourced: Sourced) -> pd.DataFrame:
    """Count what the other outlets of an event have of an outlet's quotations."""
    counts = sourced.versions.groupby(["outlet", "status"]).size().rename("pairs").reset_index()
    return counts.assign(share=counts["pairs"] / counts.groupby("outlet")["pairs"].transform("sum"))


def voices(sourced: Sourced) -> pd.DataFrame:
    """Share of voice by kind of source, with the unresolved."""
    return fr.share_of_voice(sourced.corpus, sourced.attributions, events=sourced.events, **DRAWS)


def diversity(sourced: Sourced) -> pd.DataFrame:
    """Effective number of speakers per event."""
    return fr.voice_diversity(sourced.corpus, sourced.attributions, events=sourced.events, **DRAWS)


def choices(sourced: Sourced) -> pd.DataFrame:
    """Verbs of speakers whom several outlets quote in an event: the rows with the smallest p-values."""
    table = fr.compare_verbs(sourced.corpus, sourced.attributions, sourced.events)
    return table.sort_values(["p_value", "speaker_key", "outlet", "verb_class"]).head(20)


def find_data(given: str | None) -> Path | None:
    """Folder with the public sets as config.toml describes them, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    base = Path(given or os.environ.get("FRAMING_DATA") or beside)
    for folder in (base, base / "events"):
        files = {name: folder / f"{name}.jsonl" for name in CONFIG["sets"]}
        if all(
            path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == CONFIG["sets"][name]
            for name, path in files.items()
        ):
            return folder
    return None


def public(folder: Path) -> Sourced:
    """All public sets, with their own events."""
    frames = []
    for name in CONFIG["sets"]:
        rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        frame = pd.DataFrame(rows)[["outlet", "title", "text", "event"]].fillna("")
        frame["event_id"] = name + ":" + frame["event"].astype(str)
        frames.append(frame.assign(article_id=[f"{name}-{k:04d}" for k in range(len(frame))]))
    rows = pd.concat(frames, ignore_index=True)
    corpus = fr.read_corpus(rows[["article_id", "outlet", "title", "text"]].assign(language="en"))
    events = rows[["article_id", "event_id"]].assign(n_candidates=0, confidence=1.0)
    return Sourced.of(corpus, events[events["article_id"].isin(corpus.article_ids)])


def large(sourced: Sourced, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the outlets with enough attributed quotations."""
    named = sourced.attributions[sourced.attributions["resolved"] != "unresolved"]
    outlets = dict(zip(sourced.corpus.articles["article_id"], sourced.corpus.articles["outlet"], strict=True))
    counts = named["article_id"].map(outlets).value_counts()
    return table[table["outlet"].isin(counts.index[counts >= CONFIG["least_quotations"]])]


def write(out: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write and print the tables."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        fr.write_table(table, out / f"{name}.csv")
        print(f"\n{name}\n{table.round(3).to_string(index=False)}", flush=True)


def chart(shares: pd.DataFrame) -> alt.Chart:
    """Draw whose words each outlet prints between quotation marks, by kind of source."""
    kinds = shares[shares["by"] == "source_type"]
    return (
        alt.Chart(kinds, width=420, height=alt.Step(24))
        .mark_bar()
        .encode(
            y=alt.Y("outlet:N", title=None),
            x=alt.X(
                "word_share:Q",
                title="share of the quoted words",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%"),
            ),
            color=alt.Color("voice:N", title="source", scale=alt.Scale(scheme="tableau10")),
            order=alt.Order("voice:N"),
        )
        .configure(background="white")
    )


def main(out: Path, data: str | None) -> None:
    """Write the tables of the demonstration corpus, and of the public sets where they are."""
    corpus = fr.read_corpus(CONFIG["corpus"])
    demo = Sourced.of(corpus, fr.align_events(corpus, use_gold=True))
    shared, shares = verbs_of_shared_words(demo), pd.DataFrame(against_gold(demo))
    write(out, {"gold": shares, "shared_words": shared, "statuses": statuses(demo), "choices": choices(demo)})
    shares_of_voice = voices(demo)
    write(out, {"voices": shares_of_voice, "diversity": diversity(demo)})
    chart(shares_of_voice).save(out / "voices.svg")
    folder = find_data(data)
    if folder is None:
        print("The public sets are not here: only the demonstration corpus was compared.")
        return
    sets = public(folder)
    pooled = sets.attributions.groupby(["role", "resolved"]).size().rename("quotations").reset_index()
    tables = {"shared_words": verbs_of_shared_words(sets), "statuses": statuses(sets), "voices": voices(sets)}
    write(out / "public", {name: large(sets, table) for name, table in tables.items()} | {"resolved": pooled})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
