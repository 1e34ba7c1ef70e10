"""A process by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from uipath_odata.entities import Release
from uipath_odata.workflows.packages.versions import VersionedProcess

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["ProcessHandle"]


@attrs.frozen(eq=False, repr=False)
class ProcessHandle(VersionedProcess):
    """One process of a folder, which the API calls a release."""

    kind: ClassVar[str] = "process"

    def _entities(self) -> BoundQuery[Release, Release]:
        return self.sets.releases.select(Release.id, Release.key, Release.name)
