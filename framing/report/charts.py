"""Charts as Altair specifications made from tables: interactive in notebooks, plain SVG in the report."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from framing.errors import SettingsError
from framing.reading import Corpus
from framing.report.content import records
from framing.report.highlight import visible

if TYPE_CHECKING:
    import altair as alt

__all__ = [
    "chart_to_svg",
    "coverage_chart",
    "cue_rates",
    "cue_rates_chart",
    "label_counts_chart",
    "label_timeline_chart",
    "make_charts",
    "save_figures",
    "separability_chart",
    "terms_chart",
    "top_terms",
]

_INK, _QUIET, _LINE = "#26292c", "#5b636b", "#d9d6cf"
_BLUE, _AMBER, _GREY = "#2f7dbd", "#c27c10", "#929ba3"  # legible on light and dark grounds
_GREEN = "#3c9d80"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_MAX_TERMS = 36  # terms in one chart
_MAX_TEXT = 120  # characters of one text value in a chart
_MAX_PAIRS = 24  # pairs of outlets in one chart
_HREF = re.compile(r'\s(?:xlink:)?href="([^"]*)"')


def _styled(chart: Any) -> Any:
    return (
        chart.configure(background="#ffffff", font=_FONT, padding=6)  # the report's style sheet takes the ground away
        .configure_axis(
            labelColor=_INK,
            titleColor=_QUIET,
            gridColor=_LINE,
            domainColor=_LINE,
            tickColor=_LINE,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=260,
        )
        .configure_view(stroke=None)
        .configure_legend(labelColor=_INK, titleColor=_QUIET, labelFontSize=12, titleFontSize=12, orient="top")
        .configure_header(labelColor=_INK, labelFontSize=12, titleColor=_QUIET)
    )


def _data(table: pd.DataFrame) -> Any:
    """Values inside the specification: no limit on rows, and nothing to load."""
    import altair as alt  # noqa: PLC0415 - heavy

    return alt.InlineData(values=[{k: _value(v) for k, v in row.items()} for row in records(table)])


def _value(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.isoformat()  # JSON knows no times
    return _plain(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    """One short line without control characters: vl_convert aborts the whole process on some of them."""
    line = visible(" ".join(text.split())).encode(errors="replace").decode()
    line = line.replace("<", "<\u2060")  # Altair writes it into a script element of a notebook as it is
    return line if len(line) <= _MAX_TEXT else f"{line[: _MAX_TEXT - 2]} …"


def _spoken(terms: pd.DataFrame) -> pd.DataFrame:
    """Return tested terms on unmasked text, strongest evidence first, ties alphabetical."""
    tested = terms[terms["unsupported"].isna() & terms["effect"].notna()]
    unmasked = tested["masks"] == "none"
    tested = tested[unmasked] if unmasked.any() else tested
    order = tested.assign(_q=tested["q_value"].fillna(1.0), _size=-tested["effect"].abs())
    return order.sort_values(["_q", "_size", "outlet", "term"], kind="stable").drop(columns=["_q", "_size"])


def top_terms(terms: pd.DataFrame, n: int = _MAX_TERMS) -> pd.DataFrame:
    """Return the tested terms with the strongest evidence: smallest q, then largest effect, then alphabetical.

    Rows on unmasked text (``masks == "none"``) are taken where there are any.

    Parameters
    ----------
    terms : DataFrame
        Table ``terms``.
    n : int
        Rows at most.

    Returns
    -------
    DataFrame
        Rows of ``terms`` sorted by outlet, effect (descending), term.
    """
    return _spoken(terms).head(n).sort_values(["outlet", "effect", "term"], ascending=[True, False, True])


def terms_chart(terms: pd.DataFrame, *, n: int = _MAX_TERMS) -> alt.LayerChart:
    """Draw terms with their effects and 95 % intervals, one row per outlet and term.

    Parameters
    ----------
    terms : DataFrame
        Table ``terms``; untested rows are left out.
    n : int
        Terms at most, those with the strongest evidence.

    Returns
    -------
    altair.LayerChart
        Filled points have q ≤ 0.05; a column ``href`` in the table becomes links.
    """
    import altair as alt  # noqa: PLC0415 - heavy

    shown = top_terms(terms, n)
    shown = shown.assign(
        row=shown["term"] + "  ·  " + shown["outlet"],
        evidence=(shown["q_value"] <= 0.05).fillna(value=False).map({True: "q ≤ 0.05", False: "q > 0.05"}),
    )
    linked = "href" in shown.columns and bool(shown["href"].str.contains("#").all())
    if linked:  # vl_convert fails on addresses that it thinks unsafe, so none but fragments reach it
        shown = shown.assign(href="#" + shown["href"].str.rpartition("#")[2])
    rows = alt.Y("row:N", sort=None, title=None)
    base = alt.Chart(_data(shown)).encode(y=rows)
    zero = alt.Chart(alt.InlineData(values=[{"x": 0}])).mark_rule(color=_QUIET).encode(x="x:Q")
    lines = base.mark_rule(color=_GREY, strokeWidth=2).encode(
        x=alt.X(
            "ci_low:Q",
            axis=alt.Axis(tickCount=7),
            title="effect with 95 % interval (right of 0: more in the outlet named)",
        ),
        x2="ci_high:Q",
    )
    points = base.mark_point(size=70, color=_BLUE, opacity=1).encode(
        x="effect:Q",
        fill=alt.Fill(
            "evidence:N",
            title=None,
            scale=alt.Scale(domain=["q ≤ 0.05", "q > 0.05"], range=[_BLUE, "#ffffff"]),
            legend=alt.Legend(symbolStrokeColor=_BLUE),
        ),
        tooltip=["outlet:N", "term:N", "effect:Q", "q_value:Q", "n_target:Q", "n_reference:Q", "n_events:Q"],
        **({"href": "href:N"} if linked else {}),
    )
    layers: alt.LayerChart = _styled((zero + lines + points).properties(width=520, height=alt.Step(20)))
    return layers


def separability_chart(separability: pd.DataFrame, *, n: int = _MAX_PAIRS) -> alt.LayerChart:
    """Draw how well outlets can be told apart inside events, by what was masked, beside chance.

    Parameters
    ----------
    separability : DataFrame
        Table ``separability``.
    n : int
        Pairs of outlets at most, those with the most events.

    Returns
    -------
    altair.LayerChart
        Points with 95 % intervals; the grey bar runs from the mean of the permuted labels to their 95 % quantile.
    """
    import altair as alt  # noqa: PLC0415 - heavy

    table = separability.assign(pair=separability["outlet"] + " / " + separability["reference"])
    most = (
        table.groupby("pair")["n_events"].max().reset_index().sort_values(["n_events", "pair"], ascending=[False, True])
    )
    table = table[table["pair"].isin(most["pair"].head(n))]
    table = table.assign(row=table["pair"] + "  ·  " + table["masks"], width=table["masks"].map(_mask_width))
    table = table.sort_values(["pair", "width", "masks"]).drop(columns="width")
    kinds = sorted(table["masks"].unique(), key=lambda m: (_mask_width(m), m))
    x = alt.Scale(domain=[0, 1])
    rows = alt.Y("row:N", sort=None, title=None, axis=alt.Axis(labelLimit=460))
    base = alt.Chart(_data(table)).encode(y=rows)
    chance = base.mark_bar(color=_GREY, opacity=0.45, height=8).encode(
        x=alt.X("null_mean:Q", scale=x, title="AUC within events, 95 % interval (grey: permuted labels, mean to 95 %)"),
        x2="null_q95:Q",
    )
    half = alt.Chart(alt.InlineData(values=[{"x": 0.5}])).mark_rule(color=_QUIET).encode(x=alt.X("x:Q", scale=x))
    legend = alt.Legend(labelLimit=420)
    colours = alt.Scale(domain=kinds, range=[_AMBER, _BLUE, _GREEN])
    colour = alt.Color("masks:N", title="masked", scale=colours, legend=legend)
    shape = alt.Shape("masks:N", title="masked", scale=alt.Scale(domain=kinds), legend=legend)
    lines = base.mark_rule(strokeWidth=2).encode(x="ci_low:Q", x2="ci_high:Q", color=colour)
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x="auc:Q",
        color=colour,
        shape=shape,
        tooltip=["pair:N", "masks:N", "auc:Q", "p_value:Q", "n_events:Q", "n_articles:Q"],
    )
    layers: alt.LayerChart = _styled((half + chance + lines + points).properties(width=420, height=alt.Step(22)))
    return layers


def _mask_width(masks: str) -> int:
    """Order of masks from nothing to most."""
    return 0 if masks == "none" else 1 + masks.count("+")


def coverage_chart(events: pd.DataFrame, corpus: Corpus, *, units: pd.DataFrame | None = None) -> alt.LayerChart:
    """Draw which outlet reports which event, with the number of its articles.

    Parameters
    ----------
    events : DataFrame
        Table ``events``; events with a single article are left out.
    corpus : Corpus
        The articles, for their outlets.
    units : DataFrame, optional
        Table ``units``; the tooltip then counts independent reports, too.

    Returns
    -------
    altair.LayerChart
    """
    import altair as alt  # noqa: PLC0415 - heavy

    articles = corpus.articles.sort_values(["published", "article_id"], na_position="last")
    table = articles[["article_id", "outlet", "title"]].merge(events[["article_id", "event_id"]], on="article_id")
    table = table[table.groupby("event_id")["article_id"].transform("size") > 1]
    unit_of = {} if units is None else dict(zip(units["article_id"], units["unit_id"], strict=True))
    table = table.assign(unit=[unit_of.get(a, a) for a in table["article_id"]])
    headline = table.groupby("event_id", sort=False)["title"].first().str.slice(0, 60)
    number = {event: f"{n}  {headline[event]}" for n, event in enumerate(headline.index, start=1)}
    cells = table.groupby(["event_id", "outlet"], sort=False).agg(n=("article_id", "size"), n_units=("unit", "nunique"))
    cells = cells.reset_index().assign(event=lambda c: c["event_id"].map(number))
    base = alt.Chart(_data(cells)).encode(
        x=alt.X("outlet:N", sort="ascending", title=None, axis=alt.Axis(labelAngle=-90, orient="top", labelLimit=180)),
        y=alt.Y("event:N", sort=None, title=None, axis=alt.Axis(labelLimit=360)),
    )
    squares = base.mark_rect(color=_BLUE, opacity=0.8, cornerRadius=2).encode(
        tooltip=["event:N", "outlet:N", alt.Tooltip("n:Q", title="articles"), alt.Tooltip("n_units:Q", title="units")]
    )
    numbers = base.mark_text(color="#ffffff", fontSize=11).encode(text="n:Q")
    layers: alt.LayerChart = _styled((squares + numbers).properties(width=alt.Step(20), height=alt.Step(20)))
    return layers


def cue_rates(cues: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Count cues per outlet and family, with rates per 1,000 words of titles and texts.

    Parameters
    ----------
    cues : DataFrame
        Table ``cues``.
    corpus : Corpus
        The articles.

    Returns
    -------
    DataFrame
        ``outlet, family, n_cues, n_own, n_articles, n_words, rate, own_rate``: one row per outlet and family that
        occurs anywhere, zeros included. ``own`` counts cues in the outlet's own voice only, outside quotations.
    """
    articles = corpus.articles
    words = (articles["title"] + " " + articles["text"]).str.split().str.len()
    sizes = (
        articles.assign(n_words=words).groupby("outlet").agg(n_articles=("outlet", "size"), n_words=("n_words", "sum"))
    )
    outlet_of = dict(zip(articles["article_id"], articles["outlet"], strict=True))
    marked = cues.assign(outlet=cues["article_id"].map(outlet_of), own=cues["voice"] == "outlet")
    grid = pd.MultiIndex.from_product([sizes.index, sorted(cues["family"].unique())], names=["outlet", "family"])
    counts = marked.groupby(["outlet", "family"]).agg(n_cues=("own", "size"), n_own=("own", "sum"))
    table = counts.reindex(grid, fill_value=0).reset_index().merge(sizes.reset_index(), on="outlet")
    per = table["n_words"].clip(lower=1) / 1000
    return table.assign(rate=table["n_cues"] / per, own_rate=table["n_own"] / per)


