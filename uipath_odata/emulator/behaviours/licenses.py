"""Licences: of users, of runtimes on machines, and units that are used up."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, conflict, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, singletons
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_DISABLED, _CONSUMED = "DisabledLicenses", "ConsumedLicenses"
_SLOTS = {
    "unattended": "UnattendedSlots",
    "nonproduction": "NonProductionSlots",
    "headless": "HeadlessSlots",
    "testautomation": "TestAutomationSlots",
}


@answers("LicensesNamedUser_GetLicensesNamedUserByRobottype")
def named_users(world: World, call: Call) -> Answer:
    """List the users of robots of a type, each with the machines of these robots."""
    robots = world.store.find("Robots", '"Type" = ? COLLATE NOCASE', call.arguments["robotType"])
    names = sorted({row["Username"] for row in robots if row["Username"]})
    rows = [_named_user(world, name, [row for row in robots if row["Username"] == name]) for name in names]
    return documents.listing(world, call, "LicenseNamedUserDto", rows)


@answers("LicensesRuntime_GetLicensesRuntimeByRobottype")
def runtimes(world: World, call: Call) -> Answer:
    """List the machines that have runtimes of a type."""
    kind = call.arguments["robotType"]
    column = _SLOTS.get(kind.lower())
    rows = [
        _runtime(world, machine, kind, machine[column])
        for machine in world.store.find("Machines", 'TRUE ORDER BY "Id"')
        if column is not None and machine[column]
    ]
    return documents.listing(world, call, "LicenseRuntimeDto", rows)


@answers("LicensesRuntime_ToggleEnabledByKey")
def toggle(world: World, call: Call) -> Answer:
    """Switch the licences of a machine on or off; 409 to switch off one with running jobs."""
    sent = body_of(world, call)
    machines = world.store.find("Machines", '"Key" = ? COLLATE NOCASE', call.arguments["key"])
    if not machines:
        raise not_found(f"The machine {call.arguments['key']}")
    if not sent.get("enabled") and _executing(world, machines[0], sent["robotType"]):
        raise conflict(f"The machine {machines[0]['Name']} runs jobs: CannotDisableBusyMachine.")
    disabled = singletons.read(world, _DISABLED) or {}
    entry = f"{machines[0]['Key']} {str(sent['robotType']).lower()}"
    singletons.write(world, _DISABLED, {**disabled, entry: not sent.get("enabled")})
    return Answer()


@answers("Licensing_Acquire")
def acquire(world: World, call: Call) -> Answer:
    """Use up units of a type; there are as many as one likes."""
    return _consumed(world, call, 1)


@answers("Licensing_Release")
def release(world: World, call: Call) -> Answer:
    """Release units that were acquired under the same reference; 409 for more than those."""
    return _consumed(world, call, -1)


@answers("Stats_GetConsumptionLicenseStats")
def consumption(world: World, _: Call) -> Answer:
    """Return how many units of each type are used today."""
    used = dict[str, int]()
    for entry, count in (singletons.read(world, _CONSUMED) or {}).items():
        kind = entry.partition(" ")[0]
        used[kind] = used.get(kind, 0) + count
    rows = [
        {"type": kind, "used": count, "total": count, "timestamp": _today(world)}
        for kind, count in sorted(used.items())
    ]
    return Answer(body=rows)


@answers("Stats_GetLicenseStats")
def used_today(world: World, _: Call) -> Answer:
    """Return how many licences of each type the licence says are used today."""
    used: dict[str, int] = (singletons.read(world, "License") or {}).get("Used") or {}
    known = world.schema.types["LicenseStatsModel"].properties["robottype"].members
    rows = [
        {"robotType": kind, "count": count, "timestamp": _today(world)}
        for kind, count in used.items()
        if kind in known
    ]
    return Answer(body=rows)


def _named_user(world: World, name: str, robots: list[Row]) -> dict[str, Any]:
    active = [row for row in robots if _session(world, "Robot", row["Id"])]
    users = world.store.find("Users", '"Id" = ?', robots[0]["UserId"])
    last = users[0]["LastLoginTime"] if users else None
    machines = sorted({row["MachineName"] for row in robots if row["MachineName"]})
    return {
        "Key": name,
        "UserName": name,
        "LastLoginDate": None if last is None else ticks.text(last),
        "MachinesCount": len(machines),
        "IsLicensed": bool(active),
        "IsExternalLicensed": bool(robots[0]["IsExternalLicensed"]),
        "ActiveRobotId": active[0]["Id"] if active else None,
        "MachineNames": machines,
        "ActiveMachineNames": sorted({row["MachineName"] for row in active if row["MachineName"]}),
    }


def _runtime(world: World, machine: Row, kind: str, slots: int) -> dict[str, Any]:
    disabled = (singletons.read(world, _DISABLED) or {}).get(f"{machine['Key']} {kind.lower()}", False)
    online = _session(world, "MachineId", machine["Id"])
    return {
        "Key": machine["Key"],
        "MachineId": machine["Id"],
        "MachineName": machine["Name"],
        "HostMachineName": machine["Name"],
        "ServiceUserName": None,
        "MachineType": machine["Type"] or "Standard",
        "Runtimes": slots,
        "RobotsCount": len(world.store.find("Robots", '"MachineId" = ?', machine["Id"])),
        "ExecutingCount": _executing(world, machine, kind),
        "IsOnline": online,
        "IsLicensed": online and not disabled,
        "Enabled": not disabled,
        "MachineScope": machine["Scope"] or "Default",
    }


def _executing(world: World, machine: Row, kind: str) -> int:
    where = '"Machine" = ? AND "RuntimeType" = ? COLLATE NOCASE AND "State" = \'Running\''
    return len(world.store.find("Jobs", where, machine["Id"], kind))


def _session(world: World, column: str, value: int) -> bool:
    return bool(
        world.store.find("Sessions", f"\"{column}\" = ? AND \"State\" IN ('Available', 'Busy')", value)
    )


def _consumed(world: World, call: Call, sign: int) -> Answer:
    sent = body_of(world, call)
    kind, count = sent.get("type"), sent.get("count")
    if not kind or not count or count < 0:
        raise Refusal("The type and a count above 0 are required.", INVALID_ARGUMENT)
    entry = f"{kind} {sent.get('reference') or ''}"
    consumed = singletons.read(world, _CONSUMED) or {}
    left = consumed.get(entry, 0) + sign * count
    if left < 0:
        message = f"{consumed.get(entry, 0)} units of {kind} are acquired, and not {count}."
        reply = {"isSuccess": False, "errorCode": "InvalidRequest", "errorMessage": message}
        return Answer(HTTPStatus.CONFLICT, reply)
    singletons.write(world, _CONSUMED, {**consumed, entry: left})
    return Answer(body={"isSuccess": True, "errorCode": None, "errorMessage": None})


def _today(world: World) -> str:
    return ticks.text(world.now // ticks.DAY * ticks.DAY)
