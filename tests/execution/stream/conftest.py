"""A list of numbered rows behind a scripted server, and streams that read it."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from uipath_odata.errors import DecodeError
from uipath_odata.execution.stream import Stream
from uipath_odata.paging.offset.plan import OffsetPlan
from uipath_odata.paging.plan import Page

PAGE = 10


@attrs.frozen
class Answer:
    rows: list
    count: int | None = None
    attempts: int = 1
    waited: float = 0.5
    broken: bool = False


class NumberedServer:
    """A list of ``size`` numbered rows; requests pass the loop a few times and may be held at a gate."""

    def __init__(self, size=95, *, steps=None, failures=None, broken=None, gate=None):
        self.size, self.steps, self.gate = size, steps or {}, gate
        self.failures = failures or {}
        self.broken = dict(broken or {})
        self.started, self.running = [], 0

    async def __call__(self, fetch, number):
        skip, top = int(fetch.options.get("$skip", 0)), int(fetch.options["$top"])
        self.started.append(skip)
        self.running += 1
        try:
            for _ in range(self.steps.get(skip, 2)):
                await asyncio.sleep(0)
            if self.gate is not None and skip:
                await self.gate.wait()
        finally:
            self.running -= 1
        if skip in self.failures:
            raise self.failures[skip]
        self.broken[skip] = self.broken.get(skip, 0) - 1
        rows = [{"Id": number} for number in range(skip, min(skip + top, self.size))]
        return Answer(rows, self.size, attempts=2 if skip == 0 else 1, broken=self.broken[skip] >= 0)


def _parse(fetch, answer):
    if answer.broken:
        raise DecodeError("the body is cut: try again")
    return Page(answer.rows, answer.count)


def _ids(rows):
    return [row["Id"] for row in rows]


def _open_stream(fetch, *, plan=None, concurrency=4, ordered=True, decode=_ids):
    plan = plan or OffsetPlan(options={}, page_size=PAGE, ordered=ordered)
    return Stream(plan, fetch=fetch, parse=_parse, decode=decode, concurrency=concurrency)


@pytest.fixture
def serve():
    return NumberedServer


@pytest.fixture
def open_stream():
    return _open_stream


@pytest.fixture
def answer():
    return Answer
