"""Check that a write spells names and enum members as the schema does."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Final

from uipath_odata.errors import QueryError, UnknownProperty
from uipath_odata.odata.entity import Collection, Entity, Member, Timestamp, Values, by_wire, properties
from uipath_odata.odata.expr.edm_types import kind_of
from uipath_odata.odata.instant import Instant

__all__ = ["check_names", "check_value", "is_slip"]

_SINGLE: Final[tuple[type, ...]] = (str, int, float, Mapping)
_SHORTEST: Final = 4
"""Of shorter words another letter makes another word: Url, Uri."""
_COUNTING: Final = frozenset("s0123456789")
"""What tells names of the schema from each other (RobotId, RobotIds); of its 951 no others differ by one slip."""


def check_names(entity: type[Entity], members: Mapping[str, Member], names: Iterable[str]) -> None:
    """Raise UnknownProperty for a key that is a property's name in another case or with one slip, or its attribute's.

    Any other name may be newer than the schema.
    """
    for name in names:
        meant = members.get(name) or properties(entity).get(name) or _slipped(entity, name)
        if meant is not None and meant.wire != name:
            raise UnknownProperty(
                f"{entity.__name__} has no property {name!r}: did you mean {meant.wire!r}?"
                " A newer one goes through entity.extra"
            )


def check_value(member: Member, value: Any, *, strict: bool = False) -> None:
    """Raise QueryError for a time without a zone, one value where a list is due, and a misspelt member of an enum.

    With ``strict``, also for a member that the schema does not have.
    """
    if member.annotation is Timestamp:
        _check_moment(member, value)
    elif typing.get_origin(member.annotation) in (Collection, Values):
        given = type(value).__name__
        if isinstance(value, _SINGLE):
            raise QueryError(f"{_place(member)} takes a list, not one {given}: put it in [ ]")
    elif isinstance(value, str) and (known := kind_of(member.argument).members):
        _check_member(member, value, known, strict=strict)


def _check_member(member: Member, value: str, known: tuple[str, ...], *, strict: bool) -> None:
    alike = [each for each in known if each.lower() == value.lower() or is_slip(each, value, length=True)]
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
    elif isinstance(value, int | float):
        raise QueryError(f"{_place(member)} takes a time, not {value!r}: give an aware datetime or Instant")
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        raise QueryError(
            f"{_place(member)} takes a time, not the day {value}: give an aware datetime or Instant"
        )


def _slipped(entity: type[Entity], name: str) -> Member | None:
    known = by_wire(entity)
    if not isinstance(name, str) or name in known:  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
        return None
    return next((known[wire] for wire in known if is_slip(wire, name)), None)


def is_slip(word: str, written: str, *, length: bool = False) -> bool:
    """Tell whether one letter was changed, added or left out, or two were exchanged; with ``length``, of words as long."""
    word, written = word.lower(), written.lower()
    if min(len(word), len(written)) < _SHORTEST or abs(len(word) - len(written)) > (not length):
        return False
    while word and written and word[0] == written[0]:
        word, written = word[1:], written[1:]
    while word and written and word[-1] == written[-1]:
        word, written = word[:-1], written[:-1]
    if {*word, *written} & _COUNTING:
        return False
    return (len(word) < 2 and len(written) < 2) or (len(word) == 2 and word == written[::-1])  # noqa: PLR2004 - letters


def _place(member: Member) -> str:
    return f"{member.owner.__name__}.{member.name}"
