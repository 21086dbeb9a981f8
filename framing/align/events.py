"""Event alignment: which reports tell of the same event."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from framing.align.clusters import choose_cut, linked_clusters
from framing.align.vectors import Decay, Pairs, ReportVectors, candidate_pairs, vectorize_reports
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import check, empty, make, stable_ids

__all__ = ["EventAligner", "align_events"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_KEPT = 0.5  # of the cut: pairs with a lower score are not listed in links
_EVIDENCE = 5  # terms named per link
_CHUNK = 20_000  # links whose evidence is worked out at once


class EventAligner(BaseEstimator):
    """Group reports that tell of the same event.

    Each report is a unit vector: sublinear TF-IDF of title and text, and a second block of its names and numbers.
    The score of two reports is the cosine times a soft time decay. Only pairs that share less common terms are
    compared; average linkage inside their connected components makes the events (see `linked_clusters`).

    Parameters
    ----------
    cut : float, optional
        Mean score, 0 to 1, from which two groups of reports are one event. By default it is chosen for each corpus
        without gold, by the mean silhouette of the clusters (see `choose_cut`): no fixed cut suits both a corpus of
        three reports per event and one of seven.
    title_weight : float
        How many times a word of the title counts.
    names_weight : float
        Share of the cosine, 0 to 1, that the block of names and numbers brings. Helps long texts, hurts short
        ones.
    decay_days : float
        Days after which the decaying part of a score has fallen to 1/e.
    decay_floor : float
        Share of a score, 0 to 1, that no distance in time takes away: events may run for months. 1 ignores time.
    largest : int
        Connected components with more reports are split, clustered in parts, and mended. Memory for one component
        grows with its square.
    block_size : int
        Reports whose candidates are looked for at once. Changes speed and memory, never the result.
    workers : int
        Processes for the candidates.

    Attributes
    ----------
    events_ : DataFrame of shape (n_articles, 4)
        Table ``events``. Identifiers derive from the event's earliest report.
    links_ : DataFrame
        Table ``links``: compared pairs whose score is at least half the cut, also those of different events.
    cut_ : float
        The cut that was used.
    vectors_ : ReportVectors
        Vectors of the corpus, in its order.

    Examples
    --------
    >>> aligner = EventAligner(cut=0.25).fit(corpus)  # doctest: +SKIP
    >>> aligner.explain_link("a1", "b7")  # doctest: +SKIP
    """

    def __init__(  # noqa: PLR0913 - scikit-learn's convention: one flat parameter each
        self,
        *,
        cut: float | None = None,
        title_weight: float = 3.0,
        names_weight: float = 0.0,
        decay_days: float = 14.0,
        decay_floor: float = 0.6,
        largest: int = 1500,
        block_size: int = 500,
        workers: int = 1,
    ) -> None:
        self.cut = cut
        self.title_weight = title_weight
        self.names_weight = names_weight
        self.decay_days = decay_days
        self.decay_floor = decay_floor
        self.largest = largest
        self.block_size = block_size
        self.workers = workers

    def fit(
        self,
        corpus: Corpus,
        y: Any = None,  # noqa: ARG002 - scikit-learn's signature
        *,
        masks: pd.DataFrame | None = None,
        use_gold: bool = False,
    ) -> Self:
        """Align the reports of a corpus.

        Parameters
        ----------
        corpus : Corpus
            The articles.
        y : None
            Ignored.
        masks : DataFrame, optional
            Table ``masks``: spans that the score leaves out.
        use_gold : bool
            Whether articles with an ``event_id`` keep it. The others join the gold event that holds most of their
            aligned group (ties alphabetically), or form new events. Otherwise ``event_id`` is not looked at.

        Returns
        -------
        EventAligner

        Raises
        ------
        SettingsError
            If a parameter is out of its range.
        """
        self._check_parameters()
        self.vectors_ = vectorize_reports(
            corpus,
            Decay(self.decay_days, self.decay_floor),
            masks=masks,
            title_weight=self.title_weight,
            names_weight=self.names_weight,
        )
        pairs = candidate_pairs(self.vectors_, block_size=self.block_size, workers=self.workers)
        triples = pairs.first, pairs.second, pairs.score
        n = len(corpus)
        self.cut_ = choose_cut(triples, self.vectors_.scores, n, largest=self.largest) if self.cut is None else self.cut
        labels = linked_clusters(triples, self.vectors_.scores, n, cut=self.cut_, largest=self.largest)
        self.corpus_ids_ = np.array(corpus.article_ids, dtype=object)
        self._pairs, self._links = pairs, None
        names = _named(labels, self.vectors_.days, self.corpus_ids_)
        self.events_ = self._table(_with_gold(names, corpus.articles["event_id"]) if use_gold else names)
        return self

    def fit_predict(self, corpus: Corpus, y: Any = None, *, masks: pd.DataFrame | None = None) -> pd.DataFrame:
        """Align and return ``events_``."""
        return self.fit(corpus, y, masks=masks).events_

    @property
    def links_(self) -> pd.DataFrame:
        """Compared pairs with score and evidence, made at first use."""
        check_is_fitted(self, "events_")
        if self._links is None:
            self._links = self._link_table()
        return self._links

    def explain_link(self, article_id: str, other_id: str) -> pd.DataFrame:
        """Say what makes up the score of two reports.

        Parameters
        ----------
        article_id, other_id : str
            Any two articles of the fitted corpus, compared or not.

        Returns
        -------
        DataFrame of shape (n_shared_terms + 1, 3)
            ``feature`` (word, name, time), ``term``, ``contribution``; contributions add up to the score. Terms by
            falling contribution; last what time takes away (0 or less; 0 where a date is missing).

        Raises
        ------
        SettingsError
            If an article is not in the fitted corpus.
        """
        check_is_fitted(self, "events_")
        first, second = self._place(article_id), self._place(other_id)
        vectors = self.vectors_
        n = len(vectors.terms)
        both = vectors.matrix[first].multiply(vectors.matrix[second]).tocoo()
        column = both.coords[1]
        table = pd.DataFrame(
            {
                "feature": np.where(column < n, "word", "name").astype(object),
                "term": vectors.terms[column % max(n, 1)],
                "contribution": both.data.astype(float),
            }
        )
        table = table.sort_values(["contribution", "term", "feature"], ascending=[False, True, True])
        factor = float(vectors.decay(vectors.days[[first]] - vectors.days[[second]])[0])
        loss = -(1 - factor) * float(table["contribution"].sum())
        time = pd.DataFrame({"feature": ["time"], "term": ["days apart"], "contribution": [loss + 0.0]})
        return pd.concat([table, time] if len(table) else [time], ignore_index=True)

    def _check_parameters(self) -> None:
        ranges: dict[str, tuple[float, float]] = {
            "cut": (1e-6, 1),
            "names_weight": (0, 1),
            "decay_floor": (0, 1),
            "decay_days": (1e-6, np.inf),
            "title_weight": (1e-6, np.inf),
            "largest": (2, np.inf),
            "block_size": (1, np.inf),
            "workers": (1, np.inf),
        }
        wrong = [
            f"{name} must lie between {low:g} and {high:g}. Got {getattr(self, name)!r}."
            for name, (low, high) in ranges.items()
            if not (name == "cut" and self.cut is None) and not low <= getattr(self, name) <= high
        ]
        if wrong:
            raise SettingsError("EventAligner: " + " ".join(wrong))

    def _place(self, article_id: str) -> int:
        place = int(np.searchsorted(self.corpus_ids_, article_id))
        if place == len(self.corpus_ids_) or self.corpus_ids_[place] != article_id:
            n = len(self.corpus_ids_)
            raise SettingsError(f"explain_link: article {article_id!r} is not among the {n} fitted articles.")
        return place

    def _table(self, names: list[str]) -> pd.DataFrame:
        """Table ``events`` for any grouping of the fitted articles."""
        if not names:
            return empty("events")
        pairs = self._pairs
        both = np.concatenate([pairs.first, pairs.second])
        columns = {
            "article_id": self.corpus_ids_,
            "event_id": names,
            "n_candidates": np.bincount(both, minlength=len(names)),
            "confidence": _confidence(names, self.vectors_),
        }
        return make("events", columns)

    def _link_table(self) -> pd.DataFrame:
        pairs = self._pairs
        kept = np.flatnonzero(pairs.score >= _KEPT * self.cut_)
        if not len(kept):
            return empty("links")
        first, second = pairs.first[kept], pairs.second[kept]
        event = self.events_.set_index("article_id")["event_id"].loc[self.corpus_ids_].to_numpy(dtype=object)
        table = pd.DataFrame(
            {
                "article_id": self.corpus_ids_[first],
                "other_id": self.corpus_ids_[second],
                "score": pairs.score[kept],
                "cosine": pairs.cosine[kept],
                "days_apart": pairs.days[kept],
                "same_event": event[first] == event[second],
                "evidence": _evidence(self.vectors_, pairs, kept),
            }
        )
        return check(table, "links")


def align_events(
    corpus: Corpus,
    *,
    masks: pd.DataFrame | None = None,
    use_gold: bool = False,
    **parameters: Any,
) -> pd.DataFrame:
    """Say which event each article reports.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    masks : DataFrame, optional
        Table ``masks``: spans that the score leaves out.
    use_gold : bool
        Whether articles with an ``event_id`` keep it; see `EventAligner.fit`.
    **parameters
        Of `EventAligner`.

    Returns
    -------
    DataFrame of shape (n_articles, 4)
        Table ``events``.

    Raises
    ------
    SettingsError
        If a parameter is unknown or out of its range.
    """
    unknown = sorted(set(parameters) - set(EventAligner().get_params()))
    if unknown:
        raise SettingsError(
            f"align_events: unknown option(s) {', '.join(unknown)}. Allowed: {', '.join(EventAligner().get_params())}."
        )
    return EventAligner(**parameters).fit(corpus, masks=masks, use_gold=use_gold).events_


def _with_gold(names: list[str], gold: pd.Series[Any]) -> list[str]:
    """Keep gold events; give every other article the main gold event of its group, where there is one."""
    table = pd.DataFrame({"found": names, "gold": gold.to_numpy(dtype=object)})
    counted = table.dropna().value_counts().rename("n").reset_index()
    counted = counted.sort_values(["found", "n", "gold"], ascending=[True, False, True])
    main = dict(zip(*(counted.drop_duplicates("found")[c] for c in ("found", "gold")), strict=True))
    return [main.get(f, f) if pd.isna(g) else g for f, g in zip(table["found"], table["gold"], strict=True)]


def _named(labels: Ints, days: Floats, ids: npt.NDArray[np.object_]) -> list[str]:
    """One identifier per article, derived from the event's earliest report (undated last, then alphabetical)."""
    order = np.lexsort((np.arange(len(ids)), days, labels))
    _, start = np.unique(labels[order], return_index=True)
    named = stable_ids("event", ids[order[start]])
    return [named[label] for label in labels]


