"""The descriptors by which an entity's class declares its properties, for type checkers.

``Session.state`` is an expression and ``session.state`` a value: to checkers, each descriptor says so by its overloads.
At run time none of them is ever made; ``@entity`` reads them from the annotations, which `hints` evaluates.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import inspect
import typing
from collections.abc import Iterator, Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from uipath_odata.odata.entity import Entity, Nested
    from uipath_odata.odata.expr.expression import Expr, Moment, OrderedExpr
    from uipath_odata.odata.expr.paths import CollectionPath, ValuesPath

__all__ = [
    "Annotations",
    "Collection",
    "JsonText",
    "Navigation",
    "Ordered",
    "Property",
    "Timestamp",
    "Values",
    "hints",
]

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
        written = dict[str, Any].items(vars(base).get("__annotations__", {}))
        as_written = type(
            base.__name__, (), {"__annotations__": dict(written), "__module__": base.__module__}
        )
        found |= inspect.get_annotations(as_written, locals=_Related(base.__module__), eval_str=True)
    return found


def _value_hint(hint: Any) -> Any:
    """Return the type of an entity's value: ``str | None`` for ``Property[str]``."""
    shape, held = typing.get_origin(hint) or hint, next(iter(typing.get_args(hint)), None)
    if shape in (Collection, Values):
        return GenericAlias(list, held) | None
    if shape in (Property, Ordered, Navigation):
        return held | None if isinstance(held, type) else typing.Optional[held]  # noqa: UP045 - a Literal, made here
    return {Timestamp: dt.datetime | None, JsonText: str | None}.get(shape, hint)


class Annotations(dict[str, Any]):
    """An entity's annotations: evaluated when ``typing.get_type_hints`` or a library of its kind asks for them.

    Related entities are imported by type checkers alone, and not by the module that names them.
    """

    def __init__(self, written: Mapping[str, Any], of: type[Entity]) -> None:
        super().__init__(written)
        self._of = of

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        return _value_hint(hints(self._of)[name])

    def __iter__(self) -> Iterator[str]:  # without it, dict() copies what was written
        return super().__iter__()

    def items(self) -> Any:
        return {name: self[name] for name in self}.items()

    def values(self) -> Any:
        return {name: self[name] for name in self}.values()
