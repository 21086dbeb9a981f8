import json
import re
from math import comb
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import framing as fr
from framing.errors import SchemaError, SettingsError
from framing.evaluate import match_mentions
from framing.schema import check

GOLD = Path(__file__).parents[1] / "golden/naming/mentions.jsonl"


def corpus_of(*texts, outlets=None, event="e1"):
    rows = [
        {"article_id": f"a{n}", "outlet": (outlets or "ABCDEFGH")[n], "text": text, "event_id": event, "language": "en"}
        for n, text in enumerate(texts)
    ]
    return fr.read_corpus(pd.DataFrame(rows))


def names_of(*texts, **options):
    corpus = corpus_of(*texts)
    names = fr.find_names(corpus, corpus.articles[["article_id", "event_id"]], **options)
    for row in names.itertuples():
        assert corpus.texts("text")[row.article_id][row.start : row.end] == row.surface
    return names


def groups_of(*texts, **options):
    """Sets of wordings of each entity, without articles of the beginning of a sentence."""
    names = names_of(*texts, **options)
    return [set(part["surface"]) for _, part in names.groupby("entity_id", sort=False)]


def together(groups, *surfaces):
    return any(set(surfaces) <= group for group in groups)


def reason_of(names, surface):
    return set(names.loc[names["surface"] == surface, "reason"])


def surfaces(text):
    mentions = fr.find_mentions(corpus_of(text))
    return dict(zip(mentions["surface"], mentions["kind"], strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The rebels shelled Port Vidal on Monday.", {"The rebels": "role", "Port Vidal": "name"}),
        ("Brazilian President Ana Lopes Costa resigned.", {"Brazilian President Ana Lopes Costa": "titled"}),
        (
            "He met Mr. Okafor and retired banker Jane Roe.",
            {"Mr. Okafor": "titled", "retired banker Jane Roe": "titled"},
        ),
        ("The WHO said so.", {"WHO": "acronym"}),
        ("The Dutch tired of the Belgians.", {"Belgians": "nationality"}),
        ("At least 16 fishermen drowned.", {"At least 16 fishermen": "role"}),
        ("Twenty-one girls were freed.", {"Twenty-one girls": "role"}),
        ("The mayor of Porto sued the city's newspaper.", {"The mayor of Porto": "role", "the city": "description"}),
        ("Chile's copper board met.", {"Chile's copper board": "description", "Chile": "name"}),
        ("They blamed the Senate Judiciary Committee.", {"Senate Judiciary Committee": "name"}),
        ("Members of the House of Representatives left.", {"Members of the House of Representatives": "role"}),
        ("The Orchid movement took the town.", {"Orchid movement": "name"}),
    ],
)
def test_mentions_are_found_with_their_kind(text, expected):
    found = surfaces(text)
    clean = {re.sub("^The (?=Orchid|WHO)", "", surface): kind for surface, kind in found.items()}
    assert expected.items() <= clean.items()


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("The group rejects the claims.", "The group rejects"),
        ("The movement denied everything.", "The movement denied"),
        ("On Tuesday afternoon they met.", "Tuesday afternoon"),
        ("It happened in 2016.", "2016"),
        ("Turkey lists the group.", "Turkey lists"),
    ],
)
def test_verbs_and_dates_are_no_part_of_a_mention(text, absent):
    assert absent not in surfaces(text)


def test_an_of_phrase_and_its_head_are_one_mention():
    found = surfaces("They saw a group of four farmers of the valley.")
    assert "a group of four farmers of the valley" in found or "a group of four farmers" in found
    assert "a group" not in found


def test_capitals_at_the_start_of_a_sentence_are_no_name():
    assert surfaces("Prosecutors spoke. Soldiers left. Kestrels fly.")["Prosecutors"] == "role"


def test_surnames_titles_and_offices():
    groups = groups_of(
        "Sen. Ruth Adeyemi spoke. Adeyemi left. The senator cried.",
        "Ruth M. Adeyemi was there. Ms. Adeyemi smiled.",
    )
    assert together(groups, "Sen. Ruth Adeyemi", "Adeyemi", "The senator", "Ruth M. Adeyemi", "Ms. Adeyemi")


