"""Gold folders: annotations that stand off from the text, so that they can be shared where the text cannot."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from framing.errors import SettingsError
from framing.evaluate.faults import raise_faults
from framing.reading import Corpus, write_bytes, write_table
from framing.schema import FIELDS

__all__ = ["restore_surfaces", "write_gold"]

_COPIED_WORDS = 4  # a value of so many words that stands in an article is its text, not a label


def write_gold(
    corpus: Corpus, tables: Mapping[str, pd.DataFrame], folder: str | Path, *, standoff: bool = True
) -> None:
    """Write gold tables with a description, so that `read_gold` finds them by name.

    Parameters
    ----------
    corpus : Corpus
        What the tables describe.
    tables : mapping of name to DataFrame
        Each with ``article_id``; spans in ``field, start, end``, in ``other_…`` and in parts such as ``target_start,
        target_end``.
    folder : str or Path
        Where ``corpus.toml`` and one ``<name>.csv`` each are written.
    standoff : bool
        Leave out the words of the articles and write the sha256 of each text instead: what may be shared of articles
        that may not. False keeps the words, for texts of your own.

    Raises
    ------
    SchemaError
        If a span does not fit its text, an article is not in the corpus, or a further column holds words of the
        articles (four or more in a row).
    SettingsError
        If the folder describes another corpus, or a name cannot be that of a file.

    Examples
    --------
    >>> write_gold(corpus, {"labels": coded}, "gold/")  # doctest: +SKIP
    >>> evaluate_spans(found, read_gold("gold/", "labels"))  # doctest: +SKIP
    """
    folder = Path(folder)
    _refuse_foreign(folder)
    wrong = [name for name in tables if not re.fullmatch(r"[\w-]+", name)]
    if wrong:
        raise SettingsError(f"a gold table's name holds letters, digits, - and _ only. Got {wrong[0]!r}.")
    faults = [f"{name}: there is no column article_id." for name, t in tables.items() if "article_id" not in t.columns]
    raise_faults("gold", faults, "Each row of gold says which article it describes.")
    written = {
        name: _standing_off(corpus, table, name, faults) if standoff else table for name, table in tables.items()
    }
    raise_faults("gold", faults, "Drop such columns, or pass standoff=False where the texts may be shared.")
    for name, table in written.items():
        write_table(table, folder / f"{name}.csv")
    lines = [
        f"corpus = {json.dumps(corpus.fingerprint)}",
        f"standoff = {'true' if standoff else 'false'}",
        "",
        "[gold]",
        *(f"{json.dumps(name)} = {json.dumps(f'{name}.csv')}" for name in sorted(written)),
    ]
    write_bytes(folder / "corpus.toml", ("\n".join(lines) + "\n").encode())


def restore_surfaces(corpus: Corpus, gold: pd.DataFrame) -> pd.DataFrame:
    """Give stand-off gold its words back, from texts that are exactly those that were annotated.

    Parameters
    ----------
    corpus : Corpus
        The articles, at least those that the gold names.
    gold : DataFrame
        Table of `write_gold`, read with `read_gold`.

    Returns
    -------
    DataFrame
        With ``surface`` (``other_surface``, and ``target`` for ``target_start, target_end``) instead of sha256.

    Raises
    ------
    SchemaError
        Naming every article that is not in the corpus or whose text is another one.
    """
    texts = _texts(corpus)
    faults: list[str] = []
    out = gold.copy()
    for prefix, identifier in _sides(gold):
        places = _places(gold, prefix, identifier)
        stated = gold.get(f"{prefix}sha256", pd.Series("", index=gold.index))
        for place, digest in sorted({(p, s) for p, s in zip(places, stated, strict=True) if p[0]}):
            if place not in texts:
                faults.append(f"the corpus has no article {place[0]!r} ({place[1]}).")
            elif digest and digest != _sha256(texts[place]):
                faults.append(f"the text of article {place[0]!r} ({place[1]}) is not the one that was annotated.")
        out = out.drop(columns=f"{prefix}sha256", errors="ignore")
        for part, surface in _parts(gold, prefix):
            if surface in gold.columns:
                continue
            ends = zip(gold[f"{part}start"], gold[f"{part}end"], strict=True)
            out[surface] = pd.Series(
                [
                    None if pd.isna(a) or pd.isna(b) else texts.get(place, "")[int(a) : int(b)]
                    for place, (a, b) in zip(places, ends, strict=True)
                ],
                index=gold.index,
                dtype="str",
            )
    raise_faults("gold", faults, "Fetch the corpus in the version that was annotated.")
    return out


def _refuse_foreign(folder: Path) -> None:
    described = folder / "corpus.toml"
    if described.is_file() and "standoff" not in tomllib.loads(described.read_text("utf-8")):
        raise SettingsError(f"{described}: describes another corpus. Choose an empty folder for the gold.")


def _standing_off(corpus: Corpus, table: pd.DataFrame, name: str, faults: list[str]) -> pd.DataFrame:
    texts = _texts(corpus)
    out = table.copy()
    for prefix, identifier in _sides(table):
        places = _places(table, prefix, identifier)
        unknown = sorted({p[0] for p in places if p[0] and p not in texts})
        faults += [f"{name}: the corpus has no article {article!r}." for article in unknown]
        for part, words in _parts(table, prefix):
            for column in {words, f"{part}surface"} & set(table.columns):
                wrong = _misplaced(table, name, places, (part, column), texts)
                if column.endswith("surface"):
                    faults += wrong
                if column.endswith("surface") or not wrong:  # else a name for what stands there: a label
                    out = out.drop(columns=column)
        if _parts(table, prefix):
            sums = {place: _sha256(texts[place]) for place in set(places) & set(texts)}
            out[f"{prefix}sha256"] = pd.Series([sums.get(p) for p in places], index=table.index, dtype="str")
    copied = {column: _copied(out["article_id"], out[column], texts) for column in out.columns}
    faults += [f"{name}: column {c!r} holds words of the articles ({n} rows)." for c, n in copied.items() if n]
    return out


def _copied(articles: pd.Series, values: pd.Series, texts: Mapping[tuple[str, str], str]) -> int:
    """How many values are words of their article rather than labels."""
    return sum(
        any(value in texts.get((article, field), "") for field in FIELDS)
        for article, value in zip(articles, values, strict=True)
        if isinstance(value, str) and len(value.split()) >= _COPIED_WORDS
    )


def _misplaced(
    table: pd.DataFrame,
    name: str,
    places: list[tuple[str, str]],
    columns: tuple[str, str],
    texts: Mapping[tuple[str, str], str],
) -> list[str]:
    part, words = columns
    rows = zip(table.index, places, table[f"{part}start"], table[f"{part}end"], table[words], strict=True)
    return [
        f"{name} row {index} (article {place[0]!r}): {place[1]}[{start}:{end}] is not {words} {held!r}."
        for index, place, start, end, held in rows
        if place in texts and not pd.isna(start) and not pd.isna(held) and texts[place][int(start) : int(end)] != held
    ]


def _texts(corpus: Corpus) -> dict[tuple[str, str], str]:
    return {(article, field): text for field in FIELDS for article, text in corpus.texts(field).items()}


def _sides(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Prefix and identifier of each article that a row speaks of."""
    return [side for side in (("", "article_id"), ("other_", "other_id")) if side[1] in table.columns]


def _places(table: pd.DataFrame, prefix: str, identifier: str) -> list[tuple[str, str]]:
    fields = table.get(f"{prefix}field", pd.Series("text", index=table.index))
    pairs = zip(table[identifier], fields, strict=True)
    return [("" if pd.isna(a) else str(a), "text" if pd.isna(f) or f == "" else str(f)) for a, f in pairs]


def _parts(table: pd.DataFrame, prefix: str) -> list[tuple[str, str]]:
    """Spans of one side: prefix of start and end, and the column of the words, named as in `framing.schema`."""
    stems = [c.removesuffix("start") for c in table.columns if c.endswith("start")]
    stems = [s for s in stems if f"{s}end" in table.columns and s.startswith("other_") == (prefix == "other_")]
    return [(s, f"{prefix}surface" if s == prefix else s.removesuffix("_")) for s in stems]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
