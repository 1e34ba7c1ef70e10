from __future__ import annotations

import asyncio
import socket
import ssl

import pytest
import trustme
from aiohttp.abc import AbstractResolver

from uipath_odata.auth import AccessToken, Deployment
from uipath_odata.errors import ConnectionFailed, RequestTimeout
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.transport import Transport


class Names(AbstractResolver):
    """Answers each look-up with the next of ``answers``: addresses, or None for a failure."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if addresses is None:
            raise OSError(-2, "Name or service not known: secret")
        return [
            {"hostname": host, "host": each, "port": port, "family": family, "proto": 0, "flags": 0}
            for each in addresses
        ]

    async def close(self):
        pass


class SilentNames(Names):
    """Never answers."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        await asyncio.Event().wait()


@pytest.fixture
def ask(time, jobs, tls_peer, ca_file):
    """Send one request by name; http is for loopback addresses only, so the peer speaks TLS."""

    async def send(names, request=jobs, **options):
        pool = Pool(resolver=names, ca_file=ca_file, **options)
        base = f"https://o.example.com:{tls_peer.port}"
        transport = Transport(Deployment.at(base), AccessToken("t"), pool=pool, clock=time.clock)
        try:
            return await transport.send(request)
        finally:
            await pool.close()

    return send


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
async def tls_peer(serve, reply, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("o.example.com").configure_cert(context)
    return await serve([reply()], context)


async def test_r01_a_name_that_is_not_found_twice_is_looked_up_again(ask, tls_peer, time):
    names = Names(None, None, ["127.0.0.1"])
    response = await ask(names)
    assert (response.attempts, len(names.asked), len(tls_peer.seen)) == (3, 3, 1)
    assert len(time.slept) == 2


async def test_r01_a_name_that_is_never_found_is_an_error_that_names_the_host(ask, tls_peer):
    names = Names(None)
    with pytest.raises(
        ConnectionFailed,
        match=r"no connection to o\.example\.com:\d+: its name is not found: check the base URL, DNS",
    ) as caught:
        await ask(names)
    assert len(names.asked) == 5
    assert caught.value.retryable
    assert "secret" not in str(caught.value)
    assert tls_peer.connections == 0


@pytest.mark.parametrize(
    ("patience", "said"),
    [
        ({"connect_timeout": 0.01}, r"no connection to o\.example\.com:\d+ in time"),
        ({"attempt_timeout": 0.02}, r"o\.example\.com:\d+ did not answer in time"),
    ],
)
async def test_r01_a_write_whose_name_is_never_looked_up_did_not_happen(
    ask, start_jobs, tls_peer, patience, said
):
    with pytest.raises(RequestTimeout, match=said) as caught:
        await ask(SilentNames(), start_jobs, **patience)
    assert not caught.value.may_have_happened
    assert tls_peer.connections == 0


async def test_r02_an_address_that_refuses_is_passed_over(ask):
    assert (await ask(Names(["127.0.0.2", "127.0.0.1"]))).attempts == 1


async def test_r02_an_address_that_is_silent_does_not_cost_the_whole_time_for_connecting(ask, tls_peer):
    """A full backlog: the kernel answers no further SYN, as a dead host does."""
    with socket.socket() as silent, socket.socket() as filling:
        silent.bind(("127.0.0.3", tls_peer.port))
        silent.listen(0)
        filling.connect(("127.0.0.3", tls_peer.port))
        response = await ask(Names(["127.0.0.3", "127.0.0.1"]), connect_timeout=30)
    assert response.attempts == 1
