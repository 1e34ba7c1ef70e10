"""Requests to the storage that pre-signed addresses name: nothing of Orchestrator's goes there."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from uipath_odata.errors import (
    ConnectionFailed,
    Forbidden,
    NotFound,
    OrchestratorError,
    ResponseError,
    ServerError,
)
from uipath_odata.transport.bodies.attempt import Attempt
from uipath_odata.transport.bodies.file_body import sending_time
from uipath_odata.transport.observe.write_log import WriteLog
from uipath_odata.transport.rate.middleware import Budget
from uipath_odata.transport.retry.policy import Answer, maybe_done, writes
from uipath_odata.transport.retry.retry import Retry, RetryContext
from uipath_odata.transport.send_once import send_once
from uipath_odata.transport.storage.address import StorageAddress, StorageAddresses, private

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse
    from yarl import URL

    from uipath_odata.transport.bodies.sink import Sink
    from uipath_odata.transport.pool import Pool
    from uipath_odata.transport.request import Request, Response

__all__ = ["Storage"]

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "uipath-odata"}
_ERRORS: dict[int, type[ResponseError]] = {401: Forbidden, 403: Forbidden, 404: NotFound, 501: ResponseError}
_ADVICE: dict[type[ResponseError], str] = {
    Forbidden: "its signature has expired or was changed on the way: ask again, and compare this machine's clock",
    NotFound: "check the file's path in the bucket",
    ServerError: "try again later",
    ResponseError: "check the bucket's storage",
}
_OK, _REDIRECT, _CLIENT_ERROR, _SERVER_ERROR = 200, 300, 400, 500


class Storage:
    """Send requests to pre-signed addresses through a session of their own, opened by the first.

    It shares the pool's slots, certificates and proxies, and has no token, no cookies and no middleware of the user's.
    """

    def __init__(self, pool: Pool, shared: RetryContext, addresses: StorageAddresses) -> None:
        self._pool = pool
        self._shared = shared
        self._addresses = addresses
        self._lifetime = self._open()
        self._session: ClientSession | None = None
        self._closed = False

    async def send(self, address: StorageAddress, request: Request, into: Sink | None = None) -> Response:
        """Give the answer, or raise; errors show neither the signature, also not in their frames, nor the storage's words."""
        try:
            self._addresses.check(address)
            return await self._send(address.url, request, into)
        except OrchestratorError as error:
            failure = error.with_traceback(None)
        raise failure

    async def aclose(self) -> None:
        """Close the connections; closing twice is closing once."""
        if not self._closed:
            self._closed = True
            await self._lifetime.aclose()

    async def _send(self, url: URL, request: Request, into: Sink | None) -> Response:
        pool = self._pool
        queue = pool.budgets.queue(str(url.origin()), request.rate_class)
        retry = Retry(request, url, self._shared, queue)
        budget = Budget(request, url, retry, queue)
        patience = pool.attempt_timeout + sending_time(request.body)
        wire = Attempt(pool.slots, lambda: min(patience, retry.left()), pool.body_limit, into)
        log = WriteLog.of(request, url, retry)
        chain: Sequence[ClientMiddlewareType] = (retry, budget, _bare, *log, wire)
        answer = await send_once(await self._opened(), request, url, _HEADERS, chain)
        if _OK <= answer.status < _REDIRECT:
            return answer
        error = _refusal(request, url, answer)
        error.may_have_happened = writes(request) and (retry.maybe_done or maybe_done(Answer(answer.status)))
        raise error

    async def _opened(self) -> ClientSession:
        if self._closed:
            raise OrchestratorError("The client is closed: open a new one")
        await self._pool.session()  # it knows its event loop, and whether it is closed
        if self._session is None:
            self._session = await anext(self._lifetime)
        return self._session

    async def _open(self) -> AsyncGenerator[ClientSession, None]:
        """Keep the session between opening and closing; the end of the event loop closes it, too."""
        pool, resolver = self._pool, _Resolver(self._addresses)
        session = ClientSession(
            # A proxy looks names up itself.
            connector=TCPConnector(limit=0, ssl=pool._ssl, resolver=None if pool._trust_env else resolver),  # noqa: SLF001
            timeout=pool._timeout,  # noqa: SLF001
            cookie_jar=DummyCookieJar(),
            trust_env=pool._trust_env,  # noqa: SLF001
            auto_decompress=False,
        )
        try:
            yield session
        finally:
            await session.close()
            await resolver.close()


class _Resolver(AbstractResolver):
    """Looks names up and leaves out addresses that may not be gone to; what is judged is what is connected to."""

    def __init__(self, addresses: StorageAddresses) -> None:
        self._addresses = addresses
        self._system = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        allowed = [each for each in found if self._addresses.allow(host, each["host"])]
        if found and not allowed:
            raise private(host)
        return allowed

    async def close(self) -> None:
        await self._system.close()


async def _bare(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    # With trust_env aiohttp adds a password from .netrc.
    request.headers.pop("Authorization", None)
    return await handler(request)


def _refusal(request: Request, url: URL, answer: Response) -> OrchestratorError:
    if answer.status < _CLIENT_ERROR:
        return ConnectionFailed(
            f"The storage {url.host} answered HTTP {answer.status}, which leads elsewhere and is not followed:"
            " check the bucket's storage"
        )
    server = ServerError if answer.status >= _SERVER_ERROR else ResponseError
    kind = _ERRORS.get(answer.status, server)
    # Other parts of the answer repeat the signature.
    code = re.search(rb"<Code>([A-Za-z]{1,64})</Code>", answer.body)
    said = f" {code[1].decode()}" if code else ""
    return kind(
        f"The storage refused the file{said}: {_ADVICE[kind]}",
        status=answer.status,
        method=request.method,
        url=str(url.with_query(None).with_fragment(None)),
        attempts=answer.attempts,
    )
