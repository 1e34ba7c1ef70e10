"""Entity sets: queries over all their entities, and the operations on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar, cast

import attrs

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.execution.list_source import ListSource
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.query import Query
from uipath_odata.resources.resource import Calls

__all__ = ["EntitySet"]

E = TypeVar("E", bound=Entity)


class EntitySet(BoundQuery[E, E], Calls):
    """All entities of one set: a query to narrow down and read, and calls on single entities.

    Folders, where the set has them, come from the scope: ``orchestrator.folder("Shared/Finance").jobs``.
    """

    __slots__ = ()

    __entity__: ClassVar[type[Entity]]
    _page_cap: ClassVar[int] = 1_000
    _paged: ClassVar[bool] = True
    _in_window: ClassVar[bool] = False

    @classmethod
    def _of(cls, channel: TenantChannel) -> Self:
        """Return the set as seen through a channel."""
        source = ListSource(
            channel=channel,
            operation=cls.__operations__["list"],
            page_cap=channel.page_cap(cls.__operations__["list"], cls._page_cap),
            paged=cls._paged,
            in_window=cls._in_window,
        )
        return cls(source, Query(cast("type[E]", cls.__entity__)))

    @property
    def _channel(self) -> TenantChannel:
        return self._source.channel

    def _with_parameters(self, parameters: Mapping[str, Any]) -> Self:
        """Return the same set, asked with parameters that are not options of OData."""
        return attrs.evolve(self, source=attrs.evolve(self._source, parameters=parameters))