def _confidence(names: list[str], vectors: ReportVectors) -> Floats:
    """Mean score of each article with the other articles of its event; NaN when it is alone."""
    out = np.full(len(names), np.nan)
    codes, _ = pd.factorize(np.array(names, dtype=object))
    order = np.argsort(codes, kind="stable").astype(np.int64)
    for members in np.split(order, np.cumsum(np.bincount(codes))[:-1]):
        if len(members) > 1:
            scores = vectors.scores(members)
            out[members] = (scores.sum(axis=1) - scores.diagonal()) / (len(members) - 1)
    return np.asarray(np.clip(out, 0.0, 1.0), dtype=np.float64)


def _evidence(vectors: ReportVectors, pairs: Pairs, kept: Ints) -> list[str]:
    """Name the terms that bring most of each pair's cosine: ``kabul 21%, airport 9%``."""
    out: list[str] = []
    for start in range(0, len(kept), _CHUNK):
        chunk = kept[start : start + _CHUNK]
        products = vectors.products(pairs.first[chunk], pairs.second[chunk])
        for low, high in zip(products.indptr[:-1], products.indptr[1:], strict=True):
            values, columns = products.data[low:high], products.indices[low:high]
            best = np.lexsort((columns, -np.round(values, 12)))[:_EVIDENCE]
            total = values.sum() or 1.0
            out.append(", ".join(f"{vectors.terms[columns[k]]} {values[k] / total:.0%}" for k in best))
    return out
