"""Finding corpora: a path, else a corpus shipped in the package, else one in the checkout."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pandas as pd

from framing.errors import CorpusError

__all__ = ["find_corpus", "list_corpora", "read_gold"]

_DESCRIPTION = "corpus.toml"


def list_corpora() -> dict[str, Path]:
    """Return the shipped corpora.

    Returns
    -------
    dict of str to Path
        Name and ``corpus.toml`` of each, sorted by name.
    """
    found: dict[str, Path] = {}
    for root in _roots():
        for described in sorted(root.glob(f"*/{_DESCRIPTION}")):
            found.setdefault(described.parent.name, described)
    return dict(sorted(found.items()))


def find_corpus(source: str | Path) -> Path:
    """Return the file or folder to read for a path or a shipped corpus's name; its ``corpus.toml`` where it has one.

    Raises
    ------
    CorpusError
        If there is neither a file of that name nor a shipped corpus.
    """
    path = Path(source)
    if path.is_dir():
        if (path / _DESCRIPTION).is_file():
            return path / _DESCRIPTION
        return path
    if path.is_file():
        return path
    shipped = list_corpora()
    if str(source) in shipped:
        return shipped[str(source)]
    raise CorpusError(
        f"{source}: no such file, and no shipped corpus has this name. Shipped: {', '.join(shipped) or 'none'}."
    )


def read_gold(source: str | Path, name: str) -> pd.DataFrame:
    """Read a gold table that a described corpus brings.

    Parameters
    ----------
    source : str or Path
        Name of a shipped corpus, or its folder.
    name : str
        Key of ``[gold]`` in its ``corpus.toml``: events, labels, edits …

    Returns
    -------
    DataFrame
        Offsets as integers (missing ones as NA), the rest as text; empty cells of text are ``""``.

    Raises
    ------
    CorpusError
        If the corpus brings no such table.
    """
    described = find_corpus(source)
    if described.name != _DESCRIPTION:
        raise CorpusError(f"{source}: no {_DESCRIPTION} there, so no gold is described.")
    tables = tomllib.loads(described.read_text("utf-8")).get("gold", {})
    if name not in tables:
        raise CorpusError(f"{source}: there is no gold table {name!r}. Tables: {', '.join(tables) or 'none'}.")
    frame = pd.read_csv(described.parent / tables[name], dtype=str, keep_default_na=False)
    offsets = [c for c in frame.columns if c.endswith(("start", "end"))]
    return frame.assign(**{c: pd.to_numeric(frame[c].replace("", None)).astype("Int64") for c in offsets})


def _roots() -> Iterator[Path]:
    """Folders that hold shipped corpora: the packaged copy first, then the checkout's."""
    package = Path(str(files("framing")))
    yield package / "reading" / "corpora"
    yield package.parent / "corpora"
