"""Entities: slotted attrs classes whose class attributes are query expressions.

``Session.state`` is an expression and ``session.state`` a value. The descriptors below say so to type checkers;
at run time a metaclass per entity answers on the class, and instances read plain slots.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import typing
from collections.abc import Callable, Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast, dataclass_transform, overload

import attrs

from uipath_odata.errors import UnknownProperty
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Expr, Moment, OrderedExpr
from uipath_odata.odata.expr.paths import CollectionPath, EntityPath, ValuesPath

if TYPE_CHECKING:
    import datetime as dt

__all__ = [
    "Collection",
    "CollectionPath",
    "Entity",
    "EntityPath",
    "JsonText",
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
Owner = TypeVar("Owner", bound="Entity")
Cls = TypeVar("Cls", bound=type)

if TYPE_CHECKING:
    # With a default (PEP 696), which typing has from Python 3.13 on.
    from typing_extensions import TypeVar as EntityVar

    P = EntityVar("P", bound="Entity", default=E)
else:
    P = TypeVar("P")

WIRE: Final = "odata.name"
READ_ONLY: Final = "odata.read_only"


class Property(Generic[T]):
    """A structural property: ``Expr[T]`` on the class, ``T | None`` on an entity."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Nested]) -> Expr[T, object]: ...
        @overload
        def __get__(self, entity: None, owner: type[Owner]) -> Expr[T, Owner]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> T | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> Expr[T, Any] | T | None: ...
        def __set__(self, entity: Entity, value: T | None) -> None: ...


class Ordered(Generic[T]):
    """An enum property with an order: ``<`` and ``>=`` work on it."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Nested]) -> OrderedExpr[T, object]: ...
        @overload
        def __get__(self, entity: None, owner: type[Owner]) -> OrderedExpr[T, Owner]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> T | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> OrderedExpr[T, Any] | T | None: ...
        def __set__(self, entity: Entity, value: T | None) -> None: ...


class Timestamp:
    """An Edm.DateTimeOffset: compared with a datetime or Instant, read as a UTC datetime cut to microseconds."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Nested]) -> Expr[Moment, object]: ...
        @overload
        def __get__(self, entity: None, owner: type[Owner]) -> Expr[Moment, Owner]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> dt.datetime | None: ...
        def __get__(
            self, entity: Entity | None, owner: type[Entity]
        ) -> Expr[Moment, Any] | dt.datetime | None: ...
        def __set__(self, entity: Entity, value: dt.datetime | None) -> None: ...


class JsonText:
    """A text that holds JSON: ``Expr[str]`` on the class, the text as sent on an entity; a mapping is sent as its JSON."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Nested]) -> Expr[str, object]: ...
        @overload
        def __get__(self, entity: None, owner: type[Owner]) -> Expr[str, Owner]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> str | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> Expr[str, Any] | str | None: ...
        def __set__(self, entity: Entity, value: str | Mapping[str, Any] | None) -> None: ...


class Navigation(Generic[E, P]):
    """A related entity: its class on the class (``Session.robot.name``), ``E | None`` on an entity.

    ``P`` is the same class as what is reached through another entity: to checkers, its properties fit any query.
    """

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Entity]) -> type[P]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> E | None: ...
        def __get__(self, entity: Entity | None, owner: type[Entity]) -> type[P] | E | None: ...
        def __set__(self, entity: Entity, value: E | None) -> None: ...


class Collection(Generic[E]):
    """Related entities: ``any``/``all`` on the class, ``list[E] | None`` on an entity."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Nested]) -> CollectionPath[E, object]: ...
        @overload
        def __get__(self, entity: None, owner: type[Owner]) -> CollectionPath[E, Owner]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> list[E] | None: ...
        def __get__(
            self, entity: Entity | None, owner: type[Entity]
        ) -> CollectionPath[E, Any] | list[E] | None: ...
        def __set__(self, entity: Entity, value: list[E] | None) -> None: ...


class Values(Generic[T]):
    """A collection of plain values: ``any``/``all`` on the class, ``list[T] | None`` on an entity."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, entity: None, owner: type[Nested]) -> ValuesPath[T, object]: ...
        @overload
        def __get__(self, entity: None, owner: type[Owner]) -> ValuesPath[T, Owner]: ...
        @overload
        def __get__(self, entity: Entity, owner: type[Entity]) -> list[T] | None: ...
        def __get__(
            self, entity: Entity | None, owner: type[Entity]
        ) -> ValuesPath[T, Any] | list[T] | None: ...
        def __set__(self, entity: Entity, value: list[T] | None) -> None: ...


@attrs.frozen(eq=False)
class Member:
    """One declared property; as an attribute of the metaclass it answers ``Session.state``."""

    owner: type[Entity]
    name: str
    wire: str
    read_only: bool = False
    """Whether only the server sends it."""

    @property
    def annotation(self) -> Any:
        """The evaluated annotation, such as ``Property[int]``."""
        return hints(self.owner)[self.name]

    @functools.cached_property
    def argument(self) -> Any:
        """What the annotation holds: a Python type, or the related entity's class."""
        return next(iter(typing.get_args(self.annotation)), None)

    @functools.cached_property
    def _make(self) -> Callable[[nodes.Path], Any]:
        shape = typing.get_origin(self.annotation) or self.annotation
        if shape in (Navigation, Collection, Values):
            return functools.partial(_SHAPES[shape], member=self)
        ordered = shape is Ordered
        kind = _OWN_KINDS.get(shape) or kinds.kind_of(self.argument, ordered=ordered)
        return functools.partial(_SHAPES[shape], kind=kind)

    def below(self, above: nodes.Path) -> Any:
        """Give the expression or path of this property, one segment below ``above``."""
        return self._make(nodes.Path(above.root, (*above.segments, self.wire)))

    def within(self, above: nodes.Path, name: str) -> Any:
        """Give the expression or path of the related entity's property ``name``, below ``above``."""
        return member_of(self.argument, name).below(above)

    def __get__(self, cls: type | None, meta: type) -> Any:
        return self if cls is None else _of_class(self, cls)

    def __set__(self, cls: type, value: object) -> None:
        raise AttributeError(
            f"{cls.__name__}.{self.name} is a query expression and cannot be assigned: set it on an entity"
        )


