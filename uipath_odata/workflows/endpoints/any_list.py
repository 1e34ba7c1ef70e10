"""A list by its name in the API, also one that no schema has."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from uipath_odata.calls.operation import Operation
from uipath_odata.errors import QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.execution.list_source import ListSource
from uipath_odata.execution.row_form import DICTS
from uipath_odata.odata.entity import Entity, entity
from uipath_odata.odata.query import Query
from uipath_odata.operations import EntitySets
from uipath_odata.resources.entity_set import EntitySet

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel

__all__ = ["AnyRow", "any_list", "known_list"]

_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@entity
class AnyRow(Entity):
    """A row whose properties no schema has: ``path("Name")`` names one in a query."""


def any_list(channel: TenantChannel, name: str) -> BoundQuery[Any, dict[str, Any]]:
    """Return the query over a list, its rows as dicts; one that the schema has is read as that is."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
        raise QueryError(
            f"{name!r} is not the name of a list: give one such as HttpTriggers, or use request(…)"
        )
    known = known_list(channel, name)
    if known is not None:
        return known.dicts()
    operation = Operation(f"{name}.list", "GET", f"/odata/{name}", repeatable=True, rate_class=f"{name}.list")
    return BoundQuery(ListSource(channel=channel, operation=operation), Query(AnyRow), DICTS)


def known_list(channel: TenantChannel, name: str) -> EntitySet[Any] | None:
    """Return the list of this name that the schema has, in any case, as servers take it; None where it has none."""
    sets = EntitySets(channel)
    for attribute, member in vars(EntitySets).items():
        if isinstance(member, cached_property) and attribute.replace("_", "") == name.casefold():
            found: EntitySet[Any] | None = getattr(sets, attribute)
            return found if isinstance(found, EntitySet) else None
    return None
