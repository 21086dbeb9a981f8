"""`framing annotate`: out to people, back, and their agreement."""

import csv
import json

import pandas as pd
import pytest
from click.testing import CliRunner

from framing.cli import main

ROWS = [
    {
        "article_id": "a",
        "outlet": "A",
        "text": "😀 The group (banned in Russia) took the town on Monday, aides said.",
    },
    {"article_id": "b", "outlet": "B", "text": "The group took the town on Monday, aides said."},
]


@pytest.fixture
def articles(tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def spans(tmp_path):
    text = ROWS[0]["text"]
    rows = [("a", "text", text.index(w), text.index(w) + len(w), w, "x") for w in ("group", "banned", "town", "Monday")]
    path = tmp_path / "spans.csv"
    pd.DataFrame(rows, columns=["article_id", "field", "start", "end", "surface", "label"]).to_csv(path, index=False)
    return path


def run(*args):
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.mark.parametrize("name", ["tasks.json", "tasks.jsonl"])
def test_export_and_import(articles, spans, tmp_path, name):
    result = run("annotate", "export", articles, "--spans", spans, "--out", tmp_path / name)
    assert result.exit_code == 0, result.output
    assert "2 articles written" in result.output
    if name == "tasks.json":  # predictions only: nobody marked anything yet
        tasks = json.loads((tmp_path / name).read_text("utf-8"))
        for task in tasks:
            task["annotations"] = task.pop("predictions", [])
        (tmp_path / name).write_text(json.dumps(tasks), "utf-8")
    result = run("annotate", "import", articles, tmp_path / name, "--out", tmp_path / "back.csv")
    assert result.output == f"4 rows of 1 coders written to {tmp_path / 'back.csv'}.\n"
    assert pd.read_csv(tmp_path / "back.csv")["surface"].tolist() == ["group", "banned", "town", "Monday"]


def test_blind_export_and_offsets_of_other_programs(articles, spans, tmp_path):
    run("annotate", "export", articles, "--spans", spans, "--blind", "--out", tmp_path / "t.json")
    assert [set(t) for t in json.loads((tmp_path / "t.json").read_text("utf-8"))] == [{"data"}, {"data"}]
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({"text": ROWS[0]["text"], "label": [[6, 11, "x"]]}), "utf-8")
    for unit, word in (("code-points", "group"), ("utf-16", " grou")):
        made = run("annotate", "import", articles, other, "--offsets", unit, "--out", tmp_path / "s.jsonl")
        assert made.exit_code == 0, made.output
        assert json.loads((tmp_path / "s.jsonl").read_text("utf-8"))["surface"] == word


def test_export_of_a_stage_takes_its_column_as_label(articles, tmp_path):
    result = run("annotate", "export", articles, "--stage", "labels", "--label", "form", "--out", tmp_path / "t.json")
    assert result.exit_code == 0, result.output
    first, _ = json.loads((tmp_path / "t.json").read_text("utf-8"))
    value = first["predictions"][0]["result"][0]["value"]
    assert value == {"start": 12, "end": 30, "text": "(banned in Russia)", "labels": ["parenthetical"]}


