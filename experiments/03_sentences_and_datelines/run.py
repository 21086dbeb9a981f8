"""Score sentences, quotations and datelines on labelled texts, beside a few regular expressions.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

Tables of the constructed texts and of the demonstration corpus go to OUT_FOLDER, those of real news to
OUT_FOLDER/public where it is found (OUT_FOLDER/other where the files are not those of config.toml).
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

import altair as alt
import pandas as pd
import plain

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
GOLD = Path(__file__).parents[2] / "tests" / "golden"
DRAWS = {"n_resamples": CONFIG["n_resamples"], "random_state": CONFIG["random_state"]}
SPAN = ["article_id", "field", "start", "end"]
FIELDS = ("place", "agency", "date")
COLOURS = ["#2f7dbd", "#c27c10", "#929ba3"]
_MARKED = re.compile(r"(?:\"|“|''|``).*(?:\"|”|'')", re.DOTALL)
Row = dict[str, object]


def read(path: Path) -> pd.DataFrame:
    """Objects of a JSONL file."""
    return pd.DataFrame([json.loads(line) for line in path.read_text("utf-8").splitlines()])


def corpus_of(rows: pd.DataFrame) -> fr.Corpus:
    """Make a corpus of rows with ``id`` and ``text``."""
    columns = [name for name in ("outlet", "language") if name in rows.columns]
    table = rows[["id", "text", *columns]].rename(columns={"id": "article_id"})
    outlet = table["outlet"].fillna("unknown") if "outlet" in columns else "constructed"
    return fr.read_corpus(table.assign(outlet=outlet))


def in_text(table: pd.DataFrame) -> pd.DataFrame:
    """Spans of the text, not of the title."""
    return table[table["field"] == "text"]


def span_rows(
    name: str, predicted: pd.DataFrame, gold: pd.DataFrame, rivals: dict[str, pd.DataFrame], on: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Exact precision, recall and F1 of each method."""
    for method, table in {"framing": predicted, **rivals}.items():
        measured = {e.name: e for e in fr.evaluate_spans(table, gold, on=on, **DRAWS)}
        figures = {key: measured[f"exact_{key}"].estimate for key in ("precision", "recall", "f1")}
        low, high = measured["exact_f1"].interval
        least = {"recall_low": measured["exact_recall"].interval[0]}  # F1 of 1 has no spread; Wilson's interval has
        yield {"set": name, "method": method, "n_gold": len(gold), **figures, "ci_low": low, "ci_high": high, **least}


def by_language(
    corpus: fr.Corpus, predicted: pd.DataFrame, gold: pd.DataFrame, rivals: dict[str, pd.DataFrame]
) -> Iterator[Row]:
    """Rows of all constructed texts and of each language."""
    yield from span_rows("constructed", predicted, gold, rivals)
    for language, part in corpus.articles.groupby("language"):
        inside = [t[t["article_id"].isin(part["article_id"])] for t in (predicted, gold, *rivals.values())]
        some = dict(zip(rivals, inside[2:], strict=True))
        yield from span_rows(f"constructed, {language}", inside[0], inside[1], some)


def split_plainly(corpus: fr.Corpus) -> dict[str, pd.DataFrame]:
    """Sentences by lines, and by lines and stops."""
    return {"lines": plain.spans(corpus, plain.lines), "lines and stops": plain.spans(corpus, plain.stops)}


def placed(text: str, sentences: list[str]) -> Iterator[tuple[int, int]]:
    """Where the sentences stand, in their order."""
    done = 0
    for sentence in sentences:
        start = text.index(sentence, done)
        done = start + len(sentence)
        yield start, done


def constructed_sentences() -> Iterator[Row]:
    """Sentences of the constructed texts in seven languages."""
    rows = read(GOLD / "sentences" / "constructed.jsonl")
    corpus = corpus_of(rows)
    gold = [(i, "text", a, b) for i, t, s in rows[["id", "text", "sentences"]].to_numpy() for a, b in placed(t, s)]
    found = in_text(fr.find_sentences(corpus))
    yield from by_language(corpus, found, pd.DataFrame(gold, columns=SPAN), split_plainly(corpus))


def constructed_quotations() -> Iterator[Row]:
    """Outermost quotations of the constructed texts."""
    rows = read(GOLD / "quotations.jsonl")
    corpus = corpus_of(rows)
    gold = pd.DataFrame(
        [
            (row["id"], "text", q["start"], q["end"])
            for row in rows.to_dict("records")
            for q in row["quotations"]
            if q["depth"] == 0
        ],
        columns=SPAN,
    )
    rivals = {"pairs of marks": plain.spans(corpus, plain.pairs)}
    yield from by_language(corpus, in_text(fr.find_quotations(corpus)), gold, rivals)


