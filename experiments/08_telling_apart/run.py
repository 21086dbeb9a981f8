"""Tell outlets apart from their words, and biased sentences from others, with and without the usual leaks.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

Simulations go to OUT_FOLDER, figures of the public sets to OUT_FOLDER/public where they are found (OUT_FOLDER/other
where the files are not those of config.toml).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
from scipy import stats
from sentence_cues import article_cues, sentence_cues
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
WORDS = np.array([f"word{k:03d}" for k in range(300)])
NAMES = ("Karter", "Velden", "Osmak", "Trill", "Banto", "Quore")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
Row = dict[str, object]


def simulate(seed: list[int], *, styled: bool) -> tuple[fr.Corpus, pd.DataFrame]:
    """Two outlets that draw an event's words alike; the styled one writes honorifics, party tags and weekdays too."""
    rng = np.random.default_rng(seed)
    rows = []
    for event in range(CONFIG["null"]["n_events"]):
        rates = rng.dirichlet(np.full(len(WORDS), 0.3))
        for k in range(CONFIG["null"]["n_articles"]):
            words = rng.choice(WORDS, 80, p=rng.dirichlet(200 * rates + 1e-9)).tolist()
            for name in rng.choice(NAMES, 3):
                tag, day = f"Mr. {name} (R-Ohio)" * (k % 2), f"on {rng.choice(DAYS)}" * (k % 2)
                words.insert(int(rng.integers(len(words))), f"{tag} said {day}" if styled and k % 2 else f"{name} said")
            rows.append((f"e{event:02d}-{k}", "AB"[k % 2], " ".join(words), f"e{event:02d}"))
    corpus = fr.read_corpus(pd.DataFrame(rows, columns=["article_id", "outlet", "text", "event_id"]))
    return corpus, corpus.articles[["article_id", "event_id"]].assign(n_candidates=0, confidence=1.0)


def null_rows() -> Iterator[Row]:
    """Within-event AUC where nothing differs, and whether its permutation p-values are uniform."""
    options, aucs, p_values = CONFIG["null"], [], []
    for seed in range(options["seeds"]):
        model = fr.OutletSeparability(n_permutations=options["n_permutations"], random_state=seed)
        row = model.fit(*simulate([CONFIG["random_state"], 1, seed], styled=False)).summary_.iloc[0]
        aucs.append(row["auc"])
        p_values.append(row["p_value"])
    uniform = stats.kstest(p_values, "uniform")
    yield {
        "seeds": options["seeds"],
        "auc_mean": np.mean(aucs),
        "auc_sd": np.std(aucs, ddof=1),
        "p_at_most_05": int(np.sum(np.array(p_values) <= 0.05)),
        "ks_statistic": uniform.statistic,
        "ks_p_value": uniform.pvalue,
    }


