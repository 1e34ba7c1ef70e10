from __future__ import annotations

import pytest
from multidict import CIMultiDict

from uipath_odata.transport.headers.pace import RateLimit, rate_limit

NOW = 1_700_000_000


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"RateLimit": '"default";r=50;t=30'}, RateLimit(50, 30)),
        ({"RateLimit": '"default";r=50;t=30', "RateLimit-Policy": '"default";q=100;w=60'}, RateLimit(50, 30, 100)),
        ({"RateLimit": "limit=100, remaining=0, reset=5"}, RateLimit(0, 5, 100)),
        ({"RateLimit-Limit": "100, 100;w=60", "RateLimit-Remaining": "7", "RateLimit-Reset": "30"}, RateLimit(7, 30, 100)),
        ({"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "30"}, RateLimit(7, 30)),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "1700000042"}, RateLimit(7, 42)),
        ({"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "1600000000"}, RateLimit(7, 0)),
        ({"X-RateLimit-Remaining": "7"}, None),
        ({"X-RateLimit-Reset": "7"}, None),
        ({"X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "7"}, None),
        ({"X-RateLimit-Remaining": "many", "X-RateLimit-Reset": "soon"}, None),
        ({"X-RateLimit-Remaining": "9" * 13, "X-RateLimit-Reset": "7"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_r56_what_is_left_is_read_in_every_form(headers, told):
    assert rate_limit(CIMultiDict(headers), NOW) == told


@pytest.mark.parametrize(
    ("reset", "seconds"), [(999_999_999, 999_999_999), (1_000_000_000, 10), (1_000_000_005, 15)]
)
def test_r56_a_reset_from_a_thousand_million_on_is_a_time(reset, seconds):
    headers = CIMultiDict({"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": str(reset)})
    assert rate_limit(headers, 999_999_990) == RateLimit(7, seconds)
