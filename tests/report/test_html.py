from pathlib import Path

from framing.report import render_report


def test_writes(content):
    page = render_report(content)
    Path("/tmp/r.html").write_text(page)
    assert page == render_report(content)
