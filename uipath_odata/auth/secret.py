"""A text that never shows itself."""

from __future__ import annotations

import hmac
from typing import NoReturn, cast

from uipath_odata.errors import QueryError

__all__ = ["Secret", "as_secret"]


class Secret:
    """Hold a password, key or token; only ``reveal()`` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not text or not isinstance(cast("object", text), str):
            raise QueryError("A secret is empty or no text: check the variable or file that it comes from")
        self._text = text

    def reveal(self) -> str:
        """Give the text, for the wire only."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Secret is not written to disk: pickle what it belongs to without it")


def as_secret(value: str | Secret) -> Secret:
    """Wrap a text; leave a secret as it is."""
    return value if isinstance(value, Secret) else Secret(value)
