from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.emulator.data import robot_logs, ticks

START = ticks.parse("2024-05-14T10:00:00Z")
TOTAL = "/odata/RobotLogs/UiPath.Server.Configuration.OData.GetTotalCount"


def at(offset, message="x", **fields):
    return {"TimeStamp": ticks.text(START + offset), "Message": message, "Level": "Info", **fields}


def messages(rows):
    return [row["Message"] for row in rows]


@pytest.mark.parametrize(
    ("skip", "top", "status"), [(9_000, 1_000, 200), (9_001, 1_000, 400), (9_999, 1, 200), (10_000, 1, 400)]
)
async def test_paging_ends_at_the_window(demo, skip, top, status):
    """R61: the text is Elasticsearch's; clients match on its two words."""
    reply = await demo.get(f"/odata/RobotLogs?$skip={skip}&$top={top}&$select=Id")
    assert reply.status == status
    if status == 400:
        assert "max_result_window" in reply.body["message"]
        assert "skip + take is lower than 10000" in reply.body["message"]


async def test_without_top_a_page_is_taken_and_counts_for_the_window(demo):
    assert (await demo.get("/odata/RobotLogs?$skip=9000&$select=Id")).status == 200
    assert (await demo.get("/odata/RobotLogs?$skip=9500&$select=Id")).status == 400


async def test_the_window_can_be_moved_or_taken_away(emulators):
    async with emulators(window=9_999) as http:
        assert (await http.get("/odata/RobotLogs?$skip=9000&$top=1000&$select=Id")).status == 400
    async with emulators(window=None) as http:
        reply = await http.get("/odata/RobotLogs?$skip=49900&$top=1000&$select=Id")
        assert (reply.body["@odata.count"], len(reply.rows)) == (50_000, 100)


async def test_the_count_of_a_list_is_capped_by_the_window_and_the_total_is_not(demo):
    """R28: the count is a hint."""
    assert (await demo.get("/odata/RobotLogs?$top=0")).body["@odata.count"] == 10_000
    reply = await demo.get(TOTAL)
    assert reply.body == {
        "@odata.context": f"{demo.emulator.base_url}/odata/$metadata#Edm.Int64",
        "value": 50_000,
    }
    expected = demo.emulator.sql("SELECT COUNT(*) FROM RobotLogs WHERE Level = 'Error'")[0][0]
    assert (await demo.get(f"{TOTAL}?$filter=Level eq 'Error'")).body["value"] == expected
    few = await demo.get("/odata/RobotLogs?$top=0&$filter=Level eq 'Fatal'")
    assert few.body["@odata.count"] == expected_of(demo, "Fatal")


def expected_of(http, level):
    return http.emulator.sql("SELECT COUNT(*) FROM RobotLogs WHERE Level = ?", level)[0][0]


async def test_newest_come_first_unless_asked_otherwise(empty):
    empty.emulator.insert("RobotLogs", [at(second * ticks.SECOND, str(second)) for second in (2, 1, 3)])
    assert messages(await empty.rows("/odata/RobotLogs")) == ["3", "2", "1"]
    assert messages(await empty.rows("/odata/RobotLogs?$orderby=TimeStamp")) == ["1", "2", "3"]
    assert messages(await empty.rows("/odata/RobotLogs?$orderby=Message desc")) == ["3", "2", "1"]


async def test_the_id_of_every_entry_is_zero(empty):
    empty.emulator.insert("RobotLogs", [at(0) | {"Id": 5}, at(1)])
    assert [row["Id"] for row in await empty.rows("/odata/RobotLogs")] == [0, 0]


async def test_time_stamps_are_exact_to_a_tick_in_answers_and_filters(empty):
    """R26."""
    empty.emulator.insert("RobotLogs", [at(tick, str(tick)) for tick in range(5)])
    found = await empty.rows("/odata/RobotLogs?$filter=TimeStamp gt 2024-05-14T10:00:00.0000002Z")
    assert sorted(messages(found)) == ["3", "4"]
    assert sorted(row["TimeStamp"] for row in found) == [
        "2024-05-14T10:00:00.0000003Z",
        "2024-05-14T10:00:00.0000004Z",
    ]


