"""Rows of RobotLogs as a server stores them."""

from __future__ import annotations

import datetime as dt

FIRST = dt.datetime(2024, 5, 14, 6, 0, tzinfo=dt.UTC)


def log(number):
    """Three rows share a millisecond, and differ in the seventh digit; a whole number is missing in some."""
    at = FIRST + dt.timedelta(milliseconds=100 * (number // 3))
    return {
        "TimeStamp": f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"000{number % 3 + 1}Z",
        "Level": "Info" if number % 10 else "Error",
        "Message": f"row {number}",
        "RobotName": f"Robot{number % 7}",
        "MachineId": None if number % 4 == 0 else number,
    }
