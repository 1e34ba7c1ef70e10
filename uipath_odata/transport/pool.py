"""Connections and slots, which several clients may share."""

from __future__ import annotations

import functools
import logging
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from uipath_odata.errors import QueryError
from uipath_odata.local.log_line import LogPlace, log_line
from uipath_odata.transport.connector import CleanConnector
from uipath_odata.transport.rate.budgets import Budgets
from uipath_odata.transport.session import LoopSession
from uipath_odata.transport.slots import Slots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import TraceConfig
    from aiohttp.abc import AbstractResolver

__all__ = ["Pool", "new_session"]

logger = logging.getLogger("uipath_odata")

# Of connect_timeout, for a look-up of the name and connecting: a resolver asks several servers in turn.
_REACHING = 3
_LIMITS = {
    "concurrency": "give the number of requests that may run at once",
    "body_limit": "give the bytes of the longest answer that you expect",
    "header_limit": "give the bytes of the longest header that you expect",
}


class Pool:
    """Own the connections: the first request opens them, and they belong to its event loop.

    ``async with Pool() as pool`` closes it. Times are in seconds; with the look-up of the name, connecting takes at
    most three times ``connect_timeout``. ``concurrency`` is how many attempts are on the wire at once, ``body_limit``
    the decoded bytes of one answer, ``header_limit`` the bytes of one header or of the status line. ``ca_file`` is
    trusted beside the system's authorities. Clients that share a pool share its connections and the rate budget of
    each tenant, and nothing else; of the attempts at once no tenant takes all. ``trace_configs`` are aiohttp's: they see every request of every client, with its
    token. A ``resolver`` of your own stays open.
    """

    def __init__(
        self,
        *,
        concurrency: int = 32,
        attempt_timeout: float = 120.0,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        body_limit: int = 64 * 2**20,
        header_limit: int = 16 * 2**10,
        ssl_context: ssl.SSLContext | None = None,
        ca_file: str | Path | None = None,
        trust_env: bool = False,
        trace_configs: Sequence[TraceConfig] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        for name, value in (
            ("concurrency", concurrency),
            ("body_limit", body_limit),
            ("header_limit", header_limit),
        ):
            if value < 1:
                raise QueryError(f"{name} is less than 1: {_LIMITS[name]}")
        self.slots = Slots(concurrency)
        self.attempt_timeout = attempt_timeout
        self.body_limit = body_limit
        self.trust_env = trust_env
        self.budgets = Budgets()
        self._header_limit = header_limit
        self._timeout = ClientTimeout(
            total=None,
            connect=_REACHING * connect_timeout,
            sock_connect=connect_timeout,
            sock_read=read_timeout,
        )
        self._ssl = _trust(ssl_context, ca_file)
        self._trace_configs = list(trace_configs)
        self.session = LoopSession(
            lambda: self._new_session(resolver, trust_env=trust_env, trace_configs=self._trace_configs)
        )

    def _new_session(
        self,
        resolver: AbstractResolver | None,
        *,
        trust_env: bool,
        trace_configs: list[TraceConfig] | None = None,
    ) -> ClientSession:
        return ClientSession(
            connector=CleanConnector(self._ssl, resolver),
            timeout=self._timeout,
            cookie_jar=DummyCookieJar(),
            trust_env=trust_env,
            auto_decompress=False,
            trace_configs=trace_configs,
            max_line_size=self._header_limit,
            max_field_size=self._header_limit,
        )

    async def close(self) -> None:
        """Close all connections; closing twice is closing once. Raise OrchestratorError in another event loop."""
        await self.session.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def new_session(pool: Pool, resolver: AbstractResolver | None, *, trust_env: bool) -> ClientSession:
    """Open a session of its own with the pool's certificates, times and limits; whoever asks for it closes it."""
    return pool._new_session(resolver, trust_env=trust_env)  # noqa: SLF001 - hidden from completion


def _trust(context: ssl.SSLContext | None, ca_file: str | Path | None) -> ssl.SSLContext | bool:
    if context is not None and ca_file is not None:
        raise QueryError("ssl_context and ca_file are both given: load the file into the context")
    if ca_file is not None:
        context = _trusting(ca_file)
    if context is not None and context.verify_mode == ssl.CERT_NONE:
        everybody = LogPlace("all tenants of this pool")
        log_line(
            logger,
            logging.WARNING,
            everybody,
            "The ssl_context checks no certificate: whoever is on the way can read the token",
        )
    return context or True


def _trusting(ca_file: str | Path) -> ssl.SSLContext:
    """Return the context that trusts a file too, the same for all pools while the file stays as it is."""
    try:
        return _loaded(str(ca_file), Path(ca_file).stat().st_mtime_ns)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise QueryError(
            f"{ca_file} cannot be read as certificates, {reason}: give a PEM file of the authority's certificate"
        ) from None


@functools.lru_cache(16)
def _loaded(ca_file: str, _changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Variables of other tools may name a directory, as OpenSSL's c_rehash fills it.
    is_directory = Path(ca_file).is_dir()
    context.load_verify_locations(None if is_directory else ca_file, ca_file if is_directory else None)
    return context
