"""The recipes of the guide under real servers: they start, answer a crowd, lose a reader and end, and nothing is left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from uipath_odata.emulator import Emulator

SERVE = Path(__file__).with_name("serve.py")
DEVELOPER = ("-X", "dev", "-X", "tracemalloc")
"""asyncio's debug mode and where what was left open was made, which takes several times as long."""
ROOT = Path(__file__).parents[2]
pytest.importorskip("uvloop")


@asynccontextmanager
async def served(framework, environ, *, is_watched=False):
    """Serve a recipe in a process of its own; give its URL, end it as an operator does, and look at what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *(DEVELOPER if is_watched else ()), "-W", "error", str(SERVE), framework,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        port = (await asyncio.wait_for(process.stdout.readline(), 60)).strip()
        assert port, (await process.stderr.read()).decode()
        yield f"http://127.0.0.1:{int(port)}"
        process.send_signal(signal.SIGTERM)
        said, complained = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert said.decode().strip() == "left: []", complained.decode()
    assert not complained.decode()


@asynccontextmanager
async def site(framework, *, is_watched=False):
    """Serve a recipe over an emulator of its own."""
    async with (
        Emulator() as emulator,
        aiohttp.ClientSession() as session,
        served(framework, emulator.environ, is_watched=is_watched) as url,
    ):
        yield url, session, emulator


async def crowd(session, url, count):
    async def one():
        async with session.get(url) as answer:
            return answer.status, answer.headers.get("Retry-After"), await answer.read()

    return await asyncio.gather(*(one() for _ in range(count)))


FRAMEWORKS = ["FastAPI", "Litestar", "aiohttp.web", "Quart"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_a_crowd_beyond_the_budget_gets_429_with_its_wait_and_never_a_500(framework):
    pytest.importorskip(framework.partition(".")[0].lower())
    async with site(framework) as (url, session, _):
        answers = await crowd(session, f"{url}/jobs", 200)
        assert Counter(status for status, _, _ in answers) == {200: 80, 429: 120}
        for status, wait, body in answers:
            assert (wait is not None) == (status == 429)
            assert status == 200 or json.loads(body)["detail"] == "Too many requests. Try again later."
            assert status == 429 or len(json.loads(body)["rows"]) >= 50
        async with session.get(f"{url}/jobs?after=x") as answer:
            assert (answer.status, answer.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_a_reader_that_leaves_in_the_middle_of_a_csv_ends_the_request_that_is_under_way(framework):
    await left_in_the_middle(framework)


@pytest.mark.full
@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_and_leaves_nothing_that_developer_mode_finds(framework):
    await left_in_the_middle(framework, is_watched=True)


async def left_in_the_middle(framework, **options):
    pytest.importorskip(framework.partition(".")[0].lower())
    waiting, ended = asyncio.Event(), asyncio.Event()

    async def stuck(request, proceed):
        """Keep a page until whoever asked goes away."""
        waiting.set()
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        ended.set()
        return await proceed()

    async with site(framework, **options) as (url, session, emulator):
        emulator.fail("Jobs.list", stuck, when=lambda call: "$filter" in call.query)
        answer = await session.get(f"{url}/jobs.csv")
        assert await answer.content.readany()
        await waiting.wait()
        answer.close()
        await asyncio.wait_for(ended.wait(), 20)
        async with session.get(f"{url}/jobs") as answer:
            assert answer.status == 200


async def exhausted(measure):
    """Ask two tenants whose budgets are used up, 200 times each and all at once."""
    pytest.importorskip("fastapi")
    async with Emulator() as one, Emulator() as two, aiohttp.ClientSession() as session:
        tenants = json.dumps({"one": dict(one.environ), "two": dict(two.environ)})
        async with served("application", {"TENANTS": tenants}) as url:
            for tenant in ("one", "two"):
                before = await crowd(session, f"{url}/{tenant}/jobs?size=1", 80)
                assert {status for status, _, _ in before} == {200}
            began = asyncio.get_running_loop().time()
            answers = await asyncio.gather(
                *(crowd(session, f"{url}/{tenant}/jobs?size=1", 200) for tenant in ("one", "two"))
            )
            measure(asyncio.get_running_loop().time() - began)
    assert {status for answer in answers for status, _, _ in answer} == {429}
    assert all(1 <= int(wait) <= 60 for answer in answers for _, wait, _ in answer)


async def test_two_tenants_beyond_their_budgets_get_429_with_its_wait_and_never_a_500():
    await exhausted(lambda _: None)


@pytest.mark.full
async def test_and_the_last_of_400_answers_comes_within_max_wait_and_a_second():
    took = []
    await exhausted(took.append)
    print(f"400 answers in {took[0]:.2f} s")  # noqa: T201 - the figure of the goal
    assert took[0] < 3
