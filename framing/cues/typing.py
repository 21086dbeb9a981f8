"""What a label claims, on whose authority, who wrote it, and whether a rule in force prompts it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from framing.cues.lexicon import CueMatch
from framing.cues.targets import name_key
from framing.reading import Corpus

__all__ = ["Origins", "authority_of", "designation_of"]

_TABLE = Path(__file__).parent / "jurisdictions.toml"
_OWN_VOICE = frozenset({"terrorist", "extremist", "separatist"})


@cache
def _jurisdictions() -> Mapping[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def designation_of(pieces: Sequence[CueMatch]) -> str:
    """Designations that the pieces of a label claim, alphabetically, joined by ``+``."""
    found = {piece.rule.value for piece in pieces if piece.rule.role == "designation"}
    return "+".join(sorted(found)) or "other"


def authority_of(pieces: Sequence[CueMatch]) -> str:
    """Return the authorities that a label names, in order, joined by ``+``; else the one that its wording implies.

    A bare status without an act (``a terrorist group``) is the writer's own claim: ``outlet``.
    """
    designations = [piece.rule for piece in pieces if piece.rule.role == "designation"]
    if any(rule.value == "state_media" for rule in designations):
        return "outlet"
    named = dict.fromkeys(piece.rule.value for piece in pieces if piece.rule.role == "authority")
    if named:
        return "+".join(named)
    implied = next((rule.authority for rule in designations if rule.authority), "")
    if implied:
        return implied
    acted = any(piece.rule.role == "verdict" for piece in pieces)
    own = all(rule.value in _OWN_VOICE for rule in designations)
    return "outlet" if own and not acted else "unknown"


@dataclass(frozen=True)
class Origins:
    """Who wrote each article, and under which jurisdiction.

    Attributes
    ----------
    agency : mapping of article_id to str
        Credited agency; the last of a nested credit ("UrduPoint News / Sputnik").
    country : mapping of str to str
        Outlet to ISO 3166 alpha-2, where ``articles`` has a column ``country``.
    """

    agency: Mapping[str, str]
    country: Mapping[str, str]

    @classmethod
    def of(cls, corpus: Corpus, datelines: pd.DataFrame | None) -> Origins:
        """Read credits from the datelines, else from ``articles.agency``; countries from ``articles.country``."""
        articles = corpus.articles
        agency = _last_credits(articles[["article_id", "agency"]])
        if datelines is not None and not datelines.empty:
            chosen = datelines[datelines["kind"].isin(["dateline", "credit"])]
            agency = {**agency, **_last_credits(chosen.sort_values(["article_id", "start"], ascending=False))}
        country: dict[str, str] = {}
        if "country" in articles.columns:
            known = articles[["outlet", "country"]].dropna().drop_duplicates("outlet")
            country = {o: str(c).upper() for o, c in zip(known["outlet"], known["country"], strict=True)}
        return cls(agency, country)

    def of_article(self, article: Any) -> str:
        """Return the credited agency, else the outlet."""
        return self.agency.get(article.article_id, article.outlet)

    def obligation(self, article: Any, label: Mapping[str, Any]) -> str:
        """Judge at the origin whether a rule in force prompts the label."""
        if label["authority"] == "outlet":
            return "editorial"
        origin = self.of_article(article)
        country = self.country.get(origin) or _country_of(origin)
        if not country or label["authority"] == "unknown":
            return "unknown"
        if _jurisdictions()["countries"].get(country, country) not in label["authority"].split("+"):
            return "editorial"
        day = None if pd.isna(article.published) else article.published.date()
        if not any(rule["country"] == country for rule in _jurisdictions()["rule"]):
            return "editorial"  # no rule there is known to prompt labels
        return "regulatory" if _in_force(country, origin, label, day) else "unknown"


def _last_credits(table: pd.DataFrame) -> dict[str, str]:
    rows = table[["article_id", "agency"]].dropna()
    return {a: str(c).split("/")[-1].strip() for a, c in zip(rows["article_id"], rows["agency"], strict=True)}


def _country_of(name: str) -> str:
    known: dict[str, str] = {agency.lower(): country for agency, country in _jurisdictions()["agencies"].items()}
    return known.get(name.lower(), "")


def _in_force(country: str, origin: str, label: Mapping[str, Any], day: date | None) -> bool:
    if day is None:
        return False
    claims = set(label["designation"].split("+"))
    name = name_key(label["target"] or "")
    rules = [r for r in _jurisdictions()["rule"] if r["country"] == country and claims & set(r["designations"])]
    excepted = any(
        e["country"] == country
        and day >= e["since"]
        and (not e["origins"] or origin.casefold() in {o.casefold() for o in e["origins"]})
        and name in {name_key(n) for n in e["entity"]}
        for e in _jurisdictions()["exception"]
    )
    return not excepted and any(r["since"] <= day < r.get("until", date.max) for r in rules)
