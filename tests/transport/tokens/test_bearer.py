from __future__ import annotations

import asyncio
from urllib.parse import quote

import attrs
import pytest

from uipath_odata.auth import AccessToken
from uipath_odata.errors import AuthenticationFailed, ConnectionFailed, Forbidden, QueryError, Unauthorized
from uipath_odata.transport.retry.policy import RetryPolicy


async def test_r31_an_expired_token_is_replaced_once_and_the_request_resent(
    serve, connect, start_jobs, orchestrator, application
):
    """R31: also for a write, which a 401 has not done."""
    peer = await serve(orchestrator)
    transport = connect(peer.url, application)
    await transport.send(start_jobs)
    orchestrator.valid.remove("t1")
    await transport.send(start_jobs)
    assert (orchestrator.issued, orchestrator.signed) == (2, ["t1", "t1", "t2"])
    assert peer.seen[-1].body == start_jobs.body


@pytest.mark.parametrize("seed", range(20))
async def test_r32_a_thousand_requests_with_an_expired_token_share_one_refresh(
    serve, connect, jobs, orchestrator, application, seed
):
    peer = await serve(orchestrator)
    transport = connect(peer.url, application, concurrency=[1, 32, 200][seed % 3])
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
    serve, connect, jobs, orchestrator, application
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

    transport = connect((await serve(barrier)).url, application, concurrency=size)
    await transport.send(jobs)
    orchestrator.valid.remove("t1")
    orchestrator.signed.clear()
    await asyncio.gather(*(transport.send(jobs) for _ in range(size)))
    assert orchestrator.issued == 2
    assert (orchestrator.signed.count("t1"), orchestrator.signed.count("t2")) == (size, size)


async def test_r33_a_late_401_for_an_older_token_does_not_refresh(
    serve, connect, jobs, orchestrator, application
):
    late = asyncio.Event()

    async def answer(seen):
        if seen.target.endswith("late") and seen.headers["authorization"] == "Bearer t1":
            await late.wait()
        return await orchestrator(seen)

    transport = connect((await serve(answer)).url, application)
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
    serve, connect, jobs, orchestrator, application, time
):
    transport = connect((await serve(orchestrator)).url, application)
    orchestrator.valid.clear()
    for _ in range(5):
        with pytest.raises(AuthenticationFailed, match="refuses a token that is new") as caught:
            await transport.send(jobs)
        time.now += 5
    assert "organization" in caught.value.reason
    assert (orchestrator.issued, orchestrator.signed) == (2, ["t1", "t2"])
    time.now += 6
    orchestrator.valid.add("t3")
    await transport.send(jobs)
    assert orchestrator.signed[-1] == "t3"


async def test_a_refused_first_operation_names_its_scopes_and_shares_no_notes(
    serve, connect, jobs, orchestrator, application
):
    transport = connect((await serve(orchestrator)).url, application)
    orchestrator.valid.clear()
    asked = attrs.evolve(jobs, scopes=("OR.Jobs", "OR.Jobs.Read"))
    for page in range(3):
        with pytest.raises(
            AuthenticationFailed, match=r"has the scope OR\.Jobs or OR\.Jobs\.Read$"
        ) as caught:
            await transport.send(asked)
        caught.value.add_note(f"while reading page {page}")
        assert caught.value.__notes__ == [f"while reading page {page}"]


async def test_r34_many_requests_that_are_always_refused_do_not_loop(
    serve, connect, jobs, orchestrator, application
):
    orchestrator.valid.clear()
    transport = connect((await serve(orchestrator)).url, application)
    errors = await asyncio.gather(*(transport.send(jobs) for _ in range(50)), return_exceptions=True)
    assert {type(error) for error in errors} == {AuthenticationFailed}
    assert orchestrator.issued == 2
    assert len(orchestrator.signed) <= 100
    assert len({id(error) for error in errors}) == 50


@pytest.mark.parametrize("others", [(), ("WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM")])
async def test_r35_a_missing_scope_is_not_a_matter_of_tokens(
    serve, connect, jobs, orchestrator, application, others
):
    challenge = 'WWW-Authenticate: Bearer error="insufficient_scope", scope="OR.Jobs.Read"'
    orchestrator.valid.clear()
    orchestrator.refusal = (401, b"", (*others, challenge))
    transport = connect((await serve(orchestrator)).url, application)
    with pytest.raises(Unauthorized, match=r"Grant the scope OR\.Jobs\.Read"):
        await transport.send(jobs)
    orchestrator.refusal = (403, b'{"message":"You are not authorized!","errorCode":0}', ())
    with pytest.raises(Forbidden, match="You are not authorized! Check the names of organization and tenant"):
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
async def test_r36_any_401_refreshes_once(serve, connect, jobs, orchestrator, application, refusal):
    orchestrator.valid.remove("t1")
    orchestrator.refusal = refusal
    transport = connect((await serve(orchestrator)).url, application)
    await transport.send(jobs)
    assert orchestrator.signed == ["t1", "t2"]


