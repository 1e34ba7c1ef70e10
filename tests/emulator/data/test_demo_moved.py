from __future__ import annotations

from datetime import datetime

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.data import ticks


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-30T14:00:00+00:00", "2026-11-30"),
        ("2026-11-30T13:59:59+00:00", "2026-11-29"),
        ("2024-03-01T00:00:00+00:00", "2024-05-14"),
    ],
)
def test_the_demo_tenant_lies_in_the_last_hours_that_have_passed(now, day):
    moment = datetime.fromisoformat(now).timestamp()
    with Emulator(near_now=True, clock=lambda: moment) as moved, Emulator() as fixed:
        first, last = moved.sql('SELECT min("TimeStamp"), max("TimeStamp") FROM RobotLogs')[0]
        assert ticks.text(first).startswith(f"{day}T06:")
        assert day == "2024-05-14" or last <= moved._world.now
        later = first - fixed.sql('SELECT min("TimeStamp") FROM RobotLogs')[0][0]
        assert later % ticks.DAY == 0
        for column in ('Jobs."CreationTime"', 'Sessions."ReportingTime"', 'RobotLogs."TimeStamp"'):
            query = f"SELECT {{}} FROM {column.partition('.')[0]} ORDER BY rowid LIMIT 3000"
            assert moved.sql(query.format(column)) == fixed.sql(query.format(f"{column} + {later}"))


def test_what_a_raw_message_says_is_when_it_was_written():
    with Emulator(near_now=True, clock=lambda: 1_796_000_000.0) as emulator:
        rows = emulator.sql(
            "SELECT \"TimeStamp\", json_extract(RawMessage, '$.timeStamp') FROM RobotLogs LIMIT 500"
        )
        assert all(f"{ticks.text(moment)[:-1]}+00:00" == text for moment, text in rows)
