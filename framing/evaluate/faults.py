"""All faults of what people hand back, in one message."""

from __future__ import annotations

from collections.abc import Sequence

from framing.errors import SchemaError

__all__ = ["raise_faults"]

_SHOWN = 50  # the rest is counted: a wrong corpus makes every line a fault


def raise_faults(what: str, faults: Sequence[str], advice: str) -> None:
    """Raise one error that lists the faults, each on a line, if there are any."""
    if not faults:
        return
    more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    lines = "\n  ".join([*faults[:_SHOWN], *more])
    raise SchemaError(f"{what}: {len(faults)} fault(s).\n  {lines}\n{advice}")
