from pathlib import Path

import pandas as pd
import pytest

from framing.errors import CorpusError, FramingError
from framing.experiments import compare_outputs, find_experiments, not_compared, run_experiment

SCRIPT = """
import sys
from pathlib import Path
Path(sys.argv[1], "t.csv").write_text("a,b\\nx,0.5\\n")
Path(sys.argv[1], "m.json").write_text('{"n": 1, "list": [1.0, "y"]}')
"""


@pytest.fixture
def experiment(tmp_path):
    folder = tmp_path / "01_example"
    folder.mkdir()
    (folder / "run.py").write_text(SCRIPT)
    (folder / "README.md").write_text("# Does it run?\n")
    return find_experiments(tmp_path)[0]


def expect(experiment, csv="a,b\nx,0.5\n", json='{"n": 1, "list": [1.0, "y"]}'):
    expected = experiment.folder / "expected"
    expected.mkdir(exist_ok=True)
    (expected / "t.csv").write_text(csv)
    (expected / "m.json").write_text(json)
    return expected


def test_run_and_verify(experiment, tmp_path):
    assert experiment.question == "Does it run?"
    found = run_experiment(experiment, tmp_path / "out")
    assert compare_outputs(expect(experiment), found) == []
    assert compare_outputs(expect(experiment, csv="a,b\nx,0.5000001\n"), found) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"csv": "a,b\nx,0.50001\n"}, "t.csv row 0 b: 0.5, expected 0.50001"),
        ({"csv": "a,b\ny,0.5\n"}, "t.csv row 0 a: 'x', expected 'y'"),
        ({"csv": "a,c\nx,0.5\n"}, "t.csv: columns ['a', 'b'], expected ['a', 'c']"),
        ({"csv": "a,b\n"}, "t.csv: 1 rows, expected 0"),
        ({"json": '{"n": 2, "list": [1.0, "y"]}'}, "m.json: n: 1, expected 2"),
        ({"json": '{"n": 1, "list": [1.0, "z"]}'}, "m.json: list[1]: 'y', expected 'z'"),
    ],
)
def test_differences_are_named_cell_by_cell(experiment, tmp_path, change, line):
    found = run_experiment(experiment, tmp_path / "out")
    assert compare_outputs(expect(experiment, **change), found) == [line]


def test_failures_say_why(experiment, tmp_path):
    assert compare_outputs(tmp_path / "none", tmp_path) == [f"{tmp_path / 'none'}: no expected results"]
    (experiment.folder / "run.py").write_text("raise SystemExit('no data here')")
    with pytest.raises(FramingError, match="no data here"):
        run_experiment(experiment, tmp_path / "out")
    with pytest.raises(CorpusError, match="no such folder"):
        find_experiments(tmp_path / "nowhere")


def test_old_results_are_not_mistaken_for_new_ones(experiment, tmp_path):
    found = run_experiment(experiment, tmp_path / "out")
    (found / "old.csv").write_text("a\n")
    run_experiment(experiment, tmp_path / "out")
    assert not (found / "old.csv").exists()


def test_tables_of_data_that_are_not_here_are_named_and_not_compared(experiment, tmp_path):
    expected = expect(experiment)
    (expected / "public").mkdir()
    (expected / "public" / "t.csv").write_text("a\n1\n")
    found = run_experiment(experiment, tmp_path / "out")
    assert compare_outputs(expected, found) == []
    assert not_compared(expected, found) == ["public"]
    (found / "public").mkdir()
    (found / "public" / "t.csv").write_text("a\n2\n")
    assert compare_outputs(expected, found) == ["public/t.csv row 0 a: 2, expected 1"]
    assert not_compared(expected, found) == []
    run_experiment(experiment, tmp_path / "out")
    assert not_compared(expected, found) == ["public"]


def test_the_checkout_has_experiments_with_all_their_parts():
    root = Path(__file__).parents[1] / "experiments"
    found = find_experiments(root)
    assert found
    for one in found:
        assert one.question
        assert (one.folder / "config.toml").is_file()
        for table in (one.folder / "expected").rglob("*.csv"):
            assert len(pd.read_csv(table)), table
