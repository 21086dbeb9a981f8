"""From raw rows to articles: names of columns, values that are fit for use, quarantine for the rest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from framing.errors import CorpusError
from framing.reading.corpus import Corpus
from framing.reading.dates import MISSING, AmbiguousDateError, ReadDate, read_date
from framing.reading.dialects import column_key, recognise
from framing.reading.offsets import to_nfc
from framing.schema import TABLES, make

__all__ = ["CorpusBuilder", "Fault", "Part", "RawRow", "distinct_names"]

RawRow = tuple[int, Mapping[str, Any]]
"""Row number in the source, from 1, and the raw values."""

_NAMES = TABLES["articles"].names
_NEEDED = ("text", "outlet")
_OPTIONAL_TEXT = ("url", "language", "agency", "event_id")
_NESTED = (list, dict, tuple, np.ndarray)
_LONGEST_MISSING = max(map(len, MISSING))


@dataclass(frozen=True)
class Fault:
    """A row that cannot be used, and why."""

    row: int | None
    article_id: str | None
    reason: str
    detail: str


def distinct_names(header: Sequence[str]) -> list[str]:
    """Return the names, repeated ones numbered, so that no column hides another."""
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return names


@dataclass(frozen=True)
class Part:
    """The raw rows of one file, and those that its reader already had to refuse."""

    source: str
    rows: Sequence[RawRow]
    faults: Sequence[Fault] = ()
    dialect: str | None = None
    encoding: str | None = None
    n_rows: int = -1  # all rows of the source, usable or not

    def __post_init__(self) -> None:
        if self.n_rows < 0:
            object.__setattr__(self, "n_rows", len(self.rows) + len(self.faults))


@dataclass(frozen=True)
class _Columns:
    """Our column → columns of the source in order of preference; further column → the name that it keeps."""

    ours: Mapping[str, tuple[str, ...]]
    further: Mapping[str, str]
    dialect: str


@dataclass
class CorpusBuilder:
    """Take raw rows file by file; make a corpus of the usable ones and quarantine the others.

    Attributes
    ----------
    columns : mapping
        Our column = column of the source, where the user says so.
    day_first : bool, optional
        How ``01/02/2021`` is to be read; without it such dates are refused.
    n_parts : int
        Number of files. Where there are several, one whose columns do not fit is set aside whole.
    """

    columns: Mapping[str, str]
    day_first: bool | None = None
    n_parts: int = 1
    _articles: list[dict[str, Any]] = field(default_factory=list)
    _originals: dict[tuple[str, str], str] = field(default_factory=dict)
    _refused: list[tuple[str, Fault]] = field(default_factory=list)
    _places: dict[str, str] = field(default_factory=dict)
    _dates: Counter[str] = field(default_factory=Counter)
    _sources: dict[str, tuple[Part, _Columns | None]] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Take the rows of one file.

        Raises
        ------
        CorpusError
            If it is the only one, and a needed or mapped column is absent or the dialect holds no texts.
        """
        self._refused += [(part.source, fault) for fault in part.faults]
        columns = None
        try:
            if part.rows:
                columns = _resolve(part, self.columns)
        except CorpusError as error:
            if self.n_parts == 1:
                raise
            self._refused.append((part.source, Fault(None, None, "unreadable file", str(error))))
        if columns:
            unnamed = "row-" if self.n_parts == 1 else f"{part.source}-"
            for number, values in part.rows:
                self._add(part.source, number, values, columns, unnamed)
        self._sources[part.source] = (replace(part, rows=(), n_rows=part.n_rows), columns)

    def build(self, provenance: Mapping[str, Any] | None = None) -> Corpus:
        """Return the corpus; the builder is empty then.

        Raises
        ------
        CorpusError
            If no row can be used.
        """
        if not self._articles:
            raise CorpusError(self._nothing())
        articles, self._articles = _frame(self._articles), []
        return Corpus(articles, self._quarantine(), {**self._known(), **(provenance or {})}, self._originals)

    def _add(self, source: str, number: int, values: Mapping[str, Any], columns: _Columns, unnamed: str) -> None:
        try:
            article = _article(values, columns, self._dates, day_first=self.day_first)
        except _UnusableError as fault:
            identifier = _text(_first(values, columns.ours.get("article_id", ())))
            self._refused.append((source, Fault(number, identifier, fault.reason, fault.detail)))
            return
        identifier = article["article_id"] = article["article_id"] or f"{unnamed}{number:06d}"
        if identifier in self._places:
            detail = f"{self._places[identifier]} already has article_id {identifier!r}; identifiers must be unique"
            self._refused.append((source, Fault(number, identifier, "duplicate id", detail)))
            return
        self._places[identifier] = f"{source} row {number}"
        for name in ("title", "text"):
            if (nfc := to_nfc(article[name])) != article[name]:
                self._originals[identifier, name] = article[name]
                article[name] = nfc
        self._articles.append(article)

    def _known(self) -> dict[str, Any]:
        used = {source: (part, columns) for source, (part, columns) in self._sources.items() if columns}
        mapped = {s: {ours: theirs[0] for ours, theirs in c.ours.items()} for s, (_, c) in used.items() if c}
        same = all(columns == next(iter(mapped.values())) for columns in mapped.values())
        return {
            "read_from": ", ".join(self._sources),
            "n_rows": sum(part.n_rows for part, _ in self._sources.values()),
            "dialect": ", ".join(sorted({part.dialect or c.dialect for part, c in used.values() if c})),
            "encoding": ", ".join(sorted({part.encoding for part, _ in used.values() if part.encoding})),
            "columns": next(iter(mapped.values())) if same else mapped,
            "dates": dict(sorted(self._dates.items())),
        }

    def _quarantine(self) -> pd.DataFrame:
        return make("quarantine", [{"source": source, **vars(fault)} for source, fault in self._refused])

    def _nothing(self) -> str:
        source = next(iter(self._sources)) if len(self._sources) == 1 else f"{len(self._sources)} files"
        if not self._refused:
            return f"{source}: there is no row in it. Expected one article per row with at least text and outlet."
        counts = sorted(Counter(fault.reason for _, fault in self._refused).items())
        where, first = self._refused[0]
        stop = "" if first.detail.endswith((".", "?")) else "."
        return (
            f"{source}: none of its {sum(part.n_rows for part, _ in self._sources.values())} rows can be used: "
            f"{', '.join(f'{reason} ({n})' for reason, n in counts)}. "
            f"First: {where}{'' if first.row is None else f' row {first.row}'}: {first.detail}{stop} "
            "Check the column mapping (--map text=NAME --map outlet=NAME)."
        )


