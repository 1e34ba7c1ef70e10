"""Three readers of the same RobotLogs, each compared row by row with what exists."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import aiohttp
import attrs
import orjson

from uipath_odata.cli.demo.naive_loops import (
    NaiveClient,
    continue_from_last_time_stamp,
    skip_until_short_page,
)
from uipath_odata.emulator import Emulator
from uipath_odata.emulator.data import ticks
from uipath_odata.entities import RobotLog
from uipath_odata.export import exporting

__all__ = ["CLIENT", "READERS", "Reader", "Result", "measure"]

Row: TypeAlias = dict[str, Any]
Seen: TypeAlias = Callable[[int], None]
Reader: TypeAlias = Callable[[Emulator, Path, Seen], Awaitable[tuple[Iterable[Row], str]]]

CLIENT: Final = "uipath-odata"
_COLUMNS: Final = (
    *("TimeStamp", "Level", "Message", "RawMessage", "JobKey", "ProcessName", "RobotName", "WindowsIdentity"),
    *("HostMachineName", "MachineId", "MachineKey", "RuntimeType", "Id"),
)


@attrs.frozen(kw_only=True)
class Result:
    """What one reader got of the rows that exist, and what that took."""

    rows: int
    existing: int
    lost: int
    repeated: int
    requests: int
    refreshes: int
    seconds: float
    ended: str

    @property
    def is_exact(self) -> bool:
        return self.lost == self.repeated == 0

    @property
    def rows_a_second(self) -> int:
        return round(self.rows / self.seconds) if self.seconds else 0


async def measure(
    read: Reader, emulator: Emulator, file: Path, seen: Seen, clock: Callable[[], float] = time.monotonic
) -> Result:
    """Let one reader read; equal rows count as often as they exist."""
    requests, tokens, started = emulator.requests.total(), emulator.token_requests, clock()
    rows, ended = await read(emulator, file, seen)
    seconds = clock() - started
    got, existing = Counter(map(_values, rows)), _existing(emulator)
    return Result(
        rows=got.total(),
        existing=existing.total(),
        lost=(existing - got).total(),
        repeated=(got - existing).total(),
        requests=emulator.requests.total() - requests,
        refreshes=emulator.token_requests - tokens - 1,
        seconds=seconds,
        ended=ended,
    )


async def _skip_loop(emulator: Emulator, _: Path, seen: Seen) -> tuple[Iterable[Row], str]:
    async with aiohttp.ClientSession() as session:
        return await skip_until_short_page(await _logged_in(session, emulator), seen)


async def _time_stamp_loop(emulator: Emulator, _: Path, seen: Seen) -> tuple[Iterable[Row], str]:
    async with aiohttp.ClientSession() as session:
        return await continue_from_last_time_stamp(await _logged_in(session, emulator), seen)


async def _client(emulator: Emulator, file: Path, seen: Seen) -> tuple[Iterable[Row], str]:
    async with emulator.client(read_only=True) as orchestrator:
        query = orchestrator.robot_logs.order_by(RobotLog.time_stamp).exact()
        async with exporting(query, file) as run:
            async for report in run:
                seen(report.rows)
    return _lines(file), "proven complete"


READERS: Final[dict[str, Reader]] = {
    "$skip loop": _skip_loop,
    "TimeStamp loop": _time_stamp_loop,
    CLIENT: _client,
}


async def _logged_in(session: aiohttp.ClientSession, emulator: Emulator) -> NaiveClient:
    tokens = emulator.tokens
    logs = NaiveClient(session, emulator.base_url, emulator.token_url, tokens.client_id, tokens.user_key)
    await logs.login()
    return logs


def _existing(emulator: Emulator) -> Counter[tuple[Any, ...]]:
    return Counter(emulator.sql(f"SELECT {', '.join(_COLUMNS)} FROM RobotLogs"))  # noqa: S608 - fixed names


def _values(row: Row) -> tuple[Any, ...]:
    """Return a row as the database has it, where TimeStamp is a number of ticks."""
    return (ticks.parse(row["TimeStamp"]), *(row[name] for name in _COLUMNS[1:]))


def _lines(file: Path) -> Iterator[Row]:
    with file.open("rb") as lines:
        yield from map(orjson.loads, lines)
