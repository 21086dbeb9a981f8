"""Who speaks a quotation: the act of speech beside it, one that is carried over, and whom a pronoun stands for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from framing.cues.acts import find_acts
from framing.cues.clauses import Clauses, closed_words
from framing.cues.speech import Act, Verbs

__all__ = ["CONFIDENCE", "Link", "Pages", "link_quotes"]

_PERSONAL = closed_words("personal")

_LINE = re.compile(r"[^\r\n]+")
_ADDRESSED = 7  # words between a verb and the quotation that it introduces: told the crowd in Ohio on Monday
_LEAD_IN = 3  # words that open a sentence before a quotation that goes on: And, "…"
_INTRODUCED = 2  # marks and "that" between a verb and its quotation
_MARKS = "\"'“”‘’«»„`"

CONFIDENCE = {
    "beside": (0.98, 0.93),
    "introduced": (0.92, 0.71),
    "carried": (0.97, 0.94),
    "clause": (0.92, 0.75),
    "line": (0.85, 0.85),
    "continued": (0.62, 0.62),
}
"""How a quotation was linked, and which share of such speakers is right: names and pronouns, descriptions.

Measured on PolNeAR's training part; the last two are of 27 and 34 speakers only.
"""


class Line:
    """A line: its words, and its acts of speech in order, also by sentence."""

    def __init__(self, clauses: Clauses, acts: list[Act]) -> None:
        self.clauses, self.acts = clauses, acts
        self._sentences: dict[int, list[Act]] = defaultdict(list)
        for act in acts:
            self._sentences[clauses.sentence[act.verb[0]]].append(act)

    def beside(self, i: int) -> list[Act]:
        """Acts in the sentence of word ``i``."""
        return self._sentences.get(self.clauses.sentence[i], []) if i < len(self.clauses) else []

    def before(self, i: int) -> list[Act]:
        """Acts of the last sentence before word ``i`` that has any."""
        last = bisect_left(self.acts, i, key=lambda act: act.verb[0]) - 1
        return [act for act in self.beside(self.acts[last].verb[0]) if act.end <= i] if last >= 0 else []


@dataclass(frozen=True, slots=True)
class Link:
    """The act that attributes a quotation, where it stands, and how it was found (a key of `CONFIDENCE`)."""

    act: Act
    clauses: Clauses
    how: str


class Pages:
    """The lines of one field, read when asked for.

    Parameters
    ----------
    text : str
        The field.
    quotes : list of (int, int)
        Its quotations, in order.
    verbs : Verbs
        Verbs of the article's language.
    """

    def __init__(self, text: str, quotes: Sequence[tuple[int, int]], verbs: Verbs) -> None:
        self.text, self.quotes, self.verbs = text, quotes, verbs
        self.spans = [line.span() for line in _LINE.finditer(text)]
        self.held: dict[int, range] = {}
        self._lines: dict[int, Line] = {}
        self._place()

    def _place(self) -> None:
        """Give each quotation its line; lines over which one goes on become one."""
        at = 0
        for k, (start, end) in enumerate(self.quotes):
            at = bisect_right(self.spans, start, lo=at, key=itemgetter(0)) - 1
            last = at
            while self.spans[last][1] < end:
                last += 1
            if last > at:
                self.spans[at : last + 1] = [(self.spans[at][0], self.spans[last][1])]
            self.held[at] = range(self.held[at].start if at in self.held else k, k + 1)

    def __len__(self) -> int:
        return len(self.spans)

    def line(self, number: int) -> Line:
        """Words and acts of a line."""
        if number not in self._lines:
            inside = [self.quotes[k] for k in self.held.get(number, ())]
            clauses = Clauses(self.text, self.spans[number], inside, self.verbs)
            self._lines[number] = Line(clauses, find_acts(clauses, self.verbs))
        return self._lines[number]

    def number(self, position: int) -> int:
        """Line in which a code point stands."""
        return bisect_right(self.spans, (position, len(self.text) + 1)) - 1


def link_quotes(pages: Pages, kinds: Sequence[str]) -> list[Link | None]:
    """Attribute each quotation of a field to an act of speech, or to none.

    Parameters
    ----------
    pages : Pages
        The field.
    kinds : list of str
        Kind of each quotation: a partial one is never carried over, an unclosed one goes on in the next line.
    """
    links: list[Link | None] = [None] * len(kinds)
    for number, held in pages.held.items():
        line = pages.line(number)
        last: Link | None = None
        for k, q in zip(held, line.clauses.quotes, strict=True):
            link = _passed_on(line, _in_sentence(line, q))
            if link is None and kinds[k] != "partial":
                link = _carried(line, q, last) or _from_line_before(pages, number, q, links, kinds)
            links[k] = link
            last = link if link is not None and kinds[k] != "partial" else last
    for k in range(len(kinds) - 2, -1, -1):
        ahead = links[k + 1]
        if kinds[k] == "unclosed" and links[k] is None and ahead is not None:
            links[k] = Link(ahead.act, ahead.clauses, "continued")
    return links


def _in_sentence(line: Line, q: int) -> Link | None:
    """Act in the sentence of the quotation: right behind it, right ahead of it, or somewhere ahead."""
    clauses = line.clauses
    acts = line.beside(q)
    ahead = _outermost(clauses, [a for a in acts if a.end <= q])
    gap = clauses.kind[ahead.end : q] if ahead else []
    introduced = ahead is not None and len(gap) <= _INTRODUCED and all(code in ",:B" for code in gap)
    behind = _behind(line, q)
    if behind is not None and not (introduced and not _runs_on(clauses, q)):
        return Link(behind, clauses, "beside")
    if ahead is not None:
        is_near = len(gap) <= _ADDRESSED and (introduced or ahead.order != "according")
        return Link(ahead, clauses, "introduced" if is_near else "clause")
    closing = next((a for a in acts if a.start > q and _closes(clauses, a)), None)
    return Link(closing, clauses, "clause") if closing else None


def _passed_on(line: Line, link: Link | None) -> Link | None:
    """``"…," Lund said, according to the Courier``: who passes it on."""
    if link is None or link.act.order == "according" or link.act.by is not None:
        return link
    passing = next(
        (a for a in line.beside(link.act.verb[0]) if a.order == "according" and a.start >= link.act.end), None
    )
    return Link(replace(link.act, by=passing.source), link.clauses, link.how) if passing else link


def _closes(clauses: Clauses, act: Act) -> bool:
    """Whether an act stands at the end of what it reports: ``…, he said.`` or ``according to X``."""
    if act.order == "according":
        return True
    ahead, behind = clauses.kind[act.start - 1], clauses.kind[act.end : act.end + 1]
    return act.order in ("SV", "VS") and ahead in ",-Q" and (not behind or behind[0] in ".,Q-" or act.order == "VS")


def _behind(line: Line, q: int) -> Act | None:
    """Act that begins right behind the quotation; after a question also as a sentence of its own."""
    clauses = line.clauses
    at = q + 1
    while at < len(clauses) and clauses.kind[at] in ",-R":
        at += 1
    found = next((a for a in line.beside(at) if a.start == at), None)
    if found is None:
        return None
    if clauses.sentence[at] != clauses.sentence[q]:
        return found if _ends_with(clauses, q, "?!") and _closes(clauses, found) else None
    return found if at > q + 1 or _runs_on(clauses, q) or clauses.kind[at] in "PNV" else None


def _outermost(clauses: Clauses, acts: Sequence[Act]) -> Act | None:
    """Last of the acts; but of ``X said he thinks`` and ``X said, noting that people feel`` the one that reports it."""
    if not acts:
        return None
    k = len(acts) - 1
    if _is_opinion(acts[k]):
        return next((act for act in reversed(acts) if not _is_opinion(act) and act.order != "according"), acts[k])
    while k and acts[k].order == "SV" and _reports(clauses, acts[k - 1], acts[k]):
        k -= 1
    return acts[k]


def _reports(clauses: Clauses, outer: Act, inner: Act) -> bool:
    between = clauses.low[outer.verb[1] : inner.source[0]]
    if outer.order == "according" or len(between) > 1 or (between and between != ["that"]):
        return False
    return _is_opinion(inner) or clauses.low[inner.source[0]] in _PERSONAL


def _is_opinion(act: Act) -> bool:
    return act.negated or (act.rule is not None and act.rule.family == "reporting_belief")


def _runs_on(clauses: Clauses, q: int) -> bool:
    """Whether the quotation ends with a comma, a question or an exclamation, or a comma follows it."""
    return clauses.kind[q + 1 : q + 2] == [","] or _ends_with(clauses, q, ",?!—–-")


def _ends_with(clauses: Clauses, q: int, marks: str) -> bool:
    start, end = clauses.spans[q]
    return clauses.text[max(start, end - 4) : end].rstrip(_MARKS).endswith(tuple(marks))


def _carried(line: Line, q: int, last: Link | None) -> Link | None:
    """Act of the quotation before, or of the sentence before, where the quotation opens a sentence of its own."""
    clauses = line.clauses
    first = q
    while first and clauses.sentence[first - 1] == clauses.sentence[q] and q - first <= _LEAD_IN:
        first -= 1
    if q - first > _LEAD_IN or any(code in "VAN" for code in clauses.kind[first:q]):
        return None
    if last is not None:
        return Link(last.act, last.clauses, "carried")
    before = _outermost(clauses, line.before(q))
    return Link(before, clauses, "carried") if before else None


def _from_line_before(
    pages: Pages, number: int, q: int, links: Sequence[Link | None], kinds: Sequence[str]
) -> Link | None:
    """Act of the line before: one that introduces (``She said:``), or whose quotation was left open."""
    if q or not number:
        return None
    held = pages.held.get(number - 1)
    before = links[held[-1]] if held and kinds[held[-1]] == "unclosed" else None
    if before is not None:
        return Link(before.act, before.clauses, "continued")
    if pages.text[: pages.spans[number - 1][1]].endswith(":"):
        line = pages.line(number - 1)
        acts = line.beside(len(line.clauses) - 1)
        return Link(acts[-1], line.clauses, "line") if acts else None
    return None
