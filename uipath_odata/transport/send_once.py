"""One run of a middleware chain, at the edge to aiohttp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uipath_odata.errors import OrchestratorError
from uipath_odata.transport.bodies.file_body import FileBody, opened
from uipath_odata.transport.request import Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import ClientMiddlewareType, ClientSession
    from yarl import URL

__all__ = ["send_once"]


async def send_once(
    session: ClientSession,
    request: Request,
    url: URL,
    headers: Mapping[str, str],
    middlewares: Sequence[ClientMiddlewareType],
) -> Response:
    """Send and read the answer of any status; errors come without aiohttp's frames, whose variables hold bodies."""
    try:
        return await _exchanged(session, request, url, headers, middlewares)
    except OrchestratorError as error:
        failure = error.with_traceback(None)
    except AssertionError:
        # aiohttp asserts that there is a connector, which another task may have closed since the last attempt.
        if not session.closed:
            raise
        failure = OrchestratorError("The client was closed while it was in use: open a new one")
    raise failure


async def _exchanged(
    session: ClientSession,
    request: Request,
    url: URL,
    headers: Mapping[str, str],
    middlewares: Sequence[ClientMiddlewareType],
) -> Response:
    with opened(request.body) as data:
        async with session.request(
            request.method,
            url,
            data=data,
            headers={**headers, **request.headers, **_of_body(request)},
            # Nothing has no type; aiohttp would call it application/octet-stream.
            skip_auto_headers=("Content-Type",),
            allow_redirects=False,
            middlewares=middlewares,
        ) as response:
            return Response(response.status, response.headers, await response.read())


def _of_body(request: Request) -> dict[str, str]:
    """Describe the body; storage services and multipart forms want its length, where aiohttp would send chunks."""
    if request.body is None:
        return {}
    length = {"Content-Length": str(request.body.size)} if isinstance(request.body, FileBody) else {}
    return {"Content-Type": request.content_type or "application/json", **length}
