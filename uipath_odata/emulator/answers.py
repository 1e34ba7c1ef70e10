"""What a request is answered with: a status and a JSON value, or an error in Orchestrator's own words."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import attrs

INVALID_REQUEST = 1000
NOT_FOUND = 1002
ALREADY_EXISTS = 1004
INVALID_ARGUMENT = 1009
FOLDER_UNKNOWN = 1100
FOLDER_REQUIRED = 1101


@attrs.frozen
class Answer:
    status: int = HTTPStatus.OK
    body: Any = None


class Refusal(Exception):
    """A request that Orchestrator answers with its error body ``{"message", "errorCode", "traceId"}``."""

    def __init__(
        self, message: str, error_code: int = 0, status: int = HTTPStatus.BAD_REQUEST, hint: str = ""
    ) -> None:
        super().__init__(hint or message)
        self.message, self.error_code, self.status, self.hint = message, error_code, status, hint


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
