from __future__ import annotations

import base64
import hashlib

import pytest
from yarl import URL

CALLBACK = "http://localhost:12700/callback?from=test"


@pytest.fixture
def origin(empty):
    return empty.emulator.base_url.partition("/acme")[0]


def application(http, **form):
    return {
        "client_id": http.emulator.tokens.client_id,
        "client_secret": http.emulator.tokens.client_secret,
    } | form


@pytest.mark.parametrize(
    "path",
    [
        "/identity_/connect/token",
        "/acme/identity_/connect/token",
        "/identity/connect/token",
        "/acme/Default/identity_/connect/token",
    ],
)
async def test_applications_log_in_at_every_address_that_clients_build(empty, origin, path):
    form = application(empty, grant_type="client_credentials", scope="OR.Folders.Read")
    async with empty.session.post(origin + path, data=form) as response:
        token = (await response.json())["access_token"]
    assert (await empty.get("/odata/Folders", Authorization=f"Bearer {token}")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/account/authenticate",
        "/api/Account/Authenticate",
        "/acme/Default/orchestrator_/api/account/authenticate",
    ],
)
async def test_a_standalone_user_logs_in_with_a_password(empty, origin, path):
    tokens = empty.emulator.tokens
    body = {"tenancyName": "Default", "usernameOrEmailAddress": tokens.username, "password": tokens.password}
    async with empty.session.post(origin + path, json=body) as response:
        token = (await response.json())["result"]
    assert (await empty.get("/odata/Folders", Authorization=f"Bearer {token}")).status == 200
    async with empty.session.post(origin + path, json=body | {"password": "x"}) as response:
        assert (response.status, (await response.json())["errorCode"]) == (400, 1000)


async def authorize(http, origin, verifier, **parameters):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {"response_type": "code", "client_id": http.emulator.tokens.client_id, "redirect_uri": CALLBACK}
    asked |= {"code_challenge": challenge, "state": "s&1", "scope": "OR.Folders offline_access"} | parameters
    async with http.session.get(
        f"{origin}/identity_/connect/authorize", params=asked, allow_redirects=False
    ) as response:
        return response.status, URL(response.headers.get("Location", ""))


async def exchange(http, origin, **form):
    form = {
        "grant_type": "authorization_code",
        "client_id": http.emulator.tokens.client_id,
        "redirect_uri": CALLBACK,
    } | form
    async with http.session.post(f"{origin}/identity_/connect/token", data=form) as response:
        return response.status, await response.json()


async def test_a_login_in_the_browser_is_one_code_for_one_token_under_pkce(empty, origin):
    """RFC 7636, 4.6: the verifier must belong to the challenge; RFC 6749, 4.1.2: a code is used once."""
    status, place = await authorize(empty, origin, "a" * 43)
    assert (status, place.query["state"], place.query["from"]) == (302, "s&1", "test")
    assert (await exchange(empty, origin, code=place.query["code"], code_verifier="b" * 43))[0] == 400
    _, place = await authorize(empty, origin, "a" * 43)
    status, granted = await exchange(empty, origin, code=place.query["code"], code_verifier="a" * 43)
    assert (status, granted["scope"]) == (200, "OR.Folders offline_access")
    assert (await exchange(empty, origin, code=place.query["code"], code_verifier="a" * 43))[0] == 400
    refresh = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    status, again = await exchange(empty, origin, **refresh)
    bearer = f"Bearer {again['access_token']}"
    assert (await empty.get("/odata/Folders", Authorization=bearer)).status == 200
    assert (await empty.get("/odata/Robots", Authorization=bearer)).status == 401


async def test_another_application_gets_no_code(empty, origin):
    status, _ = await authorize(empty, origin, "a" * 43, client_id="stranger")
    assert status == 400


async def test_the_discovery_document_names_the_addresses(empty, origin):
    async with empty.session.get(f"{origin}/acme/identity_/.well-known/openid-configuration") as response:
        found = await response.json()
    assert found["token_endpoint"] == f"{origin}/acme/identity_/connect/token"
    assert found["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize(
    ("scope", "status"), [("OR.Robots.Read", 200), ("OR.Robots", 200), ("OR.Default", 200), ("OR.Jobs", 401)]
)
async def test_a_token_does_what_its_scopes_cover(empty, origin, scope, status):
    form = application(empty, grant_type="client_credentials", scope=scope)
    async with empty.session.post(f"{origin}/identity_/connect/token", data=form) as response:
        bearer = f"Bearer {(await response.json())['access_token']}"
    reply = await empty.get("/odata/Robots", Authorization=bearer)
    assert reply.status == status
    if status == 401:
        assert (
            reply.headers["X-Emulator-Hint"] == "the token lacks one of the scopes OR.Robots, OR.Robots.Read"
        )


