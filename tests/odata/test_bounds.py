from __future__ import annotations

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.odata.bounds import check_url


def test_eight_thousand_characters_of_url_pass_and_one_more_does_not():
    assert check_url("x" * 8_000) == "x" * 8_000
    with pytest.raises(QueryError, match="8001 characters and 8000 are safe: ask in several queries"):
        check_url("x" * 8_001)
