import pandas as pd
import pytest

from framing.align import find_families, find_reuse, independent_units
from framing.errors import SettingsError
from framing.schema import check, empty
from framing.text import find_datelines, mask_spans


def story(seed: int, n: int = 80) -> list[str]:
    return [f"w{(seed * 7919 + k * k * 31 + k) % 100003}" for k in range(n)]


WIRE = story(1, 120)


def test_whole_half_passage_and_edited_copies_are_found(make_corpus):
    own = story(2, 200)
    edited = [w if k % 10 else f"x{k}" for k, w in enumerate(WIRE)]
    rows = {
        "wire": WIRE,
        "whole": WIRE,
        "half": WIRE[:60] + own[:60],
        "passage": own[:100] + WIRE[30:90] + own[100:],
        "edited": edited,
        "other": story(3, 120),
    }
    corpus = make_corpus(*({"article_id": k, "text": " ".join(v)} for k, v in rows.items()))
    reuse = find_reuse(corpus)
    with_wire = reuse[(reuse["article_id"] == "wire") | (reuse["other_id"] == "wire")]
    partners = set(with_wire["article_id"]) | set(with_wire["other_id"])
    assert partners == {"wire", "whole", "half", "passage", "edited"}
    assert not (reuse[["article_id", "other_id"]] == "other").any(axis=None)
    row = reuse[(reuse["article_id"] == "passage") & (reuse["other_id"] == "wire")].iloc[0]
    assert row["n_shared"] == 56
    assert row["other_containment"] == pytest.approx(56 / 116)
    assert row["jaccard"] == pytest.approx(56 / (116 + row["n_shared"] / row["containment"] - 56))


def test_a_wire_story_carried_by_many_outlets_is_one_family(make_corpus):
    rows = [{"article_id": f"c{k:02}", "text": " ".join([*WIRE, f"end{k}"])} for k in range(40)]
    corpus = make_corpus(*rows)
    reuse = find_reuse(corpus)
    assert len(reuse) < 40 * 3
    families = find_families(corpus, reuse)
    assert len(families) == 40
    assert families["family_id"].nunique() == 1
    assert (families["role"] == "base").sum() == 1


def test_a_footer_of_one_outlet_is_no_reuse(make_corpus):
    footer = " ".join(story(9, 40))
    rows = [{"text": f"{' '.join(story(20 + k))} {footer}", "outlet": "Same"} for k in range(25)]
    assert find_reuse(make_corpus(*rows)).empty


def test_masked_furniture_is_no_reuse(make_corpus):
    footer = "Our " + " ".join(f"rule{chr(97 + k % 26)}" for k in range(40))
    rows = [{"text": f"{' '.join(story(20 + k))}\n{footer}", "outlet": "Same"} for k in range(3)]
    corpus = make_corpus(*rows)
    assert len(find_reuse(corpus)) == 3
    assert find_reuse(corpus, masks=mask_spans(find_datelines(corpus))).empty


TEXT = " ".join(WIRE)


@pytest.mark.parametrize(
    ("first", "second", "source", "reason"),
    [
        ({"agency": "Beta"}, {}, "a1", "a0 credits Beta Wire"),
        ({"text": f"KABUL (Beta) - It {TEXT}"}, {}, "a1", "a0 credits Beta Wire"),
        ({}, {"published": "2021-08-16T10:00:00Z"}, None, "no credit, and no time for both"),
        ({"published": "2021-08-16"}, {"published": "2021-08-16"}, None, "no credit, and the times tie"),
        ({"published": "2021-08-16"}, {"published": "2021-08-16T10:00:00Z"}, None, "no credit, and the times tie"),
        (
            {"published": "2021-08-16T12:00:00Z"},
            {"published": "2021-08-16T10:00:00Z"},
            "a1",
            "published 2.0 hours earlier; a common source is not excluded",
        ),
    ],
)
def test_direction_needs_credit_or_time(make_corpus, first, second, source, reason):
    corpus = make_corpus({"text": TEXT, "outlet": "Alpha", **first}, {"text": TEXT, "outlet": "Beta Wire", **second})
    row = find_reuse(corpus, datelines=find_datelines(corpus)).iloc[0]
    assert (None if pd.isna(row["source_id"]) else row["source_id"]) == source
    assert row["reason"] == reason


def test_units_group_copies_within_an_event_and_weigh_them_per_outlet(make_corpus):
    corpus = make_corpus(
        {"text": TEXT, "outlet": "A"},
        {"text": TEXT, "outlet": "A"},
        {"text": TEXT, "outlet": "B"},
        {"text": TEXT, "outlet": "C"},
        {"text": "Something else.", "outlet": "A"},
    )
    events = check(
        pd.DataFrame({"article_id": corpus.article_ids, "event_id": list("xxxyx"), "n_candidates": 0}), "events"
    )
    units = independent_units(corpus, find_reuse(corpus), events).set_index("article_id")
    assert units["unit_id"].nunique() == 3
    assert units.loc[["a0", "a1", "a2"], "unit_id"].nunique() == 1
    assert units["weight"].to_dict() == {"a0": 0.5, "a1": 0.5, "a2": 1.0, "a3": 1.0, "a4": 1.0}


def test_row_order_does_not_matter(make_corpus):
    rows = [{"article_id": f"x{k}", "text": " ".join(story(k % 3, 60) + story(k + 50, 60))} for k in range(8)]
    one, other = find_reuse(make_corpus(*rows)), find_reuse(make_corpus(*rows[::-1]).where())
    pd.testing.assert_frame_equal(one.drop(columns="reason"), other.drop(columns="reason"))


def test_nothing_in_nothing_out(make_corpus):
    corpus = make_corpus("Short.", "")
    assert find_reuse(corpus).empty
    assert find_families(corpus, empty("reuse")).empty
    assert independent_units(corpus, empty("reuse"), empty("events")).empty
    with pytest.raises(SettingsError, match="min_shared must be at least 1"):
        find_reuse(corpus, min_shared=0)
    with pytest.raises(SettingsError, match="threshold must lie"):
        find_families(corpus, empty("reuse"), threshold=0)


@pytest.mark.parametrize("block_size", [1, 3, 1000])
def test_the_same_pairs_for_any_block_size_and_row_order(make_corpus, block_size):
    rows = [
        {"article_id": f"r{k:02}", "outlet": f"o{k % 5}", "text": " ".join([*story(k % 6, 90), *story(40 + k, 30)])}
        for k in range(30)
    ]
    expected = find_reuse(make_corpus(*rows))
    assert len(expected) > 30
    found = find_reuse(make_corpus(*reversed(rows)), block_size=block_size)
    pd.testing.assert_frame_equal(found, expected)
