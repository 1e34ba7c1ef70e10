"""RobotLogs of any length, each row once, although only the first 10,000 can be skipped to."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

import attrs

from uipath_odata.odata.instant import Instant
from uipath_odata.paging.partition import END_OF_TIME, Partition
from uipath_odata.paging.plan import Fetch, Page, Proof, Row

__all__ = ["WindowPlan"]

_ORDER: Final = "TimeStamp asc"


@attrs.define(eq=False, kw_only=True)
class WindowPlan:
    """Scan RobotLogs by time: pages above ``TimeStamp gt``, the last tie group held back, cut on the client.

    ``options`` are the user's without comparisons of TimeStamp, which are the interval ``lo <= ticks < hi``;
    ``$top`` there is a total. ``tie_unit`` (ticks) is the coarsest precision that the server may sort by;
    ``window`` the highest ``$skip + $top`` that it accepts. Raises NotProven where a tie group cannot be read
    whole in one page, OrderViolation where rows are not ascending; both with the checkpoint before it.
    """

    options: Mapping[str, str]
    page_size: int
    lo: int | None = None
    hi: int | None = None
    tie_unit: int = 10_000
    window: int = 9_999

    _partition: Partition = attrs.field(init=False)
    _left: int = attrs.field(init=False)
    _checkpoint: Any = attrs.field(init=False)
    _requests: int = attrs.field(default=0, init=False)
    _waiting: bool = attrs.field(default=False, init=False)
    _ready: list[Row] = attrs.field(factory=list[Row], init=False)
    _last: str | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._partition = Partition(
            at=self.lo or 0,
            end=END_OF_TIME if self.hi is None else self.hi,
            unit=self.tie_unit,
            page_size=self.page_size,
            window=self.window,
        )
        self._left = int(self.options.get("$top", sys.maxsize))
        self._checkpoint = self._partition.checkpoint

    @property
    def name(self) -> str:
        return "window"

    @property
    def added(self) -> tuple[str, ...]:
        order = () if "$orderby" in self.options else (f"$orderby={_ORDER}",)
        return (*order, f"$top={self.page_size}", "$count=true", "$filter: TimeStamp gt, moving")

    @property
    def notes(self) -> tuple[str, ...]:
        if not self._partition.ending or self._last is None:
            return ()
        return (f"The tail up to {self._last} is unsettled: robots may still send rows of that time",)

    @property
    def proof(self) -> Proof:
        if self._ready or not (self._partition.ending or not self._left):
            return Proof(proven=False, reason="not read to the end")
        ending = self._partition.ending or "as many rows as asked for"
        return Proof(proven=True, reason=f"read by time, each tie group whole, to the end: {ending}")

    @property
    def checkpoint(self) -> Any:
        return self._checkpoint

    @property
    def held(self) -> int:
        return 1 if self._ready else 0

    def next_fetch(self) -> Fetch | None:
        if self._waiting or self._partition.ending or not self._left:
            return None
        self._waiting = True
        self._requests += 1
        return Fetch(options=self._options())

    def receive(self, fetch: Fetch, page: Page, /) -> None:
        del fetch  # one is out at a time
        self._waiting = False
        self._ready += self._partition.take(page, first=self._requests == 1)

    def give(self) -> list[Row] | None:
        if not self._ready:
            return None
        rows, self._ready = self._ready[: self._left], []
        self._left -= len(rows)
        self._last = rows[-1]["TimeStamp"]
        self._checkpoint = self._partition.checkpoint if self._left else None
        return rows

    def _options(self) -> dict[str, str]:
        wire = {"$orderby": _ORDER, **self.options, "$top": str(self.page_size)}
        if self._partition.after >= 0:
            bound = f"TimeStamp gt {Instant(self._partition.after)}"
            wire["$filter"] = f"({wire['$filter']}) and {bound}" if "$filter" in wire else bound
        if self._partition.probe:
            wire |= {"$skip": str(self._partition.probe), "$top": "1"}
        elif self._requests == 1:
            wire["$count"] = "true"
        return wire
