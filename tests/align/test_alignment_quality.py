"""How well, and how steadily, events are aligned: floors on public sets, invariances on constructed texts."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.align import EventAligner, sweep_baseline, train_link_model
from framing.evaluate import bcubed_by_cut, evaluate_events
from framing.pipeline import Settings, run_stages
from framing.reading import read_corpus, read_gold
from framing.text import find_datelines, mask_spans

SETS = ("basil", "g5", "ecbplus", "allsides2021")
FLOORS = {  # measured: .979, .959, .917, .822 without dates; .981, .963, .866 with
    ("basil", False): 0.97,
    ("g5", False): 0.95,
    ("ecbplus", False): 0.905,
    ("allsides2021", False): 0.815,
    ("basil", True): 0.97,
    ("g5", True): 0.95,
    ("allsides2021", True): 0.855,
}


def groups(events):
    return {frozenset(members) for members in events.groupby("event_id")["article_id"].agg(list)}


def bcubed(events, gold):
    return evaluate_events(events, gold, n_resamples=0)[2].estimate


@pytest.fixture(scope="module")
def public(shared_data):
    """Corpora of the public sets with dates and without, and the masks."""
    found = {}
    for name in SETS:
        lines = (shared_data / "events" / f"{name}.jsonl").read_text("utf-8").splitlines()
        frame = pd.DataFrame([json.loads(line) for line in lines])
        frame["article_id"] = [f"{name}-{k:04d}" for k in range(len(frame))]
        frame["outlet"] = frame["outlet"].fillna("unknown")
        columns = ["article_id", "outlet", "title", "text", "event"]
        undated = read_corpus(frame[columns])
        dated = read_corpus(frame[[*columns, "date"]]) if frame["date"].notna().any() else undated
        found[name] = dated, undated, mask_spans(find_datelines(undated))
    return found


@pytest.fixture(scope="module")
def cross_fitted(public):
    """For each set a model that was trained on the three others."""
    models = {}
    for name in SETS:
        others = [public[other] for other in SETS if other != name]
        collections = [(dated, dated.articles) for dated, _, _ in others]
        models[name] = train_link_model(collections, masks=[masks for _, _, masks in others])
    return models


@pytest.mark.shared
def test_cross_fitted_alignment_is_no_worse_than_linkage_in_hindsight(public, cross_fitted):
    higher = {True: 0, False: 0}
    for name in SETS:
        dated, undated, masks = public[name]
        hindsight = bcubed_by_cut(sweep_baseline(undated, "linkage"), undated.articles).max()
        for corpus, with_dates in ((dated, True), (undated, False)):
            if with_dates and corpus is undated:
                continue
            events = EventAligner(model=cross_fitted[name]).fit(corpus, masks=masks).events_
            score = bcubed(events, corpus.articles)
            print(f"{name}, {'with' if with_dates else 'without'} dates: {score:.3f}; linkage {hindsight:.3f}")  # noqa: T201 - shown with -s
            assert score >= hindsight - 0.005, (name, with_dates)
            assert score >= FLOORS[name, with_dates]
            higher[with_dates] += score > hindsight
    assert min(higher.values()) >= 3


LABEL = " (terrorist organization, banned in Russia)"
_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*\b(?![-'’]| ?[(,–-])")
_ANSWERS = ("verbatim", "edited")


@pytest.fixture(scope="module")
def demo():
    return run_stages(read_corpus("kabul-2021"), Settings(), until="edits")


def labelled(demo, outlet):
    """Texts of an outlet with a label behind a name, of a sentence that another report has if there is one."""
    datelines = demo["datelines"].dropna(subset=["body_start"])
    body = datelines.groupby("article_id")["body_start"].max()
    passages = demo["passages"].query("field == 'text' and other_field == 'text'")
    copied = passages[passages["relation"].isin(_ANSWERS)]
    spans = pd.concat(
        [
            copied[["article_id", "start", "end"]].assign(answered=True),
            copied[["other_id", "other_start", "other_end"]]
            .set_axis(["article_id", "start", "end"], axis=1)
            .assign(answered=True),
            demo["sentences"].query("field == 'text' and zone != 'furniture'")[["article_id", "start", "end"]],
        ]
    ).fillna({"answered": False})
    labels = demo["masks"].query("kind == 'label' and field == 'text'")
    taken = {(row.article_id, k) for row in labels.itertuples() for k in range(row.start, row.end)}
    articles = demo.corpus.articles.set_index("article_id")
    texts, answered = {}, set()
    for article, text in articles.loc[articles["outlet"] == outlet, "text"].items():
        own = spans[(spans["article_id"] == article) & (spans["start"] >= body.get(article, 0))]
        for row in own.sort_values(["answered", "start"], ascending=[False, True]).itertuples():
            names = _NAME.finditer(text, int(row.start), int(row.end))
            name = next((name for name in names if (article, name.end()) not in taken), None)
            if name:
                texts[article] = text[: name.end()] + LABEL + text[name.end() :]
                answered |= {article} if row.answered else set()
                break
    return texts, answered


@pytest.mark.parametrize("outlet", ["Bosphorus Morning", "Meridian Wire", "Volga Dispatch"])
def test_labels_inserted_into_every_article_of_an_outlet_move_no_event_and_still_show(demo, outlet):
    texts, answered = labelled(demo, outlet)
    articles = demo.corpus.articles.drop(columns="published_precision")
    assert set(texts) == set(articles.loc[articles["outlet"] == outlet, "article_id"])
    articles["text"] = articles["article_id"].map(texts).fillna(articles["text"])
    after = run_stages(read_corpus(articles), Settings(), until="edits")
    assert groups(after["events"]) == groups(demo["events"])
    edits = after["edits"]
    deleted, inserted = edits.query("operation == 'delete'"), edits.query("operation == 'insert'")
    shown = [
        *zip(deleted["article_id"], deleted["surface"], strict=True),
        *zip(inserted["other_id"], inserted["other_surface"], strict=True),
    ]
    assert answered
    assert answered <= {article for article, surface in shown if LABEL.strip() in surface}
    # A label inside a name of a clause that moved is shown with the moved words around it.
    exact = {article for article, surface in shown if LABEL.strip() == surface.strip()}
    assert len(answered & exact) >= 0.75 * len(answered)


WORDS = [
    f"{syllable}{ending}" for syllable in ("bar", "kel", "mon", "tas", "vel", "zor") for ending in ("a", "en", "ik")
]


@st.composite
def small_corpora(draw):
    """A few events of a few reports: words of the event, words of any, some dates missing."""
    rows = []
    for event in range(draw(st.integers(1, 4))):
        own = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6, unique=True))
        for report in range(draw(st.integers(1, 4))):
            words = own + draw(st.lists(st.sampled_from([*WORDS, "Kabul", "12"]), max_size=8))
            rows.append(
                {
                    "article_id": f"{event}-{report}",
                    "outlet": f"o{report}",
                    "title": " ".join(words[:2]),
                    "text": " ".join(words),
                    "published": draw(st.sampled_from([None, "2021-08-10", "2021-08-11", "2021-09-01"])),
                }
            )
    return rows


@settings(max_examples=60, deadline=None)
@given(rows=small_corpora(), block_size=st.integers(1, 7), seed=st.integers(0, 99))
def test_the_same_clusters_for_any_block_size_and_row_order(rows, block_size, seed):
    expected = EventAligner().fit(read_corpus(pd.DataFrame(rows)))
    shuffled = [rows[k] for k in np.random.default_rng(seed).permutation(len(rows))]
    found = EventAligner(block_size=block_size).fit(read_corpus(pd.DataFrame(shuffled)))
    pd.testing.assert_frame_equal(found.events_, expected.events_)
    pd.testing.assert_frame_equal(found.links_, expected.links_)


@settings(max_examples=4, deadline=None)
@given(rows=small_corpora(), workers=st.integers(2, 3))
def test_the_same_clusters_for_any_worker_count(rows, workers):
    corpus = read_corpus(pd.DataFrame(rows))
    found = EventAligner(block_size=2, workers=workers).fit(corpus)
    pd.testing.assert_frame_equal(found.events_, EventAligner().fit(corpus).events_)


def test_the_demonstration_corpus_is_aligned_better_than_by_linkage_in_hindsight(demo):
    gold = read_gold("kabul-2021", "events")
    hindsight = bcubed_by_cut(sweep_baseline(demo.corpus, "linkage"), gold).max()
    assert bcubed(demo["events"], gold) > hindsight > 0.85
