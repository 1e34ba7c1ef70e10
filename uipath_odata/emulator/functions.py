"""OData's functions as functions of the SQLite connection, each with the kinds it takes and gives."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

import attrs

from uipath_odata.emulator import ticks
from uipath_odata.emulator.sql import ValueKind

_STRING: frozenset[ValueKind] = frozenset({"string"})
_INTEGER: frozenset[ValueKind] = frozenset({"integer"})
_NUMBER: frozenset[ValueKind] = frozenset({"integer", "number"})
_DAY: frozenset[ValueKind] = frozenset({"instant", "date"})
_CLOCK: frozenset[ValueKind] = frozenset({"instant", "time"})
_INSTANT: frozenset[ValueKind] = frozenset({"instant"})


@attrs.frozen
class Function:
    takes: tuple[frozenset[ValueKind], ...]
    gives: ValueKind
    compute: Callable[..., Any]
    optional: int = 0


def _substring(text: str, start: int, length: int | None = None) -> str:
    start = max(start, 0)
    return text[start:] if length is None else text[start : start + max(length, 0)]


def _round(number: float) -> float:
    """OData 4.0 part 2, 5.1.1.8.1: the mid-point between two integers is rounded away from zero."""
    return float(Decimal(str(number)).quantize(Decimal(1), ROUND_HALF_UP))


def _clock(unit: int, modulus: int) -> Callable[[int], int]:
    return lambda moment: moment % ticks.DAY // unit % modulus


FUNCTIONS: Mapping[str, Function] = MappingProxyType({
    "contains": Function((_STRING, _STRING), "boolean", lambda text, part: part in text),
    "startswith": Function((_STRING, _STRING), "boolean", str.startswith),
    "endswith": Function((_STRING, _STRING), "boolean", str.endswith),
    "length": Function((_STRING,), "integer", len),
    "indexof": Function((_STRING, _STRING), "integer", str.find),
    "substring": Function((_STRING, _INTEGER, _INTEGER), "string", _substring, optional=1),
    "tolower": Function((_STRING,), "string", str.lower),
    "toupper": Function((_STRING,), "string", str.upper),
    "trim": Function((_STRING,), "string", str.strip),
    "concat": Function((_STRING, _STRING), "string", lambda left, right: left + right),
    "year": Function((_DAY,), "integer", lambda moment: ticks.day_of(moment).year),
    "month": Function((_DAY,), "integer", lambda moment: ticks.day_of(moment).month),
    "day": Function((_DAY,), "integer", lambda moment: ticks.day_of(moment).day),
    "hour": Function((_CLOCK,), "integer", _clock(3600 * ticks.SECOND, 24)),
    "minute": Function((_CLOCK,), "integer", _clock(60 * ticks.SECOND, 60)),
    "second": Function((_CLOCK,), "integer", _clock(ticks.SECOND, 60)),
    "fractionalseconds": Function((_CLOCK,), "number", lambda moment: moment % ticks.SECOND / ticks.SECOND),
    "totaloffsetminutes": Function((_INSTANT,), "integer", lambda _: 0),
    "totalseconds": Function((frozenset({"duration"}),), "number", lambda span: span / ticks.SECOND),
    "date": Function((_INSTANT,), "date", lambda moment: moment - moment % ticks.DAY),
    "time": Function((_INSTANT,), "time", lambda moment: moment % ticks.DAY),
    "mindatetime": Function((), "instant", lambda: 0),
    "maxdatetime": Function((), "instant", lambda: ticks.LAST),
    "round": Function((_NUMBER,), "number", _round),
    "floor": Function((_NUMBER,), "number", math.floor),
    "ceiling": Function((_NUMBER,), "number", math.ceil),
})  # fmt: skip


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection ``odata_contains`` and its like, and ``odata_parse`` and ``odata_fmod`` for the visitor."""
    for name, function in FUNCTIONS.items():
        _create(connection, name, function.compute)
    _create(connection, "parse", ticks.parse)
    _create(connection, "fmod", math.fmod)


def _create(connection: sqlite3.Connection, name: str, compute: Callable[..., Any]) -> None:
    connection.create_function(f"odata_{name}", -1, _null_for_null(compute), deterministic=True)


def _null_for_null(compute: Callable[..., Any]) -> Callable[..., Any]:
    """OData 4.0 part 2, 5.1.1.4: a function of null is null; so is one that has no value."""

    def computed(*arguments: Any) -> Any:
        if None in arguments:
            return None
        try:
            return compute(*arguments)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None

    return computed
