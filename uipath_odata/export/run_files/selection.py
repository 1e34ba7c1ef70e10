"""Which of an entity set's rows and columns are exported: names and texts to a query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.lists import name_of as list_name
from uipath_odata.export.lists import time_property
from uipath_odata.export.run_files.entity_sets import name_of, nearest
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.expr.expression import path, raw_filter
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query

if TYPE_CHECKING:
    from uipath_odata.resources.entity_set import EntitySet

__all__ = ["Selection", "between", "instant_in", "refuse_no_time_between"]

_PROVING: Final = frozenset({"window", "keyset"})
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


_NAMES: Final = {"Jobs": ("Robot/Name", "Machine/Name")}
"""What is also selected of related entities where nothing is chosen: rows have Ids of them alone."""

_NONE: Final = ("none",)


@attrs.frozen(kw_only=True)
class Selection:
    """Rows and columns by wire name; ``since`` is included and ``until`` is not.

    ``select`` may name a property of a related entity, ``Robot/Name``, and ``expand`` whole related entities. Where
    neither is given, Jobs come with the names of their robot and machine; ``expand=("none",)`` leaves these out.
    """

    filter: str | None = None
    select: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def of(self, entity_set: EntitySet[Any]) -> BoundQuery[Any, Any]:
        """Return the query over a set; one that a plan can prove complete raises rather than ending without proof."""
        query = self._rows(entity_set)
        entity = entity_set.__entity__
        if selected := self.select or (() if self.expand else _NAMES.get(name_of(entity_set), ())):
            query = query.select(*(path(_checked(entity, name)) for name in selected))
        if self.expand and self.expand != _NONE:
            query = query.expand(*(path(_checked(entity, name)) for name in self.expand))
        return _exact_where_provable(query)

    def ids_of(self, query: BoundQuery[Any, Any]) -> BoundQuery[Any, Any]:
        """Return the query for the Ids of the rows of another, and nothing else of them."""
        bare = BoundQuery[Any, Any](query.__source__, Query(query.query.entity))
        return _exact_where_provable(self._rows(bare).select(path("Id")))

    def _rows(self, query: BoundQuery[Any, Any]) -> BoundQuery[Any, Any]:
        if self.filter is not None:
            query = query.filter(raw_filter(self.filter))
        since, until = self._interval
        return between(query, since, until)

    @property
    def _interval(self) -> tuple[Instant | None, Instant | None]:
        since = None if self.since is None else instant_in("since", self.since)
        return since, None if self.until is None else instant_in("until", self.until)

    def __attrs_post_init__(self) -> None:
        refuse_no_time_between(*self._interval)


def _exact_where_provable(query: BoundQuery[Any, Any]) -> BoundQuery[Any, Any]:
    return query.exact() if query.explain().plan in _PROVING else query


def _checked(entity: type[Entity], name: str) -> str:
    """Refuse a property that is nearly one of the schema's; others may be newer than the schema."""
    first = name.partition("/")[0]
    known = [member.wire for member in properties(entity).values()]
    meant = nearest(first, known)
    if first not in known and meant:
        raise QueryError(f"{entity.__name__} has no property {first}: did you mean {meant}?")
    return name


def between(
    query: BoundQuery[Any, Any], since: Instant | None, until: Instant | None
) -> BoundQuery[Any, Any]:
    """Return the query for rows from ``since`` on and before ``until``, by the time at which rows came to be."""
    if since is None and until is None:
        return query
    entity: Any = query.query.entity
    if (time := time_property(entity)) is None:
        raise QueryError(f"{list_name(query)} have no time of their own for since= and until=: use filter=")
    moment = getattr(entity, time.name)
    if since is not None:
        query = query.filter(moment >= since)
    return query if until is None else query.filter(moment < until)


def instant_in(option: str, text: str) -> Instant:
    """Read a date, which begins at midnight UTC, or a date-time; raise QueryError that names the option."""
    try:
        return Instant.parse(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text)
    except (QueryError, TypeError):
        raise QueryError(
            f"{option}={text!r} is not a date or a time: write it like 2024-05-14 or 2024-05-14T06:00:00Z"
        ) from None


def refuse_no_time_between(since: Instant | None, until: Instant | None) -> None:
    """Raise QueryError where nothing lies between."""
    if since is not None and until is not None and since >= until:
        raise QueryError(f"since={since} is not before until={until}: exchange them")
