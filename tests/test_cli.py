import json
import subprocess
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

from framing.cli import main

ROWS = [
    {"article_id": "a", "outlet": "A", "text": "The group (banned in Russia) took the town on Monday, officials said."},
    {"article_id": "b", "outlet": "B", "text": "The group took the town on Monday, officials said."},
    {"article_id": "c", "outlet": "", "text": "No outlet."},
]


@pytest.fixture
def articles(tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    return path


def run(*args):
    return CliRunner().invoke(main, [str(a) for a in args])


def test_compare_writes_everything(articles, tmp_path):
    result = run("compare", articles, "--out", tmp_path / "results")
    assert result.exit_code == 0, result.output
    assert "1 rows could not be used" in result.output
    names = {p.name for p in (tmp_path / "results").iterdir()}
    assert names >= {"report.html", "run.json", "tables"}
    quarantine = pd.read_csv(tmp_path / "results" / "tables" / "quarantine.csv")
    assert quarantine["reason"].tolist() == ["missing outlet"]
    assert "missing outlet" in (tmp_path / "results" / "report.html").read_text("utf-8")


def test_stage_commands_print_csv_or_json_or_write_a_file(articles, tmp_path):
    assert run("events", articles).output.startswith("article_id,event_id,")
    rows = [json.loads(line) for line in run("events", articles, "--json").output.splitlines()]
    assert [row["article_id"] for row in rows] == ["a", "b"]
    assert run("edits", articles, "--out", tmp_path / "edits.parquet").exit_code == 0
    edits = pd.read_parquet(tmp_path / "edits.parquet")
    assert edits[["operation", "surface"]].to_numpy().tolist() == [["delete", "(banned in Russia)"]]


def test_check_says_what_was_refused(articles):
    result = run("check", articles)
    assert result.exit_code == 2
    assert "articles.jsonl row 3 (c): missing outlet" in result.output
    found = json.loads(run("check", articles, "--json").output)
    assert (found["n_articles"], len(found["quarantine"])) == (2, 1)
    assert run("check", "kabul-2021").exit_code == 0


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 image", b'{"title": "No text."}', b"[]", None])
def test_check_prints_json_also_where_nothing_can_be_read(tmp_path, content):
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_bytes(content)
    result = run("check", path, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["source"] == str(path)
    assert "a.jsonl" in found["error"]
    assert run("check", path).stdout == ""


def test_check_takes_the_options_of_reading(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("outlet,text,date\nA,Text.,01/02/2021\n", encoding="utf-8")
    assert "ambiguous date" in run("check", path).output
    assert "2021-02-01 to" in run("check", path, "--day-first").output
    assert "larger than 9 bytes" in run("check", path, "--max-bytes", 9).output


def test_convert_writes_what_reads_back(articles, tmp_path):
    for name, options in (("a.parquet", []), ("b.csv", []), ("c.csv", ["--dialect", "quanteda"])):
        result = run("convert", articles, "--out", tmp_path / name, *options)
        assert result.exit_code == 0
        assert result.output.startswith(f"2 articles written to {tmp_path / name}. 1 rows could not be used")
        assert json.loads(run("check", tmp_path / name, "--json").output)["outlets"] == {"A": 1, "B": 1}
    assert run("convert", articles, "--out", tmp_path / "c.jsonl", "--dialect", "quanteda").exit_code == 1


def test_help_keeps_examples_and_exit_codes_apart():
    assert "\n    framing compare articles.jsonl --out results/\n" in run("--help").output
    assert "\n    2  some rows are refused" in run("check", "--help").output


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["check", "nowhere.jsonl"], 1, "framing: nowhere.jsonl: no such file"),
        (["compare", "x.jsonl"], 2, "Missing option '--out'"),
        (["check", "kabul-2021", "--map", "text"], 2, "expected OURS=THEIRS, got text"),
        (["check", "kabul-2021", "--map", "text=bodi"], 1, "cannot map text=bodi"),
        (["experiments", "list", "--root", "nowhere"], 1, "no such folder"),
        (["experiments", "run", "--root", "experiments", "nothing"], 2, "no such experiment: nothing"),
    ],
)
def test_errors_are_one_line_and_an_exit_code(args, code, message):
    result = run(*args)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


def test_corpora_are_listed_and_shown():
    assert "kabul-2021\t" in run("corpora", "list").output
    assert "constructed" in run("corpora", "show", "kabul-2021").output


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from click.testing import CliRunner; from framing.cli import main; "
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0; "
        "print([m for m in ('pandas', 'sklearn', 'numpy', 'altair') if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
