"""OData's ``add sub mul div mod`` and the sign, on numbers, moments and durations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from uipath_odata.emulator.filters.sql import Sql, ValueKind, join
from uipath_odata.emulator.http.answers import invalid_options

_NUMERIC = frozenset({"integer", "number"})
_SIGNS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Mod": "%"}
# OData 4.0 part 2, 5.1.1.2: which kinds moments and durations give.
_MOMENTS: Mapping[tuple[str, str, str], ValueKind] = MappingProxyType({
    ("instant", "Add", "duration"): "instant",
    ("instant", "Sub", "duration"): "instant",
    ("instant", "Sub", "instant"): "duration",
    ("date", "Add", "duration"): "date",
    ("date", "Sub", "duration"): "date",
    ("date", "Sub", "date"): "duration",
    ("duration", "Add", "duration"): "duration",
    ("duration", "Sub", "duration"): "duration",
    ("duration", "Mult", "integer"): "duration",
    ("duration", "Div", "integer"): "duration",
})  # fmt: skip


def computed(operator: str, left: Sql, right: Sql) -> Sql:
    """Compute; ``div`` and ``mod`` of integers cut toward zero, as .NET does."""
    kind = _kind(operator, left, right)
    if operator == "Mod" and kind == "number":
        return join("odata_fmod({}, {})", left, right, kind=kind)
    return join(f"({{}} {_SIGNS[operator]} {{}})", left, right, kind=kind)


def negated(operand: Sql) -> Sql:
    if operand.kind not in {*_NUMERIC, "duration", "null"}:
        raise invalid_options(f"A value of kind '{operand.kind}' has no sign.")
    return join("(-{})", operand, kind=operand.kind)


def _kind(operator: str, left: Sql, right: Sql) -> ValueKind:
    if "null" in {left.kind, right.kind}:
        return "null"
    if {left.kind, right.kind} <= _NUMERIC:
        return "integer" if left.kind == right.kind == "integer" else "number"
    kind = _MOMENTS.get((left.kind, operator, right.kind))
    if kind is None:
        raise invalid_options(f"'{left.kind}' and '{right.kind}' cannot be computed with.")
    return kind
