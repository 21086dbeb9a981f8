"""Tokens as integers: made once, reused by every count, fingerprint, fold and permutation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["WORDS", "Tokens", "same_glyphs", "tokenize"]

WORDS = r"(?u)\b\w\w+\b"
"""scikit-learn's default: words of two characters or more."""

_BLOCK = 8192  # texts cut at once; changes memory, never the result
_MARK = "\x00"
_BETWEEN = f" {_MARK} "  # between texts that are cut together

# Patterns that can neither match across white space nor look beyond the chunk around them.
_PER_CHUNK = frozenset(
    {WORDS, r"\b\w\w+\b", r"\w\w+", r"(?u)\b\w+\b", r"\b\w+\b", r"(?u)\w+", r"\w+", r"\w+(?:['’-]\w+)*"}
)


_SAME_GLYPH = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "—", "‑": "-", "\u00a0": " "}
)


def same_glyphs(text: str) -> str:
    """Return the text with quotation marks, dashes and no-break spaces in one shape, of the same length.

    Outlets type them differently; what differs only in them is the same wording.
    """
    return text.translate(_SAME_GLYPH)


@dataclass(frozen=True, eq=False)
class Tokens:
    """Token stream of many texts.

    Attributes
    ----------
    vocabulary : ndarray of shape (n_types,), object
        Token types in order of first appearance.
    ids : ndarray of shape (n_tokens,), int32
        Type of each token, text after text.
    pointers : ndarray of shape (n_texts + 1,), int64
        ``ids[pointers[i]:pointers[i + 1]]`` are the tokens of text ``i``.
    pattern, lowercase
        How the texts were cut; `offsets` cuts a text again only when its spans are asked for.
    """

    vocabulary: npt.NDArray[np.object_]
    ids: npt.NDArray[np.int32]
    pointers: npt.NDArray[np.int64]
    pattern: str
    lowercase: bool

    def __len__(self) -> int:
        return len(self.pointers) - 1

    def of(self, index: int) -> npt.NDArray[np.int32]:
        """Ids of one text."""
        return self.ids[self.pointers[index] : self.pointers[index + 1]]

    def offsets(self, text: str) -> npt.NDArray[np.int64]:
        """Spans in the untouched text of the tokens that `tokenize` made of it.

        Parameters
        ----------
        text : str
            The very text that was tokenised.

        Returns
        -------
        ndarray of shape (n_tokens, 2)
            Start and end in code points.
        """
        compiled = re.compile(self.pattern)
        group = min(compiled.groups, 1)  # findall returns the group where the pattern has one
        if not self.lowercase or len(text.lower()) == len(text):
            cut = text.lower() if self.lowercase else text
            spans = [m.span(group) for m in compiled.finditer(cut)]
        else:  # lower case has another length (İ): map every character back
            origin = [*(i for i, char in enumerate(text) for _ in char.lower()), len(text)]
            lowered = "".join(char.lower() for char in text)
            found = [m.span(group) for m in compiled.finditer(lowered)]
            spans = [(origin[a], origin[b - 1] + 1 if b > a else origin[a]) for a, b in found]
        return np.array(spans, dtype=np.int64).reshape(-1, 2)


def tokenize(texts: Sequence[str], pattern: str = WORDS, *, lowercase: bool = True) -> Tokens:
    r"""Cut texts into tokens exactly as ``re.findall(pattern, text.lower())`` would.

    Texts are split at white space, the pattern runs once on every distinct chunk, and the result is expanded. A
    pattern that may match across white space or look beyond a chunk is applied to the whole texts instead.

    Parameters
    ----------
    texts : sequence of str
        Any texts.
    pattern : str
        Regular expression of one token.
    lowercase : bool
        Whether to lower the texts first.

    Returns
    -------
    Tokens

    Examples
    --------
    >>> tokens = tokenize(["The Taliban took Kabul.", "the Taliban"])
    >>> tokens.vocabulary[tokens.of(1)].tolist()
    ['the', 'taliban']
    """
    compiled = re.compile(pattern)
    cut = _by_chunk(texts, compiled, lowercase=lowercase) if pattern in _PER_CHUNK else None
    if cut is None:
        cut = _by_text([text.lower() for text in texts] if lowercase else texts, compiled)
    ids, vocabulary, lengths = cut
    pointers = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Tokens(vocabulary, ids.astype(np.int32, copy=False), pointers, pattern, lowercase)


