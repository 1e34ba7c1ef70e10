from __future__ import annotations

import json

import pytest

from uipath_odata.auth import TokenAnswer, granted
from uipath_odata.auth.flows.scope import scope_text


@pytest.mark.parametrize(
    ("asked", "answer", "dropped"),
    [
        ("OR.Jobs OR.Robots", {"scope": "OR.Robots OR.Jobs"}, ()),
        ("OR.Jobs OR.Robots", {"scope": "OR.Jobs"}, ("OR.Robots",)),
        ("OR.Jobs OR.Robots", {"scope": ""}, ("OR.Jobs", "OR.Robots")),
        ("OR.Jobs", {"scope": "OR.Jobs.Read"}, ("OR.Jobs",)),
        ("OR.Jobs", {}, ()),
        ("OR.Jobs", {"scope": None}, ()),
        ("OR.Jobs", {"scope": ["OR.Jobs"]}, ()),
        (None, {"scope": "OR.Jobs"}, ()),
        ("OR.Jobs offline_access", {"scope": "OR.Jobs", "refresh_token": "r"}, ()),
        ("OR.Jobs offline_access", {"scope": "OR.Jobs"}, ("offline_access",)),
    ],
)
def test_scopes_that_were_silently_dropped_are_noticed(asked, answer, dropped):
    body = json.dumps({"access_token": "a", **answer}).encode()
    assert granted(TokenAnswer("identity.example.com", 200, body), asked).dropped == dropped


@pytest.mark.parametrize(
    ("given", "text"), [(None, None), ("a b", "a b"), (["a", "b"], "a b"), ((s for s in "ab"), "a b")]
)
def test_scopes_are_one_text(given, text):
    assert scope_text(given) == text
