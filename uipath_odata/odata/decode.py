"""Rows to entities, by one compiled function per entity type."""

from __future__ import annotations

import datetime as dt
import functools
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID, SafeUUID

import attrs
import cattrs

from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Collection, Entity, Member, Timestamp, Values, properties
from uipath_odata.odata.payload import as_array, as_object

__all__ = ["CONVERTER", "decode"]

E = TypeVar("E", bound=Entity)
Hook: TypeAlias = Callable[[Any, Any], Any]


def decode(entity: type[E], rows: Sequence[Mapping[str, Any]], *, partial: bool = False) -> list[E]:
    """Make entities of rows as sent; unknown properties are left out, unknown enum members kept.

    ``partial`` marks rows that were read under a ``select``, and the related entities in them.
    Raises DecodeError that names entity, property and row.
    """
    make = CONVERTER.get_structure_hook(entity)
    try:
        made = [make(row, entity) for row in _in_known_case(entity, rows)]
    except Exception:  # noqa: BLE001 - whatever it was, the property at fault is found below
        made = [_explained(entity, row, place) for place, row in enumerate(rows)]
    if partial:
        _mark(made)
    return made


def _in_known_case(entity: type[Entity], rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    # API 11 sends Name where API 20 documents name: names match in any case where none does as it is written.
    wires = _wires(entity)
    if not rows or not wires.isdisjoint(rows[0]):
        return rows
    by_lower = {wire.lower(): wire for wire in wires}
    return [{by_lower.get(name.lower(), name): value for name, value in row.items()} for row in rows]


@functools.cache
def _wires(entity: type[Entity]) -> frozenset[str]:
    return frozenset(member.wire for member in properties(entity).values())


def _is_entity(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Entity)


def _hook(entity: type[Entity]) -> Hook:
    """Compile a function that stores each slot directly; classes with logic of their own are called instead."""
    known = properties(entity)
    if _has_logic(entity):
        return lambda row, _: entity(
            **{name: _value(_type(member), row.get(member.wire)) for name, member in known.items()}
        )
    scope: dict[str, Any] = {"new": object.__new__, "cls": entity, "utc": dt.UTC}
    scope |= {"moment": dt.datetime.fromisoformat, "to_utc": _to_utc}
    lines = ["def structure(row, _):", " self = new(cls)", " self._partial = False", " get = row.get"]
    for place, member in enumerate(known.values()):
        kind = _type(member)
        make = scope[f"make{place}"] = _maker(kind)
        lines.append(_STORES.get(kind, _MADE if make else _AS_SENT).format(member, place))
    exec("\n".join([*lines, " return self"]), scope)  # noqa: S102 - made of the schema's names, as attrs and cattrs do
    return typing.cast("Hook", scope["structure"])


def _has_logic(entity: type[Entity]) -> bool:
    own = {*properties(entity), "_partial"}
    hooks = ("__attrs_pre_init__", "__attrs_post_init__")
    return (
        any(hasattr(entity, hook) for hook in hooks)
        or entity.__setattr__ is not object.__setattr__
        or any(field.validator or field.converter or field.name not in own for field in attrs.fields(entity))
    )


_AS_SENT: Final = " self.{0.name} = get({0.wire!r})"
_MADE: Final = " v = get({0.wire!r}); self.{0.name} = v if v is None else make{1}(v)"
_STORES: Final[Mapping[Any, str]] = {
    int: " v = get({0.wire!r}); self.{0.name} = v if v.__class__ is int or v is None else make{1}(v)",
    dt.datetime: (
        " v = get({0.wire!r})\n"
        " self.{0.name} = v if v is None or (v := moment(v)).tzinfo is utc else to_utc(v)"
    ),
}


def _type(member: Member) -> Any:
    kind = typing.get_origin(member.annotation) or member.annotation
    if kind in (Collection, Values):
        return types.GenericAlias(list, member.argument)
    return dt.datetime if kind is Timestamp else member.argument


def _item(kind: Any) -> Any:
    return typing.get_args(kind)[0] if typing.get_origin(kind) is list else None


@functools.cache
def _maker(kind: Any) -> Callable[[Any], Any] | None:
    """Give what makes a value of this kind, None where values stay as sent."""
    if _is_entity(kind):
        return functools.partial(_entity, kind)
    make = _maker(_item(kind)) if _item(kind) else None
    return functools.partial(_list, make) if make else _SCALARS.get(kind)


def _entity(kind: type[Entity], row: Any) -> Entity:
    # Entities refer to each other in circles: their hooks are looked up when a value comes.
    return typing.cast("Entity", CONVERTER.get_structure_hook(kind)(row, kind))


def _list(make: Callable[[Any], Any], values: Any) -> list[Any]:
    listed = as_array(values)
    if listed is None:
        raise TypeError
    return [make(value) for value in listed]


def _value(kind: Any, value: Any) -> Any:
    make = _maker(kind)
    return value if make is None or value is None else make(value)


def _to_utc(moment: dt.datetime) -> dt.datetime:
    # Orchestrator's times are UTC; some builds leave the Z out.
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _moment(text: str) -> dt.datetime:
    return _to_utc(dt.datetime.fromisoformat(text))


def _integer(value: Any) -> int:
    # Some servers write Int64 as a string.
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


_GUID_LENGTH: Final = 36


@functools.lru_cache(maxsize=4096)
def _guid(text: str) -> UUID:
    """Read a GUID; keys of jobs and machines repeat from row to row.

    UUID's own constructor looks at every form of one and takes four times as long.
    """
    if len(text) != _GUID_LENGTH or len(digits := text.replace("-", "")) != 32:  # noqa: PLR2004 - 128 bits
        return UUID(text)
    made = object.__new__(UUID)
    object.__setattr__(made, "int", int(digits, 16))
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


_SCALARS: Final[Mapping[Any, Callable[[Any], Any]]] = {
    int: _integer,
    UUID: _guid,
    dt.datetime: _moment,
}


def _converter() -> cattrs.Converter:
    made = cattrs.Converter(detailed_validation=False)
    made.register_structure_hook_factory(_is_entity, _hook)
    for kind, convert in _SCALARS.items():
        made.register_structure_hook(kind, _without_type(convert))
    return made


def _without_type(convert: Callable[[Any], Any]) -> Hook:
    return lambda value, _: convert(value)


CONVERTER: Final = _converter()
"""Structures entities from rows; for classes of your own that hold entities."""


def _mark(made: Sequence[Entity]) -> None:
    for one in made:
        # A subclass may be frozen.
        object.__setattr__(one, "_partial", True)
        for name in _related(type(one)):
            value = getattr(one, name)
            _mark([value] if isinstance(value, Entity) else as_array(value) or [])


@functools.cache
def _related(entity: type[Entity]) -> tuple[str, ...]:
    kinds = {name: _type(member) for name, member in properties(entity).items()}
    return tuple(name for name, kind in kinds.items() if _is_entity(_item(kind) or kind))


_ADVICE: Final = "read the rows as sent with .dicts(), or leave the property out with .select()"


def _explained(entity: type[E], row: Any, place: int) -> E:
    try:
        return _carefully(entity, row, place)
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
    kind, listed = _type(member), as_array(value)
    if _is_entity(kind) and as_object(value) is not None:
        return _carefully(kind, value, place)
    if _is_entity(item := _item(kind)) and listed is not None:
        return [_carefully(item, one, place) for one in listed]
    try:
        return _value(kind, value)
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - by now the place is known, and the cause may quote data
        raise DecodeError(
            f"row {place}: {entity.__name__}.{member.wire} cannot be read from a {type(value).__name__}: {_ADVICE}",
            entity=entity.__name__,
            property=member.wire,
            row=place,
        ) from None
