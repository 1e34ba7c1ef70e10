"""Machines and the sessions on them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import attrs

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of, bound, create
from uipath_odata.emulator.world import Call, World

_SLOTS = (
    "NonProduction",
    "Unattended",
    "Headless",
    "TestAutomation",
    "Hosting",
    "AppTest",
    "PerformanceTest",
)
_USUAL: Mapping[str, SqlValue] = {
    "Type": "Standard",
    "Scope": "Default",
    "AutomationType": "Any",
    "TargetFramework": "Any",
    "EndpointDetectionStatus": "NotAvailable",
    "RobotVersions": "[]",
    **{f"{kind}Slots": 0 for kind in _SLOTS},
}


@answers("Machines_Post")
def add(world: World, call: Call) -> Answer:
    """Add a machine, with the licence key that robots on it connect by; what the body leaves out has its usual value."""
    sent = bound(world, call)
    usual = {name: value for name, value in _USUAL.items() if sent.get(name) is None}
    return create(world, call, {**usual, "LicenseKey": world.guid()})


@answers("Machines_DeleteBulk")
def delete_several(world: World, call: Call) -> Answer:
    """Remove machines; those that do not exist are passed over."""
    machines = [(machine,) for machine in items(body_of(world, call), "machineIds")]
    world.store.connection.executemany('DELETE FROM "Machines" WHERE "Id" = ?', machines)
    world.store.connection.executemany("DELETE FROM _folder_machines WHERE machine = ?", machines)
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Sessions_GetGlobalSessions")
def sessions(world: World, call: Call) -> Answer:
    """List the sessions of all folders."""
    return listing(world, attrs.evolve(call, folder=None))


@answers("Sessions_DeleteInactiveUnattendedSessions")
def delete_inactive_sessions(world: World, call: Call) -> Answer:
    """Remove sessions that are disconnected; those that are not stay."""
    for session in items(body_of(world, call), "sessionIds"):
        row = existing(world, "Sessions", session)
        if row["State"] == "Disconnected":
            world.store.delete(world.schema.sets["Sessions"], session, None)
    return Answer(HTTPStatus.NO_CONTENT)
