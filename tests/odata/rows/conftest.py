"""Rows of jobs with one wrong value."""

from __future__ import annotations

import pytest


@pytest.fixture(
    params=[
        ((), "Id", ("Job", "Id")),
        ((), "EndTime", ("Job", "EndTime")),
        (("Robot",), "Id", ("SimpleRobot", "Id")),
        (("Release", "CurrentVersion"), "Id", ("ReleaseVersion", "Id")),
    ],
    ids=lambda case: ".".join(case[2]),
)
def spoil(request):
    """Put a wrong value into a job as sent; return the entity and the property that the error must name."""
    place, name, where = request.param

    def spoil(row):
        for step in place:
            row = row[step]
        row[name] = "x"
        return where

    return spoil
