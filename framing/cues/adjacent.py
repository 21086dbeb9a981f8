"""What stands beside a stretch of text: brackets, the name before it, the name after it."""

from __future__ import annotations

import re

__all__ = [
    "MEDIA",
    "WORD",
    "Span",
    "brackets",
    "is_name",
    "is_statute",
    "name_after",
    "name_before",
    "opens_only",
    "word_start",
]

Span = tuple[int, int]
WORD = re.compile(r"[^\W_][\w'’.-]{0,60}(?<![.'’-])|[^\W_]")
_PAIRS = {")": "(", "]": "["}
_MAX_BRACKET = 400
_LAW = re.compile(
    r"\b(?:Acts?|Laws?|Bill|Code|StGB|УК|КК|Convention|Treaty|Decree|Gesetz|Loi|Ley|Yasası|Закон\w{0,3}|"
    r"Кодекс\w{0,2})$|Registration"
)
_LINK_END = re.compile(r"\]\([^()\s]{0,300}\)$")
_CONNECTOR = frozenset(
    ["of", "al", "al-", "for", "de", "la", "el", "du", "del", "bin", "ibn", "von", "van", "аш", "ан", "аль"]
)
_OPENING = re.compile(  # capitals that only open a sentence
    r"(?:The|An?|But|And|Or|In|By|Of|On|At|To|For|From|With|As|If|So|Yet|Now|Then|When|While|Where|After|"
    r"Before|Since|Although|"
    r"Though|However|Meanwhile|Later|Earlier|Both|Also|Even|This|That|These|Those|His|Her|Its|Their|Our|Among|"
    r"Under|Like|"
    r"Die|Der|Das|Dem|Den|Des|Eine?|Im|Am|Auf|Nach|Und|Aber|Auch|Für|Mit|Von|Bei|Le|Les|Une?|Du|En|Au|Aux|Mais|"
    r"Et|Pour|Selon|"
    r"El|Los|Las|Una?|Al|Del|Y|Pero|Según|Con|Bu|Ve|Однако|После|Затем|Также|Потом|Но|И|А|В|Во|На|По|С|Со|К|О|"
    r"Об|От|Для|При|За|"
    r"Из|Как|Это|Эти|Сам|Сама|Само|Після|Потім|Також|Але|Й|Та|У|З|Із|До|Від|Про|Це|Як|Сам)\s"
)
_OPENERS = {"«": "»", "»": "«", "”": "“", "’": "‘", '"': '"', "“": "„", "'": "'"}
_CAPITAL = "[A-ZÀ-ÞĞİŞČŠŽА-ЯЁІЇЄҐ]"
_NAME_AFTER = re.compile(
    r"(?:[^\S\n]?[”»\"])?[^\S\n]{1,3}"
    r"(?:(?:the|news agency|newspaper|network|channel|TV network|broadcaster|outlet)\s){0,2}"
    rf"([«“\"„›‹»][^«»“”\"›‹\n]{{1,80}}[»”\"“‹›«]|(?:al-)?{_CAPITAL}[\w'’-]{{0,40}}(?:\s(?:of\s)?{_CAPITAL}[\w'’-]{{0,40}}){{0,5}})"
)
MEDIA = re.compile(
    r"\s{1,2}(?:\w{1,20}\s){0,3}?(?:tv|television|media|news|newspaper|network|channel|broadcaster|agency|"
    r"outlet|press|"
    r"company|companies|radio|daily|tabloid|nachrichtenagentur|agentur|medien|sender)s?\b",
    re.IGNORECASE,
)


def is_name(text: str, span: Span) -> bool:
    """Whether a stretch holds a capital, or opens with a quotation mark or the sign of a handle."""
    words = text[slice(*span)]
    return (any(char.isupper() for char in words) and not words[:1].isdigit()) or words[:1] in '«“"„@'


def brackets(text: str) -> list[Span]:
    """Spans of bracketed stretches of at most 400 code points, marks included, outer before inner."""
    stack: list[tuple[str, int]] = []
    found = []
    for mark in re.finditer(r"[()\[\]]", text):
        char = mark.group()
        if char in "([":
            stack.append((char, mark.start()))
        elif stack and stack[-1][0] == _PAIRS[char]:
            start = stack.pop()[1]
            if mark.end() - start <= _MAX_BRACKET:
                found.append((start, mark.end()))
    return sorted(found, key=lambda span: (span[0], -span[1]))


def name_before(text: str, end: int, roles: dict[int, str] | None = None) -> Span | None:
    """Span of the name or noun phrase that ends before a position, without article, marks of markdown and acronym.

    Parameters
    ----------
    text : str
        Any text.
    end : int
        Where the label begins.
    roles : dict, optional
        Role of each code point; a common noun may close a name only where it is a head noun ("Taliban movement").

    Returns
    -------
    (int, int) or None
        The word before, where it is no name.
    """
    window = max(0, end - 500)
    at = end
    for _ in range(4):  # markdown, link, acronym, in any order
        at = window + len(text[window:at].rstrip(" \n\t_*,~"))
        at -= len("&nbsp;") if text.endswith("&nbsp;", window, at) else 0
        link = _LINK_END.search(text, window, at)
        acronym = re.search(r"\((?:[A-ZА-ЯЁ][\w’/-]{1,10})\)$", text[window:at])
        if link:
            at = link.start()
        elif acronym:
            at = window + acronym.start()
    if at <= window:
        return None
    if text[at - 1] in _OPENERS:
        start = text.rfind(_OPENERS[text[at - 1]], max(window, at - 100), at - 1)
        if start < 0 and text[at - 1] == "“":
            start = text.rfind("“", max(window, at - 100), at - 1)
        return (start, at) if start >= 0 else None
    words = list(WORD.finditer(text, max(window, at - 120), at))
    return capital_run(text, words, roles or {}) if words and words[-1].end() == at else None


def capital_run(text: str, words: list[re.Match[str]], roles: dict[int, str]) -> Span:
    start, end, named = words[-1].start(), words[-1].end(), words[-1].group()[0].isupper()
    head = not named and roles.get(start) == "head"
    for before, word in zip(reversed(words[:-1]), reversed(words[1:]), strict=True):
        gap = text[before.end() : word.start()]
        if gap.strip(" \n_*") or not (named or head):
            break
        if before.group()[0].isupper():
            start, named = before.start(), True
        elif before.group().lower() not in _CONNECTOR:
            break
    first = _OPENING.match(text[start:end])
    return (start + first.end(), end) if first and first.end() < end - start else (start, end)


def name_after(text: str, end: int, *, media: bool) -> Span | None:
    """Span of the name right after a prenominal label; with ``media`` a noun such as *television* will do."""
    found = _NAME_AFTER.match(text, end)
    if found:
        return found.span(1)
    noun = MEDIA.match(text, end) if media else None
    return (noun.start() + len(noun.group()) - len(noun.group().lstrip()), noun.end()) if noun else None


def opens_only(word: str) -> bool:
    """Whether a word has its capital only because it opens a sentence: *The*, *Die*, *После*."""
    return _OPENING.fullmatch(f"{word} ") is not None


def is_statute(name: str) -> bool:
    """Whether a name is that of a law: what is said of it is no label."""
    return _LAW.search(name) is not None


def word_start(text: str, at: int) -> int:
    """Return the first letter of the word that holds a position."""
    while at > 0 and text[at - 1].isalnum():
        at -= 1
    return at
