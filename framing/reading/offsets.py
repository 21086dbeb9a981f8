"""Unicode normalisation that can be undone for offsets."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache, lru_cache

__all__ = ["source_offset", "to_nfc"]


def to_nfc(text: str) -> str:
    """Return the text in Unicode normalisation form C."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def source_offset(original: str, offset: int) -> int:
    """Return the place in ``original`` that corresponds to ``offset`` in its NFC form.

    The text is normalised segment by segment; a segment ends before a starter that cannot combine with what
    precedes it, so that NFC of the whole is the concatenation of its segments' NFC (UAX 15, section 9.1). An
    offset inside a composed segment maps to the segment's end.
    """
    done = 0
    start = 0
    for end, length in _segments(original):
        if done + length > offset:
            return start if done == offset else min(start + (offset - done), end)
        done += length
        start = end
    return len(original)


@lru_cache(maxsize=32)
def _segments(text: str) -> list[tuple[int, int]]:
    """Return where the segments end that normalise independently, and their lengths after NFC."""
    ends = [
        i for i in range(1, len(text)) if unicodedata.combining(text[i]) == 0 and _is_boundary(text[i - 1], text[i])
    ]
    if not text:
        return []
    pieces = zip([0, *ends], [*ends, len(text)], strict=True)
    return [(end, len(to_nfc(text[start:end]))) for start, end in pieces]


def _is_boundary(before: str, after: str) -> bool:
    if before.isascii() and after.isascii():
        return True
    # Starters that compose with a preceding starter (Hangul vowels and finals, a few Indic signs) are NFC_QC=Maybe:
    # they stay in the segment. Such characters are exactly those that may change behind another character.
    return unicodedata.is_normalized("NFC", after) and not _may_compose_backward(after)


def _may_compose_backward(char: str) -> bool:
    code = ord(char)
    hangul = 0x1161 <= code <= 0x1175 or 0x11A8 <= code <= 0x11C2
    return hangul or char in _composing_starters()


@cache
def _composing_starters() -> frozenset[str]:
    """Starters outside Hangul that NFC may join to what precedes them, in this Python's version of Unicode.

    They are the second halves of canonical decompositions.
    """
    pairs = (unicodedata.decomposition(chr(code)).split() for code in range(sys.maxunicode + 1))
    second = (chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<"))
    return frozenset(char for char in second if unicodedata.combining(char) == 0)
