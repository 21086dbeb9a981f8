"""The grammar of labels: which stretch beside a name is a label, by its structure and not by its keywords.

A stretch qualifies when it stands in one of six forms and consists of hardly anything but the parts of a label:
designation, act (designated, banned), authority, head noun, function words and names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framing.cues.lexicon import CueMatch, Lexicon

__all__ = ["Label", "Reading", "brackets", "name_before"]

Span = tuple[int, int]
_WORD = re.compile(r"[^\W_][\w'’.-]{0,60}(?<![.'’-])|[^\W_]")
_PAIRS = {")": "(", "]": "["}
_MAX_BRACKET = 400
_MAX_SEGMENT = 180
_BRACKET_SHARE, _PREFIX_SHARE, _SEGMENT_SHARE, _NOTE_SHARE = 0.6, 0.8, 0.75, 0.65
_DELIMITER = re.compile(r",\s{1,3}|\s[—–]\s|\s-{1,2}\s|—")
_STOP = re.compile(r"[.!?;:]\s|\n\s{0,3}\n|[()«»“”]")
_RELATIVE = re.compile(r"(?:which|who|котор\w{2,3}|яка|який|яке|які|qui|que|die|der|das)\b", re.IGNORECASE)
_FINITE = re.compile(r"\b(?:has|have|had|is|are|was|were|will|would)\b|\bdesignate[ds]?\s(?:the\b|[A-ZА-Я])")
_FUTURE = re.compile(r"\b(?:would|will|could|may|might)\b")
_MAX_NOTE = 600  # code points of a footnote's line
_ARTICLE = re.compile(r"(?:an?|the|eine?|une?|una?|un)\s", re.IGNORECASE)
_PASSIVE = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "and",
        "also",
        "both",
        "has",
        "officially",
        "formally",
        "now",
        "currently",
    ]
)
_ASCRIBING = re.compile(
    r"\b(?:consider\w{0,4}|regard\w{0,3}|deem\w{0,3}|view\w{0,3}|label\w{0,4}|call\w{0,3}|describ\w{0,3}|treats|"
    r"list as|brand\w{0,3}|считает\w{0,2}|считают|называ\w{0,4}|вважа\w{0,3}|betracht\w{0,3}|consid[eé]r\w{0,5})\b|"
    r"\b(?:by|von|por|par)\s",
    re.IGNORECASE,
)
_REGISTER = re.compile(r"(?:реестр|списк|список|переч|list|register|registry)\w{0,4}\s{0,3}$", re.IGNORECASE)
_BEFORE_BANNED = re.compile(
    r"(?:\b(?:the|an?|its|their|of|by|to|with|from|for|and|as)|['’]s|^|[\n.,])\s{0,3}$", re.IGNORECASE
)
_STAR_LINE = re.compile(r"(?m)(?:^[\s_>•]{0,6}|(?<=\s)|(?<=[.»\"]))(\*{1,3})[_\s*]{0,4}[-—–]?\s{0,2}(?=[\w«\"])")
_STARRED = re.compile(r"(?<=[\w»\"”)])\*{1,2}(?!\w)")
_NOTICE = re.compile(
    r"(?:(?:настоящий материал|данное сообщение|данный материал|this (?:material|message|article|content))"
    r"[^.\n]{0,200}(?:иностранн\w{2,3} агент\w{0,3}|foreign agent))[^.\n]{0,120}",
    re.IGNORECASE,
)
_LINK_END = re.compile(r"\]\([^()\s]{0,300}\)$")
_CONNECTOR = frozenset(
    ["of", "al", "al-", "for", "de", "la", "el", "du", "del", "bin", "ibn", "von", "van", "аш", "ан", "аль"]
)
_OPENERS = {"»": "«", "”": "“", "’": "‘", '"': '"', "“": "„", "'": "'"}
_MEDIA = re.compile(
    r"\s{1,2}(?:\w{1,20}\s){0,3}?(?:tv|television|media|news|newspaper|network|channel|broadcaster|agency|outlet|press|"
    r"company|companies|radio|daily|tabloid|nachrichtenagentur|agentur|medien|sender)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Label:
    """One label as the grammar sees it."""

    start: int
    end: int
    form: str
    target: Span | None
    pieces: tuple[CueMatch, ...]
    attributed: bool

    @property
    def rule_id(self) -> str:
        """Rule of the designation that decided."""
        return next(piece.rule.rule_id for piece in self.pieces if piece.rule.role == "designation")

    @property
    def language(self) -> str:
        """Language of the pack."""
        return self.pieces[0].rule.language


class Reading:
    """One text with the label parts found in it."""

    def __init__(self, text: str, language: str, lexicon: Lexicon) -> None:
        self.text = text
        found = (match for match in lexicon.matches(text, language) if match.rule.role != "cue")
        self.pieces = sorted(found, key=lambda match: (match.start, match.end))
        self.starts = [piece.start for piece in self.pieces]
        self.designations = [piece for piece in self.pieces if piece.rule.role == "designation"]
        self.english = language == "en"
        self.roles: dict[int, str] = {}  # role of every code point that a part covers
        self.ends: dict[int, int] = {}  # end of the first part that covers a code point
        for piece in self.pieces:
            for at in range(piece.start, piece.end):
                self.ends.setdefault(at, piece.end)
                if self.roles.get(at) != "designation":
                    self.roles[at] = piece.rule.role

    def labels(self) -> list[Label]:
        """Labels in reading order; a part belongs to one label only."""
        if not self.designations:
            return []
        found: list[Label] = []
        for search in (self._notices, self._parentheticals, self._footnotes, self._apposed, self._prenominal):
            for label in search():
                if not any(label.start < other.end and other.start < label.end for other in found):
                    found.append(label)
        return sorted(found, key=lambda label: (label.start, label.end))

    def _inside(self, start: int, end: int) -> tuple[CueMatch, ...]:
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return tuple(piece for piece in self.pieces[low:high] if piece.end <= end)

    def _share(self, start: int, end: int) -> float:
        """Share of the words that are parts of a label or names."""
        words = list(_WORD.finditer(self.text, start, end))
        known = sum(w.start() in self.roles or self._named(w) for w in words)
        return known / len(words) if words else 0.0

    def _named(self, word: re.Match[str]) -> bool:
        return word.group()[0].isupper() or self.text[max(0, word.start() - 1)] in '«“"„'

    def _valid(self, pieces: Sequence[CueMatch]) -> bool:
        """Whether the parts make a status: a bare keyword does not."""
        claims = {piece.rule.value for piece in pieces if piece.rule.role == "designation"}
        roles = {piece.rule.role for piece in pieces}
        if "foreign_agent" in claims:
            return True
        if claims == {"banned"}:
            return "authority" in roles or any("стран" in self.text[p.start : p.end].lower() for p in pieces)
        return bool(claims) and bool(roles & {"verdict", "authority", "head"} or "banned" in claims)

    def _label(self, start: int, end: int, form: str, target: Span | None) -> Label | None:
        pieces = self._inside(start, end)
        if not any(piece.rule.role == "designation" for piece in pieces):
            return None
        attributed = form in ("appositive", "dash", "parenthetical") and bool(_ASCRIBING.search(self.text[start:end]))
        return Label(start, end, form, target, pieces, attributed)

    def _parentheticals(self) -> Iterator[Label]:
        for start, end in brackets(self.text):
            inner = self._inside(start + 1, end - 1)
            if self._valid(inner) and self._only_label(start + 1, end - 1, inner):
                label = self._label(start, end, "parenthetical", name_before(self.text, start, self.roles))
                if label is not None:
                    yield label

    def _only_label(self, start: int, end: int, inner: Sequence[CueMatch]) -> bool:
        if self._share(start, end) >= _BRACKET_SHARE:
            return True
        first = next(piece for piece in inner if piece.rule.role == "designation")
        led = self._inside(start, first.end)
        return self._valid(led) and self._share(start, first.end) >= _PREFIX_SHARE

    def _notices(self) -> Iterator[Label]:
        for found in _NOTICE.finditer(self.text):
            label = self._label(found.start(), found.end(), "notice", None)
            if label is not None:
                yield label

    def _footnotes(self) -> Iterator[Label]:
        for mark in _STAR_LINE.finditer(self.text):
            stop = self.text.find("\n", mark.end())
            line_end = len(self.text) if stop < 0 else stop
            if line_end - mark.end() > _MAX_NOTE:
                continue
            end = mark.end() + len(self.text[mark.end() : line_end].rstrip(" _*\",'"))
            inner = self._inside(mark.end(), end)
            bold = mark.group(1) == "**" and self.text[end : line_end + 3].lstrip("\n _").startswith("**")
            if bold or not self._valid(inner) or self._share(mark.end(), end) < _NOTE_SHARE:
                continue
            label = self._label(mark.start(1), end, "footnote", self._starred(mark.start(), mark.end(), end))
            if label is not None:
                yield label

    def _starred(self, before: int, start: int, end: int) -> Span | None:
        """Return the starred name, by preference one that the note repeats; else a name within the note."""
        marks = [m for m in _STARRED.finditer(self.text, 0, before) if self.text[m.end() - 2 : m.end()] != "**"]
        names = [n for m in marks if (n := name_before(self.text, m.start(), self.roles)) is not None]
        note = self.text[start:end].lower()
        repeated = [n for n in names if self.text[slice(*n)].strip('«»"').lower()[:5] in note]
        if repeated or names:
            return (repeated or names)[0]
        words = [w for w in _WORD.finditer(self.text, start, end) if self._named(w) and w.start() not in self.roles]
        return words[0].span() if words else None

    def _apposed(self) -> Iterator[Label]:
        for piece in self.designations:
            label = self._segment(piece)
            if label is not None:
                yield label

    def _segment(self, piece: CueMatch) -> Label | None:
        floor = max(0, piece.start - _MAX_SEGMENT)
        for stop in _STOP.finditer(self.text, floor, piece.start):
            floor = stop.end() if stop.group()[0] not in "«“”»" else floor
        best: Label | None = None
        end = self._extend(piece.end)
        for mark in _DELIMITER.finditer(self.text, floor, piece.start):
            if self._share(mark.end(), end) < _SEGMENT_SHARE or not self._opens(mark.end(), end, piece):
                continue
            relative = _RELATIVE.match(self.text, mark.end()) is not None
            target = name_before(self.text, mark.start(), self.roles)
            if target is None or not (relative or _is_name(self.text, target)):
                continue
            form = "appositive" if mark.group().startswith(",") else "dash"
            start = mark.start() + len(mark.group()) - len(mark.group().lstrip())
            best = best or self._label(start, end, form, target)
        return best

    def _opens(self, start: int, end: int, piece: CueMatch) -> bool:  # noqa: PLR0911 - one return per form
        """Whether a segment begins as a relative clause, a participle, a status or an apposed noun phrase."""
        inner = self._inside(start, end)
        if not self._valid(inner):
            return False
        roles = {p.rule.role for p in inner}
        if piece.rule.value == "banned" and self.english:
            before = _WORD.findall(self.text[start : piece.start])
            return all(w.lower() in _PASSIVE or _RELATIVE.match(w) or _ends_in_role(w) for w in before)
        if _RELATIVE.match(self.text, start):
            if _FUTURE.search(self.text, start, piece.start):
                return False  # a status that may come is none
            return bool(roles & {"verdict"}) or "banned" in {p.rule.value for p in inner}
        first = self.roles.get(start)
        if _ARTICLE.match(self.text, start):
            if _FINITE.search(self.text, start, piece.start):
                return False  # a sentence of its own: "the ministry has designated …"
            closed = self.text[end : end + 1] in ("", ",", ".", ";", ")", "\n", " ") and "head" in roles
            return closed and bool(roles & {"verdict", "authority"} or self.text[end : end + 1] != " ")
        return first in ("designation", "verdict") and bool(roles & {"verdict", "authority", "head"})

    def _extend(self, end: int) -> int:
        """Move an end over the following parts of a label, as far as a weighty one."""
        best = at = end
        while at - end <= _MAX_SEGMENT:
            word = _WORD.match(self.text, at + len(self.text[at : at + 3]) - len(self.text[at : at + 3].lstrip(" \n,")))
            if word is None or (word.start() not in self.roles and not (self._named(word) and best != end)):
                return best
            if "," in self.text[at : word.start()] and self.roles.get(word.start()) not in ("designation", "verdict"):
                return best
            at = word.end()
            if self.roles.get(word.start()) in ("designation", "authority", "head"):
                at = best = max(at, self.ends[word.start()])
        return best

    def _prenominal(self) -> Iterator[Label]:
        for piece in self.designations:
            start, end = self._run(piece)
            inner = self._inside(start, end)
            if _REGISTER.search(self.text[max(0, start - 15) : start]) or not self._modifies(start, piece, inner):
                continue
            target = _name_after(self.text, end, media=piece.rule.value == "state_media")
            if target is not None:
                label = self._label(start, end, "prenominal", target)
                if label is not None:
                    yield label

    def _run(self, piece: CueMatch) -> Span:
        """Return the unbroken run of label parts before a name: to the left as far as an act or a designation."""
        end = piece.end
        while end - piece.end < _MAX_SEGMENT and (word := _WORD.match(self.text, end + 1)):
            if self.text[end : end + 1] not in (" ", "\n"):
                break
            if word.start() not in self.roles or (word.group()[0].isupper() and not self._authority(word.start())):
                break
            end = word.end()
        start = piece.start
        left = [w for w in _WORD.finditer(self.text, max(0, start - 60), start) if w.start() in self.roles]
        for word in reversed(left):
            if self.text[word.end() : start].strip(" ,-") or self.roles[word.start()] not in ("designation", "verdict"):
                break
            start = word.start()
        while start > 1 and self.text[start - 1] == "-" and self.text[start - 2].isalpha():
            start = _word_start(self.text, start - 2)
        return start, end

    def _authority(self, at: int) -> bool:
        return self.roles.get(at) == "authority"

    def _modifies(self, start: int, piece: CueMatch, inner: Sequence[CueMatch]) -> bool:
        roles = {p.rule.role for p in inner}
        if piece.rule.value == "banned" and self.english:
            return _BEFORE_BANNED.search(self.text[max(0, start - 12) : start]) is not None
        if piece.rule.value in ("foreign_agent", "banned", "state_media"):
            return True
        claims = {p.rule.value for p in inner if p.rule.role == "designation"}
        return "head" in roles or "verdict" in roles or "banned" in claims


def _ends_in_role(word: str) -> bool:
    return word.lower() in {
        "designated",
        "recognised",
        "recognized",
        "a",
        "an",
        "terrorist",
        "extremist",
        "organization",
    }


def _word_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1].isalnum():
        at -= 1
    return at


def _is_name(text: str, span: Span) -> bool:
    words = text[slice(*span)]
    return any(char.isupper() for char in words) or words[:1] in '«“"„'


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
    words = list(_WORD.finditer(text, max(window, at - 120), at))
    return _capital_run(text, words, roles or {}) if words and words[-1].end() == at else None


def _capital_run(text: str, words: list[re.Match[str]], roles: dict[int, str]) -> Span:
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
    first = re.match(r"(?:The|A|An|But|And|In|By|Of)\s", text[start:end])
    return (start + first.end(), end) if first and first.end() < end - start else (start, end)


def _name_after(text: str, end: int, *, media: bool) -> Span | None:
    """Span of the name right after a prenominal label; with ``media`` a noun such as *television* will do."""
    found = re.compile(
        r"\s{1,3}(?:(?:the|news agency|newspaper|network|channel|TV network|broadcaster|outlet)\s){0,2}"
        r"([«“\"„][^«»“”\"\n]{1,80}[»”\"“]|[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w'’-]{0,40}(?:\s(?:of\s)?[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w'’-]{0,40}){0,5})"
    ).match(text, end)
    if found:
        return found.span(1)
    noun = _MEDIA.match(text, end) if media else None
    return (noun.start() + len(noun.group()) - len(noun.group().lstrip()), noun.end()) if noun else None
