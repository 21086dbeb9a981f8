"""Classify sentences of annotated corpora from their words and from counts of cues, whole events left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

from framing.errors import SettingsError
from framing.lexical.counts import EventNGramVectorizer

__all__ = ["CueClassifier", "count_cues", "score_predictions"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_MODELS = ("logistic", "svm", "naive_bayes")
_SPLITS = ("group", "balanced", "random")
_OBJECTIVES = {"f1": "binary", "macro_f1": "macro"}
_INNER_FOLDS = 4  # folds inside the training part that choose the threshold


@dataclass(frozen=True, eq=False)
class _Sentences:
    """What the models see of some sentences; counted once, whatever the folds."""

    counts: Any
    cues: Floats
    labels: npt.NDArray[np.bool_]
    groups: Ints

    def take(self, rows: Ints) -> _Sentences:
        return _Sentences(self.counts[rows], self.cues[rows], self.labels[rows], self.groups[rows])


@dataclass(frozen=True, eq=False)
class _Model:
    columns: Ints
    idf: Floats
    centre: Floats
    scale: Floats
    classifier: Any

    def scores(self, sentences: _Sentences) -> Floats:
        features = _features(sentences, self)
        if isinstance(self.classifier, ComplementNB):
            log = self.classifier.predict_log_proba(features)
            return np.asarray(log[:, 1] - log[:, 0])
        return np.asarray(self.classifier.decision_function(features))


class CueClassifier(BaseEstimator):
    """Classify sentences by TF-IDF of their n-grams and by cue counts, with a simple linear model.

    The threshold is chosen inside the training part, by cross-validation that leaves out whole groups again.

    Parameters
    ----------
    text, label, group : str
        Columns of the sentences: the text, the class (true or false), and what is left out as a whole (an event, an
        outlet).
    model : {"logistic", "svm", "naive_bayes"}
        Classifier; classes are weighted to be equal.
    objective : {"f1", "macro_f1"}
        What the threshold maximises.
    ngram_range : (int, int)
        Shortest and longest n-gram.
    min_df : int
        Sentences of the training part that must hold a term.
    cue_weight : float
        Weight of one standard deviation of a cue beside a sentence's TF-IDF vector, which has length 1.
    strength : float
        Inverse penalty (scikit-learn's C); smoothing of naive Bayes.
    random_state : int
        Seed of the folds.

    Attributes
    ----------
    terms_ : ndarray of shape (n_terms,), object
        Terms in use.
    cue_names_ : list of str
        Cues in use.
    threshold_ : float
        Score from which on a sentence is predicted true.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn needs each setting as a parameter
        self,
        *,
        text: str = "text",
        label: str = "label",
        group: str = "event_id",
        model: str = "logistic",
        objective: str = "f1",
        ngram_range: tuple[int, int] = (1, 2),
        min_df: int = 2,
        cue_weight: float = 0.05,
        strength: float = 1.0,
        random_state: int = 0,
    ) -> None:
        self.text = text
        self.label = label
        self.group = group
        self.model = model
        self.objective = objective
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.cue_weight = cue_weight
        self.strength = strength
        self.random_state = random_state

    def fit(self, sentences: pd.DataFrame, *, cues: pd.DataFrame | None = None) -> Self:
        """Learn from labelled sentences.

        Parameters
        ----------
        sentences : DataFrame
            Columns ``text``, ``label`` and ``group`` as named by the parameters.
        cues : DataFrame, optional
            Numbers, one row per sentence with the sentences' index, such as from `count_cues`.

        Raises
        ------
        SettingsError
            If a setting or the data are not usable: missing columns or values, one class only, one group only.
        """
        vectorizer, data = self._prepared(sentences, cues)
        rng = np.random.default_rng(self.random_state)
        self._model = self._learn(data)
        self.threshold_ = self._threshold(data, data.groups, rng)
        self.terms_ = vectorizer.terms_[self._model.columns]
        self.cue_names_ = [] if cues is None else list(cues.columns)
        self._vectorizer = vectorizer
        return self

    def decision_function(self, sentences: pd.DataFrame, *, cues: pd.DataFrame | None = None) -> Floats:
        """Return scores; above ``threshold_`` means true.

        Parameters
        ----------
        sentences, cues : DataFrame
            As in `fit`; labels and groups are not looked at.

        Returns
        -------
        ndarray of shape (n_sentences,)
        """
        check_is_fitted(self, "threshold_")
        table = _cue_table(sentences, cues)
        if list(table.columns) != self.cue_names_:
            raise SettingsError(f"CueClassifier: cues must be {self.cue_names_}. Got {list(table.columns)}.")
        none = np.zeros(len(sentences), dtype=np.int64)
        counts = self._vectorizer.transform(sentences[self.text])
        return self._model.scores(_Sentences(counts, table.to_numpy(dtype=np.float64), none.astype(bool), none))

    def predict(self, sentences: pd.DataFrame, *, cues: pd.DataFrame | None = None) -> npt.NDArray[np.bool_]:
        """Return the predicted class of each sentence.

        Parameters
        ----------
        sentences, cues : DataFrame
            As in `decision_function`.

        Returns
        -------
        ndarray of shape (n_sentences,), bool
        """
        return np.asarray(self.decision_function(sentences, cues=cues) >= self.threshold_)

    def cross_validate(
        self,
        sentences: pd.DataFrame,
        *,
        cues: pd.DataFrame | None = None,
        n_folds: int = 5,
        split: str = "group",
        allow_leakage: bool = False,
    ) -> pd.DataFrame:
        """Predict every sentence by a model that saw none of its group.

        Parameters
        ----------
        sentences, cues : DataFrame
            As in `fit`.
        n_folds : int
            Folds; groups are dealt to them at random by the seed.
        split : {"group", "balanced", "random"}
            ``group`` deals whole groups to folds at random, ``balanced`` so that folds have about the same size (as
            scikit-learn's GroupKFold: for few groups of very different sizes); ``random`` splits sentences, so that
            the same event (or outlet) is on both sides: it flatters, and needs ``allow_leakage=True``.
        allow_leakage : bool
            The override.

        Returns
        -------
        DataFrame
            Index of ``sentences``; ``label, predicted, score, threshold, fold, split``. Split is ``random (leaks)``
            where whole groups were not left out. See `score_predictions`.
        """
        if split not in _SPLITS or n_folds < 2:
            raise SettingsError(
                "cross_validate: split must be group, balanced or random, n_folds at least 2. "
                f"Got {split!r}, {n_folds}."
            )
        if split == "random" and not allow_leakage:
            raise SettingsError(
                "cross_validate: a random split puts sentences of one event on both sides and flatters the result. "
                "Use split='group', or allow_leakage=True to show the difference."
            )
        _, data = self._prepared(sentences, cues)
        rng = np.random.default_rng(self.random_state)
        groups = np.arange(len(sentences)) if split == "random" else data.groups
        n_groups = len(np.unique(groups))
        if n_groups < n_folds:
            raise SettingsError(
                f"cross_validate: {n_folds} folds need as many values of {self.group!r}. Got {n_groups}."
            )
        out = pd.DataFrame({"label": data.labels, "predicted": False, "score": 0.0, "threshold": 0.0, "fold": 0})
        for k, train, test in _folds(groups, n_folds, rng, balanced=split == "balanced"):
            part = data.take(train)
            threshold = self._threshold(part, groups[train], rng)
            scores = self._learn(part).scores(data.take(test))
            for name, values in {
                "score": scores,
                "predicted": scores >= threshold,
                "threshold": threshold,
                "fold": k,
            }.items():
                out.loc[test, name] = values
        out["split"] = "random (leaks)" if split == "random" else split
        return out.set_index(sentences.index)

    def _prepared(self, sentences: pd.DataFrame, cues: pd.DataFrame | None) -> tuple[EventNGramVectorizer, _Sentences]:
        if self.model not in _MODELS or self.objective not in _OBJECTIVES:
            raise SettingsError(
                f"CueClassifier: model must be one of {', '.join(_MODELS)}, objective f1 or macro_f1. "
                f"Got {self.model!r}, {self.objective!r}."
            )
        wanted = [self.text, self.label, self.group]
        missing = [name for name in wanted if name not in sentences.columns]
        if missing:
            raise SettingsError(
                f"CueClassifier: no column {', '.join(missing)} in the sentences. "
                f"Columns: {', '.join(sentences.columns)}."
            )
        holes = sentences[wanted].isna().any(axis=1)
        if holes.any():
            raise SettingsError(
                f"CueClassifier: {int(holes.sum())} sentences lack a text, label or group, first at index "
                f"{sentences.index[holes][0]!r}. Leave them out."
            )
        labels = sentences[self.label]
        if not set(labels.unique()) <= {0, 1}:
            raise SettingsError(
                f"CueClassifier: labels must be true or false. Got {sorted(map(str, labels.unique()))[:5]}."
            )
        if labels.nunique() < 2:
            raise SettingsError(f"CueClassifier: both classes are needed. Got {len(labels)} labels of one class.")
        if sentences[self.group].nunique() < 2:
            raise SettingsError(f"CueClassifier: two values of {self.group!r} are needed to leave one out. Got one.")
        vectorizer = EventNGramVectorizer(ngram_range=self.ngram_range)
        counts = vectorizer.fit_transform(sentences[self.text])
        table = _cue_table(sentences, cues).to_numpy(dtype=np.float64)
        groups = np.unique(sentences[self.group].astype(str), return_inverse=True)[1]
        return vectorizer, _Sentences(counts, table, labels.to_numpy(dtype=bool), groups)

    def _learn(self, data: _Sentences) -> _Model:
        found = np.bincount(data.counts.indices, minlength=data.counts.shape[1])
        columns = np.flatnonzero(found >= self.min_df)
        idf = np.log((1 + len(data.labels)) / (1 + found[columns])) + 1
        if self.model == "naive_bayes":
            classifier: Any = ComplementNB(alpha=self.strength)
            centre = data.cues.min(axis=0, initial=0.0)
        else:
            make = LogisticRegression if self.model == "logistic" else LinearSVC
            classifier = make(C=self.strength, class_weight="balanced", max_iter=1000, random_state=self.random_state)
            centre = data.cues.mean(axis=0)
        spread = data.cues.std(axis=0)
        scale = np.where(spread > 0, self.cue_weight / np.where(spread > 0, spread, 1), 0.0)
        model = _Model(columns, idf, centre, scale, classifier)
        classifier.fit(_features(data, model), data.labels)
        return model

    def _threshold(self, data: _Sentences, groups: Ints, rng: np.random.Generator) -> float:
        """Score that would have been best on the training part, each sentence scored without its group."""
        scores = np.zeros(len(data.labels))
        n_folds = min(_INNER_FOLDS, len(np.unique(groups)))
        for _, train, test in _folds(groups, n_folds, rng):
            part = data.take(train)
            if part.labels.all() or not part.labels.any():
                continue
            scores[test] = self._learn(part).scores(data.take(test))
        return _best_cut(scores, data.labels, self.objective)


