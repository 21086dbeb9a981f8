"""Training the link model: on gold events, rehearsed in many sizes, lengths and time spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from framing.align.candidates import candidate_pairs
from framing.align.embeddings import Embedder, unit_rows
from framing.align.features import FEATURES, closeness, pair_features, smallness
from framing.align.link_model import LinkModel
from framing.align.vectors import vectorize_reports
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.text import masked_texts

__all__ = ["train_link_model"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SHORT = 85  # words that are left of a shortened text: what an aggregator shows
_FEW = 3  # reports of an event in a rehearsal of small events
_TINY = (2, 3, 4, 10)  # events in a rehearsal of a small corpus
_SMALL_FEATURES = ("cosine", "names", "lead in text", "worst rank", "length", "background")
_MORE, _LESS, _ANY = (0.0, None), (None, 0.0), (None, None)
_SIGNS = {name: _MORE for name in FEATURES if name not in ("best rank", "worst rank", "background", "length")} | {
    "no shared number": _LESS
}  # what two reports share never speaks against a pair, so that an explanation can be believed
_SPANS = ((0.5, 1.0), (0.3, 10.0), (0.2, 150.0))  # share of reports, mean days after the event, in running stories
_PAIR_WEIGHT = 0.25  # weight of a pair falls with the reports of its rehearsal to this power
_DATED, _UNDATED, _RUNNING = 0.5, 1.0, 1.0  # weights of a collection as dated, without dates, as running stories


@dataclass(frozen=True, eq=False)
class _Reports:
    """Titles, texts, days and gold events of some reports."""

    titles: tuple[str, ...]
    texts: tuple[str, ...]
    days: Floats
    gold: Ints

    def take(self, places: Ints, *, words: int | None = None) -> _Reports:
        texts = [self.texts[k] if words is None else " ".join(self.texts[k].split()[:words]) for k in places]
        return _Reports(tuple(self.titles[k] for k in places), tuple(texts), self.days[places], self.gold[places])

    @classmethod
    def pooled(cls, parts: Sequence[_Reports]) -> _Reports:
        starts = np.cumsum([0, *(part.gold.max() + 1 for part in parts)])
        return cls(
            tuple(title for part in parts for title in part.titles),
            tuple(text for part in parts for text in part.texts),
            np.concatenate([part.days for part in parts]),
            np.concatenate([part.gold + start for part, start in zip(parts, starts, strict=False)]),
        )


def train_link_model(
    collections: Sequence[tuple[Corpus, pd.DataFrame]],
    *,
    masks: Sequence[pd.DataFrame | None] | None = None,
    embed: Embedder | None = None,
    card: dict[str, Any] | None = None,
    random_state: int = 0,
) -> LinkModel:
    """Train the model of `EventAligner` on collections whose events are known.

    Which similarity makes two reports one event depends on how many reports, how many per event, how long and how
    far apart in time they are. So every collection is rehearsed whole, with few reports per event, with half of the
    events, shortened, and as tiny corpora; all collections also pooled; and each with its dates, without them, and
    with dates spread as in running stories. A rehearsal of ``n`` reports weighs as ``n ** 0.75``: more than its size
    alone would give to the small ones.

    Parameters
    ----------
    collections : sequence of (Corpus, DataFrame)
        Articles, and table ``events`` or any table with ``article_id, event_id``; articles without an event are left
        out.
    masks : sequence of DataFrame or None, optional
        Table ``masks`` of each collection.
    embed : callable, optional
        From texts to embeddings, which become a feature.
    card : dict, optional
        What to say of the training beside what is measured.
    random_state : int
        Seed of the rehearsals.

    Returns
    -------
    LinkModel

    Raises
    ------
    SettingsError
        If the collections hold no two reports of one event, or no two of different events.
    """
    masks = masks if masks is not None else [None] * len(collections)
    reports = [_known(corpus, events, mask) for (corpus, events), mask in zip(collections, masks, strict=True)]
    rng = np.random.default_rng(random_state)
    parts = [part for one in [*_rehearsals(reports, rng)] for part in _examples(one, rng, embed)]
    same = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, dtype=bool)
    if not same.any() or same.all():
        raise SettingsError(
            f"train_link_model: needs compared pairs of one event and of different events. Got {int(same.sum())} and "
            f"{int((~same).sum())}. Give gold with at least two events of two reports."
        )
    measured = {
        "n_articles": sum(len(one.gold) for one in reports),
        "n_events": sum(len(np.unique(one.gold)) for one in reports),
        "n_pairs": len(same),
        "n_same_event": int(same.sum()),
        "corpora": [corpus.fingerprint for corpus, _ in collections],
        "random_state": random_state,
    }
    return _fitted(parts, {**(card or {}), **measured})


def _known(corpus: Corpus, events: pd.DataFrame, masks: pd.DataFrame | None) -> _Reports:
    gold = events.dropna(subset=["event_id"]).set_index("article_id")["event_id"].reindex(corpus.article_ids)
    keep = np.flatnonzero(gold.notna().to_numpy())
    fields = masked_texts(corpus, masks)
    seconds = (corpus.articles["published"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    days = seconds.to_numpy(dtype=float, na_value=np.nan) / 86_400
    titles, texts = (tuple(fields[name].values()) for name in ("title", "text"))
    codes = pd.factorize(gold, sort=True)[0]
    return _Reports(titles, texts, np.asarray(days), codes.astype(np.int64)).take(keep)


def _rehearsals(collections: Sequence[_Reports], rng: np.random.Generator) -> Iterator[_Reports]:
    for one in collections:
        everything = np.arange(len(one.gold))
        yield one
        yield one.take(_few(one, rng))
        yield one.take(_some_events(one, len(np.unique(one.gold)) // 2, rng))
        if np.median([text.count(" ") for text in one.texts]) > 2 * _SHORT:
            yield one.take(everything, words=_SHORT)
            yield one.take(_few(one, rng), words=_SHORT)
        for n_events in _TINY:
            yield one.take(_some_events(one, n_events, rng), words=None if n_events % 2 == 0 else _SHORT)
    if len(collections) > 1:
        yield _Reports.pooled(collections)
        yield _Reports.pooled(
            [one.take(_few(one, rng), words=_SHORT if k % 2 else None) for k, one in enumerate(collections)]
        )


def _few(reports: _Reports, rng: np.random.Generator) -> Ints:
    """Two or three reports of each event."""
    kept = []
    for event in np.unique(reports.gold):
        members = np.flatnonzero(reports.gold == event)
        kept.append(rng.permutation(members)[: rng.integers(2, _FEW + 1)])
    return np.sort(np.concatenate(kept))


def _some_events(reports: _Reports, n_events: int, rng: np.random.Generator) -> Ints:
    return np.flatnonzero(np.isin(reports.gold, rng.permutation(np.unique(reports.gold))[:n_events]))


Example = tuple[dict[str, Floats], npt.NDArray[np.bool_], float, int]
"""Features of pairs, whether both are of one event, weight of each pair, reports in the corpus."""


def _examples(reports: _Reports, rng: np.random.Generator, embed: Embedder | None) -> Iterator[Example]:
    """Compare the pairs of one rehearsal, with its dates, without, and as running stories."""
    n = len(reports.gold)
    vectors = vectorize_reports(reports.titles, reports.texts, np.full(n, np.nan))
    first, second = candidate_pairs(vectors, neighbours=40, reach=n, block_size=500, workers=1)
    if not len(first):
        return
    texts = [f"{title}\n{text}" for title, text in zip(reports.titles, reports.texts, strict=True)]
    embedded = unit_rows(embed, texts) if embed else None
    features, _ = pair_features(vectors, first, second, embedded=embedded)
    same = reports.gold[first] == reports.gold[second]
    weight = n**-_PAIR_WEIGHT
    yield features, same, weight * _UNDATED, n
    if np.isnan(reports.days).mean() < 0.5:
        for days, share in ((reports.days, _DATED), (_running(reports.days, rng), _RUNNING)):
            timed = closeness(replace(vectors, days=days), first, second)
            yield features | timed, same, weight * share, n


def _running(days: Floats, rng: np.random.Generator) -> Floats:
    """Delay reports as if events were running stories: half within a day, some by weeks, some by months."""
    kind = rng.choice(len(_SPANS), size=len(days), p=[share for share, _ in _SPANS])
    return days + rng.exponential(np.array([mean for _, mean in _SPANS])[kind])


def _fitted(parts: Sequence[Example], card: dict[str, Any]) -> LinkModel:
    """Weighted logistic regression on standardised features, written in the features' own units."""
    names = [name for name in FEATURES if name in parts[0][0]]
    small_names = [name for name in _SMALL_FEATURES if name in names]
    rows, same, weights = [], [], []
    for features, together, pair_weight, n in parts:
        small = smallness(n)
        columns = [features[name] for name in names] + [np.full(len(together), small)]
        rows.append(np.stack([*columns, *(small * features[name] for name in small_names)], axis=1))
        same.append(together)
        weights.append(np.full(len(together), pair_weight))
    matrix, weight = np.concatenate(rows), np.concatenate(weights)
    mean, scale = matrix.mean(axis=0), matrix.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    bounds = [_SIGNS.get(name, _ANY) for name in (*names, "", *small_names)]
    found = _logistic((matrix - mean) / scale, np.concatenate(same), weight * len(weight) / weight.sum(), bounds)
    coefficients = np.round(found[1:] / scale, 4)
    k = len(names)
    return LinkModel(
        weights=dict(zip(names, coefficients[:k].tolist(), strict=True)),
        small_weights=dict(zip(small_names, coefficients[k + 1 :].tolist(), strict=True)),
        intercept=float(np.round(found[0] - (coefficients * mean).sum(), 4)),
        small_intercept=float(coefficients[k]),
        card=card,
    )


def _logistic(matrix: Floats, same: npt.NDArray[np.bool_], weight: Floats, bounds: Sequence[Any]) -> Floats:
    """Intercept and coefficients of logistic regression with a ridge of 1 (not on the intercept) and bounds."""
    sign = np.where(same, 1.0, -1.0)

    def loss(beta: Floats) -> tuple[float, Floats]:
        margin = sign * (beta[0] + matrix @ beta[1:])
        slope = -weight * sign * expit(-margin)
        value = (weight * np.logaddexp(0, -margin)).sum() + 0.5 * (beta[1:] ** 2).sum()
        return float(value), np.concatenate([[slope.sum()], matrix.T @ slope + beta[1:]])

    start = np.zeros(matrix.shape[1] + 1)
    options = {"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-3}
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), *bounds], options=options)
    return np.asarray(result.x)
