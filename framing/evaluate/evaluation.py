"""One measured figure with what is needed to read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

__all__ = ["Evaluation", "fingerprint"]


@dataclass(frozen=True)
class Evaluation:
    """A figure, its interval, what it was measured on, and what simple methods reach there.

    Attributes
    ----------
    name : str
        The measure.
    estimate : float
        Its value; NaN where it is not defined.
    interval : (float, float)
        95 % interval; NaN where no spread can be seen.
    n : int
        Items that the estimate rests on (articles, pairs, spans).
    baseline : mapping of str to float
        The same measure for other predictions; empty where none was given.
    gold : str
        Fingerprint of the gold table.
    """

    name: str
    estimate: float
    interval: tuple[float, float]
    n: int
    baseline: Mapping[str, float] = field(default_factory=dict)
    gold: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "baseline", MappingProxyType(dict(self.baseline)))

    def __str__(self) -> str:
        others = "".join(f"; {name} {value:.3f}" for name, value in self.baseline.items())
        low, high = self.interval
        return f"{self.name} {self.estimate:.3f} [{low:.3f}, {high:.3f}], n={self.n}{others} (gold {self.gold})"

    @staticmethod
    def table(evaluations: Iterable[Evaluation]) -> pd.DataFrame:
        """Put evaluations in one table: name, estimate, ci_low, ci_high, n, gold, one column per baseline."""
        rows = [
            {
                "name": e.name,
                "estimate": e.estimate,
                "ci_low": e.interval[0],
                "ci_high": e.interval[1],
                "n": e.n,
                "gold": e.gold,
                **{f"baseline: {name}": value for name, value in e.baseline.items()},
            }
            for e in evaluations
        ]
        return pd.DataFrame(rows, columns=None if rows else ["name", "estimate", "ci_low", "ci_high", "n", "gold"])


def fingerprint(table: pd.DataFrame) -> str:
    """Identify the content of a table whatever the order of its rows and columns (sha256, 12 hex digits)."""
    columns = sorted(table.columns)
    rows = sorted("\x1f".join(map(str, row)) for row in table[columns].astype(object).to_numpy())
    return hashlib.sha256("\x1e".join(["\x1f".join(columns), *rows]).encode()).hexdigest()[:12]
