"""The largest key of a list: rows that are added from now on get larger ones."""

from __future__ import annotations

from collections.abc import Sequence
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
    requests: KeysetRequests,
    keys: Keys,
    shown: Sequence[int],
    *,
    after: int = LOWEST,
    count: bool,
    first: Page | None = None,
) -> Steps[IdBound]:
    """Find the largest key of a list; rows that were deleted since may leave none above what was seen.

    ``shown`` are the keys of the answer that begins it, after the key ``after``. ``first`` is that answer, where it may
    hold the whole list although nothing shows that its last key is.

    Raises OrderViolation where answers to the other end of the list begin with a smaller key than one that is there, or
    show what the other answer left out.
    """
    last, largest, falling = shown[-1], LOWEST, attrs.evolve(keys, descending=not keys.descending)
    seen = last
    for number in range(_TRIES):
        page = yield Ask(requests.last(count=count))
        found = keys.read(page.rows[::-1], in_order=False)
        if found and found[-1] >= seen:
            falling.read(page.rows)
            left_out = sorted({each for each in found if after < each < last}.difference(shown))
            if left_out:
                yield from _ask_again(requests, keys, after, left_out)
            bucket = _bucket(page, found)
            asks = first is not None and bucket is None
            is_counted = asks and (yield from _is_counted(requests, keys, first or page, page))
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


def _ask_again(requests: KeysetRequests, keys: Keys, after: int, left_out: list[int]) -> Steps[None]:
    """Ask for the rows after a key again, which lacked some that came late or were left out."""
    again = keys.read((yield Ask(requests.page(after))).rows, after)
    lacking = [each for each in left_out if again and each < again[-1] and each not in again]
    if not lacking:
        return
    key = lacking[0]
    if keys.read((yield Ask(requests.page(key - 1, key))).rows, key - 1, key):
        raise OrderViolation(
            f"The server ignores $orderby: it left out the Id {keys.id_of(key)} before {keys.id_of(again[-1])} twice, and "
            "shows it alone: read with stream(paging='offset'), which proves nothing"
        )


def _violation(keys: Keys, largest: int, seen: int) -> OrderViolation:
    first = "no row" if largest == LOWEST else f"the Id {keys.id_of(largest)} first"
    return OrderViolation(
        f"The server ignores $orderby: asked for the other end of the list, it sent {first}, and has "
        f"{keys.id_of(seen)}: read with stream(paging='offset'), which proves nothing"
    )


def _is_counted(requests: KeysetRequests, keys: Keys, first: Page, last: Page) -> Steps[bool]:
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
    earlier = [each for each in keys.read(after.rows) if each < keys.read(first.rows)[0]]
    if earlier:
        yield from _ask_again(requests, keys, LOWEST, earlier)
    return after.count == rows and not after.rows
