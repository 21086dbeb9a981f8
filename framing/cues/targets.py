"""Who mentions a name: names reduced to keys that survive case endings, sought in all articles in one pass."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from framing.cues.adjacent import is_name
from framing.reading import Corpus

__all__ = ["Key", "count_mentions", "first_mention", "head_name", "name_key", "resolve_names"]

Key = tuple[str, ...]
_TOKEN = re.compile(r"\w+")
_HEADS = re.compile(
    r"\s(?:movement|group|organi[sz]ation|party|network|militia|news agency|agency|media)$|"
    r"^(?:движени\w|группировк\w|компани\w)\s",
    re.IGNORECASE,
)
_MARKS = "«»“”„\"'’*_ "
_OPENING = frozenset("«“„\"'‘")
_ENDING = re.compile(
    r"(?<=[а-яёіїєґ]{3})(?:ами|ями|ого|его|ому|ему|ими|ыми|ой|ей|ом|ем|им|ым|ах|ях|ам|ям|ый|ий|ая|яя|ую|юю|ої|ою|"
    r"ею|[аяыиуюеоьйії])$"
)


def head_name(target: Any) -> str:
    """Return a name in small letters, without marks, article and a head noun such as *movement*; empty for no name."""
    if not isinstance(target, str):
        return ""
    return _small(_HEADS.sub("", target.strip(_MARKS))).removeprefix("the ").strip(_MARKS)


def _small(text: str) -> str:
    return text.lower().replace("\u0307", "")  # "İ" has a dot of its own in small letters


@lru_cache(maxsize=1 << 16)
def _stem(token: str) -> str:
    """Cut a Cyrillic case ending; -ов and -ев stay, so that all cases of such surnames agree."""
    return _ENDING.sub("", token)


@lru_cache(maxsize=1 << 16)
def name_key(name: str) -> Key:
    """Return the tokens by which a name is sought: small letters, Cyrillic ones without their case endings."""
    return tuple(_stem(token) for token in _TOKEN.findall(head_name(name)))


def resolve_names(corpus: Corpus, targets: Iterable[Any]) -> dict[str, Key]:
    """Decide under which key the target of each label is counted.

    A target may hold more than the name: "Members of Orlan" and "Политик Илья Яшин" at the start of a sentence. Where
    the whole is written nowhere but beside labels, and its end stands by itself more often, that end is the name.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    targets : iterable of str
        Targets as they stand, with repetitions; what is no name is left out.

    Returns
    -------
    dict
        Target to key.
    """
    beside = Counter(t for t in targets if isinstance(t, str) and is_name(t, (0, len(t))))
    full = {target: name_key(target) for target in beside}
    labelled: Counter[Key] = Counter()
    for target, n in beside.items():
        labelled[full[target]] += n
    ends = {end for key in full.values() for end in _ends(key)}
    whole = {key: sum(found.values()) for key, found in count_mentions(corpus, full.values()).items()}
    alone = {key: sum(found.values()) for key, found in count_mentions(corpus, ends, alone=True).items()}
    resolved = {}
    for target, key in full.items():
        if not key:
            continue
        unseen = whole.get(key, 0) <= labelled[key]
        better = (end for end in _ends(key) if alone.get(end, 0) > whole.get(key, 0)) if unseen else ()
        resolved[target] = next(iter(better), key)
    return resolved


def _ends(key: Key) -> list[Key]:
    """Return the ends of a name that may be the name itself, the longest first."""
    return [key[at:] for at in range(1, len(key)) if len(key[at]) > 2 or len(key) - at > 1]


def count_mentions(corpus: Corpus, names: Iterable[Key], *, alone: bool = False) -> dict[Key, dict[str, int]]:
    """Count the mentions of names in the title and text of each article.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    names : iterable of tuple of str
        Keys made by `name_key`.
    alone : bool
        Count a name only where no word with a capital stands right before it.

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
    if found:
        for article, title, text in zip(articles["article_id"], articles["title"], articles["text"], strict=True):
            for name in _names_in(f"{title}\n{text}", by_first, alone=alone):
                found[name][article] = found[name].get(article, 0) + 1
    return found


def _names_in(text: str, by_first: Mapping[str, list[Key]], *, alone: bool) -> Iterable[Key]:
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [_stem(_small(text[start:end])) for start, end in spans]
    for at, token in enumerate(tokens):
        for name in by_first.get(token, ()):
            if len(name) == 1 and not _marked(text, spans[at][0]):
                continue
            if tuple(tokens[at : at + len(name)]) != name or (alone and _continued(text, spans, at)):
                continue
            yield name


def first_mention(text: str, key: Key) -> int | None:
    """Return where a name stands for the first time in a text."""
    if not key:
        return None
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [_stem(_small(text[start:end])) for start, end in spans]
    for at, token in enumerate(tokens):
        if token == key[0] and tuple(tokens[at : at + len(key)]) == key:
            return spans[at][0]
    return None


def _marked(text: str, start: int) -> bool:
    """Whether a word has a capital or stands after a quotation mark: names of one word are often common words too."""
    return text[start].isupper() or text[max(0, start - 1) : start] in _OPENING


def _continued(text: str, spans: list[tuple[int, int]], at: int) -> bool:
    """Whether a word with a capital stands right before a token."""
    if not at or text[spans[at - 1][1] : spans[at][0]] != " ":
        return False
    return text[spans[at - 1][0]].isupper()
