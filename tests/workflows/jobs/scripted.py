"""An Orchestrator of one process on a raw socket: it does what it is told with each start, and cuts answers at any byte."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import attrs

from uipath_odata import AccessToken, Orchestrator, Settings

from ..fast_clock import FastClock

RELEASE = {"Id": 5, "Key": "6f9d1c1e-9a0b-4d5e-8c1f-0a1b2c3d4e5f", "Name": "Intake"}
HEAD = "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


@attrs.frozen
class Fate:
    """What becomes of one start."""

    performed: bool = True
    cut: int | None = None
    """After how many bytes of the answer the connection closes; None: never."""
    status: int = 201
    hidden: int = 0
    """How many lists do not show its job yet."""


@attrs.define
class Made:
    id: int
    reference: str
    by: str
    """What of the start nobody else sends: its arguments."""
    hidden: int = 0
    polls: int = 0
    """How often the list has shown it by its Id; after two times it has ended."""

    @property
    def row(self):
        state = "Successful" if self.polls > 2 else "Running" if self.polls else "Pending"
        facts = {"Reference": self.reference, "ReleaseName": "Intake", "State": state}
        return {"Id": self.id, "Key": str(UUID(int=self.id)), **facts}


class Scripted:
    """Serve on a free port; ``starts`` counts the starts that were performed, by what they sent as arguments."""

    def __init__(self):
        self.jobs, self.fates, self.failing = [], deque(), 0
        self.received = []
        self.answered = 0
        self.looked = asyncio.Event()
        self.connections = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for task in list(self.connections):
            task.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)

    async def no_connection(self):
        """Wait until the clients have closed all that they opened."""
        async with asyncio.timeout(30):
            while self.connections:
                await asyncio.wait(self.connections)

    def client(self):
        client = Orchestrator(self.url, AccessToken("a-token"), settings=Settings(requests_a_minute=10**6))
        FastClock().rule(client)
        return client

    async def serve(self, reader, writer):
        task = asyncio.current_task()
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)
        try:
            while await self.exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def exchange(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        method, target, _ = head.split("\r\n")[0].split(" ")
        url = urlsplit(target)
        if method == "POST" and not target.endswith("StartJobs"):
            status, answer, cut = 200, {}, None
        elif method == "POST":
            fate = self.fates.popleft() if self.fates else Fate()
            answer = self.start(json.loads(body)["startInfo"], fate)
            status, cut = fate.status, fate.cut
        else:
            status, answer, cut = *self.read(unquote(url.path), parse_qs(url.query)), None
        payload = json.dumps(answer).encode()
        whole = HEAD.format(status, len(payload)).encode() + payload
        self.answered = len(whole)
        writer.write(whole if cut is None else whole[:cut])
        await writer.drain()
        return cut is None

    def polled(self, number):
        self.jobs[number - 1].polls += 1
        return self.jobs[number - 1].row

    def add(self, reference, by, hidden=0):
        self.jobs.append(Made(len(self.jobs) + 1, reference, by, hidden))
        return self.jobs[-1]

    def start(self, info, fate):
        self.received.append(info["InputArguments"])
        if fate.status == 201:
            job = self.add(info["Reference"], info["InputArguments"], fate.hidden)
            if not fate.performed:
                self.jobs.pop()
            return {"value": [job.row]}
        if fate.performed:
            self.add(info["Reference"], info["InputArguments"], fate.hidden)
        return {"message": "no", "errorCode": 0}

    def read(self, path, options):
        if path.endswith("/Releases"):
            return 200, {"value": [RELEASE]}
        if self.failing:
            self.failing -= 1
            return 404, {"message": "gone"}
        if path.endswith("/RobotLogs"):
            return 200, {"value": []}
        if one := re.search(r"/Jobs\((\d+)\)", path):
            return 200, self.jobs[int(one[1]) - 1].row
        self.looked.set()
        condition = options.get("$filter", [""])[0]
        if ids := re.search(r"Id in \(([\d,]+)\)|^Id eq (\d+)$", condition):
            return 200, {"value": [self.polled(int(each)) for each in (ids[1] or ids[2]).split(",")]}
        reference, above = (
            re.search(r"Reference eq '([^']*)'", condition),
            re.search(r"Id gt (\d+)", condition),
        )
        rows = []
        for job in self.jobs:
            if job.hidden:
                job.hidden -= 1
            elif (not reference or job.reference == reference[1]) and (not above or job.id > int(above[1])):
                rows.append(job.row)
        if "desc" in options.get("$orderby", [""])[0]:
            rows = rows[::-1][: int(options["$top"][0])]
        return 200, {"value": rows}
