"""What a property holds, and which Python values may be compared with it."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import math
from decimal import Decimal
from typing import Any, Final, Literal, get_args, get_origin
from uuid import UUID

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.plain import plain

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DURATION",
    "GUID",
    "INSTANT",
    "INTEGER",
    "NUMBER",
    "STRING",
    "TIME",
    "Kind",
    "kind_of",
]


@attrs.frozen(eq=False)
class Kind:
    """One Edm type: its name, the Python types it accepts, and an example of a right value."""

    name: str
    accepts: tuple[type, ...]
    example: str
    members: tuple[str, ...] = ()
    ordered: bool = True

    def check(self, value: Any, where: object) -> Any:
        """Return the value as it is rendered, or raise a QueryError that names the right form.

        ``where`` names the property in the message.
        """
        value = plain(value)
        if isinstance(value, dt.datetime) and dt.datetime in self.accepts:
            return Instant.from_datetime(value)
        if not self._is_accepted(value):
            raise QueryError(
                f"{where} is {self.name} and takes no {type(value).__name__}: write {self.example}"
            )
        if self.members and value not in self.members:
            raise QueryError(f"{where} has no member {value!r}: {self._nearest(value)}")
        return _sayable(value, where)

    def _is_accepted(self, value: Any) -> bool:
        if isinstance(value, bool):
            return bool in self.accepts
        if isinstance(value, dt.datetime):
            return False
        return isinstance(value, self.accepts)

    def _nearest(self, value: Any) -> str:
        near = difflib.get_close_matches(str(value), self.members, n=1, cutoff=0.5)
        found = f"did you mean {near[0]!r}?" if near else f"the schema has {', '.join(self.members[:12])}."
        return f"{found} A member newer than the schema goes through path(…)"


def _sayable(value: Any, where: object) -> Any:
    if value.is_nan() if isinstance(value, Decimal) else isinstance(value, float) and math.isnan(value):
        raise QueryError(f"{where} is compared with NaN, which equals nothing: leave the comparison out")
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        raise QueryError(f"{where} is compared with {value}, which is not an Edm.Int64: use a smaller number")
    if isinstance(value, dt.time) and value.tzinfo is not None:
        raise QueryError(
            f"{where} is Edm.TimeOfDay, which has no time zone: give the UTC time without tzinfo"
        )
    return value


STRING: Final = Kind("Edm.String", (str,), "a str")
BOOLEAN: Final = Kind("Edm.Boolean", (bool,), "True or False", ordered=False)
INTEGER: Final = Kind("Edm.Int64", (int,), "an int")
NUMBER: Final = Kind("Edm.Decimal", (int, float, Decimal), "an int, float or Decimal")
GUID: Final = Kind("Edm.Guid", (UUID,), 'a uuid.UUID, such as UUID("e49c0012-ee01-45e4-884c-0ce1f2aa6fbb")')
INSTANT: Final = Kind(
    "Edm.DateTimeOffset", (dt.datetime, Instant), 'an aware datetime or Instant.parse("2024-01-31T12:00:00Z")'
)
DATE: Final = Kind("Edm.Date", (dt.date,), "a datetime.date")
TIME: Final = Kind("Edm.TimeOfDay", (dt.time,), "a datetime.time")
DURATION: Final = Kind("Edm.Duration", (dt.timedelta,), "a datetime.timedelta")
ANY: Final = Kind(
    "untyped",
    (str, bool, int, float, Decimal, UUID, dt.datetime, Instant, dt.date, dt.time, dt.timedelta),
    "a str, int, float, Decimal, bool, UUID, date, time, timedelta, aware datetime or Instant",
)

_KINDS: Final = {str: STRING, bool: BOOLEAN, int: INTEGER, float: NUMBER, UUID: GUID, dt.datetime: INSTANT}


@functools.cache
def kind_of(annotation: Any, *, ordered: bool = False) -> Kind:
    """Find the kind of an entity's attribute from its Python type; a Literal is an enum."""
    if get_origin(annotation) is Literal:
        members = get_args(annotation)
        return Kind("an enum", (str,), f"one of its members, such as {members[0]!r}", members, ordered)
    return _KINDS.get(annotation, ANY)
