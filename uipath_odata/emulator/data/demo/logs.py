"""The demo tenant's log entries: eight hours of them, with all that makes reading them exactly hard.

Entries share TimeStamps (also over every edge of a page of 1,000), lie out of order within a millisecond,
and some are the same in every byte, as real robots send them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import attrs

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.filters.sql import SqlValue

COUNT = 50_000
SPAN = 8 * 3600 * ticks.SECOND

COLUMNS = (
    *("Level", "WindowsIdentity", "ProcessName", "TimeStamp", "Message", "JobKey", "RawMessage", "RobotName"),
    *("HostMachineName", "MachineId", "RuntimeType", "Id", FOLDER),
)
Entry = tuple[SqlValue, ...]

_PAGE, _EDGE = 1_000, 12
_REPEATED, _ON_THE_SAME_TICK, _WITHIN_A_MILLISECOND = 0.05, 0.4, 0.6
_LEVELS = ("Info", "Info", "Info", "Info", "Info", "Info", "Info", "Debug", "Trace", "Warn", "Error", "Fatal")
_RAW_LEVELS = {"Info": "Information", "Debug": "Verbose", "Trace": "Trace", "Warn": "Warning"}
_MESSAGES = {
    "Trace": "Get Text 'lblTotal' returned",
    "Debug": "Selector matched in 214 ms",
    "Info": "Item processed",
    "Warn": "Retrying: the window 'Invoice: Überprüfung' is not in front",
    "Error": "Customer O'Brien not found",
    "Fatal": "System.Exception: the application has stopped responding",
}


@attrs.frozen
class Run:
    """A job that writes entries; ``robot`` is its name, machine name, machine id, user and type."""

    key: str
    process: str
    robot: tuple[str, str, int, str, str]
    folder: int


def logs(chance: random.Random, start: int, runs: list[Run]) -> Iterator[Entry]:
    """Return the entries in the order of their TimeStamps, as stored values of ``COLUMNS``."""
    entry, before = Entry(), -1
    for number, moment in enumerate(_time_stamps(chance, start)):
        if moment != before or chance.random() >= _REPEATED:
            run = runs[min(number * len(runs) // COUNT + chance.randrange(8), len(runs) - 1)]
            entry = _entry(chance, run, moment)
        yield entry
        before = moment


def _time_stamps(chance: random.Random, start: int) -> Iterator[int]:
    """Rising moments, 100 ns exact: bursts on one tick, bursts within a millisecond, ties over the page edges."""
    mean = SPAN // COUNT
    moment = start
    for number in range(COUNT):
        from_edge = (number + _EDGE) % _PAGE
        if from_edge >= 2 * _EDGE or from_edge == 0:
            pace = chance.random()
            if pace >= _ON_THE_SAME_TICK:
                moment += chance.randrange(2, 9_000 if pace < _WITHIN_A_MILLISECOND else 5 * mean)
        yield moment


def _entry(chance: random.Random, run: Run, moment: int) -> Entry:
    level = _LEVELS[int(chance.random() * len(_LEVELS))]
    message = f"{_MESSAGES[level]} ({chance.randrange(100_000)})"
    name, machine_name, machine_id, user, runtime_type = run.robot
    identity = user.replace("\\", "\\\\")
    raw = (
        f'{{\r\n  "message": "{message}",\r\n  "level": "{_RAW_LEVELS.get(level, level)}",\r\n  "logType": "Default",\r\n'
        f'  "timeStamp": "{ticks.text(moment)[:-1]}+00:00",\r\n  "fingerprint": "{chance.getrandbits(128):032x}",\r\n'
        f'  "windowsIdentity": "{identity}",\r\n  "machineName": "{machine_name}",\r\n'
        f'  "processName": "{run.process}",\r\n  "jobId": "{run.key}",\r\n  "robotName": "{name}",\r\n'
        f'  "machineId": {machine_id},\r\n  "fileName": "Main"\r\n}}'
    )
    return (
        *(
            level,
            user,
            run.process,
            moment,
            message,
            run.key,
            raw,
            name,
            machine_name,
            machine_id,
            runtime_type,
        ),
        *(0, run.folder),
    )
