"""Which pairs of articles are worth verifying: an inverted index of sampled fingerprints, counted block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.align.fingerprints import Fingerprints, Ints
from framing.errors import SettingsError
from framing.execution import progress

__all__ = ["PairFilter", "propose"]

_SAMPLED = 4  # one fingerprint in so many proposes pairs; all of them verify a pair
_MIN_PROPOSED = 3  # sampled fingerprints in common before a pair is verified
_MANY = 20  # articles that hold a fingerprint, from which on not all their pairs are proposed


@dataclass(frozen=True)
class PairFilter:
    """Which pairs may be compared at all; applied before they are counted.

    Attributes
    ----------
    max_days : float, optional
        Longest time between the two; articles without a date are then left out.
    other_outlet : bool
        Only pairs of different outlets.
    same_language : bool
        Only pairs of one language; articles without one are compared with each other.
    """

    max_days: float | None = None
    other_outlet: bool = False
    same_language: bool = False

    def __post_init__(self) -> None:
        if self.max_days is not None and not self.max_days >= 0:
            raise SettingsError(f"max_days must be 0 or more. Got {self.max_days}.")

    def allowed(self, articles: pd.DataFrame) -> Callable[[Ints, Ints], npt.NDArray[np.bool_]]:
        """Return a function that says which pairs of row numbers may be compared."""
        days = _days(articles)
        outlets = pd.factorize(articles["outlet"])[0]
        languages = pd.factorize(articles["language"])[0]

        def check(first: Ints, second: Ints) -> npt.NDArray[np.bool_]:
            keep = np.ones(len(first), dtype=bool)
            if self.max_days is not None:
                keep &= np.abs(days[first] - days[second]) <= self.max_days  # NaN compares false
            if self.other_outlet:
                keep &= outlets[first] != outlets[second]
            if self.same_language:
                keep &= languages[first] == languages[second]
            return keep

        return check


def _days(articles: pd.DataFrame) -> npt.NDArray[np.float64]:
    since = (articles["published"] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    return np.asarray(since, dtype=np.float64)


def propose(prints: Fingerprints, articles: pd.DataFrame, pairs: PairFilter, block_size: int) -> Ints:
    """Return the pairs ``i < j`` of row numbers with enough sampled fingerprints in common, sorted.

    Fingerprints that at most 20 articles hold propose all their pairs, others a chain and a star.
    """
    n = len(articles)
    groups, holders = _postings(prints, n)
    allowed = pairs.allowed(articles)
    many = _chains_and_stars(groups, holders, articles, pairs)
    order = np.argsort(many[:, 0], kind="stable")
    many = many[order]
    found = [np.zeros((0, 2), dtype=np.int64)]
    left = _left(groups)
    few = np.flatnonzero(left > 1)
    few = few[np.argsort(holders[few], kind="stable")]
    starts = range(0, n, block_size)
    for start in progress(starts, "reuse", len(starts)):
        a, b = np.searchsorted(holders[few], [start, start + block_size])
        c, d = np.searchsorted(many[:, 0], [start, start + block_size])
        keys = [many[c:d, 0] * n + many[c:d, 1]] if d > c else []
        for first, second in _neighbours(few[a:b], left, holders):
            keep = allowed(first, second)
            keys.append(first[keep] * n + second[keep])
        found.append(_counted(np.concatenate([*keys, np.zeros(0, np.int64)]), n))
    return np.concatenate(found)


def _postings(prints: Fingerprints, n: int) -> tuple[Ints, Ints]:
    """Group number and article of each sampled fingerprint that two articles or more hold.

    One sort of one array: the article stands in the last bits of the hash. Pairs are verified on whole hashes.
    """
    bits = np.uint64(max(n - 1, 1).bit_length())
    sampled = np.flatnonzero(prints.hashes.astype(np.uint8) % _SAMPLED == 0)
    counts = np.diff(np.searchsorted(sampled, prints.pointers))
    articles = np.repeat(np.arange(n, dtype=np.uint64), counts)
    keys = (prints.hashes[sampled] >> bits << bits) | articles
    keys.sort()
    if len(keys):
        keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])]
    hashes = keys >> bits
    like_next = np.concatenate([hashes[1:] == hashes[:-1], [False]]) if len(keys) else np.zeros(0, dtype=bool)
    like_last = np.concatenate([[False], like_next[:-1]]) if len(keys) else like_next
    shared = like_next | like_last
    groups = np.cumsum(~like_last[shared]) - 1
    return groups, (keys[shared] & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)


def _left(groups: Ints) -> Ints:
    """How many of its group stand from each place on; 0 in groups of too many."""
    sizes = np.bincount(groups) if len(groups) else np.zeros(0, np.int64)
    ends = np.cumsum(sizes)
    return np.where(sizes[groups] <= _MANY, ends[groups] - np.arange(len(groups)), 0)


def _neighbours(places: Ints, left: Ints, holders: Ints) -> Iterator[tuple[Ints, Ints]]:
    """All pairs within the small groups whose first article stands at one of the places."""
    for k in range(1, _MANY):
        places = places[left[places] > k]
        if not len(places):
            return
        yield holders[places], holders[places + k]


def _counted(keys: Ints, n: int) -> Ints:
    keys.sort()
    if len(keys) < _MIN_PROPOSED:
        return np.zeros((0, 2), dtype=np.int64)
    last = len(keys) - _MIN_PROPOSED + 1
    enough = keys[:last][keys[_MIN_PROPOSED - 1 :] == keys[:last]]
    enough = enough[np.concatenate([[True], enough[1:] != enough[:-1]])] if len(enough) else enough
    return np.column_stack([enough // n, enough % n])


def _chains_and_stars(groups: Ints, holders: Ints, articles: pd.DataFrame, pairs: PairFilter) -> Ints:
    """Pairs of neighbours in time, and of the article that shares most with each; one per fingerprint and pair.

    A group is cut where the filter would forbid most pairs: by language and into spans of ``max_days``. With
    ``other_outlet`` there are two stars, so that copies of the first centre's outlet have one as well.
    """
    sizes = np.bincount(groups) if len(groups) else np.zeros(0, np.int64)
    large = sizes[groups] > _MANY
    groups, holders = groups[large], holders[large]
    if not len(groups):
        return np.zeros((0, 2), dtype=np.int64)
    days = _days(articles)[holders]
    languages = pd.factorize(articles["language"])[0][holders] if pairs.same_language else np.zeros_like(holders)
    held = np.bincount(holders)
    order = np.lexsort((holders, days, languages, groups))
    groups, holders, days, languages = groups[order], holders[order], days[order], languages[order]
    windows = np.zeros_like(groups)
    if pairs.max_days is not None:
        windows = np.floor(np.nan_to_num(days, nan=-1e9) / max(pairs.max_days, 1 / 86400)).astype(np.int64)
    fresh = np.ones(len(groups), dtype=bool)
    fresh[1:] = (np.diff(groups) != 0) | (np.diff(languages) != 0) | (np.diff(windows) != 0)
    segments = np.cumsum(fresh) - 1
    fullest = np.lexsort((holders, -held[holders], segments))  # the copy that shares most is the best to compare with
    centres = holders[fullest[np.flatnonzero(fresh)]][segments]
    linked = [(centres, holders), (holders[:-1], holders[1:])]
    within = [~fresh, groups[1:] == groups[:-1]]
    if pairs.other_outlet:
        outlets = pd.factorize(articles["outlet"])[0]
        other = pd.Series(np.where(outlets[holders] != outlets[centres], holders, -1)).replace(-1, np.nan)
        second = other.groupby(segments).transform("first")
        has = second.notna().to_numpy()
        linked.append((second.fillna(0).to_numpy(dtype=np.int64), holders))
        within.append(has)
    allowed = pairs.allowed(articles)
    found = []
    for (one, two), keep in zip(linked, within, strict=True):
        first, second_ = np.minimum(one, two)[keep], np.maximum(one, two)[keep]
        group = groups[len(groups) - len(keep) :][keep]
        good = (first != second_) & allowed(first, second_)
        found.append(np.column_stack([first, second_, group])[good])
    return _unique_rows(np.concatenate(found))[:, :2]


def _unique_rows(rows: Ints) -> Ints:
    """Distinct rows, sorted."""
    rows = rows[np.lexsort(rows.T[::-1])]
    keep = np.ones(len(rows), dtype=bool)
    keep[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return rows[keep]
