"""Entity sets by the names that the API gives them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from uipath_odata.errors import QueryError
from uipath_odata.operations import EntitySets
from uipath_odata.resources.entity_set import EntitySet

__all__ = ["all_sets", "entity_set", "name_of", "nearest"]


def entity_set(sets: EntitySets, name: str) -> EntitySet[Any]:
    """Return the set of this name, such as RobotLogs; raises QueryError that suggests the right one."""
    meant = nearest(name, _attributes())
    found: EntitySet[Any] | None = getattr(sets, meant) if meant else None
    if not isinstance(found, EntitySet):
        raise QueryError(
            f"There is no entity set {name}: use the API's names, such as RobotLogs, Jobs or QueueItems"
        )
    if name_of(found) != name:
        raise QueryError(f"There is no entity set {name}: did you mean {name_of(found)}?")
    return found


def all_sets(sets: EntitySets) -> Iterator[EntitySet[Any]]:
    """Yield the sets that can be listed."""
    for name in _attributes():
        found: EntitySet[Any] | None = getattr(sets, name)
        if isinstance(found, EntitySet):
            yield found


def _attributes() -> list[str]:
    return [name for name, member in vars(EntitySets).items() if isinstance(member, cached_property)]


def name_of(entity_set: EntitySet[Any]) -> str:
    """Return the name of a set in the API, which is that of its class."""
    return type(entity_set).__name__


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the name that was meant: spelt in another case or with underscores, or nearly so."""
    plain = {_plain(each): each for each in known}
    found = difflib.get_close_matches(_plain(name), plain, n=1)
    return plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()
