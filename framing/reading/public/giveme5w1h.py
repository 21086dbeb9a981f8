"""News clusters of Giveme5W1H: full articles of many outlets, grouped by hand into events (Hamborg et al. 2019)."""

from __future__ import annotations

import json
from pathlib import Path

from framing.reading.offsets import to_nfc
from framing.reading.public.converted import Converted

__all__ = ["convert_giveme5w1h"]


def convert_giveme5w1h(folder: Path) -> Converted:
    """Convert the news-please files of ``…/news_cluster/data``; the event is ``newsCluster.EventId``.

    Files without a text are left out.
    """
    articles = []
    for path in sorted(folder.glob("Giveme5W1H/examples/datasets/news_cluster/data/*.json")):
        raw = json.loads(path.read_text("utf-8"))
        cluster = raw["newsCluster"]
        if not (raw.get("text") or "").strip():
            continue
        articles.append(
            {
                "article_id": raw["dId"],
                "outlet": raw["source_domain"],
                "title": to_nfc(raw["title"] or ""),
                "text": to_nfc(raw["text"]),
                "published": raw["date_publish"],
                "url": raw["url"],
                "language": "en",  # the source says so, says nothing, or twice "de" of an English text
                "event_id": str(cluster["EventId"]),
                "event_name": cluster["Event"],
                "topic": cluster["Topic"],
                "category": cluster["Category"],
            }
        )
    events = [{"article_id": a["article_id"], "event_id": a["event_id"]} for a in articles]
    return Converted(articles, {"events": events})
