"""Looks for the jobs of a start whose answer was lost: the argument is in ``start_search``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from uipath_odata.entities import Job
from uipath_odata.errors import Conflict, OrchestratorError, OutcomeUnknown
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.jobs.starts.start_search import Sought, decide, pause_before

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel

__all__ = ["SEARCH", "LostStart", "newest_job"]

SEARCH: Final = 60.0
"""Seconds for which a job is looked for; gateways let a request run on for less."""
# One request each look; a start of more jobs is sent in several.
_PAGE: Final = 1_000


async def newest_job(channel: TenantChannel) -> int:
    """Read the Id of the newest job, 0 where there is none: later jobs have larger ones."""
    job = await EntitySets(channel).jobs.select(Job.id).order_by(Job.id.desc()).first()
    return 0 if job is None or job.id is None else job.id


@attrs.frozen(eq=False)
class LostStart:
    """A start that was sent, and that nobody knows the outcome of."""

    channel: TenantChannel
    sought: Sought
    search: float = SEARCH
    """Seconds for which its jobs are looked for."""

    async def jobs(self, lost: OrchestratorError) -> Sequence[Job]:
        """Return the jobs when they are found; raise OutcomeUnknown when the time is over, or they cannot be told."""
        clock, sought = self.channel.kept(Clock), self.sought
        ends, look, cause = clock.monotonic() + self.search, 0, lost
        try:
            while True:
                await clock.sleep(pause_before(look, left=ends - clock.monotonic()))
                jobs: Sequence[Job] = ()
                try:
                    jobs = await self._candidates()
                except OrchestratorError as error:
                    cause = error
                    if not error.retryable:
                        raise _undecided(sought, (), lost, "the search failed") from error
                decision = decide(sought, jobs, left=ends - clock.monotonic())
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

    async def _candidates(self) -> list[Job]:
        after = self.sought.after
        jobs = (
            EntitySets(self.channel)
            .jobs.filter(Job.reference == self.sought.reference)
            .order_by(Job.id)
            .top(_PAGE)
        )
        return await (jobs if after is None else jobs.filter(Job.id > after)).to_list()


def _undecided(sought: Sought, jobs: Sequence[Job], lost: OrchestratorError, when: str) -> OutcomeUnknown:
    """Say what was looked for, what was found, and what to do."""
    ids = tuple(str(job.id) for job in jobs)
    above = "" if sought.after is None else f" and an Id above {sought.after}"
    fitting = f"{len(ids)} jobs fit (Ids {', '.join(ids)})" if ids else "no job was found"
    return OutcomeUnknown(
        f"A start of {sought.count} was sent and its answer was lost; {fitting} with the"
        f" Reference {sought.reference!r}{above} {when}. It was not sent again: look for it with"
        f" orchestrator.jobs.filter(Job.reference == {sought.reference!r}) before you start it again",
        response=lost.response if isinstance(lost, OutcomeUnknown) else None,
        find_by={"Reference": (sought.reference,), **({"Id": ids} if ids else {})},
    )
