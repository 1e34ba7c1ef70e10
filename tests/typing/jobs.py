"""Right uses of processes, runs and any endpoint: every line passes mypy --strict and pyright strict."""

from __future__ import annotations

from typing import Any, assert_type
from uuid import UUID

from uipath_odata import (
    FinishedJob,
    FolderClient,
    JobFaulted,
    JobRun,
    JobStopped,
    Orchestrator,
    as_completed,
    path,
    wait_all,
)
from uipath_odata.entities import Job, JobState, RobotLog, Tag
from uipath_odata.errors import JobFailed, StartsFailed
from uipath_odata.transport.request import Response


def ended(job: Job) -> None:
    assert_type(job.state, JobState | None)


async def one(finance: FolderClient) -> None:
    intake = finance.process("InvoiceIntake")
    run = await intake.start({"in_Name": "x"}, reference="batch-7", runtime_type="Unattended", search=30)
    assert_type(run, JobRun)
    await intake.start('{"a": 1}', job_priority="High", entry_point_path="Main.xaml")
    await intake.start(Tag(name="x"))
    await intake.start()
    try:
        job = await run.wait(timeout=600)
    except (JobFaulted, JobStopped) as failure:
        assert_type(failure.logs, list[Any])
    else:
        assert_type(job, FinishedJob)
        assert_type(job.output, dict[str, Any])
        assert_type(job.id, int | None)
        ended(job)
    assert_type([log async for log in run.logs(follow=True)], list[RobotLog])
    await run.resume({"approved": True})
    await run.stop()
    await run.kill()
    assert_type(await run.restart(), JobRun)
    assert_type(run.key, UUID)
    assert_type(await finance.run(run.key), JobRun)


async def several(orchestrator: Orchestrator) -> None:
    intake = orchestrator.process("InvoiceIntake")
    try:
        runs = await intake.start_many([{"id": 1}, {"id": 2}], reference=lambda row: row["id"])
    except StartsFailed as error:
        assert_type(error.results, list[Any])
        return
    assert_type(runs, list[JobRun])
    async for run in as_completed(runs):
        assert_type(run, JobRun)
    assert_type(await wait_all(runs, timeout=None), list[FinishedJob | JobFailed])
    orchestrator.poller.wake(runs[0].key)


async def endpoints(orchestrator: Orchestrator) -> None:
    answer = await orchestrator.request("GET", "/odata/HttpTriggers", params={"$top": 5})
    assert_type(answer, Response)
    assert_type((answer.status, answer.headers["Date"]), tuple[int, str])
    await orchestrator.folder("Shared").request("POST", "/api/X", json={"a": 1})
    rows = orchestrator.entity_set("HttpTriggers").filter(path("Enabled") == "x").top(5)
    assert_type([row async for row in rows], list[dict[str, Any]])