def dateline_rows(name: str, corpus: fr.Corpus, gold: pd.DataFrame, fields: tuple[str, ...] = FIELDS) -> Iterator[Row]:
    """Datelines detected, and how often their parts are exactly right; ``gold`` is keyed by ``article_id``."""
    wanted = gold[gold["kind"] == "dateline"].set_index("article_id")
    found = {"framing": fr.find_datelines(corpus), "capitals before a dash": plain.datelines(corpus)}
    for method, table in found.items():
        ours = table[table["kind"] == "dateline"].drop_duplicates("article_id").set_index("article_id")
        both = wanted.index.intersection(ours.index)
        mine, theirs = ours.reindex(wanted.index), wanted
        right = {
            key: (mine[key].fillna("") == theirs[key].fillna("")).where(mine["body_start"].notna(), other=False)
            for key in fields
        }
        right["body_start"] = mine["body_start"] == theirs["body_start"].astype(float)
        yield {
            "set": name,
            "method": method,
            "n_texts": len(corpus),
            "n_gold": len(wanted),
            "precision": len(both) / max(len(ours), 1),
            "recall": len(both) / max(len(wanted), 1),
            **{f"{key}_right": right[key].mean() for key in ("body_start", *fields)},
            "all_right": pd.DataFrame(right).all(axis=1).mean(),
        }


def constructed_datelines() -> Iterator[Row]:
    """Datelines among other first lines, by language."""
    rows = read(GOLD / "datelines.jsonl").rename(columns={"id": "article_id"})
    for name, part in [("constructed", rows), *((f"constructed, {c}", p) for c, p in rows.groupby("language"))]:
        yield from dateline_rows(name, corpus_of(part.rename(columns={"article_id": "id"})), part)


def demonstration() -> tuple[list[Row], list[Row], list[Row]]:
    """Quotations, datelines and furniture of the demonstration corpus; it has no gold for sentences."""
    corpus = fr.read_corpus(CONFIG["corpus"])
    quotations = fr.read_gold(CONFIG["corpus"], "quotations").assign(field="text")
    rivals = {"pairs of marks": plain.spans(corpus, plain.pairs)}
    quoted = span_rows(CONFIG["corpus"], in_text(fr.find_quotations(corpus)), quotations, rivals)
    printed = fr.read_gold(CONFIG["corpus"], "datelines").assign(field="text")
    found = fr.find_datelines(corpus)
    parts = [
        {**row, "kind": kind}
        for kind, part in printed.groupby("kind")
        for row in span_rows(CONFIG["corpus"], found[found["kind"] == kind], part, {})
    ]
    given = printed.replace("", None).astype({"body_start": "float"})
    return list(quoted), list(dateline_rows(CONFIG["corpus"], corpus, given, ("place", "agency"))), parts


def source_spans(corpus: fr.Corpus, table: pd.DataFrame) -> pd.DataFrame:
    """Spans counted in the texts as they were read, before NFC."""
    ends = [corpus.to_source_offsets(*row) for row in table[SPAN].itertuples(index=False)]
    return table.assign(start=[a for a, _ in ends], end=[b for _, b in ends])


def news_sentences(folder: Path) -> Iterator[Row]:
    """Sentences of the labelled paragraphs of real news, each within its article; part B is the hard one."""
    labelled = pd.read_csv(GOLD / "sentences" / "english.csv")
    sets = {"g5": "events/g5", "basil": "events/basil", "polnear": "sourcing/polnear"}
    texts = {name: read(folder / f"{path}.jsonl")["text"] for name, path in sets.items()}
    labelled["id"] = labelled["text_sha256"]
    first = labelled.drop_duplicates("id")
    rows = first[["id"]].assign(text=[texts[s][r] for s, r in first[["set", "row"]].to_numpy()])
    corpus = corpus_of(rows)
    gold = labelled.rename(columns={"id": "article_id"}).assign(field="text")
    methods = {"framing": in_text(fr.find_sentences(corpus)), **split_plainly(corpus)}
    groups = gold.groupby(["article_id", "segment", "part"], as_index=False)
    segments = groups.agg(first=("start", "min"), last=("end", "max"))
    touching = {}
    for method, table in methods.items():
        sides = source_spans(corpus, table[SPAN]).merge(segments, on="article_id")
        touching[method] = sides[(sides["start"] < sides["last"]) & (sides["end"] > sides["first"])]
    for name, parts in (("news", "AB"), ("news, as it comes", "A"), ("news, hard", "B")):
        some = {method: table[table["part"].isin(list(parts))] for method, table in touching.items()}
        yield from span_rows(name, some.pop("framing"), gold[gold["part"].isin(list(parts))], some)


