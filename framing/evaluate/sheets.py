"""Blind coding sheets: units in random order for people to code, and back again as ratings."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from framing.errors import CorpusError, SchemaError, SettingsError
from framing.evaluate.faults import raise_faults
from framing.reading import Corpus, Reading, write_bytes, write_table
from framing.reading.formats import read_format
from framing.reading.writing import restore_cell
from framing.schema import FIELDS, stable_ids

__all__ = ["majority_codes", "ratings_table", "read_coding_sheets", "write_coding_sheet"]

Codebook = Mapping[str, Sequence[str] | Mapping[str, str]]

_SPAN = ["article_id", "field", "start", "end"]
_OWN = ["unit_id", "before", "unit", "after", "comment"]


def write_coding_sheet(
    corpus: Corpus,
    table: pd.DataFrame,
    path: str | Path,
    *,
    codes: Codebook,
    window: int = 200,
    random_state: int = 0,
) -> None:
    """Write spans as a sheet that people code without knowing outlet, source or what a machine said.

    Three files: the sheet (one row per unit, in random order: ``unit_id, before, unit, after``, one empty column per
    code, ``comment``), which goes to the coders; ``<name>.codebook.csv`` (``code, value, meaning``), too; and
    ``<name>.key.csv``, which says where each unit stands and stays with you: sha256 and offsets, no words.

    Parameters
    ----------
    corpus : Corpus
        Where the spans stand.
    table : DataFrame
        Any span table. Only its spans are used, never its labels; the same span twice is one unit.
    path : str or Path
        The sheet, ending ``.csv``. Cells that a spreadsheet would run as a formula get a leading apostrophe.
    codes : mapping of str to sequence or mapping
        Column to fill in, and its allowed values, or values with their meaning; an empty sequence allows any.
    window : int
        Code points of context on each side.
    random_state : int
        Seed of the order. Give every coder the same sheet, or another seed each: units are known by ``unit_id``.

    Raises
    ------
    SchemaError
        If the table lacks a column, or a span does not fit its text.
    SettingsError
        If the path or a code's name cannot be used.

    Examples
    --------
    >>> codes = {"label": {"yes": "a detachable status claim", "no": "anything else"}, "note": []}
    >>> write_coding_sheet(corpus, labels, "sheet.csv", codes=codes)  # doctest: +SKIP
    """
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise SettingsError(f"{path}: a coding sheet is a .csv file.")
    taken = [code for code in codes if code in _OWN]
    if taken or not codes:
        raise SettingsError(f"codes must name the columns to fill in, other than {', '.join(_OWN)}. Got {taken}.")
    units = _units(corpus, table)
    order = np.random.default_rng(random_state).permutation(len(units))
    texts = {(article, field): text for field in FIELDS for article, text in corpus.texts(field).items()}
    rows = [
        {
            "unit_id": unit.unit_id,
            "before": texts[unit.article_id, unit.field][max(unit.start - window, 0) : unit.start],
            "unit": texts[unit.article_id, unit.field][unit.start : unit.end],
            "after": texts[unit.article_id, unit.field][unit.end : unit.end + window],
            **dict.fromkeys(codes, ""),
            "comment": "",
        }
        for unit in units.iloc[order].itertuples()
    ]
    _spreadsheet(pd.DataFrame(rows, columns=[*_OWN[:4], *codes, "comment"], dtype="str"), path)
    _spreadsheet(_codebook(codes), path.with_suffix(".codebook.csv"))
    sums = [_sha256(texts[key]) for key in zip(units["article_id"], units["field"], strict=True)]
    write_table(units.assign(sha256=pd.Series(sums, dtype="str")), path.with_suffix(".key.csv"))


def read_coding_sheets(paths: Sequence[str | Path], corpus: Corpus, *, sheet: str | Path) -> pd.DataFrame:
    """Read the sheets that coders filled in, one file per coder.

    Parameters
    ----------
    paths : sequence of str or Path
        Filled sheets: CSV with any delimiter, as spreadsheets save them, or .xlsx. The file's name is the coder's.
    corpus : Corpus
        What the sheet was made from.
    sheet : str or Path
        The sheet as it was written; its key and codebook stand beside it.

    Returns
    -------
    DataFrame
        One row per coder and unit: ``unit_id, coder, article_id, field, start, end, surface``, one column per code, and
        ``comment``. Cells left empty are missing; values in another case than the codebook's are taken as meant.

    Raises
    ------
    SchemaError
        Naming every fault of all files: columns missing, values outside the codebook, units unknown or twice, texts
        that changed since.

    Examples
    --------
    >>> coded = read_coding_sheets(["ann.csv", "bob.csv"], corpus, sheet="sheet.csv")  # doctest: +SKIP
    >>> krippendorff_alpha(ratings_table(coded, "label"))  # doctest: +SKIP
    """
    key, codes = _own_files(Path(sheet))
    faults: list[str] = []
    units = _with_surfaces(key, corpus, faults)
    rows: list[dict[str, Any]] = []
    files = [Path(path) for path in paths]
    coders = [path.stem for path in files]
    twice = sorted({name for name in coders if coders.count(name) > 1})
    faults += [f"two files are named {coder!r}; name each file after its coder." for coder in twice]
    for path in files:
        rows += _coded(path, units, codes, faults)
    raise_faults("coding sheets", faults, "Correct the cells, or ask the coder; then read all sheets again.")
    frame = pd.DataFrame(rows, columns=["unit_id", "coder", *_SPAN, "surface", *codes, "comment"], dtype="str")
    frame = frame.astype({"start": "int64", "end": "int64"})
    return frame.sort_values([*_SPAN, "coder"]).reset_index(drop=True)


def ratings_table(coded: pd.DataFrame, code: str) -> pd.DataFrame:
    """Put what coders said side by side, one row per unit and one column per coder, for `krippendorff_alpha`.

    Parameters
    ----------
    coded : DataFrame
        Columns ``unit_id, coder``, the span of the unit and the code: from `read_coding_sheets`.
    code : str
        The column to compare.

    Returns
    -------
    DataFrame of shape (n_units, n_coders)
        Index ``article_id, unit_id``.

    Raises
    ------
    SchemaError
        If there is no such column.
    """
    if code not in coded.columns:
        raise SchemaError(f"ratings_table: there is no column {code!r}. Columns: {', '.join(coded.columns)}.")
    cells = coded.set_index(["article_id", "unit_id", "coder"])[code]
    return cells.unstack("coder").rename_axis(columns=None)  # noqa: PD010 - a pivot table would make every combination


def majority_codes(coded: pd.DataFrame) -> pd.DataFrame:
    """Take for each unit and code the value on which more than half of those who coded it agree.

    Report the agreement (`krippendorff_alpha`) beside gold that is made so: a majority can hide much doubt.

    Parameters
    ----------
    coded : DataFrame
        From `read_coding_sheets`.

    Returns
    -------
    DataFrame
        One row per unit: ``unit_id, article_id, field, start, end, surface, n_coders``, one column per code; missing
        where there is no majority, which is for people to settle.

    Raises
    ------
    SchemaError
        If columns are missing.
    """
    unit = ["unit_id", *_SPAN, "surface"]
    missing = [name for name in (*unit, "coder") if name not in coded.columns]
    if missing:
        raise SchemaError(f"coded: column(s) missing: {', '.join(missing)}. It must come from read_coding_sheets.")
    codes = [name for name in coded.columns if name not in (*unit, "coder", "comment")]
    groups = coded.groupby("unit_id", sort=False)
    units = groups[[*_SPAN, "surface"]].first().assign(n_coders=groups["coder"].nunique())
    chosen = {code: groups[code].agg(_majority).astype("str") for code in codes}
    return units.assign(**chosen).reset_index().sort_values(_SPAN).reset_index(drop=True)


def _majority(values: pd.Series) -> str | None:
    counts = values.value_counts()
    return str(counts.index[0]) if len(counts) and 2 * counts.iloc[0] > counts.sum() else None


def _units(corpus: Corpus, table: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in (*_SPAN, "surface") if name not in table.columns]
    if missing:
        raise SchemaError(f"table to code: column(s) missing: {', '.join(missing)}. It must be a span table.")
    spans = corpus.check_spans(table[[*_SPAN, "surface"]].dropna())[_SPAN].drop_duplicates()
    spans = spans[spans["end"] > spans["start"]].sort_values(_SPAN).reset_index(drop=True)
    return spans.assign(unit_id=pd.Series(stable_ids("u", *(spans[c] for c in _SPAN)), dtype="str"))[
        ["unit_id", *_SPAN]
    ]


def _codebook(codes: Codebook) -> pd.DataFrame:
    rows = []
    for code, values in codes.items():
        meanings = dict(values) if isinstance(values, Mapping) else dict.fromkeys(values, "")
        rows += [(code, value, meaning) for value, meaning in (meanings or {"": "any value"}).items()]
    return pd.DataFrame(rows, columns=["code", "value", "meaning"], dtype="str")


def _spreadsheet(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV with the mark by which spreadsheets know UTF-8; without it they garble all but English."""
    write_table(frame, path)
    write_bytes(path, codecs.BOM_UTF8 + path.read_bytes())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _own_files(sheet: Path) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    beside = [sheet.with_suffix(".key.csv"), sheet.with_suffix(".codebook.csv")]
    gone = [str(path) for path in beside if not path.is_file()]
    if gone:
        raise SchemaError(f"{sheet}: not found beside it: {', '.join(gone)}. Name the sheet as it was written.")
    key, book = (pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig") for path in beside)
    book = book.map(restore_cell)  # a value such as -2 was kept from being run as a formula
    codes = {code: [value for value in part["value"] if value] for code, part in book.groupby("code", sort=False)}
    return key.astype({"start": "int64", "end": "int64"}), {str(code): values for code, values in codes.items()}


def _with_surfaces(key: pd.DataFrame, corpus: Corpus, faults: list[str]) -> dict[str, dict[str, Any]]:
    texts = {(article, field): text for field in FIELDS for article, text in corpus.texts(field).items()}
    sums = {
        place: _sha256(texts[place]) for place in set(zip(key["article_id"], key["field"], strict=True)) & set(texts)
    }
    stated = {(unit["article_id"], unit["field"]): unit["sha256"] for unit in key.to_dict("records")}
    for place, digest in sorted(stated.items()):
        if place not in sums:
            faults.append(f"the corpus has no article {place[0]!r} ({place[1]}).")
        elif sums[place] != digest:
            faults.append(f"the text of article {place[0]!r} ({place[1]}) is not the one that the sheet was made from.")
    return {
        unit["unit_id"]: {
            **{name: unit[name] for name in _SPAN},
            "surface": texts.get((unit["article_id"], unit["field"]), "")[unit["start"] : unit["end"]],
        }
        for unit in key.to_dict("records")
    }


def _coded(
    path: Path, units: Mapping[str, Mapping[str, Any]], codes: Mapping[str, Sequence[str]], faults: list[str]
) -> list[dict[str, Any]]:
    """Rows of one coder's file; what is wrong with them goes to ``faults``."""
    if not path.is_file():
        faults.append(f"{path}: no such file.")
        return []
    try:
        part = read_format(path, path.read_bytes(), None, Reading().max_bytes)
    except CorpusError as error:
        faults.append(str(error))
        return []
    faults += [f"{path.name} row {fault.row}: {fault.detail}" for fault in part.faults]
    missing = [name for name in ("unit_id", *codes) if part.rows and name not in part.rows[0][1]]
    if missing or not part.rows:
        faults.append(f"{path.name}: column(s) missing: {', '.join(missing)}." if missing else f"{path.name}: no rows.")
        return []
    rows, seen = [], set()
    for number, cells in part.rows:
        unit = str(cells["unit_id"]).strip()
        if unit not in units or unit in seen:
            faults.append(f"{path.name} row {number}: unit_id {unit!r} is {'twice' if unit in seen else 'unknown'}.")
            continue
        seen.add(unit)
        values = {code: _value(cells[code], allowed) for code, allowed in codes.items()}
        for code, value in values.items():
            if value is not None and codes[code] and value not in codes[code]:
                allowed = ", ".join(codes[code])
                faults.append(f"{path.name} row {number} ({unit}): {code} must be one of {allowed}. Got {value!r}.")
        rows.append({"unit_id": unit, "coder": path.stem, **units[unit], **values, "comment": cells.get("comment")})
    if rows and all(row[code] is None for row in rows for code in codes):
        faults.append(f"{path.name}: nothing is coded.")
    return rows


def _value(cell: Any, allowed: Sequence[str]) -> str | None:
    value = "" if cell is None else str(cell).strip()
    meant = {name.casefold(): name for name in allowed}
    return meant.get(value.casefold(), value) or None
