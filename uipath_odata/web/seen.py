"""Recognize events that came before."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from uipath_odata.errors import QueryError

__all__ = ["RecentEvents", "SeenEvents"]


class SeenEvents(Protocol):
    """Remembers events; one in a database makes several processes one receiver."""

    async def add(self, event_id: str, /) -> bool:
        """Remember an event; return whether it is new."""
        ...


class RecentEvents:
    """Remember the last events of this process, at most ``size`` of them."""

    def __init__(self, size: int = 10_000) -> None:
        if size < 1:
            raise QueryError(f"size={size} remembers nothing: give 1 or more")
        self._size = size
        self._ids = OrderedDict[str, None]()

    async def add(self, event_id: str, /) -> bool:
        if event_id in self._ids:
            self._ids.move_to_end(event_id)
            return False
        self._ids[event_id] = None
        if len(self._ids) > self._size:
            self._ids.popitem(last=False)
        return True