def style_rows() -> Iterator[Row]:
    """AUC step by step where only house style differs."""
    options, steps = CONFIG["style"], []
    for seed in range(options["seeds"]):
        corpus, events = simulate([CONFIG["random_state"], 2, seed], styled=True)
        model = fr.OutletSeparability(n_permutations=options["n_permutations"], random_state=seed)
        model.fit(corpus, events, masks=fr.style_steps(fr.find_style(corpus)))
        steps.append(model.steps_.assign(low=model.steps_["masks"].map(model.summary_.set_index("masks")["ci_low"])))
    for (step, masks), part in pd.concat(steps).groupby(["step", "masks"]):
        covered = int((part["low"] <= 0.5).sum())
        yield {"step": step, "masks": masks, "auc_mean": part["auc"].mean(), "intervals_with_chance": covered}


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read a public set."""
    return pd.DataFrame([json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()])


def trap_rows(articles: pd.DataFrame, by: str = "outlet") -> Iterator[Row]:
    """AUC of one ordinary classifier under a random split and split by event, all pairs of reports."""
    for pair in combinations(sorted(articles[by].unique()), 2):
        part = articles[articles[by].isin(pair)].reset_index(drop=True)
        texts, labels = part["title"] + "\n" + part["text"], part[by] == pair[0]
        model = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), LogisticRegression(C=10, max_iter=1000))
        splits = {"random": (StratifiedKFold, None), "by event": (GroupKFold, part["event_id"])}
        for name, (kind, groups) in splits.items():
            aucs = []
            for seed in CONFIG["outlets"]["seeds"]:
                folds = kind(5, shuffle=True, random_state=seed)
                scores = cross_val_predict(
                    model, texts, labels, cv=list(folds.split(texts, labels, groups)), method="decision_function"
                )
                aucs.append(roc_auc_score(labels, scores))
            yield {"outlet": pair[0], "reference": pair[1], "split": name, "auc": np.mean(aucs)}


def outlet_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Separability of the outlets of BASIL, before and after each mask, beside the trap."""
    articles = read(folder, "basil_articles")
    corpus = fr.read_corpus(articles[["article_id", "outlet", "title", "text", "event_id"]])
    events = corpus.articles[["article_id", "event_id"]].assign(n_candidates=0, confidence=1.0)
    style = fr.find_style(corpus, datelines=fr.find_datelines(corpus))
    model = fr.OutletSeparability(n_permutations=CONFIG["outlets"]["n_permutations"], random_state=0)
    model.fit(corpus, events, masks=fr.style_steps(style))
    inside = model.summary_[model.summary_["masks"] == "none"].assign(split="by event, inside events")
    columns = ["outlet", "reference", "split", "auc", "ci_low", "ci_high"]
    trap = pd.concat([pd.DataFrame(trap_rows(articles)), inside])[columns]
    figures = model.summary_[["outlet", "reference", "masks", "ci_low", "ci_high", "p_value", "brier"]]
    calibration = model.calibration_[model.calibration_["masks"] == "none"]
    steps = model.steps_.merge(figures, on=["outlet", "reference", "masks"])
    return {"trap": trap.sort_values(columns[:3]), "steps": steps, "calibration": calibration}


def leaning_table(folder: Path) -> pd.DataFrame:
    """AllSides round-ups, left against right: the same trap, and whether anything is left for new outlets."""
    articles = read(folder, "allsides2021")
    side = articles["leaning"].map({"left": "left", "lean left": "left", "right": "right", "lean right": "right"})
    articles = articles.assign(leaning=side, event_id="e" + articles["event"].astype(str))
    articles = articles[articles["leaning"].notna() & articles["outlet"].notna()].reset_index(drop=True)
    articles["article_id"] = [f"x{k:04d}" for k in range(len(articles))]
    corpus = fr.read_corpus(articles[["article_id", "outlet", "leaning", "title", "text", "event_id"]])
    events = corpus.articles[["article_id", "event_id"]].assign(n_candidates=0, confidence=1.0)
    rows = list(trap_rows(articles, "leaning"))
    for outlet, split in ((None, "by event, inside events"), ("outlet", "by event and outlet, inside events")):
        model = fr.OutletSeparability(
            by="leaning", outlet=outlet, n_permutations=CONFIG["outlets"]["n_permutations"], random_state=0
        )
        row = model.fit(corpus, events).summary_.iloc[0]
        rows.append(
            {"split": split, **row[["outlet", "reference", "auc", "ci_low", "ci_high", "p_value", "told_apart"]]}
        )
    return pd.DataFrame(rows).astype({"told_apart": "boolean"})


def scored(name: str, seeds: list[int], run: dict[int, pd.DataFrame]) -> Row:
    """Mean and spread of the scores over seeds."""
    table = pd.DataFrame([fr.score_predictions(run[seed]) for seed in seeds])
    means = {column: table[column].mean() for column in ("precision", "recall", "f1", "macro_f1", "average_precision")}
    spread = {"f1_lowest": table["f1"].min(), "macro_f1_lowest": table["macro_f1"].min()}
    first = {"set": name, "split": table["split"].iloc[0], "seeds": len(seeds), "n": table["n"].iloc[0]}
    return {**first, "n_true": table["n_true"].iloc[0], **means, **spread}


