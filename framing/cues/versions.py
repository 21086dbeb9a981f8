"""One quotation at several outlets: with which verb, how much of it, or not found; and a speaker's verbs by outlet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz.distance import LCSseq

from framing.cues.voices import joined_keys
from framing.reading import Corpus
from framing.schema import empty, make
from framing.stats import benjamini_hochberg, exact_stratified, wilson_interval

__all__ = ["compare_quotations", "compare_verbs"]

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_GRAM = 3  # words in common from which on two quotations are compared
_SAME = 0.6  # share of the shorter one's words that stand in the other in the same order
_LEAST = 4  # words of a quotation that is looked for elsewhere


@dataclass(frozen=True, slots=True)
class _Quote:
    row: Any
    outlet: str
    key: str | None
    words: tuple[str, ...]


def compare_quotations(corpus: Corpus, attributions: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Look for each quotation in every other outlet's reports of the event.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    attributions : DataFrame
        Table ``attributions``.
    events : DataFrame
        Table ``events``.

    Returns
    -------
    DataFrame
        Table ``quotation_versions``: one row per quotation of at least four words and other outlet of its event, with
        the best match. *Not found* says that no quotation of the outlet shares enough words, not that it left it out.
    """
    quotes = _quotes(corpus, attributions, events)
    outlets: dict[str, set[str]] = defaultdict(set)
    of_article = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    for article, event in zip(events["article_id"], events["event_id"], strict=True):
        if article in of_article:
            outlets[event].add(of_article[article])
    rows = [
        row
        for event in sorted(quotes)
        if len(outlets[event]) > 1
        for row in _versions(event, quotes[event], sorted(outlets[event]))
    ]
    return make("quotation_versions", rows)


def _quotes(corpus: Corpus, attributions: pd.DataFrame, events: pd.DataFrame) -> dict[str, list[_Quote]]:
    outlets = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    of_event = dict(zip(events["article_id"], events["event_id"], strict=True))
    table = attributions[attributions["article_id"].isin(list(of_event))]
    keys = joined_keys(table, table["article_id"].map(of_event))
    found: dict[str, list[_Quote]] = defaultdict(list)
    for row, key in zip(table.itertuples(index=False), keys.astype(object), strict=True):
        words = tuple(word.lower().replace("’", "'") for word in _WORD.findall(row.surface))
        known = key if isinstance(key, str) else None
        found[of_event[row.article_id]].append(_Quote(row, outlets[row.article_id], known, words))
    return found


def _versions(event: str, quotes: Sequence[_Quote], outlets: Sequence[str]) -> Iterator[dict[str, Any]]:
    grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k, quote in enumerate(quotes):
        for gram in _grams(quote.words):
            grams[gram].append(k)
    for quote in quotes:
        if len(quote.words) < _LEAST:
            continue
        near = {k for gram in _grams(quote.words) for k in grams[gram]}
        for outlet in outlets:
            if outlet != quote.outlet:
                yield _version(event, quote, outlet, [quotes[k] for k in sorted(near) if quotes[k].outlet == outlet])


