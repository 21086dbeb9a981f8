"""The model that turns features of a pair into the probability that both reports tell of one event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.align.features import FEATURES, TIME, smallness
from framing.errors import SettingsError

__all__ = ["LinkModel", "load_link_model"]

Floats = npt.NDArray[np.float64]

_FILE = "link_model.json"


@dataclass(frozen=True, eq=False)
class LinkModel:
    """Logistic regression over named features, a file that can be read, published and changed.

    The log-odds that two of ``n`` reports tell of one event are ``intercept + s * small_intercept`` plus, for each
    feature, ``(weight + s * small weight) * value``, where ``s`` is `smallness(n)`.

    Attributes
    ----------
    weights : mapping of str to float
        By feature (`FEATURES`), in log-odds per unit.
    small_weights : mapping of str to float
        What a small corpus adds.
    intercept, small_intercept : float
        Log-odds where all features are 0.
    card : mapping
        How it was trained: collections with fingerprints, numbers of pairs, settings, date.
    """

    weights: Mapping[str, float]
    small_weights: Mapping[str, float]
    intercept: float
    small_intercept: float
    card: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted((set(self.weights) | set(self.small_weights)) - set(FEATURES))
        if unknown:
            raise SettingsError(f"LinkModel: unknown feature(s) {', '.join(unknown)}. Allowed: {', '.join(FEATURES)}.")
        for name in ("weights", "small_weights", "card"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def at(self, n: int, *, time_weight: float = 1.0) -> tuple[dict[str, float], float]:
        """Return weights and intercept for a corpus of ``n`` reports; that of time multiplied by ``time_weight``."""
        small = smallness(n)
        names = {**self.weights, **self.small_weights}
        weights = {name: self.weights.get(name, 0.0) + small * self.small_weights.get(name, 0.0) for name in names}
        if TIME in weights:
            weights[TIME] *= time_weight
        return weights, self.intercept + small * self.small_intercept

    def log_odds(self, features: Mapping[str, Floats], n: int, *, time_weight: float = 1.0) -> Floats:
        """Return the log-odds of each pair.

        Raises
        ------
        SettingsError
            If a feature of the model was not worked out.
        """
        weights, total = self.at(n, time_weight=time_weight)
        missing = sorted(set(weights) - set(features))
        if missing:
            raise SettingsError(
                f"LinkModel: feature(s) {', '.join(missing)} of the model are missing. "
                "A model with the feature 'embedding' needs EventAligner(embed=…)."
            )
        summed = np.full(len(next(iter(features.values()))), total)
        for name, weight in weights.items():
            summed += weight * features[name]
        return summed

    def save(self, path: str | Path) -> None:
        """Write the model as JSON."""
        from framing.reading import write_bytes  # noqa: PLC0415 - only here

        content = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        write_bytes(Path(path), (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def load_link_model(path: str | Path | None = None) -> LinkModel:
    """Read a model that `LinkModel.save` wrote; by default the published one.

    Raises
    ------
    SettingsError
        If the file is no such model.
    """
    if path is None:
        return _published()
    try:
        return _parsed(Path(path).read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path}: not a link model: {error}. Write one with LinkModel.save().") from None


@cache
def _published() -> LinkModel:
    return _parsed((files("framing.align") / _FILE).read_text("utf-8"))


def _parsed(content: str) -> LinkModel:
    return LinkModel(**json.loads(content))


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
