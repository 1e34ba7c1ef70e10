"""From a request to a whole, checked answer."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

from yarl import URL

from uipath_odata.errors import QueryError
from uipath_odata.transport.bearer import BearerToken
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.exchange import exchange
from uipath_odata.transport.identity import Identity
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry import Persistence, Retry
from uipath_odata.transport.retry_policy import RetryPolicy
from uipath_odata.transport.status import settle
from uipath_odata.transport.tokens import Tokens
from uipath_odata.transport.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import ClientMiddlewareType

    from uipath_odata.auth.credentials import Credentials
    from uipath_odata.auth.deployment import Deployment

__all__ = ["Transport"]

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "uipath-odata"}
_ENCODED = re.compile(r"/[\x21-\x7e]*")
_POLICY = RetryPolicy()
_CLOCK = Clock()


class Transport:
    """Send requests to one Orchestrator as one set of credentials.

    A ``pool`` that is given may be shared by several transports and stays open; without one the transport
    has its own. ``middlewares`` are aiohttp client middlewares: they see every attempt, before it is signed,
    and they must not catch what they do not understand.
    """

    def __init__(
        self,
        deployment: Deployment,
        credentials: Credentials,
        *,
        pool: Pool | None = None,
        policy: RetryPolicy = _POLICY,
        clock: Clock = _CLOCK,
        random: Random | None = None,
        middlewares: Sequence[ClientMiddlewareType] = (),
        headers: Mapping[str, str] | None = None,
        close_timeout: float = 5.0,
    ) -> None:
        random = random or Random()  # noqa: S311 - spreads retries in time
        self._pool = pool or Pool()
        self._owns_pool = pool is None
        self._base_url = deployment.base_url
        self._prefix = str(deployment.base_url).rstrip("/")
        self._shared = Persistence(policy, clock, random)
        identity = Identity(self._pool, Persistence(policy, clock, random))
        self._tokens = Tokens(credentials, deployment, identity.post, clock, random)
        self._middlewares = tuple(middlewares)
        tenant = {"X-UIPATH-TenantName": deployment.tenant_name} if deployment.tenant_name else {}
        self._headers = {**_HEADERS, **tenant, **(headers or {})}
        self._close_timeout = close_timeout

    async def send(self, request: Request, /) -> Response:
        """Give the answer, or raise: ``ResponseError`` for its status, ``OutcomeUnknown`` for a lost write."""
        url = self._url(request)
        session = await self._pool.session()
        retry = Retry(request, url, self._shared)
        answer = await exchange(session, request, url, self._headers, self._chain(retry))
        return settle(
            request,
            url,
            Response(answer.status, answer.headers, answer.body, max(1, retry.attempts)),
            maybe_done_before=retry.maybe_done,
            now=self._shared.clock.wall(),
            dropped=self._tokens.dropped,
        )

    async def aclose(self) -> None:
        """Wait for a running token exchange, for at most ``close_timeout`` seconds, and close the connections."""
        try:
            await self._tokens.aclose(self._close_timeout)
        finally:
            if self._owns_pool:
                await self._pool.aclose()

    def _chain(self, retry: Retry) -> tuple[ClientMiddlewareType, ...]:
        """Order the middlewares, outermost first: retries, the user's own, the signature, the wire.

        They are given with each request because aiohttp then takes none of the session's.
        """
        pool = self._pool
        wire = Wire(pool.slots, lambda: min(pool.attempt_timeout, retry.left()), pool.body_limit)
        return (retry, *self._middlewares, BearerToken(self._tokens, self._base_url), wire)

    def _url(self, request: Request) -> URL:
        target = f"{request.path}?{request.query}" if request.query else request.path
        if not _ENCODED.fullmatch(target):
            raise QueryError(
                f"The path of {request.operation or 'a request'} is not percent-encoded: encode it"
            )
        return URL(self._prefix + target, encoded=True)
