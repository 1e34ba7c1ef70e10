"""Connections that are used again, at raw sockets: an answer that nobody asked for reaches nobody."""

from __future__ import annotations

import asyncio
import json
import operator
import re
import socket

import aiohttp
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.client import FolderClient
from uipath_odata.errors import BadRequest, OutcomeUnknown
from uipath_odata.transport.connector import CleanConnector
from uipath_odata.transport.pool import Pool

STRAY = b'HTTP/1.1 400 Bad Request\r\nContent-Length: 7\r\nConnection: close\r\n\r\n"stray"'
ENOUGH = 0.05


class Server:
    """Answers on a connection's own terms: ``after`` is written to the first one after its first answer."""

    def __init__(self, after=b"", *, pause=0.0, same_write=False, idle=None):
        self.after, self.pause, self.same_write, self.idle = after, pause, same_write, idle
        self.connections, self.requests, self.tasks = 0, [], set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        self.connections += 1
        number = self.connections
        try:
            while True:
                async with asyncio.timeout(self.idle):
                    head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(length(head))
                self.requests.append((number, head.split(b" ", 2)[1].decode()))
                await self.answer(writer, number, head)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, writer, number, head):
        target = head.split(b" ", 2)[1]
        body = b'{"value":"%s"}' % target
        whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        first = number == 1 and len(self.requests) == 1 and self.after
        if first and self.same_write:
            writer.write(whole + self.after)
            return
        writer.write(whole)
        if first:
            await asyncio.sleep(self.pause)
            writer.write(self.after)


def length(head):
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length: "):
            return int(line.removeprefix(b"content-length: "))
    return 0


AFTERS = {
    "another answer": STRAY,
    "the beginning of one": STRAY[:20],
    "one byte": b"H",
    "a good answer": b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"value":[]}',
    "more of the body": b"}}}",
    "a line": b"\r\nHTTP/1.1 408 Request Timeout\r\n",
}


def asked(jobs, number):
    return jobs.__class__(path=f"/odata/Jobs({number})", repeatable=True, operation="Jobs.get")


@pytest.mark.parametrize("same_write", [True, False], ids=["in one write", "later"])
@pytest.mark.parametrize("after", AFTERS.values(), ids=AFTERS)
async def test_what_arrives_while_nothing_is_asked_answers_nobody(connect, jobs, after, same_write):
    async with Server(after, pause=0.01, same_write=same_write) as server:
        transport = connect(server.url)
        for number in range(6):
            answer = await transport.send(asked(jobs, number))
            assert answer.body == b'{"value":"/odata/Jobs(%d)"}' % number
            await asyncio.sleep(ENOUGH if number == 0 else 0)
        assert server.connections == 2


@pytest.mark.parametrize("after", AFTERS.values(), ids=AFTERS)
async def test_what_arrives_just_before_the_next_request_answers_nobody(connect, jobs, after):
    """The event loop has not read it yet when the connection is taken again."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    loop = asyncio.get_running_loop()
    transport = connect(f"http://127.0.0.1:{listener.getsockname()[1]}")
    first = asyncio.create_task(transport.send(asked(jobs, 1)))
    peer, _ = await loop.sock_accept(listener)
    with listener, peer:
        await loop.sock_recv(peer, 65_536)
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{1}")
        assert (await first).body == b"{1}"
        peer.send(after)  # and nothing is awaited before the next request
        second = asyncio.create_task(transport.send(asked(jobs, 2)))
        fresh, _ = await loop.sock_accept(listener)
        with fresh:
            await loop.sock_recv(fresh, 65_536)
            fresh.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{2}")
            assert (await second).body == b"{2}"


async def test_clients_of_one_pool_get_their_own_answers_whatever_is_pushed(connect, jobs):
    async with Pool() as pool, Server(STRAY + STRAY, pause=0.001) as server:
        clients = [connect(server.url, pool=pool) for _ in range(4)]
        for number in range(50):
            answer = await clients[number % 4].send(asked(jobs, number))
            assert answer.body == b'{"value":"/odata/Jobs(%d)"}' % number
            await asyncio.sleep(0.001)


async def test_aiohttps_own_connector_gives_a_pushed_answer_to_the_next_request():
    """When this fails, aiohttp has mended it, and ``CleanConnector`` may shrink to what is left."""
    async with Server(AFTERS["a good answer"], pause=0.01) as server, aiohttp.ClientSession() as session:
        async with session.get(f"{server.url}/1") as first:
            await first.read()
        await asyncio.sleep(ENOUGH)
        async with session.get(f"{server.url}/2") as second:
            assert (await second.read(), server.connections) == (b'{"value":[]}', 1)


def test_what_is_overridden_is_what_aiohttp_calls():
    for name in ("_get", "_release"):
        assert getattr(aiohttp.TCPConnector, name) is not getattr(CleanConnector, name)
    assert isinstance(aiohttp.BaseConnector.__dict__["_get"], type(lambda: None))


async def test_a_connection_that_is_clean_is_used_again(connect, jobs):
    async with Server() as server:
        transport = connect(server.url)
        for number in range(20):
            await transport.send(asked(jobs, number))
        assert server.connections == 1


@pytest.mark.parametrize("status", [400, 408])
async def test_a_late_answer_of_a_front_end_that_gives_up_is_asked_about_once(
    serve, connect, jobs, reply, status
):
    """It crosses the request on the wire: nothing tells it from the request's own answer."""
    peer = await serve([reply(), reply(status, b"", headers=["Connection: close"], close=True), reply()])
    transport = connect(peer.url)
    await transport.send(jobs)
    assert (await transport.send(jobs)).attempts == 2
    assert [seen.connection for seen in peer.seen] == [1, 1, 2]


