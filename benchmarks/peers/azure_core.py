"""azure-core's ``AsyncItemPaged`` over its pipeline, as its own clients use it."""

from __future__ import annotations

from azure.core import AsyncPipelineClient
from azure.core.async_paging import AsyncItemPaged, AsyncList
from azure.core.rest import HttpRequest
from peer import HEADERS, report, url_of


async def read(base_url, kind, pages):
    async with AsyncPipelineClient(base_url) as client:

        async def get_next(token):
            request = HttpRequest("GET", url_of(base_url, kind, token or 0), headers=HEADERS)
            response = await client.send_request(request)
            response.raise_for_status()
            return token or 0, response.json()

        async def extract(answer):
            number, payload = answer
            return number + 1 if number + 1 < pages else None, AsyncList(payload["value"])

        async for page in AsyncItemPaged(get_next, extract).by_page():
            yield [row async for row in page]


report(read)