def cue_rates_chart(cues: pd.DataFrame, corpus: Corpus, *, n: int = 40) -> alt.LayerChart:
    """Draw cues per 1,000 words in the outlets' own voice, outlets by families.

    Parameters
    ----------
    cues : DataFrame
        Table ``cues``.
    corpus : Corpus
        The articles.
    n : int
        Outlets at most, those with the most words.

    Returns
    -------
    altair.LayerChart
        Shades are relative to the highest rate of each family, since families differ in how common they are.
    """
    import altair as alt  # noqa: PLC0415 - heavy

    rates = cue_rates(cues, corpus)
    largest = (
        rates.drop_duplicates("outlet").sort_values(["n_words", "outlet"], ascending=[False, True])["outlet"].head(n)
    )
    rates = rates[rates["outlet"].isin(largest)]
    rates = rates.assign(
        shade=rates["own_rate"] / rates.groupby("family")["own_rate"].transform("max").clip(lower=1e-9)
    )
    base = alt.Chart(_data(rates)).encode(
        x=alt.X("family:N", title=None, axis=alt.Axis(orient="top", labelAngle=-40)),
        y=alt.Y("outlet:N", title=None),
    )
    scale = alt.Scale(domain=[0, 1], range=["#eef2f6", "#7fa9cc"])
    squares = base.mark_rect(stroke="#ffffff").encode(color=alt.Color("shade:Q", scale=scale, legend=None))
    numbers = base.mark_text(color="#16181b", fontSize=11).encode(text=alt.Text("own_rate:Q", format=".1f"))
    layers: alt.LayerChart = _styled((squares + numbers).properties(width=alt.Step(64), height=alt.Step(20)))
    return layers


