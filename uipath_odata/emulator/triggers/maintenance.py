"""Maintenance windows: while one is open, nothing starts by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uipath_odata.emulator.rows import singletons
from uipath_odata.emulator.world import World

_NAME = "Maintenance"
_COUNTERS = ("jobStopsAttempted", "jobKillsAttempted", "triggersSkipped", "systemTriggersSkipped")


def setting(world: World) -> dict[str, Any]:
    """Return the state of the window, what happened in it, and when."""
    none: dict[str, Any] = {"state": "None", "maintenanceLogs": [], **dict.fromkeys(_COUNTERS, 0)}
    return none | (singletons.read(world, _NAME) or {})


def change(world: World, values: Mapping[str, Any]) -> None:
    """Set members of the setting."""
    singletons.write(world, _NAME, setting(world) | dict(values))


def skips_triggers(world: World) -> bool:
    """Whether a trigger that is due starts nothing because of a window, which is counted."""
    found = setting(world)
    if found["state"] == "None":
        return False
    change(world, {"triggersSkipped": found["triggersSkipped"] + 1})
    return True
