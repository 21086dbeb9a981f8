"""Find who copied whom and what was edited, beside overlap of 5-grams, TF-IDF cosine and difflib.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

Tables of the demonstration corpus go to OUT_FOLDER, those of copies planted among public news to OUT_FOLDER/public
where it is found (OUT_FOLDER/other where the files are not those of config.toml).
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
import numpy as np
import pandas as pd
from plain import Span, best_cut, changes, similarities
from planting import CARRIERS, edited, planted, words_of

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
DRAWS = {"n_resamples": CONFIG["n_resamples"], "random_state": CONFIG["random_state"]}
SPAN = ["article_id", "field", "start", "end"]
OURS = ["article_id", "field", "start", "end"]
THEIRS = ["other_id", "other_field", "other_start", "other_end"]
COLOURS = ["#2f7dbd", "#7fb2dd", "#3c9d80", "#929ba3", "#c27c10"]
NOT_KINDS = ("method", "cut", "n_sources", "precision", "false_pairs", "sister_pairs")
_WORD = re.compile(r"\w+")
Row = dict[str, object]
Changes = tuple[list[Span], list[Span]]


def find_copies(corpus: fr.Corpus) -> pd.DataFrame:
    """Reuse with furniture and quotations masked, as in `framing.compare`."""
    datelines, quotations = fr.find_datelines(corpus), fr.find_quotations(corpus)
    masks = [fr.mask_spans(datelines), fr.mask_spans(quotations, "quotation")]
    return fr.find_reuse(corpus, masks=pd.concat(masks, ignore_index=True), datelines=datelines)


def matrix(pairs: pd.DataFrame, articles: list[str]) -> np.ndarray:
    """Pairs as a symmetric matrix."""
    place = pd.Series(range(len(articles)), index=articles)
    out = np.zeros((len(articles), len(articles)), dtype=bool)
    a, b = (place[pairs[side]].to_numpy() for side in ("article_id", "other_id"))
    out[a, b] = out[b, a] = True
    return out


def copy_rows(reports: pd.DataFrame, sizes: dict[str, int]) -> Iterator[Row]:
    """Share of the planted copies found by kind, and the pairs found that nobody copied."""
    rows = planted(reports, sizes, CONFIG["rates"], CONFIG["passage"], CONFIG["random_state"])
    rows = rows.sort_values("article_id").reset_index(drop=True)
    corpus = fr.read_corpus(rows[["article_id", "outlet", "text"]])
    origin, source = rows["origin"].to_numpy(), (rows["kind"] == "source").to_numpy()
    kin = origin[:, None] == origin
    wanted = kin & (source[:, None] ^ source)
    events = [rows[name].to_numpy() for name in ("event_id", "host_event")]
    same = np.logical_or.reduce([a[:, None] == b for a in events for b in events])
    sisters, strangers = same & ~kin, ~same & ~kin
    found = {
        "framing": (matrix(find_copies(corpus), corpus.article_ids), np.nan),
        "framing, quotations kept": (matrix(fr.find_reuse(corpus), corpus.article_ids), np.nan),
    }
    for name, scores in similarities(rows["text"]).items():
        cut = best_cut(scores, wanted, wanted | strangers)
        found[name] = (scores >= cut, cut)
    kinds = [kind for kind in rows["kind"].unique() if kind not in ("source", "other")]
    for name, (hits, cut) in found.items():
        row: Row = {"method": name, "cut": cut, "n_sources": int(source.sum())}
        for kind in sorted(kinds, key=lambda kind: (not kind.endswith("edited"), len(kind), kind)):
            of_kind = (rows["kind"] == kind).to_numpy()
            row[kind] = (hits & wanted)[of_kind].sum() / of_kind.sum()
        right, false = (np.triu(hits & part, 1).sum() for part in (wanted, strangers))
        row |= {"precision": right / max(right + false, 1), "false_pairs": int(false)}
        yield row | {"sister_pairs": int(np.triu(hits & sisters, 1).sum())}


def direction_rows(reports: pd.DataFrame, n: int) -> Iterator[Row]:
    """Who is the source: by time, by credit, by neither."""
    rng = np.random.default_rng([CONFIG["random_state"], 1])
    drawn = reports.iloc[np.sort(rng.permutation(len(reports))[:n])]
    pool, noon = words_of(reports["text"]), pd.Timestamp("2024-05-06 12:00", tz="UTC")
    agency = "Karelund Wire"
    cases = {
        "printed six hours later": (6, ""),
        "printed at the same time, credits the source": (0, f"VELBY ({agency}) — "),
        "dated six hours earlier, credits the source": (-6, f"VELBY ({agency}) — "),
        "printed at the same time, no credit": (0, ""),
    }
    for case, (hours, credit) in cases.items():
        base = drawn[["article_id", "text"]].assign(outlet=agency, published=noon)
        copies = pd.DataFrame(
            {
                "article_id": base["article_id"] + "-copy",
                "text": [credit + edited(text, 0.05, pool, rng).text for text in base["text"]],
                "outlet": rng.choice(list(CARRIERS), len(base)),
                "published": noon + pd.Timedelta(hours=hours),
            }
        )
        reuse = find_copies(fr.read_corpus(pd.concat([base, copies], ignore_index=True)))
        pairs = reuse[reuse["other_id"] == reuse["article_id"] + "-copy"]
        right = (pairs["source_id"] == pairs["article_id"]).sum()
        known = pairs["source_id"].notna().sum()
        yield {
            "case": case,
            "copies": len(copies),
            "found": len(pairs),
            "right": int(right),
            "wrong": int(known - right),
            "no_direction": int(len(pairs) - known),
        }


def word_spans(text: str, spans: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Words of the text that the spans touch."""
    return {m.span() for a, b in spans for m in _WORD.finditer(text, a, b)}


