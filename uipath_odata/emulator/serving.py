"""How the emulator listens: in the event loop that enters it, or in a thread of its own for programs without one."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Awaitable, Callable, Collection
from types import TracebackType
from typing import Self

import attrs
from aiohttp import web

from uipath_odata.emulator.http.cors import Cors

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


_ORIGIN = re.compile(r"\*|https?://[^/]+", re.IGNORECASE)


def _names(_: object, __: object, names: Collection[str]) -> None:
    if isinstance(names, str):
        raise TypeError(f"a list of names is meant, not the letters of {names!r}: [{names!r}]")


def _origins(_: object, __: object, origins: Collection[str]) -> None:
    _names(_, __, origins)
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is not an origin of web pages: write http://localhost:5173, or *")


@attrs.frozen(kw_only=True)
class Door:
    """Where a web application listens, and to whom; beyond this machine it needs names (``allow_hosts``).

    ``port=0`` takes a free one. ``cors`` are the origins of web pages that may read, ``tls`` has a certificate and its key.
    """

    port: int = 0
    host: str = "127.0.0.1"
    allow_hosts: Collection[str] = attrs.field(default=(), validator=_names)
    cors: Collection[str] = attrs.field(default=(), validator=_origins)
    tls: ssl.SSLContext | None = None

    @property
    def is_beyond(self) -> bool:
        """Whether other machines reach it."""
        return self.host not in LOOPBACK

    def require_token(self, token: str | None, *, any_token: bool) -> None:
        """Raise ValueError where other machines reach it, and it has no names or no token of its own."""
        if not self.is_beyond:
            return
        if any_token:
            raise ValueError(f"{self.host} is beyond this machine: any_token would let everybody in")
        if not (self.allow_hosts and token):
            raise ValueError(
                f"{self.host} is beyond this machine: name the hosts that clients ask for (allow_hosts) and set a token, "
                "which is then the only one"
            )


class Serving:
    """A web application on a port, open between entering and leaving: ``with`` or ``async with``.

    Requests whose Host header names neither a loopback address nor one of the allowed are refused with 421: a page whose name
    was bound to this machine (DNS rebinding) reaches nothing.
    """

    def __init__(self, application: Callable[[], web.Application], door: Door) -> None:
        self._application, self._door, self.port = application, door, door.port
        self._names = LOOPBACK | {name.lower() for name in door.allow_hosts}
        self._runner: web.AppRunner | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        named = sorted(self._names - LOOPBACK)
        scheme = "http" if self._door.tls is None else "https"
        return f"{scheme}://{named[0] if named else '127.0.0.1'}:{self.port}"

    def soon(self, act: Callable[[], None]) -> None:
        """Call a function in the event loop that listens, from any thread; nothing where none does."""
        if self._runner is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(act)

    async def start(self) -> None:
        """Listen in the running event loop."""
        self._loop = asyncio.get_running_loop()
        application = self._application()
        application.middlewares.append(self._named)
        if self._door.cors:
            Cors(self._door.cors).install(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, self._door.host, self.port, ssl_context=self._door.tls).start()
        except BaseException:
            await self.stop()
            raise
        self.port = self._runner.addresses[0][1]

    @web.middleware
    async def _named(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            name = (request.url.host or "").lower()
        except ValueError as error:
            return web.Response(status=400, text=f"The Host header {request.host!r} names no host: {error}")
        if name not in self._names:
            text = f"The emulator does not serve {name}: start it with --allow-host {name}"
            return web.Response(status=421, text=text)
        return await handler(request)

    async def stop(self) -> None:
        """Close the port and all connections."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def start_thread(self) -> None:
        """Listen in a thread; return once it listens, raise OSError where the port is taken."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="uipath-emulator", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.start(), self._loop).result()
        except BaseException:
            self._end_thread(self._loop)
            raise

    def stop_thread(self) -> None:
        """Close the port and end the thread."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self.stop(), self._loop).result()
            self._end_thread(self._loop)

    def _end_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(loop.stop)
        if self._thread is not None:
            self._thread.join()
        loop.close()
        self._loop = self._thread = None


class Served:
    """The addresses of what is served, and ``with`` and ``async with`` for it."""

    _serving: Serving
    organization: str
    tenant: str

    @property
    def url(self) -> str:
        """The tenant's address as UiPath's own tools want it, without ``orchestrator_``."""
        return f"{self._serving.origin}/{self.organization}/{self.tenant}"

    @property
    def base_url(self) -> str:
        """The address that all paths of the API are below."""
        return f"{self.url}/orchestrator_"

    @property
    def token_url(self) -> str:
        """Where a user key is changed for an access token, by JSON."""
        return f"{self._serving.origin}/oauth/token"

    @property
    def identity_token_url(self) -> str:
        """Where client credentials and rotating refresh tokens are changed for an access token, by a form."""
        return f"{self._serving.origin}/identity_/connect/token"

    async def __aenter__(self) -> Self:
        try:
            await self._serving.start()
        except BaseException:
            self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._serving.stop()
        self.close()

    def __enter__(self) -> Self:
        try:
            self._serving.start_thread()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._serving.stop_thread()
        self.close()

    def close(self) -> None:
        """Release what the object holds."""
        raise NotImplementedError