def test_a_surname_that_two_bear_is_decided_by_the_report_only():
    names = names_of(
        "Ruth Adeyemi and Paul Adeyemi met.", "Ruth Adeyemi spoke. Adeyemi left.", "Paul Adeyemi sang. Adeyemi sat."
    )
    found = names[names["surface"] == "Adeyemi"].set_index("article_id")["entity_id"]
    assert found["a1"] == names.loc[names["surface"] == "Ruth Adeyemi", "entity_id"].iloc[0]
    assert found["a2"] == names.loc[names["surface"] == "Paul Adeyemi", "entity_id"].iloc[0]


@pytest.mark.parametrize(
    ("first", "second", "pair", "reason"),
    [
        ("The Northern Fishing Union (NFU) struck.", "The NFU struck.", ("Northern Fishing Union", "NFU"), "acronym"),
        (
            "Envoy Timur Sadykov left.",
            "Envoy Timur Sadikov left.",
            ("Envoy Timur Sadykov", "Envoy Timur Sadikov"),
            "spelling",
        ),
        ("They fear Daesh.", "They fear ISIL.", ("Daesh", "ISIL"), "alias"),
        ("He likes Norway.", "Oslo said no. Oslo says it again.", ("Norway", "Oslo"), "country"),
        ("The rebel group Red Lamp fled.", "Red Lamp fled.", ("The rebel group", "Red Lamp"), "apposition"),
        ("He praised Lea Horn, the captain of the ship, and left.", "Lea Horn sang.", ("Lea Horn",), "apposition"),
        ("The Linden University closed.", "Students love Linden.", ("Linden University", "Linden"), "longer name"),
        (
            "A video of the fight surfaced.",
            "The footage shows it. The footage is long.",
            ("The footage",),
            "kind of thing",
        ),
    ],
)
def test_each_merge_says_why(first, second, pair, reason):
    names = names_of(first, second)
    assert any(set(pair) <= set(part["surface"]) for _, part in names.groupby("entity_id"))
    assert reason in set(names["reason"])
    assert names.loc[names["reason"] != "first", "evidence"].notna().all()
    assert names.loc[names["reason"] != "first", "evidence_id"].notna().all()


def test_the_group_is_what_was_named_last():
    names = names_of("The militant group Red Lamp fled. The group lost. The insurgents wept.", "Red Lamp fled.")
    lamp = set(names.loc[names["entity"] == "Red Lamp", "surface"])
    assert {"The group", "The insurgents", "The militant group", "Red Lamp"} <= lamp
    assert reason_of(names, "The insurgents") == {"antecedent"}


def test_two_names_never_meet_in_a_description():
    text = "The militant group Red Lamp fought the militant group White Owl. The group won."
    names = names_of(text, text)
    assert (
        names.loc[names["surface"] == "Red Lamp", "entity_id"].iloc[0]
        != names.loc[names["surface"] == "White Owl", "entity_id"].iloc[0]
    )


def test_numbers_countries_and_makers_keep_descriptions_apart():
    groups = groups_of(
        "Four sailors died. The French embassy closed. The defence ministry spoke.",
        "Nine sailors lived. The Polish embassy opened. The foreign ministry slept.",
        "Four sailors died. Nine sailors lived. The French embassy closed. The Polish embassy opened.",
        "The defence ministry spoke. The foreign ministry slept.",
    )
    for pair in (
        ("Four sailors", "Nine sailors"),
        ("The French embassy", "The Polish embassy"),
        ("The defence ministry", "The foreign ministry"),
    ):
        assert not together(groups, *pair)
    assert together(groups, "Four sailors")


def test_the_same_place_in_a_copied_sentence_is_evidence():
    names = names_of(
        "Planes bombed a camp, killing at least nine fighters near the old border on Monday.",
        "Planes bombed a camp, killing at least nine terrorists near the old border on Monday.",
    )
    assert reason_of(names, "at least nine terrorists") == {"slot"}


def test_an_edit_between_siblings_is_evidence():
    texts = ("Troops met a column of brave volunteers.", "Yesterday soldiers beat the cruel mercenaries there.")
    corpus = corpus_of(*texts)
    at = [
        (text.index(word), text.index(word) + len(word))
        for text, word in zip(texts, ("volunteers", "mercenaries"), strict=True)
    ]
    start, end, other_start, other_end = (place for span in at for place in span)
    edit = {"edit_id": "e-1", "passage_id": "p", "operation": "replace", "type": "other"}
    edit |= {"article_id": "a0", "field": "text", "start": start, "end": end, "surface": "volunteers"}
    edit |= {"other_id": "a1", "other_field": "text", "other_start": other_start, "other_end": other_end}
    edits = check(pd.DataFrame([edit | {"other_surface": "mercenaries"}]), "edits")
    events = corpus.articles[["article_id", "event_id"]]
    assert fr.find_names(corpus, events).empty
    names = fr.find_names(corpus, events, edits=edits)
    assert set(names["reason"]) == {"first", "edit"}
    assert names.loc[names["reason"] == "edit", "evidence_id"].tolist() == ["e-1"]


