"""Formats of files: each reader yields numbered raw rows and the rows that it could not parse."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from framing.errors import CorpusError
from framing.reading.corpus import Corpus
from framing.reading.rows import Fault, RawRow, corpus_from_rows
from framing.reading.shipped import find_corpus

__all__ = ["read_corpus"]

Parsed = tuple[list[RawRow], list[Fault]]

_DELIMITERS = ",;\t|"
_SHOWN = 80  # characters of a bad line in a message


def read_corpus(
    source: str | Path | pd.DataFrame | Corpus,
    *,
    columns: Mapping[str, str] | None = None,
) -> Corpus:
    """Read articles into a corpus.

    Parameters
    ----------
    source : str, Path, DataFrame or Corpus
        A file (.jsonl, .csv, .tsv, .parquet), a folder with ``corpus.toml``, such a ``corpus.toml``, the name of a
        shipped corpus, or a DataFrame. A corpus is returned as it is.
    columns : mapping, optional
        Our column = column of the source, where they differ: ``{"text": "body", "outlet": "source"}``. Common
        names (``body``, ``maintext``, ``source``, ``date``, ``id`` …) are found without it.

    Returns
    -------
    Corpus
        Articles sorted by id; rows that cannot be used stand in ``quarantine``.

    Raises
    ------
    CorpusError
        If the source cannot be read, lacks a needed column, or has no usable row.
    """
    if isinstance(source, Corpus):
        return source
    if isinstance(source, pd.DataFrame):
        rows = _rows_of_frame(source)
        return corpus_from_rows(rows, "DataFrame", columns)
    path = find_corpus(source)
    if path.name == "corpus.toml":
        return _read_described(path, columns)
    return _read_file(path, columns, {})


def _read_file(path: Path, columns: Mapping[str, str] | None, provenance: Mapping[str, Any]) -> Corpus:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise CorpusError(
            f"{path}: cannot tell the format from {path.suffix or 'a name without ending'!r}. "
            f"Known: {', '.join(_READERS)}, or a folder with corpus.toml."
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}.") from None
    if not content.strip():
        raise CorpusError(f"{path}: the file is empty. Expected one article per row.")
    rows, faults = reader(path, content)
    digest = hashlib.sha256(content).hexdigest()
    return corpus_from_rows(rows, path.name, columns, {"sha256": digest, **provenance}, faults)


def _read_described(path: Path, columns: Mapping[str, str] | None) -> Corpus:
    """Read a corpus that ``corpus.toml`` describes, checking the sha256 that it states."""
    try:
        described = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: not a valid TOML file: {error}.") from None
    articles = described.get("articles", {})
    if "path" not in articles:
        raise CorpusError(f"{path}: [articles] path is missing. It names the file of articles beside corpus.toml.")
    known = {k: v for k, v in described.items() if isinstance(v, (str, bool, int))}
    corpus = _read_file(path.parent / articles["path"], columns or articles.get("columns"), known)
    stated = articles.get("sha256")
    if stated and stated != corpus.provenance["sha256"]:
        raise CorpusError(
            f"{path.parent / articles['path']}: sha256 is {corpus.provenance['sha256']}, corpus.toml states {stated}. "
            "The file was changed or is incomplete; fetch it again, or state the new sha256."
        )
    return corpus


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path}: not UTF-8: byte 0x{content[error.start]:02x} at {error.start}. "
            "Save it as UTF-8 (for example: iconv -f WINDOWS-1252 -t UTF-8)."
        ) from None


def _read_jsonl(path: Path, content: bytes) -> Parsed:
    rows: list[RawRow] = []
    faults: list[Fault] = []
    for number, line in enumerate(_decoded(path, content).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            faults.append((number, None, "unreadable row", f"not JSON ({error}): {line[:_SHOWN]!r}"))
            continue
        if isinstance(values, dict):
            rows.append((number, values))
        else:
            faults.append((number, None, "unreadable row", f"expected an object, got {line[:_SHOWN]!r}"))
    return rows, faults


def _read_csv(path: Path, content: bytes) -> Parsed:
    text = _decoded(path, content)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=lambda d: (first.count(d), -_DELIMITERS.index(d)))
    csv.field_size_limit(max(csv.field_size_limit(), len(content)))
    reader = csv.reader(io.StringIO(text.replace("\0", "�"), newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader)]
    rows: list[RawRow] = []
    faults: list[Fault] = []
    for number, cells in enumerate(reader, start=1):
        if not any(cells):
            continue
        if len(cells) == len(header):
            rows.append((number, dict(zip(header, cells, strict=True))))
        else:
            detail = f"expected {len(header)} cells as in the header, got {len(cells)}; is a quotation mark missing?"
            faults.append((number, None, "unreadable row", detail))
    return rows, faults


def _read_parquet(path: Path, content: bytes) -> Parsed:
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: not a Parquet file: {error}.") from None
    return _rows_of_frame(frame), []


def _rows_of_frame(frame: pd.DataFrame) -> list[RawRow]:
    names = [str(name) for name in frame.columns]
    values = zip(*(frame.iloc[:, i].astype(object) for i in range(len(names))), strict=True)
    return [(number, dict(zip(names, row, strict=True))) for number, row in enumerate(values, start=1)]


_READERS: Mapping[str, Callable[[Path, bytes], Parsed]] = {
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".parquet": _read_parquet,
}
