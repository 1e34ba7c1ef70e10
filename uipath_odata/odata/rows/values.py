"""What a property holds, and single values made of what was sent."""

from __future__ import annotations

import binascii
import datetime as dt
import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID, SafeUUID

from uipath_odata.odata.entity import Collection, Entity, Member, Timestamp, Values
from uipath_odata.odata.rows.json_body import int64

__all__ = ["GUID_LENGTH", "SCALARS", "is_entity", "item_of", "to_utc", "type_of"]


def is_entity(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Entity)


@functools.cache
def type_of(member: Member) -> Any:
    kind = typing.get_origin(member.annotation) or member.annotation
    if kind in (Collection, Values):
        return types.GenericAlias(list, member.argument)
    return dt.datetime if kind is Timestamp else member.argument


def item_of(kind: Any) -> Any:
    return typing.get_args(kind)[0] if typing.get_origin(kind) is list else None


def to_utc(moment: dt.datetime) -> dt.datetime:
    # Orchestrator's times are UTC; some builds leave the Z out.
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _moment(text: str) -> dt.datetime:
    return to_utc(dt.datetime.fromisoformat(text))


def _integer(value: Any) -> int:
    number = int64(value)
    if number is None:
        raise TypeError
    return number


def _boolean(value: Any) -> bool:
    # As a text "false" it would be true.
    return value if isinstance(value, bool) else _BOOLEANS[value.lower()]


_BOOLEANS: Final = {"true": True, "false": False}
GUID_LENGTH: Final = 36
_UNKNOWN: Final = SafeUUID.unknown
_new, _from_bytes, _unhexlify = object.__new__, int.from_bytes, binascii.unhexlify
_store_int = vars(UUID)["int"].__set__
_store_is_safe = vars(UUID)["is_safe"].__set__


@functools.lru_cache(maxsize=4096)
def _guid(text: str) -> UUID:
    """Read a GUID; keys of jobs and machines repeat from row to row.

    UUID's own constructor looks at every form of one and takes three times as long.
    """
    if len(text) != GUID_LENGTH or len(digits := text.replace("-", "")) != 32:  # noqa: PLR2004 - 128 bits
        return UUID(text)
    made = _new(UUID)
    _store_int(made, _from_bytes(_unhexlify(digits)))
    _store_is_safe(made, _UNKNOWN)
    return made


SCALARS: Final[Mapping[Any, Callable[[Any], Any]]] = {
    int: _integer,
    bool: _boolean,
    UUID: _guid,
    dt.datetime: _moment,
}
