import base64
import hashlib
import html as html_module
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from framing.pipeline import Settings, compare
from framing.reading import Corpus, read_corpus
from framing.report import ReportContent, render_report
from framing.schema import empty, make

HOSTILE = (
    "</script><script>document.title='run'</script> <img src=x onerror=\"document.title='run'\"> &lt;b&gt; &amp;amp;\n"
    "{{ 7*7 }} '\"><svg onload=document.title='run'> \u202eabc\u202c \x00\x07 http://evil.example/x.js ]]> <!-- <style>"
)


class Page(HTMLParser):
    """Tags with their attributes, the text of every article, and the script."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.scripts, self.deleted = [], {}, [], 0
        self._article, self._body, self._script = None, 0, False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag == "article":
            self._article = attributes["id"]
            assert self._article not in self.texts
            self.texts[self._article] = ""
        if tag == "div" and attributes.get("class") == "text":
            self._body = 1
        self.deleted += tag == "del"
        self._script = tag == "script"

    def handle_endtag(self, tag):
        if tag == "div":
            self._body = 0
        if tag == "p" and self._body:
            self.texts[self._article] += "\n"
        self.deleted -= tag == "del"
        self._script = False

    def handle_data(self, data):
        if self._script:
            self.scripts.append(data)
        elif self._body and not self.deleted:
            self.texts[self._article] += data


def _lines(text):
    return [line for line in text.splitlines() if line.strip()]


def _chromium():
    found = os.environ.get("FRAMING_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("no Chromium: set FRAMING_CHROMIUM or put chromium on PATH")
    return found


def _load(page, folder, *flags):
    """The page's document after its script ran, and what Chromium logged."""
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    quiet = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    quiet += " --disable-component-update --disable-sync --disable-dev-shm-usage --enable-logging=stderr"
    command = [
        _chromium(),
        *quiet.split(),
        f"--user-data-dir={folder / 'profile'}",
        *flags,
        "--dump-dom",
        path.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603 - our own file
    return done.stdout, done.stderr


@pytest.fixture
def hostile():
    rows = [
        {
            "article_id": f"<{n}>",
            "outlet": f"<b>{n}</b>{HOSTILE[:60]}",
            "title": HOSTILE,
            "text": HOSTILE * 3,
            "url": url,
        }
        for n, url in enumerate(("javascript:document.title='run'", "data:text/html,x", 'https://a.example/"><b>'))
    ]
    corpus = read_corpus(pd.DataFrame(rows))
    events = make("events", [{"article_id": a, "event_id": HOSTILE, "n_candidates": 2} for a in corpus.article_ids])
    text = corpus.texts()["<0>"]
    cue = {"article_id": "<0>", "field": "text", "rule_id": HOSTILE, "family": HOSTILE, "voice": "outlet"}
    cue |= {"position": "body", "language": "en", "target": HOSTILE}
    spans = [(0, 9), (3, 30), (5, len(text)), (0, len(text)), (8, 9)]
    cues = make("cues", [cue | {"cue_id": f"c{s}{e}", "start": s, "end": e, "surface": text[s:e]} for s, e in spans])
    term = {"term": HOSTILE, "outlet": "<b>", "reference": HOSTILE, "n_target": 1, "n_reference": 1, "n_articles": 1}
    terms = make(
        "terms",
        [term | {"n_events": 2, "effect": 1.0, "ci_low": 0.5, "ci_high": 2.0, "q_value": 0.01, "masks": "none"}],
    )
    tables = {"events": events, "cues": cues, "terms": terms}
    return ReportContent(corpus, tables, {HOSTILE: HOSTILE}, {"framing": HOSTILE}, notes={"x": HOSTILE}, title=HOSTILE)


def test_policy_allows_our_script_only(content):
    page = Page(render_report(content))
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a)
    digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest()).decode()
    assert len(page.scripts) == 1
    assert policy.startswith(
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )


