"""Rows to entities, those of a page by one function compiled for their keys."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Final, TypeVar

from uipath_odata.errors import DecodeError
from uipath_odata.local.garbage_collection import uncollected
from uipath_odata.odata.entity import Entity, Member, by_wire, extra_of, members_of
from uipath_odata.odata.rows.compiled import (
    CONVERTER,
    made_of,
    refuse_strangers,
    value_of_kind,
    with_extra,
)
from uipath_odata.odata.rows.json_body import as_array, as_object, whole_row
from uipath_odata.odata.rows.values import is_entity, item_of, type_of
from uipath_odata.odata.selected import Selected

__all__ = ["CONVERTER", "decode"]

E = TypeVar("E", bound=Entity)

_MANY: Final = 100
"""Rows whose entities would set the garbage collector going."""


def decode(entity: type[E], rows: list[Any], *, selected: Selected | None = None) -> list[E]:
    """Make entities of rows as sent; properties that the schema does not know are their ``extra``.

    Unknown enum members are kept. Entities that were ``selected`` in part are marked. The list is used up: its rows
    are let go as their entities are made. Raises DecodeError that names entity, property and row.
    """
    try:
        with uncollected() if len(rows) >= _MANY else nullcontext():
            made = made_of(entity, rows)
    except Exception:  # noqa: BLE001 - whatever it was, the property at fault is found below
        made = [_explained(entity, row, place, selected) for place, row in enumerate(rows)]
    if selected is not None and selected.is_partial:
        _mark(made, selected)
    return made


def _mark(made: Sequence[Entity], selected: Selected) -> None:
    """Mark what came in part: an entity under a select with all that is related to it, or what is expanded in it."""
    for one in made:
        if selected.selects:
            extra_of(one).is_partial = True
        for wire, name in _related(type(one)).items():
            below = selected if selected.selects else selected.below.get(wire)
            if below is not None:
                value = getattr(one, name)
                _mark([value] if isinstance(value, Entity) else as_array(value) or [], below)


@functools.cache
def _related(entity: type[Entity]) -> Mapping[str, str]:
    kinds = {wire: type_of(member) for wire, member in by_wire(entity).items()}
    return {
        wire: by_wire(entity)[wire].name for wire, kind in kinds.items() if is_entity(item_of(kind) or kind)
    }


_ADVICE: Final = "read the rows as sent with .dicts(), or leave the property out with .select()"


def _explained(entity: type[E], row: Any, place: int, selected: Selected | None) -> E:
    if row.__class__ is entity:  # made before the one at fault
        return row
    try:
        return _carefully(entity, whole_row(row), place, selected)
    except RecursionError:
        raise DecodeError(
            f"row {place}: {entity.__name__} is nested too deep: {_ADVICE}", entity=entity.__name__, row=place
        ) from None


def _carefully(entity: type[E], row: Any, place: int, selected: Selected | None) -> E:
    """Make one entity property by property, so that the one at fault is named."""
    name, sent = entity.__name__, as_object(row)
    if sent is None:
        raise DecodeError(
            f"row {place}: {name} is not an object but {type(row).__name__}: {_ADVICE}",
            entity=name,
            row=place,
        )
    members, unknown = members_of(entity, tuple(sent))
    if selected is None or not by_wire(entity).keys().isdisjoint(selected.selects):
        _refuse_strangers(members, unknown, name, place)
    values = {
        member.name: _checked(entity, member, sent[key], place, selected and selected.below.get(member.wire))
        for key, member in members.items()
    }
    try:
        made = entity(**values)
    except Exception as error:  # noqa: BLE001 - a validator of the class may raise anything
        raise DecodeError(
            f"row {place}: {name} refuses its values with {type(error).__name__}: {_ADVICE}",
            entity=name,
            row=place,
        ) from None
    return with_extra(made, {key: sent[key] for key in unknown} or None)


def _checked(entity: type[Entity], member: Member, value: Any, place: int, selected: Selected | None) -> Any:
    kind, listed = type_of(member), as_array(value)
    if is_entity(kind) and as_object(value) is not None:
        return _carefully(kind, value, place, selected)
    if is_entity(item := item_of(kind)) and listed is not None:
        return [_carefully(item, one, place, selected) for one in listed]
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


def _refuse_strangers(members: Mapping[str, Member], unknown: Sequence[str], name: str, place: int) -> None:
    try:
        refuse_strangers(members, unknown)
    except LookupError:
        raise DecodeError(
            f"row {place}: no property of {name} is in what was sent ({', '.join(unknown[:5])}): {_ADVICE}",
            entity=name,
            row=place,
        ) from None
