"""Which References a queue has, read after a lost answer, or because the queue allows duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from uipath_odata.entities import QueueItem
from uipath_odata.operations import EntitySets

__all__ = ["Existing"]

# Orchestrator's guide, Managing Queues: deleted items do not count where References are unique, and of retried ones
# the retry does.
_NOT_COUNTED = frozenset({"Deleted", "Retried"})


@attrs.frozen(eq=False)
class Existing:
    """The items of one queue, seen from a moment: those with a higher Id were added since."""

    sets: EntitySets
    queue: int
    """The queue's Id."""
    newest: int
    """The highest Id at that moment, 0 where there was none."""

    @classmethod
    async def since_now(cls, sets: EntitySets, queue: int) -> Existing:
        """Note the newest item."""
        newest = await (
            sets.queue_items.filter(QueueItem.queue_definition_id == queue)
            .order_by(QueueItem.id.desc())
            .select(QueueItem.id)
            .first()
        )
        return cls(sets, queue, (newest.id if newest else None) or 0)

    async def read(self, references: Iterable[str]) -> dict[str, list[QueueItem]]:
        """Return the items that have these References, by Reference."""
        query = self.sets.queue_items.filter(
            QueueItem.queue_definition_id == self.queue, QueueItem.reference.in_(list(references))
        ).select(
            QueueItem.id,
            QueueItem.reference,
            QueueItem.status,
            QueueItem.ancestor_id,
            QueueItem.manual_ancestor_id,
        )
        found = dict[str, list[QueueItem]]()
        for item in await query.exact().to_list():
            found.setdefault(item.reference or "", []).append(item)
        return found

    def is_new(self, items: Sequence[QueueItem]) -> bool:
        """Return whether one of the items was added since, and is not the retry of another."""
        return any(
            (item.id or 0) > self.newest and item.ancestor_id is None and item.manual_ancestor_id is None
            for item in items
        )

    def counts(self, items: Sequence[QueueItem]) -> bool:
        """Return whether one of the items stands in the way of another with its Reference."""
        return any(item.status not in _NOT_COUNTED for item in items)
