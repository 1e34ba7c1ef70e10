"""Python values as OData 4.0 literals (OASIS ABNF, primitiveLiteral)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant

__all__ = ["EnumOrder", "literal_text"]

EnumOrder: TypeAlias = Literal["number", "name"]
"""How a server compares the members of an ordered enum: by quoted number or by name."""

_DIGITS: Final = 400
"""More than a double has before its point; a URL has no room for many more."""


def literal_text(value: Any) -> str:
    """Write a value as a literal; raise QueryError for a type or a number that has none."""
    write = _BY_TYPE.get(value.__class__)
    if write is None:
        write = next((write for kind, write in _BY_TYPE.items() if isinstance(value, kind)), None)
    if write is None:
        raise QueryError(
            f"{type(value).__name__} has no OData literal: use a str, number, bool, UUID, date or Instant"
        )
    return write(value)


def _string(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _float(value: float) -> str:
    if math.isnan(value):
        raise QueryError("NaN equals nothing: leave the comparison out")
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return float.__repr__(value).replace("e+", "e")


def _decimal(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _DIGITS:
        raise QueryError(
            f"Decimal {value} is not an Edm.Decimal: use a finite number of at most {_DIGITS} digits"
        )
    return format(value, "f")


def _duration(value: dt.timedelta) -> str:
    sign, span = ("-", -value) if value < dt.timedelta(0) else ("", value)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f"{span.microseconds / 1_000_000:.6f}"[1:].rstrip("0.")
    clock = [f"{hours}H"] * bool(hours) + [f"{minutes}M"] * bool(minutes)
    clock += [f"{seconds}{fraction}S"] * bool(seconds or fraction)
    days = f"{span.days}D" if span.days or not clock else ""
    return f"duration'{sign}P{days}{'T' * bool(clock)}{''.join(clock)}'"


_BY_TYPE: Final[Mapping[type, Callable[[Any], str]]] = {
    str: _string,
    bool: lambda value: "true" if value else "false",
    # Not str and repr: subclasses, such as enums and numpy's floats, have their own.
    int: int.__repr__,
    float: _float,
    Decimal: _decimal,
    UUID: str,
    Instant: str,
    dt.datetime: lambda value: str(Instant.from_datetime(value)),
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _duration,
    type(None): lambda _: "null",
}
