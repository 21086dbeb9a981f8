"""Who copied whose text: word 5-gram fingerprints, containment, families of copies, independent units."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from framing.errors import SettingsError
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text import Tokens, masked_texts, tokenize

__all__ = ["COPY", "credited_agencies", "credits_outlet", "find_families", "find_reuse", "independent_units"]

Hashes = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.int64]

GRAM = 5
"""Words per fingerprint."""
COPY = 0.5
"""Containment, either way, from which two articles count as copies of one story."""
_SAMPLED = 4  # one fingerprint in so many proposes pairs; all of them verify a pair
_MIN_PROPOSED = 3  # sampled fingerprints in common before a pair is verified
_MANY = 20  # articles that hold a fingerprint, from which on not all their pairs are proposed
_SPREAD = 0.5  # share of distinct outlets among them from which it is a widely carried story, not boilerplate


def find_reuse(
    corpus: Corpus,
    *,
    masks: pd.DataFrame | None = None,
    datelines: pd.DataFrame | None = None,
    min_shared: int = 12,
) -> pd.DataFrame:
    """Find pairs of articles that share text.

    Each article is the set of its word 5-grams (lower case, masks left out). Fingerprints whose hash is 0 modulo 4
    propose pairs through an inverted index; every proposed pair is then verified on all its 5-grams. A fingerprint in
    more than 20 articles proposes a chain and a star instead of all pairs when these belong mostly to different
    outlets (a wire story carried by many), and nothing when they belong to few (boilerplate).

    Parameters
    ----------
    corpus : Corpus
        The articles; only ``text`` is compared.
    masks : DataFrame, optional
        Table ``masks``: datelines, footers and labels, so that furniture is no copying.
    datelines : DataFrame, optional
        Table ``datelines``, whose agencies tell the direction.
    min_shared : int
        Distinct 5-grams that a reported pair shares at least; 12 is a passage of 16 words.

    Returns
    -------
    DataFrame
        Table ``reuse``. ``source_id`` is set where one article credits the other's outlet, else where one was
        published earlier; times that tie give no direction.

    References
    ----------
    Broder, A. Z. (1997). On the resemblance and containment of documents. Proc. SEQUENCES.
    Olsen, M., Horton, R., Roe, G. (2011). Something borrowed: sequence alignment and the identification of similar
    passages in large text collections. Digital Studies 2(1).
    """
    if min_shared < 1:
        raise SettingsError(f"min_shared must be at least 1. Got {min_shared}.")
    texts = masked_texts(corpus, masks, ["text"])["text"]
    grams = _gram_sets(tokenize(list(texts.values()), r"\w+"))
    outlets = pd.factorize(corpus.articles["outlet"])[0]
    rows = []
    for i, j in progress(_proposed(grams, outlets).tolist(), "reuse"):
        shared = len(np.intersect1d(grams[i], grams[j], assume_unique=True))
        if shared >= min_shared:
            rows.append((i, j, shared))
    if not rows:
        return empty("reuse")
    return _reuse_table(corpus, grams, np.array(rows, dtype=np.int64), datelines)


def _gram_sets(tokens: Tokens) -> list[Hashes]:
    """Distinct 5-gram hashes of each text, sorted. The hash depends on the words only (blake2b, splitmix64)."""
    words = np.array(
        [int.from_bytes(hashlib.blake2b(w.encode(), digest_size=8).digest(), "big") for w in tokens.vocabulary],
        dtype=np.uint64,
    )
    return [_grams(words[tokens.of(i)]) for i in range(len(tokens))]


def _grams(words: Hashes) -> Hashes:
    n = len(words) - GRAM + 1
    if n < 1:
        return np.zeros(0, dtype=np.uint64)
    mixed = np.zeros(n, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for k in range(GRAM):
            mixed = (mixed ^ words[k : k + n]) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(31)
    return np.unique(mixed)


def _proposed(grams: list[Hashes], outlets: npt.NDArray[np.int64]) -> Pairs:
    """Pairs of articles, i < j, with enough sampled fingerprints in common, sorted."""
    sampled = [g[g % np.uint64(_SAMPLED) == 0] for g in grams]
    articles = np.repeat(np.arange(len(grams)), [len(s) for s in sampled])
    hashes = np.concatenate([*sampled, np.zeros(0, dtype=np.uint64)])
    order = np.lexsort((articles, hashes))
    hashes, articles = hashes[order], articles[order]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]]) if len(hashes) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.r_[starts, len(hashes)])
    blocks = [_few(articles, starts[counts == n], int(n)) for n in np.unique(counts) if 2 <= n <= _MANY]
    blocks += [_many(articles[s : s + n], outlets) for s, n in zip(starts, counts, strict=True) if n > _MANY]
    if not blocks:
        return np.zeros((0, 2), dtype=np.int64)
    pairs, times = np.unique(np.concatenate(blocks), axis=0, return_counts=True)
    enough: Pairs = pairs[times >= _MIN_PROPOSED]
    return enough


def _few(articles: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], n: int) -> Pairs:
    held = articles[starts[:, None] + np.arange(n)]
    return np.concatenate([held[:, [a, b]] for a, b in combinations(range(n), 2)])


def _many(articles: npt.NDArray[np.int64], outlets: npt.NDArray[np.int64]) -> Pairs:
    if len(np.unique(outlets[articles])) < _SPREAD * len(articles):
        return np.zeros((0, 2), dtype=np.int64)
    chain = np.column_stack([articles[:-1], articles[1:]])
    star = np.column_stack([np.full(len(articles) - 1, articles[0]), articles[1:]])
    return np.unique(np.concatenate([chain, star]), axis=0)


def _reuse_table(corpus: Corpus, grams: list[Hashes], rows: Pairs, datelines: pd.DataFrame | None) -> pd.DataFrame:
    first, second, shared = rows.T
    sizes = np.array([len(g) for g in grams])
    ids = np.array(corpus.article_ids, dtype=object)
    table = pd.DataFrame(
        {
            "article_id": ids[first],
            "other_id": ids[second],
            "containment": shared / sizes[first],
            "other_containment": shared / sizes[second],
            "jaccard": shared / (sizes[first] + sizes[second] - shared),
            "n_shared": shared,
        }
    )
    directions = pd.DataFrame(_directions(corpus, table, datelines), columns=["source_id", "lag", "reason"])
    return check(pd.concat([table, directions], axis=1), "reuse")


def _directions(
    corpus: Corpus, table: pd.DataFrame, datelines: pd.DataFrame | None
) -> Iterator[tuple[str | None, float | None, str]]:
    articles = corpus.articles.set_index("article_id")
    credited = credited_agencies(corpus, datelines)
    for one, other in zip(table["article_id"], table["other_id"], strict=True):
        times = articles.loc[[one, other], "published"]
        days = "day" in set(articles.loc[[one, other], "published_precision"])
        lag = abs(times.iloc[1] - times.iloc[0]).total_seconds() / 3600 if times.notna().all() else None
        outlets = articles.loc[[one, other], "outlet"].str.lower().tolist()
        names = [credits_outlet(outlets[1], credited[one]), credits_outlet(outlets[0], credited[other])]
        if names[0] != names[1]:
            source, copy = (other, one) if names[0] else (one, other)
            yield source, lag, f"{copy} credits {articles.loc[source, 'outlet']}"
        elif lag is None:
            yield None, None, "no credit, and no time for both"
        elif lag == 0 or (days and lag < 24):
            yield None, lag, "no credit, and the times tie"
        else:
            source = one if times.iloc[0] < times.iloc[1] else other
            yield source, lag, f"published {lag:.1f} hours earlier; a common source is not excluded"


def credited_agencies(corpus: Corpus, datelines: pd.DataFrame | None) -> dict[str, set[str]]:
    """Agencies that each article credits, lower case, without the article's own outlet."""
    credited: dict[str, set[str]] = {article: set() for article in corpus.article_ids}
    own = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"].str.lower(), strict=True))
    given = list(zip(corpus.articles["article_id"], corpus.articles["agency"], strict=True))
    if datelines is not None:
        given += list(zip(datelines["article_id"], datelines["agency"], strict=True))
    for article, agency in given:
        if isinstance(agency, str) and article in credited:
            parts = {part.strip().lower() for part in agency.split("/")}
            credited[article] |= parts - {own[article]}
    return credited


