"""Who speaks a quotation: the act of speech beside it, one that is carried over, and whom a pronoun stands for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from framing.cues.clauses import Clauses, closed_words
from framing.cues.speech import Act, Verbs, find_acts

__all__ = ["CONFIDENCE", "Link", "Pages", "link_quotes"]

_LINE = re.compile(r"[^\r\n]+")
_ADDRESSED = 7  # words between a verb and the quotation that it introduces: told the crowd in Ohio on Monday
_LEAD_IN = 3  # words that open a sentence before a quotation that goes on: And, "…"
_RUNS_ON = (",", "?", "!", "—", "–", "-")
_MARKS = "\"'“”‘’«»„`"

CONFIDENCE = {
    "beside": 0.97,
    "introduced": 0.93,
    "carried": 0.92,
    "clause": 0.85,
    "line": 0.85,
    "continued": 0.85,
}
"""How a quotation was linked, and about which share of such links is right (PolNeAR, training part)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its acts of speech and the quotations in it, as numbers of the field's quotations."""

    clauses: Clauses
    acts: list[Act]
    quotes: range


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
        self.spans: list[tuple[int, int]] = []
        self.held: list[range] = []
        done = 0
        for found in _LINE.finditer(text):
            start, end = found.span()
            if self.spans and start < self.spans[-1][1]:
                continue  # a quotation went on over the end of the line
            first = done
            while done < len(quotes) and quotes[done][0] < end:
                end = max(end, quotes[done][1])
                done += 1
            self.spans.append((start, end))
            self.held.append(range(first, done))
        self._lines: dict[int, Line] = {}

    def __len__(self) -> int:
        return len(self.spans)

    def line(self, number: int) -> Line:
        """Words and acts of a line."""
        if number not in self._lines:
            inside = [self.quotes[k] for k in self.held[number]]
            clauses = Clauses(self.text, self.spans[number], inside, self.verbs)
            self._lines[number] = Line(clauses, find_acts(clauses, self.verbs), self.held[number])
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
    for number, held in enumerate(pages.held):
        if not held:
            continue
        line = pages.line(number)
        last: Link | None = None
        for k, q in zip(held, line.clauses.quotes, strict=True):
            link = _in_sentence(line, q)
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
    here = clauses.sentence[q]
    ahead = _outermost(clauses, [a for a in line.acts if a.end <= q and clauses.sentence[a.verb[0]] == here])
    gap = clauses.kind[ahead.end : q] if ahead else []
    introduced = ahead is not None and len(gap) <= 2 and all(code in ",:B" for code in gap)
    behind = _behind(line, q)
    if behind is not None and not (introduced and not _runs_on(clauses, q)):
        return Link(behind, clauses, "beside")
    if ahead is not None and not introduced and ahead.order == "according":
        return Link(ahead, clauses, "clause")
    if ahead is not None:
        return Link(ahead, clauses, "introduced" if len(gap) <= _ADDRESSED else "clause")
    after = [a for a in line.acts if a.start > q and clauses.sentence[a.start] == here and _closes(clauses, a)]
    return Link(after[0], clauses, "clause") if after else None


def _closes(clauses: Clauses, act: Act) -> bool:
    """Whether an act stands at the end of what it reports: ``…, he said.`` or ``according to X``."""
    if act.order == "according":
        return True
    ahead, behind = clauses.kind[act.start - 1], clauses.kind[act.end : act.end + 1]
    return act.order in ("SV", "VS") and ahead in ",-Q" and (not behind or behind[0] in ".,Q-" or act.order == "VS")


def _behind(line: Line, q: int) -> Act | None:
    clauses = line.clauses
    at = q + 1
    while at < len(clauses) and clauses.kind[at] in ",-R":
        at += 1
    found = next((a for a in line.acts if a.start == at), None)
    if found and clauses.sentence[at] != clauses.sentence[q] and not (_asks(clauses, q) and _closes(clauses, found)):
        return None
    if found is None or at > q + 1 or _runs_on(clauses, q) or clauses.kind[at] in "PNV":
        return found
    return None


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
    assert inner.source is not None
    between = clauses.low[outer.verb[1] : inner.source[0]]
    if outer.order == "according" or len(between) > 1 or (between and between != ["that"]):
        return False
    return _is_opinion(inner) or clauses.low[inner.source[0]] in closed_words("personal")


def _is_opinion(act: Act) -> bool:
    return act.negated or (act.rule is not None and act.rule.family == "reporting_belief")


def _runs_on(clauses: Clauses, q: int) -> bool:
    """Whether the quotation ends with a comma, a question or an exclamation, or a comma follows it."""
    if clauses.kind[q + 1 : q + 2] == [","]:
        return True
    end = clauses.spans[q][1]
    return clauses.text[max(clauses.spans[q][0], end - 4) : end].rstrip(_MARKS).endswith(_RUNS_ON)


def _asks(clauses: Clauses, q: int) -> bool:
    end = clauses.spans[q][1]
    return clauses.text[max(clauses.spans[q][0], end - 4) : end].rstrip(_MARKS).endswith(("?", "!"))


def _carried(line: Line, q: int, last: Link | None) -> Link | None:
    """Act of the quotation before, or of the sentence before, where the quotation opens a sentence of its own."""
    clauses = line.clauses
    first = clauses.sentence.index(clauses.sentence[q])
    if q - first > _LEAD_IN or any(code in "VAN" for code in clauses.kind[first:q]):
        return None
    if last is not None:
        return Link(last.act, last.clauses, "carried")
    before = _outermost(clauses, [a for a in line.acts if a.end <= q])
    return Link(before, clauses, "carried") if before else None


def _from_line_before(
    pages: Pages, number: int, q: int, links: Sequence[Link | None], kinds: Sequence[str]
) -> Link | None:
    """Act of the line before: one that introduces (``She said:``), or whose quotation was left open."""
    if q or not number:
        return None
    held = pages.held[number - 1]
    if held and kinds[held[-1]] == "unclosed" and links[held[-1]] is not None:
        before = links[held[-1]]
        assert before is not None
        return Link(before.act, before.clauses, "continued")
    if pages.text[: pages.spans[number - 1][1]].endswith(":"):
        line = pages.line(number - 1)
        last = line.clauses.sentence[-1]
        acts = [a for a in line.acts if line.clauses.sentence[a.verb[0]] == last]
        return Link(acts[-1], line.clauses, "line") if acts else None
    return None
