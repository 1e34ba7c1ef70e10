"""The demo tenant's log entries: eight hours of them, with all that makes reading them exactly hard.

Entries share TimeStamps (also over every edge of a page of 1,000), lie out of order within a millisecond,
and some are the same in every byte, as real robots send them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import attrs

from uipath_odata.emulator import ticks

COUNT = 50_000
SPAN = 8 * 3600 * ticks.SECOND

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


def logs(chance: random.Random, start: int, runs: list[Run]) -> dict[int, list[dict[str, Any]]]:
    """Give the entries of each folder."""
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    folder, entry, before = 0, dict[str, Any](), -1
    for number, moment in enumerate(_time_stamps(chance, start)):
        if moment != before or chance.random() >= _REPEATED:
            run = runs[min(number * len(runs) // COUNT + chance.randrange(8), len(runs) - 1)]
            folder, entry = run.folder, _entry(chance, run, ticks.text(moment))
        rows[folder].append(entry)
        before = moment
    return rows


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


def _entry(chance: random.Random, run: Run, time_stamp: str) -> dict[str, Any]:
    level = _LEVELS[int(chance.random() * len(_LEVELS))]
    message = f"{_MESSAGES[level]} ({chance.randrange(100_000)})"
    name, machine_name, machine_id, user, runtime_type = run.robot
    identity = user.replace("\\", "\\\\")
    raw = (
        f'{{\r\n  "message": "{message}",\r\n  "level": "{_RAW_LEVELS.get(level, level)}",\r\n  "logType": "Default",\r\n'
        f'  "timeStamp": "{time_stamp[:-1]}+00:00",\r\n  "fingerprint": "{chance.getrandbits(128):032x}",\r\n'
        f'  "windowsIdentity": "{identity}",\r\n  "machineName": "{machine_name}",\r\n'
        f'  "processName": "{run.process}",\r\n  "jobId": "{run.key}",\r\n  "robotName": "{name}",\r\n'
        f'  "machineId": {machine_id},\r\n  "fileName": "Main"\r\n}}'
    )
    return {
        "Level": level,
        "WindowsIdentity": user,
        "ProcessName": run.process,
        "TimeStamp": time_stamp,
        "Message": message,
        "JobKey": run.key,
        "RawMessage": raw,
        "RobotName": name,
        "HostMachineName": machine_name,
        "MachineId": machine_id,
        "RuntimeType": runtime_type,
    }
