"""Wrong uses of processes and runs: a checker that finds nothing on one of these lines complains of an unused ignore."""

from __future__ import annotations

from uipath_odata import FinishedJob, FolderClient, JobRun


async def calls(finance: FolderClient, run: JobRun, job: FinishedJob) -> None:
    intake = finance.process("InvoiceIntake")
    await intake.start(7)  # type: ignore[arg-type]
    await intake.start({}, reference=7)  # type: ignore[arg-type]
    await intake.start({}, runtime_type="unattended")  # type: ignore[arg-type]
    await intake.start({}, run_time_type="Unattended")  # type: ignore[call-arg]
    await intake.start_many([7])  # type: ignore[type-var]
    await run.wait(timeout="5")  # type: ignore[arg-type]
    async for _ in await run.logs():  # type: ignore[misc]
        pass
    job.output.name()  # type: ignore[attr-defined]
    await finance.request("GET")  # type: ignore[call-arg]
