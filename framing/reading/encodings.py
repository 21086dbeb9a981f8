"""From bytes to text: the stated encoding, a byte order mark, UTF-8, else what is likeliest."""

from __future__ import annotations

import codecs
from pathlib import Path

from framing.errors import CorpusError, SettingsError

__all__ = ["decode", "find_encoding"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 500_000  # bytes either side of the first that is not UTF-8


def find_encoding(path: Path, content: bytes, stated: str | None, *, guess: bool) -> str:
    """Return the encoding in which all of the content can be decoded.

    Parameters
    ----------
    path : Path
        For messages.
    content : bytes
        The whole file.
    stated : str, optional
        What the user says; nothing else is tried then.
    guess : bool
        Whether a legacy encoding may be found by its statistics. JSON is UTF-8 by its standard.

    Raises
    ------
    CorpusError
        If there is none, or the content is no text.
    SettingsError
        If the stated encoding does not exist.
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        codecs.lookup(stated or marked)
    except LookupError:
        raise SettingsError(f"there is no encoding {stated!r}. Examples: utf-8, windows-1251.") from None
    wrong = _first_wrong(content, stated or marked)
    if wrong is None:
        return stated or marked
    found = _likeliest(path, content, wrong) if guess and not stated and marked == "utf-8" else None
    if found is None or _first_wrong(content, found) is not None:
        raise CorpusError(
            f"{path}: not {stated or marked.upper()}: byte 0x{content[wrong]:02x} at {wrong}. "
            "Name the encoding (--encoding windows-1252), or save the file as UTF-8."
        )
    return found


def decode(path: Path, content: bytes, stated: str | None, *, guess: bool) -> str:
    """Return the content as text; see `find_encoding`."""
    return content.decode(find_encoding(path, content, stated, guess=guess))


def _first_wrong(content: bytes, encoding: str) -> int | None:
    """Place of the first byte that cannot be decoded; None where all can."""
    if encoding.startswith("utf-8") and content.isascii():
        return None
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _likeliest(path: Path, content: bytes, wrong: int) -> str | None:
    if b"\0" in content[:4096]:
        raise CorpusError(f"{path}: a binary file, not text. Expected one article per row.")
    sample = content[max(0, wrong - _SAMPLE) : wrong + _SAMPLE]
    lenient = sample.decode("utf-8", errors="replace")
    broken = lenient.count("\N{REPLACEMENT CHARACTER}")
    if sum(not char.isascii() for char in lenient) > 4 * broken:
        return None  # UTF-8 with a few broken bytes: any other encoding would garble the rest
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only for legacy files

    best = from_bytes(sample).best()
    return best.encoding if best else None
