"""From raw rows to articles: names of columns, values that are fit for use, quarantine for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from framing.errors import CorpusError
from framing.reading.corpus import Corpus
from framing.reading.dates import MISSING, read_date
from framing.reading.offsets import to_nfc
from framing.schema import TABLES, make

__all__ = ["corpus_from_rows"]

RawRow = tuple[int, Mapping[str, Any]]
Fault = tuple[int, str | None, str, str]

_NAMES = TABLES["articles"].names
_NEEDED = ("text", "outlet")
# Names that sources use for our columns; the first that is present wins. Exact names always win over these.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "article_id": ("id", "doc_id", "uid", "guid"),
    "outlet": ("source", "publisher", "media_name", "source_domain", "sitename", "hostname", "domain"),
    "title": ("headline",),
    "text": ("maintext", "body", "content", "raw_text", "article_text"),
    "published": (
        "date",
        "published_at",
        "publish_date",
        "date_publish",
        "pub_date",
        "timestamp",
        "datetime",
    ),
    "url": ("link",),
    "language": ("lang",),
    "agency": ("wire", "credit"),
    "event_id": ("event",),
}
_OPTIONAL_TEXT = ("url", "language", "agency", "event_id")


def corpus_from_rows(
    rows: Iterable[RawRow],
    source: str,
    columns: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
    faults: Iterable[Fault] = (),
) -> Corpus:
    """Make a corpus of the usable rows and quarantine the others.

    Parameters
    ----------
    rows : iterable of (int, mapping)
        Row number in the source, from 1, and the raw values.
    source : str
        Name of the source for messages and for the quarantine table.
    columns : mapping, optional
        Our column = column of the source.
    provenance : mapping, optional
        What is known about the source.
    faults : iterable of (row, article_id, reason, detail)
        Rows that the reader of the format already had to refuse.

    Raises
    ------
    CorpusError
        If a needed or mapped column is absent, or no row can be used.
    """
    raw = list(rows)
    refused = list(faults)
    n_rows = len(raw) + len(refused)
    if not raw:
        raise CorpusError(_nothing(source, refused, n_rows))
    names = _resolve(raw, source, columns or {})
    articles: list[dict[str, Any]] = []
    originals: dict[tuple[str, str], str] = {}
    seen: dict[str, int] = {}
    for number, values in raw:
        try:
            article = _article(values, names, number)
        except _UnusableError as fault:
            refused.append((number, _text(values.get(names.get("article_id", ""))), fault.reason, fault.detail))
            continue
        identifier = article["article_id"]
        if identifier in seen:
            detail = f"row {seen[identifier]} already has article_id {identifier!r}; identifiers must be unique"
            refused.append((number, identifier, "duplicate id", detail))
            continue
        seen[identifier] = number
        for name in ("title", "text"):
            if (nfc := to_nfc(article[name])) != article[name]:
                originals[identifier, name] = article[name]
                article[name] = nfc
        articles.append(article)
    if not articles:
        raise CorpusError(_nothing(source, refused, n_rows))
    return Corpus(
        pd.DataFrame(articles),
        _quarantine(source, refused),
        {"source": source, "n_rows": n_rows, "columns": names, **(provenance or {})},
        originals,
    )


def _resolve(raw: list[RawRow], source: str, columns: Mapping[str, str]) -> dict[str, str]:
    """Our column → column of the source, for those present."""
    present = {str(name) for _, values in raw for name in values}
    wrong = [f"{ours}={theirs}" for ours, theirs in columns.items() if theirs not in present or ours not in _NAMES]
    if wrong:
        raise CorpusError(
            f"{source}: cannot map {', '.join(wrong)}. Columns found: {_listed(present)}. "
            f"Columns that can be mapped to: {', '.join(_NAMES)}."
        )
    names = dict(columns)
    for ours in _NAMES:
        for theirs in (ours, *_ALIASES.get(ours, ())):
            if ours not in names and theirs in present and theirs not in names.values():
                names[ours] = theirs
    missing = [ours for ours in _NEEDED if ours not in names]
    if missing:
        raise CorpusError(
            f"{source}: no column for {' and '.join(missing)}. Columns found: {_listed(present)}. "
            f"Say which it is, for example --map {missing[0]}=NAME (read_corpus(columns={{{missing[0]!r}: 'NAME'}}))."
        )
    return names


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


class _UnusableError(Exception):
    """One row cannot be used."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def _article(values: Mapping[str, Any], names: Mapping[str, str], number: int) -> dict[str, Any]:
    def value(ours: str) -> Any:
        return values.get(names[ours]) if ours in names else None

    text = _field("text", value("text"))
    if not text.strip():
        raise _UnusableError("missing text", f"column {names['text']!r} is empty; an article needs its text")
    outlet = _text(value("outlet"))
    if outlet is None:
        raise _UnusableError("missing outlet", f"column {names['outlet']!r} is empty; outlets are what is compared")
    try:
        published, precision = read_date(value("published"))
    except ValueError as error:
        raise _UnusableError("unreadable date", str(error)) from None
    taken = set(names.values())
    return {
        "article_id": _text(value("article_id")) or f"row-{number:06d}",
        "outlet": to_nfc(outlet),
        "title": _field("title", value("title")),
        "text": text,
        "published": published,
        "published_precision": _text(value("published_precision")) or precision,
        **{name: _text(value(name)) for name in _OPTIONAL_TEXT},
        **{str(k): _plain(v) for k, v in values.items() if k not in taken and k not in _NAMES},
    }


def _field(name: str, value: Any) -> str:
    """Title or text exactly as given; ``""`` where it is missing."""
    if not isinstance(value, str):
        if value is None or (not isinstance(value, (list, dict, tuple)) and pd.isna(value)):
            return ""
        raise _UnusableError(
            f"{name} is not text",
            f"got {type(value).__name__} {str(value)[:60]!r}; map the column that holds text",
        )
    if value.strip().lower() in MISSING:
        return ""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _UnusableError(
            "broken characters",
            f"{name} has a lone surrogate at {error.start}; the file was cut or decoded wrongly",
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


def _quarantine(source: str, refused: list[Fault]) -> pd.DataFrame:
    return make(
        "quarantine",
        [
            {"source": source, "row": row, "article_id": identifier, "reason": reason, "detail": detail}
            for row, identifier, reason, detail in refused
        ],
    )


def _nothing(source: str, refused: list[Fault], n_rows: int) -> str:
    if not refused:
        return f"{source}: there is no row in it. Expected one article per row with at least text and outlet."
    reasons: dict[str, int] = {}
    for _, _, reason, _ in refused:
        reasons[reason] = reasons.get(reason, 0) + 1
    counted = ", ".join(f"{reason} ({n})" for reason, n in sorted(reasons.items()))
    row, _, _, detail = refused[0]
    return (
        f"{source}: none of its {n_rows} rows can be used: {counted}. "
        f"First: row {row}: {detail}. Check the column mapping (--map text=NAME --map outlet=NAME)."
    )
