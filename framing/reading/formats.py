"""File formats: from the bytes of one file to raw rows."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from framing.errors import CorpusError
from framing.reading.archives import read_archive
from framing.reading.delimited import read_csv
from framing.reading.encodings import decode, find_encoding
from framing.reading.rows import Fault, Part, RawRow, distinct_names

__all__ = ["ending", "one_article", "read_format", "rows_of_frame"]

_ARTICLE_LISTS = ("articles", "documents", "data", "results", "stories", "items", "rows", "hits")
_MARKUP = (".html", ".htm")
_SHOWN = 80  # characters of a bad line in a message


def read_format(path: Path, content: bytes, encoding: str | None, max_bytes: int) -> Part:
    """Read one file by its ending.

    Parameters
    ----------
    path : Path
        Its name tells the format.
    content : bytes
        Its content, unpacked.
    encoding : str, optional
        Encoding of a text file, where the user states it.
    max_bytes : int
        Largest size after unpacking; a workbook is a ZIP file.

    Raises
    ------
    CorpusError
        If the format is unknown, or the content is of another.
    """
    reader = _READERS.get(ending(path))
    if reader is None:
        raise CorpusError(
            f"{path}: cannot tell the format from {ending(path) or 'a name without ending'!r}. "
            f"Known: {', '.join(_READERS)}, the text ones also with .gz, or a folder."
        )
    if not content.strip():
        raise CorpusError(f"{path}: the file is empty. Expected one article per row.")
    if ending(path) == ".xlsx":
        _refuse_bomb(path, content, max_bytes)
    return reader(path, content, encoding)


def ending(path: Path) -> str:
    """Return the ending that tells the format, lower case: that before ``.gz``."""
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def one_article(path: Path, content: bytes, encoding: str | None) -> Mapping[str, Any]:
    """Read a file of a folder that holds one article a file: .txt, .html or .json."""
    if not content.strip():
        raise CorpusError(f"{path}: the file is empty.")
    if path.suffix.lower() == ".txt":
        return {"text": decode(path, content, encoding, guess=True)}
    if path.suffix.lower() == ".json":
        values = [*_json_values(path, decode(path, content, encoding, guess=False))]
        if len(values) == 1 and isinstance(values[0], dict):
            return values[0]
        raise CorpusError(
            f"{path}: expected one article as a JSON object. For files of several articles give a pattern: "
            f"'{path.parent}/*.json'."
        )
    return _article_of_page(path, content)


def _article_of_page(path: Path, content: bytes) -> Mapping[str, Any]:
    try:
        from trafilatura import bare_extraction  # noqa: PLC0415 - an extra
    except ImportError:
        raise CorpusError(f"{path}: reading HTML needs the html extra: pip install 'framing[html]'.") from None
    document = bare_extraction(content, with_metadata=True)
    if document is None:
        raise CorpusError(f"{path}: no article text was found in this page.")
    values = document if isinstance(document, dict) else document.as_dict()
    names = ("title", "text", "date", "sitename", "hostname", "url", "language", "author")
    return {name: values.get(name) for name in names}


def _json_values(path: Path, text: str) -> Iterator[Any]:
    """Values of a JSON file: one as a rule; several where a tool appended one object after another."""
    decoder = json.JSONDecoder()
    place = 0
    try:
        while place < len(text):
            if text[place] in " \t\r\n":
                place += 1
                continue
            value, place = decoder.raw_decode(text, place)
            yield value
    except (json.JSONDecodeError, RecursionError) as error:
        raise CorpusError(f"{path}: not valid JSON: {error}. One object per line is .jsonl.") from None


def _read_json(path: Path, content: bytes, encoding: str | None) -> Part:
    values = [*_json_values(path, decode(path, content, encoding, guess=False))]
    if len(values) == 1:
        values = _articles_in(values[0])
    return Part(path.name, *_objects(enumerate(values, start=1)))


def _articles_in(value: Any) -> list[Any]:
    """Articles of one JSON value: a list, an object that holds a list, objects by identifier, or one article."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return [value]
    listed = next((value[key] for key in _ARTICLE_LISTS if isinstance(value.get(key), list)), None)
    if listed is not None and all(isinstance(item, dict) for item in listed):
        return [*listed]
    if value and all(isinstance(item, dict) for item in value.values()):
        return [{"article_id": key, **item} for key, item in value.items()]
    return [value]


