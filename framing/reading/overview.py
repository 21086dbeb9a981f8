"""What a corpus holds and what is odd about it: the dry run before any analysis."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from framing.reading.corpus import Corpus

__all__ = ["check_corpus", "format_check"]

_SHORT = 80  # characters; a report of fewer is a headline, a caption or a remnant
_SHEET_CELL = 32_767  # characters that a cell of Excel holds
_NAMED = 5  # identifiers named in one note
_LISTED = 12  # outlets, or groups of duplicates, in one line
_OLDEST = pd.Timestamp("1600-01-01", tz="UTC")

_HTML = (
    r"</?(?:p|div|br|span|a|b|i|em|strong|img|h[1-6]|li|ul|ol|table|td|tr|script|figure)\b[^<>]{0,500}/?>"
    r"|&(?:nbsp|amp|quot|lt|gt|[lr][sd]quo|#\d{2,5});"
)
# UTF-8 read as Windows-1252 (Latin, then Cyrillic letters) or Windows-1251.
_GARBLED = (
    "\N{REPLACEMENT CHARACTER}|[\xc3\xc2][\x80-\xbf]|\xe2\u20ac[\u0153\u009d\u2122\u02dc\u201c\u201d\xa6]"
    "|(?:[\xd0\xd1][\x80-\xbf\u0152-\u2122]){2}|(?:[\u0420\u0421][\u00b0-\u00bf\u0402-\u040f\u0452-\u045f]){2}"
)
_NOTES = {
    "HTML marks or entities in the text; take them out before reading, offsets count them": _HTML,
    "perhaps decoded from the wrong encoding, such as Ã© for é; see --encoding": _GARBLED,
    "control characters in the text": r"[\x00-\x08\x0b\x0c\x0e-\x1f]",
    "cut off by the service that delivered it, ending in '[+… chars]'": r"\[\+\d+ chars\]\s*$",
}


def check_corpus(corpus: Corpus) -> dict[str, Any]:
    """Describe what was read and what is odd about it. Nothing is changed.

    Parameters
    ----------
    corpus : Corpus
        Any corpus.

    Returns
    -------
    dict
        Plain values, ready for JSON: ``source, dialect, encoding, columns, n_rows, n_articles, outlets, languages,
        dates, characters, titles, exact_duplicates, changed_by_nfc, notes, quarantine``. ``exact_duplicates`` lists
        groups of article ids with the same title and text.

    Examples
    --------
    >>> check_corpus(corpus)["dates"]["ambiguous"]  # doctest: +SKIP
    12
    """
    articles = corpus.articles
    known = corpus.provenance
    return {
        "source": known.get("read_from", ""),
        "dialect": known.get("dialect", ""),
        "encoding": known.get("encoding", ""),
        "columns": dict(known.get("columns", {})),
        "n_rows": int(known.get("n_rows", len(corpus) + len(corpus.quarantine))),
        "n_articles": len(corpus),
        "outlets": {str(k): int(n) for k, n in articles["outlet"].value_counts().sort_index().items()},
        "languages": {
            str(k): int(n) for k, n in articles["language"].fillna("not given").value_counts().sort_index().items()
        },
        "dates": _dates(corpus),
        "characters": _lengths(articles["text"]),
        "untitled": int((articles["title"] == "").sum()),
        "exact_duplicates": _duplicates(articles),
        "changed_by_nfc": sorted({article for article, _ in corpus.originals}),
        "notes": _notes(corpus),
        "quarantine": json.loads(corpus.quarantine.to_json(orient="records")),
    }


def _dates(corpus: Corpus) -> dict[str, Any]:
    published = corpus.articles["published"].dropna()
    seen = corpus.provenance.get("dates", {})
    reasons = corpus.quarantine["reason"]
    return {
        "first": published.min().isoformat()[:10] if len(published) else None,
        "last": published.max().isoformat()[:10] if len(published) else None,
        "undated": int(corpus.articles["published"].isna().sum()),
        "day_only": int((corpus.articles["published_precision"] == "day").sum()),
        "times_without_zone": int(seen.get("times_without_zone", 0)),
        "ambiguous": int((reasons == "ambiguous date").sum()),
        "unreadable": int((reasons == "unreadable date").sum()),
        "day_first": int(seen.get("day_first", 0)),
        "month_first": int(seen.get("month_first", 0)),
    }


def _lengths(texts: pd.Series[Any]) -> dict[str, int]:
    lengths = texts.str.len()
    return {
        "total": int(lengths.sum()),
        "shortest": int(lengths.min()) if len(lengths) else 0,
        "median": int(lengths.median()) if len(lengths) else 0,
        "longest": int(lengths.max()) if len(lengths) else 0,
    }


def _duplicates(articles: pd.DataFrame) -> list[list[str]]:
    same = articles[articles.duplicated(["title", "text"], keep=False)]
    return [list(group) for _, group in same.groupby(["title", "text"], sort=False)["article_id"]]


def _notes(corpus: Corpus) -> list[dict[str, Any]]:
    """Oddities, each with its articles; rules of form only."""
    articles = corpus.articles
    texts = articles["text"]
    lengths = texts.str.len()
    found = [
        (lengths < _SHORT, f"shorter than {_SHORT} characters"),
        (lengths == _SHEET_CELL, f"exactly {_SHEET_CELL:,} characters long, as cut off by a spreadsheet"),
        *((texts.str.contains(pattern, regex=True), note) for note, pattern in _NOTES.items()),
        (articles["published"] > datetime.now(tz=UTC), "dated in the future"),
        (articles["published"] < _OLDEST, f"dated before {_OLDEST.year}"),
        (_collected_before(articles), "published on a later day than collected"),
    ]
    notes = [
        {"note": note, "n_articles": int(rows.sum()), "article_ids": list(articles["article_id"][rows])}
        for rows, note in found
        if rows.any()
    ]
    return notes + _spellings(articles)


def _collected_before(articles: pd.DataFrame) -> pd.Series[Any]:
    return articles["published"].dt.floor("D") > articles["crawled"].dt.floor("D")


def _spellings(articles: pd.DataFrame) -> list[dict[str, Any]]:
    """Outlets whose names differ in case, blanks or a leading www. only."""
    names: dict[str, set[str]] = {}
    for outlet in articles["outlet"].unique():
        names.setdefault("".join(str(outlet).casefold().removeprefix("www.").split()), set()).add(str(outlet))
    return [
        {
            "note": f"perhaps one outlet in several spellings: {', '.join(sorted(same))}",
            "n_articles": int(articles["outlet"].isin(same).sum()),
            "article_ids": list(articles["article_id"][articles["outlet"].isin(same)]),
        }
        for same in names.values()
        if len(same) > 1
    ]


def format_check(found: Mapping[str, Any]) -> str:
    """Return what `check_corpus` found as aligned plain text."""
    dates = found["dates"]
    lengths = found["characters"]
    notes = found["notes"]
    lines = [
        ("source", _named(found["source"].split(", "))),
        ("read as", ", ".join(filter(None, [found["dialect"], _encoding(found["encoding"])]))),
        ("rows", f"{found['n_rows']}, of which {found['n_articles']} are articles"),
        *_columns(found["columns"]),
        ("outlets", f"{len(found['outlets'])}: " + _counted(found["outlets"])),
        ("languages", _counted(found["languages"])),
        ("dates", f"{dates['first']} to {dates['last']}" if dates["first"] else "none"),
        ("", f"{dates['undated']} undated, {dates['day_only']} known to the day only"),
        *_zones(dates),
        *_ambiguity(dates),
        ("characters", "{total:,}; median {median:,}, {shortest:,} to {longest:,}".format(**lengths)),
        ("untitled", found["untitled"]) if found["untitled"] else None,
        ("duplicates", _groups(found["exact_duplicates"])),
        ("NFC", f"changed {_named(found['changed_by_nfc'])}" if found["changed_by_nfc"] else "changed nothing"),
        *(("note", f"{n['note']}: {_many(n['n_articles'], 'article')} ({_named(n['article_ids'])})") for n in notes),
        ("refused", _many(len(found["quarantine"]), "row") if found["quarantine"] else "nothing"),
    ]
    table = [f"{label:<12}{value}" for label, value in filter(None, lines)]
    return "\n".join([*table, *map(_refusal, found["quarantine"])])


def _columns(columns: Mapping[str, Any]) -> list[tuple[str, str]]:
    by_file = columns if columns and all(isinstance(c, dict) for c in columns.values()) else {"": columns}
    lines = [
        ", ".join(f"{ours}={theirs}" for ours, theirs in mapped.items()) + (f" ({name})" if name else "")
        for name, mapped in by_file.items()
    ]
    more = [f"and {len(lines) - _LISTED} more files"] if len(lines) > _LISTED else []
    return [("columns", line) for line in lines[:_LISTED] + more]


def _encoding(name: str) -> str:
    sure = not name or name.startswith("utf")
    return name if sure else f"{name} (found by its letters, or stated; look at a few texts)"


def _zones(dates: Mapping[str, Any]) -> list[tuple[str, str]]:
    number = dates["times_without_zone"]
    return [("", f"{_many(number, 'time')} without a zone, taken as UTC")] if number else []


def _ambiguity(dates: Mapping[str, Any]) -> list[tuple[str, str]]:
    lines = []
    if dates["ambiguous"]:
        refused = _many(dates["ambiguous"], "row")
        lines.append(f"{refused} refused: day and month cannot be told apart; say --day-first or --month-first")
    if dates["day_first"] or dates["month_first"]:
        order = f"{dates['day_first']} are read with the day first, {dates['month_first']} with the month first"
        lines.append(f"of those such as 13/02/2021, {order}")
    return [("", line) for line in lines]


def _counted(counts: Mapping[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    more = len(ranked) - _LISTED
    return ", ".join(f"{name} {n}" for name, n in ranked[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _named(identifiers: Sequence[str], joined: str = ", ") -> str:
    more = len(identifiers) - _NAMED
    return joined.join(identifiers[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _groups(groups: Sequence[Sequence[str]]) -> str:
    if not groups:
        return "no two articles with the same title and text"
    shown = "; ".join(_named(group, " = ") for group in groups[:_LISTED])
    more = f"; and {len(groups) - _LISTED} more" if len(groups) > _LISTED else ""
    return f"{_many(len(groups), 'text')} in {sum(map(len, groups))} articles: {shown}{more}"


def _refusal(row: Mapping[str, Any]) -> str:
    place = row["source"] if row["row"] is None else f"{row['source']} row {row['row']}"
    return f"  {place} ({row['article_id'] or 'no id'}): {row['reason']}: {row['detail']}"
