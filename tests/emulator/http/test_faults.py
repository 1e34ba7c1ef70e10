from __future__ import annotations

import asyncio

import aiohttp
import attrs
import pytest

from uipath_odata.emulator.faults import Cut, Html, LostAnswer, RateLimited, Slow, Status


async def test_a_fault_strikes_as_often_as_it_says_and_only_where_it_matches(empty):
    empty.emulator.fail("Robots.list", Status(503, headers={"Retry-After": "7"}), times=2)
    assert (await empty.get("/odata/Jobs")).status == 200
    replies = [await empty.get("/odata/Robots") for _ in range(3)]
    assert [reply.status for reply in replies] == [503, 503, 200]
    assert replies[0].headers["Retry-After"] == "7"
    assert not list(empty.emulator.faults)


async def test_the_first_fault_that_matches_strikes_first(empty):
    empty.emulator.fail("robots.list", Status(500))
    empty.emulator.fail("Robots.*", Status(502))
    assert [(await empty.get("/odata/Robots")).status for _ in range(3)] == [500, 502, 200]


async def test_a_fault_can_be_for_one_operation_and_for_ever(empty):
    lasting = empty.emulator.fail("Robots.create", Status(500), times=None)
    assert (await empty.get("/odata/Robots")).status == 200
    assert empty.emulator.faults.unused == [lasting]
    assert [(await empty.send("POST", "/odata/Robots", {})).status for _ in range(3)] == [500, 500, 500]
    assert (lasting.struck, empty.emulator.faults.unused) == (3, [])


async def test_a_fault_can_ask_what_the_call_is_about(empty):
    empty.emulator.fail("Robots.list", Status(500), when=lambda call: call.query.get("$top") == "7")
    assert [(await empty.get(f"/odata/Robots?$top={top}")).status for top in (6, 7, 7)] == [200, 500, 200]


async def test_a_fault_for_an_operation_that_does_not_exist_is_refused_with_the_nearest_names(empty):
    with pytest.raises(
        ValueError, match=r"no operation is named Jobs\.start_job: did you mean Jobs\.start_jobs"
    ):
        empty.emulator.fail("Jobs.start_job", Status(500))


async def test_a_status_can_carry_a_json_value(empty):
    empty.emulator.fail("Robots.list", Status(400, {"message": "no", "errorCode": 1000}))
    reply = await empty.get("/odata/Robots")
    assert (reply.status, reply.body) == (400, {"message": "no", "errorCode": 1000})


@pytest.mark.parametrize(("fault", "header"), [(RateLimited(2), "2"), (RateLimited(None), None)])
async def test_a_rate_limit_says_when_to_come_again_or_does_not(empty, fault, header):
    empty.emulator.fail("Robots.list", fault)
    reply = await empty.get("/odata/Robots")
    assert (reply.status, reply.headers.get("Retry-After")) == (429, header)


async def test_a_web_page_takes_the_place_of_the_answer(empty):
    empty.emulator.fail("Robots.list", Html())
    reply = await empty.get("/odata/Robots")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(("performed", "left"), [(False, 8), (True, 7)])
async def test_a_lost_answer_does_not_say_whether_the_work_was_done(demo, performed, left):
    """R60; aiohttp sends a DELETE again by itself, so the fault stays."""
    demo.emulator.fail("Robots.delete", LostAnswer(performed=performed), times=None)
    with pytest.raises(aiohttp.ClientError):
        await demo.send("DELETE", "/odata/Robots(79)")
    assert len(await demo.rows("/odata/Robots")) == left


@pytest.mark.parametrize("at", [None, 0, 100, 10**9])
async def test_a_body_is_cut(demo, at):
    """R10; a place beyond the end still leaves something out."""
    demo.emulator.fail("Robots.list", Cut(at))
    with pytest.raises(aiohttp.ClientPayloadError):
        await demo.get("/odata/Robots")
    assert (await demo.get("/odata/Robots")).status == 200


async def test_an_answer_waits_for_what_it_is_told_to_wait_for(emulators):
    reached, gate = asyncio.Event(), asyncio.Event()

    async def wait():
        reached.set()
        await gate.wait()

    async with emulators(seed=None) as empty:
        empty.emulator.fail("Robots.list", Slow(wait))
        waiting = asyncio.ensure_future(empty.get("/odata/Robots"))
        await reached.wait()
        assert (await empty.get("/odata/Robots")).status == 200
        assert not waiting.done()
        gate.set()
        assert (await waiting).status == 200


async def test_a_slow_answer_comes(empty):
    empty.emulator.fail("Robots.list", Slow(0.01))
    assert (await empty.get("/odata/Robots")).status == 200


async def test_logins_can_fail_too(empty):
    empty.emulator.fail("Identity.Token", Status(500))
    async with empty.session.post(empty.emulator.token_url, json={}) as response:
        assert response.status == 500
    assert empty.emulator.token_requests == 0


def test_faults_are_values():
    assert Status(503) == Status(503)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Status(503).code = 500
