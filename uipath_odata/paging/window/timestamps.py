"""Rows with their TimeStamps as ticks: parsed, checked against the order of the request, and sorted."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final, TypeAlias

import orjson

from uipath_odata.errors import DecodeError, OrderViolation, QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.rows.json_body import column_of, whole_row
from uipath_odata.paging.plan import Row

__all__ = ["Stamped", "identity", "in_order", "stamped", "within"]

Stamped: TypeAlias = tuple[int, Row]
"""The ticks of a row's TimeStamp, and the row."""

_USUAL: Final = re.compile(r"^(.{16}):([0-5]\d)(?:\.(\d{1,7}))?Z$", re.ASCII | re.MULTILINE)
_DIGITS: Final = 9
"""Of a second and its ticks."""
_ticks_of: Final = itemgetter(0)


def stamped(rows: Sequence[Row], unit: int, *, falling: bool = False) -> list[Stamped]:
    """Return the rows of one answer, oldest first; raise OrderViolation where whole units are out of order."""
    read = _all_ticks(rows)
    if falling:
        read.reverse()
        rows = rows[::-1]
    buckets = [ticks // unit for ticks in read]
    if buckets != sorted(buckets):
        order = "desc" if falling else "asc"
        at = next(place for place, (one, two) in enumerate(itertools.pairwise(buckets)) if one > two)
        raise OrderViolation(
            f"RobotLogs came out of order: {Instant(read[at])} and {Instant(read[at + 1])} contradict "
            f"$orderby=TimeStamp {order}. Raise tie_unit to the precision that the server sorts by, or report the server"
        )
    return [*zip(read, rows, strict=True)]


def within(rows: Iterable[Stamped], lo: int, hi: int) -> list[Stamped]:
    """Return the rows from ``lo`` on and before ``hi``."""
    return [one for one in rows if lo <= one[0] < hi]


def in_order(rows: Iterable[Stamped]) -> list[Row]:
    """Sort by time, and equal times by their bytes: the result does not depend on who answered."""
    ordered = sorted(rows, key=_ticks_of)
    if len({ticks for ticks, _ in ordered}) == len(ordered):
        return [row for _, row in ordered]
    ties = ([row for _, row in equal] for _, equal in itertools.groupby(ordered, key=_ticks_of))
    return [row for tied in ties for row in (sorted(tied, key=identity) if len(tied) > 1 else tied)]


def identity(row: Row) -> bytes:
    """Return all that can be known of a row as bytes: RobotLogs have no key, their Id is 0."""
    whole = whole_row(row)
    try:
        return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a surrogate pair
        return json.dumps(whole, sort_keys=True).encode()


def _all_ticks(rows: Sequence[Row]) -> list[int]:
    """Read the TimeStamps of a page together, at a third of the cost, where all have the usual form."""
    try:
        texts = "\n".join(column_of(rows, "TimeStamp"))
        usual = _USUAL.findall(texts)
        if len(usual) == len(rows) == texts.count("\n") + 1:
            return [
                _minute(minute) + int((second + fraction).ljust(_DIGITS, "0"))
                for minute, second, fraction in usual
            ]
    except (LookupError, TypeError, QueryError):
        pass  # the loop below says which row it is
    return [_ticks(row, index) for index, row in enumerate(rows)]


def _ticks(row: Row, index: int) -> int:
    try:
        return Instant.parse(row["TimeStamp"]).ticks
    except (LookupError, TypeError, QueryError):
        raise DecodeError(
            f"RobotLog.TimeStamp in row {index} of the page is not a date-time: report the server's answer",
            entity="RobotLog",
            property="TimeStamp",
            row=index,
        ) from None


@functools.lru_cache(maxsize=1024)
def _minute(text: str) -> int:
    return Instant.parse(f"{text}Z").ticks
