"""The requests of one stream."""

from __future__ import annotations

import attrs

from uipath_odata.execution.list_source import ListSource
from uipath_odata.paging.plan import Fetch
from uipath_odata.transport.request import Request, Response

__all__ = ["Pages"]


@attrs.define(eq=False)
class Pages:
    """Ask for the pages of one stream: those after the first are bulk, so that interactive requests go ahead of them."""

    source: ListSource
    asked: int = 0

    async def __call__(self, fetch: Fetch) -> Response:
        return await self.source.channel.send(self.request(fetch))

    def request(self, fetch: Fetch) -> Request:
        """Make the next request."""
        self.asked += 1
        return self.source.request(fetch, self.asked)
