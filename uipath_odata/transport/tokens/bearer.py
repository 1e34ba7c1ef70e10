"""Sign each attempt; replace a refused token once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from uipath_odata.auth.origin import within
from uipath_odata.errors import QueryError
from uipath_odata.transport.headers.www_authenticate import scope_is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from yarl import URL

    from uipath_odata.auth.token_cache import Token
    from uipath_odata.transport.tokens.tokens import Tokens

__all__ = ["BearerToken", "token_refused"]

_UNAUTHORIZED = 401


@attrs.frozen
class BearerToken:
    """Send the token to the base URL and nowhere else."""

    tokens: Tokens
    base_url: URL

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if not within(self.base_url, request.url):
            raise QueryError(
                f"The token stays with {self.base_url.host}: a request to {request.url.host} is not sent"
            )
        token = await self.tokens.current()
        response = await handler(_signed(request, token))
        if not token_refused(response.status, response.headers):
            return response
        token = await self.tokens.replacing(token)
        response = await handler(_signed(request, token))
        if token_refused(response.status, response.headers):
            raise self.tokens.reject_fresh_token(token)
        return response


def token_refused(status: int, headers: Mapping[str, str]) -> bool:
    """Whether another token may do better; a missing scope (RFC 6750 §3.1) stays missing."""
    return status == _UNAUTHORIZED and not scope_is_missing(headers)


def _signed(request: ClientRequest, token: Token) -> ClientRequest:
    request.headers["Authorization"] = f"Bearer {token.text.reveal()}"
    return request
