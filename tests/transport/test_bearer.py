from __future__ import annotations

import asyncio

import attrs
import pytest

from uipath_odata.auth import AccessToken, ClientCredentials, Grant, Secret
from uipath_odata.errors import AuthenticationFailed, ConnectionFailed, Forbidden, QueryError, Unauthorized

APPLICATION = ClientCredentials(client_id="app", client_secret="app-secret")


@attrs.define
class Orchestrator:
    """Gives tokens t1, t2, … and accepts those that are ``valid``; ``hold`` makes token requests wait."""

    reply: object
    valid: set = attrs.field(factory=set)
    issued: int = 0
    expires_in: object = 3_600
    hold: asyncio.Event | None = None
    refusal: tuple = (401, b"", ())
    outage: bytes | None = None
    signed: list = attrs.field(factory=list)

    async def __call__(self, seen):
        if seen.target.endswith("/connect/token"):
            return await self._token()
        token = seen.headers["authorization"].removeprefix("Bearer ")
        self.signed.append(token)
        if token in self.valid:
            return self.reply()
        status, body, headers = self.refusal
        return self.reply(status, body, headers=headers)

    async def _token(self):
        self.issued += 1
        number = self.issued
        if self.hold:
            await self.hold.wait()
        if self.outage:
            return self.outage
        body = f'{{"access_token":"t{number}","expires_in":{self.expires_in},"token_type":"Bearer"}}'
        return self.reply(body=body.encode())


@pytest.fixture
def orchestrator(reply):
    return Orchestrator(reply, valid={f"t{number}" for number in range(1, 100)})


async def test_the_token_is_asked_for_once_and_kept(serve, connect, jobs, orchestrator):
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    for _ in range(3):
        await transport.send(jobs)
    assert (orchestrator.issued, orchestrator.signed) == (1, ["t1"] * 3)


async def test_r31_an_expired_token_is_replaced_once_and_the_request_resent(
    serve, connect, start_jobs, orchestrator
):
    """R31: also for a write, which a 401 has not done."""
    peer = await serve(orchestrator)
    transport = connect(peer.url, APPLICATION)
    await transport.send(start_jobs)
    orchestrator.valid.remove("t1")
    await transport.send(start_jobs)
    assert (orchestrator.issued, orchestrator.signed) == (2, ["t1", "t1", "t2"])
    assert peer.seen[-1].body == start_jobs.body


@pytest.mark.parametrize("seed", range(20))
async def test_r32_a_thousand_requests_with_an_expired_token_share_one_refresh(
    serve, connect, jobs, orchestrator, seed
):
    peer = await serve(orchestrator)
    transport = connect(peer.url, APPLICATION, concurrency=[1, 32, 200][seed % 3])
    await transport.send(jobs)
    orchestrator.valid.remove("t1")
    orchestrator.signed.clear()
    size = 1_000 if seed == 0 else 100
    answers = await asyncio.gather(*(transport.send(jobs) for _ in range(size)))
    assert {answer.status for answer in answers} == {200}
    assert orchestrator.issued == 2
    assert orchestrator.signed.count("t2") == size
    assert orchestrator.signed.count("t1") <= size


async def test_r32_a_thousand_requests_all_refused_at_once_are_each_resent_once(
    serve, connect, jobs, orchestrator
):
    """R32: nobody is answered before all thousand have been sent with the expired token."""
    size, arrived, gate = 1_000, 0, asyncio.Event()

    async def barrier(seen):
        nonlocal arrived
        if seen.headers.get("authorization") == "Bearer t1" and "t1" not in orchestrator.valid:
            arrived += 1
            if arrived == size:
                gate.set()
            await gate.wait()
        return await orchestrator(seen)

    transport = connect((await serve(barrier)).url, APPLICATION, concurrency=size)
    await transport.send(jobs)
    orchestrator.valid.remove("t1")
    orchestrator.signed.clear()
    await asyncio.gather(*(transport.send(jobs) for _ in range(size)))
    assert orchestrator.issued == 2
    assert (orchestrator.signed.count("t1"), orchestrator.signed.count("t2")) == (size, size)


