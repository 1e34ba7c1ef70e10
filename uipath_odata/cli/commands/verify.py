"""``uipath-odata verify`` and ``status``: look at an export, offline."""

from __future__ import annotations

import sys

import click

from uipath_odata.cli.exit_codes import COMPLETE, PARTIAL, UNSOUND
from uipath_odata.cli.printable import counted, printable
from uipath_odata.cli.runner import exit_on_error, warn
from uipath_odata.export import status as status_of
from uipath_odata.export import verify as verify_export

__all__ = ["STATE", "status", "verify"]

STATE = click.option(
    "--state", metavar="DIR", help="Where the journal of a URL's export is, if not with the data."
)


@click.command()
@click.argument("destination", metavar="DIR|URL")
@STATE
def verify(destination: str, state: str | None) -> None:
    """Compare every file of an export with its hash, size and number of rows; it sends nothing to Orchestrator.

    Exit codes: 0 sound, 5 not, each fault is named.
    """
    with exit_on_error():
        found = verify_export(destination, state=state)
    for problem in found.problems:
        click.echo(printable(problem), err=True)
    if found.is_sound:
        click.echo(
            f"{counted(found.files, 'file')} with {found.rows:,} rows {'is as it was' if found.files == 1 else 'are as they were'} written."
        )
    else:
        warn(
            f"{printable(destination)} is not sound: restore what is named above from a copy, or export again with --overwrite "
            "or to another place"
        )
    sys.exit(COMPLETE if found.is_sound else UNSOUND)


@click.command()
@click.argument("destination", metavar="DIR|URL")
@STATE
def status(destination: str, state: str | None) -> None:
    """Say how far an export is, and which command makes it. Exit codes: 0 complete, 3 not yet."""
    with exit_on_error():
        found = status_of(destination, state=state)
    for each in found.lists:
        seen = "" if each.expected is None else f" of {each.expected:,} counted"
        end = "ended" if each.ended else "not ended"
        proof = "proven complete" if each.proven else printable(each.reason)
        name = each.entity_set if each.folder is None else printable(f"{each.entity_set} · {each.folder}")
        click.echo(
            f"{name}: {each.rows:,} rows{seen} in {counted(each.files, 'file')}, run {each.run} {end}, {proof}"
        )
    for command in found.commands:
        click.echo(printable(f"made by: {command}"))
    if any(command.count(" --folder ") > 1 for command in found.commands):
        click.echo("With --all-folders in place of the --folder options, folders that are new are read, too.")
    sys.exit(COMPLETE if found.is_complete else PARTIAL)
