"""Find inserted labels with the lexicon and without: by rule, by insertion, by contrast, beside keyword matching.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

Tables of the constructed gold and of the demonstration corpus go to OUT_FOLDER, those of third-party texts to
OUT_FOLDER/public where they are found (OUT_FOLDER/other where the files are not those of config.toml).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from planting import in_copies, in_own_reports

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
GOLD = Path(__file__).parents[2] / "tests" / "golden" / "labels"
LEXICON = fr.load_lexicon("inserted-labels")
DRAWS = {"n_resamples": CONFIG["n_resamples"], "random_state": CONFIG["random_state"]}
SPAN = ["article_id", "field", "start", "end"]
COLUMNS = ["article_id", "outlet", "text", "published", "language"]
WITNESSES = ("rule", "insertion", "contrast")
BRACKET = re.compile(r"\([^()]*(?:terror|extrem|banned|outlawed|undesirable|foreign agent)[^()]*\)", re.IGNORECASE)
BLUE, AMBER, GREY = "#2f7dbd", "#c27c10", "#929ba3"
Row = dict[str, object]


def read(path: Path) -> pd.DataFrame:
    """Objects of a JSONL file."""
    return pd.DataFrame([json.loads(line) for line in path.read_text("utf-8").splitlines()])


def corpus_of(rows: pd.DataFrame) -> fr.Corpus:
    """Make a corpus of rows with ``id, text, lang``."""
    return fr.read_corpus(
        pd.DataFrame({"article_id": rows["id"], "outlet": "unknown", "text": rows["text"], "language": rows["lang"]})
    )


def in_source(corpus: fr.Corpus, table: pd.DataFrame) -> pd.DataFrame:
    """Spans of the texts, counted in the texts as they were read, before NFC."""
    table = table.loc[table["field"] == "text", SPAN]
    ends = [corpus.to_source_offsets(*row) for row in table.itertuples(index=False)]
    return table.assign(start=[a for a, _ in ends], end=[b for _, b in ends])


def keywords(corpus: fr.Corpus) -> pd.DataFrame:
    """Every designation word of the label lexicons, whatever stands around it."""
    languages = corpus.articles.set_index("article_id")["language"]
    rows = [
        (article, "text", match.start, match.end)
        for article, text in corpus.texts().items()
        for match in LEXICON.matches(text, languages[article])
        if match.rule.role == "designation"
    ]
    return pd.DataFrame(rows, columns=SPAN)


def found(predicted: pd.DataFrame, gold: pd.DataFrame) -> tuple[float, float, float]:
    """Share of the gold spans that a predicted span touches, and its interval."""
    measured = {e.name: e for e in fr.evaluate_spans(predicted, gold, n_resamples=2)}
    return measured["overlap_recall"].estimate, *measured["overlap_recall"].interval


def gold_rows(name: str, rows: pd.DataFrame) -> tuple[list[Row], list[Row]]:
    """Recall by language and form, and hits among negatives; a negative without a span is its whole text."""
    corpus = corpus_of(rows)
    methods = {
        "rule": in_source(corpus, fr.find_labels(corpus, lexicon=LEXICON)),
        "keywords": in_source(corpus, keywords(corpus)),
    }
    rows = rows.assign(
        article_id=rows["id"],
        field="text",
        start=rows["start"].fillna(0).astype(int),
        end=rows["end"].fillna(rows["text"].str.len()).astype(int),
    )
    true, false = rows[rows["is_label"] == 1], rows[rows["is_label"] == 0]
    cells = [(language, form, part) for (language, form), part in true.groupby(["lang", "form"])]
    cells += [(language, "all", part) for language, part in true.groupby("lang")]
    cells += [("all", form, part) for form, part in true.groupby("form")]
    recall = [scores(name, cell, methods) for cell in [*cells, ("all", "all", true)]]
    tempting = [(language, "negatives", part) for language, part in false.groupby("lang")]
    return recall, [scores(name, cell, methods) for cell in [*tempting, ("all", "negatives", false)]]


def scores(name: str, cell: tuple[str, str, pd.DataFrame], methods: dict[str, pd.DataFrame]) -> Row:
    """One row: share touched by each method."""
    language, form, part = cell
    row: Row = {"set": name, "language": language, "form": form, "n": len(part)}
    for method, table in methods.items():
        share, low, high = found(table, part)
        row |= {method: share, f"{method}_low": low, f"{method}_high": high}
    return row


def constructed() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Recall and hits of the three parts of our own gold."""
    recall, negatives = [], []
    parts = {path.stem: read(path) for path in sorted(GOLD.glob("part*.jsonl"))}
    for name, rows in {**parts, "all parts": pd.concat(parts.values(), ignore_index=True)}.items():
        one, other = gold_rows(name, rows)
        recall, negatives = recall + one, negatives + other
    return pd.DataFrame(recall), pd.DataFrame(negatives)


