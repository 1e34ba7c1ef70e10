"""Adding one item, and looking for it where the answer was lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson

from uipath_odata.entities import QueueDefinition, QueueItem
from uipath_odata.errors import OrchestratorError, OutcomeUnknown, ResponseError
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.patience import WAITS, is_final, maybe_happened

__all__ = ["add_one"]

_DUPLICATE_REFERENCE: Final = 1016


async def add_one(
    sets: EntitySets,
    fields: Mapping[str, Any],
    definition: Callable[[], Awaitable[QueueDefinition]],
    clock: Clock,
) -> QueueItem:
    """Add an item and return it.

    Where the answer is lost and the queue takes each Reference once, the item is looked for, and sent again only there.
    Raises OutcomeUnknown where it cannot be told from others.
    """
    try:
        return await sets.queues.add_queue_item(fields)
    except OrchestratorError as error:
        if not maybe_happened(error) or not fields.get("Reference"):
            raise
        lost = error
    try:
        queue = await definition()
        if queue.enforce_unique_reference:
            return await _found(sets, fields, queue, clock, lost)
        others = await _items(sets, fields, queue)
    except OrchestratorError as error:
        raise error if isinstance(error, OutcomeUnknown) else lost from error
    raise _unknown(fields, others) from lost


async def _found(
    sets: EntitySets, fields: Mapping[str, Any], queue: QueueDefinition, clock: Clock, lost: OrchestratorError
) -> QueueItem:
    """Look for the item until it is there, sending it again while it is not: the queue takes its Reference once."""
    for wait in WAITS:
        await clock.sleep(wait)
        try:
            if there := await _items(sets, fields, queue):
                return _ours(there, fields, lost)
            return await sets.queues.add_queue_item(fields)
        except ResponseError as error:
            if is_final(error) and error.error_code != _DUPLICATE_REFERENCE:
                raise lost from error
        except OutcomeUnknown as error:
            if error.__cause__ is lost:
                raise
        except OrchestratorError as error:
            if not (error.retryable or maybe_happened(error)):
                raise
    raise lost


async def _items(sets: EntitySets, fields: Mapping[str, Any], queue: QueueDefinition) -> list[QueueItem]:
    reference = fields["Reference"]
    query = sets.queue_items.filter(
        QueueItem.queue_definition_id == queue.id,
        QueueItem.reference == reference,
        QueueItem.status != "Deleted",
    )
    return [item for item in await query.to_list() if item.reference == reference]


def _ours(there: list[QueueItem], fields: Mapping[str, Any], lost: OrchestratorError) -> QueueItem:
    """Return the item that holds what was sent; any other was there before, or was changed since."""
    sent = orjson.loads(orjson.dumps(fields.get("SpecificContent") or {}))
    plain = {name: value for name, value in sent.items() if "@" not in name}
    for item in there:
        if (item.specific_content or {}) == plain:
            return item
    raise _unknown(fields, there) from lost


def _unknown(fields: Mapping[str, Any], there: list[QueueItem]) -> OutcomeUnknown:
    reference = fields["Reference"]
    ids = ", ".join(f"item {item.id}" for item in there)
    found = (
        f"the queue has {ids} with this Reference"
        if ids
        else "the queue shows none with this Reference so far"
    )
    return OutcomeUnknown(
        f"the answer to the new item {reference!r} was lost, and {found}: compare them before you add it again",
        find_by={"Reference": (reference,)},
    )
