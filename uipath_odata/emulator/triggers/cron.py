"""Cron expressions as Quartz has them, which Orchestrator's schedules are written in.

Six fields from the second on, and a year that may be left out; ``?`` stands in the day of the month or of the week, and days
of the week are 1 (Sunday) to 7. Quartz's CronTrigger tutorial describes them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import islice

import attrs
from cronsim import CronSim, CronSimError

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = 6
_MOST_TRIES = 50_000


@attrs.frozen
class Cron:
    """An expression; ``fields`` are the six of it that ``cronsim`` reads, ``years`` the years in which it applies."""

    fields: str
    years: frozenset[int] | None
    shift: int = 0

    @classmethod
    def parse(cls, text: str, *, created_second: int = 0) -> Cron:
        """Read an expression; ValueError says what is wrong.

        One that recurs within the hour at second 0 runs at the second of its creation (Orchestrator's guide, Time triggers).
        """
        fields = text.upper().split()
        if not _FIELDS <= len(fields) <= _FIELDS + 1:
            raise ValueError(f"{text!r} has {len(fields)} fields and not 6, or 7 with a year")
        if fields[3] != "?" and fields[5] != "?":
            raise ValueError(f"{text!r} names both a day of the month and a day of the week: one must be ?")
        recurs = fields[0] == "0" and re.search(r"[*/]", fields[1]) is not None
        years = None if len(fields) == _FIELDS or fields[6] == "*" else _years(fields[6])
        fields[5] = ",".join(_day_of_week(part) for part in fields[5].split(","))
        read = " ".join("*" if field == "?" else field for field in fields[:_FIELDS])
        try:
            CronSim(read, datetime(2000, 1, 1))  # noqa: DTZ001 - only to check it
        except CronSimError as error:
            raise ValueError(f"{text!r} cannot be read: {error}") from error
        return cls(read, years, created_second if recurs else 0)

    def after(self, moment: datetime) -> datetime | None:
        """Return the first time after a moment, in the zone of the moment; None where there is none."""
        shift = timedelta(seconds=self.shift)
        try:
            for found in islice(CronSim(self.fields, moment - shift), _MOST_TRIES):
                if self.years is None or found.year in self.years:
                    return found + shift
                if found.year > max(self.years):
                    return None
        except CronSimError:
            return None
        return None


def _day_of_week(part: str) -> str:
    """Count days from 0: ``6L`` (the last Friday) is ``5L``, ``6#3`` is ``5#3``, ``FRIL`` too."""
    if part == "L":
        return str(len(_DAYS) - 1)
    for number, name in enumerate(_DAYS):
        part = re.sub(name, str(number + 1), part)
    base, slash, step = part.partition("/")
    return re.sub(r"\d+(?!\d)", _one_less, base, count=2 if "#" not in base else 1) + slash + step


def _one_less(match: re.Match[str]) -> str:
    if not 1 <= int(match[0]) <= len(_DAYS):
        raise ValueError(f"{match[0]} is not a day of the week, which are 1 (Sunday) to 7")
    return str(int(match[0]) - 1)


def _years(text: str) -> frozenset[int]:
    years = set[int]()
    for part in text.split(","):
        match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?(?:/(\d+))?", part)
        if match is None:
            raise ValueError(f"{part!r} is not a year")
        last = int(match[2] or (2099 if match[3] else match[1]))
        years.update(range(int(match[1]), last + 1, int(match[3] or 1)))
    return frozenset(years)
