"""From bytes to text: the stated encoding, a byte order mark, UTF-8, else what is likeliest."""

from __future__ import annotations

import codecs
import re
from collections import Counter
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

# One language's letters in one encoding. Latin encodings share most bytes, so that only the letters of a whole
# language tell them apart: è and ñ of Windows-1252 are č and ń of Windows-1250. First fit wins.
_LATIN = (
    ("cp1252", "äöüßé"),  # German
    ("cp1252", "éèêëàâäçôöûüùîïœæ"),  # French
    ("cp1252", "áéíóúüñç¿¡ºª"),  # Spanish
    ("cp1252", "ãõáâàéêíóôúçüºª"),  # Portuguese
    ("cp1252", "àèéìíîòóù"),  # Italian
    ("cp1252", "åäöæøéüèóëï"),  # Nordic, Dutch
    ("cp1252", "áéíóúýþæöð"),  # Icelandic
    ("cp1254", "çğıöşüâîûi̇"),  # Turkish
    ("cp1250", "ąćęłńóśźżé"),  # Polish
    ("cp1250", "áčďéěíňóřšťúůýžäĺľôŕ"),  # Czech, Slovak
    ("cp1250", "áéíóöőúüű"),  # Hungarian
    ("cp1250", "ăâîşţ"),  # Romanian
    ("cp1250", "čćđšž"),  # Croatian, Slovene
    ("iso8859_2", "ąćęłńóśźżé"),
    ("cp1257", "ąčęėįšųūžāēģīķļņōõäöü"),  # Baltic
    ("cp1252", "àáâãäåæçèéêëìíîïñòóôõöøùúûüýœšžß"),  # several Western ones
)
_MARKS_OF_ALL = set("«»‹›“”„‘’‚–—…•€£§°©®™·\xa0\xad")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_LEAST_ASCII = 2  # ASCII letters per other letter; in other scripts there are fewer


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
    if marked == "utf-8" and not stated and content[:4096].count(0) > len(content[:4096]) / 10:
        raise CorpusError(
            f"{path}: a binary file, not text, or UTF-16 without a mark (--encoding utf-16-le). "
            "Expected one article per row."
        )
    wrong = _first_wrong(content, stated or marked)
    if wrong is None:
        return stated or marked
    if b"\0" in content[:4096] and not stated and marked == "utf-8":
        raise CorpusError(f"{path}: a binary file, not text. Expected one article per row.")
    found = _likeliest(content, wrong) if guess and not stated and marked == "utf-8" else None
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


def _likeliest(content: bytes, wrong: int) -> str | None:
    sample = content[max(0, wrong - _SAMPLE) : wrong + _SAMPLE]
    lenient = sample.decode("utf-8", errors="replace")
    broken = lenient.count("\N{REPLACEMENT CHARACTER}")
    if sum(not char.isascii() for char in lenient) > 4 * broken:
        return None  # UTF-8 with a few broken bytes: any other encoding would garble the rest
    telling = b"\n".join(line for line in sample.split(b"\n") if not line.isascii())
    return _latin(telling) or _by_statistics(telling)


def _latin(sample: bytes) -> str | None:
    """Return the encoding in which all but 2 % of the letters beyond ASCII belong to one Latin language."""
    if len(_ASCII_LETTER.findall(sample)) < _LEAST_ASCII * sum(byte > 0xBF for byte in sample):
        return None
    fits = []
    for rank, (encoding, letters) in enumerate(_LATIN):
        counts = Counter(char for char in sample.decode(encoding, errors="replace") if not char.isascii())
        strange = sum(n for char, n in counts.items() if char not in _MARKS_OF_ALL and char.lower() not in letters)
        fits.append((strange, rank, encoding, counts.total()))
    strange, _, encoding, total = min(fits)
    return encoding if strange <= total / 50 else None


def _by_statistics(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only for legacy files

    best = from_bytes(sample).best()
    return best.encoding if best else None
