"""Where a reading by Id resumes: the ranges that were not given out yet, as a small JSON value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.paging.checkpoint import merged, number_in

__all__ = ["HIGHEST", "LOWEST", "Given", "checkpoint_of", "id_of", "unread_in"]

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
        first, *others = [{"after": lo, "to": hi} for lo, hi in cast("list[Any]", pairs)]
    except (TypeError, ValueError):
        raise QueryError("the checkpoint's ranges cannot be read: pass rows.checkpoint unchanged") from None
    return [
        (
            sign * number_in(each, "after", sign * LOWEST),
            sign * number_in(each, "to", sign * HIGHEST),
        )
        for each in (first, *others)
    ]


@attrs.frozen
class Given:
    """What was given out before a checkpoint."""

    rows: int = 0
    start: int | None = None
    """The key after which all of them lie without a gap; None: there are gaps, or it is not known."""
    counted: int | None = None
    """What the first answer counted."""

    @classmethod
    def before(cls, checkpoint: Mapping[str, Any], sign: int) -> Given:
        """Read what a checkpoint says of it; one of an older version does not say."""
        start = sign * number_in(checkpoint, "from", sign * LOWEST) if "from" in checkpoint else None
        counted = number_in(checkpoint, "counted", -1)
        return cls(number_in(checkpoint, "given", 0), start, None if counted < 0 else counted)


def id_of(key: int, sign: int) -> int | None:
    """Return the Id of a key; None for one that stands for no bound."""
    return sign * key if LOWEST < key < HIGHEST else None
