"""The commands and their options."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from uipath_odata.cli.commands.doctor import doctor
from uipath_odata.cli.commands.emulator import emulator
from uipath_odata.cli.commands.export import export
from uipath_odata.cli.commands.login import login, logout, whoami
from uipath_odata.cli.commands.verify import status, verify
from uipath_odata.cli.runner import exit_on_error, run

__all__ = ["uipath_odata"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="uipath-odata")
def uipath_odata() -> None:
    """Read UiPath Orchestrator: every row, once."""


@uipath_odata.command()
@click.option("--rows", type=click.IntRange(1), hidden=True)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="Keep the rows in this JSONL file."
)
def demo(rows: int | None, output: Path | None) -> None:
    """See 50,000 RobotLogs read in three ways, from a local Orchestrator whose tokens expire."""
    from uipath_odata.cli.demo.demo import demonstrate  # noqa: PLC0415 - the emulator is another extra

    with exit_on_error():
        sys.exit(run(demonstrate(rows, output)))


for each in (emulator, export, verify, status, doctor, login, logout, whoami):
    uipath_odata.add_command(each)
