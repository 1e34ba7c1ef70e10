"""Write a body to a file instead of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from uipath_odata.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientResponse

__all__ = ["Sink", "copy_to"]

_STEP = 64 * 1_024


class Sink(Protocol):
    """Takes the bytes of a 200 answer as they come, whatever their number. It raises no OSError of its own."""

    def begin(self, headers: Mapping[str, str], *, framed: bool) -> None:
        """Start anew, as each attempt does; ``framed`` says that HTTP itself would show a cut body."""
        ...

    def write(self, chunk: bytes, /) -> None: ...


async def copy_to(response: ClientResponse, sink: Sink, alive: Callable[[], None]) -> None:
    """Write the body into the sink; ``alive`` is called for each 64 KiB that came.

    A file is asked for as it is: a coding that comes nevertheless is refused, and with it whatever it may unpack to.
    """
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in {"", "identity"}:
        raise DecodeError(
            f"The file has Content-Encoding {coding[:40]!r} though none was asked for: store it without,"
            " or look for a proxy that changes bodies"
        )
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    sink.begin(response.headers, framed=chunked or "Content-Length" in response.headers)
    came = 0
    async for chunk in response.content.iter_any():
        sink.write(chunk)
        came += len(chunk)
        if came >= _STEP:
            came = 0
            alive()
