"""House style as masks."""

from __future__ import annotations

import pytest

from framing.lexical import find_style, style_steps
from framing.schema import check
from framing.text import find_datelines

TEXT = (
    "KABUL, Aug 15 (Reuters) - Mr. Orlan met Sen. Mary Velt (R-Ohio) on Monday. Mrs. Velt, D-N.Y., left Tuesday; "
    "President Orlan stayed. The orlan bird sings. The president of the club spoke."
)


@pytest.fixture
def corpus(make_corpus):
    return make_corpus(TEXT, {"title": "Velt wins", "text": "Velt and Orlan spoke with Orlan's aides. He left Friday."})


def found(corpus, kind):
    masks = find_style(corpus, datelines=find_datelines(corpus))
    return masks.loc[(masks["kind"] == kind) & (masks["article_id"] == "a0"), "surface"].tolist()


def test_each_kind_is_found_by_its_form(corpus):
    assert found(corpus, "honorific") == ["Mr.", "Mrs."]
    assert found(corpus, "party tag") == ["(R-Ohio)", "D-N.Y."]
    assert found(corpus, "weekday") == ["on Monday", "Tuesday"]
    assert found(corpus, "title") == ["Sen.", "President"]
    assert len(found(corpus, "dateline")) == 1


def test_a_name_is_what_is_hardly_ever_lower_case(corpus, make_corpus):
    assert "Velt" in found(corpus, "name")
    assert "Orlan" not in found(corpus, "name")  # the bird
    often = make_corpus("The orlan sings.", *["Orlan spoke, said Orlan and Orlan and Orlan."] * 3)
    masks = find_style(often)
    assert set(masks.loc[masks["kind"] == "name", "surface"]) == {"Orlan"}
    assert not (masks["article_id"] == "a0").any()


def test_spans_hold_and_steps_grow(corpus):
    masks = find_style(corpus, datelines=find_datelines(corpus))
    corpus.check_spans(masks)
    check(masks, "masks")
    steps = style_steps(masks)
    sizes = [0 if step is None else len(step) for step in steps.values()]
    assert list(steps)[:3] == ["none", "with datelines and credits", "with honorifics"]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == len(masks)


def test_own_kinds_come_last_and_nothing_makes_no_step(corpus, make_corpus):
    masks = find_style(corpus)
    assert list(style_steps(masks.assign(kind="motto"))) == ["none", "with motto"]
    nothing = find_style(make_corpus("plain words only"))
    check(nothing, "masks")
    assert style_steps(nothing) == {"none": None}