def demonstrate(labels: pd.DataFrame, corpus: fr.Corpus) -> Iterator[Row]:
    """Labels of the demonstration corpus in the outlets' own voice: which witness finds which form."""
    gold = fr.read_gold(CONFIG["corpus"], "labels")
    gold = gold[gold["voice"] != "quoted"].drop_duplicates(SPAN)
    brackets = [
        (article, field, match.start(), match.end())
        for field in ("title", "text")
        for article, text in corpus.texts(field).items()
        for match in BRACKET.finditer(text)
    ]
    methods = {name: labels[labels[f"by_{name}"]] for name in WITNESSES}
    methods |= {"any": labels, "keyword in brackets": pd.DataFrame(brackets, columns=SPAN)}
    for form, part in [*gold.groupby("form"), ("all", gold)]:
        row: Row = {"form": form, "n": len(part)}
        yield row | {name: found(table, part)[0] for name, table in methods.items()}


def label_tables(result: fr.Comparison) -> dict[str, pd.DataFrame]:
    """Who labels whom how often, who does not, and when that changed: labels that are not quoted."""
    corpus, labels = result.corpus, result["labels"]
    own = labels[labels["voice"] != "quoted"]
    timeline = fr.label_timeline(corpus, own)
    coverage = fr.label_coverage(corpus, own, fr.read_gold(CONFIG["corpus"], "events"))
    return {
        "label_counts": fr.label_counts(corpus, own),
        "label_shares": fr.label_counts(corpus, own.assign(designation="any")),
        "label_coverage": coverage,
        "label_changes": fr.label_changes(timeline, random_state=CONFIG["random_state"]),
    }


def switches() -> Iterator[Row]:
    """Streams whose labelled share changes once on a known day: found, and dated within a day."""
    options = CONFIG["switches"]
    days = pd.date_range("2024-01-01", periods=60, tz="UTC", unit="us")
    for k, (before, after) in enumerate(options["shares"]):
        rng = np.random.default_rng([CONFIG["random_state"], k])
        at = rng.integers(5, len(days) - 5, options["streams"])
        streams = [
            pd.DataFrame(
                {
                    "outlet": f"o{i:03d}",
                    "entity": "e",
                    "designation": "d",
                    "day": days,
                    "n_mentions": 5,
                    "n_labelled": rng.binomial(5, np.where(np.arange(len(days)) < day, before, after)),
                }
            )
            for i, day in enumerate(at)
        ]
        # Each stream is judged alone, so that the adjustment over streams does not enter.
        changes = [fr.label_changes(one, n_permutations=options["n_permutations"]).iloc[0] for one in streams]
        hits = np.array([bool(change["found"]) for change in changes])
        near = np.array([abs((change["day"] - days[day]).days) <= 1 for change, day in zip(changes, at, strict=True)])
        yield {
            "share_before": before,
            "share_after": after,
            "streams": len(streams),
            "found": hits.mean(),
            "within_a_day": (hits & near).mean(),
        }


def planted_row(name: str, plants: pd.DataFrame, methods: dict[str, pd.DataFrame]) -> Iterator[Row]:
    """Recall of labels with a word of the lexicons and without, by method; decoys touched, and rows on neither."""
    labels = plants[plants["kind"] != "decoy"]
    for method, table in methods.items():
        row: Row = {"setting": name, "method": method, "planted": len(labels)}
        for kind in ("lexical", "novel"):
            row[kind] = found(table, labels[labels["kind"] == kind])[0]
        for form, part in labels[labels["kind"] == "novel"].groupby("form"):
            row[f"novel_{form}"] = found(table, part)[0]
        decoys = plants[plants["kind"] == "decoy"]
        touched = round(found(table, decoys)[0] * len(decoys)) if len(decoys) else 0
        nowhere = {e.name: e for e in fr.evaluate_spans(table[SPAN], plants, n_resamples=2)}["overlap_precision"]
        others = round((1 - nowhere.estimate) * nowhere.n) if nowhere.n else 0
        yield row | {"decoys": len(decoys), "decoys_touched": touched, "rows_elsewhere": others}


