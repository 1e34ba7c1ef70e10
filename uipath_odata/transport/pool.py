"""Connections and slots, which several clients may share."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from uipath_odata.errors import OrchestratorError, QueryError
from uipath_odata.transport.rate.budgets import Budgets

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from aiohttp import TraceConfig
    from aiohttp.abc import AbstractResolver

__all__ = ["Pool"]

logger = logging.getLogger("uipath_odata")

# Of connect_timeout, for a look-up of the name and connecting: a resolver asks several servers in turn.
_REACHING = 3


class Pool:
    """Own the aiohttp session: it is opened by the first request and belongs to that event loop.

    Times are in seconds; with the look-up of the name, connecting takes at most three times ``connect_timeout``.
    ``concurrency`` is how many attempts are on the wire at once, ``body_limit`` the decoded bytes of one answer. ``ca_file`` is trusted beside the system's authorities. Clients that share a pool
    share its connections and the rate budget of each tenant, and nothing else. ``trace_configs`` are aiohttp's: they
    see every request of every client, with its token. A ``resolver`` of your own stays open.
    """

    def __init__(
        self,
        *,
        concurrency: int = 32,
        attempt_timeout: float = 120.0,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        body_limit: int = 64 * 2**20,
        ssl_context: ssl.SSLContext | None = None,
        ca_file: str | Path | None = None,
        trust_env: bool = False,
        trace_configs: Sequence[TraceConfig] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        if concurrency < 1:
            raise QueryError("concurrency is less than 1: give the number of requests that may run at once")
        self.slots = asyncio.Semaphore(concurrency)
        self.attempt_timeout = attempt_timeout
        self.body_limit = body_limit
        self._timeout = ClientTimeout(
            total=None,
            connect=_REACHING * connect_timeout,
            sock_connect=connect_timeout,
            sock_read=read_timeout,
        )
        self._ssl = _trust(ssl_context, ca_file)
        self.budgets = Budgets()
        self._trust_env = trust_env
        self._trace_configs = list(trace_configs)
        self._resolver = resolver
        self._lifetime = self._open()
        self._session: ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def session(self) -> ClientSession:
        """Give the session, opened now if it is not yet."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise OrchestratorError("The client is closed: open a new one")
        if self._session is None:
            self._loop = loop
            self._session = await anext(self._lifetime)
        if self._loop is not loop:
            raise _elsewhere()
        return self._session

    def check_loop(self) -> None:
        """Raise OrchestratorError where the connections belong to another event loop that still runs."""
        loop = self._loop
        if loop is not None and loop is not asyncio.get_running_loop() and not loop.is_closed():
            raise _elsewhere()

    async def aclose(self) -> None:
        """Close all connections; closing twice is closing once. Raises OrchestratorError in another event loop."""
        self.check_loop()
        if not self._closed:
            self._closed = True
            await self._lifetime.aclose()

    async def _open(self) -> AsyncGenerator[ClientSession, None]:
        """Keep the session between opening and closing.

        The event loop closes its generators when it ends (``shutdown_asyncgens``), so a client that nobody
        closed leaves no open connection.
        """
        session = ClientSession(
            connector=TCPConnector(limit=0, ssl=self._ssl, resolver=self._resolver),
            timeout=self._timeout,
            cookie_jar=DummyCookieJar(),
            trust_env=self._trust_env,
            auto_decompress=False,
            trace_configs=self._trace_configs,
        )
        try:
            yield session
        finally:
            await session.close()


def _elsewhere() -> OrchestratorError:
    return OrchestratorError("The client belongs to another event loop: make one client for each loop")


def _trust(context: ssl.SSLContext | None, ca_file: str | Path | None) -> ssl.SSLContext | bool:
    if context is not None and ca_file is not None:
        raise QueryError("ssl_context and ca_file are both given: load the file into the context")
    if ca_file is not None:
        context = ssl.create_default_context()
        _load(context, ca_file)
    if context is not None and context.verify_mode == ssl.CERT_NONE:
        logger.warning("The ssl_context checks no certificate: whoever is on the way can read the token")
    return context or True


def _load(context: ssl.SSLContext, ca_file: str | Path) -> None:
    try:
        # Variables of other tools may name a directory, as OpenSSL's c_rehash fills it.
        is_directory = Path(ca_file).is_dir()
        context.load_verify_locations(None if is_directory else ca_file, ca_file if is_directory else None)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise QueryError(
            f"{ca_file} cannot be read as certificates, {reason}: give a PEM file of the authority's certificate"
        ) from None
