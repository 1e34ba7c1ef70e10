"""Send a request and return its complete, checked answer."""

from __future__ import annotations

import functools
import re
from contextlib import AsyncExitStack
from random import Random
from typing import TYPE_CHECKING

import attrs
from yarl import URL

from uipath_odata.errors import QueryError
from uipath_odata.local.log_line import LogPlace
from uipath_odata.transport.chain import Chain
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.errors.advice import Knowledge
from uipath_odata.transport.errors.status import raise_for_status
from uipath_odata.transport.folder_header import place_of
from uipath_odata.transport.headers.field import check_fields, checked_fields
from uipath_odata.transport.observe.write_log import WriteLog
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.rate.budgets import Allowance
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import Progress, RetryContext
from uipath_odata.transport.storage.address import StorageAddress, StorageAddresses
from uipath_odata.transport.storage.storage import Storage
from uipath_odata.transport.tokens.bearer import BearerToken, without_token
from uipath_odata.transport.tokens.identity import Identity
from uipath_odata.transport.tokens.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientMiddlewareType

    from uipath_odata.auth.credentials import Credentials
    from uipath_odata.auth.deployment import Deployment
    from uipath_odata.transport.bodies.sink import Sink
    from uipath_odata.transport.observe.tracing import Tracing
    from uipath_odata.transport.rate.budgets import RateUsage
    from uipath_odata.transport.rate.wait_queue import WaitQueue

__all__ = ["Transport"]

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "uipath-odata"}
# Without #, after which nothing is sent.
_ENCODED = re.compile(r"/[\x21\x22\x24-\x7e]*")
_ALLOWANCE = Allowance()
_POLICY = RetryPolicy()
_CLOCK = Clock()


