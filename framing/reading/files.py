"""Reading files into a corpus: where they are and how they are packed."""

from __future__ import annotations

import hashlib
import os
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from framing.errors import CorpusError, SettingsError
from framing.execution import progress
from framing.reading.corpus import Corpus
from framing.reading.dialects import column_key
from framing.reading.formats import one_article, read_format, rows_of_frame
from framing.reading.rows import CorpusBuilder, Fault, Part, RawRow
from framing.reading.shipped import find_corpus

__all__ = ["Reading", "read_corpus"]

_GIB = 1 << 30
_ARTICLE_FILES = (".txt", ".html", ".htm", ".json")
_FILE_COLUMNS = ("filename", "file", "path", "doc_id", "article_id", "id")


@dataclass(frozen=True)
class Reading:
    """Choices for reading.

    Attributes
    ----------
    encoding : str, optional
        Encoding of text files; by default UTF-8, else found (CSV, TSV, TXT) or an error (JSON).
    day_first : bool, optional
        How ``01/02/2021`` is to be read; without it such dates are refused.
    max_bytes : int
        Largest size of one file after unpacking; a small ``.gz`` can hold terabytes of nothing.
    """

    encoding: str | None = None
    day_first: bool | None = None
    max_bytes: int = 4 * _GIB


def read_corpus(
    source: str | Path | pd.DataFrame | Corpus,
    *,
    columns: Mapping[str, str] | None = None,
    reading: Reading | None = None,
) -> Corpus:
    """Read articles into a corpus.

    Parameters
    ----------
    source : str, Path, DataFrame or Corpus
        A file (.jsonl, .json, .csv, .tsv, .parquet, .xlsx, .txt of Nexis or Factiva, text ones also as .gz), a pattern
        such as ``"export/*.json"``, a folder with ``corpus.toml`` or of .txt, .html or .json files with a metadata CSV,
        the name of a shipped corpus, or a DataFrame. A corpus is returned as it is.
    columns : mapping, optional
        Our column = column of the source, where they differ: ``{"text": "body", "outlet": "source"}``. Exports of
        news-please, trafilatura, Media Cloud, 4CAT and quanteda, and common names, are found without it.
    reading : Reading, optional
        Encoding, order of day and month, size limit.

    Returns
    -------
    Corpus
        Articles sorted by id; rows that cannot be used stand in ``quarantine``, and so does each file of a pattern
        or folder that cannot be read. Articles without an identifier are named by file and row.

    Raises
    ------
    CorpusError
        If the source cannot be read, lacks a needed column, or has no usable row.
    """
    reading = reading or Reading()
    if isinstance(source, Corpus):
        return source
    if isinstance(source, pd.DataFrame):
        return _only(Part("DataFrame", rows_of_frame(source)), columns, reading)
    if any(mark in str(source) for mark in "*?[") and not Path(source).exists():
        return _read_files(_matching(str(source)), columns, reading)
    if not str(source):
        raise CorpusError("the source is empty. Give a file, a pattern, a folder or the name of a shipped corpus.")
    path = find_corpus(source)
    if path.name == "corpus.toml":
        return _read_described(path, columns, reading)
    if path.is_dir():
        return _read_folder(path, columns, reading)
    return _read_files([path], columns, reading)


def _matching(pattern: str) -> list[Path]:
    parts = Path(pattern).parts
    fixed = next(n for n, part in enumerate(parts) if any(mark in part for mark in "*?["))
    found = sorted(path for path in Path(*parts[:fixed]).glob(str(Path(*parts[fixed:]))) if path.is_file())
    if not found:
        raise CorpusError(f"{pattern}: no file matches. Quote the pattern, and check the folder.")
    return found


def _read_files(
    paths: list[Path],
    columns: Mapping[str, str] | None,
    reading: Reading,
    known: Mapping[str, Any] | None = None,
) -> Corpus:
    builder = CorpusBuilder(columns or {}, reading.day_first, len(paths))
    digest = hashlib.sha256()
    for path, name in zip(progress(paths, "reading", len(paths)), _names(paths), strict=True):
        try:
            content = _content(path, reading.max_bytes)
            digest.update(content)
            part = read_format(path, content, reading.encoding, reading.max_bytes)
        except CorpusError as error:
            if len(paths) == 1:
                raise
            part = Part(name, [], [Fault(None, None, "unreadable file", str(error))])
        content = b""  # room for the articles
        builder.add(replace(part, source=name))
        del part
    return builder.build({"sha256": digest.hexdigest(), **(known or {})})


def _only(
    part: Part, columns: Mapping[str, str] | None, reading: Reading, provenance: Mapping[str, Any] | None = None
) -> Corpus:
    builder = CorpusBuilder(columns or {}, reading.day_first)
    builder.add(part)
    return builder.build(provenance)


def _names(paths: Sequence[Path]) -> list[str]:
    """Return what to call each file: its path below the folder that all share."""
    common = Path(os.path.commonpath([path.absolute().parent for path in paths]))
    return [path.absolute().relative_to(common).as_posix() for path in paths]


