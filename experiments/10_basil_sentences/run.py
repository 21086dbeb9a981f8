"""Classify annotated sentences with whole events left out, with whole articles left out, and with neither.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

Tables of the demonstration corpus go to OUT_FOLDER, those of BASIL to OUT_FOLDER/public where it is found
(OUT_FOLDER/other where the files are not those of config.toml).
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
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
NO_TERMS = 10**9  # min_df of a classifier that sees cues only
SPLITS = {"random": "event_id", "by article": "article_id", "by event": "event_id"}
COLOURS = ["#c27c10", "#929ba3", "#2f7dbd"]
SPAN = ["article_id", "field", "start", "end"]
Row = dict[str, object]


@dataclass(frozen=True, eq=False)
class Task:
    """Annotated sentences, what is asked of them, and their cues."""

    name: str
    label: str
    sentences: pd.DataFrame
    cues: pd.DataFrame

    @property
    def events(self) -> np.ndarray:
        """Number of the event of each sentence."""
        return np.unique(self.sentences["event_id"], return_inverse=True)[1]

    @property
    def truth(self) -> np.ndarray:
        """Which sentences are what is asked for."""
        return self.sentences[self.label].to_numpy(dtype=bool)


def find_all_cues(corpus: fr.Corpus) -> pd.DataFrame:
    """Cues of the shipped lexicons."""
    return fr.find_cues(corpus, fr.load_lexicon(*CONFIG["lexicons"]), quotations=fr.find_quotations(corpus))


def features(corpus: fr.Corpus, sentences: pd.DataFrame, cues: pd.DataFrame) -> pd.DataFrame:
    """Count each cue family, how much of the sentence is quoted, its length and its place in the article."""
    counts = np.log1p(fr.count_cues(sentences, cues))
    quoted = fr.find_quotations(corpus).assign(family="quotation")
    order = sentences.groupby("article_id")["start"].rank()
    length = (sentences["end"] - sentences["start"]).astype(float)
    extra = {
        "quotation": np.log1p(fr.count_cues(sentences, quoted).sum(axis=1)),
        "length": np.log(length.clip(lower=1)),
        "place": order / sentences.groupby("article_id")["start"].transform("size"),
        "first": (order <= 3).astype(float),
    }
    return pd.concat([counts, pd.DataFrame(extra, index=sentences.index)], axis=1)


def tally(events: np.ndarray, truth: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Count true positives, predicted and true sentences of each event."""
    columns = (truth & guess, guess, truth)
    return np.stack([np.bincount(events, weights=column, minlength=events.max() + 1) for column in columns], axis=1)


def f1(tallies: np.ndarray) -> np.ndarray:
    """F1 of sums of tallies, whose last axis they are."""
    return 2 * tallies[..., 0] / np.maximum(tallies[..., 1] + tallies[..., 2], 1)


def redrawn(events: np.ndarray) -> np.ndarray:
    """How often each event is drawn in each resample."""
    n, rng = events.max() + 1, np.random.default_rng(CONFIG["random_state"])
    return rng.multinomial(n, np.full(n, 1 / n), size=CONFIG["n_resamples"])


def framing_runs(task: Task) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Predictions of `CueClassifier` for each kind of features, split and seed."""
    kinds = {
        "TF-IDF": ({}, False),
        "cues": ({"min_df": NO_TERMS, "cue_weight": 1.0}, True),
        "TF-IDF + cues": ({}, True),
        "TF-IDF + cues, svm": ({"model": "svm"}, True),
        "TF-IDF + cues, naive Bayes": ({"model": "naive_bayes"}, True),
    }
    for kind, (options, with_cues) in kinds.items():
        for split, group in SPLITS.items() if "," not in kind else [("by event", "event_id")]:
            for seed in CONFIG["seeds"]:
                model = fr.CueClassifier(label=task.label, group=group, random_state=seed, **options)
                yield (
                    kind,
                    split,
                    model.cross_validate(
                        task.sentences,
                        cues=task.cues if with_cues else None,
                        n_folds=CONFIG["n_folds"],
                        split="random" if split == "random" else "group",
                        allow_leakage=split == "random",
                    ),
                )


def plain_runs(task: Task) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Predictions of an ordinary pipeline with its threshold at one half, and of calling every sentence biased."""
    texts, truth = task.sentences["text"], task.truth
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2)),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    for split, group in SPLITS.items():
        for seed in CONFIG["seeds"]:
            kind = StratifiedKFold if split == "random" else GroupKFold
            folds = kind(CONFIG["n_folds"], shuffle=True, random_state=seed)
            parts = list(folds.split(texts, truth, None if split == "random" else task.sentences[group]))
            scores = cross_val_predict(model, texts, truth, cv=parts, method="decision_function")
            yield "scikit-learn, TF-IDF", split, predictions(truth, scores >= 0, scores)
    yield "all sentences", "by event", predictions(truth, np.ones(len(truth), dtype=bool), np.zeros(len(truth)))


