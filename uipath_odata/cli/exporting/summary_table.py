"""The numbers of a run as a table that fits 80 columns."""

from __future__ import annotations

from rich import filesize
from rich.table import Table

from uipath_odata.cli.exporting.summary import RunSummary, Total
from uipath_odata.cli.printable import printable

__all__ = ["span", "summary_table"]

_NUMBERS = ("Lists", "Rows", "In export", "Files", "Size", "Requests")


def summary_table(summary: RunSummary) -> Table:
    """Return a line for each set, and one for all of them where there are several."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("", ratio=1, no_wrap=True, overflow="ellipsis")
    for name in _NUMBERS:
        table.add_column(name, justify="right", no_wrap=True)
    sets = summary.sets
    for name, total in sets.items():
        table.add_row(printable(name), *_cells(total))
    if len(sets) > 1:
        table.add_row("all", *_cells(summary.total))
    return table


def span(seconds: float) -> str:
    """Return a time as minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _cells(total: Total) -> tuple[str, ...]:
    numbers = (total.lists, total.new_rows, total.rows, total.files)
    return (*(f"{each:,}" for each in numbers), filesize.decimal(total.bytes), f"{total.requests:,}")
