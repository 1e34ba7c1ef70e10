"""Rows become items of a queue of the emulator."""

from __future__ import annotations

import asyncio
import datetime as dt

import pyarrow as pa
import pytest

from tests.workflows.queue_world import QueueWorld
from uipath_odata.emulator.faults import RateLimited, Status
from uipath_odata.entities import QueueItem
from uipath_odata.errors import BadRequest, Forbidden, QueryError
from uipath_odata.odata.instant import Instant


@pytest.fixture
def queue(emulator, finance):
    emulator.add.queue("Invoices", folder="Shared/Finance", EnforceUniqueReference=True)
    return finance.queue("Invoices")


def numbered(count):
    return [{"Invoice": f"INV-{number}", "Amount": number} for number in range(count)]


async def test_rows_that_the_queue_has_are_duplicates_and_the_missing_ones_are_added(queue, finance):
    first = await queue.add_all(numbered(150), reference_column="Invoice")
    again = await queue.add_all(numbered(260), reference_column="Invoice")
    assert [each.row for each in first.added] == [*range(1, 151)]
    assert ([each.row for each in again.duplicates], [each.row for each in again.added]) == (
        [*range(1, 151)],
        [*range(151, 261)],
    )
    assert again.duplicates[0].reference == "INV-0"
    assert "DuplicateReference" in again.duplicates[0].reason
    assert await finance.queue_items.count() == 260


@pytest.mark.parametrize(
    ("column", "advice"), [("Invoce", "did you mean 'Invoice'"), ("xyz", "name one of Invoice, Amount")]
)
async def test_a_column_that_no_row_has_is_refused_once_and_nothing_is_sent(emulator, queue, column, advice):
    for rows in (numbered(150), pa.Table.from_pylist(numbered(3)), (each for each in [5, *numbered(2)])):
        with pytest.raises(QueryError, match=f"reference_column='{column}': {advice}"):
            await queue.add_all(rows, reference_column=column)
    assert {each.partition(" ")[0] for each in emulator.requests} == {"GET"}
    assert (await queue.add_all([], reference_column=column)).added == []


@pytest.mark.parametrize(
    "rules",
    [
        {"reference": lambda row: row["Invoice"][9]},
        {"reference_column": "Invoice", "due": lambda row: row["Invoice"][9]},
    ],
)
async def test_a_function_that_fails_says_at_which_row(queue, rules):
    rows = [{"Invoice": "0123456789"}, {"Invoice": "short"}]
    with pytest.raises(IndexError) as caught:
        await queue.add_all(rows, **rules)
    assert any("failed at row 2" in note for note in caught.value.__notes__)


async def test_each_row_that_cannot_be_an_item_is_rejected_with_its_number_and_reason(queue):
    rows = [
        {"Invoice": "A"},
        {"Invoice": None},
        {"Invoice": "A"},
        {"Other": 1},
        {"Invoice": "B", "a.b": 1},
        {"Invoice": 1.5},
        {"Invoice": "C", "Paid": dt.datetime(2026, 1, 1)},  # noqa: DTZ001 - what is refused
        {"Invoice": "x" * 129},
        {"Invoice": "D", "Amount": float("nan")},
        5,
        None,
    ]
    result = await queue.add_all(rows, reference_column="Invoice")
    said = {each.row: each.reason for each in result.rejected}
    assert [each.row for each in result.added] == [1]
    assert sorted(said) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert "is a dict, not int" in said[10]
    assert "holds no Reference" in said[2]
    assert "row 1 has this Reference" in said[3]
    assert "no column 'Invoice'" in said[4]
    assert "'a.b' is not a name" in said[5]
    assert "no time zone" in said[7]
    assert "129" in said[8]


