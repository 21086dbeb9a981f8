"""Count false discoveries of pooled and of within-event keyness where outlets prefer events but not words.

Usage: python run.py OUT_FOLDER [--full]

The small run goes to OUT_FOLDER; ``--full`` (a hundred runs and more of each setting) goes to OUT_FOLDER/full.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
from scipy import stats

import framing as fr

CONFIG = tomllib.loads((Path(__file__).parent / "config.toml").read_text("utf-8"))
WORDS = np.array([f"w{k:04d}" for k in range(CONFIG["n_words"])])
POOLED = {"pooled": "force", "inference": fr.Inference("asymptotic")}
METHODS = {
    "pooled G2, BH": {**POOLED, "measure": "g2"},
    "pooled log-odds, BH": {**POOLED, "measure": "log_odds"},
    "within events, CMH by event, BH": {"inference": fr.Inference("cmh")},
    "within events, permutation, BH": {},
}


@dataclass(frozen=True)
class Simulated:
    """Articles of two outlets, and what is true of them."""

    corpus: fr.Corpus
    events: pd.DataFrame
    framing: frozenset[str]
    expected: pd.Series  # occurrences expected of each word, both outlets together


def simulate(
    seed: list[int], *, coverage: float, effect: float, n_events: int, n_articles: int, length: int
) -> Simulated:
    """Draw articles: an event has its own word rates, which both outlets share but for the framing words."""
    rng = np.random.default_rng(seed)
    common = rng.lognormal(sigma=CONFIG["spread"], size=len(WORDS))
    event_rates = common * rng.gamma(CONFIG["topic"], size=(n_events, len(WORDS)))
    event_rates /= event_rates.sum(axis=1, keepdims=True)
    chosen = rng.choice(len(WORDS), CONFIG["n_framing"], replace=False)
    factor = np.ones((2, len(WORDS)))
    half = CONFIG["n_framing"] // 2
    factor[0, chosen[:half]] = factor[1, chosen[half:]] = effect
    share = rng.beta(coverage, coverage, n_events) if coverage else np.full(n_events, 0.5)
    rows, expected = [], np.zeros(len(WORDS))
    for k in range(n_articles):
        event = k % n_events
        outlet = int(rng.random() >= share[event])
        rates = event_rates[event] * factor[outlet]
        rates /= rates.sum()
        tokens = rng.poisson(length)
        expected += tokens * rates
        own = rng.gamma(CONFIG["concentration"] * rates)
        counts = rng.multinomial(tokens, own / own.sum())
        text = " ".join(np.repeat(WORDS, counts))
        rows.append({"article_id": f"a{k:05d}", "outlet": "AB"[outlet], "text": text, "event_id": f"e{event:03d}"})
    corpus = fr.read_corpus(pd.DataFrame(rows))
    framing = frozenset(WORDS[chosen]) if effect != 1 else frozenset()
    events = corpus.articles[["article_id", "event_id"]].assign(n_candidates=0, confidence=1.0)
    return Simulated(corpus, events, framing, pd.Series(expected, index=WORDS))


def found_terms(simulated: Simulated, options: dict[str, object]) -> pd.DataFrame:
    """Terms with q at most the level."""
    terms = fr.LexicalContrast(**options).fit(simulated.corpus, simulated.events).terms_
    return terms[terms["q_value"] <= CONFIG["level"]]


def discoveries(simulated: Simulated, options: dict[str, object]) -> set[str]:
    """Names of these terms."""
    return set(found_terms(simulated, options)["term"])


def confusion(runs: dict[str, int]) -> Iterator[dict[str, object]]:
    """Yield false discovery rate, power and false discoveries of every method and coverage."""
    sizes = {name: CONFIG[name] for name in ("n_events", "n_articles", "length")}
    for effect, wanted in ((2.0, runs["effect"]), (1.0, runs["null"])):
        for number, (name, coverage) in enumerate(CONFIG["coverage"].items()):
            found: dict[str, list[tuple[float, float, int]]] = {method: [] for method in METHODS}
            n_runs = wanted if name == "strong" else min(wanted, runs["aside"])
            for run in range(n_runs):
                seed = [CONFIG["random_state"], number, run, int(effect)]
                simulated = simulate(seed, coverage=coverage, effect=effect, **sizes)
                for method, options in METHODS.items():
                    hits = discoveries(simulated, options)
                    false = len(hits - simulated.framing)
                    power = len(hits & simulated.framing) / max(len(simulated.framing), 1)
                    found[method].append((false / max(len(hits), 1), power, false))
            for method, values in found.items():
                rate, power, false = np.mean(values, axis=0)
                any_false = int(sum(value[2] > 0 for value in values))
                yield {
                    "coverage": name,
                    "effect": effect,
                    "method": method,
                    "runs": n_runs,
                    "false_discovery_rate": rate,
                    "power": power if effect != 1 else np.nan,
                    "false_discoveries": false,
                    "runs_with_false": any_false,
                }


def null_runs(runs: dict[str, int]) -> Iterator[dict[str, object]]:
    """Count runs without any true effect that report anything under max-T."""
    sizes = {name: CONFIG[name] for name in ("n_events", "n_articles", "length")}
    inference = fr.Inference(adjust="max-t", n_resamples=runs["n_resamples"])
    reported = 0
    for run in range(runs["max_t"]):
        seed = [CONFIG["random_state"], 99, run]
        simulated = simulate(seed, coverage=CONFIG["coverage"]["strong"], effect=1.0, **sizes)
        reported += bool(discoveries(simulated, {"inference": inference, "random_state": run}))
    yield {"coverage": "strong", "runs": runs["max_t"], "runs_that_report": reported, "nominal": CONFIG["level"]}


def power(runs: dict[str, int]) -> Iterator[dict[str, object]]:
    """Share of planted doubled words that are found at balanced coverage, by occurrences expected in both outlets.

    ``ceiling`` is what a test would find that knew all rates and had only Poisson noise, at the same p-value.
    """
    options = CONFIG["power"]
    sizes = {name: options[name] for name in ("n_events", "n_articles", "length")}
    rows = []
    for run in range(runs["power"]):
        simulated = simulate([CONFIG["random_state"], 77, run], coverage=0.0, effect=2.0, **sizes)
        hits = found_terms(simulated, {})
        cut = stats.norm.isf(hits["p_value"].max() / 2)
        for word in sorted(simulated.framing):
            n = simulated.expected[word]
            # Twice the difference of square roots of Poisson counts n/3 and 2n/3, over its standard error.
            ideal = stats.norm.sf(cut - np.sqrt(2 * n) * (np.sqrt(2 / 3) - np.sqrt(1 / 3)))
            rows.append((n, word in set(hits["term"]), ideal))
    table = pd.DataFrame(rows, columns=["expected", "found", "ceiling"])
    least = options["least_expected"]
    for low, high in ((least, 60), (60, 120), (120, 240), (240, np.inf), (least, np.inf)):
        part = table[(table["expected"] >= low) & (table["expected"] < high)]
        figures = {"planted": len(part), "power": part["found"].mean(), "ceiling": part["ceiling"].mean()}
        yield {"expected_from": low, "expected_below": high, **figures}


def chart(table: pd.DataFrame) -> alt.Chart:
    """Draw the false share of what each method finds, by how unevenly the outlets cover the events."""
    shown = table[table["effect"] > 1]
    return (
        alt.Chart(shown, width=110, height=150)
        .mark_bar()
        .encode(
            x=alt.X("method:N", title=None, sort=list(METHODS), axis=alt.Axis(labels=False, ticks=False)),
            y=alt.Y("false_discovery_rate:Q", title="false share of the finds", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("method:N", title=None, sort=list(METHODS), legend=alt.Legend(orient="bottom", columns=2)),
            column=alt.Column("coverage:N", title="coverage of the events", sort=list(shown["coverage"].unique())),
        )
        .configure(background="white")
    )


def main(out: Path, *, full: bool) -> None:
    """Write and print the tables, and draw the figure."""
    runs = CONFIG["full" if full else "runs"]
    out = out / "full" if full else out
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in (("max_t", null_runs(runs)), ("power", power(runs)), ("confounding", confusion(runs))):
        table = pd.DataFrame(rows)
        fr.write_table(table, out / f"{name}.csv")
        print(f"\n{name}\n{table.round(3).to_string(index=False)}", flush=True)
        if name == "confounding":
            chart(table).save(out / "confounding.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]), full="--full" in sys.argv)
