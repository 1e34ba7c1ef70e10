"""R53, R56: who goes next in a class of endpoints, and who is told to stay away."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from uipath_odata.transport.rate.sliding_log import Rate
from uipath_odata.transport.rate.wait_queue import WaitQueue


class TooLong(Exception):
    pass


@attrs.define
class Line:
    """A queue whose limit is used up, and time that stands still until ``wake``."""

    time: object
    queue: WaitQueue = attrs.field(factory=lambda: WaitQueue(Rate(10)))
    sent: list = attrs.field(factory=list)
    alarm: asyncio.Event = attrs.field(factory=asyncio.Event)

    def __attrs_post_init__(self):
        for _ in range(10):
            self.queue.rate.send(self.time.now)

    async def come(self, name, *, bulk=False, patience=100):
        """Stand in line, and give the task once it waits or has gone."""
        task = asyncio.create_task(self._enter(name, bulk, patience))
        await self.raise_for_status()
        return task

    async def _enter(self, name, bulk, patience):
        def check(wait, _turn):
            if wait > patience:
                raise TooLong

        await self.queue.enter(attrs.evolve(self.time.clock, sleep=self._sleep), check, bulk=bulk)
        self.sent.append(name)

    async def _sleep(self, _seconds):
        await self.alarm.wait()
        self.alarm.clear()

    async def wake(self):
        self.alarm.set()
        await self.raise_for_status()

    async def raise_for_status(self):
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
async def line(time):
    return Line(time)


@pytest.mark.parametrize("bulk", [True, False])
async def test_r56_each_kind_goes_in_order_also_when_the_room_came_before_the_first_woke(line, time, bulk):
    await line.come("first", bulk=bulk)
    time.now += 61
    await line.come("second", bulk=bulk)
    assert line.sent == []
    await line.wake()
    assert line.sent == ["first", "second"]


async def test_r56_an_interactive_request_goes_ahead_of_bulk_that_came_before(line, time):
    await line.come("bulk", bulk=True)
    await line.come("click")
    time.now += 61
    await line.wake()
    assert line.sent == ["click", "bulk"]


async def test_r56_an_interactive_request_goes_at_once_where_only_bulk_waits(line, time):
    await line.come("bulk", bulk=True)
    time.now += 61
    await line.come("click")
    assert line.sent == ["click"]


async def test_r56_both_kinds_count_as_waiting(line, time):
    for bulk in (True, True, False):
        await line.come("one", bulk=bulk)
    assert line.queue.waiting == 3
    time.now += 61
    await line.wake()
    assert (line.queue.waiting, len(line.sent)) == (0, 3)


async def test_r53_who_waits_is_told_when_the_wait_becomes_too_long(line, time):
    """Another request of the class was answered with a longer pause meanwhile."""
    impatient, patient = await line.come("impatient"), await line.come("patient", patience=2_000)
    line.queue.rate.pause_until(time.now + 1_000)
    await line.wake()
    with pytest.raises(TooLong):
        await impatient
    assert (line.queue.waiting, line.sent) == (1, [])
    time.now += 1_000
    await line.wake()
    assert line.sent == ["patient"]
    await patient


async def test_r83_who_leaves_the_line_calls_the_next(line, time):
    first, _ = await line.come("first"), await line.come("second")
    time.now += 61
    first.cancel()
    await line.raise_for_status()
    assert line.sent == ["second"]
    assert line.queue.waiting == 0
