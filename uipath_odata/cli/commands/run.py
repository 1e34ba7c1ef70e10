"""``uipath-odata run``: the exports of a run file, of one tenant or of many."""

from __future__ import annotations

import asyncio
import functools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import attrs
import click

from uipath_odata.cli.exit_codes import COMPLETE, FAILED, INTERRUPTED, PARTIAL
from uipath_odata.cli.exporting.export_run import Stopping, export_all, stopping
from uipath_odata.cli.exporting.progress import Mode, mode_of, showing, warnings_shown
from uipath_odata.cli.exporting.report_options import REPORTS
from uipath_odata.cli.exporting.run_reports import reporting
from uipath_odata.cli.printable import printable
from uipath_odata.cli.runner import exit_on_error, warn
from uipath_odata.cli.runner import run as run_to_its_end
from uipath_odata.cli.wording import as_keys
from uipath_odata.client import Orchestrator
from uipath_odata.errors import OrchestratorError, QueryError, TableNotWritten
from uipath_odata.export import Event
from uipath_odata.export.places.place import without_login
from uipath_odata.export.reports import ReportFiles, check_reports, writing
from uipath_odata.export.run_files.export_choice import ExportChoice
from uipath_odata.export.run_files.run_file import RunFile, RunTenant, load_run
from uipath_odata.local.threads import in_thread

__all__ = ["run"]

Told: TypeAlias = Callable[[Event, ReportFiles], None]


@click.command()
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="TENANT", help="Only this tenant; any number of times.")
@click.option("--shard", metavar="N/COUNT", help="Only the tenants of machine N of COUNT, such as 3/10.")
@click.option(
    "--at-once", type=click.IntRange(1), default=4, metavar="N", help="Tenants at the same time [4]."
)
@click.option("--check", is_flag=True, help="Check the file, say what it would run, and end.")
@click.option(
    "--progress", type=click.Choice(["rich", "json", "none"]), help="[rich on a terminal, else json]"
)
@REPORTS[0]
@REPORTS[1]
def run(
    file: Path,
    only: tuple[str, ...],
    shard: str | None,
    at_once: int,
    check: bool,
    progress: Mode | None,
    report: str | None,
    metrics: str | None,
) -> None:
    """Make the exports that a run file lists, of one tenant or of many.

    The file is checked whole before the first request. A tenant that fails does not stop the others. Exit codes: 0 all
    complete, 1 nothing was exported, 2 usage, 3 only some lists were exported or a list is not proven, 130 interrupted.
    """
    with exit_on_error(as_keys):
        whole = ReportFiles(report, metrics)
        check_reports([whole])
        chosen = load_run(file)
        chosen = chosen.only(only) if only else chosen
        chosen = chosen.shard(*_shard(shard)) if shard else chosen
        if not chosen.tenants:
            warn(f"{file} has no tenant in the share {shard}: nothing is exported")
        check_reports([whole, *chosen.report_files])
        if check:
            sys.exit(_checked(chosen))
        sys.exit(run_to_its_end(_run(chosen, mode_of(progress), at_once, whole)))


def _shard(text: str) -> tuple[int, int]:
    if (found := re.fullmatch(r"(\d{1,6})/(\d{1,6})", text, re.ASCII)) is None:
        raise QueryError(f"--shard {text} is not a share: write it like 3/10")
    return int(found[1]), int(found[2])


def _checked(chosen: RunFile) -> int:
    for tenant in chosen.tenants:
        for each in chosen.exports:
            place = without_login(tenant.output(each.table.output or ""))
            click.echo(printable(f"{tenant.name}: {', '.join(each.table.sets)} to {place}"))
    return COMPLETE


async def _run(chosen: RunFile, mode: Mode, at_once: int, whole: ReportFiles) -> int:
    slots = asyncio.Semaphore(at_once)

    def told(event: Event, files: ReportFiles) -> None:
        take(event, files)
        show(event)

    async def one(tenant: RunTenant) -> list[int]:
        async with slots:
            return await _of_tenant(chosen, tenant, told, stop)

    with (
        showing(mode) as shown,
        warnings_shown(warn),
        stopping(warn) as stop,
        reporting(shown, whole, warn) as show,
        writing(chosen.report_files, warn) as take,
    ):
        codes = await asyncio.gather(*map(one, chosen.tenants))
    return _code([code for of_tenant in codes for code in of_tenant], stop)


async def _of_tenant(chosen: RunFile, tenant: RunTenant, told: Told, stop: Stopping) -> list[int]:
    """Export what the file names of one tenant and return the exit codes."""
    if stop.is_asked:
        return [INTERRUPTED]
    try:
        # One client, so that all of them share its rate budget and its token.
        client = await in_thread(tenant.client)  # a command that credentials come from takes its time
        async with client as orchestrator:
            return [await _exported(each, tenant, orchestrator, told, stop) for each in chosen.exports]
    except OrchestratorError as error:
        _warn(tenant, str(error))
        return [FAILED]


async def _exported(
    each: ExportChoice, tenant: RunTenant, orchestrator: Orchestrator, told: Told, stop: Stopping
) -> int:
    """Make one export of a tenant and return its exit code; what fails does not stop the others."""
    if stop.is_asked:
        return INTERRUPTED
    each = tenant.filled(each)
    try:
        return await export_all(
            await each.lists(orchestrator),
            each.table.output or "",
            lambda event: told(attrs.evolve(event, tenant=tenant.name), each.report_files),
            functools.partial(_warn, tenant),
            stop,
            accept_lost_folders=bool(each.table.accept_lost_folders),
            finds_folders=each.finds_folders,
            words=as_keys,
            format=each.table.format,
            **each.options(),
        )
    except OrchestratorError as error:
        _warn(tenant, str(error))
        return PARTIAL if isinstance(error, TableNotWritten) else FAILED


def _warn(tenant: RunTenant, line: str) -> None:
    warn(f"{tenant.name}: {line}")


def _code(codes: list[int], stop: Stopping) -> int:
    if stop.is_asked:
        return INTERRUPTED
    ends = {*codes}
    return COMPLETE if ends <= {COMPLETE} else FAILED if ends == {FAILED} else PARTIAL
