"""Which characters a header may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from uipath_odata.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

__all__ = ["check_fields", "checked_fields"]

# RFC 9110 §5.1 and §5.5. aiohttp raises for others while the token is in its frames, or writes a second header.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")


def check_fields(headers: Mapping[Any, Any], source: str) -> None:
    """Raise QueryError that names the header of ``source`` which cannot be sent, without its value."""
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise QueryError(f"{source} has a name that cannot be sent: write letters, digits and hyphens")
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise QueryError(
                f"{source} has a value of {name} that cannot be sent: write it in one line of text"
            )


async def checked_fields(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Send what the middlewares before have made of the headers, if it can be sent."""
    check_fields(request.headers, "A middleware")
    return await handler(request)
