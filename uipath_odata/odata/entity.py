"""Entities: slotted attrs classes whose class attributes are query expressions.

``Session.state`` is an expression and ``session.state`` a value. The descriptors below say so to type checkers;
at run time a metaclass per entity answers on the class, and instances read plain slots.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import typing
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast, dataclass_transform, overload

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata import kinds, nodes
from uipath_odata.odata.expressions import Expr, Moment, OrderedExpr, Predicate, as_node

if TYPE_CHECKING:
    import datetime as dt

__all__ = [
    "Collection",
    "CollectionPath",
    "Entity",
    "EntityPath",
    "Navigation",
    "Ordered",
    "Property",
    "Timestamp",
    "Values",
    "ValuesPath",
    "entity",
    "prop",
    "properties",
]

T = TypeVar("T")
E = TypeVar("E", bound="Entity")
Cls = TypeVar("Cls", bound=type)

WIRE: Final = "odata.name"


class Property(Generic[T]):
    """A structural property: ``Expr[T]`` on the class, ``T | None`` on an entity."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Entity]) -> Expr[T]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> T | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> Expr[T] | T | None: ...
        def __set__(self, entity: Entity, value: T | None) -> None: ...


class Ordered(Generic[T]):
    """An enum property with an order: ``<`` and ``>=`` work on it."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Entity]) -> OrderedExpr[T]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> T | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> OrderedExpr[T] | T | None: ...
        def __set__(self, entity: Entity, value: T | None) -> None: ...


class Timestamp:
    """An Edm.DateTimeOffset: compared with a datetime or Instant, read as a UTC datetime cut to microseconds."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Entity]) -> Expr[Moment]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> dt.datetime | None: ...
        def __get__(
            self, entity: Entity | None, owner: type[Entity]
        ) -> Expr[Moment] | dt.datetime | None: ...
        def __set__(self, entity: Entity, value: dt.datetime | None) -> None: ...


class Navigation(Generic[E]):
    """A related entity: its class on the class (``Session.robot.name``), ``E | None`` on an entity."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Entity]) -> type[E]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> E | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> type[E] | E | None: ...
        def __set__(self, entity: Entity, value: E | None) -> None: ...


class Collection(Generic[E]):
    """Related entities: ``any``/``all`` on the class, ``list[E] | None`` on an entity."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Entity]) -> CollectionPath[E]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> list[E] | None: ...
        def __get__(
            self, entity: Entity | None, owner: type[Entity]
        ) -> CollectionPath[E] | list[E] | None: ...
        def __set__(self, entity: Entity, value: list[E] | None) -> None: ...


class Values(Generic[T]):
    """A collection of plain values: ``any``/``all`` on the class, ``list[T] | None`` on an entity."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Entity]) -> ValuesPath[T]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> list[T] | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> ValuesPath[T] | list[T] | None: ...
        def __set__(self, entity: Entity, value: list[T] | None) -> None: ...


@attrs.frozen
class Member:
    """One declared property; as an attribute of the metaclass it answers ``Session.state``."""

    owner: type[Entity]
    name: str
    wire: str

    @property
    def annotation(self) -> Any:
        """The evaluated annotation, such as ``Property[int]``."""
        return hints(self.owner)[self.name]

    @property
    def argument(self) -> Any:
        """What the annotation holds: a Python type, or the related entity's class."""
        return next(iter(typing.get_args(self.annotation)), None)

    def below(self, above: nodes.Path) -> Any:
        """Give the expression or path of this property, one segment below ``above``."""
        path = nodes.Path(above.root, (*above.segments, self.wire))
        kind = typing.get_origin(self.annotation) or self.annotation
        return _BELOW[kind](path, self)

    def __get__(self, cls: type | None, meta: type) -> Any:
        return self if cls is None else self.below(nodes.Path(cls, ()))

    def __set__(self, cls: type, value: object) -> None:
        raise AttributeError(
            f"{cls.__name__}.{self.name} is a query expression and cannot be assigned: set it on an entity"
        )


class _Place(Generic[E]):
    """A path to something that has no value of its own; its other names belong to the entity that it leads to."""

    __slots__ = ("__member__", "__path__")

    def __init__(self, path: nodes.Path, member: Member) -> None:
        self.__path__ = path
        self.__member__ = member

    def __eq__(self, other: object) -> bool:
        raise QueryError(
            f"{self!r} is an object, not a value: compare a property of it, such as its key: … .id == None"
        )

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise QueryError(
            f"{self!r} has no value here, only on the server: use it in filter, select or expand"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'/'.join(self.__path__.segments)}>"


