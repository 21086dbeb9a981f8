import pandas as pd
import pytest

from framing.cues import cue_rates, find_cues, keyword_in_context, language_of, load_lexicon
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import empty
from framing.text import find_quotations, find_sentences


def corpus_of(*rows, **columns):
    frame = pd.DataFrame([{"article_id": f"a{i}", **row} for i, row in enumerate(rows)])
    for name, value in {"outlet": "Harbour Gazette", "title": "", "text": "", **columns}.items():
        frame[name] = frame[name].fillna(value) if name in frame else value
    frame["published"] = pd.to_datetime(frame.get("published", pd.Series("2021-08-16", index=frame.index)), utc=True)
    return Corpus(frame.assign(published_precision="day"))


STORY = {
    "title": "The so-called Northern Front left",
    "text": (
        'The US-led Alpine coalition kept the "safe" corridor.\n\nIt "may return," an aide said. The self-styled '
        "prophet of the so-called Northern Front was reportedly killed. Villagers were arrested by soldiers."
    ),
}


def test_cues_carry_target_voice_and_place():
    corpus = corpus_of(STORY)
    cues = find_cues(corpus, quotations=find_quotations(corpus), sentences=find_sentences(corpus))
    corpus.check_spans(cues)
    by_words = cues.set_index("surface")
    assert by_words.loc["US-led", ["family", "target", "voice", "position"]].tolist() == [
        "control_tag",
        "Alpine coalition",
        "outlet",
        "lead",
    ]
    assert by_words.loc["self-styled", "target"] == "prophet"
    assert by_words.loc["may return", "voice"] == "quoted" if "may return" in by_words.index else True
    called = cues[cues["surface"] == "so-called"]
    assert called["target"].tolist() == ["Northern Front", "Northern Front"]
    assert called["position"].tolist() == ["title", "body"]
    assert by_words.loc['"safe"', "rule_id"] == "distancing/scare-quotes"
    assert "were arrested" not in by_words.index
    assert "was reportedly killed" in by_words.index


def test_quoted_cues_stay_and_say_so():
    corpus = corpus_of({"text": 'She said: "The regime is utterly lost and will soon fall."'})
    cues = find_cues(corpus, load_lexicon("naming", "intensifiers"), quotations=find_quotations(corpus))
    assert cues[["surface", "voice"]].to_numpy().tolist() == [["regime", "quoted"], ["utterly", "quoted"]]


def test_attributed_cues_say_so():
    corpus = corpus_of({"text": "Ankara calls the group terrorists. They left."})
    cues = find_cues(corpus, load_lexicon("inserted-labels"))
    assert cues["voice"].tolist() == ["attributed"]


def test_language_decides_which_rules_speak():
    corpus = corpus_of(
        {"text": "Так называемая республика объявила об этом, perhaps."},
        {"text": "Perhaps the so-called republic.", "language": "de"},
    )
    cues = find_cues(corpus, load_lexicon("distancing", "distancing-ru", "hedges"))
    assert cues[["article_id", "language"]].to_numpy().tolist() == [["a0", "ru"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Он сказал, что всё хорошо.", "ru"),
        ("Він сказав, що її немає.", "uk"),
        ("Der Mann ist nicht in der Stadt und wartet auf den Zug.", "de"),
        ("Le chef de la ville est dans une maison avec les autres.", "fr"),
        ("El jefe de la ciudad está con los otros en una casa.", "es"),
        ("Bu bir ev ve bu da bir okul için.", "tr"),
        ("", "en"),
    ],
)
def test_language_of(text, code):
    assert language_of(text) == code


def test_result_does_not_depend_on_row_order():
    rows = [{"article_id": f"a{i}", "title": "", "text": f"The so-called Front {i} is perhaps gone."} for i in range(5)]
    pd.testing.assert_frame_equal(find_cues(corpus_of(*rows)), find_cues(corpus_of(*rows[::-1])))


def test_rates_match_the_ratio_by_hand():
    corpus = corpus_of({"text": "perhaps " + "word " * 99}, {"text": "word " * 100}, {"text": "w " * 50, "outlet": "B"})
    rates = cue_rates(corpus, find_cues(corpus, load_lexicon("hedges")))
    assert rates["outlet"].tolist() == ["B", "Harbour Gazette"]
    gazette = rates.iloc[1]
    assert (gazette["n_cues"], gazette["n_words"], gazette["n_articles"]) == (1, 200, 2)
    assert gazette["per_1000"] == pytest.approx(5.0)
    # variance of the ratio: 2/(2-1) * (0.5**2 + 0.5**2) / 200**2, t(1, .975) = 12.7062
    assert gazette["ci_high"] == pytest.approx(5 + 12.7062 * 1000 * (1.0 / 200**2) ** 0.5, rel=1e-4)
    assert gazette["ci_low"] == 0
    assert rates.iloc[0]["per_1000"] == 0
    with pytest.raises(SettingsError, match="no column"):
        cue_rates(corpus, empty("cues"), by="nothing")
    with pytest.raises(SettingsError, match="level"):
        cue_rates(corpus, empty("cues"), level=2)


def test_keyword_in_context():
    corpus = corpus_of(STORY)
    lines = keyword_in_context(corpus, find_cues(corpus, load_lexicon("distancing")), window=4)
    first = lines.iloc[0]
    assert (first["left"], first["surface"], first["right"]) == ("The ", "so-called", " Nor")
    assert lines.columns[:4].tolist() == ["article_id", "outlet", "field", "start"]
    with pytest.raises(SettingsError):
        keyword_in_context(corpus, lines, window=-1)


def test_nothing_found_gives_empty_tables():
    corpus = corpus_of({"text": "Rain fell."})
    cues = find_cues(corpus, quotations=empty("quotations"), sentences=empty("sentences"))
    assert cues.empty
    assert list(cues.columns) == list(empty("cues").columns)
    assert cue_rates(corpus, cues).empty
    assert keyword_in_context(corpus, cues).empty


def test_rates_per_sentence():
    corpus = corpus_of({"text": "It may well rain. It might. It will."}, {"text": "It rains. It pours."})
    sentences = find_sentences(corpus)
    rates = cue_rates(corpus, find_cues(corpus, load_lexicon("hedges")), sentences=sentences).iloc[0]
    assert (rates["n_cues"], rates["n_sentences"]) == (2, 5)
    assert rates["per_sentence"] == pytest.approx(0.4)
    # variance of the ratio: 2/(2-1) * (0.8**2 + 0.8**2) / 5**2, t(1, .975) = 12.7062
    assert rates["sentence_ci_high"] == pytest.approx(0.4 + 12.7062 * (2 * 1.28 / 25) ** 0.5, rel=1e-4)
    assert rates["sentence_ci_low"] == 0
