"""The middleware that keeps each attempt within the tenant's rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from uipath_odata.errors import RateLimited
from uipath_odata.transport.headers.pace import rate_limit, retry_after
from uipath_odata.transport.retry.policy import writes

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from uipath_odata.transport.rate.wait_queue import WaitQueue
    from uipath_odata.transport.retry.progress import Progress

__all__ = ["Budget"]

_TOO_MANY_REQUESTS = 429


@attrs.frozen
class Budget:
    """Wait until the queue of the request's class lets it go, and learn from the answer; every attempt counts."""

    progress: Progress
    queue: WaitQueue

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        sent = await self._enter()
        response = await handler(request)
        self._learn(response, sent)
        return response

    async def _enter(self) -> float:
        progress, clock = self.progress, self.progress.context.clock
        came = clock.monotonic()
        try:
            return await self.queue.enter(clock, self._check, bulk=progress.request.bulk)
        finally:
            progress.waited += clock.monotonic() - came

    def _learn(self, response: ClientResponse, sent: float) -> None:
        clock, rate = self.progress.context.clock, self.queue.rate
        now, wall = clock.monotonic(), clock.wall()
        if response.status == _TOO_MANY_REQUESTS:
            rate.on_429(sent, now, retry_after(response.headers, wall))
        else:
            rate.on_success()
        if told := rate_limit(response.headers, wall):
            rate.apply_headers(told, now)

    def _check(self, wait: float) -> None:
        """Refuse to wait beyond the deadline, or longer than the policy's longest pause."""
        progress = self.progress
        longest = min(progress.left(), progress.context.policy.longest_pause)
        if wait <= 0 or wait < longest:
            return
        error = RateLimited(
            f"Nothing may be sent for longer than this client waits: try again in {wait:.0f} s",
            retry_after=wait,
            status=_TOO_MANY_REQUESTS,
            method=progress.request.method,
            url=str(progress.url.with_query(None)),
            attempts=progress.attempts - 1,
        )
        error.may_have_happened = writes(progress.request) and progress.maybe_done
        raise error