def _frame(articles: list[dict[str, Any]]) -> pd.DataFrame:
    """Articles as a table, made column by column and taken out of ``articles``, so that texts are held only once."""
    names = dict.fromkeys(name for article in articles for name in article)
    return pd.DataFrame({name: _column(name, [article.pop(name, None) for article in articles]) for name in names})


def _column(name: str, values: list[Any]) -> pd.Series[Any]:
    """One column; a further one of mixed types becomes text, so that every format can hold it."""
    if name in ("article_id", "outlet", "title", "text"):
        return pd.Series(values, dtype="str")
    column = pd.Series(values)
    if name not in _NAMES and column.dtype == object and len({type(v) for v in values if not pd.isna(v)}) > 1:
        return pd.Series([None if pd.isna(v) else str(v) for v in values], dtype="str")
    return column


def _resolve(part: Part, columns: Mapping[str, str]) -> _Columns:
    """Find which column of the source is which of ours."""
    present = {str(name): None for _, values in part.rows for name in values}
    wrong = [f"{ours}={theirs}" for ours, theirs in columns.items() if theirs not in present or ours not in _NAMES]
    if wrong:
        raise CorpusError(
            f"{part.source}: cannot map {', '.join(wrong)}. Columns found: {_listed(present)}. "
            f"Columns that can be mapped to: {', '.join(_NAMES)}."
        )
    by_key = {column_key(name): name for name in reversed(present)} | {name: name for name in present}
    dialect = recognise(by_key)
    names: dict[str, tuple[str, ...]] = {ours: (theirs,) for ours, theirs in columns.items()}
    taken = set(columns.values())
    for ours in _NAMES:
        if ours in names:
            continue
        own = dialect.columns.get(ours, ())
        # An exact name of ours comes first, unless the tool means another thing by it.
        order = own if ours in own else (ours, *own)
        found = tuple(dict.fromkeys(by_key[key] for key in order if key in by_key and by_key[key] not in taken))
        if found:
            names[ours] = found
            taken.update(found)
    missing = [ours for ours in _NEEDED if ours not in names]
    if "text" in missing and dialect.refusal:
        raise CorpusError(f"{part.source}: {dialect.refusal}")
    if missing:
        raise CorpusError(
            f"{part.source}: no column for {' and '.join(missing)}. Columns found: {_listed(present)}"
            + (f" (read as {dialect.name})" if dialect.signatures else "")
            + f". Say which it is, for example --map {missing[0]}=NAME, in Python columns={{{missing[0]!r}: 'NAME'}}."
        )
    used = {theirs[0] for theirs in names.values()}
    further = {n: f"{n}_in_source" if n in _NAMES else _whole(n) for n in present if n not in used}
    return _Columns(names, further, dialect.name)


