from __future__ import annotations

import asyncio

import aiohttp
import pytest

from uipath_odata.emulator.http import faults
from uipath_odata.emulator.http.faults import Fault, path_contains

ROBOTS = path_contains("/odata/Robots")


async def test_a_fault_strikes_as_often_as_it_says_and_only_where_it_matches(empty):
    empty.emulator.faults.append(Fault(ROBOTS, faults.status(503, headers={"Retry-After": "7"}), times=2))
    assert (await empty.get("/odata/Jobs")).status == 200
    replies = [await empty.get("/odata/Robots") for _ in range(3)]
    assert [reply.status for reply in replies] == [503, 503, 200]
    assert replies[0].headers["Retry-After"] == "7"
    assert empty.emulator.faults == []


async def test_the_first_fault_that_matches_strikes_first(empty):
    empty.emulator.faults.extend(
        [Fault(ROBOTS, faults.status(500)), Fault(path_contains("odata"), faults.status(502))]
    )
    assert [(await empty.get("/odata/Robots")).status for _ in range(3)] == [500, 502, 200]


async def test_a_fault_can_be_for_one_method_and_for_ever(empty):
    empty.emulator.faults.append(Fault(path_contains("Robots", "POST"), faults.status(500), times=None))
    assert (await empty.get("/odata/Robots")).status == 200
    assert [(await empty.send("POST", "/odata/Robots", {})).status for _ in range(3)] == [500, 500, 500]


async def test_a_page_for_people_takes_the_answer_s_place(empty):
    empty.emulator.faults.append(Fault(ROBOTS, faults.html()))
    reply = await empty.get("/odata/Robots")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html")


@pytest.mark.parametrize(("action", "left"), [(faults.drop, 8), (faults.drop_after, 7)])
async def test_a_dropped_connection_gives_no_answer_whether_or_not_the_work_was_done(demo, action, left):
    """R60; aiohttp sends a DELETE again by itself, so the fault stays."""
    demo.emulator.faults.append(Fault(path_contains("Robots", "DELETE"), action, times=None))
    with pytest.raises(aiohttp.ClientError):
        await demo.send("DELETE", "/odata/Robots(79)")
    assert len(await demo.rows("/odata/Robots")) == left


async def test_a_body_is_cut(demo):
    """R10."""
    demo.emulator.faults.append(Fault(ROBOTS, faults.cut()))
    with pytest.raises(aiohttp.ClientPayloadError):
        await demo.get("/odata/Robots")
    assert (await demo.get("/odata/Robots")).status == 200


async def test_an_answer_waits_for_what_it_is_told_to_wait_for(empty):
    reached, gate = asyncio.Event(), asyncio.Event()

    async def wait():
        reached.set()
        await gate.wait()

    empty.emulator.faults.append(Fault(ROBOTS, faults.slow(wait)))
    waiting = asyncio.ensure_future(empty.get("/odata/Robots"))
    await reached.wait()
    assert (await empty.get("/odata/Robots")).status == 200
    assert not waiting.done()
    gate.set()
    assert (await waiting).status == 200


async def test_token_requests_can_fail_too(empty):
    empty.emulator.faults.append(Fault(path_contains("/oauth/token"), faults.status(500)))
    async with empty.session.post(empty.emulator.token_url, json={}) as response:
        assert response.status == 500
    assert empty.emulator.token_requests == 0
