"""Ending an item, and reading it where the answer to its result was lost."""

from __future__ import annotations

from uipath_odata.entities import QueueItem
from uipath_odata.errors import Conflict, OrchestratorError, OutcomeUnknown
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.patience import WAITS, is_final
from uipath_odata.workflows.performer.outcome import ItemOutcome, verdict

__all__ = ["end_item"]


async def end_item(sets: EntitySets, item: QueueItem, outcome: ItemOutcome, clock: Clock) -> None:
    """Send an item's result until the server has it.

    Raises Conflict where the item has ended otherwise, what else the server refuses, and OutcomeUnknown where it cannot be
    asked any more.
    """
    key = item.id or 0
    lost: OrchestratorError | None = None
    for wait in (0.0, *WAITS):
        if lost is not None:
            await clock.sleep(wait)
        try:
            says = "in progress" if lost is None else verdict(outcome, await sets.queue_items.get(key))
            if says == "in progress":
                return await sets.queues.set_transaction_result(key, outcome.body)
        except OrchestratorError as error:
            has_arrived = isinstance(error, Conflict) and lost is not None
            if is_final(error) and not has_arrived:
                if lost is None:
                    raise
                break
            lost = lost or error
            continue
        if says == "ended":
            return None
        raise Conflict(
            f"item {key} has not ended as {outcome.ended}: somebody else ended it, or Orchestrator after 24 hours",
            status=409,
        )
    raise OutcomeUnknown(
        f"the result ({outcome.ended}) of item {key} ({item.reference or 'without a Reference'}) may or may not have"
        " arrived: read the item, and end it if it is still InProgress",
        find_by={"Id": (str(key),)},
    ) from lost
