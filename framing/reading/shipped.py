"""Finding corpora: a path, else one described in the package or the checkout; its texts there or in the cache."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pandas as pd

from framing.errors import CorpusError

__all__ = ["cache_folder", "described_corpus", "find_corpus", "is_here", "list_corpora", "read_gold"]

_DESCRIPTION = "corpus.toml"


def list_corpora() -> dict[str, Path]:
    """Return the corpora that the package describes; those with texts of others need `fetch_corpus` once.

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
    """Return the file or folder to read for a path or a corpus's name; its ``corpus.toml`` where it has one.

    Raises
    ------
    CorpusError
        If there is neither a file of that name nor such a corpus, or it was not fetched yet.
    """
    path = Path(source)
    if path.is_file() and path.name != _DESCRIPTION:
        return path
    if path.is_dir() and not (path / _DESCRIPTION).is_file():
        return path
    described = described_corpus(path.parent if path.is_file() else source)
    return described if _brings_texts(described) else _fetched(described)


def described_corpus(source: str | Path) -> Path:
    """Return the ``corpus.toml`` of a folder or of a corpus that the package describes.

    Raises
    ------
    CorpusError
        If there is none.
    """
    path = Path(source)
    if (path / _DESCRIPTION).is_file():
        return path / _DESCRIPTION
    shipped = list_corpora()
    if str(source) in shipped:
        return shipped[str(source)]
    known = ", ".join(shipped) or "none"
    raise CorpusError(f"{source}: no such file, and no shipped corpus or described one has this name. Known: {known}.")


def cache_folder(described: Path) -> Path:
    """Return where the texts of a fetched corpus are kept."""
    given = os.environ.get("FRAMING_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(given) if given else Path(base) / "framing") / described.parent.name


def is_here(described: Path) -> bool:
    """Tell whether the texts of a described corpus are on this machine, in the version described."""
    copy = cache_folder(described) / _DESCRIPTION
    return _brings_texts(described) or (copy.is_file() and copy.read_bytes() == described.read_bytes())


def _brings_texts(described: Path) -> bool:
    """Whether there is nothing to fetch, or this is the copy beside the fetched texts."""
    return cache_folder(described) == described.parent or "[fetch]" not in described.read_text("utf-8").split("\n")


def _fetched(described: Path) -> Path:
    if is_here(described):
        return cache_folder(described) / _DESCRIPTION
    name = described.parent.name
    raise CorpusError(
        f"{name}: its texts belong to others and are not shipped. Fetch them once: framing corpora fetch {name} "
        f"(or with --from FOLDER; 'framing corpora show {name}' says where they come from)."
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
