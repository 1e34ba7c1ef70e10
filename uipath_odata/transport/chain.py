"""What stands between a request and the wire, for Orchestrator, its storage and its identity server alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from uipath_odata.transport.bodies.attempt import Attempt
from uipath_odata.transport.bodies.file_body import sending_time
from uipath_odata.transport.rate.middleware import Budget
from uipath_odata.transport.retry.retry import Retry
from uipath_odata.transport.send_once import send_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientMiddlewareType

    from uipath_odata.transport.bodies.sink import Sink
    from uipath_odata.transport.pool import Pool
    from uipath_odata.transport.rate.wait_queue import WaitQueue
    from uipath_odata.transport.request import Response
    from uipath_odata.transport.retry.progress import Progress
    from uipath_odata.transport.session import LoopSession

__all__ = ["Chain"]


@attrs.frozen
class Chain:
    """Send through one session, outermost first: retries, the rate, the middlewares given, a slot and the wire.

    They are given with each request because aiohttp then takes none of the session's.
    """

    pool: Pool
    session: LoopSession
    headers: Mapping[str, str]
    slots: AbstractAsyncContextManager[Any]
    """What an attempt holds while it is on the wire."""

    async def send(
        self,
        progress: Progress,
        queue: WaitQueue,
        *middlewares: ClientMiddlewareType,
        into: Sink | None = None,
    ) -> Response:
        """Return the answer of any status, with the attempts and the waiting that it took."""
        session = await self.session.get()
        chain = self.middlewares(progress, queue, *middlewares, into=into)
        answer = await send_once(session, progress.request, progress.url, self.headers, chain)
        return attrs.evolve(answer, attempts=max(1, progress.attempts), waited=progress.waited)

    def middlewares(
        self, progress: Progress, queue: WaitQueue, *inner: ClientMiddlewareType, into: Sink | None = None
    ) -> tuple[ClientMiddlewareType, ...]:
        """Order the middlewares of one request, outermost first."""
        patience = self.pool.attempt_timeout + sending_time(progress.request.body)
        attempt = Attempt(self.slots, lambda: min(patience, progress.left()), self.pool.body_limit, into)
        return (Retry(progress, queue), Budget(progress, queue), *inner, attempt)
