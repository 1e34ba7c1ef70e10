from __future__ import annotations

import json
import math

import pytest

from uipath_odata.auth import Grant, Secret, TokenAnswer, granted
from uipath_odata.auth.flows.grant import FORM, TokenRequest, lifetime, refusal
from uipath_odata.errors import AuthenticationFailed


def answer(status=200, **facts):
    return TokenAnswer("identity.example.com", status, json.dumps(facts).encode())


def test_the_documented_answer_is_read():
    body = answer(
        access_token="a", id_token="i", scope="openid offline_access", expires_in=86_400, token_type="Bearer"
    )
    assert granted(body) == Grant(Secret("a"), 86_400.0, None, "openid offline_access")


def test_a_rotated_refresh_token_is_read():
    assert granted(answer(access_token="a", refresh_token="r")).refresh_token == Secret("r")
    assert granted(answer(access_token="a", refresh_token="")).refresh_token is None


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (None, 300),
        ("3600", 3_600),
        (" 60.5 ", 60.5),
        (3_599.5, 3_599.5),
        (0, 0),
        (-5, 0),
        ("-5", 0),
        (10**12, 86_400),
        ("soon", 300),
        ("", 300),
        (True, 300),
        ([], 300),
        ("1e3", 300),
        (math.inf, 86_400),
    ],
)
def test_r45_the_life_of_a_token(given, seconds):
    assert lifetime(given) == seconds


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", None, ""])
def test_a_bearer_token_is_taken(kind):
    assert granted(answer(access_token="a", token_type=kind)).access_token == Secret("a")


@pytest.mark.parametrize("kind", ["MAC", "DPoP", 5, "Bearer x"])
def test_r46_any_other_kind_is_refused(kind):
    with pytest.raises(AuthenticationFailed, match="not a Bearer token"):
        granted(answer(access_token="a", token_type=kind))


@pytest.mark.parametrize("token", ["a b", "a\n", "\x00", "é", "a\x7f"])
def test_r46_a_token_that_could_break_a_header_is_refused(token):
    with pytest.raises(AuthenticationFailed, match="spaces or control characters"):
        granted(answer(access_token=token))
    with pytest.raises(AuthenticationFailed, match="spaces or control characters"):
        granted(answer(access_token="a", refresh_token=token))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'"a"', b"\xff"])
def test_r46_what_is_not_a_json_object_is_refused(body):
    with pytest.raises(AuthenticationFailed, match="answered HTTP 200 without JSON"):
        granted(TokenAnswer("identity.example.com", 200, body))


def test_a_byte_order_mark_does_not_matter():
    body = b"\xef\xbb\xbf" + answer(access_token="a").body
    assert granted(TokenAnswer("identity.example.com", 200, body)).access_token == Secret("a")


@pytest.mark.parametrize("error", ["canary", {"message": "canary"}, ["canary"], 5, None])
def test_r40_an_unknown_refusal_does_not_repeat_its_words(error):
    with pytest.raises(
        AuthenticationFailed, match=r"identity\.example\.com refused with HTTP 400: check"
    ) as caught:
        granted(answer(400, error=error, error_description="canary", access_token="canary"))
    assert "canary" not in str(caught.value)


def test_an_error_status_gives_no_token():
    with pytest.raises(AuthenticationFailed):
        granted(answer(400, access_token="a"))


def test_what_is_sent_and_answered_does_not_show_itself():
    request = TokenRequest("https://id.example.com/token", b"canary", FORM)
    answer = TokenAnswer("id.example.com", 200, b"canary")
    assert request.repeatable
    assert "canary" not in repr(request) + repr(answer)


def test_the_first_error_status_is_an_error_whatever_the_body():
    token = b'{"access_token":"t"}'
    assert granted(TokenAnswer("id.example.com", 399, token)).access_token == Secret("t")
    with pytest.raises(AuthenticationFailed, match="HTTP 400"):
        granted(TokenAnswer("id.example.com", 400, token))


@pytest.mark.parametrize("facts", [{}, {"access_token": None}, {"access_token": 5}])
def test_r46_an_answer_without_a_token_is_an_error(facts):
    with pytest.raises(AuthenticationFailed, match="without an access_token"):
        granted(answer(**facts))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "iso-8859-1", "cp1252"])
def test_r40_a_refusal_is_known_whatever_the_charset_of_its_description(charset):
    body = '{"error":"invalid_grant","error_description":"Die Anmeldung ist abgelaufen für …"}'
    refused = TokenAnswer("identity.example.com", 400, body.encode(charset, "replace"))
    assert refusal(refused) == "invalid_grant"
    with pytest.raises(AuthenticationFailed, match=r"HTTP 400 invalid_grant: .* log in again"):
        granted(refused)
