"""Coding sheets are blind, survive spreadsheets, and come back as ratings or with every fault named."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import SchemaError, SettingsError
from framing.evaluate import krippendorff_alpha, majority_codes, ratings_table, read_coding_sheets, write_coding_sheet
from framing.reading import read_corpus

CODES = {"label": {"yes": "a detachable claim", "no": "anything else"}, "voice": ["outlet", "quoted"], "note": []}


@pytest.fixture
def corpus(make_corpus):
    return make_corpus(
        {"article_id": "gazette-1", "outlet": "Gazette", "text": "=SUM(1) 😀 the Группа, banned, left. " * 3},
        {"article_id": "courier-1", "outlet": "Courier", "text": "A second text; +1 more."},
    )


def table(corpus, n=6):
    text = corpus.texts()["gazette-1"]
    rows = [("gazette-1", "text", k, k + 5, text[k : k + 5], "MACHINE") for k in range(0, 8 * n, 8)]
    rows.append(("courier-1", "text", 15, 17, "+1", "MACHINE"))
    return pd.DataFrame(rows, columns=["article_id", "field", "start", "end", "surface", "family"])


def cells(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def fill(sheet, path, values, delimiter=",", encoding="utf-8"):
    """Write what a coder's spreadsheet saves."""
    rows = [{**row, **{code: given[k] for code, given in values.items()}} for k, row in enumerate(cells(sheet))]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def test_the_sheet_is_blind_and_in_random_order(corpus, tmp_path):
    sheet = tmp_path / "sheet.csv"
    spans = table(corpus)
    write_coding_sheet(corpus, pd.concat([spans, spans]), sheet, codes=CODES, window=9)
    rows = cells(sheet)
    assert list(rows[0]) == ["unit_id", "before", "unit", "after", "label", "voice", "note", "comment"]
    assert len(rows) == 7
    text = sheet.read_text("utf-8-sig")
    for secret in ("MACHINE", "gazette-1", "courier-1", "Gazette", "Courier"):
        assert secret not in text
    assert {row["label"] + row["comment"] for row in rows} == {""}
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    # A spreadsheet runs what begins so; the context may begin so too.
    assert {row["unit"] for row in rows} >= {"'=SUM(", "'+1"}
    assert not [cell for row in rows for cell in row.values() if cell[:1] in {"=", "+", "-", "@"}]
    again = tmp_path / "again.csv"
    write_coding_sheet(corpus, spans.iloc[::-1], again, codes=CODES, window=9)
    assert again.read_bytes() == sheet.read_bytes()
    write_coding_sheet(corpus, spans, again, codes=CODES, window=9, random_state=1)
    assert [r["unit_id"] for r in cells(again)] != [r["unit_id"] for r in rows]
    assert {r["unit_id"] for r in cells(again)} == {r["unit_id"] for r in rows}


def test_context_stands_beside_the_unit(corpus, tmp_path):
    text = corpus.texts()["gazette-1"]
    write_coding_sheet(corpus, table(corpus), tmp_path / "s.csv", codes=CODES, window=9)
    units = {row["unit_id"]: row for row in cells(tmp_path / "s.csv")}
    for unit in cells(tmp_path / "s.key.csv"):
        start, end = int(unit["start"]), int(unit["end"])
        if unit["article_id"] == "gazette-1":
            row = units[unit["unit_id"]]
            assert row["unit"].removeprefix("'") == text[start:end]
            assert row["before"].removeprefix("'") == text[max(start - 9, 0) : start]
            assert row["after"] == text[end : end + 9]


def test_key_and_codebook(corpus, tmp_path):
    write_coding_sheet(corpus, table(corpus), tmp_path / "s.csv", codes=CODES)
    key = cells(tmp_path / "s.key.csv")
    assert list(key[0]) == ["unit_id", "article_id", "field", "start", "end", "sha256"]
    assert [(r["code"], r["value"], r["meaning"]) for r in cells(tmp_path / "s.codebook.csv")] == [
        ("label", "yes", "a detachable claim"),
        ("label", "no", "anything else"),
        ("voice", "outlet", ""),
        ("voice", "quoted", ""),
        ("note", "", "any value"),
    ]


