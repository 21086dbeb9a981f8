"""Who copied whose text: word 5-gram fingerprints, containment, and which of two is the source."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.align.fingerprints import Fingerprints, Ints, distinct, fingerprint, without_boilerplate
from framing.align.proposals import PairFilter, propose
from framing.errors import SettingsError
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty
from framing.text import masked_texts

__all__ = ["credited_agencies", "credits_outlet", "find_reuse"]

_DAY = 24.0  # hours
_DETAILS = ["article_id", "outlet", "published", "published_precision", "language"]  # all but the texts


def find_reuse(
    corpus: Corpus,
    *,
    masks: pd.DataFrame | None = None,
    datelines: pd.DataFrame | None = None,
    min_shared: int = 12,
    pairs: PairFilter | None = None,
    block_size: int = 4096,
) -> pd.DataFrame:
    """Find pairs of articles that share text.

    Each article is the set of its word 5-grams (lower case, masks left out). Those that an outlet prints under its
    articles whatever they report are boilerplate and left out: held by more than 20 of its articles, or by half of them
    and at least four, and less than two thirds of the article. Fingerprints whose hash is 0 modulo 4 propose pairs
    through an inverted index; every proposed pair is then verified on all its 5-grams. A fingerprint in more than 20
    articles proposes a chain in time and a star around one of them instead of all pairs, so that a story carried by
    hundreds costs no more than their number; its family is whole, though not every pair of it is a row.

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
    pairs : PairFilter, optional
        Which pairs may be compared at all, by date, outlet and language.
    block_size : int
        Articles whose pairs are counted at once; changes memory, never the result.

    Returns
    -------
    DataFrame
        Table ``reuse``. ``source_id`` is set where one article credits the other's outlet, else where one was
        published earlier; times that tie give no direction (two times are tied within a day of each other where one
        is known to the day only), nor does a third party that both credit.

    References
    ----------
    Broder, A. Z. (1997). On the resemblance and containment of documents. Proc. SEQUENCES.
    Olsen, M., Horton, R., Roe, G. (2011). Something borrowed: sequence alignment and the identification of similar
    passages in large text collections. Digital Studies 2(1).
    """
    for name, value in {"min_shared": min_shared, "block_size": block_size}.items():
        if value < 1:
            raise SettingsError(f"{name} must be at least 1. Got {value}.")
    articles = corpus.articles[_DETAILS].sort_values(["outlet", "article_id"], ignore_index=True)
    prints = _fingerprints(corpus, articles, masks)
    proposed = propose(prints, articles, pairs or PairFilter(), block_size)
    shared, sizes = _verified(prints, proposed)
    enough = shared >= min_shared
    if not enough.any():
        return empty("reuse")
    return _reuse_table(articles, proposed[enough], shared[enough], sizes, credited_agencies(corpus, datelines))


def _fingerprints(corpus: Corpus, articles: pd.DataFrame, masks: pd.DataFrame | None) -> Fingerprints:
    texts = masked_texts(corpus, masks, ["text"])["text"]
    prints = fingerprint([texts[article] for article in articles["article_id"]])
    return without_boilerplate(prints, pd.factorize(articles["outlet"])[0])


def _verified(prints: Fingerprints, pairs: Ints) -> tuple[Ints, Ints]:
    """Distinct fingerprints in common of each pair (sorted by its first), and of each article that is in one."""
    sizes = np.zeros(len(prints.pointers) - 1, dtype=np.int64)
    sets = {int(i): distinct(prints.of(int(i))) for i in np.unique(pairs)}
    sizes[list(sets)] = [len(values) for values in sets.values()]
    shared = np.zeros(len(pairs), dtype=np.int64)
    starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
    for start, end in progress(list(zip(starts, [*starts[1:], len(pairs)], strict=False)), "verify"):
        ours = sets[int(pairs[start, 0])]
        others = pairs[start:end, 1]
        theirs = np.concatenate([sets[int(other)] for other in others])
        at = np.searchsorted(ours, theirs)
        at[at == len(ours)] = 0
        bounds = np.cumsum(sizes[others]) - sizes[others]
        shared[start:end] = np.add.reduceat(ours[at] == theirs, bounds, dtype=np.int64)
    return shared, sizes


def _reuse_table(
    articles: pd.DataFrame, pairs: Ints, shared: Ints, sizes: Ints, credited: dict[str, set[str]]
) -> pd.DataFrame:
    ids = articles["article_id"].to_numpy(dtype=object)
    swapped = ids[pairs[:, 0]] > ids[pairs[:, 1]]
    first, second = np.where(swapped[:, None], pairs[:, ::-1], pairs).T
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
    directions = pd.DataFrame(
        _directions(articles, first, second, credited), columns=["source_id", "lag", "reason"]
    ).astype({"lag": "float64"})
    return check(pd.concat([table, directions], axis=1), "reuse")


def _directions(
    articles: pd.DataFrame, first: Ints, second: Ints, credited: dict[str, set[str]]
) -> Iterator[tuple[str | None, float | None, str]]:
    ids, outlets = articles["article_id"].tolist(), articles["outlet"].tolist()
    days = (articles["published_precision"] == "day").fillna(value=False).to_numpy(dtype=bool)
    lags = _hours(articles)[second] - _hours(articles)[first]
    ties = np.where(days[first] | days[second], _DAY, np.nextafter(0, 1))
    for i, j, lag, tie in zip(first.tolist(), second.tolist(), lags.tolist(), ties.tolist(), strict=True):
        hours = None if np.isnan(lag) else abs(lag)
        ours, theirs = credited.get(ids[i], _NONE), credited.get(ids[j], _NONE)
        names, named = credits_outlet(outlets[j], ours), credits_outlet(outlets[i], theirs)
        if names != named:
            copy, source = (i, j) if names else (j, i)
            yield ids[source], hours, f"{ids[copy]} credits {outlets[source]}"
        elif names:
            yield None, hours, "each credits the other"
        elif ours & theirs:
            yield None, hours, f"both credit {', '.join(sorted(ours & theirs))}: a common source"
        elif hours is None:
            yield None, None, "no credit, and no time for both"
        elif hours < tie:
            yield None, hours, "no credit, and the times tie"
        else:
            source = i if lag > 0 else j
            yield ids[source], hours, f"published {hours:.1f} hours earlier; a common source is not excluded"


_NONE: set[str] = set()


def _hours(articles: pd.DataFrame) -> npt.NDArray[np.float64]:
    since = (articles["published"] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(hours=1)
    return np.asarray(since, dtype=np.float64)


def credited_agencies(corpus: Corpus, datelines: pd.DataFrame | None) -> dict[str, set[str]]:
    """Agencies that articles credit, lower case, without the article's own outlet."""
    own = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"].str.lower(), strict=True))
    given = corpus.articles[["article_id", "agency"]]
    if datelines is not None:
        given = pd.concat([given, datelines[["article_id", "agency"]]])
    credited: dict[str, set[str]] = {}
    for article, agency in given.dropna().itertuples(index=False):
        if article in own:
            parts = {part.strip().lower() for part in agency.split("/")}
            credited.setdefault(article, set()).update(parts - {own[article], ""})
    return credited


def credits_outlet(outlet: str, credited: set[str]) -> bool:
    """Whether a credit names the outlet; ``Meridian`` names ``Meridian Wire``."""
    lower = outlet.lower() if credited else ""
    return any(lower == credit or lower.startswith(f"{credit} ") for credit in credited)
