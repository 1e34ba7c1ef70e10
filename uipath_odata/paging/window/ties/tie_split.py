"""Read a bucket in parts, by properties that never change; each part and the remainder in one answer."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, Final
from uuid import UUID

import attrs

from uipath_odata.paging.plan import Row
from uipath_odata.paging.window.request import Cell, Condition, Steps, WindowRequest, characters_of
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.ties.copies import Copies
from uipath_odata.paging.window.ties.counts import Counts
from uipath_odata.paging.window.ties.fits import fits, folded
from uipath_odata.paging.window.timestamps import Stamped, within

__all__ = ["TieSplit"]

# A log never changes. The documented filters of RobotLogs come first; `eq` on the others is tried.
_PROPERTIES: Final[tuple[str, ...]] = ("RobotName", "JobKey", "MachineId", "Level", "ProcessName")
_PATIENCE: Final = 100
_ROWS_A_REQUEST: Final = 20
"""A split asks at most `_PATIENCE` times, and once more for so many rows that it saw."""


@attrs.frozen
class _Look:
    """What an answer showed of a cell."""

    rows: list[Stamped]
    is_whole: bool
    is_honoured: bool = True


_NOT_HONOURED: Final = _Look([], is_whole=False, is_honoured=False)


@attrs.define(eq=False, kw_only=True)
class TieSplit:
    """Show the bucket that begins at ``start`` whole, in as few parts as do.

    A cell is whole if one answer begins before the bucket and also holds a later row. Where ``or`` is honoured any
    later row is that witness, else one of the cell. An answer without a row is whole, too. A cell that is not whole
    is split by the values of a property, null included, and by the remainder: what has none of them.

    Rows that a filter should have left out do no harm. What a filter might hide is found out before it is believed:
    ``eq`` must show the rows that were seen with its value, and the remainder those of a value that it leaves in.
    """

    start: int
    after: int
    profile: ServerProfile
    seen: Copies

    open_cells: list[Cell] = attrs.field(factory=list[Cell], init=False)
    """Parts that are more than one answer shows, the bucket itself first."""
    was_needed: bool = attrs.field(default=False, init=False)
    is_cramped: bool = attrs.field(default=False, init=False)
    """Whether the user's filter leaves no room for a split."""
    _total: float = attrs.field(default=math.inf, init=False)
    _asked: int = attrs.field(default=0, init=False)
    _is_hopeless: bool = attrs.field(default=False, init=False)

    def shows_all(self) -> Steps[bool]:
        """Read the bucket into ``seen``; return whether that is all of it."""
        look = yield from self._look(())
        if look.is_whole:
            return True
        self.was_needed = True
        counts = Counts(self.profile)
        if self.profile.latest >= self._end and (yield from counts.honour_upper_bound(self.after, self._end)):
            self._total = (yield from counts.between(self.after, self._end)) or math.inf
        return (yield from self._divide(()))

    @property
    def _end(self) -> int:
        return self.start + self.profile.unit

    @property
    def _is_out_of_patience(self) -> bool:
        return self._asked > _PATIENCE + len(self.seen) // _ROWS_A_REQUEST

    # Splitting

    def _divide(self, cell: Cell) -> Steps[bool]:
        """Show a cell whole in parts, by the first property that does."""
        if not any(each.excluded for each in cell):
            self.open_cells.append(cell)
        names = self._properties(cell)
        for name in names:
            if (yield from self._shows_parts(cell, name)):
                return True
            if self._is_hopeless or self._is_out_of_patience:
                return False
        # In whichever order the properties are taken, these rows stay together.
        self._is_hopeless = not names
        return False

    def _shows_parts(self, cell: Cell, name: str) -> Steps[bool]:
        """Read the rows of each value that was seen and of null, and then the remainder."""
        asked: list[Any] = []
        tried: list[Any] = []
        values = [*self._values(cell, name)]
        values += [] if None in values else [None]
        rest = cell
        while values:
            tried += values
            for value in values:
                if self._is_out_of_patience or not (
                    yield from self._shows_value((*cell, Condition(name, value)), asked)
                ):
                    return False
            if not (yield from self._can_leave_out(cell, name, asked)):
                return False
            rest = (*cell, *_without(name, asked))
            look = yield from self._look(rest)
            if look.is_whole or not look.is_honoured:
                lacks_null = None not in asked and None in self._values(cell, name)
                return look.is_whole and not (lacks_null and None not in _values_in(look.rows, name))
            values = [value for value in _values_in(look.rows, name) if value not in tried]
        return (yield from self._divide(rest))

    def _shows_value(self, part: Cell, asked: list[Any]) -> Steps[bool]:
        """Read the part of one value, and add that to those asked for, unless the server does not compare with null."""
        name, value = part[-1].name, part[-1].value
        look = yield from self._look(part)
        if not look.is_honoured:
            if value is not None:
                self.profile.ignored_filters.add(name)
            return value is None
        asked.append(value)
        return look.is_whole or (yield from self._divide(part))

    def _can_leave_out(self, cell: Cell, name: str, values: list[Any]) -> Steps[bool]:
        """Tell whether a remainder hides no more than it should: the rows of a value that it does not name."""
        if not self._has_room((*cell, *_without(name, values))):
            return False
        if name not in self.profile.remainders:
            members = Counter(row.get(name) for _, row in self._members(cell))
            kept = next((value for value, _ in members.most_common() if value is not None), None)
            others = [value for value in values if folded(value) != folded(kept)]
            if kept is None or not others:
                return False
            look = yield from self._look((*cell, *_without(name, others), Condition(name, kept)))
            self.profile.remainders[name] = look.is_honoured
        return self.profile.remainders[name]

    def _properties(self, cell: Cell) -> list[str]:
        """Return what to split by, first what is likely to make parts of half a page."""
        members = self._members(cell)
        parts = 2 * self._total * len(members) / max(len(self.seen), 1) / self.profile.capacity
        used = {each.name for each in cell} | self.profile.ignored_filters
        used |= {name for name, is_left_out in self.profile.remainders.items() if not is_left_out}
        values = {name: {*_values_in(members, name)} for name in _PROPERTIES if name not in used}
        fitting = [
            name
            for name, known in values.items()
            if len(known) > 1 and self._has_room((*cell, *_without(name, [*known, None])))
        ]
        return sorted(fitting, key=lambda name: abs(math.log(len(values[name])) - math.log(min(parts, 1e9))))

    def _has_room(self, cell: Cell) -> bool:
        """Tell whether a filter can carry the conditions of a part beside the user's."""
        profile = self.profile
        has_room = len(cell) < profile.equalities and characters_of(cell) <= profile.characters
        self.is_cramped |= not has_room
        return has_room

    def _values(self, cell: Cell, name: str) -> list[Any]:
        return _values_in(self._members(cell), name)

    def _members(self, cell: Cell) -> list[Stamped]:
        return [one for one in self.seen.rows if self._is_in(one[1], cell)]

    @staticmethod
    def _is_in(row: Row, cell: Cell) -> bool:
        return all(fits(row, each) for each in cell)

    # Looking

    def _look(self, cell: Cell) -> Steps[_Look]:
        """Look at a cell in one answer, or two: in the other direction, where that may show an earlier row."""
        if cell and self.profile.latest >= self._end and self.profile.honours_or is not False:
            look = yield from self._look_beside_later_rows(cell)
            if look is not None:
                return look
        refused, rows = yield from self._ask(WindowRequest(after=self.after, where=cell))
        mine = within(rows, 0, self._end)
        has_later = len(mine) < len(rows)
        if refused or not self._is_honoured(cell, mine, is_whole=has_later):
            return _NOT_HONOURED
        self.seen.learn(mine)
        is_full = len(rows) >= self.profile.capacity
        if has_later or (is_full if cell else self.profile.latest >= self._end):
            return _Look(mine, is_whole=has_later)
        _, newest = yield from self._ask(WindowRequest(where=cell, falling=True))
        if not rows:  # said in both directions
            return _Look([], is_whole=not newest or newest[-1][0] < self.start)
        is_whole = bool(newest) and newest[0][0] < self.start <= newest[-1][0] < self._end
        mine = within(newest, self.start, self._end)
        self.seen.learn(mine)
        return _Look(mine, is_whole=is_whole)

    def _look_beside_later_rows(self, cell: Cell) -> Steps[_Look | None]:
        """Look at a cell and all later rows; None where that does not show that ``or`` is honoured."""
        refused, rows = yield from self._ask(WindowRequest(after=self.after, where=cell, or_after=self._end))
        mine = within(rows, 0, self._end)
        has_later = len(mine) < len(rows)
        if refused or not self._is_honoured(cell, mine, is_whole=has_later):
            self.profile.honours_or = False
            return None
        if has_later and any(self._is_in(row, cell) for _, row in mine):
            self.profile.honours_or = True
        if not self.profile.honours_or:
            return None
        self.seen.learn(mine)
        return _Look(mine, is_whole=has_later)

    def _ask(self, request: WindowRequest) -> Steps[tuple[bool, list[Stamped]]]:
        """Ask for whole rows; return whether that was refused, and the rows."""
        self._asked += 1
        whole = attrs.evolve(request, top=self.profile.page_size, whole=True, refusable=bool(request.where))
        page = yield whole
        return page.refused, self.profile.rows_of(whole, page)

    def _is_honoured(self, cell: Cell, rows: list[Stamped], *, is_whole: bool) -> bool:
        """Tell whether an answer shows what it must: rows of a value that was seen, and, unless it is whole, no others."""
        if not cell:
            return True
        last = cell[-1]
        was_seen = not last.excluded and last.value in self._values(cell[:-1], last.name)
        if was_seen and not any(fits(row, last) for _, row in rows):
            return False
        return is_whole or all(self._is_in(row, cell) for _, row in rows)


def _without(name: str, values: list[Any]) -> Cell:
    return tuple(Condition(name, value, excluded=True) for value in values)


def _values_in(rows: list[Stamped], name: str) -> list[Any]:
    """Return the values that a filter can compare with, the commonest first; a key that is not a GUID is none."""
    found = Counter(row.get(name) for _, row in rows)
    return [value for value, _ in found.most_common() if value is None or _is_comparable(name, value)]


def _is_comparable(name: str, value: object) -> bool:
    if not isinstance(value, str | int):
        return False
    if name != "JobKey":
        return True
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False
