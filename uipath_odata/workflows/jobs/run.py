"""One job, from its start to its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

import attrs

from uipath_odata.calls.amounts import seconds
from uipath_odata.entities import Job, RobotLog
from uipath_odata.errors import (
    Conflict,
    DecodeError,
    JobFailed,
    JobFaulted,
    JobStopped,
    NoRow,
    OrchestratorError,
    QueryError,
)
from uipath_odata.odata.rows.decode import decode
from uipath_odata.operations import EntitySets
from uipath_odata.resources.resource import require_operation
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.jobs.arguments import Arguments, arguments_text
from uipath_odata.workflows.jobs.finished_job import FinishedJob, finished, has_ended
from uipath_odata.workflows.jobs.job_files import read_text
from uipath_odata.workflows.jobs.log_follower import LogFollower, as_answered, first_tie
from uipath_odata.workflows.jobs.poller import JobPoller, until_worth_a_look
from uipath_odata.workflows.jobs.starts.lost_start import SEARCH, LostStart, newest_job
from uipath_odata.workflows.jobs.starts.start_search import Sought
from uipath_odata.workflows.patience import time_limit

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.entities import JobStopStrategy
    from uipath_odata.odata.instant import Instant

__all__ = ["JobRun", "run_of"]

T = TypeVar("T")

_ERRORS: Final = 5
_LOGS: Final = 1_000
_SECOND: Final = dt.timedelta(seconds=1)
_SHOWN: Final = 300
_STOPPING: Final = frozenset({"Stopping", "Terminating"})


@attrs.define(eq=False, repr=False)
class JobRun:
    """A job that was started: wait for it, follow its logs, stop it. Several tasks may wait for it."""

    _channel: TenantChannel
    job: Job
    """As it was when it was started or last read."""
    _ended: FinishedJob | None = attrs.field(default=None, init=False)
    _failure: JobFailed | None = attrs.field(default=None, init=False)

    @property
    def id(self) -> int:
        """Id of the job."""
        return _known(self.job.id, "Id")

    @property
    def key(self) -> UUID:
        """GUID of the job, by which logs and webhooks name it."""
        return _known(self.job.key, "Key")

    @property
    def reference(self) -> str | None:
        """The Reference that the job was started under."""
        return self.job.reference

    async def refresh(self) -> Job:
        """Read the job as it is now, which Orchestrator does not limit."""
        self.job = await self._sets.jobs.get(self.id)
        return self.job

    @property
    def _has_ended(self) -> bool:
        return has_ended(self.job.state, has_end=self.job.end_time is not None)

    async def wait(self, timeout: float | None = None) -> FinishedJob:  # noqa: ASYNC109 - its error says that the job runs on
        """Return the job when it has ended Successful, with its ``output``.

        If the job is suspended, the wait lasts until it was resumed and has ended. Raises JobFaulted and JobStopped, both a
        JobFailed with the job and its last error logs. Raises TimeoutError after ``timeout`` seconds; the job then runs on.
        """
        limit = time_limit(timeout)
        try:
            async with limit:
                job = await self._end()
                failure = await self._failed(job)
        except TimeoutError:
            if not limit.expired():
                raise
            state = self.job.state or "under way"
            raise TimeoutError(
                f"the job {self.id} was {state} when {timeout:g} s were over, and runs on: wait again, or stop() it"
            ) from None
        if failure is not None:
            raise failure
        return job

    async def logs(self, *, follow: bool = False, settle: float = 10.0) -> AsyncIterator[RobotLog]:
        """Stream the job's logs, each once, in order of time; logs with equal times come in the server's order.

        With ``follow``, logs come until the job has ended and no new log has come for ``settle`` seconds. Late logs come when
        they arrive. A robot that is offline sends its logs later: read again for those.
        """
        lag, quiet = self._channel.settings.settle_lag, seconds("settle", settle)
        clock, follower = self._clock, LogFollower(lag, quiet)
        pause: float | None = 0.0
        while pause is not None:
            if follow:
                await clock.sleep(pause)
                await self.refresh()
                if self._has_ended:
                    follower.end(clock.monotonic())
            rows = await self._log_rows(follower.since)
            new = await self._as_answered(follower.take(rows, clock.monotonic()))
            for log in decode(RobotLog, new):
                yield log
            pause = follower.pause(clock.monotonic()) if follow else None

    async def stop(self) -> None:
        """Ask the job to stop; it ends when its workflow allows it. A job that has ended already is left alone."""
        await self._stop("SoftStop")

    async def kill(self) -> None:
        """End the job by force. A job that has ended already is left alone."""
        await self._stop("Kill")

    async def resume(self, arguments: Arguments | None = None) -> None:
        """Resume a suspended job, with the arguments that it waits for.

        If the answer is lost, the client reads the job: if it is still Suspended, OutcomeUnknown is raised.
        """
        text = arguments_text(arguments)
        body = {"jobKey": str(self.key), **({} if text is None else {"inputArguments": text})}
        request = require_operation(self._sets.jobs, "resume_job").request({}, body=body)
        try:
            await self._channel.send(request)
        except OrchestratorError as error:
            if not error.may_have_happened or (await self.refresh()).state == "Suspended":
                raise

    async def restart(self, *, search: float = SEARCH) -> JobRun:
        """Start a job that has ended again, with the same arguments, and return the new run.

        It is sent once. If the answer is lost, the client looks for a newer job of the same process and Reference, for
        ``search`` seconds, and raises OutcomeUnknown if it finds none or several.
        """
        self._channel.refuse_write("Jobs.RestartJob")
        seconds("search", search)
        newest = await newest_job(self._channel)
        try:
            return JobRun(self._channel, await self._sets.jobs.restart_job(job_id=self.id))
        except OrchestratorError as error:
            if not error.may_have_happened or not self.reference:
                raise
            sought = Sought(self.reference, after=newest, process=self.job.release_name)
            (job,) = await LostStart(self._channel, sought, search).jobs(error)
            return JobRun(self._channel, job)

    async def _stop(self, strategy: JobStopStrategy) -> None:
        try:
            await self._sets.jobs.stop_job(self.id, strategy=strategy)
        except OrchestratorError as error:
            if not error.may_have_happened and not isinstance(error, Conflict):
                raise
            # To stop once more what stops does nothing; whether it stops is read.
            if (await self.refresh()).state not in _STOPPING and not self._has_ended:
                raise

    async def _end(self) -> FinishedJob:
        poller = self._channel.kept(JobPoller)
        while self._ended is None:
            await until_worth_a_look(poller, self._channel, self.id, self.key)
            await self.refresh()
            if self._has_ended:
                job = finished(self.job)
                if not job.output_arguments and job.output_file is not None:
                    job.output_arguments = await read_text(self._channel, job.output_file)
                self._ended = job
        return self._ended

    async def _failed(self, job: FinishedJob) -> JobFailed | None:
        if job.state == "Successful" or self._failure is not None:
            return self._failure
        kind = {"Faulted": JobFaulted, "Stopped": JobStopped}.get(job.state or "", JobFailed)
        said = f": {_first_line(job.info)}" if job.info else ""
        name = job.release_name or "the process"
        self._failure = kind(
            f"{name} (job {job.id}) ended {job.state}{said}; see .job and .logs, then start it again with restart()",
            job=job,
            logs=await self._error_logs(),
        )
        return self._failure

    async def _error_logs(self) -> list[RobotLog]:
        """Read the last error logs; none where they cannot be read, because the job's end counts more."""
        logs = self._sets.robot_logs.filter(RobotLog.job_key == self.key, RobotLog.level >= "Error")
        try:
            return await logs.order_by(RobotLog.time_stamp.desc()).top(_ERRORS).to_list()
        except OrchestratorError:
            return []

    async def _log_rows(self, since: Instant | None) -> list[dict[str, Any]]:
        logs = self._sets.robot_logs.filter(RobotLog.job_key == self.key)
        later = logs if since is None else logs.filter(RobotLog.time_stamp > since)
        return await later.order_by(RobotLog.time_stamp).dicts().to_list()

    async def _as_answered(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Order the logs of one time as one answer does: a robot writes many within a tick."""
        if (tie := first_tie(rows)) is None:
            return rows
        logs = self._sets.robot_logs.filter(RobotLog.job_key == self.key, RobotLog.time_stamp > tie - _SECOND)
        return as_answered(rows, await logs.order_by(RobotLog.time_stamp).top(_LOGS).dicts().to_list())

    @property
    def _sets(self) -> EntitySets:
        return EntitySets(self._channel)

    @property
    def _clock(self) -> Clock:
        return self._channel.kept(Clock)

    def __repr__(self) -> str:
        return f"<JobRun {self.job.release_name} {self.job.id} {self.job.state}>"


async def run_of(channel: TenantChannel, job: int | UUID | str) -> JobRun:
    """Return the run of a job by its Id or its Key; raise NotFound or NoRow where there is none."""
    jobs = EntitySets(channel).jobs
    if isinstance(job, int) or (isinstance(job, str) and job.isascii() and job.isdigit()):
        return JobRun(channel, await jobs.get(int(job)))
    try:
        key = UUID(str(job))
    except ValueError:
        raise QueryError(f"{job!r} is neither the Id nor the Key of a job: give a number or a GUID") from None
    try:
        return JobRun(channel, await jobs.filter(Job.key == key).one())
    except NoRow as error:
        raise NoRow(f"there is no job with the Key {key} here: check the Key and the folder") from error


def _known(value: T | None, name: str) -> T:
    if value is None:
        raise DecodeError(f"the job has no {name}: check what answers for Orchestrator")
    return value


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()[:_SHOWN].rstrip(".:;")
