"""The properties that a filter of a web page's user may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Expr
from uipath_odata.odata.expr.paths import PropertyPath
from uipath_odata.odata.resolve import path_of, resolve

__all__ = ["Allowed", "Property", "properties_of"]

Property: TypeAlias = Expr[Any, Any] | PropertyPath[Any] | type[Entity]


def properties_of(entity: type[Entity]) -> Mapping[str, Any]:
    """Return an entity's properties by wire name, as its class has them: ``{"State": Job.state, …}``."""
    return {wire: getattr(entity, member.name) for wire, member in by_wire(entity).items()}


@attrs.frozen
class Allowed:
    """Which paths may be named: those of the list, and what lies directly below an object or collection of it."""

    values: frozenset[tuple[str, ...]]
    objects: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, entity: type[Entity], allow: Iterable[Property]) -> Allowed:
        """Make the list; raises QueryError for what is not a property of ``entity``."""
        values: set[tuple[str, ...]] = set()
        objects: set[tuple[str, ...]] = set()
        for each in allow:
            path: nodes.Path = resolve(entity, path_of(each))
            (objects if isinstance(each, PropertyPath) else values).add(path.segments)
        return cls(frozenset(values), frozenset(objects))

    def has(self, segments: tuple[str, ...]) -> bool:
        """Return whether a filter may name the value or collection at these wire names."""
        return segments in self.values or segments in self.objects or segments[:-1] in self.objects

    def leads_to(self, segments: tuple[str, ...]) -> bool:
        """Return whether something below these wire names may be named."""
        length = len(segments)
        return self.has(segments) or any(each[:length] == segments for each in (*self.values, *self.objects))
