"""Sends a start once, and looks for its jobs where the answer was lost: the argument is in ``start_search``."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

import attrs

from uipath_odata.entities import Job, Release
from uipath_odata.errors import Conflict, OrchestratorError, OutcomeUnknown
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.jobs.arguments import fits_in_request
from uipath_odata.workflows.jobs.job_files import store_text
from uipath_odata.workflows.jobs.run import JobRun
from uipath_odata.workflows.jobs.start_search import Sought, decide, pause_before

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.workflows.handle import Handle
    from uipath_odata.workflows.jobs.start import Start

__all__ = ["Starting"]

# One request each look; a start of more jobs is sent in several.
_PAGE: Final = 1_000


@attrs.frozen(eq=False)
class Starting:
    """The starts of one process that follow one reading of the newest job."""

    process: Handle[Release]
    newest: int | None
    """Id of the newest job before them, 0 where there is none; None: their References are nobody else's."""
    search: float
    """Seconds for which a job is looked for."""

    @classmethod
    async def of(cls, process: Handle[Release], starts: Sequence[Start], search: float) -> Starting:
        """Read what has to be known before the first of these starts is sent."""
        process.channel.refuse_write("Jobs.StartJobs")
        if all(start.given is None for start in starts):
            return cls(process, None, search)
        job = await process.sets.jobs.select(Job.id).order_by(Job.id.desc()).first()
        return cls(process, 0 if job is None or job.id is None else job.id, search)

    async def run(self, start: Start) -> list[JobRun]:
        """Start the jobs of one request and return them; raise OutcomeUnknown where they cannot be told."""
        file = await self._stored(start)
        release = await self.process.entity()
        try:
            jobs = await self.process.calling(functools.partial(self._send, start, file))
        except OrchestratorError as error:
            if not error.may_have_happened and not (start.count > 1 and isinstance(error, Conflict)):
                raise
            jobs = await self._found(self._sought(start, release), error)
        return [JobRun(self._channel, job) for job in jobs]

    async def _stored(self, start: Start) -> UUID | None:
        """Store arguments that are too large for the request."""
        if start.text is None or fits_in_request(start.text):
            return None
        return await store_text(self._channel, "arguments.json", start.text)

    async def _send(self, start: Start, file: UUID | None, release: Release) -> Sequence[Job]:
        jobs = await self._sets.jobs.start_jobs(
            release_key=release.key,
            strategy="ModernJobsCount",
            jobs_count=start.count,
            reference=start.reference,
            input_arguments=start.text if file is None else None,
            input_file=file,
            **start.options,
        )
        if len(jobs) != start.count or any(job.id is None or job.key is None for job in jobs):
            raise OutcomeUnknown(
                f"StartJobs answered with {len(jobs)} jobs, of {start.count}, or without Ids"
            )
        return jobs

    def _sought(self, start: Start, release: Release) -> Sought:
        theirs = start.given is not None
        return Sought(
            start.reference,
            start.count,
            after=self.newest if theirs else None,
            process=release.name if theirs else None,
        )

    async def _found(self, sought: Sought, lost: OrchestratorError) -> Sequence[Job]:
        """Look for the jobs until they are found or the time is over."""
        ends, look, cause = self._clock.monotonic() + self.search, 0, lost
        try:
            while True:
                await self._clock.sleep(pause_before(look, left=ends - self._clock.monotonic()))
                jobs: Sequence[Job] = ()
                try:
                    jobs = await self._candidates(sought)
                except OrchestratorError as error:
                    cause = error
                    if not error.retryable:
                        raise _undecided(sought, (), lost, "the search failed") from error
                decision = decide(sought, jobs, left=ends - self._clock.monotonic())
                if decision.kind == "found":
                    return decision.jobs
                if isinstance(lost, Conflict) and not decision.jobs:
                    raise lost
                if decision.kind == "undecided":
                    raise _undecided(sought, decision.jobs, lost, f"after {self.search:g} s") from cause
                look += 1
        except asyncio.CancelledError as error:
            error.add_note(f"a start was under way: look for jobs with the Reference {sought.reference!r}")
            raise

    async def _candidates(self, sought: Sought) -> list[Job]:
        jobs = self._sets.jobs.filter(Job.reference == sought.reference).order_by(Job.id).top(_PAGE)
        return await (jobs if sought.after is None else jobs.filter(Job.id > sought.after)).to_list()

    @property
    def _channel(self) -> TenantChannel:
        return self.process.channel

    @property
    def _sets(self) -> EntitySets:
        return self.process.sets

    @property
    def _clock(self) -> Clock:
        return self._channel.kept(Clock)


def _undecided(sought: Sought, jobs: Sequence[Job], lost: OrchestratorError, when: str) -> OutcomeUnknown:
    """Say what was looked for, what was found, and what to do."""
    ids = tuple(str(job.id) for job in jobs)
    above = "" if sought.after is None else f" and an Id above {sought.after}"
    fitting = f"{len(ids)} jobs fit (Ids {', '.join(ids)})" if ids else "no job was found"
    return OutcomeUnknown(
        f"StartJobs of {sought.count} was sent and its answer was lost; {fitting} with the"
        f" Reference {sought.reference!r}{above} {when}. It was not sent again: look for it with"
        f" orchestrator.jobs.filter(Job.reference == {sought.reference!r}) before you start it again",
        response=lost.response if isinstance(lost, OutcomeUnknown) else None,
        find_by={"Reference": (sought.reference,), **({"Id": ids} if ids else {})},
    )
