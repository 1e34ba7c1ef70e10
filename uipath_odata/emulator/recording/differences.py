"""Where two answers to one request differ: in status, error number, rows, and the names and kinds of properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from uipath_odata.emulator.data.json_values import is_list, is_object

_NULL = frozenset({"null"})


@attrs.frozen
class Difference:
    """One difference: ``what`` it is, what the tenant answered and what the emulator did."""

    what: str
    tenant: str
    emulator: str

    def __str__(self) -> str:
        return f"{self.what}: {self.tenant}, the emulator {self.emulator}"


def differences(status: int, body: Any, own_status: int, own_body: Any) -> list[Difference]:
    """Compare a tenant's answer with the emulator's own; nulls fit every kind, and texts are not compared.

    Nor are counts of all rows: the emulator holds those alone that the recording shows.
    """
    if status != own_status:
        return [Difference("status", str(status), str(own_status))]
    tenant, emulator = _kinds(body), _kinds(own_body)
    found = [*_error_codes(body, own_body), *_rows(body, own_body)]
    for path in sorted(tenant.keys() | emulator.keys()):
        there, here = tenant.get(path, set()), emulator.get(path, set())
        if there and here:
            differs = bool(there - _NULL and here - _NULL and not (there & here) - _NULL)
        else:
            # Below what one side has no object or row of, nothing can be compared.
            differs = _has_parent(path, emulator if there else tenant)
        if differs:
            found.append(Difference(path, _named(there), _named(here)))
    return found


def _error_codes(body: Any, own_body: Any) -> Iterator[Difference]:
    codes = [each.get("errorCode") if is_object(each) else None for each in (body, own_body)]
    if codes[0] != codes[1]:
        yield Difference("errorCode", *map(str, codes))


def _rows(body: Any, own_body: Any) -> Iterator[Difference]:
    """Compare lists of rows by their number and, where both have Ids, by the order of these."""
    there, here = _listed(body), _listed(own_body)
    if there is None or here is None:
        return
    if len(there) != len(here):
        yield Difference("rows", str(len(there)), str(len(here)))
        return
    ids, own_ids = ([row.get("Id") for row in rows if is_object(row)] for rows in (there, here))
    if ids != own_ids:
        same = sorted(map(str, ids)) == sorted(map(str, own_ids))
        yield Difference("order of rows" if same else "Ids of rows", str(ids[:5]), str(own_ids[:5]))


def _listed(body: Any) -> list[Any] | None:
    inner = body.get("value") if is_object(body) else body
    return inner if is_list(inner) else None


def _kinds(value: Any, path: str = "") -> dict[str, set[str]]:
    """Return the kinds of values at each path; all rows of a list are one path."""
    found: dict[str, set[str]] = {path: {_kind(value)}} if path else {}
    parts: Iterator[tuple[str, Any]] = iter(())
    if is_object(value):
        parts = ((f"{path}.{name}" if path else name, each) for name, each in value.items())
    elif is_list(value):
        parts = ((f"{path}[]", each) for each in value)
    for inner, each in parts:
        for where, kinds in _kinds(each, inner).items():
            found.setdefault(where, set()).update(kinds)
    return found


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "list"
        case _:
            return "object"


def _has_parent(path: str, other: dict[str, set[str]]) -> bool:
    """Whether the other side has the object or row that this property would be in."""
    if path.endswith("[]"):
        return False
    parent = path.rpartition(".")[0]
    return not parent or "object" in other.get(parent, set())


def _named(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds)) or "nothing"
