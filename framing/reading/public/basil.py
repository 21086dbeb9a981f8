"""BASIL: triplets of reports with spans of lexical and informational bias (Fan et al. 2019, second release)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framing.errors import CorpusError
from framing.reading.offsets import to_nfc
from framing.reading.public.converted import Converted, span

__all__ = ["convert_basil"]

_OUTLETS = {"nyt": "New York Times", "fox": "Fox News", "hpo": "HuffPost"}  # written in either case
_BIAS = {"lex": "lexical", "inf": "informational"}


def convert_basil(folder: Path) -> Converted:
    """Convert ``articles/YYYY/*.json`` and ``annotations/YYYY/*_ann.json``.

    The identifier is the file's name, because ``uuid`` is given twice. Sentences of a paragraph are joined with a
    space, paragraphs with a line feed; an annotation's ``p7`` is the seventh sentence of all, from zero.
    """
    articles, bias = [], []
    for path in sorted(folder.glob("articles/*/*.json")):
        raw = json.loads(path.read_text("utf-8"))
        sentences = [sentence for paragraph in raw["body-paragraphs"] for sentence in paragraph]
        text = "\n".join(" ".join(map(to_nfc, paragraph)) for paragraph in raw["body-paragraphs"])
        article = {
            "article_id": path.stem,
            "outlet": _OUTLETS[raw["source"].lower()],
            "title": to_nfc(raw["title"]),
            "text": text,
            "published": raw["date"],
            "url": raw["url"],
            "language": "en",
            "event_id": raw["triplet-uuid"],
            "event_name": raw["main-event"],
            "main_entities": "; ".join(raw["main-entities"]),
        }
        articles.append(article)
        marked = folder / "annotations" / path.parent.name / f"{path.stem}_ann.json"
        notes = json.loads(marked.read_text("utf-8"))
        bias += [_bias(note, article, raw["title"], sentences) for note in notes["phrase-level-annotations"]]
    return Converted(articles, {"bias": bias, "events": _events(articles)})


def _bias(note: Mapping[str, Any], article: Mapping[str, Any], title: str, sentences: list[str]) -> dict[str, Any]:
    if note["id"] == "title":
        place = span((article["article_id"], "title"), title, note["start"], note["end"])
    else:
        number = int(note["id"].removeprefix("p"))
        # Joined with one character either way, so the lengths alone say where a sentence begins.
        within = sum(len(to_nfc(sentence)) + 1 for sentence in sentences[:number])
        place = span((article["article_id"], "text"), sentences[number], note["start"], note["end"], within=within)
    if place["surface"] != to_nfc(note["txt"]):
        raise CorpusError(f"{article['article_id']}: annotation {note['id']} does not hold its text.")
    return {
        **place,
        "kind": _BIAS[note["bias"]],
        "target": note["target"],
        "polarity": note["polarity"],
        "aim": note["aim"],
        "quoted": note["quote"],
        "speaker": note["speaker"],
    }


def _events(articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: article[name] for name in ("article_id", "event_id")} for article in articles]
