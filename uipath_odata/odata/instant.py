"""A point in time, exact to the 100 ns that Orchestrator stores."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, cast, overload

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.plain import plain

__all__ = ["TICKS_PER_SECOND", "Instant", "instant_text"]

TICKS_PER_SECOND: Final = 10_000_000
_EPOCH: Final = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_FIRST: Final = _EPOCH.replace(tzinfo=None)
_END: Final = dt.date.max.toordinal() * 86_400 * TICKS_PER_SECOND
# OData ABNF, dateTimeOffsetValue: no 24:00 and, as in .NET, no leap second; a text without offset is UTC.
_TEXT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,7}))?)?"
    r"(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))?",
    re.ASCII | re.IGNORECASE,
)


def _in_range(instance: Instant, attribute: object, ticks: int) -> None:
    del instance, attribute
    if type(ticks) is not int:
        raise QueryError(
            f"{ticks!r} is not a number of ticks: give an int, or use Instant.parse or from_datetime"
        )
    if not 0 <= ticks < _END:
        raise QueryError(f"{ticks} ticks lie outside the years 0001 to 9999: use an instant within them")


@attrs.frozen(eq=False, repr=False)
class Instant:
    """A UTC instant as 100 ns ticks since 0001-01-01T00:00:00Z; accepted wherever a datetime is.

    It is compared with, and subtracted from, other instants and aware datetimes; a difference is a timedelta, cut
    towards zero to whole microseconds. Raises QueryError for a naive datetime.
    """

    ticks: int = attrs.field(validator=_in_range)

    @classmethod
    def parse(cls, text: str) -> Instant:
        """Read an Edm.DateTimeOffset with 0 to 7 decimals, without losing one; no offset means UTC.

        Raises QueryError for any other text.
        """
        match = _TEXT.fullmatch(text) if isinstance(cast("object", text), str) else None
        if match is None:
            raise QueryError(f"{text!r} is not a date-time: write it like 2019-10-14T13:55:18.2473626Z")
        year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
        try:
            days = dt.date(int(year), int(month), int(day)).toordinal() - 1
        except ValueError:
            raise QueryError(f"{text!r} names a day that does not exist: correct its date") from None
        seconds = (days * 24 + int(hour)) * 3600 + int(minute) * 60 + int(second or 0)
        if sign:
            seconds -= int(sign + "1") * (int(hours) * 3600 + int(minutes) * 60)
        return cls(seconds * TICKS_PER_SECOND + int((fraction or "").ljust(7, "0")))

    @staticmethod
    def has_zone(text: str) -> bool:
        """Return whether a text is a date-time that says its offset from UTC."""
        match = _TEXT.fullmatch(text)
        return match is not None and (text[-1] in "Zz" or match[8] is not None)

    @classmethod
    def from_datetime(cls, moment: dt.datetime) -> Instant:
        """Take over an aware datetime; a naive one is a QueryError, because its zone is anyone's guess."""
        moment = plain(moment)
        offset = moment.utcoffset()
        if offset is None:
            raise QueryError(f"{moment!r} has no time zone: add one, for example tzinfo=datetime.UTC")
        # By its fields, because subclasses of datetime may not reach back to year 1.
        clock = (moment.hour * 60 + moment.minute) * 60 + moment.second
        seconds = (moment.toordinal() - 1) * 86_400 + clock
        # What datetime has no field for: pandas keeps nanoseconds, so that its times of an export stay exact.
        below = moment.microsecond * 10 + getattr(moment, "nanosecond", 0) // 100
        return cls(seconds * TICKS_PER_SECOND + below - _ticks(offset))

    def to_datetime(self) -> dt.datetime:
        """Return the same instant as an aware UTC datetime, cut (not rounded) to microseconds."""
        return _EPOCH + dt.timedelta(microseconds=self.ticks // 10)

    def __add__(self, duration: dt.timedelta) -> Instant:
        return self._shifted(duration, 1)

    def __radd__(self, duration: dt.timedelta) -> Instant:
        return self._shifted(duration, 1)

    @overload
    def __sub__(self, other: dt.timedelta) -> Instant: ...
    @overload
    def __sub__(self, other: Instant | dt.datetime) -> dt.timedelta: ...
    def __sub__(self, other: dt.timedelta | Instant | dt.datetime) -> Instant | dt.timedelta:
        if isinstance(other, dt.timedelta):
            return self._shifted(other, -1)
        moment = _moment(other)
        return cast("dt.timedelta", NotImplemented) if moment is None else _span(self.ticks - moment)

    def __rsub__(self, other: dt.datetime) -> dt.timedelta:
        moment = _moment(other)
        return cast("dt.timedelta", NotImplemented) if moment is None else _span(moment - self.ticks)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, dt.datetime) and other.utcoffset() is None:
            # As an aware datetime is unequal to each naive one.
            return False
        moment = _moment(other)
        return NotImplemented if moment is None else self.ticks == moment

    def __hash__(self) -> int:
        # The same as that of the datetimes that are equal to it.
        return hash(self.to_datetime())

    def __lt__(self, other: Instant | dt.datetime) -> bool:
        moment = _moment(other)
        return NotImplemented if moment is None else self.ticks < moment

    def __le__(self, other: Instant | dt.datetime) -> bool:
        moment = _moment(other)
        return NotImplemented if moment is None else self.ticks <= moment

    def __gt__(self, other: Instant | dt.datetime) -> bool:
        moment = _moment(other)
        return NotImplemented if moment is None else self.ticks > moment

    def __ge__(self, other: Instant | dt.datetime) -> bool:
        moment = _moment(other)
        return NotImplemented if moment is None else self.ticks >= moment

    def _shifted(self, duration: object, sign: int) -> Instant:
        if isinstance(duration, dt.timedelta):
            return Instant(self.ticks + sign * _ticks(duration))
        return cast("Instant", NotImplemented)

    def __str__(self) -> str:
        seconds, fraction = divmod(self.ticks, TICKS_PER_SECOND)
        decimals = f".{fraction:07d}".rstrip("0") if fraction else ""
        return f"{(_FIRST + dt.timedelta(0, seconds)).isoformat()}{decimals}Z"

    def __repr__(self) -> str:
        return f"Instant.parse({str(self)!r})"


def instant_text(moment: dt.datetime) -> str:
    """Return the text of an aware datetime as an instant; of one in UTC without a detour, which takes four times as long."""
    if moment.__class__ is not dt.datetime or moment.tzinfo is not dt.UTC:
        return str(Instant.from_datetime(moment))
    text = moment.isoformat()[: -len("+00:00")]
    return f"{text.rstrip('0') if moment.microsecond else text}Z"


def _moment(value: object) -> int | None:
    """Return the ticks of what stands for a point in time, None for anything else."""
    if isinstance(value, dt.datetime):
        value = Instant.from_datetime(value)
    return value.ticks if isinstance(value, Instant) else None


def _span(ticks: int) -> dt.timedelta:
    return dt.timedelta(microseconds=abs(ticks) // 10) * (-1 if ticks < 0 else 1)


def _ticks(duration: dt.timedelta) -> int:
    return (duration.days * 86_400 + duration.seconds) * TICKS_PER_SECOND + duration.microseconds * 10
