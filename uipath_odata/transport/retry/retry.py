"""The outermost middleware: attempts of one request, until an answer that stands."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import attrs

from uipath_odata.errors import OrchestratorError, RequestTimeout
from uipath_odata.transport.errors.status import outcome_unknown
from uipath_odata.transport.headers.retry_after import retry_after
from uipath_odata.transport.retry.fault import AttemptFailure
from uipath_odata.transport.retry.faults import FAULTS, failure_of
from uipath_odata.transport.retry.policy import (
    Answer,
    RetryDecision,
    RetryPolicy,
    maybe_done,
    next_attempt,
    writes,
)
from uipath_odata.transport.retry.quota import Quota

if TYPE_CHECKING:
    from random import Random

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from yarl import URL

    from uipath_odata.transport.clock import Clock
    from uipath_odata.transport.rate.wait_queue import WaitQueue
    from uipath_odata.transport.request import Request

__all__ = ["Retry", "RetryContext"]

logger = logging.getLogger("uipath_odata")


@attrs.frozen
class RetryContext:
    """What the retries of one client share."""

    policy: RetryPolicy
    clock: Clock
    random: Random
    quota: Quota = attrs.field(factory=Quota)


class Retry:
    """Repeat the attempt as the policy allows; raise when no attempt gave an answer.

    It turns aiohttp's exceptions into ours: one that escaped would make aiohttp run the whole chain again.
    """

    def __init__(self, request: Request, url: URL, shared: RetryContext, queue: WaitQueue) -> None:
        self.shared = shared
        self.attempts = 0
        self.maybe_done = False
        self._request = request
        self._url = url
        self._queue = queue
        self._ends = shared.clock.monotonic() + shared.policy.deadline

    def left(self) -> float:
        """Seconds until the deadline over all attempts."""
        return self._ends - self.shared.clock.monotonic()

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        self.shared.quota.earn()
        while True:
            self.attempts += 1
            result = await self._attempt(request, handler)
            outcome = result if isinstance(result, AttemptFailure) else self._answer(result)
            if (again := self._again(outcome)) is None:
                break
            self.maybe_done = self.maybe_done or maybe_done(outcome)
            await self._wait(again)
        if isinstance(result, AttemptFailure):
            raise self._failure(result)
        return result

    async def _attempt(
        self, request: ClientRequest, handler: ClientHandlerType
    ) -> ClientResponse | AttemptFailure:
        try:
            return await handler(request)
        except RequestTimeout:
            raise  # The identity server's, told already: nothing of this request was sent.
        except FAULTS as error:
            fault = failure_of(error, str(self._url.host))
            # aiohttp makes it when it begins to send; an earlier attempt's counts, too.
            return attrs.evolve(fault, sent=False) if request.response is None else fault

    def _answer(self, response: ClientResponse) -> Answer:
        return Answer(response.status, retry_after(response.headers, self.shared.clock.wall()))

    def _again(self, outcome: Answer | AttemptFailure) -> RetryDecision | None:
        again = next_attempt(
            self.shared.policy,
            self._request,
            outcome,
            attempt=self.attempts,
            left=self.left(),
            chance=self.shared.random.random(),
        )
        allowed = again is not None and (again.free or self.shared.quota.spend())
        self._log(outcome, again if allowed else None)
        return again if allowed else None

    async def _wait(self, again: RetryDecision) -> None:
        if again.pause:
            self._queue.rate.pause_until(self.shared.clock.monotonic() + again.delay)
        elif again.delay > 0:
            await self.shared.clock.sleep(again.delay)

    def _failure(self, fault: AttemptFailure) -> OrchestratorError:
        if fault.sent and not self._request.repeatable:
            return outcome_unknown(self._request, self._url, fault.what)
        if self.attempts > 1:
            fault.error.add_note(f"{self.attempts} attempts were made.")
        fault.error.may_have_happened = writes(self._request) and (self.maybe_done or fault.sent)
        return fault.error

    def _log(self, outcome: Answer | AttemptFailure, again: RetryDecision | None) -> None:
        said = (
            type(outcome.error).__name__ if isinstance(outcome, AttemptFailure) else f"HTTP {outcome.status}"
        )
        facts = (self._request.method, self._url.raw_path, self.attempts, said)
        if again is None:
            logger.debug("%s %s: attempt %d: %s", *facts)
        else:
            logger.info("%s %s: attempt %d: %s; again in %.1f s", *facts, again.delay)
