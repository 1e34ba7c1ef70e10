"""Paths to related entities and collections; they cannot be compared themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from uipath_odata.errors import QueryError, UnknownProperty
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Expr
from uipath_odata.odata.expr.predicate import Condition, Predicate, R_contra, as_node

if TYPE_CHECKING:
    from uipath_odata.odata.entity import Entity, Member

__all__ = ["CollectionPath", "EntityPath", "PropertyPath", "ValuesPath"]

T = TypeVar("T")
E = TypeVar("E", bound="Entity")


class PropertyPath(Generic[E]):
    """A path to something that has no value of its own; its other names belong to the entity that it leads to."""

    __slots__ = ("__member__", "__path__")

    def __init__(self, path: nodes.Path, member: Member) -> None:
        self.__path__ = path
        self.__member__ = member

    def __eq__(self, other: object) -> bool:
        raise QueryError(
            f"{self!r} is an object, not a value: compare a property of it, such as its key: … .id == None"
        )

    __hash__ = None  # type: ignore[assignment]  # equality is not identity, so none is hashed

    def __bool__(self) -> bool:
        raise QueryError(
            f"{self!r} has no value here, only on the server: use it in filter, select or expand"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'/'.join(self.__path__.segments)}>"


class EntityPath(PropertyPath[E]):
    """``Session.robot``: attribute access goes one path segment deeper."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__member__.within(self.__path__, name)

    def __call__(self, *_: object, **__: object) -> Any:
        target = self.__member__.argument.__name__
        raise TypeError(f"{self!r} is a path, not the class: write {target}(…) to make an entity")


class _ManyPath(PropertyPath[E]):
    """A path to several things, whose properties are those of each."""

    __slots__ = ()

    # Hidden from type checkers, to which it would make every name right.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            raise UnknownProperty(
                f"{self!r} is a collection and has no {name}: write .any(lambda item: …) about each of its items"
            )


class CollectionPath(_ManyPath[E], Generic[E, R_contra]):
    """``Release.release_versions``: a collection of related entities."""

    __slots__ = ()

    def any(self, test: Callable[[type[E]], Condition[Any]] | None = None) -> Predicate[R_contra]:
        """Select rows with at least one related entity that passes ``test``; without a test, with any at all."""
        return _quantified("any", self, self._item, test)

    def all(self, test: Callable[[type[E]], Condition[Any]]) -> Predicate[R_contra]:
        """Select rows whose related entities all pass ``test``."""
        return _quantified("all", self, self._item, test)

    def _item(self, variable: nodes.Variable) -> Any:
        return EntityPath[E](nodes.Path(variable, ()), self.__member__)


class ValuesPath(_ManyPath[Any], Generic[T, R_contra]):
    """``Package.tags``: a collection of plain values."""

    __slots__ = ()

    def any(self, test: Callable[[Expr[T]], Condition[Any]] | None = None) -> Predicate[R_contra]:
        """Select rows with at least one value that passes ``test``; without a test, with any at all."""
        return _quantified("any", self, self._item, test)

    def all(self, test: Callable[[Expr[T]], Condition[Any]]) -> Predicate[R_contra]:
        """Select rows whose values all pass ``test``."""
        return _quantified("all", self, self._item, test)

    def _item(self, variable: nodes.Variable) -> Any:
        return Expr[T, R_contra](nodes.Path(variable, ()), kinds.kind_of(self.__member__.argument))


def _quantified(
    quantifier: Literal["any", "all"],
    place: PropertyPath[Any],
    item: Callable[[nodes.Variable], Any],
    test: Callable[[Any], Condition[Any]] | None,
) -> Predicate[Any]:
    if test is None:
        return Predicate(nodes.Lambda(quantifier, place.__path__))
    variable = nodes.Variable(object())
    body = as_node(test(item(variable)))
    return Predicate(nodes.quantified(quantifier, place.__path__, variable, body))
