"""Page furniture: lines that belong to the page and not to the report, found by repetition and by their form."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Line", "lines_of", "page_forms", "repeated_lines"]

FOOTER_ARTICLES = 3
"""A line is a footer when at least so many unrelated articles of an outlet have it …"""
FOOTER_SHARE = 0.2
"""… and at least this share of them, where the line is a sentence; …"""
FRAGMENT_SHARE = 0.05
"""… this share, where it is a short line without a stop (``Scroll down for video``)."""
RELATED_SHARE = 0.2
"""Two articles are versions of one story when they share this part of the shorter one; they count once."""
HEAD_LINES, TAIL_LINES = 3, 4  # the edges of an article, where long furniture stands
_LINE = re.compile(r"[^\r\n]+")
_SENTENCE_LENGTH = 15  # code points; shorter sentences repeat by chance ("It failed.")
_FRAGMENT = 60
_LONG = 80  # lines from this length on tell that two articles share their report
_LONGEST = 600
_FORM_LENGTH = 600  # code points; the longest are forms to subscribe and notes on rights
_LINK_LENGTH = 160
_LAST_LENGTH = 300
_STOP = re.compile(r"[.!?…:;,][\"'”’»)\]]*$|^[\"'“‘«„]")
_LAST_SENTENCE = re.compile(r"[.!?…][\"'”’»)]*\s+(?=\S[^.!?…]*[.!?…]?[\"'”’»)]*$)")
_LETTERS = re.compile(r"[^\W\d_]{2}")


class Line(NamedTuple):
    """A line that is not blank, without the white space around it."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Seen:
    articles: set[int] = field(default_factory=set)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    at_edge: int = 0


def lines_of(text: str) -> list[Line]:
    """Cut a text into its lines."""
    lines = []
    for match in _LINE.finditer(text):
        whole = match.group()
        stripped = whole.strip()
        if stripped:
            start = match.start() + (0 if whole[0] == stripped[0] else whole.index(stripped))
            lines.append(Line(stripped, start, start + len(stripped)))
    return lines


def repeated_lines(articles: Mapping[str, list[Line]]) -> dict[str, list[tuple[int, int]]]:
    """Find the lines, and last sentences of the last line, that unrelated articles of one outlet share.

    Versions of one story share their reporting and count as one article; a line that only they share is no
    furniture. Long lines count when they stand at the edges of articles or are fragments. Footnotes with a star are
    left alone: they may hold an inserted label.

    Parameters
    ----------
    articles : mapping of str to list of Line
        Lines of the articles of one outlet.

    Returns
    -------
    dict of str to list of tuple
        Per article, spans in order.
    """
    if len(articles) < FOOTER_ARTICLES:
        return {}
    names = sorted(articles)
    seen = _collect([articles[name] for name in names])
    story = _stories(seen, [sum(len(line.text) for line in articles[name]) for name in names])
    result: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for text, found in seen.items():
        if len(found.articles) >= FOOTER_ARTICLES and _is_furniture(text, found, story, len(names)):
            for article, start, end in found.places:
                result[names[article]].append((start, end))
    return {name: sorted(set(spans)) for name, spans in result.items()}


def _collect(texts: list[list[Line]]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = defaultdict(_Seen)
    for article, lines in enumerate(texts):
        for index, line in enumerate(lines):
            if len(line.text) > _LONGEST or line.text[0] == "*":
                continue
            entry = seen[line.text]
            entry.articles.add(article)
            entry.places.append((article, line.start, line.end))
            entry.at_edge += index < HEAD_LINES or index >= len(lines) - TAIL_LINES
        if lines and (last := last_sentence(lines[-1])):
            entry = seen[last.text]
            entry.articles.add(article)
            entry.places.append((article, last.start, last.end))
            entry.at_edge += 1
    return seen


def last_sentence(line: Line) -> Line | None:
    """Return the last sentence of a line that has several: a footer may stand on the line of the report."""
    tail = line.text[-_LAST_LENGTH:]
    cut = _LAST_SENTENCE.search(tail)
    if cut is None or tail[cut.end()] == "*":
        return None
    return Line(tail[cut.end() :], line.end - len(tail) + cut.end(), line.end)


def _stories(seen: Mapping[str, _Seen], lengths: list[int]) -> list[int]:
    """Give versions of one story the same number: articles that share long lines other than at their edges."""
    shared: Counter[tuple[int, int]] = Counter()
    for text, found in seen.items():
        if len(text) >= _LONG and len(found.articles) > 1 and found.at_edge < len(found.places):
            order = sorted(found.articles)
            for pair in pairwise(order):
                shared[pair] += len(text)
    root = list(range(len(lengths)))
    for (a, b), length in sorted(shared.items()):
        if length >= RELATED_SHARE * min(lengths[a], lengths[b]):
            root[_find(root, b)] = _find(root, a)
    return [_find(root, k) for k in range(len(root))]


def _find(root: list[int], k: int) -> int:
    while root[k] != k:
        root[k] = root[root[k]]
        k = root[k]
    return k


def _is_furniture(text: str, found: _Seen, story: list[int], n_articles: int) -> bool:
    stories = len({story[article] for article in found.articles})
    if stories < FOOTER_ARTICLES or not _LETTERS.search(text):
        return False
    if len(text) <= _FRAGMENT and not _STOP.search(text):
        return stories >= FRAGMENT_SHARE * n_articles
    at_edge = 2 * found.at_edge >= len(found.places)
    return at_edge and len(text) >= _SENTENCE_LENGTH and stories >= FOOTER_SHARE * n_articles


@cache
def _toml() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("framing.text") / "furniture.toml").read_text("utf-8"))


@cache
def _forms() -> re.Pattern[str]:
    patterns = [pattern for language in _toml().values() for pattern in language["lines"]]
    return re.compile("(?:" + "|".join(patterns) + ")", re.IGNORECASE)


@cache
def _first_words() -> re.Pattern[str]:
    """Match what a line of some form begins with: a cheap test that most lines fail."""
    words = sorted({word for language in _toml().values() for word in language["first"]}, key=len, reverse=True)
    return re.compile("(?:" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE)


@cache
def _last_words() -> tuple[str, ...]:
    return tuple(f" {word}" for language in _toml().values() for word in language["last"])


def page_forms(lines: Iterable[Line]) -> list[Line]:
    """Return the lines whose whole form is that of furniture: adverts, requests to subscribe, links, rights."""
    first, form, last = _first_words(), _forms(), _last_words()
    return [
        line
        for line in lines
        if len(line.text) <= _FORM_LENGTH
        and (
            (first.match(line.text) and form.fullmatch(line.text))
            or (len(line.text) <= _LINK_LENGTH and line.text.endswith(last))
        )
    ]