Cut = tuple[npt.NDArray[Any], npt.NDArray[np.object_], npt.NDArray[np.int64]]


class _Numbers(dict[str, int]):
    """Number each new key by order of first appearance."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number

    def of(self, values: Iterable[str], count: int) -> npt.NDArray[np.int32]:
        return np.fromiter(map(self.__getitem__, values), dtype=np.int32, count=count)

    def keys_in_order(self) -> npt.NDArray[np.object_]:
        return np.array([*self, None], dtype=object)[:-1]  # None: numpy must not see equal lengths as an axis


def _by_text(texts: Sequence[str], pattern: re.Pattern[str]) -> Cut:
    numbers = _Numbers()
    found = [pattern.findall(text) for text in texts]
    lengths = np.array([len(tokens) for tokens in found], dtype=np.int64)
    return numbers.of(chain.from_iterable(found), int(lengths.sum())), numbers.keys_in_order(), lengths


def _by_chunk(texts: Sequence[str], pattern: re.Pattern[str], *, lowercase: bool) -> Cut | None:
    """Cut block after block, so that memory does not grow with the number of chunks; None where Arrow cannot."""
    words_or_end = re.compile(f"{pattern.pattern.removeprefix('(?u)')}|\n")
    chunk_numbers, token_numbers = _Numbers(), _Numbers()
    pieces, bounds = np.zeros(0, np.int32), np.zeros(1, np.int64)  # token ids of chunk after chunk; where each begins
    ids, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for start in range(0, len(texts), _BLOCK):
        chunked = _chunks(texts[start : start + _BLOCK], lowercase=lowercase)
        if chunked is None:
            return None
        chunks, names, text_bounds = chunked
        n_known = len(chunk_numbers)
        chunks = chunk_numbers.of(names, len(names))[chunks]
        new, ends = _pieces(list(islice(chunk_numbers, n_known, None)), words_or_end, token_numbers)
        pieces, bounds = np.concatenate([pieces, new]), np.concatenate([bounds, bounds[-1] + ends])
        block, counts = _expanded(chunks, pieces, bounds)
        ids.append(block)
        lengths.append(np.diff(np.concatenate([[0], np.cumsum(counts)])[text_bounds]))
    return np.concatenate(ids), token_numbers.keys_in_order(), np.concatenate(lengths)


def _chunks(texts: Sequence[str], *, lowercase: bool) -> tuple[Any, list[str], Any] | None:
    """Chunks between ASCII white space as numbers, their names, and where each text begins and ends.

    None where a text holds the separator or what UTF-8 cannot: texts from files never do.
    """
    joined = _BETWEEN.join(texts)
    if joined.count(_MARK) != len(texts) - 1:
        return None
    try:
        # The separator stands between spaces, so that lower case (final sigma) does not look beyond a text.
        whole = pa.array([joined.lower() if lowercase else joined], pa.large_string())
    except UnicodeEncodeError:
        return None
    coded = pc.ascii_split_whitespace(whole).values.dictionary_encode()
    names, chunks = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    if _MARK not in names:
        return chunks, names, np.array([0, len(chunks)])
    mark = names.index(_MARK)
    return chunks, names, np.concatenate([[0], np.flatnonzero(chunks == mark), [len(chunks)]])


def _pieces(chunks: list[str], pattern: re.Pattern[str], numbers: _Numbers) -> tuple[Any, Any]:
    """Token ids of new chunks, and where each chunk's end: one run of the pattern over all, a line each."""
    found = pattern.findall("\n".join([*chunks, ""]))
    at_end = np.fromiter((piece == "\n" for piece in found), dtype=bool, count=len(found))
    words = numbers.of((piece for piece in found if piece != "\n"), len(found) - int(at_end.sum()))
    return words, np.cumsum(~at_end)[at_end]


def _expanded(chunks: npt.NDArray[Any], pieces: npt.NDArray[Any], bounds: npt.NDArray[Any]) -> tuple[Any, Any]:
    """Token ids of a stream of chunks, and how many each chunk brings."""
    first, counts = bounds[chunks], np.diff(bounds)[chunks]
    ends = np.cumsum(counts)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return pieces[np.repeat(first, counts) + within], counts
