"""Gold stands off from the text: no word is written, and it fits exactly the text that was annotated."""

import pandas as pd
import pytest

from framing.errors import SchemaError, SettingsError
from framing.evaluate import evaluate_spans, restore_surfaces, write_gold
from framing.reading import read_corpus, read_gold

WORDS = {"surface", "target_surface", "other_surface", "verb"}


@pytest.fixture(scope="module")
def kabul():
    return read_corpus("kabul-2021")


@pytest.mark.parametrize("name", ["labels", "edits", "quotations", "events"])
def test_real_gold_goes_out_without_words_and_comes_back_whole(kabul, tmp_path, name):
    gold = read_gold("kabul-2021", name)
    if name == "quotations":
        gold = gold.drop(columns=["quote_key", "speaker"])  # names, but some are the words of the article
    write_gold(kabul, {name: gold}, tmp_path)
    written = read_gold(tmp_path, name)
    assert not WORDS & set(written.columns)
    text = (tmp_path / f"{name}.csv").read_text("utf-8")
    for surface in gold.get("surface", pd.Series(dtype=str)):
        if len(surface.split()) > 3:
            assert surface not in text
    back = restore_surfaces(kabul, written)
    for column in ("article_id", "start", "end", "surface", "other_surface"):
        if column in gold.columns:
            assert back[column].fillna("").tolist() == gold[column].fillna("").tolist()
    if name == "labels":
        assert back["target"].fillna("").tolist() == gold["target_surface"].tolist()
        assert evaluate_spans(gold, back, n_resamples=2)[2].estimate == 1


def test_words_may_stay_where_the_text_is_ones_own(kabul, tmp_path):
    gold = read_gold("kabul-2021", "labels")
    write_gold(kabul, {"labels": gold}, tmp_path, standoff=False)
    assert read_gold(tmp_path, "labels")["surface"].tolist() == gold["surface"].tolist()


def spans(*rows):
    return pd.DataFrame(list(rows), columns=["article_id", "field", "start", "end", "surface", "note"])


def test_words_in_another_column_and_misplaced_spans_are_refused(make_corpus, tmp_path):
    corpus = make_corpus("Some words of the article stand here.")
    with pytest.raises(SchemaError) as caught:
        write_gold(
            corpus,
            {
                "a": spans(("a0", "text", 0, 4, "Some", "words of the article"), ("zz", "text", 0, 1, "x", "")),
                "b": spans(("a0", "text", 1, 4, "Some", "of the")),
            },
            tmp_path,
        )
    message = str(caught.value)
    assert "3 fault(s)" in message
    assert "a: column 'note' holds words of the articles (1 rows)" in message
    assert "a: the corpus has no article 'zz'" in message
    assert "b row 0 (article 'a0'): text[1:4] is not surface 'Some'" in message
    assert not list(tmp_path.iterdir())


def test_gold_of_another_text_is_refused(make_corpus, tmp_path):
    write_gold(make_corpus("Old text.", "Same."), {"g": spans(("a0", "text", 0, 3, "Old", ""))}, tmp_path)
    gold = read_gold(tmp_path, "g")
    assert restore_surfaces(make_corpus("Old text."), gold)["surface"].tolist() == ["Old"]
    with pytest.raises(SchemaError, match="'a0' .text. is not the one that was annotated"):
        restore_surfaces(make_corpus("New text."), gold)
    with pytest.raises(SchemaError, match="no article 'a0'"):
        restore_surfaces(make_corpus({"article_id": "b", "text": "Old text."}), gold)


def test_a_described_corpus_is_not_overwritten(make_corpus, tmp_path):
    corpus = make_corpus("Text.")
    (tmp_path / "corpus.toml").write_text('name = "mine"\n')
    with pytest.raises(SettingsError, match="describes another corpus"):
        write_gold(corpus, {}, tmp_path)
    write_gold(corpus, {}, tmp_path / "gold")
    write_gold(corpus, {"empty": spans()}, tmp_path / "gold")
    assert read_gold(tmp_path / "gold", "empty").empty


def test_names_and_tables_that_cannot_be_gold_are_refused(make_corpus, tmp_path):
    corpus = make_corpus("Text.")
    with pytest.raises(SettingsError, match="letters, digits, - and _ only. Got '../out'"):
        write_gold(corpus, {"../out": spans()}, tmp_path)
    with pytest.raises(SchemaError, match="g: there is no column article_id"):
        write_gold(corpus, {"g": spans().drop(columns="article_id")}, tmp_path)
