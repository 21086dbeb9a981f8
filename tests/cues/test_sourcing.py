"""Who speaks, with which verb, and what kind of source it is. All sentences are written for these tests."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

import framing as fr
from framing.errors import LexiconError, SettingsError
from framing.reading import Corpus


def corpus_of(*texts, language="en", **columns):
    rows = [
        {"article_id": f"a{k}", "outlet": f"O{k}", "title": "", "text": text, "language": language}
        for k, text in enumerate(texts)
    ]
    return Corpus(pd.DataFrame(rows).assign(**columns))


def attribute(text, language="en", **options):
    corpus = corpus_of(text, language=language)
    table = fr.attribute_quotations(corpus, fr.find_quotations(corpus), **options)
    for prefix in ("speaker", "verb", "via"):
        for row in table.dropna(subset=[prefix]).itertuples():
            start, end = getattr(row, f"{prefix}_start"), getattr(row, f"{prefix}_end")
            assert text[start:end] == getattr(row, prefix)
    return table


@pytest.mark.parametrize(
    ("text", "speaker", "verb", "resolved"),
    [
        ('"We will close the bridge," Anna Lund said.', "Anna Lund", "said", "adjacency"),
        ('"We will close the bridge," said Anna Lund on Monday.', "Anna Lund", "said", "adjacency"),
        ('Anna Lund said, "We will close the bridge."', "Anna Lund", "said", "adjacency"),
        (
            'Anna Lund, the mayor of Torsby, said: "We will close the bridge."',
            "Anna Lund, the mayor of Torsby",
            "said",
            "adjacency",
        ),
        ('"We will close the bridge," Mr. Lund of Torsby told reporters.', "Mr. Lund of Torsby", "told", "adjacency"),
        ('"Will you close the bridge?" Lund asked. The crowd left.', "Lund", "asked", "adjacency"),
        ("''We will close the bridge,'' Ms. Lund said.", "Ms. Lund", "said", "adjacency"),
        ('"We will close the bridge", she said.', "she", "said", "pronoun"),
        (
            '"We will close the bridge," said a senior official at the port.',
            "a senior official at the port",
            "said",
            "title",
        ),
        ('"We will close the bridge," he later added.', "he", "added", "pronoun"),
        ('The bridge, a spokesman said, "will be closed for two years."', "a spokesman", "said", "title"),
        ('Lund went on to say, "We will close the bridge."', "Lund", "went on to say", "adjacency"),
        (
            'According to Anna Lund, the bridge "will be closed for two years".',
            "Anna Lund",
            "According to",
            "adjacency",
        ),
        ('The mayor opened the meeting, saying "we will close the bridge."', "The mayor", "saying", "title"),
        ('Lund, who says "the bridge must be closed," left early.', "Lund, who", "says", "adjacency"),
        ('Said Lund: "We will close the bridge."', "Lund", "Said", "adjacency"),
        (
            'Lund, who is a lawyer in Torsby, Sweden, said "we will close the bridge."',
            "Lund, who is a lawyer in Torsby, Sweden",
            "said",
            "adjacency",
        ),
        (
            'Judge Berg, writing for the court, said Torsby\'s old bridge "must be closed at once."',
            "Judge Berg, writing for the court",
            "said",
            "adjacency",
        ),
    ],
)
def test_the_speaker_stands_beside_the_quotation(text, speaker, verb, resolved):
    row = attribute(text).iloc[0]
    assert (row["speaker"], row["verb"], row["resolved"]) == (speaker, verb, resolved)


@pytest.mark.parametrize(
    "text",
    [
        'The book "A short history of bridges" sold well.',
        '"We will close the bridge."',
        'The bridge was closed. "Nobody goes there at night."',
        'Under the rule of "one boat at a time" traffic was slow.',
    ],
)
def test_without_a_verb_of_speech_a_quotation_is_unresolved(text):
    row = attribute(text).iloc[0]
    assert row["resolved"] == "unresolved"
    assert row[["speaker", "verb", "verb_class", "speaker_key", "source_type", "confidence"]].isna().all()


def test_a_speaker_is_carried_within_the_paragraph_only():
    text = '"We will close it," Lund said. "The bridge is not safe."\n\n"I have never seen such a crowd."'
    table = attribute(text)
    assert table["resolved"].tolist() == ["adjacency", "carry", "unresolved"]
    assert table["speaker_key"].tolist()[:2] == ["Lund", "Lund"]
    assert table["confidence"].iloc[1] < table["confidence"].iloc[0]


def test_an_open_quotation_goes_on_in_the_next_paragraph():
    table = attribute('Lund said: "The bridge is not safe.\n"We will close it on Monday."')
    assert table["kind"].iloc[0] == "unclosed"
    assert table["speaker_key"].tolist() == ["Lund", "Lund"]


def test_a_line_that_introduces_a_quotation():
    table = attribute('The mayor spoke to the crowd. Anna Lund said:\n\n"The bridge is not safe."')
    assert table["speaker"].iloc[0] == "Anna Lund"


@pytest.mark.parametrize(
    "text",
    [
        '"We will close the bridge," Lund was quoted as saying by the Torsby Courier.',
        '"We will close the bridge," Lund said on Monday, according to the Torsby Courier.',
        '"We will close the bridge," Lund was quoted as saying on Monday by the Torsby Courier.',
    ],
)
def test_nested_sources_are_kept(text):
    row = attribute(text).iloc[0]
    assert (row["speaker"], row["via"], row["resolved"]) == ("Lund", "the Torsby Courier", "nested")


@pytest.mark.parametrize(
    ("text", "role", "resolved"),
    [
        ('Lund called the bridge "unsafe" and left.', "partial quote", "adjacency"),
        ('The "unsafe" bridge was closed.', "scare quote", "unresolved"),
        ('They played "Old Bridge Song" again.', "title", "unresolved"),
        ('"We closed it yesterday," Lund said. The "closure" lasted a day.', "scare quote", "unresolved"),
    ],
)
def test_short_quotations_are_never_forced(text, role, resolved):
    row = attribute(text).iloc[-1]
    assert (row["role"], row["resolved"]) == (role, resolved)


def test_a_pronoun_takes_the_nearest_source_of_its_gender():
    text = (
        "Anna Lund met Mr. Karl Berg in Torsby. Berg said the bridge was old.\n\n"
        '"We will close the bridge," she said.\n\n'
        '"I would rather paint it blue," he said.\n\n"We are all tired of it," they said.'
    )
    table = attribute(text)
    assert table["speaker"].tolist() == ["she", "he", "they"]
    assert table["speaker_key"].tolist()[:2] == ["Anna Lund", "Karl Berg"]
    assert pd.isna(table["speaker_key"].iloc[2])
    assert (table["key_confidence"].iloc[:2] < 0.9).all()


def test_a_surname_takes_its_full_name_and_what_describes_it():
    text = 'Anna Lund, an economist at the port, came. "The bridge is not safe," Lund said.'
    row = attribute(text).iloc[0]
    assert (row["speaker_key"], row["source_type"], row["type_evidence"]) == ("Anna Lund", "expert", "economist")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"The bridge is not safe," a person familiar with the plan said.', "anonymous"),
        ('"The bridge is not safe," the report said.', "document"),
        ('"The bridge is not safe," Prime Minister Olsen said.', "official"),
        ('"The bridge is not safe," said Eva Holm, a resident of the old town.', "ordinary"),
        ('"The bridge is not safe," said Professor Holm.', "expert"),
        ('"The bridge is not safe," said Eva Holm.', "named"),
    ],
)
def test_kinds_of_source(text, kind):
    assert attribute(text)["source_type"].iloc[0] == kind


@pytest.mark.parametrize(
    ("text", "verb_class", "negated", "tense"),
    [
        ('"The bridge is not safe," Lund said.', "neutral", False, "past"),
        ('"The bridge is not safe," Lund claims.', "doubting", False, "present"),
        ('"The bridge is not safe," Lund has admitted.', "endorsing", False, "perfect"),
        ('"The bridge is not safe," Lund insisted.', "combative", False, "past"),
        ('Lund did not say "the bridge is not safe".', "neutral", True, "past"),
        ('Lund refused to say "the bridge is not safe".', "neutral", True, "infinitive"),
        ('Lund will say "the bridge is not safe".', "neutral", False, "future"),
        ('"The bridge is not safe," Lund bellowed.', "other", False, "past"),
    ],
)
def test_verbs_keep_class_negation_and_tense(text, verb_class, negated, tense):
    row = attribute(text).iloc[0]
    assert (row["verb_class"], row["negated"], row["tense"]) == (verb_class, negated, tense)


def test_verbs_are_the_users_own(tmp_path):
    path = tmp_path / "mine.toml"
    header = 'name = "mine"\nversion = "1"\nlanguage = "en"\nsource = "s"\nlicence = "l"\ncitation = "c"\n'
    rule = '[[rule]]\nid = "a"\nfamily = "reporting_sung"\nrationale = "r"\nwords = [{}]\n'
    path.write_text(header + rule.format('"sang out"'), encoding="utf-8")
    text = 'Lund sang out "the bridge is not safe" and Berg said "it is safe enough".'
    table = attribute(text, lexicon=fr.load_lexicon(path))
    assert table["verb_class"].iloc[0] == "sung"
    assert table["resolved"].tolist()[1:] == ["unresolved"] or table["speaker"].iloc[1] == "Lund"
    path.write_text(header + rule.format('"sang*"'), encoding="utf-8")
    with pytest.raises(LexiconError, match="written out in all its forms"):
        attribute(text, lexicon=fr.load_lexicon(path))


def test_no_quotations_and_no_speech_give_empty_tables():
    corpus = corpus_of("Nothing was heard.", "")
    table = fr.attribute_quotations(corpus, fr.find_quotations(corpus))
    assert table.empty
    assert "speaker_key" in table.columns


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                '"',
                "“",
                "”",
                "said",
                "Lund",
                ",",
                ".",
                "he",
                "the",
                "\n",
                "(",
                ")",
                "-",
                "to",
                "by",
                "who",
                "according to",
            ]
        ),
        max_size=30,
    )
)
def test_any_order_of_words_is_read(words):
    attribute(" ".join(words))


@pytest.mark.parametrize(
    ("text", "speaker", "verb", "content", "mode"),
    [
        ("Anna Lund said that the bridge is not safe.", "Anna Lund", "said", "the bridge is not safe", "indirect"),
        ("The bridge is not safe, Anna Lund said.", "Anna Lund", "said", "The bridge is not safe", "indirect"),
        (
            "The bridge is not safe, said Anna Lund, the mayor.",
            "Anna Lund, the mayor",
            "said",
            "The bridge is not safe",
            "indirect",
        ),
        (
            "According to the mayor, the bridge is not safe.",
            "the mayor",
            "According to",
            "the bridge is not safe",
            "indirect",
        ),
        (
            "The bridge is not safe, according to a report.",
            "a report",
            "according to",
            "The bridge is not safe",
            "indirect",
        ),
        ("Lund told reporters that the bridge is not safe.", "Lund", "told", "the bridge is not safe", "indirect"),
        ('Lund said the bridge is "not at all safe".', "Lund", "said", 'the bridge is "not at all safe"', "partial"),
        ('"The bridge is not safe," Lund told a meeting.', "Lund", "told", '"The bridge is not safe,"', "direct"),
        ("Lund: Closing the bridge is wrong", "Lund", ":", "Closing the bridge is wrong", "indirect"),
        ("Lund Says Bridge Is Not Safe At All", "Lund", "Says", "Bridge Is Not Safe At All", "indirect"),
    ],
)
def test_reported_speech_has_source_verb_and_content(text, speaker, verb, content, mode):
    corpus = corpus_of(text)
    table = fr.find_reported_speech(corpus)
    corpus.check_spans(table)
    assert table[["speaker", "verb", "surface", "mode"]].to_numpy().tolist() == [[speaker, verb, content, mode]]


def test_two_verbs_of_one_subject_report_two_contents():
    table = fr.find_reported_speech(corpus_of("Lund said the bridge was old, adding that nobody used it."))
    assert table["surface"].tolist() == ["the bridge was old", "nobody used it"]
    assert table["speaker"].tolist() == ["Lund", "Lund"]


def test_an_opinion_within_reported_speech_is_part_of_it():
    table = fr.find_reported_speech(corpus_of("Lund said the voters want a new bridge."))
    assert table["verb"].tolist() == ["said"]


@pytest.mark.parametrize(
    "text",
    [
        "The latest reports were lost.",
        "His claims were examined by a court.",
        "The bridge was said to be old.",
        "He wanted to say something.",
        "The state called an election.",
    ],
)
def test_nouns_passives_and_wishes_are_no_speech(text):
    assert not fr.find_reported_speech(corpus_of(text))["verb"].isin(["reports", "claims", "said", "say"]).any()


@pytest.mark.parametrize(
    ("text", "speaker", "verb", "verb_class", "kind"),
    [
        ("«Мы закроем мост в понедельник», — сказала Анна Лунд.", "Анна Лунд", "сказала", "neutral", "named"),
        (
            "«Мы закроем мост в понедельник», — заявил министр транспорта Лунд.",
            "министр транспорта Лунд",
            "заявил",
            "neutral",
            "official",
        ),
        ("Лунд утверждает: «Мост был совершенно исправен».", "Лунд", "утверждает", "doubting", "named"),
        ("«Мост был совершенно исправен», — отметил он.", "он", "отметил", "endorsing", None),
    ],
)
def test_russian_quotations(text, speaker, verb, verb_class, kind):
    row = attribute(text, language="ru").iloc[0]
    assert (row["speaker"], row["verb"], row["verb_class"]) == (speaker, verb, verb_class)
    assert row["source_type"] == kind if kind else pd.isna(row["source_type"])


@pytest.mark.parametrize(
    ("text", "speaker", "verb", "content"),
    [
        ("По словам мэра города, мост закрыт на два года.", "мэра города", "По словам", "мост закрыт на два года"),
        ("Министр сообщил, что мост закрыт на два года.", "Министр", "сообщил", "мост закрыт на два года"),
        ("Мост закрыт на два года, сообщает агентство.", "агентство", "сообщает", "Мост закрыт на два года"),
        ("Как заявила Анна Лунд, мост закрыт на два года.", "Анна Лунд", "заявила", "мост закрыт на два года"),
        ("Согласно докладу, мост закрыт на два года.", "докладу", "Согласно", "мост закрыт на два года"),
        ("Мост закрыт на два года, сообщает «Волна».", "«Волна»", "сообщает", "Мост закрыт на два года"),
        ("В июне присяжные признали, что мост старый.", "присяжные", "признали", "мост старый"),
        ("Мост, по словам мэра, совсем старый.", "мэра", "по словам", "совсем старый"),
    ],
)
def test_russian_reported_speech(text, speaker, verb, content):
    table = fr.find_reported_speech(corpus_of(text, language="ru"))
    assert table[["speaker", "verb", "surface"]].to_numpy().tolist() == [[speaker, verb, content]]


@pytest.mark.parametrize("text", ["Его обвиняют в краже мостов.", "Об этом сообщила мэрия города."])
def test_russian_objects_are_no_speakers(text):
    assert fr.find_reported_speech(corpus_of(text, language="ru")).empty


def test_the_language_is_read_where_it_is_not_given():
    table = fr.find_reported_speech(
        corpus_of("По словам мэра, мост закрыт на два года, а дорога открыта.", language=None)
    )
    assert table["speaker"].tolist() == ["мэра"]


ONE = (
    '"The bridge is closed until spring," Anna Lund said.\n\n'
    '"Nobody asked the fishermen about it," claimed Karl Berg, a fisherman.\n\n'
    '"It was never safe in a storm," she added. "We measured it twice."\n\n"I do not live here anymore."'
)
TWO = (
    'Anna Lund admitted: "The bridge is closed until spring, whatever people say."\n\nThe "closure" annoys many. '
    'According to Lund, "we measured it".'
)
THREE = 'The bridge was the subject. "Nobody, alas, asked the fishermen about it," Berg said.\n\nLater Karl Berg left.'


@pytest.fixture
def covered():
    corpus = corpus_of(ONE, TWO, THREE)
    events = pd.DataFrame({"article_id": ["a0", "a1", "a2"], "event_id": "e", "n_candidates": 0, "confidence": 1.0})
    return corpus, fr.attribute_quotations(corpus, fr.find_quotations(corpus)), events


def test_share_of_voice_counts_words_and_turns_and_what_is_not_resolved(covered):
    corpus, table, events = covered
    voices = fr.share_of_voice(corpus, table, events=events, by="speaker_key").set_index(["outlet", "voice"])
    assert voices.loc[("O0", "Anna Lund"), ["n_words", "n_turns"]].tolist() == [17, 2]
    assert voices.loc[("O0", "Karl Berg"), ["n_words", "n_turns"]].tolist() == [6, 1]
    assert voices.loc[("O0", "unresolved"), ["n_words", "n_turns"]].tolist() == [6, 1]
    assert voices.loc["O0"]["coverage"].tolist() == [0.75] * 3
    assert voices.loc[("O1", "unresolved"), "n_turns"] == 0
    assert voices.loc["O0"]["word_share"].sum() == pytest.approx(1)
    assert ("O1", "closure") not in voices.index


def test_share_of_voice_has_intervals_over_events():
    corpus = corpus_of(ONE, ONE, TWO, TWO)
    corpus = Corpus(corpus.articles.assign(outlet=["X", "X", "X", "X"]))
    table = fr.attribute_quotations(corpus, fr.find_quotations(corpus))
    events = pd.DataFrame({"article_id": corpus.article_ids, "event_id": ["e", "e", "f", "f"], "n_candidates": 0})
    by_type = fr.share_of_voice(corpus, table, events=events).set_index("voice")
    row = by_type.loc["ordinary"]
    assert row["ci_low"] == 0
    assert row["ci_low"] < row["word_share"] < row["ci_high"]
    assert row["n_clusters"] == 2
    by_key = fr.voice_diversity(corpus, table, events=events)
    assert 1 <= by_key["ci_low"].iloc[0] <= by_key["effective"].iloc[0] <= by_key["ci_high"].iloc[0]
    with pytest.raises(SettingsError, match="by must be one of"):
        fr.share_of_voice(corpus, table, by="verb")


def test_diversity_is_the_exponential_of_the_entropy(covered):
    corpus, table, events = covered
    found = fr.voice_diversity(corpus, table, events=events).set_index("outlet")
    share = np.array([2 / 3, 1 / 3])
    assert found.loc["O0", "effective"] == pytest.approx(np.exp(-(share * np.log(share)).sum()))
    assert found.loc["O1", "effective"] == pytest.approx(1)
    assert found.loc["O0", "coverage"] == 0.75


def test_one_quotation_across_outlets(covered):
    corpus, table, events = covered
    found = fr.compare_quotations(corpus, table, events)
    corpus.check_spans(found)
    corpus.check_spans(found, "other_")
    closed = found[found["surface"].str.contains("closed until") & (found["other_outlet"] == "O1")].iloc[0]
    assert closed[["status", "verb", "other_verb", "same_verb", "same_class", "same_speaker"]].tolist() == [
        "extended",
        "said",
        "admitted",
        False,
        False,
        True,
    ]
    back = found[found["surface"].str.contains("whatever") & (found["other_outlet"] == "O0")].iloc[0]
    assert (back["status"], back["other_surface"]) == ("truncated", closed["surface"])
    edited = found[found["surface"].str.contains("alas") & (found["other_outlet"] == "O0")].iloc[0]
    assert (edited["status"], edited["same_speaker"]) == ("edited", True)
    missing = found[found["surface"].str.contains("alas") & (found["other_outlet"] == "O1")].iloc[0]
    assert missing["status"] == "not found"
    assert pd.isna(missing["other_id"])


def test_verbs_of_one_speaker_by_outlet(covered):
    corpus, table, events = covered
    found = fr.compare_verbs(corpus, table, events).set_index(["speaker_key", "outlet", "verb_class"])
    assert found.loc[("Karl Berg", "O0", "doubting"), ["n", "n_speaker", "share_elsewhere"]].tolist() == [1, 1, 0]
    assert found.loc[("Anna Lund", "O1", "endorsing"), ["n", "n_speaker"]].tolist() == [1, 2]
    assert found["p_value"].between(0, 1).all()
    assert (found["q_value"] >= found["p_value"]).all()


def test_exact_p_value_of_verbs_is_fishers():
    said = '"The bridge is closed until {}," Anna Lund said.\n\n'
    claimed = '"The bridge is closed until {}," Anna Lund claimed.\n\n'
    months = ["March this year", "April this year", "May this year", "June this year"]
    corpus = corpus_of("".join(said.format(m) for m in months), "".join(claimed.format(m) for m in months))
    events = pd.DataFrame({"article_id": ["a0", "a1"], "event_id": "e", "n_candidates": 0})
    table = fr.attribute_quotations(corpus, fr.find_quotations(corpus))
    found = fr.compare_verbs(corpus, table, events).set_index(["outlet", "verb_class"])
    assert found.loc[("O0", "neutral"), "p_value"] == pytest.approx(fisher_exact([[4, 0], [0, 4]]).pvalue)


def test_without_a_second_outlet_there_is_nothing_to_compare(covered):
    corpus, table, events = covered
    alone = events[events["article_id"] == "a0"]
    assert fr.compare_quotations(corpus, table, alone).empty
    assert fr.compare_verbs(corpus, table, alone).empty
    empty_table = table.iloc[:0]
    assert fr.share_of_voice(corpus, empty_table).empty
    assert fr.voice_diversity(corpus, empty_table).empty
    assert fr.compare_quotations(corpus, empty_table, events).empty


def test_speakers_of_the_demonstration_corpus():
    corpus = fr.read_corpus("kabul-2021")
    gold = fr.read_gold("kabul-2021", "quotations")
    table = fr.attribute_quotations(corpus, fr.find_quotations(corpus))
    corpus.check_spans(table)
    joined = gold.merge(table, on=["article_id", "start", "end"], suffixes=("_gold", ""))
    found, named = joined["speaker_start"].notna(), joined["speaker_start_gold"].notna()
    right = (
        found
        & named
        & (joined["speaker_start"] < joined["speaker_end_gold"])
        & (joined["speaker_start_gold"] < joined["speaker_end"])
    )
    assert right.sum() / found.sum() >= 0.93
    assert right.sum() / named.sum() >= 0.96
    assert (joined.loc[right, "verb_class"] == joined.loc[right, "verb_class_gold"]).mean() >= 0.9


@pytest.mark.parametrize(
    "piece",
    [
        'Anna Lund said, "we will close the bridge today," and Karl Berg added that nobody knew. ',
        '"We will close it today," she said. Karl Berg left. "It was never safe here," he added. ',
        'Lund said "we will close it" and she said "nobody knew of it" and ',
        "Lund, who said, who said, ",
        "( Lund said ",
        "according to ",
        'Lund said:\n"we will close it\n',
    ],
)
def test_time_is_linear_in_the_length_of_a_text(piece):
    def seconds(characters):
        corpus = corpus_of(piece * (characters // len(piece)))
        quotations = fr.find_quotations(corpus)
        start = time.process_time()
        fr.attribute_quotations(corpus, quotations)
        fr.find_reported_speech(corpus, quotations=quotations)
        return time.process_time() - start

    seconds(1000)
    assert seconds(80_000) < 10 * max(seconds(20_000), 0.02)


def test_a_spokesperson_quoted_by_another_outlet_is_kept_whole():
    text = "“We will close the bridge,” the prime minister’s spokesperson was quoted as saying by Sky News."
    row = attribute(text).iloc[0]
    assert row[["speaker", "verb", "via", "resolved", "source_type"]].tolist() == [
        "the prime minister’s spokesperson",
        "quoted as saying",
        "Sky News",
        "nested",
        "official",
    ]
