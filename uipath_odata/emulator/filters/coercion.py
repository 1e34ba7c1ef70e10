"""Which two values may be compared, and how a literal becomes a value of the other side's kind."""

from __future__ import annotations

import re

import attrs

from uipath_odata.emulator.filters.sql import Sql, bound
from uipath_odata.emulator.http.answers import invalid_options

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMERIC = frozenset({"integer", "number"})
_INSTANTS = frozenset({"instant", "date"})


def comparable(left: Sql, right: Sql) -> tuple[Sql, Sql]:
    """Return both sides as values of one kind, or refuse as Orchestrator does."""
    left, right = _as_member(left, right), _as_member(right, left)
    if not _may_meet(left, right):
        raise invalid_options(f"Operands of kinds '{left.kind}' and '{right.kind}' cannot be compared.")
    return left, right


def list_member(value: Sql, kind_of: Sql) -> Sql:
    """Return a member of an ``in`` list as a value of the kind that is looked for; here a quoted GUID is one, too."""
    if not value.literal:
        raise invalid_options("A list holds literals only.")
    text = value.parameters[0] if value.kind == "string" else None
    if kind_of.kind == "guid" and isinstance(text, str) and _GUID.fullmatch(text):
        return bound(text.lower(), "guid")
    if kind_of.kind == "enum" and isinstance(text, str) and text.isdigit():
        # AspNetCoreOData fails on enum numbers in a list.
        raise invalid_options("An enum member in a list must be given by name.")
    return comparable(value, kind_of)[0]


def rank(member: Sql) -> int:
    """Where in the order of its enum a literal member stands."""
    return member.members.index(str(member.parameters[0]))


def _as_member(value: Sql, other: Sql) -> Sql:
    """``State eq 'Available'`` and ``Level ge '4'``: a quoted name or number beside an enum is its member."""
    if other.kind != "enum" or value.kind != "string" or not value.literal:
        return value
    text = str(value.parameters[0])
    names = {name.lower(): name for name in other.members}
    name = (
        other.members[int(text)]
        if text.isdigit() and int(text) < len(other.members)
        else names.get(text.lower())
    )
    if name is None:
        raise invalid_options(f"'{text}' is not a member of the enum.")
    return attrs.evolve(value, parameters=(name,), kind="enum", members=other.members)


def _may_meet(left: Sql, right: Sql) -> bool:
    kinds = {left.kind, right.kind}
    if "null" in kinds:
        return True
    if kinds & {"link", "document"}:
        return False
    if kinds == {"string", "guid"}:
        # Keys that the schema calls strings hold GUIDs; a quoted GUID beside a GUID is a mistake.
        return not (left if left.kind == "string" else right).literal
    # A date is promoted to the date-time of its midnight.
    return len(kinds) == 1 or kinds <= _NUMERIC or kinds <= _INSTANTS
