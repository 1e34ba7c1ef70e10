"""Time passes: everything that is due happens, each at its own moment and in the order of the moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from uipath_odata.emulator.life import jobs, plans, queue_items, sessions
from uipath_odata.emulator.life.plans import Kind, Plan
from uipath_odata.emulator.triggers import schedules, test_schedules
from uipath_odata.emulator.world import World

_ACTS: Mapping[Kind, Callable[[World, Plan], None]] = MappingProxyType({
    "job": jobs.proceed,
    "queue_item": queue_items.abandon,
    "schedule": schedules.proceed,
    "session": sessions.beat,
    "test_schedule": test_schedules.proceed,
})  # fmt: skip


def advance(world: World) -> None:
    """Let the state be what the clock has brought it to; whoever calls it holds the lock."""
    now = world.now
    while plan := plans.take(world, now):
        with world.at(plan.due or now):
            _ACTS[plan.kind](world, plan)