def _grams(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {words[k : k + _GRAM] for k in range(len(words) - _GRAM + 1)}


def _version(event: str, quote: _Quote, outlet: str, candidates: Sequence[_Quote]) -> dict[str, Any]:
    scored = [(_score(quote.words, other.words), other) for other in candidates]
    best = max(scored, key=lambda pair: (pair[0], len(pair[1].words)), default=(0.0, None))
    score, other = best
    row = {
        "event_id": event,
        **{
            name: getattr(quote.row, name)
            for name in ("quotation_id", "article_id", "field", "start", "end", "surface")
        },
        "outlet": quote.outlet,
        "speaker_key": quote.key,
        "verb": quote.row.verb,
        "verb_class": quote.row.verb_class,
        "other_outlet": outlet,
        "score": score,
        "status": "not found",
    }
    if other is None or score < _SAME:
        return row
    return {
        **row,
        "status": _status(quote.words, other.words),
        "other_quotation_id": other.row.quotation_id,
        "other_id": other.row.article_id,
        **{f"other_{name}": getattr(other.row, name) for name in ("field", "start", "end", "surface")},
        "other_verb": other.row.verb,
        "other_verb_class": other.row.verb_class,
        "same_verb": _same(_form(quote.row.verb), _form(other.row.verb)),
        "same_class": _same(quote.row.verb_class, other.row.verb_class),
        "same_speaker": _same(quote.key, other.key),
    }


def _score(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    return float(LCSseq.similarity(ours, theirs) / min(len(ours), len(theirs)))


def _status(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    if ours == theirs:
        return "same"
    if _holds(ours, theirs):
        return "truncated"
    return "extended" if _holds(theirs, ours) else "edited"


def _holds(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return any(whole[k : k + size] == part for k in range(len(whole) - size + 1))


def _form(verb: Any) -> Any:
    return verb.lower() if isinstance(verb, str) else None


def _same(a: Any, b: Any) -> bool | None:
    return a == b if isinstance(a, str) and isinstance(b, str) else None


def compare_verbs(corpus: Corpus, attributions: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Compare the verbs with which outlets quote the same speaker, within the events where several outlets quote them.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    attributions : DataFrame
        Table ``attributions``, or ``reported_speech``.
    events : DataFrame
        Table ``events``.

    Returns
    -------
    DataFrame
        Table ``verb_choices``: one row per speaker, outlet and class of verb. ``p_value`` is exact, with events as
        strata, for this class against all others at this outlet and the others that quote the speaker in the event;
        ``q_value`` adjusts it over all rows (Benjamini-Hochberg). Quotations of one article are not independent, so
        a small ``p_value`` of few articles says little: see ``n_articles``.
    """
    counted = _counted(corpus, attributions, events)
    rows = [row for speaker, part in counted.groupby("speaker_key", sort=True) for row in _choices(speaker, part)]
    if not rows:
        return empty("verb_choices")
    frame = pd.DataFrame(rows)
    return make("verb_choices", frame.assign(q_value=benjamini_hochberg(frame["p_value"])).to_dict("list"))


def _counted(corpus: Corpus, speech: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Attributed speech of speakers whom at least two outlets quote in one event."""
    outlets = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    of_event = dict(zip(events["article_id"], events["event_id"], strict=True))
    table = speech[speech["article_id"].isin(list(of_event)) & speech["speaker_key"].notna()]
    if "resolved" in table.columns:
        table = table[table["resolved"] != "carry"]  # a carried quotation has no verb of its own
    place = table["article_id"].map(of_event)
    out = pd.DataFrame(
        {
            "speaker_key": joined_keys(table, place),
            "event_id": place,
            "article_id": table["article_id"],
            "outlet": table["article_id"].map(outlets),
            "verb_class": table["verb_class"],
        }
    )
    several = out.groupby(["speaker_key", "event_id"])["outlet"].transform("nunique") > 1 if len(out) else []
    return out[np.asarray(several, dtype=bool)]


def _choices(speaker: Any, part: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for outlet in sorted(part["outlet"].unique()):
        is_own = part["outlet"] == outlet
        for verb_class in sorted(part["verb_class"].unique()):
            is_class = part["verb_class"] == verb_class
            n, total = int((is_own & is_class).sum()), int(is_own.sum())
            elsewhere = ~is_own & part["event_id"].isin(part.loc[is_own, "event_id"])
            low, high = wilson_interval([n], [total])
            yield {
                "speaker_key": speaker,
                "outlet": outlet,
                "verb_class": verb_class,
                "n": n,
                "n_speaker": total,
                "n_articles": int(part.loc[is_own, "article_id"].nunique()),
                "n_events": int(part.loc[is_own, "event_id"].nunique()),
                "share": n / total,
                "ci_low": float(low[0]),
                "ci_high": float(high[0]),
                "share_elsewhere": float(is_class[elsewhere].mean()),
                "p_value": exact_stratified(_tables(part[is_own | elsewhere], outlet, verb_class)),
            }


def _tables(part: pd.DataFrame, outlet: str, verb_class: str) -> list[list[list[int]]]:
    tables = []
    for _, event in part.groupby("event_id", sort=True):
        own, hit = event["outlet"] == outlet, event["verb_class"] == verb_class
        tables.append(
            [[int((own & hit).sum()), int((own & ~hit).sum())], [int((~own & hit).sum()), int((~own & ~hit).sum())]]
        )
    return tables
