"""Rows to entities, those of a page by one function compiled for their keys."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Entity, Member, properties
from uipath_odata.odata.rows.compiled import CONVERTER, is_entity, item_of, made_of, type_of, value_of_kind
from uipath_odata.odata.rows.json_body import as_array, as_object
from uipath_odata.odata.rows.struct_row import StructRow

__all__ = ["CONVERTER", "decode"]

E = TypeVar("E", bound=Entity)


def decode(entity: type[E], rows: list[dict[str, Any]], *, partial: bool = False) -> list[E]:
    """Make entities of rows as sent; unknown properties are left out, unknown enum members kept.

    ``partial`` marks rows that were read under a ``select``, and the related entities in them. The list is used up:
    its rows are let go as their entities are made. Raises DecodeError that names entity, property and row.
    """
    try:
        made = made_of(entity, rows := _in_known_case(entity, rows))
    except Exception:  # noqa: BLE001 - whatever it was, the property at fault is found below
        made = [_explained(entity, row, place) for place, row in enumerate(rows)]
    if partial:
        _mark(made)
    return made


def _in_known_case(entity: type[Entity], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # API 11 sends Name where API 20 documents name: names match in any case where none does as it is written.
    wires = _wires(entity)
    if not rows or not wires.isdisjoint(rows[0].keys()):
        return rows
    by_lower = {wire.lower(): wire for wire in wires}
    return [{by_lower.get(name.lower(), name): value for name, value in row.items()} for row in rows]


@functools.cache
def _wires(entity: type[Entity]) -> frozenset[str]:
    return frozenset(member.wire for member in properties(entity).values())


def _mark(made: Sequence[Entity]) -> None:
    for one in made:
        # A subclass may be frozen.
        object.__setattr__(one, "_partial", True)
        for name in _related(type(one)):
            value = getattr(one, name)
            _mark([value] if isinstance(value, Entity) else as_array(value) or [])


@functools.cache
def _related(entity: type[Entity]) -> tuple[str, ...]:
    kinds = {name: type_of(member) for name, member in properties(entity).items()}
    return tuple(name for name, kind in kinds.items() if is_entity(item_of(kind) or kind))


_ADVICE: Final = "read the rows as sent with .dicts(), or leave the property out with .select()"


def _explained(entity: type[E], row: Any, place: int) -> E:
    if row.__class__ is entity:  # made before the one at fault
        return row
    try:
        return _carefully(entity, row.whole if isinstance(row, StructRow) else row, place)
    except RecursionError:
        raise DecodeError(
            f"row {place}: {entity.__name__} is nested too deep: {_ADVICE}", entity=entity.__name__, row=place
        ) from None


def _carefully(entity: type[E], row: Any, place: int) -> E:
    """Make one entity property by property, so that the one at fault is named."""
    name, known = entity.__name__, as_object(row)
    if known is None:
        raise DecodeError(
            f"row {place}: {name} is no object but {type(row).__name__}: {_ADVICE}", entity=name, row=place
        )
    values = {
        attribute: _checked(entity, member, known.get(member.wire), place)
        for attribute, member in properties(entity).items()
    }
    try:
        return entity(**values)
    except Exception as error:  # noqa: BLE001 - a validator of the class may raise anything
        raise DecodeError(
            f"row {place}: {name} refuses its values with {type(error).__name__}: {_ADVICE}",
            entity=name,
            row=place,
        ) from None


def _checked(entity: type[Entity], member: Member, value: Any, place: int) -> Any:
    kind, listed = type_of(member), as_array(value)
    if is_entity(kind) and as_object(value) is not None:
        return _carefully(kind, value, place)
    if is_entity(item := item_of(kind)) and listed is not None:
        return [_carefully(item, one, place) for one in listed]
    try:
        return value_of_kind(kind, value)
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - by now the place is known, and the cause may quote data
        raise DecodeError(
            f"row {place}: {entity.__name__}.{member.wire} cannot be read from a {type(value).__name__}: {_ADVICE}",
            entity=entity.__name__,
            property=member.wire,
            row=place,
        ) from None
