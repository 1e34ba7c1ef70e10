"""Where a reading by Id goes on: the ranges that were not given out yet, as a small JSON value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from uipath_odata.errors import QueryError
from uipath_odata.paging.checkpoint import merged, number_in

__all__ = ["HIGHEST", "LOWEST", "checkpoint_of", "unread_in"]

LOWEST: Final = -(1 << 63) - 1
HIGHEST: Final = 1 << 63


def checkpoint_of(unread: Iterable[tuple[int, int]], sign: int) -> dict[str, Any]:
    """Write ranges of keys, ``lo < key <= hi``; a key is ``sign`` times an Id.

    ``after`` and ``to`` enclose them all; ``open`` lists them where rows between them were given out already.
    """
    ranges = [[_id(lo, sign), _id(hi, sign)] for lo, hi in merged(unread)]
    point = {"plan": "keyset", "after": ranges[0][0], "to": ranges[-1][1]}
    return {**point, "open": ranges} if len(ranges) > 1 else point


def unread_in(checkpoint: Mapping[str, Any], sign: int) -> list[tuple[int, int]]:
    """Read the ranges of a checkpoint; raises QueryError for what `key_point` never wrote."""
    pairs: Any = checkpoint.get("open", [[checkpoint.get("after"), checkpoint.get("to")]])
    try:
        named: list[dict[str, Any]] = [{"after": lo, "to": hi} for lo, hi in cast("list[Any]", pairs)]
    except (TypeError, ValueError):
        raise QueryError(
            "the checkpoint's ranges are none: give what rows.checkpoint was, unchanged"
        ) from None
    return [
        (
            sign * number_in(each, "after", sign * LOWEST),
            sign * number_in(each, "to", sign * HIGHEST),
        )
        for each in named
    ]


def _id(key: int, sign: int) -> int | None:
    return sign * key if LOWEST < key < HIGHEST else None
