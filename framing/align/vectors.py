"""Reports as sparse vectors: title, lead and whole text, names and numbers apart, quoted words, and time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from framing.execution import start_blocks
from framing.reading import Corpus
from framing.text import Tokens, masked_texts, split_quotations, tokenize

__all__ = ["NAME", "NUMBER", "OTHER", "ReportVectors", "row_sums", "vectorize_corpus", "vectorize_reports"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_RUSSIAN = """
а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да для до его ее её если есть еще
ещё же за здесь и из или им их к как какой когда кто ли либо мне может мы на над надо наш не него нее неё нет ни них
но ну о об однако он она они оно от очень по под после при про с со свой себя так также такой там те тем то того тоже
той только том ты у уже чего чей чем что чтобы эта эти это этого этой этом этот я
"""
_STOP = ENGLISH_STOP_WORDS | frozenset(_RUSSIAN.split())
OTHER, NAME, NUMBER = 0, 1, 2
_NAME_SHARE = 0.6  # of a word's occurrences in bodies that are capitalised, from which it counts as a name
_TITLE_WEIGHT = 3.0  # how many times a word of the title counts
_LEAD = 80  # tokens of the text that count as its lead
_QUOTED = 4  # words in a row, inside quotation marks, that make a shared quotation
_BLOCK = 10_000  # reports counted at once; bounds memory
_QUOTED_BLOCK = 2_000  # reports read for quotations at once; bounds what goes to another process


@dataclass(frozen=True, eq=False)
class ReportVectors:
    """Vectors of all reports in corpus order; unit rows are zero for a report without any word.

    Attributes
    ----------
    words, titles, leads : csr_matrix of shape (n_articles, n_terms)
        Unit vectors of sublinear TF-IDF: title and text (a word of the title counts three times), title alone, title
        and first 80 tokens.
    quoted : csr_matrix of shape (n_articles, n_quoted)
        Which runs of four words each report has inside quotation marks; runs of one report only are left out.
    terms : ndarray of shape (n_terms,)
        Lower-case words, sorted.
    kinds : ndarray of shape (n_terms,)
        `OTHER`, `NAME` or `NUMBER`.
    idf : ndarray of shape (n_terms,)
        ``ln((1 + n) / (1 + df)) + 1``: smoothed, so that in a corpus of one event shared words keep their weight.
    kind_lengths : ndarray of shape (n_articles, 3)
        Length of the part of each row of ``words`` that holds terms of each kind.
    mass, lead_mass : ndarray of shape (n_articles,)
        Sum of the idf of all distinct words, and of those of title and lead.
    lead_numbers : ndarray of shape (n_articles,)
        Distinct numbers in title and lead.
    n_words : ndarray of shape (n_articles,)
        Words of title and text, function words not counted.
    days : ndarray of shape (n_articles,)
        Publication in days since 1970, NaN where undated.
    """

    words: Any
    titles: Any
    leads: Any
    quoted: Any
    terms: npt.NDArray[np.object_]
    kinds: npt.NDArray[np.int8]
    idf: Floats
    kind_lengths: Floats
    mass: Floats
    lead_mass: Floats
    lead_numbers: Floats
    n_words: Floats
    days: Floats

    def __len__(self) -> int:
        return len(self.days)


def vectorize_corpus(corpus: Corpus, masks: pd.DataFrame | None = None, *, workers: int = 1) -> ReportVectors:
    """Make the vectors of a corpus; masked spans do not count."""
    fields = masked_texts(corpus, masks)
    titles, texts = (list(fields[name].values()) for name in ("title", "text"))
    seconds = (corpus.articles["published"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    days = seconds.to_numpy(dtype=float, na_value=np.nan) / 86_400
    return vectorize_reports(titles, texts, days, workers=workers)


def vectorize_reports(titles: Sequence[str], texts: Sequence[str], days: Floats, *, workers: int = 1) -> ReportVectors:
    """Make the vectors of reports given as titles, texts and days since 1970.

    Function words (English, Russian) are left out, for in a small corpus IDF cannot tell them from content. A word
    is a name when most of its occurrences in texts are capitalised.
    """
    n = len(texts)
    blocks = [texts[start : start + _QUOTED_BLOCK] for start in range(0, n, _QUOTED_BLOCK)]
    quoted_runs = start_blocks(_quoted_runs, blocks, workers=workers)
    tokens = tokenize([*titles, *texts], lowercase=False)
    lower, terms, kinds, kept = _vocabulary(tokens, n)
    counts, title_counts, lead_counts = _counted(tokens, lower, kept, len(terms))
    df = np.bincount(counts.indices, minlength=len(terms))
    idf = np.log((1 + n) / (1 + df)) + 1
    n_words = (
        np.asarray(counts.sum(axis=1)).ravel() - (_TITLE_WEIGHT - 1) * np.asarray(title_counts.sum(axis=1)).ravel()
    )
    words, leads = _weighted(counts, idf), _weighted(lead_counts, idf)
    lengths = [np.sqrt(row_sums(words, words.data**2 * (kinds[words.indices] == kind))) for kind in range(3)]
    return ReportVectors(
        words=words,
        titles=_weighted(title_counts, idf),
        leads=leads,
        quoted=_quoted(quoted_runs(), n),
        terms=terms,
        kinds=kinds,
        idf=idf,
        kind_lengths=np.stack(lengths, axis=1),
        mass=row_sums(words, idf[words.indices]),
        lead_mass=row_sums(leads, idf[leads.indices]),
        lead_numbers=row_sums(leads, (kinds[leads.indices] == NUMBER).astype(float)),
        n_words=n_words,
        days=days,
    )


def _vocabulary(tokens: Tokens, n: int) -> tuple[Ints, npt.NDArray[np.object_], npt.NDArray[np.int8], Any]:
    """Lower-case term of each token type, the terms sorted, their kinds, and which count at all."""
    cased = tokens.vocabulary
    lower, terms = pd.factorize(np.array([word.lower() for word in cased], dtype=object), sort=True)
    in_bodies = np.bincount(tokens.ids[tokens.pointers[n] :], minlength=len(cased))
    upper = np.array([not word[0].islower() for word in cased], dtype=bool)
    seen = np.bincount(lower, weights=in_bodies, minlength=len(terms))
    capital = np.bincount(lower, weights=in_bodies * upper, minlength=len(terms))
    kinds = np.where(capital >= _NAME_SHARE * np.maximum(seen, 1), NAME, OTHER)
    kinds[np.array([term.isdigit() for term in terms], dtype=bool)] = NUMBER
    kept = np.array([term not in _STOP for term in terms], dtype=bool)
    return lower.astype(np.int64), np.asarray(terms, dtype=object), kinds.astype(np.int8), kept


def _counted(tokens: Tokens, lower: Ints, kept: Any, n_terms: int) -> tuple[Any, Any, Any]:
    """Count words of title and text, of the title, and of title and lead, block after block of reports."""
    n = len(tokens) // 2
    parts: list[tuple[Any, Any, Any]] = []
    for start in range(0, max(n, 1), _BLOCK):
        stop = min(start + _BLOCK, n)
        title, _ = _block(tokens, (start, stop), lower, kept, n_terms)
        text, lead = _block(tokens, (n + start, n + stop), lower, kept, n_terms)
        parts.append((_TITLE_WEIGHT * title + text, title, title + lead))
    return tuple(sparse.vstack(part, format="csr") for part in zip(*parts, strict=True))


def _block(tokens: Tokens, texts: tuple[int, int], lower: Ints, kept: Any, n_terms: int) -> tuple[Any, Any]:
    """Count the words of some texts, and of the first tokens of each."""
    bounds = tokens.pointers[texts[0] : texts[1] + 1]
    ids = lower[tokens.ids[bounds[0] : bounds[-1]]] if len(bounds) else np.zeros(0, dtype=np.int64)
    lengths = np.diff(bounds)
    place = np.arange(len(ids)) - np.repeat(bounds[:-1] - bounds[0], lengths)
    whole = kept[ids]
    return _csr(ids, whole, lengths, n_terms), _csr(ids, whole & (place < _LEAD), lengths, n_terms)


def _csr(ids: Ints, use: Any, lengths: Ints, n_terms: int) -> Any:
    pointers = np.concatenate([[0], np.cumsum(use)])[np.concatenate([[0], np.cumsum(lengths)])]
    indices = ids[use].astype(np.int32)
    matrix = sparse.csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(lengths), n_terms))
    matrix.sum_duplicates()
    return matrix


def row_sums(matrix: Any, values: Floats) -> Floats:
    """Sum values that belong to the stored entries of each row."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return np.asarray(np.bincount(rows, weights=values, minlength=matrix.shape[0]), dtype=np.float64)


