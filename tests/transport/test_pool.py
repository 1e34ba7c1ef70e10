from __future__ import annotations

import asyncio
import sys
import threading

import pytest

from uipath_odata.auth import AccessToken, Deployment
from uipath_odata.errors import ConnectionFailed, OrchestratorError, QueryError
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.transport import Transport


async def test_r69_cookies_are_not_kept(serve, connect, jobs, reply):
    peer = await serve([reply(headers=["Set-Cookie: gateway=1; Path=/"])])
    transport = connect(peer.url)
    await transport.send(jobs)
    await transport.send(jobs)
    assert "cookie" not in peer.seen[1].headers


async def test_r88_closing_twice_is_closing_once(serve, connect, until, jobs, reply):
    peer = await serve([reply()])
    transport = connect(peer.url)
    await transport.send(jobs)
    session = await transport._pool.session.get()
    await asyncio.gather(transport.aclose(), transport.aclose())
    await transport.aclose()
    await transport._pool.close()
    assert session.closed
    await until(lambda: not peer.open)


async def test_r88_closing_ends_the_connections(serve, until, jobs, reply):
    peer = await serve([reply()])
    transport = Transport(Deployment.at(peer.url), AccessToken("t"))
    await transport.send(jobs)
    assert peer.open == 1
    await transport.aclose()
    await until(lambda: not peer.open)
    with pytest.raises(OrchestratorError, match="The client is closed: open a new one"):
        await transport.send(jobs)
    assert len(peer.seen) == 1


async def test_r88_a_client_that_never_sent_anything_closes(connect):
    transport = connect("http://127.0.0.1:1")
    await transport.aclose()
    assert transport._pool.session._session is None


async def test_a_shared_pool_outlives_the_client(serve, connect, jobs, reply):
    peer = await serve([reply()])
    pool = Pool()
    first, second = connect(peer.url, pool=pool), connect(peer.url, pool=pool)
    await first.send(jobs)
    await first.aclose()
    await second.send(jobs)
    assert peer.connections == 1


PROGRAM = """
import asyncio, sys
from uipath_odata.auth import AccessToken, Deployment
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.transport import Transport

async def main():
    transport = Transport(Deployment.at(sys.argv[1]), AccessToken("t"))
    print((await transport.send(Request(path="/odata/Jobs", repeatable=True))).status)

asyncio.run(main())
"""


async def test_r88_a_program_that_forgets_to_close_ends_without_a_word(serve, reply):
    peer = await serve([reply()])
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM, peer.url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await program.communicate()
    assert (program.returncode, output) == (0, b"200\n")


async def test_r89_a_client_belongs_to_the_loop_of_its_first_request(serve, connect, jobs, reply):
    transport = connect((await serve([reply()])).url)
    await transport.send(jobs)
    errors = []

    def elsewhere():
        try:
            asyncio.run(transport.send(jobs))
        except OrchestratorError as error:
            errors.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert errors == ["The client belongs to another event loop: make one client for each loop"]
    assert (await transport.send(jobs)).status == 200


async def test_r89_a_client_is_closed_where_it_is_used(serve, connect, jobs, reply):
    transport = connect((await serve([reply()])).url)
    await transport.send(jobs)
    errors = []

    def elsewhere():
        for close in (transport.aclose, transport._pool.close):
            try:
                asyncio.run(close())
            except OrchestratorError as error:
                errors.append(str(error))

    await asyncio.to_thread(elsewhere)
    assert errors == ["The client belongs to another event loop: make one client for each loop"] * 2
    assert (await transport.send(jobs)).status == 200


def test_r89_a_client_whose_loop_has_ended_is_closed_anywhere():
    pool = Pool()
    session = asyncio.run(pool.session.get())
    asyncio.run(pool.close())
    assert session.closed


@pytest.mark.parametrize("size", [0, -1])
@pytest.mark.parametrize("option", ["concurrency", "body_limit", "header_limit"])
def test_a_pool_that_takes_nothing_is_refused(option, size):
    with pytest.raises(QueryError, match=f"{option} is less than 1: give"):
        Pool(**{option: size})


async def test_a_pool_is_closed_by_its_block(serve, connect, until, jobs, reply):
    peer = await serve([reply()])
    async with Pool() as pool:
        transport = connect(peer.url, pool=pool)
        await transport.send(jobs)
    await until(lambda: not peer.open)
    with pytest.raises(OrchestratorError, match="closed"):
        await transport.send(jobs)


async def test_longer_headers_are_taken_where_the_pool_says_so(serve, connect, jobs, reply):
    peer = await serve([reply(headers=["X-Long: " + 40_000 * "x"])])
    with pytest.raises(ConnectionFailed, match="header_limit"):
        await connect(peer.url, policy=RetryPolicy(attempts=1)).send(jobs)
    assert (await connect(peer.url, header_limit=50_000).send(jobs)).status == 200
