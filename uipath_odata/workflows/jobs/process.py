"""A process by its name, and how its jobs are started: never one twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar, Unpack
from uuid import UUID

import attrs

from uipath_odata.calls.amounts import count, seconds
from uipath_odata.entities import Release
from uipath_odata.errors import OrchestratorError, StartsFailed
from uipath_odata.workflows.jobs.arguments import Arguments
from uipath_odata.workflows.jobs.run import JobRun
from uipath_odata.workflows.jobs.starts.lost_start import SEARCH
from uipath_odata.workflows.jobs.starts.start import Start, StartOptions, inputs_of, start_of, starts_of
from uipath_odata.workflows.jobs.starts.starting import Starting
from uipath_odata.workflows.packages.versions import VersionedProcess

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["ProcessHandle"]

A = TypeVar("A", bound=Arguments | None)


@attrs.frozen(eq=False, repr=False)
class ProcessHandle(VersionedProcess):
    """One process of a folder; the API calls it a release."""

    _kind: ClassVar[str] = "process"

    def _entities(self) -> BoundQuery[Release, Release]:
        return self._sets.releases.select(Release.id, Release.key, Release.name)

    async def start(
        self,
        arguments: Arguments | None = None,
        *,
        reference: str | None = None,
        search: float = SEARCH,
        **options: Unpack[StartOptions],
    ) -> JobRun:
        """Start one job and return it; ``arguments`` are a dict, the text of a JSON object or an entity.

        The job gets the ``reference``, or a new one. If the answer is lost, the client looks for the job by its Reference,
        for ``search`` seconds, and raises OutcomeUnknown if it does not find it. The start is never sent a second time.
        Arguments above 10,000 characters are sent as an attachment, which also needs the scope OR.Folders.
        """
        seconds("search", search)
        start = start_of(arguments, reference, options)
        (run,) = await (await Starting.of(self, [start], search)).run(start)
        return run

    async def start_many(
        self,
        inputs: Iterable[A],
        *,
        reference: Callable[[A], str | int | UUID] | None = None,
        concurrency: int = 8,
        search: float = SEARCH,
        **options: Unpack[StartOptions],
    ) -> list[JobRun]:
        """Start one job for each input and return them in this order; equal inputs are started in one request.

        ``reference`` returns the Reference of an input. If a start fails, no further ones begin, and StartsFailed is raised:
        its ``results`` has the runs of the others.
        """
        count("concurrency", concurrency, least=1)
        seconds("search", search)
        rows = inputs_of(inputs)
        starts = starts_of(rows, reference, options)
        results = _Results([None] * len(rows))
        if starts:
            starting = await Starting.of(self, [start for start, _ in starts], search)
            await results.fill(starting, starts, concurrency)
        return results.runs()


@attrs.define
class _Results:
    """What became of the starts of several inputs, in their order."""

    each: list[JobRun | OrchestratorError | None]
    _failed: OrchestratorError | None = None

    async def fill(
        self, starting: Starting, starts: Iterable[tuple[Start, list[int]]], concurrency: int
    ) -> None:
        """Start them, so many at once, until one fails; those under way end."""
        waiting = iter(starts)

        async def work() -> None:
            while self._failed is None and (task := next(waiting, None)):
                await self._start(starting, *task)

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())

    async def _start(self, starting: Starting, start: Start, places: list[int]) -> None:
        try:
            for place, run in zip(places, await starting.run(start), strict=True):
                self.each[place] = run
        except OrchestratorError as error:
            self._failed = self._failed or error
            for place in places:
                self.each[place] = error

    def runs(self) -> list[JobRun]:
        """Return the runs; raise StartsFailed where one is missing."""
        runs = [one for one in self.each if isinstance(one, JobRun)]
        if self._failed is None:
            return runs
        raise StartsFailed(
            f"{len(runs)} of {len(self.each)} jobs were started, until this failed: {self._failed}",
            results=self.each,
        ) from self._failed