def edit_rows(reports: pd.DataFrame, n: int) -> Iterator[Row]:
    """Words gone from the source and new in the copy, by edit rate: sentence by sentence, as scripts, by difflib."""
    rng = np.random.default_rng([CONFIG["random_state"], 2])
    drawn, pool = reports.iloc[np.sort(rng.permutation(len(reports))[:n])], words_of(reports["text"])
    texts = dict(drawn[["article_id", "text"]].to_numpy())
    for rate in [rate for rate in CONFIG["rates"] if rate]:
        copies = {i: edited(text, rate, pool, rng) for i, text in texts.items()}
        rows = [(i, "Karelund Wire", text, i) for i, text in texts.items()]
        rows += [(f"{i}-copy", "Velby Post", copy.text, i) for i, copy in copies.items()]
        corpus = fr.read_corpus(pd.DataFrame(rows, columns=["article_id", "outlet", "text", "event_id"]))
        methods = {"edits": sentence_edits(corpus), "edit scripts": scripted_edits(corpus)}
        methods["difflib"] = {i: plainly(texts[i], copy.text) for i, copy in copies.items()}
        for method, changed in methods.items():
            tally = np.zeros(3, dtype=int)
            for i, copy in copies.items():
                for text, found, true in zip((texts[i], copy.text), changed[i], (copy.gone, copy.new), strict=True):
                    ours, gold = word_spans(text, found), word_spans(text, true)
                    tally += [len(ours & gold), len(ours), len(gold)]
            right, ours_n, gold_n = tally.tolist()
            scores = {"precision": right / ours_n, "recall": right / gold_n, "f1": 2 * right / (ours_n + gold_n)}
            yield {"rate": rate, "method": method, "copies": len(copies), "changed_words": gold_n, **scores}


def sentence_edits(corpus: fr.Corpus) -> dict[str, Changes]:
    """Words gone and new between answering sentences, by source."""
    edits = fr.diff_passages(corpus, fr.align_passages(corpus, known_events(corpus)))
    return changes_of(corpus, edits[edits["type"] != "punctuation"])