@pytest.mark.parametrize(
    ("scope", "status"), [("OR.Robotz", 400), ("robots", 400), ("DataFabric.Data.Read", 200), ("openid", 200)]
)
async def test_scopes_that_do_not_exist_are_refused(empty, origin, scope, status):
    form = application(empty, grant_type="client_credentials", scope=scope)
    async with empty.session.post(f"{origin}/identity_/connect/token", data=form) as response:
        assert response.status == status
        if status == 400:
            assert await response.json() == {"error": "invalid_scope"}


async def test_scopes_can_be_off_and_every_token_taken(emulators):
    async with emulators(seed=None, scopes="off", any_token=True) as http:
        narrow = http.emulator.tokens.issue("OR.Jobs")
        assert (await http.get("/odata/Robots", Authorization=f"Bearer {narrow}")).status == 200
        assert (await http.get("/odata/Robots", Authorization="Bearer made-up")).status == 200
        assert (await http.get("/odata/Robots", Authorization="Basic made-up")).status == 401


async def test_a_personal_access_token_is_good_for_everything(empty):
    bearer = f"Bearer {empty.emulator.tokens.personal_access_token}"
    assert (await empty.get("/odata/Robots", Authorization=bearer)).status == 200


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"scope": "OR.Folders OR.Nothing"}, {"error": "invalid_scope", "state": "s"}),
        ({"code_challenge_method": "plain"}, {"error": "invalid_request", "state": "s"}),
    ],
)
async def test_a_login_in_the_browser_that_is_refused_says_so_to_the_program(empty, origin, changed, told):
    """RFC 6749, 4.1.2.1."""
    tokens = empty.emulator.tokens
    asked = {"response_type": "code", "client_id": tokens.client_id, "redirect_uri": CALLBACK, "state": "s"}
    address = URL(f"{origin}/identity_/connect/authorize").with_query(asked | changed)
    async with empty.session.get(address, allow_redirects=False) as response:
        query = URL(response.headers["Location"]).query
    assert told.items() <= query.items()
    assert "code" not in query


@pytest.mark.parametrize("callback", ["", "/callback", "javascript:alert(1)", "http://a/\r\nX: 1"])
async def test_a_browser_is_sent_to_addresses_alone(empty, origin, callback):
    client = empty.emulator.tokens.client_id
    asked = {"response_type": "code", "client_id": client, "redirect_uri": callback}
    address = URL(f"{origin}/identity_/connect/authorize").with_query(asked)
    async with empty.session.get(address, allow_redirects=False) as response:
        assert response.status == 400
        assert response.headers["X-Emulator-Hint"].startswith("redirect_uri is")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", b"--y"),
        ("multipart/form-data", b"x"),
        ("application/x-www-form-urlencoded", b"\xff=1"),
        ("application/x-www-form-urlencoded; charset=nothing", b"a=b"),
    ],
)
async def test_a_body_that_is_not_a_form_is_refused(empty, origin, content_type, body):
    headers = {"Content-Type": content_type}
    async with empty.session.post(
        f"{origin}/identity_/connect/token", data=body, headers=headers
    ) as response:
        assert (response.status, await response.json()) == (400, {"error": "invalid_request"})


async def test_a_refused_login_says_which_member_it_was_in_the_hint(empty, origin):
    wrong = application(empty, grant_type="client_credentials", client_secret="x")
    for form, member in (
        (wrong, "client_secret"),
        (wrong | {"client_id": "x"}, "client_id"),
        ({}, "client_id"),
    ):
        async with empty.session.post(f"{origin}/identity_/connect/token", data=form) as response:
            assert response.headers["X-Emulator-Hint"].startswith(member)
    reply = await empty.get("/odata/Folders", Authorization="Bearer x")
    assert reply.headers["X-Emulator-Hint"] == "the token is unknown or has expired"
