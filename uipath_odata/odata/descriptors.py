"""How an entity's class declares what it holds: the descriptors that type checkers see.

``Session.state`` is an expression and ``session.state`` a value: to checkers, each descriptor says so by its overloads.
At run time none of them is ever made; ``@entity`` reads them from the annotations.
"""

from __future__ import annotations

from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from uipath_odata.odata.entity import Entity, Nested
    from uipath_odata.odata.expr.expression import Expr, Moment, OrderedExpr
    from uipath_odata.odata.expr.paths import CollectionPath, ValuesPath

__all__ = ["Collection", "JsonText", "Navigation", "Ordered", "Property", "Timestamp", "Values"]

T = TypeVar("T")
E = TypeVar("E", bound="Entity")
Owner = TypeVar("Owner", bound="Entity")

if TYPE_CHECKING:
    # With a default (PEP 696), which typing has from Python 3.13 on.
    from typing_extensions import TypeVar as EntityVar

    P = EntityVar("P", bound="Entity", default=E)
else:
    P = TypeVar("P")


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
