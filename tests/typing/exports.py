"""Exports as programs write them: their options are named, and checked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import assert_type

from uipath_odata import Orchestrator
from uipath_odata.export import Compaction, Event, Summary, compact, export, exporting, in_folders


async def nightly(orchestrator: Orchestrator) -> Summary:
    """Write two sets every night."""
    return await export(
        [orchestrator.jobs, orchestrator.folder("Shared").queue_items],
        Path("lake"),
        "parquet",
        since="last",
        partition_by="date",
        look_back=dt.timedelta(days=3),
        allow_shrink="Jobs",
        mirror=True,
        timestamps="ns",
        table="delta:tables",
        overwrite=True,
    )


async def watched(orchestrator: Orchestrator) -> None:
    """See an export of several folders while it runs."""
    lists = await in_folders(orchestrator, [lambda folder: folder.jobs], ["Finance/**", "Shared"])
    async with exporting(lists, "lake", state="journal", part_rows=1_000) as run:
        async for event in run:
            assert_type(event, Event)


async def compacted() -> Compaction:
    """Make large files of small ones."""
    return await compact(Path("lake"), part_rows=100_000, state="journal")


async def mistaken(orchestrator: Orchestrator) -> None:
    """Be told of options that do not exist."""
    await export(orchestrator.jobs, "lake", since="yesterday")  # type: ignore[arg-type]
    await export(orchestrator.jobs, "lake", part_row=5)  # type: ignore[call-arg]
