"""One run of a middleware chain, at the edge to aiohttp."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from uipath_odata.errors import OrchestratorError
from uipath_odata.transport.request import Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import ClientMiddlewareType, ClientSession
    from yarl import URL

__all__ = ["exchange"]

# aiohttp writes longer bytes in one go and warns of it; a file object is written in pieces.
_LONG_BODY = 2**20


async def exchange(
    session: ClientSession,
    request: Request,
    url: URL,
    headers: Mapping[str, str],
    middlewares: Sequence[ClientMiddlewareType],
) -> Response:
    """Send and read the answer of any status; errors come without aiohttp's frames, whose variables hold bodies."""
    try:
        async with session.request(
            request.method,
            url,
            data=_data(request.body),
            headers={**headers, **request.headers, **_content_type(request)},
            allow_redirects=False,
            middlewares=middlewares,
        ) as response:
            return Response(response.status, response.headers, await response.read())
    except OrchestratorError as error:
        failure = error.with_traceback(None)
    raise failure


def _data(body: bytes | None) -> bytes | io.BytesIO | None:
    return io.BytesIO(body) if body is not None and len(body) > _LONG_BODY else body


def _content_type(request: Request) -> dict[str, str]:
    return {} if request.body is None else {"Content-Type": request.content_type or "application/json"}
