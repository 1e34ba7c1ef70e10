from __future__ import annotations

import pytest


async def test_a_user_key_is_changed_for_a_token_as_the_api_guide_shows(empty):
    tokens, url = empty.emulator.tokens, empty.emulator.token_url
    body = {"grant_type": "refresh_token", "client_id": tokens.client_id, "refresh_token": tokens.user_key}
    async with empty.session.post(url, json=body) as response:
        granted = await response.json()
    assert response.status == 200
    assert set(granted) == {"access_token", "id_token", "scope", "expires_in", "token_type"}
    assert (granted["scope"], granted["expires_in"]) == ("openid profile email offline_access", 3600)
    assert (granted["token_type"], empty.emulator.token_requests) == ("Bearer", 1)
    reply = await empty.get("/odata/Robots", Authorization=f"Bearer {granted['access_token']}")
    assert reply.status == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "x"}, "invalid_client"),
        ({"refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "x"}, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_user_key_request_is_refused(empty, changed, error):
    tokens = empty.emulator.tokens
    body = {"grant_type": "refresh_token", "client_id": tokens.client_id, "refresh_token": tokens.user_key}
    async with empty.session.post(empty.emulator.token_url, json=body | changed) as response:
        assert (response.status, await response.json()) == (400, {"error": error})


async def test_a_token_request_that_is_no_json_is_refused(empty):
    async with empty.session.post(empty.emulator.token_url, data={"grant_type": "refresh_token"}) as response:
        assert response.status == 400


async def grant(http, **form):
    form = {"client_id": http.emulator.tokens.client_id} | form
    async with http.session.post(http.emulator.identity_token_url, data=form) as response:
        return response.status, await response.json()


async def test_client_credentials_get_a_token_without_a_refresh_token(empty):
    secret = empty.emulator.tokens.client_secret
    status, granted = await grant(
        empty, grant_type="client_credentials", client_secret=secret, scope="OR.Robots.Read"
    )
    assert (status, granted["scope"]) == (200, "OR.Robots.Read")
    assert "refresh_token" not in granted
    reply = await empty.get("/odata/Robots", Authorization=f"Bearer {granted['access_token']}")
    assert reply.status == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "x"}, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_application_request_is_refused(empty, form, error):
    assert await grant(empty, **form) == (400, {"error": error})


async def test_a_refresh_token_is_used_once_and_its_reuse_ends_the_family(empty):
    first = empty.emulator.tokens.issue_refresh_token()
    stranger = empty.emulator.tokens.issue_refresh_token()
    status, granted = await grant(empty, grant_type="refresh_token", refresh_token=first)
    assert status == 200
    second = granted["refresh_token"]
    assert second != first
    assert await grant(empty, grant_type="refresh_token", refresh_token=first) == (
        400,
        {"error": "invalid_grant"},
    )
    assert await grant(empty, grant_type="refresh_token", refresh_token=second) == (
        400,
        {"error": "invalid_grant"},
    )
    assert (await grant(empty, grant_type="refresh_token", refresh_token=stranger))[0] == 200


@pytest.mark.parametrize("authorization", ["Bearer unknown", "Basic x", "Bearer", ""])
async def test_an_unknown_token_is_unauthorized(empty, authorization):
    reply = await empty.get("/odata/Robots", Authorization=authorization)
    assert (reply.status, reply.body) == (401, None)
    assert reply.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_a_token_expires_on_the_emulator_s_clock(emulators):
    now = 1_000.0
    async with emulators(seed=None, token_lifetime=5.0, clock=lambda: now) as http:
        header = f"Bearer {http.emulator.tokens.issue()}"
        now = 1_004.9
        assert (await http.get("/odata/Robots", Authorization=header)).status == 200
        now = 1_005.0
        assert (await http.get("/odata/Robots", Authorization=header)).status == 401


async def test_all_tokens_can_be_ended_at_once(empty):
    header = f"Bearer {empty.emulator.tokens.issue()}"
    empty.emulator.tokens.expire()
    assert (await empty.get("/odata/Robots", Authorization=header)).status == 401
