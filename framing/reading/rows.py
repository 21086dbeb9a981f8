"""From raw rows to articles: names of columns, values that are fit for use, quarantine for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from framing.errors import CorpusError
from framing.reading.corpus import Corpus
from framing.reading.dates import MISSING, read_date
from framing.reading.dialects import recognise
from framing.reading.offsets import to_nfc
from framing.schema import TABLES, make

__all__ = ["Fault", "Part", "corpus_from_parts"]

RawRow = tuple[int, Mapping[str, Any]]
"""Row number in the source, from 1, and the raw values."""

_NAMES = TABLES["articles"].names
_NEEDED = ("text", "outlet")
_OPTIONAL_TEXT = ("url", "language", "agency", "event_id")


@dataclass(frozen=True)
class Fault:
    """A row that cannot be used, and why."""

    row: int | None
    article_id: str | None
    reason: str
    detail: str


@dataclass(frozen=True)
class Part:
    """The raw rows of one file, and those that its reader already had to refuse."""

    source: str
    rows: Sequence[RawRow]
    faults: Sequence[Fault] = ()
    dialect: str | None = None

    @property
    def n_rows(self) -> int:
        """All rows of the source, usable or not."""
        return len(self.rows) + len(self.faults)


@dataclass
class _Made:
    """Articles so far, and what was refused."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    originals: dict[tuple[str, str], str] = field(default_factory=dict)
    refused: list[tuple[str, Fault]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)


def corpus_from_parts(
    parts: Sequence[Part],
    *,
    columns: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
    day_first: bool | None = None,
) -> Corpus:
    """Make a corpus of the usable rows and quarantine the others.

    Parameters
    ----------
    parts : sequence of Part
        Raw rows, one part per file.
    columns : mapping, optional
        Our column = column of the source.
    provenance : mapping, optional
        What is known about the source.
    day_first : bool, optional
        How ``01/02/2021`` is to be read; without it such dates are refused.

    Raises
    ------
    CorpusError
        If a needed or mapped column is absent, the dialect holds no texts, or no row can be used.
    """
    made = _Made()
    resolved: dict[str, dict[str, str]] = {}
    dialects: dict[str, str] = {}
    for part in parts:
        made.refused += [(part.source, fault) for fault in part.faults]
        if not part.rows:
            continue
        names, dialect = _resolve(part, columns or {})
        dialects[part.source] = part.dialect or dialect
        resolved[part.source] = {ours: theirs[0] for ours, theirs in names.items()}
        for number, values in part.rows:
            _add(made, part.source, (number, values), names, day_first=day_first)
    if not made.articles:
        raise CorpusError(_nothing(parts, made.refused))
    known = {
        "source": ", ".join(part.source for part in parts),
        "n_rows": sum(part.n_rows for part in parts),
        "dialect": ", ".join(sorted(set(dialects.values()))),
        "columns": next(iter(resolved.values())) if len(resolved) == 1 else resolved,
    }
    return Corpus(
        pd.DataFrame(made.articles), _quarantine(made.refused), {**known, **(provenance or {})}, made.originals
    )


def _add(
    made: _Made, source: str, row: RawRow, names: Mapping[str, tuple[str, ...]], *, day_first: bool | None
) -> None:
    number, values = row
    try:
        article = _article(values, names, number, day_first=day_first)
    except _UnusableError as fault:
        identifier = _text(_first(values, names.get("article_id", ())))
        made.refused.append((source, Fault(number, identifier, fault.reason, fault.detail)))
        return
    identifier = article["article_id"]
    if identifier in made.seen:
        detail = f"{made.seen[identifier]} already has article_id {identifier!r}; identifiers must be unique"
        made.refused.append((source, Fault(number, identifier, "duplicate id", detail)))
        return
    made.seen[identifier] = f"{source} row {number}"
    for name in ("title", "text"):
        if (nfc := to_nfc(article[name])) != article[name]:
            made.originals[identifier, name] = article[name]
            article[name] = nfc
    made.articles.append(article)


