"""The corpus: a validated table of articles, where it came from, and what was set aside."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from framing.errors import CorpusError, SchemaError, SettingsError
from framing.reading.offsets import source_offset
from framing.schema import FIELDS, check, empty

__all__ = ["Corpus"]

_FINGERPRINTED = ["article_id", "outlet", "title", "text", "published", "event_id"]
_SHOWN = 10  # rows in the notebook view


@dataclass(frozen=True, eq=False)
class Corpus:
    """Articles of several outlets, validated once and never changed.

    Make one with `read_corpus`. All offsets in all results count code points of ``articles.title`` and
    ``articles.text``, which are NFC.

    Attributes
    ----------
    articles : DataFrame of shape (n_articles, 10 or more)
        Table ``articles`` of `framing.schema`, sorted by ``article_id``; further columns of the source are kept.
    quarantine : DataFrame
        Table ``quarantine``: rows of the source that could not be used, with the reason.
    provenance : mapping
        Source, sha256, column mapping, licence … as far as known.
    originals : mapping of (article_id, field) to str
        Texts as they were before NFC, for those that NFC changed.
    """

    articles: pd.DataFrame
    quarantine: pd.DataFrame = field(default_factory=lambda: empty("quarantine"))
    provenance: Mapping[str, Any] = field(default_factory=dict)
    originals: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "articles", check(self.articles, "articles"))
        object.__setattr__(self, "quarantine", check(self.quarantine, "quarantine"))
        object.__setattr__(self, "provenance", MappingProxyType(dict(self.provenance)))
        object.__setattr__(self, "originals", MappingProxyType(dict(self.originals)))

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def article_ids(self) -> list[str]:
        """Identifiers in table order."""
        return list(self.articles["article_id"])

    def texts(self, name: str = "text") -> dict[str, str]:
        """Return one field of every article, in table order.

        Parameters
        ----------
        name : {"text", "title"}
            The field.

        Returns
        -------
        dict of article_id to str
        """
        return dict(zip(self.articles["article_id"], self.articles[name], strict=True))

    @property
    def fingerprint(self) -> str:
        """Identify the content: sha256 over ids, outlets, titles, texts, times and gold events."""
        digest = hashlib.sha256()
        for row in self.articles[_FINGERPRINTED].astype(object).to_numpy():
            digest.update("\x1f".join("" if pd.isna(v) else str(v) for v in row).encode() + b"\x1e")
        return digest.hexdigest()

    def where(self, condition: Callable[[pd.DataFrame], Any] | None = None, /, **values: str | list[str]) -> Corpus:
        """Return the corpus of the articles that meet all conditions.

        Parameters
        ----------
        condition : callable, optional
            Takes ``articles``, returns one boolean per row.
        **values : str or list of str
            Column = allowed value or values.

        Raises
        ------
        SettingsError
            If a column does not exist.
        CorpusError
            If no article is left.

        Examples
        --------
        >>> corpus.where(outlet=["Harbour Gazette", "Prairie Courier"])  # doctest: +SKIP
        >>> corpus.where(lambda a: a.published >= "2021-08-20")  # doctest: +SKIP
        """
        keep = np.ones(len(self), dtype=bool)
        if condition is not None:
            keep &= np.asarray(condition(self.articles), dtype=bool)
        for column, allowed in values.items():
            if column not in self.articles.columns:
                raise SettingsError(
                    f"where: there is no column {column!r}. Columns: {', '.join(self.articles.columns)}."
                )
            wanted = [allowed] if isinstance(allowed, str) else list(allowed)
            keep &= self.articles[column].isin(wanted).to_numpy(dtype=bool)
        if not keep.any():
            raise CorpusError(f"where: none of the {len(self)} articles meets the conditions {values or condition}.")
        return replace(self, articles=self.articles[keep])

    def check_spans(self, table: pd.DataFrame, prefix: str = "") -> pd.DataFrame:
        """Return the table if each of its spans holds exactly its surface in this corpus.

        Parameters
        ----------
        table : DataFrame
            Any span table of `framing.schema`.
        prefix : str
            ``""`` for ``article_id, field, start, end, surface``; ``"other_"`` for the other span of a pair.

        Raises
        ------
        SchemaError
            Naming the first row whose ``text[start:end]`` is not its ``surface``.
        """
        texts = {name: self.texts(name) for name in FIELDS}
        id_column = f"{prefix}id" if prefix else "article_id"
        columns = [id_column, *(f"{prefix}{c}" for c in ("field", "start", "end", "surface"))]
        rows = table[columns].dropna()
        for article, name, start, end, surface in zip(*(rows[c] for c in columns), strict=True):
            found = texts[name].get(article, "")[start:end]
            if found != surface:
                raise SchemaError(
                    f"span of article {article!r}, {name}[{start}:{end}]: the surface must be the text there. "
                    f"Got {surface!r}, the text has {found!r}. Was the table made from another corpus?"
                )
        return table

    def to_source_offsets(self, article_id: str, name: str, start: int, end: int) -> tuple[int, int]:
        """Map a span of the NFC text back to the text as it was read.

        Parameters
        ----------
        article_id, name
            The article and its field (``"text"`` or ``"title"``).
        start, end : int
            Span in code points of the NFC text.

        Returns
        -------
        (int, int)
            The same span in code points of the source text; equal to the input where NFC changed nothing.
        """
        original = self.originals.get((article_id, name))
        if original is None:
            return start, end
        return source_offset(original, start), source_offset(original, end)

    def __repr__(self) -> str:
        outlets = self.articles["outlet"].nunique()
        return f"Corpus({len(self)} articles, {outlets} outlets, {len(self.quarantine)} rows in quarantine)"

    def _repr_html_(self) -> str:
        head = self.articles.head(_SHOWN)
        shown = head[["article_id", "outlet", "published", "title"]].assign(published=_as_known(head))
        rows = shown.rename(columns={"published": "published (UTC)"}).to_html(index=False, escape=True, border=0)
        left = re.sub("<(t[dh])>", r'<\1 style="text-align:left">', rows)  # Jupyter's style sheets align to the right
        more = f"<p>… and {len(self) - _SHOWN} more</p>" if len(self) > _SHOWN else ""
        return f"<p>{html.escape(repr(self))}</p>{left}{more}"


def _as_known(articles: pd.DataFrame) -> pd.Series[str]:
    """Write times as precisely as they are known: a day, a minute, or nothing."""
    published = articles["published"]
    minutes = published.dt.strftime("%Y-%m-%d %H:%M")
    to_day = articles["published_precision"].eq("day").fillna(value=False)
    return minutes.mask(to_day, published.dt.strftime("%Y-%m-%d")).fillna("")
