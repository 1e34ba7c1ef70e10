"""Connections, used again only if nothing unexpected arrived on them."""

from __future__ import annotations

import functools
import math
import select
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from aiohttp import TCPConnector
from aiohttp.client_proto import ResponseHandler

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import ClientRequest, ClientTimeout
    from aiohttp.abc import AbstractResolver
    from aiohttp.client_reqrep import ConnectionKey
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

__all__ = ["MAX_IDLE", "NEW", "NOT_IDLE", "CleanConnector"]

MAX_IDLE: ContextVar[float] = ContextVar("MAX_IDLE", default=math.inf)
"""How many seconds a connection may have been idle that a request is to go out on."""

NEW: Final = -1.0
"""No connection was idle for so short a time: the request opens one."""

NOT_IDLE: Final = 0.05
"""No server closes connections that were idle for so short a time."""


class _Quiet(ResponseHandler):
    """A connection that ends when something arrives while nothing is asked."""

    is_idle = False
    """Whether the last answer was read and the next request has not begun."""

    def data_received(self, data: bytes) -> None:
        """Take what the server sends."""
        if data and self.is_idle:
            self.force_close()
            self.close()
        else:
            super().data_received(data)

    @property
    def is_clean(self) -> bool:
        """Whether the last answer ended where its framing said and nothing has come since, also unread by the loop."""
        return (
            self.is_connected() and not self.should_close and not self._has_begun() and not self._has_more()
        )

    def _has_begun(self) -> bool:
        """Whether the parser holds the beginning of an answer that nobody asked for."""
        parser: Any = self._parser
        if parser is None:
            return False
        try:
            # The next request makes a parser of its own.
            begun = parser.feed_eof() is not None or bool(getattr(parser, "_tail", b""))
        except Exception:  # noqa: BLE001 - whatever it raises is about bytes that should not be there
            return True
        self._parser = None
        return begun

    def _has_more(self) -> bool:
        handle: Any = self.transport and self.transport.get_extra_info("socket")
        if handle is None or handle.fileno() < 0:
            return False
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            return bool(poll.poll(0))
        return bool(select.select([handle], [], [], 0)[0])


class CleanConnector(TCPConnector):
    """Use a connection again only where it is clean, and was idle for at most ``MAX_IDLE``.

    aiohttp 3.14 gives an answer that arrives on an idle connection to whoever asks next:
    https://github.com/aio-libs/aiohttp/issues/13656
    """

    def __init__(self, ssl: SSLContext | bool, resolver: AbstractResolver | None) -> None:
        super().__init__(limit=0, ssl=ssl, resolver=resolver)  # pyright: ignore[reportUnknownMemberType] - aiohttp leaves it untyped
        self._factory: Any = functools.partial(_Quiet, loop=self._loop)

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's own
    ) -> Connection:
        """Return a connection whose request begins now."""
        connection = await super().connect(req, traces, timeout)
        if isinstance(connection.protocol, _Quiet):
            connection.protocol.is_idle = False
        return connection

    async def _get(self, key: ConnectionKey, traces: list[Trace]) -> Connection | None:
        idle = self._conns.get(key)
        while idle and not _is_clean(idle[0][0]):
            idle.popleft()[0].close()
        longest = MAX_IDLE.get()
        if idle and longest < math.inf:
            newest, since = idle[-1]
            if monotonic() - since > longest or not _is_clean(newest):
                # The fresh one takes the place of the oldest, so that the number of connections does not grow.
                idle.popleft()[0].close()
                return None
            idle.rotate(1)
        return await super()._get(key, traces)

    def _release(self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        super()._release(key, protocol, should_close=should_close)
        if isinstance(protocol, _Quiet):
            protocol.is_idle = True


def _is_clean(protocol: ResponseHandler) -> bool:
    return isinstance(protocol, _Quiet) and protocol.is_clean
