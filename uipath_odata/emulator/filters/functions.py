"""OData's functions as functions of the SQLite connection, each with the kinds it takes and gives."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

import attrs

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.filters.sql import ValueKind

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


def _contains(text: str, part: str) -> bool:
    return part in text


def _concat(left: str, right: str) -> str:
    return left + right


def _substring(text: str, start: int, length: int | None = None) -> str:
    start = max(start, 0)
    return text[start:] if length is None else text[start : start + max(length, 0)]


def _round(number: float) -> float:
    """OData 4.0 part 2, 5.1.1.8.1: the mid-point between two integers is rounded away from zero."""
    return float(Decimal(str(number)).quantize(Decimal(1), ROUND_HALF_UP))


def _of_day(part: str) -> Callable[[int], int]:
    def read(moment: int) -> int:
        return int(getattr(ticks.day_of(moment), part))

    return read


def _of_clock(unit: int, modulus: int) -> Callable[[int], int]:
    def read(moment: int) -> int:
        return moment % ticks.DAY // unit % modulus

    return read


def _fraction(moment: int) -> float:
    return moment % ticks.SECOND / ticks.SECOND


def _seconds(span: int) -> float:
    return span / ticks.SECOND


def _offset(_: int) -> int:
    """Return the offset that all moments are shown with."""
    return 0


def _midnight(moment: int) -> int:
    return moment - moment % ticks.DAY


def _since_midnight(moment: int) -> int:
    return moment % ticks.DAY


FUNCTIONS: Mapping[str, Function] = MappingProxyType({
    "contains": Function((_STRING, _STRING), "boolean", _contains),
    "startswith": Function((_STRING, _STRING), "boolean", str.startswith),
    "endswith": Function((_STRING, _STRING), "boolean", str.endswith),
    "length": Function((_STRING,), "integer", len),
    "indexof": Function((_STRING, _STRING), "integer", str.find),
    "substring": Function((_STRING, _INTEGER, _INTEGER), "string", _substring),
    "tolower": Function((_STRING,), "string", str.lower),
    "toupper": Function((_STRING,), "string", str.upper),
    "trim": Function((_STRING,), "string", str.strip),
    "concat": Function((_STRING, _STRING), "string", _concat),
    "year": Function((_DAY,), "integer", _of_day("year")),
    "month": Function((_DAY,), "integer", _of_day("month")),
    "day": Function((_DAY,), "integer", _of_day("day")),
    "hour": Function((_CLOCK,), "integer", _of_clock(3600 * ticks.SECOND, 24)),
    "minute": Function((_CLOCK,), "integer", _of_clock(60 * ticks.SECOND, 60)),
    "second": Function((_CLOCK,), "integer", _of_clock(ticks.SECOND, 60)),
    "fractionalseconds": Function((_CLOCK,), "number", _fraction),
    "totaloffsetminutes": Function((_INSTANT,), "integer", _offset),
    "totalseconds": Function((frozenset({"duration"}),), "number", _seconds),
    "date": Function((_INSTANT,), "date", _midnight),
    "time": Function((_INSTANT,), "time", _since_midnight),
    "mindatetime": Function((), "instant", int),
    "maxdatetime": Function((), "instant", ticks.last),
    "round": Function((_NUMBER,), "number", _round),
    "floor": Function((_NUMBER,), "number", math.floor),
    "ceiling": Function((_NUMBER,), "number", math.ceil),
})  # fmt: skip


_LARGEST = 2**63 - 1


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection ``odata_contains`` and its like, and ``odata_parse`` and ``odata_fmod`` for the visitor."""
    for name, function in FUNCTIONS.items():
        _create(connection, name, function.compute)
    _create(connection, "parse", ticks.parse)
    _create(connection, "fmod", math.fmod)


def _create(connection: sqlite3.Connection, name: str, compute: Callable[..., Any]) -> None:
    connection.create_function(f"odata_{name}", -1, _null_for_null(compute), deterministic=True)


def _null_for_null(compute: Callable[..., Any]) -> Callable[..., Any]:
    """OData 4.0 part 2, 5.1.1.4: a function of null is null; so is one that has no value, as beyond year 9999."""

    def computed(*arguments: Any) -> Any:
        if None in arguments:
            return None
        try:
            value = compute(*arguments)
        except (ValueError, ArithmeticError, TypeError):
            return None
        return None if isinstance(value, int) and abs(value) > _LARGEST else value

    return computed
