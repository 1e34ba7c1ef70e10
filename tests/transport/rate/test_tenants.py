"""Many tenants, one pool: nothing of one client reaches another but the time that a shared slot takes."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import attrs
import pytest

from uipath_odata.auth import AccessToken, ClientCredentials, Deployment
from uipath_odata.errors import AuthenticationFailed, OrchestratorError, Unauthorized
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.transport import Transport

TENANTS = [f"tenant{number}" for number in range(40)]


@attrs.define
class Town:
    """Gives each tenant its own tokens and answers only those, with what it was asked for."""

    reply: object
    random: Random = attrs.field(factory=lambda: Random(5))
    issued: Counter = attrs.field(factory=Counter)
    strangers: list = attrs.field(factory=list)
    expired: set = attrs.field(factory=set)

    async def __call__(self, seen):
        for _ in range(self.random.randrange(6)):
            await asyncio.sleep(0)
        if seen.target.endswith("/connect/token"):
            return self._token(seen)
        tenant = seen.target.split("/")[1]
        token = seen.headers["authorization"].removeprefix("Bearer ")
        folder = seen.headers["x-uipath-folderpath"]
        if not token.startswith(f"{tenant}-") or folder != f"Shared/{tenant}" or "cookie" in seen.headers:
            self.strangers.append((tenant, token, folder))
        if not self.random.randrange(5) and token not in self.expired:
            self.expired.add(token)
        if token in self.expired:
            return self.reply(401, b"")
        return self.reply(body=f"{tenant} {token}".encode(), headers=[f"Set-Cookie: owner={tenant}; Path=/"])

    def _token(self, seen):
        tenant = seen.target.split("/")[1]
        if f"client_id={tenant}&client_secret=secret-of-{tenant}" not in seen.body.decode():
            self.strangers.append((tenant, seen.body))
        self.issued[tenant] += 1
        body = f'{{"access_token":"{tenant}-{self.issued[tenant]}","expires_in":3600}}'
        return self.reply(body=body.encode())


@pytest.fixture
async def pool():
    made = Pool(concurrency=16)
    yield made
    await made.close()


@pytest.fixture
def client(time, pool):
    def make(peer, tenant, credentials=None):
        given = credentials or ClientCredentials(tenant, f"secret-of-{tenant}")
        base = f"{peer.url}/{tenant}"
        deployment = Deployment(base, f"{base}/connect/token")
        return Transport(deployment, given, pool=pool, clock=time.clock, random=Random(tenant))

    return make


def asked_by(jobs, tenant):
    return attrs.evolve(jobs, headers={"X-UIPATH-FolderPath": f"Shared/{tenant}"})


async def test_r70_no_token_folder_or_cookie_reaches_another_tenant(serve, client, jobs, reply):
    town = Town(reply)
    peer = await serve(town)
    clients = {tenant: client(peer, tenant) for tenant in TENANTS}

    async def use(tenant):
        bodies = set()
        for _ in range(20):
            try:
                bodies.add((await clients[tenant].send(asked_by(jobs, tenant))).body)
            except (AuthenticationFailed, Unauthorized):
                return bodies
        return bodies

    answers = await asyncio.gather(*(use(tenant) for tenant in TENANTS for _ in range(2)))
    assert town.strangers == []
    assert town.expired
    for tenant, bodies in zip([tenant for tenant in TENANTS for _ in range(2)], answers, strict=True):
        assert all(body.decode().startswith(f"{tenant} {tenant}-") for body in bodies)
    assert peer.connections <= 16 + len(TENANTS)


async def test_a_tenant_whose_credentials_are_refused_disturbs_no_other(serve, client, jobs, reply):
    peer = await serve(lambda seen: reply(401, b"") if "/bad/" in seen.target else reply())
    bad, good = client(peer, "bad", AccessToken("x")), client(peer, "good", AccessToken("y"))
    results = await asyncio.gather(*(each.send(jobs) for each in (bad, good) * 10), return_exceptions=True)
    assert {type(result) for result in results[::2]} == {AuthenticationFailed}
    assert {result.status for result in results[1::2]} == {200}


async def test_a_pause_of_one_tenant_holds_no_other(serve, client, jobs, reply):
    limited = reply(429, headers=["Retry-After: 60"])
    peer = await serve(lambda seen: limited if "/slow/" in seen.target and seen.at < 1_060 else reply())
    slow, quick = client(peer, "slow", AccessToken("x")), client(peer, "quick", AccessToken("y"))
    first, second = await asyncio.gather(slow.send(jobs), quick.send(jobs))
    assert first.waited >= 60
    assert second.waited == 0


async def test_r88_closing_one_client_leaves_the_others_their_connections(serve, client, jobs, reply):
    peer = await serve([reply()])
    one, two = client(peer, "one", AccessToken("x")), client(peer, "two", AccessToken("y"))
    await one.send(jobs)
    await one.aclose()
    assert (await two.send(jobs)).status == 200
    assert peer.connections == 1


@pytest.mark.parametrize("turns", range(12))
async def test_r88_closing_a_pool_that_is_in_use_ends_every_request_cleanly(
    serve, until, jobs, hang, turns, time
):
    """Also when the closing itself is cancelled on its way, and begun again."""
    peer = await serve([hang])
    pool = Pool(concurrency=4)
    transports = [
        Transport(Deployment.at(f"{peer.url}/{name}"), AccessToken("t"), pool=pool, clock=time.clock)
        for name in ("one", "two")
    ]
    tasks = [asyncio.create_task(transport.send(jobs)) for transport in transports * 4]
    await until(lambda: len(peer.seen) == 4)
    closing = asyncio.create_task(pool.close())
    for _ in range(turns):
        await asyncio.sleep(0)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    await pool.close()
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(result) for result in results} <= {asyncio.CancelledError, OrchestratorError}
    with pytest.raises(OrchestratorError, match="The client is closed"):
        await transports[0].send(jobs)
    for transport in transports:
        assert transport.budget()["Jobs.list"].waiting == 0
        await transport.aclose()


@pytest.mark.parametrize("other", ["/Acme/DEFAULT/orchestrator_", "/acme/default/orchestrator_/"])
async def test_two_spellings_of_one_tenant_share_its_budget(serve, jobs, reply, pool, time, other):
    peer = await serve([reply()])
    first, second = (
        Transport(Deployment.at(f"{peer.url}{path}"), AccessToken("t"), pool=pool, clock=time.clock)
        for path in ("/acme/default/orchestrator_", other)
    )
    limited = attrs.evolve(jobs, rate_class="Jobs.list")
    await first.send(limited)
    await second.send(limited)
    assert first.budget()["Jobs.list"].used == second.budget()["Jobs.list"].used == 2