async def test_a_400_that_comes_again_is_the_answer(serve, connect, jobs, reply):
    peer = await serve([reply(400, b"", headers=["Connection: close"], close=True)])
    with pytest.raises(BadRequest):
        await connect(peer.url).send(jobs)
    assert len(peer.seen) == 2


async def test_no_write_meets_a_connection_that_is_closed_for_being_idle(connect, jobs, start_jobs):
    """The server closes what was idle for 0.1 s, and each write comes just then."""
    async with Server(idle=0.1) as server:
        transport = connect(server.url)
        unknown = 0
        for number in range(30):
            await asyncio.gather(*(transport.send(asked(jobs, each)) for each in range(3)))
            await asyncio.sleep(0.097 + 0.0002 * number)
            try:
                await transport.send(start_jobs)
            except OutcomeUnknown:
                unknown += 1
        assert unknown == 0
        assert sum(target.endswith("StartJobs") for _, target in server.requests) == 30


async def test_writes_one_after_another_share_a_connection(connect, start_jobs):
    async with Server() as server:
        transport = connect(server.url)
        for _ in range(20):
            await transport.send(start_jobs)
        assert server.connections <= 3


async def test_fresh_connections_take_the_place_of_idle_ones(connect, jobs, start_jobs):
    async with Server() as server:
        transport = connect(server.url)
        await asyncio.gather(*(transport.send(asked(jobs, each)) for each in range(3)))
        for _ in range(5):
            await asyncio.sleep(0.06)
            await transport.send(start_jobs)
        session = await transport._pool.session.get()
        assert sum(len(each) for each in session.connector._conns.values()) == 3


class StrayList:
    """A list of 2,500 jobs whose server pushes a 400 after every third answer, or across the request that follows it."""

    def __init__(self, crossing):
        self.crossing, self.answers, self.strays, self.tasks = crossing, 0, 0, set()

    async def serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        reused = False
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                target = URL(head.split(b" ", 2)[1].decode(), encoded=True)
                self.answers += 1
                used, reused = reused, True
                if self.crossing and used and self.answers % 3 == 0:
                    self.strays += 1
                    writer.write(STRAY)
                    break
                writer.write(self.page(target.query))
                if self.answers % 3 == 0:
                    await asyncio.sleep(0.001)
                    self.strays += not self.crossing
                    writer.write(b"" if self.crossing else STRAY)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def page(self, query):
        tests = re.findall(r"Id (gt|ge|lt|le|eq) (\d+)", query.get("$filter", ""))
        ids = [
            number
            for number in range(1, 2_501)
            if all(getattr(operator, name)(number, int(value)) for name, value in tests)
        ]
        ids = ids[::-1] if query.get("$orderby") == "Id desc" else ids
        start = int(query.get("$skip", 0))
        rows = [{"Id": number} for number in ids[start : start + int(query["$top"])]]
        body = json.dumps({"value": rows}).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("crossing", [False, True], ids=["pushed", "crossing"])
async def test_a_stray_400_changes_neither_the_plan_nor_the_rows(connect, crossing):
    stray = StrayList(crossing)
    server = await asyncio.start_server(stray.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    jobs = FolderClient(TenantChannel(connect(url), URL(url))).jobs
    async with jobs.stream(page_size=250) as rows:
        assert [row.id async for row in rows] == list(range(1, 2_501))
        assert rows.report.plan == "keyset"
    assert stray.strays
    server.close()
    for task in stray.tasks:
        task.cancel()
    await asyncio.gather(*stray.tasks, return_exceptions=True)
