import time
from dataclasses import replace

import pytest

from framing.cues import Lexicon, list_lexicons, load_lexicon
from framing.errors import LexiconError

RULES = load_lexicon().rules
HEADER = 'name = "mine"\nversion = "1"\nlanguage = "en"\nsource = "s"\nlicence = "l"\ncitation = "c"\n'
HOSTILE = {
    "letters": "a" * 100_000,
    "brackets": "(" * 50_000 + ")" * 50_000,
    "relatives": ", which is considered " * 5_000,
    "hyphens": "A-" * 50_000,
    "capitals": "A b " * 25_000,
    "spaces": "was" + " " * 100_000 + "killed",
    "stars": "*" * 50_000 + " banned in Russia",
    "banned": "banned " * 15_000,
    "terrorist": "terrorist group, " * 6_000,
    "quotes": '"' * 50_000,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_examples_match_and_counterexamples_do_not(rule):
    alone = Lexicon(("alone",), (), (rule,))
    for example in rule.examples:
        assert alone.matches(example, rule.language), example
    for example in rule.counterexamples:
        assert not alone.matches(example, rule.language), example


def test_each_rule_shows_itself_at_least_once():
    assert len(RULES) > 100
    assert not [rule.rule_id for rule in RULES if not rule.examples]


def test_a_common_name_loads_every_language():
    lexicon = load_lexicon("inserted-labels")
    assert set(lexicon.languages) == {"en", "ru", "uk", "de", "fr", "es", "tr"}
    assert set(lexicon.names) <= set(list_lexicons())


def test_a_path_loads_and_merges(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        HEADER + '[[rule]]\nid = "a"\nfamily = "f"\nwords = ["thug*", "so called"]\nrationale = "r"\n', encoding="utf-8"
    )
    lexicon = load_lexicon("hedges", path)
    found = [(m.rule.rule_id, m.start, m.end) for m in lexicon.matches("Perhaps thuggish, SO  called", "en")]
    assert found == [("hedges/adverb", 0, 7), ("mine/a", 8, 16), ("mine/a", 18, 28)]


def test_a_broken_lexicon_is_one_error_with_every_fault(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(
        HEADER.replace('version = "1"\n', "")
        + '[[rule]]\nid = "a"\nfamily = "f"\nrationale = "r"\nregex = "(b+)"\n'
        + '[[rule]]\nid = "b"\nfamily = "f"\nrationale = "r"\nregex = "("\n'
        + '[[rule]]\nid = "c"\nfamily = "f"\nrationale = "r"\nwords = ["x"]\nregex = "y"\nrole = "king"\n',
        encoding="utf-8",
    )
    with pytest.raises(LexiconError) as error:
        load_lexicon(path, "no-such-lexicon")
    for fault in ("version", "bound its repeats", "does not compile", "exactly one of", "king", "no-such-lexicon"):
        assert fault in str(error.value)


def test_the_longest_word_counts_and_words_end_at_letters():
    lexicon = load_lexicon("distancing")
    assert [m.rule.id for m in lexicon.matches("the so‑called plot", "en")] == ["so-called"]
    assert not lexicon.matches("unallegedness", "en")


def test_rules_of_another_language_are_silent():
    assert not load_lexicon("hedges").matches("Perhaps.", "ru")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_pattern_is_slow_on_hostile_text(text):
    lexicon = load_lexicon()
    lexicon.matches("warm", "en")
    lexicon.matches("warm", "ru")
    start = time.perf_counter()
    lexicon.matches(text, "en")
    lexicon.matches(text, "ru")
    assert time.perf_counter() - start < 2


def test_lexicons_are_frozen():
    with pytest.raises(AttributeError):
        RULES[0].id = "x"
    assert replace(RULES[0], id="x").rule_id.endswith("/x")


def test_rules_families_and_words_can_be_chosen():
    hedges = load_lexicon("hedges")
    text = "It is likely, in a sense, probably over."
    kept = hedges.select(deny=["likely", "hedges/approximator"])
    assert [text[m.start : m.end] for m in kept.matches(text, "en")] == ["probably"]
    only = hedges.select(allow=["hedges/approximator"])
    assert [text[m.start : m.end] for m in only.matches(text, "en")] == ["in a sense"]
    with pytest.raises(LexiconError, match=r"'nothing', 'nowhere'"):
        hedges.select(allow=["nothing"], deny=["nowhere"])


def test_every_family_speaks_russian():
    families = {}
    for rule in load_lexicon().rules:
        if rule.role == "cue":
            families.setdefault(rule.language, set()).add(rule.family)
    assert families["en"] - families["ru"] <= {"scare_quote"}
