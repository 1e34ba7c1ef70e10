"""Requests to identity servers: retried like others, but unsigned and without waiting for a slot."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

import attrs
from yarl import URL

from uipath_odata.auth.flows.grant import TokenAnswer, TokenRequest
from uipath_odata.auth.origin import check_origin
from uipath_odata.errors import ConnectionFailed, OutcomeUnknown
from uipath_odata.transport.bodies.attempt import Attempt
from uipath_odata.transport.rate.middleware import Budget
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.retry import Retry, RetryContext
from uipath_odata.transport.send_once import send_once

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from uipath_odata.transport.pool import Pool

__all__ = ["Identity"]

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "uipath-odata"}
_BUSY = frozenset({407, 408, 429})


@attrs.frozen
class Identity:
    """Post token requests; ``shared`` is a budget of its own, so that an outage there costs nothing here."""

    pool: Pool
    shared: RetryContext

    async def post(self, asked: TokenRequest, /) -> TokenAnswer:
        """Give the answer that stands; an error never repeats what the identity server said."""
        url = check_origin(URL(asked.url))
        request = _request(asked, url)
        queue = self.pool.budgets.queue(str(url.origin()), request.rate_class)
        retry = Retry(request, url, self.shared, queue)
        budget = Budget(request, url, retry, queue)
        wire = Attempt(
            nullcontext(), lambda: min(self.pool.attempt_timeout, retry.left()), self.pool.body_limit
        )
        host, answer = str(url.host), None
        with suppress(OutcomeUnknown):
            answer = await send_once(
                await self.pool.session(), request, url, _HEADERS, (retry, budget, _unsigned, wire)
            )
        if answer is None:
            raise ConnectionFailed(
                f"The identity server {host} did not answer, and a password is not sent twice: try again later"
            )
        if answer.status in _BUSY or answer.status // 100 not in {2, 4}:
            raise ConnectionFailed(
                f"The identity server {host} answered HTTP {answer.status}: try again later,"
                " and check token_url if it stays"
            )
        return TokenAnswer(host, answer.status, answer.body)


def _request(asked: TokenRequest, url: URL) -> Request:
    return Request(
        method="POST",
        path=url.raw_path,
        body=asked.body,
        content_type=asked.content_type,
        repeatable=asked.repeatable,
        operation="token",
        rate_class="identity",
    )


async def _unsigned(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    # With trust_env aiohttp adds a password from .netrc; the identity server gets what the credentials say.
    request.headers.pop("Authorization", None)
    return await handler(request)
