"""Faults as values: what the emulator does to an answer that it would otherwise have given.

``emulator.fail("Jobs.start_jobs", LostAnswer())`` plans one. A fault of your own is any callable that takes the request
and ``proceed``, which carries the request out, and returns the response.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs
import orjson
from aiohttp import web

Proceed: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]
Fault: TypeAlias = Callable[[web.Request, Proceed], Awaitable[web.StreamResponse]]

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_PORTAL = b"<!DOCTYPE html><html><head><title>UiPath</title></head><body><app-root></app-root></body></html>"

_LOWEST, _HIGHEST = 200, 599


def _status(_: object, __: object, code: Any) -> None:
    if not isinstance(code, int) or not _LOWEST <= code <= _HIGHEST:
        raise ValueError(f"a status is a number from {_LOWEST} to {_HIGHEST}, not {code!r}")


def _count(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, int) or value < 0):
        raise ValueError(f"{field.name} is 0, more, or None, not {value!r}")


def _texts(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if not all(isinstance(part, str) for pair in value.items() for part in pair):
        raise ValueError(f"{field.name} are texts by text, not {value!r}")


def _wait(_: object, __: object, wait: Any) -> None:
    if not callable(wait) and (not isinstance(wait, int | float) or wait < 0):
        raise ValueError(f"Slow takes seconds, or an async function to wait for, not {wait!r}")


@attrs.frozen
class LostAnswer:
    """Do what was asked, then close the connection without a byte of answer.

    ``performed=False`` closes it without doing anything: from outside, both look the same.
    """

    performed: bool = True

    async def __call__(self, request: web.Request, proceed: Proceed) -> web.StreamResponse:
        if self.performed:
            await proceed()
        return _closed(request)


@attrs.frozen
class Status:
    """Answer with a status, and do nothing of what was asked; ``body`` is bytes as they are sent, or a JSON value."""

    code: int = attrs.field(validator=_status)
    body: Any = b""
    headers: Mapping[str, str] = attrs.field(default=_NO_HEADERS, validator=_texts)

    async def __call__(self, _: web.Request, __: Proceed) -> web.StreamResponse:
        if isinstance(self.body, bytes):
            return web.Response(status=self.code, body=self.body, headers=self.headers)
        headers = {"Content-Type": "application/json; charset=utf-8", **self.headers}
        return web.Response(status=self.code, body=orjson.dumps(self.body), headers=headers)


@attrs.frozen
class RateLimited:
    """Answer 429; ``retry_after`` is in seconds, ``None`` leaves the header out."""

    retry_after: int | None = attrs.field(default=1, validator=_count)

    async def __call__(self, _: web.Request, __: Proceed) -> web.StreamResponse:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return web.Response(status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)


@attrs.frozen
class Slow:
    """Wait so many seconds, or for what an async callable waits for, then answer as usual."""

    wait: float | Callable[[], Awaitable[object]] = attrs.field(validator=_wait)

    async def __call__(self, _: web.Request, proceed: Proceed) -> web.StreamResponse:
        if callable(self.wait):
            await self.wait()
        else:
            await asyncio.sleep(self.wait)
        return await proceed()


@attrs.frozen
class Cut:
    """Do what was asked, send the head and the first ``at`` bytes of the body, then close; ``None`` sends half of it."""

    at: int | None = attrs.field(default=None, validator=_count)

    async def __call__(self, request: web.Request, proceed: Proceed) -> web.StreamResponse:
        whole = await proceed()
        body = whole.body if isinstance(whole, web.Response) else None
        content = body if isinstance(body, bytes) else b""
        sent = len(content) // 2 if self.at is None else min(self.at, len(content) - 1)
        headers = {"Content-Type": "application/json", "Content-Length": str(max(len(content), 1))}
        part = web.StreamResponse(status=whole.status, headers=headers)
        await part.prepare(request)
        await part.write(content[:sent])
        await asyncio.sleep(0)
        _closed(request)
        return part


@attrs.frozen
class Html:
    """Answer with a web page, as the gateway of Automation Cloud does for a path that it does not know."""

    code: int = attrs.field(default=200, validator=_status)

    async def __call__(self, _: web.Request, __: Proceed) -> web.StreamResponse:
        return web.Response(status=self.code, body=_PORTAL, content_type="text/html", charset="utf-8")


def _closed(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return web.Response()
