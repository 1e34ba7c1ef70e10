"""Convert values of numpy and pandas, and members of enums, to Python's own."""

from __future__ import annotations

import enum
from typing import Any, Final

from uipath_odata.errors import QueryError

__all__ = ["plain"]

_OWN: Final = frozenset({str, int, float, bool, type(None), dict, list})


def plain(value: Any) -> Any:
    """Return a value of Python's own types, or any other value as it is; raise QueryError for a missing point in time."""
    kind: Any = value.__class__
    if kind in _OWN:
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value)
    # Neither library is imported: whoever has such a value has it, and others need it not.
    library = kind.__module__.partition(".")[0]
    if library == "pandas" and kind.__name__ in {"NaTType", "NAType"}:
        raise QueryError(
            f"{value} is a missing value, not one to compare or to send: give None, or leave it out"
        )
    if library != "numpy" or not hasattr(value, "dtype") or value.shape != ():
        return value
    if value.dtype.kind in "Mm":
        raise QueryError(
            f"{value!r} has no time zone: give pandas.Timestamp(value, tz='UTC'), a datetime or a timedelta"
        )
    return value.item()