def _folds(
    groups: Ints, n_folds: int, rng: np.random.Generator, *, balanced: bool = False
) -> Iterator[tuple[int, Ints, Ints]]:
    """Deal whole groups to folds; yield number, training rows, rows left out."""
    names, code = np.unique(groups, return_inverse=True)
    order = rng.permutation(len(names))
    place = np.empty(len(names), dtype=np.int64)
    if balanced:
        size, filled = np.bincount(code), np.zeros(n_folds)
        for group in order[np.argsort(-size[order], kind="stable")]:
            place[group] = int(np.argmin(filled))
            filled[place[group]] += size[group]
    else:
        place[order] = np.arange(len(names)) % n_folds
    fold = place[code]
    for k in range(n_folds):
        yield k, np.flatnonzero(fold != k), np.flatnonzero(fold == k)


def _features(data: _Sentences, model: _Model) -> Any:
    counts = data.counts[:, model.columns].tocsr().astype(np.float64)
    counts.data = (1 + np.log(counts.data)) * model.idf[counts.indices]
    length = np.sqrt(np.asarray((counts * counts).sum(axis=1)))
    words = sparse.diags_array(1 / np.where(length > 0, length, 1)) @ counts
    cues = (data.cues - model.centre) * model.scale
    if isinstance(model.classifier, ComplementNB):
        cues = np.maximum(cues, 0.0)
    return sparse.csr_matrix(sparse.hstack([words, sparse.csr_array(cues)], format="csr"))