async def test_every_source_of_rows_gives_the_same_items(queue, finance, tmp_path):
    async def awaited():
        for row in numbered(3):
            await asyncio.sleep(0)
            yield row

    jsonl = tmp_path / "rows.jsonl"
    jsonl.write_text(
        '{"Invoice": "INV-0", "Amount": 0}\n\n{"Invoice": "INV-1", "Amount": 1}\n{"Invoice": "INV-2", "Amount": 2}\n'
    )
    sources = [iter(numbered(3)), awaited(), jsonl, str(jsonl), pa.Table.from_pylist(numbered(3))]
    results = [await queue.add_all(source, reference_column="Invoice") for source in sources]
    assert [(len(each.added), len(each.duplicates)) for each in results] == [(3, 0)] + [(0, 3)] * 4
    items = await finance.queue_items.order_by(QueueItem.id).to_list()
    assert [item.specific_content for item in items] == numbered(3)


async def test_a_csv_file_gives_texts_by_the_names_of_its_columns(queue, finance, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text('\ufeffInvoice;Note\r\nINV-1;"two\r\nlines"\r\nINV-2;\r\n', encoding="utf-8")
    await queue.add_all(file, reference_column="Invoice")
    items = await finance.queue_items.order_by(QueueItem.id).to_list()
    assert [item.specific_content for item in items] == [
        {"Invoice": "INV-1", "Note": "two\r\nlines"},
        {"Invoice": "INV-2", "Note": ""},
    ]


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("a.csv", b"Invoice,Note\nA,1\nB\n", "line 3 has 1 fields for 2 columns"),
        ("a.csv", b"Invoice,Invoice\nA,1\n", "named 'Invoice'"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"Invoice\n\xff\n", "is not UTF-8"),
        ("a.csv", b'Invoice\n"A\n', "unexpected end of data"),
        ("a.jsonl", b'{"Invoice": "A"}\n[1]\n', "line 2 is not a JSON object"),
        ("a.xlsx", b"", "is not a .csv or .jsonl file"),
    ],
)
async def test_a_file_that_is_not_rows_is_refused_by_its_line(queue, tmp_path, name, text, wrong):
    (tmp_path / name).write_bytes(text)
    with pytest.raises(QueryError, match=wrong):
        await queue.add_all(tmp_path / name, reference_column="Invoice")


async def test_a_queue_that_takes_references_twice_is_refused_before_the_first_row(emulator, finance):
    emulator.add.queue("Loose", folder="Shared/Finance")
    queue, taken = finance.queue("Loose"), []
    with pytest.raises(QueryError, match="EnforceUniqueReference"):
        await queue.add_all((taken.append(row) or row for row in numbered(2)), reference_column="Invoice")
    assert taken == []
    first = await queue.add_all(numbered(2), reference_column="Invoice", check="read")
    again = await queue.add_all(numbered(3), reference_column="Invoice", check="read")
    free = await queue.add_all(numbered(1), reference=None)
    assert [len(each.added) for each in (first, again, free)] == [2, 1, 1]
    assert [each.row for each in again.duplicates] == [1, 2]


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({}, "name where the Reference"),
        ({"reference_column": "A", "reference": None}, "one of them"),
        ({"reference": "A"}, "not a function"),
        ({"reference": None, "check": "queue"}, "check='queue'"),
        ({"reference": None, "concurrency": 0}, "at least 1"),
        ({"reference": None, "concurrency": "2"}, "at least 1"),
        ({"reference": None, "chunk_size": 1.5}, "at least 1"),
        ({"reference": None, "due": 5}, "takes a time, not 5"),
        ({"reference": None, "due": "2026-01-01T00:00:00"}, "time with its zone"),
        ({"reference": None, "defer": dt.datetime(2026, 1, 1)}, "no time zone"),  # noqa: DTZ001 - what is refused
        ({"reference": None, "priority": "high"}, "did you mean 'High'"),
    ],
)
async def test_options_that_cannot_be_meant_are_refused_before_any_request(queue, emulator, options, wrong):
    with pytest.raises(QueryError, match=wrong):
        await queue.add_all(numbered(1), **options)
    assert not emulator.requests


