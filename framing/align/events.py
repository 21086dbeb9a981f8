"""Event alignment: which reports tell of the same event."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from framing.align.candidates import candidate_pairs
from framing.align.clusters import Merges, average_linkage, choose_cuts, component_labels
from framing.align.embeddings import Embedder, embed_reports, load_embedder
from framing.align.explain import explained, leading_terms, pair_values
from framing.align.features import pair_features
from framing.align.link_model import LinkModel, load_link_model
from framing.align.training import train_link_model
from framing.align.vectors import vectorize_corpus
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import check, empty, make, stable_ids

__all__ = ["EventAligner", "align_events"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CUTS = (
    *(0.05, 0.06, 0.08, 0.1),
    *(round(0.125 + 0.025 * k, 3) for k in range(12)),
    *(0.45, 0.5, 0.55, 0.6, 0.65, 0.7),
)
"""Probabilities among which the cut is chosen."""
_ROOT = 1 / 3
"""Average linkage runs on the cube root of the probability: an event that many outlets report for long holds pairs
that share little, and one improbable pair among many must not outweigh the probable ones."""
_LAST = 0.75  # of the candidates, from which on they tell what those beyond are like
_COPY = 0.6  # cosine from which reports are taken for copies
_KEPT, _TELLING = 0.5, 0.1  # links list pairs from half the cut, and always from the latter: stories need them


class EventAligner(BaseEstimator):
    """Group reports that tell of the same event.

    Every report is compared with those that share most rare words with it. A small logistic model (`LinkModel`) says
    how probable it is that a pair tells of one event; average linkage of these probabilities makes the events.

    Parameters
    ----------
    cut : float, optional
        Probability, 0 to 1, from which two groups of reports are one event. By default it is chosen without gold for
        each corpus and, within it, for each group of related events, by the mean silhouette of the clusters (see
        `choose_cuts`): no fixed cut suits both events of three reports and of fifteen.
    model : LinkModel, str or Path, optional
        Coefficients, or a file of them; by default the published ones.
    time_weight : float
        How much dates count: 0 ignores them, 1 is what the model learnt.
    embed : str, Path or callable, optional
        Folder of a local sentence-transformers model (`embeddings` extra), or a function from texts to an array of
        shape (n_texts, n_dimensions). Needs a model that was trained with it.
    neighbours : int
        Candidates that each report brings.
    reach : int
        Dated reports before and after each one, in order of time, that it is compared with; undated ones always are.
    block_size, workers : int
        Reports searched for at once, and processes. They change speed and memory, never the result.

    Attributes
    ----------
    events_ : DataFrame of shape (n_articles, 4)
        Table ``events``. Identifiers derive from the event's earliest report.
    links_ : DataFrame
        Table ``links``: compared pairs whose probability is at least 0.1 or half the cut, of different events too.
    model_ : LinkModel
        The model that was used.
    cut_ : float
        The cut that was used; where it was chosen, the median over the reports.

    Examples
    --------
    >>> aligner = EventAligner().fit(corpus)  # doctest: +SKIP
    >>> aligner.explain_link("a1", "b7")  # doctest: +SKIP
    >>> own = EventAligner().fit(corpus, gold_events).model_  # doctest: +SKIP
    >>> EventAligner(model=own).fit(other_corpus).events_  # doctest: +SKIP
    """

    def __init__(  # noqa: PLR0913 - scikit-learn's convention: one flat parameter each
        self,
        *,
        cut: float | None = None,
        model: LinkModel | str | Path | None = None,
        time_weight: float = 1.0,
        embed: str | Path | Embedder | None = None,
        neighbours: int = 40,
        reach: int = 10_000,
        block_size: int = 500,
        workers: int = 1,
    ) -> None:
        self.cut = cut
        self.model = model
        self.time_weight = time_weight
        self.embed = embed
        self.neighbours = neighbours
        self.reach = reach
        self.block_size = block_size
        self.workers = workers

    def fit(
        self,
        corpus: Corpus,
        y: pd.DataFrame | None = None,
        *,
        masks: pd.DataFrame | None = None,
        use_gold: bool = False,
    ) -> Self:
        """Align the reports of a corpus.

        Parameters
        ----------
        corpus : Corpus
            The articles.
        y : DataFrame, optional
            Table ``events``, or any with ``article_id, event_id``: then the model is trained anew on them
            (`train_link_model`) and kept in ``model_``; the alignment itself does not look at them.
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
            If a parameter is out of its range, or ``y`` cannot train a model.
        """
        self._check_parameters()
        if y is not None:
            self.model_ = train_link_model([(corpus, y)], masks=[masks], embed=load_embedder(self.embed))
        else:
            self.model_ = self.model if isinstance(self.model, LinkModel) else load_link_model(self.model)
        self._compare(corpus, masks)
        merges = average_linkage(
            (self._first, self._second, self._score**_ROOT),
            len(corpus),
            lowest=(self.cut or CUTS[0]) ** _ROOT,
            beyond=np.sqrt(self._least_probable(len(corpus))),
        )
        cuts = self._chosen_cuts(merges) if self.cut is None else np.full(len(corpus), self.cut)
        self.cut_ = float(np.median(cuts)) if len(cuts) else CUTS[0]
        labels = merges.labels(cuts**_ROOT)
        names = _named(labels, self._vectors.days, self.corpus_ids_)
        self.events_ = self._table(_with_gold(names, corpus.articles["event_id"]) if use_gold else names)
        self._links: pd.DataFrame | None = None
        return self

    def fit_predict(
        self, corpus: Corpus, y: pd.DataFrame | None = None, *, masks: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Align and return ``events_``."""
        return self.fit(corpus, y, masks=masks).events_

    def _compare(self, corpus: Corpus, masks: pd.DataFrame | None) -> None:
        """Find the candidate pairs and their probabilities."""
        n = len(corpus)
        self.corpus_ids_ = np.array(corpus.article_ids, dtype=object)
        self._vectors = vectorize_corpus(corpus, masks, workers=self.workers)
        self._first, self._second = candidate_pairs(
            self._vectors,
            neighbours=self.neighbours,
            reach=self.reach,
            block_size=self.block_size,
            workers=self.workers,
        )
        self._embedded = embed_reports(corpus, masks, load_embedder(self.embed))
        features, self._neighbourhoods = pair_features(
            self._vectors, self._first, self._second, embedded=self._embedded, workers=self.workers
        )
        self._score = expit(self.model_.log_odds(features, n, time_weight=self.time_weight))
        self._cosine, self._relative = features["cosine"], np.minimum(features["relative"], 1.0)

    def _least_probable(self, n: int) -> Floats:
        """Mean probability of the last quarter of each report's candidates; 0 where it has no full number of them.

        In an event of hundreds of reports all candidates are probable, and so are those beyond.
        """
        owner, score = np.concatenate([self._first, self._second]), np.tile(self._score, 2)
        order = np.lexsort((-score, owner))
        owner, score = owner[order], score[order]
        sizes = np.bincount(owner, minlength=n)
        place = np.arange(len(owner)) - np.concatenate([[0], np.cumsum(sizes)])[owner]
        last = (place >= _LAST * self.neighbours) & (place < self.neighbours) & (sizes[owner] >= self.neighbours)
        counted = np.bincount(owner[last], minlength=n)
        return np.asarray(np.bincount(owner[last], weights=score[last], minlength=n) / np.maximum(counted, 1))

    def _chosen_cuts(self, merges: Merges) -> Floats:
        copied = self._cosine >= _COPY
        copies = component_labels(self._first[copied], self._second[copied], merges.n)
        apart = copies[self._first] != copies[self._second]
        similarities = []
        for values in (self._score**_ROOT, self._relative):
            half = sparse.coo_matrix((values[apart], (self._first[apart], self._second[apart])), shape=(merges.n,) * 2)
            similarities.append((half + half.T).tocsr())
        chosen = choose_cuts(merges, similarities, [cut**_ROOT for cut in CUTS], copies=copies)
        return np.asarray(np.round(chosen ** (1 / _ROOT), 6))

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
            Any two articles of the fitted corpus; for two that were not compared, what the model would say of them.

        Returns
        -------
        DataFrame of shape (n_rows, 3)
            ``feature`` (`framing.align.FEATURES`), ``term`` (``""`` where the feature is no sum over words),
            ``contribution`` in log-odds, falling; first the row ``start``, what the model says of a pair that has
            nothing. The score is ``1 / (1 + exp(-sum))``.

        Raises
        ------
        SettingsError
            If an article is not in the fitted corpus.
        """
        check_is_fitted(self, "events_")
        pair = self._place(article_id), self._place(other_id)
        values = pair_values(self._vectors, self._neighbourhoods, pair, self._embedded)
        weights, intercept = self.model_.at(len(self.corpus_ids_), time_weight=self.time_weight)
        return explained(self._vectors, values, pair, weights, intercept)

    def _check_parameters(self) -> None:
        ranges: dict[str, tuple[float, float]] = {
            "cut": (1e-6, 1),
            "time_weight": (0, np.inf),
            "neighbours": (1, np.inf),
            "reach": (1, np.inf),
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
        both = np.concatenate([self._first, self._second])
        columns = {
            "article_id": self.corpus_ids_,
            "event_id": names,
            "n_candidates": np.bincount(both, minlength=len(names)),
            "confidence": self._confidence(names),
        }
        return make("events", columns)

    def _confidence(self, names: list[str]) -> Floats:
        """Mean probability of each article with the others of its event (0 where not compared); NaN when alone."""
        codes = pd.factorize(np.array(names, dtype=object))[0]
        together = codes[self._first] == codes[self._second]
        total = sum(
            np.bincount(side[together], weights=self._score[together], minlength=len(names))
            for side in (self._first, self._second)
        )
        others = np.bincount(codes)[codes] - 1
        alone = np.full(len(names), np.nan)
        return np.asarray(np.divide(total, others, out=alone, where=others > 0))

    def _link_table(self) -> pd.DataFrame:
        kept = np.flatnonzero(self._score >= min(_KEPT * self.cut_, _TELLING))
        if not len(kept):
            return empty("links")
        first, second = self._first[kept], self._second[kept]
        event = self.events_.set_index("article_id")["event_id"].loc[self.corpus_ids_].to_numpy(dtype=object)
        table = pd.DataFrame(
            {
                "article_id": self.corpus_ids_[first],
                "other_id": self.corpus_ids_[second],
                "score": self._score[kept],
                "cosine": self._cosine[kept],
                "days_apart": np.abs(self._vectors.days[first] - self._vectors.days[second]),
                "same_event": event[first] == event[second],
                "evidence": leading_terms(self._vectors, first, second),
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
