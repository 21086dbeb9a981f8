"""Run the whole way on the demonstration corpus and score every stage against its gold.

Usage: python run.py OUT_FOLDER
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pandas as pd

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
KEYWORD = re.compile(r"\([^()]*(?:terror|extrem|banned|outlawed|undesirable|foreign agent)[^()]*\)", re.IGNORECASE)


def gold(name: str) -> pd.DataFrame:
    """Gold table of the corpus; tables of texts get their field."""
    table = fr.read_gold(CONFIG["corpus"], name)
    return table if "field" in table.columns or "start" not in table.columns else table.assign(field="text")


def keyword_labels(corpus: fr.Corpus) -> pd.DataFrame:
    """Baseline: every bracket that holds a label keyword."""
    rows = [
        (article, name, match.start(), match.end())
        for name in ("title", "text")
        for article, text in corpus.texts(name).items()
        for match in KEYWORD.finditer(text)
    ]
    return pd.DataFrame(rows, columns=["article_id", "field", "start", "end"])


def word_edits(edits: pd.DataFrame) -> pd.DataFrame:
    """Return changes as spans: an insertion stands in the other article, all else in the article."""
    inserted = edits["operation"] == "insert"
    return pd.DataFrame(
        {
            "article_id": edits["article_id"].where(~inserted, edits["other_id"]),
            "field": "text",
            "start": edits["start"].where(~inserted, edits["other_start"]).astype(int),
            "end": edits["end"].where(~inserted, edits["other_end"]).astype(int),
        }
    ).drop_duplicates()


def scores(result: fr.Comparison) -> pd.DataFrame:
    """Score events, copies, datelines, labels and label edits, each beside a naive baseline."""
    corpus, draws = result.corpus, {"n_resamples": CONFIG["n_resamples"], "random_state": CONFIG["random_state"]}
    rivals = {name: fr.baseline_events(corpus, name) for name in ("components", "leader")}
    labels, wanted = result["labels"], gold("labels")
    labels, wanted = labels[labels["voice"] != "quoted"], wanted[wanted["voice"] != "quoted"]
    datelines, printed = result["datelines"], gold("datelines")
    edits = gold("edits")
    inserted = word_edits(edits[(edits["type"] == "label") & (edits["unit"] == "word")])
    measured = {
        "events": fr.evaluate_events(result["events"], gold("events"), baselines=rivals, **draws),
        "copies": fr.evaluate_links(result["reuse"], gold("reuse"), **draws),
        "datelines": fr.evaluate_spans(
            datelines[datelines["kind"] == "dateline"], printed[printed["kind"] == "dateline"], **draws
        ),
        "labels": fr.evaluate_spans(labels, wanted, baselines={"keyword": keyword_labels(corpus)}, **draws),
        "label edits": fr.evaluate_spans(word_edits(result["edits"]), inserted, **draws),
    }
    tables = [fr.Evaluation.table(figures).assign(stage=stage) for stage, figures in measured.items()]
    table = pd.concat(tables, ignore_index=True).drop(columns="gold")
    table = table[~((table["stage"] == "label edits") & ~table["name"].str.endswith("recall"))]
    return table[["stage", *[c for c in table.columns if c != "stage"]]].round(6)


def main(out: Path) -> None:
    """Write the tables and the figures."""
    corpus = fr.read_corpus(CONFIG["corpus"])
    if corpus.provenance["sha256"] != CONFIG["sha256"]:
        raise SystemExit(f"the corpus changed: its sha256 is {corpus.provenance['sha256']}, not that of config.toml")
    settings = fr.Settings(n_permutations=CONFIG["n_permutations"], random_state=CONFIG["random_state"])
    result = fr.compare(corpus, settings)
    table = scores(result)
    fr.write_table(table, out / "scores.csv")
    labels = result["labels"]
    counted = labels.groupby(["carrier", "origin", "authority", "obligation"]).size().rename("n").reset_index()
    fr.write_table(counted, out / "labels.csv")
    fr.write_table(result["separability"].round(6), out / "separability.csv")
    print(table.to_string(index=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
