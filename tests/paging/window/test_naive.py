"""How people read RobotLogs, in the same worlds: each way loses or repeats rows."""

from __future__ import annotations

import json
from collections import Counter

import attrs
import pytest


def ask(server, size, *, after=None, comparison="gt", skip=0):
    options = {"$orderby": "TimeStamp asc", "$top": str(min(size, server.window - skip))}
    if after is not None:
        options["$filter"] = f"TimeStamp {comparison} {after}"
    if skip:
        options["$skip"] = str(skip)
    return server.answer(options).rows


def by_skip(server, size):
    given = []
    while len(given) < server.window and (rows := ask(server, size, skip=len(given))):
        given += rows
    return given


def from_the_last_row_until_a_short_page(server, size):
    given = rows = ask(server, size)
    while len(rows) == size:
        rows = ask(server, size, after=rows[-1]["TimeStamp"])
        given = given + rows
    return given


def from_the_last_row_until_an_empty_page(server, size):
    given = rows = ask(server, size)
    while rows:
        rows = ask(server, size, after=rows[-1]["TimeStamp"])
        given = given + rows
        if len(given) > 3 * len(server.rows) + size:
            break
    return given


def from_the_last_row_on_without_rows_seen(server, size):
    given, seen, rows = [], set(), ask(server, size)
    while new := [row for row in rows if json.dumps(row) not in seen]:
        seen |= {json.dumps(row) for row in new}
        given += new
        rows = ask(server, size, after=rows[-1]["TimeStamp"], comparison="ge")
    return given


def _group(row, held_back_by):
    return row["TimeStamp"] if held_back_by == "instant" else row["TimeStamp"].removesuffix("Z")[:23]


def windows_that_hold_back(server, size, held_back_by):
    """The whole window by ``$skip``, all but its last group, and on from the last row given."""
    given, after = [], None
    while True:
        rows, page = [], True
        while page and len(rows) < server.window:
            page = ask(server, size, after=after, skip=len(rows))
            rows += page
        if not page:
            return given + rows
        kept = [row for row in rows if _group(row, held_back_by) != _group(rows[-1], held_back_by)]
        if not kept:
            return given
        given += kept
        after = kept[-1]["TimeStamp"]


def windows_that_hold_back_an_instant(server, size):
    return windows_that_hold_back(server, size, "instant")


def windows_that_hold_back_a_millisecond(server, size):
    return windows_that_hold_back(server, size, "millisecond")


@pytest.mark.parametrize(
    "method",
    [
        by_skip,
        from_the_last_row_until_a_short_page,
        from_the_last_row_until_an_empty_page,
        from_the_last_row_on_without_rows_seen,
        windows_that_hold_back_an_instant,
        windows_that_hold_back_a_millisecond,
    ],
)
def test_a_naive_method_loses_rows(make_world, method):
    wrong = lost = 0
    for seed in range(150):
        world = attrs.evolve(make_world(seed), lo=None, hi=None, options={}, late=[])
        given = method(world.serve(seed), world.page_size)
        got, due = (Counter(json.dumps(row) for row in rows) for rows in (given, world.rows))
        lost += sum((due - got).values())
        wrong += got != due
    assert wrong > 20
    assert lost > 150
