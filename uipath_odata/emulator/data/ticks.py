"""Moments as .NET ticks: 100 ns since 0001-01-01T00:00:00Z, the precision that Orchestrator stores and shows."""

from __future__ import annotations

import re
from datetime import date, time
from functools import lru_cache

SECOND = 10_000_000
MILLISECOND = 10_000
DAY = 86_400 * SECOND
LAST = 3_652_059 * DAY - 1
"""9999-12-31T23:59:59.9999999Z, ``DateTimeOffset.MaxValue``."""

_EPOCH = (date(1970, 1, 1).toordinal() - 1) * DAY
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?(?:Z|([+-])(\d\d):(\d\d))", re.IGNORECASE
)
_DURATION = re.compile(
    r"([+-])?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,12}))?S)?)?", re.IGNORECASE
)


def parse(text: str) -> int:
    """Read an ISO 8601 date-time with ``Z`` or an offset; digits beyond the seventh are cut. ValueError for anything else."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError("not a date-time with an offset")
    day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    ticks = parse_date(day) + _of_day(int(hour), int(minute), int(second or 0), fraction)
    if sign:
        ticks -= (1 if sign == "+" else -1) * (int(hours) * 3600 + int(minutes) * 60) * SECOND
    if not 0 <= ticks <= LAST:
        raise ValueError("outside the years 0001 to 9999")
    return ticks


@lru_cache(maxsize=1024)
def parse_date(text: str) -> int:
    """Read ``2024-05-14`` as the ticks of its midnight."""
    return (date.fromisoformat(text).toordinal() - 1) * DAY


def parse_time_of_day(text: str) -> int:
    """Read ``13:55:18.25`` as ticks since midnight."""
    hour, minute, *rest = text.split(":")
    second, _, fraction = (rest[0] if rest else "0").partition(".")
    return _of_day(int(hour), int(minute), int(second), fraction)


def parse_duration(text: str) -> int:
    """Read ``P1DT2H`` as ticks; years and months have no length in OData and are refused."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("not a day-time duration")
    sign, days, hours, minutes, seconds, fraction = match.groups()
    whole = int(days or 0) * 86_400 + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return (-1 if sign == "-" else 1) * (whole * SECOND + _fraction(fraction))


def text(ticks: int) -> str:
    """Write ticks as Orchestrator does: UTC, trailing zeros of the fraction dropped, ``Z``."""
    days, rest = divmod(ticks, DAY)
    seconds, fraction = divmod(rest, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    shown = f".{fraction:07d}".rstrip("0") if fraction else ""
    return f"{_day_text(days)}T{hour:02d}:{minute:02d}:{second:02d}{shown}Z"


def last() -> int:
    """Return the last moment there is."""
    return LAST


def from_epoch(seconds: float) -> int:
    """Turn the seconds of a clock such as ``time.time`` into ticks."""
    return _EPOCH + int(seconds * SECOND)


def to_epoch(ticks: int) -> float:
    """Turn ticks into seconds since 1970."""
    return (ticks - _EPOCH) / SECOND


def day_of(ticks: int) -> date:
    """Return the calendar day of ticks."""
    return date.fromordinal(ticks // DAY + 1)


@lru_cache(maxsize=1024)
def _day_text(days: int) -> str:
    return str(date.fromordinal(days + 1))


def _of_day(hour: int, minute: int, second: int, fraction: str | None) -> int:
    checked = time(hour, minute, second)
    return (checked.hour * 3600 + checked.minute * 60 + checked.second) * SECOND + _fraction(fraction)


def _fraction(digits: str | None) -> int:
    return int((digits or "0")[:7].ljust(7, "0"))
