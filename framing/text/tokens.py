"""Tokens as integers: made once, reused by every count, fingerprint, fold and permutation."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["WORDS", "Tokens", "same_glyphs", "tokenize"]

WORDS = r"(?u)\b\w\w+\b"
"""scikit-learn's default: words of two characters or more."""

_BLOCK = 4096  # texts cut at once; changes memory, never the result

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
    lowered = [text.lower() for text in texts] if lowercase else list(texts)
    if pattern in _PER_CHUNK:
        ids, vocabulary, lengths = _by_chunk(lowered, re.compile(pattern))
    else:
        ids, vocabulary, lengths = _by_text(lowered, re.compile(pattern))
    pointers = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Tokens(vocabulary, ids.astype(np.int32), pointers, pattern, lowercase)


Cut = tuple[npt.NDArray[Any], npt.NDArray[np.object_], npt.NDArray[np.int64]]


def _by_text(texts: list[str], pattern: re.Pattern[str]) -> Cut:
    found = [pattern.findall(text) for text in texts]
    ids, vocabulary = _factorize(chain.from_iterable(found))
    return ids, vocabulary, np.array([len(f) for f in found], dtype=np.int64)


def _by_chunk(texts: list[str], pattern: re.Pattern[str]) -> Cut:
    """Cut block after block, so that memory does not grow with the number of chunks."""
    chunk_ids: dict[str, int] = {}
    token_ids: dict[str, int] = {}
    pieces = array("i")  # token ids of chunk after chunk
    bounds = array("q", [0])  # where each chunk's pieces begin
    ids, lengths = [], []
    for start in range(0, len(texts), _BLOCK):
        chunked = [text.split() for text in texts[start : start + _BLOCK]]
        codes, distinct = _factorize(chain.from_iterable(chunked))
        known = len(chunk_ids)
        of_chunk = np.array([chunk_ids.setdefault(chunk, len(chunk_ids)) for chunk in distinct], dtype=np.int64)
        for chunk in distinct[of_chunk >= known]:
            pieces.extend(token_ids.setdefault(token, len(token_ids)) for token in pattern.findall(chunk))
            bounds.append(len(pieces))
        block, counts = _expanded(of_chunk[codes], np.array(pieces, np.int32), np.array(bounds, np.int64))
        ids.append(block)
        text_bounds = np.cumsum([0, *(len(chunks) for chunks in chunked)])
        lengths.append(np.diff(np.concatenate([[0], np.cumsum(counts)])[text_bounds]))
    vocabulary = np.array([*token_ids, None], dtype=object)[:-1]  # None: numpy must not see equal lengths as an axis
    return np.concatenate([*ids, np.zeros(0, np.int32)]), vocabulary, np.concatenate([*lengths, np.zeros(0, np.int64)])


def _expanded(chunks: npt.NDArray[Any], pieces: npt.NDArray[Any], bounds: npt.NDArray[Any]) -> tuple[Any, Any]:
    """Token ids of a stream of chunks, and how many each chunk brings."""
    first, counts = bounds[chunks], np.diff(bounds)[chunks]
    ends = np.cumsum(counts)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return pieces[np.repeat(first, counts) + within], counts


def _factorize(values: Iterator[str]) -> tuple[npt.NDArray[Any], npt.NDArray[np.object_]]:
    array = np.array(list(values), dtype=object)
    codes, uniques = pd.factorize(array)
    return codes, np.asarray(uniques, dtype=object)
