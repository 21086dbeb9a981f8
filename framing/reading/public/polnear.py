"""PolNeAR: attributions (source, cue, content) in US campaign news of 2015 and 2016 (Newell et al. 2018)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framing.reading.offsets import to_nfc
from framing.reading.public.converted import Converted, span

__all__ = ["convert_polnear"]

_OUTLETS = {
    "huff-post": "Huffington Post",
    "breitbart": "Breitbart",
    "nyt": "New York Times",
    "politico": "Politico",
    "wash-post": "Washington Post",
    "west-journal": "Western Journalism",
    "usa-today": "USA Today",
}
_ABSENT = {"None": None, "NA": None, "": None}  # written as words
_ROLES = ("Source", "Cue", "Content")


def convert_polnear(folder: Path) -> Converted:
    """Convert ``data/metadata.tsv``, ``data/*/text/*.txt`` and ``data/*/attributions/*.ann`` (brat stand-off).

    Only train, dev and test: the texts of the replication part are not in the repository. An article that several
    people annotated has rows of each in the gold, with ``coder``.
    """
    rows = csv.DictReader(io.StringIO((folder / "data/metadata.tsv").read_text("utf-8")), delimiter="\t")
    articles, attributions = [], []
    for row in rows:
        if row["compartment"] not in ("train", "dev", "test"):
            continue
        part = folder / "data" / row["compartment"]
        original = (part / "text" / f"{row['filename']}.txt").read_bytes().decode("utf-8")
        articles.append(
            {
                "article_id": row["filename"],
                "outlet": _OUTLETS[row["publisher"]],
                "title": to_nfc(row["title"]),
                "text": to_nfc(original),
                "published": row["publication_date"],
                "language": "en",
                "agency": _agency(row["wire"]),
                "credited_outlet": _ABSENT.get(row["credit"], row["credit"]),
                "author": _ABSENT.get(row["author"], row["author"]),
                "split": row["compartment"],
            }
        )
        for coder in row["annotators"].split("|"):
            notes = (part / "attributions" / f"{row['filename']}_{coder}.ann").read_text("utf-8")
            attributions += [{**s, "coder": coder} for s in _spans(row["filename"], original, notes)]
    return Converted(articles, {"attributions": attributions})


def _agency(wire: str) -> str | None:
    """Return the wire service; "h/t: …" thanks another outlet (``credited_outlet``)."""
    return None if wire in _ABSENT or wire.startswith("h/t") else wire.replace("reuters", "Reuters")


def _spans(article: str, original: str, notes: str) -> Iterator[dict[str, Any]]:
    """Spans of each attribution; one that is interrupted has several rows."""
    marks: dict[str, str] = {}
    relations: list[tuple[str, str]] = []
    for line in notes.split("\n"):
        name, _, rest = line.partition("\t")
        if name.startswith("T"):
            marks[name] = rest.split("\t")[0]
        elif name.startswith("E"):
            relations.append((name, rest))
    for name, relation in relations:
        for role, mark in re.findall(r"([A-Za-z]+)\d*:(T\d+)", relation):
            if role in _ROLES:
                for start, end in re.findall(r"(\d+) (\d+)", marks[mark].partition(" ")[2]):
                    place = span((article, "text"), original, int(start), int(end))
                    yield {**place, "role": role.lower(), "attribution_id": name}
