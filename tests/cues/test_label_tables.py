import numpy as np
import pandas as pd
import pytest

from framing.cues import find_labels, label_changes, label_counts, label_coverage, label_timeline
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import empty, make


def corpus_of(rows):
    frame = pd.DataFrame([{"title": "", "language": "en", "article_id": f"a{i}", **r} for i, r in enumerate(rows)])
    days = pd.to_datetime(frame["day"], utc=True)
    return Corpus(frame.assign(published=days, published_precision="day"))


LABELLED = "Orlan (banned in Russia) came. Then Orlan left."
PLAIN = "Orlan came."


def switching(n_days, at):
    days = pd.date_range("2024-03-01", periods=n_days)
    rows = [
        {"outlet": outlet, "text": LABELLED if outlet == "Alpha" and i < at else PLAIN, "day": str(day.date())}
        for i, day in enumerate(days)
        for outlet in ("Alpha", "Beta")
    ]
    return corpus_of(rows)


def test_counts_by_mention_and_by_first_mention():
    corpus = corpus_of(
        [
            {"outlet": "Alpha", "text": LABELLED, "day": "2024-01-01"},
            {"outlet": "Alpha", "text": "Orlan came. Then Orlan (banned in Russia) left.", "day": "2024-01-05"},
            {"outlet": "Beta", "text": PLAIN, "day": "2024-01-02"},
        ]
    )
    counts = label_counts(corpus, find_labels(corpus)).query("designation == 'any'").set_index("outlet")
    assert counts.loc["Alpha", ["n_mentions", "n_labelled", "n_articles", "n_first_labelled"]].tolist() == [4, 2, 2, 1]
    assert counts.loc["Alpha", "first_share"] == pytest.approx(0.5)
    assert counts.loc["Alpha", "first_date"] == pd.Timestamp("2024-01-01", tz="UTC")
    assert counts.loc["Alpha", "last_date"] == pd.Timestamp("2024-01-05", tz="UTC")
    assert counts.loc["Beta", ["n_mentions", "n_labelled"]].tolist() == [1, 0]
    with pytest.raises(SettingsError, match="level"):
        label_counts(corpus, find_labels(corpus), level=1.0)


def test_case_endings_are_one_name():
    corpus = corpus_of(
        [
            {
                "outlet": "Альфа",
                "language": "ru",
                "day": "2024-01-01",
                "text": "Члены «Орлана» (организация запрещена в России) прибыли. О «Орлане» молчат.",
            },
            {"outlet": "Бета", "language": "ru", "day": "2024-01-01", "text": "«Орлан» прибыл."},
        ]
    )
    counts = label_counts(corpus, find_labels(corpus)).query("designation == 'any'").set_index("outlet")
    assert counts["n_mentions"].to_dict() == {"Альфа": 2, "Бета": 1}


def test_coverage_names_who_does_not_label():
    corpus = corpus_of(
        [
            {"outlet": "Alpha", "text": LABELLED, "day": "2024-01-01"},
            {"outlet": "Beta", "text": PLAIN, "day": "2024-01-01"},
            {"outlet": "Gamma", "text": "Rain.", "day": "2024-01-01"},
            {"outlet": "Beta", "text": PLAIN, "day": "2024-02-01"},
        ]
    )
    events = make(
        "events",
        [{"article_id": f"a{i}", "event_id": "e1" if i < 3 else "e2", "n_candidates": 1} for i in range(4)],
    )
    table = label_coverage(corpus, find_labels(corpus), events)
    assert set(table["designation"]) == {"any", "banned"}
    table = table[table["designation"] == "any"]
    assert table[["event_id", "outlet", "labels"]].to_numpy().tolist() == [["e1", "Alpha", True], ["e1", "Beta", False]]


def test_a_switch_is_dated():
    corpus = switching(40, 17)
    timeline = label_timeline(corpus, find_labels(corpus)).query("designation == 'any'")
    assert timeline.groupby("outlet")["n_mentions"].sum().to_dict() == {"Alpha": 57, "Beta": 40}
    changes = label_changes(timeline).set_index("outlet")
    assert changes.loc["Alpha", "found"]
    assert changes.loc["Alpha", "day"] == pd.Timestamp("2024-03-18", tz="UTC")
    assert changes.loc["Alpha", ["share_before", "share_after"]].tolist() == [0.5, 0.0]
    assert not changes.loc["Beta", "found"]


