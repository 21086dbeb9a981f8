"""Fetching public corpora whose texts may not be shipped: download or copy, check every file, convert.

The only place of the package that ever opens a network connection, and only when `fetch_corpus` is called.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import time
import tomllib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPResponse
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

import pandas as pd

from framing.errors import CorpusError
from framing.execution import progress
from framing.reading.public import CONVERTERS
from framing.reading.shipped import cache_folder, described_corpus
from framing.reading.writing import write_bytes

__all__ = ["fetch_corpus"]

_SUMS = "SHA256SUMS"
_TIMEOUT = 60  # seconds without an answer
_AT_ONCE = 4  # files downloaded side by side
_CHUNK = 1 << 16
_PAUSES = (1, 5, 15)  # seconds before a busy or failing server is asked again
_PASSING = (429, 500, 502, 503, 504)
_SHOWN = 20  # faulty files named in one message


def fetch_corpus(name: str | Path, *, source: str | Path | None = None) -> Path:
    """Bring a described public corpus onto this machine, so that `read_corpus` and `read_gold` find it by name.

    Each raw file is checked against the sha256 that the description states, and so are the articles made of them. What
    is there already is kept: an interrupted fetch goes on where it stopped.

    Parameters
    ----------
    name : str or Path
        Name of a corpus that `list_corpora` lists, or the folder of a ``corpus.toml`` with ``[fetch]``.
    source : str or Path, optional
        Folder that holds the raw files as their repository does; nothing is downloaded then. By default the folder
        ``$FRAMING_DATA/<name>`` where there is one, else the network.

    Returns
    -------
    Path
        The folder with ``corpus.toml``, ``articles.jsonl`` and ``gold/``: in ``$FRAMING_CACHE``, else in
        ``$XDG_CACHE_HOME/framing``, else in ``~/.cache/framing``.

    Raises
    ------
    CorpusError
        If there is no such corpus, its articles are shipped with the package, files are missing or differ from their
        sha256 (all are named), or the network cannot be reached.

    Examples
    --------
    >>> fetch_corpus("basil")  # doctest: +SKIP
    >>> corpus = read_corpus("basil")  # doctest: +SKIP
    """
    described = described_corpus(name)
    details = tomllib.loads(described.read_text("utf-8"))
    if "fetch" not in details:
        raise CorpusError(f"{name}: its articles are here already; there is nothing to fetch.")
    home = cache_folder(described)
    sums = _sums(described.parent / _SUMS)
    local = _local(source, described.parent.name)
    if local is None:
        _download(details["fetch"], sums, home / "raw")
    raw = local or home / "raw"
    _check(raw, sums)
    _convert(details, raw, home)
    write_bytes(home / described.name, described.read_bytes())  # last: it says that the rest is complete
    return home


def _local(source: str | Path | None, name: str) -> Path | None:
    if source is not None:
        if not Path(source).is_dir():
            raise CorpusError(f"{source}: no such folder. Give the folder that holds the raw files of {name}.")
        return Path(source)
    data = os.environ.get("FRAMING_DATA")
    return Path(data) / name if data and (Path(data) / name).is_dir() else None


def _sums(path: Path) -> dict[str, str]:
    """Sha256 by path, from the format of ``sha256sum``."""
    rows = (line.split("  ", 1) for line in path.read_text("utf-8").split("\n") if line)
    sums = {name: digest for digest, name in rows}
    outside = [name for name in sums if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
    if outside:
        raise CorpusError(f"{path}: {outside[0]!r} lies outside the folder; paths must stay inside it.")
    return sums


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(folder: Path, sums: Mapping[str, str]) -> None:
    faults = [f"{name}: missing" for name in sums if not (folder / name).is_file()]
    faults += [
        f"{name}: sha256 is {_sha256(folder / name)}, stated is {digest}"
        for name, digest in sums.items()
        if (folder / name).is_file() and _sha256(folder / name) != digest
    ]
    if faults:
        more = f"\n  … and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise CorpusError(
            f"{folder}: {len(faults)} of {len(sums)} files are missing or differ from those described:\n  "
            + "\n  ".join(faults[:_SHOWN])
            + f"{more}\nThe folder must hold the repository at the commit that corpus.toml names."
        )


def _download(fetch: Mapping[str, Any], sums: Mapping[str, str], folder: Path) -> None:
    wanted = [name for name, digest in sums.items() if not _same(folder / name, digest)]
    addresses = [fetch["url"].format(commit=fetch["commit"], path=quote(name)) for name in wanted]
    for address in addresses[:1]:
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise CorpusError(f"{address}: only https addresses are fetched.")
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        done = threads.map(_download_file, addresses, [folder / name for name in wanted])
        try:
            for _ in progress(done, "fetching", len(wanted)):
                pass
        except (OSError, HTTPException) as error:  # URLError and HTTPError are OSErrors
            threads.shutdown(cancel_futures=True)
            reason = f"HTTP status {error.code}" if isinstance(error, HTTPError) else getattr(error, "reason", error)
            raise CorpusError(
                f"{urlsplit(addresses[0]).hostname}: cannot be fetched: {reason}. Call it again to go on, or bring the "
                "files yourself: --from FOLDER, or $FRAMING_DATA/<name>."
            ) from None


def _same(path: Path, digest: str) -> bool:
    return path.is_file() and _sha256(path) == digest


def _download_file(address: str, path: Path) -> None:
    """Download to ``<name>.part``, from where an earlier call stopped, and rename when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    begun = part.stat().st_size if part.is_file() else 0
    try:
        answer = _answer(address, begun)
    except HTTPError as error:
        if error.code != 416:  # the part is whole already, or no part of this file: begin again
            raise
        part.unlink()
        answer = _answer(address, 0)
    left = int(answer.headers.get("Content-Length", -1))
    with answer, part.open("ab" if answer.status == 206 else "wb") as file:
        while chunk := answer.read(_CHUNK):
            left -= file.write(chunk)
    if left > 0:
        raise URLError("the connection broke off")
    part.replace(path)


