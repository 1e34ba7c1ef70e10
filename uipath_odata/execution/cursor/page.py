"""Read one page of a list for a user interface, by its cursor."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, Final, Generic, TypeVar

import attrs

from uipath_odata.errors import (
    BadRequest,
    DecodeError,
    FolderRequired,
    InvalidInput,
    NotFound,
    QueryError,
    ServerError,
)
from uipath_odata.execution.asset_names import meets_by_name, read_widely
from uipath_odata.execution.cursor.ask import Asker, Found, also_selecting, counted_off
from uipath_odata.execution.cursor.keyset import Keyset
from uipath_odata.execution.cursor.list_page import ListPage
from uipath_odata.execution.cursor.moments import Moments
from uipath_odata.execution.cursor.seal import CursorSeal, Position, Side
from uipath_odata.execution.list_source import ListSource
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Order
from uipath_odata.odata.limits import check_limits
from uipath_odata.odata.query import Query, options_of, order_text, selects_nothing
from uipath_odata.odata.rows.json_body import Listed
from uipath_odata.paging.checkpoint import fingerprint
from uipath_odata.paging.plan import Row
from uipath_odata.paging.window.interval import TIME_STAMP

__all__ = ["Pager"]

R = TypeVar("R")
_START: Final = Position("offset", "after", 0)


class _Refused(set[tuple[str, str]]):
    """The orders by which a server lets nobody continue, each with its list."""


@attrs.frozen
class Pager(Generic[R]):
    """Read the pages of one query."""

    source: ListSource
    query: Query[Any]
    read: Callable[[bytes], Listed]
    decode: Callable[[list[Row], Collection[str]], Sequence[R]]
    """Makes rows, without the properties that were selected for the cursors alone."""
    count: Callable[[], Awaitable[int]]

    async def page(self, size: int, after: str | None, *, total: bool) -> ListPage[R]:
        """Return the page at a cursor, or the first; raise QueryError for what cannot be read so."""
        self._check(size)
        at = None if after is None else self._seal.position(after)
        if selects_nothing(self.query):
            return ListPage((), None, None, 0 if total else None, stable=True)
        found, start, end, stable = await self._read(size, at, total)
        counted = found.count
        if total and counted is None:
            counted = await self.count()
        rows = self.decode([*found.rows], self._added)
        return ListPage(rows, self._text(end), self._text(start), counted, stable)

    def _check(self, size: object) -> None:
        if type(size) is not int or size < 1:
            raise InvalidInput(f"size={size!r} is not a number of rows: give 1 or more")
        if self.query.offset is not None:
            raise QueryError("a page has a place of its own: leave skip out")
        check_limits(
            attrs.evolve(self.query, condition=nodes.TRUE)
        )  # the filter's are held with the cursor's part

    async def _read(
        self, size: int, at: Position | None, total: bool
    ) -> tuple[Found, Position | None, Position | None, bool]:
        keyset, moments = self._keyset, Moments.of(self.query, self.source)
        kind = at.kind if at else "keyset" if keyset else "moment" if moments else "offset"
        count = total and at is None and self._can_count
        if kind == "keyset" and keyset:
            read = await self._by_key(keyset, size, at, count)
            if read is not None:
                return *read, True
        elif kind == "moment" and moments:
            read = await moments.page(self._asker, self._asked(), size, at)
            if read is not None:
                return *read, True
        return *await self._by_offset(size, at or _START, count), False

    async def _by_key(
        self, keyset: Keyset, size: int, at: Position | None, count: bool
    ) -> tuple[Found, Position | None, Position | None] | None:
        """Read the rows beyond the cursor's; None where the server compares no such values."""
        backward = at is not None and at.side == "before"
        query = self._asker.check(self._asked(keyset.wires), keyset.comparisons)
        query = attrs.evolve(query, order=keyset.order(backward=backward))

        def following(last: Row | None, _seen: int) -> Query[Any]:
            if last is None and at is None:
                return query
            values = at.values if at and last is None else keyset.values(last or {})
            if values is None:
                raise DecodeError(
                    f"A row has no {' and '.join(keyset.wires)} to continue by: order by others"
                )
            beyond = keyset.beyond(
                values, backward=backward, inclusive=bool(at and at.inclusive and last is None)
            )
            return attrs.evolve(query, condition=nodes.junction("and", (query.condition, beyond)))

        try:
            found = await self._asker.rows(size, following, count=count)
        except FolderRequired:
            raise
        except (BadRequest, NotFound, ServerError):
            if at is None:
                raise
            self._refused.add(self._order_name)
            return None
        return self._around(keyset, found, at, backward)

    def _around(
        self, keyset: Keyset, found: Found, at: Position | None, backward: bool
    ) -> tuple[Found, Position | None, Position | None]:
        """Return rows in the asked order, and the positions at both of their ends."""
        rows = found.rows[::-1] if backward else found.rows
        place = at.place if at else 0
        first = max(0, place - len(rows)) if backward else place
        if not rows:
            return found, *_turned(at, backward)
        start = self._position(keyset, rows[0], "before", first)
        end = self._position(keyset, rows[-1], "after", first + len(rows))
        has_before, has_after = (found.more, True) if backward else (at is not None, found.more)
        return attrs.evolve(found, rows=rows), start if has_before else None, end if has_after else None

    def _position(self, keyset: Keyset, row: Row, side: Side, place: int) -> Position:
        values = keyset.values(row)
        return Position("offset", side, place) if values is None else Position("keyset", side, place, values)

    async def _by_offset(
        self, size: int, at: Position, count: bool
    ) -> tuple[Found, Position | None, Position | None]:
        asker, query = self._asker, self._asked()
        keyset = self._order
        if keyset and self._order_name in self._refused:
            query = attrs.evolve(query, order=keyset.order(backward=False))
        elif self.source.in_window and not query.order:
            query = attrs.evolve(query, order=(Order(TIME_STAMP, descending=True),))
        first = at.place if at.side == "after" else max(0, at.place - size)
        wanted = size if at.side == "after" else min(size, at.place)
        if not self.source.paged:
            rows = (await asker.page(query)).rows
            found = Found(rows[first : first + wanted], len(rows) > first + wanted, len(rows))
        else:
            query = asker.check(query, 0)
            found = await asker.rows(wanted, counted_off(query, first), count=count)
        last = first + len(found.rows)
        return (
            found,
            Position("offset", "before", first) if first else None,
            Position("offset", "after", last) if found.more else None,
        )

    def _asked(self, wires: Sequence[str] = ()) -> Query[Any]:
        """Return the query as it goes out, with what cursors need of each row selected."""
        return also_selecting(self._wide or self.query, wires)

    @functools.cached_property
    def _added(self) -> Collection[str]:
        """Return what the requests may select beyond the user's query."""
        query = self.query
        selects = {place.segments[0] for place in query.selection if len(place.segments) == 1}
        if not selects:
            return ()
        needed = {
            *(self._order.wires if self._order else ()),
            *(["TimeStamp"] if self.source.in_window else []),
        }
        return needed - selects

    @functools.cached_property
    def _asker(self) -> Asker:
        keeps = functools.partial(meets_by_name, self.query.condition) if self._wide else None
        return Asker(self.source, self.read, keeps)

    @property
    def _can_count(self) -> bool:
        return self.source.paged and not self.source.in_window and not self._wide

    @functools.cached_property
    def _wide(self) -> Query[Any] | None:
        """What is asked where the server takes the filter for a wider one."""
        return read_widely(self.query) if self.source.operation.lists_assets else None

    @functools.cached_property
    def _order(self) -> Keyset | None:
        return Keyset.of(self.query, self.source.limits)

    @property
    def _keyset(self) -> Keyset | None:
        return None if self._order_name in self._refused else self._order

    @property
    def _refused(self) -> _Refused:
        return self.source.channel.kept(_Refused)

    @functools.cached_property
    def _order_name(self) -> tuple[str, str]:
        return self.source.operation.name, order_text(self.query.order)

    @functools.cached_property
    def _seal(self) -> CursorSeal:
        channel = self.source.channel
        asked = self.source.fingerprint(options_of(self.query, channel.settings.enum_order))
        facts = fingerprint(str(channel.base_url), channel.tenant, asked)
        return CursorSeal.of(facts, channel.settings.cursor_key)

    def _text(self, position: Position | None) -> str | None:
        return None if position is None else self._seal.text(position)


def _turned(at: Position | None, backward: bool) -> tuple[Position | None, Position | None]:
    """Return the positions around a page without rows: to the cursor's own row and those on the side it came from."""
    if at is None:
        return None, None
    side: Side = "after" if backward else "before"
    back = Position(at.kind, side, at.place, at.values, inclusive=True)
    return (None, back) if backward else (back, None)
