"""``uipath-odata query``: rows of any list."""

from __future__ import annotations

import shutil
import sys
from typing import Any, Unpack

import click

from uipath_odata import path, raw_filter
from uipath_odata.cli.commands.work.rows_written import QueryForm, RowsWritten
from uipath_odata.cli.connection import ConnectionOptions, client_variables, connecting, connection, in_folder
from uipath_odata.cli.exit_codes import COMPLETE, PARTIAL, USAGE
from uipath_odata.cli.printable import form_of
from uipath_odata.cli.runner import exit_on_error, run, warn
from uipath_odata.cli.sections import SectionedCommand
from uipath_odata.cli.wording import as_options
from uipath_odata.client import Orchestrator
from uipath_odata.errors import BadRequest, NotFound, NotProven, QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.run_files.entity_sets import all_sets, name_of, nearest
from uipath_odata.odata.expr.expression import Order
from uipath_odata.odata.expr.predicate import Predicate

__all__ = ["query"]

_Rows = BoundQuery[Any, dict[str, Any]]


class _QueryOptions(ConnectionOptions):
    """What else the command line says."""

    folder: str | None
    select: str | None
    expand: str | None
    order_by: str | None
    top: int | None


@click.command(cls=SectionedCommand)
@click.argument("entity_set")
@click.argument("filter_text", metavar="[FILTER]", required=False)
@click.option("--select", metavar="NAMES", help="Properties, by wire name, with commas between them.")
@click.option("--expand", metavar="NAMES", help="Related entities, with commas between them.")
@click.option("--order-by", metavar="NAMES", help="Such as 'EndTime desc,Id'.")
@click.option("--top", type=click.IntRange(0), metavar="N", help="At most so many rows [all].")
@click.option(
    "--folder", metavar="ID|PATH|KEY", help="Digits are its id, a GUID its key, other text its path."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl", "csv"]),
    help="[table on a terminal, else json]",
)
@connecting
def query(
    entity_set: str, filter_text: str | None, form: QueryForm | None, **options: Unpack[_QueryOptions]
) -> None:
    """Write the rows of a list, such as Jobs, that meet the OData $filter: query Jobs "State eq 'Faulted'" --top 20.

    Lists that no schema has are read, too. Exit codes: 0 done, 3 all that came, which is not proven to be all, 1 failed,
    2 usage.
    """
    with exit_on_error():
        client = Orchestrator.from_env(client_variables(options), read_only=True, **connection(options))
        rows = in_folder(client, options["folder"]).entity_set(entity_set)
        chosen = _narrowed(rows, filter_text, options)
        columns = _names(options["select"])
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        output = RowsWritten(form_of(form), columns, width)
        try:
            code = run(_written(client, chosen, output, top=options["top"]))
        except NotFound:
            near = nearest(entity_set, map(name_of, all_sets(client)))
            if near is not None and near != entity_set:
                warn(f"the schema has no {entity_set}: did you mean {near}?")
            raise
        sys.exit(code)


async def _written(client: Orchestrator, rows: _Rows, output: RowsWritten, *, top: int | None) -> int:
    try:
        async with client, rows.stream() as stream:
            try:
                async for page in stream.pages():
                    output.write(page)
            except NotProven as error:
                reason: str | None = str(error)
            else:
                reason = None if stream.report.proven else stream.report.reason
            output.end()
    except BadRequest as error:  # only the server can judge a filter's names and values
        if output.has_begun:
            raise
        warn(as_options(str(error)))
        return USAGE
    if top is None and reason is not None:
        warn(as_options(f"these rows are not proven to be all: {reason}"))
        return PARTIAL
    return COMPLETE


def _narrowed(rows: _Rows, filter_text: str | None, options: _QueryOptions) -> _Rows:
    if filter_text is not None:
        rows = rows.filter(_condition(filter_text))
    if expanded := _names(options["expand"]):
        rows = rows.expand(*map(path, expanded))
    if selected := _names(options["select"]):
        rows = rows.select(*map(path, selected))
    if order := [_order(each) for each in _names(options["order_by"])]:
        rows = rows.order_by(*order)
    if options["top"] is not None:
        return rows.top(options["top"])
    return (
        rows if order else rows.exact()
    )  # one more request for a short list; an order of one's own proves nothing


def _condition(text: str) -> Predicate[object]:
    try:
        return raw_filter(text)
    except QueryError as error:  # in this command's own word for it
        raise QueryError(str(error).replace("raw_filter", "FILTER ")) from None


def _names(text: str | None) -> list[str]:
    return [] if text is None else [name.strip() for name in text.split(",") if name.strip()]


def _order(text: str) -> Order:
    name, *direction = text.split()
    if [each.lower() for each in direction] not in ([], ["asc"], ["desc"]):
        raise QueryError(
            f"--order-by {text!r} is not a name with asc or desc: write it such as 'EndTime desc'"
        )
    return path(name).desc() if direction and direction[0].lower() == "desc" else path(name).asc()