def _answer(address: str, begun: int) -> HTTPResponse:
    headers = {"User-Agent": "framing", **({"Range": f"bytes={begun}-"} if begun else {})}
    asked = Request(address, headers=headers)  # noqa: S310 - https only
    for pause in _PAUSES:
        try:
            return cast("HTTPResponse", urlopen(asked, timeout=_TIMEOUT))  # noqa: S310 - https only
        except HTTPError as error:
            if error.code not in _PASSING:
                raise
            time.sleep(pause)
    return cast("HTTPResponse", urlopen(asked, timeout=_TIMEOUT))  # noqa: S310 - https only


def _convert(details: Mapping[str, Any], raw: Path, home: Path) -> None:
    name = details["fetch"]["converter"]
    if name not in CONVERTERS:
        raise CorpusError(f"there is no converter {name!r}. Known: {', '.join(CONVERTERS)}.")
    converted = CONVERTERS[name](raw)
    lines = [json.dumps(article, ensure_ascii=False) + "\n" for article in converted.articles]
    content = "".join(lines).encode()
    digest, stated = hashlib.sha256(content).hexdigest(), details["articles"].get("sha256")
    if stated and digest != stated:
        raise CorpusError(
            f"{details['name']}: the converted articles have sha256 {digest}, corpus.toml states {stated}. The raw "
            "files are right, so the converter was changed: state the new sha256."
        )
    write_bytes(home / details["articles"]["path"], content)
    for table, path in details.get("gold", {}).items():
        write_bytes(home / path, _csv(converted.gold[table]))


def _csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Sorted rows, every cell quoted, nothing defused: `read_gold` must get the words back exactly."""
    frame = pd.DataFrame(list(rows))
    order = [column for column in ("article_id", "field", "start", "end") if column in frame.columns]
    frame = frame.sort_values([*order, *frame.columns.difference(order)], kind="stable")
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(frame.astype(object).to_numpy())
    return text.getvalue().encode()
