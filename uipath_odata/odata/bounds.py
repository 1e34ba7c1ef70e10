"""How much Orchestrator takes in one request, in numbers."""

from __future__ import annotations

from typing import Final

__all__ = [
    "COMPARISONS",
    "EQUALITIES",
    "IN_CHARACTERS",
    "IN_VALUES",
    "ORDER_TERMS",
    "URL_CHARACTERS",
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
