"""Rows to entities, by a function compiled for the entity type and for how its rows are laid out.

Rows that all have the same keys are taken apart in C; of any other row each property is looked up.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias, TypeVar, cast

import attrs
import cattrs
import msgspec

from uipath_odata.odata.entity import (
    KEPT,
    Entity,
    Member,
    by_wire,
    members_of,
    properties,
)
from uipath_odata.odata.rows.json_body import as_array
from uipath_odata.odata.rows.struct_pages import StructRow
from uipath_odata.odata.rows.values import SCALARS, is_entity, item_of, to_utc, type_of

__all__ = [
    "CONVERTER",
    "made_of",
    "refuse_strangers",
    "value_of_kind",
    "with_extra",
]

E = TypeVar("E", bound=Entity)
Hook: TypeAlias = Callable[[Any, Any], Any]
Page: TypeAlias = Callable[[list[Any]], Iterator[Any]]

_FEW: Final = 100
"""Fewer rows are not worth compiling a function for their keys, which takes as long as to read 200 rows."""


def made_of(entity: type[E], rows: list[Any]) -> list[E]:
    """Make entities of rows, which are used up; raise whatever the first that cannot be read causes.

    A page's entities take the rows' places in their list: rows that go while entities come leave the garbage
    collector nothing to count, whose walks would take a third of the time.
    """
    if page := _page_of(entity, rows):
        with suppress(Exception):  # rows of other keys, or one that cannot be read: one by one below
            return [*page(rows)]
    make = CONVERTER.get_structure_hook(entity)
    return [row if row.__class__ is entity else make(row, entity) for row in rows]


def _page_of(entity: type[Entity], rows: list[Any]) -> Page | None:
    """Return the reader of these rows, where all have the same keys."""
    kinds = {*map(type, rows)}
    if len(kinds) != 1 or _has_logic(entity):
        return None
    if issubclass(kind := kinds.pop(), StructRow):
        return _page(entity, tuple(kind.attributes), kind)
    # With a single key a getter gives no tuple.
    if kind is not dict or len(rows) < _FEW or not {*map(len, rows)} == {len(rows[0])} != {1}:
        return None
    return _page(entity, tuple(rows[0]), kind)


@attrs.frozen(eq=False)
class _Layout:
    """How rows are taken apart: into values, each of one property or, where that is None, of something else."""

    take: Callable[[Any], Iterable[Any]]
    members: Sequence[Member | None]
    extra: str | None
    """What the schema does not know, as an expression over the values ``v0``, ``v1`` and so on; None: nothing."""
    value_at: Callable[[int], Callable[[Any], Any]] | None = None
    """Makes a getter of one value, where the related entities of all rows are read together."""
    typed: frozenset[int] = frozenset()
    """The places of values that the entity takes as they are."""


def _exactly(entity: type[Entity], keys: tuple[str, ...], kind: Any) -> _Layout:
    """Lay out rows of exactly these keys, as many in each row; others raise KeyError.

    A getter takes a row apart in C, and its values are stored where they belong: no lookup for each property.
    """
    members, unknown = members_of(entity, keys)
    refuse_strangers(members, unknown)
    kept = [f"{key!r}: v{place}" for place, key in enumerate(keys) if key in unknown]
    extra = f"{{{', '.join(kept)}}}" if kept else None
    taken = [*map(members.get, keys)]
    if issubclass(kind, StructRow):
        names = [kind.attributes[key] for key in keys]
        astuple: Any = msgspec.structs.astuple
        typed = frozenset(place for place, key in enumerate(keys) if key in kind.typed)
        return _Layout(astuple, taken, extra, lambda at: operator.attrgetter(names[at]), typed)
    getter: Any = operator.itemgetter
    return _Layout(getter(*keys), taken, extra, lambda at: operator.itemgetter(keys[at]))


@functools.cache
def _of_any_keys(entity: type[Entity]) -> _Layout:
    """Lay out rows of any keys: first what the schema does not know, then each property, None where it is absent."""
    known = by_wire(entity)
    blank: dict[Any, Any] = dict.fromkeys((None, *known))
    count = len(blank)

    def take(row: Any) -> Iterable[Any]:
        # A row laid over blanks has their order, and more of them only where it has keys that the schema lacks.
        sent: dict[str, Any] = row if row.__class__ is dict else row.whole
        filled = blank | sent
        if len(filled) == count:
            return filled.values()
        members, unknown = members_of(entity, tuple(sent))
        refuse_strangers(members, unknown)
        extra = {key: sent[key] for key in unknown} or None
        return (blank | {member.wire: sent[key] for key, member in members.items()} | {None: extra}).values()

    return _Layout(take, (None, *known.values()), "v0")


def refuse_strangers(members: Mapping[str, Member], unknown: Sequence[str]) -> None:
    """Raise LookupError for an object of which no key is known: it is another one than the schema says."""
    if unknown and not members:
        raise LookupError(*unknown)


@functools.lru_cache(maxsize=256)
def _page(entity: type[Entity], keys: tuple[str, ...], kind: type) -> Page:
    """Compile a generator that makes the entities of rows of exactly these keys."""
    source = _Source(entity, _exactly(entity, keys, kind))
    steps = [*source.steps, "rows[place] = self", "yield self"]
    turn = [" for place, values in enumerate(map(take, rows)):", *[f"  {step}" for step in steps]]
    return cast("Page", source.compiled("page", ["def page(rows):", *source.before, *turn]))


def _related(kind: type[Entity], values: Iterable[Any]) -> Iterator[Entity]:
    rows = [value for value in values if value is not None]
    page = _page_of(kind, rows)
    return page(rows) if page else iter(made_of(kind, rows))


class _Source:
    """The text of a function that makes an entity of the values of a row."""

    def __init__(self, entity: type[Entity], layout: _Layout) -> None:
        self.before = list[str]()
        """What prepares the related entities of all rows."""
        self._scope: dict[str, Any] = {
            "new": object.__new__,
            "cls": entity,
            "take": layout.take,
            "keep": KEPT.__set__,
        }
        self._scope |= {
            "utc": dt.UTC,
            "moment": dt.datetime.fromisoformat,
            "to_utc": to_utc,
            "related": _related,
        }
        stores = list[str]()
        targets = [self._target(at, member, layout, stores) for at, member in enumerate(layout.members)]
        absent = [name for name, member in properties(entity).items() if member not in layout.members]
        self.steps = [
            "self = new(cls)",
            f"{', '.join(targets)}, = values",
            *stores,
            *([f"{''.join([f'self.{name} = ' for name in absent])}None"] if absent else []),
            f"keep(self, {layout.extra or None})",
        ]

    def _target(self, at: int, member: Member | None, layout: _Layout, stores: list[str]) -> str:
        """Return what a value goes to, the entity itself or a variable that is stored afterwards."""
        if member is None:
            return f"v{at}"
        kind = type_of(member)
        make = self._scope[f"make{at}"] = None if at in layout.typed else _maker(kind)
        if make is None:
            return f"self.{member.name}"
        if layout.value_at and is_entity(kind):
            self._scope |= {f"kind{at}": kind, f"take{at}": layout.value_at(at)}
            self.before.append(f" next{at} = related(kind{at}, map(take{at}, rows)).__next__")
            stores.append(f"self.{member.name} = v{at} if v{at} is None else next{at}()")
        else:
            stores.append(_store(kind, member.name, at))
        return f"v{at}"

    def compiled(self, name: str, lines: list[str]) -> Any:
        exec("\n".join(lines), self._scope)  # noqa: S102 - made of the schema's names, as attrs and cattrs do
        return self._scope[name]


def _hook(entity: type[Entity]) -> Hook:
    """Return what makes one entity of a row; a class with logic of its own is called."""
    layout = _of_any_keys(entity)
    if not _has_logic(entity):
        source = _Source(entity, layout)
        steps = [f" {step}" for step in ["values = take(row)", *source.steps, "return self"]]
        return cast("Hook", source.compiled("structure", ["def structure(row, _):", *steps]))
    kinds = {name: type_of(member) for name, member in properties(entity).items()}

    def structure(row: Any, _: Any) -> Entity:
        extra, *values = layout.take(row)
        held = {name: value_of_kind(kinds[name], value) for name, value in zip(kinds, values, strict=True)}
        return with_extra(entity(**held), extra)

    return structure


def with_extra(entity: E, extra: dict[str, Any] | None) -> E:
    """Return the entity, which from now on holds what the schema does not know."""
    KEPT.__set__(entity, extra)  # a subclass may be frozen
    return entity


@functools.cache
def _has_logic(entity: type[Entity]) -> bool:
    own = {*properties(entity), "extra"}
    hooks = ("__attrs_pre_init__", "__attrs_post_init__")
    return (
        any(hasattr(entity, hook) for hook in hooks)
        or entity.__setattr__ is not object.__setattr__
        or any(field.validator or field.converter or field.name not in own for field in attrs.fields(entity))
    )


def _store(kind: Any, name: str, place: int) -> str:
    """Return the statement that makes and stores what is in ``v{place}``."""
    v = f"v{place}"
    if kind in (int, bool):
        return f"self.{name} = {v} if type({v}) is {kind.__name__} or {v} is None else make{place}({v})"
    if kind is dt.datetime:
        return f"self.{name} = {v} if {v} is None or ({v} := moment({v})).tzinfo is utc else to_utc({v})"
    return f"self.{name} = {v} if {v} is None else make{place}({v})"


@functools.cache
def _maker(kind: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value of this kind, None where values stay as sent."""
    if is_entity(kind):
        return functools.partial(_entity, kind)
    make = _maker(item_of(kind)) if item_of(kind) else None
    return functools.partial(_list, make) if make else SCALARS.get(kind)


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


def _converter() -> cattrs.Converter:
    made = cattrs.Converter(detailed_validation=False)
    made.register_structure_hook_factory(is_entity, _hook)
    for kind, convert in SCALARS.items():
        made.register_structure_hook(kind, _without_type(convert))
    return made


def _without_type(convert: Callable[[Any], Any]) -> Hook:
    return lambda value, _: convert(value)


CONVERTER: Final = _converter()
"""Structures entities from rows; for classes of your own that hold entities."""
