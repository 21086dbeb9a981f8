"""Marks inside running text: overlapping spans become well-formed, escaped HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from framing.errors import SettingsError

__all__ = ["Family", "Mark", "family_styles", "highlight_html", "legend_html", "mark_text", "span_marks", "visible"]

N_STYLES = 8
"""Distinct looks of a cue family in the style sheet; further families reuse them, told apart by their marker."""

_LOOKS = (  # colour and line of each look, for notebooks: one colour for light and dark, 3 : 1 or more against both
    ("#2f7dbd", "solid"),
    ("#b8741a", "dashed"),
    ("#8a6fc4", "dotted"),
    ("#2f9088", "double"),
    ("#c0578f", "wavy"),
    ("#7d8a1f", "solid"),
    ("#a9714c", "dashed"),
    ("#71828f", "dotted"),
)
BOX = "white-space:pre-wrap;line-height:1.6;max-width:44em"
"""Inline style of running text."""
_SAID = ("family", "rule_id", "target", "designation", "form", "authority", "origin", "obligation", "voice", "kind")
_WITNESSES = ("rule", "insertion", "contrast")
_CONTROL_NAMES = {
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
}
# Bidirectional controls could reorder what stands around them; C0 and C1 controls are invisible or not HTML at all.
_VISIBLE = {code: f"⟨{name}⟩" for code, name in _CONTROL_NAMES.items()}
_VISIBLE |= {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n\r"}
_VISIBLE |= {code: f"⟨{code:02X}⟩" for code in (0x7F, *range(0x80, 0xA0))}


def visible(text: str) -> str:
    """Return the text with control characters replaced by visible symbols.

    Examples
    --------
    >>> visible("a\u202eb")
    'a⟨RLO⟩b'
    """
    return text.translate(_VISIBLE)


@dataclass(frozen=True)
class Mark:
    """One span to be marked, or one point where another text's words are shown.

    Attributes
    ----------
    start, end : int
        Code points in the field, end exclusive; ``start == end`` for a point.
    css : str
        Classes of the element.
    note : str
        What the mark says; shown on hover and focus, read out as its description.
    tag : str
        Name of the element: ``mark``, ``ins``, ``del`` or ``span``.
    anchor : str
        Identifier for links; empty for none.
    words : str
        Words of the other text that a point shows.
    style : str
        Inline style, for use without the report's style sheet.
    """

    start: int
    end: int
    css: str = ""
    note: str = ""
    tag: str = "mark"
    anchor: str = ""
    words: str = ""
    style: str = ""

    def opening(self, *, continued: bool = False) -> str:
        """Return the start tag; a continued piece carries neither anchor nor keyboard stop."""
        parts = [f"<{self.tag}"]
        if self.css:
            parts.append(f' class="{escape(self.css)}{" k" if continued else ""}"')
        if self.style:
            parts.append(f' style="{escape(self.style)}"')
        if self.anchor and not continued:
            parts.append(f' id="{escape(self.anchor)}"')
        if self.note:
            stop = "" if continued else " tabindex=0"
            name = "title" if self.style else "aria-description"  # the style sheet shows the latter on hover
            parts.append(f'{stop} {name}="{escape(visible(self.note))}"')
        return "".join(parts) + ">"


def mark_text(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> Markup:
    """Return ``text[start:end]`` escaped, with every mark as an element around its words.

    Marks may nest, touch and overlap: one that crosses the end of another is closed there and continued, so that
    the elements nest. Marks that reach beyond the stretch are clipped to it.

    Parameters
    ----------
    text : str
        The whole field that the marks count in.
    marks : iterable of Mark
        In any order.
    start, end : int
        The stretch to return; by default all of the text.

    Returns
    -------
    Markup
    """
    stop = len(text) if end is None else min(end, len(text))
    inside = sorted(
        (m for m in marks if _touches(m, start, stop)),
        key=lambda m: (m.start, m.end > m.start, -m.end, m.tag, m.css, m.note),  # points before what they replace
    )
    cuts = sorted({start, stop, *(min(max(p, start), stop) for m in inside for p in (m.start, m.end))})
    pieces: list[str] = []
    stack: list[Mark] = []
    for index, at in enumerate(cuts):
        _close(pieces, stack, at, last=at == stop)
        for mark in inside:
            if mark.start == mark.end == at:
                pieces.append(f"{mark.opening()}{escape(visible(mark.words))}</{mark.tag}>")
            elif at < stop and max(mark.start, start) == at and mark.end > at:
                pieces.append(mark.opening(continued=mark.start < start))
                stack.append(mark)
        if index + 1 < len(cuts):
            pieces.append(str(escape(visible(text[at : cuts[index + 1]]))))
    return Markup("".join(pieces))  # noqa: S704 - every piece of text above went through escape()


def _touches(mark: Mark, start: int, stop: int) -> bool:
    if mark.start == mark.end:
        return start <= mark.start <= stop and bool(mark.words)
    return mark.start < stop and mark.end > start


def _close(pieces: list[str], stack: list[Mark], at: int, *, last: bool) -> None:
    """Close what ends here, from the inside out; reopen what was only in the way."""
    ending = [m for m in stack if last or m.end <= at]
    reopened: list[Mark] = []
    while ending:
        mark = stack.pop()
        pieces.append(f"</{mark.tag}>")
        if mark in ending:
            ending.remove(mark)
        else:
            reopened.append(mark)
    for mark in reversed(reopened):
        pieces.append(mark.opening(continued=True))
        stack.append(mark)


@dataclass(frozen=True)
class Family:
    """How one family of cues looks: a class, one of the looks, and a short marker that needs no colour."""

    name: str
    css: str
    look: int
    marker: str


def family_styles(families: Iterable[str]) -> dict[str, Family]:
    """Give every family a class, a look and a marker of two or more letters that no other family has.

    Examples
    --------
    >>> [f.marker for f in family_styles(["hedge", "report", "reporting-verb"]).values()]
    ['he', 're', 'rev']
    """
    styles: dict[str, Family] = {}
    taken: set[str] = set()
    for index, name in enumerate(sorted(set(families))):
        marker = _marker(name, taken)
        taken.add(marker)
        styles[name] = Family(name, f"f{index}", index % N_STYLES, marker)
    return styles


def _marker(name: str, taken: set[str]) -> str:
    words = re.findall(r"[^\W_]+", name.lower()) or ["x"]
    candidates = [words[0][:2], words[0][:2] + "".join(w[0] for w in words[1:]), words[0][:3], words[0][:4]]
    free = [c for c in candidates if c not in taken]
    numbered = (f"{words[0][:2]}{n}" for n in range(2, len(taken) + 3))
    return free[0] if free else next(m for m in numbered if m not in taken)


def highlight_html(
    text: str,
    spans: pd.DataFrame | Sequence[tuple[int, int]],
    *,
    by: str = "family",
    field: str | None = None,
) -> str:
    """Return the text as escaped HTML with its spans marked, for notebooks.

    Parameters
    ----------
    text : str
        One field of one article.
    spans : DataFrame or sequence of (start, end)
        Rows of a span table of that field (``start, end`` in code points). Spans may overlap.
    by : str
        Column that decides look and marker; where it is absent, all spans look alike.
    field : {"title", "text"}, optional
        Take only rows of this field, where the table has the column.

    Returns
    -------
    str
        One ``div`` and a legend. Each mark is underlined in its kind's style and says on hover what its row says:
        rule, target, voice, and of a label its authority, obligation and witnesses.

    Raises
    ------
    SettingsError
        If the spans reach beyond the text.

    Examples
    --------
    >>> "<mark" in highlight_html("a so-called expert", [(2, 11)])
    True
    """
    table = spans if isinstance(spans, pd.DataFrame) else pd.DataFrame(list(spans), columns=["start", "end"])
    if field is not None and "field" in table.columns:
        table = table[table["field"] == field]
    if len(table) and (int(table["end"].max()) > len(text) or int(table["start"].min()) < 0):
        raise SettingsError(
            f"highlight_html: spans reach to {int(table['end'].max())}, the text has {len(text)} characters. "
            "Pass one field of one article with its own rows (table[table.article_id == …], field=…)."
        )
    return f'<div dir="auto" style="{BOX}">{mark_text(text, span_marks(table, by))}</div>{legend_html(table, by)}'


def span_marks(table: pd.DataFrame, by: str = "family") -> list[Mark]:
    """Return one mark per row of a span table, for use without a style sheet."""
    styles = _styles(table, by)
    rows: list[dict[str, Any]] = table.to_dict("records")
    return [_notebook_mark(row, styles.get(str(row.get(by)))) for row in rows]


def legend_html(table: pd.DataFrame, by: str = "family") -> str:
    """Return a line that says which underline means what; nothing where all look alike."""
    names = [f'<span style="{_look(s.look)}">{escape(visible(s.name))}</span>' for s in _styles(table, by).values()]
    return f'<p style="font-size:.85em">{", ".join(names)}</p>' if names else ""


def _styles(table: pd.DataFrame, by: str) -> dict[str, Family]:
    return family_styles(table[by].dropna().astype(str)) if by in table.columns else {}


def _look(look: int) -> str:
    colour, line = _LOOKS[look]
    return f"background:none;color:inherit;text-decoration:underline {line} {colour} 2px;text-underline-offset:3px"


def _notebook_mark(row: dict[str, Any], family: Family | None) -> Mark:
    said = [f"{name}: {row[name]}" for name in _SAID if _given(row.get(name))]
    witnesses = [name for name in _WITNESSES if row.get(f"by_{name}") is True]
    if witnesses:
        said.append(f"shown by: {', '.join(witnesses)}")
    return Mark(int(row["start"]), int(row["end"]), note="; ".join(said), style=_look(family.look if family else 0))


def _given(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
