from __future__ import annotations

import asyncio
import logging
import socket

import attrs
import pytest
from aiohttp import ServerDisconnectedError

from uipath_odata.auth import AccessToken
from uipath_odata.errors import (
    ConnectionFailed,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    ResponseError,
    ServerError,
)
from uipath_odata.transport.retry.policy import RetryPolicy

TRANSIENT = [408, 500, 502, 503, 504]


@pytest.fixture
def closed_port():
    """A port that refuses until ``listen`` is called on it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken


@pytest.mark.parametrize("status", TRANSIENT)
async def test_r58_a_read_is_repeated_after_a_server_error(serve, connect, jobs, reply, time, status):
    peer = await serve([reply(status), reply(status), reply()])
    response = await connect(peer.url).send(jobs)
    assert (response.status, response.attempts, len(peer.seen)) == (200, 3, 3)
    assert len(time.slept) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 412, 422, 428, 501, 505])
async def test_r51_r52_other_statuses_are_not_repeated(serve, connect, jobs, reply, status):
    peer = await serve([reply(status, headers=['WWW-Authenticate: Bearer error="insufficient_scope"'])])
    with pytest.raises(Exception, match=f"HTTP {status}"):
        await connect(peer.url).send(jobs)
    assert len(peer.seen) == 1


@pytest.mark.parametrize("status", [*TRANSIENT, 505, 599, 999])
async def test_r60_a_job_is_started_once_whatever_the_server_error(serve, connect, start_jobs, reply, status):
    body = b'{"message":"Busy","errorCode":0,"traceId":"00-1-2-01"}'
    peer = await serve([reply(status, body)])
    with pytest.raises(OutcomeUnknown, match=r"Jobs\.StartJobs may or may not have happened") as caught:
        await connect(peer.url).send(start_jobs)
    assert [seen.method for seen in peer.seen] == ["POST"]
    assert isinstance(caught.value.response, ServerError)
    assert caught.value.response.status == status
    assert caught.value.response.trace_id == "00-1-2-01"
    assert caught.value.may_have_happened


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"HTTP/1.1 201 Cre"])
async def test_r60_a_job_is_started_once_when_its_answer_is_lost(serve, connect, start_jobs, cut, sent):
    peer = await serve([cut(sent)])
    with pytest.raises(OutcomeUnknown, match="look for its effect before you repeat it") as caught:
        await connect(peer.url).send(start_jobs)
    assert len(peer.seen) == 1
    assert caught.value.response is None
    assert "try again" not in str(caught.value)


async def test_r60_a_job_is_started_once_when_its_answer_times_out(serve, connect, start_jobs, hang):
    peer = await serve([hang])
    with pytest.raises(OutcomeUnknown, match="did not answer in time"):
        await connect(peer.url, attempt_timeout=0.05).send(start_jobs)
    assert len(peer.seen) == 1


@pytest.mark.parametrize("status", [409, 501])
async def test_a_write_that_the_server_refused_did_not_happen(serve, connect, start_jobs, reply, status):
    peer = await serve([reply(status, b'{"message":"Not this one"}')])
    with pytest.raises(ResponseError, match="Not this one") as caught:
        await connect(peer.url).send(start_jobs)
    assert len(peer.seen) == 1
    assert not caught.value.may_have_happened


@pytest.mark.parametrize("status", TRANSIENT)
async def test_a_replace_that_ends_in_a_server_error_may_have_happened(serve, connect, jobs, reply, status):
    peer = await serve([reply(status)])
    replace = attrs.evolve(jobs, method="PUT", body=b"{}")
    with pytest.raises(ServerError) as caught:
        await connect(peer.url).send(replace)
    assert caught.value.may_have_happened
    assert caught.value.attempts == 5


async def test_a_read_never_happened(serve, connect, jobs, reply):
    peer = await serve([reply(500)])
    with pytest.raises(ServerError) as caught:
        await connect(peer.url).send(jobs)
    assert not caught.value.may_have_happened


async def test_a_write_is_repeated_after_429(serve, connect, start_jobs, reply):
    peer = await serve([reply(429, headers=["Retry-After: 2"]), reply(201)])
    assert (await connect(peer.url).send(start_jobs)).attempts == 2
    assert peer.seen[0].body == peer.seen[1].body == start_jobs.body


async def test_a_body_of_megabytes_is_repeated_whole(serve, connect, start_jobs, reply):
    large = attrs.evolve(start_jobs, body=b"[" + b"1," * 1_000_000 + b"1]")
    peer = await serve([reply(429, headers=["Retry-After: 1"]), reply(201)])
    await connect(peer.url).send(large)
    assert [seen.body == large.body for seen in peer.seen] == [True, True]


async def test_r03_a_refused_connection_is_tried_again_for_any_method(
    connect, start_jobs, closed_port, time, reply
):
    host, port = closed_port.getsockname()
    accepted = []

    async def answer(reader, writer):
        accepted.append(await reader.readuntil(b"StartJobs HTTP/1.1\r\n"))
        writer.write(reply(close=True))
        writer.close()

    async def sleep(seconds):
        await time.sleep(seconds)
        if len(time.slept) == 2:
            server.append(await asyncio.start_server(answer, sock=closed_port))

    server = []
    clock = attrs.evolve(time.clock, sleep=sleep)
    response = await connect(f"http://{host}:{port}", clock=clock).send(start_jobs)
    assert (response.status, response.attempts, len(accepted)) == (200, 3, 1)
    server[0].close()


async def test_r03_a_port_that_stays_closed_is_an_error_that_names_the_host(connect, start_jobs, closed_port):
    host, port = closed_port.getsockname()
    with pytest.raises(ConnectionFailed, match=r"There is no connection to 127\.0\.0\.1") as caught:
        await connect(f"http://{host}:{port}").send(attrs.evolve(start_jobs, query="secret=value"))
    assert "value" not in repr(caught.value)
    assert caught.value.__notes__ == ["5 attempts were made."]
    assert not caught.value.may_have_happened


async def test_r08_a_server_that_never_answers_is_given_up_and_asked_again(serve, connect, jobs, reply, hang):
    peer = await serve(lambda seen: hang if seen.connection < 3 else reply())
    response = await connect(peer.url, read_timeout=0.05).send(jobs)
    assert response.attempts == 3


async def test_r08_a_server_that_stays_silent_is_a_timeout(serve, connect, jobs, hang):
    peer = await serve([hang])
    with pytest.raises(RequestTimeout, match="did not answer in time") as caught:
        await connect(peer.url, attempt_timeout=0.02).send(jobs)
    assert isinstance(caught.value, TimeoutError)
    assert len(peer.seen) == 5


async def test_r11_a_connection_that_went_stale_costs_a_read_nothing(serve, connect, jobs, reply, cut, time):
    peer = await serve([reply(), cut(b""), reply()])
    transport = connect(peer.url)
    await transport.send(jobs)
    assert (await transport.send(jobs)).attempts == 2
    assert time.slept == []
    assert [seen.connection for seen in peer.seen] == [1, 1, 2]


async def test_r11_only_the_first_lost_connection_is_free(serve, connect, jobs, cut, time):
    peer = await serve([cut(b"")])
    with pytest.raises(ConnectionFailed, match="closed the connection"):
        await connect(peer.url).send(jobs)
    assert len(peer.seen) == 5
    assert len(time.slept) == 3


async def test_aiohttp_does_not_run_the_chain_again_behind_our_back(serve, connect, jobs, reply):
    """A middleware of the user that raises what aiohttp itself would retry."""
    calls = []

    async def broken(request, handler):
        calls.append(request.method)
        raise ServerDisconnectedError

    peer = await serve([reply()])
    with pytest.raises(ConnectionFailed):
        await connect(peer.url, middlewares=[broken]).send(jobs)
    assert len(calls) == 5


async def test_a_replace_that_failed_before_it_was_sent_again_may_have_happened(serve, connect, jobs, reply):
    def last(seen):
        peer._server.close()
        return reply(503, close=True)

    peer = await serve(last)
    with pytest.raises(ConnectionFailed, match="There is no connection") as caught:
        await connect(peer.url).send(attrs.evolve(jobs, method="PUT", body=b"{}"))
    assert len(peer.seen) == 1
    assert caught.value.may_have_happened


async def test_a_single_attempt_has_nothing_to_note(connect, jobs, closed_port):
    host, port = closed_port.getsockname()
    with pytest.raises(ConnectionFailed) as caught:
        await connect(f"http://{host}:{port}", policy=RetryPolicy(attempts=1)).send(jobs)
    assert not hasattr(caught.value, "__notes__")


async def test_attempts_are_logged_without_the_query(serve, connect, jobs, reply, cut, caplog):
    caplog.set_level(logging.DEBUG, "uipath_odata")
    peer = await serve([cut(b""), reply(429, headers=["Retry-After: 3"]), reply()])
    await connect(peer.url).send(jobs)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    waits = lines.pop(2)[1]
    assert waits.startswith("127.0.0.1, no folder: Jobs.list waits 3.")
    assert lines[0] == (
        "INFO",
        "127.0.0.1, no folder: GET /odata/Jobs: attempt 1: ConnectionFailed; again in 0.0 s",
    )
    assert lines[1][1].startswith("127.0.0.1, no folder: GET /odata/Jobs: attempt 2: HTTP 429; again in 3.")
    assert lines[2] == ("DEBUG", "127.0.0.1, no folder: GET /odata/Jobs: attempt 3: HTTP 200")


async def test_a_delete_that_worked_before_its_answer_was_lost_is_done(serve, connect, delete_robot, reply):
    peer = await serve([reply(503), reply(404, b'{"message":"Robot does not exist"}')])
    response = await connect(peer.url).send(delete_robot)
    assert (response.status, response.body, response.attempts) == (204, b"", 2)


async def test_a_delete_that_finds_nothing_at_first_is_an_error(serve, connect, delete_robot, reply):
    peer = await serve([reply(429, headers=["Retry-After: 1"]), reply(404)])
    with pytest.raises(Exception, match="HTTP 404") as caught:
        await connect(peer.url).send(delete_robot)
    assert not caught.value.may_have_happened


async def test_the_callers_timeout_ends_the_call_and_is_its_own(serve, connect, jobs, hang):
    peer = await serve([hang])
    transport = connect(peer.url)
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.05):
            await transport.send(jobs)
    assert not isinstance(caught.value, RequestTimeout)
    assert len(peer.seen) == 1


async def test_a_cancelled_request_gives_its_slot_and_connection_back(
    serve, until, connect, jobs, reply, hang
):
    peer = await serve(lambda seen: hang if seen.connection == 1 else reply())
    transport = connect(peer.url, concurrency=1)
    task = asyncio.create_task(transport.send(jobs))
    await until(lambda: peer.seen)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await transport.send(jobs)).status == 200


@pytest.mark.parametrize("taken", [0, 1, 65_536, 1_000_000, 2_999_999])
async def test_a_body_whose_upload_broke_off_is_repeated_whole(connect, jobs, reply, taken):
    """The peer takes some of the first upload and drops it."""
    bodies = []

    async def answer(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if not bodies:
            bodies.append(await reader.readexactly(taken) if taken else b"")
            writer.transport.abort()
            return
        bodies.append(await reader.readexactly(length))
        writer.write(reply())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    replace = attrs.evolve(jobs, method="PUT", body=bytes(range(250)) * 12_000)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    assert (await connect(url).send(replace)).attempts == 2
    assert bodies[1] == replace.body
    server.close()


@pytest.mark.parametrize(("attempts", "notes"), [(1, []), (2, ["2 attempts were made."])])
async def test_an_error_says_how_often_it_was_tried(serve, connect, jobs, cut, attempts, notes):
    peer = await serve([cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")])
    with pytest.raises(ConnectionFailed) as caught:
        await connect(peer.url, policy=RetryPolicy(attempts=attempts)).send(jobs)
    assert getattr(caught.value, "__notes__", []) == notes


async def test_a_write_that_is_always_limited_is_sent_twice(serve, connect, start_jobs, reply):
    peer = await serve([reply(429)])
    with pytest.raises(RateLimited) as caught:
        await connect(peer.url).send(start_jobs)
    assert len(peer.seen) == 2
    assert not caught.value.may_have_happened


async def test_a_write_is_sent_again_as_often_as_the_server_says_when(
    serve, connect, start_jobs, reply, time
):
    peer = await serve([reply(429, headers=["Retry-After: 2"])] * 3 + [reply(201)])
    assert (await connect(peer.url).send(start_jobs)).attempts == 4
    assert time.now >= 1_006


@pytest.mark.parametrize("deadline", [1.0, 1.9])
async def test_a_limited_write_is_never_sent_after_the_deadline(
    serve, connect, start_jobs, reply, time, deadline
):
    peer = await serve([reply(429, headers=["Retry-After: 2"]), reply(201)])
    with pytest.raises(RateLimited):
        await connect(peer.url, policy=RetryPolicy(deadline=deadline)).send(start_jobs)
    assert (len(peer.seen), time.now) == (1, 1_000.0)


@pytest.mark.parametrize("status", [520, 521, 522, 523, 524, 525, 526, 527, 530, 599])
async def test_a_gateways_own_status_counts_as_500(serve, connect, jobs, start_jobs, reply, status):
    """RFC 9110 §15: an unknown status is treated as the first of its class."""
    peer = await serve([reply(status, b"error code: 1"), reply()])
    assert (await connect(peer.url).send(jobs)).attempts == 2
    peer = await serve([reply(status, b"error code: 1"), reply()])
    with pytest.raises(OutcomeUnknown):
        await connect(peer.url).send(start_jobs)
    assert len(peer.seen) == 1


async def test_a_timeout_around_a_write_says_that_it_may_have_happened(serve, connect, start_jobs, hang):
    peer = await serve([hang])
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(1):  # in which a busy machine sends it, too
            await connect(peer.url).send(start_jobs)
    [note] = caught.value.__cause__.__notes__
    assert note.startswith(
        "Jobs.StartJobs (127.0.0.1, no folder) was under way and may have happened: look for its effect"
    )


async def test_a_timeout_around_a_read_or_before_anything_was_sent_says_what_was_under_way(
    serve, connect, jobs, start_jobs, hang
):
    peer = await serve([hang])
    never = AccessToken(asyncio.Event().wait)
    for request, credentials, said in (
        (jobs, AccessToken("t"), "Jobs.list (127.0.0.1, no folder) was under way, attempt 1"),
        (start_jobs, never, "Jobs.StartJobs (127.0.0.1, no folder) waited to be sent and has not happened"),
    ):
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.05):
                await connect(peer.url, credentials).send(request)
        assert caught.value.__cause__.__notes__ == [said]