def scripted_edits(corpus: fr.Corpus) -> dict[str, Changes]:
    """Words gone and new by the shortest script between whole texts, by source."""
    known = known_events(corpus).rename(columns={"event_id": "family_id"})[["family_id", "article_id"]]
    families = known.assign(role=np.where(known["article_id"] == known["family_id"], "base", "copy"))
    return changes_of(corpus, fr.edit_scripts(corpus, families))


def plainly(text: str, other: str) -> Changes:
    """Words gone and new according to difflib."""
    gone, new = zip(*changes(text, other), strict=True)
    return [span for span in gone if span], [span for span in new if span]


def changes_of(corpus: fr.Corpus, edits: pd.DataFrame) -> dict[str, Changes]:
    """Collect changes of texts on both sides, by article."""
    found: dict[str, Changes] = {i: ([], []) for i in corpus.article_ids}
    for i, part in edits[edits["field"] == "text"].groupby("article_id"):
        gone = part.loc[part["operation"] != "insert", ["start", "end"]].to_numpy().tolist()
        found[i] = (gone, part.loc[part["operation"] != "delete", ["other_start", "other_end"]].to_numpy().tolist())
    return found


def known_events(corpus: fr.Corpus) -> pd.DataFrame:
    """Gold events as table ``events``."""
    return corpus.articles[["article_id", "event_id"]].assign(n_candidates=1, confidence=1.0)