def test_filled_sheets_become_ratings(corpus, tmp_path):
    sheet = tmp_path / "s.csv"
    write_coding_sheet(corpus, table(corpus), sheet, codes=CODES)
    ann = fill(sheet, tmp_path / "ann.csv", {"label": ["yes", "no"] * 3 + ["yes"], "voice": ["outlet"] * 7})
    bob = fill(
        sheet,
        tmp_path / "bob.csv",
        {"label": ["YES ", "no"] * 3 + [""], "voice": ["outlet"] * 6 + ["Quoted"]},
        delimiter=";",
        encoding="utf-16",
    )
    coded = read_coding_sheets([ann, bob], corpus, sheet=sheet)
    assert len(coded) == 14
    corpus.check_spans(coded)
    ratings = ratings_table(coded, "label")
    assert ratings.shape == (7, 2)
    got = krippendorff_alpha(ratings, n_resamples=20)
    assert (got.estimate, got.n) == (1.0, 6)
    assert krippendorff_alpha(ratings_table(coded, "voice"), n_resamples=1).estimate == pytest.approx(0)
    with pytest.raises(SchemaError, match="no column 'family'"):
        ratings_table(coded, "family")


def test_values_that_look_like_formulas_are_allowed(corpus, tmp_path):
    sheet = tmp_path / "s.csv"
    write_coding_sheet(corpus, table(corpus), sheet, codes={"tone": ["-2", "-1", "0", "+1", "=x"]})
    assert {row["value"] for row in cells(tmp_path / "s.codebook.csv")} == {"'-2", "'-1", "0", "'+1", "'=x"}
    given = ["-2", "-1", "0", "+1", "=x", "0", "0"]
    coded = read_coding_sheets([fill(sheet, tmp_path / "ann.csv", {"tone": given})], corpus, sheet=sheet)
    assert sorted(coded["tone"]) == sorted(given)


def test_the_majority_decides_and_a_tie_does_not(corpus, tmp_path):
    sheet = tmp_path / "s.csv"
    write_coding_sheet(corpus, table(corpus), sheet, codes={"label": ["yes", "no"], "note": []})
    answers = {"ann": "yes yes yes no no no no", "bob": "yes no yes no - - no", "eve": "yes no - no no - yes"}
    files = [
        fill(sheet, tmp_path / f"{coder}.csv", {"label": [v.replace("-", "") for v in given.split()]})
        for coder, given in answers.items()
    ]
    chosen = majority_codes(read_coding_sheets(files, corpus, sheet=sheet)).set_index("unit_id")
    corpus.check_spans(chosen)
    assert chosen.loc[[row["unit_id"] for row in cells(sheet)], "label"].tolist() == [
        "yes",
        "no",
        "yes",
        "no",
        "no",
        "no",
        "no",
    ]
    assert chosen["note"].isna().all()
    assert set(chosen["n_coders"]) == {3}
    tie = majority_codes(read_coding_sheets(files[:2], corpus, sheet=sheet)).set_index("unit_id")
    assert tie["label"].isna().sum() == 1
    with pytest.raises(SchemaError, match="missing: coder"):
        majority_codes(tie.reset_index())


def test_a_workbook_is_read_as_well(corpus, tmp_path):
    pytest.importorskip("openpyxl")
    sheet = tmp_path / "s.csv"
    write_coding_sheet(corpus, table(corpus), sheet, codes={"degree": []})
    frame = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    frame.assign(degree=[1, 2, 3, 4, 5, 6, 7]).to_excel(tmp_path / "ann.xlsx", index=False)
    coded = read_coding_sheets([tmp_path / "ann.xlsx"], corpus, sheet=sheet)
    assert sorted(coded["degree"]) == ["1", "2", "3", "4", "5", "6", "7"]


