"""CSV and TSV: the delimiter and the way of quoting are found."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framing.errors import CorpusError
from framing.reading.encodings import find_encoding
from framing.reading.rows import Fault, Part, RawRow, distinct_names
from framing.reading.writing import CSV_COLUMNS, restore_cell

__all__ = ["read_csv"]

_DELIMITERS = ",;\t|"
# Strict, so that a stray quotation mark is a fault and not a silent change of the text.
_DOUBLED: dict[str, Any] = {"strict": True}
_ESCAPED: dict[str, Any] = {"strict": True, "doublequote": False, "escapechar": "\\"}  # R's write.table
_UNQUOTED: dict[str, Any] = {"quoting": csv.QUOTE_NONE}
_ESCAPED_MARK = re.compile(rb'\\\x00?"')


def read_csv(path: Path, content: bytes, encoding: str | None, delimiter: str | None = None) -> Part:
    """Read a delimited file with a header row.

    Of several ways of quoting the first that leaves no faulty row is taken, else the one that leaves fewest.
    """
    encoding = find_encoding(path, content, encoding, guess=True)
    csv.field_size_limit(max(csv.field_size_limit(), len(content)))
    start, first = 0, _lines(content, encoding).readline()
    if separator := re.fullmatch(r"sep=(.)\s*", first):  # Excel's hint
        start, delimiter = 1, separator[1]
        first = ""
    delimiter = delimiter or _delimiter(first)
    best: tuple[list[RawRow], list[Fault]] | None = None
    for quoting in _ways_of_quoting(content, delimiter):
        found = _table(path, _lines(content, encoding, start), delimiter, quoting)
        if best is None or len(found[1]) < len(best[1]):
            best = found
        if not best[1]:
            break
    rows, faults = best or ([], [])
    return Part(path.name, rows, faults, encoding=encoding)


def _ways_of_quoting(content: bytes, delimiter: str) -> Iterator[dict[str, Any]]:
    """In order of preference; the second does not notice stray marks, so it needs a sign that it is meant."""
    yield _DOUBLED
    if _ESCAPED_MARK.search(content):
        yield _ESCAPED
    if delimiter == "\t":
        yield _UNQUOTED


def _lines(content: bytes, encoding: str, skip: int = 0) -> io.TextIOWrapper:
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    for _ in range(skip):
        lines.readline()
    return lines


def _delimiter(header: str) -> str:
    """Return the delimiter that occurs most often in the header, outside quotation marks."""
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=lambda d: (bare.count(d), -_DELIMITERS.index(d)))


def _table(
    path: Path, lines: io.TextIOWrapper, delimiter: str, quoting: dict[str, Any]
) -> tuple[list[RawRow], list[Fault]]:
    reader = csv.reader(lines, delimiter=delimiter, **quoting)
    try:
        header = distinct_names([name.strip() for name in next(reader)])
    except csv.Error as error:
        raise CorpusError(f"{path}: the header cannot be read: {error}.") from None
    own = tuple(header[: len(CSV_COLUMNS)]) == CSV_COLUMNS
    rows: list[RawRow] = []
    ragged: list[tuple[int, str, list[str]]] = []
    faults: list[Fault] = []
    number = 0
    while True:
        number += 1
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            faults.append(Fault(number, None, "unreadable row", f"{_place(begun, reader.line_num)}: {error}"))
            continue
        if len(cells) == len(header):
            values = [restore_cell(cell) for cell in cells] if own else cells
            if any(cells):
                rows.append((number, dict(zip(header, values, strict=True))))
        elif any(cells):
            ragged.append((number, _place(begun, reader.line_num), cells))
    if not rows and all(len(cells) == len(header) + 1 for _, _, cells in ragged):
        # R's write.table gives rows a name and the column of names none.
        return [(number, dict(zip(["", *header], cells, strict=True))) for number, _, cells in ragged], faults
    for number, place, cells in ragged:
        detail = (
            f"{place}: expected {len(header)} cells as in the header, got {len(cells)}; is a quotation mark missing?"
        )
        faults.append(Fault(number, None, "unreadable row", detail))
    return rows, faults


def _place(begun: int, ended: int) -> str:
    return f"line {begun}" if begun == ended else f"lines {begun} to {ended}"
