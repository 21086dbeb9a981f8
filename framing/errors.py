"""Exceptions. Every message says what, where, got, allowed, and the next step."""

from __future__ import annotations

__all__ = ["CorpusError", "FramingError", "LexiconError", "SchemaError", "SettingsError"]


class FramingError(Exception):
    """Any error that this package raises on purpose."""


class CorpusError(FramingError):
    """An input cannot be read at all, or no row of it can be used."""


class SchemaError(FramingError):
    """A table does not hold what its schema promises."""


class LexiconError(FramingError):
    """A lexicon file is broken, or fits no article."""


class SettingsError(FramingError, ValueError):
    """A parameter has a value that is not allowed, or the data cannot support what it asks."""