def credits_outlet(outlet: str, credited: set[str]) -> bool:
    """Whether a credit names the outlet; ``Meridian`` names ``Meridian Wire``."""
    return any(outlet == credit or outlet.startswith(f"{credit} ") for credit in credited)


def find_families(corpus: Corpus, reuse: pd.DataFrame, *, threshold: float = COPY) -> pd.DataFrame:
    """Group copies of one story.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    reuse : DataFrame
        Table ``reuse``.
    threshold : float
        Containment, either way, from which a pair is a copy, 0 to 1.

    Returns
    -------
    DataFrame
        Table ``families``: groups of two or more. The base is the article that is most often the source; of equals
        the earliest, the longest, the first by id.
    """
    groups = _groups(corpus.article_ids, _copies(reuse, threshold))
    articles = corpus.articles.set_index("article_id")
    sources = reuse["source_id"].value_counts()
    rows = []
    for members in groups:
        if len(members) < 2:
            continue
        base = min(
            members,
            key=lambda m: (
                -int(sources.get(m, 0)),
                articles.loc[m, "published"]
                if pd.notna(articles.loc[m, "published"])
                else pd.Timestamp.max.tz_localize("UTC"),
                -len(articles.loc[m, "text"]),
                m,
            ),
        )
        family = stable_ids("family", [members[0]])[0]
        rows += [(family, member, "base" if member == base else "copy") for member in members]
    return (
        check(pd.DataFrame(rows, columns=["family_id", "article_id", "role"]), "families")
        if rows
        else empty("families")
    )


