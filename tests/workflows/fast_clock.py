"""Time that passes by sleeping alone."""

from __future__ import annotations

import asyncio

from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.jobs.poll_pace import PollPace
from uipath_odata.workflows.jobs.poller import JobPoller


class FastClock:
    """A clock of one client: ``rule`` makes the client's workflows live by it."""

    def __init__(self):
        self.now = 0.0
        self.clock = Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds):
        await asyncio.sleep(0)
        self.now += seconds

    def rule(self, client):
        client._channel.memory.update({Clock: self.clock, JobPoller: JobPoller(TellingPace(self.clock))})


class TellingPace(PollPace):
    """A pace that does what is planned for a number of requests before it lets the next go."""

    async def turn(self):
        await super().turn()
        vars(self).get("plans", {}).pop(self.requests, lambda: None)()