def _weighted(counts: Any, idf: Floats) -> Any:
    """Return unit rows of ``(1 + ln count) idf``; empty rows stay empty."""
    matrix = counts.copy()
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    length = np.sqrt(row_sums(matrix, matrix.data**2))
    matrix.data /= np.repeat(length, np.diff(matrix.indptr))
    return matrix


def _quoted(parts: list[tuple[Ints, Ints]], n: int) -> Any:
    """Which runs of four quoted words each of n texts has, as far as another text has them too."""
    none = np.zeros(0, dtype=np.int64)
    runs = np.concatenate([none, *(part[0] for part in parts)])
    text_of = np.concatenate([none, *(part[1] + k * _QUOTED_BLOCK for k, part in enumerate(parts))])
    order = np.lexsort((text_of, runs))
    runs, text_of = runs[order], text_of[order]
    new = np.concatenate([[True], (np.diff(runs) != 0) | (np.diff(text_of) != 0)])[: len(runs)]  # once per text
    keys, column, n_texts = np.unique(runs[new], return_inverse=True, return_counts=True)
    shared = n_texts[column] > 1
    rows, columns = text_of[new][shared], column[shared]
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, len(keys)))


def _quoted_runs(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Hash of every run of four words inside quotation marks, and the text that it stands in."""
    zones = [(k, text[start:end]) for k, text in enumerate(texts) for start, end, _ in split_quotations(text)]
    tokens = tokenize([quotation for _, quotation in zones], r"\w+")
    digests = [hashlib.blake2b(word.encode(), digest_size=8).digest() for word in tokens.vocabulary]
    words = np.frombuffer(b"".join(digests), dtype="<i8")[tokens.ids]
    n_runs = max(len(words) - _QUOTED + 1, 0)
    runs = np.zeros(n_runs, dtype=np.int64)
    for k in range(_QUOTED):  # a polynomial modulo 2^64
        runs = runs * 1_000_003 + words[k : k + n_runs]
    zone = np.repeat(np.arange(len(zones)), np.diff(tokens.pointers))
    inside = zone[:n_runs] == zone[_QUOTED - 1 :][:n_runs]
    text_of = np.array([k for k, _ in zones], dtype=np.int64)[zone[:n_runs][inside]]
    return runs[inside], text_of