def own_report_rows(articles: pd.DataFrame, uses: list[int]) -> Iterator[Row]:
    """Labels in one outlet's own reports: no copy shows them as inserted."""
    for k, n in enumerate(uses):
        changed, plants = in_own_reports(articles, uses=n, seed=CONFIG["random_state"] + k)
        corpus = fr.read_corpus(changed)
        events = known_events(corpus)
        quotations = fr.find_quotations(corpus)
        labels = fr.find_labels(corpus, events=events, quotations=quotations)
        ranked = fr.rank_modifiers(corpus, events, quotations=quotations)
        first = 2 * int((plants["kind"] != "decoy").sum())
        methods = {name: labels[labels[f"by_{name}"]] for name in ("rule", "contrast")}
        methods |= {
            "rule or contrast": labels,
            "contrast, first 2n ranked": ranked[ranked["rank"] <= first],
            "keywords": keywords(corpus),
        }
        yield from planted_row(f"own reports, {n} uses", plants, methods)


def copy_rows(articles: pd.DataFrame, sizes: dict[str, Any]) -> Iterator[Row]:
    """Labels in copies: the copy shows them as inserted, whatever they say."""
    changed, plants = in_copies(articles, seed=CONFIG["random_state"], **sizes)
    corpus = fr.read_corpus(changed)
    events = known_events(corpus)
    reuse = fr.find_reuse(corpus)
    families = fr.find_families(corpus, reuse)
    copied = events["article_id"].str.removesuffix("-copy").isin(plants["article_id"].str.removesuffix("-copy"))
    own = events.assign(event_id=events["article_id"].str.removesuffix("-copy"))[copied]  # a copy and its source
    edits = fr.diff_passages(corpus, fr.align_passages(corpus, own), reuse=reuse, families=families)
    labels = fr.find_labels(corpus, events=events, edits=edits)
    added = edits[edits["operation"].isin(["insert", "replace"])]
    theirs = added[["other_id", "other_field", "other_start", "other_end"]].set_axis(SPAN, axis=1)
    methods = {name: labels[labels[f"by_{name}"]] for name in WITNESSES}
    methods |= {"any witness": labels, "all inserted words": theirs, "keywords": keywords(corpus)}
    yield from planted_row("copies", plants, methods)


def known_events(corpus: fr.Corpus) -> pd.DataFrame:
    """Gold events as table ``events``."""
    return corpus.articles[["article_id", "event_id"]].assign(n_candidates=1, confidence=1.0)


def planted(articles: pd.DataFrame, suffix: str) -> pd.DataFrame:
    """Both ways of planting."""
    uses, sizes = CONFIG[f"own_reports{suffix}"]["uses"], CONFIG[f"copies{suffix}"]
    return pd.DataFrame([*own_report_rows(articles, uses), *copy_rows(articles, sizes)])


def demonstration_articles() -> pd.DataFrame:
    """Articles of the demonstration corpus with their gold events."""
    articles = fr.read_corpus(CONFIG["corpus"]).articles
    events = fr.read_gold(CONFIG["corpus"], "events").set_index("article_id")["event_id"]
    return articles[COLUMNS].assign(event_id=articles["article_id"].map(events))


def public_articles(folder: Path) -> pd.DataFrame:
    """Articles of g5 and basil with their gold events."""
    parts = []
    for name in ("g5", "basil"):
        rows = read(folder / "events" / f"{name}.jsonl")
        ids = [f"{name}-{k:03d}" for k in range(len(rows))]
        table = pd.DataFrame({"article_id": ids, "outlet": rows["outlet"], "text": rows["text"], "language": "en"})
        parts.append(table.assign(published=rows["date"], event_id=name + "-" + rows["event"].astype(str)))
    return fr.read_corpus(pd.concat(parts, ignore_index=True)).articles[[*COLUMNS, "event_id"]]


def hard_negatives(folder: Path) -> Row:
    """Brackets of real news that are no labels, each in its article."""
    basil, ptc = read(folder / "cues" / "basil_articles.jsonl"), read(folder / "cues" / "ptc.jsonl")
    texts = {("basil", i): text for i, text in basil[["article_id", "text"]].to_numpy()}
    texts |= {("ptc", i): text for i, text in ptc[["id", "text"]].to_numpy()}
    spans = read(folder / "cues" / "hard_negatives.jsonl")
    used = sorted(set(zip(spans["corpus"], spans["doc"], strict=True)))
    rows = pd.DataFrame({"id": ["/".join(key) for key in used], "text": [texts[key] for key in used], "lang": "en"})
    corpus = corpus_of(rows)
    gold = spans.assign(article_id=spans["corpus"] + "/" + spans["doc"], field="text")
    methods = {"rule": fr.find_labels(corpus, lexicon=LEXICON), "keywords": keywords(corpus)}
    sourced = {name: in_source(corpus, table) for name, table in methods.items()}
    return scores("hard negatives", ("en", "negatives", gold), sourced)


