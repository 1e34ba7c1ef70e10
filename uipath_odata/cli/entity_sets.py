"""Entity sets by the names that the API gives them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from uipath_odata.errors import QueryError
from uipath_odata.operations import EntitySets

if TYPE_CHECKING:
    from uipath_odata.entity_set import EntitySet

__all__ = ["entity_set", "nearest"]


def entity_set(sets: EntitySets, name: str) -> EntitySet[Any]:
    """Give the set of this name, such as RobotLogs; raises QueryError that suggests the right one."""
    attributes = [
        attribute for attribute, member in vars(EntitySets).items() if isinstance(member, cached_property)
    ]
    meant = nearest(name, attributes)
    if meant is None:
        raise QueryError(
            f"There is no entity set {name}: use the API's names, such as RobotLogs, Jobs or QueueItems"
        )
    found: EntitySet[Any] = getattr(sets, meant)
    if found.name != name:
        raise QueryError(f"There is no entity set {name}: did you mean {found.name}?")
    return found


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the name that was meant: spelt in another case or with underscores, or nearly so."""
    plain = {_plain(each): each for each in known}
    found = difflib.get_close_matches(_plain(name), plain, n=1)
    return plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()
