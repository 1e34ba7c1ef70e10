"""``uipath-odata demo``: three ways to read logs, side by side."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from uipath_odata.cli.runner import exit_on_error, run

__all__ = ["demo"]


@click.command()
@click.option("--rows", type=click.IntRange(1), hidden=True)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="Keep the rows in this JSONL file."
)
def demo(rows: int | None, output: Path | None) -> None:
    """See 50,000 RobotLogs read in three ways, from a local Orchestrator whose tokens expire."""
    from uipath_odata.cli.demo.demo import demonstrate  # noqa: PLC0415 - the emulator is another extra

    with exit_on_error():
        sys.exit(run(demonstrate(rows, output)))
