"""Lists with an integer Id, each row once whatever comes and goes meanwhile: disjoint ranges of Id, several at once."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any, Final

import attrs

from uipath_odata.errors import DecodeError, NotProven, OrderViolation
from uipath_odata.paging.checkpoint import number_in
from uipath_odata.paging.density import Density
from uipath_odata.paging.plan import Fetch, Page, Proof, Row

__all__ = ["KeysetPlan"]

_LOWEST: Final = -(1 << 63) - 1
_HIGHEST: Final = 1 << 63


@attrs.frozen(eq=False)
class _Range:
    """Keys above ``lo`` up to ``hi`` that no answer has covered yet.

    ``group`` are rows that share its one key, held back until a probe behind them shows that there are no more.
    """

    lo: int = _LOWEST
    hi: int = _HIGHEST
    group: tuple[Row, ...] = ()


@attrs.define(eq=False, kw_only=True)
class KeysetPlan:
    """Read by Id: the first page alone, then the largest Id as bound, then (last, bound] in ranges beside each other.

    ``options`` are the user's; ``$top`` there is a total, to be read in order. Keys are Ids, negated where
    ``descending``. ``resume`` is a checkpoint to go on from. Equal Ids (items of linked queues, once for each folder)
    are given together, from one answer that shows them all. Raises OrderViolation for rows that are not ascending or
    outside of what was asked for, NotProven for more equal Ids than a page holds.
    """

    options: Mapping[str, str]
    page_size: int
    descending: bool = False
    ordered: bool = True
    trusts_count: bool = True
    resume: Mapping[str, Any] | None = None
    name: str = attrs.field(default="keyset", init=False)

    _sign: int = attrs.field(init=False)
    _density: Density = attrs.field(init=False)
    _open: list[_Range] = attrs.field(init=False)
    _left: int = attrs.field(init=False)
    _position: int = attrs.field(init=False)
    _bound: int | None = attrs.field(default=None, init=False)
    _seeking: Fetch | None = attrs.field(default=None, init=False)
    _bounded: bool = attrs.field(default=False, init=False)
    _opened: bool = attrs.field(default=False, init=False)
    _counts: bool = attrs.field(default=False, init=False)
    _rest: int | None = attrs.field(default=None, init=False)
    _asked: dict[Fetch, _Range] = attrs.field(factory=dict[Fetch, _Range], init=False)
    _pages: dict[int, tuple[list[Row], int]] = attrs.field(
        factory=dict[int, tuple[list[Row], int]], init=False
    )
    _notes: dict[str, None] = attrs.field(factory=dict[str, None], init=False)

    def __attrs_post_init__(self) -> None:
        self._sign = -1 if self.descending else 1
        self._density = Density(self.page_size)
        begun = self.resume or {}
        self._position = self._sign * number_in(begun, "after", self._sign * _LOWEST)
        end = self._sign * number_in(begun, "to", self._sign * _HIGHEST)
        self._bound = end if end < _HIGHEST else None
        self._bounded = self._bound is not None
        self._open = [_Range(self._position, end)] if self._position < end else []
        self._left = number_in(begun, "left", int(self.options.get("$top", sys.maxsize)))
        self.ordered = self.ordered or "$top" in self.options

    @property
    def added(self) -> tuple[str, ...]:
        order = () if "$orderby" in self.options else ("$orderby=Id",)
        select = ("$select: Id",) if self._select != self.options.get("$select") else ()
        return (*order, f"$top={self.page_size}", "$count=true", *select, "$filter: ranges of Id")

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    @property
    def proof(self) -> Proof:
        if self._pages or (self._left and (self._open or self._asked)):
            return Proof(proven=False, reason="not read to the end")
        return Proof(
            proven=True,
            reason="each row that exists throughout was given once: read by Id, every range to its end",
        )

    @property
    def checkpoint(self) -> Any:
        if not self.ordered:
            return None
        after = None if self._position == _LOWEST else self._sign * self._position
        to = None if self._bound is None else self._sign * self._bound
        left = {"left": self._left} if "$top" in self.options else {}
        return {"plan": self.name, "after": after, "to": to, **left}

    @property
    def held(self) -> int:
        return len(self._pages)

    def next_fetch(self) -> Fetch | None:
        if not self._open or self._seeking is not None or (self._asked and not self._opened):
            return None
        if self._opened and not self._bounded:
            return self._seek()
        if self._expected_below(self._open[0].lo) >= self._left:
            return None
        part = self._carve()
        fetch = Fetch(options=self._wire(part), position=part.lo if self.ordered else 0)
        self._asked[fetch] = part
        return fetch

    def receive(self, fetch: Fetch, page: Page, /) -> None:
        if fetch is self._seeking:
            self._seeking = None
            self._set_bound(self._keys(page.rows, _Range(), in_order=False))
            return
        part = self._asked.pop(fetch)
        whole = self._is_whole(page)
        keys = self._keys(page.rows, part, in_order=not whole or self._opened or "$orderby" in self.options)
        if part.group:
            self._judge(part, page.rows)
        elif whole:
            self._close(part, page.rows, keys)
        else:
            self._take(part, page, keys)
        self._opened = True
        self._open.sort(key=lambda each: each.lo)

    def give(self) -> list[Row] | None:
        if not self._pages or not self._left:
            return None
        lo = min(self._pages)
        if self.ordered and any(each.lo < lo for each in (*self._open, *self._asked.values())):
            return None
        rows, self._position = self._pages.pop(lo)
        rows = rows[: self._left]
        self._left -= len(rows)
        if not self._left:
            self._pages.clear()
        return rows

    def _seek(self) -> Fetch:
        """Ask for the largest key: rows that are inserted from now on are outside."""
        wire = {name: text for name, text in self.options.items() if name == "$filter"}
        order = "Id" if self.descending else "Id desc"
        wire |= {"$select": "Id", "$orderby": order, "$top": "1"}
        self._seeking = Fetch(options=wire, position=self._open[-1].lo if self.ordered else 0)
        return self._seeking

    def _set_bound(self, keys: list[int]) -> None:
        self._bounded = True
        tail = self._open[-1]
        largest = max(keys, default=_LOWEST)
        if largest < tail.lo:
            # The rows that were read are gone, or the order was not heeded: read one more page, then ask again.
            self._notes["The largest Id was smaller than one that had been read"] = None
            return
        self._bound = largest
        self._open[-1:] = [_Range(tail.lo, largest)] if largest > tail.lo else []
        if self._rest and largest > tail.lo:
            self._density.gap = (largest - tail.lo) / self._rest

    def _expected_below(self, lo: int) -> int:
        """Tell how many rows below a key are here or on their way, so that ``$top`` is not overrun by far."""
        here = sum(len(rows) for at, (rows, _) in self._pages.items() if at < lo)
        return here + self._density.capacity * sum(part.lo < lo for part in self._asked.values())

    def _carve(self) -> _Range:
        """Take about a page's worth of keys off the lowest open range."""
        first = self._open.pop(0)
        width = self._density.width(counted=self._counts)
        if not self._opened or first.hi == _HIGHEST or first.hi - first.lo <= width:
            return first
        self._open.insert(0, _Range(first.lo + width, first.hi))
        return _Range(first.lo, first.lo + width)

    def _wire(self, part: _Range) -> dict[str, str]:
        wire = {"$orderby": "Id", **self.options, "$top": str(self.page_size), "$count": "true"}
        if self._select:
            wire["$select"] = self._select
        above, up_to = ("lt", "ge") if self.descending else ("gt", "le")
        bounds = [f"({wire['$filter']})"] if "$filter" in wire else []
        bounds += [f"Id {above} {self._sign * part.lo}"] if part.lo > _LOWEST else []
        bounds += [f"Id {up_to} {self._sign * part.hi}"] if part.hi < _HIGHEST else []
        if part.lo > _LOWEST or part.hi < _HIGHEST:
            wire["$filter"] = " and ".join(bounds)
        return wire | {"$skip": str(len(part.group)), "$top": "1"} if part.group else wire

    @property
    def _select(self) -> str | None:
        selected = self.options.get("$select")
        return selected if selected is None or "Id" in selected.split(",") else f"{selected},Id"

    def _is_whole(self, page: Page) -> bool:
        """Tell whether the answer holds all rows of its range: it is empty, or short and counted as all.

        A short page alone is not (servers cap pages), nor is a count that was never seen to count more than a page.
        """
        count, rows = page.count, len(page.rows)
        counts = self._counts or (self.trusts_count and not self._opened)
        self._counts = self._counts or (count is not None and count > rows)
        return not rows or (count == rows < self.page_size and counts and page.next_link is None)

    def _take(self, part: _Range, page: Page, keys: list[int]) -> None:
        """Cover all but the last key, whose rows the page's end may have torn apart."""
        last = keys[-1]
        self._bounded = self._bound is not None
        if not self._opened:
            self._size_up(page, keys)
        if len(keys) > self.page_size:
            self._notes["The server sent pages longer than $top"] = None
        if cut := bisect_left(keys, last):
            self._cover(part, page.rows[:cut], last - 1)
            self._open.append(_Range(last - 1, part.hi))
        elif part.lo == last - 1 and part.hi == last:
            self._open.append(attrs.evolve(part, group=tuple(page.rows)))
        else:
            self._open += [_Range(last - 1, last), _Range(last, part.hi)]

    def _close(self, part: _Range, rows: list[Row], keys: list[int]) -> None:
        end = part.hi
        if end == _HIGHEST:
            end = max(keys, default=part.lo)
            self._bound = end if end > _LOWEST else None
        self._cover(part, rows, end)

    def _cover(self, part: _Range, rows: list[Row], end: int) -> None:
        if rows:
            self._pages[part.lo] = rows, end
        if self._opened:
            self._density.learn(len(rows), end - part.lo)

    def _judge(self, part: _Range, more: list[Row]) -> None:
        if more:
            raise NotProven(
                f"More rows share the Id {self._sign * part.hi} than a page holds: raise page_size, or read one folder",
                checkpoint=self.checkpoint,
            )
        self._pages[part.lo] = list(part.group), part.hi

    def _size_up(self, page: Page, keys: list[int]) -> None:
        """Let the first page say how dense the Ids are, and how many rows a page holds."""
        rows, count = len(keys), page.count
        self._rest = None if count is None or count <= rows else count - rows
        self._density.gap = max(1, keys[-1] - keys[0]) / rows
        if self._rest and rows < self.page_size:
            self._density.capacity = rows

    def _keys(self, rows: list[Row], part: _Range, *, in_order: bool = True) -> list[int]:
        ids = [_integer(row.get("Id")) for row in rows]
        keys = [self._sign * each for each in ids if each is not None]
        if len(keys) < len(ids):
            raise DecodeError(
                "a row has no integer Id: read with stream(paging='offset')",
                property="Id",
                row=ids.index(None),
            )
        if keys and (min(keys) <= part.lo or max(keys) > part.hi):
            raise self._violation("outside of the range that was asked for")
        if in_order and keys != sorted(keys):
            raise self._violation("out of order of Id")
        return keys

    def _violation(self, what: str) -> OrderViolation:
        advice = "read with stream(paging='offset'), which proves nothing"
        return OrderViolation(f"The server sent rows {what}: {advice}", checkpoint=self.checkpoint)


def _integer(value: Any) -> int | None:
    # Some servers write Int64 as a string.
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
