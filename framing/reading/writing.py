"""Writing tables: atomic, the same bytes for the same table, safe to open in a spreadsheet."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from framing.errors import SettingsError

__all__ = ["write_bytes", "write_table"]

_FORMULA = r"^[=+\-@\t\r]"  # a spreadsheet runs a cell that begins so
_DIGITS = "%.6g"


def write_table(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table in the format of the file's ending.

    Parameters
    ----------
    frame : DataFrame
        Any table.
    path : str or Path
        Ending ``.csv``, ``.parquet`` or ``.jsonl``. Text cells of a CSV that a spreadsheet would run as a formula
        get a leading apostrophe; its floats have six significant digits. Parquet and JSONL hold the exact values.

    Raises
    ------
    SettingsError
        If the ending is another one.
    """
    path = Path(path)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise SettingsError(
            f"{path}: cannot write {path.suffix or 'a name without ending'!r}. Known: {', '.join(_FORMATS)}."
        )
    write_bytes(path, form(frame))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.copy()
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype):
            risky = frame[name].str.contains(_FORMULA, regex=True, na=False)
            safe[name] = frame[name].mask(risky, "'" + frame[name])
    return bytes(safe.to_csv(index=False, float_format=_DIGITS, lineterminator="\n"), "utf-8")


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _jsonl(frame: pd.DataFrame) -> bytes:
    text = frame.to_json(orient="records", lines=True, force_ascii=False, date_format="iso", date_unit="s")
    return bytes(text or "", "utf-8")


_FORMATS: Mapping[str, Callable[[pd.DataFrame], bytes]] = {".csv": _csv, ".parquet": _parquet, ".jsonl": _jsonl}
