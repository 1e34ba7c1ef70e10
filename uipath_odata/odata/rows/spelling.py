"""Whether a caller's own words in a write are spelt as the schema spells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from uipath_odata.errors import QueryError, UnknownProperty
from uipath_odata.odata.entity import Entity, Member, Timestamp, properties
from uipath_odata.odata.expr.edm_types import kind_of
from uipath_odata.odata.instant import Instant

__all__ = ["check_names", "check_value"]


def check_names(entity: type[Entity], members: Mapping[str, Member], names: Iterable[str]) -> None:
    """Raise UnknownProperty for a key that is a property's name in another case, or its attribute's.

    Any other name may be newer than the schema.
    """
    for name in names:
        meant = members.get(name) or properties(entity).get(name)
        if meant is not None and meant.wire != name:
            raise UnknownProperty(f"{entity.__name__} has no property {name!r}: did you mean {meant.wire!r}?")


def check_value(member: Member, value: Any, *, strict: bool = False) -> None:
    """Raise QueryError for a time without a zone, and for an enum's member in another case.

    With ``strict``, also for a member that the schema does not have.
    """
    if member.annotation is Timestamp:
        _check_moment(member, value)
    elif isinstance(value, str) and (known := kind_of(member.argument).members):
        alike = [each for each in known if each.lower() == value.lower()]
        if value in known or not (alike or strict):
            return
        advice = f"did you mean {alike[0]!r}?" if alike else f"the schema has {', '.join(known[:12])}."
        newer = "" if alike else " A newer one goes through a dict with wire names"
        raise QueryError(f"{_place(member)} has no member {value!r}: {advice}{newer}")


def _check_moment(member: Member, value: Any) -> None:
    if isinstance(value, str):
        if not Instant.has_zone(value):
            raise QueryError(
                f"{_place(member)} takes a time with its zone, not {value!r}: write it like 2019-10-14T13:55:18Z,"
                " or give an aware datetime"
            )
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        raise QueryError(
            f"{_place(member)} takes a time, not the day {value}: give an aware datetime or Instant"
        )


def _place(member: Member) -> str:
    return f"{member.owner.__name__}.{member.name}"