def sentence_rows(folder: Path) -> Iterator[Row]:
    """Biased sentences: BASIL by event, BABE by outlet, and both under a random split."""
    basil = read(folder, "basil_sentences").set_index("sent_id")
    babe = read(folder, "babe_sg2").set_index("id")
    babe = babe[babe["label_bias"] != "No agreement"]
    babe = babe.assign(biased=babe["label_bias"] == "Biased")
    cues = {"basil": pd.concat([sentence_cues(basil["text"]), article_cues(basil)], axis=1)}
    cues["babe"] = sentence_cues(babe["text"])
    sets = {
        "BASIL lexical": (basil, "lex", "event_id", "f1", "group"),
        "BASIL informational": (basil, "inf", "event_id", "f1", "group"),
        "BABE": (babe, "biased", "outlet", "macro_f1", "balanced"),
    }
    for name, (table, label, group, objective, split) in sets.items():
        seeds = CONFIG["sentences"]["babe_seeds" if name == "BABE" else "basil_seeds"]
        for kind, with_cues in ((split, True), (split, False), ("random", True)):
            given = cues[name.split()[0].lower()] if with_cues else None
            run = {}
            some = seeds if (kind, with_cues) == (split, True) else seeds[: CONFIG["sentences"]["beside"]]
            for seed in some:
                model = fr.CueClassifier(label=label, group=group, objective=objective, random_state=seed)
                options = {"split": kind, "n_folds": CONFIG["sentences"]["n_folds"], "allow_leakage": kind == "random"}
                run[seed] = model.cross_validate(table, cues=given, **options)
            yield {"features": "TF-IDF + cues" if with_cues else "TF-IDF", **scored(name, some, run)}
    yield from outlet_only(babe)


def outlet_only(babe: pd.DataFrame) -> Iterator[Row]:
    """BABE from the outlet's name alone, which exists under a random split only; by outlet it knows nothing."""
    dummies, labels = pd.get_dummies(babe["outlet"]), babe["biased"]
    for seed in CONFIG["sentences"]["babe_seeds"][:1]:
        folds = StratifiedKFold(CONFIG["sentences"]["n_folds"], shuffle=True, random_state=seed)
        guess = cross_val_predict(LogisticRegression(), dummies, labels, cv=folds)
        by_outlet = cross_val_predict(DummyClassifier(), dummies, labels, cv=GroupKFold(5), groups=babe["outlet"])
        for split, found in (("random (leaks)", guess), ("balanced", by_outlet)):
            yield {
                "features": "outlet name" if found is guess else "commonest class",
                "set": "BABE",
                "split": split,
                "seeds": 1,
                "n": len(labels),
                "n_true": int(labels.sum()),
                "macro_f1": f1_score(labels, found, average="macro"),
            }


def find_data(given: str | None) -> Path | None:
    """Folder of the public sets, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(given or os.environ.get("FRAMING_DATA") or beside)
    folders = (folder, folder / "cues", folder.parent / "cues")
    return next((place for place in folders if (place / "basil_articles.jsonl").is_file()), None)  # events/ beside it


def as_published(folder: Path) -> bool:
    """Say whether the files are those of config.toml."""
    sums = CONFIG["sets"]
    files = {name: folder / f"{name}.jsonl" for name in sums}
    files["allsides2021"] = folder.parent / "events" / "allsides2021.jsonl"
    return all(hashlib.sha256(files[name].read_bytes()).hexdigest() == sums[name] for name in sums)


def write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write and print the tables."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        fr.write_table(table.reset_index(drop=True), out / f"{name}.csv")
        print(f"\n{out.name}, {name}\n{table.round(3).to_string(index=False)}", flush=True)


def chart(style: pd.DataFrame) -> alt.LayerChart:
    """Draw how well two outlets are told apart while marks of house style are masked one after the other."""
    steps = alt.X("masks:N", title="masked so far", sort=style["masks"].tolist(), axis=alt.Axis(labelAngle=-30))
    auc = alt.Y("auc_mean:Q", title="AUC within events", scale=alt.Scale(domain=[0, 1]))
    line = alt.Chart(style, width=300, height=170).mark_line(point=True).encode(steps, auc)
    chance = alt.Chart(pd.DataFrame({"chance": [0.5]})).mark_rule(strokeDash=[4, 4]).encode(y="chance:Q")
    return alt.layer(chance, line).configure(background="white")


def main(out: Path, given: str | None = None) -> None:
    """Write the tables of what is there, and draw the style firewall."""
    style = pd.DataFrame(style_rows())
    write({"null": pd.DataFrame(null_rows()), "style": style}, out)
    chart(style).save(out / "style.svg")
    folder = find_data(given)
    if folder is None:
        print("\nThe public sets were not found: these are figures of simulations only.")
        return
    target = out / ("public" if as_published(folder) else "other")
    leaning = {"leaning": leaning_table(folder.parent / "events")}
    write(outlet_tables(folder) | leaning | {"sentences": pd.DataFrame(sentence_rows(folder))}, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
