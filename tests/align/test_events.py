"""Event alignment through the public API."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.special import expit
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score, silhouette_score

from framing.align import (
    EventAligner,
    LinkModel,
    align_events,
    baseline_events,
    load_link_model,
    train_link_model,
)
from framing.align.clusters import average_linkage, silhouettes
from framing.errors import SettingsError
from framing.reading import Corpus, read_corpus
from framing.schema import TABLES, empty

STORIES = {
    "flood": (
        "River floods the town of Marlow",
        "Heavy rain swelled the river Thane and flooded Marlow, where rescuers in boats evacuated {n} families.",
        "Mayor Helen Brandt said the dam upstream held, though water covered the market square.",
    ),
    "strike": (
        "Harbour workers strike in Ostby",
        "Dockers of the Seafarers Union stopped work in Ostby harbour and {n} container ships wait offshore.",
        "The union demands higher pensions; the port authority called the walkout unlawful.",
    ),
    "vote": (
        "Parliament rejects pension reform",
        "Lawmakers voted {n} to 91 against the pension reform that finance minister Karel Dorn had proposed.",
        "Opposition leader Ines Moreau called for early elections after the ballot.",
    ),
    "rocket": (
        "Rocket fails seconds after launch",
        "A Corvus rocket exploded {n} seconds after launch from the Kestrel spaceport, destroying two satellites.",
        "Engineers suspect a faulty turbopump and postponed further flights.",
    ),
}
OUTLETS = ["Gazette", "Courier", "Herald", "Tribune"]


def rows(*, dated=True):
    out = []
    for e, (event, (title, lead, body)) in enumerate(STORIES.items()):
        for k, outlet in enumerate(OUTLETS):
            parts = [lead.format(n=50 + k), body] if k % 2 else [body, lead.format(n=50 + k)]
            out.append(
                {
                    "article_id": f"{event}-{k}",
                    "outlet": outlet,
                    "title": title if k else title.split(" ", 1)[1],
                    "text": " ".join(parts),
                    "published": f"2021-08-{10 + 3 * e + k:02d}" if dated else None,
                    "event_id": event,
                }
            )
    return out


def corpus_of(articles):
    return read_corpus(pd.DataFrame(articles))


def groups(events):
    return {frozenset(members) for members in events.groupby("event_id")["article_id"].agg(list)}


@pytest.mark.parametrize("dated", [True, False])
def test_reports_of_one_event_are_grouped(dated):
    events = align_events(corpus_of(rows(dated=dated)))
    assert groups(events) == {frozenset(f"{e}-{k}" for k in range(4)) for e in STORIES}
    assert list(events.columns) == list(TABLES["events"].names)
    assert events["confidence"].between(0.2, 1).all()
    assert (events["n_candidates"] >= 3).all()


def test_an_unrelated_report_is_an_event_of_its_own():
    lone = {
        "article_id": "lone",
        "outlet": "Gazette",
        "title": "Chess",
        "text": "Grandmaster wins blindfold tournament.",
    }
    events = align_events(corpus_of([*rows(), lone])).set_index("article_id")
    assert (events["event_id"] == events.loc["lone", "event_id"]).sum() == 1
    assert pd.isna(events.loc["lone", "confidence"])


def test_same_result_for_any_row_order_block_size_and_worker_count():
    articles = rows()
    expected = EventAligner().fit(corpus_of(articles))
    shuffled = [articles[k] for k in np.random.default_rng(1).permutation(len(articles))]
    for aligner in (EventAligner(block_size=1), EventAligner(block_size=5, workers=2)):
        got = aligner.fit(corpus_of(shuffled))
        pd.testing.assert_frame_equal(got.events_, expected.events_)
        pd.testing.assert_frame_equal(got.links_, expected.links_)


def test_a_story_that_many_outlets_print_is_one_event():
    rng = np.random.default_rng(5)
    lead, body = STORIES["flood"][1:]
    other = [word for event in ("strike", "vote", "rocket") for text in STORIES[event][1:] for word in text.split()]
    copies = []
    for k in range(150):  # far more than the candidates of one report, and each with some words changed
        words = f"{lead.format(n=50)} {body}".split()
        for place in rng.choice(len(words), 3, replace=False):
            words[place] = str(rng.choice(other))
        copies.append({"article_id": f"copy-{k:03d}", "outlet": f"Paper {k}", "text": " ".join(words)})
    events = align_events(corpus_of([*rows(dated=False), *copies])).set_index("article_id")["event_id"]
    assert events[[c["article_id"] for c in copies]].nunique() == 1
    assert events["vote-0"] != events["copy-000"]


def test_inserted_labels_do_not_move_the_events():
    articles = rows()
    before = groups(align_events(corpus_of(articles)))
    for article in articles:
        if article["outlet"] == "Herald":
            for name in ("Thane", "Union", "Karel Dorn", "Corvus"):
                label = f"{name} (terrorist organization, banned in Russia)"
                article["text"] = article["text"].replace(name, label)
    assert groups(align_events(corpus_of(articles))) == before


def test_masked_words_do_not_count():
    articles = [
        {"article_id": "a", "outlet": "A", "text": "Zebra quagga okapi. Minister resigns quietly."},
        {"article_id": "b", "outlet": "B", "text": "Zebra quagga okapi. Volcano erupts overnight."},
    ]
    span = {"field": "text", "start": 0, "end": 19, "surface": "Zebra quagga okapi.", "kind": "footer"}
    masks = pd.DataFrame([{"article_id": a, **span} for a in "ab"])
    assert align_events(corpus_of(articles))["event_id"].nunique() == 1
    assert align_events(corpus_of(articles), masks=masks)["event_id"].nunique() == 2


def test_explanation_adds_up_to_the_score():
    aligner = EventAligner(cut=0.05).fit(corpus_of(rows()))
    assert len(aligner.links_) >= 24
    for link in aligner.links_.itertuples():
        parts = aligner.explain_link(link.other_id, link.article_id)
        assert expit(parts["contribution"].sum()) == pytest.approx(link.score)
        assert parts["feature"].iloc[0] == "start"
        weight = aligner.model_.at(16)[0]["cosine"]
        assert parts.loc[parts["feature"] == "cosine", "contribution"].sum() == pytest.approx(weight * link.cosine)
    same = aligner.links_.query("article_id == 'flood-0' and other_id == 'flood-1'").iloc[0]
    assert same["same_event"]
    assert "marlow" in same["evidence"]
    assert same["days_apart"] == 1
    parts = aligner.explain_link("flood-0", "flood-1")
    assert "marlow" in set(parts.loc[parts["feature"] == "title", "term"])
    with pytest.raises(SettingsError, match="'nobody' is not among the 16"):
        aligner.explain_link("nobody", "flood-0")


def test_pairs_that_were_not_compared_can_be_explained():
    aligner = EventAligner(neighbours=1).fit(corpus_of(rows()))
    compared = set(zip(aligner.links_["article_id"], aligner.links_["other_id"], strict=True))
    assert ("flood-0", "rocket-0") not in compared
    assert expit(aligner.explain_link("flood-0", "rocket-0")["contribution"].sum()) < 0.1


def test_closeness_in_time_speaks_for_a_pair_and_distance_against_none():
    pair = [r for r in rows(dated=False) if r["article_id"] in ("flood-1", "flood-3")]

    def time_share(other, **options):
        dated = [{**pair[0], "published": "2021-08-10"}, {**pair[1], "published": other}]
        parts = EventAligner(**options).fit(corpus_of(dated)).explain_link("flood-1", "flood-3")
        return parts.loc[parts["feature"] == "close in time", "contribution"].sum()

    near, week, years, undated = (time_share(d) for d in ("2021-08-10", "2021-08-17", "2023-01-01", None))
    assert near > week > years == pytest.approx(0)
    assert undated == 0
    assert time_share("2021-08-10", time_weight=0) == 0
    assert time_share("2021-08-10", time_weight=2) == pytest.approx(2 * near)


def test_contradicting_numbers_lower_the_score():
    one = "Rescuers in Marlow evacuated {n} families after the river Thane flooded the market on {d} August."
    texts = {"a": one.format(n=512, d=12), "b": one.format(n=512, d=12), "c": one.format(n=730, d=19)}
    articles = [{"article_id": k, "outlet": k, "title": "Flood in Marlow", "text": t} for k, t in texts.items()]
    aligner = EventAligner().fit(corpus_of(articles))
    same, other = (aligner.explain_link("a", x).groupby("feature")["contribution"].sum() for x in "bc")
    assert other["no shared number"] < 0
    assert same.sum() > other.sum()


def test_the_model_can_be_trained_saved_and_used(tmp_path):
    corpus = corpus_of(rows())
    gold = corpus.articles[["article_id", "event_id"]]
    model = EventAligner().fit(corpus, gold).model_
    assert model.card["n_events"] == 4
    assert model.weights != load_link_model().weights
    model.save(tmp_path / "own.json")
    read = load_link_model(tmp_path / "own.json")
    assert (read.weights, read.intercept) == (model.weights, model.intercept)
    events = EventAligner(model=tmp_path / "own.json").fit(corpus).events_
    assert groups(events) == {frozenset(f"{e}-{k}" for k in range(4)) for e in STORIES}
    with pytest.raises(SettingsError, match="needs compared pairs of one event and of different events"):
        EventAligner().fit(corpus, gold.assign(event_id="one"))
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(SettingsError, match="not a link model"):
        EventAligner(model=tmp_path / "broken.json").fit(corpus)
    with pytest.raises(SettingsError, match=r"unknown feature\(s\) magic"):
        LinkModel({"magic": 1.0}, {}, 0.0, 0.0)


def test_training_is_deterministic():
    corpus = corpus_of(rows())
    gold = corpus.articles[["article_id", "event_id"]]
    one, two = (train_link_model([(corpus, gold)], random_state=3) for _ in range(2))
    assert one.weights == two.weights


def test_embeddings_are_one_more_feature():
    corpus = corpus_of(rows())
    gold = corpus.articles[["article_id", "event_id"]]

    def embed(texts):
        return np.array([[text.count(letter) for letter in "abcdefgh"] for text in texts], dtype=float)

    aligner = EventAligner(embed=embed).fit(corpus, gold)
    assert "embedding" in aligner.model_.weights
    assert len(groups(aligner.events_)) == 4
    with pytest.raises(SettingsError, match="needs EventAligner\\(embed"):
        EventAligner(model=aligner.model_).fit(corpus)
    with pytest.raises(SettingsError, match="is no folder"):
        EventAligner(embed="no/such/folder").fit(corpus)
    with pytest.raises(SettingsError, match="expected one finite vector"):
        EventAligner(embed=lambda texts: np.full((len(texts), 2), np.nan)).fit(corpus)


def test_reach_limits_the_dated_but_not_the_undated():
    articles = [{**r, "published": f"2021-08-{k + 1:02d}"} for k, r in enumerate(rows())]
    near = EventAligner(reach=1, cut=0.01).fit(corpus_of(articles)).links_
    assert near["days_apart"].max() <= 1
    undated = [{**r, "published": None} if r["article_id"] == "flood-0" else r for r in articles]
    links = EventAligner(reach=1, cut=0.01).fit(corpus_of(undated)).links_
    assert {"flood-1", "flood-2", "flood-3"} <= set(links.loc[links["article_id"] == "flood-0", "other_id"])


def test_gold_is_kept_and_others_join_it():
    articles = rows()
    for article in articles:
        if not article["article_id"].startswith("flood") or article["article_id"] == "flood-3":
            article["event_id"] = None
    events = align_events(corpus_of(articles), use_gold=True).set_index("article_id")["event_id"]
    assert (events[[f"flood-{k}" for k in range(4)]] == "flood").all()
    assert events.nunique() == 4
    ignored = align_events(corpus_of(articles))
    assert "flood" not in set(ignored["event_id"])


def test_identifiers_survive_later_reports():
    articles = rows()
    early = [a for a in articles if not a["article_id"].endswith("3")]
    before = align_events(corpus_of(early)).set_index("article_id")["event_id"]
    after = align_events(corpus_of(articles)).set_index("article_id")["event_id"]
    assert (after[before.index] == before).all()


def test_estimator_follows_scikit_learn():
    aligner = EventAligner(cut=0.3, workers=1)
    copy = clone(aligner)
    assert copy.get_params() == aligner.get_params()
    assert copy.set_params(cut=0.4).cut == 0.4
    assert aligner.cut == 0.3
    for wrong in ({"cut": 0}, {"cut": 1.5}, {"time_weight": -1}, {"workers": 0}):
        with pytest.raises(SettingsError, match=next(iter(wrong))):
            EventAligner(**wrong).fit(corpus_of(rows()))
    with pytest.raises(SettingsError, match=r"unknown option\(s\) threshold"):
        align_events(corpus_of(rows()), threshold=1)


def test_empty_and_wordless_corpora():
    nothing = Corpus(empty("articles"))
    aligner = EventAligner().fit(nothing)
    assert aligner.events_.empty
    assert aligner.links_.empty
    assert baseline_events(nothing).empty
    dots = corpus_of([{"article_id": a, "outlet": a, "text": "…"} for a in "ab"])
    assert align_events(dots)["event_id"].nunique() == 2
    assert baseline_events(dots)["event_id"].nunique() == 2


def test_average_linkage_by_hand():
    # a-b .8; c joins {a, b} at (.5 + .2) / 2 = .35.
    pairs = np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([0.8, 0.5, 0.2])
    merges = average_linkage(pairs, 3, lowest=0.1)
    assert merges.score.tolist() == [0.8, 0.35]
    assert merges.labels(0.36).tolist() == [0, 0, 1]
    assert merges.labels(0.35).tolist() == [0, 0, 0]


@pytest.mark.parametrize("share", [0.05, 0.3, 1.0])
def test_average_linkage_is_scipy_s(share):
    rng = np.random.default_rng(7)
    n = 80
    scores = np.triu(rng.random((n, n)) * (rng.random((n, n)) < share), 1)
    first, second = np.nonzero(scores)
    merges = average_linkage((first, second, scores[first, second]), n, lowest=1e-6)
    distance = 1 - (scores + scores.T)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance), "average")
    for cut in (0.02, 0.1, 0.3, 0.5, 0.9):
        theirs = fcluster(tree, 1 - cut, "distance")
        assert adjusted_rand_score(merges.labels(cut), theirs) == 1


def test_silhouettes_are_scikit_learn_s():
    rng = np.random.default_rng(3)
    similarity = rng.random((30, 30))
    similarity = (similarity + similarity.T) / 2
    np.fill_diagonal(similarity, 0)
    labels = rng.integers(0, 6, 30)
    distance = 1 - similarity
    np.fill_diagonal(distance, 0)
    expected = silhouette_score(distance, labels, metric="precomputed")
    assert silhouettes(labels, sparse.csr_matrix(similarity), np.arange(30)).mean() == pytest.approx(expected)


def test_baselines_group_or_refuse():
    corpus = corpus_of(rows())
    for method, n in (("components", 4), ("leader", 4), ("linkage", 4), ("all-in-one", 1), ("singletons", 16)):
        assert baseline_events(corpus, method)["event_id"].nunique() == n
    with pytest.raises(SettingsError, match="method must be one of"):
        baseline_events(corpus, "magic")
