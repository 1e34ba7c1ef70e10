"""Literals of a filter as bound parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from odata_query import ast

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.filters.sql import Sql, ValueKind, bound
from uipath_odata.emulator.http.answers import invalid_options

NULL = Sql("NULL", (), "null")


def literal(node: object) -> Sql:
    """Translate a literal of the syntax tree; refuse what no property can be compared with."""
    kind = type(node)
    read = _READERS.get(kind)
    if read is None:
        raise invalid_options(f"{kind.__name__} is not supported here.")
    return read(node)


def edm_literal(type_name: str, text: str) -> Sql:
    """Translate a literal that the parser only takes as a call: ``edm.Date('0001-01-01')``."""
    return (
        _parsed(ticks.parse_date, "date", text)
        if type_name == "Date"
        else _parsed(ticks.parse, "instant", text)
    )


def _parsed(parse: Callable[[str], int], kind: ValueKind, text: str) -> Sql:
    try:
        return bound(parse(text), kind)
    except ValueError as error:
        raise invalid_options(f"'{text}' cannot be read: {error}.") from error


def _integer(number: int) -> Sql:
    """SQLite holds 64 bits, as Edm.Int64 does; more is a decimal."""
    return bound(number, "integer") if -(2**63) <= number < 2**63 else bound(float(number), "number")


_READERS: Mapping[type, Callable[[Any], Sql]] = MappingProxyType({
    ast.Null: lambda _: NULL,
    ast.String: lambda node: bound(node.val, "string"),
    ast.GUID: lambda node: bound(node.val.lower(), "guid"),
    ast.Boolean: lambda node: bound(int(node.py_val), "boolean"),
    ast.Integer: lambda node: _integer(node.py_val),
    ast.Float: lambda node: bound(node.py_val, "number"),
    ast.DateTime: lambda node: _parsed(ticks.parse, "instant", node.val),
    ast.Date: lambda node: _parsed(ticks.parse_date, "date", node.val),
    ast.Time: lambda node: _parsed(ticks.parse_time_of_day, "time", node.val),
    ast.Duration: lambda node: _parsed(ticks.parse_duration, "duration", node.val),
})  # fmt: skip
