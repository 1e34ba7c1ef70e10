"""The one poller of a client: it asks for all jobs that anything waits for, with one request per folder.

**States of a folder.** *Idle*: nothing waits, and there is no task, no timer and no entry. *Led*: one of the waits leads. It
sleeps until the next tick, asks for the jobs of all waits, and wakes those whose job needs a look. When the leader is woken, is
cancelled or fails, another wait leads. So the poller needs no task of its own, and nothing is left when the last wait ends.

**A tick** comes after a quarter of the youngest wait's age, from 1 s to 15 s. Its requests let interactive ones go first. All
ticks of the client together use at most half of its rate for the list of jobs.

**When a wait is woken.** If the list shows that the job has ended, if the list has not shown the job three times in a row, or if
``wake`` is called, by a webhook for example. None of these is trusted: the wait reads the job itself, which Orchestrator does not
limit, and waits again if the job still runs.

**Failures.** An error that may pass is retried at the next tick, for five minutes. After that, and for any other error, each wait
gets the error.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

import attrs

from uipath_odata.entities import Job
from uipath_odata.errors import OrchestratorError
from uipath_odata.local.log_line import log_line
from uipath_odata.odata.expr.expression import Predicate
from uipath_odata.odata.rows.json_body import int64
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.jobs.finished_job import has_ended
from uipath_odata.workflows.jobs.poll_pace import PollPace
from uipath_odata.workflows.jobs.poll_schedule import Question, next_question, tick_after

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel

__all__ = ["JobPoller", "until_worth_a_look"]

logger = logging.getLogger("uipath_odata")

_LIST: Final = "Jobs.list"
_PATIENCE: Final = 300.0
_ABSENT: Final = 3
_PAGE: Final = 1_000


@attrs.define(eq=False)
class _Watch:
    """Somebody who waits for a job."""

    job: int
    key: UUID
    since: float
    turn: asyncio.Event = attrs.field(factory=asyncio.Event)
    told: bool = False
    absent: int = 0
    error: OrchestratorError | None = None

    def tell(self, error: OrchestratorError | None = None) -> None:
        self.told, self.error = True, error
        self.turn.set()


@attrs.define(eq=False)
class JobPoller:
    """Tell each who waits for a job when it is worth a look."""

    _pace: PollPace = attrs.field(factory=lambda: PollPace(Clock()))
    _folders: dict[frozenset[tuple[str, str]], _Folder] = attrs.field(factory=dict[Any, Any], init=False)

    @property
    def waiting(self) -> int:
        """Count those who wait."""
        return sum(len(folder.watches) for folder in self._folders.values())

    def wake(self, key: UUID | str) -> None:
        """Let those who wait for the job with this key look at it now; a job that nobody waits for is ignored."""
        wanted = key if isinstance(key, UUID) else UUID(key)
        for folder in self._folders.values():
            for watch in folder.watches:
                if watch.key == wanted:
                    watch.tell()
            folder.rouse()

    async def _until_worth_a_look(self, channel: TenantChannel, job: int, key: UUID) -> None:
        self._pace.limit(channel.budget_of(_LIST))
        place = frozenset(channel.headers.items())
        folder = self._folders.setdefault(place, _Folder(self._pace, channel))
        watch = _Watch(job, key, self._pace.clock.monotonic())
        folder.watches.append(watch)
        folder.rouse()
        try:
            await folder.until_told(watch)
        finally:
            folder.watches.remove(watch)
            folder.call_next()
            if not folder.watches:
                self._folders.pop(place, None)
        if watch.error is not None:
            raise watch.error.with_traceback(None)


async def until_worth_a_look(poller: JobPoller, channel: TenantChannel, job: int, key: UUID) -> None:
    """Return when the job may have ended; raise what keeps the poller from asking."""
    await poller._until_worth_a_look(channel, job, key)  # noqa: SLF001 - hidden from completion


@attrs.define(eq=False)
class _Folder:
    """Those who wait for jobs of one folder; one of them leads."""

    pace: PollPace
    channel: TenantChannel
    watches: list[_Watch] = attrs.field(factory=list[_Watch])
    _leader: _Watch | None = None
    _roused: asyncio.Event = attrs.field(factory=asyncio.Event)
    _asked: float = -math.inf
    _failing_since: float | None = None

    def rouse(self) -> None:
        """Let the leader see what has changed."""
        self._roused.set()

    def call_next(self) -> None:
        """Let somebody lead where nobody does."""
        if self._leader is None and (first := next(iter(self._untold()), None)):
            first.turn.set()

    async def until_told(self, watch: _Watch) -> None:
        while not watch.told:
            if self._leader is not None:
                await watch.turn.wait()
                watch.turn.clear()
                continue
            self._leader = watch
            try:
                await self._lead(watch)
            finally:
                self._leader = None

    async def _lead(self, watch: _Watch) -> None:
        clock = self.pace.clock
        while not watch.told:
            self._roused.clear()
            if (left := self._due() - clock.monotonic()) > 0:
                await self._pause(left)
                continue
            await self.pace.turn()
            await self._tick()
            self._asked = clock.monotonic()

    def _untold(self) -> Iterator[_Watch]:
        return (each for each in self.watches if not each.told)

    def _due(self) -> float:
        """Say when the next tick is: some time after the last, or after the first that joined since."""
        joined = [each.since for each in self._untold()]
        begin = min((each for each in joined if each > self._asked), default=self._asked)
        return begin + tick_after(begin - max(joined, default=begin))

    async def _pause(self, seconds: float) -> None:
        """Sleep, and wake up before when something has changed."""
        halves: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(self.pace.clock.sleep(seconds)),
            asyncio.ensure_future(self._roused.wait()),
        ]
        try:
            await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for half in halves:
                half.cancel()
            await asyncio.gather(*halves, return_exceptions=True)

    async def _tick(self) -> None:
        try:
            await self._ask()
        except OrchestratorError as error:
            self._failed(error)
        else:
            self._failing_since = None

    def _failed(self, error: OrchestratorError) -> None:
        now = self.pace.clock.monotonic()
        self._failing_since = now if self._failing_since is None else self._failing_since
        if error.retryable and now - self._failing_since < _PATIENCE:
            message = "the states of jobs could not be read (%s): asked again"
            log_line(logger, logging.WARNING, self.channel.place, message, type(error).__name__)
            return
        for watch in list(self._untold()):
            watch.tell(error)

    async def _ask(self) -> None:
        """Ask for all jobs that are waited for: one request, or as few as it takes."""
        left, dense, first = sorted({each.job for each in self._untold()}), True, True
        listed = self.channel.settings.in_values
        while left:
            if not first:
                await self.pace.turn()
            question, first = next_question(left, listed=listed, dense=dense), False
            rows = await self._answer(question)
            told = question.told(list(rows))
            dense = dense and (not question.spans or told >= listed)
            self._tell(left[:told], rows)
            left = left[told:]

    async def _answer(self, question: Question) -> dict[int, dict[str, Any]]:
        # For all who wait: they do not share the options of the client whose channel this is.
        jobs = EntitySets(attrs.evolve(self.channel, bulk=True, policy=None)).jobs
        query = jobs.filter(_condition(question)).order_by(Job.id).top(_PAGE)
        rows = await query.select(Job.id, Job.state, Job.end_time).dicts().to_list()
        return {number: row for row in rows if (number := int64(row.get("Id"))) is not None}

    def _tell(self, jobs: list[int], rows: dict[int, dict[str, Any]]) -> None:
        asked = set(jobs)
        for watch in [each for each in self._untold() if each.job in asked]:
            row = rows.get(watch.job)
            watch.absent = watch.absent + 1 if row is None else 0
            ended = row is not None and has_ended(row.get("State"), has_end=bool(row.get("EndTime")))
            if ended or watch.absent >= _ABSENT:
                watch.tell()


def _condition(question: Question) -> Predicate:
    if not question.spans:
        return Job.id.in_(list(question.ids))
    first, *others = [(Job.id >= low) & (Job.id <= high) for low, high in question.spans]
    for each in others:
        first = first | each
    return cast("Predicate", first)
