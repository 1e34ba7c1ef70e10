"""An asset by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from uipath_odata.entities import Asset
from uipath_odata.workflows.handle import Handle

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["AssetHandle"]


@attrs.frozen(eq=False, repr=False)
class AssetHandle(Handle[Asset]):
    """One asset of a folder."""

    kind: ClassVar[str] = "asset"

    def _entities(self) -> BoundQuery[Asset, Asset]:
        return self.sets.assets.select(Asset.id, Asset.name)
