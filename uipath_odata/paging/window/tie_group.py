"""A tie group that no page holds: split by properties, and proven whole by the server's own count."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import attrs

from uipath_odata.errors import NotProven, Unprovable, WindowOverflow
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Row
from uipath_odata.paging.window.request import Cell, Steps, WindowRequest, characters_of
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.timestamps import Timed, identity, timed

__all__ = ["TieGroup"]

# The documented filters of RobotLogs first; `eq` on the others is tried.
_PROPERTIES: Final[tuple[str, ...]] = ("RobotName", "JobKey", "MachineId", "Level", "ProcessName")
_TRIES: Final = 3


class _Reach(enum.Enum):
    """How far the answers went that were read of a cell."""

    WHOLE = enum.auto()  # one answer held it
    PARTS = enum.auto()  # several did, and rows may have changed places between them
    WINDOW = enum.auto()  # it goes on where `$skip` is refused


@attrs.define(eq=False, kw_only=True)
class TieGroup:
    """Read the rows after the bound ``after`` and before the end of the group that begins at ``start``.

    Rows have no identity but their bytes, and equals come in another order in every answer. Yet no answer holds a
    row twice: as many copies of it exist as any one answer held, at least. Once these add up to the number that the
    server counts, no row is missing, however they were found; the number must be the same before and after.
    Raises WindowOverflow where more rows than the window are alike in all properties, Unprovable where the rows
    found and the count differ.
    """

    start: int
    after: int
    habits: ServerProfile

    _total: int = attrs.field(default=0, init=False)
    _seen: dict[bytes, list[Timed]] = attrs.field(factory=dict[bytes, list[Timed]], init=False)
    _found: int = attrs.field(default=0, init=False)
    _whole: set[Cell] = attrs.field(factory=set[Cell], init=False)
    _overflows: bool = attrs.field(default=False, init=False)
    _cramped: bool = attrs.field(default=False, init=False)
    _beyond: int = attrs.field(default=0, init=False)

    @property
    def end(self) -> int:
        return self.start + self.habits.unit

    def read(self) -> Steps[list[Timed]]:
        """Return the rows, whole ones, each as often as it exists."""
        for _ in range(_TRIES):
            self._total = yield from self._measure()
            yield from self._gather()
            settled = self._total == (yield from self._measure())
            if settled and self._is_proven:
                return [one for copies in self._seen.values() for one in copies]
            if settled:
                raise self._refusal()
        raise self._unprovable("their number keeps changing")

    @property
    def _is_proven(self) -> bool:
        return self._found == self._total

    # What the server counts

    def _measure(self) -> Steps[int]:
        """Count the rows that `read` must find: all after ``after``, less those of later groups."""
        if self.habits.upper_bound is None:
            self.habits.upper_bound = yield from self._try_upper_bound()
        if self.habits.upper_bound:
            return (yield from self._known_count(self.after, before=self.end))
        yield from self._find_beyond()
        for _ in range(_TRIES):
            later = yield from self._known_count(self._beyond)
            total = yield from self._known_count(self.after)
            if later == (yield from self._known_count(self._beyond)):
                return total - later
        raise self._unprovable("later rows arrive all the time")

    def _try_upper_bound(self) -> Steps[bool]:
        """Find out whether ``lt`` is honoured: one question that it must empty, and one that it must not."""
        none = yield from self._count(self.after, before=max(self.after, 0))
        some = yield from self._count(self.after, before=self.end)
        return none == 0 and bool(some)

    def _find_beyond(self) -> Steps[None]:
        """Find the lowest bound after which no row of the group comes, whatever the server's precision is."""
        unit = self.habits.unit
        for step in (unit, unit // 10, unit // 100, unit // 1000):
            if step and self.end - step >= self._beyond:
                self._beyond = self.end - step
                ask = WindowRequest(after=self._beyond, top=1)
                rows = timed((yield ask).rows, unit)
                if not rows and self.habits.latest >= self.end:  # later rows were seen
                    rows = timed((yield ask).rows, unit)
                if all(ticks >= self.end for ticks, _ in rows):
                    return
        self._beyond = self.end - 1

    def _known_count(self, after: int, before: int | None = None) -> Steps[int]:
        count = yield from self._count(after, before)
        if count is None:
            raise self._unprovable("GetTotalCount answers no number")
        return count

    def _count(self, after: int, before: int | None = None) -> Steps[int | None]:
        page = yield WindowRequest(after=after, before=before, total=True, refusable=before is not None)
        return page.count

    # What the answers show

    def _gather(self) -> Steps[None]:
        """Look at the group from all sides, until every row was seen or nothing new comes to light."""
        self._seen, self._found, self._whole, self._overflows = {}, 0, set(), False
        before = -1
        while before < self._found and not self._overflows:
            before = self._found
            yield from self._explore(())
            if self._found >= self._total:
                return

    def _explore(self, cell: Cell) -> Steps[None]:
        """Read a part of the group; where one answer does not hold it, in parts of its own."""
        reach = yield from self._walk(cell)
        if reach is _Reach.WHOLE:
            return
        for name, values in self._splits(cell):
            for value in values:
                # Part of the rows may be as many as a count that is capped says: beyond the window, look at all.
                enough = self._is_proven and reach is _Reach.PARTS
                if enough or self._overflows or name in self.habits.deaf:
                    break
                part = (*cell, (name, value))
                if self._has_room(part):
                    yield from self._explore(part)
            # Another way to split the whole shows values that its window hid; of a part it would be the same again.
            split = reach is _Reach.PARTS or (cell and len(values) > 1)
            if self._is_proven or (split and name not in self.habits.deaf):
                return
        self._overflows |= reach is _Reach.WINDOW

    def _has_room(self, cell: Cell) -> bool:
        """Tell whether a filter can carry the conditions of a part beside the user's."""
        has_room = len(cell) <= self.habits.equalities and characters_of(cell) <= self.habits.characters
        self._cramped |= not has_room
        return has_room

    def _walk(self, cell: Cell) -> Steps[_Reach]:
        if cell in self._whole:
            return _Reach.WHOLE
        skip = answers = 0
        while skip < self.habits.window:
            page = yield WindowRequest(
                after=self.after,
                where=cell,
                skip=skip,
                top=min(self.habits.page_size, self.habits.window - skip),
                whole=True,
                refusable=bool(cell),
            )
            rows = timed(page.rows, self.habits.unit)
            mine = [one for one in rows if one[0] < self.end]
            if cell and not skip and not self._is_heard(cell[-1], mine):
                return _Reach.WHOLE
            self._learn(mine)
            answers += bool(mine)
            if len(mine) < len(rows) or not rows:
                break
            skip += len(rows)
        else:
            return _Reach.WINDOW
        if answers > 1:
            return _Reach.PARTS
        self._whole.add(cell)
        return _Reach.WHOLE

    def _learn(self, rows: list[Timed]) -> None:
        copies: dict[bytes, list[Timed]] = {}
        for one in rows:
            copies.setdefault(identity(one[1]), []).append(one)
        for known, ones in copies.items():
            before = len(self._seen.get(known, ()))
            if len(ones) > before:
                self._seen[known] = ones
                self._found += len(ones) - before

    def _is_heard(self, asked: tuple[str, Any], rows: list[Timed]) -> bool:
        """Tell whether an ``eq`` brought what it must: rows of a value that was seen, and no others."""
        name, value = asked
        heard = all(_equal(row.get(name), value) for _, row in rows)
        if not heard or (value is not None and not rows):
            self.habits.deaf.add(name)
        return heard

    # Where to look next

    def _splits(self, cell: Cell) -> list[tuple[str, list[Any]]]:
        """Give the properties to split by and their values, first what is likely to make parts of half a page."""
        members = self._members(cell)
        parts = 2 * (len(members) if cell else self._total) / self.habits.capacity
        names = {*_PROPERTIES} - {name for name, _ in cell} - self.habits.deaf
        known = {name: set(_values(members, name)) for name in _PROPERTIES if name in names}

        def misfit(name: str) -> tuple[bool, float]:
            values = max(len(known[name]), 1)
            return values == 1, abs(math.log(values / max(parts, 1)))

        # A single value would only be the cell again; null is never seen to be all.
        return [
            (name, [*(sorted(known[name], key=str) if len(known[name]) > 1 else ()), None])
            for name in sorted(known, key=misfit)
        ]

    def _members(self, cell: Cell) -> list[Row]:
        rows = (row for copies in self._seen.values() for _, row in copies)
        return [row for row in rows if all(_equal(row.get(name), value) for name, value in cell)]

    # What to say

    def _refusal(self) -> NotProven:
        room = " and the filter leaves no room to split them further" if self._cramped else ""
        if not self._overflows:
            return self._unprovable(f"{self._found} of {self._total} were found{room}")
        where = f"{self._total} RobotLogs share the instant {Instant(self.start)}"
        return WindowOverflow(
            f"{where}, more than the window of {self.habits.window} shows{room}: {self._advice}"
        )

    def _unprovable(self, why: str) -> Unprovable:
        where = f"RobotLogs of {Instant(self.start)} are more than a page and not proven to be all"
        return Unprovable(f"{where}, because {why}: {self._advice}")

    @property
    def _advice(self) -> str:
        return f"filter by RobotName, JobKey or Level, or leave them out and go on from {Instant(self.end)}"


def _values(rows: list[Row], name: str) -> Iterator[str | int]:
    """Give the values that a filter can compare with; a key that is no GUID is none of them."""
    for row in rows:
        value = row.get(name)
        if isinstance(value, str | int) and (name != "JobKey" or _is_guid(value)):
            yield value


def _is_guid(value: str | int) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def _equal(left: Any, right: Any) -> bool:
    # Servers compare text with the collation of their database, mostly without regard to case.
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return bool(left == right)