def publish(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of third-party texts."""
    recall, negatives = gold_rows("real labels", read(folder / "sourcing" / "labels.jsonl"))
    return {
        "recall": pd.DataFrame(recall),
        "negatives": pd.DataFrame([*negatives, hard_negatives(folder)]),
        "planted": planted(public_articles(folder), ""),
    }


def find_data(given: str | None) -> Path | None:
    """Folder that holds events/, cues/ and sourcing/, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(given or os.environ.get("FRAMING_DATA") or beside)
    wanted = [f"{name}.jsonl" for name in CONFIG["sets"]]
    return next((p for p in (folder, folder.parent) if all((p / name).is_file() for name in wanted)), None)


def as_published(folder: Path) -> bool:
    """Say whether the files are those of config.toml."""
    sums = CONFIG["sets"]
    return all(hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() == sums[name] for name in sums)


def recall_chart(recall: pd.DataFrame, negatives: pd.DataFrame) -> alt.FacetChart:
    """Draw what rule and keywords find of labels and hit of negatives, by form and language of all parts."""
    cells = pd.concat([recall, negatives])
    cells = cells[(cells["set"] == "all parts") & (cells["language"] != "all") & (cells["form"] != "all")]
    cells = cells.assign(cell=cells["form"] + " (" + cells["n"].astype(str) + ")")
    methods = ["rule", "keywords"]
    long = cells.melt(["language", "cell"], methods, var_name="method", value_name="share")
    forms = [cell for cell in sorted(long["cell"].unique()) if not cell.startswith("negatives")]
    order = [*forms, *sorted(set(long["cell"]) - set(forms))]
    chart = alt.Chart(long, title="share of labels found, by form; last line: share of negatives hit")
    return (
        chart.mark_point(filled=True, size=60, opacity=1)
        .encode(
            y=alt.Y("cell:N", title=None, sort=order),
            x=alt.X("share:Q", scale=alt.Scale(domain=[0, 1]), title=None),
            color=alt.Color("method:N", title=None, scale=alt.Scale(domain=methods, range=[BLUE, AMBER])),
            shape=alt.Shape("method:N", title=None, scale=alt.Scale(domain=methods)),
            facet=alt.Facet("language:N", columns=4, title=None),
        )
        .properties(width=120, height=alt.Step(16))
        .resolve_scale(y="independent")
    )


def shares_chart(shares: pd.DataFrame) -> alt.FacetChart:
    """Draw the share of mentions that carry a label, by outlet and name."""
    shown = shares[shares["entity"].isin(CONFIG["shown"])]
    base = alt.Chart(shown).encode(y=alt.Y("outlet:N", title=None))
    title = "share of the articles that mention the name whose first mention is labelled, 95 %"
    domain = alt.Scale(domain=[0, 1])
    lines = base.mark_rule(color=GREY, strokeWidth=2).encode(
        x=alt.X("first_ci_low:Q", scale=domain, title=None), x2="first_ci_high:Q"
    )
    points = base.mark_point(filled=True, size=60, color=BLUE, opacity=1).encode(x=alt.X("first_share:Q", scale=domain))
    layered = alt.layer(lines, points).properties(width=150, height=alt.Step(18))
    return layered.facet(alt.Facet("entity:N", title=None), columns=3, title=title)


def write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write and print the tables."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        floats = table.select_dtypes("float").columns
        fr.write_table(table.round(dict.fromkeys(floats, 9)), out / f"{name}.csv")
        print(f"\n{out.name}, {name}\n{table.round(dict.fromkeys(floats, 3)).to_string(index=False)}", flush=True)


def main(out: Path, given: str | None = None) -> None:
    """Write the tables and the figures of what is there."""
    recall, negatives = constructed()
    result = fr.compare(CONFIG["corpus"])
    tables = label_tables(result)
    write(
        {
            "recall": recall,
            "negatives": negatives,
            "demonstration": pd.DataFrame(demonstrate(result["labels"], result.corpus)),
            "planted": planted(demonstration_articles(), "_demonstration"),
            "switches": pd.DataFrame(switches()),
            **tables,
        },
        out,
    )
    recall_chart(recall, negatives).configure(background="white").save(out / "recall.svg")
    shares_chart(tables["label_shares"]).configure(background="white").save(out / "shares.svg")
    folder = find_data(given)
    if folder is None:
        print("\nThird-party texts were not found: these are figures of constructed texts only.")
        return
    write(publish(folder), out / ("public" if as_published(folder) else "other"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
