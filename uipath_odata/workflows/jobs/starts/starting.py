"""Sends a start once; where the answer is lost, ``lost_start`` looks for its jobs."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import attrs

from uipath_odata.entities import Job, Release
from uipath_odata.errors import Conflict, OrchestratorError, OutcomeUnknown
from uipath_odata.operations import EntitySets
from uipath_odata.workflows.jobs.arguments import fits_in_request
from uipath_odata.workflows.jobs.job_files import store_text
from uipath_odata.workflows.jobs.run import JobRun
from uipath_odata.workflows.jobs.starts.lost_start import LostStart, newest_job
from uipath_odata.workflows.jobs.starts.start_search import Sought

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.workflows.handle import Handle
    from uipath_odata.workflows.jobs.starts.start import Start

__all__ = ["Starting"]


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
        channel = process._channel  # noqa: SLF001 - one package
        channel.refuse_write("Jobs.StartJobs")
        if all(start.given is None for start in starts):
            return cls(process, None, search)
        return cls(process, await newest_job(channel), search)

    async def run(self, start: Start) -> list[JobRun]:
        """Start the jobs of one request and return them; raise OutcomeUnknown where they cannot be told."""
        file = await self._stored(start)
        release = await self.process.entity()
        try:
            jobs = await self.process._calling(functools.partial(self._send, start, file))  # noqa: SLF001 - one package
        except OrchestratorError as error:
            if not error.may_have_happened and not (start.count > 1 and isinstance(error, Conflict)):
                raise
            jobs = await LostStart(self._channel, self._sought(start, release), self.search).jobs(error)
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

    @property
    def _channel(self) -> TenantChannel:
        return self.process._channel  # noqa: SLF001 - one package

    @property
    def _sets(self) -> EntitySets:
        return self.process._sets  # noqa: SLF001 - one package
