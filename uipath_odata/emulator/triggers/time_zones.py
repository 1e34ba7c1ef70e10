"""Time zones by the names that Windows has for them, which are the only ones that Orchestrator takes."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Refusal


def zone(name: str) -> ZoneInfo:
    """Return the zone with a Windows name, in whatever case; refuse any other name, those of IANA included."""
    return ZoneInfo(iana(name))


def iana(name: str) -> str:
    """Return the IANA name of a zone with a Windows name; the table is that of Unicode's CLDR."""
    known = _by_lower_case().get(name.lower())
    if known is None:
        raise Refusal(f"{name} is not a valid windows time zone id: InvalidTimeZoneId.", INVALID_ARGUMENT)
    return win_tz[known]


def names() -> list[str]:
    """Return the Windows names of all zones."""
    return sorted(win_tz)


@cache
def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in win_tz}
