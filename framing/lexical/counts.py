"""Counting words and n-grams: one token pass, integers instead of strings, never documents x terms dense."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.utils.validation import check_is_fitted

from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import FIELDS
from framing.text import WORDS, Tokens, masked_texts, tokenize

__all__ = ["Counted", "EventNGramVectorizer", "count_articles", "count_ngrams", "term_spans"]

Ints = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]
_UP_TO_SPACE = re.compile("[\\x00-\\x20]")
_ROOM = 2**62  # integers below it are shifted and sorted without overflow


@dataclass(frozen=True, eq=False)
class Counted:
    """Counts of every term in every article.

    Attributes
    ----------
    matrix : csr_array of shape (n_articles, n_terms), int64
        Occurrences in title and text outside masks.
    terms : ndarray of shape (n_terms,), object
        Sorted.
    n_tokens : ndarray of shape (n_articles,), int64
        Tokens of each article.
    article_ids : list of str
        Rows.
    """

    matrix: Any
    terms: Strings
    n_tokens: Ints
    article_ids: list[str]


def count_articles(
    corpus: Corpus,
    masks: pd.DataFrame | None = None,
    *,
    ngram_range: tuple[int, int] = (1, 1),
    token_pattern: str = WORDS,
    min_df: float = 1,
) -> Counted:
    """Count the terms of every article; title and text count together, no n-gram crosses from one to the other.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    masks : DataFrame, optional
        Table ``masks``: spans that do not count. A mask separates its neighbours like white space does.
    ngram_range : (int, int)
        Shortest and longest n-gram.
    token_pattern : str
        Regular expression of one token.
    min_df : int or float
        Articles (or share of them) that must hold a term for it to be kept.

    Returns
    -------
    Counted
    """
    texts, rows = _article_texts(corpus, masks)
    tokens = tokenize(texts, token_pattern)
    matrix, terms = count_ngrams(tokens, ngram_range, min_df=min_df, rows=rows)
    n_tokens = np.add.reduceat(np.diff(tokens.pointers), np.arange(0, len(texts), len(FIELDS)))
    return Counted(matrix, terms, n_tokens.astype(np.int64), corpus.article_ids)


def _article_texts(corpus: Corpus, masks: pd.DataFrame | None) -> tuple[list[str], Ints]:
    """Title and text of each article, one after the other, and the row of each."""
    fields = masked_texts(corpus, masks)
    texts = [fields[name][article] for article in corpus.article_ids for name in FIELDS]
    return texts, np.repeat(np.arange(len(corpus)), len(FIELDS))


def count_ngrams(
    tokens: Tokens, ngram_range: tuple[int, int] = (1, 1), *, min_df: float = 1, rows: Ints | None = None
) -> tuple[Any, Strings]:
    """Count the n-grams of tokenised texts.

    Parameters
    ----------
    tokens : Tokens
        From `framing.text.tokenize`.
    ngram_range : (int, int)
        Shortest and longest n-gram.
    min_df : int or float
        Rows (an integer) or share of rows (a float) that must hold a term for it to be kept.
    rows : ndarray of shape (n_texts,), optional
        Row of each text, never decreasing; by default each text is a row.

    Returns
    -------
    matrix : csr_array of shape (n_rows, n_terms), int64
    terms : ndarray of shape (n_terms,), object
        Sorted; the words of an n-gram are joined by one space.

    Notes
    -----
    An n-gram is the pair (its first n - 1 words, its last word) of integers; strings are made for the terms that
    are kept only. Sorting these integers equals sorting the strings as long as no token holds a character up to
    the space, which only patterns that cross white space can produce; then the strings themselves are sorted.
    """
    row_of_text = np.arange(len(tokens), dtype=np.int64) if rows is None else rows
    n_rows = int(row_of_text[-1]) + 1 if len(row_of_text) else 0
    least = min_df if isinstance(min_df, int | np.integer) else min_df * n_rows
    words, ranks = _alphabetical(tokens)
    plain = "" not in words and not _UP_TO_SPACE.search("".join(words))
    grams = _Grams(ranks, np.diff(tokens.pointers), ngram_range, len(words))
    matrix, codes = _counted(grams, row_of_text, n_rows, least if plain else 1)
    terms = _joined(grams.words(codes), words)
    return (matrix, terms) if plain else _merged(matrix, terms, least)


def _alphabetical(tokens: Tokens) -> tuple[Strings, npt.NDArray[np.int32]]:
    """Token types in alphabetical order, and the token stream in their numbers."""
    order = np.array(sorted(range(len(tokens.vocabulary)), key=tokens.vocabulary.__getitem__), dtype=np.int64)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return tokens.vocabulary[order], rank[tokens.ids]


class _Grams:
    """Every n-gram of a token stream as one integer; their order is the alphabetical order of the n-grams.

    The integer has a digit for each word, in a base above the number of words, and zeros for the words that a shorter
    n-gram lacks. Where the digits would not fit into 62 bits together with the row, the integers of what has been
    folded so far are replaced by their ranks.
    """

    def __init__(self, ranks: npt.NDArray[np.int32], lengths: Ints, ngram_range: tuple[int, int], n_words: int) -> None:
        sizes = range(ngram_range[0], ngram_range[1] + 1)
        starts = [_starts(lengths, n) for n in sizes]
        self.texts = [np.maximum(lengths - n + 1, 0) for n in sizes]
        self.ends = np.cumsum([int(n.sum()) for n in self.texts])
        self.base, self.size = n_words + 1, 1
        self.ranked: list[Ints | None] = []
        self.codes = np.zeros(self.ends[-1], dtype=np.int64)
        for k in range(ngram_range[1]):
            self.make_room(self.base)
            self.codes *= self.base
            self.size *= self.base
            for n, start, part in zip(sizes, starts, self.parts(), strict=True):
                if k < n:
                    np.add(part, ranks if start is None else ranks[k:][start], out=part)
                    np.add(part, 1, out=part)

    def parts(self) -> list[Ints]:
        """Return views of the integers of each length."""
        return np.split(self.codes, self.ends[:-1])

    def make_room(self, factor: int) -> None:
        """Replace the integers by their ranks if a product with ``factor`` would not fit."""
        known = None
        if self.size * factor >= _ROOM:
            known, self.codes = np.unique(self.codes, return_inverse=True)
            self.size = len(known)
        self.ranked.append(known)

    def words(self, codes: Ints) -> Ints:
        """Numbers of the words of some n-grams, -1 behind the last: (n_grams, longest)."""
        columns = []
        codes = codes if self.ranked[-1] is None else self.ranked[-1][codes]
        for known in self.ranked[-2::-1]:
            codes, last = np.divmod(codes, self.base)
            columns.append(last - 1)
            codes = codes if known is None else known[codes]
        return np.column_stack(columns[::-1])


def _counted(grams: _Grams, row_of_text: Ints, n_rows: int, least: float) -> tuple[Any, Ints]:
    """Occurrences per row and n-gram, of the n-grams that enough rows hold, and the integers of these.

    Sorting the pairs (n-gram, row) as single integers counts, orders the terms and transposes in one step.
    """
    grams.make_room(max(n_rows, 1))
    bits = int(n_rows).bit_length()
    grams.codes <<= bits  # in place wherever possible: fresh memory costs as much as the arithmetic
    for part, n_grams in zip(grams.parts(), grams.texts, strict=True):
        np.bitwise_or(part, np.repeat(row_of_text, n_grams), out=part)
    pairs, grams.codes = grams.codes, np.zeros(0, dtype=np.int64)
    pairs.sort()
    bounds = _changes(pairs)
    counts, pairs = np.diff(bounds), pairs[bounds[:-1]]
    rows = np.empty(len(pairs), dtype=np.int32)
    np.bitwise_and(pairs, (1 << bits) - 1, out=rows, casting="unsafe")
    pairs >>= bits
    bounds = _changes(pairs)
    codes, held = pairs[bounds[:-1]], np.diff(bounds)
    if least > 1:
        kept = held >= least
        inside = np.repeat(kept, held)
        codes, held, counts, rows = codes[kept], held[kept], counts[inside], rows[inside]
        bounds = np.concatenate([[0], np.cumsum(held)])
    bounds = bounds.astype(np.int32 if len(rows) < 2**31 else np.int64)
    return sparse.csc_array((counts, rows, bounds), shape=(n_rows, len(codes))).tocsr(), codes


def _starts(lengths: Ints, n: int) -> Ints | None:
    """Tokens behind which a text has n - 1 more; None for all."""
    if n == 1:
        return None
    inside, ends = np.ones(int(lengths.sum()), dtype=bool), np.cumsum(lengths)
    for k in range(1, n):
        inside[ends[lengths >= k] - k] = False
    return np.flatnonzero(inside)


def _changes(values: Ints) -> Ints:
    """Where a sorted array takes a new value, and its length."""
    new = np.ones(len(values) + 1, dtype=bool)
    np.not_equal(values[1:], values[:-1], out=new[1:-1])
    return np.flatnonzero(new) if len(values) else np.zeros(1, dtype=np.int64)


def _merged(matrix: Any, joined: Strings, least: float) -> tuple[Any, Strings]:
    """Sum columns whose terms read the same, which tokens that hold white space can bring about."""
    names = sorted(set(joined.tolist()))
    number = {name: i for i, name in enumerate(names)}
    place = np.array([number[j] for j in joined.tolist()], dtype=np.int32)
    moved = sparse.csr_array((matrix.data, place[matrix.indices], matrix.indptr), shape=(matrix.shape[0], len(names)))
    moved.sum_duplicates()
    kept = np.flatnonzero(np.bincount(moved.indices, minlength=len(names)) >= least)
    return _columns(moved, kept), np.array([*names, None], dtype=object)[:-1][kept]


def _columns(matrix: Any, kept: Ints) -> Any:
    """Keep columns, given in ascending order, without scipy's copy through another format."""
    place = np.full(matrix.shape[1], -1, dtype=np.int32)
    place[kept] = np.arange(len(kept))
    moved = place[matrix.indices]
    inside = moved >= 0
    pointers = np.concatenate([[0], np.cumsum(inside)])[matrix.indptr].astype(matrix.indptr.dtype)
    return sparse.csr_array((matrix.data[inside], moved[inside], pointers), shape=(matrix.shape[0], len(kept)))


