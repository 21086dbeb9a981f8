import re

import pandas as pd
import pytest

from framing.errors import SchemaError, SettingsError
from framing.report import make_charts, show_passages, show_text
from framing.report.highlight import highlight_html

HEX = re.compile(r"#[0-9a-f]{6}")
HOSTILE = '<script>alert("1")</script>\u202e'


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one, two):
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_shows_its_own_spans_with_rule_and_witnesses_on_hover(corpus, tables):
    view = show_text(corpus, "copy", tables["labels"], by="obligation")
    assert view._repr_html_().count("<mark") == 1
    assert "rule_id: label/banned-in" in view.html
    assert "shown by: rule, insertion" in view.html
    assert "Harbour Gazette" in view.html
    assert repr(view) == "copy (Harbour Gazette) with 1 spans marked"
    assert "<mark" not in show_text(corpus, "wire", tables["labels"]).html


def test_text_marks_titles_too_and_explains_the_underlines_once(corpus, tables):
    html = show_text(corpus, "law2", tables["cues"]).html
    assert re.search(r"<mark[^>]*>Disputed</mark>", html)
    assert html.count("evaluation</span>") == 1


def test_text_refuses_unknown_articles_and_spans_of_other_corpora(corpus, tables):
    with pytest.raises(SettingsError, match="no article 'nowhere'"):
        show_text(corpus, "nowhere", tables["cues"])
    moved = tables["labels"].assign(start=tables["labels"]["start"] + 1)
    with pytest.raises(SchemaError, match="surface"):
        show_text(corpus, "copy", moved)


def test_passages_mark_what_only_one_side_has(corpus, tables):
    edited = tables["passages"].query("article_id == 'wire' and relation == 'edited'")
    html = show_passages(corpus, edited, edits=tables["edits"]).html
    left, right = html.split("<tbody>")[1].split("</td>")[1:3]
    assert re.findall(r"<ins[^>]*>([^<]*)</ins>", left) == ["said the council"]
    assert re.findall(r"<del[^>]*>([^<]*)</del>", right) == [
        "(banned in the Province)",
        "claimed the so-called council",
    ]


def test_edits_are_seen_from_both_sides(corpus, tables):
    edited = tables["passages"].query("article_id == 'copy' and relation == 'edited'")
    html = show_passages(corpus, edited, edits=tables["edits"], spans=tables["labels"]).html
    assert "claimed the so-called council</ins>" in html
    assert "said the council</del>" in html
    assert html.count("<mark") == 1


def test_passages_say_what_has_no_counterpart_and_what_is_left_out(corpus, tables):
    wire = tables["passages"].query("article_id == 'wire'")
    whole = show_passages(corpus, wire)
    assert "no counterpart found" in whole.html
    assert "only on the left" not in whole.html  # no edits given
    part = show_passages(corpus, wire, n=1)
    assert "… and 2 more" in part.html
    assert repr(part) == "1 of 3 passages, 1 pairs of articles"
    assert show_passages(corpus, wire.head(0)).html == "<p>No passages.</p>"
    with pytest.raises(SettingsError, match="n must be at least 1"):
        show_passages(corpus, wire, n=0)


def test_passages_of_another_corpus_are_refused(corpus, tables):
    shifted = tables["passages"].assign(other_surface="something else")
    with pytest.raises(SchemaError, match="Was the table made from another corpus"):
        show_passages(corpus, shifted)


def test_views_escape_everything(corpus, tables):
    articles = corpus.articles.assign(outlet=HOSTILE, text=corpus.articles["text"].str.replace("Harbour", HOSTILE))
    hostile = type(corpus)(articles)
    cut = tables["cues"].head(1).assign(article_id="copy", start=4, end=4 + len(HOSTILE), surface=HOSTILE)
    cut = cut.assign(rule_id=HOSTILE, family=HOSTILE, target=HOSTILE)
    row = tables["passages"].query("article_id == 'copy'").head(1)
    row = row.assign(start=0, end=30, other_start=0, other_end=30)
    for side, article in (("surface", "copy"), ("other_surface", "wire")):
        row[side] = hostile.texts()[article][:30]
    for html in (show_text(hostile, "copy", cut).html, show_passages(hostile, row, spans=cut).html):
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "\u202e" not in html


def test_colours_are_legible_on_light_and_dark_grounds(corpus, tables):
    spans = tables["cues"].head(1).copy()
    many = pd.concat([spans.assign(family=f"f{n}") for n in range(8)])
    pages = [highlight_html(corpus.texts()["copy"], many)]
    pages.append(show_passages(corpus, tables["passages"], edits=tables["edits"]).html)
    colours = {c for page in pages for c in HEX.findall(page)}
    assert len(colours) == 10
    assert all(_contrast(c, ground) >= 3 for c in colours for ground in ("#ffffff", "#111111"))


def test_charts_are_those_that_the_tables_can_fill(corpus, tables):
    assert list(make_charts(tables, corpus=corpus)) == ["coverage", "cue_rates", "terms", "separability"]
    assert make_charts({"terms": tables["terms"].head(0)}, corpus=corpus) == {}


def test_charts_hold_no_markup_for_the_script_element_of_a_notebook(corpus, tables):
    titles = corpus.articles.assign(title="</script><script>alert(1)</script><!--")
    chart = make_charts(tables, corpus=type(corpus)(titles))["coverage"]
    page = chart._repr_mimebundle_()["text/html"]
    assert "alert(1)" in page
    assert page.count("<script") == page.count("</script>") == 1