@pytest.mark.parametrize("which", ["content", "hostile"])
def test_nothing_is_loaded_and_nothing_runs(which, request):
    page = Page(render_report(request.getfixturevalue(which)))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "img", "image", "base", "use"}
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "srcset", "action"}]
        target = attributes.get("href", attributes.get("xlink:href"))
        if target is None:
            continue
        if target.startswith("#"):
            assert target[1:] in ids
        else:
            assert tag == "a"
            assert target.startswith(("http://", "https://"))
            assert attributes["rel"] == "noreferrer noopener"
    style = re.search(r"<style>(.*?)</style>", render_report(request.getfixturevalue(which)), re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_hostile_text_stays_text(hostile):
    html = render_report(hostile)
    page = Page(html)
    assert html.count("<script") == html.count("</script") == 1
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "⟨RLO⟩abc⟨PDF⟩" in html
    assert page.texts["a1"].count("</script><script>document.title='run'</script>") == 3
    assert "{{ 7*7 }}" in page.texts["a1"]


def test_every_article_stands_once_and_whole(content):
    page = Page(render_report(content))
    rows = content.articles
    assert sorted(page.texts) == sorted(row["anchor"] for row in rows.values())
    for row in rows.values():
        assert _lines(page.texts[row["anchor"]]) == _lines(row["text"])


def test_same_content_gives_the_same_bytes_in_any_row_order(content):
    shuffled = {name: table.sample(frac=1, random_state=1) for name, table in reversed(content.tables.items())}
    checked = {name: make(name, table.to_dict("series")) for name, table in shuffled.items()}
    assert render_report(replace(content, tables=checked)) == render_report(content)


def test_tables_are_not_changed(content):
    before = {name: table.copy() for name, table in content.tables.items()}
    render_report(content)
    for name, table in content.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


@pytest.mark.parametrize(
    "make_tables", [dict, lambda: {name: empty(name) for name in ("events", "cues", "terms", "labels")}]
)
def test_missing_and_empty_tables_leave_sentences(corpus, make_tables):
    html = render_report(ReportContent(corpus, make_tables()))
    for sentence in ("No event with several reports", "No labels were found", "No cues were found", "No term could be"):
        assert sentence in html
    assert "Separability could not be estimated" in html
    assert sorted(Page(html).texts) == [f"a{n}" for n in range(1, 7)]


def test_no_articles():
    html = render_report(ReportContent(Corpus(empty("articles"))))
    assert "0 articles" in html


@pytest.mark.parametrize(
    "dropped", ["events", "reuse", "families", "units", "passages", "edits", "cues", "labels", "terms"]
)
def test_each_table_may_be_absent(content, dropped):
    tables = {name: table for name, table in content.tables.items() if name != dropped}
    assert render_report(replace(content, tables=tables)).endswith("</html>\n")


def test_rows_of_other_articles_are_left_out(content):
    fewer = content.corpus.where(lambda a: a.article_id != "copy")
    html = render_report(replace(content, corpus=fewer))
    assert "so-called council" not in html


def test_copies_show_what_changed(content):
    html = render_report(content)
    assert re.search(r"<del[^>]*>said the council</del>", html)
    assert re.search(r"<ins[^>]*>claimed the", html) or re.search(r"<ins[^>]*><mark[^>]*>claimed the", html)
    assert "Shares 83 % of its five-word sequences with" in html
    assert re.search(r"Changes are shown against <a[^>]*><bdi>Meridian Wire", html)


def test_labels_lead_to_their_place(content):
    page = Page(render_report(content))
    targets = {a["href"] for t, a in page.tags if t == "a" and a.get("aria-label", "").startswith("Place")}
    assert targets == {"#l1"}
    note = next(a["aria-description"] for t, a in page.tags if a.get("id") == "l1")
    assert "shown by rule, insertion" in note
    assert "obligation unknown" in note


def test_wording_is_neutral(content):
    html = render_report(content).lower()
    assert not re.search(r"biased|propaganda|manipulat|guilty|hidden from", html)


@pytest.mark.parametrize("which", ["content", "hostile"])
def test_browser_runs_our_script_only(which, request, tmp_path):
    page = render_report(request.getfixturevalue(which))
    document, log = _load(page, tmp_path)
    assert re.search(r'<html[^>]*class="js"', document)
    assert "<title>run</title>" not in document
    assert "CONSOLE" not in log, log


def test_who_is_quoted_has_shares_and_the_same_words_with_another_verb():
    texts = {
        "Gazette": "“The bridge is closed until spring,” said Anna Lund, the mayor.\n\n“Nobody asked us about it.”",
        "Courier": "“The bridge is closed until spring,” claimed Anna Lund, the mayor.",
        "Wire": "“Nobody may cross it on foot,” the notice said.",  # a kind that the others do not have
    }
    rows = [
        {"article_id": f"a{k}", "outlet": outlet, "title": f"Bridge {k}", "text": text, "event_id": "e"}
        for k, (outlet, text) in enumerate(texts.items())
    ]
    page = compare(pd.DataFrame(rows), Settings(use_gold=True, n_permutations=9)).to_html()
    section = page[page.index('<section id="sources"') : page.index('<section id="terms"')]
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section))
    assert "100 %" in plain
    assert "50 %" in plain  # one of the two turns of the Gazette has no speaker
    assert "“The bridge is closed until spring,”" in plain
    assert "said (neutral)" in plain
    assert "claimed (doubting)" in plain
    assert plain.count("until spring") == 1


_USE = """
window.addEventListener("load", function () {
  var said = {};
  function one(selector) { return document.querySelector(selector); }
  function cards(selector) { return Array.prototype.slice.call(document.querySelectorAll(".card" + (selector || ""))); }
  var label = one('[data-off="label"]');
  label.click(); said.labelsOff = document.body.classList.contains("off-label");
  label.click(); said.labelsOn = !document.body.classList.contains("off-label");
  var outlet = one("[data-outlet]"), own = '[data-o="' + outlet.dataset.outlet + '"]';
  outlet.click(); said.outletHidden = cards(own).every(function (card) { return card.hidden; });
  said.othersStay = cards().some(function (card) { return !card.hidden; });
  one('[data-all=""]').click(); said.allHidden = cards().every(function (card) { return card.hidden; });
  one('[data-all="on"]').click(); said.allBack = cards().every(function (card) { return !card.hidden; });
  var card = cards().filter(function (c) { return c.querySelectorAll("[tabindex]").length > 1; })[0];
  var marks = card.querySelectorAll("[tabindex]");
  marks[0].focus();
  marks[0].dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
  said.arrow = document.activeElement === marks[1];
  document.querySelectorAll("details").forEach(function (part) { part.open = false; });
  var link = one('#labels a[href^="#l"]'), target = document.getElementById(link.getAttribute("href").slice(1));
  window.addEventListener("hashchange", function () {
    setTimeout(function () {
      said.linkOpens = target.closest("details").open;
      document.title = "said " + JSON.stringify(said);
    }, 0);
  });
  location.hash = link.getAttribute("href");
});
"""


def test_filters_links_and_arrow_keys_work_in_a_browser(content, tmp_path):
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", render_report(content))
    document, _ = _load(
        page.replace("</body>", f"<script>{_USE}</script></body>"), tmp_path, "--virtual-time-budget=3000"
    )
    said = json.loads(html_module.unescape(re.search(r"<title>said (\{.*?\})</title>", document)[1]))
    assert said == dict.fromkeys(said, True)
    assert len(said) == 8
