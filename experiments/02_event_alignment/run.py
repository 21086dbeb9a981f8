"""Score event alignment on collections whose events are known, beside simple baselines.

Usage: python run.py OUT_FOLDER [DATA_FOLDER]

Tables of the demonstration corpus go to OUT_FOLDER, those of the public sets to OUT_FOLDER/public where they are found
(OUT_FOLDER/other where the files are not those of config.toml).
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from sets import Known, as_published, demonstration, find_data, halves, joined, public, whole_events

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
DRAWS = {"n_resamples": CONFIG["n_resamples"], "random_state": CONFIG["random_state"]}
Row = dict[str, object]
Sizes = dict[str, Any]
ALL_PAIRS = 1e-6  # a cut so low that links_ holds every compared pair
SHOWN = {
    "bcubed_precision": "precision",
    "bcubed_recall": "recall",
    "bcubed_f1": "bcubed_f1",
    "pair_f1": "pair_f1",
    "v_measure": "v_measure",
    "adjusted_rand": "adjusted_rand",
}


def trained(parts: list[Known]) -> fr.LinkModel:
    """Train the link model on some collections."""
    return fr.train_link_model([(part.corpus, part.gold) for part in parts], masks=[part.masks for part in parts])


def figures(events: pd.DataFrame, gold: pd.DataFrame, **options: object) -> dict[str, float]:
    """Measures of one alignment, with the interval of B-cubed F1."""
    measured = {e.name: e for e in fr.evaluate_events(events, gold, **{**DRAWS, **options})}
    low, high = measured["bcubed_f1"].interval
    values = {"n": measured["bcubed_f1"].n, **{column: measured[name].estimate for name, column in SHOWN.items()}}
    return {**values, "ci_low": low, "ci_high": high}


def framing_rows(known: Known, model: fr.LinkModel | None) -> Iterator[Row]:
    """EventAligner with dates, where there are any, and without."""
    for dates, corpus in known.versions().items():
        aligner = fr.EventAligner(model=model).fit(corpus, masks=known.masks)
        row = {"set": known.name, "dates": dates, "method": "framing", "chosen": "without gold", "cut": aligner.cut_}
        yield row | figures(aligner.events_, known.gold)


def baseline_rows(sets: list[Known]) -> Iterator[Row]:
    """Every baseline with the cut that is best on the other sets, and with the one that is best on the set itself."""
    for method in CONFIG["methods"]:
        sweeps = {known.name: fr.sweep_baseline(known.undated, method) for known in sets}
        curves = pd.DataFrame({known.name: fr.bcubed_by_cut(sweeps[known.name], known.gold) for known in sets})
        for known in sets:
            cuts = {"in hindsight": curves[known.name].idxmax()}
            if len(sets) > 1:
                cuts["carried over"] = curves.drop(columns=known.name).mean(axis=1).idxmax()
            for chosen, cut in sorted(cuts.items()):
                row = {"set": known.name, "dates": "without", "method": method, "chosen": chosen, "cut": cut}
                yield row | figures(sweeps[known.name][cut], known.gold)


def default_rows(known: Known) -> Iterator[Row]:
    """Every baseline with the cut that is best on the public sets."""
    for method in CONFIG["methods"]:
        row = {"set": known.name, "dates": "without", "method": method, "chosen": "carried over"}
        yield row | figures(fr.baseline_events(known.undated, method), known.gold)


def compared(known: Known, model: fr.LinkModel | None) -> dict[str, pd.DataFrame]:
    """All compared pairs with their probability, with dates and without."""
    aligner = fr.EventAligner(model=model, cut=ALL_PAIRS)
    return {dates: aligner.fit(corpus, masks=known.masks).links_ for dates, corpus in known.versions().items()}


def calibration(links: dict[tuple[str, str], pd.DataFrame], gold: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reliability by bin, and its summary."""
    tables, summaries = [], []
    for (name, dates), table in links.items():
        tables.append(fr.reliability(table, gold).assign(set=name, dates=dates))
        measured = fr.evaluate_probabilities(table, gold, **DRAWS)
        summaries.append(fr.Evaluation.table(measured).drop(columns="gold").assign(set=name, dates=dates))
    return ordered(pd.concat(tables)), ordered(pd.concat(summaries))


def growth_rows(known: Known, rest: Known, model: fr.LinkModel | None, sizes: Sizes) -> Iterator[Row]:
    """Align whole events alone and among more and more reports of other events, all without dates.

    ``bcubed_f1`` looks at the targets only; in ``among_all`` a target that is grouped with others is an error too.
    """
    for seed in sizes["seeds"]:
        rng = np.random.default_rng(seed)
        targets = whole_events(known, sizes["targets"], rng)
        pool = joined([known.only(targets), rest.without(targets)], known.name)
        inside = pool.rows["article_id"].isin(targets).to_numpy()
        others = rng.permutation(np.flatnonzero(~inside))
        for added in sizes["added"]:
            kept = inside.copy()
            kept[others[:added]] = True
            some = pool.where(kept)
            aligner = fr.EventAligner(model=model).fit(some.undated, masks=some.masks)
            aimed = some.gold[some.gold["article_id"].isin(targets)]
            alone = figures(aligner.events_, aimed, n_resamples=0)
            among = figures(aligner.events_, some.gold, scored=targets, n_resamples=0)
            row = {"set": known.name, "seed": seed, "targets": len(targets), "added": len(some.rows) - len(targets)}
            yield row | {"cut": aligner.cut_, "bcubed_f1": alone["bcubed_f1"], "among_all": among["bcubed_f1"]}