@functools.cache
def _of_class(member: Member, cls: type) -> Any:
    return member.below(nodes.Path(cls, ()))


_OWN_KINDS: Final[Mapping[Any, kinds.Kind]] = {Timestamp: kinds.INSTANT, JsonText: kinds.STRING}
_SHAPES: Final[Mapping[Any, Callable[..., Any]]] = {
    Property: Expr,
    Ordered: OrderedExpr,
    Timestamp: Expr,
    JsonText: Expr,
    Navigation: EntityPath,
    Collection: CollectionPath,
    Values: ValuesPath,
}


class EntityMeta(type):
    """Base of the per-entity metaclasses that ``@entity`` makes."""

    # Hidden from type checkers, to which it would make every name right.
    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return member_of(cls, name)


# attrs compiles methods for each class: inheriting __eq__ and __repr__ saves a third of the time to import all.
@attrs.define(kw_only=True, weakref_slot=False, eq=False, repr=False)
class Entity(metaclass=EntityMeta):
    """A row with typed attributes; every attribute may be None, because ``select`` may leave any out."""

    # Kept by copies, pickles and attrs.evolve, so that a row read under a select never replaces a whole one.
    _partial: bool = attrs.field(default=False, alias="_partial")

    # Hidden from mypy, to which the class of an entity without a hash has none either.
    if not TYPE_CHECKING:

        def __eq__(self, other: object) -> bool:
            if other.__class__ is not self.__class__:
                return NotImplemented
            return all(getattr(self, name) == getattr(other, name) for name in properties(type(self)))

        __hash__ = None

    def __repr__(self) -> str:
        values = ((name, getattr(self, name, None)) for name in properties(type(self)))
        shown = ", ".join(f"{name}={value!r}" for name, value in values if value is not None)
        return f"{type(self).__name__}({shown})"


if TYPE_CHECKING:

    class Nested(Entity):
        """An entity that is reached through another one."""


def prop(wire: str, *, read_only: bool = False) -> Any:
    """Declare a property by its wire name; the annotation says what it is."""
    return attrs.field(default=None, metadata={WIRE: wire, READ_ONLY: read_only})


# Without field specifiers ``= prop("State")`` reads to type checkers as a default, so that each argument is optional.
@dataclass_transform(kw_only_default=True)
def entity(cls: Cls) -> Cls:
    """Make the class a slotted attrs class whose class attributes are query expressions."""
    made: Any = attrs.define(cls, slots=True, kw_only=True, weakref_slot=False, eq=False, repr=False)
    members = {**properties(made.__base__)} | {
        field.name: Member(made, field.name, field.metadata[WIRE], field.metadata[READ_ONLY])
        for field in attrs.fields(made)
        if WIRE in field.metadata and not field.inherited
    }
    made.__class__ = type(f"{cls.__name__}Meta", (EntityMeta,), members)
    # attrs gets each slot of a base from its class: that would import all related entities with the derived one.
    made.__slots__ = ()
    return cast("Cls", made)


@functools.cache
def properties(cls: type[Entity]) -> Mapping[str, Member]:
    """Give an entity's declared properties by attribute name, in the order of the schema."""
    return {name: member for name, member in vars(type(cls)).items() if isinstance(member, Member)}


def member_of(cls: type[Entity], name: str, newer: str = "path(…)") -> Member:
    """Find a property by attribute name; raises UnknownProperty that names the nearest, or what takes a ``newer`` one."""
    known = properties(cls)
    if name in known:
        return known[name]
    by_wire = {member.wire: attribute for attribute, member in known.items()}
    near = by_wire.get(name) or next(iter(difflib.get_close_matches(name, known, n=1)), None)
    hint = f"did you mean {near}?" if near else f"a property newer than the schema goes through {newer}"
    raise UnknownProperty(f"{cls.__name__} has no property {name!r}: {hint}")


class _Related(dict[str, Any]):
    """The names of a module and of its package, those of the package imported when an annotation needs them."""

    def __init__(self, module: str) -> None:
        super().__init__(vars(importlib.import_module(module)))
        self._package = module.rpartition(".")[0]

    def __missing__(self, name: str) -> Any:
        try:
            return getattr(importlib.import_module(self._package), name)
        except (AttributeError, ImportError, ValueError):
            raise KeyError(name) from None


@functools.cache
def hints(cls: type[Entity]) -> Mapping[str, Any]:
    """Evaluate an entity's annotations, each where it was written, importing related entities only now."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found |= inspect.get_annotations(base, locals=_Related(base.__module__), eval_str=True)
    return found
