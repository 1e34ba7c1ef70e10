"""odatapy's asyncio client, page after page."""

from __future__ import annotations

from odatapy.client import AsyncHttpxTransport, AsyncODataClient
from peer import HEADERS, report, url_of


async def read(base_url, kind, pages):
    async with AsyncHttpxTransport(headers=HEADERS) as transport:
        client = AsyncODataClient(f"{base_url}/odata", transport)
        for number in range(pages):
            page = await client.get_entity_set(url_of(base_url, kind, number))
            yield list(page)


def value(row, name):
    return row.get_value(name)


report(read, value)
