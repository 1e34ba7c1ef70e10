"""How processes get their clients: once, by name, and with errors that say what to do where they are read."""

from __future__ import annotations

import functools
import multiprocessing
import os
import pickle
import sys
import threading
import types

import pytest

from uipath_odata import Instant, Settings
from uipath_odata.errors import NotProven, OrchestratorError, QueryError
from uipath_odata.partitions import Connection, Scan, check, in_lanes, partitions, read, read_table, schema_of
from uipath_odata.partitions.process_loop import process_loop


@pytest.fixture
def module(monkeypatch):
    """A module of the user's own."""
    made = types.ModuleType("our_vault")
    monkeypatch.setitem(sys.modules, "our_vault", made)
    return made


def count(connection):
    return read_table(partitions(connection, "RobotLogs")[0]).num_rows


def test_a_function_makes_the_client_once_a_process(emulator, module):
    calls = []

    def acme():
        calls.append(1)
        return emulator.client()

    module.acme = acme
    assert [count(Connection("our_vault:acme")) for _ in range(3)] == [6_000] * 3
    assert len(calls) == 1
    assert emulator.token_requests == 1


def test_an_async_function_is_awaited_and_gets_the_settings(emulator, module):
    given = []

    async def acme(settings):
        given.append(settings)
        return emulator.client(settings=settings)

    module.acme = acme
    assert count(Connection("our_vault:acme", settings=Settings(concurrency=2))) == 6_000
    assert given == [Settings(concurrency=2)]


def test_a_function_that_fails_is_named_and_its_words_stay_with_the_cause(emulator, module):
    def acme():
        raise RuntimeError("vault key s3cr3t is wrong")

    async def awaited():
        raise RuntimeError("vault key s3cr3t is wrong")

    module.acme, module.awaited = acme, awaited
    for name in ("acme", "awaited"):
        with pytest.raises(QueryError, match=f"our_vault:{name}' failed with RuntimeError") as caught:
            count(Connection(f"our_vault:{name}"))
        assert "s3cr3t" not in str(caught.value)
        assert isinstance(caught.value.__cause__, RuntimeError)
    module.acme = emulator.client
    assert count(Connection("our_vault:acme")) == 6_000


def test_what_is_not_a_client_is_refused(module):
    module.number, module.nothing = 5, lambda: None
    with pytest.raises(QueryError, match="returned NoneType and not an Orchestrator"):
        count(Connection("our_vault:nothing"))
    with pytest.raises(QueryError, match="has no function number"):
        count(Connection("our_vault:number"))
    with pytest.raises(QueryError, match="install no_such_vault"):
        count(Connection("no_such_vault.keys:acme"))


def test_what_is_not_a_partition_or_not_settings_is_refused(emulator, acme):
    [partition] = partitions(acme, "RobotLogs")
    for wrong in (partition.to_json(), [partition], None):
        for use in (read, read_table, schema_of):
            with pytest.raises(QueryError, match="is not a partition"):
                use(wrong)
    for wrong in (None, "x", [partition.to_json()]):
        for use in (Scan, in_lanes, functools.partial(check, receipts=[])):
            with pytest.raises(QueryError, match="is not a partition"):
                use(wrong)
    assert in_lanes(partition) == [[partition]]
    with pytest.raises(QueryError, match="is not a receipt"):
        check(partition, ["read"])
    with pytest.raises(QueryError, match="is not a function"):
        read(partition, receive=[])
    with pytest.raises(QueryError, match="are not Settings"):
        Connection("env", settings="fast")
    assert read_table(partition, acme.name, columns="Level").num_rows == 6_000


def test_a_prefix_without_variables_says_which_to_set():
    with pytest.raises(QueryError, match="set NOBODY_URL and NOBODY_ACCESS_TOKEN"):
        count(Connection("env:NOBODY_"))