def test_sheets_and_agreement(articles, spans, tmp_path):
    sheet = tmp_path / "sheet.csv"
    codes = ["--code", "label=yes,no", "--code", "degree="]
    made = run("annotate", "sheet", articles, "--spans", spans, *codes, "--out", sheet)
    assert made.exit_code == 0, made.output
    rows = list(csv.DictReader(sheet.read_text("utf-8-sig").splitlines()))
    for coder, labels, degrees in (
        ("ann", "yes yes no no", "low low high mid"),
        ("bob", "yes yes no no", "low low mid high"),
    ):
        filled = [{**r, "label": a, "degree": b} for r, a, b in zip(rows, labels.split(), degrees.split(), strict=True)]
        pd.DataFrame(filled).to_csv(tmp_path / f"{coder}.csv", index=False)
    files = [tmp_path / "ann.csv", tmp_path / "bob.csv", "--sheet", sheet]
    result = run("annotate", "agreement", articles, *files, "--level", "degree=low,mid,high")
    assert result.exit_code == 0, result.output
    table = list(csv.DictReader(result.output.splitlines()))
    assert [(r["code"], r["name"], r["n"]) for r in table] == [
        ("label", "alpha_nominal", "4"),
        ("degree", "alpha_ordinal", "4"),
    ]
    assert table[0]["estimate"] == "1.000"
    assert 0 < float(table[1]["estimate"]) < 1
    unknown = run("annotate", "agreement", articles, *files, "--level", "nothing=ratio")
    assert unknown.exit_code == 2
    assert "no such code: nothing. Codes: label, degree." in unknown.output
    read = run("annotate", "import", articles, *files, "--out", tmp_path / "coded.jsonl")
    assert "8 rows of 2 coders" in read.output


def test_a_sheet_may_hold_a_sample(articles, spans, tmp_path):
    for name in ("one", "two"):
        asked = ["--spans", spans, "--code", "x=", "--sample", "2", "--out", tmp_path / f"{name}.csv"]
        assert run("annotate", "sheet", articles, *asked).exit_code == 0
    assert len((tmp_path / "one.csv").read_text("utf-8-sig").splitlines()) == 3
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_agreement_of_spans(articles, spans, tmp_path):
    for coder in ("ann", "bob"):
        run("annotate", "export", articles, "--spans", spans, "--out", tmp_path / f"{coder}.jsonl")
    result = run("annotate", "agreement", articles, tmp_path / "ann.jsonl", tmp_path / "bob.jsonl")
    rows = [(row["code"], row["estimate"], row["n"]) for row in csv.DictReader(result.output.splitlines())]
    assert rows == [("spans", "1.000", "8"), ("boundaries", "1.000", "8"), ("tokens", "1.000", "21")]  # 12 and 9 words


def test_gold_and_score(articles, spans, tmp_path):
    made = run("annotate", "gold", articles, f"words={spans}", "--out", tmp_path / "gold")
    assert made.output == f"words: 4 rows, written to {tmp_path / 'gold'}.\n"
    assert "banned" not in (tmp_path / "gold" / "words.csv").read_text("utf-8")
    pd.read_csv(spans)[:2].to_csv(tmp_path / "found.csv", index=False)
    asked = ["--gold", tmp_path / "gold", "--table", "words"]
    result = run("annotate", "score", articles, "--spans", tmp_path / "found.csv", *asked)
    figures = {row["name"]: row["estimate"] for row in csv.DictReader(result.output.splitlines())}
    assert (figures["exact_precision"], figures["exact_recall"], figures["exact_f1"]) == ("1.000", "0.500", "0.667")
    assert run("annotate", "score", articles, *asked).exit_code == 2
    articles.write_text(articles.read_text("utf-8").replace("Monday", "Sunday"), "utf-8")
    changed = run("annotate", "score", articles, "--spans", tmp_path / "found.csv", *asked)
    assert changed.exit_code == 1
    assert "is not the one that was annotated" in changed.stderr


def test_the_demonstration_corpus_brings_gold():
    result = run("annotate", "score", "kabul-2021", "--stage", "cues", "--gold", "kabul-2021", "--table", "cues")
    assert result.exit_code == 0, result.output
    assert [row["name"] for row in csv.DictReader(result.output.splitlines())][:2] == [
        "exact_precision",
        "exact_recall",
    ]


def test_faults_are_errors_of_one_message(articles, spans, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "other"}\n{"label": []}\n')
    result = run("annotate", "import", articles, bad, "--out", tmp_path / "x.csv")
    assert result.exit_code == 1
    assert "2 fault(s)" in result.stderr
    assert run("annotate", "sheet", articles, "--code", "x=", "--out", tmp_path / "s.csv").exit_code == 2
    assert run("annotate", "sheet", articles, "--spans", spans, "--code", "x", "--out", "s.csv").exit_code == 2
