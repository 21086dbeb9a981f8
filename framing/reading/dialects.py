"""Dialects: how the tools that researchers use name their columns."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

__all__ = ["Dialect", "recognise"]

Candidates = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Dialect:
    """The columns of one tool's export.

    Attributes
    ----------
    signature : frozenset of str
        Columns that together tell the dialect.
    columns : mapping of str to tuple of str
        Our column and theirs, in order of preference; the first that a row fills is taken.
    refusal : str
        Why articles cannot be compared from it at all; empty where they can.
    """

    name: str
    signature: frozenset[str]
    columns: Candidates
    refusal: str = ""


GENERIC = Dialect(
    "generic",
    frozenset(),
    {
        "article_id": ("id", "doc_id", "uid", "guid"),
        "outlet": ("source", "publisher", "media_name", "source_domain", "sitename", "hostname", "domain", "newspaper"),
        "title": ("headline", "subject"),
        "text": ("maintext", "body", "content", "raw_text", "article_text", "full_text"),
        "published": ("date", "published_at", "publish_date", "date_publish", "pub_date", "timestamp", "datetime"),
        "crawled": ("date_download", "indexed_date", "crawled_at", "date_crawled", "filedate"),
        "url": ("link",),
        "language": ("lang",),
        "agency": ("wire", "credit"),
        "event_id": ("event",),
    },
)

DIALECTS = (
    Dialect(
        "news-please",
        frozenset({"maintext", "date_publish", "source_domain"}),
        {
            "outlet": ("source_domain",),
            "text": ("maintext",),
            "published": ("date_publish",),
            "crawled": ("date_download",),
        },
    ),
    Dialect(
        "trafilatura",
        frozenset({"hostname", "sitename", "fingerprint"}),
        {
            "article_id": ("id", "fingerprint"),
            "outlet": ("sitename", "hostname"),
            "text": ("text", "raw_text"),
            "published": ("date",),
            "crawled": ("filedate",),
        },
    ),
    Dialect(
        "Media Cloud",
        frozenset({"media_name", "publish_date", "indexed_date"}),
        {
            "outlet": ("media_name", "media_url"),
            "published": ("publish_date",),
            "crawled": ("indexed_date",),
        },
    ),
    Dialect(
        "GDELT DOC",
        frozenset({"seendate", "domain", "sourcecountry"}),
        {"outlet": ("domain",), "crawled": ("seendate",)},
        "a GDELT article list holds addresses and headlines, no bodies. Download the pages (for example with "
        "trafilatura) and read what that gives.",
    ),
    Dialect(
        "4CAT",
        frozenset({"thread_id", "author", "body", "timestamp"}),
        {
            "outlet": ("outlet", "source", "domain", "author"),
            "title": ("subject",),
            "text": ("body",),
            "published": ("timestamp",),
        },
    ),
    Dialect("quanteda", frozenset({"doc_id", "text"}), {"article_id": ("doc_id",)}),
)


def recognise(present: AbstractSet[str]) -> Dialect:
    """Return the dialect whose signature the columns hold; its columns come before the generic ones."""
    for dialect in DIALECTS:
        if dialect.signature <= present:
            return Dialect(dialect.name, dialect.signature, _with_generic(dialect.columns), dialect.refusal)
    return GENERIC


def _with_generic(columns: Candidates) -> Candidates:
    names = GENERIC.columns.keys() | columns.keys()
    return {n: (*columns.get(n, ()), *GENERIC.columns.get(n, ())) for n in names}