def test_variables_may_carry_their_own_prefix_too_but_not_differ(emulator, monkeypatch):
    monkeypatch.setenv("BOTH_UIPATH_URL", emulator.url)
    monkeypatch.setenv("BOTH_ACCESS_TOKEN", emulator.tokens.personal_access_token)
    assert count(Connection("env:BOTH_")) == 6_000
    monkeypatch.setenv("TWO_URL", emulator.url)
    monkeypatch.setenv("TWO_UIPATH_URL", "https://elsewhere.example.com/a/b")
    with pytest.raises(QueryError, match="differ"):
        count(Connection("env:TWO_"))


def test_a_connection_keeps_no_key_and_is_equal_after_pickling():
    connection = Connection("env", settings=Settings(cursor_key=b"0123456789abcdef", share=0.3))
    assert connection.settings == Settings(share=0.3)
    assert pickle.loads(pickle.dumps(connection)) == connection
    assert Connection.of("env", connection.chosen) == connection


def test_partitions_carry_the_settings_that_they_were_planned_with(emulator, acme):
    [partition] = partitions(
        Connection(acme.name, settings=Settings(tie_unit=10, enum_order="name")), "RobotLogs"
    )
    again = pickle.loads(pickle.dumps(partition))
    assert Connection.of(again.connection, again.settings).settings == Settings(
        tie_unit=10, enum_order="name"
    )


def test_a_variable_that_changes_opens_another_client(emulator, acme, monkeypatch):
    assert count(acme) == 6_000
    monkeypatch.setenv("ACME_ACCESS_TOKEN", "expired")
    with pytest.raises(OrchestratorError):
        count(acme)
    monkeypatch.setenv("ACME_ACCESS_TOKEN", emulator.tokens.personal_access_token)
    assert count(acme) == 6_000


def test_threads_share_one_client_and_read_at_once(emulator, acme):
    planned = partitions(acme, "RobotLogs", target_rows=1_000)
    rows = []
    threads = [
        threading.Thread(target=lambda each=each: rows.append(read_table(each).num_rows)) for each in planned
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(rows) == 6_000
    assert len(process_loop()._clients) == 1


def _read_in_child(partition, results):
    results.put((read_table(partition).num_rows, process_loop().pid == os.getpid()))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")
def test_a_forked_child_has_a_loop_and_a_client_of_its_own(emulator, acme):
    [partition] = partitions(acme, "RobotLogs")
    forked = multiprocessing.get_context("fork")
    results = forked.Queue()
    child = forked.Process(target=_read_in_child, args=(partition, results))
    child.start()
    assert results.get(timeout=60) == (6_000, True)
    child.join()
    assert child.exitcode == 0
    assert read_table(partition).num_rows == 6_000


def test_reading_inside_of_the_loop_that_reads_is_refused(emulator, acme):
    [partition] = partitions(acme, "RobotLogs")

    async def inside():
        return next(read(partition))

    with pytest.raises(QueryError, match="in another thread"):
        process_loop().run(inside())


def test_a_failed_proof_fails_the_reading_with_its_text(emulator, acme):
    """More logs of one instant, all alike, than anybody can skip to."""
    emulator.insert("RobotLogs", [{"TimeStamp": "2024-05-14T09:00:00Z", "Message": "the same"}] * 300)
    narrow = Connection(acme.name, settings=Settings(window=99))
    planned = [
        pickle.loads(pickle.dumps(each)) for each in partitions(narrow, "RobotLogs", target_rows=2_000)
    ]
    tied = [each for each in planned if each.hi > Instant.parse("2024-05-14T09:00:00Z").ticks]
    assert len(tied) == 1
    with pytest.raises(NotProven, match="09:00:00") as caught:
        read_table(tied[0])
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert sum(read_table(each).num_rows for each in planned if each not in tied) > 3_000


def test_the_end_of_a_process_closes_its_clients(emulator, acme):
    process = process_loop()
    partitions(acme, "RobotLogs")
    [client] = process._clients.values()
    process.close()
    process.close()
    assert client._own_pool.session._session is None or client._own_pool.session._session.closed
    assert process_loop() is not process