@pytest.mark.parametrize(("before", "after", "least", "most"), [(0.9, 0.1, 0.95, 1.0), (0.5, 0.5, 0.0, 0.08)])
def test_switches_in_simulated_streams(before, after, least, most):
    rng = np.random.default_rng(7)
    right = 0
    days = pd.date_range("2024-01-01", periods=40, tz="UTC", unit="us")
    for run in range(100):
        at = int(rng.integers(5, 35))
        labelled = rng.binomial(5, np.where(np.arange(40) < at, before, after))
        stream = pd.DataFrame(
            {"outlet": "o", "entity": "e", "designation": "d", "day": days, "n_mentions": 5, "n_labelled": labelled}
        )
        change = label_changes(stream, n_permutations=99, random_state=run).iloc[0]
        near = before == after or abs((change["day"] - days[at]).days) <= 1
        right += bool(change["found"]) and near
    assert least <= right / 100 <= most


def test_nothing_in_nothing_out():
    corpus = corpus_of([{"outlet": "Alpha", "text": PLAIN, "day": "2024-01-01"}])
    labels = empty("labels")
    assert label_counts(corpus, labels).empty
    assert label_coverage(corpus, labels, empty("events")).empty
    timeline = label_timeline(corpus, labels)
    assert timeline.empty
    assert label_changes(timeline).empty
    with pytest.raises(SettingsError, match="n_permutations"):
        label_changes(timeline, n_permutations=0)


def test_what_stands_before_the_name_is_not_the_name():
    corpus = corpus_of(
        [
            {
                "outlet": "Alpha",
                "text": "Members of Orlan (banned in Russia) came. Orlan left. Orlan said so.",
                "day": "2024-01-01",
            },
            {"outlet": "Beta", "text": "Orlan came.", "day": "2024-01-01"},
        ]
    )
    counts = label_counts(corpus, find_labels(corpus)).query("designation == 'any'").set_index("outlet")
    assert counts["entity"].unique().tolist() == ["orlan"]
    assert counts["n_mentions"].to_dict() == {"Alpha": 3, "Beta": 1}


def test_two_labels_on_one_mention_are_one_labelled_mention():
    corpus = corpus_of(
        [{"outlet": "Alpha", "text": "The banned group Orlan (banned in Russia) came.", "day": "2024-01-01"}]
    )
    labels = find_labels(corpus)
    assert len(labels) == 2
    counts = label_counts(corpus, labels).query("designation == 'any'")
    assert counts[["n_mentions", "n_labelled"]].to_numpy().tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("language", "text", "n"),
    [
        ("tr", "IŞİD (Rusya'da yasaklı terör örgütü) geldi. IŞİD çekildi. IŞİD döndü.", 3),
        ("ru", "Политик Иванов (признан иноагентом) приехал. Иванова ждали. Иванову рады.", 3),
    ],
)
def test_mentions_in_other_alphabets_and_cases(language, text, n):
    corpus = corpus_of([{"outlet": "Alpha", "language": language, "text": text, "day": "2024-01-01"}])
    counts = label_counts(corpus, find_labels(corpus)).query("designation == 'any'")
    assert counts["n_mentions"].tolist() == [n]


def test_undated_articles_are_counted():
    frame = pd.DataFrame([{"article_id": "a", "outlet": "Alpha", "title": "", "text": LABELLED, "language": "en"}])
    corpus = Corpus(frame)
    counts = label_counts(corpus, find_labels(corpus))
    assert counts["first_date"].isna().all()


def test_one_switch_among_many_dull_streams_is_found():
    days = pd.date_range("2024-01-01", periods=40, tz="UTC", unit="us")
    streams = []
    for number in range(60):
        labelled = [1] * 20 + [0] * 20 if number == 0 else [number % 2] * 40
        streams.append(
            pd.DataFrame(
                {
                    "outlet": f"o{number}",
                    "entity": "e",
                    "designation": "any",
                    "day": days,
                    "n_mentions": 1,
                    "n_labelled": labelled,
                }
            )
        )
    changes = label_changes(pd.concat(streams))
    assert changes.loc[changes["found"], "outlet"].tolist() == ["o0"]
    assert changes.loc[~changes["found"], "p_value"].isna().all()
