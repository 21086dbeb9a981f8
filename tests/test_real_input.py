"""The whole way on real material; skipped where it is absent. None of its words stand here."""

import re
import resource
import time

import pandas as pd
import pytest

from framing.pipeline import Settings, compare
from framing.reading import read_corpus

pytestmark = pytest.mark.shared

LABEL = "(terrorist organization, banned in Russia)"

# A sibling in our own words, without the label.
SIBLING = {
    "article_id": "sibling",
    "outlet": "Harbour Gazette",
    "title": "Johnson rings allies over Afghanistan as the Taliban movement takes power",
    "text": (
        "Britain's prime minister, Boris Johnson, has telephoned other leaders to ask for a common answer of the "
        "Western powers to Afghanistan after the Taliban movement seized power there, his office told reporters on "
        "Monday.\n\n"
        "Ministers also want to get British citizens and the Afghans who helped the army out of Kabul (NGO staff "
        "among them), and lawmakers come back from their holidays on Wednesday for a debate.\n\n"
        "The US-led withdrawal began under an agreement of February 2020."
    ),
    "published": "2021-08-16",
}


def read_seed(path):
    first, _, rest = path.read_text("utf-8").partition("\n")
    title = re.sub(r"^\s*date \d{4}-\d{2}-\d{2} ", "", first)
    return {
        "article_id": "seed",
        "outlet": "UrduPoint",
        "title": title,
        "text": rest.lstrip("\n"),
        "published": re.search(r"\d{4}-\d{2}-\d{2}", first).group(),
    }


def without_label(seed):
    """The story as a clean copy: the label taken out, a word changed beside it."""
    clean = {k: seed[k].replace(f" {LABEL} seized", " took") for k in ("title", "text")}
    return {**seed, **clean, "article_id": "copy", "outlet": "Prairie Courier"}


@pytest.fixture(scope="module", params=["own words", "edited copy"])
def seed_comparison(request, shared_seed):
    seed = read_seed(shared_seed)
    sibling = SIBLING if request.param == "own words" else without_label(seed)
    return compare(read_corpus(pd.DataFrame([seed, sibling])), Settings(n_permutations=9))


def test_the_seed_story_s_labels(seed_comparison):
    labels = seed_comparison["labels"]
    corpus = seed_comparison.corpus
    assert labels["article_id"].tolist() == ["seed", "seed"]
    assert labels["field"].tolist() == ["title", "text"]
    assert labels["surface"].tolist() == [LABEL, LABEL]
    corpus.check_spans(labels)
    for name, start, target_start, target_end, target in zip(
        *(labels[c] for c in ("field", "start", "target_start", "target_end", "target")), strict=True
    ):
        text = corpus.texts(name)["seed"]
        assert start == text.index(LABEL)
        assert text[target_start:target_end] == target == "Taliban movement"
    assert labels["by_rule"].all()
    assert labels["by_insertion"].all()
    for column, value in {
        "form": "parenthetical",
        "authority": "Russia",
        "origin": "Sputnik",
        "carrier": "UrduPoint",
        "obligation": "regulatory",
        "voice": "outlet",
    }.items():
        assert set(labels[column]) == {value}, column


def test_the_seed_story_s_dateline_and_cues(seed_comparison):
    datelines = seed_comparison["datelines"]
    row = datelines[(datelines["article_id"] == "seed") & (datelines["kind"] == "dateline")].iloc[0]
    assert row[["place", "agency", "date"]].tolist() == ["LONDON", "UrduPoint News / Sputnik", "2021-08-16"]
    cues = seed_comparison["cues"]
    led = cues[(cues["article_id"] == "seed") & (cues["surface"].str.contains("US-led"))]
    assert led["rule_id"].str.startswith("control-tags/").any()


def test_the_whole_way_on_229_real_articles(shared_data, tmp_path):
    started = time.process_time()
    result = compare(read_corpus(shared_data / "events" / "g5.jsonl"))
    page = result.to_html()
    result.save(tmp_path)
    assert time.process_time() - started < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000  # KiB on Linux
    assert len(result.corpus) == 229
    assert len(page) < 15_000_000
    for name in ("sentences", "quotations", "datelines", "passages", "edits", "cues", "labels"):
        result.corpus.check_spans(result[name])