def _content(path: Path, max_bytes: int) -> bytes:
    if max_bytes < 1:
        raise SettingsError(f"max_bytes must be at least 1. Got {max_bytes}.")
    try:
        if path.stat().st_size > max_bytes:
            raise CorpusError(_too_large(path, max_bytes))
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}.") from None
    return _unpacked(path, content, max_bytes) if path.suffix.lower() == ".gz" else content


def _unpacked(path: Path, content: bytes, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while content:
            stream = zlib.decompressobj(wbits=31)
            pieces.append(stream.decompress(content, max_bytes - size + 1))
            size += len(pieces[-1])
            if size > max_bytes:
                raise CorpusError(_too_large(path, max_bytes))
            if not stream.eof:
                raise CorpusError(f"{path}: the gzip stream is cut off after {size} bytes. Fetch the file again.")
            content = stream.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise CorpusError(f"{path}: not a gzip file: {error}.") from None
    return b"".join(pieces)


def _too_large(path: Path, max_bytes: int) -> str:
    return (
        f"{path}: larger than {max_bytes} bytes after unpacking. Raise the limit if it is right: Reading(max_bytes=…)."
    )


def _read_described(path: Path, columns: Mapping[str, str] | None, reading: Reading) -> Corpus:
    """Read a corpus that ``corpus.toml`` describes, checking the sha256 that it states."""
    try:
        described = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: not a valid TOML file: {error}.") from None
    articles = described.get("articles", {})
    if "path" not in articles:
        raise CorpusError(f"{path}: [articles] path is missing. It names the file of articles beside corpus.toml.")
    known = {k: v for k, v in described.items() if isinstance(v, (str, bool, int))}
    corpus = _read_files([path.parent / articles["path"]], columns or articles.get("columns"), reading, known)
    stated = articles.get("sha256")
    if stated and stated != corpus.provenance["sha256"]:
        raise CorpusError(
            f"{path.parent / articles['path']}: sha256 is {corpus.provenance['sha256']}, corpus.toml states {stated}. "
            "The file was changed or is incomplete; fetch it again, or state the new sha256."
        )
    return corpus


def _read_folder(folder: Path, columns: Mapping[str, str] | None, reading: Reading) -> Corpus:
    """Read one article per .txt, .html or .json file, joined with a metadata CSV where there is one."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ARTICLE_FILES)
    if not paths:
        raise CorpusError(
            f"{folder}: no .txt, .html or .json file and no corpus.toml in it. Give a file, a quoted pattern such as "
            f"'{folder}/*.csv', or describe the corpus."
        )
    metadata, index, faults = _metadata(folder, reading)
    rows: list[RawRow] = []
    digest = hashlib.sha256()
    for number, path in enumerate(progress(paths, "reading", len(paths)), start=1):
        name = path.relative_to(folder).as_posix()
        given = metadata.pop(name, None) or metadata.pop(path.name, None) or metadata.pop(path.stem, None) or {}
        try:
            content = _content(path, reading.max_bytes)
            digest.update(content)
            values = one_article(path, content, reading.encoding)
        except CorpusError as error:
            faults.append(Fault(number, name, "unreadable file", str(error)))
            continue
        filled = {key: value for key, value in given.items() if key != index and value != ""}
        rows.append((number, {"article_id": name.rsplit(".", 1)[0], **values, **filled}))
    faults += [
        Fault(None, name, "file is missing", f"the metadata name {name!r}, which is not in {folder}")
        for name in metadata
    ]
    part = Part(folder.name, rows, faults, "folder")
    return _only(part, columns, reading, {"sha256": digest.hexdigest()})


def _metadata(folder: Path, reading: Reading) -> tuple[dict[str, Mapping[str, Any]], str, list[Fault]]:
    """Rows of the folder's metadata table by file name, the column that names the file, rows that cannot be used."""
    tables = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".csv", ".tsv"))
    if not tables:
        return {}, "", []
    if len(tables) > 1:
        raise CorpusError(f"{folder}: several metadata tables: {', '.join(path.name for path in tables)}. Keep one.")
    part = read_format(tables[0], _content(tables[0], reading.max_bytes), reading.encoding, reading.max_bytes)
    present = {column_key(name): name for name in reversed([*(part.rows[0][1] if part.rows else ())])}
    index = next((present[name] for name in _FILE_COLUMNS if name in present), None)
    if index is None:
        raise CorpusError(
            f"{tables[0]}: no column names the file. Columns found: {', '.join(sorted(present))}. "
            "Call it filename, file, doc_id or id."
        )
    named: dict[str, Mapping[str, Any]] = {}
    faults = [replace(fault, detail=f"{tables[0].name}: {fault.detail}") for fault in part.faults]
    for number, values in part.rows:
        name = str(values[index])
        if name in named:
            faults.append(Fault(number, name, "duplicate id", f"{tables[0].name} names this file twice"))
        else:
            named[name] = values
    return named, index, faults
