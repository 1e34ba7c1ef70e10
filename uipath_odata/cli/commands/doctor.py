"""``uipath-odata doctor``: check the assumptions about a tenant, and save the settings that fit it."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Unpack

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.printable import printable
from uipath_odata.cli.runner import exit_on_error, run
from uipath_odata.cli.sections import SectionedCommand
from uipath_odata.client import Orchestrator
from uipath_odata.doctor import Finding, examine, settings_of
from uipath_odata.errors import QueryError
from uipath_odata.settings import save_settings

__all__ = ["doctor"]

_STYLES = {"confirmed": "green", "refuted": "red", "unknown": "yellow"}


@click.command(cls=SectionedCommand)
@click.option(
    "--save", type=click.Path(path_type=Path), help="Write the settings that fit the tenant to this file."
)
@click.option(
    "--folder", metavar="ID|PATH|KEY", help="Digits are a folder's id, a GUID its key, other text its path."
)
@connecting
def doctor(save: Path | None, folder: str | None, **options: Unpack[ConnectionOptions]) -> None:
    """Ask a tenant, with about 30 small read-only requests, whether the assumptions of this package hold.

    Other commands take the saved settings by --settings or UIPATH_ODATA_SETTINGS, programs by load_settings(FILE).
    """
    with exit_on_error():
        run(_diagnose(save, folder, options))


async def _diagnose(save: Path | None, folder: str | None, options: ConnectionOptions) -> None:
    if save is not None:
        with _writing(save):
            _try_to_write(save)
    client = Orchestrator.from_env(client_variables(options), read_only=True, **connection(options))
    async with client as orchestrator:
        found = await examine(in_folder(orchestrator, folder))
    _show(found)
    changed = {name: value for finding in found for name, value in finding.settings.items()}
    click.echo(f"Settings that follow: {changed or 'none; the defaults fit this tenant'}")
    if save is not None:
        with _writing(save):
            save_settings(settings_of(found), save)
        click.echo(f"Saved to {printable(str(save))}")


@contextmanager
def _writing(file: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise QueryError(f"--save {file} cannot be written, {error.strerror}: name another file") from error


def _try_to_write(file: Path) -> None:
    """Raise OSError where a file could not be written, before anybody is asked anything."""
    if file.exists():
        if not file.is_file():
            raise OSError(errno.EINVAL, "it is not a file")
        os.close(os.open(file, os.O_WRONLY))
    else:
        with tempfile.TemporaryFile(dir=file.parent):
            pass


def _show(found: list[Finding]) -> None:
    console = Console()
    if console.is_terminal:
        console.print(_table(found))
        return
    for finding in found:
        click.echo(f"{finding.verdict}: {finding.assumption} ({printable(finding.evidence)})")


def _table(found: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "assumption", "evidence"):
        table.add_column(heading)
    for finding in found:
        verdict = f"[{_STYLES[finding.verdict]}]{finding.verdict}[/]"
        table.add_row(verdict, finding.assumption, Text(printable(finding.evidence)))
    return table
