"""R04, R05: certificates are checked, and there is no way around it but one's own context."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from uipath_odata.errors import ConnectionFailed, QueryError
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.transport import Transport


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls(authority):
    def context(issuer=authority, name="127.0.0.1", **options):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issuer.issue_cert(name, **options).configure_cert(made)
        return made

    return context


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


def client_context(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_r05_the_certificate_of_an_own_authority_is_trusted_by_file(
    serve, connect, jobs, reply, tls, ca_file
):
    peer = await serve([reply()], tls())
    assert (await connect(peer.url, ca_file=ca_file).send(jobs)).status == 200


async def test_r05_or_by_an_own_context(serve, connect, jobs, reply, tls, authority):
    peer = await serve([reply()], tls())
    assert (await connect(peer.url, ssl_context=client_context(authority)).send(jobs)).status == 200


def asking(context, authority):
    """Let a server want a certificate of this authority."""
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    return context


async def test_a_client_shows_the_certificate_of_its_own_context(serve, connect, jobs, reply, tls, authority):
    peer = await serve([reply()], asking(tls(), authority))
    context = client_context(authority)
    authority.issue_cert("client").configure_cert(context)
    assert (await connect(peer.url, ssl_context=context).send(jobs)).status == 200


@pytest.mark.parametrize("shown", [None, trustme.CA()], ids=["none", "of another authority"])
async def test_r04_a_server_that_does_not_take_the_clients_certificate_is_asked_once(
    connect, start_jobs, tls, authority, time, shown
):
    """In TLS 1.3 it says so after the handshake, when the request has gone out already."""
    context, hellos = asking(tls(), authority), []

    async def refuse(reader, writer):
        came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        server, refused = context.wrap_bio(came, goes, server_side=True), False
        hellos.append(server)
        while not refused:
            try:
                server.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                refused = True
            writer.write(goes.read())
            came.write(b"" if refused else await reader.read(65_536))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    own = client_context(authority)
    if shown:
        shown.issue_cert("client").configure_cert(own)
    with pytest.raises(
        ConnectionFailed, match=r"refuses the client's certificate .*load_cert_chain"
    ) as caught:
        await connect(f"https://127.0.0.1:{port}", ssl_context=own).send(start_jobs)
    server.close()
    assert not caught.value.may_have_happened
    assert not caught.value.retryable
    assert (len(hellos), time.slept) == (1, [])


LONG_AGO = datetime.now(UTC) - timedelta(days=2)


@pytest.mark.parametrize(
    "certificate",
    [{"name": "other.example.com"}, {"not_before": LONG_AGO, "not_after": LONG_AGO + timedelta(days=1)}],
    ids=["wrong name", "expired"],
)
async def test_r04_a_certificate_that_does_not_fit_is_refused_at_once(
    serve, connect, jobs, reply, tls, authority, certificate, time
):
    peer = await serve([reply()], tls(**certificate))
    with pytest.raises(ConnectionFailed, match=r"not trusted, expired or for another name: .*ca_file="):
        await connect(peer.url, ssl_context=client_context(authority)).send(jobs)
    assert (peer.seen, time.slept) == ([], [])


async def test_r04_an_unknown_authority_is_refused_at_once(serve, connect, start_jobs, reply, tls, time):
    peer = await serve([reply()], tls(trustme.CA()))
    with pytest.raises(ConnectionFailed, match="ca_file=") as caught:
        await connect(peer.url).send(start_jobs)
    assert not caught.value.may_have_happened
    assert (peer.seen, time.slept) == ([], [])


async def test_r04_a_server_that_speaks_no_version_of_ours_is_refused_at_once(connect, jobs, time):
    hellos = []

    async def alert(reader, writer):
        hellos.append(await reader.read(1_000))
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # RFC 8446 §6.2: fatal, protocol_version
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(alert, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(
        ConnectionFailed, match=r"TLS with 127\.0\.0\.1:\d+ failed: .*protocol version.*: give"
    ):
        await connect(f"https://127.0.0.1:{port}").send(jobs)
    server.close()
    assert (len(hellos), time.slept) == (1, [])


def test_r05_there_is_no_switch_for_verification():
    names = {*inspect.signature(Pool).parameters, *inspect.signature(Transport).parameters}
    assert not {name for name in names if "verify" in name or "insecure" in name}


def test_r05_a_context_that_checks_nothing_is_warned_of_once(caplog):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with caplog.at_level(logging.WARNING, "uipath_odata"):
        Pool(ssl_context=context)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "checks no certificate" in caplog.text


def test_a_file_is_read_once_for_all_pools_until_it_changes(ca_file, monkeypatch):
    made, context = [], ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: made.append(context()) or made[-1])
    for _ in range(300):
        Pool(ca_file=ca_file)
    assert len(made) == 1
    ca_file.write_bytes(ca_file.read_bytes() * 2)
    os.utime(ca_file, ns=(0, 0))
    Pool(ca_file=ca_file)
    assert len(made) == 2


def test_a_context_and_a_file_are_one_too_many(ca_file):
    with pytest.raises(QueryError, match="load the file into the context"):
        Pool(ssl_context=ssl.create_default_context(), ca_file=ca_file)
