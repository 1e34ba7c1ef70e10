"""What is planned of which list: its bounds, its parts, its lanes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from uuid import UUID

import pytest

from uipath_odata import Instant, Settings
from uipath_odata.emulator import Emulator
from uipath_odata.entities import Job, RobotLog
from uipath_odata.errors import NotProven
from uipath_odata.partitions import Connection, Scan, check, in_lanes, partitions, read_table

from ..robot_logs import FIRST, log
from .conftest import planned_of


def read_all(planned):
    receipts = []
    tables = [read_table(each, receive=receipts.append) for each in planned]
    return [row for table in tables for row in table.to_pylist()], receipts


def job(number):
    return {"Id": 3 * number, "State": ("Successful", "Faulted")[number % 2], "Info": f"job {number}"}


@pytest.fixture
def jobs(emulator, monkeypatch):
    emulator.insert("Folders", [{"Id": 36885, "DisplayName": "Shared", "FullyQualifiedName": "Shared"}])
    emulator.insert("Jobs", map(job, range(1, 901)), folder=36885)
    monkeypatch.setenv("ACME_FOLDER_PATH", "Shared")


# Bounds

OPERATORS = ["gt", "ge", "lt", "le", "eq"]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("edge", [-1, 0, 1])
def test_bounds_of_time_give_what_the_server_itself_would_give(emulator, acme, operator, edge):
    """To the 100 ns: the filter's bound becomes the interval of the partitions."""
    at = Instant.from_datetime(FIRST + dt.timedelta(seconds=60)).ticks + 2 + edge
    compare = {"gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__", "eq": "__eq__"}[operator]
    truth = [
        text
        for ticks, text in emulator.sql("select TimeStamp, Message from RobotLogs")
        if getattr(ticks, compare)(at)
    ]
    planned = partitions(acme, "RobotLogs", filter=f"TimeStamp {operator} {Instant(at)}", target_rows=700)
    rows, receipts = read_all(planned)
    assert Counter(row["Message"] for row in rows) == Counter(truth)
    assert check(planned, receipts) == len(truth)
    assert not any("TimeStamp" in text for each in planned for text in each.query.get("filter", ()))


def test_since_is_included_and_until_is_not(emulator, acme):
    since, until = FIRST + dt.timedelta(seconds=10), FIRST + dt.timedelta(seconds=20)
    rows, _ = read_all(partitions(acme, "RobotLogs", since=since, until=until, target_rows=100))
    assert len(rows) == 300
    assert {row["TimeStamp"] for row in rows} <= {
        since + dt.timedelta(milliseconds=100 * n) for n in range(100)
    }


def test_since_and_until_of_other_lists_are_when_rows_came_to_be(emulator, acme):
    emulator.insert(
        "Robots",
        [{"Id": n, "Name": f"R{n}", "CreationTime": f"2024-05-{n:02d}T00:00:00Z"} for n in range(1, 20)],
    )
    rows, _ = read_all(
        partitions(acme, "Robots", since="2024-05-05", until=dt.datetime(2024, 5, 9, tzinfo=dt.UTC))
    )
    assert sorted(row["Id"] for row in rows) == [5, 6, 7, 8]


def test_logs_end_before_what_robots_may_still_send(emulator, acme):
    now = dt.datetime.now(dt.UTC)
    stamps = [now - dt.timedelta(minutes=10), now - dt.timedelta(minutes=1)]
    emulator.insert(
        "RobotLogs", [{"TimeStamp": f"{at:%Y-%m-%dT%H:%M:%S}Z", "Message": "new"} for at in stamps]
    )
    rows, _ = read_all(partitions(acme, "RobotLogs", since="2025-01-01", until=now + dt.timedelta(days=1)))
    assert len(rows) == 1


def test_an_interval_in_which_nothing_can_lie_asks_nothing(emulator, acme):
    planned = partitions(
        acme, "RobotLogs", filter="TimeStamp gt 2024-05-14T07:00:00Z and TimeStamp lt 2024-05-14T06:00:00Z"
    )
    before = emulator.requests.total()
    rows, receipts = read_all(planned)
    assert not rows
    assert check(planned, receipts) == 0
    assert emulator.requests.total() == before


def test_an_empty_list_is_one_partition_without_rows(emulator, acme):
    emulator.sql("delete from RobotLogs")
    for name in ("RobotLogs", "Machines"):
        planned = partitions(acme, name, target_rows=10)
        rows, receipts = read_all(planned)
        assert (len(planned), rows, check(planned, receipts)) == (1, [], 0)


# Filters, lists of values, orders