class EntityPath(_Place[E]):
    """``Session.robot``: attribute access goes one path segment deeper."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return member_of(self.__member__.argument, name).below(self.__path__)

    def __call__(self, *_: object, **__: object) -> Any:
        target = self.__member__.argument.__name__
        raise TypeError(f"{self!r} is a path, not the class: write {target}(…) to make an entity")


class CollectionPath(_Place[E]):
    """``Release.release_versions``: a collection of related entities."""

    __slots__ = ()

    def any(self, test: Callable[[type[E]], Predicate] | None = None) -> Predicate:
        """Select rows with at least one related entity that passes ``test``; without a test, with any at all."""
        return _quantified("any", self, self._item, test)

    def all(self, test: Callable[[type[E]], Predicate]) -> Predicate:
        """Select rows whose related entities all pass ``test``."""
        return _quantified("all", self, self._item, test)

    def _item(self, variable: nodes.Variable) -> Any:
        return EntityPath[E](nodes.Path(variable, ()), self.__member__)


class ValuesPath(_Place[Any], Generic[T]):
    """``Package.tags``: a collection of plain values."""

    __slots__ = ()

    def any(self, test: Callable[[Expr[T]], Predicate] | None = None) -> Predicate:
        """Select rows with at least one value that passes ``test``; without a test, with any at all."""
        return _quantified("any", self, self._item, test)

    def all(self, test: Callable[[Expr[T]], Predicate]) -> Predicate:
        """Select rows whose values all pass ``test``."""
        return _quantified("all", self, self._item, test)

    def _item(self, variable: nodes.Variable) -> Any:
        return Expr[T](nodes.Path(variable, ()), kinds.kind_of(self.__member__.argument))


def _quantified(
    quantifier: typing.Literal["any", "all"],
    place: _Place[Any],
    item: Callable[[nodes.Variable], Any],
    test: Callable[[Any], Predicate] | None,
) -> Predicate:
    variable = nodes.Variable()
    body = None if test is None else as_node(test(item(variable)))
    return Predicate(nodes.Lambda(quantifier, place.__path__, variable, body))


def _value(path: nodes.Path, member: Member) -> Expr[Any]:
    return Expr(path, kinds.kind_of(member.argument))


def _timestamp(path: nodes.Path, member: Member) -> Expr[Any]:
    del member
    return Expr(path, kinds.INSTANT)


def _ordered(path: nodes.Path, member: Member) -> Expr[Any]:
    return OrderedExpr(path, kinds.kind_of(member.argument, ordered=True))


_BELOW: Final[Mapping[Any, Callable[[nodes.Path, Member], Any]]] = {
    Property: _value,
    Ordered: _ordered,
    Timestamp: _timestamp,
    Navigation: EntityPath,
    Collection: CollectionPath,
    Values: ValuesPath,
}


class EntityMeta(type):
    """Base of the per-entity metaclasses that ``@entity`` makes."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return member_of(cast("type[Entity]", cls), name)


# attrs compiles methods for each class: inheriting __eq__ and __repr__ saves a third of the time to import all.
@attrs.define(kw_only=True, weakref_slot=False, eq=False, repr=False)
class Entity(metaclass=EntityMeta):
    """A row with typed attributes; every attribute may be None, because ``select`` may leave any out."""

    # Kept by copies, pickles and attrs.evolve, so that a row read under a select never replaces a whole one.
    _partial: bool = attrs.field(default=False, alias="_partial")

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in properties(type(self)))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        values = ((name, getattr(self, name)) for name in properties(type(self)))
        shown = ", ".join(f"{name}={value!r}" for name, value in values if value is not None)
        return f"{type(self).__name__}({shown})"


def prop(wire: str) -> Any:
    """Declare a property by its wire name; the annotation says what it is."""
    return attrs.field(default=None, metadata={WIRE: wire})


# Without field specifiers ``= prop("State")`` reads to type checkers as a default, so that each argument is optional.
@dataclass_transform(kw_only_default=True)
def entity(cls: Cls) -> Cls:
    """Make the class a slotted attrs class whose class attributes are query expressions."""
    made: Any = attrs.define(cls, slots=True, kw_only=True, weakref_slot=False, eq=False, repr=False)
    members = {
        field.name: Member(made, field.name, field.metadata[WIRE])
        for field in attrs.fields(made)
        if WIRE in field.metadata
    }
    made.__class__ = type(f"{cls.__name__}Meta", (EntityMeta,), members)
    # attrs gets each slot of a base from its class: that would import all related entities with the derived one.
    made.__slots__ = ()
    return cast("Cls", made)


@functools.cache
def properties(cls: type[Entity]) -> Mapping[str, Member]:
    """Give an entity's declared properties by attribute name, in the order of the schema."""
    return {name: member for name, member in vars(type(cls)).items() if isinstance(member, Member)}


def member_of(cls: type[Entity], name: str) -> Member:
    """Find a property by attribute name; raises AttributeError that names the nearest."""
    known = properties(cls)
    if name in known:
        return known[name]
    by_wire = {member.wire: attribute for attribute, member in known.items()}
    near = by_wire.get(name) or next(iter(difflib.get_close_matches(name, known, n=1)), None)
    hint = f"did you mean {near}?" if near else "a property newer than the schema goes through path(…)"
    raise AttributeError(f"{cls.__name__} has no property {name!r}: {hint}")


class _Related(dict[str, Any]):
    """The names of a package of entities, each imported when an annotation needs it."""

    def __init__(self, package: str) -> None:
        super().__init__()
        self._package = package

    def __missing__(self, name: str) -> Any:
        try:
            return getattr(importlib.import_module(self._package), name)
        except (AttributeError, ValueError):
            raise KeyError(name) from None


@functools.cache
def hints(cls: type[Entity]) -> Mapping[str, Any]:
    """Evaluate an entity's annotations, importing related entities only now."""
    return typing.get_type_hints(cls, None, _Related(cls.__module__.rpartition(".")[0]))
