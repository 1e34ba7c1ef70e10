"""The largest key of a list: rows that are added from now on get larger ones."""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.paging.checks import whole_text
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.plan import Page, Row
from uipath_odata.paging.steps import Ask, Steps

__all__ = ["IdBound", "find_bound", "is_counted_twice"]


_TRIES: Final = 5


@attrs.frozen
class IdBound:
    """The largest key, and the answer that showed it, its highest key first."""

    key: int
    page: Page
    bucket: list[Row] | None = None
    """All rows of the key, where that answer showed an earlier key too."""


def find_bound(requests: KeysetRequests, keys: Keys, last: int, *, count: bool) -> Steps[IdBound]:
    """Find the largest key of a list of which ``last`` was seen; rows that were deleted since may leave none above it.

    Raises OrderViolation where the answer begins with a smaller key than one that is still there.
    """
    page, found = Page([]), list[int]()
    for number in range(_TRIES):
        page = yield Ask(requests.last(count=count))
        found = keys.read(page.rows[::-1])
        if found:
            break
        if number and not (yield Ask(requests.page(last))).rows:
            return IdBound(last, page)
    if not found:
        raise OrderViolation(
            "The server shows rows in one order and none in the other, against $orderby: read with "
            "stream(paging='offset'), which proves nothing"
        )
    largest = found[-1]
    if largest >= last:
        bucket = [row for row, key in zip(page.rows, reversed(found), strict=True) if key == largest]
        return IdBound(largest, page, bucket if len(bucket) < len(found) else None)
    # Either all rows above it were deleted, or the order was ignored.
    above = keys.read((yield Ask(requests.page(largest))).rows, largest)
    if above and above[0] <= last:
        raise OrderViolation(
            f"The server ignores $orderby: asked for the other end of the list, it sent the Id {keys.id_of(largest)} "
            f"first, and has {keys.id_of(above[0])}: read with stream(paging='offset'), which proves nothing"
        )
    return IdBound(last, page)


def is_counted_twice(first: Page, last: Page) -> bool:
    """Tell whether two answers show the same rows, no two of them alike, and each counts as many."""
    seen = [{whole_text(row) for row in page.rows} for page in (first, last)]
    counts = {first.count, last.count, len(first.rows), len(last.rows), len(seen[0] & seen[1])}
    return len(counts) == 1
