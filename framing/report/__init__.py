"""Report: one offline HTML file, and figures."""

from framing.report.charts import (
    chart_to_svg,
    coverage_chart,
    cue_rates,
    cue_rates_chart,
    save_figures,
    separability_chart,
    terms_chart,
    top_terms,
)
from framing.report.content import ReportContent
from framing.report.highlight import highlight_html
from framing.report.html import render_report

__all__ = [
    "ReportContent",
    "chart_to_svg",
    "coverage_chart",
    "cue_rates",
    "cue_rates_chart",
    "highlight_html",
    "render_report",
    "save_figures",
    "separability_chart",
    "terms_chart",
    "top_terms",
]
