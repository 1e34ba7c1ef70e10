"""A tie group split under a filter that is nearly as long as Orchestrator lets it be."""

from __future__ import annotations

import random
import re

import pytest

from uipath_odata import Query
from uipath_odata.entities import RobotLog
from uipath_odata.errors import BadRequest, NotProven
from uipath_odata.odata.url import query_string
from uipath_odata.paging.limits import Limits
from uipath_odata.paging.plan import Page
from uipath_odata.paging.planner import choose

MOMENT = "2024-03-01T10:00:00.5Z"
COMPARED = re.compile(r" (?:eq|ne|gt|lt|ge|le) ")


def log(**values):
    return {"TimeStamp": MOMENT, "JobKey": None, "Message": "same", "Level": "Info", **values}


LATER = log(RobotName="C", MachineId=3, ProcessName="R") | {"TimeStamp": "2024-03-01T10:00:01Z"}


@pytest.fixture
def read(robot_logs_server):
    """Scan logs under a filter; return them and the requests' options."""

    def run(rows, query, **limits):
        users = query.query_string and query.options["$filter"]
        server = robot_logs_server(rows=[*rows, LATER], chance=random.Random(0), window=49, precision=10_000)
        plan = choose(query, Limits(page_cap=10, window=49, **limits), refused=set(), workers=1)
        given, asked = [], []
        while (fetch := plan.next_fetch()) is not None:
            asked.append(fetch.options)
            own = (
                fetch.options.get("$filter", "")
                .replace(f"({users})", "")
                .replace(users, "")
                .removeprefix(" and ")
            )
            try:
                page = server.answer({**fetch.options, "$filter": own}, total=fetch.total)
            except BadRequest:
                page = Page([], refused=True)
            plan.on_page(fetch, page)
            given += plan.next_rows() or []
        return given[:-1], asked

    return run


def compared(count):
    return Query(RobotLog).filter(*(RobotLog.message != f"never {number}" for number in range(count)))


CUBE = [
    log(RobotName=robot, MachineId=machine, ProcessName=process)
    for robot in "AB"
    for machine in (1, 2)
    for process in "PQ"
    for _ in range(9)
]


@pytest.mark.parametrize("comparisons", [90, 93])
def test_splits_and_the_users_filter_are_a_hundred_comparisons_at_most(read, comparisons):
    given, asked = read(CUBE, compared(comparisons))
    assert len(given) == len(CUBE)
    used = [len(COMPARED.findall(options["$filter"])) for options in asked]
    assert max(used) == comparisons + 7
    assert max(used) <= 100


@pytest.mark.parametrize("comparisons", [95, 98])
def test_where_there_is_no_room_to_split_further_the_error_says_so(read, comparisons):
    asked = []
    with pytest.raises(NotProven, match="leaves no room to split them further"):
        _, asked = read(CUBE, compared(comparisons))
    assert asked == []


def test_long_names_do_not_make_a_url_that_is_refused(read):
    """R62."""
    rows = [log(RobotName=f"{letter}{'ä' * 200}", MachineId=1, ProcessName="P") for letter in "AB"] * 9
    given, asked = read(rows, compared(1), url_room=4_000)
    assert len(given) == len(rows)
    assert max(len(query_string(options)) for options in asked) <= 4_000
    with pytest.raises(NotProven, match="no room"):
        read(rows, compared(1), url_room=2_000)