def independent_units(
    corpus: Corpus, reuse: pd.DataFrame, events: pd.DataFrame, *, threshold: float = COPY
) -> pd.DataFrame:
    """Say what counts as one independent report: copies of one story within an event are one unit.

    Parameters
    ----------
    corpus : Corpus
        The articles, for their outlets.
    reuse, events : DataFrame
        Tables ``reuse`` and ``events``.
    threshold : float
        Containment, either way, from which a pair is a copy, 0 to 1.

    Returns
    -------
    DataFrame
        Table ``units``, one row per article of ``events``. The weights of a unit's articles at one outlet add up to 1.
    """
    event_of = dict(zip(events["article_id"], events["event_id"], strict=True))
    copies = _copies(reuse, threshold)
    together = [
        (a, b)
        for a, b in zip(copies["article_id"], copies["other_id"], strict=True)
        if event_of.get(a) == event_of.get(b)
    ]
    pairs = pd.DataFrame(together, columns=["article_id", "other_id"])
    groups = _groups(sorted(event_of), pairs)
    rows = [(member, stable_ids("unit", [members[0]])[0]) for members in groups for member in members]
    if not rows:
        return empty("units")
    units = pd.DataFrame(rows, columns=["article_id", "unit_id"])
    outlets = units["article_id"].map(dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True)))
    sizes = units.groupby([units["unit_id"], outlets])["article_id"].transform("size")
    return check(units.assign(weight=1.0 / sizes), "units")


def _copies(reuse: pd.DataFrame, threshold: float) -> pd.DataFrame:
    if not 0 < threshold <= 1:
        raise SettingsError(f"threshold must lie in (0, 1]. Got {threshold}.")
    return reuse[reuse[["containment", "other_containment"]].max(axis=1) >= threshold]


def _groups(ids: list[str], pairs: pd.DataFrame) -> list[list[str]]:
    """Return connected components, each sorted, in the order of their first members."""
    place = {identifier: k for k, identifier in enumerate(ids)}
    kept = [
        (place[a], place[b])
        for a, b in zip(pairs["article_id"], pairs["other_id"], strict=True)
        if a in place and b in place
    ]
    links = np.array(kept, dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(ids), len(ids)))
    component = connected_components(graph, directed=False)[1]
    groups: dict[int, list[str]] = {}
    for identifier, number in zip(ids, component.tolist(), strict=True):
        groups.setdefault(number, []).append(identifier)
    return sorted(sorted(group) for group in groups.values())
