"""How outlets name one armed group: on the demonstration corpus, and on public sets where they are found.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

Tables and the figure of the demonstration corpus go to OUT_FOLDER, those of the public sets to OUT_FOLDER/public (to
OUT_FOLDER/other where the files are not those of config.toml).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert

import framing as fr
from framing.stats import bootstrap_interval

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
KINDS = {  # what a form says of the group, by its last word
    "own name": ("taliban", "emirate", "state", "isis", "isil", "daesh", "is"),
    "fighters": (
        "fighters",
        "militants",
        "insurgents",
        "rebels",
        "guerrillas",
        "jihadists",
        "extremists",
        "terrorists",
    ),
    "group": ("group", "movement", "organisation", "organization", "network", "coalition", "gang"),
}
GRID = ["outlet", "form", "n_mentions", "n_articles", "n_events", "n_first", "n_apposed", "n_quoted", "modifiers"]


def prepared(corpus: fr.Corpus, events: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the naming table, the units and the quotations, made as `compare` makes them."""
    datelines, quotations = fr.find_datelines(corpus), fr.find_quotations(corpus)
    labels = fr.find_labels(corpus, datelines=datelines, quotations=quotations)
    masks = pd.concat([fr.mask_spans(datelines), fr.mask_spans(labels, "label")], ignore_index=True)
    passages = fr.align_passages(corpus, events, masks=masks, quotations=quotations)
    edits = fr.diff_passages(corpus, passages)
    units = fr.independent_units(corpus, fr.find_reuse(corpus, masks=masks), events)
    return fr.find_names(corpus, events, masks=masks, edits=edits), units, quotations


def of_group(grid: pd.DataFrame, group: str) -> pd.DataFrame:
    """Cells of the entity that holds the name."""
    holders = grid.loc[grid["form"].str.lower() == group.lower(), ["group_id", "n_mentions"]]
    if holders.empty:
        return grid.iloc[:0]
    return grid[grid["group_id"] == holders.groupby("group_id")["n_mentions"].sum().idxmax()]


