"""The query's own end in time, taken out of the query: a later night may have a later one."""

from __future__ import annotations

from typing import Any, Final

import attrs

from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.lists import ExportList, time_property
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.instant import Instant

__all__ = ["split_until"]

_AFTER: Final = {"lt": 0, "le": 1}


def split_until(each: ExportList) -> ExportList:
    """Return a list whose query has no end in time of its own, and that has it as ``until``.

    Only comparisons of the set's time with an instant that all rows must meet are such an end; others stay.
    """
    asked = each.query.query
    entity: Any = asked.entity
    time = time_property(entity)
    if time is None:
        return each
    parts = nodes.conjuncts(asked.condition)
    ends = [_end(part, time.wire) for part in parts]
    ticks = [end for end in ends if end is not None]
    if not ticks:
        return each
    rest = tuple(part for part, end in zip(parts, ends, strict=True) if end is None)
    query: BoundQuery[Any, Any] = each.query._with(  # noqa: SLF001 - the query, with less in it
        attrs.evolve(asked, condition=nodes.junction("and", rest))
    )
    return attrs.evolve(each, query=query, until=min(ticks))


def _end(part: nodes.Node, time: str) -> int | None:
    """Return the first tick that a condition keeps out, with all that follow; None where it is another condition."""
    if not isinstance(part, nodes.Comparison) or part.operator not in _AFTER:
        return None
    left, right = part.left, part.right
    if not isinstance(left, nodes.Path) or left.segments != (time,) or not isinstance(right, nodes.Literal):
        return None
    return right.value.ticks + _AFTER[part.operator] if isinstance(right.value, Instant) else None
