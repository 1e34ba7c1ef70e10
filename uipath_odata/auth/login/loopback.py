"""The address on this machine to which the browser is redirected after a login (RFC 8252 §7.3)."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
from collections.abc import AsyncGenerator, Mapping
from urllib.parse import parse_qsl, urlsplit

import attrs

from uipath_odata.errors import AuthenticationFailed

__all__ = ["Loopback", "answer_in", "listening", "same_state"]

_HOST = "127.0.0.1"
_LONGEST_HEAD = 16_384
_PAGE = "<!doctype html><meta charset=utf-8><title>uipath-odata</title><p>{}</p>"
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Referrer-Policy: no-referrer",
    "Content-Security-Policy: default-src 'none'",
    "Connection: close",
)
_TAKEN = ("200 OK", "The answer has arrived. Close this window and go back to the program.")
_ANOTHERS = (
    "400 Bad Request",
    "This answer belongs to another login. Finish the one in the window that opened.",
)
_UNKNOWN = ("404 Not Found", "This is not the page that a login ends with.")


@attrs.define(eq=False)
class Loopback:
    """Takes one answer: the first request for ``path`` that carries a code or an error with this state, and no other.

    Any page can send the browser here with a code of its own: it is told so, and the login goes its way.
    """

    path: str
    port: int
    state: str = attrs.field(repr=False)
    _answer: asyncio.Future[Mapping[str, str]] = attrs.field(init=False, repr=False)
    _taken: bool = attrs.field(default=False, init=False)
    _visitors: set[asyncio.Task[None]] = attrs.field(factory=set[asyncio.Task[None]], init=False)

    def __attrs_post_init__(self) -> None:
        self._answer = asyncio.get_running_loop().create_future()

    async def answer(self) -> Mapping[str, str]:
        """Wait for the parameters that the browser brings."""
        return await self._answer

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; nothing of the request is repeated in the page."""
        visitor = asyncio.current_task()
        if visitor is not None:
            self._visitors.add(visitor)
            visitor.add_done_callback(self._visitors.discard)
        # Browsers connect ahead of time and go away again.
        with contextlib.suppress(
            OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
        ):
            await self._serve(reader, writer)
        writer.close()

    async def leave(self) -> None:
        """End the connections that are still open."""
        for visitor in (visitors := list(self._visitors)):
            visitor.cancel()
        await asyncio.gather(*visitors, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        parameters = None if self._taken else self._parameters(head)
        is_ours = parameters is not None and same_state(parameters, self.state)
        self._taken = self._taken or is_ours
        page = _TAKEN if is_ours else _UNKNOWN if parameters is None else _ANOTHERS
        try:
            writer.write(_response(*page))
            await writer.drain()
        finally:
            if parameters is not None and is_ours and not self._answer.done():
                self._answer.set_result(parameters)

    def _parameters(self, head: bytes) -> Mapping[str, str] | None:
        method, _, rest = head.decode("latin-1").partition(" ")
        target = urlsplit(rest.partition(" ")[0])
        return answer_in(target.query) if method == "GET" and target.path == self.path else None


def answer_in(query: str) -> Mapping[str, str] | None:
    """Return the parameters of an answer, None where there is neither a code nor an error."""
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    if not {"code", "error"} & set(names):
        return None
    # RFC 6749 §3.1: a parameter that comes twice is none.
    return {name: value for name, value in pairs if names.count(name) == 1}


def same_state(answer: Mapping[str, str], state: str) -> bool:
    """Tell whether an answer belongs to the login of this state."""
    return hmac.compare_digest(answer.get("state", "").encode("utf-8", "replace"), state.encode())


@contextlib.asynccontextmanager
async def listening(port: int, path: str, state: str) -> AsyncGenerator[Loopback, None]:
    """Listen on 127.0.0.1 only; port 0 takes any free one. Raise AuthenticationFailed for a port in use."""
    bound = _bound(port)
    loopback = Loopback(path, bound.getsockname()[1], state)
    # Nothing is awaited before the server can be closed, so that a cancellation leaves no socket.
    server = await asyncio.start_server(loopback.visit, sock=bound, limit=_LONGEST_HEAD, start_serving=False)
    try:
        await server.start_serving()
        yield loopback
    finally:
        server.close()
        await loopback.leave()


def _bound(port: int) -> socket.socket:
    with contextlib.suppress(OSError):
        return socket.create_server((_HOST, port))
    raise AuthenticationFailed(
        f"Port {port} of this machine is in use: end the other login, or give a redirect_uri= with"
        " another port that the application registers"
    )


def _response(status: str, text: str) -> bytes:
    page = _PAGE.format(text).encode()
    head = "\r\n".join((f"HTTP/1.1 {status}", *_HEADERS, f"Content-Length: {len(page)}", "", ""))
    return head.encode() + page
