"""Labels with invented wordings, planted beside names in given reports: in one outlet's own ones, or in copies."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

WORDINGS = tomllib.loads((Path(__file__).parent / "planting.toml").read_text("utf-8"))
KINDS = ("lexical", "novel")
APART = 200  # code points between two plants
COLUMNS = ["article_id", "field", "start", "end", "form", "kind"]
# A name inside a sentence: capitalised words between small ones, so that whatever is put beside it is read with it.
_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z’'-]{2,20}(?: [A-Z][a-z’'-]{2,20}){0,2}(?= [a-z]{2,}|[.]\n)")
_NO_NAME = re.compile(
    r"(?:The|This|That|And|But|January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
Place = tuple[int, int, str, str, str]  # start and end of the name; form, kind, wording


def in_own_reports(articles: pd.DataFrame, *, uses: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put each wording into one outlet's reports, beside names that other reports of the event hold; decoys in all.

    ``articles`` has ``article_id, outlet, text, event_id``. Returns the changed articles and the planted spans; there
    are fewer than ``uses`` of a wording where an outlet has no free names left.
    """
    rng = np.random.default_rng(seed)
    sites = _sites(articles)
    outlet = dict(articles[["article_id", "outlet"]].to_numpy())
    free: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for site in sites:
        free[outlet[site[0]]].append(site)
    for name in sorted(free):
        rng.shuffle(free[name])
    wordings = [(form, kind, words) for form, sets in WORDINGS.items() for kind in KINDS for words in sets[kind]]
    largest = sorted(free, key=lambda name: (-len(free[name]), name))[:6]
    chosen: dict[str, list[Place]] = defaultdict(list)
    for turn, k in enumerate(rng.permutation(len(wordings))):
        places = free[largest[turn % len(largest)]]
        for _ in range(min(uses, len(places))):
            article, start, end = places.pop()
            chosen[article].append((start, end, *wordings[k]))
    taken = {(article, place[0]) for article, places in chosen.items() for place in places}
    decoys = [(form, "decoy", words) for form, sets in WORDINGS.items() for words in sets["decoy"]]
    for article, part in _grouped([site for site in sites if site[:2] not in taken]).items():
        start, end = part[rng.integers(len(part))]
        chosen[article].append((start, end, *decoys[rng.integers(len(decoys))]))
    return _written(articles, chosen)


def in_copies(
    articles: pd.DataFrame, *, reports: int, labels: int, edited: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Print some reports again a day later in another outlet, with labels and other small edits.

    ``edited`` is the share of the small words that are dropped, followed by another or replaced. Returns the articles
    with the copies, and the planted spans.
    """
    rng = np.random.default_rng(seed)
    drawn = articles.iloc[np.sort(rng.permutation(len(articles))[:reports])]
    copies = drawn.assign(
        article_id=drawn["article_id"] + "-copy",
        outlet=[f"Carrier {k % 5}" for k in range(len(drawn))],
        text=[_edited(text, edited, rng) for text in drawn["text"]],
        published=drawn["published"] + pd.Timedelta(days=1),
    )
    wordings = [(form, kind, words) for form, sets in WORDINGS.items() for kind in KINDS for words in sets[kind]]
    chosen: dict[str, list[Place]] = defaultdict(list)
    for article, text in copies[["article_id", "text"]].to_numpy():
        names = _names(text)
        for k in rng.permutation(len(names))[:labels]:
            chosen[article].append((*names[k], *wordings[rng.integers(len(wordings))]))
    changed, plants = _written(copies, chosen)
    return pd.concat([articles, changed], ignore_index=True), plants


def _names(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _NAME.finditer(text):
        if not _NO_NAME.match(match[0]) and (not found or match.start() > found[-1][1] + APART):
            found.append(match.span())
    return found


def _sites(articles: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Names that a report of another outlet in the same event holds too."""
    found = []
    for _, group in articles.groupby("event_id", sort=True):
        for article, outlet, text in group[["article_id", "outlet", "text"]].to_numpy():
            others = " ".join(group.loc[group["outlet"] != outlet, "text"])
            found += [(article, start, end) for start, end in _names(text) if text[start:end] in others]
    return found


def _grouped(sites: list[tuple[str, int, int]]) -> dict[str, list[tuple[int, int]]]:
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for article, start, end in sites:
        groups[article].append((start, end))
    return groups


def _edited(text: str, rate: float, rng: np.random.Generator) -> str:
    words = re.split(r"(\s+)", text)
    for k in range(2, len(words) - 2, 2):
        if words[k].islower() and rng.random() < rate:
            words[k] = str(rng.choice(["", f"{words[k]} also", "then"]))
    return re.sub(r" {2,}", " ", "".join(words))


def _written(articles: pd.DataFrame, chosen: dict[str, list[Place]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    texts, rows = dict(articles[["article_id", "text"]].to_numpy()), []
    for article, places in chosen.items():
        text, pieces, at, shift = texts[article], [], 0, 0
        for start, end, form, kind, words in sorted(places):
            before, label, after = _set(form, words, text[end : end + 1])
            where = start if form == "prenominal" else end
            pieces += [text[at:where], before, label, after]
            begin = where + shift + len(before)
            rows.append((article, "text", begin, begin + len(label), form, kind))
            at, shift = where, shift + len(before) + len(label) + len(after)
        texts[article] = "".join([*pieces, text[at:]])
    return articles.assign(text=articles["article_id"].map(texts)), pd.DataFrame(rows, columns=COLUMNS)


def _set(form: str, words: str, following: str) -> tuple[str, str, str]:
    """Return what stands before the label, the label, what stands after it."""
    if form == "parenthetical":
        return " ", f"({words})", ""
    if form == "appositive":
        return ", ", words, "" if following == "." else ","
    if form == "dash":
        return " — ", words, "" if following == "." else " —"
    return "", words, " "
