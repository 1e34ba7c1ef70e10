"""A long ``in_`` is read in parts; where pages are short and one part runs ahead, the other is still read to its end."""

from __future__ import annotations

import random

import pytest

from uipath_odata import Settings
from uipath_odata.emulator import Emulator
from uipath_odata.entities import QueueItem


@pytest.fixture
async def items():
    """The queue items of a server that sends five a page."""
    async with (
        Emulator(page_caps={"QueueItems": 5}) as emulator,
        emulator.client(settings=Settings(requests_a_minute=10**6)) as orchestrator,
    ):
        yield orchestrator.queue_items


@pytest.mark.parametrize("concurrency", [1, 2, 3, 4])
@pytest.mark.parametrize("is_exact", [False, True], ids=["plain", "exact"])
async def test_pages_of_a_later_part_never_keep_an_earlier_one_from_being_read(items, concurrency, is_exact):
    keys = sorted({item.id async for item in items.select(QueueItem.id)})
    chance = random.Random(1)
    for _ in range(40):
        chosen = sorted(chance.sample(keys, chance.randrange(51, 70)))
        query = items.filter(QueueItem.id.in_(chosen))
        async with (query.exact() if is_exact else query).stream(concurrency=concurrency) as rows:
            assert [item.id async for item in rows] == chosen
        assert rows.report.proven or not is_exact