def predictions(truth: np.ndarray, guess: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """Make a table as `CueClassifier.cross_validate` gives it."""
    return pd.DataFrame({"label": truth, "predicted": guess, "score": scores, "split": "plain"})


def scored(task: Task) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores by features and split, means over the seeds; and what random folds add, with an interval over events."""
    tallies: dict[tuple[str, str], list[np.ndarray]] = {}
    figures: dict[tuple[str, str], list[Row]] = {}
    for runs in (plain_runs(task), framing_runs(task)):
        for kind, split, found in runs:
            guess = found["predicted"].to_numpy(dtype=bool)
            tallies.setdefault((kind, split), []).append(tally(task.events, task.truth, guess))
            figures.setdefault((kind, split), []).append(fr.score_predictions(found))
    weights = redrawn(task.events)
    drawn = {key: np.mean([f1(weights @ one) for one in part], axis=0) for key, part in tallies.items()}
    rows = []
    for (kind, split), part in figures.items():
        table = pd.DataFrame(part)
        means = {name: table[name].mean() for name in ("precision", "recall", "f1", "average_precision")}
        low, high = np.quantile(drawn[kind, split], (0.025, 0.975))
        size = {"n": int(table["n"].iloc[0]), "n_true": int(table["n_true"].iloc[0]), "seeds": len(table)}
        spread = {"ci_low": low, "ci_high": high, "f1_lowest": table["f1"].min(), "f1_highest": table["f1"].max()}
        rows.append({"task": task.name, "features": kind, "split": split, **size, **means, **spread})
    return pd.DataFrame(rows), pd.DataFrame(leaks(task, pd.DataFrame(rows), drawn))


def leaks(task: Task, rows: pd.DataFrame, drawn: dict[tuple[str, str], np.ndarray]) -> Iterator[Row]:
    """F1 by the leaky splits less that by event."""
    known = rows.set_index(["features", "split"])["f1"]
    for kind in rows["features"].unique():
        for split in ("random", "by article"):
            if (kind, split) in drawn:
                honest = known[kind, "by event"]
                low, high = np.quantile(drawn[kind, split] - drawn[kind, "by event"], (0.025, 0.975))
                gain = known[kind, split] - honest
                row = {"task": task.name, "features": kind, "split": split, "f1_by_event": honest, "f1_more": gain}
                yield row | {"ci_low": low, "ci_high": high, "relative": gain / honest}


def family_rows(tasks: list[Task], cues: pd.DataFrame, spans: pd.DataFrame) -> Iterator[Row]:
    """How much more often each family stands in sentences asked for, with an interval over events."""
    counts = {task.name: fr.count_cues(task.sentences, cues) for task in tasks}
    for family in sorted(cues["family"].unique()):
        own = cues[cues["family"] == family]
        row: Row = {"family": family, "n_cues": len(own)}
        for task in tasks:
            has, truth = counts[task.name][family].to_numpy() > 0, task.truth
            columns = (has & truth, truth, has & ~truth, ~truth)
            sums = np.stack([np.bincount(task.events, weights=column) for column in columns], axis=1)
            lift = ratio(sums.sum(axis=0))
            low, high = np.nanquantile(ratio(redrawn(task.events) @ sums), (0.025, 0.975))
            row |= {f"{task.label}_lift": lift, f"{task.label}_low": low, f"{task.label}_high": high}
            if len(spans):
                measured = {
                    e.name: e for e in fr.evaluate_spans(own, spans[spans["bias"] == task.label], n_resamples=2)
                }
                row[f"in_{task.label}_span"] = measured["overlap_precision"].estimate
        yield row


def ratio(sums: np.ndarray) -> np.ndarray:
    """Share of sentences with a cue among those asked for, over that among the others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (sums[..., 0] / sums[..., 1]) / (sums[..., 2] / sums[..., 3])


def demonstration() -> dict[str, pd.DataFrame]:
    """Ask sentences of the demonstration corpus instead: which of them hold an inserted label."""
    corpus = fr.read_corpus(CONFIG["corpus"])
    gold = fr.read_gold(CONFIG["corpus"], "labels")
    events = fr.read_gold(CONFIG["corpus"], "events").set_index("article_id")["event_id"]
    sentences = fr.find_sentences(corpus, datelines=fr.find_datelines(corpus))
    sentences = sentences[(sentences["field"] == "text") & (sentences["zone"] != "furniture")].reset_index(drop=True)
    sentences = sentences.assign(
        text=sentences["surface"],
        event_id=sentences["article_id"].map(events),
        labelled=fr.count_cues(sentences, gold.assign(family="label")).sum(axis=1) > 0,
    )
    cues = find_all_cues(corpus)
    task = Task("holds an inserted label", "labelled", sentences, features(corpus, sentences, cues))
    scores, leak = scored(task)
    families = pd.DataFrame(family_rows([task], cues, pd.DataFrame()))
    return {"scores": scores, "leak": leak, "families": families}


def read(folder: Path, name: str) -> pd.DataFrame:
    """Objects of a JSONL file."""
    return pd.DataFrame([json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()])


def publish(folder: Path) -> dict[str, pd.DataFrame]:
    """Lexical and informational bias of BASIL."""
    articles = read(folder, "cues/basil_articles")
    corpus = fr.read_corpus(articles[["article_id", "outlet", "title", "text"]].assign(language="en"))
    if corpus.originals:
        raise SystemExit("offsets of BASIL count the texts as they are, and NFC changed some of them")
    sentences = read(folder, "cues/basil_sentences").assign(field="text").set_index("sent_id")
    spans = read(folder, "cues/basil_spans")
    spans = spans.assign(field=spans["field"].replace("body", "text"))
    cues = find_all_cues(corpus)
    counted = features(corpus, sentences, cues)
    names = {"lex": "lexical bias", "inf": "informational bias"}
    tasks = [Task(name, label, sentences, counted) for label, name in names.items()]
    scores, leak = (pd.concat(parts, ignore_index=True) for parts in zip(*map(scored, tasks), strict=True))
    return {"scores": scores, "leak": leak, "families": pd.DataFrame(family_rows(tasks, cues, spans))}


def find_data(given: str | None) -> Path | None:
    """Folder that holds cues/, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(given or os.environ.get("FRAMING_DATA") or beside)
    wanted = [f"{name}.jsonl" for name in CONFIG["sets"]]
    return next((p for p in (folder, folder.parent) if all((p / name).is_file() for name in wanted)), None)


def as_published(folder: Path) -> bool:
    """Say whether the files are those of config.toml."""
    sums = CONFIG["sets"]
    return all(hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() == sums[name] for name in sums)


def chart(scores: pd.DataFrame) -> alt.FacetChart:
    """Draw F1 by features and split, with intervals over events; the rule is calling every sentence biased."""
    shown = scores[scores["features"] != "all sentences"]
    every = scores[scores["features"] == "all sentences"][["task", "f1"]].rename(columns={"f1": "every"})
    shown, splits = shown.merge(every, on="task"), list(SPLITS)
    domain = alt.Scale(domain=splits, range=COLOURS)
    base = alt.Chart(shown).encode(
        y=alt.Y("features:N", sort=scores["features"].unique().tolist(), title=None),
        yOffset=alt.YOffset("split:N", sort=splits),
        color=alt.Color("split:N", title="folds", sort=splits, scale=domain),
    )
    title = "F1, 95 % interval over events (dashed: every sentence called so)"
    lines = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=alt.X("ci_low:Q", title=None), x2="ci_high:Q")
    shape = alt.Shape("split:N", title="folds", sort=splits, scale=alt.Scale(domain=splits))
    points = base.mark_point(filled=True, size=60, opacity=1).encode(x="f1:Q", shape=shape)
    rule = alt.Chart(shown).mark_rule(strokeDash=[4, 4], color="#929ba3").encode(x="every:Q")
    return (
        alt.layer(rule, lines, points)
        .properties(width=260, height=alt.Step(14))
        .facet(alt.Facet("task:N", title=None), columns=2, title=title)
        .configure(background="white")
    )


def write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write and print the tables, and draw the figure."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        floats = table.select_dtypes("float").columns
        fr.write_table(table.round(dict.fromkeys(floats, 9)), out / f"{name}.csv")
        print(f"\n{out.name}, {name}\n{table.round(dict.fromkeys(floats, 3)).to_string(index=False)}", flush=True)
    chart(tables["scores"]).save(out / "sentences.svg")


def main(out: Path, given: str | None = None) -> None:
    """Write the tables and the figures of what is there."""
    write(demonstration(), out)
    folder = find_data(given)
    if folder is None:
        print("\nBASIL was not found: these are figures of the demonstration corpus, and of another question.")
        return
    write(publish(folder), out / ("public" if as_published(folder) else "other"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