def test_lists_decide(tmp_path):
    texts = ("The Harvest League won. The cooperative sang. The cooperative slept.", "The Harvest League won.")
    assert not together(groups_of(*texts), "Harvest League", "The cooperative")
    path = tmp_path / "must.csv"
    path.write_text("form,other_form,event_id\nharvest league,the cooperative,\nharvest league,the moon,e9\n")
    names = names_of(*texts, must_merge=path)
    assert set(names["entity"]) == {"Harvest League"}
    assert "must-merge" in set(names["reason"])
    never = pd.DataFrame({"form": ["Sen. Ruth Adeyemi"], "other_form": ["Adeyemi"]})
    two = ("Sen. Ruth Adeyemi spoke. Sen. Ruth Adeyemi left.", "Adeyemi sang. Adeyemi sat.")
    assert together(groups_of(*two), "Sen. Ruth Adeyemi", "Adeyemi")
    assert not together(groups_of(*two, never_merge=never), "Sen. Ruth Adeyemi", "Adeyemi")


def test_every_fault_of_the_lists_comes_at_once(tmp_path):
    must = pd.DataFrame({"form": ["a", None, "x"], "other_form": ["b", "c", "the X"]})
    never = pd.DataFrame({"form": ["B"], "other_form": ["an a"]})
    with pytest.raises(SchemaError) as caught:
        names_of("Nothing.", must_merge=must, never_merge=never)
    message = str(caught.value)
    assert "3 fault(s)" in message
    for part in (
        "must_merge row 2: 'form' and 'other_form' must both hold words",
        "row 3: both forms are the same",
        "in both lists",
    ):
        assert part in message
    with pytest.raises(SchemaError, match="never_merge: column.s. missing: other_form. Got: form, with"):
        names_of("Nothing.", never_merge=pd.DataFrame({"form": ["a"], "with": ["b"]}))
    with pytest.raises(SchemaError, match="cannot be read as CSV"):
        names_of("Nothing.", must_merge=tmp_path / "absent.csv")


def test_party_tags_and_titles_stand_apart():
    names = names_of("Rep. Ruth Adeyemi (D-Calif.) spoke.", "Ruth Adeyemi, R-Ohio, spoke.")
    assert set(names["form"]) == {"Ruth Adeyemi"}
    assert set(names["title"].dropna()) == {"rep"}
    assert set(names["party"].dropna()) == {"D-Calif.", "R-Ohio"}


def test_masked_text_and_other_languages_are_not_read():
    text = "KABUL (Harbour Gazette) - Aida Noor spoke."
    masks = pd.DataFrame({"article_id": ["a0", "a1"], "field": "text", "start": 0, "end": text.index("-")})
    assert set(names_of(text, text, masks=masks)["surface"]) == {"Aida Noor"}
    corpus = corpus_of("Президент сказал. Президент ушёл.", "Aida Noor spoke. Aida Noor left.")
    articles = corpus.articles.assign(language=["ru", "en"])
    read = fr.read_corpus(articles)
    assert set(fr.find_names(read, articles[["article_id", "event_id"]])["article_id"]) == {"a1"}


def test_nothing_gives_the_empty_table():
    for texts in ((".",), ("Nothing much.",)):
        names = names_of(*texts)
        assert names.empty
        assert list(names.columns) == list(fr.find_names(corpus_of("x"), corpus_of("x").articles).columns)
        assert fr.naming_grid(corpus_of(*texts), names).empty


WORDS = st.sampled_from(
    [
        "the",
        "a",
        "group",
        "militants",
        "Red",
        "Lamp",
        "Ruth",
        "Adeyemi",
        "Mr.",
        "President",
        "Turkey",
        "Ankara",
        "said",
        "of",
        ",",
        ".",
        "(",
        ")",
        "'",
        "’s",
        "\n",
        "21",
        "dozens",
        "UN",
        "ministry",
        "его",
        "“",
        "”",
        "and",
        "nearly",
        "-",
        "‑",
        "who",
    ]
)