def _resolve(part: Part, columns: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], str]:
    """Our column → columns of the source in order of preference; and the name of the dialect."""
    present = {str(name) for _, values in part.rows for name in values}
    wrong = [f"{ours}={theirs}" for ours, theirs in columns.items() if theirs not in present or ours not in _NAMES]
    if wrong:
        raise CorpusError(
            f"{part.source}: cannot map {', '.join(wrong)}. Columns found: {_listed(present)}. "
            f"Columns that can be mapped to: {', '.join(_NAMES)}."
        )
    dialect = recognise(present)
    if dialect.refusal and "text" not in columns and "text" not in present:
        raise CorpusError(f"{part.source}: {dialect.refusal}")
    names: dict[str, tuple[str, ...]] = {ours: (theirs,) for ours, theirs in columns.items()}
    taken = set(columns.values())
    for ours in _NAMES:
        if ours in names:
            continue
        own = dialect.columns.get(ours, ())
        # An exact name of ours comes first, unless the tool means another thing by it.
        order = own if own and ours in own else (ours, *own)
        found = tuple(dict.fromkeys(theirs for theirs in order if theirs in present and theirs not in taken))
        if found:
            names[ours] = found
            taken.update(found)
    missing = [ours for ours in _NEEDED if ours not in names]
    if missing:
        raise CorpusError(
            f"{part.source}: no column for {' and '.join(missing)}. Columns found: {_listed(present)}"
            + (f" (read as {dialect.name})" if dialect.signature else "")
            + f". Say which it is, for example --map {missing[0]}=NAME, in Python columns={{{missing[0]!r}: 'NAME'}}."
        )
    return names, dialect.name


def _listed(names: set[str]) -> str:
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
        value = values.get(name)
        if isinstance(value, (list, dict, tuple)) or _text(value) is not None:
            return value
    return values.get(names[0]) if names else None


def _article(
    values: Mapping[str, Any], names: Mapping[str, tuple[str, ...]], number: int, *, day_first: bool | None
) -> dict[str, Any]:
    def value(ours: str) -> Any:
        return _first(values, names.get(ours, ()))

    text = _field("text", value("text"))
    if not text.strip():
        raise _UnusableError("missing text", f"column {names['text'][0]!r} is empty; an article needs its text")
    outlet = _text(value("outlet"))
    if outlet is None:
        raise _UnusableError("missing outlet", f"column {names['outlet'][0]!r} is empty; outlets are what is compared")
    try:
        published, precision = read_date(value("published"), day_first=day_first)
    except ValueError as error:
        raise _UnusableError("unreadable date", str(error)) from None
    try:
        crawled, _ = read_date(value("crawled"), day_first=day_first)
    except ValueError:
        crawled = None  # kept as it is in its own column; nothing depends on it
    taken = {theirs for own in names.values() for theirs in own}
    return {
        "article_id": _text(value("article_id")) or f"row-{number:06d}",
        "outlet": to_nfc(outlet),
        "title": _field("title", value("title")),
        "text": text,
        "published": published,
        "published_precision": _text(value("published_precision")) or precision,
        "crawled": crawled,
        **{name: _text(value(name)) for name in _OPTIONAL_TEXT},
        **{str(k): _plain(v) for k, v in values.items() if k not in taken and k not in _NAMES},
    }


def _field(name: str, value: Any) -> str:
    """Title or text exactly as given; ``""`` where it is missing."""
    if not isinstance(value, str):
        if value is None or (not isinstance(value, (list, dict, tuple)) and pd.isna(value)):
            return ""
        raise _UnusableError(
            f"{name} is not text", f"got {type(value).__name__} {str(value)[:60]!r}; map the column that holds text"
        )
    if value.strip().lower() in MISSING:
        return ""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _UnusableError(
            "broken characters", f"{name} has a lone surrogate at {error.start}; the file was cut or decoded wrongly"
        ) from None
    return value


def _text(value: Any) -> str | None:
    """Short text values: stripped, the usual words for nothing are nothing."""
    if value is None or (not isinstance(value, (list, dict, tuple)) and pd.isna(value)):
        return None
    text = str(value).strip().encode(errors="replace").decode()
    return None if text.lower() in MISSING else text


def _plain(value: Any) -> Any:
    """Further columns are kept; nested values as their text, so that every table can be written."""
    return str(value) if isinstance(value, (list, dict, tuple)) else value


def _quarantine(refused: list[tuple[str, Fault]]) -> pd.DataFrame:
    return make("quarantine", [{"source": source, **vars(fault)} for source, fault in refused])


def _nothing(parts: Sequence[Part], refused: list[tuple[str, Fault]]) -> str:
    source = parts[0].source if len(parts) == 1 else f"{len(parts)} files"
    if not refused:
        return f"{source}: there is no row in it. Expected one article per row with at least text and outlet."
    counted = ", ".join(f"{reason} ({n})" for reason, n in sorted(Counter(f.reason for _, f in refused).items()))
    where, first = refused[0]
    return (
        f"{source}: none of its {sum(part.n_rows for part in parts)} rows can be used: {counted}. "
        f"First: {where} row {first.row}: {first.detail}. "
        "Check the column mapping (--map text=NAME --map outlet=NAME)."
    )
