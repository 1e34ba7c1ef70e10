"""Taking items, and finding the one that a lost answer may have taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import attrs

from uipath_odata.entities import QueueDefinition, QueueItem
from uipath_odata.errors import DecodeError, OrchestratorError, OutcomeUnknown
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.patience import WAITS, is_final, maybe_happened

__all__ = ["Taker"]

_SHOWN: Final = 10


@attrs.define(eq=False)
class Taker:
    """Takes items of one queue, one after the other, and knows which it has taken.

    ``sole`` says that nothing else takes items of this queue: what is InProgress there, and was not when this began, is ours.
    """

    sets: EntitySets
    queue: Callable[[], Awaitable[QueueDefinition]]
    """Return the queue, whose name is resolved once."""
    clock: Clock
    robot: UUID | str | None = None
    sole: bool = False
    _known: set[int] = attrs.field(factory=set[int], init=False)
    """Items that a lost answer cannot have taken: those taken before, and those that were InProgress at first."""
    _has_looked: bool = attrs.field(default=False, init=False)

    async def take(self) -> QueueItem | None:
        """Take the next item; return None when the queue has none to take."""
        if self.sole and not self._has_looked:
            self._known |= {item.id or 0 for item in await self._in_progress()}
            self._has_looked = True
        return await self._start({}, self._adopted)

    async def add_and_take(self, fields: Mapping[str, Any], own_reference: str | None) -> QueueItem:
        """Add an item and take it in one step; ``own_reference`` is its Reference where nobody else can have chosen it."""

        async def adopted(lost: OrchestratorError) -> QueueItem:
            if own_reference is None:
                raise self._undecided(lost, ())
            return await self._by_reference(own_reference, lost)

        item = await self._start(fields, adopted)
        if item is None:
            raise DecodeError(
                "StartTransaction answered a new item with none: look for it before you add it again"
            )
        return item

    async def _start(
        self, fields: Mapping[str, Any], adopted: Callable[[OrchestratorError], Awaitable[QueueItem]]
    ) -> QueueItem | None:
        robot = {} if self.robot is None else {"RobotIdentifier": str(self.robot)}
        name = (await self.queue()).name
        try:
            item = await self.sets.queues.start_transaction({**fields, "Name": name, **robot})
        except OrchestratorError as error:
            if not maybe_happened(error):
                raise
            item = await adopted(error)
        if item is not None:
            self._known.add(item.id or 0)
        return item

    async def _adopted(self, lost: OrchestratorError) -> QueueItem:
        """Return the one item that can only be ours."""
        candidates: Sequence[QueueItem] = ()
        for wait in WAITS if self.sole else WAITS[:1]:
            await self.clock.sleep(wait)
            try:
                candidates = [item for item in await self._in_progress() if item.id not in self._known]
            except OrchestratorError as error:
                if is_final(error):
                    break
                continue
            if candidates:
                break
        if self.sole and len(candidates) == 1:
            return await self.sets.queue_items.get(candidates[0].id or 0)
        raise self._undecided(lost, candidates)

    async def _by_reference(self, reference: str, lost: OrchestratorError) -> QueueItem:
        for wait in WAITS:
            await self.clock.sleep(wait)
            try:
                items = await self.sets.queue_items.filter(QueueItem.reference == reference).to_list()
            except OrchestratorError as error:
                if is_final(error):
                    break
                continue
            if len(items) == 1 and items[0].status == "InProgress":
                return items[0]
        raise self._undecided(lost, ())

    async def _in_progress(self) -> Sequence[QueueItem]:
        queue = await self.queue()
        query = self.sets.queue_items.filter(
            QueueItem.queue_definition_id == queue.id, QueueItem.status == "InProgress"
        )
        return await query.select(QueueItem.id, QueueItem.reference).to_list()

    def _undecided(self, lost: OrchestratorError, candidates: Sequence[QueueItem]) -> OutcomeUnknown:
        ids = [str(item.id) for item in candidates]
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        found = (
            f"it may be one of {', '.join(ids[:_SHOWN])}{more}, which are InProgress and may be another performer's"
            if ids
            else "none was seen InProgress that it may have taken"
        )
        error = OutcomeUnknown(
            f"the answer to StartTransaction was lost, and the item that it may have taken is not known:"
            f" {found}; nothing was done with them, and such an item becomes Abandoned after 24 hours",
            find_by={"Id": tuple(ids)} if ids else None,
        )
        error.__cause__ = lost
        return error