@given(
    st.lists(
        st.lists(WORDS, max_size=25).map(" ".join).filter(lambda text: any(map(str.isalnum, text))).filter(str.strip),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_gives_valid_spans_that_do_not_depend_on_the_order(texts):
    corpus = corpus_of(*texts)
    events = corpus.articles[["article_id", "event_id"]]
    names = fr.find_names(corpus, events)
    for row in names.itertuples():
        assert corpus.texts("text")[row.article_id][row.start : row.end] == row.surface
    assert names.groupby("entity_id").size().gt(1).all()
    turned = fr.read_corpus(corpus.articles.iloc[::-1])
    pd.testing.assert_frame_equal(names, fr.find_names(turned, events.iloc[::-1]))


@pytest.mark.parametrize(
    "run", ["the ", "A ", ". ", "21 ", "new ", "Dr. ", "a b", "man ", "'s ", "of ", "IS (", "\n", "1,", "-a"]
)
def test_long_runs_take_linear_time(run):
    """Quadratic time would take hours here."""
    text = run * 60_000 + "The Red Lamp fled."
    nothing = pd.DataFrame({"article_id": [], "field": [], "start": [], "end": []})
    assert "Red Lamp" in names_of(text, "Red Lamp won.", masks=nothing)["form"].to_list()


def test_given_mentions_are_all_kept():
    corpus = corpus_of("Ruth Adeyemi met the men.", "Adeyemi left.")
    mentions = pd.DataFrame(
        {"article_id": ["a0", "a0", "a1"], "field": "text", "start": [0, 17, 0], "end": [12, 24, 7]}
    )
    names = fr.group_names(corpus, corpus.articles[["article_id", "event_id"]], mentions)
    assert names.groupby("entity")["surface"].agg(set).to_dict() == {
        "Ruth Adeyemi": {"Ruth Adeyemi", "Adeyemi"},
        "men": {"the men"},
    }


@pytest.fixture(scope="module")
def many():
    """Five events; outlet A calls the group militants throughout, the others rebels."""
    rows = []
    for event, place in enumerate(("Alba", "Brno", "Cork", "Dover", "Essen")):  # a line that all repeat is a footer
        for outlet in "ABC":
            word = "militants" if outlet == "A" else "rebels"
            text = f"The militant group Red Lamp fled from {place}. The {word} lost. "
            text += f'"The {word} wept," Ruth Adeyemi (D-Ohio) said in {place}.'
            rows.append(
                {
                    "article_id": f"{event}{outlet}",
                    "outlet": outlet,
                    "text": text,
                    "event_id": f"e{event}",
                    "language": "en",
                }
            )
    corpus = fr.read_corpus(pd.DataFrame(rows))
    return corpus, fr.find_names(corpus, corpus.articles[["article_id", "event_id"]])


def test_the_grid_counts_and_tests_within_events(many):
    corpus, names = many
    grid = fr.naming_grid(corpus, names, quotations=fr.find_quotations(corpus)).set_index(["entity", "outlet", "form"])
    cell = grid.loc["Red Lamp", "A", "militants"]
    assert cell[["n_mentions", "n_articles", "n_events", "n_quoted", "n_first"]].tolist() == [10, 5, 5, 5, 0]
    assert cell["share"] == 10 / 20
    assert cell["other_share"] == 0
    # In each event A's report uses the word and those of B and C do not: one table in three of the same margins.
    assert cell["p_value"] == pytest.approx((1 / 3) ** 5)
    assert cell["q_value"] >= cell["p_value"]
    assert grid.loc[("Red Lamp", "A", "militant group"), "n_first"] == 5
    assert grid.loc[("Red Lamp", "A", "militant group"), "n_apposed"] == 5
    assert grid.loc[("Red Lamp", "B", "rebels"), "p_value"] == pytest.approx(fisher_two_of_three(5))
    assert grid.loc[("Ruth Adeyemi", "A", "Ruth Adeyemi"), "parties"] == "D-Ohio (5)"


def fisher_two_of_three(n):
    """One outlet of the two that use a word, in n events of three reports: it uses it always, by chance 2/3."""
    return (2 / 3) ** n + sum(p for k, p in _binomial(n) if p <= (2 / 3) ** n * (1 + 1e-7) and k != n)


def _binomial(n):
    return [(k, comb(n, k) * (2 / 3) ** k * (1 / 3) ** (n - k)) for k in range(n + 1)]


def test_copies_within_an_outlet_count_once(many):
    corpus, names = many
    units = corpus.articles[["article_id"]].assign(unit_id=corpus.articles["outlet"] + corpus.articles["event_id"])
    same = fr.naming_grid(corpus, names, units=units)
    pd.testing.assert_frame_equal(same, fr.naming_grid(corpus, names))
    merged = corpus.articles[["article_id"]].assign(unit_id="u")
    tested = fr.naming_grid(corpus, names, units=merged).set_index(["entity", "outlet", "form"])
    assert tested.loc[("Red Lamp", "A", "militants"), "p_value"] == pytest.approx((1 / 3) ** 5)


def test_a_cell_leads_to_its_spans(many):
    corpus, names = many
    for by in ("form", "head", "kind"):
        grid = fr.naming_grid(corpus, names, by=by)
        assert grid["n_mentions"].sum() == len(names)
        for cell in grid.itertuples():
            found = fr.cell_mentions(names, grid, cell.cell_id)
            assert len(found) == cell.n_mentions
            assert set(found["outlet"]) == {cell.outlet}
            assert set(found[by]) == {cell.form}
    with pytest.raises(SettingsError, match="no cell 'x'"):
        fr.cell_mentions(names, grid, "x")
    with pytest.raises(SettingsError, match="by must be one of form, head, kind. Got 'words'"):
        fr.naming_grid(corpus, names, by="words")
    with pytest.raises(SettingsError, match="min_reports"):
        fr.naming_grid(corpus, names, min_reports=0)


def test_matching_of_mentions_is_one_to_one():
    gold = pd.DataFrame(
        {"article_id": "a", "start": [0, 10], "end": [7, 30], "surface": ["the cat", "a dog of the old house"[:20]]}
    )
    ours = pd.DataFrame(
        {"article_id": "a", "start": [4, 12, 10], "end": [7, 15, 15], "surface": ["cat", "dog", "a dog"]},
        index=[7, 8, 9],
    )
    assert match_mentions(ours, gold).tolist() == [7, 8]
    assert match_mentions(ours, gold, exact=True).tolist() == [7, None]


def test_scores_by_hand():
    gold = pd.DataFrame(
        {
            "article_id": "a",
            "start": [0, 10, 20, 30],
            "end": [5, 15, 25, 35],
            "surface": ["alpha", "betas", "alpha", "delta"],
        }
    ).assign(event_id="e", entity=["x", "x", "x", "y"])
    ours = gold.assign(entity_id=["1", "1", "2", "2"]).drop(index=3)
    precision, recall, f1 = fr.evaluate_names(ours, gold, n_resamples=0)
    assert precision.estimate == 1  # the fourth mention, not predicted, is alone
    assert recall.estimate == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert recall.baseline["same string"] == pytest.approx((2 / 3 + 1 / 3 + 2 / 3 + 1) / 4)
    assert recall.baseline["singletons"] == pytest.approx((1 / 3 * 3 + 1) / 4)
    repeated = fr.evaluate_names(ours, gold, repeated_only=True, n_resamples=0)
    assert repeated[1].estimate == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)
    assert f1.n == 4
    assert repeated[0].n == 3
    with pytest.raises(SchemaError, match="predicted: column.s. missing: entity_id"):
        fr.evaluate_names(gold, gold)


def test_quality_on_the_demonstration_corpus():
    corpus, events = fr.read_corpus("kabul-2021"), fr.read_gold("kabul-2021", "events")
    rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    gold = pd.DataFrame([row for row in rows if row["set"] == "kabul-2021"]).rename(columns={"event": "event_id"})
    texts = corpus.texts("text")
    gold["surface"] = [texts[a][s:e] for a, s, e in zip(gold["article_id"], gold["start"], gold["end"], strict=True)]
    gold["field"] = "text"
    inside = events[events["event_id"].isin(set(gold["event_id"]))]
    given = fr.evaluate_names(fr.group_names(corpus, inside, gold), gold, n_resamples=0)
    found = fr.evaluate_names(fr.find_names(corpus, inside), gold, n_resamples=0)
    assert given[2].estimate >= 0.87
    assert found[2].estimate >= 0.84
    assert given[2].estimate > given[2].baseline["same head word"] + 0.1
