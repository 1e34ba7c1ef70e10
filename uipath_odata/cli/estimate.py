"""What an export will ask, said before it does."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Unpack

import click

from uipath_odata.cli.exit_codes import COMPLETE, FAILED, PARTIAL
from uipath_odata.cli.export_run import failure_line
from uipath_odata.cli.printable import printable
from uipath_odata.errors import OrchestratorError
from uipath_odata.execution.explain import Estimate
from uipath_odata.export import ExportList
from uipath_odata.export.estimate import estimate
from uipath_odata.export.exporting import DestinationOptions, lists_at, run_starts
from uipath_odata.export.formats import Format
from uipath_odata.export.incremental.details import has_details

__all__ = ["estimated", "explained"]


def explained(lists: Sequence[ExportList], *, with_details: bool) -> int:
    """Say how each list will be read and what its first request is, asking nothing; return the exit code."""
    for each in lists:
        explanation = each.query.explain()
        click.echo(printable(f"{each.key}: plan {explanation.plan}, {explanation.guarantee}"))
        click.echo(printable(f"  {explanation.first_request}"))
        for added in explanation.added:
            click.echo(printable(f"  adds {added}"))
        if with_details and has_details(each.query):
            click.echo("  adds one request for each row, for its details")
    return 0


async def estimated(
    lists: Sequence[ExportList],
    output: str | None,
    warn: Callable[[str], None],
    *,
    format: Format | None = None,  # noqa: A002 - the option's own name
    **options: Unpack[DestinationOptions],
) -> int:
    """Count what a run would read of each list, and say how many requests and minutes that takes; return the exit code.

    What ``output`` holds already of the same export is left out.
    """
    counting: list[Callable[[], Coroutine[Any, Any, Estimate]]] = [each.query.estimate for each in lists]
    if output is not None:
        lists = await lists_at([*lists], output, format, **options)
        counting = [
            functools.partial(estimate, each) for each in run_starts([*lists], output, format, **options)
        ]
    with_details = options.get("with_details", False)
    failed = 0
    for each, count in zip(lists, counting, strict=True):
        try:
            found = await count()
        except OrchestratorError as error:
            failed += 1
            warn(failure_line(each.key, str(error), type(error).__name__))
            continue
        pace = (
            "no rate limit is documented"
            if found.minutes is None
            else f"at least {found.minutes:.1f} minutes within the rate limit"
        )
        details = found.rows if with_details and has_details(each.query) else 0
        for_details = f" and {details:,} for details" if details else ""
        click.echo(
            printable(f"{each.key}: {found.rows:,} rows, {found.requests:,} requests{for_details}, {pace}")
        )
    return COMPLETE if not failed else FAILED if failed == len(lists) else PARTIAL
