"""What is due when: one plan for each thing that moves by itself, kept with the rows so that snapshots have it, too."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import attrs
import orjson

from uipath_odata.emulator.world import World

Kind: TypeAlias = Literal["job", "queue_item", "schedule", "session", "test_schedule"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_EARLIEST = "due <= ? ORDER BY due, key LIMIT 1"


@attrs.frozen
class Plan:
    """One thing by its kind and Id, the moment at which something happens to it, and what that is."""

    kind: Kind
    key: int
    due: int
    detail: dict[str, Any]


def add(world: World, kind: Kind, key: int, due: int, detail: Mapping[str, Any] = _NOTHING) -> None:
    """Plan what happens next to a thing, in the place of what was planned for it."""
    text = orjson.dumps(dict(detail)).decode()
    world.store.connection.execute(
        "INSERT OR REPLACE INTO _plans VALUES (?, ?, ?, ?)", (kind, key, due, text)
    )


def hasten(world: World, kind: Kind, key: int) -> None:
    """Let what is planned for a thing happen now."""
    world.store.connection.execute(
        "UPDATE _plans SET due = min(due, ?) WHERE kind = ? AND key = ?", (world.now, kind, key)
    )


def forget(world: World, kind: Kind, key: int) -> None:
    """Let nothing happen to a thing by itself."""
    world.store.connection.execute("DELETE FROM _plans WHERE kind = ? AND key = ?", (kind, key))


def take(world: World, now: int) -> Plan | None:
    """Return the earliest plan that is due and forget it; None where nothing is due."""
    found = world.store.find("_plans", _EARLIEST, now)
    if not found:
        return None
    plan = Plan(found[0]["kind"], found[0]["key"], found[0]["due"], orjson.loads(found[0]["detail"]))
    forget(world, plan.kind, plan.key)
    return plan


def next_due(world: World) -> int | None:
    """Return the moment of the earliest plan; heartbeats tell nobody anything and do not count."""
    ((due,),) = world.store.rows("SELECT min(due) FROM _plans WHERE kind IS NOT 'session'")
    return due if due is None else int(due)