@pytest.mark.parametrize(
    "text",
    [
        "Level eq 'Error'",
        "Level ge '4'",
        "RobotName eq 'Robot3' and contains(Message,'7')",
        "RobotName in ('Robot1','Robot5') or not (Message ne 'row 7')",
        "startswith(Message,'row 1') and TimeStamp ge 2024-05-14T06:01:00.0000002Z",
    ],
)
def test_a_filter_gives_what_one_reading_gives(emulator, acme, text):
    async def whole():
        from uipath_odata import raw_filter  # noqa: PLC0415

        async with emulator.client() as orchestrator:
            return [
                row["Message"]
                for row in await orchestrator.robot_logs.filter(raw_filter(text)).dicts().to_list()
            ]

    rows, _ = read_all(partitions(acme, "RobotLogs", filter=text, target_rows=150))
    assert Counter(row["Message"] for row in rows) == Counter(asyncio.run(whole()))
    assert rows


def test_a_long_list_of_values_is_cut_into_disjoint_parts(emulator, acme, jobs):
    wanted = range(3, 1_000, 6)
    planned = planned_of(
        emulator,
        lambda orchestrator: orchestrator.folder("Shared").jobs.filter(Job.id.in_(wanted)),
        target_rows=30,
    )
    assert len({each.part for each in planned}) > 2
    assert all(each.exact for each in planned)
    rows, receipts = read_all(planned)
    assert sorted(row["Id"] for row in rows) == [*wanted]
    assert check(planned, receipts) == len(wanted)


def test_parts_between_which_rows_can_move_are_read_as_one_and_prove_nothing(emulator, acme):
    emulator.insert("Robots", ({"Id": n, "Name": f"R{n}", "Username": f"u{n}"} for n in range(1, 200)))
    names = [f"R{n}" for n in range(1, 150)]
    from uipath_odata.entities import Robot  # noqa: PLC0415

    [partition] = planned_of(
        emulator, lambda orchestrator: orchestrator.robots.filter(Robot.name.in_(names)), target_rows=20
    )
    rows, receipts = read_all([partition])
    assert len(rows) == 149
    assert (partition.exact, receipts[0].proven, receipts[0].guarantee) == (False, False, "best effort")


def test_a_list_in_an_order_of_its_own_is_one_partition_and_best_effort(emulator, acme, jobs):
    [partition] = planned_of(
        emulator,
        lambda orchestrator: orchestrator.folder("Shared").jobs.order_by(Job.info.desc()).top(20),
        target_rows=5,
    )
    rows, receipts = read_all([partition])
    infos = [row["Info"] for row in rows]
    assert infos == sorted(infos, reverse=True)
    assert receipts[0].guarantee == "best effort"
    with pytest.raises(NotProven, match="not proven complete"):
        check([partition], receipts)


def test_a_server_that_refuses_in_is_planned_and_read_by_equalities(acme, monkeypatch):
    from uipath_odata.emulator.faults import Status  # noqa: PLC0415

    with Emulator(seed=None) as emulator:
        monkeypatch.setenv("ACME_URL", emulator.url)
        monkeypatch.setenv("ACME_ACCESS_TOKEN", emulator.tokens.personal_access_token)
        emulator.insert("Machines", ({"Id": n, "Name": f"M{n}"} for n in range(1, 200)))
        refuse = Status(400, "Bad filter")
        emulator.fail(
            "Machines.list", refuse, times=None, when=lambda call: " in (" in call.query.get("$filter", "")
        )
        from uipath_odata.entities import Machine  # noqa: PLC0415

        planned = planned_of(
            emulator,
            lambda orchestrator: orchestrator.machines.filter(Machine.id.in_(range(1, 120))),
            target_rows=1_000,
        )
        rows, receipts = read_all(planned)
        assert sorted(row["Id"] for row in rows) == [*range(1, 120)]
        assert check(planned, receipts) == 119


def test_logs_of_many_names_keep_their_bounds_where_they_are_read_as_one(emulator, acme):
    names = [f"Robot{number}" for number in range(3, 90)]
    [partition] = planned_of(
        emulator,
        lambda orchestrator: orchestrator.robot_logs.filter(
            RobotLog.robot_name.in_(names), RobotLog.time_stamp >= FIRST + dt.timedelta(seconds=5)
        ),
        until=FIRST + dt.timedelta(seconds=10),
        target_rows=10,
    )
    rows, [receipt] = read_all([partition])
    assert Counter(row["Message"] for row in rows) == Counter(
        f"row {number}" for number in range(150, 300) if number % 7 >= 3
    )
    assert receipt.guarantee == "best effort"


