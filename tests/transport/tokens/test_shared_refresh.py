"""G4: a thousand requests that are refused at once bring one token request, in whatever order things happen (R32, R42)."""

from __future__ import annotations

import asyncio
from random import Random

import attrs
import pytest
from multidict import CIMultiDict
from yarl import URL

from uipath_odata.auth import Deployment, Secret
from uipath_odata.auth.flows.grant import Grant
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.tokens.bearer import BearerToken
from uipath_odata.transport.tokens.tokens import Tokens

BASE = URL("https://o.example.com")
WAITERS = 1_000


@attrs.define
class Identity:
    """Gives t1, t2, …, each after a while of the loop's own."""

    random: Random
    issued: int = 0

    async def exchange(self, _deployment, _post, _previous):
        self.issued += 1
        number = self.issued
        await turns(self.random)
        return Grant(Secret(f"t{number}"), 3_600.0)


@attrs.define
class Attempt:
    """What a middleware sees of a request."""

    url: URL = BASE
    headers: CIMultiDict = attrs.field(factory=CIMultiDict)


@attrs.frozen
class Answer:
    status: int
    headers: dict


@attrs.define
class Server:
    """Takes every token but the first, and answers after a while."""

    random: Random
    asked: dict = attrs.field(factory=dict)

    async def __call__(self, attempt):
        token = attempt.headers["Authorization"]
        self.asked[token] = self.asked.get(token, 0) + 1
        await turns(self.random)
        return Answer(401 if token == "Bearer t1" else 200, {})


async def turns(random):
    for _ in range(random.randrange(4)):
        await asyncio.sleep(0)


def client(identity, random):
    clock = Clock(monotonic=lambda: 1_000.0, wall=lambda: 1_000.0, sleep=asyncio.sleep)
    return Tokens(identity, Deployment.at(BASE), None, clock, random)


async def run_of(seed):
    random = Random(seed)
    identity, server = Identity(random), Server(random)
    tokens = client(identity, random)
    await tokens.current()
    bearer = BearerToken(tokens, BASE, "Jobs.list")

    async def request():
        await turns(random)
        return (await bearer(Attempt(), server)).status

    answers = await asyncio.gather(*(request() for _ in range(WAITERS)))
    return set(answers), identity.issued, server.asked["Bearer t2"], server.asked["Bearer t1"] <= WAITERS


@pytest.mark.parametrize("seeds", [20, pytest.param(1_000, marks=pytest.mark.full)])
async def test_r32_a_thousand_requests_share_one_refresh_in_any_order(seeds):
    for seed in range(seeds):
        assert await run_of(seed) == ({200}, 2, WAITERS, True), seed
    print(f"G4: {WAITERS} requests share one token request: {seeds} orders")  # noqa: T201 - the goal's figure


@pytest.mark.parametrize("seeds", [20, pytest.param(1_000, marks=pytest.mark.full)])
async def test_r42_a_leader_that_is_cancelled_at_any_await_takes_nobody_along(cancelled_at, seeds):
    points = 0
    for seed in range(seeds):
        at, ended = 0, False
        while not ended:
            at += 1
            random = Random(seed)
            identity, server = Identity(random), Server(random)
            tokens = client(identity, random)
            await tokens.current()
            bearer = BearerToken(tokens, BASE, "Jobs.list")
            leader = asyncio.create_task(cancelled_at(bearer(Attempt(), server), at))
            await asyncio.sleep(0)
            answers = await asyncio.gather(*(bearer(Attempt(), server) for _ in range(20)))
            await asyncio.wait([leader])
            ended = not leader.cancelled()
            assert [answer.status for answer in answers] == [200] * 20, (seed, at)
            assert identity.issued == 2, (seed, at)
        points += at - 1
    assert points > seeds
    print(f"G4: the leader cancelled at {points} awaits: one token request each")  # noqa: T201
