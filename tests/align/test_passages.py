import random

import pandas as pd
import pytest

from framing.align.edits import diff_passages, diff_words
from framing.align.passages import align_passages
from framing.errors import SettingsError
from framing.reading import read_corpus
from framing.schema import check, empty
from framing.text import find_sentences
from tests.benchmarks.planted import paraphrased


def one_event(corpus):
    return check(pd.DataFrame({"article_id": corpus.article_ids, "event_id": "e", "n_candidates": 0}), "events")


def changes(text, other):
    return [(e.operation, text[e.start : e.end], other[e.other_start : e.other_end]) for e in diff_words(text, other)]


LABEL = "(banned in Russia)"


WIRE = (
    "The Meridian movement entered the capital on Sunday evening. Officials closed the main airport at noon. "
    "Nearly 600 soldiers guarded the northern gate through the night."
)


def test_copies_are_matched_one_to_one_and_moves_are_marked(make_corpus):
    copy = (
        "Nearly 700 soldiers guarded the northern gate through the night. "
        "The Meridian movement (banned in Ruritania) entered the capital on Sunday evening. "
        "Officials closed the main airport at noon."
    )
    corpus = make_corpus(WIRE, copy)
    passages = align_passages(corpus, one_event(corpus))
    ours = passages[passages["article_id"] == "a0"]
    assert ours["relation"].tolist() == ["edited", "verbatim", "edited"]
    assert ours["moved"].tolist() == [False, False, True]
    edits = diff_passages(corpus, passages)
    assert edits[["operation", "surface", "other_surface", "type"]].to_numpy().tolist() == [
        ["insert", "", "(banned in Ruritania)", "bracket"],
        ["replace", "600", "700", "number"],
    ]
    for table in (passages, edits):
        corpus.check_spans(table)
        corpus.check_spans(table, "other_")


def test_reports_are_matched_many_to_one_and_the_rest_is_unique(make_corpus):
    corpus = make_corpus(
        "The court fined the bakery on Tuesday. Bread prices rose sharply in March.",
        "On Tuesday a court imposed a fine: the bakery must pay. "
        "The bakery was fined by the court, lawyers said on Tuesday.",
    )
    passages = align_passages(corpus, one_event(corpus))
    back = passages[passages["article_id"] == "a1"]
    assert back["other_surface"].nunique() == 1
    lonely = passages[(passages["article_id"] == "a0") & passages["surface"].str.startswith("Bread")].iloc[0]
    assert lonely["relation"] == "unique"
    assert pd.isna(lonely["other_start"])
    assert isinstance(lonely["nearest"], str)


def test_joined_sentences_are_merged_and_seen_from_there_split(make_corpus):
    parts = (
        "The court fined the Halden bakery nine thousand crowns on Tuesday.",
        "Inspectors had found mouldy flour beneath its ovens in March.",
    )
    joined = f"{parts[0][:-1]}, and inspectors had found mouldy flour beneath its ovens in March."
    lonely = "Its owner keeps bees behind an old windmill."
    corpus = make_corpus(" ".join(parts), f"{joined} {lonely}")
    passages = align_passages(corpus, one_event(corpus))
    assert passages["relation"].tolist() == ["merged", "merged", "split", "unique"]
    split = passages[passages["relation"] == "split"].iloc[0]
    assert split["other_surface"] == " ".join(parts)
    corpus.check_spans(passages, "other_")


def test_the_same_sentence_about_others_is_no_answer(make_corpus):
    rest = "Nobody at Orvik harbour had expected snow that early."
    corpus = make_corpus(
        f"On Monday the mayor of Halden, Ida Moen, promised Grete Lund a new bridge. {rest}",
        f"On Monday the mayor of Tynset, Olav Berg, promised Knut Dahl a new bridge. {rest}",
    )
    passages = align_passages(corpus, one_event(corpus))
    assert passages["relation"].tolist() == ["unique", "verbatim"] * 2
    assert passages["nearest"].notna().all()


def test_shared_quotations_are_told_from_copied_reporting(make_corpus):
    said = "Nothing in this valley will ever be the same after the flood"
    told = "Rescuers in the valley counted eleven wrecked barns on Friday."
    corpus = make_corpus(f"“{said},” said Ida Moen. {told}", f"Moen told us: “{said}.” {told}")
    passages = align_passages(corpus, one_event(corpus))
    ours = passages[passages["article_id"] == "a0"]
    assert ours["relation"].tolist() == ["edited", "verbatim"]
    assert ours["quoted"].tolist() == [True, False]


def test_masked_labels_do_not_change_the_scores(make_corpus):
    text = "The Meridian movement entered the capital on Sunday evening. Officials closed an airport at noon."
    label = " (listed as a terrorist organization by Ruritania, Freedonia and Sylvania)"
    labelled = text.replace("movement", f"movement{label}")
    corpus = make_corpus(text, labelled)
    start = labelled.index(label)
    mask = {"article_id": "a1", "field": "text", "start": start, "end": start + len(label), "surface": label}
    masks = check(pd.DataFrame([{**mask, "kind": "label"}]), "masks")
    plain, masked = (align_passages(corpus, one_event(corpus), masks=m) for m in (None, masks))
    bare = make_corpus(text, text)
    assert masked["score"].tolist() == [1.0] * 4 or masked["score"].min() > plain["score"].min()
    assert masked["relation"].tolist() == ["edited", "verbatim"] * 2
    assert align_passages(bare, one_event(bare))["relation"].tolist() == ["verbatim"] * 4


@pytest.mark.parametrize("moved", [False, True])
def test_planted_answers_are_found(make_corpus, moved):
    """A floor on a small planted set of our own sentences; the benchmark measures on real articles."""
    corpus = read_corpus("kabul-2021")
    cut = find_sentences(corpus)
    stories = [g["surface"].tolist() for _, g in cut[cut["zone"] == "body"].groupby("article_id") if len(g) >= 10]
    rng = random.Random(5)  # noqa: S311 - synthetic data
    hits = found = planted = 0
    for story in stories[::4]:
        ours, own = story[: len(story) * 2 // 3], story[len(story) * 2 // 3 :]
        theirs = [(paraphrased(s, rng), k) for k, s in enumerate(ours) if k % 3] + [(s, -1) for s in own]
        if moved:
            rng.shuffle(theirs)
        pair = make_corpus("\n".join(ours), "\n".join(s for s, _ in theirs))
        passages = align_passages(pair, one_event(pair))
        back = passages[(passages["article_id"] == "a1") & (passages["relation"] != "unique")]
        source = dict(theirs)
        gold = {(s, ours[k]) for s, k in theirs if k >= 0}
        links = {(s, o) for s, o in zip(back["surface"], back["other_surface"], strict=True) if s in source}
        hits, found, planted = hits + len(links & gold), found + len(links), planted + len(gold)
    assert hits / found >= 0.93
    assert hits / planted >= 0.9


def test_order_of_rows_does_not_matter(make_corpus):
    rows = [{"article_id": f"x{k}", "text": WIRE[k * 3 :] + f" Ending number {k} is here."} for k in range(4)]
    one, other = make_corpus(*rows), make_corpus(*rows[::-1])
    pd.testing.assert_frame_equal(align_passages(one, one_event(one)), align_passages(other, one_event(other)))


def test_nothing_in_nothing_out(make_corpus):
    corpus = make_corpus("One.", "Two.")
    assert align_passages(corpus, empty("events")).empty
    assert diff_passages(corpus, empty("passages")).empty
    with pytest.raises(SettingsError, match="cut must lie"):
        align_passages(corpus, one_event(corpus), cut=0)
