"""Dialects: how the tools that researchers use name their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Dialect", "column_key", "recognise"]

Candidates = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Dialect:
    """The columns of one tool's export, named as `column_key` writes them.

    Attributes
    ----------
    signatures : tuple of frozenset of str
        Sets of columns, each of which tells the dialect.
    columns : mapping of str to tuple of str
        Our column and theirs, in order of preference; the first that a row fills is taken.
    refusal : str
        Why articles cannot be compared where no column holds their text; empty where that needs no explanation.
    """

    name: str
    signatures: tuple[frozenset[str], ...]
    columns: Candidates
    refusal: str = ""


GENERIC = Dialect(
    "generic",
    (),
    {
        "article_id": ("id", "doc_id", "uid", "guid"),
        "outlet": ("source", "publisher", "media_name", "source_domain", "sitename", "hostname", "domain", "newspaper"),
        "title": ("headline", "subject"),
        "text": ("texts", "maintext", "body", "content", "raw_text", "article_text", "full_text", "fulltext"),
        "published": ("date", "published_at", "publishedat", "publish_date", "date_publish", "pub_date", "pubdate",
                      "publication_date", "timestamp", "datetime"),
        "crawled": ("date_download", "indexed_date", "crawled_at", "date_crawled", "filedate"),
        "url": ("link",),
        "language": ("lang",),
        "agency": ("wire", "credit"),
        "event_id": ("event",),
    },
)  # fmt: skip

_NO_BODIES = (
    " holds addresses and headlines, no bodies. Download the pages (for example with trafilatura) and read what that "
    "gives; to compare the headlines alone, say --map text=title (columns={'text': 'title'})."
)

DIALECTS = (
    Dialect(
        "news-please",
        (frozenset({"maintext", "date_publish", "source_domain"}),),
        {
            "outlet": ("source_domain",),
            "text": ("maintext", "text"),
            "published": ("date_publish",),
            "crawled": ("date_download",),
        },
    ),
    # Its fingerprint is no identifier: two outlets that print the same wire story share it.
    # Its JSON calls the address `source` and the site's name `source-hostname`.
    Dialect(
        "trafilatura",
        (frozenset({"hostname", "fingerprint", "sitename"}), frozenset({"hostname", "fingerprint", "source_hostname"})),
        {
            "outlet": ("sitename", "source_hostname", "hostname"),
            "text": ("text", "raw_text"),
            "published": ("date",),
            "crawled": ("filedate",),
            "url": ("url", "source"),
        },
    ),
    Dialect(
        "Media Cloud",
        (
            frozenset({"media_name", "publish_date", "media_url"}),
            frozenset({"media_name", "publish_date", "indexed_date"}),
        ),
        {
            "article_id": ("id", "stories_id"),
            "outlet": ("media_name", "media_url"),
            "text": ("text", "story_text"),
            "published": ("publish_date",),
            "crawled": ("indexed_date", "collect_date"),
        },
        "this Media Cloud export" + _NO_BODIES,
    ),
    Dialect(
        "GDELT DOC",
        (frozenset({"seendate", "domain", "sourcecountry"}),),
        {"outlet": ("domain",), "text": (), "crawled": ("seendate",)},
        "a GDELT article list" + _NO_BODIES,
    ),
    # `source` is the program that sent a post; `timestamp` is in the server's zone, `unix_timestamp` is not.
    Dialect(
        "4CAT",
        (frozenset({"thread_id", "author", "body", "timestamp"}),),
        {
            "outlet": ("outlet", "author_username", "author"),
            "title": ("subject",),
            "text": ("body",),
            "published": ("unix_timestamp", "timestamp"),
            "url": ("url", "link", "post_url"),
            "language": ("language", "language_guess"),
        },
    ),
    Dialect("quanteda", (frozenset({"doc_id", "text"}),), {"article_id": ("doc_id",)}),
)


def column_key(name: str) -> str:
    """Return a column's name as it is compared: lower case, with underscores for blanks, dots and hyphens."""
    return "_".join(name.lower().replace("-", " ").replace(".", " ").replace("_", " ").split())


def recognise(keys: Iterable[str]) -> Dialect:
    """Return the dialect that the columns tell, with the generic names for what it does not name itself."""
    present = frozenset(keys)
    for dialect in DIALECTS:
        if any(signature <= present for signature in dialect.signatures):
            return Dialect(dialect.name, dialect.signatures, {**GENERIC.columns, **dialect.columns}, dialect.refusal)
    return GENERIC
