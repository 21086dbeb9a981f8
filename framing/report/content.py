"""What a report is made of: the corpus, the tables, the settings; and where things stand on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from framing.reading import Corpus
from framing.report.highlight import Family, family_styles
from framing.schema import TABLES, empty

__all__ = ["ReportContent", "records", "short_date"]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries, with None for everything missing."""
    clean = table.astype(object).where(table.notna(), None)
    rows: list[dict[str, Any]] = clean.to_dict("records")
    return rows


def short_date(row: Mapping[str, Any]) -> str:
    """Time of publication as precise as it is known; empty where it is not."""
    published = row.get("published")
    if published is None or pd.isna(published):
        return ""
    stamp = pd.Timestamp(published)
    day = f"{stamp.day} {stamp:%b %Y}"
    return day if row.get("published_precision") == "day" else f"{day}, {stamp:%H:%M} UTC"


@dataclass(frozen=True, eq=False)
class ReportContent:
    """Everything that a report shows.

    Attributes
    ----------
    corpus : Corpus
        The articles.
    tables : mapping of str to DataFrame
        Tables of `framing.schema` by name. One that is absent or empty leaves a sentence that says so.
    settings, versions, seeds : mapping
        What was chosen, which packages ran, which seeds; shown under Methods.
    notes : mapping of str to str
        What a stage could not do, and why.
    title : str
        Title of the page.
    """

    corpus: Corpus
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, Any] = field(default_factory=dict)
    seeds: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    title: str = "Comparison of reports"

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, or the empty one of that name, restricted to articles of the corpus."""
        found = self.tables.get(name)
        if found is None or found.empty:
            return empty(name)
        known = set(self.corpus.article_ids)
        for column in {"article_id", "other_id"} & {c.name for c in TABLES[name].columns}:
            found = found[found[column].isin(known) | found[column].isna()]  # a statement not found has no article
        return found

    @cached_property
    def articles(self) -> dict[str, dict[str, Any]]:
        """Rows of the articles by id, with ``anchor`` and ``date`` as the page shows them."""
        rows = records(self.corpus.articles)
        return {
            row["article_id"]: {**row, "anchor": f"a{number}", "date": short_date(row)}
            for number, row in enumerate(rows, start=1)
        }

    @cached_property
    def outlets(self) -> dict[str, str]:
        """Outlets in alphabetical order, each with the class that the filters use."""
        return {name: f"o{n}" for n, name in enumerate(sorted(self.corpus.articles["outlet"].unique()))}

    @cached_property
    def events(self) -> dict[str, list[str]]:
        """Articles of each event: those with several reports first, by the first report's date; then the others.

        Articles that the table ``events`` does not know stand alone.
        """
        table = self.table("events")
        event_of = dict(zip(table["article_id"], table["event_id"], strict=True))
        members: dict[str, list[str]] = {}
        for article in self.articles:
            members.setdefault(event_of.get(article, f"alone: {article}"), []).append(article)
        ordered = {event: sorted(ids, key=self._moment) for event, ids in members.items()}
        return dict(sorted(ordered.items(), key=lambda item: (len(item[1]) == 1, self._moment(item[1][0]), item[0])))

    def _moment(self, article: str) -> tuple[bool, str, str, str]:
        row = self.articles[article]
        published = row["published"]
        return published is None, "" if published is None else str(published), row["outlet"], article

    @cached_property
    def families(self) -> dict[str, Family]:
        """Looks of the cue families that are highlighted; a cue on a label's own span is shown as that label."""
        place = ["article_id", "field", "start", "end"]
        cues = self.table("cues").merge(
            self.table("labels")[place].drop_duplicates(), on=place, how="left", indicator=True
        )
        return family_styles(cues.loc[cues["_merge"] == "left_only", "family"].unique())

    @cached_property
    def roles(self) -> dict[str, tuple[str, str]]:
        """Family and role (base, copy) of every article that has copies."""
        table = self.table("families")
        return dict(zip(table["article_id"], zip(table["family_id"], table["role"], strict=True), strict=True))
