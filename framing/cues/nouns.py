"""What is known of nouns: titles, roles, groups, countries. The lists are data: ``nouns.toml``, ``countries.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["Nouns", "load_nouns", "plural", "read_data", "singular"]

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Nouns:
    """What is known of nouns: see ``nouns.toml`` and ``countries.toml``."""

    titles: frozenset[str]
    honorifics: frozenset[str]
    offices: dict[str, frozenset[str]]  # by title or role noun: the offices that it names
    persons: frozenset[str]  # singular and plural
    wide: frozenset[str]
    groups: frozenset[str]
    taken_up: frozenset[str]
    loose: frozenset[str]
    empty_behind: frozenset[str]
    fighters: frozenset[str]
    armed: frozenset[str]
    institutions: frozenset[str]
    bodies: frozenset[str]  # the same in small letters
    kin: dict[str, str]  # by noun: the first of its set
    aliases: dict[tuple[str, ...], str]  # by words of a name, lower case: the first name of its set
    empty_heads: frozenset[str]
    countries: dict[str, str]  # by name, capital or word for inhabitants, lower case
    capitals: frozenset[str]
    demonyms: frozenset[str]
    partisans: frozenset[str]


def read_data(name: str) -> dict[str, Any]:
    """Read one of the lists beside this module."""
    return tomllib.loads((_HERE / name).read_text("utf-8"))


@cache
def load_nouns() -> Nouns:
    """Read the lists of nouns and countries."""
    data, words = read_data("nouns.toml"), read_data("english.toml")
    offices: dict[str, set[str]] = {}
    for office, nouns in data["offices"].items():
        for noun in nouns.split():
            offices.setdefault(noun, set()).add(office)
    roles = data["persons"]["roles"].split()
    countries: dict[str, str] = {}
    capitals, demonyms = set(), set()
    for row in _country_rows():
        for name in (row[0], row[2], *row[3]):
            countries[name.lower()] = row[0]
        capitals.add(row[2].lower())
        demonyms.update(row[1])
        countries |= {word.lower(): row[0] for word in row[1]}
    countries.pop("", None)
    return Nouns(
        titles=frozenset(data["titles"].split()) | frozenset(data["honorifics"].split()),
        honorifics=frozenset(word.lower() for word in data["honorifics"].split()),
        offices={noun: frozenset(found) for noun, found in offices.items()},
        persons=frozenset((*roles, *map(plural, roles), *data["persons"]["irregular_plurals"].split())),
        wide=frozenset(data["persons"]["wide"].split()),
        groups=frozenset(data["groups"]["nouns"].split()),
        loose=frozenset(data["groups"]["loose"].split()),
        taken_up=frozenset(data["groups"]["taken_up"].split()),
        empty_behind=frozenset(data["groups"]["empty_behind"].split()),
        fighters=frozenset(data["groups"]["fighters"].split()),
        armed=frozenset(data["groups"]["armed"].split()),
        institutions=frozenset(data["institutions"]["nouns"].split()),
        bodies=frozenset(data["institutions"]["nouns"].lower().split()),
        kin={noun: line.split()[0] for line in data["kin"]["sets"] for noun in line.split()},
        aliases={_key(name): line.split("|")[0] for line in data["aliases"]["sets"] for name in line.split("|")},
        empty_heads=frozenset(words["empty_heads"].split()),
        countries=countries,
        capitals=frozenset(capitals - {""}),
        demonyms=frozenset(demonyms),
        partisans=frozenset(data["persons"]["partisans"].split()),
    )


def _key(name: str) -> tuple[str, ...]:
    return tuple(name.lower().split())


def _country_rows() -> list[tuple[str, list[str], str, list[str]]]:
    """Rows of ``countries.toml``: name, words for inhabitants, capital, further names."""
    rows = []
    for line in read_data("countries.toml")["rows"]:
        name, words, capital, *others = line.split("|")
        rows.append((name, words.split(), capital, others[0].split(";") if others else []))
    return rows


def plural(noun: str) -> str:
    """Return the regular plural of a noun."""
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeou":
        return noun[:-1] + "ies"
    return re.sub("man$", "men", noun) if noun.endswith("man") else noun + "s"


_SINGULAR = {"people": "person", "children": "child", "wives": "wife", "lives": "life", "media": "media"}


@cache
def singular(noun: str) -> str:
    """Return the singular of a lower-case noun, as far as its form shows it."""
    if noun in _SINGULAR:
        return _SINGULAR[noun]
    if noun.endswith("men"):
        return noun[:-2] + "an"
    if len(noun) < 4 or not noun.endswith("s") or noun.endswith(("ss", "us", "is", "news", "series")):
        return noun
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-2] if noun.endswith(("ches", "shes", "xes", "sses", "zes")) else noun[:-1]
