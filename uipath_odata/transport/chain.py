"""The middlewares of a request: to Orchestrator, its storage and its identity server alike."""

from __future__ import annotations

import functools
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

import attrs

from uipath_odata.errors import OrchestratorError
from uipath_odata.transport.bodies.attempt import Attempt
from uipath_odata.transport.bodies.file_body import FileBody, opened
from uipath_odata.transport.headers.field import check_fields
from uipath_odata.transport.rate.middleware import Budget
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientMiddlewareType, ClientSession
    from yarl import URL

    from uipath_odata.transport.bodies.sink import Sink
    from uipath_odata.transport.pool import Pool
    from uipath_odata.transport.rate.wait_queue import WaitQueue
    from uipath_odata.transport.retry.progress import Progress
    from uipath_odata.transport.session import LoopSession

__all__ = ["Chain", "send_once"]

_SLOWEST_LINE: Final = 32 * 1_024  # bytes a second


@attrs.frozen(eq=False, repr=False)
class Chain:
    """Send through one session, outermost first: retries, the rate, the middlewares given, a slot and the wire.

    They are given with each request because aiohttp then takes none of the session's.
    """

    pool: Pool
    session: LoopSession
    headers: Mapping[str, str]
    slot: Callable[[bool], AbstractAsyncContextManager[None]]
    """What an attempt holds while it is on the wire; the bulk ones come last."""

    async def send(
        self,
        progress: Progress,
        queue: WaitQueue,
        *middlewares: ClientMiddlewareType,
        into: Sink | None = None,
    ) -> Response:
        """Return the answer of any status, with the attempts and the waiting that it took."""
        session = await self.session.get()
        chain = self.middlewares(progress, queue, *middlewares, into=into)
        answer = await send_once(session, progress.request, progress.url, self.headers, chain)
        return attrs.evolve(answer, attempts=max(1, progress.attempts), waited=progress.waited)

    def middlewares(
        self, progress: Progress, queue: WaitQueue, *inner: ClientMiddlewareType, into: Sink | None = None
    ) -> tuple[ClientMiddlewareType, ...]:
        """Order the middlewares of one request, outermost first."""
        patience = self.pool.attempt_timeout + progress.request.size / _SLOWEST_LINE
        attempt = Attempt(
            functools.partial(self.slot, progress.request.bulk),
            lambda: min(patience, progress.left()),
            self.pool.body_limit,
            into,
            progress.left,
        )
        return (Retry(progress, queue), Budget(progress, queue), *inner, attempt)


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
    if request.headers:
        check_fields(request.headers, request.operation or "The request")
    with nullcontext() if request.body is None else opened(request.body) as data:
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
