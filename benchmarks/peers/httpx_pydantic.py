"""httpx and pydantic models, page after page, or eight pages at once."""

from __future__ import annotations

import sys

import httpx
from peer import HEADERS, in_order, report, types_of, url_of
from pydantic import TypeAdapter, create_model


def model_of(name, types):
    fields = {
        each: ((model_of(each, kind) if isinstance(kind, dict) else kind) | None, None)
        for each, kind in types.items()
    }
    return create_model(name, **fields)


def reading(row):
    adapter = TypeAdapter(list[model_of("Row", types_of(row))])
    return adapter.validate_python


async def gathered(base_url, kind, pages):
    validate = None
    async with httpx.AsyncClient(headers=HEADERS, timeout=60) as client:

        async def fetch(number):
            return await client.get(url_of(base_url, kind, number))

        async for response in in_order(fetch, pages):
            rows = response.json()["value"]
            validate = validate or reading(rows[0])
            yield validate(rows)


def sequential(base_url, kind, pages):
    validate = None
    with httpx.Client(headers=HEADERS, timeout=60) as client:
        for number in range(pages):
            rows = client.get(url_of(base_url, kind, number)).json()["value"]
            validate = validate or reading(rows[0])
            yield validate(rows)


report(gathered if "gathered" in sys.argv else sequential, getattr)