def demonstrate(result: fr.Comparison) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare copies and their direction with the gold of the demonstration corpus; baselines with their best cut."""
    corpus, reuse, gold = result.corpus, result["reuse"], fr.read_gold(CONFIG["corpus"], "reuse")
    articles = np.array(corpus.article_ids, dtype=object)
    wanted = matrix(gold, corpus.article_ids)
    tables, cuts = {"framing": reuse}, {"framing": np.nan}
    for name, scores in similarities(corpus.articles["text"]).items():
        cuts[name] = best_cut(scores, wanted, np.ones_like(wanted))
        a, b = np.nonzero(np.triu(scores >= cuts[name], 1))
        tables[name] = pd.DataFrame({"article_id": articles[a], "other_id": articles[b]})
    rows = []
    for name, table in tables.items():
        row: Row = {"method": name, "cut": cuts[name], "n_gold": len(gold)}
        for e in fr.evaluate_links(table, gold, **DRAWS):
            row |= {e.name: e.estimate, f"{e.name}_low": e.interval[0], f"{e.name}_high": e.interval[1]}
        for kind, part in gold.groupby("kind"):
            measured = {e.name: e for e in fr.evaluate_links(table, part, n_resamples=2)}
            row[f"recall_{kind}"] = measured["pair_recall"].estimate
        rows.append(row)
    both = gold.merge(reuse, on=["article_id", "other_id"], suffixes=("", "_ours"))
    inside = (both["source_id"] == both["article_id"]) | (both["source_id"] == both["other_id"])
    said = both["source_id_ours"].notna()
    right = both["source_id"] == both["source_id_ours"]
    direction = [
        {
            "source_in_gold": name,
            "pairs": int(part.sum()),
            "right": int((part & right).sum()),
            "wrong": int((part & said & ~right).sum()),
            "no_direction": int((part & ~said).sum()),
        }
        for name, part in (("one of the two", inside), ("a third article", ~inside))
    ]
    return pd.DataFrame(rows), pd.DataFrame(direction)


def keyed(edits: pd.DataFrame) -> pd.DataFrame:
    """Turn changes into spans keyed by pair: an insertion stands in the other article, all else in the article."""
    inserted = (edits["operation"] == "insert").to_numpy()
    pair = [" | ".join(sorted(ids)) for ids in edits[["article_id", "other_id"]].to_numpy()]
    ours = edits[["article_id", "start", "end"]].to_numpy(dtype=object)
    theirs = edits[["other_id", "other_start", "other_end"]].to_numpy(dtype=object)
    chosen = pd.DataFrame(np.where(inserted[:, None], theirs, ours), columns=["field", "start", "end"])
    return chosen.assign(article_id=pair, type=edits["type"].to_numpy(), unit=edits["unit"].to_numpy()).dropna()


def demonstration_edits(result: fr.Comparison) -> Iterator[Row]:
    """Word edits of the demonstration corpus by what was changed: exact and overlapping spans, beside difflib."""
    gold = fr.read_gold(CONFIG["corpus"], "edits")
    texts = result.corpus.texts()
    pairs = gold[["article_id", "other_id"]].drop_duplicates()
    ours = result["edits"].query("field == 'text' and type != 'punctuation'").assign(unit="word")
    plain = []
    for a, b in pairs.to_numpy():
        for gone, new in changes(texts[a], texts[b]):
            sides = [*(gone or (pd.NA, pd.NA)), *(new or (pd.NA, pd.NA))]
            plain.append((a, b, "change" if gone else "insert", *sides))
    columns = ["article_id", "other_id", "operation", "start", "end", "other_start", "other_end"]
    wanted = keyed(gold)
    methods = {"framing": keyed(ours), "difflib": keyed(pd.DataFrame(plain, columns=columns).assign(type="", unit=""))}
    words = wanted[wanted["unit"] == "word"]
    for method, table in methods.items():
        inside = table[table["article_id"].isin(wanted["article_id"])]
        precise = {e.name: e for e in fr.evaluate_spans(inside, wanted, n_resamples=2)}
        for kind, part in [*words.groupby("type"), ("all", words)]:
            measured = {e.name: e for e in fr.evaluate_spans(inside, part, n_resamples=2)}
            exact = measured["exact_recall"]
            yield {
                "type": kind,
                "method": method,
                "n_gold": exact.n,
                "exact_recall": exact.estimate,
                "exact_low": exact.interval[0],
                "exact_high": exact.interval[1],
                "overlap_recall": measured["overlap_recall"].estimate,
                "n_found": precise["overlap_precision"].n if kind == "all" else np.nan,
                "overlap_precision": precise["overlap_precision"].estimate if kind == "all" else np.nan,
            }


def demonstration_reports() -> pd.DataFrame:
    """Return reports of the demonstration corpus that copy nothing."""
    articles = fr.read_corpus(CONFIG["corpus"]).articles
    pairs = fr.read_gold(CONFIG["corpus"], "reuse")
    sides = pairs.melt("source_id", ["article_id", "other_id"], value_name="article")
    copies = set(sides.loc[sides["article"] != sides["source_id"], "article"])
    own = articles[~articles["article_id"].isin(copies)]
    events = fr.read_gold(CONFIG["corpus"], "events").set_index("article_id")["event_id"]
    return own[["article_id", "outlet", "text"]].assign(event_id=own["article_id"].map(events)).pipe(long_enough)


def public_reports(folder: Path) -> pd.DataFrame:
    """Read reports of g5 and basil, no text twice."""
    parts = []
    for name in ("g5", "basil"):
        lines = (folder / "events" / f"{name}.jsonl").read_text("utf-8").splitlines()
        rows = pd.DataFrame([json.loads(line) for line in lines])
        ids, events = [f"{name}-{k:03d}" for k in range(len(rows))], name + "-" + rows["event"].astype(str)
        parts.append(rows[["outlet", "text"]].assign(article_id=ids, event_id=events))
    return pd.concat(parts, ignore_index=True).drop_duplicates("text").pipe(long_enough)


def long_enough(reports: pd.DataFrame) -> pd.DataFrame:
    """Keep reports of enough words."""
    return reports[reports["text"].str.split().str.len() >= CONFIG["least"]].reset_index(drop=True)


def of_planted(reports: pd.DataFrame, sizes: dict[str, int]) -> dict[str, pd.DataFrame]:
    """Tables of planted copies."""
    return {
        "copies": pd.DataFrame(copy_rows(reports, sizes)),
        "direction": pd.DataFrame(direction_rows(reports, sizes["sources"])),
        "word_edits": pd.DataFrame(edit_rows(reports, sizes["sources"] // 2)),
    }


def find_data(given: str | None) -> Path | None:
    """Folder that holds events/, or None."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(given or os.environ.get("FRAMING_DATA") or beside)
    wanted = [f"{name}.jsonl" for name in CONFIG["sets"]]
    return next((p for p in (folder, folder.parent) if all((p / name).is_file() for name in wanted)), None)