def names_of(names: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Mentions of the cells."""
    entities = {entity for joined in cells["entity_ids"] for entity in joined.split(";")}
    return names[names["entity_id"].isin(entities)]


def shares(mentions: pd.DataFrame) -> pd.DataFrame:
    """Share of each outlet's mentions that are own name, fighters, group or else, with intervals over events."""
    kind_of = {word: kind for kind, words in KINDS.items() for word in words}
    kinds = mentions["head"].map(kind_of).fillna("else")
    rows = []
    for outlet, part in mentions.groupby("outlet", sort=True):
        events = sorted(part["event_id"].unique())
        totals = part.groupby("event_id").size().reindex(events).to_numpy()
        for kind in (*KINDS, "else"):
            counts = part[kinds.loc[part.index] == kind].groupby("event_id").size().reindex(events, fill_value=0)
            counts = counts.to_numpy()
            low, high = bootstrap_interval(
                lambda drawn, counts=counts, totals=totals: counts[drawn].sum() / totals[drawn].sum(),
                len(events),
                n_resamples=CONFIG["n_resamples"],
                random_state=CONFIG["random_state"],
            )
            figures = {"n_mentions": int(totals.sum()), "n_events": len(events), "share": counts.sum() / totals.sum()}
            rows.append({"outlet": outlet, "kind": kind, **figures, "ci_low": low, "ci_high": high})
    return pd.DataFrame(rows)


def scores(corpus: fr.Corpus, events: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Score the grouping on the names that the demonstration corpus brings, beside simple rules."""
    gold = fr.read_gold(CONFIG["corpus"], "naming")
    gold = gold[gold["field"] == "text"].astype({"start": int, "end": int})
    rows = []
    for method, table in (("given mentions", fr.group_names(corpus, events, gold)), ("end to end", names)):
        for score in fr.evaluate_names(table, gold, n_resamples=CONFIG["n_resamples"]):
            row = {"mentions": method, "measure": score.name, "n": score.n, "estimate": score.estimate}
            rows.append(row | dict(zip(("ci_low", "ci_high"), score.interval, strict=True)) | dict(score.baseline))
    return pd.DataFrame(rows)


def tables(corpus: fr.Corpus, events: pd.DataFrame, group: str) -> dict[str, pd.DataFrame]:
    """Return the grids by head and by form, shares, what speaks for the merges, and what was preferred."""
    names, units, quotations = prepared(corpus, events)
    by_form = fr.naming_grid(corpus, names, units=units, quotations=quotations)
    cells = of_group(by_form, group)
    mentions = names_of(names, cells)
    by_head = fr.naming_grid(corpus, mentions, by="head", units=units, quotations=quotations)
    kinds = fr.naming_grid(corpus, names, by="kind", units=units, quotations=quotations)
    tested = pd.concat([by_form, by_head.assign(by="head"), kinds]).dropna(subset="p_value")
    preferred = tested.sort_values(["p_value", "entity", "outlet", "form", "by"]).head(10)
    reasons = mentions["reason"].value_counts().rename("n_mentions").rename_axis("reason").reset_index()
    scored = {"scores": scores(corpus, events, names)} if group == CONFIG["group"] else {}
    return scored | {
        "heads": by_head[[*GRID, "share", "other_share", "p_value", "q_value"]],
        "forms": cells[GRID],
        "shares": shares(mentions),
        "reasons": reasons.sort_values(["n_mentions", "reason"], ascending=[False, True]),
        "preferred": preferred[["entity", "by", "outlet", "form", "share", "other_share", "p_value", "q_value"]],
    }


def public_corpus(folder: Path) -> tuple[fr.Corpus, pd.DataFrame]:
    """Return the articles of the public sets with their gold events."""
    rows = []
    for name in CONFIG["sets"]:
        for number, line in enumerate((folder / f"{name}.jsonl").read_text("utf-8").splitlines()):
            row = json.loads(line)
            known = {"title": row.get("title") or "", "text": row["text"], "event_id": f"{name}/{row['event']}"}
            rows.append({"article_id": f"{name}-{number:04d}", "outlet": row["outlet"], "language": "en", **known})
    corpus = fr.read_corpus(pd.DataFrame(rows))
    return corpus, corpus.articles[["article_id", "event_id"]].assign(n_candidates=0, confidence=1.0)


def find_data(given: str | None) -> Path | None:
    """Folder of the public sets, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(given or os.environ.get("FRAMING_DATA") or beside)
    places = (folder, folder / "events")
    return next((p for p in places if all((p / f"{name}.jsonl").is_file() for name in CONFIG["sets"])), None)


def as_published(folder: Path) -> bool:
    """Say whether the files are those of config.toml."""
    sums = CONFIG["sets"]
    return all(hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() == sums[name] for name in sums)


def figure(table: pd.DataFrame, path: Path) -> None:
    """Draw the shares as bars, one for each outlet."""
    order = [*KINDS, "else"]
    shown = table.assign(
        place=table["kind"].map(order.index), row=table["outlet"] + "  ·  n = " + table["n_mentions"].astype(str)
    )
    chart = (
        alt.Chart(alt.InlineData(values=shown.to_dict("records")))
        .mark_bar(height=18)
        .encode(
            x=alt.X("share:Q", title="share of the outlet's mentions", axis=alt.Axis(format="%"), stack="zero"),
            y=alt.Y("row:N", title=None, axis=alt.Axis(labelLimit=300)),
            color=alt.Color(
                "kind:N",
                sort=order,
                title=None,
                scale=alt.Scale(domain=order, range=["#4c6a92", "#b3653b", "#8a9a5b", "#c8c4bc"]),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("place:Q"),
        )
        .properties(width=460)
    )
    path.write_text(vl_convert.vegalite_to_svg(chart.to_json()), "utf-8")


def write(found: dict[str, pd.DataFrame], out: Path) -> None:
    """Write and print the tables."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in found.items():
        fr.write_table(table.reset_index(drop=True), out / f"{name}.csv")
        print(f"\n{out.name}, {name}\n{table.round(3).to_string(index=False)}", flush=True)


def main(out: Path, given: str | None = None) -> None:
    """Write the tables and the figure of what is there."""
    corpus, events = fr.read_corpus(CONFIG["corpus"]), fr.read_gold(CONFIG["corpus"], "events")
    found = tables(corpus, events.assign(n_candidates=0, confidence=1.0), CONFIG["group"])
    write(found, out)
    figure(found["shares"], out / "figure.svg")
    folder = find_data(given)
    if folder is None:
        print("\nThe public sets were not found: these are figures of the demonstration corpus only.")
        return
    public = tables(*public_corpus(folder), CONFIG["public_group"])
    del public["forms"]  # wordings of third-party text
    write(public, out / ("public" if as_published(folder) else "other"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
