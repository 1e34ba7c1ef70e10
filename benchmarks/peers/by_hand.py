"""The limit: the loop that an expert writes by hand with aiohttp and orjson."""

from __future__ import annotations

import aiohttp
import orjson
from peer import HEADERS, in_order, report, url_of


async def read(base_url, kind, pages):
    async with aiohttp.ClientSession(headers=HEADERS) as session:

        async def fetch(number):
            async with session.get(url_of(base_url, kind, number)) as response:
                return await response.read()

        async for body in in_order(fetch, pages):
            yield orjson.loads(body)["value"]


report(read)