def label_counts_chart(counts: pd.DataFrame, *, share: str = "first_share", n: int = _MAX_TERMS) -> alt.LayerChart:
    """Draw how often each outlet labels each name, with Wilson's intervals.

    Parameters
    ----------
    counts : DataFrame
        Table ``label_counts``, filtered to the names of interest.
    share : {"first_share", "share"}
        Share of articles with the label at a first mention, or share of mentions with it; mentions of one article are
        not independent, so the intervals of the latter are too short.
    n : int
        Rows at most.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    SettingsError
        If there is no such share.
    """
    import altair as alt  # noqa: PLC0415 - heavy

    known = {"first_share": ("first_", "n_first_labelled", "n_articles"), "share": ("", "n_labelled", "n_mentions")}
    if share not in known:
        raise SettingsError(f"label_counts_chart: share must be one of {', '.join(known)}. Got {share!r}.")
    prefix, part, whole = known[share]
    shown = _named_rows(counts.head(n))
    shown = shown.assign(of=shown[part].astype(str) + " of " + shown[whole].astype(str))
    base = alt.Chart(_data(shown)).encode(y=alt.Y("row:N", sort=None, title=None))
    title = "articles that label it at first mention" if prefix else "mentions that carry the label"
    x = alt.Scale(domain=[0, 1])
    lines = base.mark_rule(color=_GREY, strokeWidth=2).encode(
        x=alt.X(f"{prefix}ci_low:Q", scale=x, title=f"share of {title}, 95 % interval", axis=alt.Axis(format="%")),
        x2=f"{prefix}ci_high:Q",
    )
    points = base.mark_point(filled=True, size=70, color=_BLUE, opacity=1).encode(
        x=f"{share}:Q", tooltip=["outlet:N", "entity:N", "designation:N", "of:N"]
    )
    numbers = base.mark_text(align="left", dx=8, dy=-7, color=_QUIET, fontSize=10).encode(x=f"{share}:Q", text="of:N")
    layers: alt.LayerChart = _styled((lines + points + numbers).properties(width=420, height=alt.Step(24)))
    return layers