def as_published(folder: Path) -> bool:
    """Say whether the files are those of config.toml."""
    sums = CONFIG["sets"]
    return all(hashlib.sha256((folder / f"{name}.jsonl").read_bytes()).hexdigest() == sums[name] for name in sums)


def chart(copies: pd.DataFrame, words: pd.DataFrame) -> alt.HConcatChart:
    """Draw copies found by edit rate and by kind, and changed words found by edit rate."""
    long = copies.melt(["method"], [c for c in copies if c not in NOT_KINDS], var_name="kind", value_name="share")
    methods = alt.Scale(domain=copies["method"].tolist(), range=COLOURS)
    colour = alt.Color("method:N", title=None, scale=methods)
    shape = alt.Shape("method:N", title=None, scale=alt.Scale(domain=copies["method"].tolist()))
    whole = alt.Scale(domain=[0, 1])
    rates = long[long["kind"].str.endswith("edited")]
    rates = rates.assign(rate=rates["kind"].str.extract(r"(\d+)")[0].astype(float) / 100)
    axis = alt.X(
        "rate:Q", title="share of the words edited", axis=alt.Axis(format="%", values=[0, 0.15, 0.3, 0.5, 0.7])
    )
    by_rate = alt.Chart(rates, title="copies found").encode(x=axis, y=alt.Y("share:Q", scale=whole, title=None))
    by_rate = by_rate.mark_line(strokeWidth=2).encode(color=colour) + by_rate.mark_point(
        filled=True, size=60, opacity=1
    ).encode(color=colour, shape=shape)
    by_kind = (
        alt.Chart(long[~long["kind"].str.endswith("edited")], title="partial copies found")
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            y=alt.Y("kind:N", title=None, sort=None),
            x=alt.X("share:Q", scale=whole, title=None),
            color=colour,
            shape=shape,
        )
    )
    tools = alt.Scale(domain=["edits", "edit scripts", "difflib"], range=[COLOURS[k] for k in (0, 1, 4)])
    tool = alt.Color("method:N", title=None, scale=tools)
    changed = alt.Chart(words, title="changed words, F1").encode(
        axis, alt.Y("f1:Q", scale=whole, title=None), color=tool
    )
    drawn = changed.mark_line(strokeWidth=2) + changed.mark_point(filled=True, size=60, opacity=1)
    parts = (by_rate.properties(width=220, height=200), by_kind.properties(width=180, height=90))
    left = alt.hconcat(*parts).resolve_scale(color="shared", shape="shared")
    return alt.hconcat(left, drawn.properties(width=220, height=200), background="white").resolve_scale(
        color="independent", shape="independent"
    )


def write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write and print the tables, and draw the figure."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        floats = table.select_dtypes("float").columns
        fr.write_table(table.round(dict.fromkeys(floats, 9)), out / f"{name}.csv")
        print(f"\n{out.name}, {name}\n{table.round(dict.fromkeys(floats, 3)).to_string(index=False)}", flush=True)
    chart(tables["copies"], tables["word_edits"]).save(out / "reuse.svg")


def main(out: Path, given: str | None = None) -> None:
    """Write the tables and the figures of what is there."""
    result = fr.compare(CONFIG["corpus"])
    gold, direction = demonstrate(result)
    tables = {"gold_copies": gold, "gold_direction": direction, "gold_edits": pd.DataFrame(demonstration_edits(result))}
    write(tables | of_planted(demonstration_reports(), CONFIG["planted_demonstration"]), out)
    folder = find_data(given)
    if folder is None:
        print("\nPublic news was not found: these are figures of the demonstration corpus, a constructed one.")
        return
    write(of_planted(public_reports(folder), CONFIG["planted"]), out / ("public" if as_published(folder) else "other"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
