"""Optional embeddings of reports, as one more feature of a pair. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SettingsError
from framing.reading import Corpus
from framing.text import masked_texts

__all__ = ["Embedder", "embed_reports", "load_embedder", "unit_rows"]

Floats = npt.NDArray[np.float64]
Embedder = Callable[[Sequence[str]], Any]


def load_embedder(embed: str | Path | Embedder | None) -> Embedder | None:
    """Return the function that embeds texts: the given one, or that of a local sentence-transformers model.

    Raises
    ------
    SettingsError
        If the folder does not exist or the `embeddings` extra is not installed.
    """
    if embed is None or callable(embed):
        return embed
    if not Path(embed).is_dir():
        raise SettingsError(f"embed: {embed} is no folder. Give that of a sentence-transformers model on this machine.")
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra
    except ImportError:
        raise SettingsError("embed: needs the embeddings extra: pip install 'framing[embeddings]'.") from None
    model = SentenceTransformer(str(embed), local_files_only=True)
    return lambda texts: model.encode(list(texts), show_progress_bar=False)


def embed_reports(corpus: Corpus, masks: pd.DataFrame | None, embed: Embedder | None) -> Floats | None:
    """Return unit embeddings of title and text, masked spans left out; None without a model."""
    if embed is None:
        return None
    fields = masked_texts(corpus, masks)
    return unit_rows(
        embed, [f"{t}\n{x}" for t, x in zip(*(fields[n].values() for n in ("title", "text")), strict=True)]
    )


def unit_rows(embed: Embedder, texts: Sequence[str]) -> Floats:
    """Embed texts and scale each row to length 1.

    Raises
    ------
    SettingsError
        If the model does not give one finite vector per text.
    """
    rows = np.asarray(embed(texts), dtype=np.float64)
    if rows.ndim != 2 or len(rows) != len(texts) or not np.isfinite(rows).all():
        raise SettingsError(f"embed: expected one finite vector for each of {len(texts)} texts. Got {rows.shape}.")
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1.0))
