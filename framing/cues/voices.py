"""Share of voice: whose words an outlet prints, by words and turns, with what could not be resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import make
from framing.stats import bootstrap_interval

__all__ = ["UNRESOLVED", "joined_keys", "share_of_voice", "voice_diversity"]

UNRESOLVED = "unresolved"
"""Row of the speech whose speaker, or whose kind of source, is not known."""
_BY = ("source_type", "speaker_key")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
Floats = npt.NDArray[np.float64]


def share_of_voice(
    corpus: Corpus,
    speech: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
    by: str = "source_type",
    n_resamples: int = 1000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Count the words and turns that each outlet gives to each kind of source or each speaker.

    A turn is what one speaker says in an article until another one speaks. Scare quotes, titles and negated speech
    are nobody's voice and do not count.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    speech : DataFrame
        Table ``attributions``; or ``reported_speech``, which holds indirect speech too, but neither quotations that are
        carried over nor those that nobody is found to speak, so that its coverage says nothing.
    events : DataFrame, optional
        Table ``events``: intervals are over events, since the reports of one event quote the same people; without
        it they are over articles.
    by : {"source_type", "speaker_key"}
        What is counted. A surname that only one full name of its event ends with counts for that name.
    n_resamples, random_state
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Table ``voices``. The row *unresolved* is always there; ``coverage`` is the share of turns outside it.

    Raises
    ------
    SettingsError
        If ``by`` is no such column.
    """
    spoken = _spoken(corpus, speech, events, by)
    rows: list[dict[str, Any]] = []
    for outlet, part in spoken.groupby("outlet", sort=True):
        words, turns = (_by_cluster(part, column) for column in ("n_words", "is_turn"))
        for voice in sorted({*part["voice"], UNRESOLVED}):
            own = part[part["voice"] == voice]
            low, high = _interval(words, voice, n_resamples, random_state)
            rows.append(
                {
                    "outlet": outlet,
                    "by": by,
                    "voice": voice,
                    "n_turns": int(own["is_turn"].sum()),
                    "n_words": int(own["n_words"].sum()),
                    "turn_share": own["is_turn"].sum() / part["is_turn"].sum(),
                    "word_share": own["n_words"].sum() / part["n_words"].sum(),
                    "ci_low": low,
                    "ci_high": high,
                    "n_articles": own["article_id"].nunique(),
                    "n_clusters": len(words),
                    "coverage": 1 - _of(turns, UNRESOLVED).sum() / turns.to_numpy().sum(),
                }
            )
    return make("voices", rows)


def voice_diversity(
    corpus: Corpus,
    speech: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
    by: str = "speaker_key",
    n_resamples: int = 1000,
    random_state: int = 0,
) -> pd.DataFrame:
    """Measure how many voices an outlet lets speak on an event: the effective number, averaged over events.

    The effective number of an event is the exponential of Shannon's entropy of the resolved turns (Hill 1973, Ecology
    54, 427-432, order 1): as many voices as would give this entropy if each had as many turns.

    Parameters
    ----------
    corpus, speech, events, by, n_resamples, random_state
        As for `share_of_voice`.

    Returns
    -------
    DataFrame
        Table ``voice_diversity``: one row per outlet, with a bootstrap interval over events.

    Raises
    ------
    SettingsError
        If ``by`` is no such column.
    """
    spoken = _spoken(corpus, speech, events, by)
    rows: list[dict[str, Any]] = []
    for outlet, part in spoken.groupby("outlet", sort=True):
        turns = _by_cluster(part, "is_turn")
        counts = turns.drop(columns=UNRESOLVED, errors="ignore").to_numpy(dtype=np.float64)
        effective = np.array([_effective(row) for row in counts if row.sum()])
        low, high = _mean_interval(effective, n_resamples, random_state)
        rows.append(
            {
                "outlet": outlet,
                "by": by,
                "n_turns": int(part["is_turn"].sum()),
                "n_voices": int((counts.sum(axis=0) > 0).sum()),
                "n_clusters": len(effective),
                "coverage": counts.sum() / turns.to_numpy().sum(),
                "effective": effective.mean() if len(effective) else np.nan,
                "ci_low": low,
                "ci_high": high,
            }
        )
    return make("voice_diversity", rows)


