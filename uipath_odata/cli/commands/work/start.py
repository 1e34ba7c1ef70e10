"""``uipath-odata start``: one job of a process."""

from __future__ import annotations

import sys
from typing import Any, Unpack

import click
import orjson

from uipath_odata.cli.commands.work.json_input import json_input
from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.exit_codes import COMPLETE, ENDED_BADLY, TIMED_OUT
from uipath_odata.cli.printable import printable
from uipath_odata.cli.runner import exit_on_error, run, warn
from uipath_odata.cli.sections import SectionedCommand
from uipath_odata.client import Orchestrator
from uipath_odata.entities import Job
from uipath_odata.errors import JobFailed, QueryError
from uipath_odata.odata.rows.json_body import as_object
from uipath_odata.workflows.jobs.run import JobRun
from uipath_odata.workflows.jobs.starts.start import StartOptions

__all__ = ["start"]


class _StartOptions(ConnectionOptions):
    """What else the command line says."""

    folder: str | None
    timeout: float | None


@click.command(cls=SectionedCommand)
@click.argument("process")
@click.option(
    "--input", "input_", metavar="JSON|FILE|-", help="Arguments: a JSON text, a file, or standard input."
)
@click.option(
    "--reference", metavar="TEXT", help="The Reference of the job, by which it is found again [a new one]."
)
@click.option("--runtime-type", metavar="TYPE", help="Such as Unattended.")
@click.option("--wait", is_flag=True, help="Wait for the end, and write the job's output.")
@click.option("--timeout", type=click.FloatRange(0), metavar="SECONDS", help="With --wait, the longest wait.")
@click.option(
    "--folder", metavar="ID|PATH|KEY", help="Digits are its id, a GUID its key, other text its path."
)
@connecting
def start(
    process: str,
    input_: str | None,
    reference: str | None,
    runtime_type: Any,
    wait: bool,
    **options: Unpack[_StartOptions],
) -> None:
    """Start one job of PROCESS, never a second one, and write it as JSON: its Id, Key, State and Reference.

    With --wait, its output instead. Exit codes: 0 done, 4 the job faulted or was stopped, 124 the time is over and the job
    runs on, 1 failed, 2 usage.
    """
    with exit_on_error():
        if options["timeout"] is not None and not wait:
            raise QueryError("--timeout is the time to wait: give --wait, too")
        arguments = None if input_ is None else as_object(json_input(input_, "--input"))
        if input_ is not None and arguments is None:
            raise QueryError("--input is not a JSON object: give the arguments by name")
        more: StartOptions = {} if runtime_type is None else {"runtime_type": runtime_type}
        client = Orchestrator.from_env(client_variables(options), **connection(options))

        async def started() -> int:
            async with client:
                handle = in_folder(client, options["folder"]).process(process)
                job = await handle.start(arguments, reference=reference, **more)
                return await _waited(job, options["timeout"]) if wait else _shown(job.job)

        sys.exit(run(started()))


async def _waited(job: JobRun, timeout: float | None) -> int:  # noqa: ASYNC109 - that of the option
    try:
        finished = await job.wait(timeout)
    except JobFailed as error:
        warn(str(error))
        for log in error.logs:
            click.echo(f"  {log.time_stamp:%H:%M:%S} {printable(log.message or '')}", err=True)
        return ENDED_BADLY
    except TimeoutError as error:
        warn(str(error))
        return TIMED_OUT
    return _written(finished.output)


def _shown(job: Job) -> int:
    return _written({"Id": job.id, "Key": job.key, "State": job.state, "Reference": job.reference})


def _written(value: dict[str, Any]) -> int:
    click.echo(
        orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0).decode()
    )
    return COMPLETE
