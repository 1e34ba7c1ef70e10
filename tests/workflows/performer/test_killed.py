"""A performer that is killed at any moment, with four beside it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.entities import QueueItem

PROCESS = Path(__file__).with_name("performer_process.py")
ITEMS = 60


def performers(emulator, log, count):
    environ = {**os.environ, **emulator.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return [
        asyncio.create_subprocess_exec(sys.executable, str(PROCESS), str(log), env=environ)
        for _ in range(count)
    ]


async def begun_by(log, count):
    while not log.exists() or log.read_bytes().count(b"\n") < count:  # noqa: ASYNC110 - of other processes
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 40))])
async def test_each_item_reaches_one_result_though_a_performer_is_killed(seed, tmp_path):
    rng, log = Random(seed), tmp_path / "begun"
    async with Emulator(seed=None) as emulator:
        emulator.add.folder("Shared")
        emulator.add.queue(
            "Invoices", AcceptAutomaticallyRetry=True, RetryAbandonedItems=True, MaxNumberOfRetries=1
        )
        for number in range(ITEMS):
            emulator.add.queue_item("Invoices", {"n": number}, reference=f"INV-{number}")
        victim, *others = await asyncio.gather(*performers(emulator, log, 5))
        await begun_by(log, 1)
        await asyncio.sleep(rng.uniform(0, 0.3))
        victim.kill()
        assert [await each.wait() for each in others] == [0] * 4
        await victim.wait()
        await check(emulator, log)


async def check(emulator, log):
    """What the killed one held is abandoned after a day and comes again; every item then has one success."""
    begun = Counter(int(line) for line in log.read_text().split())
    assert set(begun.values()) == {1}
    async with emulator.client() as client:
        shared = client.folder("Shared")
        left = await shared.queue_items.filter(QueueItem.status == "InProgress").count()
        assert left <= 2
        emulator.clock.advance(hours=25)
        done = await shared.queue("Invoices").perform(echo, until_empty=True)
        assert done.successful == left
        items = await shared.queue_items.to_list()
    ended = Counter((item.reference, item.status) for item in items)
    assert {reference for reference, _ in ended} == {f"INV-{number}" for number in range(ITEMS)}
    assert [count for (_, status), count in ended.items() if status == "Successful"] == [1] * ITEMS
    assert Counter(status for (_, status) in ended) == {"Successful": ITEMS} | (
        {"Abandoned": left} if left else {}
    )


async def echo(item):
    return item.content