def joined_keys(speech: pd.DataFrame, group: pd.Series[Any]) -> pd.Series[Any]:
    """Speaker keys with surnames made full: where exactly one full name of the group ends with the surname."""
    keys = speech["speaker_key"].astype(object)
    full: dict[tuple[Any, str], set[str]] = {}
    for place, key in zip(group, keys, strict=True):
        if isinstance(key, str) and " " in key:
            full.setdefault((place, key.split()[-1]), set()).add(key)
    return pd.Series(list(_joined(group, keys, full)), index=speech.index, dtype="str")


def _joined(group: pd.Series[Any], keys: pd.Series[Any], full: dict[tuple[Any, str], set[str]]) -> Iterator[str | None]:
    for place, key in zip(group, keys, strict=True):
        if not isinstance(key, str):
            yield None
            continue
        names = full.get((place, key), set())
        yield next(iter(names)) if " " not in key and len(names) == 1 else key


def _spoken(corpus: Corpus, speech: pd.DataFrame, events: pd.DataFrame | None, by: str) -> pd.DataFrame:
    """Speech with outlet, cluster, voice, words, and whether a row opens a turn; in reading order."""
    if by not in _BY:
        raise SettingsError(f"by must be one of {', '.join(_BY)}. Got {by!r}.")
    table = speech
    if "role" in table.columns:
        table = table[table["role"].isin(["quote", "partial quote"])]
    table = table[~table["negated"].astype("boolean").fillna(value=False).to_numpy(dtype=bool)]
    outlets = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    of_event = {} if events is None else dict(zip(events["article_id"], events["event_id"], strict=True))
    cluster = table["article_id"].map(lambda article: of_event.get(article, article))
    key = joined_keys(table, cluster)
    voice = key if by == "speaker_key" else table["source_type"]
    out = pd.DataFrame(
        {
            "article_id": table["article_id"],
            "outlet": table["article_id"].map(outlets),
            "cluster": cluster,
            "voice": voice.astype(object).where(voice.notna(), UNRESOLVED),
            "n_words": [len(_WORD.findall(surface)) for surface in table["surface"]],
        }
    )
    who = key.astype(object).where(
        key.notna(), table["speaker"].astype(object).where(table["speaker"].notna(), UNRESOLVED)
    )
    before = pd.DataFrame({"a": table["article_id"], "f": table["field"], "w": who}).shift()
    same = (before["a"] == table["article_id"]) & (before["f"] == table["field"]) & (before["w"] == who)
    return out.assign(is_turn=(~same).astype("int64"))


def _by_cluster(part: pd.DataFrame, column: str) -> pd.DataFrame:
    """Sum a column: one row per cluster, one column per voice."""
    return part.pivot_table(index="cluster", columns="voice", values=column, aggfunc="sum", fill_value=0).sort_index()


def _of(counts: pd.DataFrame, voice: str) -> Floats:
    found = counts[voice] if voice in counts.columns else pd.Series(0, index=counts.index)
    return np.asarray(found, dtype=np.float64)


def _interval(counts: pd.DataFrame, voice: str, n_resamples: int, random_state: int) -> tuple[float, float]:
    own, total = _of(counts, voice), counts.to_numpy(dtype=np.float64).sum(axis=1)

    def share(drawn: npt.NDArray[np.int64]) -> float:
        whole = total[drawn].sum()
        return float(own[drawn].sum() / whole) if whole else float("nan")

    return bootstrap_interval(share, len(total), n_resamples=n_resamples, random_state=random_state)


def _effective(counts: Floats) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def _mean_interval(values: Floats, n_resamples: int, random_state: int) -> tuple[float, float]:
    def mean(drawn: npt.NDArray[np.int64]) -> float:
        return float(values[drawn].mean())

    return bootstrap_interval(mean, len(values), n_resamples=n_resamples, random_state=random_state)
