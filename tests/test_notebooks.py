"""The notebooks run from start to end on the installed package, and are kept as they ran."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "experiments" / "notebooks"
NOTEBOOKS = pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda p: p.stem)
SMALL = 120_000  # bytes of a notebook with its outputs


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _shown(notebook):
    """What every cell says in plain text; HTML and pictures depend on versions and fonts."""
    texts = [[out.get("text", out.get("data", {}).get("text/plain", "")) for out in c.outputs] for c in _code(notebook)]
    return [re.sub(r" at 0x[0-9a-f]+", "", "\n".join(cell)) for cell in texts]


@NOTEBOOKS
def test_notebook_is_kept_executed_small_and_offline(path):
    notebook = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in _code(notebook)] == list(range(1, len(_code(notebook)) + 1))
    outputs = [output for cell in _code(notebook) for output in cell.outputs]
    assert not [out for out in outputs if out.output_type == "error" or out.get("name") == "stderr"]
    shown = json.dumps(outputs)
    assert "<script" not in shown
    assert "cdn." not in shown
    assert path.stat().st_size < SMALL


@NOTEBOOKS
@pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries
def test_notebook_runs_and_shows_what_is_kept(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    kept = _shown(notebook)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert _shown(notebook) == kept, "results changed: store the notebook anew (experiments/notebooks/README.md)"
