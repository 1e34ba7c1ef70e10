"""Functions compiled for each entity type: one for single rows, one for pages whose rows have the same keys."""

from __future__ import annotations

import binascii
import datetime as dt
import functools
import operator
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import UUID, SafeUUID

import attrs
import cattrs
import msgspec

from uipath_odata.odata.entity import Collection, Entity, Member, Timestamp, Values, properties
from uipath_odata.odata.rows.json_body import as_array
from uipath_odata.odata.rows.struct_row import StructRow

__all__ = ["CONVERTER", "is_entity", "item_of", "made_of", "type_of", "value_of_kind"]

E = TypeVar("E", bound=Entity)
Hook: TypeAlias = Callable[[Any, Any], Any]
Page: TypeAlias = Callable[[list[Any]], Iterator[Any]]

_FEW: Final = 100
"""Fewer rows are not worth compiling a function for their keys, which takes as long as to read 200 rows."""


def made_of(entity: type[E], rows: list[Any]) -> list[E]:
    """Make entities of rows, which are used up; raises whatever the first that cannot be read causes.

    A page's entities take the rows' places in their list: rows that go while entities come leave the garbage
    collector nothing to count, whose walks would take a third of the time.
    """
    if page := _page_of(entity, rows):
        try:
            return [*page(rows)]
        except Exception:  # noqa: BLE001, S110 - rows of other keys, or one that cannot be read: one by one below
            pass
    make = CONVERTER.get_structure_hook(entity)
    return [row if row.__class__ is entity else make(row, entity) for row in rows]


def _page_of(entity: type[Entity], rows: list[Any]) -> Page | None:
    kinds = {*map(type, rows)}
    if len(kinds) != 1 or _has_logic(entity):
        return None
    if issubclass(kind := kinds.pop(), StructRow):
        return _page(entity, tuple(kind.attributes), kind)
    if kind is not dict or len(rows) < _FEW:
        return None
    keys = tuple(rows[0])
    # With a single key a getter gives no tuple.
    return _page(entity, keys, kind) if len(keys) > 1 and {*map(len, rows)} == {len(keys)} else None


@functools.lru_cache(maxsize=256)
def _page(entity: type[Entity], keys: tuple[str, ...], kind: type) -> Page:
    """Compile a generator for rows of exactly these keys, as many in each row; others raise KeyError.

    A getter takes a row apart in C, and its values are stored where they belong: no lookup for each property.
    Related entities are a page of their own, made as their turn comes.
    """
    known = {member.wire: member for member in properties(entity).values()}
    scope: dict[str, Any] = {**_scope(entity), "related": _related}
    scope["take"] = operator.itemgetter(*keys) if kind is dict else msgspec.structs.astuple
    targets, before, stores = ["_"] * len(keys), list[str](), list[str]()
    for place, key in enumerate(keys):
        if member := known.pop(key, None):
            related = type_of(member)
            make = scope[f"make{place}"] = _maker(related)
            targets[place] = f"v{place}" if make else f"self.{member.name}"
            if is_entity(related):
                scope |= {f"kind{place}": related, f"take{place}": _taker(kind, key)}
                before.append(f" next{place} = related(kind{place}, map(take{place}, rows)).__next__")
                stores.append(f"  self.{member.name} = v{place} if v{place} is None else next{place}()")
            elif make:
                stores.append(f"  {_store(related, member.name, place)}")
    absent = "".join([f"self.{member.name} = " for member in known.values()])
    turn = [
        " for place, values in enumerate(map(take, rows)):",
        "  self = new(cls)",
        "  self._partial = False",
    ]
    turn += [
        f"  {', '.join(targets)}, = values",
        *stores,
        f"  {absent}None",
        "  rows[place] = self",
        "  yield self",
    ]
    return cast("Page", _compiled("page", ["def page(rows):", *before, *turn], scope))


def _taker(kind: Any, key: str) -> Any:
    return cast(
        "Any",
        operator.attrgetter(kind.attributes[key])
        if issubclass(kind, StructRow)
        else operator.itemgetter(key),
    )


def _related(kind: type[Entity], values: Iterable[Any]) -> Iterator[Entity]:
    rows = [value for value in values if value is not None]
    page = _page_of(kind, rows)
    return page(rows) if page else iter(made_of(kind, rows))


def _scope(entity: type[Entity]) -> dict[str, Any]:
    moment = dt.datetime.fromisoformat
    return {"new": object.__new__, "cls": entity, "utc": dt.UTC, "moment": moment, "to_utc": _to_utc}


