"""Reading files into a corpus: where they are, how they are packed, encoded and laid out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from framing.errors import CorpusError, SettingsError
from framing.execution import progress
from framing.reading.archives import read_archive
from framing.reading.corpus import Corpus
from framing.reading.rows import Fault, Part, RawRow, corpus_from_parts
from framing.reading.shipped import find_corpus

__all__ = ["Reading", "read_corpus"]

_DELIMITERS = ",;\t|"
_SHOWN = 80  # characters of a bad line in a message
_ARTICLE_LISTS = ("articles", "documents", "data", "results", "stories", "items", "rows", "hits")
_GIB = 1 << 30
_MARKUP = (".html", ".htm")


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
        Articles sorted by id; rows that cannot be used stand in ``quarantine``.

    Raises
    ------
    CorpusError
        If the source cannot be read, lacks a needed column, or has no usable row.
    """
    reading = reading or Reading()
    if isinstance(source, Corpus):
        return source
    if isinstance(source, pd.DataFrame):
        part = Part("DataFrame", _rows_of_frame(source))
        return corpus_from_parts([part], columns=columns, day_first=reading.day_first)
    if any(mark in str(source) for mark in "*?[") and not Path(source).exists():
        return _read_files(_matching(str(source)), columns, reading)
    path = find_corpus(source)
    if path.name == "corpus.toml":
        return _read_described(path, columns, reading)
    if path.is_dir():
        return _read_folder(path, columns, reading)
    return _read_files([path], columns, reading)


def _matching(pattern: str) -> list[Path]:
    base = Path(pattern)
    fixed = [part for part in base.parts if not any(mark in part for mark in "*?[")]
    root = Path(*fixed) if fixed and base.parts[: len(fixed)] == tuple(fixed) else Path()
    rest = str(Path(*base.parts[len(root.parts) :])) if root.parts else pattern
    found = sorted(path for path in root.glob(rest) if path.is_file())
    if not found:
        raise CorpusError(f"{pattern}: no file matches. Quote the pattern, and check the folder.")
    return found


def _read_files(
    paths: list[Path],
    columns: Mapping[str, str] | None,
    reading: Reading,
    known: Mapping[str, Any] | None = None,
) -> Corpus:
    parts = []
    digest = hashlib.sha256()
    for path in progress(paths, "reading", len(paths)):
        content = _content(path, reading.max_bytes)
        digest.update(content)
        parts.append(_parsed(path, content, reading))
    provenance = {"sha256": digest.hexdigest(), **(known or {})}
    return corpus_from_parts(parts, columns=columns, provenance=provenance, day_first=reading.day_first)


def _parsed(path: Path, content: bytes, reading: Reading) -> Part:
    ending = _ending(path)
    reader = _READERS.get(ending)
    if reader is None:
        raise CorpusError(
            f"{path}: cannot tell the format from {ending or 'a name without ending'!r}. "
            f"Known: {', '.join(_READERS)}, the text ones also with .gz, or a folder."
        )
    if not content.strip():
        raise CorpusError(f"{path}: the file is empty. Expected one article per row.")
    return reader(path, content, reading)


def _ending(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def _content(path: Path, max_bytes: int) -> bytes:
    if max_bytes < 1:
        raise SettingsError(f"max_bytes must be at least 1. Got {max_bytes}.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}.") from None
    if path.suffix.lower() == ".gz":
        content = _unpacked(path, content, max_bytes)
    if len(content) > max_bytes:
        raise CorpusError(_too_large(path, max_bytes))
    return content


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
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".txt", ".json", *_MARKUP))
    if not paths:
        raise CorpusError(
            f"{folder}: no .txt, .html or .json file and no corpus.toml in it. Give a file, or describe the corpus."
        )
    metadata, index = _metadata(folder, reading)
    rows: list[RawRow] = []
    faults: list[Fault] = []
    digest = hashlib.sha256()
    for number, path in enumerate(progress(paths, "reading", len(paths)), start=1):
        name = path.relative_to(folder).as_posix()
        content = _content(path, reading.max_bytes)
        digest.update(content)
        given = metadata.pop(name, None) or metadata.pop(path.name, None) or metadata.pop(path.stem, None) or {}
        try:
            values = _one_article(path, content, reading)
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
    known = {"sha256": digest.hexdigest()}
    return corpus_from_parts([part], columns=columns, provenance=known, day_first=reading.day_first)


def _metadata(folder: Path, reading: Reading) -> tuple[dict[str, Mapping[str, Any]], str]:
    """Rows of the folder's metadata table by file name, and the column that names the file."""
    tables = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".csv", ".tsv"))
    if not tables:
        return {}, ""
    if len(tables) > 1:
        raise CorpusError(f"{folder}: several metadata tables: {', '.join(p.name for p in tables)}. Keep one.")
    part = _read_csv(tables[0], _content(tables[0], reading.max_bytes), reading)
    present = {str(name) for _, values in part.rows for name in values}
    index = next((n for n in ("filename", "file", "path", "doc_id", "article_id", "id") if n in present), None)
    if index is None:
        raise CorpusError(
            f"{tables[0]}: no column names the file. Columns found: {', '.join(sorted(present))}. "
            "Call it filename, file, doc_id or id."
        )
    return {str(values[index]): values for _, values in part.rows}, index


