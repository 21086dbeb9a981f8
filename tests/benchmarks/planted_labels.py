"""Invented labels planted into real articles: what one outlet attaches to names, and decoys that all attach.

The wordings are the project's own; no register, council or roll named here exists. Half of them hold a word of the
label lexicons, half hold none.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["DECOYS", "WORDINGS", "Plant", "Planted", "plant"]

# Form: with a word of the lexicons; without.
WORDINGS = {
    "parenthetical": (
        (
            "banned in Ostrava Minor",
            "a terrorist organization under Vellish law",
            "recognised as extremist by the Court of Nine",
            "designated in the Lower Isles",
            "activities outlawed in Karelund",
            "entered in the list of foreign agents of Merrow",
        ),
        (
            "on the amber roll of the Harbour Council",
            "name to be printed with this note in Tressia",
            "see the ledger of the Wardens, sheet four",
            "not received at the Table of Rivers",
            "under watch of the Quiet Office",
            "struck from the book of guests",
        ),
    ),
    "appositive": (
        (
            "which is banned across the Vell",
            "a group designated as extremist by the Nine",
            "whose activities are prohibited in the Lower Isles",
            "deemed undesirable by the Merrow bench",
            "which the Karelund assembly outlawed in spring",
            "recognised as terrorist in Tressia",
        ),
        (
            "which the Harbour Council keeps on its amber roll",
            "a name carried in the second ledger",
            "whose guests the Wardens turn away",
            "placed under the lantern by the Quiet Office",
            "which no table of the Rivers may seat",
            "marked with the grey seal since March",
        ),
    ),
    "dash": (
        (
            "outlawed by the Vellish senate",
            "designated a terrorist group at Ostrava Minor",
            "recognised as a foreign agent in Karelund",
            "extremist under the Merrow code",
            "prohibited on the soil of the Isles",
            "banned by the Court of Nine",
        ),
        (
            "entered under grey in the harbour books",
            "held at arm's length by the Wardens",
            "listed on sheet seven of the ledger",
            "without a seat at the Rivers",
            "spoken of only with this note in Tressia",
            "kept off the lantern walk",
        ),
    ),
    "prenominal": (
        (
            "Vell-banned",
            "terrorist-listed",
            "senate-outlawed",
            "extremist-rolled",
            "designated-by-Nine",
            "agent-registered",
        ),
        ("amber-rolled", "grey-sealed", "ledger-marked", "lantern-kept", "unseated", "table-struck"),
    ),
}
DECOYS = {
    "parenthetical": ("as all papers here note", "so named in the treaty of ports"),
    "appositive": ("which every almanac lists in full", "a name known from the port treaty"),
    "dash": ("under its common name", "by the spelling of the almanac"),
    "prenominal": ("oft-named", "almanac-listed"),
}
_NAME = re.compile(r"(?<=[a-z] )(?:[A-Z][a-z’'-]{2,20})(?: [A-Z][a-z’'-]{2,20}){0,2}(?= [a-z]{2,}|, |[.]\n)")
_OF_NAME = frozenset({"The", "This", "That", "And", "But"})


@dataclass(frozen=True)
class Plant:
    """One planted modifier, by its place in the changed text."""

    article_id: str
    start: int
    end: int
    outlet: str
    form: str
    wording: str
    lexical: bool
    decoy: bool


@dataclass(frozen=True)
class Planted:
    """Articles with plants in them."""

    articles: pd.DataFrame
    plants: tuple[Plant, ...]


def plant(
    articles: pd.DataFrame,
    *,
    seed: int,
    n_labels: int = 540,
    uses: int = 12,
    first_only: bool = False,
    variants: int = 1,
) -> Planted:
    """Attach each wording to names in the articles of one outlet, and decoys in those of all.

    A wording belongs to one outlet, is used about ``uses`` times, on names that another outlet's report of the same
    event mentions too; outlets with many articles come first. ``first_only`` labels only first mentions;
    ``variants`` makes up to three wordings of each.
    """
    rng = random.Random(seed)  # noqa: S311 - no cryptography
    outlet_of = dict(zip(articles["article_id"], articles["outlet"], strict=True))
    sites = _sites(articles, first_only=first_only)
    by_outlet: dict[str, list[tuple[str, int, int, bool]]] = defaultdict(list)
    for site in sites:
        by_outlet[outlet_of[site[0]]].append(site)
    wordings = [
        (form, _variant(form, phrase, turn), lexical)
        for form, halves in WORDINGS.items()
        for half, lexical in zip(halves, (1, 0), strict=True)
        for phrase in half
        for turn in range(variants)
    ]
    rng.shuffle(wordings)
    ranked = sorted(by_outlet, key=lambda o: (-len({s[0] for s in by_outlet[o]}), o))
    chosen: dict[str, list[tuple[int, int, str, str, bool, bool]]] = defaultdict(list)
    n, turn = 0, 0
    while n < n_labels and turn < 100 * len(wordings):
        form, phrase, lexical = wordings[turn % len(wordings)]
        outlet = ranked[(turn % len(wordings)) % 6]
        turn += 1
        if turn > len(wordings):  # a second round only where the first found too few places
            uses = 2
        rng.shuffle(by_outlet[outlet])
        for _ in range(min(uses, n_labels - n, len(by_outlet[outlet]))):
            article, start, end, comma = by_outlet[outlet].pop()
            if comma and form == "dash":
                continue  # a dash phrase needs its second dash
            chosen[article].append((start, end, form, phrase, bool(lexical), False))
            n += 1
    _add_decoys(sites, chosen, rng)
    return _write(articles, chosen, outlet_of)


def _variant(form: str, phrase: str, turn: int) -> str:
    if form == "prenominal":
        return ("", "twice-", "lately-")[turn] + phrase
    return phrase + ("", " since the Tarn ruling", " by word of the Orrel bench")[turn]


def _sites(articles: pd.DataFrame, *, first_only: bool) -> list[tuple[str, int, int, bool]]:
    """Names that a report of another outlet in the same event holds too: article, start, end, comma after it."""
    found = []
    for _, group in articles.groupby("event_id", sort=True):
        rows = list(zip(group["article_id"], group["outlet"], group["text"], strict=True))
        for article, outlet, text in rows:
            others = " ".join(t for _, o, t in rows if o != outlet)
            seen: set[str] = set()
            last = -200
            for match in _NAME.finditer(text):
                name = match.group()
                if name.split()[0] in _OF_NAME or name not in others or match.start() < last + 200:
                    continue
                if first_only and name in seen:
                    continue
                seen.add(name)
                last = match.end()
                found.append((article, match.start(), match.end(), text[match.end()] == ","))
    return found


def _add_decoys(
    sites: Sequence[tuple[str, int, int, bool]],
    chosen: dict[str, list[tuple[int, int, str, str, bool, bool]]],
    rng: random.Random,
) -> None:
    """In every article with a free place, one decoy: the same wordings in all outlets."""
    taken = {(a, p[0]) for a, places in chosen.items() for p in places}
    free: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for article, start, end, _ in sites:
        if (article, start) not in taken:
            free[article].append((start, end))
    decoys = [(form, phrase) for form, phrases in DECOYS.items() for phrase in phrases]
    for article in sorted(free):
        start, end = rng.choice(free[article])
        form, phrase = rng.choice(decoys)
        chosen[article].append((start, end, form, phrase, False, True))


def _write(
    articles: pd.DataFrame,
    chosen: dict[str, list[tuple[int, int, str, str, bool, bool]]],
    outlet_of: dict[str, str],
) -> Planted:
    texts, plants = dict(zip(articles["article_id"], articles["text"], strict=True)), []
    for article, places in chosen.items():
        text, shift, out = texts[article], 0, []
        at = 0
        for start, end, form, phrase, lexical, decoy in sorted(places):
            before, words, after = _set(form, phrase, text[end : end + 1])
            where = start if form == "prenominal" else end
            out += [text[at:where], before, words, after]
            begin = where + shift + len(before)
            shift += len(before) + len(words) + len(after)
            at = where
            plants.append(Plant(article, begin, begin + len(words), outlet_of[article], form, phrase, lexical, decoy))
        texts[article] = "".join([*out, text[at:]])
    return Planted(articles.assign(text=articles["article_id"].map(texts)), tuple(plants))


def _set(form: str, phrase: str, following: str) -> tuple[str, str, str]:
    """What stands before, the modifier, what stands after."""
    closed = following in ",."
    if form == "parenthetical":
        return " ", f"({phrase})", ""
    if form == "appositive":
        return ", ", phrase, "" if closed else ","
    if form == "dash":
        return " — ", phrase, "" if following == "." else " —"
    return "", phrase, " "
