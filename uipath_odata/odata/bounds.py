"""How much Orchestrator takes in one request, in numbers."""

from __future__ import annotations

from typing import Final

from uipath_odata.errors import QueryError

__all__ = [
    "COMPARISONS",
    "EQUALITIES",
    "IN_CHARACTERS",
    "IN_VALUES",
    "ORDER_TERMS",
    "URL_CHARACTERS",
    "check_url",
]

# The OpenAPI document of API v20, descriptions of $filter and $orderby.
COMPARISONS: Final = 100
ORDER_TERMS: Final = 5
# No number is documented for these: what field clients send without being refused.
IN_VALUES: Final = 50
IN_CHARACTERS: Final = 2_000
URL_CHARACTERS: Final = 8_000
# Of one property, joined by or: field clients saw 21 refused.
EQUALITIES: Final = 15


def check_url(url: str) -> str:
    """Return the URL, or raise a QueryError where it is longer than gateways on the way accept."""
    if len(url) > URL_CHARACTERS:
        raise QueryError(
            f"the URL has {len(url)} characters and {URL_CHARACTERS} are safe: ask in several queries"
        )
    return url
