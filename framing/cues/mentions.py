"""Who mentions a name: names reduced to keys that survive case endings, sought in all articles in one pass."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from framing.reading import Corpus

__all__ = ["Key", "count_mentions", "head_name", "name_key"]

Key = tuple[str, ...]
_TOKEN = re.compile(r"\w+")
_HEADS = re.compile(
    r"\s(?:movement|group|organi[sz]ation|party|network|militia|news agency|agency|media)$|"
    r"^(?:движени\w|группировк\w|компани\w)\s",
    re.IGNORECASE,
)
_MARKS = "«»“”„\"'’*_ "
_OPENING = "«“„\"'‘"
_ENDING = re.compile(
    r"(?<=[а-яёіїєґ]{3})(?:ами|ями|ого|его|ому|ему|ими|ыми|ой|ей|ом|ем|им|ым|ах|ях|ам|ям|ов|ев|ый|ий|ая|яя|ую|юю|ої|ою|"
    r"ею|[аяыиуюеоьйії])$"
)


def head_name(target: Any) -> str:
    """Return a name in lower case, without marks, article and a head noun such as *movement*; empty for no name."""
    if not isinstance(target, str):
        return ""
    return _HEADS.sub("", target.strip(_MARKS)).lower().removeprefix("the ").strip(_MARKS)


@lru_cache(maxsize=1 << 16)
def _stem(token: str) -> str:
    return _ENDING.sub("", token)


@lru_cache(maxsize=1 << 16)
def name_key(name: str) -> Key:
    """Return the tokens by which a name is sought: lower case, Cyrillic ones without their case endings."""
    return tuple(_stem(token) for token in _TOKEN.findall(head_name(name)))


def count_mentions(corpus: Corpus, names: Iterable[Key]) -> dict[Key, dict[str, int]]:
    """Count the mentions of names in the title and text of each article.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    names : iterable of tuple of str
        Keys made by `name_key`.

    Returns
    -------
    dict
        Key to article identifier to count; overlapping names (*islamic state*, *state*) all count. A name of one
        word counts where it has a capital or an opening quotation mark.
    """
    by_first: dict[str, list[Key]] = defaultdict(list)
    for name in sorted({n for n in names if n}):
        by_first[name[0]].append(name)
    found: dict[Key, dict[str, int]] = {name: {} for group in by_first.values() for name in group}
    articles = corpus.articles
    for article, title, text in zip(articles["article_id"], articles["title"], articles["text"], strict=True):
        _count_in(f"{title}\n{text}", article, by_first, found)
    return found


def _count_in(text: str, article: str, by_first: Mapping[str, list[Key]], found: dict[Key, dict[str, int]]) -> None:
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [_stem(text[start:end].lower()) for start, end in spans]
    for at, token in enumerate(tokens):
        for name in by_first.get(token, ()):
            if len(name) == 1 and not _marked(text, spans[at][0]):
                continue
            if tuple(tokens[at : at + len(name)]) == name:
                counts = found[name]
                counts[article] = counts.get(article, 0) + 1


def _marked(text: str, start: int) -> bool:
    """Whether a word has a capital or stands after a quotation mark: names of one word are often common words too."""
    return text[start].isupper() or text[max(0, start - 1) : start] in set(_OPENING)
