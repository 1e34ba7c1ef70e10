"""Alerts: raised by processes, read by people."""

from __future__ import annotations

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SET = "Alerts"
_UNREAD = "\"State\" IS NOT 'Read'"


@answers("Alerts_RaiseProcessAlert")
def raise_alert(world: World, call: Call) -> Answer:
    """Raise an alert in the name of a process."""
    sent = body_of(world, call)["processAlert"]
    alert = {
        "Id": world.guid(),
        "NotificationName": "Process.ProcessNotificationGeneric",
        "Component": "Process",
        "Severity": sent.get("Severity") or "Info",
        "State": "Unread",
        "CreationTime": ticks.text(world.now),
        "Data": orjson.dumps({name: sent[name] for name in ("Message", "ProcessName", "RobotName")}).decode(),
    }
    world.store.insert(_SET, [alert])
    return Answer()


@answers("Alerts_GetUnreadCount")
def unread(world: World, call: Call) -> Answer:
    """Count the alerts that nobody has read."""
    return documents.value(call, "Edm.Int64", len(world.store.find(_SET, _UNREAD)))


@answers("Alerts_MarkAsRead")
def mark_as_read(world: World, call: Call) -> Answer:
    """Mark alerts as read and count those that are left."""
    for alert in body_of(world, call)["ids"]:
        world.store.connection.execute(
            'UPDATE "Alerts" SET "State" = \'Read\' WHERE "Id" = ?', (alert.lower(),)
        )
    return unread(world, call)
