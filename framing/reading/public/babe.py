"""BABE: single sentences that experts judged biased or not, with the words they marked (Spinde et al. 2021)."""

from __future__ import annotations

import ast
import csv
import io
import re
from pathlib import Path
from typing import Any

from framing.reading.offsets import to_nfc
from framing.reading.public.converted import Converted, span

__all__ = ["convert_babe"]


def convert_babe(folder: Path) -> Converted:
    """Convert ``data/final_labels_SG2.csv`` (five experts); the other sets hold the same sentences again.

    The source lists the marked words without offsets. A word that the sentence holds once, as a word, becomes a span;
    one that it holds more than once or not at all is left out of the spans and kept in ``biased_words``.
    """
    content = (folder / "data/final_labels_SG2.csv").read_bytes().decode("utf-8-sig")
    articles: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for number, row in enumerate(csv.DictReader(io.StringIO(content, newline=""), delimiter=";")):
        marked = sorted({to_nfc(str(word)) for word in ast.literal_eval(row["biased_words"])})
        text = to_nfc(row["text"].strip())
        name = f"SG2-{number:04d}"
        article = {
            "article_id": name,
            "outlet": row["outlet"],
            "title": "",
            "text": text,
            "url": row["news_link"],
            "language": "en",
            "topic": row["topic"],
            "leaning": row["type"] or None,
            "label_bias": row["label_bias"],
            "label_opinion": row["label_opinion"],
            "biased_words": "; ".join(marked),
        }
        articles.append(article)
        for word in marked:
            places = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)]
            if word and len(places) == 1:
                words.append(span((name, "text"), text, *places[0]))
    return Converted(articles, {"biased_words": words})