class Transport:
    """Send requests to one Orchestrator as one set of credentials.

    A ``pool`` that is given may be shared by several transports and stays open; without one the transport
    has its own. ``middlewares`` are aiohttp client middlewares: they see every attempt, before the token is added,
    and they must not catch what they do not understand.
    """

    def __init__(
        self,
        deployment: Deployment,
        credentials: Credentials,
        *,
        pool: Pool | None = None,
        allowance: Allowance = _ALLOWANCE,
        policy: RetryPolicy = _POLICY,
        clock: Clock = _CLOCK,
        random: Random | None = None,
        middlewares: Sequence[ClientMiddlewareType] = (),
        headers: Mapping[str, str] | None = None,
        private_storage: bool = False,
        tracing: Tracing | None = None,
        close_timeout: float = 5.0,
    ) -> None:
        random = random or Random()  # noqa: S311 - spreads retries in time
        self._pool = pool or Pool()
        self._owns_pool = pool is None
        self._base_url = deployment.base_url
        self._tenant = _tenant_key(deployment)
        self.tenant = deployment.name
        self._allowance = allowance
        self._tracing = tracing
        self._context = RetryContext(policy, clock, random)
        identity = Identity(self._pool, RetryContext(policy, clock, random), self.tenant)
        self._tokens = Tokens(credentials, deployment, identity.post, clock, random)
        addresses = StorageAddresses(deployment.base_url, private_storage)
        self._storage = Storage(
            self._pool, RetryContext(policy, clock, random), addresses, self._slot, self.tenant
        )
        # Theirs run before the signature, in every attempt.
        self._middlewares = _checked(middlewares)
        self._pool.slots.join(self._tenant)
        self._chain = Chain(self._pool, self._pool.session, _common(deployment, headers or {}), self._slot)
        self._queue_of = functools.cache(self._new_queue)
        self._close_timeout = close_timeout
        self.api_version: float | None = None
        self._has_answered = self._has_left = False
        self.under_way = 0

    async def send(self, request: Request, /, into: Sink | None = None) -> Response:
        """Return the answer, or raise: ``ResponseError`` for its status, ``OutcomeUnknown`` for a lost write.

        With ``into`` the body of a 200 answer goes there, without a limit.
        """
        self.under_way += 1
        try:
            return await self._sent(request, into)
        finally:
            self.under_way -= 1

    async def _sent(self, request: Request, into: Sink | None) -> Response:
        if self._tracing is None:
            return await self._answer(request, into)
        with self._tracing.request(request, self._base_url, self._place_of(request)) as span:
            answer = await self._answer(request, into, span)
            span.answered(answer)
            use = self.budget_of(request.rate_class)
            span.used(use.used if use else 0, self._tokens.generation)
            return answer

    async def _answer(
        self, request: Request, into: Sink | None, *observers: ClientMiddlewareType
    ) -> Response:
        progress = Progress(request, self._url(request), self._context, self._place_of(request))
        queue = self._queue_of(request.rate_class)
        bearer = BearerToken(self._tokens, self._base_url, request.operation, request.scopes, progress.left)
        middlewares: tuple[ClientMiddlewareType, ...] = (
            *self._middlewares,
            bearer,
            *(WriteLog.of(progress) if progress.request.writes else ()),
            *observers,
        )
        answer = await self._chain.send(progress, queue, *middlewares, into=into)
        self.api_version = answer.api_version or self.api_version
        if not answer.is_success:
            answer = raise_for_status(progress, answer, self._knowledge(bearer))
        self._has_answered = True
        return attrs.evolve(answer, secrets=tuple(bearer.tokens_sent))

    def _place_of(self, request: Request) -> LogPlace:
        return place_of(self.tenant, request.headers) if request.headers else LogPlace(self.tenant)

    def _knowledge(self, bearer: BearerToken) -> Knowledge:
        return Knowledge(
            dropped=self._tokens.dropped,
            version=self.api_version,
            has_answered=self._has_answered,
            secrets=tuple(bearer.tokens_sent),
        )

    def budget(self) -> dict[str, RateUsage]:
        """Show the rate budget of each class of endpoints of this tenant."""
        return self._pool.budgets.usage(self._tenant, self._allowance, self._context.clock.monotonic())

    def budget_of(self, rate_class: str) -> RateUsage | None:
        """Show the rate budget of one class; None where it has no documented limit and was not asked."""
        now = self._context.clock.monotonic()
        return self._pool.budgets.usage_of(rate_class, self._tenant, self._allowance, now)

    def join(self, lanes: int, *middlewares: ClientMiddlewareType) -> None:
        """Take the part of one of several lanes from here on, in even steps; these middlewares run before others."""
        self._allowance = self._allowance.of_one(lanes)
        self._queue_of.cache_clear()
        if middlewares:
            self._middlewares = _checked((*middlewares, *self._middlewares[1:-1]))

    async def send_to_storage(
        self,
        address: StorageAddress,
        request: Request,
        /,
        into: Sink | None = None,
        *,
        folder: str | None = None,
    ) -> Response:
        """Send to a pre-signed address, without token, folder and middlewares; the request's path is ignored.

        ``folder`` is for the log alone.
        """
        return await self._storage.send(address, request, into, folder=folder)

    async def aclose(self) -> None:
        """Wait for a running token exchange, for at most ``close_timeout`` seconds, and close the connections."""
        self._pool.session.check_loop()
        async with AsyncExitStack() as closing:
            if not self._has_left:
                self._has_left = True
                self._pool.slots.leave(self._tenant)
                self._pool.budgets.forget_idle(self._context.clock.monotonic())
            if self._owns_pool:
                closing.push_async_callback(self._pool.close)
            closing.push_async_callback(self._storage.aclose)
            await self._tokens.aclose(self._close_timeout)

    def _new_queue(self, rate_class: str) -> WaitQueue:
        allowance = self._allowance
        return self._pool.budgets.queue(
            self._tenant, rate_class, allowance.ceiling(rate_class), even=allowance.even
        )

    def _slot(self, bulk: bool) -> AbstractAsyncContextManager[None]:
        return self._pool.slots.slot(self._tenant, bulk=bulk)

    def _url(self, request: Request) -> URL:
        if not _ENCODED.fullmatch(f"{request.path}?{request.query}"):
            raise QueryError(
                f"The path of {request.operation or 'a request'} is not percent-encoded: encode it"
            )
        base = self._base_url
        # Of its parts: finding them in a text takes yarl three times as long.
        return URL.build(
            scheme=base.scheme,
            authority=base.raw_authority,
            path=base.raw_path.rstrip("/") + request.path,
            query_string=request.query,
            encoded=True,
        )


def _checked(middlewares: Sequence[ClientMiddlewareType]) -> tuple[ClientMiddlewareType, ...]:
    return (without_token, *middlewares, checked_fields) if middlewares else ()


def _common(deployment: Deployment, own: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of all requests."""
    check_fields(own, "headers=")
    tenant = {"X-UIPATH-TenantName": deployment.tenant_name} if deployment.tenant_name else {}
    return {**_HEADERS, **tenant, **own}


def _tenant_key(deployment: Deployment) -> str:
    """Name a tenant for its rate budget: hosts, paths and tenants are the same in any case."""
    # A standalone Orchestrator has one URL for all its tenants.
    return f"{deployment.base_url} {deployment.tenant_name or ''}".rstrip(" /").casefold()
