"""``uipath-odata queue``: rows of a file become items of a queue."""

from __future__ import annotations

import functools
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Literal, Unpack

import attrs
import click

from uipath_odata.cli.commands.work.rows_shown import Form, row_shown
from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.exit_codes import COMPLETE, PARTIAL
from uipath_odata.cli.printable import form_of
from uipath_odata.cli.runner import exit_on_error, run, warn
from uipath_odata.cli.sections import SectionedGroup
from uipath_odata.client import Orchestrator
from uipath_odata.entities import QueueItemPriority
from uipath_odata.errors import QueryError, RowsUndecided
from uipath_odata.workflows.producer.added import AddResult

__all__ = ["queue"]

_WIDTHS: Final = (8, 10, 24, 0)


@click.group(cls=SectionedGroup)
def queue() -> None:
    """Fill queues."""


@queue.command(short_help="Add the rows of a .csv or .jsonl file, each once.")
@click.argument("name", metavar="QUEUE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@connecting
@click.option("--folder", metavar="FOLDER", help="Digits are its id, a GUID its key, other text its path.")
@click.option("--reference-column", metavar="NAME", help="The column whose values are the References.")
@click.option("--no-reference", is_flag=True, help="Items have no References: adding again repeats them.")
@click.option(
    "--check",
    type=click.Choice(["read"]),
    help="Read which References exist first, where the queue takes the same one twice.",
)
@click.option("--priority", type=click.Choice(["High", "Normal", "Low"]), help="Of all items [Normal].")
@click.option(
    "--due", metavar="TIME", help="All items are to be done by this time, such as 2030-01-01T00:00:00Z."
)
@click.option("--defer", metavar="TIME", help="No item is taken before this time.")
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    default=4,
    metavar="N",
    help="Requests at once; 1 keeps the order [4].",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), help="[table on a terminal, else json]"
)
def add(
    name: str,
    file: Path,
    folder: str | None,
    reference_column: str | None,
    no_reference: bool,
    check: Literal["read"] | None,
    priority: QueueItemPriority | None,
    due: str | None,
    defer: str | None,
    concurrency: int,
    form: Form | None,
    **options: Unpack[ConnectionOptions],
) -> None:
    """Add the rows of a .csv or .jsonl FILE to QUEUE, each once, and show those that became no new item.

    On a queue with unique References the command may be run again after any failure: it adds what is missing. Exit codes:
    0 each row is in the queue, 3 some rows were rejected or are undecided, 1 failed, 2 usage.
    """
    with exit_on_error():
        if bool(reference_column) == no_reference:
            raise QueryError(
                "name the column of the References with --reference-column, or give --no-reference"
            )
        rows: dict[str, Any] = {"priority": priority, "due": due, "defer": defer, "check": check}
        where = {"reference": None} if no_reference else {"reference_column": reference_column}
        client = Orchestrator.from_env(client_variables(options), **connection(options))

        async def added() -> int:
            async with client:
                handle = in_folder(client, folder).queue(name)
                add = functools.partial(handle.add_all, file, concurrency=concurrency, **rows, **where)
                return _shown(await _result(add), form_of(form))

        sys.exit(run(added()))


async def _result(add: Callable[[], Awaitable[AddResult]]) -> AddResult:
    try:
        result = await add()
    except RowsUndecided as error:
        warn(str(error))
        result = error.result
    return result


def _shown(result: AddResult, form: Form) -> int:
    for what in ("duplicates", "rejected", "undecided"):
        for row in getattr(result, what):
            row_shown(form, {"row": row.row, "result": what.rstrip("s"), **_facts(row)}, _WIDTHS)
    count = result.progress
    counts = {**attrs.asdict(count), "undecided": len(result.undecided)}
    if form == "json":
        row_shown(form, counts, ())
    else:
        click.echo(", ".join(f"{number} {word}" for word, number in counts.items()))
    return PARTIAL if result.rejected or result.undecided else COMPLETE


def _facts(row: Any) -> dict[str, Any]:
    return {"reference": row.reference, "reason": row.reason}
