"""Pages of RobotLogs, which have no key: by time, and by the place among those of one millisecond."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from uipath_odata.entities import RobotLog
from uipath_odata.errors import QueryError, WindowError

from .conftest import World, client


def stamp(millisecond, tick=0):
    second, rest = divmod(millisecond, 1_000)
    return f"2024-01-01T00:{second // 60:02d}:{second % 60:02d}.{rest:03d}{tick:04d}Z"


def logs(milliseconds):
    return [
        {"Id": 0, "TimeStamp": stamp(each, number % 3), "Message": str(number)}
        for number, each in enumerate(milliseconds)
    ]


def messages(page):
    return [row.message for row in page.rows]


@pytest.fixture
def many(world):
    world.rows = logs(range(200))
    return world


async def test_the_newest_rows_are_one_request_and_so_is_each_page_after_it(many, scope):
    query = scope.robot_logs
    first = await query.page(size=50)
    assert messages(first) == [str(number) for number in range(199, 149, -1)]
    assert (first.previous, first.total, first.stable) == (None, None, True)
    second = await query.page(size=50, after=first.next)
    assert messages(second) == [str(number) for number in range(149, 99, -1)]
    assert [sorted(asked) for asked in many.asked] == [
        ["$orderby", "$top"],
        ["$filter", "$orderby", "$top"],
    ]
    assert many.asked[1]["$filter"] == "TimeStamp le 2024-01-01T00:00:00.1509999Z"


async def test_a_server_that_does_not_bound_is_found_out_and_pages_are_counted_off(many, scope):
    first = await scope.robot_logs.page(size=50)
    many.ignores_bounds = True
    second = await scope.robot_logs.page(size=50, after=first.next)
    assert messages(second) == [str(number) for number in range(149, 99, -1)]
    assert not second.stable
    third = await scope.robot_logs.page(size=50, after=second.next)
    assert messages(third) == [str(number) for number in range(99, 49, -1)]
    assert messages(await scope.robot_logs.page(size=50, after=third.previous)) == messages(second)
    assert not (await scope.robot_logs.page(size=50)).stable


async def test_a_bound_that_answers_nothing_is_not_believed(many, scope):
    first = await scope.robot_logs.page(size=50)
    many.answers_nothing_to = " le "
    assert messages(await scope.robot_logs.page(size=50, after=first.next))[0] == "149"


async def test_where_the_bound_is_known_not_to_work_it_is_not_asked(many):
    scope = client(many, upper_bound=False)
    first = await scope.robot_logs.page(size=50)
    assert not first.stable
    await scope.robot_logs.page(size=50, after=first.next)
    assert "$filter" not in many.asked[1]


async def test_beyond_the_window_there_is_advice(world):
    world.rows = logs(range(40))
    scope = client(world, upper_bound=False, window=30)
    page = await scope.robot_logs.page(size=15)
    page = await scope.robot_logs.page(size=15, after=page.next)
    assert len(page.rows) == 15
    with pytest.raises(WindowError, match="narrow the filter"):
        await scope.robot_logs.page(size=15, after=page.next)


async def test_the_total_is_asked_of_the_function_that_is_not_capped(many, scope):
    page = await scope.robot_logs.page(size=5, total=True)
    assert page.total == 200
    assert "$count" not in many.asked[0]


async def test_logs_in_another_order_are_counted_off(many, scope):
    page = await scope.robot_logs.order_by(RobotLog.host_machine_name).page(size=5)
    assert not page.stable


async def test_the_time_is_selected_for_the_cursor_and_left_out_of_rows(many, scope):
    page = await scope.robot_logs.select(RobotLog.message).dicts().page(size=2)
    assert [row["Message"] for row in page.rows] == ["199", "198"]
    assert not any("TimeStamp" in row for row in page.rows)
    assert "TimeStamp" in many.asked[0]["$select"]


async def test_a_cursor_of_another_kind_is_refused(many, scope):
    first = await scope.robot_logs.page(size=5)
    with pytest.raises(QueryError, match="another query, folder or tenant"):
        await scope.robot_logs.filter(RobotLog.message == "x").page(size=5, after=first.next)


def grown(chance, world, newest):
    """Let logs come, for a while."""
    for _ in range(chance.randrange(3) if len(world.rows) < 120 else 0):
        newest += chance.randrange(1, 3)
        for _ in range(chance.choice([1, 1, 4])):
            number = f"n{newest}-{len(world.rows)}-{chance.random()}"
            world.rows.append({"Id": 0, "TimeStamp": stamp(newest), "Message": number})
    return newest


@pytest.mark.parametrize("oldest_first", [False, True])
async def test_no_log_that_stays_is_missed_or_comes_twice(oldest_first):
    for seed in range(20):
        chance = Random(seed)
        world = World()
        times = sorted(chance.choices(range(25), k=chance.choice([0, 1, 20, 80])))
        world.rows = logs(times)
        world.largest = chance.choice([1_000, 7])
        staying = {row["Message"] for row in world.rows}
        query = client(world).robot_logs
        if oldest_first:
            query = query.order_by(RobotLog.time_stamp)
        size = chance.randrange(1, 12)
        page, newest = await query.page(size), 1_000
        pages = [page]
        while page.next:
            newest = grown(chance, world, newest)
            page = await query.page(size, page.next)
            assert page.stable
            pages.append(page)
        forward = list(itertools.chain.from_iterable(map(messages, pages)))
        assert len(set(forward)) == len(forward)
        assert staying <= set(forward)
        pages = [page]
        while page.previous:
            newest = grown(chance, world, newest)
            page = await query.page(size, page.previous)
            pages.append(page)
        back = list(itertools.chain.from_iterable(map(messages, reversed(pages))))
        assert len(set(back)) == len(back)
        assert staying <= set(back)
        assert [each for each in back if each in forward] == forward
