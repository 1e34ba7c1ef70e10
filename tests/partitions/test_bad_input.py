"""What a planning refuses, and says what to do instead, before it asks anything."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from uipath_odata import Query
from uipath_odata.entities import RobotLog
from uipath_odata.errors import QueryError, ResponseError
from uipath_odata.partitions import Connection, partitions, partitions_of

from .conftest import planned_of


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sets": "Robotlogs"}, "did you mean RobotLogs"),
        ({"sets": "Nonsense42"}, "no entity set Nonsense42"),
        ({"sets": []}, "no set is named"),
        ({"sets": None}, "no set is named"),
        ({"sets": ["Jobs", 5]}, "no set is named"),
        ({"filter": RobotLog.level == "Error"}, "give partitions_of"),
        ({"target_rows": 0}, "target_rows=0"),
        ({"target_rows": 1.5}, "target_rows=1.5"),
        ({"lanes": 0}, "lanes=0"),
        ({"since": "2024-05-02", "until": "2024-05-01"}, "exchange them"),
        ({"since": "2024-05-01T06:00:00"}, "add one, for example 2024-05-01T06:00:00Z"),
        ({"since": "yesterday"}, "since='yesterday' is not a date"),
        ({"until": dt.datetime(2024, 5, 1)}, "zone"),  # noqa: DTZ001
        ({"select": ["Mesage"]}, "did you mean Message"),
        ({"filter": "Message eq 'a"}, "match its quotes"),
        ({"filter": " "}, "is empty"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(emulator, acme, options, said):
    with pytest.raises(QueryError, match=said):
        partitions(acme, options.pop("sets", "RobotLogs"), **options)
    assert emulator.requests.total() == 0


def test_a_filter_by_an_unknown_property_is_the_servers_error(emulator, acme):
    with pytest.raises(ResponseError, match="Mesage"):
        partitions(acme, "RobotLogs", filter="Mesage eq 'a'")


def test_a_list_that_is_named_twice_is_refused(emulator):
    with pytest.raises(QueryError, match="named twice"):
        planned_of(emulator, lambda orchestrator: [orchestrator.robots, orchestrator.robots])


def test_an_option_that_there_is_not_is_refused_with_the_right_one(emulator):
    with pytest.raises(
        TypeError, match="a plan of partitions has no option target_row: did you mean target_rows"
    ):
        planned_of(emulator, lambda orchestrator: [orchestrator.robots], target_row=5)
    with pytest.raises(TypeError, match="has no option x: it takes lanes, since, target_rows, until"):
        partitions("env", "Robots", x=5)


def test_two_tenants_in_one_list_are_refused(emulator):
    async def plan():
        async with emulator.client() as one, emulator.client() as other:
            return await partitions_of(one, [one.robot_logs, other.robots])

    with pytest.raises(QueryError, match="of another client"):
        asyncio.run(plan())
    assert emulator.requests.total() == 0


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        (lambda orchestrator: [], "nothing was named"),
        (lambda orchestrator: Query(RobotLog), "not a query of a client"),
        (lambda orchestrator: orchestrator.robots.get_robots_for_process(process_id="x"), "is a function"),
        (lambda orchestrator: orchestrator.entity_set("HttpTriggers"), "no entity set HttpTriggers"),
    ],
)
def test_what_another_process_could_not_ask_is_refused(emulator, queries, said):
    with pytest.raises(QueryError, match=said):
        planned_of(emulator, queries)
    assert emulator.requests.total() == 0


def test_a_connection_of_another_kind_is_refused():
    for text in ("", "prod", "env:", "env:A-B", "module.function", "a.b:c.d", "https://x", None, 5):
        with pytest.raises(QueryError, match="is not known"):
            Connection(text)
