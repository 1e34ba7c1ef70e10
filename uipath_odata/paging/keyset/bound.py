"""The largest key of a list: rows that are added from now on get larger ones."""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.paging.checks.answer_check import whole_text
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.plan import Page, Row
from uipath_odata.paging.steps import Ask, Steps

__all__ = ["IdBound", "find_bound"]


_TRIES: Final = 5


@attrs.frozen
class IdBound:
    """The largest key, and the answer that showed it, its highest key first."""

    key: int
    page: Page
    bucket: list[Row] | None = None
    """All rows of the key, where that answer showed an earlier key too."""
    is_counted: bool = False
    """Whether the first answer and this one hold the same rows, as many as the server counts."""


def find_bound(
    requests: KeysetRequests, keys: Keys, last: int, *, count: bool, first: Page | None = None
) -> Steps[IdBound]:
    """Find the largest key of a list of which ``last`` was seen; rows that were deleted since may leave none above it.

    ``first`` is an answer that may hold the whole list although nothing shows that its last key is.

    Raises OrderViolation where answers to the other end of the list begin with a smaller key than one that is there.
    """
    seen, largest, falling = last, LOWEST, attrs.evolve(keys, descending=not keys.descending)
    for number in range(_TRIES):
        page = yield Ask(requests.last(count=count))
        found = keys.read(page.rows[::-1], in_order=False)
        if found and found[-1] >= seen:
            falling.read(page.rows)
            bucket = _bucket(page, found)
            asks = first is not None and bucket is None
            is_counted = asks and (yield from _is_counted(requests, first or page, page))
            return IdBound(found[-1], page, bucket, is_counted)
        # Either all rows above it were deleted, or the order was ignored.
        largest = found[-1] if found else LOWEST
        above = keys.read((yield Ask(requests.page(largest if found else last))).rows, largest)
        if not above and (found or number):
            return IdBound(last, page)
        seen = max([seen, *above])
    raise _violation(keys, largest, seen)


def _bucket(page: Page, keys: list[int]) -> list[Row] | None:
    """Return the rows of the largest key, where the answer that begins with them shows an earlier one too."""
    bucket = [row for row, key in zip(page.rows, reversed(keys), strict=True) if key == keys[-1]]
    return bucket if len(bucket) < len(keys) else None


def _violation(keys: Keys, largest: int, seen: int) -> OrderViolation:
    first = "no row" if largest == LOWEST else f"the Id {keys.id_of(largest)} first"
    return OrderViolation(
        f"The server ignores $orderby: asked for the other end of the list, it sent {first}, and has "
        f"{keys.id_of(seen)}: read with stream(paging='offset'), which proves nothing"
    )


def _is_counted(requests: KeysetRequests, first: Page, last: Page) -> Steps[bool]:
    """Find out whether two answers show the same rows, no two of them alike, and each counts as many.

    Some servers count the page alone, or no further than they send. Such a count shows itself after as many rows: there
    it says less, or more rows come.
    """
    seen = [{whole_text(row) for row in page.rows} for page in (first, last)]
    rows = len(seen[0] & seen[1])
    if {first.count, last.count, len(first.rows), len(last.rows)} != {rows}:
        return False
    if rows == 1:
        return True
    after = yield Ask(requests.count(LOWEST, HIGHEST, skip=rows))
    return after.count == rows and not after.rows
