"""Waits for several runs at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from uipath_odata.errors import JobFailed, QueryError
from uipath_odata.workflows.jobs.finished_job import FinishedJob
from uipath_odata.workflows.jobs.run import JobRun
from uipath_odata.workflows.patience import time_limit

__all__ = ["as_completed", "wait_all"]


async def wait_all(
    runs: Iterable[JobRun],
    timeout: float | None = None,  # noqa: ASYNC109 - its error says that the jobs run on
) -> list[FinishedJob | JobFailed]:
    """Return one result for each run, in order: the finished job, or its JobFaulted or JobStopped.

    Raises TimeoutError after ``timeout`` seconds; the jobs then run on.
    """
    limit = time_limit(timeout)
    waits = [asyncio.ensure_future(_outcome(run)) for run in _checked(runs)]
    try:
        async with limit:
            return [*await asyncio.gather(*waits)]
    except TimeoutError:
        if not limit.expired():
            raise
        left = sum(not wait.done() or wait.cancelled() for wait in waits)
        raise TimeoutError(
            f"{left} of {len(waits)} jobs had not ended when {timeout:g} s were over, and run on: wait again"
        ) from None
    finally:
        await _let_go(waits)


async def as_completed(runs: Iterable[JobRun]) -> AsyncIterator[JobRun]:
    """Stream the runs as they end; their ``wait()`` then returns, or raises, without a request."""
    waits = {asyncio.ensure_future(_outcome(run)): run for run in _checked(runs)}
    pending = set(waits)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for wait, run in waits.items():
                if wait in done:
                    wait.result()
                    yield run
    finally:
        await _let_go(waits)


def _checked(runs: Iterable[JobRun]) -> list[JobRun]:
    """Return the runs; raise QueryError for what is not one, before any is waited for."""
    given: list[object] = [*runs] if isinstance(runs, Iterable) else [runs]  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
    if others := [each for each in given if not isinstance(each, JobRun)]:
        raise QueryError(f"{others[0]!r} is not a run: give a list of what start() or start_many() returned")
    return [each for each in given if isinstance(each, JobRun)]


async def _outcome(run: JobRun) -> FinishedJob | JobFailed:
    try:
        return await run.wait()
    except JobFailed as failure:
        return failure


async def _let_go(waits: Iterable[asyncio.Future[FinishedJob | JobFailed]]) -> None:
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
