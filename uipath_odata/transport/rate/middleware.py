"""The middleware that keeps each attempt within the tenant's rate."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

import attrs

from uipath_odata.errors import RateLimited
from uipath_odata.local.log_line import log_line
from uipath_odata.transport.headers.pace import rate_limit, retry_after

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from uipath_odata.transport.rate.wait_queue import WaitQueue
    from uipath_odata.transport.retry.progress import Progress

__all__ = ["Budget"]

logger = logging.getLogger("uipath_odata")

_WORTH_TELLING = 1.0
# Of a timer, which may come before the clock says so.
_LATE = 0.01


@attrs.frozen(eq=False, repr=False)
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
        told: list[float] = []

        def check(pause: float, turn: float) -> None:
            self._check(pause, turn, clock.monotonic() - came)
            if turn > _WORTH_TELLING and not told:
                told.append(turn)
                self._tell(turn)

        within = self._longest(0.0) + _LATE
        try:
            return await self.queue.enter(clock, check, bulk=progress.request.bulk, within=within)
        finally:
            progress.waited += clock.monotonic() - came

    def _learn(self, response: ClientResponse, sent: float) -> None:
        clock, rate = self.progress.context.clock, self.queue.rate
        now, wall = clock.monotonic(), clock.wall()
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            rate.on_429(sent, now, retry_after(response.headers, wall))
        else:
            rate.on_success()
        if told := rate_limit(response.headers, wall):
            rate.apply_headers(told, now)

    def _longest(self, waited: float) -> float:
        """Return how many seconds it may still wait, after having ``waited`` for this turn."""
        progress = self.progress
        return min(progress.left(), progress.policy.max_wait - progress.waited - waited)

    def _tell(self, turn: float) -> None:
        progress = self.progress
        name = progress.request.operation or progress.request.method
        rate = progress.request.rate_class
        log_line(logger, logging.INFO, progress.place, "%s waits %.1f s for the rate of %s", name, turn, rate)

    def _check(self, pause: float, turn: float, waited: float = 0.0) -> None:
        """Refuse to wait beyond deadline and max_wait, or where nobody is let go for the policy's longest pause."""
        progress = self.progress
        if turn < self._longest(waited) and pause < progress.policy.longest_pause:
            return
        wait = max(0.0, turn)
        error = RateLimited(
            f"The rate of {progress.request.rate_class} is used up for longer than this client waits:"
            f" try again in {wait:.0f} s",
            retry_after=wait,
            status=HTTPStatus.TOO_MANY_REQUESTS.value,
            method=progress.request.method,
            url=str(progress.url.with_query(None)),
            attempts=progress.attempts - 1,
        )
        error.may_have_happened = progress.request.writes and progress.maybe_done
        raise error
