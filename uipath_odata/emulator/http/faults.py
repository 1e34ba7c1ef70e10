"""Faults on demand: what the emulator does to an answer that it would otherwise have given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import attrs
from aiohttp import web

Proceed = Callable[[], Awaitable[web.StreamResponse]]
Action = Callable[[web.Request, Proceed], Awaitable[web.StreamResponse]]


@attrs.define
class Fault:
    """Something to do instead of answering, to the next so many requests that match; ``times=None``: to all of them."""

    matches: Callable[[web.Request], bool]
    action: Action
    times: int | None = 1


def path_contains(part: str, method: str | None = None) -> Callable[[web.Request], bool]:
    """Match requests by a part of their path and, if given, by their method."""
    return lambda request: part in request.path and method in {None, request.method}


def next_action(faults: list[Fault], request: web.Request) -> Action | None:
    """Take the first fault that matches; one that is used up leaves the list."""
    for fault in faults:
        if fault.matches(request):
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    faults.remove(fault)
            return fault.action
    return None


def status(code: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Action:
    """Answer with a status of one's own."""

    async def answer(_: web.Request, __: Proceed) -> web.StreamResponse:
        return web.Response(status=code, body=body, headers=headers)

    return answer


def html(code: int = HTTPStatus.OK) -> Action:
    """Answer with a page for people, as a gateway does."""
    return status(code, b"<!DOCTYPE html><html><body>UiPath</body></html>", {"Content-Type": "text/html"})


def slow(wait: Callable[[], Awaitable[object]]) -> Action:
    """Wait for something, then answer as usual."""

    async def answer(_: web.Request, proceed: Proceed) -> web.StreamResponse:
        await wait()
        return await proceed()

    return answer


async def drop(request: web.Request, _: Proceed) -> web.StreamResponse:
    """Close the connection without a byte of answer."""
    return _gone(request)


async def drop_after(request: web.Request, proceed: Proceed) -> web.StreamResponse:
    """Do what was asked, then close the connection without a byte of answer."""
    await proceed()
    return _gone(request)


def cut(keep: float = 0.5) -> Action:
    """Send the head and a part of the body, then close the connection."""

    async def answer(request: web.Request, proceed: Proceed) -> web.StreamResponse:
        whole = await proceed()
        body = whole.body if isinstance(whole, web.Response) else None
        content = body if isinstance(body, bytes) else b""
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
        part = web.StreamResponse(status=whole.status, headers=headers)
        await part.prepare(request)
        await part.write(content[: int(len(content) * keep)])
        await asyncio.sleep(0)
        _gone(request)
        return part

    return answer


def _gone(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return web.Response()
