"""A list server in a process of its own: prebuilt pages by ``$skip``, plain or gzip, with a latency, even or not."""

from __future__ import annotations

import asyncio
import functools
import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

from rows import PAGE, rest, start, zipped

# Different pages cost memory and start-up time, not insight: ten go round, each time with another first row.
DISTINCT = 10


def message(body, coding=""):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{coding}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def answers(kind, pages, compressed):
    """Give a function from a request's target to its answer; the first bodies are made now."""
    count = pages * PAGE

    @functools.lru_cache(maxsize=64)
    def body_of(number):
        of = number % DISTINCT
        return zipped(kind, number, of, count) if compressed else start(kind, number, count) + rest(kind, of)

    def answer(target):
        path, _, query = target.partition("?")
        if path.endswith("GetTotalCount"):
            return message(b'{"value":%d}' % count)
        number = int(parse_qs(query).get("$skip", ["0"])[0]) // PAGE
        if number >= pages:
            return message(b'{"value":[]}')
        return message(body_of(number), "Content-Encoding: gzip\r\n" if compressed else "")

    for number in range(min(DISTINCT, pages)):
        body_of(number)
    return answer


async def serve(kind, pages, latency, compressed, jitter):
    answer, rng = answers(kind, pages, compressed), random.Random(5)

    async def connected(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
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
