"""What the newer credentials ask of the way to the identity server."""

from __future__ import annotations

import json
import logging

import pytest

from uipath_odata.auth import ClientCredentials, UsernamePassword
from uipath_odata.errors import AuthenticationFailed, ConnectionFailed, Forbidden

ENVELOPE = {"result": "t1", "success": True, "error": None}


@pytest.fixture
def user():
    return UsernamePassword("admin", "canary-password", "Default")


async def test_a_password_is_exchanged_at_orchestrator_itself(
    serve, connect, jobs, orchestrator, reply, user
):
    async def answer(seen):
        if seen.target == "/api/account/authenticate":
            return reply(body=json.dumps(ENVELOPE).encode())
        return await orchestrator(seen)

    peer = await serve(answer)
    await connect(peer.url, user).send(jobs)
    assert (orchestrator.signed, orchestrator.issued) == (["t1"], 0)
    assert json.loads(peer.seen[0].body)["password"] == "canary-password"
    assert peer.seen[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("form", ["lost", "500", "503"])
async def test_a_password_is_sent_once_and_never_repeated(serve, connect, jobs, reply, cut, user, form):
    """Several wrong passwords in a row lock an account."""
    peer = await serve([cut(b"") if form == "lost" else reply(int(form), b"canary")])
    with pytest.raises(ConnectionFailed) as caught:
        await connect(peer.url, user).send(jobs)
    assert len(peer.seen) == 1
    assert "canary" not in str(caught.value)


async def test_r38_a_limit_of_the_identity_server_is_waited_out_for_passwords_too(
    serve, connect, jobs, orchestrator, reply, user, time
):
    answers = iter([reply(429, headers=["Retry-After: 7"]), reply(body=json.dumps(ENVELOPE).encode())])

    async def answer(seen):
        return next(answers) if "authenticate" in seen.target else await orchestrator(seen)

    peer = await serve(answer)
    await connect(peer.url, user).send(jobs)
    assert len(peer.seen) == 3
    assert time.now >= 1_007


@pytest.fixture
def narrow(serve, reply):
    """An Orchestrator whose identity server silently grants less than was asked for, and that refuses with ``status``."""

    async def start(status, scope="OR.Jobs.Read", challenge=()):
        granted = {"access_token": "t", "expires_in": 3_600, "token_type": "Bearer", "scope": scope}

        def answer(seen):
            if seen.target.endswith("/connect/token"):
                return reply(body=json.dumps(granted).encode())
            return reply(status, b'{"message":"You are not authorized!"}', headers=challenge)

        return await serve(answer)

    return start


APPLICATION = ClientCredentials("app", "s", "OR.Jobs.Read OR.Jobs.Write")


async def test_r35_a_refusal_names_the_scopes_that_were_silently_dropped(narrow, connect, jobs, caplog):
    caplog.set_level(logging.WARNING)
    transport = connect((await narrow(403)).url, APPLICATION)
    for _ in range(2):
        with pytest.raises(Forbidden, match=r"the token lacks OR\.Jobs\.Write, which was asked for: let the"):
            await transport.send(jobs)
    assert [record.getMessage() for record in caplog.records] == [
        "127.0.0.1, no folder: The token lacks OR.Jobs.Write, which was asked for"
    ]


async def test_the_same_scopes_are_warned_of_once(narrow, connect, jobs, caplog, time):
    caplog.set_level(logging.WARNING)
    peer = await narrow(403)
    transport = connect(peer.url, APPLICATION)
    for _ in range(2):
        with pytest.raises(Forbidden):
            await transport.send(jobs)
        time.now += 4_000
    assert len([seen for seen in peer.seen if seen.target.endswith("/connect/token")]) == 2
    assert len(caplog.records) == 1


async def test_r34_a_refused_fresh_token_names_them_too(narrow, connect, jobs):
    transport = connect((await narrow(401)).url, APPLICATION)
    with pytest.raises(AuthenticationFailed, match=r"it lacks OR\.Jobs\.Write, which was asked for"):
        await transport.send(jobs)


async def test_scopes_that_were_granted_are_not_mentioned(narrow, connect, jobs, caplog):
    transport = connect((await narrow(403, "OR.Jobs.Write OR.Jobs.Read")).url, APPLICATION)
    with pytest.raises(Forbidden) as caught:
        await transport.send(jobs)
    assert "asked for" not in str(caught.value) + caplog.text
