"""Predicted naming against gold mentions: B-cubed over mentions, on given mentions or end to end."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SchemaError
from framing.evaluate.clusters import bcubed_shares
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.stats import bootstrap_interval

__all__ = ["evaluate_names", "match_mentions"]

_LEFT = re.compile(r"^[\W_]*(?:(?:the|an?)\s+)?[\W_]*", re.IGNORECASE)
_RIGHT = re.compile(r"[\W_]+$")
_MEASURES = ("bcubed_precision", "bcubed_recall", "bcubed_f1")
_NEEDED = ("article_id", "start", "end", "surface")


def match_mentions(predicted: pd.DataFrame, gold: pd.DataFrame, *, exact: bool = False) -> pd.Series:
    """Match gold mentions with predicted ones, one to one.

    A leading article and marks on either side do not count. A pair may match if both spans are the same, or (unless
    ``exact``) if they overlap and begin or end at the same word: phrases are cut differently, but for the word that
    matters. Pairs are taken from the greatest overlap (Jaccard index of characters) down, ties in order of place.

    Parameters
    ----------
    predicted, gold : DataFrame
        Columns ``article_id, start, end, surface``.
    exact : bool
        Whether only the same span matches.

    Returns
    -------
    Series
        By row of the gold: the row label of the predicted mention, missing where there is none.
    """
    ours: dict[str, list[tuple[int, int, object]]] = defaultdict(list)
    for label, (article, start, end) in zip(predicted.index, _cores(predicted), strict=True):
        ours[article].append((start, end, label))
    pairs = []
    for label, (article, start, end) in zip(gold.index, _cores(gold), strict=True):
        for a, b, found in ours.get(article, ()):
            shared = min(end, b) - max(start, a)
            if (a, b) == (start, end) or (not exact and shared > 0 and (a == start or b == end)):
                pairs.append((-shared / (max(end, b) - min(start, a)), article, start, a, end, label, found))
    matched: dict[object, object] = {}
    taken: set[object] = set()
    for *_, label, found in sorted(pairs, key=lambda pair: pair[:5]):
        if label not in matched and found not in taken:
            matched[label] = found
            taken.add(found)
    return pd.Series([matched.get(label) for label in gold.index], index=gold.index, dtype="object")


def _cores(table: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Spans without article and marks."""
    out = []
    for article, start, end, surface in zip(*(table[c] for c in _NEEDED), strict=True):
        left, right = _LEFT.match(surface), _RIGHT.search(surface)
        a = start + (left.end() if left else 0)
        b = start + (right.start() if right else len(surface))
        out.append((article, a, b) if a < b else (article, start, end))
    return out


def evaluate_names(
    predicted: pd.DataFrame,
    gold: pd.DataFrame,
    *,
    baselines: Mapping[str, pd.DataFrame] | None = None,
    repeated_only: bool = False,
    exact: bool = False,
    n_resamples: int = 1000,
) -> tuple[Evaluation, ...]:
    """B-cubed of the entities of gold mentions.

    Gold mentions that no predicted mention matches are entities of their own; predicted mentions without a gold mention
    are ignored, since the gold does not mark all noun phrases. Give predicted mentions that were made from the gold's
    spans to score the grouping alone.

    Parameters
    ----------
    predicted : DataFrame
        Table ``naming``.
    gold : DataFrame
        Columns ``article_id, start, end, surface, event_id, entity``; entities are told apart by event.
    baselines : mapping of name to DataFrame, optional
        Other predictions. "same string" and "same head word" on the gold's own spans, and "singletons", are always
        added.
    repeated_only : bool
        Whether entities with one mention are left out of the score (not of the groups).
    exact : bool
        See `match_mentions`.
    n_resamples : int
        Bootstrap draws of whole events for the 95 % intervals; 0 for none.

    Returns
    -------
    tuple of Evaluation
        B-cubed precision, recall and F1.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    for name, table, more in (("predicted", predicted, ["entity_id"]), ("gold", gold, ["event_id", "entity"])):
        missing = [c for c in (*_NEEDED, *more) if c not in table.columns]
        if missing:
            raise SchemaError(
                f"{name}: column(s) missing: {', '.join(missing)}. Got: {', '.join(map(str, table.columns))}."
            )
    gold = gold.reset_index(drop=True)
    truth = _codes(list(zip(gold["event_id"], gold["entity"], strict=True)))
    sizes = np.bincount(truth)[truth] if len(truth) else truth
    counted = sizes > 1 if repeated_only else np.ones(len(truth), dtype=bool)
    rivals = {name: _assigned(table, gold, exact=exact) for name, table in sorted((baselines or {}).items())}
    rivals |= {name: _codes(keys) for name, keys in _simple(gold).items()}
    ours = bcubed_shares(_assigned(predicted, gold, exact=exact), truth)[counted]
    blocks = _codes(list(gold["event_id"]))[counted]
    others = {name: _scores(bcubed_shares(codes, truth)[counted].sum(axis=0)) for name, codes in rivals.items()}
    sums = np.stack([np.bincount(blocks, weights=share) for share in ours.T], axis=1) if len(ours) else ours
    estimate = _scores(ours.sum(axis=0))
    mark = fingerprint(gold[["article_id", "start", "end", "event_id", "entity"]])

    def measured(drawn: npt.NDArray[np.int64], k: int) -> float:
        return _scores(sums[drawn].sum(axis=0))[k]

    return tuple(
        Evaluation(
            name,
            estimate[k],
            bootstrap_interval(partial(measured, k=k), len(sums), n_resamples=n_resamples),
            int(counted.sum()),
            {rival: values[k] for rival, values in others.items()},
            mark,
        )
        for k, name in enumerate(_MEASURES)
    )


def _simple(gold: pd.DataFrame) -> dict[str, list[object]]:
    """Keys of the baselines: the wording, its last word."""
    words = [surface[_LEFT.match(surface).end() :].lower().split() or [surface] for surface in gold["surface"]]  # type: ignore[union-attr]
    plain = [[re.sub(r"^\W+|\W+$", "", word) for word in found] for found in words]
    events = list(gold["event_id"])
    return {
        "same string": [(e, tuple(w)) for e, w in zip(events, plain, strict=True)],
        "same head word": [(e, w[-1]) for e, w in zip(events, plain, strict=True)],
        "singletons": list(range(len(gold))),
    }


def _assigned(table: pd.DataFrame, gold: pd.DataFrame, *, exact: bool) -> npt.NDArray[np.int64]:
    entities = table["entity_id"].to_dict()
    matched = match_mentions(table, gold, exact=exact)
    return _codes([("alone", i) if pd.isna(found) else ("of", entities[found]) for i, found in matched.items()])


def _codes(keys: Sequence[object]) -> npt.NDArray[np.int64]:
    known: dict[object, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def _scores(sums: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    n, right, found = (float(value) for value in sums[:3])
    if not n:
        return (float("nan"),) * 3
    precision, recall = right / n, found / n
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0
