"""Running blocks of work: in this process or in local processes. The only file that knows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from tqdm import tqdm

from framing.errors import SettingsError

__all__ = ["map_blocks", "progress", "start_blocks"]

Block = TypeVar("Block")
Result = TypeVar("Result")


def progress(items: Iterable[Block], description: str, total: int | None = None) -> Iterable[Block]:
    """Show a progress bar on stderr while items are consumed; nothing where stderr is no terminal."""
    shown: Iterable[Block] = tqdm(items, desc=description, total=total, file=sys.stderr, disable=None, leave=False)
    return shown


def map_blocks(
    function: Callable[[Block], Result],
    blocks: Sequence[Block],
    *,
    workers: int = 1,
    description: str = "",
) -> list[Result]:
    """Apply a pure function to every block and return the results in the order of the blocks.

    Parameters
    ----------
    function : callable
        Takes one block, returns its result; with ``workers > 1`` it and its blocks must be picklable. What it carries
        (a `functools.partial` with large arrays) goes to each process once, not with every block.
    blocks : sequence
        Independent pieces of work.
    workers : int
        Processes; 1 stays in this one.
    description : str
        Name for the progress bar.

    Raises
    ------
    SettingsError
        If ``workers`` is less than 1.
    """
    if workers < 1:
        raise SettingsError(f"workers must be at least 1. Got {workers}.")
    if workers == 1 or len(blocks) < 2:
        return [function(block) for block in progress(blocks, description, len(blocks))]
    with ProcessPoolExecutor(min(workers, len(blocks)), initializer=_hold, initargs=(function,)) as pool:
        return list(progress(pool.map(_apply, blocks), description, len(blocks)))


def start_blocks(
    function: Callable[[Block], Result], blocks: Sequence[Block], *, workers: int = 1
) -> Callable[[], list[Result]]:
    """Begin work that this process does not wait for.

    Parameters
    ----------
    function, blocks
        As for `map_blocks`.
    workers : int
        Processes, this one included, which goes on meanwhile; with 1 the work is done when its results are asked for.

    Returns
    -------
    callable
        Waits for the results and returns them in the order of the blocks.
    """
    if workers == 1:
        return lambda: [function(block) for block in blocks]
    pool = ProcessPoolExecutor(min(workers - 1, max(len(blocks), 1)))
    begun = [pool.submit(function, block) for block in blocks]
    pool.shutdown(wait=False)
    return lambda: [one.result() for one in begun]


_held: list[Callable[[Any], Any]] = []
"""In a worker process: the one function that it applies for its whole life."""


def _hold(function: Callable[[Any], Any]) -> None:
    _held[:] = [function]


def _apply(block: Any) -> Any:
    return _held[0](block)
