"""``--explain`` and ``--estimate``: what an export will request, before it does."""

from __future__ import annotations

import functools
import shutil
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Unpack

import click

from uipath_odata.cli.exit_codes import COMPLETE, FAILED, PARTIAL
from uipath_odata.cli.exporting.export_run import failure_line
from uipath_odata.cli.printable import counted, printable
from uipath_odata.errors import OrchestratorError
from uipath_odata.execution.explain import Estimate
from uipath_odata.export import ExportList
from uipath_odata.export.estimate import estimate
from uipath_odata.export.exporting import DestinationOptions, lists_at, run_starts
from uipath_odata.export.formats import Format
from uipath_odata.export.incremental.details import has_details
from uipath_odata.export.lists import mode_of

__all__ = ["estimated", "explained"]

_SOON: Final = 0.05
"""Minutes that are worth a number."""


def explained(lists: Sequence[ExportList], *, with_details: bool, nightly: bool = False) -> int:
    """Say in a line how each list will be read, and then what is asked first of each set; return the exit code.

    Nothing is asked. ``nightly``: with ``--since last``, so that each list has its own way to be read again.
    """
    for each in lists:
        _line(f"{_name(each)}: {_way(each, nightly=nightly)}")
    sets = {each.entity_set: each for each in reversed(lists)}
    for each in reversed(sets.values()):
        explanation = each.query.explain()
        click.echo(printable(f"{each.entity_set}: {explanation.guarantee}"))
        click.echo(f"  begins with {printable(explanation.first_request)}")
        if explanation.added:
            click.echo(f"  adds {printable(', '.join(explanation.added))}")
        if with_details and has_details(each.query):
            click.echo("  adds one request for each row, for its details")
    _line(f"{counted(len(lists), 'list')} of {counted(len(sets), 'set')}")
    return 0


def _name(each: ExportList) -> str:
    return each.entity_set if each.folder is None else f"{each.entity_set} · {each.folder.path}"


def _way(each: ExportList, *, nightly: bool) -> str:
    """Say by which plan a list is read, and in which mode again the next night."""
    mode = f", mode {mode_of(each.query, each.entity_set)}" if nightly else ""
    return f"plan {each.query.explain().plan}{mode}"


def _line(text: str) -> None:
    """Print one line, cut to the width of a terminal, so that many lists fit a screen."""
    line = printable(text)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else len(line)
    click.echo(line if len(line) <= width else f"{line[: width - 1]}…")


async def estimated(
    lists: Sequence[ExportList],
    output: str | None,
    warn: Callable[[str], None],
    *,
    nightly: bool = False,
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
    estimates = list[Estimate]()
    for each, count in zip(lists, counting, strict=True):
        try:
            found = await count()
        except OrchestratorError as error:
            warn(failure_line(each.key, str(error), type(error).__name__))
            continue
        estimates.append(found)
        details = found.rows if with_details and has_details(each.query) else 0
        for_details = f" and {details:,} for details" if details else ""
        _line(
            f"{_name(each)}: {_way(each, nightly=nightly)}, {counted(found.rows, 'row')}, "
            f"{counted(found.requests, 'request')}{for_details}, {_pace(found.minutes)}"
        )
    if len(estimates) > 1:
        minutes = [each.minutes for each in estimates if each.minutes is not None]
        rows, requests = sum(each.rows for each in estimates), sum(each.requests for each in estimates)
        pace = f"{_pace(sum(minutes))} for the rate limit" if minutes else _pace(None)
        _line(f"{counted(len(estimates), 'list')}: {rows:,} rows, {requests:,} requests, {pace}")
    return COMPLETE if len(estimates) == len(lists) else PARTIAL if estimates else FAILED


def _pace(minutes: float | None) -> str:
    if minutes is None:
        return "no rate limit"
    return f"at least {minutes:.1f} min" if minutes >= _SOON else "less than 0.1 min"
