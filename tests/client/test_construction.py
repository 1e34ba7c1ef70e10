"""What a client is made of."""

from __future__ import annotations

import pytest

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.errors import QueryError


@pytest.mark.parametrize(
    ("given", "kind"), [("s3cret", "str"), (None, "NoneType"), (AccessToken, "AccessToken")]
)
def test_what_gets_no_tokens_is_refused_at_once_and_not_shown(given, kind):
    with pytest.raises(QueryError, match=rf"^{kind} is no credentials: give AccessToken\(…\)") as caught:
        Orchestrator("https://orchestrator.acme.com", given)
    assert "s3cret" not in str(caught.value)