def label_timeline_chart(
    timeline: pd.DataFrame, *, changes: pd.DataFrame | None = None, n: int = _MAX_TERMS
) -> alt.LayerChart:
    """Draw the days on which outlets mention a name: the fuller the point, the larger the share that carries the label.

    Parameters
    ----------
    timeline : DataFrame
        Table ``label_timeline``, filtered to the names of interest.
    changes : DataFrame, optional
        Table ``label_changes``; those found are drawn as strokes.
    n : int
        Streams (outlet, name, designation) at most.

    Returns
    -------
    altair.LayerChart
    """
    import altair as alt  # noqa: PLC0415 - heavy

    streams = _named_rows(timeline[["outlet", "entity", "designation"]].drop_duplicates())
    kept = set(streams["row"].head(n))
    days = _named_rows(timeline).assign(day=timeline["day"].dt.strftime("%Y-%m-%d"))
    days = days[days["row"].isin(kept)]
    x = alt.X("day:T", title=None, scale=alt.Scale(type="utc", padding=10), axis=alt.Axis(format="%-d %b", tickCount=8))
    rows = alt.Y("row:N", sort=None, title=None)
    fill = alt.Scale(domain=[0, 1], range=["#ffffff", _BLUE], interpolate="rgb")
    points = (
        alt.Chart(_data(days))
        .mark_point(stroke=_BLUE, strokeWidth=1, opacity=1, filled=True)
        .encode(
            x=x,
            y=rows,
            fill=alt.Fill("share:Q", title="labelled share", scale=fill, legend=alt.Legend(format="%")),
            size=alt.Size("n_mentions:Q", legend=None, scale=alt.Scale(range=[40, 200])),
            tooltip=["row:N", "day:T", "n_labelled:Q", "n_mentions:Q"],
        )
    )
    layers = [points]
    if changes is not None and changes["found"].any():
        found = changes[changes["found"]]
        found = _named_rows(found).assign(day=found["day"].dt.strftime("%Y-%m-%d"))
        tick = alt.Chart(_data(found[found["row"].isin(kept)])).mark_tick(color=_AMBER, thickness=3, size=26)
        layers.append(tick.encode(x=x, y=rows, tooltip=["row:N", "day:T", "share_before:Q", "share_after:Q"]))
    chart: alt.LayerChart = _styled(alt.layer(*layers).properties(width=520, height=alt.Step(34)))
    return chart


