"""A queue by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from uipath_odata.entities import QueueDefinition
from uipath_odata.workflows.handle import Handle

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["QueueHandle"]


@attrs.frozen(eq=False, repr=False)
class QueueHandle(Handle[QueueDefinition]):
    """One queue of a folder."""

    kind: ClassVar[str] = "queue"

    def _entities(self) -> BoundQuery[QueueDefinition, QueueDefinition]:
        return self.sets.queue_definitions.select(
            QueueDefinition.id, QueueDefinition.key, QueueDefinition.name
        )