async def test_properties_of_items_come_from_a_value_or_a_function_of_the_row(queue, finance):
    due = Instant.parse("2030-01-01T00:00:00.1234567Z")
    await queue.add_all(
        numbered(2),
        reference=lambda row: row["Amount"],
        priority=lambda row: "High" if row["Amount"] else None,
        due=due,
        defer=lambda _: "2029-12-31T23:00:00+01:00",
    )
    rows = await finance.queue_items.order_by(QueueItem.id).dicts().to_list()
    assert [(row["Reference"], row["Priority"]) for row in rows] == [("0", "Normal"), ("1", "High")]
    assert rows[0]["DueDate"] == "2030-01-01T00:00:00.1234567Z"
    assert rows[0]["DeferDate"].startswith("2029-12-31T22:00:00")


async def test_chunks_become_as_small_as_the_server_takes_them():
    async with QueueWorld(largest=7) as world, world.client() as client:
        result = await client.queue("Q").add_all(numbered(100), reference_column="Invoice", concurrency=1)
        assert len(result.added) == 100
        assert [item["Reference"] for item in world.items] == [row["Invoice"] for row in numbered(100)]
        assert world.requests.count("BulkAddQueueItems") < 35


async def test_one_item_that_the_server_refuses_does_not_keep_its_chunk_out(queue, emulator):
    def poisoned(call):
        return any(item["SpecificContent"]["Amount"] == 13 for item in call.json["queueItems"])

    refusal = Status(400, {"message": "item 13 is not liked", "errorCode": 0})
    emulator.fail("Queues.BulkAddQueueItems", refusal, times=None, when=poisoned)
    result = await queue.add_all(numbered(40), reference_column="Invoice")
    assert len(result.added) == 39
    assert [(each.row, "not liked" in each.reason) for each in result.rejected] == [(14, True)]


async def test_rows_of_which_the_server_refuses_each_end_in_its_reason(queue, emulator):
    emulator.fail(
        "Queues.BulkAddQueueItems", Status(400, {"message": "no such field", "errorCode": 0}), times=None
    )
    with pytest.raises(BadRequest, match="no such field"):
        await queue.add_all(numbered(1_000), reference_column="Invoice")
    assert emulator.requests["POST /odata/Queues/UiPathODataSvc.BulkAddQueueItems"] < 900


async def test_what_ends_a_run_early_says_what_was_added_before(queue, emulator):
    def later(call):
        return len(call.json["queueItems"]) == 2

    emulator.fail("Queues.BulkAddQueueItems", Status(403), when=later)
    with pytest.raises(Forbidden) as caught:
        await queue.add_all(numbered(8), reference_column="Invoice", chunk_size=3, concurrency=1)
    assert "6 rows were added before" in caught.value.__notes__[-1]


async def test_a_rate_limit_is_waited_for(queue, emulator):
    emulator.fail("Queues.BulkAddQueueItems", RateLimited(0), times=3)
    assert len((await queue.add_all(numbered(5), reference_column="Invoice")).added) == 5


async def test_progress_counts_the_rows_that_are_decided(queue):
    seen = []
    await queue.add_all(
        numbered(25), reference_column="Invoice", chunk_size=10, concurrency=1, progress=seen.append
    )
    assert [each.rows for each in seen] == [10, 20, 25]


async def test_an_error_of_the_callers_own_ends_the_run_and_no_chunk_halfway(queue, finance):
    def broken(row):
        return row["Invoice"] if row["Amount"] < 15 else row["absent"]

    with pytest.raises(KeyError, match="absent"):
        await queue.add_all(numbered(30), reference=broken, chunk_size=10)
    assert await finance.queue_items.count() == 10


@pytest.mark.parametrize("options", [{"reference": 3}, {"due": 5}, {"defer": True}])
async def test_an_item_of_wrong_types_is_refused_before_any_request(queue, emulator, options):
    with pytest.raises(QueryError, match=r"not a Reference|takes a time"):
        await queue.add({"n": 1}, **options)
    assert not emulator.requests


async def test_one_item_is_added_by_name(queue, finance):
    item = await queue.add({"Invoice": 7}, reference="INV-7", priority="High", due="2030-01-01T00:00:00Z")
    assert (item.reference, item.priority, item.specific_content) == ("INV-7", "High", {"Invoice": 7})
    assert item.due_date == dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(QueryError, match="time with its zone"):
        await queue.add({}, due="2030-01-01T00:00:00")