def pooled_rows(pool: Known, models: list[fr.LinkModel], scored: list[set[str]]) -> Iterator[Row]:
    """Align all sets as one corpus; each half of the events is scored with the model of the other half."""
    for dates, corpus in pool.versions().items():
        for half, (model, articles) in enumerate(zip(models, scored, strict=True)):
            aligner = fr.EventAligner(model=model).fit(corpus, masks=pool.masks)
            row = {"dates": dates, "method": "framing", "half": half, "cut": aligner.cut_}
            yield row | figures(aligner.events_, pool.gold, scored=articles)
    sweep = fr.sweep_baseline(pool.undated, "linkage")
    best = fr.bcubed_by_cut(sweep, pool.gold).idxmax()
    for half, articles in enumerate(scored):
        row = {"dates": "without", "method": "linkage in hindsight", "half": half, "cut": best}
        yield row | figures(sweep[best], pool.gold, scored=articles)


def ordered(rows: pd.DataFrame | Iterator[Row]) -> pd.DataFrame:
    """Make a table with the words first."""
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    first = [c for c in ("set", "dates", "method", "chosen", "name", "seed", "half") if c in table.columns]
    return table[[*first, *[c for c in table.columns if c not in first]]].round(9).reset_index(drop=True)


def demonstrate() -> dict[str, pd.DataFrame]:
    """Tables of the demonstration corpus; the published model has never seen it."""
    known = demonstration(CONFIG["demonstration"])
    links = {(known.name, dates): table for dates, table in compared(known, None).items()}
    tables = dict(zip(("reliability", "calibration"), calibration(links, known.gold), strict=True))
    rows = [*framing_rows(known, None), *default_rows(known), *baseline_rows([known])]
    sizes = CONFIG["growth_demonstration"]
    return tables | {"events": ordered(iter(rows)), "growth": ordered(growth_rows(known, known, None, sizes))}


def publish(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of the public sets: no article is scored by a model that was trained on its event."""
    *sets, headlines = (public(folder, name) for name in CONFIG["sets"])
    pool, everything = joined(sets, "pooled"), joined([*sets, headlines], "everything")
    models = {known.name: trained([other for other in sets if other is not known]) for known in sets}
    folds = zip(*(halves(known, CONFIG["random_state"]) for known in sets), strict=True)
    scored = [set().union(*fold) for fold in folds]
    by_half = [trained([known.without(half) for known in sets]) for half in scored]
    rows = [row for known in sets for row in framing_rows(known, models[known.name])]
    links = {(k.name, dates): table for k in sets for dates, table in compared(k, models[k.name]).items()}
    links |= {
        ("all", dates): pd.concat([table for (_, version), table in links.items() if version == dates])
        for dates in ("with", "without")
    }
    growing = [row for k in sets for row in growth_rows(k, everything, models[k.name], CONFIG["growth"])]
    mixed = joined([known.only(scored[0]) for known in sets], "mixed")
    growing += growth_rows(mixed, everything, by_half[0], CONFIG["growth"])
    tables = dict(zip(("reliability", "calibration"), calibration(links, pool.gold), strict=True))
    return tables | {
        "events": ordered(iter([*rows, *baseline_rows(sets)])),
        "growth": ordered(iter(growing)),
        "pooled": ordered(pooled_rows(pool, by_half, scored)),
    }


def chart(tables: dict[str, pd.DataFrame]) -> alt.HConcatChart:
    """Draw reliability (undated), and B-cubed of the targets as the corpus grows (mean of the seeds)."""
    bins = tables["reliability"].query("dates == 'without' and set != 'all'")
    colour = alt.Color("set:N", title=None)
    axis = alt.Scale(domain=[0, 1])
    points = alt.Chart(bins.dropna()).encode(x=alt.X("mean_score:Q", scale=axis, title="P(same event)"), color=colour)
    share = alt.Y("share:Q", scale=axis, title="share of pairs of one event")
    ends = alt.Chart(pd.DataFrame({"x": [0, 1]})).mark_line(strokeDash=[4, 4], color="grey").encode(x="x:Q", y="x:Q")
    spread = points.mark_rule(opacity=0.5).encode(y="ci_low:Q", y2="ci_high:Q")
    reliable = ends + spread + points.mark_line(point=True).encode(y=share)
    means = tables["growth"].groupby(["set", "added"], as_index=False)["bcubed_f1"].mean()
    grown = (
        alt.Chart(means)
        .mark_line(point=True)
        .encode(
            x=alt.X("added:Q", title="reports of other events in the corpus"),
            y=alt.Y("bcubed_f1:Q", scale=alt.Scale(domain=[0.8, 1]), title="B-cubed F1 of the targets"),
            color=colour,
        )
    )
    sized = [part.properties(width=300, height=300) for part in (reliable, grown)]
    return alt.hconcat(*sized)


def write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write and print the tables, and draw the figure."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        fr.write_table(table, out / f"{name}.csv")
        print(f"\n{out.name}, {name}\n{table.round(3).to_string(index=False)}")
    chart(tables).save(out / "alignment.svg")


def main(out: Path, given: str | None = None) -> None:
    """Write the tables and the figures of what is there."""
    write(demonstrate(), out)
    folder = find_data(given)
    if folder is None:
        print("\nThe public sets were not found: these are figures of the demonstration corpus, a constructed one.")
        return
    write(publish(folder), out / ("public" if as_published(folder, CONFIG["sets"]) else "other"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
