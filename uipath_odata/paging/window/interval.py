"""The query's own comparisons of TimeStamp, taken out of its filter as the interval of the scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from uipath_odata.odata.entity import Entity
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query

__all__ = ["TIME_STAMP", "Interval", "is_time_stamp", "split_interval"]

E = TypeVar("E", bound=Entity)

TIME_STAMP: Final = nodes.Path(None, ("TimeStamp",))
_MIRRORED: Final = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq"}


@attrs.frozen
class Interval:
    """Ticks from ``lo`` on and below ``hi``; None is open."""

    lo: int | None = None
    hi: int | None = None

    def narrowed(self, lo: int | None, hi: int | None) -> Interval:
        lows = [bound for bound in (self.lo, lo) if bound is not None]
        highs = [bound for bound in (self.hi, hi) if bound is not None]
        return Interval(max(lows, default=None), min(highs, default=None))

    @property
    def is_empty(self) -> bool:
        return self.lo is not None and self.hi is not None and self.lo >= self.hi


def split_interval(query: Query[E]) -> tuple[Query[E], Interval]:
    """Return the query without its TimeStamp bounds, and the interval that they leave.

    Only comparisons with a fixed instant that all rows must meet are bounds; others stay in the filter.
    """
    interval, kept = Interval(), list[nodes.Node]()
    for part in nodes.conjuncts(query.condition):
        bound = _bound(part)
        if bound is None:
            kept.append(part)
        else:
            interval = interval.narrowed(*bound)
    return attrs.evolve(query, condition=nodes.junction("and", tuple(kept))), interval


def _bound(part: nodes.Node) -> tuple[int | None, int | None] | None:
    if not isinstance(part, nodes.Comparison) or part.operator not in _MIRRORED:
        return None
    if is_time_stamp(part.left) and isinstance(part.right, nodes.Literal):
        operator, value = str(part.operator), part.right.value
    elif is_time_stamp(part.right) and isinstance(part.left, nodes.Literal):
        operator, value = _MIRRORED[part.operator], part.left.value
    else:
        return None
    return _BOUNDS[operator](value.ticks) if isinstance(value, Instant) else None


def is_time_stamp(node: nodes.Node) -> bool:
    """Tell whether a node is the property TimeStamp itself."""
    return isinstance(node, nodes.Path) and node.segments == TIME_STAMP.segments


_BOUNDS: Final[Mapping[str, Callable[[int], Any]]] = {
    "gt": lambda ticks: (ticks + 1, None),
    "ge": lambda ticks: (ticks, None),
    "lt": lambda ticks: (None, ticks),
    "le": lambda ticks: (None, ticks + 1),
    "eq": lambda ticks: (ticks, ticks + 1),
}
