from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from uipath_odata.auth import AccessToken, ClientCredentials, Deployment, Grant, Secret, TokenAnswer, UserKey
from uipath_odata.errors import AuthenticationFailed, QueryError

CLOUD = Deployment.cloud("acme", "Default")
SUITE = Deployment.automation_suite("suite.example.com", "acme", "Default")


class Post:
    """Remembers token requests and answers them all alike."""

    def __init__(self, **facts):
        self.sent = []
        self.facts = {"access_token": "a", **facts}

    async def __call__(self, request):
        self.sent.append(request)
        return TokenAnswer("identity.example.com", 200, json.dumps(self.facts).encode())


async def test_a_user_key_goes_to_the_account_service_of_the_cloud():
    post = Post()
    grant = await UserKey("8DE", "key").exchange(CLOUD, post, None)
    assert post.sent[0].url == "https://account.uipath.com/oauth/token"
    assert post.sent[0].content_type == "application/json"
    assert json.loads(post.sent[0].body) == {
        "grant_type": "refresh_token",
        "client_id": "8DE",
        "refresh_token": "key",
    }
    assert grant.refresh_token == Secret("key")


async def test_a_user_key_gives_way_to_the_token_that_replaced_it():
    post = Post(refresh_token="third")
    grant = await UserKey("8DE", "first").exchange(
        CLOUD, post, Grant(Secret("a"), refresh_token=Secret("second"))
    )
    assert json.loads(post.sent[0].body)["refresh_token"] == "second"
    assert grant.refresh_token == Secret("third")


async def test_a_user_key_outside_the_cloud_needs_a_place():
    with pytest.raises(QueryError, match=r"suite\.example\.com: give token_url="):
        await UserKey("8DE", "key").exchange(SUITE, Post(), None)
    post = Post()
    await UserKey("8DE", "key", token_url="https://keys.example.com/token").exchange(SUITE, post, None)
    assert post.sent[0].url == "https://keys.example.com/token"


@pytest.mark.parametrize(
    ("scope", "sent"),
    [
        (None, None),
        ("OR.Jobs OR.Robots", ["OR.Jobs OR.Robots"]),
        (("OR.Jobs", "OR.Robots"), ["OR.Jobs OR.Robots"]),
    ],
)
async def test_an_application_sends_its_scopes_as_one_text(scope, sent):
    post = Post()
    await ClientCredentials("app", "s&=+ü", scope).exchange(SUITE, post, None)
    form = parse_qs(post.sent[0].body.decode())
    assert post.sent[0].url == "https://suite.example.com/identity_/connect/token"
    assert post.sent[0].content_type == "application/x-www-form-urlencoded"
    assert (form["client_secret"], form.get("scope")) == (["s&=+ü"], sent)


async def test_an_applications_own_token_url_counts():
    post = Post()
    await ClientCredentials("app", "s", token_url="https://id.example.com/token").exchange(CLOUD, post, None)
    assert post.sent[0].url == "https://id.example.com/token"


async def test_a_text_is_used_until_it_is_refused():
    token = AccessToken("pat")
    grant = await token.exchange(CLOUD, Post(), None)
    assert grant == Grant(Secret("pat"))
    with pytest.raises(AuthenticationFailed, match="give a new one, or an async callable"):
        await token.exchange(CLOUD, Post(), grant)


@pytest.mark.parametrize("given", ["from the vault", "line\n"])
async def test_r46_a_token_with_spaces_is_not_a_token(given):
    async def vault():
        return given

    for source in (given, vault):
        with pytest.raises(AuthenticationFailed, match="copy it again") as caught:
            await AccessToken(source).exchange(CLOUD, Post(), None)
        assert given.strip() not in str(caught.value)


async def test_a_callable_may_give_a_secret():
    async def vault():
        return Secret("pat")

    assert await AccessToken(vault).exchange(CLOUD, Post(), Grant(Secret("old"))) == Grant(Secret("pat"))