def news_quotations(folder: Path) -> Iterator[Row]:
    """PolNeAR: contents that are marked as quotations and found; long quotations that are attributed speech."""
    rows = read(folder / "sourcing" / "polnear.jsonl")
    rows = rows.assign(text_id=rows.groupby("text", sort=False).ngroup().map("p{:04d}".format))
    texts = rows.drop_duplicates("text")
    corpus = corpus_of(texts.drop(columns="id").rename(columns={"text_id": "id"}))
    contents = {
        article: {(a, b) for attributions in part for one in attributions for a, b, *_ in one["content"]}
        for article, part in rows.groupby("text_id")["attributions"]
    }
    source = texts.set_index("text_id")["text"]
    gold = [(i, a, b) for i, every in contents.items() for a, b in every if _MARKED.fullmatch(source[i][a:b])]
    methods = {
        "framing": in_text(fr.find_quotations(corpus)),
        "pairs of marks": plain.spans(corpus, plain.pairs),
    }
    for method, table in methods.items():
        spans = source_spans(corpus, table)
        ours = {i: part[["start", "end"]].to_numpy() for i, part in spans.groupby("article_id")}
        near = [i in ours and bool((abs(ours[i] - (a, b)) <= CONFIG["near"]).all(axis=1).any()) for i, a, b in gold]
        long = [
            (i, a, b)
            for i, a, b in spans[["article_id", "start", "end"]].itertuples(index=False)
            if len(re.findall(r"\w+(?:['’-]\w+)*", source[i][a:b])) >= CONFIG["long"]
        ]
        attributed = [any(c < b and a < d for c, d in contents[i]) for i, a, b in long]
        yield {
            "set": "polnear",
            "method": method,
            "n_gold": len(gold),
            "found": sum(near) / len(near),
            "n_long": len(long),
            "attributed": sum(attributed) / len(attributed),
        }


def news_datelines(folder: Path) -> Iterator[Row]:
    """First lines of real news; dates are printed forms there and not compared."""
    rows = read(folder / "sourcing" / "datelines.jsonl")
    yield from dateline_rows("news", corpus_of(rows), rows.rename(columns={"id": "article_id"}), ("place", "agency"))


def find_data(given: str | None) -> Path | None:
    """Folder that holds events/ and sourcing/, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(given or os.environ.get("FRAMING_DATA") or beside)
    wanted = [f"{name}.jsonl" for name in CONFIG["sets"]]
    return next((p for p in (folder, folder.parent) if all((p / name).is_file() for name in wanted)), None)


def as_published(folder: Path) -> bool:
    """Say whether the files are those of config.toml."""
    sums = CONFIG["sets"]
    return all(hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() == sums[name] for name in sums)


def chart(sentences: pd.DataFrame, quotations: pd.DataFrame, datelines: pd.DataFrame) -> alt.HConcatChart:
    """Draw F1 of sentences and quotations, and datelines of which all is right, by set and method."""
    parts = []
    for title, table, column in (
        ("sentences: exact F1", sentences, "f1"),
        ("quotations: exact F1", quotations, "f1"),
        ("datelines: all fields right", datelines, "all_right"),
    ):
        shown = table.assign(row=table["set"] + " (" + table["n_gold"].astype(str) + ")")
        known = {"scale": alt.Scale(domain=shown["method"].unique().tolist(), range=COLOURS)}
        legend = alt.Legend(orient="bottom", direction="vertical", symbolOpacity=1)
        base = alt.Chart(shown, title=title).encode(
            y=alt.Y("row:N", sort=None, title=None),
            color=alt.Color("method:N", title=None, legend=legend, **known),
        )
        layers = [base.mark_rule(opacity=0.6).encode(x="ci_low:Q", x2="ci_high:Q")] if "ci_low" in shown else []
        x = alt.X(f"{column}:Q", scale=alt.Scale(domain=[0, 1]), title=None)
        shape = alt.Shape("method:N", title=None, legend=legend, scale=alt.Scale(domain=known["scale"].domain))
        layers.append(base.mark_point(filled=True, size=60, opacity=1).encode(x=x, shape=shape))
        parts.append(alt.layer(*layers).properties(width=220, height=alt.Step(22)))
    return alt.hconcat(*parts, background="white").resolve_scale(color="independent", shape="independent")


def write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write and print the tables."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        fr.write_table(table.round(9), out / f"{name}.csv")
        print(f"\n{out.name}, {name}\n{table.round(3).to_string(index=False)}")


def main(out: Path, given: str | None = None) -> None:
    """Write the tables and the figure of what is there."""
    quoted, dated, furniture = demonstration()
    tables = {
        "sentences": pd.DataFrame(constructed_sentences()),
        "quotations": pd.DataFrame([*constructed_quotations(), *quoted]),
        "datelines": pd.DataFrame([*constructed_datelines(), *dated]),
        "furniture": pd.DataFrame(furniture),
    }
    write(tables, out)
    shown = tables
    folder = find_data(given)
    if folder is None:
        print("\nReal news was not found: these are figures of constructed texts and of the demonstration corpus only.")
    else:
        news = {
            "sentences": pd.DataFrame(news_sentences(folder)),
            "quotations": pd.DataFrame(news_quotations(folder)),
            "datelines": pd.DataFrame(news_datelines(folder)),
        }
        write(news, out / ("public" if as_published(folder) else "other"))
        shown = tables | {k: pd.concat([tables[k], news[k]]) for k in ("sentences", "datelines")}
    chart(shown["sentences"], shown["quotations"], shown["datelines"]).save(out / "text.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