def test_a_list_of_keys_cuts_logs_into_parts(emulator, acme):
    keys = [f"00000000-0000-4000-8000-{number:012d}" for number in range(120)]
    emulator.insert(
        "RobotLogs",
        ({**log(number), "Message": "keyed", "JobKey": keys[number % 120]} for number in range(6_000, 6_600)),
    )
    planned = planned_of(
        emulator,
        lambda orchestrator: orchestrator.robot_logs.filter(RobotLog.job_key.in_([*map(UUID, keys[:100])])),
        target_rows=120,
    )
    rows, receipts = read_all(planned)
    assert check(planned, receipts) == len(rows) == 500
    assert len({each.part for each in planned}) > 1


def test_items_of_a_queue_that_is_linked_to_two_folders_come_once(emulator, acme):
    emulator.insert(
        "Folders", [{"Id": n, "DisplayName": f"F{n}", "FullyQualifiedName": f"F{n}"} for n in (7, 8)]
    )
    emulator.insert("QueueDefinitions", [{"Id": 71, "Name": "linked"}], folder=7)
    emulator.insert("QueueDefinitions", [{"Id": 81, "Name": "own"}], folder=8)
    for queue, folder in ((71, 7), (81, 8)):
        items = [{"Id": 1_000 * folder + n, "QueueDefinitionId": queue, "Status": "New"} for n in range(150)]
        emulator.insert("QueueItems", items, folder=folder)

    async def link():
        async with emulator.client() as orchestrator:
            await orchestrator.folder(id=7).queue_definitions.share_to_folders(
                queue_ids=[71], to_add_folder_ids=[8]
            )

    asyncio.run(link())
    fast = Connection(acme.name, settings=Settings(requests_a_minute=100_000))
    planned = partitions(fast, "QueueItems", all_folders=True, select=["Id"])
    assert any(each.not_of_queues for each in planned)
    rows, receipts = read_all(planned)
    assert sorted(row["Id"] for row in rows) == [*range(7_000, 7_150), *range(8_000, 8_150)]
    assert Scan(planned).schema.names == ["Id", "_folder_id", "_folder_path", "_extra"]
    assert check(planned, receipts) == 300


# Counts that stop


def test_a_count_that_stops_at_10_000_is_noticed_and_time_is_cut_by_density(emulator, acme, monkeypatch):
    emulator.insert("RobotLogs", map(log, range(6_000, 40_000)))
    from uipath_odata.partitions.lists import borders  # noqa: PLC0415

    count = borders.Borders._rows_from

    async def capped(self, place):
        return min(10_000, await count(self, place))

    monkeypatch.setattr(borders.Borders, "_rows_from", capped)
    planned = partitions(acme, "RobotLogs", target_rows=5_000)
    rows, receipts = read_all(planned)
    assert check(planned, receipts) == len(rows) == 40_000
    assert {each.rows for each in planned} == {None}
    sizes = [receipt.rows for receipt in receipts]
    assert 6 <= len(sizes) <= 12
    assert max(sizes) < 10_000


def test_a_list_that_really_has_10_000_rows_is_counted(emulator, acme):
    emulator.insert("RobotLogs", map(log, range(6_000, 10_000)))
    assert [each.rows for each in partitions(acme, "RobotLogs", target_rows=20_000)] == [10_000]


# Lanes and folders


def test_lists_with_a_limit_are_one_lane_unless_more_are_asked_for(emulator, acme, jobs):
    planned = partitions(acme, ["Jobs", "RobotLogs"], target_rows=300)
    limited = [each for each in planned if each.entity_set == "Jobs"]
    assert len(limited) == 3
    assert {each.lanes for each in planned} == {1}
    assert len({each.lane for each in limited}) == 1
    assert limited in in_lanes(planned)
    assert len(in_lanes(planned)) == 1 + len(planned) - len(limited)
    two = partitions(acme, "Jobs", target_rows=100, lanes=2)
    assert len(in_lanes(two)) == 2
    assert {each.lanes for each in two} == {2}
    rows = [sum(each.rows for each in lane) for lane in in_lanes(two)]
    assert abs(rows[0] - rows[1]) <= 125


def test_each_folder_is_read_and_says_which_it_was(acme, monkeypatch):
    with Emulator() as emulator:
        monkeypatch.setenv("ACME_URL", emulator.url)
        monkeypatch.setenv("ACME_ACCESS_TOKEN", emulator.tokens.personal_access_token)
        planned = partitions(acme, ["QueueDefinitions"], all_folders=True)
        rows, _ = read_all(planned)
        names = {row["_folder_path"] for row in rows}
        assert names == {each.folder["_folder_path"] for each in planned if each.rows}
        assert len(names) > 1
        assert len(in_lanes(planned)) == len(planned)
