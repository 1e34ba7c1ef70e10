from __future__ import annotations

import asyncio

import aiohttp
import attrs
import pytest

from uipath_odata.auth import AccessToken, ClientCredentials, Grant, Secret
from uipath_odata.errors import AuthenticationFailed, ConnectionFailed, DecodeError, OrchestratorError


async def test_the_token_is_asked_for_once_and_kept(serve, connect, jobs, orchestrator, application):
    transport = connect((await serve(orchestrator)).url, application)
    for _ in range(3):
        await transport.send(jobs)
    assert (orchestrator.issued, orchestrator.signed) == (1, ["t1"] * 3)


async def test_r43_a_refresh_ends_although_all_who_waited_are_cancelled(
    serve, until, connect, jobs, orchestrator, application
):
    orchestrator.hold = asyncio.Event()
    transport = connect((await serve(orchestrator)).url, application)
    waiters = [asyncio.create_task(transport.send(jobs)) for _ in range(3)]
    await until(lambda: orchestrator.issued)
    for waiter in waiters:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    orchestrator.hold.set()
    await transport.send(jobs)
    assert (orchestrator.issued, orchestrator.signed) == (1, ["t1"])


@attrs.frozen
class Stored:
    """Credentials of a user: what ``exchange`` saves is saved before the token is used."""

    log: list
    gate: asyncio.Event

    async def exchange(self, deployment, post, previous, /):
        self.log.append(f"asked with {previous.refresh_token.reveal() if previous else 'login'}")
        await self.gate.wait()
        number = len(self.log)
        self.log.append(f"saved r{number}")
        return Grant(Secret(f"t{number}"), 100.0, Secret(f"r{number}"))


async def test_r41_a_rotated_refresh_token_is_saved_before_its_token_is_used(
    serve, connect, jobs, reply, time
):
    log, gate = [], asyncio.Event()
    gate.set()

    def answer(seen):
        log.append(seen.headers["authorization"])
        return reply()

    transport = connect((await serve(answer)).url, Stored(log, gate))
    await transport.send(jobs)
    time.now += 101
    await transport.send(jobs)
    assert log == [
        "asked with login",
        "saved r1",
        "Bearer t1",
        "asked with r1",
        "saved r4",
        "Bearer t4",
    ]


async def test_r43_closing_lets_a_running_refresh_save_its_token(serve, until, connect, jobs, reply):
    log, gate = [], asyncio.Event()
    transport = connect((await serve([reply()])).url, Stored(log, gate))
    waiter = asyncio.create_task(transport.send(jobs))
    await until(lambda: log)
    waiter.cancel()
    closing = asyncio.create_task(transport.aclose())
    await asyncio.sleep(0)
    gate.set()
    await closing
    assert log == ["asked with login", "saved r1"]


async def test_r43_closing_does_not_wait_for_ever(serve, until, connect, jobs, reply):
    log = []
    transport = connect((await serve([reply()])).url, Stored(log, asyncio.Event()), close_timeout=0.01)
    waiter = asyncio.create_task(transport.send(jobs))
    await until(lambda: log)
    await transport.aclose()
    assert transport._tokens._exchange.done()
    with pytest.raises(Exception, match="closed while it asked for a token"):
        await waiter