async def test_r33_a_late_401_for_an_older_token_does_not_refresh(serve, connect, jobs, orchestrator):
    late = asyncio.Event()

    async def answer(seen):
        if seen.target.endswith("late") and seen.headers["authorization"] == "Bearer t1":
            await late.wait()
        return await orchestrator(seen)

    transport = connect((await serve(answer)).url, APPLICATION)
    await transport.send(jobs)
    orchestrator.valid.remove("t1")
    slow = asyncio.create_task(transport.send(attrs.evolve(jobs, query="late")))
    await transport.send(jobs)
    assert orchestrator.issued == 2
    late.set()
    await slow
    assert orchestrator.issued == 2
    assert orchestrator.signed[-2:] == ["t1", "t2"]


async def test_r34_a_new_token_that_is_refused_holds_the_credentials_for_30_seconds(
    serve, connect, jobs, orchestrator, time
):
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    await transport.send(jobs)
    orchestrator.valid.clear()
    for _ in range(5):
        with pytest.raises(AuthenticationFailed, match="refuses a token that is new") as caught:
            await transport.send(jobs)
        time.now += 5
    assert "organization" in caught.value.reason
    assert (orchestrator.issued, orchestrator.signed) == (2, ["t1", "t1", "t2"])
    time.now += 6
    orchestrator.valid.add("t3")
    await transport.send(jobs)
    assert orchestrator.signed[-1] == "t3"


async def test_r34_many_requests_that_are_always_refused_do_not_loop(serve, connect, jobs, orchestrator):
    orchestrator.valid.clear()
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    errors = await asyncio.gather(*(transport.send(jobs) for _ in range(50)), return_exceptions=True)
    assert {type(error) for error in errors} == {AuthenticationFailed}
    assert orchestrator.issued == 2
    assert len(orchestrator.signed) <= 100
    assert len({id(error) for error in errors}) == 50


async def test_r35_a_missing_scope_is_not_a_matter_of_tokens(serve, connect, jobs, orchestrator):
    challenge = 'WWW-Authenticate: Bearer error="insufficient_scope", scope="OR.Jobs.Read"'
    orchestrator.valid.clear()
    orchestrator.refusal = (401, b"", (challenge,))
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    with pytest.raises(Unauthorized, match=r"Grant the scope OR\.Jobs\.Read"):
        await transport.send(jobs)
    orchestrator.refusal = (403, b'{"message":"You are not authorized!","errorCode":0}', ())
    with pytest.raises(Forbidden, match="You are not authorized! Check the names"):
        await transport.send(jobs)
    assert (orchestrator.issued, len(orchestrator.signed)) == (1, 2)


@pytest.mark.parametrize(
    "refusal",
    [
        (401, b"", ()),
        (401, b"<html>Unauthorized</html>", ("Content-Type: text/html",)),
        (401, b"{}", ('WWW-Authenticate: Bearer error="invalid_token"',)),
    ],
    ids=["empty", "html", "invalid_token"],
)
async def test_r36_any_401_refreshes_once(serve, connect, jobs, orchestrator, refusal):
    orchestrator.valid.remove("t1")
    orchestrator.refusal = refusal
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    await transport.send(jobs)
    assert orchestrator.signed == ["t1", "t2"]


async def test_r42_cancelling_the_request_that_leads_the_refresh_harms_nobody(
    serve, connect, jobs, orchestrator
):
    orchestrator.hold = asyncio.Event()
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    leader = asyncio.create_task(transport.send(jobs))
    while not orchestrator.issued:
        await asyncio.sleep(0)
    others = [asyncio.create_task(transport.send(jobs)) for _ in range(40)]
    await asyncio.sleep(0)
    leader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader
    orchestrator.hold.set()
    assert {response.status for response in await asyncio.gather(*others)} == {200}
    assert orchestrator.issued == 1


async def test_r43_a_refresh_ends_although_all_who_waited_are_cancelled(serve, connect, jobs, orchestrator):
    orchestrator.hold = asyncio.Event()
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    waiters = [asyncio.create_task(transport.send(jobs)) for _ in range(3)]
    while not orchestrator.issued:
        await asyncio.sleep(0)
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


async def test_r43_closing_lets_a_running_refresh_save_its_token(serve, connect, jobs, reply):
    log, gate = [], asyncio.Event()
    transport = connect((await serve([reply()])).url, Stored(log, gate))
    waiter = asyncio.create_task(transport.send(jobs))
    while not log:
        await asyncio.sleep(0)
    waiter.cancel()
    closing = asyncio.create_task(transport.aclose())
    await asyncio.sleep(0)
    gate.set()
    await closing
    assert log == ["asked with login", "saved r1"]


