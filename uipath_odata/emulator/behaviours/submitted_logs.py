"""Entries that robots send, late ones too: they are found at the time that they tell, not at the one they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.robot_logs import NAME
from uipath_odata.emulator.data.values import BindingError
from uipath_odata.emulator.http.answers import Answer, Refusal
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.world import Call, World

_COLUMNS = {
    "message": "Message",
    "timestamp": "TimeStamp",
    "windowsidentity": "WindowsIdentity",
    "processname": "ProcessName",
    "jobid": "JobKey",
    "robotname": "RobotName",
    "machinename": "HostMachineName",
    "machineid": "MachineId",
}
# Robots write .NET's names of levels, the API its own.
_LEVELS = {
    "verbose": "Debug",
    "trace": "Trace",
    "information": "Info",
    "warning": "Warn",
    "critical": "Fatal",
}


@answers("Logs_Post")
def submit_one(world: World, call: Call) -> Answer:
    """Take one entry, or a list of them, as JSON objects."""
    sent = _json(call.body)
    return _taken(world, call, sent if is_list(sent) else [sent])


@answers("Logs_SubmitLogs")
def submit_texts(world: World, call: Call) -> Answer:
    """Take a list of entries, each a text that holds JSON."""
    sent = _json(call.body)
    if not is_list(sent):
        raise Refusal("logs must not be null")
    return _taken(world, call, [_json(each) for each in sent])


def _taken(world: World, call: Call, entries: Iterable[Any]) -> Answer:
    try:
        world.store.insert(NAME, [_row(each) for each in entries], call.folder)
    except BindingError as error:
        raise Refusal("logs must not be null", hint=f"an entry does not bind: {error}") from error
    return Answer()


def _row(entry: Any) -> dict[str, Any]:
    if not is_object(entry):
        raise Refusal("logs must not be null")
    given = {name.lower(): value for name, value in entry.items()}
    level = str(given.get("level", "Information"))
    row = {column: given[name] for name, column in _COLUMNS.items() if given.get(name) is not None}
    return row | {"Level": _LEVELS.get(level.lower(), level), "RawMessage": orjson.dumps(entry).decode()}


def _json(text: Any) -> Any:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError) as error:
        raise Refusal("logs must not be null") from error