def _one_article(path: Path, content: bytes, reading: Reading) -> Mapping[str, Any]:
    if path.suffix.lower() == ".txt":
        return {"text": _found_text(path, content, reading)}
    if path.suffix.lower() == ".json":
        values = _json(path, content, reading)
        if isinstance(values, dict):
            return values
        raise CorpusError(f"{path}: expected one article as a JSON object, got {type(values).__name__}.")
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


def _decoded(path: Path, content: bytes, reading: Reading) -> str:
    """Text of a file that must be UTF-8, or of the encoding that the user names."""
    try:
        return content.decode(reading.encoding or "utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path}: not {reading.encoding or 'UTF-8'}: byte 0x{content[error.start]:02x} at {error.start}. "
            "Name the encoding (--encoding windows-1252), or save the file as UTF-8."
        ) from None
    except LookupError:
        raise SettingsError(f"there is no encoding {reading.encoding!r}. Examples: utf-8, windows-1251.") from None


def _found_text(path: Path, content: bytes, reading: Reading) -> str:
    """Text of a file whose encoding is found: a byte order mark, UTF-8, else the likeliest legacy encoding."""
    if reading.encoding:
        return _decoded(path, content, reading)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if b"\0" in content[:4096]:
        raise CorpusError(f"{path}: a binary file, not text. Expected one article per row.")
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only for legacy files

    best = from_bytes(content[:1_000_000]).best()
    if best is None:
        raise CorpusError(f"{path}: the encoding cannot be found. Name it (--encoding windows-1252).")
    return content.decode(best.encoding, errors="replace")


def _json(path: Path, content: bytes, reading: Reading) -> Any:
    try:
        return json.loads(_decoded(path, content, reading))
    except (json.JSONDecodeError, RecursionError) as error:
        raise CorpusError(f"{path}: not valid JSON: {error}. One object per line is .jsonl.") from None


def _read_json(path: Path, content: bytes, reading: Reading) -> Part:
    values = _json(path, content, reading)
    if isinstance(values, dict):
        values = next((values[k] for k in _ARTICLE_LISTS if isinstance(values.get(k), list)), [values])
    if not isinstance(values, list):
        raise CorpusError(f"{path}: expected a list of articles or one article, got {type(values).__name__}.")
    return Part(path.name, *_objects(enumerate(values, start=1)))


def _read_jsonl(path: Path, content: bytes, reading: Reading) -> Part:
    def values() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(_decoded(path, content, reading).split("\n"), start=1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except (json.JSONDecodeError, RecursionError) as error:
                    yield number, Fault(number, None, "unreadable row", f"not JSON ({error}): {line[:_SHOWN]!r}")

    return Part(path.name, *_objects(values()))


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


def _read_csv(path: Path, content: bytes, reading: Reading) -> Part:
    text = _found_text(path, content, reading)
    delimiter = "\t" if _ending(path) == ".tsv" else _delimiter(text)
    csv.field_size_limit(max(csv.field_size_limit(), len(content)))
    reader = csv.reader(io.StringIO(text.replace("\0", "�"), newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader)]
    rows: list[RawRow] = []
    faults: list[Fault] = []
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            faults.append(Fault(number, None, "unreadable row", str(error)))
            continue
        if not any(cells):
            continue
        if len(cells) == len(header):
            rows.append((number, dict(zip(header, cells, strict=True))))
        else:
            detail = f"expected {len(header)} cells as in the header, got {len(cells)}; is a quotation mark missing?"
            faults.append(Fault(number, None, "unreadable row", detail))
    return Part(path.name, rows, faults)


def _delimiter(text: str) -> str:
    """Return the delimiter that occurs most often in the header, outside quotation marks."""
    header = "".join(text.split("\n", 1)[0].split('"')[::2])
    return max(_DELIMITERS, key=lambda d: (header.count(d), -_DELIMITERS.index(d)))


def _read_parquet(path: Path, content: bytes, _: Reading) -> Part:
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: not a Parquet file: {error}.") from None
    return Part(path.name, _rows_of_frame(frame))


def _read_excel(path: Path, content: bytes, _: Reading) -> Part:
    try:
        frame = pd.read_excel(io.BytesIO(content), engine="openpyxl")
    except ImportError:
        raise CorpusError(f"{path}: reading Excel needs the excel extra: pip install 'framing[excel]'.") from None
    except Exception as error:  # noqa: BLE001 - openpyxl raises what zipfile, XML and itself raise
        raise CorpusError(f"{path}: not an Excel workbook: {error}.") from None
    return Part(path.name, _rows_of_frame(frame))


def _read_text(path: Path, content: bytes, reading: Reading) -> Part:
    rows, faults, dialect = read_archive(str(path), _found_text(path, content, reading))
    return Part(path.name, rows, faults, dialect)


def _read_page(path: Path, content: bytes, _: Reading) -> Part:
    return Part(path.name, [(1, {"article_id": path.stem, **_article_of_page(path, content)})], (), "html")


def _rows_of_frame(frame: pd.DataFrame) -> list[RawRow]:
    names = [str(name) for name in frame.columns]
    values = zip(*(frame.iloc[:, i].astype(object) for i in range(len(names))), strict=True)
    return [(number, dict(zip(names, row, strict=True))) for number, row in enumerate(values, start=1)]


_READERS: Mapping[str, Callable[[Path, bytes, Reading], Part]] = {
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".json": _read_json,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".parquet": _read_parquet,
    ".xlsx": _read_excel,
    ".txt": _read_text,
    ".html": _read_page,
    ".htm": _read_page,
}
