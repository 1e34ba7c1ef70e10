"""Where a reading by Id resumes: the ranges that were not given out yet, as a small JSON value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from uipath_odata.errors import QueryError
from uipath_odata.paging.checkpoint import merged, number_in

__all__ = ["HIGHEST", "LOWEST", "checkpoint_of", "given_before", "id_of", "unread_in"]

LOWEST: Final = -(1 << 63) - 1
HIGHEST: Final = 1 << 63


def checkpoint_of(unread: Iterable[tuple[int, int]], sign: int) -> dict[str, Any]:
    """Write ranges of keys, ``lo < key <= hi``; a key is ``sign`` times an Id.

    ``after`` and ``to`` enclose them all; ``open`` lists them where rows between them were given out already.
    """
    ranges = [[id_of(lo, sign), id_of(hi, sign)] for lo, hi in merged(unread)]
    point = {"plan": "keyset", "after": ranges[0][0], "to": ranges[-1][1]}
    return {**point, "open": ranges} if len(ranges) > 1 else point


def unread_in(checkpoint: Mapping[str, Any], sign: int) -> list[tuple[int, int]]:
    """Read the ranges of a checkpoint; raises QueryError for what `checkpoint_of` never wrote."""
    pairs: Any = checkpoint.get("open", [[checkpoint.get("after"), checkpoint.get("to")]])
    try:
        named: list[dict[str, Any]] = [{"after": lo, "to": hi} for lo, hi in cast("list[Any]", pairs)]
    except (TypeError, ValueError):
        raise QueryError("the checkpoint's ranges cannot be read: pass rows.checkpoint unchanged") from None
    return [
        (
            sign * number_in(each, "after", sign * LOWEST),
            sign * number_in(each, "to", sign * HIGHEST),
        )
        for each in named
    ]


def given_before(
    checkpoint: Mapping[str, Any], sign: int, after: int
) -> tuple[tuple[int, int, int] | None, int | None]:
    """Read what was given out before the checkpoint, as keys and rows, and what the first answer counted."""
    if "given" not in checkpoint:
        return None, None
    start = sign * number_in(checkpoint, "from", sign * LOWEST)
    counted = number_in(checkpoint, "counted", -1)
    return (start, after, number_in(checkpoint, "given", 0)), None if counted < 0 else counted


def id_of(key: int, sign: int) -> int | None:
    """Return the Id of a key; None for one that stands for no bound."""
    return sign * key if LOWEST < key < HIGHEST else None
