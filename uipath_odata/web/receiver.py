"""Answers webhooks at once and works afterwards, under ASGI and aiohttp.web."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias
from uuid import UUID

from uipath_odata.errors import DecodeError, InvalidSignature, QueryError
from uipath_odata.local.log_line import LogPlace, log_line
from uipath_odata.web.event import UnknownEvent, WebhookEvent, parse_event
from uipath_odata.web.seen import RecentEvents, SeenEvents
from uipath_odata.web.signature import secrets_of, verify_signature

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["WebhookReceiver"]

logger = logging.getLogger("uipath_odata")

_Message: TypeAlias = MutableMapping[str, Any]
_HEADER: Final = "X-UiPath-Signature"
_LARGEST: Final = 2**20
_LAST: Final = 1.0
"""Seconds for the handlers that were cancelled."""
_UNKNOWN: Final = LogPlace("unknown tenant")
_OK, _BAD, _UNAUTHORIZED, _METHOD, _TOO_LARGE, _BUSY = 200, 400, 401, 405, 413, 503


class WebhookReceiver:
    """Verify webhooks, answer them at once, and give each event once to ``handle``, which works afterwards.

    It is an ASGI application, ``app.add_route("/webhooks", receiver)`` in FastAPI and Starlette; ``receiver.aiohttp`` is a
    handler of aiohttp.web.
    ``wake`` gets the key of each job that an event is about: ``orchestrator.wake``. ``seen`` tells events that come again,
    by default those of this process. ``waiting`` bounds the events that wait for ``handle``, of which ``concurrency`` run at
    once; beyond that the answer is 503, upon which Orchestrator pauses the webhook. ``async with receiver`` ends after
    the work that is under way, for which it waits ``close_timeout`` seconds. Raises QueryError for an empty secret.
    """

    def __init__(
        self,
        secret: str | Iterable[str],
        handle: Callable[[WebhookEvent], Awaitable[object]] | None = None,
        *,
        wake: Callable[[UUID], object] | None = None,
        seen: SeenEvents | None = None,
        concurrency: int = 8,
        waiting: int = 1_000,
        close_timeout: float = 30.0,
    ) -> None:
        if concurrency < 1 or waiting < 1:
            raise QueryError(
                "a receiver that handles nothing at once is none: give concurrency and waiting of 1 or more"
            )
        if not 0 <= close_timeout < math.inf:
            raise QueryError(f"close_timeout={close_timeout} is not a number of seconds: give 0 or more")
        self._secrets = tuple(each.decode() for each in secrets_of(secret))
        self._handle = handle
        self._wake = wake
        self._seen = RecentEvents() if seen is None else seen
        self._slots = asyncio.Semaphore(concurrency)
        self._most = waiting
        self._patience = close_timeout
        self._tasks = dict[asyncio.Task[None], WebhookEvent]()
        self._closed = False

    async def receive(self, body: bytes, signature: str | None) -> int:
        """Take one request and return the status of its answer; what ``handle`` does comes later."""
        try:
            verify_signature(body, signature, self._secrets)
            event = parse_event(body)
        except (InvalidSignature, DecodeError) as error:
            log_line(logger, logging.WARNING, _UNKNOWN, "A webhook was refused: %s", error)
            return _UNAUTHORIZED if isinstance(error, InvalidSignature) else _BAD
        if self._closed or len(self._tasks) >= self._most:
            why = (
                "the receiver is closed"
                if self._closed
                else f"{len(self._tasks)} events wait for their handler"
            )
            log_line(logger, logging.ERROR, _place(event), "A webhook was refused: %s", why)
            return _BUSY
        event_id = getattr(event, "event_id", None)
        if event_id is None or await self._seen.add(str(event_id)):
            self._work_on(event)
        return _OK

    async def aiohttp(self, request: web.Request) -> web.Response:
        """Answer a request of aiohttp.web: ``app.router.add_post("/webhooks", receiver.aiohttp)``."""
        from aiohttp import web  # noqa: PLC0415 - only who serves with it

        return web.Response(status=await self.receive(await request.read(), request.headers.get(_HEADER)))

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Answer a request of an ASGI server."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        if scope["type"] != "http":
            return
        status = _METHOD
        if scope["method"] == "POST":
            body = await _body(receive)
            given = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
            signature = given.get(_HEADER.lower().encode(), b"").decode("latin-1")
            status = _TOO_LARGE if body is None else await self.receive(body, signature)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def aclose(self) -> None:
        """Wait for the work that is under way, for ``close_timeout`` seconds; what runs still is cancelled and logged.

        Events that come from here on are answered 503.
        """
        self._closed = True
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._patience)
        finally:
            unfinished = [*self._tasks.items()]
            for task, event in unfinished:
                message = "The handler of a webhook did not end in %g s and is cancelled: %s"
                log_line(logger, logging.ERROR, _place(event), message, self._patience, _name(event))
                task.cancel()
        if unfinished:
            # One that does not let itself be cancelled is left to the event loop.
            await asyncio.wait([task for task, _ in unfinished], timeout=_LAST)

    async def __aenter__(self) -> Self:
        self._closed = False
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _work_on(self, event: WebhookEvent) -> None:
        if self._handle is not None:
            task = asyncio.create_task(self._work(self._handle, event), name="uipath_odata: webhook")
            self._tasks[task] = event
            task.add_done_callback(self._tasks.pop)
        key = getattr(getattr(event, "job", None), "key", None)
        if self._wake is not None and isinstance(key, UUID):
            self._wake(key)

    async def _work(self, handle: Callable[[WebhookEvent], Awaitable[object]], event: WebhookEvent) -> None:
        async with self._slots:
            try:
                await handle(event)
            except Exception as error:  # noqa: BLE001 - Orchestrator has its answer and does not send the event again
                message = "The handler of a webhook failed for %s"
                log_line(logger, logging.ERROR, _place(event), message, _name(event), error=error)


def _name(event: WebhookEvent) -> str:
    """Name an event by its kind and its id."""
    kind = event.type if isinstance(event, UnknownEvent) else type(event).__name__
    return f"{kind} {getattr(event, 'event_id', None) or 'without an id'}"


def _place(event: WebhookEvent) -> LogPlace:
    """Return the tenant and the folder that an event names; kinds that are about no folder name none."""
    sent = event.body if isinstance(event, UnknownEvent) else event.to_dict(wire=True)
    tenant, folder = sent.get("TenantId"), sent.get("OrganizationUnitId")
    return LogPlace(_UNKNOWN.tenant if tenant is None else f"tenant {tenant}", folder and str(folder))


async def _body(receive: Callable[[], Awaitable[_Message]]) -> bytes | None:
    """Read a request's body; None where it is longer than any event, or was broken off."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or len(body) > _LARGEST:
            return None
        if not message.get("more_body", False):
            return bytes(body)
