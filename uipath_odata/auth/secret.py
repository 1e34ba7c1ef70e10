"""A text that ``repr``, logs and tracebacks do not show."""

from __future__ import annotations

import hmac
import re
from typing import Any, NoReturn

import attrs

from uipath_odata.errors import QueryError

__all__ = ["Secret", "as_secret", "is_sendable", "text_fault"]

# Line breaks come from files, the others from bytes that are not UTF-8: forms, JSON and headers take neither, and the
# errors of their encoders would carry the text.
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Secret:
    """Hold a password, key or token; only ``reveal()`` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        fault = text_fault(text)
        if fault:
            del text
            raise QueryError(f"A secret {fault}: check the variable or file that it comes from")
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the wire only."""
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


def is_sendable(_owner: Any, attribute: Any, value: Any) -> None:
    """Validate an attribute that is sent beside a secret; one with a default may be None."""
    if (value is not None or attribute.default is attrs.NOTHING) and (fault := text_fault(value)):
        raise QueryError(f"The {attribute.name} {fault}: check the variable or file that it comes from")


def text_fault(text: object) -> str:
    """Say what keeps a text from being sent; empty where nothing does."""
    if not isinstance(text, str) or not text.strip():
        return "is empty or not a text"
    return (
        "has a line break, a control character or bytes that are not UTF-8"
        if _UNSENDABLE.search(text)
        else ""
    )
