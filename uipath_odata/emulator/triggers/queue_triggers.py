"""Queue triggers: how many jobs a queue wants, as Orchestrator's guide has it (Queue triggers)."""

from __future__ import annotations

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import conflict
from uipath_odata.emulator.life import jobs
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.world import World

PERIOD = 30 * 60 * ticks.SECOND
"""How often a queue is looked at besides each time that an item comes."""

_WAITING = '"QueueDefinitionId" = ? AND "Status" = \'New\' AND coalesce("DeferDate" <= ?, TRUE)'


def wanted(world: World, trigger: Row) -> int:
    """Return how many jobs more a trigger starts: one for the items that it waits for, one for each further lot of them.

    Deferred items do not count; jobs that have not ended do, against the most that there may be at a time.
    """
    items = _number(world, "QueueItems", _WAITING, trigger["QueueDefinitionId"], world.now)
    first, lot = trigger["ItemsActivationThreshold"] or 1, trigger["ItemsPerJobActivationTarget"] or 1
    if items < first:
        return 0
    ended = ", ".join(f"'{state}'" for state in sorted(jobs.FINAL))
    under_way = _number(
        world, jobs.SET, f'"StartingScheduleId" = ? AND "State" NOT IN ({ended})', trigger["Id"]
    )
    most = min(trigger["MaxJobsForActivation"] or 1, 1 + (items - first) // lot)
    return max(most - under_way, 0)


def check(world: World, trigger: Row) -> dict[str, SqlValue]:
    """Refuse the trigger of a queue that is not there or has another one; return the queue's name as a column."""
    queue = existing(world, "QueueDefinitions", trigger["QueueDefinitionId"])
    others = world.store.find(
        "ProcessSchedules", '"QueueDefinitionId" = ? AND "Id" IS NOT ?', queue["Id"], trigger.get("Id")
    )
    if others:
        raise conflict(
            f"The queue {queue['Name']} has the trigger {others[0]['Name']}: ScheduleCannotBeAssociatedWithAQueue."
        )
    return {"QueueDefinitionName": queue["Name"]}


def _number(world: World, set_name: str, where: str, *parameters: SqlValue) -> int:
    counted = f'SELECT COUNT(*) FROM "{set_name}" WHERE {where}'  # noqa: S608 - names of the schema
    return int(world.store.rows(counted, parameters)[0][0])