def _compiled(name: str, lines: list[str], scope: dict[str, Any]) -> Any:
    exec("\n".join(lines), scope)  # noqa: S102 - made of the schema's names, as attrs and cattrs do
    return scope[name]


def is_entity(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Entity)


def _hook(entity: type[Entity]) -> Hook:
    """Compile a function that stores each slot directly; classes with logic of their own are called instead."""
    known = properties(entity)
    if _has_logic(entity):
        return lambda row, _: entity(
            **{name: value_of_kind(type_of(member), row.get(member.wire)) for name, member in known.items()}
        )
    lines = ["def structure(row, _):", " self = new(cls)", " self._partial = False", " get = row.get"]
    scope = _scope(entity)
    for place, member in enumerate(known.values()):
        kind = type_of(member)
        make = scope[f"make{place}"] = _maker(kind)
        sent = f"get({member.wire!r})"
        lines += (
            [f" v{place} = {sent}", f" {_store(kind, member.name, place)}"]
            if make
            else [f" self.{member.name} = {sent}"]
        )
    return cast("Hook", _compiled("structure", [*lines, " return self"], scope))


@functools.cache
def _has_logic(entity: type[Entity]) -> bool:
    own = {*properties(entity), "_partial"}
    hooks = ("__attrs_pre_init__", "__attrs_post_init__")
    return (
        any(hasattr(entity, hook) for hook in hooks)
        or entity.__setattr__ is not object.__setattr__
        or any(field.validator or field.converter or field.name not in own for field in attrs.fields(entity))
    )


def _store(kind: Any, name: str, place: int) -> str:
    """Write the statement that makes and stores what is in ``v{place}``."""
    v = f"v{place}"
    if kind is int:
        return f"self.{name} = {v} if type({v}) is int or {v} is None else make{place}({v})"
    if kind is dt.datetime:
        return f"self.{name} = {v} if {v} is None or ({v} := moment({v})).tzinfo is utc else to_utc({v})"
    return f"self.{name} = {v} if {v} is None else make{place}({v})"


def type_of(member: Member) -> Any:
    kind = typing.get_origin(member.annotation) or member.annotation
    if kind in (Collection, Values):
        return types.GenericAlias(list, member.argument)
    return dt.datetime if kind is Timestamp else member.argument


def item_of(kind: Any) -> Any:
    return typing.get_args(kind)[0] if typing.get_origin(kind) is list else None


@functools.cache
def _maker(kind: Any) -> Callable[[Any], Any] | None:
    """Give what makes a value of this kind, None where values stay as sent."""
    if is_entity(kind):
        return functools.partial(_entity, kind)
    make = _maker(item_of(kind)) if item_of(kind) else None
    return functools.partial(_list, make) if make else _SCALARS.get(kind)


def _entity(kind: type[Entity], row: Any) -> Entity:
    # Entities refer to each other in circles: their hooks are looked up when a value comes.
    return cast("Entity", CONVERTER.get_structure_hook(kind)(row, kind))


def _list(make: Callable[[Any], Any], values: Any) -> list[Any]:
    listed = as_array(values)
    if listed is None:
        raise TypeError
    return [make(value) for value in listed]


def value_of_kind(kind: Any, value: Any) -> Any:
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
_UNKNOWN: Final = SafeUUID.unknown
_new, _from_bytes, _unhexlify = object.__new__, int.from_bytes, binascii.unhexlify
_store_int = vars(UUID)["int"].__set__
_store_is_safe = vars(UUID)["is_safe"].__set__


@functools.lru_cache(maxsize=4096)
def _guid(text: str) -> UUID:
    """Read a GUID; keys of jobs and machines repeat from row to row.

    UUID's own constructor looks at every form of one and takes three times as long.
    """
    if len(text) != _GUID_LENGTH or len(digits := text.replace("-", "")) != 32:  # noqa: PLR2004 - 128 bits
        return UUID(text)
    made = _new(UUID)
    _store_int(made, _from_bytes(_unhexlify(digits)))
    _store_is_safe(made, _UNKNOWN)
    return made


_SCALARS: Final[Mapping[Any, Callable[[Any], Any]]] = {
    int: _integer,
    UUID: _guid,
    dt.datetime: _moment,
}


def _converter() -> cattrs.Converter:
    made = cattrs.Converter(detailed_validation=False)
    made.register_structure_hook_factory(is_entity, _hook)
    for kind, convert in _SCALARS.items():
        made.register_structure_hook(kind, _without_type(convert))
    return made


def _without_type(convert: Callable[[Any], Any]) -> Hook:
    return lambda value, _: convert(value)


CONVERTER: Final = _converter()
"""Structures entities from rows; for classes of your own that hold entities."""
