"""Which entity set is asked for, and which of its rows: names from a command line to a query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs

from uipath_odata.cli.entity_sets import name_of, nearest
from uipath_odata.errors import QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.lists import time_property
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.expr.expression import path, raw_filter
from uipath_odata.odata.instant import Instant

if TYPE_CHECKING:
    from uipath_odata.resources.entity_set import EntitySet

__all__ = ["Selection"]

_PROVING: Final = frozenset({"window", "keyset"})
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@attrs.frozen(kw_only=True)
class Selection:
    """Rows and properties as named on a command line; ``since`` is included and ``until`` is not."""

    filter: str | None = None
    select: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def of(self, entity_set: EntitySet[Any]) -> BoundQuery[Any, Any]:
        """Return the query over a set; one that a plan can prove complete raises rather than ending without proof."""
        query: BoundQuery[Any, Any] = entity_set
        entity = entity_set.__entity__
        if self.filter is not None:
            query = query.filter(raw_filter(self.filter))
        if self.select:
            query = query.select(*(path(_checked(entity, name)) for name in self.select))
        if self.since is not None:
            query = query.filter(_moment(entity, name_of(entity_set)) >= _instant("--since", self.since))
        if self.until is not None:
            query = query.filter(_moment(entity, name_of(entity_set)) < _instant("--until", self.until))
        return query.exact() if query.explain().plan in _PROVING else query

    def __attrs_post_init__(self) -> None:
        if (
            self.since is not None
            and self.until is not None
            and _instant("--since", self.since) >= _instant("--until", self.until)
        ):
            raise QueryError(f"--since {self.since} is not before --until {self.until}: exchange them")


def _checked(entity: type[Entity], name: str) -> str:
    """Refuse a property that is nearly one of the schema's; others may be newer than the schema."""
    first = name.partition("/")[0]
    known = [member.wire for member in properties(entity).values()]
    meant = nearest(first, known)
    if first not in known and meant:
        raise QueryError(f"{entity.__name__} has no property {first}: did you mean {meant}?")
    return name


def _moment(entity: type[Entity], entity_set: str) -> Any:
    if (time := time_property(entity)) is None:
        raise QueryError(f"{entity_set} have no time of their own for --since and --until: use --filter")
    return getattr(entity, time.name)


def _instant(option: str, text: str) -> Instant:
    try:
        return Instant.parse(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text)
    except QueryError:
        raise QueryError(
            f"{option} {text!r} is not a date or a time: write it like 2024-05-14 or 2024-05-14T06:00:00Z"
        ) from None
