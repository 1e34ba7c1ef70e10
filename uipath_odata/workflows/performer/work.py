"""Take the items of a queue one at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Self

import attrs

from uipath_odata.entities import QueueItem
from uipath_odata.errors import ConnectionFailed, QueryError, RateLimited
from uipath_odata.local.log_line import log_line
from uipath_odata.resources.entity_sets import log_place
from uipath_odata.workflows.performer.draining import Drain
from uipath_odata.workflows.performer.idle import Idle
from uipath_odata.workflows.performer.taking import Taker
from uipath_odata.workflows.performer.transaction_item import TransactionItem
from uipath_odata.workflows.to_the_end import to_the_end

__all__ = ["Work"]

_LOG: Final = logging.getLogger("uipath_odata.workflows")


@attrs.define(eq=False, repr=False)
class Work:
    """An iterator of items; it ends when the queue is empty and that was asked for, or when no item is to be taken any more."""

    taker: Taker
    make: Callable[[QueueItem], TransactionItem]
    drain: Drain
    until_empty: bool = attrs.field(kw_only=True)
    idle: Idle = attrs.field(init=False)
    _item: TransactionItem | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with short pauses."""
        self.idle = Idle(self.taker.clock, self.drain)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> TransactionItem:
        if self._item is not None and not self._item.is_entered:
            raise QueryError(
                f"item {self._item.id} was taken and not worked on: write  async with item  before the next one is asked"
                " for, or let queue.perform(handler) work on several"
            )
        with self.drain.listening():
            while not self.drain.is_set():
                self._item = await self.take()
                if self._item is not None:
                    self.idle.reset()
                    return self._item
                if self.until_empty:
                    break
                await self.idle.pause()
        raise StopAsyncIteration

    async def take(self) -> TransactionItem | None:
        """Take an item; one that comes after a cancellation is given up at once.

        A server that is asked too often, or, where the queue is to be watched for good, cannot be reached, is asked again.
        """
        while not self.drain.is_set():
            try:
                return await to_the_end(self._taken(), _give_up)
            except (RateLimited, ConnectionFailed) as error:
                if self.until_empty and isinstance(error, ConnectionFailed):
                    raise
                place = log_place(self.taker.sets)
                log_line(_LOG, logging.WARNING, place, "no item can be taken for now: %s", error)
                await self.idle.pause(getattr(error, "retry_after", None) or 0.0)
        return None

    async def _taken(self) -> TransactionItem | None:
        entity = await self.taker.take()
        return None if entity is None else self.make(entity)


async def _give_up(item: TransactionItem | None) -> None:
    if item is not None:
        await item.give_up()
