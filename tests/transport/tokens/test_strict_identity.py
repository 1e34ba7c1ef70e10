"""A login at an identity server that is as strict as RFC 6749, 7636 and 9700 let it be, and as odd in what it writes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs
import pytest

from uipath_odata.auth import BrowserLogin

EXPIRED = ("WWW-Authenticate: Negotiate", 'WWW-Authenticate: Bearer realm="o", error="invalid_token"')
JSON = ("Content-Type: application/json;charset=ISO-8859-1", "Cache-Control: no-store")


@attrs.define
class Strict:
    """Takes each code and refresh token once; who shows a used one loses the login (RFC 9700 §4.14.2)."""

    reply: object
    cut: object
    time: object
    rotates: bool = True
    loses: int = 0
    """How many answers to refreshes are lost on the way."""
    logins: int = 0
    refreshes: int = 0
    reused: int = 0
    codes: dict = attrs.field(factory=dict)
    fresh: set = attrs.field(factory=set)
    ends: dict = attrs.field(factory=dict)

    def __call__(self, seen):
        path = urlsplit(seen.target).path
        if path == "/authorize":
            return self._authorize(dict(parse_qsl(urlsplit(seen.target).query, strict_parsing=True)))
        if path == "/token":
            assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
            return self._token(dict(parse_qsl(seen.body.decode(), strict_parsing=True)))
        token = seen.headers["authorization"].removeprefix("Bearer ")
        valid = self.ends.get(token, 0.0) > self.time.now
        return self.reply() if valid else self.reply(401, b"", headers=EXPIRED)

    def _authorize(self, asked):
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        self.logins += 1
        code = f"code{self.logins}"
        self.codes[code] = asked
        place = asked["redirect_uri"] + "?" + urlencode({"state": asked["state"], "code": code})
        return self.reply(302, b"", headers=[f"Location: {place}"])

    def _token(self, form):
        assert form["client_id"] == "app"
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"])
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
            assert asked["redirect_uri"] == form["redirect_uri"]
            return self._given(refresh=f"login{self.logins}")
        assert form["grant_type"] == "refresh_token"
        return self._refreshed(form["refresh_token"])

    def _refreshed(self, shown):
        self.refreshes += 1
        if shown not in self.fresh:
            self.reused += 1
            self.fresh.clear()
            said = '{"error_description":"Anmeldung ungültig","error":"invalid_grant"}'
            return self.reply(400, said.encode("latin-1"), headers=JSON)
        if not self.rotates:
            return self._given()
        self.fresh.remove(shown)
        given = self._given(refresh=f"rotated{self.refreshes}")
        self.loses -= 1
        return self.cut(b"") if self.loses >= 0 else given

    def _given(self, **refresh):
        token = f"access{len(self.ends)}"
        self.ends[token] = self.time.now + 100
        self.fresh.update(refresh.values())
        facts = {"access_token": token, "token_type": "bearer", "expires_in": "100"}
        facts |= {f"{name}_token": text for name, text in refresh.items()}
        return self.reply(body=json.dumps(facts).encode(), headers=JSON)


def browse(address):
    """Go where the login page leads, as a person with a browser does."""
    visit(visit(address))


def visit(address):
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
    connection.request("GET", f"{url.path or '/'}?{url.query}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers.get("Location")


@pytest.fixture
def strict(reply, cut, time):
    return Strict(reply, cut, time)


@pytest.fixture
async def transport(serve, connect, strict):
    peer = await serve(strict)
    login = BrowserLogin(
        "app",
        "OR.Jobs OR.Robots",
        redirect_uri="http://localhost:0",
        authorize_url=f"{peer.url}/authorize",
        token_url=f"{peer.url}/token",
        open_browser=browse,
    )
    return connect(peer.url, login)


@pytest.mark.parametrize("rotates", [True, False])
async def test_r41_one_login_lasts_as_long_as_its_refresh_tokens(transport, strict, jobs, time, rotates):
    """By turns the token is over, nearly over, and refused although it should be good."""
    strict.rotates = rotates
    for step in range(30):
        answers = await asyncio.gather(*(transport.send(jobs) for _ in range(20)))
        assert {answer.status for answer in answers} == {200}
        time.now += (101, 85, 0)[step % 3]
        if step % 3 == 2:
            strict.ends.clear()
    assert (strict.logins, strict.reused) == (1, 0)
    # One for each step after the first; that of the last may be under way.
    assert strict.refreshes in {28, 29}


async def test_r41_a_successor_that_was_lost_on_the_way_ends_the_login_and_the_person_is_asked(
    transport, strict, jobs, time
):
    await transport.send(jobs)
    time.now += 101
    strict.loses = 1
    assert (await transport.send(jobs)).status == 200
    assert (strict.logins, strict.reused) == (2, 1)


async def test_r39_a_login_that_was_revoked_asks_the_person_once(transport, strict, jobs):
    await transport.send(jobs)
    strict.fresh.clear()
    strict.ends.clear()
    await asyncio.gather(*(transport.send(jobs) for _ in range(20)))
    assert strict.logins == 2
