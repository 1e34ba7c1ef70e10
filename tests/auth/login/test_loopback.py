"""R48: the listener that a browser brings the answer to."""

from __future__ import annotations

import asyncio
import socket

import pytest

from uipath_odata.auth.login.loopback import listening
from uipath_odata.errors import AuthenticationFailed


async def get(port, target, method="GET"):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_r48_one_answer_is_taken_and_no_other():
    async with listening(0, "/", "s") as loopback:
        first = await get(loopback.port, "/?code=c0de&state=%73")
        second = await get(loopback.port, "/?code=second&state=s")
        assert await loopback.answer() == {"code": "c0de", "state": "s"}
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert second.startswith(b"HTTP/1.1 404 ")
    with pytest.raises(ConnectionRefusedError):
        await get(loopback.port, "/?code=late&state=s")


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("GET", "/?state=s"),
        ("GET", "/?codes=c&state=s"),
        ("GET", "/other?code=c&state=s"),
        ("GET", "/?" + "x" * 20_000),
        ("POST", "/?code=c&state=s"),
        ("HEAD", "/?code=c&state=s"),
        ("", ""),
    ],
)
async def test_r48_what_is_no_answer_is_not_taken_for_one(method, target):
    async with listening(0, "/", "s") as loopback:
        assert b"200 OK" not in await get(loopback.port, target, method)
        await get(loopback.port, "/?code=c0de&state=s")
        assert await loopback.answer() == {"code": "c0de", "state": "s"}


async def test_a_parameter_that_comes_twice_is_none():
    """RFC 6749 §3.1."""
    async with listening(0, "/done", "") as loopback:
        await get(loopback.port, "/done?code=c0de&state=a&state=b&empty=")
        assert await loopback.answer() == {"code": "c0de", "empty": ""}


async def test_r48_a_browser_that_connects_ahead_of_time_holds_nothing_up():
    async with listening(0, "/", "s") as loopback:
        early = [await asyncio.open_connection("127.0.0.1", loopback.port) for _ in range(3)]
        early[0][1].write(b"GET / HTT")
        await get(loopback.port, "/?error=access_denied&state=s")
        assert await loopback.answer() == {"error": "access_denied", "state": "s"}
    for reader, writer in early:
        assert await reader.read() == b""
        writer.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")])
async def test_r48_only_the_loopback_address_listens(family, host):
    async with listening(0, "/", "s") as loopback:
        with socket.socket(family) as other, pytest.raises(OSError, match=r"refused|unreachable|assign"):
            await asyncio.to_thread(other.connect, (host, loopback.port))


async def test_r48_a_port_in_use_is_told():
    async with listening(0, "/", "s") as loopback:
        with pytest.raises(AuthenticationFailed, match=f"Port {loopback.port} of this machine is in use"):
            await listening(loopback.port, "/", "s").__aenter__()


@pytest.mark.parametrize(
    "query", ["code=evil&state=x", "code=evil", "error=access_denied&state=", "code=evil&state=%FF"]
)
async def test_an_answer_with_another_state_is_told_so_and_the_login_goes_its_way(query):
    async with listening(0, "/", "s") as loopback:
        for _ in range(3):
            page = await get(loopback.port, f"/?{query}")
            assert page.startswith(b"HTTP/1.1 400 ")
            assert b"belongs to another login" in page
            assert b"evil" not in page
        await get(loopback.port, "/?code=c0de&state=s")
        assert await loopback.answer() == {"code": "c0de", "state": "s"}
