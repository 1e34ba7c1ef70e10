"""Eight requests at once with aiohttp, rows decoded and written again, or only copied: the limit."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import aiohttp
import msgspec
import orjson
from peer import HEADERS, in_order, url_of
from writer import report


class Envelope(msgspec.Struct):
    value: list[msgspec.Raw]


async def bodies(base_url, pages):
    async with aiohttp.ClientSession(headers=HEADERS) as session:

        async def fetch(number):
            async with session.get(url_of(base_url, "logs", number)) as response:
                return await response.read()

        async for body in in_order(fetch, pages):
            yield body


async def copied(base_url, pages, path):
    decoder, count = msgspec.json.Decoder(Envelope), 0
    with path.open("wb") as file:
        async for body in bodies(base_url, pages):
            rows = decoder.decode(body).value
            file.write(b"\n".join([*rows, b""]))
            count += len(rows)
    return count


async def jsonl(base_url, pages, path):
    count = 0
    with path.open("wb") as file:
        async for body in bodies(base_url, pages):
            rows = orjson.loads(body)["value"]
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
            count += len(rows)
    return count


async def comma_separated(base_url, pages, path):
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = None
        async for body in bodies(base_url, pages):
            rows = orjson.loads(body)["value"]
            if writer is None:
                writer = csv.DictWriter(file, rows[0])
                writer.writeheader()
            writer.writerows(rows)
            count += len(rows)
    return count


def write(base_url, pages, format_, folder):
    make = {"jsonl": jsonl, "csv": comma_separated, "copied": copied}[format_]
    return asyncio.run(make(base_url, pages, Path(folder) / "out"))


report(write)
