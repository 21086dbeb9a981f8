"""What copies share, word for word: passages, scripts that rebuild a copy from its base, a family laid side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from rapidfuzz.distance import Indel

from framing.errors import SettingsError
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty
from framing.text import masked_texts

__all__ = ["collate_families", "edit_scripts", "find_shared_passages", "rebuild"]

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\S+\s*|\s+")
_GRAM = 5
_PLACES = 32  # places of one 5-gram that are tried; text that repeats itself more often adds nothing
_STATUS = {"verbatim": "kept", "unique": "cut"}

Run = tuple[int, int, int]  # first word, first word of the other, number of words


def find_shared_passages(
    corpus: Corpus, reuse: pd.DataFrame, *, masks: pd.DataFrame | None = None, min_words: int = 8
) -> pd.DataFrame:
    r"""Find the passages that two articles have in common, word for word.

    From each word of the article on, the longest run of equal words (``\w+``, lower case) in the other is taken, and
    the search goes on behind it. A passage that stands in the article twice is thus found twice.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    reuse : DataFrame
        Table ``reuse``, or a part of it: the pairs to look at.
    masks : DataFrame, optional
        Table ``masks``: what is no copying. A passage ends where a mask stands between its words.
    min_words : int
        Words of the shortest passage, at least 5.

    Returns
    -------
    DataFrame
        Table ``shared_passages``.
    """
    if min_words < _GRAM:
        raise SettingsError(f"min_words must be at least {_GRAM}. Got {min_words}.")
    texts = dict(zip(corpus.articles["article_id"], corpus.articles["text"], strict=True))
    masked = masked_texts(corpus, masks, ["text"])["text"]
    words: dict[str, list[tuple[str, int, int]]] = {}
    rows = []
    pairs = list(zip(reuse["article_id"], reuse["other_id"], strict=True))
    for one, other in progress(pairs, "shared passages"):
        for article in (one, other):
            if article not in words:
                words[article] = _words(masked[article], texts[article])
        ours, theirs = words[one], words[other]
        for first, second, n in _runs([w[0] for w in ours], [w[0] for w in theirs], min_words):
            start, end = ours[first][1], ours[first + n - 1][2]
            other_start, other_end = theirs[second][1], theirs[second + n - 1][2]
            rows.append(
                {
                    "article_id": one,
                    "field": "text",
                    "start": start,
                    "end": end,
                    "surface": texts[one][start:end],
                    "other_id": other,
                    "other_field": "text",
                    "other_start": other_start,
                    "other_end": other_end,
                    "other_surface": texts[other][other_start:other_end],
                    "n_words": n,
                }
            )
    return check(pd.DataFrame(rows), "shared_passages") if rows else empty("shared_passages")


def _words(masked: str, text: str) -> list[tuple[str, int, int]]:
    """Lower-case words with their places; an empty one, equal to none, for each gap that a mask has made."""
    found: list[tuple[str, int, int]] = []
    end = 0
    for match in _WORD.finditer(masked):
        if masked[end : match.start()] != text[end : match.start()]:
            found.append(("", match.start(), match.start()))
        found.append((match.group().lower(), *match.span()))
        end = match.end()
    return found


def _runs(words: list[str], others: list[str], least: int) -> Iterator[Run]:
    places: dict[tuple[str, ...], list[int]] = {}
    for k in range(len(others) - _GRAM + 1):
        held = places.setdefault(tuple(others[k : k + _GRAM]), [])
        if len(held) < _PLACES:
            held.append(k)
    k = 0
    while k <= len(words) - least:
        n, at = 0, 0
        for place in places.get(tuple(words[k : k + _GRAM]), []):
            length = _common(words, others, k, place)
            if length > n:
                n, at = length, place
        if n >= least:
            yield k, at, n
        k += n if n >= least else 1


def _common(words: list[str], others: list[str], k: int, place: int) -> int:
    n = 0
    while k + n < len(words) and place + n < len(others) and words[k + n] == others[place + n] and words[k + n]:
        n += 1
    return n


def edit_scripts(corpus: Corpus, families: pd.DataFrame) -> pd.DataFrame:
    """Write down how each copy of a story differs from the family's base text, to the last character.

    The shortest script of insertions and deletions over words with the blanks behind them (Myers 1986), neighbouring
    ones joined. `rebuild` makes the copy from the base text and its script.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    families : DataFrame
        Table ``families``.

    Returns
    -------
    DataFrame
        Table ``scripts``: spans of the base, and what stands there in the copy. A copy that equals its base has no row.

    References
    ----------
    Myers, E. W. (1986). An O(ND) difference algorithm and its variations. Algorithmica 1, 251-266.
    """
    texts = dict(zip(corpus.articles["article_id"], corpus.articles["text"], strict=True))
    base_of = dict(
        zip(*(families.loc[families["role"] == "base", c] for c in ("family_id", "article_id")), strict=True)
    )
    copies = families[families["role"] == "copy"]
    rows = []
    members = list(zip(copies["family_id"], copies["article_id"], strict=True))
    for family, copy in progress(members, "edit scripts"):
        base = base_of[family]
        for operation, start, end, other_start, other_end in _script(texts[base], texts[copy]):
            rows.append(
                {
                    "family_id": family,
                    "article_id": base,
                    "field": "text",
                    "start": start,
                    "end": end,
                    "surface": texts[base][start:end],
                    "other_id": copy,
                    "other_field": "text",
                    "other_start": other_start,
                    "other_end": other_end,
                    "other_surface": texts[copy][other_start:other_end],
                    "operation": operation,
                }
            )
    return check(pd.DataFrame(rows), "scripts") if rows else empty("scripts")


def _script(base: str, copy: str) -> Iterator[tuple[str, int, int, int, int]]:
    ours, theirs = _PIECE.findall(base), _PIECE.findall(copy)
    at, other_at = (np.cumsum([0, *map(len, pieces)]).tolist() for pieces in (ours, theirs))
    start = other_start = 0
    last = (len(ours), len(ours), len(theirs), len(theirs))
    equal = [
        (op.src_start, op.src_end, op.dest_start, op.dest_end)
        for op in Indel.opcodes(ours, theirs)
        if op.tag == "equal"
    ]
    for src_start, src_end, dest_start, dest_end in [*equal, last]:
        cut, added = src_start > start, dest_start > other_start
        if cut or added:
            operation = "replace" if cut and added else "delete" if cut else "insert"
            yield operation, at[start], at[src_start], other_at[other_start], other_at[dest_start]
        start, other_start = src_end, dest_end


def rebuild(base: str, script: pd.DataFrame) -> str:
    """Make a copy from the base text and its script.

    Parameters
    ----------
    base : str
        Text of the family's base.
    script : DataFrame
        Rows of table ``scripts`` of one copy, in any order.

    Returns
    -------
    str
        The copy's text, exactly.

    Raises
    ------
    SettingsError
        When the rows belong to several copies, or were not made for this base text.
    """
    if script["other_id"].nunique() > 1:
        names = ", ".join(sorted(script["other_id"].unique())[:5])
        raise SettingsError(f"rebuild takes the script of one copy. Got {names}. Select one other_id.")
    made, done = [], 0
    ordered = script.sort_values(["start", "end"])
    for start, end, old, new in zip(*(ordered[c] for c in ("start", "end", "surface", "other_surface")), strict=True):
        if base[start:end] != old:
            raise SettingsError(f"The script was made for another base text: characters {start} to {end} differ.")
        made += [base[done:start], new]
        done = end
    return "".join([*made, base[done:]])


def collate_families(families: pd.DataFrame, passages: pd.DataFrame) -> pd.DataFrame:
    """Lay the copies of a story beside its base: what each kept, changed and cut, and what it added.

    Parameters
    ----------
    families, passages : DataFrame
        Tables ``families`` and ``passages``. Articles of a family that are not in one event have no passages and
        therefore no rows here.

    Returns
    -------
    DataFrame
        Table ``collation``: for each sentence of the base one row per copy (``kept``, ``changed``, ``cut``), and for
        each sentence of a copy that answers none of the base's one row (``added``), whose span lies in the copy.
    """
    base_of = families[families["role"] == "base"].set_index("family_id")["article_id"]
    copies = families[families["role"] == "copy"]
    copies = copies.assign(base=copies["family_id"].map(base_of)).rename(columns={"article_id": "copy"})
    copies = copies[["family_id", "base", "copy"]]
    forward = passages.merge(copies, left_on=["article_id", "other_id"], right_on=["base", "copy"])
    forward["status"] = forward["relation"].map(_STATUS).fillna("changed")
    backward = passages.merge(copies, left_on=["article_id", "other_id"], right_on=["copy", "base"])
    backward = backward[backward["relation"] == "unique"].assign(status="added")
    table = pd.concat([forward, backward], ignore_index=True)
    return check(table, "collation") if len(table) else empty("collation")
