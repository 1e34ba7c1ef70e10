"""What travels between processes holds no secret; what cannot travel says what to send instead."""

from __future__ import annotations

import asyncio
import pickle

import pytest

from uipath_odata import AccessToken, Expand, Orchestrator, Settings
from uipath_odata.entities import Job, Release, ReleaseVersion, RobotLog
from uipath_odata.errors import QueryError
from uipath_odata.odata.expr.expression import path, raw_filter
from uipath_odata.odata.query import Query
from uipath_odata.partitions import Connection, Partition, partitions, partitions_of, read_table
from uipath_odata.partitions.query_text import described, query_of

QUERIES = [
    Query(Job),
    Query(Job).filter((Job.state == "Faulted") | Job.release_name.contains("O'Brien"), Job.id > 5),
    Query(Job).filter(Job.id.in_([3, 1, 2]), ~(Job.robot.name == "DocBot")),
    Query(Job).filter(raw_filter("Odd eq 'x' or 1 eq 1")),
    Query(Job).filter(Job.id.in_([])),
    Query(Job).select(Job.state, Job.robot.name).expand(Job.machine),
    Query(Job).order_by(Job.start_time.desc(), Job.id).top(5).skip(2),
    Query(Job).select(path("Newer")),
    Query(RobotLog).filter(RobotLog.level >= "Error"),
    Query(Release).expand(
        Release.release_versions,
        Expand(ReleaseVersion)
        .filter(ReleaseVersion.version_number == "1.0")
        .order_by(ReleaseVersion.id.desc())
        .top(5),
    ),
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_query_is_asked_alike_in_another_process(query):
    again = query_of(query.entity, described(query))
    assert again.options == query.options
    assert described(again) == described(query)


def test_a_client_and_its_queries_say_what_to_send_instead():
    orchestrator = Orchestrator("http://127.0.0.1:9/acme/Default", AccessToken("token"))
    for each in (orchestrator, orchestrator.folder("Shared")):
        with pytest.raises(TypeError, match="partitions and the name of a connection"):
            pickle.dumps(each)
    for each in (orchestrator.jobs, orchestrator.jobs.filter(Job.id > 1).dicts()):
        with pytest.raises(TypeError, match="partitions_of"):
            pickle.dumps(each)


def test_no_secret_travels(emulator, acme, monkeypatch):
    canary = emulator.tokens.personal_access_token
    settings = Settings(cursor_key=b"a key that signs cursors", concurrency=2)
    connection = Connection(acme.name, settings=settings)
    planned = partitions(connection, "RobotLogs", target_rows=2_000)
    assert planned[0].settings == {"concurrency": 2}
    for secret in (canary.encode(), b"a key that signs cursors"):
        for sent in (connection, *planned):
            assert secret not in pickle.dumps(sent)
        assert not any(secret in each.to_json().encode() for each in planned)
    sizes = [len(pickle.dumps(each)) for each in planned]
    assert max(sizes) < 500


def test_a_partition_of_another_tenant_is_refused(emulator, acme, monkeypatch):
    [partition] = partitions(acme, "RobotLogs", target_rows=10_000)
    monkeypatch.setenv("OTHER_URL", f"{emulator.url.rpartition('/')[0]}/Other")
    monkeypatch.setenv("OTHER_ACCESS_TOKEN", emulator.tokens.personal_access_token)
    before = emulator.requests.total()
    with pytest.raises(QueryError, match=r"planned for .*Default"):
        read_table(partition, Connection("env:OTHER_"))
    assert emulator.requests.total() == before


def test_a_plan_that_is_not_known_is_refused_and_reads_nothing(emulator, acme):
    [partition] = partitions(acme, "RobotLogs", target_rows=10_000)
    text = partition.to_json().replace('"window"', '"by_weekday"')
    with pytest.raises(QueryError, match=r"'by_weekday' is not known.*: plan again"):
        Partition.from_json(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"version":1}', '{"version":1,"surprise":2}', b"\xff"]
)
def test_what_is_not_a_partition_is_refused(text):
    with pytest.raises(QueryError):
        Partition.from_json(text)


def test_expanded_entities_travel_with_their_options(emulator, acme):
    emulator.insert(
        "Releases", [{"Id": 1, "Name": "Intake", "ProcessKey": "Intake", "ProcessVersion": "1.0.0"}]
    )

    async def plan():
        async with emulator.client() as orchestrator:
            query = orchestrator.releases.select(Release.name).expand(
                Release.release_versions, Expand(ReleaseVersion).order_by(ReleaseVersion.id.desc()).top(1)
            )
            return await partitions_of(orchestrator, query, connection=acme.name)

    [partition] = asyncio.run(plan())
    table = read_table(pickle.loads(pickle.dumps(partition)))
    expands = {call.query.get("$expand") for call in emulator.calls.of("Releases.list")} - {None}
    assert expands == {"ReleaseVersions($orderby=Id desc;$top=1)"}
    assert table.column("Name").to_pylist() == ["Intake"]
