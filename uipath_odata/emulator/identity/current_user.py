"""Whom the requests come from: the first active user, whose user key the emulator's identity server takes."""

from __future__ import annotations

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.world import World


def row(world: World) -> Row | None:
    """Return the row of the user; None in a tenant without users."""
    found = world.store.find("Users", '"IsActive" IS NOT 0 ORDER BY "Id" LIMIT 1')
    return found[0] if found else None
