"""Where a scan by time resumes: what was not given out yet, as a small JSON value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.checkpoint import merged, number_in
from uipath_odata.paging.window.interval_scan import END_OF_TIME

__all__ = ["intervals_of", "left_of", "point"]


def point(intervals: Iterable[tuple[int, int]], left: int | None = None) -> dict[str, Any]:
    """Write unread intervals, and how many rows of a total are still wanted.

    ``from`` and ``to`` enclose them all; ``open`` lists them where rows between them were given out already.
    """
    whole = merged(intervals)
    checkpoint: dict[str, Any] = {"plan": "window", "from": _text(whole[0][0]), "to": _text(whole[-1][1])}
    if len(whole) > 1:
        checkpoint["open"] = [[_text(at), _text(end)] for at, end in whole]
    return checkpoint if left is None else {**checkpoint, "left": left}


def intervals_of(checkpoint: Any) -> list[tuple[int, int]]:
    """Read the unread intervals in ticks; raises QueryError for what `point` never wrote."""
    try:
        pairs = checkpoint.get("open", [[checkpoint["from"], checkpoint["to"]]])
        first, *others = [(_ticks(at, 0), _ticks(end, END_OF_TIME)) for at, end in pairs]
    except (AttributeError, LookupError, TypeError, ValueError):
        raise QueryError(
            "The checkpoint is not one of a RobotLogs scan: pass rows.checkpoint unchanged"
        ) from None
    return [first, *others]


def left_of(checkpoint: Any, top: int) -> int:
    """Return how many rows are still wanted, of ``top`` in all."""
    return top if checkpoint is None else number_in(checkpoint, "left", top)


def _text(ticks: int) -> str | None:
    return str(Instant(ticks)) if 0 < ticks < END_OF_TIME else None


def _ticks(text: str | None, default: int) -> int:
    return default if text is None else Instant.parse(text).ticks
