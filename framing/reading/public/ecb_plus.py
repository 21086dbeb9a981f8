"""ECB+: reports of 43 topics, each of two sister events (Cybulska and Vossen 2014)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from framing.reading.offsets import to_nfc
from framing.reading.public.converted import Converted

__all__ = ["convert_ecb_plus"]

_NO_SPACE_BEFORE = re.compile(r"[.,;:!?%)\]}…]|n't|'(?:s|re|ve|d|ll|m|S)|\.\.\.")
_NO_SPACE_AFTER = frozenset("([{$£€#")
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([^/\s]+)")


def convert_ecb_plus(folder: Path) -> Converted:
    """Convert ``ECB+_LREC2014/ECB+/<topic>/<topic>_<n>ecb[plus].xml``.

    The source holds tokens, so spaces and quotation marks are made up again and only approximate. The first sentence of
    an ``ecbplus`` file is the address; what follows is the title. ``ecb`` files have neither address nor outlet: theirs
    is "unknown". The event is the topic with ``ecb`` or ``plus``.
    """
    articles = []
    for path in sorted(folder.glob("ECB+_LREC2014/ECB+/*/*.xml"), key=lambda p: (int(p.parent.name), p.name)):
        sentences = _sentences(path)
        topic = path.parent.name
        plus = path.stem.endswith("plus")
        url = "".join(sentences.pop(0)) if plus and _is_address(sentences[0]) else None
        lines = [to_nfc(_joined(tokens)) for tokens in sentences]
        host = _HOST.match(url) if url else None
        articles.append(
            {
                "article_id": path.stem,
                "outlet": host[1] if host else "unknown",
                "title": lines[0],
                "text": "\n".join(lines[1:]) or lines[0],
                "url": url,
                "language": "en",
                "event_id": f"{topic}_{'plus' if plus else 'ecb'}",
                "topic": topic,
            }
        )
    events = [{"article_id": a["article_id"], "event_id": a["event_id"]} for a in articles]
    return Converted(articles, {"events": events})


def _sentences(path: Path) -> list[list[str]]:
    """Tokens of each sentence, in the order of the file."""
    found: dict[int, list[str]] = {}
    for token in ET.parse(path).getroot().iter("token"):  # noqa: S314 - checked against its sha256
        found.setdefault(int(token.get("sentence", "0")), []).append(token.text or "")
    return list(found.values())


def _is_address(tokens: list[str]) -> bool:
    return tokens[0].startswith("http") or "/" in tokens


def _joined(tokens: list[str]) -> str:
    out: list[str] = []
    for token in tokens:
        glued = out and (_NO_SPACE_BEFORE.fullmatch(token) or out[-1][-1:] in _NO_SPACE_AFTER)
        out += [token] if not out or glued else [" ", token]
    return "".join(out)
