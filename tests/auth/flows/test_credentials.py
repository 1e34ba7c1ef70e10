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
    assert await token.exchange(CLOUD, Post(), grant) is grant


@pytest.mark.parametrize("given", ["from the vault", "canary\n"])
async def test_r46_a_token_with_spaces_is_not_a_token(given):
    async def vault():
        return given

    for source in {given, vault} if given.isprintable() else {vault}:
        with pytest.raises(
            (AuthenticationFailed, QueryError), match=r"copy it again|check the variable"
        ) as caught:
            await AccessToken(source).exchange(CLOUD, Post(), None)
        assert given.strip() not in str(caught.value)


async def test_a_callable_may_give_a_secret():
    async def vault():
        return Secret("pat")

    assert await AccessToken(vault).exchange(CLOUD, Post(), Grant(Secret("old"))) == Grant(Secret("pat"))


@pytest.mark.parametrize("given", [None, b"pat", 5, {"token": "pat"}])
async def test_a_callable_that_gives_no_text_is_told_so(given):
    async def vault():
        return given

    for credentials in (AccessToken(vault), ClientCredentials("app", vault)):
        with pytest.raises(
            AuthenticationFailed, match=f"gave no text but {type(given).__name__}: let an async"
        ):
            await credentials.exchange(CLOUD, Post(), None)


async def test_a_callable_that_is_not_async_is_told_so():
    with pytest.raises(AuthenticationFailed, match="is not async: let an async function return the text"):
        await AccessToken(lambda: "pat").exchange(CLOUD, Post(), None)


@pytest.mark.parametrize("given", [None, "", 5, b"pat"])
def test_a_token_is_a_text(given):
    with pytest.raises(QueryError, match="empty or not a text"):
        AccessToken(given)


class SecretProvider:
    """Gives one secret after another, the last one for ever."""

    def __init__(self, *secrets):
        self.secrets = list(secrets)
        self.asked = 0

    async def __call__(self):
        self.asked += 1
        return self.secrets.pop(0) if len(self.secrets) > 1 else self.secrets[0]


class Knowing:
    """An identity server that knows one secret."""

    def __init__(self, secret):
        self.secret, self.tried = secret, []

    async def __call__(self, request):
        self.tried += parse_qs(request.body.decode())["client_secret"]
        known = self.tried[-1] == self.secret
        facts = {"access_token": "a"} if known else {"error": "invalid_client"}
        return TokenAnswer("identity.example.com", 200 if known else 400, json.dumps(facts).encode())


async def test_a_vault_is_asked_for_each_token():
    vault, post = SecretProvider("s"), Knowing("s")
    application = ClientCredentials("app", vault)
    for _ in range(2):
        await application.exchange(CLOUD, post, None)
    assert (vault.asked, post.tried) == (2, ["s", "s"])


@pytest.mark.parametrize("secret", ["new", Secret("new")])
async def test_r40_a_vault_is_asked_once_more_when_its_secret_is_unknown(secret):
    vault, post = SecretProvider("old", secret), Knowing("new")
    await ClientCredentials("app", vault).exchange(CLOUD, post, None)
    assert (vault.asked, post.tried) == (2, ["old", "new"])


async def test_r40_an_unknown_secret_is_not_sent_again():
    vault, post = SecretProvider("old"), Knowing("new")
    with pytest.raises(AuthenticationFailed, match="invalid_client"):
        await ClientCredentials("app", vault).exchange(CLOUD, post, None)
    assert (vault.asked, post.tried) == (2, ["old"])
    with pytest.raises(AuthenticationFailed, match="invalid_client"):
        await ClientCredentials("app", "old").exchange(CLOUD, post, None)
    assert post.tried == ["old", "old"]


async def test_r40_a_vault_is_asked_once_more_only():
    vault, post = SecretProvider("1", "2", "3"), Knowing("3")
    with pytest.raises(AuthenticationFailed, match="invalid_client"):
        await ClientCredentials("app", vault).exchange(CLOUD, post, None)
    assert post.tried == ["1", "2"]


async def test_another_refusal_does_not_ask_the_vault_again():
    async def refuse(_request):
        return TokenAnswer("identity.example.com", 400, b'{"error":"invalid_scope"}')

    vault = SecretProvider("1", "2")
    with pytest.raises(AuthenticationFailed, match="invalid_scope"):
        await ClientCredentials("app", vault).exchange(CLOUD, refuse, None)
    assert vault.asked == 1
