import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.align import (
    align_passages,
    collate_families,
    edit_scripts,
    find_families,
    find_reuse,
    find_shared_passages,
    rebuild,
)
from framing.errors import SettingsError
from framing.reading import read_corpus
from framing.schema import check, empty
from tests.align.test_reuse import story

PASSAGE = "The minister said on Monday that the bridge over the Lena would open before the first ice"
PIECES = st.text(alphabet=st.sampled_from(["a", "b", "é", " ", "\n", ".", "(", "\U0001f600"]), min_size=1, max_size=40)


def pair(one: str, other: str) -> pd.DataFrame:
    return pd.DataFrame({"article_id": [one], "other_id": [other]})


def test_a_shared_passage_has_exact_spans_in_both(make_corpus):
    first = f"Something else stands before it. {PASSAGE}, and so on."
    second = f"“{PASSAGE.upper()}” was all that the other took from it."
    found = find_shared_passages(make_corpus(first, second), pair("a0", "a1"))
    assert found["surface"].tolist() == [PASSAGE]
    assert found["other_surface"].tolist() == [PASSAGE.upper()]
    assert found["n_words"].tolist() == [len(PASSAGE.split())]
    row = found.iloc[0]
    assert first[row["start"] : row["end"]] == row["surface"]
    assert second[row["other_start"] : row["other_end"]] == row["other_surface"]
    check(found, "shared_passages")


def test_a_longer_passage_behind_a_short_one_is_found(make_corpus):
    one = "q r s t u v w x y z k l m n o p"
    other = "q r s t u v X Y r s t u v w x y z k l m n o p"  # from q six words are common, from r fifteen
    found = find_shared_passages(make_corpus(one, other), pair("a0", "a1"))
    assert found["n_words"].tolist() == [15]


def test_a_mask_ends_a_passage(make_corpus):
    corpus = make_corpus(PASSAGE, PASSAGE)
    at = PASSAGE.index("Lena")
    masks = pd.DataFrame(
        {"article_id": ["a0"], "field": ["text"], "start": [at], "end": [at + 4], "surface": ["Lena"]}
    ).assign(kind="label", source_id=None)
    found = find_shared_passages(corpus, pair("a0", "a1"), masks=masks)
    assert found["surface"].tolist() == [PASSAGE[: at - 1]]


def test_shared_passages_ask_for_a_sensible_length(make_corpus):
    with pytest.raises(SettingsError, match="at least 5"):
        find_shared_passages(make_corpus("a", "b"), pair("a0", "a1"), min_words=4)
    assert find_shared_passages(make_corpus("a", "b"), pair("a0", "a1")).empty


@given(st.lists(PIECES, min_size=2, max_size=4))
def test_base_and_script_rebuild_every_member(texts):
    texts = [f"x{text}x" for text in texts]  # a corpus takes no empty text
    rows = [{"article_id": f"a{k}", "outlet": "o", "text": text} for k, text in enumerate(texts)]
    corpus = read_corpus(pd.DataFrame(rows))
    held = dict(zip(corpus.articles["article_id"], corpus.articles["text"], strict=True))
    members = sorted(held)
    roles = ["base"] + ["copy"] * (len(members) - 1)
    families = pd.DataFrame({"family_id": "f", "article_id": members, "role": roles})
    scripts = edit_scripts(corpus, families)
    for member in members[1:]:
        assert rebuild(held[members[0]], scripts[scripts["other_id"] == member]) == held[member]


def test_a_script_is_short_and_belongs_to_its_base(make_corpus):
    corpus = make_corpus("one two three four", "one two (banned) three four", "one two three four")
    families = pd.DataFrame({"family_id": "f", "article_id": ["a0", "a1", "a2"], "role": ["base", "copy", "copy"]})
    scripts = edit_scripts(corpus, families)
    assert scripts[["other_id", "operation", "surface", "other_surface"]].to_numpy().tolist() == [
        ["a1", "insert", "", "(banned) "]
    ]
    broken = scripts.assign(start=0, end=3, surface="two")
    with pytest.raises(SettingsError, match="another base"):
        rebuild("one two three four", broken)
    with pytest.raises(SettingsError, match="one copy"):
        rebuild("x", pd.concat([scripts, scripts.assign(other_id="a9")]))


def test_the_copies_of_a_story_are_laid_beside_its_base(make_corpus):
    lines = [f"{' '.join(story(k, 14)).capitalize()}." for k in range(1, 6)]
    changed = lines[1].replace(lines[1].split()[6], "quite")
    own = f"{' '.join(story(9, 14)).capitalize()}."
    rows = [
        {"text": " ".join(lines), "published": "2024-01-01T10:00:00Z"},
        {"text": " ".join([lines[0], changed, *lines[2:4], own]), "published": "2024-01-01T12:00:00Z"},
    ]
    corpus = make_corpus(*rows)
    families = find_families(corpus, find_reuse(corpus))
    events = pd.DataFrame({"event_id": "e", "article_id": ["a0", "a1"]})
    table = collate_families(families, align_passages(corpus, events))
    assert set(table["base"]) == {"a0"}
    assert table.groupby("status")["surface"].agg(list).to_dict() == {
        "kept": [lines[0], lines[2], lines[3]],
        "changed": [lines[1]],
        "cut": [lines[4]],
        "added": [own],
    }
    assert collate_families(empty("families"), empty("passages")).empty
