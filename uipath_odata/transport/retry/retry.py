"""The outermost middleware: repeats attempts until one answer is final."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING

import attrs

from uipath_odata.errors import OrchestratorError, RequestTimeout
from uipath_odata.local.log_line import log_line
from uipath_odata.transport.connector import MAX_IDLE, NEW, NOT_IDLE
from uipath_odata.transport.errors.lost_write import advice
from uipath_odata.transport.errors.status import outcome_unknown
from uipath_odata.transport.headers.pace import retry_after
from uipath_odata.transport.retry.exception_map import FAILURES, failure_of
from uipath_odata.transport.retry.policy import (
    AnswerStatus,
    AttemptFailure,
    RetryDecision,
    maybe_done,
    next_attempt,
)

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from uipath_odata.transport.rate.wait_queue import WaitQueue
    from uipath_odata.transport.retry.progress import Progress

__all__ = ["Retry"]

logger = logging.getLogger("uipath_odata")

_STRAY = frozenset({400, 408})


@attrs.frozen(eq=False, repr=False)
class Retry:
    """Repeat the attempt as the policy allows; raise when no attempt gave an answer.

    It turns aiohttp's exceptions into ours: one that escaped would make aiohttp run the whole chain again.
    """

    progress: Progress
    queue: WaitQueue

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        try:
            return await self._answered(request, handler)
        except asyncio.CancelledError as error:
            self._note(error, sent=request.response is not None)
            raise

    async def _answered(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        progress = self.progress
        progress.context.quota.earn()
        while True:
            progress.attempts += 1
            result = await self._attempt(request, handler)
            if not isinstance(result, AttemptFailure) and result.ok:
                self._log(AnswerStatus(result.status), None)
                return result
            outcome = result if isinstance(result, AttemptFailure) else self._answer(result)
            if (again := self._again(outcome)) is None:
                break
            progress.maybe_done = progress.maybe_done or maybe_done(outcome)
            progress.wants_fresh = again.fresh
            await self._wait(again)
        if isinstance(result, AttemptFailure):
            raise self._failure(result)
        return result

    async def _attempt(
        self, request: ClientRequest, handler: ClientHandlerType
    ) -> ClientResponse | AttemptFailure:
        progress = self.progress
        longest = NEW if progress.wants_fresh else math.inf if progress.request.repeatable else NOT_IDLE
        max_idle = MAX_IDLE.set(longest)
        try:
            return await handler(request)
        except RequestTimeout:
            raise  # The identity server's, told already: nothing of this request was sent.
        except FAILURES as error:
            failure = failure_of(error, self.progress.url)
            # aiohttp makes it when it begins to send; an earlier attempt's counts, too.
            return attrs.evolve(failure, sent=False) if request.response is None else failure
        finally:
            MAX_IDLE.reset(max_idle)

    def _note(self, error: asyncio.CancelledError, *, sent: bool) -> None:
        """Say on a cancellation, which ``asyncio.timeout`` shows as its cause, what was under way."""
        progress = self.progress
        request, waited = progress.request, progress.waited
        name = f"{request.operation or request.method} ({progress.place})"
        page = f", page {request.page}" if request.page > 1 else ""
        if not request.writes:
            pace = f", after {waited:.1f} s of waiting for the rate" if waited else ""
            error.add_note(f"{name} was under way{page}, attempt {progress.attempts}{pace}")
        elif sent or progress.maybe_done:
            error.add_note(f"{name} was under way and may have happened: {advice(request)}")
        else:
            error.add_note(f"{name} waited to be sent and has not happened")

    def _answer(self, response: ClientResponse) -> AnswerStatus:
        headers, now = response.headers, self.progress.context.clock.wall()
        stray = response.status in _STRAY and headers.get("Connection", "").lower() == "close"
        return AnswerStatus(response.status, retry_after(headers, now), stray)

    def _again(self, outcome: AnswerStatus | AttemptFailure) -> RetryDecision | None:
        context = self.progress.context
        again = next_attempt(
            self.progress.policy,
            self.progress.request,
            outcome,
            attempt=self.progress.attempts,
            left=self.progress.left(),
            chance=context.random.random(),
            waited=self.progress.waited,
        )
        allowed = again is not None and (again.free or context.quota.spend())
        self._log(outcome, again if allowed else None)
        return again if allowed else None

    async def _wait(self, again: RetryDecision) -> None:
        clock = self.progress.context.clock
        if again.pause:
            self.queue.rate.pause_until(clock.monotonic() + again.delay)
        elif again.delay > 0:
            await clock.sleep(again.delay)
            self.progress.waited += again.delay if again.asked else 0.0

    def _failure(self, failure: AttemptFailure) -> OrchestratorError:
        progress = self.progress
        if failure.sent and not progress.request.repeatable:
            return outcome_unknown(progress.request, progress.url, failure.what)
        if progress.attempts > 1:
            failure.error.add_note(f"{progress.attempts} attempts were made.")
        failure.error.may_have_happened = progress.request.writes and (progress.maybe_done or failure.sent)
        return failure.error

    def _log(self, outcome: AnswerStatus | AttemptFailure, again: RetryDecision | None) -> None:
        level = logging.DEBUG if again is None else logging.INFO
        if not logger.isEnabledFor(level):
            return
        progress = self.progress
        said = (
            type(outcome.error).__name__ if isinstance(outcome, AttemptFailure) else f"HTTP {outcome.status}"
        )
        facts = (progress.request.method, progress.url.raw_path, progress.attempts, said)
        then = "" if again is None else f"; again in {again.delay:.1f} s"
        log_line(logger, level, progress.place, "%s %s: attempt %d: %s%s", *facts, then)
