"""Webhooks as they come, over real sockets where a server is at hand."""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web

from uipath_odata.errors import QueryError
from uipath_odata.web import RecentEvents, WebhookReceiver

BODY = b'{"Type":"job.completed","EventId":"e1","Job":{"Key":"16163b2c-f03b-4464-8060-98adfc0af51b"}}'
KEY = UUID("16163b2c-f03b-4464-8060-98adfc0af51b")


def signed(body, secret="s"):
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


async def asgi(receiver, body, headers=(), method="POST", chunks=2):
    pieces = [
        body[place::1][: len(body) // chunks + 1] for place in range(0, len(body), len(body) // chunks + 1)
    ]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.request", "body": b""})
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": "/webhooks",
        "query_string": b"",
        "headers": [*headers],
    }
    await receiver(scope, receive, send)
    return sent[0]["status"]


async def test_the_answer_comes_at_once_and_the_work_afterwards():
    may_end, handled, woken = asyncio.Event(), [], []

    async def handle(event):
        await may_end.wait()
        handled.append(event.event_id)

    async with WebhookReceiver("s", handle, wake=woken.append) as receiver:
        header = (b"x-uipath-signature", signed(BODY).encode())
        assert await asgi(receiver, BODY, [header]) == 200
        assert (handled, woken) == ([], [KEY])
        assert await asgi(receiver, BODY, [header]) == 200
        may_end.set()
    assert (handled, woken) == (["e1"], [KEY])


async def test_the_guides_route_takes_exactly_its_path():
    fastapi, starlette = pytest.importorskip("fastapi"), pytest.importorskip("starlette.applications")
    header = (b"x-uipath-signature", signed(BODY).encode())
    async with WebhookReceiver("s") as receiver:
        for app in (fastapi.FastAPI(), starlette.Starlette()):
            app.add_route("/webhooks", receiver)
            assert await asgi(app, BODY, [header]) == 200
            assert await asgi(app, BODY, [header], "GET") == 405
            assert await asgi(app, BODY) == 401


async def test_what_is_not_a_request_is_turned_away():
    sent = []

    async def send(message):
        sent.append(message)

    receiver = WebhookReceiver("s")
    await receiver({"type": "websocket", "headers": []}, None, send)
    await receiver({"type": "lifespan"}, None, send)
    assert sent == [{"type": "websocket.close"}]


async def test_a_request_without_the_right_signature_does_nothing(caplog):
    handled = []
    receiver = WebhookReceiver(["s", "older"], handled.append, wake=handled.append)
    assert await receiver.receive(BODY, None) == 401
    assert await receiver.receive(BODY, signed(BODY, "x")) == 401
    assert await asgi(receiver, BODY) == 401
    assert await receiver.receive(b"[]", signed(b"[]")) == 400
    assert await asgi(receiver, BODY, method="GET") == 405
    big = b"x" * (2**20 + 1)
    assert await asgi(receiver, big, [(b"x-uipath-signature", signed(big).encode())]) == 413
    assert not handled
    assert await receiver.receive(BODY, signed(BODY, "older")) == 200


@pytest.mark.parametrize("secret", ["", [], [""]])
def test_without_a_secret_there_is_no_receiver(secret):
    with pytest.raises(QueryError, match="secret"):
        WebhookReceiver(secret)


async def test_a_handler_that_fails_is_logged_and_harms_nobody(caplog):
    async def handle(event):
        raise KeyError("x")

    async with WebhookReceiver("s", handle) as receiver:
        assert await receiver.receive(BODY, signed(BODY)) == 200
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_more_events_than_may_wait_are_answered_503():
    async def handle(event):
        await asyncio.Event().wait()

    receiver = WebhookReceiver("s", handle, waiting=3, close_timeout=0)
    answers = []
    for number in range(4):
        body = BODY.replace(b"e1", b"n%d" % number)
        answers.append(await receiver.receive(body, signed(body)))
    assert answers == [200, 200, 200, 503]
    await receiver.aclose()
    assert not receiver._tasks


async def test_a_handler_that_never_ends_is_cancelled_and_named(caplog):
    ended = []

    async def handle(event):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(event.event_id)

    async with WebhookReceiver("s", handle, close_timeout=0.01) as receiver:
        assert await receiver.receive(BODY, signed(BODY)) == 200
    assert ended == ["e1"]
    assert "did not end in 0.01 s and is cancelled: JobCompletedEvent e1" in caplog.text
    later = BODY.replace(b"e1", b"e2")
    assert await receiver.receive(later, signed(later)) == 503
    async with receiver:
        assert await receiver.receive(later, signed(later)) == 200


async def test_who_stops_waiting_for_the_end_leaves_no_handler_running():
    async def handle(event):
        await asyncio.Event().wait()

    receiver = WebhookReceiver("s", handle)
    assert await receiver.receive(BODY, signed(BODY)) == 200
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await receiver.aclose()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not receiver._tasks


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_an_end_is_waited_for_within_bounds(seconds):
    with pytest.raises(QueryError, match="close_timeout"):
        WebhookReceiver("s", close_timeout=seconds)


async def test_the_memory_of_events_is_bounded_and_can_be_replaced():
    recent = RecentEvents(size=3)
    assert [await recent.add(each) for each in "abcadab"] == [True, True, True, False, True, False, True]
    assert len(recent._ids) == 3

    class Never:
        async def add(self, event_id):
            return False

    woken = []
    assert await WebhookReceiver("s", seen=Never(), wake=woken.append).receive(BODY, signed(BODY)) == 200
    assert not woken


async def test_under_aiohttp_it_is_a_handler():
    handled = []

    async def handle(event):
        handled.append(event.event_id)

    app = web.Application()
    async with WebhookReceiver("s", handle) as receiver:
        app.router.add_post("/webhooks", receiver.aiohttp)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/webhooks"
        async with aiohttp.ClientSession() as session:
            async with session.post(url, data=BODY, headers={"X-UiPath-Signature": signed(BODY)}) as answer:
                assert answer.status == 200
            async with session.post(url, data=BODY) as answer:
                assert answer.status == 401
        await runner.cleanup()
    assert handled == ["e1"]
