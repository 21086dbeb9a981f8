"""Unicode normalisation that can be undone for offsets."""

from __future__ import annotations

import unicodedata

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
    for end in _segment_ends(original):
        length = len(to_nfc(original[start:end]))
        if done + length > offset:
            return start if done == offset else min(start + (offset - done), end)
        done += length
        start = end
    return len(original)


def _segment_ends(text: str) -> list[int]:
    """Return the ends of the segments that normalise independently."""
    ends = [
        i for i in range(1, len(text)) if unicodedata.combining(text[i]) == 0 and _is_boundary(text[i - 1], text[i])
    ]
    return [*ends, len(text)] if text else []


def _is_boundary(before: str, after: str) -> bool:
    if before.isascii() and after.isascii():
        return True
    # Starters that compose with a preceding starter (Hangul vowels and finals, a few Indic signs) are NFC_QC=Maybe:
    # they stay in the segment. Such characters are exactly those that may change behind another character.
    return unicodedata.is_normalized("NFC", after) and not _may_compose_backward(after)


def _may_compose_backward(char: str) -> bool:
    code = ord(char)
    hangul = 0x1161 <= code <= 0x1175 or 0x11A8 <= code <= 0x11C2
    return hangul or code in _COMPOSING_STARTERS


# Starters with NFC_Quick_Check=Maybe outside Hangul (DerivedNormalizationProps.txt).
_COMPOSING_STARTERS = frozenset(
    [
        0x09BE,
        0x09D7,
        0x0B3E,
        0x0B56,
        0x0B57,
        0x0BBE,
        0x0BD7,
        0x0CC2,
        0x0CD5,
        0x0CD6,
        0x0D3E,
        0x0D57,
        0x0DCF,
        0x0DDF,
        0x102E,
        0x1B35,
        0x1133E,
        0x11357,
        0x114B0,
        0x114BA,
        0x114BD,
        0x115AF,
        0x11930,
    ]
)
