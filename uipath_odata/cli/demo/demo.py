"""The demonstration: one local Orchestrator, three readers, one table."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from uipath_odata.cli.demo.readers import CLIENT, READERS, Result, measure
from uipath_odata.emulator import Emulator

__all__ = ["conclude", "demonstrate"]

_TOKEN_LIFETIME: Final = 1.5
_PLAIN_WIDTH: Final = 120


async def demonstrate(rows: int | None = None, output: Path | None = None) -> int:
    """Run the readers one after another; return 0 if this client got every row once.

    ``rows`` leaves only so many to read; ``output`` is where the file that this client writes is kept.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PLAIN_WIDTH)
    console.print("Filling a local Orchestrator ...", style="dim")
    with tempfile.TemporaryDirectory(prefix="uipath-odata-") as directory:
        file = output or Path(directory) / "robot_logs.jsonl"
        results = await _read(rows, file, console)
    return conclude(results, output, console)


async def _read(rows: int | None, file: Path, console: Console) -> dict[str, Result]:
    async with Emulator(token_lifetime=_TOKEN_LIFETIME) as emulator:
        if rows is not None:
            emulator.sql("DELETE FROM RobotLogs WHERE rowid > ?", rows)
        existing = emulator.sql("SELECT count(*) FROM RobotLogs")[0][0]
        console.print(f"It holds {existing:,} RobotLogs and its tokens live {_TOKEN_LIFETIME} s.")
        console.print("Three readers, one after another:\n")
        return await _run_readers(emulator, file, console, existing)


def conclude(results: Mapping[str, Result], output: Path | None, console: Console) -> int:
    """Say how each reader ended, and where the rows are if they are kept; return 0 if this client was exact."""
    for name, result in results.items():
        console.print(Text(f"{name:<14}  {result.ended}", "green" if result.is_exact else "red"))
    client = results[CLIENT]
    if not client.is_exact:
        console.print(f"\n{CLIENT} lost {client.lost:,} rows and repeated {client.repeated:,}.", style="red")
        return 1
    kept = f": {output}" if output else ". Keep the file with --output logs.jsonl."
    console.print(f"\nEvery row, once{kept}", style="bold", soft_wrap=True)
    console.print(
        "The loops: uipath_odata/cli/demo/naive_loops.py. The figures are an emulator's, not a tenant's.",
        style="dim",
    )
    return 0


async def _run_readers(emulator: Emulator, file: Path, console: Console, existing: int) -> dict[str, Result]:
    results: dict[str, Result] = {}
    with Live(console=console, auto_refresh=False) as live:
        for name, read in READERS.items():

            def seen(rows: int, name: str = name) -> None:
                live.update(_table(console, existing, results, {name: rows}), refresh=console.is_terminal)

            seen(0)
            results[name] = await measure(read, emulator, file, seen)
        live.update(_table(console, existing, results, {}), refresh=console.is_terminal)
    console.line(
        0 if console.is_terminal else 2
    )  # what is not a terminal gets the table without an end of line
    return results


def _table(
    console: Console, existing: int, results: Mapping[str, Result], running: Mapping[str, int]
) -> Table:
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else None, header_style="bold")
    table.add_column("")
    for heading in (f"rows of\n{existing:,}", "lost", "repeated", "requests", "token\nrefreshes", "rows/s"):
        table.add_column(heading, justify="right")
    for name in READERS:
        cells = _cells(results[name]) if name in results else [Text(f"{running.get(name, 0):,}", "cyan")]
        table.add_row(Text(name, "bold" if name == CLIENT else ""), *cells)
    return table


def _cells(result: Result) -> list[Text]:
    return [
        Text(f"{result.rows:,}"),
        Text(f"{result.lost:,}", "red" if result.lost else "green"),
        Text(f"{result.repeated:,}", "red" if result.repeated else "green"),
        *(Text(f"{number:,}") for number in (result.requests, result.refreshes, result.rows_a_second)),
    ]
