"""Rows to entities, by one compiled function per entity type."""

from __future__ import annotations

import datetime as dt
import functools
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import attrs
import cattrs

from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Collection, Entity, Member, Timestamp, Values, properties
from uipath_odata.odata.payload import as_object

__all__ = ["CONVERTER", "decode"]

E = TypeVar("E", bound=Entity)
Hook: TypeAlias = Callable[[Any, Any], Any]


def decode(entity: type[E], rows: Sequence[Mapping[str, Any]], *, partial: bool = False) -> list[E]:
    """Make entities of rows as sent; unknown properties are left out, unknown enum members kept.

    ``partial`` marks rows that were read under a ``select``. Raises DecodeError that names entity, property and row.
    """
    make = CONVERTER.get_structure_hook(entity)
    try:
        made = [make(row, entity) for row in rows]
    except Exception:  # noqa: BLE001 - whatever it was, the property at fault is found below
        made = [_one_by_one(entity, row, place) for place, row in enumerate(rows)]
    if partial:
        for one in made:
            one._partial = True  # noqa: SLF001 - the mark is the entity's own affair, but set here
    return made


def _is_entity(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Entity)


def _hook(entity: type[Entity]) -> Hook:
    """Compile a function that stores each slot directly; classes with logic of their own go through it.

    Rows under a ``select`` lack properties: the first one missing sends the row through ``row.get``.
    """
    known = properties(entity)
    fields = attrs.fields(entity)
    if hasattr(entity, "__attrs_post_init__") or any(field.validator or field.converter for field in fields):
        return lambda row, _: entity(
            **{name: _value(member, row.get(member.wire)) for name, member in known.items()}
        )
    scope: dict[str, Any] = {
        "new": object.__new__,
        "cls": entity,
        "utc": dt.UTC,
        "moment": dt.datetime.fromisoformat,
    }
    scope |= {"to_utc": _to_utc} | {
        f"make{place}": _lazily(member) for place, member in enumerate(known.values())
    }
    lines = ["def structure(row, _):", " self = new(cls)", " self._partial = False", " try:"]
    lines += [f"  {_store(place, member, 'row[{!r}]')}" for place, member in enumerate(known.values())]
    lines += [" except KeyError:", "  get = row.get"]
    lines += [f"  {_store(place, member, 'get({!r})')}" for place, member in enumerate(known.values())]
    exec("\n".join([*lines, " return self"]), scope)  # noqa: S102 - made of the schema's names, as attrs and cattrs do
    return typing.cast("Hook", scope["structure"])


def _store(place: int, member: Member, access: str) -> str:
    value, target, kind = access.format(member.wire), f"self.{member.name}", _type(member)
    if kind is dt.datetime:
        return f"v = {value}; {target} = v if v is None or (v := moment(v)).tzinfo is utc else to_utc(v)"
    if kind is int:
        return f"v = {value}; {target} = v if v.__class__ is int or v is None else make{place}(v)"
    if _is_as_sent(kind):
        return f"{target} = {value}"
    return f"v = {value}; {target} = v if v is None else make{place}(v)"


def _type(member: Member) -> Any:
    kind = typing.get_origin(member.annotation) or member.annotation
    if kind in (Collection, Values):
        return types.GenericAlias(list, member.argument)
    return dt.datetime if kind is Timestamp else member.argument


def _is_as_sent(kind: Any) -> bool:
    inner = typing.get_args(kind)[0] if typing.get_origin(kind) is list else kind
    return not (inner in _SCALARS or _is_entity(inner))


def _lazily(member: Member) -> Callable[[Any], Any]:
    # Entities refer to each other in circles: a hook is looked up when a value comes.
    return functools.partial(_value, member)


def _value(member: Member, value: Any) -> Any:
    kind = _type(member)
    if value is None or _is_as_sent(kind):
        return value
    if typing.get_origin(kind) is list and not isinstance(value, list):
        raise TypeError
    return CONVERTER.get_structure_hook(kind)(value, kind)


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


_SCALARS: Final[Mapping[Any, Callable[[Any], Any]]] = {
    int: _integer,
    # Keys of jobs and machines repeat from row to row.
    UUID: functools.lru_cache(maxsize=4096)(UUID),
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
"""Structures entities from rows; copy it to add hooks of your own."""


def _one_by_one(entity: type[E], row: Any, place: int) -> E:
    """Make one entity property by property, so that the one at fault is named."""
    known = as_object(row)
    if known is None:
        raise DecodeError(
            f"row {place}: {entity.__name__} is no object but {type(row).__name__}: {_ADVICE}", row=place
        )
    values = {
        name: _checked(entity, member, known.get(member.wire), place)
        for name, member in properties(entity).items()
    }
    return entity(**values)


def _checked(entity: type[Entity], member: Member, value: Any, place: int) -> Any:
    kind = _type(member)
    if value is not None and _is_entity(kind):
        return _one_by_one(kind, value, place)
    try:
        return _value(member, value)
    except Exception:  # noqa: BLE001 - by now the place is known, and the cause may quote data
        raise DecodeError(
            f"row {place}: {entity.__name__}.{member.wire} cannot be read from a {type(value).__name__}: {_ADVICE}",
            entity=entity.__name__,
            property=member.wire,
            row=place,
        ) from None


_ADVICE: Final = "read the rows as sent with .dicts(), or leave the property out with .select()"
