"""Lists with an integer Id, each row once whatever comes and goes meanwhile: disjoint ranges of Id, several at once."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import attrs

from uipath_odata.errors import DecodeError, NotProven, OrderViolation
from uipath_odata.paging.checkpoint import number_in
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST, checkpoint_of, unread_in
from uipath_odata.paging.keyset.contradictions import Contradictions
from uipath_odata.paging.keyset.density import Density
from uipath_odata.paging.plan import Fetch, Page, Plan, Proof, Row

__all__ = ["KeysetPlan"]


@attrs.frozen(eq=False)
class _Range:
    """Keys above ``lo`` up to ``hi`` that no answer has covered yet.

    ``group`` are rows that share its one key, held back until a probe behind them shows that there are no more.
    """

    lo: int = LOWEST
    hi: int = HIGHEST
    group: tuple[Row, ...] = ()


@attrs.define(eq=False, kw_only=True)
class KeysetPlan(Plan):
    """Read by Id: the first page alone, then the largest Id as bound, then (last, bound] in ranges beside each other.

    ``options`` are the user's; ``$top`` there is a total, to be read in order. Keys are Ids, negated where
    ``descending``. ``resume`` is a checkpoint to go on from. Equal Ids (items of linked queues, once for each folder)
    are given together, from one answer that shows them all. Raises OrderViolation for rows that are not ascending or
    outside of what was asked for, NotProven for more equal Ids than a page holds, or for rows that came only when they
    were asked for twice while later ones were given out in order.
    """

    options: Mapping[str, str]
    page_size: int
    descending: bool = False
    ordered: bool = True
    exact: bool = False
    resume: Mapping[str, Any] | None = None
    name: str = attrs.field(default="keyset", init=False)
    guarantee: str = attrs.field(
        default="each row that exists throughout is given once, whatever is added or deleted meanwhile",
        init=False,
    )

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
    _longest: int = attrs.field(default=0, init=False)
    _by_count: bool = attrs.field(default=False, init=False)
    _rest: int | None = attrs.field(default=None, init=False)
    _doubts: Contradictions = attrs.field(factory=Contradictions, init=False)
    _late: bool = attrs.field(default=False, init=False)
    _asked: dict[Fetch, _Range] = attrs.field(factory=dict[Fetch, _Range], init=False)
    _pages: dict[int, tuple[list[Row], int]] = attrs.field(
        factory=dict[int, tuple[list[Row], int]], init=False
    )
    _notes: dict[str, None] = attrs.field(factory=dict[str, None], init=False)

    def __attrs_post_init__(self) -> None:
        self._sign = -1 if self.descending else 1
        self._density = Density(self.page_size)
        begun = self.resume or {}
        unread = unread_in(begun, self._sign)
        self._position, end = min(unread)[0], max(unread)[1]
        self._bound = end if end < HIGHEST else None
        self._bounded = self._bound is not None
        self._open = [_Range(lo, hi) for lo, hi in sorted(unread) if lo < hi]
        self._left = number_in(begun, "left", int(self.options.get("$top", sys.maxsize)))
        self.ordered = self.ordered or "$top" in self.options

    @property
    def added(self) -> tuple[str, ...]:
        order = () if "$orderby" in self.options else ("$orderby=Id",)
        select = ("$select: Id",) if self._select != self.options.get("$select") else ()
        return (*order, f"$top={self.page_size}", "$count=true", *select, "$filter: ranges of Id")

    @property
    def notes(self) -> tuple[str, ...]:
        doubts, is_read = self._doubts, not (self._open or self._asked) and self._opened
        if doubts.lacking and is_read:
            return (
                *self._notes,
                f"The server counted {doubts.total} rows at first, and {doubts.rows} were found",
            )
        return tuple(self._notes)

    @property
    def proof(self) -> Proof:
        if self._pages or (self._left and (self._open or self._asked)):
            return Proof("none", "not read to the end")
        if self._by_count:
            return Proof("by_count", "one page held the whole answer, as the server counts")
        return Proof(
            "by_later_bucket",
            "each row that exists throughout was given once: read by Id, every range to its end",
        )

    @property
    def checkpoint(self) -> Any:
        to = HIGHEST if self._bound is None else self._bound
        unread = [(self._position, to)]
        if not self.ordered or self._late:
            unread = [(part.lo, part.hi) for part in (*self._open, *self._asked.values())]
            unread += [(lo, end) for lo, (_, end) in self._pages.items()]
        left = {"left": self._left} if "$top" in self.options else {}
        return checkpoint_of(unread or [(LOWEST if to == HIGHEST else to, to)], self._sign) | left

    @property
    def buffered_pages(self) -> int:
        return len(self._pages)

    def next_fetch(self) -> Fetch | None:
        if self._opened and self._left and not (self._open or self._asked or self._pages):
            self._open = [_Range(lo, hi) for lo, hi in self._doubts.unexplained()]
            self._late = bool(self._open)
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

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        if fetch is self._seeking:
            self._seeking = None
            self._set_bound(self._keys(page.rows, _Range(), in_order=False))
            return
        part = self._asked[fetch]  # unread as long as its answer is not understood
        self._understand(part, page)
        del self._asked[fetch]
        self._open.sort(key=lambda each: each.lo)

    def next_rows(self) -> list[Row] | None:
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

    def _understand(self, part: _Range, page: Page) -> None:
        whole = self._is_whole(page)
        keys = self._keys(page.rows, part, in_order=not whole or self._opened or "$orderby" in self.options)
        bound = self._bound if whole and not part.group else None
        if self._doubts.about(part.lo, part.hi, keys, page, held=len(part.group), bound=bound):
            self._open.append(part)
            return
        if not self._opened and self.resume is None:
            self._doubts.total = page.count
        if self._late and self.ordered and page.rows:
            raise NotProven(
                "Rows came only when their Ids were asked for twice, and later ones were given out before: "
                "go on from the checkpoint, which gives the missing ones",
                checkpoint=self.checkpoint,
            )
        if part.group:
            self._judge(part, page)
        elif whole:
            self._by_count = bool(page.rows) and not self._opened
            self._close(part, page.rows, keys)
        else:
            self._take(part, page, keys)
        self._opened = True

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
        largest = max(keys, default=LOWEST)
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
        if not self._opened or first.hi == HIGHEST or first.hi - first.lo <= width:
            return first
        self._open.insert(0, _Range(first.lo + width, first.hi))
        return _Range(first.lo, first.lo + width)

    def _wire(self, part: _Range) -> dict[str, str]:
        wire = {"$orderby": "Id", **self.options, "$top": str(self.page_size), "$count": "true"}
        if self._select:
            wire["$select"] = self._select
        above, up_to = ("lt", "ge") if self.descending else ("gt", "le")
        bounds = [f"({wire['$filter']})"] if "$filter" in wire else []
        bounds += [f"Id {above} {self._sign * part.lo}"] if part.lo > LOWEST else []
        bounds += [f"Id {up_to} {self._sign * part.hi}"] if part.hi < HIGHEST else []
        if part.lo > LOWEST or part.hi < HIGHEST:
            wire["$filter"] = " and ".join(bounds)
        return wire | {"$skip": str(len(part.group)), "$top": "1"} if part.group else wire

    @property
    def _select(self) -> str | None:
        selected = self.options.get("$select")
        return selected if selected is None or "Id" in selected.split(",") else f"{selected},Id"

    def _is_whole(self, page: Page) -> bool:
        """Tell whether the answer holds all rows of its range: it is empty, or short and counted as all.

        A short page alone is not (servers cap pages), nor is a count that was never seen to count more than a page,
        or that ends a page as long as any: it may be the server's cap, and the count wrong.
        """
        count, rows = page.count, len(page.rows)
        alone = not self.exact and not self._opened and self.resume is None
        counts = alone or (self._counts and rows < self._longest)
        self._longest = max(self._longest, rows)
        self._counts = self._counts or (count is not None and count > rows)
        return not rows or (count == rows < self.page_size and counts and page.next_link is None)

    def _take(self, part: _Range, page: Page, keys: list[int]) -> None:
        """Cover all but the last key, whose rows the page's end may have torn apart."""
        last = keys[-1]
        if part.hi == HIGHEST:  # the bound closes the range that has none, which must not be under way
            self._bounded = self._bound is not None
        if not self._opened:
            self._size_up(page, keys)
        if len(keys) > self.page_size:
            self._notes["The server sent pages longer than $top"] = None
        self._doubts.torn(last)
        cut = bisect_left(keys, last)
        if cut:
            self._cover(part, page.rows[:cut], last - 1)
        if self._may_be_all(part, page):
            self._open.append(_Range(last - 1, part.hi, group=tuple(page.rows[cut:])))
            self._bounded = True
        elif cut:
            self._open.append(_Range(last - 1, part.hi))
        elif part.lo == last - 1 and part.hi == last:
            self._open.append(attrs.evolve(part, group=tuple(page.rows)))
        else:
            self._open += [_Range(last - 1, last), _Range(last, part.hi)]

    def _may_be_all(self, part: _Range, page: Page) -> bool:
        """Tell whether one empty answer behind a first page can prove that it is the whole list."""
        counted = page.count == len(page.rows) < self.page_size and page.next_link is None
        return counted and part.hi == HIGHEST and not self._opened

    def _close(self, part: _Range, rows: list[Row], keys: list[int]) -> None:
        end = part.hi
        if end == HIGHEST:
            end = max(keys, default=part.lo)
            self._bound = end if end > LOWEST else None
        self._cover(part, rows, end)

    def _cover(self, part: _Range, rows: list[Row], end: int) -> None:
        if rows:
            self._pages[part.lo] = rows, end
        self._doubts.covered(part.lo, end, len(rows))
        if self._opened:
            self._density.learn(len(rows), end - part.lo)

    def _judge(self, part: _Range, page: Page) -> None:
        if part.hi == HIGHEST:
            self._judge_end(part, page)
            return
        if page.rows:
            raise NotProven(
                f"More rows share the Id {self._sign * part.hi} than a page holds: raise page_size, or read one folder",
                checkpoint=self.checkpoint,
            )
        self._cover(part, [*part.group], part.hi)

    def _judge_end(self, part: _Range, page: Page) -> None:
        """Believe a small list's count if its server counts rows that are not on the page."""
        if not page.rows and page.count == len(part.group):
            self._bound = part.lo + 1
            self._cover(part, [*part.group], self._bound)
        else:
            self._bounded = False
            self._open.append(_Range(part.lo, part.hi))

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
