"""What a converter returns, and spans that hold after Unicode normalisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from framing.errors import CorpusError
from framing.reading.offsets import to_nfc

__all__ = ["Converted", "span"]


@dataclass(frozen=True)
class Converted:
    """A corpus in our columns.

    Attributes
    ----------
    articles : sequence of mapping
        At least ``article_id, outlet, title, text``; texts are NFC.
    gold : mapping of str to sequence of mapping
        Gold tables by name, offsets in code points of the NFC text.
    """

    articles: Sequence[Mapping[str, Any]]
    gold: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def span(place: tuple[str, str], original: str, start: int, end: int, *, within: int = 0) -> dict[str, Any]:
    """Turn a span of an original text into one of its NFC form.

    Parameters
    ----------
    place : (str, str)
        Article and field.
    original : str
        Text that the offsets count.
    start, end : int
        Code points of ``original``.
    within : int
        Where the NFC form of ``original`` begins in the field.
    """
    if not 0 <= start < end <= len(original):
        raise CorpusError(f"{place[0]}: {start} to {end} is no span of a text of {len(original)} characters.")
    first, surface = len(to_nfc(original[:start])), to_nfc(original[start:end])
    return {
        "article_id": place[0],
        "field": place[1],
        "start": within + first,
        "end": within + first + len(surface),
        "surface": surface,
    }
