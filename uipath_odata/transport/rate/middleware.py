"""The middleware that keeps each attempt within the tenant's rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uipath_odata.errors import RateLimited
from uipath_odata.transport.headers.rate_limit import rate_limit
from uipath_odata.transport.headers.retry_after import retry_after
from uipath_odata.transport.retry.policy import writes

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from yarl import URL

    from uipath_odata.transport.rate.wait_queue import WaitQueue
    from uipath_odata.transport.request import Request
    from uipath_odata.transport.retry.retry import Retry

__all__ = ["Budget"]

_TOO_MANY_REQUESTS = 429


class Budget:
    """Wait until the queue of the request's class lets it go, and learn from the answer; every attempt counts."""

    def __init__(self, request: Request, url: URL, retry: Retry, queue: WaitQueue) -> None:
        self.waited = 0.0
        self._request = request
        self._url = url
        self._retry = retry
        self._queue = queue

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        sent = await self._enter()
        response = await handler(request)
        self._learn(response, sent)
        return response

    async def _enter(self) -> float:
        clock = self._retry.shared.clock
        came = clock.monotonic()
        try:
            return await self._queue.enter(clock, self._check, bulk=self._request.bulk)
        finally:
            self.waited += clock.monotonic() - came

    def _learn(self, response: ClientResponse, sent: float) -> None:
        clock, rate = self._retry.shared.clock, self._queue.rate
        now, wall = clock.monotonic(), clock.wall()
        if response.status == _TOO_MANY_REQUESTS:
            rate.on_429(sent, now, retry_after(response.headers, wall))
        else:
            rate.on_success()
        if told := rate_limit(response.headers, wall):
            rate.apply_headers(told, now)

    def _check(self, wait: float) -> None:
        """Refuse to wait beyond the deadline, or longer than the policy's longest pause."""
        longest = min(self._retry.left(), self._retry.shared.policy.longest_pause)
        if wait <= 0 or wait < longest:
            return
        error = RateLimited(
            f"Nothing may be sent for longer than this client waits: try again in {wait:.0f} s",
            retry_after=wait,
            status=_TOO_MANY_REQUESTS,
            method=self._request.method,
            url=str(self._url.with_query(None)),
            attempts=self._retry.attempts - 1,
        )
        error.may_have_happened = writes(self._request) and self._retry.maybe_done
        raise error
