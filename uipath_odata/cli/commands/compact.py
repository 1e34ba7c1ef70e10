"""``uipath-odata compact``: large files of a lake's small ones, offline."""

from __future__ import annotations

import datetime as dt
import sys

import click

from uipath_odata.cli.commands.verify import STATE
from uipath_odata.cli.exit_codes import COMPLETE, PARTIAL
from uipath_odata.cli.printable import counted
from uipath_odata.cli.runner import exit_on_error, run, warn
from uipath_odata.export import compact as compact_export

__all__ = ["compact"]


@click.command()
@click.argument("lake", metavar="DIR|URL")
@click.option(
    "--part-rows", type=click.IntRange(1), metavar="N", help="Rows of a part [as the export writes them]."
)
@click.option(
    "--look-back",
    type=click.IntRange(0),
    metavar="DAYS",
    default=7,
    show_default=True,
    help="Leave parts that the nights count again, by their own --look-back.",
)
@STATE
def compact(lake: str, part_rows: int | None, look_back: int, state: str | None) -> None:
    """Make large parts of the small ones that many nights leave; nothing is asked of Orchestrator.

    Every row stays as it is, which is proven first. If it is killed, run it again. Exit codes: 0 done, also when there was nothing to
    do; 3 a list was left because a run over it has not ended; 5 a file is not what was written; 75 another process holds the lake.
    """
    with exit_on_error():
        sys.exit(run(_compact(lake, part_rows, look_back, state)))


async def _compact(lake: str, part_rows: int | None, look_back: int, state: str | None) -> int:
    found = await compact_export(
        lake, part_rows=part_rows, look_back=dt.timedelta(days=look_back), state=state
    )
    for key in found.left:
        warn(f"{key} was left as it is, for a run over it has not ended: run the same export again first")
    before = "as before" if found.files == found.files_before else f"before {found.files_before:,}"
    click.echo(f"{counted(found.files, 'file')}, {before}, with the same {found.rows:,} rows.")
    return PARTIAL if found.left else COMPLETE