def test_every_fault_of_all_sheets_is_named_at_once(corpus, tmp_path):
    sheet = tmp_path / "s.csv"
    write_coding_sheet(corpus, table(corpus), sheet, codes=CODES)
    ann = fill(sheet, tmp_path / "ann.csv", {"label": ["yes", "perhaps", *[""] * 5], "unit_id": ["u-0"] + ["u-1"] * 6})
    ids = [row["unit_id"] for row in cells(sheet)]
    bob = fill(sheet, tmp_path / "bob.csv", {"voice": ["none", *[""] * 6], "unit_id": [ids[0], ids[0], *ids[2:]]})
    eve = fill(sheet, tmp_path / "eve.csv", {})
    (tmp_path / "tom.csv").write_text("unit_id,label\nx,yes\n")
    (tmp_path / "ned.csv").write_text("")
    files = [ann, bob, eve, tmp_path / "tom.csv", tmp_path / "ned.csv", tmp_path / "gone.csv"]
    with pytest.raises(SchemaError) as caught:
        read_coding_sheets(files, corpus, sheet=sheet)
    message = str(caught.value)
    for part in (
        "ann.csv row 1: unit_id 'u-0' is unknown",
        "ann.csv row 7: unit_id 'u-1' is unknown",
        "voice must be one of outlet, quoted. Got 'none'.",
        f"bob.csv row 2: unit_id '{ids[0]}' is twice",
        "eve.csv: nothing is coded",
        "tom.csv: column(s) missing: voice, note",
        "ned.csv: the file is empty",
        "gone.csv: no such file",
        "then read all sheets again",
    ):
        assert part in message


def test_another_corpus_and_wrong_names_are_refused(corpus, make_corpus, tmp_path):
    sheet = tmp_path / "s.csv"
    write_coding_sheet(corpus, table(corpus), sheet, codes=CODES)
    filled = fill(sheet, tmp_path / "ann.csv", {"label": ["yes"] * 7})
    other = make_corpus({"article_id": "gazette-1", "text": "Changed."})
    with pytest.raises(SchemaError, match="(?s)no article 'courier-1'.*'gazette-1' .text. is not the one"):
        read_coding_sheets([filled], other, sheet=sheet)
    with pytest.raises(SchemaError, match="s2.key.csv"):
        read_coding_sheets([filled], corpus, sheet=tmp_path / "s2.csv")
    with pytest.raises(SettingsError, match=r"a coding sheet is a .csv file"):
        write_coding_sheet(corpus, table(corpus), tmp_path / "s.xlsx", codes=CODES)
    with pytest.raises(SettingsError, match="other than unit_id, before, unit, after, comment. Got .'unit'."):
        write_coding_sheet(corpus, table(corpus), sheet, codes={"unit": []})
    with pytest.raises(SchemaError, match="missing: start, surface"):
        write_coding_sheet(corpus, table(corpus).drop(columns=["start", "surface"]), sheet, codes=CODES)


@given(st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=5), st.sampled_from(",;\t"))
def test_whatever_a_coder_hands_back_is_read_or_explained(tmp_path_factory, rows, delimiter):
    corpus = read_corpus(pd.DataFrame([{"article_id": "a", "outlet": "O", "text": "Some text."}]))
    spans = pd.DataFrame([("a", "text", 0, 4, "Some")], columns=["article_id", "field", "start", "end", "surface"])
    folder = tmp_path_factory.mktemp("any")
    write_coding_sheet(corpus, spans, folder / "s.csv", codes={"label": ["yes", "no"]})
    (unit,) = cells(folder / "s.csv")
    header = delimiter.join(["unit_id", "label"])
    body = [delimiter.join(row) for row in [[unit["unit_id"], "yes"], *rows]]
    (folder / "ann.csv").write_text("\n".join([header, *body]), "utf-8", newline="")
    try:
        coded = read_coding_sheets([folder / "ann.csv"], corpus, sheet=folder / "s.csv")
    except SchemaError as error:
        assert "fault(s)" in str(error)  # noqa: PT017 - either is right
    else:
        assert coded["label"].tolist() == ["yes"]


def test_no_units_make_an_empty_sheet(corpus, tmp_path):
    write_coding_sheet(corpus, table(corpus)[:0], tmp_path / "s.csv", codes=CODES)
    assert cells(tmp_path / "s.csv") == []
