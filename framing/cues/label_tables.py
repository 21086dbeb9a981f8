"""Tables about labels: how often each outlet labels each name, who in an event does not, and when that changed."""

from __future__ import annotations

import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import xlogy

from framing.cues.targets import Key, count_mentions, head_name, name_key, resolve_names
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import check, empty
from framing.stats import benjamini_hochberg, wilson_interval

__all__ = ["label_changes", "label_counts", "label_coverage", "label_timeline"]


@dataclass(frozen=True)
class _Named:
    """Labels of one name with one designation, and who mentions the name."""

    entity: str
    designation: str
    labels: pd.DataFrame
    mentions: dict[str, int]
    """Article to number of mentions; at least the number of labels there."""


def _by_name(corpus: Corpus, labels: pd.DataFrame) -> Iterator[_Named]:
    """Labels by name and by each thing they say, and by any; the commonest form of a name stands for it."""
    if labels.empty:
        return
    key_of = resolve_names(corpus, labels["target"])
    named = labels.assign(key=[key_of.get(t, ()) if isinstance(t, str) else () for t in labels["target"]])
    named = named[named["key"].map(bool)]
    counts = count_mentions(corpus, set(named["key"]))
    shown: dict[Key, Counter[str]] = defaultdict(Counter)
    for key, target in zip(named["key"], named["target"], strict=True):
        shown[key][_shown(target, key)] += 1
    name_of = {key: min(forms, key=lambda form: (-forms[form], form)) for key, forms in shown.items()}
    named = named.assign(entity=named["key"].map(name_of), designation=named["designation"].map(_claims))
    named = named.explode("designation").sort_values("first_mention", ascending=False, kind="stable")
    named = named.drop_duplicates(["article_id", "field", "target_start", "designation"])  # two labels on one mention
    for (entity, key, designation), group in named.groupby(["entity", "key", "designation"], sort=True):
        labelled = group.groupby("article_id").size()
        mentions = {**counts[key]}
        for article, n in labelled.items():
            mentions[str(article)] = max(int(n), mentions.get(str(article), 0))
        yield _Named(str(entity), str(designation), group, mentions)


def _claims(designation: str) -> list[str]:
    """Return what a label says, one by one, and *any*, so that "banned" and "banned terrorists" agree in part."""
    return [*sorted(set(designation.split("+"))), "any"]


def _shown(target: str, key: Key) -> str:
    """Return the words of a target that its key stands for."""
    name = head_name(target)
    words = name.split()
    return name if len(words) <= len(key) or len(name_key(target)) == len(key) else " ".join(words[-len(key) :])


