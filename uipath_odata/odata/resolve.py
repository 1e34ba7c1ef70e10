"""Whether a path belongs to the query's entity; if not, which one was meant."""

from __future__ import annotations

import typing
from typing import TypeVar

from uipath_odata.errors import QueryError
from uipath_odata.odata.entity import Entity, Navigation, by_wire, properties
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Expr
from uipath_odata.odata.expr.paths import CollectionPath, EntityPath, PropertyPath

__all__ = ["path_of", "resolve", "target_of"]

N = TypeVar("N", bound=nodes.Node)


def resolve(entity: type[Entity], node: N) -> N:
    """Return the node if all its paths start at ``entity`` or a base of it; else raise a QueryError that names the right one."""
    for part in nodes.walk(node):
        if isinstance(part, nodes.Path) and part.root is not entity:
            _check(entity, part)
    return node


def _check(entity: type[Entity], path: nodes.Path) -> None:
    root = path.root
    if isinstance(root, type) and not issubclass(entity, root):
        raise QueryError(_advice(entity, root, path.segments))
    if isinstance(root, nodes.Variable) and not root.is_bound:
        raise QueryError("an item of any or all is used outside of it: keep its conditions inside the lambda")


def path_of(place: object) -> nodes.Path:
    """Return the path of a property that is selected or expanded."""
    if isinstance(place, PropertyPath):
        return place.__path__
    if isinstance(place, Expr) and isinstance(place.__node__, nodes.Path):
        return place.__node__
    raise QueryError(
        f"{place!r} is not a property: name one of the entity, such as Session.state or Session.robot"
    )


def target_of(place: object) -> type[Entity] | None:
    """Return the entity type that a navigation path leads to, where the schema knows it; a plain value is a QueryError."""
    if isinstance(place, EntityPath | CollectionPath):
        return typing.cast("type[Entity]", place.__member__.argument)
    if isinstance(place, Expr) and getattr(place.__node__, "root", None) is None:
        return None
    raise QueryError(f"{place!r} holds a value, not an entity: select it instead of expanding it")


def _advice(entity: type[Entity], root: type, segments: tuple[str, ...]) -> str:
    wrong = _dotted(root, segments)
    meant = _through_navigation(entity, root, segments) or _own(entity, segments)
    right = f"write {meant}" if meant else f"use the properties of {entity.__name__}"
    return f"{wrong} belongs to {root.__name__}, and the query asks for {entity.__name__}: {right}"


def _through_navigation(entity: type[Entity], root: type, segments: tuple[str, ...]) -> str | None:
    for member in properties(entity).values():
        if typing.get_origin(member.annotation) is Navigation and _alike(member.argument, root):
            inner = _dotted(member.argument, segments).split(".", 1)[1]
            return f"{entity.__name__}.{member.name}.{inner}"
    return None


def _alike(target: type, root: type) -> bool:
    # The schema has several shapes of one thing: Robot, RobotWithLicense, SimpleRobot.
    return issubclass(target, root) or root.__name__ in target.__name__


def _own(entity: type[Entity], segments: tuple[str, ...]) -> str | None:
    return _dotted(entity, segments) if segments[0] in by_wire(entity) else None


def _dotted(entity: type, segments: tuple[str, ...]) -> str:
    names, current = [entity.__name__], entity
    for segment in segments:
        member = by_wire(current).get(segment) if issubclass(current, Entity) else None
        names.append(member.name if member else segment)
        current = (member and member.related) or object
    return ".".join(names)
