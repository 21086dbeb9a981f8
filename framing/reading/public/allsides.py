"""AllSides headline round-ups: one story as a left, a centre and a right outlet lead it (Lee et al. 2022)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from framing.reading.offsets import to_nfc
from framing.reading.public.converted import Converted

__all__ = ["convert_allsides"]


def convert_allsides(folder: Path) -> Converted:
    """Convert ``data/raw_crawled/headline_11_2021-10-19_crawled_all.jsonl``, one round-up a line.

    ``published`` is the day of the round-up, not of the article. The editors' own summary is left out: it is no report
    of an outlet.
    """
    content = (folder / "data/raw_crawled/headline_11_2021-10-19_crawled_all.jsonl").read_text("utf-8")
    found = [article for line in content.split("\n") if line for article in _articles(json.loads(line))]
    articles = list({article["article_id"]: article for article in found}.values())
    events = [{"article_id": a["article_id"], "event_id": a["event_id"]} for a in articles]
    return Converted(articles, {"events": events})


def _articles(roundup: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for leaning, news in sorted(roundup["news"].items()):
        text = to_nfc("\n".join(part.strip() for part in news["newBody"] if part.strip()))
        if text:
            yield {
                "article_id": f"{roundup['id']}_{leaning}",
                "outlet": news["newsSource"],
                "title": to_nfc(news["newsTitle"] or ""),
                "text": text,
                "published": roundup["date"][:10],
                "url": news["newsLink"],
                "language": "en",
                "event_id": roundup["link"],
                "event_name": roundup["issue"],
                "topic": roundup["topic"],
                "leaning": leaning,
            }
