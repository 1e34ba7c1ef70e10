"""R06: proxies are asked for, and their passwords stay with them."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from yarl import URL

from uipath_odata.errors import ConnectionFailed, QueryError
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.storage.address import StorageAddress


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def proxy(serve, reply):
    return await serve([reply()])


@pytest.mark.parametrize(
    ("trust_env", "no_proxy", "through"),
    [(False, "", False), (True, "", True), (True, "127.0.0.1", False), (True, "example.com", True)],
)
async def test_r06_the_environments_proxy_is_used_where_it_is_trusted(
    serve, connect, jobs, reply, proxy, monkeypatch, trust_env, no_proxy, through
):
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    peer = await serve([reply()])
    assert (await connect(peer.url, trust_env=trust_env).send(jobs)).status == 200
    assert (bool(proxy.seen), bool(peer.seen)) == (through, not through)
    if through:
        assert proxy.seen[0].target == f"{peer.url}/odata/Jobs?$top=1"


async def test_r06_a_407_for_a_tunnel_is_told_once_and_without_the_password(
    connect, jobs, reply, proxy, monkeypatch
):
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:canary@"))
    proxy.answers = [reply(407, b"", headers=["Proxy-Authenticate: Basic"])]
    transport = connect("https://orchestrator.example.com", trust_env=True)
    with pytest.raises(ConnectionFailed, match="proxy did not connect to") as caught:
        await transport.send(jobs)
    assert "canary" not in str(caught.value)
    [seen] = proxy.seen
    assert (seen.method, seen.target) == ("CONNECT", "orchestrator.example.com:443")
    assert "authorization" not in seen.headers
    assert seen.headers["proxy-authorization"].startswith("Basic ")


async def test_a_private_address_is_refused_where_no_proxy_applies_to_it(
    serve, connect, reply, proxy, monkeypatch
):
    """A proxy looks names up itself; an address that goes past it is looked up and judged here."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "localhost.example.com")
    monkeypatch.setattr(aiohttp.resolver.DefaultResolver, "resolve", private_resolve)
    transport = connect("https://orchestrator.example.com", trust_env=True, policy=RetryPolicy(attempts=1))
    read = Request(path="/", repeatable=True, operation="Buckets.download")
    direct = StorageAddress(URL("https://localhost.example.com/file?sig=canary", encoded=True))
    with pytest.raises(QueryError, match="in a private network: nothing was sent"):
        await transport.send_to_storage(direct, read)
    assert proxy.seen == []
    proxy.answers = [reply(502, b"")]
    proxied = StorageAddress(URL("https://files.example.com/file?sig=canary", encoded=True))
    with pytest.raises(ConnectionFailed, match="proxy did not connect"):
        await transport.send_to_storage(proxied, read)
    assert proxy.seen[0].target == "files.example.com:443"


async def private_resolve(_resolver, host, port=0, family=socket.AF_INET):
    return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]