def _named_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Name each row by its outlet, and by name and designation where these differ."""
    names = [c for c in ("entity", "designation") if table[c].nunique() > 1]
    parts = [table["outlet"], *(table[c].str.replace("_", " ") for c in names)]
    return table.assign(row=["  ·  ".join(words) for words in zip(*parts, strict=True)])


def chart_to_svg(chart: Any) -> str:
    """Render a chart as SVG in which links lead to fragments only.

    Parameters
    ----------
    chart : altair chart
        Any of this module's, or one's own with inline data.

    Returns
    -------
    str
        SVG text; whatever an ``href`` of the chart held, only its ``#fragment`` is kept.
    """
    import vl_convert  # noqa: PLC0415 - heavy

    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    return _HREF.sub(_fragment, svg)


def _fragment(found: re.Match[str]) -> str:
    _, mark, fragment = html.unescape(found[1]).partition("#")
    return f' href="#{html.escape(fragment)}"' if mark else ""


def make_charts(tables: Mapping[str, pd.DataFrame], *, corpus: Corpus) -> dict[str, Any]:
    """Make every chart that the tables can fill: coverage, cue rates, terms, separability.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of `framing.schema` by name; absent or empty ones give no chart.
    corpus : Corpus
        The articles.

    Returns
    -------
    dict of str to altair chart
        The report's charts, interactive in a notebook; ``altair.renderers.enable("svg")`` shows them without loading
        anything.
    """
    makers: dict[str, tuple[str, Callable[[pd.DataFrame], Any]]] = {
        "coverage": ("events", lambda t: coverage_chart(t, corpus, units=tables.get("units"))),
        "cue_rates": ("cues", lambda t: cue_rates_chart(t, corpus)),
        "terms": ("terms", terms_chart),
        "separability": ("separability", separability_chart),
    }
    given = {name: tables.get(needed) for name, (needed, _) in makers.items()}
    return {name: makers[name][1](t) for name, t in given.items() if t is not None and _can_fill(name, t)}


def save_figures(tables: Mapping[str, pd.DataFrame], folder: str | Path, *, corpus: Corpus) -> list[Path]:
    """Write the charts of `make_charts` as SVG.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of `framing.schema` by name.
    folder : str or Path
        Made where it does not exist.
    corpus : Corpus
        The articles.

    Returns
    -------
    list of Path
        The files written.
    """
    written = []
    for name, chart in make_charts(tables, corpus=corpus).items():
        path = Path(folder) / f"{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(chart_to_svg(chart), encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _can_fill(name: str, table: pd.DataFrame) -> bool:
    if name == "terms":
        return not _spoken(table).empty
    if name == "coverage":
        return bool(len(table)) and bool(table["event_id"].duplicated().any())
    return not table.empty