def _best_cut(scores: Floats, labels: npt.NDArray[np.bool_], objective: str) -> float:
    """Return the score from which on predicting true is best; ties go to the higher score."""
    order = np.argsort(-scores, kind="stable")
    hits, taken = np.cumsum(labels[order]), np.arange(1, len(labels) + 1)
    f1 = 2 * hits / (taken + labels.sum())
    if objective == "macro_f1":
        missed = labels.sum() - hits
        rejected = len(labels) - taken
        right = rejected - missed
        total = rejected + (~labels).sum()
        f1 = (f1 + np.divide(2 * right, total, out=np.zeros(len(f1)), where=total > 0)) / 2
    # Only where the next score is lower can a cut lie.
    last = np.append(np.diff(scores[order]) < 0, [True])
    best = int(np.argmax(np.where(last, f1, -1.0)))
    return float(scores[order][best])


def _cue_table(sentences: pd.DataFrame, cues: pd.DataFrame | None) -> pd.DataFrame:
    if cues is None:
        return pd.DataFrame(index=sentences.index)
    if not cues.columns.is_unique or not cues.index.is_unique:
        raise SettingsError("CueClassifier: cues must have unique names and one row per sentence. Got repeated ones.")
    strange = [name for name in cues.columns if not pd.api.types.is_numeric_dtype(cues[name])]
    if strange:
        raise SettingsError(f"CueClassifier: cues must be numbers. Not so: {', '.join(map(str, strange))}.")
    if len(missing := sentences.index.difference(cues.index)):
        raise SettingsError(
            f"CueClassifier: {len(missing)} sentences have no row of cues, first {missing[0]!r}. "
            "Give cues the sentences' index."
        )
    table = cues.loc[sentences.index]
    if len(table) != len(sentences) or not np.isfinite(table.to_numpy(dtype=np.float64)).all():
        raise SettingsError("CueClassifier: cues must have one row per sentence and no missing or infinite number.")
    return table


