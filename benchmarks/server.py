"""A list server in a process of its own: pages by ``$skip`` or by time, plain or gzip, with a latency, even or not."""

from __future__ import annotations

import asyncio
import functools
import random
import subprocess
import sys
import zlib
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl

from rows import PAGE, rest, stamped, start, zipped
from windowed import WindowedLogs

from uipath_odata.odata.instant import Instant

# Different pages cost memory and start-up time, not insight: ten go round, each time with another first row.
DISTINCT = 10


def message(body, coding=""):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{coding}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def by_time(count):
    """Return a function from a request's target to its answer: logs in order of time, in any interval of it."""
    logs = WindowedLogs(count)

    @functools.cache
    def answer(target):
        payload = logs.answer(dict(parse_qsl(target.partition("?")[2])))
        rows = [stamped(row["TimeStamp"], place) for place, row in enumerate(payload["value"])]
        body = b'{"@odata.count":%d,"value":[%b]}' % (payload["@odata.count"], b",".join(rows))
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        return message(packer.compress(body) + packer.flush(), "Content-Encoding: gzip\r\n")

    return answer


def of_one_width(count):
    """The same in plain bodies that are cut from one text, so that a page costs the server next to nothing."""
    logs = WindowedLogs(count)
    stamps = [f"{Instant(each).to_datetime():%Y-%m-%dT%H:%M:%S.%f}{each % 10}Z" for each in logs.ticks]
    rows = [stamped(stamp, place % PAGE) for place, stamp in enumerate(stamps)]
    width = max(map(len, rows)) + 1
    text = b"".join(row.ljust(width - 1) + b"," for row in rows)

    def answer(target):
        path, _, query = target.partition("?")
        options = dict(parse_qsl(query))
        low, high = logs.between(options)
        if path.endswith("GetTotalCount"):
            return message(b'{"value":%d}' % (high - low))
        skip, top = int(options.get("$skip", 0)), min(int(options.get("$top", PAGE)), PAGE)
        if options.get("$orderby") == "TimeStamp desc":
            places = range(high - 1 - skip, max(low, high - skip - top) - 1, -1)
            return message(b'{"value":[%b]}' % b",".join(rows[place] for place in places))
        first, last = min(low + skip, high), min(low + skip + top, high)
        return message(b'{"value":[%b]}' % text[first * width : last * width].rstrip(b","))

    return answer


def answers(kind, pages, compressed):
    """Return a function from a request's target to its answer; the first bodies are made now."""
    count = pages * PAGE
    if kind == "logs of one width":
        return of_one_width(count)
    if kind == "logs by time":
        return by_time(count)

    @functools.lru_cache(maxsize=64)
    def body_of(number):
        of = number % DISTINCT
        return zipped(kind, number, of, count) if compressed else start(kind, number, count) + rest(kind, of)

    def answer(target):
        path, _, query = target.partition("?")
        if path.endswith("GetTotalCount"):
            return message(b'{"value":%d}' % count)
        if path.endswith(")"):  # a single entity by its key
            return message(b'{"Id":79,"Name":"DocBot"}')
        number = int(dict(parse_qsl(query)).get("$skip", 0)) // PAGE
        if number >= pages:
            return message(b'{"value":[]}')
        return message(body_of(number), "Content-Encoding: gzip\r\n" if compressed else "")

    for number in range(min(DISTINCT, pages)):
        body_of(number)
    return answer


async def serve(kind, pages, latency, compressed, jitter):
    answer, rng = answers(kind, pages, compressed), random.Random(5)
    asked = 0

    async def connected(reader, writer):
        nonlocal asked
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET /asked "):
                    writer.write(message(b"%d" % asked))
                    continue
                asked += 1
                if latency:
                    await asyncio.sleep(latency * rng.uniform(1 - jitter, 1 + jitter))
                writer.write(answer(head.split(b" ", 2)[1].decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def listening(kind, pages, *, latency=0.0, compressed=True, jitter=0.0):
    """Start the server and give its base URL; each latency differs by at most its share ``jitter`` from the mean."""
    arguments = [kind, str(pages), str(latency), str(int(compressed)), str(jitter)]
    process = subprocess.Popen(
        [sys.executable, Path(__file__), *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        port = int(process.stdout.readline())
        yield f"http://127.0.0.1:{port}/acme/Default/orchestrator_"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(
        serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), bool(int(sys.argv[4])), float(sys.argv[5]))
    )
