"""Plain-text exports of news archives: Nexis and Factiva."""

from __future__ import annotations

import re
from collections.abc import Iterator

from framing.errors import CorpusError
from framing.reading.rows import Fault, RawRow

__all__ = ["read_archive"]

# "12 of 300 DOCUMENTS", "Dokument 12 von 300", "12 de 300 DOCUMENTS", "Document 12 sur 300"
_NEXIS_HEAD = re.compile(
    r"^[ \t]*(?:\d+ (?:of|von|de|sur) \d+ (?:DOCUMENTS?|DOKUMENTEN?)"
    r"|(?:DOCUMENT|DOKUMENT) \d+ (?:of|von|de|sur) \d+)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_NEXIS_TAGS = {
    "length": ("LENGTH", "LÄNGE", "LONGUEUR"),
    "byline": ("BYLINE", "AUTOR", "AUTEUR"),
    "section": ("SECTION", "RUBRIK", "RUBRIQUE"),
    "headline": ("HEADLINE", "TITEL", "TITRE"),
    "highlight": ("HIGHLIGHT",),
    "dateline": ("DATELINE",),
    "language": ("LANGUAGE", "SPRACHE", "LANGUE"),
    "load": ("LOAD-DATE", "UPDATE", "DATE-CHARGEMENT"),
    "type": ("PUBLICATION-TYPE", "PUBLICATION-TYP", "ZEITUNGSTYP", "TYPE-PUBLICATION", "TYPE DE PUBLICATION"),
    "journal": ("JOURNAL-CODE", "CODE-REVUE"),
    "graphic": ("GRAPHIC", "GRAFIK", "GRAPHIQUE", "ILLUSTRATION"),
    "copyright": ("COPYRIGHT",),
    "classified": (
        "SUBJECT",
        "ORGANIZATION",
        "COMPANY",
        "PERSON",
        "TICKER",
        "INDUSTRY",
        "GEOGRAPHIC",
        "CITY",
        "STATE",
        "COUNTRY",
        "CORRECTION-DATE",
        "DOCUMENT-TYPE",
        "DISTRIBUTION",
        "ACC-NO",
        "URL",
    ),
}
_CLOSING = ("language", "load", "type", "journal", "graphic", "copyright", "classified")  # tags below the body
_NEXIS_TAG_OF = {tag: name for name, tags in _NEXIS_TAGS.items() for tag in tags}
_NEXIS_TAG = re.compile(
    r"^[ \t]*(" + "|".join(sorted(map(re.escape, _NEXIS_TAG_OF), key=len, reverse=True)) + r"):[ \t]*(.*)$"
)
_COPYRIGHT = re.compile(r"^[ \t]*(?:Copyright\b|©|All Rights Reserved|Alle Rechte vorbehalten|Tous droits réservés)")
_DATE_LINE = re.compile(r"(\d{1,2}(?:\.|er)?\s+[^\W\d]+\.?\s+\d{4}|[^\W\d]+\.?\s+\d{1,2},\s+\d{4})")
_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "francais": "fr",
    "spanish": "es", "español": "es", "russian": "ru", "русский": "ru", "turkish": "tr", "ukrainian": "uk",
    "italian": "it", "dutch": "nl", "portuguese": "pt", "polish": "pl", "arabic": "ar", "chinese": "zh",
}  # fmt: skip

_FACTIVA_CODES = (
    "SE HD BY CR WC PD ET SN SC ED PG LA CY LP TD ART CO IN NS RE IPC IPD PUB AN VOL CT RF CLM".split()  # noqa: SIM905
)
_FACTIVA_LINE = re.compile(rf"^[ \t]{{0,3}}({'|'.join(_FACTIVA_CODES)})(?:([ \t]{{1,8}})(.*))?$")
_FACTIVA_NO_WORDS = ("TD", "IPC", "IPD", "PUB", "ART", "CLM", "VOL")
_FACTIVA_CLASSES = re.compile(r"\S+ : |Document \w{15,}")  # what follows CO, IN, NS, RE and AN
_FACTIVA_END = re.compile(r"^[ \t]*Document ([A-Za-z]\w{15,})[ \t]*$")


