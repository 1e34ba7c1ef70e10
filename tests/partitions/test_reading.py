"""Partitions against an Orchestrator in this process: read in any order, they are the list."""

from __future__ import annotations

import pickle
from collections import Counter

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.partitions import Partition, Scan, check, partitions, read, read_table, schema_of
from uipath_odata.partitions.process_loop import process_loop


def messages(tables):
    return Counter(text for table in tables for text in table.column("Message").to_pylist())


def truth(emulator):
    return Counter(text for (text,) in emulator.sql("select Message from RobotLogs"))


@pytest.mark.parametrize("target_rows", [100, 700, 6_000, 50_000])
def test_the_partitions_of_a_list_are_the_list(emulator, acme, target_rows):
    planned = partitions(acme, "RobotLogs", target_rows=target_rows)
    sent = [pickle.loads(pickle.dumps(each)) for each in reversed(planned)]
    receipts = []
    tables = [read_table(each, receive=receipts.append) for each in sent]
    assert messages(tables) == truth(emulator)
    assert check(planned, receipts) == 6_000
    assert max(each.rows for each in planned) <= 1.25 * target_rows


def test_a_list_by_id_ends_where_it_ended_when_it_was_planned(emulator, acme):
    emulator.insert("Robots", ({"Id": 10 * number, "Name": f"R{number}"} for number in range(1, 500)))
    planned = partitions(acme, "Robots", target_rows=100)
    emulator.insert("Robots", [{"Id": 9_999, "Name": "late"}])
    names = [name for each in planned for name in read_table(each).column("Name").to_pylist()]
    assert sorted(names) == sorted(f"R{number}" for number in range(1, 500))
    assert len(planned) == 5


def test_a_schema_takes_no_request_and_is_that_of_every_batch(emulator, acme):
    planned = partitions(acme, "RobotLogs", target_rows=1_000)
    before = emulator.requests.total()
    schema = schema_of(planned[0])
    scan = Scan(planned)
    assert scan.schema == schema
    assert emulator.requests.total() == before
    assert all(batch.schema == schema for batch in scan)


def test_columns_become_the_select_and_come_in_the_order_that_is_asked_for(emulator, acme):
    [partition] = partitions(acme, "RobotLogs", target_rows=10_000)
    table = read_table(partition, columns=["Message", "TimeStamp_text"])
    assert table.column_names == ["Message", "TimeStamp_text"]
    assert table.num_rows == 6_000
    selects = {call.query.get("$select") for call in emulator.calls.of("RobotLogs.list")} - {None}
    assert selects == {"Message,TimeStamp"}
    with pytest.raises(QueryError, match="no column Massage"):
        read(partition, columns=["Massage"])


def test_an_iterator_that_is_closed_early_leaves_no_request(emulator, acme):
    [partition] = partitions(acme, "RobotLogs", target_rows=10_000)
    batches = read(partition, concurrency=4)
    next(batches)
    batches.close()
    before = emulator.requests.total()
    [client] = process_loop()._clients.values()
    assert client.requests_under_way == 0
    assert emulator.requests.total() == before


def test_a_partition_of_another_version_is_refused(emulator, acme):
    [partition] = partitions(acme, "RobotLogs", target_rows=10_000)
    text = partition.to_json()
    assert Partition.from_json(text) == partition
    with pytest.raises(QueryError, match="another version"):
        Partition.from_json(text.replace('"version":1', '"version":2'))