def _joined(keys: Ints, words: Strings) -> Strings:
    out = np.empty(len(keys), dtype=object)
    if not len(keys):
        return out
    out[:] = words[keys[:, 0]]
    spaced = " " + words
    for column in keys.T[1:]:
        longer = np.flatnonzero(column >= 0)
        out[longer] = out[longer] + spaced[column[longer]]
    return out


class EventNGramVectorizer(TransformerMixin, BaseEstimator):
    r"""Turn texts into n-gram counts, identical to scikit-learn's ``CountVectorizer`` and several times faster.

    Every distinct chunk between white space is cut once; n-grams are pairs of integers. Patterns that cannot be
    applied chunk by chunk are applied to the whole texts, with the same result.

    Parameters
    ----------
    ngram_range : (int, int)
        Shortest and longest n-gram.
    token_pattern : str
        Regular expression of one token, with one capturing group at most.
    min_df : int or float
        Texts (or share of texts) that must hold a term for it to be kept.
    lowercase : bool
        Whether to lower the texts first.
    stop_words : iterable of str, "english" or None
        Words to leave out before n-grams are formed. None by default: function words are part of a style, and no
        list fits every language.
    masks : DataFrame, optional
        Table ``masks``: spans that do not count, where a `Corpus` is given instead of texts.

    Attributes
    ----------
    terms_ : ndarray of shape (n_terms,), object
        The vocabulary, sorted.

    Examples
    --------
    >>> vectorizer = EventNGramVectorizer(ngram_range=(1, 2))
    >>> vectorizer.fit_transform(["The Taliban took Kabul", "Kabul fell"]).toarray()[:, :2].tolist()
    [[0, 1], [1, 1]]
    >>> vectorizer.terms_[:4].tolist()
    ['fell', 'kabul', 'kabul fell', 'taliban']
    """

    def __init__(
        self,
        *,
        ngram_range: tuple[int, int] = (1, 1),
        token_pattern: str = WORDS,
        min_df: float = 1,
        lowercase: bool = True,
        stop_words: Iterable[str] | None = None,
        masks: pd.DataFrame | None = None,
    ) -> None:
        self.ngram_range = ngram_range
        self.token_pattern = token_pattern
        self.min_df = min_df
        self.lowercase = lowercase
        self.stop_words = stop_words
        self.masks = masks

    def fit(self, raw_documents: Iterable[str] | Corpus, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        raw_documents : iterable of str, or Corpus
            Texts; of a corpus, title and text of an article are one row and no n-gram crosses between them.
        y : ignored

        Raises
        ------
        SettingsError
            If the texts are no texts, a parameter is not allowed, or no term is left.
        """
        self.fit_transform(raw_documents, y)
        return self

    def fit_transform(self, raw_documents: Iterable[str] | Corpus, y: Any = None) -> Any:  # noqa: ARG002 - sklearn's form
        """Learn the vocabulary and return the counts.

        Parameters
        ----------
        raw_documents : iterable of str, or Corpus
            Texts; of a corpus, title and text of an article are one row and no n-gram crosses between them.
        y : ignored

        Returns
        -------
        csr_array of shape (n_texts, n_terms), int64
        """
        self._check_settings()
        matrix, terms = self._count(raw_documents, self.min_df)
        if not len(terms):
            raise SettingsError(
                f"EventNGramVectorizer: empty vocabulary: no term of {matrix.shape[0]} text(s) meets "
                f"token_pattern={self.token_pattern!r}, min_df={self.min_df} and stop_words. Perhaps the texts are "
                "empty or wholly masked, or min_df is too high."
            )
        self.terms_ = terms
        return matrix

    def transform(self, raw_documents: Iterable[str] | Corpus) -> Any:
        """Return the counts of the learnt terms.

        Parameters
        ----------
        raw_documents : iterable of str, or Corpus
            Texts; of a corpus, title and text of an article are one row and no n-gram crosses between them.

        Returns
        -------
        csr_array of shape (n_texts, n_terms), int64
        """
        check_is_fitted(self, "terms_")
        matrix, terms = self._count(raw_documents, 1)
        place = pd.Index(self.terms_).get_indexer(pd.Index(terms)) if len(terms) else np.zeros(0, dtype=np.int64)
        known = np.flatnonzero(place >= 0)
        cut = _columns(matrix, known)
        out = sparse.csr_array(
            (cut.data, place[known][cut.indices], cut.indptr), shape=(matrix.shape[0], len(self.terms_))
        )
        out.sort_indices()
        return out

    @property
    def vocabulary_(self) -> dict[str, int]:
        """Column of each term."""
        check_is_fitted(self, "terms_")
        return {term: i for i, term in enumerate(self.terms_.tolist())}

    def get_feature_names_out(self, input_features: Any = None) -> Strings:  # noqa: ARG002 - sklearn's form
        """Return the terms in the order of the columns.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        ndarray of shape (n_terms,), object
        """
        check_is_fitted(self, "terms_")
        names: Strings = self.terms_.copy()
        return names

    def find_term(self, raw_documents: Iterable[str] | Corpus, term: str) -> pd.DataFrame:
        """Find where a term stands; offsets are recovered here and never kept.

        Parameters
        ----------
        raw_documents : iterable of str, or Corpus
            As in `transform`.
        term : str
            A term as in `terms_`.

        Returns
        -------
        DataFrame
            ``row, start, end, surface`` for texts, ``article_id, field, start, end, surface`` for a corpus.
            Offsets are those of the untouched text; where stop words were left out, the span runs over them.
        """
        if isinstance(raw_documents, Corpus):
            masked = masked_texts(raw_documents, self.masks)
            fields = {name: raw_documents.texts(name) for name in FIELDS}
            places: list[tuple[Any, ...]] = [(i, name) for i in raw_documents.article_ids for name in FIELDS]
            cut = [masked[name][i] for i, name in places]
            texts = [fields[name][i] for i, name in places]
            names = ["article_id", "field"]
        else:
            texts = cut = _checked_texts(raw_documents)
            places, names = [(row,) for row in range(len(texts))], ["row"]
        found = [
            (*place, start, end, text[start:end])
            for place, seen, text in zip(places, cut, texts, strict=True)
            for start, end in term_spans(seen, term, self.token_pattern, self.lowercase, self._stopped())
        ]
        return pd.DataFrame(found, columns=[*names, "start", "end", "surface"])

    def _count(self, raw_documents: Iterable[str] | Corpus, min_df: float) -> tuple[Any, Strings]:
        rows = None
        if isinstance(raw_documents, Corpus):
            texts, rows = _article_texts(raw_documents, self.masks)
        elif self.masks is not None:
            raise SettingsError("EventNGramVectorizer: masks belong to articles. Give a Corpus instead of texts.")
        else:
            texts = _checked_texts(raw_documents)
        tokens = tokenize(texts, self.token_pattern, lowercase=self.lowercase)
        return count_ngrams(_without(tokens, self._stopped()), self.ngram_range, min_df=min_df, rows=rows)

    def _stopped(self) -> frozenset[str]:
        if self.stop_words is None:
            return frozenset()
        if isinstance(self.stop_words, str):
            if self.stop_words != "english":
                raise SettingsError(f"stop_words must be a list of words, 'english' or None. Got {self.stop_words!r}.")
            return frozenset(ENGLISH_STOP_WORDS)
        return frozenset(self.stop_words)

    def _check_settings(self) -> None:
        low, high = self.ngram_range
        if not 1 <= low <= high:
            raise SettingsError(f"ngram_range must be (low, high) with 1 <= low <= high. Got {self.ngram_range}.")
        whole = isinstance(self.min_df, int | np.integer)
        if (whole and self.min_df < 0) or (not whole and not 0 <= self.min_df <= 1):
            raise SettingsError(f"min_df must be a count from 0 or a share from 0.0 to 1.0. Got {self.min_df!r}.")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _checked_texts(raw_documents: Iterable[str]) -> list[str]:
    if isinstance(raw_documents, str):
        raise SettingsError("EventNGramVectorizer: texts must come as an iterable of str. Got one string object.")
    texts = list(raw_documents)
    strange = next((i for i, text in enumerate(texts) if not isinstance(text, str)), None)
    if strange is not None:
        kind = type(texts[strange]).__name__
        raise SettingsError(f"EventNGramVectorizer: text {strange} must be str. Got {kind} {texts[strange]!r}.")
    return texts


def term_spans(
    text: str,
    term: str,
    token_pattern: str = WORDS,
    lowercase: bool = True,  # noqa: FBT001, FBT002 - the estimators' parameter, passed on
    stopped: frozenset[str] = frozenset(),
) -> list[tuple[int, int]]:
    """Return start and end of every occurrence of a term in a text, in code points."""
    tokens = tokenize([text], token_pattern, lowercase=lowercase)
    offsets = tokens.offsets(text).tolist()
    words = tokens.vocabulary[tokens.ids].tolist()
    kept = [(word, span) for word, span in zip(words, offsets, strict=True) if word not in stopped]
    longest = term.count(" ") + 1
    found = []
    for first, (_, (start, _)) in enumerate(kept):
        for n in range(1, min(longest, len(kept) - first) + 1):
            if " ".join(word for word, _ in kept[first : first + n]) == term:
                found.append((start, kept[first + n - 1][1][1]))  # noqa: PERF401 - two loops and a test
    return found


def _without(tokens: Tokens, stopped: frozenset[str]) -> Tokens:
    if not stopped:
        return tokens
    keep = np.array([word not in stopped for word in tokens.vocabulary], dtype=bool)
    number = np.cumsum(keep) - 1
    inside = keep[tokens.ids]
    pointers = np.concatenate([[0], np.cumsum(inside)])[tokens.pointers].astype(np.int64)
    ids = number[tokens.ids[inside]].astype(np.int32)
    return Tokens(tokens.vocabulary[keep], ids, pointers, tokens.pattern, tokens.lowercase)
