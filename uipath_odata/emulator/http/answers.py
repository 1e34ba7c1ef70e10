"""What a request is answered with: a status and a JSON value or bytes, or an error in Orchestrator's own words."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import attrs

INVALID_REQUEST = 1000
NAME_USED = 1001
NOT_FOUND = 1002
ALREADY_EXISTS = 1004
INVALID_ARGUMENT = 1009
HAS_DEPENDENTS = 1012
IN_USE = 1013
DUPLICATE_REFERENCE = 1016
FORBIDDEN = 1017
FOLDER_UNKNOWN = 1100
FOLDER_REQUIRED = 1101
EMPTY_CREDENTIAL = 1500

HINT = "X-Emulator-Hint"
"""The header that says what Orchestrator's own words leave out."""

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@attrs.frozen
class Answer:
    """An answer; ``content`` goes out as it is and takes the place of a JSON body."""

    status: int = HTTPStatus.OK
    body: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = _NO_HEADERS


class Refusal(Exception):
    """A request that Orchestrator answers with its error body ``{"message", "errorCode", "traceId"}``."""

    def __init__(
        self,
        message: str,
        error_code: int = 0,
        status: int = HTTPStatus.BAD_REQUEST,
        hint: str = "",
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> None:
        super().__init__(hint or message)
        self.message, self.error_code, self.status, self.hint = message, error_code, status, hint
        self.headers = headers


def printable(hint: str) -> str:
    """Return a hint as a header can carry it."""
    plain = hint.encode("ascii", "backslashreplace").decode()
    return "".join(each if each.isprintable() else " " for each in plain)


def invalid_options(hint: str) -> Refusal:
    """Refuse query options in Orchestrator's words, which never say why; the hint does, in a header."""
    return Refusal("Invalid OData query options.", INVALID_REQUEST, hint=hint)


def unknown_property(name: str, type_name: str) -> Refusal:
    return Refusal(
        f"Could not find a property named '{name}' on type 'UiPath.Server.Configuration.OData.{type_name}'",
        INVALID_REQUEST,
    )


def not_found(what: str) -> Refusal:
    return Refusal(f"{what} does not exist.", NOT_FOUND, HTTPStatus.NOT_FOUND)


def conflict(message: str, error_code: int = 0) -> Refusal:
    """Refuse what the present state does not allow; most such errors have a name and no published number."""
    return Refusal(message, error_code, HTTPStatus.CONFLICT)
