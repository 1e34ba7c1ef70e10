"""Calendars of days on which nothing runs."""

from __future__ import annotations

from uipath_odata.emulator.behaviours.tenant_settings import time_zone
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.writes import body_of, create
from uipath_odata.emulator.world import Call, World


@answers("Calendars_Post")
def add(world: World, call: Call) -> Answer:
    """Add a calendar; its time zone is the tenant's, whatever was sent, as the API guide says."""
    return create(world, call, {"TimeZoneId": time_zone(world)})


@answers("Calendars_CalendarExists")
def exists(world: World, call: Call) -> Answer:
    """Say whether there is a calendar of this name."""
    name = body_of(world, call)["calendarName"]
    found = world.store.find("Calendars", '"Name" = ? COLLATE NOCASE', name)
    return documents.value(call, "Edm.Boolean", bool(found))
