"""What a tenant has one of: a calendar, a licence, a list of switches. Kept as JSON by name."""

from __future__ import annotations

from typing import Any

import orjson

from uipath_odata.emulator.world import World


def read(world: World, name: str) -> dict[str, Any] | None:
    """Return the object with this name; None where there is none."""
    rows = world.store.rows("SELECT value FROM _singletons WHERE name = ?", (name,))
    return orjson.loads(rows[0][0]) if rows else None


def write(world: World, name: str, value: dict[str, Any]) -> None:
    """Keep an object under a name, in the place of the one before."""
    text = orjson.dumps(value).decode()
    world.store.connection.execute("INSERT OR REPLACE INTO _singletons VALUES (?, ?)", (name, text))