def _read_jsonl(path: Path, content: bytes, encoding: str | None) -> Part:
    encoding = find_encoding(path, content, encoding, guess=False)
    rows, faults = _objects(_json_lines(io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="\n")))
    no_object_first = faults and (not rows or (faults[0].row or 0) < rows[0][0])
    if no_object_first or len(rows) == 1:  # perhaps objects over several lines, or one value that holds all
        try:
            whole = _read_json(path, content, encoding)
        except CorpusError:
            pass
        else:
            return whole
    return Part(path.name, rows, faults)


def _json_lines(lines: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                yield number, Fault(number, None, "unreadable row", f"not JSON ({error}): {line[:_SHOWN]!r}")


def _objects(values: Iterator[tuple[int, Any]]) -> tuple[list[RawRow], list[Fault]]:
    rows: list[RawRow] = []
    faults: list[Fault] = []
    for number, value in values:
        if isinstance(value, dict):
            rows.append((number, value))
        elif isinstance(value, Fault):
            faults.append(value)
        else:
            faults.append(Fault(number, None, "unreadable row", f"expected an object, got {str(value)[:_SHOWN]!r}"))
    return rows, faults


def _read_tsv(path: Path, content: bytes, encoding: str | None) -> Part:
    return read_csv(path, content, encoding, "\t")


def _read_parquet(path: Path, content: bytes, _: str | None) -> Part:
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: not a Parquet file: {str(error).rstrip('.')}.") from None
    return Part(path.name, rows_of_frame(frame))


def _read_excel(path: Path, content: bytes, _: str | None) -> Part:
    try:
        sheets = pd.read_excel(io.BytesIO(content), engine="openpyxl", sheet_name=None)
    except ImportError:
        raise CorpusError(f"{path}: reading Excel needs the excel extra: pip install 'framing[excel]'.") from None
    except Exception as error:  # noqa: BLE001 - openpyxl raises what zipfile, XML and itself raise
        raise CorpusError(f"{path}: not an Excel workbook: {error}.") from None
    filled = {name: frame for name, frame in sheets.items() if len(frame)}
    first, *others = filled or sheets
    faults = [
        Fault(None, None, "sheet is not read", f"sheet {name!r} has {len(filled[name])} rows; only {first!r} is read")
        for name in others
        if name in filled
    ]
    return Part(path.name, rows_of_frame(sheets[first]), faults)


def _refuse_bomb(path: Path, content: bytes, max_bytes: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise CorpusError(f"{path}: not an Excel workbook: {error}.") from None
    if size > max_bytes:
        raise CorpusError(f"{path}: unpacks to {size} bytes, more than the limit of {max_bytes}: Reading(max_bytes=…).")


def _read_text(path: Path, content: bytes, encoding: str | None) -> Part:
    encoding = find_encoding(path, content, encoding, guess=True)
    rows, faults, dialect = read_archive(str(path), content.decode(encoding))
    return Part(path.name, rows, faults, dialect, encoding)


def _read_page(path: Path, content: bytes, _: str | None) -> Part:
    return Part(path.name, [(1, {"article_id": path.stem, **_article_of_page(path, content)})], (), "html")


def rows_of_frame(frame: pd.DataFrame) -> list[RawRow]:
    """Return the rows of a DataFrame, numbered from 1."""
    names = distinct_names([str(name) for name in frame.columns])
    values = zip(*(frame.iloc[:, i].astype(object) for i in range(len(names))), strict=True)
    return [(number, dict(zip(names, row, strict=True))) for number, row in enumerate(values, start=1)]


_READERS: Mapping[str, Callable[[Path, bytes, str | None], Part]] = {
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".json": _read_json,
    ".csv": read_csv,
    ".tsv": _read_tsv,
    ".parquet": _read_parquet,
    ".xlsx": _read_excel,
    ".txt": _read_text,
    **dict.fromkeys(_MARKUP, _read_page),
}
