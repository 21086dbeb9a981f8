"""Writing tables and corpora: atomic, the same bytes for the same content, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from framing.errors import SettingsError
from framing.reading.corpus import Corpus

__all__ = ["CSV_COLUMNS", "restore_cell", "write_bytes", "write_corpus", "write_table"]

CSV_COLUMNS = (
    "article_id", "outlet", "published", "published_precision", "crawled", "url", "language", "agency", "event_id",
    "title", "text",
)  # fmt: skip
"""First columns of a corpus written as CSV. Their order is only ours, and tells `restore_cell` where to act."""

_QUANTEDA_COLUMNS = ("doc_id", "text", "outlet", "title", *CSV_COLUMNS[2:-2])
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
    form = _form(path, {".csv": _csv, ".parquet": _parquet, ".jsonl": _jsonl})
    write_bytes(Path(path), form(frame))


def write_corpus(corpus: Corpus, path: str | Path, *, dialect: str = "framing") -> None:
    """Write the articles of a corpus, so that `read_corpus` gives back the same.

    Ids, outlets, titles, texts, times and gold events come back exactly: the corpus read again has the same
    fingerprint. Further columns are kept; in CSV all values are text.

    Parameters
    ----------
    corpus : Corpus
        Articles to write. Its quarantine is a table of its own: ``write_table(corpus.quarantine, path)``.
    path : str or Path
        Ending ``.jsonl``, ``.csv`` or ``.parquet``.
    dialect : {"framing", "quanteda"}
        ``"quanteda"`` writes a CSV for R: ``doc_id``, ``text``, then the other columns as docvars, ready for
        ``quanteda::corpus(readtext::readtext(path))``.

    Raises
    ------
    SettingsError
        If the ending or the dialect is another one.

    Notes
    -----
    In a CSV of the dialect ``"framing"`` a cell that a spreadsheet would run as a formula gets a leading apostrophe,
    and so does one that begins with apostrophes before such a sign; `read_corpus` takes that apostrophe back. In
    the dialect ``"quanteda"`` nothing is changed, because R would count the apostrophe as part of the text: do not
    open that file in a spreadsheet if you do not trust its source.

    Examples
    --------
    >>> write_corpus(corpus, "articles.parquet")  # doctest: +SKIP
    >>> write_corpus(corpus, "articles.csv", dialect="quanteda")  # doctest: +SKIP
    """
    articles = _times_as_text(corpus.articles)
    if dialect == "framing":
        form = _form(path, {".csv": _own_csv, ".parquet": _parquet, ".jsonl": _lines_of_json})
    elif dialect == "quanteda":
        form = _form(path, {".csv": _quanteda_csv})
    else:
        raise SettingsError(f"there is no dialect {dialect!r} to write. Known: framing, quanteda.")
    write_bytes(Path(path), form(corpus.articles if form is _parquet else articles))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    SettingsError
        If there is no writing at this place.
    """
    try:
        _write_whole(path, content)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written: {error.strerror}.") from error


def _write_whole(path: Path, content: bytes) -> None:
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


def restore_cell(cell: str) -> str:
    """Take back the apostrophe that a corpus's CSV puts before a formula."""
    return cell[1:] if cell[:1] == "'" and re.match(_FORMULA, cell.lstrip("'")) else cell


def _form(path: str | Path, forms: Mapping[str, Callable[[pd.DataFrame], bytes]]) -> Callable[[pd.DataFrame], bytes]:
    ending = Path(path).suffix
    if ending.lower() not in forms:
        raise SettingsError(f"{path}: cannot write {ending or 'a name without ending'!r}. Known: {', '.join(forms)}.")
    return forms[ending.lower()]


def _times_as_text(articles: pd.DataFrame) -> pd.DataFrame:
    """ISO 8601 as precise as the source was: a day, or a second in UTC."""
    published = [
        None if pd.isna(time) else time.isoformat()[:10] if precision == "day" else _iso(time)
        for time, precision in zip(articles["published"], articles["published_precision"], strict=True)
    ]
    crawled = [None if pd.isna(time) else _iso(time) for time in articles["crawled"]]
    return articles.assign(published=published, crawled=crawled)


def _iso(time: pd.Timestamp) -> str:
    return str(time.isoformat()).replace("+00:00", "Z")


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.copy()
    quoting = csv.QUOTE_MINIMAL
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype):
            is_text = (
                frame[name].map(lambda cell: isinstance(cell, str)).astype(bool)
            )  # an object column may hold numbers
            texts = frame[name].where(is_text, "").astype("str")
            safe[name] = frame[name].mask(is_text & texts.str.contains(_FORMULA, regex=True), "'" + texts)
            if texts.str.contains("\r", regex=False).any():
                quoting = csv.QUOTE_NONNUMERIC  # before Python 3.13 a bare \r is not quoted otherwise
    return bytes(safe.to_csv(index=False, float_format=_DIGITS, lineterminator="\n", quoting=quoting), "utf-8")


def _own_csv(articles: pd.DataFrame) -> bytes:
    return _quoted_csv(articles, CSV_COLUMNS, lambda cell: "'" + cell if re.match("'*" + _FORMULA[1:], cell) else cell)


def _quanteda_csv(articles: pd.DataFrame) -> bytes:
    return _quoted_csv(articles.rename(columns={"article_id": "doc_id"}), _QUANTEDA_COLUMNS, str)


def _quoted_csv(articles: pd.DataFrame, first: Iterable[str], cell: Callable[[str], str]) -> bytes:
    """Every cell quoted, so that line ends of all kinds survive; a missing value is an empty cell."""
    further = articles.columns.difference([*first], sort=False)
    columns = [articles[name].astype(object) for name in (*first, *further)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*first, *further])
    writer.writerows(["" if pd.isna(v) else cell(str(v)) for v in row] for row in zip(*columns, strict=True))
    return text.getvalue().encode()


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _jsonl(frame: pd.DataFrame) -> bytes:
    text = frame.to_json(orient="records", lines=True, force_ascii=False, date_format="iso", date_unit="s")
    return bytes(text or "", "utf-8")


def _lines_of_json(articles: pd.DataFrame) -> bytes:
    columns = [articles[name].astype(object).where(articles[name].notna(), None) for name in articles.columns]
    rows = (dict(zip(articles.columns, row, strict=True)) for row in zip(*columns, strict=True))
    return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows).encode()
