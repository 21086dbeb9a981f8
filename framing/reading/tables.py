"""Reading result tables back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from framing.errors import CorpusError
from framing.reading.writing import restore_cell

__all__ = ["read_table"]


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table that `write_table` or a command wrote.

    Parameters
    ----------
    path : str or Path
        Ending ``.csv``, ``.parquet`` or ``.jsonl``.

    Returns
    -------
    DataFrame
        Of a CSV, offsets are integers and all else text, missing where empty; apostrophes that kept spreadsheets from
        running a cell are taken back. Parquet and JSONL keep their types.

    Raises
    ------
    CorpusError
        If there is no such file, its ending is another one, or its content is no table.
    """
    path = Path(path)
    if not path.is_file():
        raise CorpusError(f"{path}: no such file.")
    readers = {".csv": _csv, ".parquet": pd.read_parquet, ".jsonl": _jsonl}
    if path.suffix.lower() not in readers:
        raise CorpusError(
            f"{path}: cannot read {path.suffix or 'a name without ending'!r}. Known: {', '.join(readers)}."
        )
    try:
        return readers[path.suffix.lower()](path)
    except (ValueError, OSError) as error:
        raise CorpusError(f"{path}: not a table: {error}.") from None


def _csv(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    offsets = [name for name in frame.columns if name.endswith(("start", "end"))]
    texts = [name for name in frame.columns if name not in offsets]
    cells = {name: frame[name].map(restore_cell, na_action="ignore") for name in texts}
    return frame.assign(**cells, **{name: pd.to_numeric(frame[name]).astype("Int64") for name in offsets})


def _jsonl(path: Path) -> pd.DataFrame:
    frame = pd.read_json(path, orient="records", lines=True, dtype=False)
    return pd.DataFrame(frame)