def count_cues(sentences: pd.DataFrame, cues: pd.DataFrame) -> pd.DataFrame:
    """Count the cues of each family in each sentence.

    Parameters
    ----------
    sentences : DataFrame
        ``article_id, field, start, end``, with any index: table ``sentences``, or annotated ones.
    cues : DataFrame
        Table ``cues``.

    Returns
    -------
    DataFrame
        Index of ``sentences``, one column per family: cues that begin inside the sentence.
    """
    families = sorted(cues["family"].unique())
    out = pd.DataFrame(0, index=sentences.index, columns=families)
    place = sentences.assign(row=np.arange(len(sentences))).astype({"start": "int64"})
    place = place.sort_values("start", kind="stable")
    found = cues[["article_id", "field", "start", "family"]].astype({"start": "int64"})
    found = found.sort_values("start", kind="stable")
    joined = pd.merge_asof(found, place, on="start", by=["article_id", "field"], suffixes=("", "_sentence"))
    joined = joined[joined["row"].notna()]
    inside = joined[joined["start"].to_numpy() < joined["end"].to_numpy(dtype=np.float64)]
    counted = inside.groupby(["row", "family"]).size()
    values = out.to_numpy(copy=True)
    for (row, family), n in counted.items():
        values[int(row), families.index(family)] = n
    return pd.DataFrame(values, index=sentences.index, columns=families)


def score_predictions(predictions: pd.DataFrame) -> dict[str, Any]:
    """Return the scores of `CueClassifier.cross_validate`, over all folds together.

    Parameters
    ----------
    predictions : DataFrame
        ``label, predicted, score, split``.

    Returns
    -------
    dict
        ``split, n, n_true, precision, recall, f1, macro_f1, average_precision`` (the last compares scores of
        different folds).
    """
    truth, guess = predictions["label"].to_numpy(dtype=bool), predictions["predicted"].to_numpy(dtype=bool)
    return {
        "split": "+".join(sorted(predictions["split"].unique())),
        "n": len(truth),
        "n_true": int(truth.sum()),
        "precision": float(precision_score(truth, guess, zero_division=0)),
        "recall": float(recall_score(truth, guess, zero_division=0)),
        "f1": float(f1_score(truth, guess, zero_division=0)),
        "macro_f1": float(f1_score(truth, guess, average="macro", zero_division=0)),
        "average_precision": float(average_precision_score(truth, predictions["score"])),
    }
