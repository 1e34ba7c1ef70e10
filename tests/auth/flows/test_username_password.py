from __future__ import annotations

import json

import pytest

from uipath_odata.auth import Deployment, Grant, Secret, TokenAnswer, UsernamePassword
from uipath_odata.errors import AuthenticationFailed

STANDALONE = Deployment.standalone("o.example.com", "Default")
SUITE = Deployment.automation_suite("suite.example.com", "acme", "Default")
ENVELOPE = {"targetUrl": None, "error": None, "unAuthorizedRequest": False, "__abp": True}


class Post:
    def __init__(self, status=200, **facts):
        self.sent = []
        self.answer = TokenAnswer("o.example.com", status, json.dumps({**ENVELOPE, **facts}).encode())

    async def __call__(self, request):
        self.sent.append(request)
        return self.answer


async def test_a_user_of_a_standalone_orchestrator_logs_in():
    post = Post(result="t", success=True)
    grant = await UsernamePassword("admin", "pa55word").exchange(STANDALONE, post, None)
    assert grant == Grant(Secret("t"), 1_800.0)
    [request] = post.sent
    assert (request.url, request.content_type) == (
        "https://o.example.com/api/account/authenticate",
        "application/json",
    )
    assert json.loads(request.body) == {
        "tenancyName": "Default",
        "usernameOrEmailAddress": "admin",
        "password": "pa55word",
    }
    assert not request.repeatable


@pytest.mark.parametrize(
    ("deployment", "options", "url", "tenant"),
    [
        (SUITE, {}, "https://suite.example.com/acme/Default/api/account/authenticate", None),
        (
            SUITE,
            {"tenant": "Other"},
            "https://suite.example.com/acme/Default/api/account/authenticate",
            "Other",
        ),
        (STANDALONE, {"tenant": "host"}, "https://o.example.com/api/account/authenticate", "host"),
        (STANDALONE, {"token_url": "https://id.example.com/t"}, "https://id.example.com/t", "Default"),
        (
            Deployment.at("https://o.example.com/dept"),
            {},
            "https://o.example.com/dept/api/account/authenticate",
            None,
        ),
    ],
)
def test_the_address_and_the_tenant(deployment, options, url, tenant):
    request = UsernamePassword("admin", "p", **options).request(deployment)
    assert (request.url, json.loads(request.body)["tenancyName"]) == (url, tenant)


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        (401, {"result": None, "success": False, "error": {"code": 1000, "message": "canary"}}),
        (400, {"message": "canary", "errorCode": 1000}),
        (200, {"result": None, "success": False, "error": {"message": "canary"}}),
        (200, {"result": "canary", "error": {"message": "canary"}}),
        (200, {"result": None, "success": True}),
        (200, {"result": {"canary": 1}, "success": True}),
        (400, {"result": "canary", "success": True}),
    ],
)
async def test_every_form_of_refusal_says_what_to_check_and_repeats_no_words(status, facts):
    with pytest.raises(AuthenticationFailed, match=f"HTTP {status}: check both and the tenant") as caught:
        await UsernamePassword("admin", "pa55word").exchange(STANDALONE, Post(status, **facts), None)
    assert "canary" not in str(caught.value)
    assert "pa55word" not in str(caught.value)


async def test_r46_a_token_that_could_break_a_header_is_refused():
    with pytest.raises(AuthenticationFailed, match="spaces or control characters"):
        await UsernamePassword("admin", "p").exchange(STANDALONE, Post(result="a b"), None)
