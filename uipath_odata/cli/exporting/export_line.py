"""What the command line of one export says, and what becomes of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from uipath_odata.cli.connection import ConnectionOptions, client_variables, connection
from uipath_odata.cli.exporting.estimate import estimated, explained
from uipath_odata.cli.exporting.export_run import export_all, stopping
from uipath_odata.cli.exporting.progress import Mode, mode_of, showing, warnings_shown
from uipath_odata.cli.exporting.run_reports import reporting
from uipath_odata.cli.exporting.standard_output import write_rows
from uipath_odata.cli.runner import warn
from uipath_odata.client import Orchestrator
from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Format, Timestamps
from uipath_odata.export.reports import check_reports
from uipath_odata.export.run_files.export_choice import HASH_KEY, ExportChoice
from uipath_odata.export.run_files.tables import ExportTable

__all__ = ["ExportLine", "export_as_said"]


class ExportLine(ConnectionOptions):
    """The options that were given, by their names."""

    output: str | None
    filter: str | None
    select: str | None
    expand: str | None
    since: str | None
    look_back: int | None
    final_after: int | None
    allow_shrink: tuple[str, ...]
    mirror: bool
    until: str | None
    folder: tuple[str, ...]
    all_folders: bool
    accept_lost_folders: bool
    with_details: bool
    sweep: bool
    format: Format | None
    single_file: bool
    partition_by: str | None
    state: str | None
    table: str | None
    overwrite: bool
    raw_csv: bool
    delimiter: str | None
    replace_surrogates: bool
    mode: str | None
    timestamps: Timestamps | None
    drop: str | None
    hash: str | None
    include_secrets: bool
    part_rows: int | None
    concurrency: int | None
    parallel: int | None
    page_size: int | None
    progress: Mode | None
    report: str | None
    metrics: str | None
    explain: bool
    estimate: bool


async def export_as_said(entity_sets: tuple[str, ...], options: ExportLine) -> int:
    """Export these sets, or say what that would do, and return the exit code. Raises what an export raises."""
    foresees, output = options["explain"] or options["estimate"], options["output"] or ""
    if not output and not foresees:
        raise QueryError("no --output was given: name a file or directory for the rows")
    choice = _choice_of(entity_sets, options)
    check_reports([choice.report_files])
    choice.check_place(output)
    choice.check_table(output)
    choice.check_format(output)
    client = Orchestrator.from_env(client_variables(options), read_only=True, **connection(options))
    # Folders that are looked for may be warned of, too.
    with warnings_shown(warn):
        async with client as orchestrator:
            return await _of(orchestrator, choice, output, options)


async def _of(orchestrator: Orchestrator, choice: ExportChoice, output: str, options: ExportLine) -> int:
    lists, how = await choice.lists(orchestrator), choice.options()
    nightly = options["since"] == "last"
    if options["explain"]:
        return explained(lists, with_details=options["with_details"], nightly=nightly)
    if options["estimate"]:
        return await estimated(lists, output or None, warn, nightly=nightly, format=options["format"], **how)
    if output == "-":
        return await write_rows(lists, warn, format=options["format"] or "jsonl", **how)
    with (
        showing(mode_of(options["progress"]), len(lists)) as shown,
        stopping(warn) as stop,
        reporting(shown, choice.report_files, warn) as show,
    ):
        return await export_all(
            lists,
            output,
            show,
            warn,
            stop,
            accept_lost_folders=options["accept_lost_folders"],
            finds_folders=choice.finds_folders,
            format=options["format"],
            **how,
        )


def _choice_of(entity_sets: tuple[str, ...], options: ExportLine) -> ExportChoice:
    said: Mapping[str, Any] = {**options}
    given = {name: said[name] for name in ExportTable.__struct_fields__ if said.get(name)}
    given |= {
        name: said[name]
        for name in ("look_back", "final_after", "delimiter", "mode")
        if said[name] is not None
    }
    key = os.environ.get(HASH_KEY)
    return ExportChoice(
        ExportTable(**given, sets=entity_sets, folders=options["folder"] or None),
        key.encode() if key else None,
    )
