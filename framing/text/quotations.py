"""Quotation zones: which stretches of text stand between quotation marks.

One scan finds the marks, and a stack pairs them. Which way a mark points is read from what stands around it before it
is read from its shape, so that one text typed with ``"``, ``“ ”``, ``« »``, ``„ “``, ``'' ''`` or ```` `` '' ```` has
the same zones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from framing.reading import Corpus
from framing.schema import FIELDS, check, empty, stable_ids

__all__ = ["find_quotations", "split_quotations"]

Zone = tuple[int, int, str]

PARTIAL_WORDS = 4
"""Quotations of fewer words are partial: measured, one in five of them is no speech at all (PolNeAR)."""

_REACH = 1000  # characters within which a quotation that holds the same marks again must close, or it was never closed
_SHARED = 60  # characters from a mark to one inside that may share its end
_DEPTH = 8

_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"
_SINGLES = "'‘’‚"
# An apostrophe between letters or digits is no mark, nor is ’ before one. Of ''' at an end the last two are one mark.
_MARK = re.compile(
    rf"[{_BREAKS}\"“”„«»‹›‚‘’'`](?<!’(?=\w))(?<!\w'(?=\w))(?:(?<=')(?!''(?!['\w]))'|(?<=`)`|(?<=‘)‘|(?<=’)’)?"
)
_NEXT_DOUBLE = re.compile(r"\"|“|”|„|«|»|‹|›|``|''|‘‘|’’")
_NEXT_LINE = re.compile(rf"[{_BREAKS}]\s*(''|``|.)")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\r\n[^\S\n]*\r\n|\u2029")
_PARTIAL = re.compile(rf"(?:\W*+\w++(?:['’\-]\w+)*+){{{PARTIAL_WORDS}}}")
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"[.!?…]\W*\s")

# Marks of one family close each other; a mark without partner may also close another family of the first three.
_FAMILY = {
    **dict.fromkeys(("“", "”", "„"), "“"),
    **dict.fromkeys(("''", "``", "‘‘", "’’"), "''"),
    **dict.fromkeys(("«", "»"), "«"),
    **dict.fromkeys(("‹", "›"), "‹"),
    '"': '"',
}
_SHAPES = {
    **dict.fromkeys(("“", "„", "«", "‹", "``", "‘‘"), 1),
    **dict.fromkeys(("”", "»", "›", "’’"), -1),
    **dict.fromkeys(('"', "''"), 0),
}
_LOOSE = ("“", '"', "''")
_EITHER = ('"', "''", "”")  # may open or close where the surroundings say nothing
_SINGLE = "'"

_OPENS_AFTER = frozenset("([{<—–-/“‘«„‚‹`")
_CLOSES_BEFORE = frozenset(".,;:!?…)]}>—–-/”’»›*")
_STOPS = frozenset('.,;:!?…—–-)]”"»')
_ELISION = re.compile(r"(?:\d\ds|[nN]|[eE]m|[tT]is|[tT]was|til|till|cause|cos|cuz|round|bout|ere|hood)\b")
_POSSESSIVE = re.compile(r"(?:[sxz]|in|ol|['’]n)\Z", re.IGNORECASE)


def find_quotations(corpus: Corpus) -> pd.DataFrame:
    """Find quotations in titles and texts: straight, curly, guillemets, low-high, doubled and single marks.

    A quotation that a paragraph ends without closing, as when speech runs on, is ``unclosed`` and ends with the line.
    One that is closed on a following line without an empty line between, as verse and hard-wrapped text have it, is
    whole. Odd marks never raise.

    Parameters
    ----------
    corpus : Corpus
        The articles.

    Returns
    -------
    DataFrame
        Table ``quotations``: outermost quotations, marks included.
    """
    rows = [
        (article, name, start, end, text[start:end], kind)
        for name in FIELDS
        for article, text in corpus.texts(name).items()
        for start, end, kind in split_quotations(text)
    ]
    if not rows:
        return empty("quotations")
    frame = pd.DataFrame(rows, columns=["article_id", "field", "start", "end", "surface", "kind"])
    ids = stable_ids("q", frame["article_id"], frame["field"], frame["start"], frame["end"])
    return check(frame.assign(quotation_id=ids), "quotations")


def split_quotations(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and kind of the quotations of a text, as `find_quotations` does for a corpus.

    Examples
    --------
    >>> split_quotations("He said ''we will stay here'' and called it ‘home’.")
    [(8, 29, 'direct'), (44, 50, 'partial')]
    """
    reader = _Reader(text)
    for mark in _MARK.finditer(text):
        char = mark.group()
        if char in _BREAKS:
            reader.end_line(mark.start())
            reader.line = mark.end()
        elif char in _SINGLES:
            reader.read_single(char, mark.start(), mark.end())
        elif char != "`":
            reader.read_double(char, mark.start(), mark.end())
    reader.end_line(len(text))
    return reader.zones


