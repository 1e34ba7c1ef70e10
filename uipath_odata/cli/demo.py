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

from uipath_odata.cli.contest import READERS, Result, measure
from uipath_odata.emulator import Emulator

__all__ = ["conclude", "demonstrate"]

_TOKEN_LIFETIME: Final = 1.5
_PLAIN_WIDTH: Final = 120
_HEADINGS: Final = ("rows read", "lost", "repeated", "requests", "refreshes", "rows/s", "it ended with")


async def demonstrate(rows: int | None = None) -> int:
    """Run the readers one after another; 0 if the client got every row once. ``rows`` keeps only so many."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PLAIN_WIDTH)
    console.print("Filling a local Orchestrator ...", style="dim")
    file = Path(tempfile.mkdtemp(prefix="uipath-odata-")) / "robot_logs.jsonl"
    async with Emulator(token_lifetime=_TOKEN_LIFETIME) as emulator:
        if rows is not None:
            emulator.sql("DELETE FROM RobotLogs WHERE rowid > ?", rows)
        existing = emulator.sql("SELECT count(*) FROM RobotLogs")[0][0]
        console.print(
            f"It holds {existing:,} RobotLogs and its tokens live {_TOKEN_LIFETIME} s. "
            "Three readers, one after another:\n"
        )
        results = await _contest(emulator, file, console)
    return conclude(results["uipath-odata"], file, console)


async def _contest(emulator: Emulator, file: Path, console: Console) -> dict[str, Result]:
    results: dict[str, Result] = {}
    with Live(console=console, auto_refresh=False) as live:
        for name, read in READERS.items():

            def seen(rows: int, name: str = name) -> None:
                live.update(_table(results, {name: rows}, console), refresh=console.is_terminal)

            seen(0)
            results[name] = await measure(read, emulator, file, seen)
        live.update(_table(results, {}, console), refresh=console.is_terminal)
    return results


def _table(results: Mapping[str, Result], running: Mapping[str, int], console: Console) -> Table:
    frame = box.ROUNDED if console.is_terminal else None
    table = Table(box=frame, header_style="bold", pad_edge=console.is_terminal)
    table.add_column("reader")
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading == _HEADINGS[-1] else "right")
    for name in READERS:
        cells = _cells(results[name]) if name in results else _moving(running.get(name))
        table.add_row(Text(name, "bold" if name == "uipath-odata" else ""), *cells)
    return table


def _cells(result: Result) -> list[Text]:
    return [
        Text(f"{result.rows:,} of {result.existing:,}"),
        Text(f"{result.lost:,}", "red" if result.lost else "green"),
        Text(f"{result.repeated:,}", "red" if result.repeated else "green"),
        *(Text(f"{number:,}") for number in (result.requests, result.refreshes, result.rows_a_second)),
        Text(result.ended, "green" if result.is_exact else "red"),
    ]


def _moving(rows: int | None) -> list[Text]:
    return [Text("" if rows is None else f"{rows:,}", "cyan")] + [Text("")] * (len(_HEADINGS) - 1)


def conclude(client: Result, file: Path, console: Console) -> int:
    if not client.is_exact:
        console.print(
            f"\nuipath-odata lost {client.lost:,} rows and repeated {client.repeated:,}.", style="red"
        )
        return 1
    console.print(f"\nEvery row, once: {file}", soft_wrap=True)
    console.print(
        "The loops are in uipath_odata/cli/loops.py. The figures are those of an emulator.", style="dim"
    )
    return 0
