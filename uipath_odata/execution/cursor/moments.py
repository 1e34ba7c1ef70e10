"""Pages of RobotLogs, which have no Id: by time, and within one time by content.

Elasticsearch sorts by milliseconds, and each replica puts the rows of one millisecond into an order of its own: they are
one group, which is read whole and put into our order.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias

import attrs
import orjson

from uipath_odata.errors import InvalidInput
from uipath_odata.execution.cursor.ask import Asker, Found, also_selecting
from uipath_odata.execution.cursor.seal import Position
from uipath_odata.execution.list_source import ListSource
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Order
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query
from uipath_odata.odata.rows.json_body import whole_row
from uipath_odata.paging.plan import Row
from uipath_odata.paging.window.interval import TIME_STAMP, is_time_stamp

__all__ = ["Moments"]

_SLACK: Final = 50
"""Rows that are read beyond a page, so that its last group is whole."""
_END: Final = Instant.parse("9999-12-31T23:59:59.9999999Z").ticks

_Around: TypeAlias = tuple[Found, Position | None, Position | None]
_Mark: TypeAlias = tuple[int, int, int]
"""What no two rows share: ticks, a hash of the content, and which of those that are alike in all."""


class _Wrong(set[str]):
    """The lists whose servers do not honour ``TimeStamp le``."""


@attrs.frozen
class Moments:
    """The order of RobotLogs by time: newest first unless the oldest are asked for first."""

    descending: bool
    unit: int
    """Ticks of one group."""
    source: ListSource

    @classmethod
    def of(cls, query: Query[Any], source: ListSource) -> Moments | None:
        """Return the order of a query; None where it is another, or where later pages cannot be bounded."""
        settings = source.channel.settings
        by_time = not query.order or (len(query.order) == 1 and is_time_stamp(query.order[0].node))
        known = settings.upper_bound is not False and source.operation.name not in source.channel.kept(_Wrong)
        if not source.in_window or not source.paged or not by_time or not known:
            return None
        return cls(not query.order or query.order[0].descending, settings.tie_unit, source)

    async def page(self, asker: Asker, query: Query[Any], size: int, at: Position | None) -> _Around | None:
        """Read the rows at a cursor; None where the server does not bound them."""
        backward = at is not None and at.side == "before"
        descending = self.descending is not backward
        mark = None if at is None else _mark(at)
        query = asker.check(also_selecting(query, ["TimeStamp"]), 1)
        query = attrs.evolve(query, order=(Order(TIME_STAMP, descending),))
        beyond = await self._beyond(asker, query, size, mark, descending=descending)
        if beyond is None or at is None:
            return None if beyond is None else _around(beyond, size, None)
        if not beyond and not backward:
            return None  # the row after the cursor was seen when it was made
        return _around(beyond, size, at)

    async def _beyond(
        self, asker: Asker, query: Query[Any], size: int, mark: _Mark | None, *, descending: bool
    ) -> list[tuple[_Mark, Row]] | None:
        """Return the rows beyond a mark, more than a page of them where there are more, in order."""
        rows: list[Row] = []
        group = None if mark is None else mark[0] // self.unit
        skipped = 0
        while True:
            bounded = query if group is None else self._bounded(query, group, descending=descending)
            bounded = bounded.skip(skipped) if skipped else bounded
            found = await asker.answer(bounded, max(0, size - len(rows)) + 1 + _SLACK)
            if group is not None and self._is_astray(found.rows, group, descending=descending):
                self.source.channel.kept(_Wrong).add(self.source.operation.name)
                return None
            # The last group may continue in the next answer, which begins with it again, unless it is all of this one.
            last = _ticks(found.rows[-1]) // self.unit if found.more else None
            whole = [row for row in found.rows if _ticks(row) // self.unit != last]
            skipped = 0 if whole else skipped + len(found.rows)
            rows += whole or found.rows
            beyond = [
                each
                for each in self._in_order(rows, descending=descending)
                if mark is None or (each[0] < mark if descending else each[0] > mark)
            ]
            if not found.more or (len(beyond) > size and not skipped):
                return beyond
            group = last

    def _in_order(self, rows: Iterable[Row], *, descending: bool) -> list[tuple[_Mark, Row]]:
        marked = sorted(((_ticks(row), _digest(row)), number, row) for number, row in enumerate(rows))
        groups = itertools.groupby(marked, key=lambda each: each[0])
        found = [((*key, place), each[2]) for key, same in groups for place, each in enumerate(same)]
        return found[::-1] if descending else found

    def _bounded(self, query: Query[Any], group: int, *, descending: bool) -> Query[Any]:
        """Return the query of a group and what comes after it."""
        operator: Literal["le", "gt"] = "le" if descending else "gt"
        ticks = (group + 1) * self.unit - 1 if descending else group * self.unit - 1
        bound = nodes.Literal(Instant(min(max(ticks, 0), _END)))
        limit = nodes.Comparison(operator, TIME_STAMP, bound)
        return attrs.evolve(query, condition=nodes.junction("and", (query.condition, limit)))

    def _is_astray(self, rows: Iterable[Row], group: int, *, descending: bool) -> bool:
        """Whether an answer holds rows that its bound leaves out."""
        groups = (_ticks(row) // self.unit for row in rows)
        return any((each > group) if descending else (each < group) for each in groups)


def _around(beyond: list[tuple[_Mark, Row]], size: int, at: Position | None) -> _Around:
    """Return a page in the asked order, and the positions at both of its ends."""
    backward = at is not None and at.side == "before"
    page, more = beyond[:size], len(beyond) > size
    page = page[::-1] if backward else page
    rows, place = [row for _, row in page], at.place if at else 0
    first = max(0, place - len(rows)) if backward else place
    if not page:
        onward = None if at is None else Position(at.kind, "after", at.place, at.values)
        return Found([], more), None, onward if backward else None
    start = Position("moment", "before", first, [*page[0][0]])
    end = Position("moment", "after", first + len(rows), [*page[-1][0]])
    has_before, has_after = (more, True) if backward else (at is not None, more)
    return Found(rows, more), start if has_before else None, end if has_after else None


def _ticks(row: Row) -> int:
    return Instant.parse(row["TimeStamp"]).ticks


def _digest(row: Row) -> int:
    """Hash the content of a row, in 40 bits: it tells rows of one tick apart."""
    text = orjson.dumps(whole_row(row), default=str, option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(hashlib.blake2b(text, digest_size=5).digest())


def _mark(at: Position) -> _Mark:
    match at.values:
        case [int(ticks), int(digest), int(place)]:
            return ticks, digest, place
        case _:
            raise InvalidInput("the cursor is of another order: begin again at the first page")
