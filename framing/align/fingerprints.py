"""Word 5-grams as 64-bit fingerprints: fixed hashes, in whole arrays, without a list of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["GRAM", "Fingerprints", "distinct", "fingerprint", "without_boilerplate"]

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GRAM = 5
"""Words per fingerprint."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_BASE = np.uint64(0xD1342543DE82EF95)  # odd, so that its powers can be undone modulo 2**64
_CHARACTERS = 1 << 19  # hashed at once; a longer text is taken whole
_FEW, _MOST, _TOO_MANY = 4, 0.5, 20
_WHOLE = 2 / 3


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """5-gram hashes of many texts, in reading order; text ``i`` has ``hashes[pointers[i]:pointers[i + 1]]``."""

    hashes: Hashes
    pointers: Ints

    def of(self, index: int) -> Hashes:
        """Hashes of one text."""
        return self.hashes[self.pointers[index] : self.pointers[index + 1]]


def fingerprint(texts: Sequence[str]) -> Fingerprints:
    r"""Hash every five consecutive words (``\w+`` of the lower-case text).

    A word's hash is a polynomial of its code points modulo 2**64, mixed; it depends on the word alone, so the same text
    has the same fingerprints in every run, on every machine, whatever stands beside it.
    """
    hashes = np.empty(sum(len(text) + 1 for text in texts), np.uint64)  # pages that are not written take no memory
    counts, done = [np.zeros(1, np.int64)], 0
    for block in _blocks(texts):
        grams, n = _grams(*_words(block))
        hashes[done : done + len(grams)] = grams
        counts.append(n)
        done += len(grams)
    return Fingerprints(hashes[:done], np.cumsum(np.concatenate(counts)))


def _blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    size = 0
    for text in texts:
        block.append(text.lower())
        size += len(block[-1]) + 1
        if size >= _CHARACTERS:
            yield block
            block, size = [], 0
    if block:
        yield block


def _words(lowered: list[str]) -> tuple[Hashes, Ints]:
    """Hashes of the words of a block, text after text, and how many each text has."""
    joined = "\n".join([*lowered, ""])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    values = _values()[codes]
    inside = np.concatenate([[False], values != 0])
    edges = np.flatnonzero(inside[1:] != inside[:-1])  # the last character is a line feed: every word is closed
    starts, ends = edges[::2], edges[1::2]
    powers, inverses = _powers(len(codes))
    with np.errstate(over="ignore"):
        values *= powers
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
        words = _mixed((sums[ends] - sums[starts]) * inverses[starts])
    bounds = np.cumsum([0, *(len(text) + 1 for text in lowered)])
    return words, np.diff(np.searchsorted(starts, bounds))


@lru_cache(maxsize=1)
def _values() -> Hashes:
    r"""Return a value for each code point; 0 for those that ``\w`` does not match."""
    codes = np.arange(0x110000, dtype=np.uint64)
    is_word = np.fromiter((char.isalnum() for char in map(chr, range(0x110000))), dtype=bool, count=0x110000)
    is_word[ord("_")] = True
    return np.where(is_word, _mixed(codes + _GOLDEN) | np.uint64(1), np.uint64(0))


_held: list[tuple[Hashes, Hashes]] = []


def _powers(n: int) -> tuple[Hashes, Hashes]:
    """Powers of the base and of its inverse from 0 to at least n - 1; the longest so far is kept up to 16 blocks."""
    if _held and len(_held[0][0]) >= n:
        return _held[0][0][:n], _held[0][1][:n]
    size = max(n, _CHARACTERS + (1 << 17))
    inverse = np.uint64(pow(int(_BASE), -1, 1 << 64))
    both = []
    with np.errstate(over="ignore"):
        for base in (_BASE, inverse):
            factors = np.full(size, base, dtype=np.uint64)
            factors[0] = 1
            both.append(np.multiply.accumulate(factors))
    if size <= 16 * _CHARACTERS:
        _held[:] = [(both[0], both[1])]
    return both[0][:n], both[1][:n]


def _mixed(x: Hashes) -> Hashes:
    """Mix 64 bits (splitmix64's finaliser; Steele, Lea & Flood 2014)."""
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def _grams(words: Hashes, lengths: Ints) -> tuple[Hashes, Ints]:
    """Hashes of the 5-grams that do not cross from one text into the next."""
    counts = np.maximum(lengths - GRAM + 1, 0)
    n = len(words) - GRAM + 1
    if n < 1:
        return np.zeros(0, np.uint64), counts
    mixed = words[:n].copy()
    with np.errstate(over="ignore"):
        for k in range(1, GRAM):
            mixed *= _GOLDEN
            mixed += words[k : k + n]
    inside = np.zeros(len(words) + 1, dtype=np.int32)
    ends = np.cumsum(lengths)
    np.add.at(inside, ends - lengths, 1)
    np.add.at(inside, ends - lengths + counts, -1)
    return _mixed(mixed[np.cumsum(inside[:n]) > 0]), counts


def distinct(hashes: Hashes) -> Hashes:
    """Distinct values, sorted."""
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def without_boilerplate(prints: Fingerprints, outlets: Ints) -> Fingerprints:
    """Leave out what an outlet prints under its articles whatever they report; the hashes given are used up.

    A fingerprint is an outlet's boilerplate where more than 20 of its articles hold it, or half of them and at least
    four. An article of which two thirds would be left out is kept whole: then it is the story that the outlet
    printed many times, not its footer.

    Parameters
    ----------
    prints : Fingerprints
        Of articles in an order that keeps those of one outlet together.
    outlets : ndarray of int
        Outlet of each article.
    """
    counts, done = [np.zeros(1, np.int64)], 0
    bounds = np.flatnonzero(np.diff(outlets, prepend=-1, append=-1))
    for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        mine = prints.hashes[prints.pointers[first] : prints.pointers[last]]
        n = np.diff(prints.pointers[first : last + 1])
        flags = _boilerplate(mine, n)
        kept = mine[~flags]
        prints.hashes[done : done + len(kept)] = kept  # in place: what is overwritten has been read
        done += len(kept)
        counts.append(n - np.bincount(np.repeat(np.arange(len(n)), n)[flags], minlength=len(n)))
    return Fingerprints(prints.hashes[:done], np.cumsum(np.concatenate(counts)))


def _boilerplate(hashes: Hashes, counts: Ints) -> Flags:
    """Flag what one outlet prints under its articles whatever they report."""
    if len(counts) < _FEW or not len(hashes):
        return np.zeros(len(hashes), dtype=bool)
    least = min(max(_FEW, int(np.ceil(_MOST * len(counts)))), _TOO_MANY + 1)
    slots = hashes & np.uint64((1 << len(hashes).bit_length()) - 1)  # a first count by the last bits, exact below
    flags = (np.bincount(slots.view(np.int64)) >= least)[slots.view(np.int64)]
    places = np.flatnonzero(flags)
    if not len(places):
        return flags
    articles = np.repeat(np.arange(len(counts)), counts)[places]
    values, codes = np.unique(hashes[places], return_inverse=True)
    held = distinct(codes.astype(np.uint64) * np.uint64(len(counts)) + articles.astype(np.uint64))
    often = np.bincount((held // np.uint64(len(counts))).astype(np.int64), minlength=len(values)) >= least
    share = np.bincount(articles[often[codes]], minlength=len(counts)) / np.maximum(counts, 1)
    flags[places] = often[codes] & (share < _WHOLE)[articles]
    return flags
