from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from uipath_odata.auth.flows.revocation import revocation_request
from uipath_odata.auth.secret import Secret


def test_a_refresh_token_is_given_back_beside_where_tokens_are_given():
    asked = revocation_request("https://o.example.com/acme/identity_/connect/token", "app", Secret("a b"))
    assert asked.url == "https://o.example.com/acme/identity_/connect/revocation"
    assert dict(parse_qsl(asked.body.decode())) == {
        "token": "a b",
        "token_type_hint": "refresh_token",
        "client_id": "app",
    }
    assert asked.repeatable
    assert "a+b" not in repr(asked)


@pytest.mark.parametrize("url", ["https://account.uipath.com/oauth/token", "https://o.example.com/token"])
def test_an_unknown_identity_server_is_not_asked(url):
    assert revocation_request(url, "app", Secret("r")) is None