async def test_r42_cancelling_the_request_that_leads_the_refresh_harms_nobody(
    serve, until, connect, jobs, orchestrator, application
):
    orchestrator.hold = asyncio.Event()
    transport = connect((await serve(orchestrator)).url, application)
    leader = asyncio.create_task(transport.send(jobs))
    await until(lambda: orchestrator.issued)
    others = [asyncio.create_task(transport.send(jobs)) for _ in range(40)]
    await asyncio.sleep(0)
    leader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader
    orchestrator.hold.set()
    assert {response.status for response in await asyncio.gather(*others)} == {200}
    assert orchestrator.issued == 1


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


class Scoped:
    """An Orchestrator that answers 401 to Jobs, whose scope the token lacks, and says 200 to the rest."""

    def __init__(self, reply):
        self.reply, self.issued, self.dead = reply, 0, set()

    async def __call__(self, seen):
        if seen.target.endswith("/connect/token"):
            self.issued += 1
            body = f'{{"access_token":"t{self.issued}","expires_in":3600,"token_type":"Bearer"}}'
            return self.reply(body=body.encode())
        token = seen.headers["authorization"].removeprefix("Bearer ")
        lacking = "/odata/Jobs" in seen.target
        return self.reply(401, b"") if lacking or token in self.dead else self.reply()


@pytest.mark.parametrize("given", ["application", "token", "callable"])
async def test_r35_a_401_for_one_missing_scope_is_that_operations_alone(
    serve, connect, jobs, reply, application, given
):
    async def fetch():
        return "a-token"

    credentials = {"application": application, "token": AccessToken("pat"), "callable": AccessToken(fetch)}
    scoped = Scoped(reply)
    transport = connect((await serve(scoped)).url, credentials[given])
    jobs = attrs.evolve(jobs, scopes=("OR.Jobs", "OR.Jobs.Read"))
    robots = attrs.evolve(jobs, path="/odata/Robots", operation="Robots.list")
    await transport.send(robots)
    for _ in range(5):
        with pytest.raises(Unauthorized, match=r"the token has the scope OR\.Jobs or OR\.Jobs\.Read"):
            await transport.send(jobs)
        assert (await transport.send(robots)).status == 200
    assert scoped.issued == (2 if given == "application" else 0)


async def test_a_token_that_expires_after_a_missing_scope_is_replaced(
    serve, connect, jobs, reply, application, time
):
    scoped = Scoped(reply)
    transport = connect((await serve(scoped)).url, application)
    robots = attrs.evolve(jobs, path="/odata/Robots", operation="Robots.list")
    await transport.send(robots)
    with pytest.raises(Unauthorized):
        await transport.send(jobs)
    scoped.dead |= {"t1", "t2"}
    assert (await transport.send(robots)).status == 200
    assert scoped.issued == 3
    with pytest.raises(Unauthorized):
        await transport.send(jobs)
    time.now += 31
    with pytest.raises(Unauthorized):
        await transport.send(jobs)
    assert scoped.issued == 5


async def test_an_outage_of_the_identity_server_leaves_an_accepted_token_in_use(
    serve, connect, jobs, orchestrator, application, reply
):
    async def answer(seen):
        scoped = "/odata/Jobs" in seen.target
        return reply(401, b"") if scoped else await orchestrator(seen)

    transport = connect((await serve(answer)).url, application, policy=RetryPolicy(attempts=1))
    robots = attrs.evolve(jobs, path="/odata/Robots", operation="Robots.list")
    await transport.send(robots)
    orchestrator.outage = reply(503)
    for _ in range(2):
        with pytest.raises(ConnectionFailed, match="identity server"):
            await transport.send(jobs)
        assert (await transport.send(robots)).status == 200


async def test_a_header_of_a_middleware_that_cannot_be_sent_is_named_without_the_token(
    serve, connect, jobs, reply
):
    async def own(request, handler):
        request.headers["X-Trace"] = "a\r\nX-Other: b"
        return await handler(request)

    peer = await serve([reply()])
    with pytest.raises(QueryError, match="X-Trace that cannot be sent") as caught:
        await connect(peer.url, AccessToken("s3cret-token"), middlewares=[own]).send(jobs)
    frames, trace = [], caught.value.__traceback__
    while trace:
        frames.append(repr(trace.tb_frame.f_locals))
        trace = trace.tb_next
    assert "s3cret-token" not in "".join(frames)
    assert peer.seen == []


@pytest.mark.parametrize("headers", [{"X-A": "1\n2"}, {"X A": "1"}, {"": "1"}, {"X-A": "\ud800"}])
async def test_headers_that_cannot_be_sent_are_refused_when_they_are_given(connect, headers):
    with pytest.raises(QueryError, match="headers= has"):
        connect("https://o.example.com", headers=headers)


async def test_a_token_that_a_gateway_repeats_is_masked_whatever_stands_before_it(
    serve, connect, jobs, reply
):
    token = "q7-opaque.token/with+odd=signs"
    for words in (f"invalid [{token}]", f"token={quote(token, safe='')}", f'{{"message":"no {token}!"}}'):
        peer = await serve([reply(403, words.encode())])
        with pytest.raises(Forbidden) as caught:
            await connect(peer.url, AccessToken(token)).send(jobs)
        assert "***" in str(caught.value)
        assert "opaque" not in str(caught.value)