def _listed(names: Mapping[str, None]) -> str:
    return ", ".join(sorted(names)) or "none"


class _UnusableError(Exception):
    """One row cannot be used."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def _first(values: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Return the value of the first column that the row fills."""
    for name in names:
        if not _is_missing(values.get(name)):
            return values[name]
    return None


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_MISSING and value.strip().lower() in MISSING
    return value is None or (not isinstance(value, _NESTED) and bool(pd.isna(value)))


def _article(
    values: Mapping[str, Any], columns: _Columns, seen: Counter[str], *, day_first: bool | None
) -> dict[str, Any]:
    def value(ours: str) -> Any:
        return _first(values, columns.ours[ours]) if ours in columns.ours else None

    text = _field("text", value("text"))
    if not text or text.isspace():
        raise _UnusableError("missing text", f"column {columns.ours['text'][0]!r} is empty; an article needs its text")
    outlet = _outlet(value("outlet"))
    if outlet is None:
        raise _UnusableError(
            "missing outlet", f"column {columns.ours['outlet'][0]!r} is empty; outlets are what is compared"
        )
    published = _published(value("published"), seen, day_first=day_first)
    stated = value("published_precision")
    further = {ours: _plain(values[theirs]) for theirs, ours in columns.further.items() if theirs in values}
    try:
        crawled = read_date(value("crawled"), day_first=day_first).moment
    except ValueError:  # nothing depends on it
        crawled = None
        further["crawled_in_source"] = str(value("crawled"))
    return {
        "article_id": _text(value("article_id")),
        "outlet": outlet,
        "title": _field("title", value("title")),
        "text": text,
        "published": published.moment,
        "published_precision": stated if published.moment and stated in ("day", "second") else published.precision,
        "crawled": crawled,
        **{name: _text(value(name)) for name in _OPTIONAL_TEXT},
        **further,
    }


def _published(value: Any, seen: Counter[str], *, day_first: bool | None) -> ReadDate:
    """Read the date of publication and count what a reader of the check should know."""
    try:
        found = read_date(value, day_first=day_first)
    except AmbiguousDateError as error:
        raise _UnusableError("ambiguous date", str(error)) from None
    except ValueError as error:
        raise _UnusableError("unreadable date", str(error)) from None
    if found.precision == "second" and not found.zoned:
        seen["times_without_zone"] += 1
    if found.order:
        seen[f"{found.order}_first"] += 1
    return found


def _field(name: str, value: Any) -> str:
    """Title or text exactly as given; ``""`` where it is missing."""
    if _is_missing(value):
        return ""
    if not isinstance(value, str):
        raise _UnusableError(
            f"{name} is not text", f"got {type(value).__name__} {str(value)[:60]!r}; map the column that holds text"
        )
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise _UnusableError(
                "broken characters",
                f"{name} has a lone surrogate at {error.start}; the file was cut or decoded wrongly",
            ) from None
    return value


def _outlet(value: Any) -> str | None:
    """Name of the outlet; some feeds nest it as ``{"id": …, "name": …}``."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, _NESTED):
        raise _UnusableError(
            "outlet is not text", f"got {type(value).__name__} {str(value)[:60]!r}; map the column that names it"
        )
    name = _text(value)
    return None if name is None else to_nfc(name)


def _text(value: Any) -> str | None:
    """Short text values: stripped, the usual words for nothing are nothing; 7.0 is 7, as integers beside gaps are."""
    if _is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _whole(str(_plain(value)).strip())


def _plain(value: Any) -> Any:
    """Further columns are kept; nested values as JSON, so that every table can be written."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, _NESTED):
        return _whole(json.dumps(value, ensure_ascii=False, default=str))
    return _whole(value) if isinstance(value, str) else value


def _whole(text: str) -> str:
    """Replace lone surrogates, which no file can hold."""
    return text if text.isascii() else text.encode(errors="replace").decode()
