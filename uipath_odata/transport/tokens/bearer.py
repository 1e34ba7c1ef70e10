"""Add the token to each attempt; replace a refused token once."""

from __future__ import annotations

import asyncio
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import attrs

from uipath_odata.auth.origin import within
from uipath_odata.auth.secret import Secret
from uipath_odata.errors import OrchestratorError, QueryError, RequestTimeout
from uipath_odata.transport.headers.www_authenticate import scope_is_missing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from yarl import URL

    from uipath_odata.auth.token_cache import Token
    from uipath_odata.transport.tokens.tokens import Tokens

__all__ = ["BearerToken", "token_refused", "without_token"]

T = TypeVar("T")

_OK, _REDIRECT = 200, 300


@attrs.frozen(eq=False, repr=False)
class BearerToken:
    """Send the token to the base URL and nowhere else.

    A fresh token that one operation refuses while others accept tokens of its kind lacks what that operation needs:
    its 401 is the answer, and the token stays.
    """

    tokens: Tokens
    base_url: URL
    operation: str
    scopes: tuple[str, ...] = ()
    """The scopes of which the operation needs one."""
    left: Callable[[], float] = lambda: math.inf
    """Seconds until the request's deadline."""
    tokens_sent: list[Secret] = attrs.field(factory=list[Secret])
    """The tokens that were sent, which no error may show."""

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if not within(self.base_url, request.url):
            raise QueryError(
                f"The token stays with {self.base_url.host}: a request to {request.url.host} is not sent"
            )
        token = await self._in_time(self.tokens.current())
        response = await self._send(request, handler, token)
        if not token_refused(response.status, response.headers) or self.tokens.lacks(self.operation, token):
            return response
        newer = await self._in_time(self.tokens.replacing(token))
        if newer is None:
            self.tokens.note_lack(self.operation, token)
            return response
        response = await self._send(request, handler, newer)
        if token_refused(response.status, response.headers):
            if not self.tokens.were_accepted:
                raise self.tokens.reject_fresh_token(newer, self.scopes)
            self.tokens.note_lack(self.operation, newer)
        return response

    async def _in_time(self, renewal: Awaitable[T]) -> T:
        """Wait for a token until the deadline; the exchange itself runs on, for whoever asks next."""
        left = self.left()
        if math.isinf(left):
            return await renewal
        try:
            async with asyncio.timeout(left):
                return await renewal
        except TimeoutError as error:
            if isinstance(error, OrchestratorError):
                raise
        raise RequestTimeout(
            "The token did not come before the deadline: try again, or give deadline= more time"
        )

    async def _send(self, request: ClientRequest, handler: ClientHandlerType, token: Token) -> ClientResponse:
        self.tokens_sent.append(token.text)
        request.headers["Authorization"] = f"Bearer {token.text.reveal()}"
        try:
            response = await handler(request)
        finally:
            # The outer middlewares are other people's.
            request.headers.pop("Authorization", None)
        if _OK <= response.status < _REDIRECT:
            self.tokens.accept(token)
        return response


def token_refused(status: int, headers: Mapping[str, str]) -> bool:
    """Whether another token may do better; a missing scope (RFC 6750 §3.1) stays missing."""
    return status == HTTPStatus.UNAUTHORIZED and not scope_is_missing(headers)


async def without_token(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Send without an Authorization: with ``trust_env`` aiohttp adds a password from .netrc."""
    request.headers.pop("Authorization", None)
    return await handler(request)
