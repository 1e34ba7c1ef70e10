"""The demo tenant on another day: everything as far apart as before, so many days later."""

from __future__ import annotations

from uipath_odata.emulator.data import robot_logs, ticks
from uipath_odata.emulator.data.demo.logs import SPAN
from uipath_odata.emulator.data.demo.tenant import DAY
from uipath_odata.emulator.data.store import Store


def days_until(now: int) -> int:
    """Return by how many days the demo tenant moves so that its last eight hours have just passed, in ticks of ``now``."""
    return max((now - DAY - SPAN) // ticks.DAY, 0)


def move(store: Store, days: int) -> None:
    """Move all date-times by whole days, those inside of RawMessage too."""
    later = days * ticks.DAY
    with store.transaction():
        for entity_set in store.schema.sets.values():
            moments = [each.name for each in entity_set.row.properties.values() if each.kind == "instant"]
            changes = ", ".join(f'"{name}" = "{name}" + {later}' for name in moments)
            if changes:
                store.connection.execute(f'UPDATE "{entity_set.name}" SET {changes}')  # noqa: S608 - names of the schema
        before, after = (ticks.text(day)[:11] for day in (DAY, DAY + later))
        raw = f'UPDATE "{robot_logs.NAME}" SET "RawMessage" = replace("RawMessage", ?, ?)'  # noqa: S608 - ours
        store.connection.execute(raw, (before, after))
        store.connection.execute("UPDATE _files SET modified = modified + ?", (later,))
