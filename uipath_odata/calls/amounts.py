"""Check the seconds and counts that a caller gives."""

from __future__ import annotations

from uipath_odata.errors import QueryError

__all__ = ["count", "seconds"]


def seconds(name: str, value: object, *, least: float = 0.0, advice: str = "give 0 or more") -> float:
    """Return a number of seconds; raise QueryError for less than ``least``, for NaN and for what is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= least:
        raise QueryError(f"{name} is in seconds, not {value!r}: {advice}")
    return value


def count(name: str, value: object, *, least: int = 0) -> int:
    """Return a whole number; raise QueryError for less than ``least`` and for what is not one."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise QueryError(f"{name} is a whole number of at least {least}, not {value!r}: give one")
    return value
