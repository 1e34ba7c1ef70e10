"""Requests to pre-signed addresses of a storage: no token or header of Orchestrator is sent there."""

from __future__ import annotations

import re
import socket
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.helpers import get_env_proxy_for_url
from aiohttp.resolver import DefaultResolver

from uipath_odata.errors import (
    ConnectionFailed,
    Forbidden,
    NotFound,
    OrchestratorError,
    ResponseError,
    ServerError,
)
from uipath_odata.local.log_line import LogPlace
from uipath_odata.transport.chain import Chain
from uipath_odata.transport.observe.write_log import WriteLog
from uipath_odata.transport.pool import new_session
from uipath_odata.transport.retry.policy import AnswerStatus, maybe_done
from uipath_odata.transport.retry.progress import Progress
from uipath_odata.transport.session import LoopSession
from uipath_odata.transport.storage.address import StorageAddress, StorageAddresses, private
from uipath_odata.transport.tokens.bearer import without_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from yarl import URL

    from uipath_odata.transport.bodies.sink import Sink
    from uipath_odata.transport.pool import Pool
    from uipath_odata.transport.request import Request, Response
    from uipath_odata.transport.retry.progress import RetryContext

__all__ = ["Storage"]

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "uipath-odata"}
_ERRORS: dict[int, type[ResponseError]] = {401: Forbidden, 403: Forbidden, 404: NotFound, 501: ResponseError}
_ADVICE: dict[type[ResponseError], str] = {
    Forbidden: "its signature has expired or was changed on the way: ask again, and compare this machine's clock",
    NotFound: "check the file's path in the bucket",
    ServerError: "try again later",
    ResponseError: "check the bucket's storage",
}
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Storage:
    """Send requests to pre-signed addresses through sessions of their own, opened by the first.

    They share the pool's slots, certificates and proxies, and have no token, no cookies and no middleware of the
    user's. A proxy looks names up itself: addresses that the environment sends through one have a session without
    the look-up that leaves private networks out.
    """

    def __init__(
        self,
        pool: Pool,
        context: RetryContext,
        addresses: StorageAddresses,
        slot: Callable[[bool], AbstractAsyncContextManager[None]],
        tenant: str,
    ) -> None:
        self._pool = pool
        self._tenant = tenant
        self._slot = slot
        self._context = context
        self._addresses = addresses
        self._resolver = _Resolver(addresses)
        self._direct = LoopSession(lambda: new_session(pool, self._resolver, trust_env=False))
        self._proxied = LoopSession(lambda: new_session(pool, None, trust_env=True))

    async def send(
        self, address: StorageAddress, request: Request, into: Sink | None, *, folder: str | None
    ) -> Response:
        """Return the answer, or raise; errors show neither the signature, also not in their frames, nor the storage's words."""
        try:
            self._addresses.check(address)
            return await self._send(address.url, request, into, folder)
        except OrchestratorError as error:
            failure = error.with_traceback(None)
        raise failure

    async def aclose(self) -> None:
        """Close the connections; closing twice is closing once."""
        async with AsyncExitStack() as closing:
            closing.push_async_callback(self._resolver.close)
            closing.push_async_callback(self._proxied.aclose)
            closing.push_async_callback(self._direct.aclose)

    async def _send(self, url: URL, request: Request, into: Sink | None, folder: str | None) -> Response:
        pool = self._pool
        await pool.session.get()  # it knows its event loop, and whether it is closed
        progress = Progress(request, url, self._context, LogPlace(self._tenant, folder, url.host))
        queue = pool.budgets.queue(str(url.origin()), request.rate_class)
        session = self._proxied if pool.trust_env and _has_proxy(url) else self._direct
        chain = Chain(pool, session, _HEADERS, self._slot)
        log = WriteLog.of(progress) if request.writes else ()
        answer = await chain.send(progress, queue, without_token, *log, into=into)
        if answer.is_success:
            return answer
        error = _refusal(request, url, answer)
        error.may_have_happened = request.writes and (
            progress.maybe_done or maybe_done(AnswerStatus(answer.status))
        )
        raise error


def _has_proxy(url: URL) -> bool:
    """Tell whether the environment names a proxy for an address, as aiohttp reads it."""
    try:
        get_env_proxy_for_url(url)
    except LookupError:
        return False
    return True


class _Resolver(AbstractResolver):
    """Looks names up and leaves out addresses that may not be contacted; what is judged is what is connected to."""

    def __init__(self, addresses: StorageAddresses) -> None:
        self._addresses = addresses
        self._system: AbstractResolver | None = None

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self._system is None:
            self._system = DefaultResolver()
        found = await self._system.resolve(host, port, family)
        allowed = [each for each in found if self._addresses.allow(host, each["host"])]
        if found and not allowed:
            raise private(host)
        return allowed

    async def close(self) -> None:
        if self._system is not None:
            await self._system.close()


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
