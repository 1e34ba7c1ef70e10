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

__all__ = ["ORDER", "Cell", "Steps", "WindowRequest", "characters_of"]

T = TypeVar("T")

Cell: TypeAlias = tuple[tuple[str, Any], ...]
"""Properties and the values that the rows of a part of a tie group have there."""

ORDER: Final = "TimeStamp asc"


@attrs.frozen(kw_only=True)
class WindowRequest:
    """Rows after an instant, oldest first: all that a scan relies on, plus what it may try."""

    after: int
    """Ticks of ``TimeStamp gt``; negative: no bound."""
    before: int | None = None
    where: Cell = ()
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
            conditions.append(nodes.Comparison("gt", TIME_STAMP, nodes.Literal(Instant(self.after))))
        if self.before is not None:
            conditions.append(nodes.Comparison("lt", TIME_STAMP, nodes.Literal(Instant(self.before))))
        conditions += _equalities(self.where)
        if not conditions:
            return users
        own = (nodes.Raw(users),) if users else ()
        return text_of(nodes.junction("and", (*own, *conditions)))


def characters_of(cell: Cell) -> int:
    """Count what the equalities of a part take in a URL."""
    return sum(len(encoded(f" and {text_of(each)}")) for each in _equalities(cell))


def _equalities(cell: Cell) -> list[nodes.Node]:
    return [nodes.Comparison("eq", nodes.Path(None, (name,)), _literal(name, value)) for name, value in cell]


def _literal(name: str, value: Any) -> nodes.Literal:
    return nodes.Literal(UUID(value) if name == "JobKey" and value else value)


Steps: TypeAlias = Generator[WindowRequest, Page, T]
"""Reading that asks and is answered, one request after the other."""
