from __future__ import annotations

import asyncio
import logging

import attrs
import pytest
from yarl import URL

from uipath_odata.auth import AccessToken, ClientCredentials
from uipath_odata.errors import OrchestratorError
from uipath_odata.transport.observe.write_log import WriteEvent
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.request import Request
from uipath_odata.transport.storage.address import StorageAddress


@pytest.fixture
def events(caplog):
    caplog.set_level(logging.INFO, "uipath_odata.writes")
    return lambda: [record.event for record in caplog.records if record.name == "uipath_odata.writes"]


@pytest.fixture
def delete(delete_robot):
    headers = {"X-Other": "secret", "X-UIPATH-OrganizationUnitId": "36886"}
    return attrs.evolve(delete_robot, headers=headers, query="secret=1")


async def test_an_attempted_write_is_told_before_and_after(serve, connect, delete, reply, events):
    seen_before = []
    peer = await serve(lambda seen: seen_before.extend(events()) or reply(204, b""))
    await connect(peer.url).send(delete)
    before, after = events()
    assert seen_before == [before]
    assert before == WriteEvent(
        when="before",
        operation="Robots.delete",
        path="/odata/Robots(79)",
        folder="X-UIPATH-OrganizationUnitId: 36886",
        tenant="127.0.0.1",
        attempt=1,
    )
    assert after == attrs.evolve(before, when="after", outcome="HTTP 204")


async def test_every_attempt_of_a_write_is_told(serve, connect, delete, reply, cut, events):
    body = b'{"message":"secret","traceId":"00-ab-cd-01"}'
    peer = await serve([reply(503, body), cut(b""), reply(204, b"")])
    await connect(peer.url).send(delete)
    assert [
        (event.attempt, event.outcome, event.trace_id) for event in events() if event.when == "after"
    ] == [
        (1, "HTTP 503", "00-ab-cd-01"),
        (2, "ConnectionFailed", None),
        (3, "HTTP 204", None),
    ]
    assert len(events()) == 6


async def test_what_an_event_says_holds_no_value(serve, connect, start_jobs, reply, events, caplog):
    body = b'{"message":"the secret is wrong","traceId":"00-ab"}'
    peer = await serve([reply(409, body)])
    request = attrs.evolve(start_jobs, body=b'{"secret":"value"}', query="$filter=secret")
    with pytest.raises(OrchestratorError):
        await connect(peer.url, AccessToken("secret-token")).send(request)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "127.0.0.1, no folder: Jobs.StartJobs /odata/Jobs/UiPath.Server.Configuration.OData.StartJobs, attempt 1: goes out",
        "127.0.0.1, no folder: Jobs.StartJobs /odata/Jobs/UiPath.Server.Configuration.OData.StartJobs, attempt 1: HTTP 409",
    ]
    assert "secret" not in repr(events())


async def test_a_write_that_is_cancelled_on_the_wire_is_told(serve, connect, until, start_jobs, hang, events):
    peer = await serve([hang])
    task = asyncio.create_task(connect(peer.url).send(start_jobs))
    await until(lambda: peer.seen)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [event.outcome for event in events()] == [None, "Cancelled"]


async def test_a_write_whose_client_is_closed_meanwhile_is_told(
    serve, connect, until, start_jobs, hang, events
):
    peer = await serve([hang])
    pool = Pool()
    task = asyncio.create_task(connect(peer.url, pool=pool).send(start_jobs))
    await until(lambda: peer.seen)
    await pool.close()
    await asyncio.gather(task, return_exceptions=True)
    assert [event.when for event in events()] == ["before", "after"]
    assert events()[1].outcome is not None


async def test_a_file_that_goes_to_a_storage_is_told_without_its_signature(
    serve, connect, reply, events, caplog
):
    peer = await serve([reply(201, b"")])
    address = StorageAddress(URL(f"{peer.url}/files/a.bin?sig=secret"))
    upload = Request(
        method="PUT", path="/files/a.bin", body=b"x", repeatable=True, operation="Buckets.upload"
    )
    transport = connect(peer.url)
    await transport.send_to_storage(address, upload, folder="Shared")
    said = "127.0.0.1 via 127.0.0.1, folder Shared: Buckets.upload /files/a.bin, attempt 1: "
    assert [record.getMessage() for record in caplog.records] == [f"{said}goes out", f"{said}HTTP 201"]
    await transport.send_to_storage(address, attrs.evolve(upload, method="GET", body=None))
    assert [(event.operation, event.path, event.outcome) for event in events()] == [
        ("Buckets.upload", "/files/a.bin", None),
        ("Buckets.upload", "/files/a.bin", "HTTP 201"),
    ]


async def test_a_write_that_never_went_out_is_not_told(serve, connect, start_jobs, reply, events):
    peer = await serve([reply(400, b'{"error":"invalid_client"}')])
    with pytest.raises(OrchestratorError):
        await connect(peer.url, ClientCredentials("app", "wrong")).send(start_jobs)
    assert events() == []


async def test_reads_and_harmless_posts_are_no_writes(serve, connect, jobs, reply, events):
    peer = await serve([reply()])
    transport = connect(peer.url)
    await transport.send(jobs)
    await transport.send(Request(method="POST", path="/odata/Jobs/X.Validate", body=b"{}", repeatable=True))
    assert events() == []


async def test_nothing_is_made_where_nobody_listens(serve, connect, delete, reply, caplog):
    caplog.set_level(logging.WARNING, "uipath_odata.writes")
    await connect((await serve([reply(204, b"")])).url).send(delete)
    assert caplog.records == []
