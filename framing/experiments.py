"""Experiments: folders with a script, its settings and the tables it must give."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from framing.errors import CorpusError, FramingError

__all__ = ["Experiment", "compare_outputs", "find_experiments", "not_compared", "run_experiment"]

TOLERANCE = 1.000001e-6  # six digits are kept: the last one may be rounded either way
"""Absolute and relative difference up to which two floats are the same result."""
_SHOWN = 20  # differences listed per experiment


@dataclass(frozen=True)
class Experiment:
    """One folder ``NN_question/`` with ``run.py``, ``config.toml``, ``expected/`` and ``README.md``."""

    name: str
    folder: Path

    @property
    def question(self) -> str:
        """First heading of its README."""
        readme = self.folder / "README.md"
        first = readme.read_text("utf-8").split("\n", 1)[0] if readme.is_file() else ""
        return first.lstrip("# ").strip()


def find_experiments(root: Path) -> list[Experiment]:
    """Return the experiments of a folder, sorted by name.

    Raises
    ------
    CorpusError
        If the folder does not exist.
    """
    if not root.is_dir():
        raise CorpusError(f"{root}: no such folder. Experiments live in the checkout's experiments/; give --root.")
    return [Experiment(script.parent.name, script.parent) for script in sorted(root.glob("[0-9]*/run.py"))]


def run_experiment(experiment: Experiment, out: Path) -> Path:
    """Run an experiment's script in a process of its own and return the folder of its results.

    Raises
    ------
    FramingError
        If the script fails, with the end of what it said.
    """
    target = out / experiment.name
    target.mkdir(parents=True, exist_ok=True)
    for old in target.rglob("*"):
        if old.is_file():
            old.unlink()
    command = [sys.executable, str(experiment.folder / "run.py"), str(target)]
    done = subprocess.run(  # noqa: S603 - the user's own script
        command, capture_output=True, text=True, encoding="utf-8", check=False, env={**os.environ, "PYTHONUTF8": "1"}
    )
    if done.returncode:
        raise FramingError(f"experiment {experiment.name} failed ({done.returncode}):\n{done.stderr[-2000:]}")
    return target


def compare_outputs(expected: Path, found: Path) -> list[str]:
    """Compare result tables cell by cell: text and integers exactly, floats within 1e-6.

    Parameters
    ----------
    expected, found : Path
        Folders of ``.csv`` and ``.json`` files. Tables in a folder inside ``expected`` need data that not every
        machine has; they are compared where the run wrote such a folder (see `not_compared`).

    Returns
    -------
    list of str
        One line per difference; empty when all agree.
    """
    if not _results(expected):
        return [f"{expected}: no expected results"]
    left_out = not_compared(expected, found)
    parts = ["", *(folder for folder in _folders(expected) if folder not in left_out)]
    differences = [line for part in parts for line in _compare_folders(expected / part, found / part, part)]
    shown = differences[:_SHOWN]
    return shown + ([f"… and {len(differences) - _SHOWN} more"] if len(differences) > _SHOWN else [])


def not_compared(expected: Path, found: Path) -> list[str]:
    """Folders of expected tables of which the run wrote none, because their data were not there."""
    return [folder for folder in _folders(expected) if not _results(found / folder)]


def _folders(expected: Path) -> list[str]:
    return sorted(p.name for p in expected.iterdir() if p.is_dir()) if expected.is_dir() else []


def _results(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.suffix in (".csv", ".json")) if folder.is_dir() else []


def _compare_folders(expected: Path, found: Path, part: str) -> Iterator[str]:
    for name in _results(expected):
        shown = f"{part}/{name}" if part else name
        if not (found / name).is_file():
            yield f"{shown}: was not written"
        elif name.endswith(".csv"):
            yield from _compare_tables(shown, pd.read_csv(expected / name), pd.read_csv(found / name))
        else:
            ours, theirs = (json.loads((folder / name).read_text("utf-8")) for folder in (expected, found))
            yield from (f"{shown}: {line}" for line in _compare_values("", ours, theirs))


def _compare_tables(name: str, expected: pd.DataFrame, found: pd.DataFrame) -> Iterator[str]:
    if list(expected.columns) != list(found.columns):
        yield f"{name}: columns {list(found.columns)}, expected {list(expected.columns)}"
        return
    if len(expected) != len(found):
        yield f"{name}: {len(found)} rows, expected {len(expected)}"
        return
    for column in expected.columns:
        for row, (a, b) in enumerate(zip(expected[column].tolist(), found[column].tolist(), strict=True)):
            if not _same(a, b):
                yield f"{name} row {row} {column}: {b!r}, expected {a!r}"


def _compare_values(path: str, expected: Any, found: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            yield from _compare_values(f"{path}.{key}", expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for k, (a, b) in enumerate(zip(expected, found, strict=True)):
            yield from _compare_values(f"{path}[{k}]", a, b)
    elif not _same(expected, found):
        yield f"{path.lstrip('.')}: {found!r}, expected {expected!r}"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        if not (isinstance(a, (int, float)) and isinstance(b, (int, float))):
            return False
        return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(a == b)