def label_counts(corpus: Corpus, labels: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Count how often each outlet labels each name.

    Mentions are whole-word matches of the label's target without its head noun and, in Cyrillic, without case
    endings, in titles and texts; a name of one word needs a capital or a quotation mark.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    labels : DataFrame
        Table ``labels``; filter it first, for example to the outlet's own voice.
    level : float
        Coverage of Wilson's intervals for the shares. Mentions of one article are not independent: the interval over
        articles (``first_…``) is the safer one.

    Returns
    -------
    DataFrame
        Table ``label_counts``; every outlet that mentions a labelled name has a row, with ``n_labelled`` 0 where it
        does not label it.

    Raises
    ------
    SettingsError
        If the level lies outside 0 to 1.
    """
    if not 0 < level < 1:
        raise SettingsError(f"level must lie between 0 and 1. Got {level}.")
    outlet_of = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    published = corpus.articles.set_index("article_id")["published"]
    rows = []
    for named in _by_name(corpus, labels):
        mentions = pd.Series(named.mentions, dtype="int64")
        first = set(named.labels.loc[named.labels["first_mention"].fillna(value=False).astype(bool), "article_id"])
        for outlet, group in mentions.groupby(outlet_of):
            own = named.labels[named.labels["carrier"] == outlet]
            at_first = len(first & set(group.index))
            dates = own["article_id"].map(published)
            rows.append(
                {
                    "outlet": outlet,
                    "entity": named.entity,
                    "designation": named.designation,
                    **_share("", len(own), int(group.sum()), level),
                    "n_articles": len(group),
                    "n_first_labelled": at_first,
                    **{f"first_{k}": v for k, v in _interval(at_first, len(group), level).items()},
                    "first_date": dates.min(),
                    "last_date": dates.max(),
                }
            )
    if not rows:
        return empty("label_counts")
    frame = pd.DataFrame(rows)
    dates = ["first_date", "last_date"]  # without any date pandas takes another unit
    frame[dates] = frame[dates].apply(pd.to_datetime, utc=True).astype("datetime64[us, UTC]")
    return check(frame, "label_counts")


def _share(prefix: str, n_labelled: int, n_mentions: int, level: float) -> dict[str, Any]:
    return {f"{prefix}n_mentions": n_mentions, "n_labelled": n_labelled, **_interval(n_labelled, n_mentions, level)}


def _interval(part: int, whole: int, level: float) -> dict[str, float]:
    low, high = wilson_interval([part], [whole], level)
    return {"share": part / whole, "ci_low": float(low[0]), "ci_high": float(high[0])}


def label_coverage(corpus: Corpus, labels: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Show who labels a name in an event and who mentions it there without a label.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    labels, events : DataFrame
        Tables of these names.

    Returns
    -------
    DataFrame
        Table ``label_coverage``: one row per event, name, designation and outlet that mentions the name there, if
        anybody labels it there. A missing label is "not found", not proof that there is none.
    """
    outlet_of = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    event_of = dict(zip(events["article_id"], events["event_id"], strict=True))
    rows = []
    for named in _by_name(corpus, labels):
        cells: dict[tuple[str, str], list[str]] = defaultdict(list)
        for article in named.mentions:
            if article in event_of:
                cells[event_of[article], outlet_of[article]].append(article)
        n_labels = Counter(named.labels["article_id"])
        labelled = {event for (event, _), articles in cells.items() if any(n_labels[a] for a in articles)}
        for (event, outlet), articles in cells.items():
            if event in labelled:
                count = sum(n_labels[a] for a in articles)
                rows.append(
                    {
                        "event_id": event,
                        "entity": named.entity,
                        "designation": named.designation,
                        "outlet": outlet,
                        "labels": count > 0,
                        "n_articles": len(articles),
                        "n_mentions": sum(named.mentions[a] for a in articles),
                        "n_labelled": count,
                    }
                )
    return check(pd.DataFrame(rows), "label_coverage") if rows else empty("label_coverage")


def label_timeline(corpus: Corpus, labels: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Count the mentions and the labelled mentions of each name per outlet and day.

    Parameters
    ----------
    corpus : Corpus
        The articles; those without a date are left out.
    labels : DataFrame
        Table ``labels``.
    level : float
        Coverage of Wilson's interval for the share of the day.

    Returns
    -------
    DataFrame
        Table ``label_timeline``: one row per outlet, name, designation and day (UTC) with mentions.
    """
    articles = corpus.articles.dropna(subset=["published"])
    outlet_of = dict(zip(articles["article_id"], articles["outlet"], strict=True))
    day_of = dict(zip(articles["article_id"], articles["published"].dt.floor("D"), strict=True))
    rows = []
    for named in _by_name(corpus, labels):
        n_labels = Counter(named.labels["article_id"])
        cells: dict[tuple[str, Any], list[int]] = defaultdict(lambda: [0, 0])
        for article, n in named.mentions.items():
            if article in day_of:
                cell = cells[outlet_of[article], day_of[article]]
                cell[0] += n
                cell[1] += n_labels[article]
        rows += [
            {
                "outlet": outlet,
                "entity": named.entity,
                "designation": named.designation,
                "day": day,
                **_share("", n_labelled, n_mentions, level),
            }
            for (outlet, day), (n_mentions, n_labelled) in cells.items()
        ]
    return check(pd.DataFrame(rows), "label_timeline") if rows else empty("label_timeline")


def label_changes(
    timeline: pd.DataFrame, *, level: float = 0.05, n_permutations: int = 999, random_state: int = 0
) -> pd.DataFrame:
    """Date the day on which an outlet began or ceased to label a name.

    The days are cut in two where the binomial likelihood of a share before and another after gains most over one
    share; the gain is compared with its greatest value in streams whose days are shuffled, so that mentions of
    one day need not be independent. One change per outlet, name and designation is sought.

    Parameters
    ----------
    timeline : DataFrame
        Table ``label_timeline``.
    level : float
        False discovery rate up to which a change is called ``found``.
    n_permutations : int
        Shuffles per stream, at least; more where many streams are tested, so that the least p-value can pass.
    random_state : int
        Seed; each stream has a generator of its own, by its outlet, name and designation.

    Returns
    -------
    DataFrame
        Table ``label_changes``, one row per stream of at least four days: the first day of the new state, shares
        before and after, ``p_value`` and ``q_value`` (Benjamini-Hochberg over streams that label some mentions and
        not others; the rest cannot switch and have none).

    References
    ----------
    Worsley (1983), The power of likelihood ratio and cumulative sum tests for a change in a binomial probability,
    Biometrika 70, 455-464; the shuffled null is that of Pettitt (1979), Applied Statistics 28, 126-135.
    """
    if not 0 < level < 1 or n_permutations < 1:
        raise SettingsError(
            f"level must lie between 0 and 1 and n_permutations be 1 or more. Got {level} and {n_permutations}."
        )
    streams = [
        (key, stream.sort_values("day"))
        for key, stream in timeline.groupby(["outlet", "entity", "designation"], sort=True)
        if len(stream) >= _LEAST_DAYS
    ]
    if not streams:
        return empty("label_changes")
    telling = sum(0 < s["n_labelled"].sum() < s["n_mentions"].sum() for _, s in streams)
    n_needed = max(n_permutations, min(_MOST_PERMUTATIONS, math.ceil(2 * telling / level)))
    frame = pd.DataFrame([_change_row(key, stream, n_needed, random_state) for key, stream in streams])
    tested = frame["p_value"].notna()
    frame["q_value"] = np.nan
    frame.loc[tested, "q_value"] = benjamini_hochberg(frame.loc[tested, "p_value"].to_numpy())
    return check(frame.assign(found=(frame["q_value"] <= level).astype(bool)), "label_changes")


def _change_row(
    key: tuple[str, str, str], stream: pd.DataFrame, n_permutations: int, random_state: int
) -> dict[str, Any]:
    labelled, mentions = (stream[c].to_numpy(dtype=float) for c in ("n_labelled", "n_mentions"))
    seed = (random_state, zlib.crc32("\x1f".join(key).encode()))
    at, p_value = _change(labelled, mentions, n_permutations, seed)
    return {
        **dict(zip(("outlet", "entity", "designation"), key, strict=True)),
        "day": stream["day"].iloc[at],
        "n_days": len(stream),
        "n_mentions": int(mentions.sum()),
        "share_before": labelled[:at].sum() / mentions[:at].sum(),
        "share_after": labelled[at:].sum() / mentions[at:].sum(),
        "p_value": p_value,
    }


_MOST_PERMUTATIONS = 20_000
_LEAST_DAYS = 4


def _change(labelled: Any, mentions: Any, n_permutations: int, seed: tuple[int, int]) -> tuple[int, float]:
    """Return the first day after the best cut, and the permutation p-value of its gain; none for a constant stream."""
    if not 0 < labelled.sum() < mentions.sum():
        return 1, float("nan")
    observed = _gains(labelled[None, :], mentions[None, :])[0]
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(len(labelled)), (n_permutations, 1)), axis=1)
    null = _gains(labelled[orders], mentions[orders]).max(axis=1)
    best = observed.max()
    return int(observed.argmax()) + 1, float((1 + (null >= best - 1e-9).sum()) / (1 + n_permutations))


def _gains(labelled: Any, mentions: Any) -> Any:
    """Gain in log-likelihood of every cut, per stream; shape (n_streams, n_days - 1)."""
    k, n = labelled.cumsum(axis=1), mentions.cumsum(axis=1)
    total_k, total_n = k[:, -1:], n[:, -1:]
    k, n = k[:, :-1], n[:, :-1]
    return _likelihood(k, n) + _likelihood(total_k - k, total_n - n) - _likelihood(total_k, total_n)


def _likelihood(k: Any, n: Any) -> Any:
    """Greatest binomial log-likelihood of k in n, without the constant."""
    return xlogy(k, k) + xlogy(n - k, n - k) - xlogy(n, n)
