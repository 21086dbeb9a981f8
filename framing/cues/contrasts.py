"""Contrast within events: who attaches a key to a name, against all in the same event who mention the name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from framing.cues.targets import Key, count_mentions
from framing.reading import Corpus
from framing.stats import exact_stratified

__all__ = ["Attachment", "Contrasts", "Rows", "leans"]

Attachment = tuple[str, Key, str]
"""Article, name, and what it attaches to the name: a wording, a designation."""
Rows = tuple[tuple[int, ...], ...]
"""Per event: the outlet's articles with and without, the others' with and without."""


class Contrasts:
    """Who attaches what to which name in which event, and who mentions the name.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``; attachments of articles without an event are left out.
    attachments : iterable of Attachment
        What was found, in any order.
    """

    def __init__(self, corpus: Corpus, events: pd.DataFrame, attachments: Iterable[Attachment]) -> None:
        articles = corpus.articles
        self.outlet_of: dict[str, str] = dict(zip(articles["article_id"], articles["outlet"], strict=True))
        pairs = zip(events["article_id"], events["event_id"], strict=True)
        self.event_of: dict[str, str] = {a: event for a, event in pairs if a in self.outlet_of}
        self._outlets: dict[str, Counter[str]] = defaultdict(Counter)
        for article, event in self.event_of.items():
            self._outlets[event][self.outlet_of[article]] += 1
        self._mentions: dict[Key, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._carriers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._carriers_of: dict[tuple[str, Key], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        known = [a for a in attachments if a[0] in self.event_of]
        for name, counts in count_mentions(corpus, {name for _, name, _ in known}).items():
            for article in counts:
                if article in self.event_of:
                    self._mentions[name][self.event_of[article]].add(article)
        for article, name, key in known:
            event = self.event_of[article]
            self._mentions[name][event].add(article)
            self._carriers[key][event].add(article)
            self._carriers_of[key, name][event].add(article)

        self._counted: dict[tuple[str, str, Key | None], Rows] = {}
        self._p_values: dict[Rows, float] = {}

    @property
    def keys(self) -> list[str]:
        """Everything that anybody attaches to a name, in order."""
        return sorted(self._carriers)

    def p_value(self, rows: Rows) -> float:
        """Exact two-sided p-value of no association in any event, given all margins."""
        if rows not in self._p_values:
            self._p_values[rows] = exact_stratified(np.array(rows).reshape(-1, 2, 2))
        return self._p_values[rows]

    def least_p_value(self, rows: Rows) -> float:
        """Least p-value that the margins allow to an outlet that leans: everything attached by it alone."""
        most = [min(a + b, a + c) for a, b, c, _ in rows]
        return self.p_value(
            tuple((m, a + b - m, a + c - m, d - a + m) for m, (a, b, c, d) in zip(most, rows, strict=True))
        )

    def outlets_of_key(self, key: str) -> list[str]:
        """Outlets that report in an event in which anybody attaches the key: each of them is a test."""
        return sorted({outlet for event in self._carriers[key] for outlet in self._outlets[event]})

    def outlets_of_name(self, key: str, name: Key) -> list[str]:
        """Outlets that mention the name in an event in which anybody attaches the key to it."""
        events = self._carriers_of[key, name]
        return sorted({self.outlet_of[a] for event in events for a in self._mentions[name][event]})

    def of_key(self, outlet: str, key: str) -> Rows:
        """Count all articles of the events in which anybody attaches the key to any name and the outlet reports."""
        if (outlet, key, None) not in self._counted:
            self._counted[outlet, key, None] = self._of_key(outlet, key)
        return self._counted[outlet, key, None]

    def _of_key(self, outlet: str, key: str) -> Rows:
        rows = []
        for event, carrying in self._carriers[key].items():
            sizes = self._outlets[event]
            ours = sum(self.outlet_of[a] == outlet for a in carrying)
            rows.append(_row(ours, len(carrying), sizes[outlet], sizes.total()))
        return _telling(rows)

    def of_name(self, outlet: str, key: str, name: Key) -> Rows:
        """Count the articles that mention the name, in the events in which anybody attaches the key to it."""
        if (outlet, key, name) not in self._counted:
            self._counted[outlet, key, name] = self._of_name(outlet, key, name)
        return self._counted[outlet, key, name]

    def _of_name(self, outlet: str, key: str, name: Key) -> Rows:
        rows = []
        for event, carrying in self._carriers_of[key, name].items():
            mentioning = self._mentions[name][event]
            ours = sum(self.outlet_of[a] == outlet for a in carrying)
            own = sum(self.outlet_of[a] == outlet for a in mentioning)
            rows.append(_row(ours, len(carrying), own, len(mentioning)))
        return _telling(rows)


def _row(ours_with: int, all_with: int, ours: int, everyone: int) -> tuple[int, ...]:
    others_with = all_with - ours_with
    return ours_with, ours - ours_with, others_with, everyone - ours - others_with


def _telling(rows: Iterable[tuple[int, ...]]) -> Rows:
    return tuple(sorted(row for row in rows if row[0] + row[1] and row[2] + row[3]))


def leans(rows: Rows) -> bool:
    """Whether the outlet attaches the key more often than each event's margins lead one to expect."""
    expected = sum((a + b) * (a + c) / (a + b + c + d) for a, b, c, d in rows)
    return sum(row[0] for row in rows) > expected
