"""Uses that type checkers must accept: rows as sent, the query by itself, and what a report says of its proof."""

from __future__ import annotations

from typing import Literal, assert_type

from uipath_odata import Orchestrator, Query
from uipath_odata.entities import Job
from uipath_odata.odata.rows.raw_row import RawRow


async def rows_as_sent(orchestrator: Orchestrator) -> None:
    """Read rows as the bytes that were sent."""
    jobs = orchestrator.jobs.filter(Job.state == "Faulted")
    assert_type(jobs.query, Query[Job])
    assert_type(await jobs.raw("Id", "State").to_list(), list[RawRow])
    async for row in jobs.raw():
        assert_type(row.raw, bytes)


async def what_a_report_says(orchestrator: Orchestrator) -> None:
    """Read the kind of a proof, which is one of five."""
    async with orchestrator.jobs.exact().stream() as jobs:
        async for job in jobs:
            assert_type(job, Job)
    report = jobs.report
    assert_type(report.proof, Literal["by_later_bucket", "by_remainder", "by_count", "by_one_answer", "none"])
    assert_type(report.proven, bool)
    assert_type(report.reason, str)
    assert_type(report.late, int)
