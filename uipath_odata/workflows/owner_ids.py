"""Ids of the users, machines and robots that are named as owners of values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import attrs

from uipath_odata.entities import Machine, Robot, User
from uipath_odata.errors import NoRow, NotFound
from uipath_odata.operations import EntitySets
from uipath_odata.resources.by_name import entity_named
from uipath_odata.workflows.asset_values import Owner

__all__ = ["OwnerIds", "by_ids", "require"]


@attrs.frozen
class OwnerIds:
    """The Ids of an owner: a user's, perhaps with a machine's, or a robot's."""

    user: int | None = None
    machine: int | None = None
    robot: int | None = None


async def by_ids(sets: EntitySets, owner: Owner) -> OwnerIds:
    """Return an owner's Ids, looked up where there are names; raise NoRow where nobody has a name."""
    return OwnerIds(
        user=None if owner.user is None else await _user(sets, owner.user),
        machine=None if owner.machine is None else await _machine(sets, owner.machine),
        robot=None if owner.robot is None else await _robot(sets, owner.robot),
    )


async def require(sets: EntitySets, ids: OwnerIds) -> None:
    """Raise NoRow where one of the Ids is nobody's."""
    reads: Sequence[tuple[str, int | None, Callable[[int], Awaitable[object]]]] = (
        ("user", ids.user, sets.users.get),
        ("machine", ids.machine, sets.machines.get),
        ("robot", ids.robot, sets.robots.get),
    )
    for kind, key, read in reads:
        if key is not None:
            try:
                await read(key)
            except NotFound:
                raise NoRow(f"no {kind} has the Id {key}: look it up by its name") from None


async def _user(sets: EntitySets, named: int | str) -> int | None:
    if isinstance(named, int):
        return named
    found = await sets.users.filter(User.user_name == named).select(User.id).to_list()
    if len(found) != 1:
        raise NoRow(f"{len(found)} users are named {named!r}: give the Id of the user")
    return found[0].id


async def _robot(sets: EntitySets, named: int | str) -> int | None:
    if isinstance(named, int):
        return named
    return (await entity_named(sets.robots.select(Robot.id, Robot.name), named)).id


async def _machine(sets: EntitySets, named: int | str) -> int | None:
    if isinstance(named, int):
        return named
    return (await entity_named(sets.machines.select(Machine.id, Machine.name), named)).id
