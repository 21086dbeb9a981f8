"""Running stories: on links made by hand, and on a corpus of our own words."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from framing.align import EventAligner, LinkModel, group_stories, story_timeline
from framing.errors import SettingsError
from framing.reading import Corpus, read_corpus
from framing.schema import check, empty, make

# Each event: two reports, of the outlets A and B, a few hours apart.
DAYS = {"crash": "2021-08-01", "inquiry": "2021-08-06", "trial": "2021-08-20", "match": "2021-08-06"}


def corpus_of(days):
    rows = [
        {
            "article_id": f"{event}-{outlet}",
            "outlet": outlet,
            "title": f"{event} told by {outlet}",
            "text": "A text.",
            "published": day and f"{day}T{hour}:00:00Z",
        }
        for event, day in days.items()
        for outlet, hour in (("A", "08"), ("B", "11"))
    ]
    corpus = read_corpus(pd.DataFrame(rows))
    return corpus, pd.DataFrame([{"article_id": r["article_id"], "event_id": r["article_id"][:-2]} for r in rows])


def links_of(*pairs):
    rows = [
        {
            "article_id": min(a, b),
            "other_id": max(a, b),
            "score": score,
            "cosine": 0.5,
            "days_apart": 1.0,
            "same_event": False,
            "evidence": "",
        }
        for a, b, score in pairs
    ]
    return make("links", rows)


FOLLOWING = links_of(
    ("crash-A", "inquiry-A", 0.9),
    ("crash-B", "inquiry-A", 0.5),
    ("crash-B", "inquiry-B", 0.3),
    ("inquiry-A", "trial-A", 0.8),
    ("inquiry-B", "trial-B", 0.8),
    ("crash-A", "match-A", 0.5),  # one odd link is no story
)


def members(stories):
    return {frozenset(group) for group in stories.groupby("story_id")["event_id"].agg(list)}


def test_events_that_follow_from_one_another_are_one_story():
    stories = group_stories(*corpus_of(DAYS), FOLLOWING, cut=0.3)
    pd.testing.assert_frame_equal(check(stories, "stories"), stories)
    assert members(stories) == {frozenset({"crash", "inquiry", "trial"}), frozenset({"match"})}
    told = stories.set_index("event_id")
    assert told.loc[["inquiry", "trial"], "previous_id"].tolist() == ["crash", "inquiry"]
    assert told.loc["trial", "gap"] == pytest.approx(14 - 3 / 24)
    assert told.loc[["crash", "match"], ["previous_id", "gap"]].isna().all(axis=None)


def test_the_score_is_the_mean_best_link_of_both_events():
    told = group_stories(*corpus_of(DAYS), FOLLOWING, cut=0.3).set_index("event_id")["score"]
    assert told["crash"] == pytest.approx(((0.9 + 0.5) / 2 + (0.9 + 0.3) / 2) / 2)
    assert told["inquiry"] == told["trial"] == pytest.approx(0.8)
    assert pd.isna(told["match"])


def test_average_linkage_decides_and_not_the_best_link():
    # inquiry-trial .8; crash joins both at (.65 + 0) / 2 = .325
    corpus, events = corpus_of(DAYS)
    assert frozenset({"crash", "inquiry", "trial"}) in members(group_stories(corpus, events, FOLLOWING, cut=0.325))
    assert frozenset({"inquiry", "trial"}) in members(group_stories(corpus, events, FOLLOWING, cut=0.33))


def test_silence_ends_a_story():
    corpus, events = corpus_of(DAYS)
    parts = members(group_stories(corpus, events, FOLLOWING, cut=0.3, max_gap=10))
    assert parts == {frozenset({"crash", "inquiry"}), frozenset({"trial"}), frozenset({"match"})}
    late = corpus_of({**DAYS, "trial": "2022-08-20"})
    assert frozenset({"trial"}) in members(group_stories(*late, FOLLOWING, cut=0.3))
    assert len(members(group_stories(*late, FOLLOWING, cut=0.3, max_gap=None))) == 2


def test_an_undated_event_stays_with_the_one_it_belongs_to_most():
    corpus, events = corpus_of({**DAYS, "inquiry": None})
    stories = group_stories(corpus, events, FOLLOWING, cut=0.3, max_gap=10)
    assert members(stories) == {frozenset({"crash"}), frozenset({"inquiry", "trial"}), frozenset({"match"})}
    told = stories.set_index("event_id")
    assert told.loc["inquiry", "previous_id"] == "trial"
    assert pd.isna(told.loc["inquiry", "gap"])


def test_story_identifiers_survive_later_events():
    early = {event: DAYS[event] for event in ("crash", "inquiry", "match")}
    before = group_stories(*corpus_of(early), FOLLOWING, cut=0.3).set_index("event_id")["story_id"]
    after = group_stories(*corpus_of(DAYS), FOLLOWING, cut=0.3).set_index("event_id")["story_id"]
    assert (after[before.index] == before).all()


def test_row_order_does_not_matter():
    corpus, events = corpus_of(DAYS)
    rng = np.random.default_rng(2)
    expected = group_stories(corpus, events, FOLLOWING, cut=0.3)
    got = group_stories(
        corpus, events.iloc[rng.permutation(len(events))], FOLLOWING.sample(frac=1, random_state=3), cut=0.3
    )
    pd.testing.assert_frame_equal(got, expected)


def test_a_timeline_tells_the_story():
    corpus, events = corpus_of(DAYS)
    stories = group_stories(corpus, events, FOLLOWING, cut=0.3)
    line = story_timeline(corpus, events, stories)
    pd.testing.assert_frame_equal(check(line, "timeline"), line)
    story = line[line["story_id"] == stories.set_index("event_id").loc["crash", "story_id"]]
    assert story["event_id"].tolist() == ["crash", "inquiry", "trial"]
    assert story["place"].tolist() == [1, 2, 3]
    assert story["title"].iloc[0] == "crash told by A"
    assert story["article_id"].iloc[0] == "crash-A"
    assert set(line["outlets"]) == {"A; B"}


def test_nothing_in_nothing_out_and_wrong_choices():
    nothing = Corpus(empty("articles"))
    stories = group_stories(nothing, empty("events"), empty("links"))
    assert stories.equals(empty("stories"))
    assert story_timeline(nothing, empty("events"), stories).equals(empty("timeline"))
    unlinked = group_stories(*corpus_of(DAYS), empty("links"))
    assert len(members(unlinked)) == 4
    for wrong in ({"cut": 0}, {"cut": 1.5}, {"max_gap": -1}):
        with pytest.raises(SettingsError, match="cut must lie"):
            group_stories(nothing, empty("events"), empty("links"), **wrong)


EVENTS = {
    "sinking": (
        "2021-09-01",
        "Ferry Aldona sinks off Varnholm",
        (
            "The ferry Aldona sank off Varnholm in a storm and coastguard crews saved {n} passengers. "
            "Captain Jorun Vale sent a distress call before the vehicle deck flooded."
        ),
    ),
    "inquiry": (
        "2021-09-08",
        "Bow door blamed for loss of ferry Aldona",
        (
            "Investigators said a broken bow door let water into the ferry Aldona, lost off Varnholm last week. "
            "Inspectors had warned the owner, Nordlinie, {n} days before; captain Jorun Vale was questioned."
        ),
    ),
    "quake": (
        "2021-09-02",
        "Earthquake shakes the valley of Tarrin",
        (
            "An earthquake shook the Tarrin valley, where {n} houses collapsed and power lines fell. "
            "Seismologist Ada Brenn expects aftershocks; schools stay closed until Monday."
        ),
    ),
    "other quake": (
        "2021-09-09",
        "Islanders of Pelmo sleep outdoors after tremor",
        (
            "On Pelmo, {n} people spent the night in tents when an earthquake had toppled a church tower. "
            "Governor Iosif Marr visited the island; its harbour remained open."
        ),
    ),
    "strike": (
        "2021-09-03",
        "Dockers stop work in Ostby",
        (
            "Dockers of the Seafarers Union walked out in Ostby and {n} container ships wait at anchor. "
            "The port authority called the walkout unlawful; the union demands higher pensions."
        ),
    ),
    "vote": (
        "2021-09-05",
        "Parliament rejects pension bill",
        (
            "Lawmakers voted {n} to 91 against the bill of finance minister Karel Dorn. "
            "Opposition leader Ines Moreau called for early elections after the ballot."
        ),
    ),
    "rocket": (
        "2021-09-07",
        "Rocket fails after launch",
        (
            "A Corvus rocket exploded {n} seconds after lift-off from Kestrel spaceport with two satellites aboard. "
            "Engineers suspect a faulty turbopump and postponed further flights."
        ),
    ),
}


def test_an_inquiry_follows_a_sinking_but_one_earthquake_not_another():
    rows = [
        {"article_id": f"{event}/{k}", "outlet": outlet, "title": title, "text": text.format(n=40 + k),
         "published": day, "event_id": event}
        for event, (day, title, text) in EVENTS.items()
        for k, outlet in enumerate(("Gazette", "Herald", "Courier"))
    ]  # fmt: skip
    corpus = read_corpus(pd.DataFrame(rows))
    links = EventAligner().fit(corpus).links_
    stories = group_stories(corpus, corpus.articles[["article_id", "event_id"]], links)
    others = {frozenset({event}) for event in EVENTS} - {frozenset({"sinking"}), frozenset({"inquiry"})}
    assert members(stories) == {frozenset({"sinking", "inquiry"}), *others}


@pytest.mark.parametrize(("probability", "listed"), [(0.11, True), (0.09, False)])
def test_links_hold_what_stories_need_whatever_the_cut(probability, listed):
    same_for_all = LinkModel({"cosine": 0.0}, {}, float(logit(probability)), 0.0)
    rows = [{"outlet": event, "title": title, "text": text} for event, (_, title, text) in EVENTS.items()]
    links = EventAligner(cut=0.9, model=same_for_all).fit(read_corpus(pd.DataFrame(rows))).links_
    assert len(links) > 0 if listed else links.empty
