"""The report: one offline, inert HTML file made from tables."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import jinja2
import pandas as pd
from markupsafe import Markup

from framing.report import charts
from framing.report.content import ReportContent
from framing.report.highlight import visible
from framing.report.labelling import label_matrix, modifier_table, silence_table, switch_list, timeline_rows
from framing.report.naming import naming_table
from framing.report.reader import Reader
from framing.report.sections import (
    coverage,
    cue_table,
    label_table,
    overview,
    separability_table,
    settings_list,
    term_table,
)
from framing.report.sources import source_table

__all__ = ["render_report"]

_ID = re.compile(r'(\bid="|url\(#|(?<=\shref=")#(?=clip|gradient))(clip|gradient)_?(\d+)')
_NAMESPACE = re.compile(r'\sxmlns(?::\w+)?="[^"]*"')


def render_report(content: ReportContent) -> str:
    """Render tables as one HTML file that loads nothing and runs one small script of ours.

    Parameters
    ----------
    content : ReportContent
        The corpus, its tables and settings.

    Returns
    -------
    str
        The page. The same content gives the same bytes. Each article's text stands in it once; all text is escaped;
        a content security policy forbids everything but inline styles, data images and the script with our hash.

    Examples
    --------
    >>> "Content-Security-Policy" in render_report(ReportContent(corpus))  # doctest: +SKIP
    True
    """
    environment = _environment()
    script = _read("report.js")
    reader = Reader(content)
    events = list(reader.events())
    terms = term_table(content)
    page = environment.get_template("report.html.j2").render(
        content=content,
        style=Markup(_read("report.css")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=_policy(script),
        overview=overview(content),
        events=events,
        coverage=coverage(content, events),
        labels=label_table(content, reader.label_anchors),
        naming_labels=label_matrix(content),
        silences=silence_table(content),
        modifiers=modifier_table(content),
        switches=switch_list(content),
        naming=naming_table(content),
        cues=cue_table(content),
        sources=source_table(content),
        terms=terms,
        separability=separability_table(content),
        settings=settings_list(content.settings),
        versions=settings_list(content.versions),
        seeds=settings_list(content.seeds),
        figures=_figures(content, terms["rows"]),
    )
    return page if page.endswith("\n") else f"{page}\n"


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _figures(content: ReportContent, terms: list[dict[str, Any]]) -> dict[str, Markup]:
    """Charts that the tables can fill, as SVG that fits the page's colours."""
    figures: dict[str, Markup] = {}
    cues, separability = content.table("cues"), content.table("separability")
    days = timeline_rows(content)
    if len(days):
        figures["label_timeline"] = _inline(charts.label_timeline_chart(days), "label_timeline")
    if terms:
        table = pd.DataFrame(terms).assign(href=lambda t: "#" + t["anchor"])
        figures["terms"] = _inline(charts.terms_chart(table), "terms")
    if len(separability):
        figures["separability"] = _inline(charts.separability_chart(separability), "separability")
    if len(cues):
        figures["cues"] = _inline(charts.cue_rates_chart(cues, content.corpus), "cues")
    return figures


def _inline(chart: Any, name: str) -> Markup:
    """SVG for use inside HTML: no name spaces, and identifiers that no other chart has.

    vl_convert counts gradients over the whole process; here they are numbered anew, so that the bytes are the same.
    """
    svg = _NAMESPACE.sub("", charts.chart_to_svg(chart))
    numbers: dict[tuple[str, str], int] = {}

    def renamed(found: re.Match[str]) -> str:
        number = numbers.setdefault((found[2], found[3]), len(numbers))
        return f"{found[1]}{name}-{found[2]}{number}"

    return Markup(_ID.sub(renamed, svg))  # noqa: S704 - vl_convert escapes all text in SVG


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("framing.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {"count": _count, "percent": _percent, "number": _number, "web": _web}
    return environment


def _read(name: str) -> str:
    """Return a file beside the templates, whatever line ends a checkout gave it: the hash counts bytes."""
    return (files("framing.report") / "templates" / name).read_text("utf-8").replace("\r\n", "\n")


def _shown(value: Any) -> Any:
    """Everything that is printed: nothing for None, control characters as symbols."""
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _count(value: int) -> str:
    return f"{value:,}"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _number(value: float | None, digits: int = 2) -> str:
    if value is None:
        return "–"
    if digits >= 3 and abs(value) < 0.001 and value != 0:
        return "< 0.001"
    return f"{value:.{digits}f}".replace("-", "−")


def _web(url: Any) -> str | None:
    """Return the address if it is an http(s) address, else None."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