async def test_r43_closing_does_not_wait_for_ever(serve, connect, jobs, reply):
    log = []
    transport = connect((await serve([reply()])).url, Stored(log, asyncio.Event()), close_timeout=0.01)
    waiter = asyncio.create_task(transport.send(jobs))
    while not log:
        await asyncio.sleep(0)
    await transport.aclose()
    with pytest.raises(Exception, match="closed while it asked for a token"):
        await waiter


async def test_r44_a_token_is_replaced_ahead_of_its_end_without_making_anybody_wait(
    serve, connect, jobs, orchestrator, time
):
    orchestrator.expires_in = 1_000
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    await transport.send(jobs)
    time.now += 779
    await transport.send(jobs)
    assert orchestrator.issued == 1
    time.now += 22
    orchestrator.hold = asyncio.Event()
    await transport.send(jobs)
    assert orchestrator.signed == ["t1"] * 3
    while orchestrator.issued < 2:
        await asyncio.sleep(0)
    orchestrator.hold.set()
    time.now += 200
    await transport.send(jobs)
    assert (orchestrator.issued, orchestrator.signed[-1]) == (2, "t2")


async def test_r44_the_wall_clock_has_no_say(serve, connect, jobs, orchestrator, time):
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    await transport.send(jobs)
    time.wall += 86_400
    await transport.send(jobs)
    time.wall -= 2 * 86_400
    await transport.send(jobs)
    assert orchestrator.issued == 1


async def test_r45_a_token_that_is_over_at_once_is_used_once(serve, connect, jobs, orchestrator):
    orchestrator.expires_in = 0
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    await transport.send(jobs)
    await transport.send(jobs)
    assert orchestrator.signed == ["t1", "t2"]


async def test_r38_an_outage_is_not_felt_while_the_token_is_valid(
    serve, connect, jobs, orchestrator, reply, time
):
    orchestrator.expires_in = 1_000
    transport = connect((await serve(orchestrator)).url, APPLICATION)
    await transport.send(jobs)
    orchestrator.outage = reply(503)
    time.now += 900
    for _ in range(20):
        await transport.send(jobs)
        await asyncio.sleep(0)
    assert set(orchestrator.signed) == {"t1"}
    while transport._tokens._exchange and not transport._tokens._exchange.done():
        await asyncio.sleep(0)
    asked = orchestrator.issued
    await transport.send(jobs)
    assert orchestrator.issued == asked
    time.now += 200
    with pytest.raises(ConnectionFailed, match=r"identity server 127\.0\.0\.1 answered HTTP 503"):
        await transport.send(jobs)


async def test_r38_after_its_end_all_who_wait_get_the_error_of_one_exchange(
    serve, connect, jobs, orchestrator, reply, time
):
    orchestrator.outage = reply(503)
    transport = connect((await serve(orchestrator)).url, APPLICATION)
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


async def test_a_text_that_is_refused_cannot_be_replaced(serve, connect, jobs, orchestrator):
    orchestrator.valid.clear()
    transport = connect((await serve(orchestrator)).url, AccessToken("t1"))
    for _ in range(3):
        with pytest.raises(AuthenticationFailed, match="give a new one, or an async callable"):
            await transport.send(jobs)
    assert orchestrator.signed == ["t1"]


async def test_two_clients_of_one_pool_do_not_share_a_token(serve, connect, jobs, orchestrator):
    peer = await serve(orchestrator)
    first = connect(peer.url, AccessToken("t8"))
    second = connect(peer.url, AccessToken("t9"), pool=first._pool)
    await asyncio.gather(first.send(jobs), second.send(jobs), first.send(jobs))
    assert sorted(orchestrator.signed) == ["t8", "t8", "t9"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.2:{port}/odata/Jobs",
        "http://127.0.0.1:1/odata/Jobs",
        "http://127.0.0.1:{port}/other/odata/Jobs",
    ],
)
async def test_the_token_stays_when_a_middleware_turns_a_request_elsewhere(
    serve, connect, jobs, orchestrator, elsewhere
):
    async def turn(request, handler):
        request.url = request.url.__class__(elsewhere.format(port=peer.port))
        return await handler(request)

    peer = await serve(orchestrator)
    transport = connect(f"{peer.url}/base", AccessToken("t1"), middlewares=[turn])
    with pytest.raises(QueryError, match="The token stays with"):
        await transport.send(jobs)
    assert peer.seen == []
