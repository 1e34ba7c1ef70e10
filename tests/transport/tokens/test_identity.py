from __future__ import annotations

import asyncio
import gzip
import json
import logging
from urllib.parse import parse_qs

import pytest

from uipath_odata.auth import ClientCredentials, UserKey
from uipath_odata.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    OutcomeUnknown,
    QueryError,
    RequestTimeout,
)

GIVEN = b'{"access_token":"t1","expires_in":3600,"token_type":"Bearer"}'
TOKEN_PATH = "/identity/connect/token"


@pytest.fixture
def identity(serve, reply):
    """Serve Orchestrator and an identity server whose answers are scripted; gives the peer and token requests."""

    async def start(*answers):
        asked = []

        def answer(seen):
            if seen.target != TOKEN_PATH:
                return reply()
            asked.append(seen)
            return answers[min(len(asked), len(answers)) - 1]

        return await serve(answer), asked

    return start


@pytest.fixture
def application():
    return ClientCredentials(client_id="app", client_secret="app-secret", scope=["OR.Jobs", "OR.Robots.Read"])


async def test_an_application_sends_the_form_that_uipath_wants(identity, connect, jobs, reply, application):
    peer, asked = await identity(reply(body=GIVEN))
    await connect(peer.url, application).send(jobs)
    assert asked[0].method == "POST"
    assert asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(asked[0].body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["app"],
        "client_secret": ["app-secret"],
        "scope": ["OR.Jobs OR.Robots.Read"],
    }


async def test_a_user_key_sends_the_documented_json(identity, connect, jobs, reply):
    peer, asked = await identity(reply(body=GIVEN))
    key = UserKey(client_id="8DE", user_key="a-key", token_url=peer.url + TOKEN_PATH)
    await connect(peer.url, key).send(jobs)
    assert asked[0].headers["content-type"] == "application/json"
    assert "authorization" not in asked[0].headers
    assert json.loads(asked[0].body) == {
        "grant_type": "refresh_token",
        "client_id": "8DE",
        "refresh_token": "a-key",
    }


async def test_a_rotated_key_replaces_the_old_one_for_good(identity, connect, jobs, reply, time):
    rotated = b'{"access_token":"t1","expires_in":100,"refresh_token":"second-key"}'
    kept = b'{"access_token":"t2","expires_in":100}'
    peer, asked = await identity(reply(body=rotated), reply(body=kept), reply(body=kept))
    key = UserKey(client_id="8DE", user_key="first-key", token_url=peer.url + TOKEN_PATH)
    transport = connect(peer.url, key)
    for _ in range(3):
        await transport.send(jobs)
        time.now += 101
    assert [json.loads(seen.body)["refresh_token"] for seen in asked] == [
        "first-key",
        "second-key",
        "second-key",
    ]


async def test_r39_a_key_that_is_not_valid_is_tried_once_by_a_thousand_requests(
    identity, connect, jobs, reply, application, time
):
    peer, asked = await identity(reply(400, b'{"error":"invalid_grant","error_description":"used: a-key"}'))
    transport = connect(peer.url, application)
    errors = await asyncio.gather(*(transport.send(jobs) for _ in range(1_000)), return_exceptions=True)
    assert {type(error) for error in errors} == {AuthenticationFailed}
    assert "make a new one or log in again" in str(errors[0])
    assert "a-key" not in str(errors[0])
    time.now += 29
    with pytest.raises(AuthenticationFailed):
        await transport.send(jobs)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "error", "advice"),
    [
        (400, "invalid_client", "check both, and token_url"),
        (401, "invalid_client", "client id or secret is wrong"),
        (400, "invalid_scope", "no offline_access"),
        (400, "unauthorized_client", "confidential application"),
        (400, "unsupported_grant_type", "check token_url"),
        (400, "something_new", "check the credentials"),
    ],
)
async def test_r40_a_refusal_is_final_and_says_what_to_check(
    identity, connect, jobs, reply, application, status, error, advice
):
    peer, asked = await identity(reply(status, json.dumps({"error": error}).encode()))
    with pytest.raises(AuthenticationFailed, match=advice) as caught:
        await connect(peer.url, application).send(jobs)
    assert f"HTTP {status}" in caught.value.reason
    assert len(asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in as secret-user</html>",
        b"",
        b"[]",
        b"{}",
        b'{"access_token":null}',
        b'{"access_token":""}',
        b'{"access_token":"secret\\r\\nX-Evil: 1"}',
        b'{"access_token":"secret with space"}',
        b'{"access_token":"secret","token_type":"MAC"}',
        b'{"access_token":"secret","error":"invalid_grant"}',
        b'{"access_token":"secret"',
    ],
)
async def test_r46_an_answer_without_a_usable_token_is_an_error_that_does_not_show_it(
    identity, connect, jobs, reply, application, body
):
    peer, asked = await identity(reply(body=body))
    with pytest.raises(AuthenticationFailed) as caught:
        await connect(peer.url, application).send(jobs)
    assert "secret" not in str(caught.value).replace("client id or secret", "")
    assert len(peer.seen) == len(asked) == 1


