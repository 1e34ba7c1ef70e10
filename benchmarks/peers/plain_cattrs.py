"""The same loop, its rows structured by cattrs as its guide shows."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import aiohttp
import attrs
import cattrs
import orjson
from peer import HEADERS, in_order, report, types_of, url_of


def class_of(name, types):
    fields = {
        each: attrs.field(
            default=None, type=(class_of(each, kind) if isinstance(kind, dict) else kind) | None
        )
        for each, kind in types.items()
    }
    return attrs.make_class(name, fields, slots=True)


def structuring(row):
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_structure_hook(dt.datetime, lambda text, _: dt.datetime.fromisoformat(text))
    converter.register_structure_hook(UUID, lambda text, _: UUID(text))
    listed = list[class_of("Row", types_of(row))]
    return lambda rows: converter.structure(rows, listed)


async def read(base_url, kind, pages):
    structure = None
    async with aiohttp.ClientSession(headers=HEADERS) as session:

        async def fetch(number):
            async with session.get(url_of(base_url, kind, number)) as response:
                return await response.read()

        async for body in in_order(fetch, pages):
            rows = orjson.loads(body)["value"]
            structure = structure or structuring(rows[0])
            yield structure(rows)


report(read, getattr)
