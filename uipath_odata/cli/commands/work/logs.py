"""``uipath-odata logs``: what a job wrote."""

from __future__ import annotations

import sys
from typing import Final, Unpack, get_args

import click
import orjson

from uipath_odata.cli.commands.work.rows_shown import Form
from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.printable import form_of, printable
from uipath_odata.cli.runner import exit_on_error, run
from uipath_odata.cli.sections import SectionedCommand
from uipath_odata.client import Orchestrator
from uipath_odata.entities import LogLevel, RobotLog

__all__ = ["logs"]

_LEVELS: Final = get_args(LogLevel)


class _LogsOptions(ConnectionOptions):
    """What else the command line says."""

    folder: str | None


@click.command(cls=SectionedCommand)
@click.argument("job")
@click.option("--follow", is_flag=True, help="Continue until the job has ended and no new log comes.")
@click.option("--level", type=click.Choice(_LEVELS), help="This level and those above it [all].")
@click.option(
    "--folder", metavar="ID|PATH|KEY", help="Digits are its id, a GUID its key, other text its path."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    help="[table on a terminal, else one JSON object per line]",
)
@connecting
def logs(
    job: str, follow: bool, level: str | None, form: Form | None, **options: Unpack[_LogsOptions]
) -> None:
    """Write the logs of JOB, its Id or its Key, each once, also those that arrive late."""
    with exit_on_error():
        client = Orchestrator.from_env(client_variables(options), read_only=True, **connection(options))
        chosen = form_of(form)
        shown = set(_LEVELS[_LEVELS.index(level) :] if level else _LEVELS)

        async def write() -> None:
            async with client:
                run_ = await in_folder(client, options["folder"]).run(job)
                async for log in run_.logs(follow=follow):
                    if log.level is None or log.level in shown or log.level not in _LEVELS:
                        click.echo(_line(log) if chosen == "table" else _json(log))

        sys.exit(run(write()))


def _line(log: RobotLog) -> str:
    moment = "" if log.time_stamp is None else f"{log.time_stamp:%Y-%m-%d %H:%M:%S}"
    return f"{moment}  {log.level or '':<5}  {printable(log.message or '')}"


def _json(log: RobotLog) -> str:
    facts = {
        "TimeStamp": log.time_stamp,
        "Level": log.level,
        "Message": log.message,
        "RobotName": log.robot_name,
    }
    return orjson.dumps(facts, default=str).decode()