async def test_r38_a_busy_identity_server_is_asked_again_after_the_time_it_names(
    identity, connect, jobs, reply, application, caplog
):
    caplog.set_level(logging.INFO, "uipath_odata")
    peer, asked = await identity(reply(429, headers=["Retry-After: 7"]), reply(503), reply(body=GIVEN))
    await connect(peer.url.replace("127.0.0.1", "localhost"), application).send(jobs)
    assert len(asked) == 3
    assert asked[1].at - asked[0].at >= 7
    assert {(record.tenant, record.folder) for record in caplog.records} == {("localhost", None)}


async def test_r38_the_identity_servers_pause_does_not_hold_orchestrator(
    identity, connect, jobs, reply, application, time
):
    brief = b'{"access_token":"t1","expires_in":100}'
    peer, _ = await identity(reply(body=brief), reply(429, headers=["Retry-After: 5"]), reply(body=GIVEN))
    transport = connect(peer.url, application)
    await transport.send(jobs)
    time.now += 90
    await transport.send(jobs)
    assert [seen.at for seen in peer.seen if seen.target != TOKEN_PATH] == [1_000, 1_090]


async def test_a_write_waiting_for_a_token_that_never_comes_did_not_happen(
    identity, connect, start_jobs, cut, application
):
    peer, _ = await identity(cut(b""))
    with pytest.raises(ConnectionFailed) as caught:
        await connect(peer.url, application).send(start_jobs)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert {seen.target for seen in peer.seen} == {TOKEN_PATH}


async def test_r38_a_silent_identity_server_is_not_a_lost_write(
    identity, connect, start_jobs, hang, application
):
    peer, _ = await identity(hang)
    with pytest.raises(RequestTimeout) as caught:
        await connect(peer.url, application, attempt_timeout=0.02).send(start_jobs)
    assert not caught.value.may_have_happened
    assert len(peer.seen) == 5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_r64_a_redirected_token_request_is_not_followed(
    identity, connect, jobs, reply, application, status
):
    peer, _ = await identity(reply(status, headers=["Location: http://127.0.0.1:1/elsewhere?code=1"]))
    with pytest.raises(ConnectionFailed, match="check token_url"):
        await connect(peer.url, application).send(jobs)
    assert len(peer.seen) == 1


async def test_a_packed_answer_is_read(identity, connect, jobs, reply, application):
    peer, _ = await identity(reply(body=gzip.compress(GIVEN), headers=["Content-Encoding: gzip"]))
    await connect(peer.url, application).send(jobs)
    assert peer.seen[-1].headers["authorization"] == "Bearer t1"


@pytest.mark.parametrize("url", ["http://identity.example.com/token", "ftp://127.0.0.1/token", "/token"])
async def test_r50_secrets_are_not_sent_without_tls(identity, connect, jobs, reply, url):
    peer, _ = await identity(reply(body=GIVEN))
    key = UserKey(client_id="8DE", user_key="a-key", token_url=url)
    with pytest.raises(QueryError, match="https://"):
        await connect(peer.url, key).send(jobs)
    assert peer.seen == []


async def test_a_user_key_goes_nowhere_by_guess(identity, connect, jobs, reply):
    peer, _ = await identity(reply(body=GIVEN))
    with pytest.raises(QueryError, match="give token_url="):
        await connect(peer.url, UserKey(client_id="8DE", user_key="a-key")).send(jobs)
    assert peer.seen == []


async def test_r07_a_netrc_password_replaces_no_token_and_reaches_nobody(
    identity, connect, jobs, reply, application, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login joe password netrc-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("no_proxy", "*")
    peer, asked = await identity(reply(body=GIVEN))
    await connect(peer.url, application, trust_env=True).send(jobs)
    assert "authorization" not in asked[0].headers
    assert peer.seen[-1].headers["authorization"] == "Bearer t1"
