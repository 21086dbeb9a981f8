"""Reading: articles in, one validated corpus out; what cannot be used is set aside with the reason."""

from framing.reading.corpus import Corpus
from framing.reading.fetching import fetch_corpus
from framing.reading.files import Reading, read_corpus
from framing.reading.overview import check_corpus
from framing.reading.shipped import list_corpora, read_gold
from framing.reading.tables import read_table
from framing.reading.writing import write_bytes, write_corpus, write_table

__all__ = [
    "Corpus",
    "Reading",
    "check_corpus",
    "fetch_corpus",
    "list_corpora",
    "read_corpus",
    "read_gold",
    "read_table",
    "write_bytes",
    "write_corpus",
    "write_table",
]