@dataclass(slots=True)
class _Open:
    """A mark that waits for its partner."""

    char: str
    family: str
    start: int
    end: int
    inside: list[Zone] = field(default_factory=list)
    code: bool = False  # a string in markup: paired, never reported
    stray: bool = False  # white space on both sides: reported only if it is closed


class _Reader:
    """Pairs the marks of a text in order. Zones that nest in another are kept only until that one is closed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = 0
        self.zones: list[Zone] = []
        self.open: list[_Open] = []
        self.doubtful = ""  # mark that closed the last zone, if it may have been an apostrophe or an inch
        self.code_end = 0
        self.wrapped = 0  # a quotation goes on over line ends up to here

    def read_double(self, char: str, start: int, end: int) -> None:
        if start < self.code_end:
            return
        side, before = self._side(start, end)
        if side < 0 and char in ("''", "’’") and self.open and self.open[-1].family == _SINGLE:
            self._close(_SINGLE, start, end)  # an apostrophe and a mark: ‘the workers’’
        elif self._closes(char, side):
            self._close(char, start, end)
        elif side > 0 or _SHAPES[char] > 0 or (side == 0 and char in _EITHER and not before.isalnum()):
            self._push(char, start, end, before)

    def read_single(self, char: str, start: int, end: int) -> None:
        top = self.open[-1] if self.open else None
        if start < self.code_end or (top and top.family != _SINGLE):
            return  # within double marks single ones change nothing outermost
        side, before = self._side(start, end)
        after = self.text[end : end + 1]
        if char != "’" and side > 0 and not _ELISION.match(self.text, end):
            self._push(char, start, end, "")
        elif (
            (char != "‘" or (top and top.char == "‚"))
            and not (before.isspace() or before in _OPENS_AFTER or after.isalnum())
            and (not (top and top.inside) or before in _STOPS)
        ):
            self._close(char, start, end)

    def end_line(self, stop: int) -> None:
        self.doubtful = ""
        if self.open and stop >= self.wrapped and not self._wraps(stop):
            self._give_up(stop, line_ends=True)

    def _side(self, start: int, end: int) -> tuple[int, str]:
        """Whether the surroundings open (1), close (-1) or say nothing (0); and the character before."""
        before = self.text[start - 1] if start > self.line else " "
        after = self.text[end : end + 1] or " "
        opens = before.isspace() or before in _OPENS_AFTER
        closes = after.isspace() or after in _CLOSES_BEFORE
        return opens - closes if opens != closes else 0, before

    def _closes(self, char: str, side: int) -> bool:
        shape = _SHAPES[char]
        if not self.open:
            return shape <= 0 and (side < 0 or (side == 0 and char not in _EITHER))
        top = self.open[-1]
        family = _FAMILY[char]
        own = any(one.family == family for one in self.open)
        if shape > 0:
            turned = (top.char == "„" and char == "“") or _SHAPES.get(top.char, 0) < 0
            return own and (side < 0 or (side == 0 and turned and top.family == family))
        if shape < 0:
            return side <= 0 or (own and top.char != char)
        return side < 0 or (side == 0 and (own or top.family in _LOOSE))

    def _push(self, char: str, start: int, end: int, before: str) -> None:
        family = _FAMILY.get(char, _SINGLE)
        if before == "{":  # JSON
            close = self.text.find("}", end, end + _REACH)
            self.code_end = max(self.code_end, close)
            if close > 0:
                return
        if self.open:
            far = start - self.open[0].start > _REACH and any(one.family == family for one in self.open)
            if far or len(self.open) >= _DEPTH:
                self._give_up(start)
        self.doubtful = ""
        stray = char in _EITHER and self.text[end : end + 1].isspace()
        self.open.append(_Open(char, family, start, end, code=before == "=", stray=stray))

    def _close(self, char: str, start: int, end: int) -> None:
        family = _FAMILY.get(char, _SINGLE)
        index = next((k for k in range(len(self.open) - 1, -1, -1) if self.open[k].family == family), -1)
        if index < 0 and self.open and family in _LOOSE and self.open[-1].family in _LOOSE:
            index = len(self.open) - 1
        doubtful = self._doubtful(family, start)
        if index >= 0:
            opened = self.open[index]
            del self.open[index:]
            zone = self._zone(opened, end)
            if zone and self.open:
                self.open[-1].inside.append(zone)
            elif zone:
                self.zones.append(zone)
                self.doubtful = family if doubtful else ""
        elif not self.open and self.doubtful == family and not doubtful:
            # The mark that closed the zone was an apostrophe or an inch: this one closes it.
            begin = self.zones.pop()[0]
            self.zones.append((begin, end, self._kind(begin, end)))
            self.doubtful = ""

    def _doubtful(self, family: str, start: int) -> bool:
        if family == _SINGLE:
            return _POSSESSIVE.search(self.text, max(start - 2, 0), start) is not None
        return self.text[start - 1 : start].isdigit()

    def _zone(self, opened: _Open, end: int) -> Zone | None:
        if opened.code or not _WORD.search(self.text, opened.end, end):
            return None
        return opened.start, end, self._kind(opened.start, end)

    def _kind(self, start: int, end: int) -> str:
        return "direct" if _PARTIAL.match(self.text, start, end) else "partial"

    def _wraps(self, stop: int) -> bool:
        """Whether the next double mark closes what is open, on a line that no empty line parts from this one."""
        opened = self.open[0]
        if len(self.open) > 1 or opened.family == _SINGLE or opened.code:
            return False
        mark = _NEXT_DOUBLE.search(self.text, stop, opened.start + _REACH)
        if mark is None or _BLANK_LINE.search(self.text, stop, mark.start()):
            return False
        side, _ = self._side(mark.start(), mark.end())
        if side >= 0 or _FAMILY[mark.group()] != opened.family:
            return False
        self.wrapped = mark.end()
        return True

    def _give_up(self, stop: int, *, line_ends: bool = False) -> None:
        """Report what is open as unclosed, and what stands inside it."""
        runs_on = line_ends and self._runs_on(stop)
        stops = [*(one.start for one in self.open[1:]), stop]
        for opened, limit in zip(self.open, stops, strict=True):
            if opened.code or opened.stray or (opened.family == _SINGLE and not runs_on):
                self.zones += opened.inside
                continue
            if runs_on and opened.start == self.open[0].start:
                self._report(opened, stop, "unclosed")
                break
            if opened.inside and self._shares_its_end(opened, opened.inside[0]):
                self._report(opened, opened.inside[0][1], "")
                self.zones += opened.inside[1:]
                continue
            self._report(opened, opened.inside[0][0] if opened.inside else limit, "unclosed")
            self.zones += opened.inside
        self.open.clear()

    def _shares_its_end(self, opened: _Open, inner: Zone) -> bool:
        """Whether one mark closes both, as in «Bank «North»: short, and within a sentence."""
        return inner[0] - opened.end <= _SHARED and not _SENTENCE_END.search(self.text, opened.end, inner[0])

    def _report(self, opened: _Open, stop: int, kind: str) -> None:
        end = opened.end + len(self.text[opened.end : stop].rstrip())
        if _WORD.search(self.text, opened.end, end):
            self.zones.append((opened.start, end, kind or self._kind(opened.start, end)))

    def _runs_on(self, stop: int) -> bool:
        """Whether the line opens with the mark that is open, and so does the next one."""
        opened = self.open[0]
        following = _NEXT_LINE.match(self.text, stop)
        return (
            following is not None
            and following.group(1) == opened.char
            and not self.text[self.line : opened.start].strip()
            and not (opened.family == _SINGLE and _ELISION.match(self.text, following.end()))
        )