async def test_r88_closing_that_is_cancelled_leaves_no_task_and_no_connection(
    serve, until, connect, jobs, reply
):
    log = []
    transport = connect((await serve([reply()])).url, Stored(log, asyncio.Event()), close_timeout=60.0)
    waiter = asyncio.create_task(transport.send(jobs))
    await until(lambda: log)
    closing = asyncio.create_task(transport.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    with pytest.raises(OrchestratorError, match="closed"):
        await waiter
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_r44_a_token_is_replaced_ahead_of_its_end_without_making_anybody_wait(
    serve, until, connect, jobs, orchestrator, application, time
):
    orchestrator.expires_in = 1_000
    transport = connect((await serve(orchestrator)).url, application)
    await transport.send(jobs)
    time.now += 779
    await transport.send(jobs)
    assert orchestrator.issued == 1
    time.now += 22
    orchestrator.hold = asyncio.Event()
    await transport.send(jobs)
    assert orchestrator.signed == ["t1"] * 3
    await until(lambda: orchestrator.issued == 2)
    orchestrator.hold.set()
    time.now += 200
    await transport.send(jobs)
    assert (orchestrator.issued, orchestrator.signed[-1]) == (2, "t2")


async def test_r44_the_wall_clock_has_no_say(serve, connect, jobs, orchestrator, application, time):
    transport = connect((await serve(orchestrator)).url, application)
    await transport.send(jobs)
    time.wall += 86_400
    await transport.send(jobs)
    time.wall -= 2 * 86_400
    await transport.send(jobs)
    assert orchestrator.issued == 1


async def test_r45_a_token_that_is_over_at_once_is_used_once(serve, connect, jobs, orchestrator, application):
    orchestrator.expires_in = 0
    transport = connect((await serve(orchestrator)).url, application)
    await transport.send(jobs)
    await transport.send(jobs)
    assert orchestrator.signed == ["t1", "t2"]


async def test_r38_an_outage_is_not_felt_while_the_token_is_valid(
    serve, until, connect, jobs, orchestrator, application, reply, time
):
    orchestrator.expires_in = 1_000
    transport = connect((await serve(orchestrator)).url, application)
    await transport.send(jobs)
    orchestrator.outage = reply(503)
    time.now += 900
    for _ in range(20):
        await transport.send(jobs)
        await asyncio.sleep(0)
    assert set(orchestrator.signed) == {"t1"}
    await until(transport._tokens._exchange.done)
    asked = orchestrator.issued
    await transport.send(jobs)
    assert orchestrator.issued == asked
    time.now += 200
    with pytest.raises(ConnectionFailed, match=r"identity server 127\.0\.0\.1 answered HTTP 503"):
        await transport.send(jobs)


async def test_r38_after_its_end_all_who_wait_get_the_error_of_one_exchange(
    serve, connect, jobs, orchestrator, application, reply, time
):
    orchestrator.outage = reply(503)
    transport = connect((await serve(orchestrator)).url, application)
    errors = await asyncio.gather(*(transport.send(jobs) for _ in range(50)), return_exceptions=True)
    assert {type(error) for error in errors} == {ConnectionFailed}
    assert orchestrator.issued == 5
    orchestrator.outage = None
    time.now += 6
    assert (await transport.send(jobs)).status == 200


async def test_r47_an_async_callable_is_asked_again_after_a_401(serve, connect, jobs, orchestrator):
    given = []

    async def vault():
        given.append(f"t{len(given) + 1}")
        return given[-1]

    orchestrator.valid.remove("t1")
    transport = connect((await serve(orchestrator)).url, AccessToken(vault))
    await transport.send(jobs)
    assert orchestrator.signed == given == ["t1", "t2"]


async def test_an_error_of_the_users_callable_comes_through_as_it_is(serve, connect, jobs, orchestrator):
    async def vault():
        raise LookupError("no such path in the vault")

    transport = connect((await serve(orchestrator)).url, AccessToken(vault))
    for _ in range(2):
        with pytest.raises(LookupError, match="no such path"):
            await transport.send(jobs)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(13, "Permission denied", "/run/secrets/uipath"), "Permission denied, /run/secrets/uipath"),
        (ConnectionResetError("https://vault.example.com/?key=canary"), "ConnectionResetError"),
        (TimeoutError(), "TimeoutError"),
        (aiohttp.ClientPayloadError("canary"), "ClientPayloadError"),
        (DecodeError("The body is cut: ask again"), "The body is cut: ask again"),
    ],
)
async def test_a_write_whose_token_cannot_be_fetched_did_not_happen(
    serve, connect, start_jobs, orchestrator, time, error, said
):
    """Whatever the network did to the credentials, it did not do to the request."""
    asked = []

    async def vault():
        asked.append(time.now)
        raise error

    peer = await serve(orchestrator)
    transport = connect(peer.url, AccessToken(vault))
    for _ in range(2):
        with pytest.raises(ConnectionFailed, match="token") as caught:
            await transport.send(start_jobs)
        assert said in str(caught.value)
        assert "canary" not in str(caught.value)
        assert not caught.value.may_have_happened
        assert caught.value.retryable
    assert (asked, peer.seen) == ([1_000.0], [])


async def test_an_error_of_the_users_code_while_nobody_waits_is_logged(
    serve, until, connect, jobs, orchestrator, time, caplog
):
    orchestrator.expires_in = 1_000
    secrets = iter(["app-secret"])

    async def vault():
        for secret in secrets:
            return secret
        raise LookupError("no such path in the vault: canary")

    transport = connect((await serve(orchestrator)).url, ClientCredentials("app", vault))
    await transport.send(jobs)
    time.now += 900
    await transport.send(jobs)
    await until(transport._tokens._exchange.done)
    await asyncio.sleep(0)
    assert orchestrator.signed == ["t1"] * 2
    [line] = [record.message for record in caplog.records]
    assert line == "127.0.0.1, no folder: The credentials ended with LookupError"


async def test_a_text_that_is_refused_cannot_be_replaced(serve, connect, jobs, orchestrator):
    orchestrator.valid.clear()
    transport = connect((await serve(orchestrator)).url, AccessToken("t1"))
    for _ in range(3):
        with pytest.raises(AuthenticationFailed, match="give a new one, or an async callable"):
            await transport.send(jobs)
    assert orchestrator.signed == ["t1"]