@pytest.mark.parametrize(
    ("sign", "expected"),
    [("gt", ["3", "4"]), ("ge", ["2", "3", "4"]), ("lt", ["0", "1"]), ("le", ["0", "1", "2"]), ("eq", ["2"])],
)
async def test_a_range_of_time_stamps_means_the_same_whichever_side_the_literal_is_on(empty, sign, expected):
    empty.emulator.insert("RobotLogs", [at(tick * 7_000, str(tick)) for tick in range(5)])
    middle = ticks.text(START + 14_000)
    mirrored = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq"}[sign]
    for text in (
        f"TimeStamp {sign} {middle}",
        f"{middle} {mirrored} TimeStamp",
        f"not not (TimeStamp {sign} {middle})",
    ):
        assert sorted(messages(await empty.rows(f"/odata/RobotLogs?$filter={text}"))) == expected


async def test_entries_of_one_millisecond_come_in_an_order_that_changes_between_requests(empty):
    """R73, R76: the sort key is coarser than what is shown, and replicas order equals differently."""
    empty.emulator.insert("RobotLogs", [at(tick, str(tick)) for tick in range(200)])
    seen = [messages(await empty.rows("/odata/RobotLogs?$orderby=TimeStamp")) for _ in range(20)]
    assert len({tuple(each) for each in seen}) == 3
    assert all(sorted(each) == sorted(seen[0]) for each in seen)
    assert [str(tick) for tick in range(200)] not in seen


async def test_milliseconds_come_in_order_whatever_the_replica(demo):
    for _ in range(5):
        rows = await demo.rows("/odata/RobotLogs?$orderby=TimeStamp&$select=TimeStamp")
        moments = [ticks.parse(row["TimeStamp"]) for row in rows]
        buckets = [moment // 10_000 for moment in moments]
        assert buckets == sorted(buckets)
        assert moments != sorted(moments)


async def test_one_replica_with_an_exact_sort_key_is_steady(emulators):
    async with emulators(replicas=1, sort_unit=1) as http:
        first, second = [await http.rows("/odata/RobotLogs?$orderby=TimeStamp&$top=1000") for _ in range(2)]
        assert first == second
        moments = [ticks.parse(row["TimeStamp"]) for row in first]
        assert moments == sorted(moments)


async def test_pages_of_one_replica_tile_the_window(emulators):
    async with emulators(replicas=1) as http:
        rows = [
            (row["TimeStamp"], row["RawMessage"])
            for page in range(10)
            for row in await http.rows(f"/odata/RobotLogs?$orderby=TimeStamp&$skip={page * 1000}&$top=1000")
        ]
        assert len(rows) == 10_000
        edge = http.emulator.sql("SELECT _sort FROM RobotLogs ORDER BY _sort LIMIT 1 OFFSET 9999")[0][0]
        truth = http.emulator.sql("SELECT TimeStamp, RawMessage FROM RobotLogs WHERE _sort < ?", edge)
        whole = [row for row in rows if ticks.parse(row[0]) // 10_000 < edge]
        assert sorted(whole) == sorted((ticks.text(moment), raw) for moment, raw in truth)


@given(st.integers(0, 20), st.integers(2, 300))
def test_each_replica_orders_all_rows(replica, count):
    shuffled = robot_logs.ordered([], "t", replica)[-1].by
    multiplier = int(shuffled.parameters[0])
    assert len({row * multiplier % 2_147_483_647 for row in range(count)}) == count


async def test_only_entries_of_the_folder_are_given(demo):
    reply = await demo.get(TOTAL, OrganizationUnitId="36886")
    expected = demo.emulator.sql("SELECT COUNT(*) FROM RobotLogs WHERE _folder = 36886")[0][0]
    assert 0 < expected < 50_000
    assert reply.body["value"] == expected


@pytest.mark.parametrize(
    ("mode", "literal", "expected"),
    [
        ("exact", 14_999, ["15000", "20000"]),
        ("truncated", 14_999, ["10001", "15000", "20000"]),
        ("rounded", 14_999, ["10001", "15000", "20000"]),
        ("truncated", 15_000, ["10001", "15000", "20000"]),
        ("rounded", 15_000, []),
        ("exact", 10_000, ["10001", "15000", "20000"]),
    ],
)
async def test_filters_may_read_moments_to_the_millisecond(emulators, mode, literal, expected):
    """What a server makes of the digits beyond the third is not documented: a reader must be right with each."""
    async with emulators(seed=None, log_filter=mode) as http:
        http.emulator.insert(
            "RobotLogs", [at(tick, str(tick)) for tick in (0, 10_000, 10_001, 15_000, 20_000)]
        )
        found = f"/odata/RobotLogs?$filter=TimeStamp gt {ticks.text(START + literal)}"
        assert sorted(messages(await http.rows(found))) == expected
        total = await http.get(f"{TOTAL}?$filter=TimeStamp gt {ticks.text(START + literal)}")
        assert total.body["value"] == len(expected)