def read_archive(name: str, text: str) -> tuple[list[RawRow], list[Fault], str]:
    """Read the articles of a Nexis or Factiva text export.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    text : str
        Its content.

    Returns
    -------
    rows, faults, dialect
        Raw rows with our column names, documents that could not be read, and ``"Nexis"`` or ``"Factiva"``.

    Raises
    ------
    CorpusError
        If it is neither.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _NEXIS_HEAD.search(text):
        return *_documents(_nexis(text)), "Nexis"
    codes = {m[1] for line in text.split("\n") if (m := _FACTIVA_LINE.match(line))}
    if {"HD", "SN", "PD"} <= codes and codes & {"LP", "TD"}:
        return *_documents(_factiva(text)), "Factiva"
    raise CorpusError(
        f"{name}: a text file that is neither a Nexis export (lines such as '1 of 20 DOCUMENTS') nor a Factiva export "
        "(lines that begin with HD, SN, PD, LP, TD). Put single articles into a folder of .txt files with a metadata "
        "CSV."
    )


def _documents(found: Iterator[dict[str, str]]) -> tuple[list[RawRow], list[Fault]]:
    rows: list[RawRow] = []
    faults: list[Fault] = []
    for number, values in enumerate(found, start=1):
        if "fault" in values:
            faults.append(Fault(number, None, "unreadable document", values["fault"]))
        else:
            rows.append((number, values))
    return rows, faults


def _nexis(text: str) -> Iterator[dict[str, str]]:
    heads = [*_NEXIS_HEAD.finditer(text)]
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        yield _nexis_document(text[head.end() : following.start() if following else len(text)])


def _nexis_document(block: str) -> dict[str, str]:
    """One document: outlet, date and headline above LENGTH, the body below it, tags again at the end."""
    lines = [line.strip() for line in block.split("\n")]
    tags: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines):
        if (match := _NEXIS_TAG.match(line)) and _NEXIS_TAG_OF[match[1]] not in tags:
            tags[_NEXIS_TAG_OF[match[1]]] = (number, _paragraph(lines, number, match[2]))
    if "length" not in tags:
        return {"fault": f"no LENGTH line (LÄNGE, LONGUEUR) in {' '.join(block.split())[:80]!r}"}
    length_at = tags["length"][0]
    blocks = _blocks(lines[:length_at])
    dated = next((k for k, block in enumerate(blocks) if k and _DATE_LINE.search(block)), None)
    outlet = blocks[0] if blocks else ""
    # Below the date an edition may stand before the headline; the headline is the last block.
    title = tags["headline"][1] if "headline" in tags else blocks[-1] if len(blocks) > (dated or 0) + 1 else ""
    values = {
        "outlet": outlet,
        "title": _without_byline(title, tags.get("byline", (0, ""))[1]),
        "published": _DATE_LINE.search(blocks[dated])[1] if dated is not None else "",  # type: ignore[index]
        "text": "\n".join(_nexis_body(lines[length_at + 1 :])),
        "language": _language(tags.get("language", (0, ""))[1]),
    }
    return values | {name: tags[name][1] for name in ("byline", "section", "length") if name in tags}


def _blocks(lines: list[str]) -> list[str]:
    """Blocks of lines between empty ones, each joined, without tagged blocks and copyright."""
    kept = ["" if _NEXIS_TAG.match(line) or _COPYRIGHT.match(line) else line for line in lines]
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", "\n".join(kept)) if block.strip()]


def _paragraph(lines: list[str], number: int, first: str) -> str:
    """Return a tag's value: the rest of its line and the lines up to the next empty one."""
    value = [first]
    for line in lines[number + 1 :]:
        if not line or _NEXIS_TAG.match(line):
            break
        value.append(line)
    return " ".join(part for part in value if part)


def _without_byline(title: str, byline: str) -> str:
    return title[: -len(byline)].strip() if byline and title.endswith(byline) else title


def _nexis_body(lines: list[str]) -> list[str]:
    """Paragraphs after LENGTH, without the tagged blocks that follow it at once and those that close the document.

    Only blocks at the two ends are tags: a line such as "UPDATE: …" inside a report is part of it.
    """
    blocks = [block for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]
    while blocks and _NEXIS_TAG.match(blocks[0].lstrip("\n")):
        del blocks[0]
    while blocks and _closes(blocks[-1].lstrip("\n")):
        del blocks[-1]
    return [" ".join(block.split()) for block in blocks]


def _closes(block: str) -> bool:
    if _COPYRIGHT.match(block):
        return True
    tag = _NEXIS_TAG.match(block.split("\n", 1)[0])
    return tag is not None and _NEXIS_TAG_OF[tag[1]] in _CLOSING


def _language(value: str) -> str:
    words = re.findall(r"[^\W\d]+", value.lower())
    return next((_LANGUAGES[w] for w in words if w in _LANGUAGES), "")


def _factiva(text: str) -> Iterator[dict[str, str]]:
    fields: dict[str, list[str]] = {}
    code = ""
    for line in text.split("\n"):
        end = _FACTIVA_END.match(line)
        if end:
            fields.setdefault("AN", []).append(line.strip())
            yield _factiva_document(fields)
            fields, code = {}, ""
            continue
        match = _FACTIVA_LINE.match(line)
        if match and (code not in ("LP", "TD") or _ends_body(match)):
            if match[1] in ("HD", "SE") and "HD" in fields:  # no Document line closed the last one
                yield _factiva_document(fields)
                fields = {}
            code = match[1]
            fields.setdefault(code, []).append((match[3] or "").strip())
        elif code:
            fields[code].append(line.strip())
    if "HD" in fields:
        yield _factiva_document(fields)


def _ends_body(match: re.Match[str]) -> bool:
    """Tell the field that follows a body from a line of it, such as "IN THE END" or "AN OFFICIAL said"."""
    code, gap, value = match[1], match[2] or "", match[3]
    return code in _FACTIVA_NO_WORDS or not value or "\t" in gap or len(gap) > 1 or bool(_FACTIVA_CLASSES.match(value))


def _factiva_document(fields: dict[str, list[str]]) -> dict[str, str]:
    if "HD" not in fields or not fields.keys() & {"LP", "TD"}:
        head = " ".join(part for lines in fields.values() for part in lines)
        return {"fault": f"no headline (HD) or no text (LP, TD) in {head[:80]!r}"}
    number = re.search(r"\w{15,}", " ".join(fields.get("AN", [])))
    values = {
        "title": _joined(fields, "HD"),
        "outlet": _joined(fields, "SN"),
        "published": _joined(fields, "PD"),
        "text": "\n".join(p for code in ("LP", "TD") for p in _paragraphs(fields.get(code, []))),
        "language": _language(_joined(fields, "LA")),
        "byline": _joined(fields, "BY"),
        "length": _joined(fields, "WC"),
        "time": _joined(fields, "ET"),
    }
    return values | ({"article_id": number.group()} if number else {})


def _joined(fields: dict[str, list[str]], code: str) -> str:
    return " ".join(part for part in fields.get(code, []) if part)


def _paragraphs(lines: list[str]) -> list[str]:
    return [" ".join(p.split()) for p in re.split(r"\n\s*\n", "\n".join(lines)) if p.strip()]
