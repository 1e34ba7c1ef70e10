"""R113: what must stay secret, searched for in everything that a program could print, log or store."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import logging
import pickle
import traceback
from random import Random
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs
import pytest
from yarl import URL

from uipath_odata.auth import (
    AccessToken,
    BrowserLogin,
    ClientCredentials,
    Deployment,
    Secret,
    UserKey,
    UsernamePassword,
)
from uipath_odata.auth.store.login_store import Login, LoginStore
from uipath_odata.auth.store.stored_login import StoredLogin
from uipath_odata.resources.files.access import Access
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.storage.address import StorageAddress
from uipath_odata.transport.transport import Transport

CANARIES = [
    "canary-token",
    "canary-secret",
    "canary-password",
    "canary-key",
    "canary-rotated",
    "canary-signature",
    "canary-body",
    "canary-query",
]
PRINTED_WITH_LOCALS = CANARIES[:-1]
SEARCHED: list[int] = []
GIVEN = {"access_token": "canary-token", "refresh_token": "canary-rotated", "expires_in": 100}


def chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def printed(error):
    """Everything of an error and of all that hangs on it."""
    for each in chain(error):
        yield from (str(each), repr(each), repr(each.args), repr(vars(each)))
        with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
            yield pickle.dumps(each).decode("latin-1")


def with_locals(error):
    for each in chain(error):
        yield "".join(traceback.TracebackException.from_exception(each, capture_locals=True).format())


@pytest.fixture
def write(start_jobs):
    return attrs.evolve(start_jobs, body=b'{"InputArguments":"canary-body"}', query="$filter=canary-query")


FLOWS = {
    "answered": lambda reply, cut, hang: reply(),
    "bad request": lambda reply, cut, hang: reply(400, b'{"message":"Bearer canary-token is bad"}'),
    "always 401": lambda reply, cut, hang: reply(401),
    "server error": lambda reply, cut, hang: reply(503),
    "limited": lambda reply, cut, hang: reply(429, headers=["Retry-After: 900"]),
    "redirected": lambda reply, cut, hang: reply(
        302, headers=["Location: https://e.example.com/?canary-query"]
    ),
    "lost": lambda reply, cut, hang: cut(b""),
    "cut": lambda reply, cut, hang: cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
    "garbage": lambda reply, cut, hang: cut(b"canary-query canary-token\r\n\r\n"),
    "silent": lambda reply, cut, hang: hang,
    "wrong coding": lambda reply, cut, hang: reply(headers=["Content-Encoding: br"]),
}
IDENTITY = {
    "gives": lambda reply, cut: reply(body=json.dumps(GIVEN).encode()),
    "refuses": lambda reply, cut: reply(
        400, b'{"error":"invalid_grant","error_description":"canary-key canary-password"}'
    ),
    "fails": lambda reply, cut: reply(500, b"canary-secret"),
    "is cut": lambda reply, cut: cut(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncanary-token"),
    "redirects": lambda reply, cut: reply(302, headers=["Location: https://e.example.com/?canary-secret"]),
    "gives another kind": lambda reply, cut: reply(
        body=json.dumps({**GIVEN, "token_type": "canary-key"}).encode()
    ),
}


@pytest.mark.parametrize("identity", IDENTITY)
@pytest.mark.parametrize("flow", FLOWS)
async def test_no_secret_is_ever_shown(serve, reply, cut, hang, write, caplog, capfd, time, flow, identity):
    asyncio.get_running_loop().set_debug(enabled=True)
    caplog.set_level(logging.DEBUG)

    def answer(seen):
        if seen.target.endswith("/token"):
            return IDENTITY[identity](reply, cut)
        return FLOWS[flow](reply, cut, hang)

    peer = await serve(answer)
    errors, shown = [], []
    for credentials in (
        ClientCredentials("app", "canary-secret"),
        UserKey("app", "canary-key", token_url=f"{peer.url}/token"),
        AccessToken("canary-token"),
    ):
        pool = Pool(attempt_timeout=0.03)
        transport = Transport(
            Deployment.at(peer.url),
            credentials,
            pool=pool,
            policy=RetryPolicy(attempts=2),
            clock=time.clock,
            random=Random(1),
        )
        for request in (write, attrs.evolve(write, repeatable=True)):
            try:
                shown.append(repr(await transport.send(request)))
            except Exception as error:  # noqa: BLE001 - whatever comes is searched
                errors.append(error)
        shown += [repr(credentials), repr(transport), repr(vars(transport)), repr(pool), repr(write)]
        shown += [repr(transport._tokens._cache), repr(vars(transport._tokens))]
        await transport.aclose()
        await pool.close()
    assert errors or (flow, identity) == ("answered", "gives")
    assert not hits(shown, PRINTED_WITH_LOCALS)
    assert not hits([text for error in errors for text in printed(error)], CANARIES)
    assert not hits([text for error in errors for text in with_locals(error)], PRINTED_WITH_LOCALS)
    assert not hits([caplog.text, *capfd.readouterr()], CANARIES)
    assert "attempt 1" in caplog.text


def hits(texts, canaries):
    """Give each canary that is in a text, with what stands around it."""
    SEARCHED.append(sum(map(len, texts)))
    return [
        text[max(0, text.index(canary) - 200) : text.index(canary) + 60]
        for text in texts
        for canary in canaries
        if canary in text
    ]


async def test_a_cancelled_request_shows_no_secret(serve, until, hang, write, caplog):
    caplog.set_level(logging.DEBUG)
    peer = await serve([hang])
    transport = Transport(Deployment.at(peer.url), AccessToken("canary-token"))
    task = asyncio.create_task(transport.send(write))
    await until(lambda: peer.seen)
    assert "canary-token" in peer.seen[0].headers["authorization"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    await transport.aclose()
    assert not hits([*printed(caught.value), caplog.text], CANARIES)


def browse(address):
    query = dict(parse_qsl(urlsplit(address).query))
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(query["redirect_uri"]).port, timeout=10)
    connection.request("GET", "/?" + urlencode({"code": "canary-key", "state": query["state"]}))
    connection.getresponse().read()
    connection.close()


async def vault():
    return "canary-secret"


def browser_login(url, _disk):
    pages = {"authorize_url": f"{url}/authorize", "token_url": f"{url}/token"}
    return BrowserLogin(
        "app",
        "OR.Jobs",
        client_secret="canary-secret",
        redirect_uri="http://localhost:0",
        open_browser=browse,
        **pages,
    )


def stored_login(url, disk):
    store = LoginStore(disk / "logins")
    store.save(url, Login("app", "OR.Jobs", f"{url}/token", Secret("canary-key")))
    return StoredLogin(store)


LOGINS = {
    "browser": browser_login,
    "kept login": stored_login,
    "password": lambda url, _: UsernamePassword("app", "canary-password", token_url=f"{url}/token"),
    "vault": lambda url, _: ClientCredentials("app", vault, "OR.Jobs", token_url=f"{url}/token"),
}


@pytest.mark.parametrize("identity", IDENTITY)
@pytest.mark.parametrize("login", LOGINS)
async def test_r113_no_login_shows_a_secret(
    serve, reply, cut, jobs, caplog, capfd, time, tmp_path, login, identity
):
    asyncio.get_running_loop().set_debug(enabled=True)
    caplog.set_level(logging.DEBUG)

    def answer(seen):
        return IDENTITY[identity](reply, cut) if seen.target.endswith("/token") else reply(401)

    peer = await serve(answer)
    credentials = LOGINS[login](peer.url, tmp_path)
    pool = Pool()
    transport = Transport(
        Deployment.at(peer.url),
        credentials,
        pool=pool,
        policy=RetryPolicy(attempts=2),
        clock=time.clock,
        random=Random(1),
    )
    with pytest.raises(Exception, match=r"[a-z]+") as caught:
        await transport.send(jobs)
    shown = [repr(credentials), repr(vars(transport._tokens)), repr(transport._tokens._cache)]
    await transport.aclose()
    await pool.close()
    assert len(peer.seen) >= 1
    assert not hits([*shown, *printed(caught.value), *with_locals(caught.value)], CANARIES)
    assert not hits([caplog.text, *capfd.readouterr()], CANARIES)


@pytest.mark.parametrize("flow", FLOWS)
async def test_r113_r114_no_signature_is_shown(serve, reply, cut, hang, caplog, time, flow):
    caplog.set_level(logging.DEBUG)
    peer = await serve(lambda seen: FLOWS[flow](reply, cut, hang))
    pool = Pool(attempt_timeout=0.03)
    transport = Transport(
        Deployment.at(peer.url),
        AccessToken("canary-token"),
        pool=pool,
        policy=RetryPolicy(attempts=2),
        clock=time.clock,
        random=Random(1),
    )
    access = Access.of(
        {
            "Uri": f"{peer.url}/a?sig=canary-signature",
            "Headers": {"Keys": ["x-ms-a"], "Values": ["canary-key"]},
        },
        "GET",
    )
    address = StorageAddress(URL(f"{peer.url}/a?sig=canary-signature"))
    shown, errors = [repr(access), repr(address)], []
    for body in (None, b"canary-body"):
        request = Request(method="PUT", path="/a", body=body, repeatable=True)
        try:
            shown.append(repr(await transport.send_to_storage(address, request)))
        except Exception as error:  # noqa: BLE001 - whatever comes is searched
            # Without the frame of this test, which holds the canaries.
            errors.append(error.with_traceback(error.__traceback__.tb_next))
    await transport.aclose()
    await pool.close()
    assert errors or flow == "answered"
    assert "sig=canary-signature" in peer.seen[0].target
    for error in errors:
        shown += [*printed(error), *with_locals(error)]
    assert not hits([*shown, caplog.text], CANARIES)
    assert all("send_to_storage" in text for error in errors for text in with_locals(error))


def test_g9_what_was_searched_is_more_than_a_million_characters():
    if len(SEARCHED) < 4 * len(FLOWS) * len(IDENTITY):
        pytest.skip("only some of the flows ran in this process")
    print(f"G9: 0 hits of {len(CANARIES)} canaries in {sum(SEARCHED):,} characters")  # noqa: T201 - the goal's figure
    assert sum(SEARCHED) > 1_000_000
