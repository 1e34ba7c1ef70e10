"""Sessions of robots on machines: what they can run, who they are, and maintenance of them."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator.behaviours.folder_members import machines_of
from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.life import jobs
from uipath_odata.emulator.life.sessions import SET
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, singletons
from uipath_odata.emulator.rows.objects import of_row
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing, matching, of_path
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SLOTS = {
    "Unattended": "UnattendedSlots",
    "NonProduction": "NonProductionSlots",
    "Headless": "HeadlessSlots",
    "TestAutomation": "TestAutomationSlots",
}
"""Which of a machine's numbers says how many runtimes of a type it has."""

_CONNECTED = frozenset({"Available", "Busy"})
_MODES = "MaintenanceModes"


@answers("Sessions_GetMachineSessionRuntimes")
def runtimes(world: World, call: Call) -> Answer:
    """List the runtimes of the sessions of all folders."""
    return _runtimes(world, call, matching(world, SET, Sql("TRUE"), None))


@answers("Sessions_GetMachineSessionRuntimesByFolderId")
def runtimes_of_folder(world: World, call: Call) -> Answer:
    """List the runtimes of the sessions of a folder."""
    folder = existing(world, "Folders", int(call.arguments["folderId"]))["Id"]
    return _runtimes(world, call, matching(world, SET, Sql("TRUE"), folder))


@answers("Sessions_GetMachineSessionsByKey")
def of_machine(world: World, call: Call) -> Answer:
    """List the sessions on a machine."""
    machine = existing(world, "Machines", int(call.arguments["key"]))["Id"]
    return listing(world, attrs.evolve(call, folder=None), Sql('t."MachineId" = ?', (machine,)))


@answers("Sessions_GetUsernames")
def usernames(world: World, call: Call) -> Answer:
    """Return the names of the users whose robots have sessions."""
    robots = [row["Robot"] for row in world.store.find(SET)]
    return _names(call, (row for row in world.store.find("Robots") if row["Id"] in robots))


@answers("Robots_GetUsernames")
def usernames_of_robots(world: World, call: Call) -> Answer:
    """Return the names of the users that robots run as."""
    return _names(call, matching(world, "Robots", Sql("TRUE"), call.folder))


@answers("Sessions_SetMaintenanceMode")
def set_maintenance(world: World, call: Call) -> Answer:
    """Take a session into maintenance and stop its job, or let it work again."""
    sent = body_of(world, call)
    session, mode = existing(world, SET, sent.get("sessionId")), sent.get("maintenanceMode") or "Default"
    modes = singletons.read(world, _MODES) or {}
    singletons.write(world, _MODES, {**modes, str(session["Id"]): mode})
    if mode == "Enabled":
        for job in _running(world, session):
            jobs.stop(world, job, sent.get("stopJobsStrategy") or "SoftStop")
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Sessions_ToggleMachineSessionDebugModeById")
def toggle_debugging(world: World, call: Call) -> Answer:
    """Let a session log for debugging for some minutes, or no longer."""
    sent, session = body_of(world, call), of_path(world, call)
    minutes = sent.get("minutes") or 0
    if sent.get("enabled") and minutes <= 0:
        raise Refusal("The minutes field must be above 0: CannotToggleDebugMode.", INVALID_ARGUMENT)
    end = world.now + minutes * 60 * ticks.SECOND if sent.get("enabled") else None
    world.store.change(SET, session["Id"], {"DebugModeExpirationDate": end})
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Machines_GetRuntimesForFolderByFolderid")
def runtimes_for_folder(world: World, call: Call) -> Answer:
    """List how many runtimes of each type the machines of a folder have, are connected, and are free."""
    folder = existing(world, "Folders", int(call.arguments["folderId"]))
    machines = world.store.find("Machines", *_condition(machines_of(world, folder)))
    online = {row["MachineId"] for row in world.store.find(SET) if row["State"] in _CONNECTED}
    rows = list[dict[str, Any]]()
    for kind, column in _SLOTS.items():
        total = sum(machine[column] or 0 for machine in machines)
        connected = sum(machine[column] or 0 for machine in machines if machine["Id"] in online)
        busy = sum(_busy(world, machine["Id"], kind) for machine in machines)
        free = max(connected - busy, 0)
        rows.append({"Type": kind, "Total": total, "Connected": connected, "Available": free})
    return documents.listing(world, call, "MachineRuntimeDto", rows)


@answers("Robots_GetRobotsFromFolderByFolderid")
def robots_from_folder(world: World, call: Call) -> Answer:
    """List the robots of a folder with their users; of a machine alone where one is named."""
    folder = existing(world, "Folders", int(call.arguments["folderId"]))["Id"]
    machine = parameters.number(call, "machineId")
    rows = [
        _with_user(world, robot)
        for robot in matching(world, "Robots", Sql("TRUE"), folder)
        if machine in {None, robot["MachineId"]}
    ]
    return documents.listing(world, call, "RobotsFromFolderModel", rows)


def _runtimes(world: World, call: Call, sessions: list[Row]) -> Answer:
    wanted = (parameters.text(call, "runtimeType") or "").lower()
    rows = [_runtime(world, session) for session in sessions]
    chosen = [row for row in rows if not wanted or str(row["RuntimeType"]).lower() == wanted]
    return documents.listing(world, call, "MachineSessionRuntimeDto", chosen)


def _runtime(world: World, session: Row) -> dict[str, Any]:
    robots = world.store.find("Robots", '"Id" = ?', session["Robot"])
    machines = world.store.find("Machines", '"Id" = ?', session["MachineId"])
    machine: Row = machines[0] if machines else {}
    kind = robots[0]["Type"] if robots else "Unattended"
    modes = singletons.read(world, _MODES) or {}
    return of_row(world, SET, session, "MachineSessionRuntimeDto") | {
        "SessionId": session["Id"],
        "MaintenanceMode": modes.get(str(session["Id"]), "Default"),
        "RuntimeType": kind,
        "MachineType": machine.get("Type") or "Standard",
        "MachineScope": machine.get("Scope") or "Default",
        "Status": session["State"],
        "Runtimes": machine.get(_SLOTS.get(kind, "")) or 1,
        "UsedRuntimes": len(_running(world, session)),
        "ServiceUserName": robots[0]["Username"] if robots else None,
        "TriggersCount": 0,
    }


def _running(world: World, session: Row) -> list[Row]:
    return world.store.find(jobs.SET, '"Robot" = ? AND "State" = \'Running\'', session["Robot"])


def _busy(world: World, machine: int, kind: str) -> int:
    where = '"Machine" = ? AND "RuntimeType" = ? AND "State" = \'Running\''
    return len(world.store.find(jobs.SET, where, machine, kind))


def _with_user(world: World, robot: Row) -> dict[str, Any]:
    users = world.store.find("Users", '"Id" = ?', robot["UserId"])
    user: Row = users[0] if users else {}
    shown = of_row(world, "Robots", robot, "RobotsFromFolderModel") | {"LicenseKey": None}
    named = {"UserType": "Type", "UserEmail": "EmailAddress", "UserFullName": "FullName", "UserKey": "Key"}
    return shown | {name: user.get(column) for name, column in named.items()}


def _names(call: Call, robots: Iterable[Row]) -> Answer:
    found = sorted({row["Username"] for row in robots if row["Username"]})
    return documents.value(call, "Collection(Edm.String)", found)


def _condition(condition: Sql) -> tuple[Any, ...]:
    return (condition.text.replace('t."', '"'), *condition.parameters)
