"""R83: each of these scenarios cancelled at every await of its own; nothing stays and the client goes on."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
from random import Random
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs
import pytest
from yarl import URL

from uipath_odata.auth import AccessToken, BrowserLogin, ClientCredentials, Deployment, Secret
from uipath_odata.auth.store.login_store import Login, LoginStore
from uipath_odata.auth.store.stored_login import StoredLogin
from uipath_odata.errors import OrchestratorError
from uipath_odata.resources.files.download import AtomicDownload
from uipath_odata.transport.bodies.file_body import FileBody
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.request import Request
from uipath_odata.transport.storage.address import StorageAddress
from uipath_odata.transport.transport import Transport

LIST = Request(path="/odata/Jobs", repeatable=True, operation="Jobs.list", rate_class="Jobs.list")
START = Request(method="POST", path="/odata/Jobs/StartJobs", body=b"x" * 3_000_000, repeatable=False)
STORAGE = Request(path="/files/a", repeatable=True, rate_class="storage")
APPLICATION = ClientCredentials("app", "s")
PAGE = b'{"value":[]}'


@attrs.define
class Server:
    """Answers by path; ``first`` answers go out before, one for each request to Orchestrator."""

    reply: object
    cut: object
    first: list = attrs.field(factory=list)
    tokens: int = 0
    refuses: set = attrs.field(factory=set)
    compress: bool = False

    def __call__(self, seen):
        if seen.target.endswith("/connect/token"):
            self.tokens += 1
            facts = {"access_token": f"t{self.tokens}", "refresh_token": f"r{self.tokens}", "expires_in": 9}
            return self.reply(body=json.dumps(facts).encode())
        if self.first:
            return self.first.pop(0)
        if seen.headers.get("authorization") in self.refuses:
            return self.reply(401, b"")
        if self.compress:
            return self.reply(body=gzip.compress(PAGE), headers=["Content-Encoding: gzip"])
        return self.reply(body=PAGE)


@attrs.define
class Scenario:
    """What is done with a client; ``credentials`` and ``pool`` are what the client is made with."""

    act: object
    credentials: object = attrs.field(factory=lambda: AccessToken("t"))
    server: object = attrs.field(factory=dict)
    concurrency: int = 2


def answers(*names):
    """Name answers that go out first."""
    return {"first": names}


async def get(transport, _):
    await transport.send(LIST)


async def start(transport, _):
    await transport.send(START)


async def beside_another(transport, place):
    place.others.append(asyncio.create_task(transport.send(LIST)))
    await transport.send(LIST)


async def in_time(transport, _):
    async with asyncio.timeout(60):
        await transport.send(LIST)


async def many(transport, _):
    for _ in range(90):
        await transport.send(LIST)


async def download(transport, place):
    with AtomicDownload(place.disk / "a") as arrival:
        await transport.send_to_storage(StorageAddress(URL(f"{place.url}/files/a")), STORAGE, arrival)
        await asyncio.to_thread(arrival.commit)


async def upload(transport, place):
    source = place.disk / "source"
    source.write_bytes(b"x" * 200_000)
    body = FileBody(source, b"before", b"after")
    request = attrs.evolve(STORAGE, method="PUT", body=body)
    try:
        await transport.send_to_storage(StorageAddress(URL(f"{place.url}/files/a")), request)
    finally:
        source.unlink()


async def close(transport, _):
    await transport.send(LIST)
    await transport.aclose()


async def exchange(transport, _):
    """Without the detached task, so that the awaits of the credentials themselves are hit."""
    tokens = transport._tokens
    await tokens._credentials.exchange(tokens._deployment, tokens._post, None)


def browse(address):
    query = dict(parse_qsl(urlsplit(address).query))
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(query["redirect_uri"]).port, timeout=10)
    try:
        connection.request("GET", "/?" + urlencode({"code": "c", "state": query["state"]}))
        connection.getresponse().read()
    except OSError:
        pass  # nobody listens any more
    finally:
        connection.close()


def browser_login(place):
    pages = {"authorize_url": f"{place.url}/authorize", "token_url": f"{place.url}/connect/token"}
    return BrowserLogin("app", "OR.Jobs", redirect_uri="http://localhost:0", open_browser=browse, **pages)


def stored_login(place):
    store = LoginStore(place.disk / "logins")
    store.save(place.url, Login("app", "OR.Jobs", f"{place.url}/connect/token", Secret("r0")))
    return StoredLogin(store)


SCENARIOS = {
    "a read": Scenario(get),
    "a compressed read": Scenario(get, server={"compress": True}),
    "a read that gets its token first": Scenario(get, APPLICATION),
    "a read whose token is replaced": Scenario(get, APPLICATION, {"refuses": {"Bearer t1"}}),
    "a read after a server error": Scenario(get, server=answers("busy", "busy")),
    "a read after a pause": Scenario(get, server=answers("limited")),
    "a read after a cut body": Scenario(get, server=answers("cut", "cut")),
    "a read after a lost connection": Scenario(get, server=answers("lost")),
    "a read under a timeout": Scenario(in_time),
    "two reads that share a token": Scenario(beside_another, APPLICATION),
    "two reads that share a slot": Scenario(beside_another, concurrency=1),
    "a long write": Scenario(start),
    "reads beyond the rate": Scenario(many),
    "a download": Scenario(download),
    "a download after a cut": Scenario(download, server=answers("cut")),
    "an upload": Scenario(upload),
    "an upload after a server error": Scenario(upload, server=answers("busy")),
    "closing": Scenario(close, APPLICATION),
    "a login with a browser": Scenario(exchange, browser_login),
    "a stored login": Scenario(exchange, stored_login),
}


@attrs.define
class Place:
    url: str
    disk: object
    others: list = attrs.field(factory=list)
    """Requests of the same client that nobody cancels."""


def left_over(peer):
    return {task for task in asyncio.all_tasks() if task not in peer._tasks} - {asyncio.current_task()}


def scripted(scenario, reply, cut):
    first = {
        "busy": reply(503, b"busy"),
        "limited": reply(429, b"", headers=["Retry-After: 3"]),
        "cut": cut(reply(body=PAGE)[:-1]),
        "lost": cut(b""),
    }
    facts = dict(scenario.server)
    facts["first"] = [first[name] for name in facts.get("first", ())]
    return Server(reply, cut, **facts)


@pytest.mark.parametrize("name", SCENARIOS)
async def test_r83_cancelled_at_any_await_nothing_stays_behind(
    serve, until, reply, cut, time, tmp_path, cancelled_at, name
):
    """G7."""
    scenario, at, ended = SCENARIOS[name], 0, False
    while not ended:
        at += 1
        assert at < 2_000
        peer = await serve(scripted(scenario, reply, cut))
        place = Place(peer.url, tmp_path)
        credentials = scenario.credentials(place) if callable(scenario.credentials) else scenario.credentials
        pool = Pool(concurrency=scenario.concurrency)
        transport = Transport(
            Deployment.at(peer.url), credentials, pool=pool, clock=time.clock, random=Random(at)
        )
        task = asyncio.create_task(cancelled_at(scenario.act(transport, place), at))
        await asyncio.wait([task])
        ended = not task.cancelled()
        assert [(await other).status for other in place.others] == [200] * len(place.others), at
        if ended:
            task.result()
        elif scenario.act is not close:
            peer.answers.first.clear()
            await transport.send(attrs.evolve(LIST, rate_class="other"))
        await transport.aclose()
        assert left_over(peer) == set(), at
        assert pool.slots.free == scenario.concurrency, at
        assert not any(queue.waiting for queue in pool.budgets._queues.values()), at
        await pool.close()
        await until(lambda peer=peer: not peer.open)
        await peer.stop()
        assert not [each for each in tmp_path.iterdir() if each.name not in {"a", "logins"}], at
        (tmp_path / "a").unlink(missing_ok=True)
    print(f"{name}: {at - 1} awaits")  # noqa: T201 - the figure of the goal
    assert at > 3
    with pytest.raises(OrchestratorError, match="closed"):
        await transport.send(LIST)
