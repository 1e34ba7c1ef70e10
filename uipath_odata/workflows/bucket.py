"""A storage bucket by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from uipath_odata.entities import Bucket
from uipath_odata.workflows.handle import Handle

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["BucketHandle"]


@attrs.frozen(eq=False, repr=False)
class BucketHandle(Handle[Bucket]):
    """One storage bucket of a folder."""

    kind: ClassVar[str] = "bucket"

    def _entities(self) -> BoundQuery[Bucket, Bucket]:
        return self.sets.buckets.select(Bucket.id, Bucket.name)
