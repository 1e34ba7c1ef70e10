"""Cron expressions, held against the examples of Quartz's own tutorial."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from uipath_odata.emulator.triggers.cron import Cron

# https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html, Examples.
TUTORIAL = {
    "0 0 12 * * ?": ["2026-01-01 12:00", "2026-01-02 12:00"],
    "0 15 10 ? * *": ["2026-01-01 10:15", "2026-01-02 10:15"],
    "0 15 10 * * ? *": ["2026-01-01 10:15", "2026-01-02 10:15"],
    "0 15 10 * * ? 2028": ["2028-01-01 10:15", "2028-01-02 10:15"],
    "0 * 14 * * ?": ["2026-01-01 14:00", "2026-01-01 14:01"],
    "0 0/5 14,18 * * ?": ["2026-01-01 14:00", "2026-01-01 14:05"],
    "0 0-5 14 * * ?": ["2026-01-01 14:00", "2026-01-01 14:01"],
    "0 10,44 14 ? 3 WED": ["2026-03-04 14:10", "2026-03-04 14:44"],
    "0 15 10 ? * MON-FRI": ["2026-01-01 10:15", "2026-01-02 10:15", "2026-01-05 10:15"],
    "0 15 10 15 * ?": ["2026-01-15 10:15", "2026-02-15 10:15"],
    "0 15 10 L * ?": ["2026-01-31 10:15", "2026-02-28 10:15"],
    "0 15 10 ? * 6L": ["2026-01-30 10:15", "2026-02-27 10:15"],
    "0 15 10 ? * 6L 2026-2027": ["2026-01-30 10:15", "2026-02-27 10:15"],
    "0 15 10 ? * 6#3": ["2026-01-16 10:15", "2026-02-20 10:15"],
    "0 0 12 1/5 * ?": ["2026-01-01 12:00", "2026-01-06 12:00"],
    "0 11 11 11 11 ?": ["2026-11-11 11:11", "2027-11-11 11:11"],
    # What Orchestrator's own pages write.
    "0 0 0 ? 1/5 SUN *": ["2026-01-04 00:00", "2026-01-11 00:00"],
    "0 0 9 ? * 1 *": ["2026-01-04 09:00"],
    "0 0 9 LW * ?": ["2026-01-30 09:00"],
    "0 0 9 ? * L": ["2026-01-03 09:00"],
    "0 0 9 ? * frIL": ["2026-01-30 09:00"],
}


@pytest.mark.parametrize(("text", "expected"), TUTORIAL.items())
def test_an_expression_means_what_quartz_says(text, expected):
    cron, moment, found = Cron.parse(text), datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), []
    for _ in expected:
        moment = cron.after(moment)
        found.append(f"{moment:%Y-%m-%d %H:%M}")
    assert found == expected


@pytest.mark.parametrize(
    "text",
    ["", "* * * * *", "0 0 25 * * ?", "0 0 9 * * MON", "0 0 9 ? * 8", "0 0 9 ? * 0", "0 0 9 32 * ?", "0 0 9 * * ? then", "x y z ? a b"],
)  # fmt: skip
def test_what_quartz_refuses_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Cron.parse(text)


@pytest.mark.parametrize("text", ["0 0 12 * * ? 2020", "0 0 0 30 2 ?"])
def test_what_will_never_run_has_no_next_time(text):
    try:
        cron = Cron.parse(text)
    except ValueError:
        return
    assert cron.after(datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_a_schedule_within_the_hour_keeps_the_second_of_its_creation():
    """The two examples of Orchestrator's guide, Time triggers."""
    created = datetime(2026, 1, 1, 12, 23, 34, tzinfo=UTC)
    assert f"{Cron.parse('0 * * ? * *', created_second=34).after(created):%H:%M:%S}" == "12:24:34"
    assert f"{Cron.parse('1 * * ? * *', created_second=34).after(created):%H:%M:%S}" == "12:24:01"


def test_times_are_those_of_the_zone_in_summer_and_winter():
    cron, berlin = Cron.parse("0 0 9 * * ?"), ZoneInfo("Europe/Berlin")
    before = cron.after(datetime(2026, 3, 28, 12, tzinfo=berlin).replace(hour=0))
    after = cron.after(before.replace(day=29, hour=12))
    assert [each.astimezone(UTC).hour for each in (before, after)] == [8, 7]
