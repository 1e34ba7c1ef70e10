"""One request of a RobotLogs scan, and its wire form joined to the user's own options."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import attrs

from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.render import text_of
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.url import encoded
from uipath_odata.paging.plan import Fetch, Page
from uipath_odata.paging.window.interval import TIME_STAMP

__all__ = ["ORDER", "Cell", "Condition", "Steps", "WindowRequest", "characters_of"]

T = TypeVar("T")

ORDER: Final = "TimeStamp asc"
_NEWEST_FIRST: Final = "TimeStamp desc"


@attrs.frozen
class Condition:
    """A property of a log that never changes, and the value that it has or, ``excluded``, has not."""

    name: str
    value: Any
    excluded: bool = False


Cell: TypeAlias = tuple[Condition, ...]
"""The conditions that the rows of a part of a tie group meet; none: all of the group."""


@attrs.frozen(kw_only=True)
class WindowRequest:
    """Rows after an instant, oldest first: all that a scan relies on, plus what it may try."""

    after: int = -1
    """Ticks of ``TimeStamp gt``; negative: no bound."""
    before: int | None = None
    where: Cell = ()
    or_after: int | None = None
    """Rows after this instant come too, whether or not they meet ``where``."""
    falling: bool = False
    """Newest first."""
    skip: int = 0
    top: int = 0
    count: bool = False
    total: bool = False
    """Ask GetTotalCount instead of the list."""
    whole: bool = False
    """All properties, whatever ``$select`` says."""
    refusable: bool = False

    def fetch(self, options: Mapping[str, str], position: int) -> Fetch:
        """Make the request under the user's options."""
        wire = {"$filter": text} if (text := self._filter(options.get("$filter"))) else {}
        if not self.total:
            wire = {"$orderby": ORDER, **options, **wire, "$top": str(self.top)}
            if self.falling:
                wire["$orderby"] = _NEWEST_FIRST
            if self.whole:
                wire.pop("$select", None)
            if self.skip:
                wire["$skip"] = str(self.skip)
            if self.count:
                wire["$count"] = "true"
        return Fetch(options=wire, total=self.total, refusable=self.refusable, position=position)

    def _filter(self, users: str | None) -> str | None:
        conditions: list[nodes.Node] = []
        if self.after >= 0:
            conditions.append(_bound("gt", self.after))
        if self.before is not None:
            conditions.append(_bound("lt", self.before))
        conditions += self._of_cell()
        if not conditions:
            return users
        own = (nodes.Raw(users),) if users else ()
        return text_of(nodes.junction("and", (*own, *conditions)))

    def _of_cell(self) -> list[nodes.Node]:
        comparisons = _comparisons(self.where)
        if self.or_after is None:
            return comparisons
        later = _bound("gt", self.or_after)
        return [nodes.junction("or", (nodes.junction("and", tuple(comparisons)), later))]


def characters_of(cell: Cell) -> int:
    """Count what the conditions of a part take in a URL."""
    return sum(len(encoded(f" and {text_of(each)}")) for each in _comparisons(cell))


def _bound(operator: nodes.ComparisonOperator, ticks: int) -> nodes.Node:
    return nodes.Comparison(operator, TIME_STAMP, nodes.Literal(Instant(ticks)))


def _comparisons(cell: Cell) -> list[nodes.Node]:
    return [
        nodes.Comparison("ne" if each.excluded else "eq", nodes.Path(None, (each.name,)), _literal(each))
        for each in cell
    ]


def _literal(condition: Condition) -> nodes.Literal:
    value = condition.value
    return nodes.Literal(UUID(value) if condition.name == "JobKey" and value else value)


Steps: TypeAlias = Generator[WindowRequest, Page, T]
"""Reading that asks and is answered, one request after the other."""
