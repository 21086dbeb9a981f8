"""Report: one offline HTML file, and figures."""

from framing.report.charts import (
    chart_to_svg,
    coverage_chart,
    cue_rates,
    cue_rates_chart,
    label_counts_chart,
    label_timeline_chart,
    make_charts,
    save_figures,
    separability_chart,
    terms_chart,
    top_terms,
)
from framing.report.content import ReportContent
from framing.report.highlight import highlight_html
from framing.report.html import render_report
from framing.report.views import View, show_passages, show_text

__all__ = [
    "ReportContent",
    "View",
    "chart_to_svg",
    "coverage_chart",
    "cue_rates",
    "cue_rates_chart",
    "highlight_html",
    "label_counts_chart",
    "label_timeline_chart",
    "make_charts",
    "render_report",
    "save_figures",
    "separability_chart",
    "show_passages",
    "show_text",
    "terms_chart",
    "top_terms",
]
