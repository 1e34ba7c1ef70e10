"""The session for pre-signed addresses, on real sockets: what goes there, and what a hostile one may do (R12, R15, R16, R68)."""

from __future__ import annotations

import gzip
import logging
import socket

import attrs
import pytest
from yarl import URL

from uipath_odata.errors import (
    ConnectionFailed,
    DecodeError,
    Forbidden,
    NotFound,
    OrchestratorError,
    QueryError,
    RequestTimeout,
    ResponseError,
    ServerError,
)
from uipath_odata.transport.bodies.file_body import FileBody
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.storage.address import StorageAddress

QUERY = "sv=2024&sig=canary%2Bsignature%2f=&se=2024-05-14T06%3A00"


@attrs.define
class Memory:
    """A sink that keeps what came, and how often it was begun."""

    content: bytes = b""
    begun: int = 0
    framed: bool | None = None

    def begin(self, headers, *, framed):
        self.content, self.framed = b"", framed
        self.begun += 1

    def write(self, chunk):
        self.content += chunk


@pytest.fixture
def read():
    return Request(path="/files/a.bin", repeatable=True, operation="Buckets.download", rate_class="storage")


@pytest.fixture
def write(read):
    return attrs.evolve(
        read,
        method="PUT",
        body=b"content",
        content_type="text/plain",
        headers={"x-ms-blob-type": "BlockBlob"},
        operation="Buckets.upload",
    )


def address(peer, path="/files/a%20b.bin", query=QUERY):
    return StorageAddress(URL(f"{peer.url}{path}?{query}", encoded=True))


async def test_r68_nothing_of_orchestrators_goes_to_a_storage(serve, connect, jobs, read, reply):
    peer = await serve([reply(headers=["Set-Cookie: gateway=canary; Path=/"])])
    transport = connect(peer.url, headers={"X-UIPATH-TenantName": "canary"})
    await transport.send(attrs.evolve(jobs, headers={"X-UIPATH-FolderPath": "canary"}))
    for _ in range(2):
        await transport.send_to_storage(address(peer), read, Memory())
    for seen in peer.seen[1:]:
        assert seen.target == f"/files/a%20b.bin?{QUERY}"
        assert seen.headers == {
            "host": peer.url.removeprefix("http://"),
            "accept": "*/*",
            "accept-encoding": "identity",
            "user-agent": "uipath-odata",
        }


async def test_a_write_carries_its_length_and_what_the_storage_asked_for(serve, connect, write, reply):
    peer = await serve([reply(201, b"")])
    answer = await connect(peer.url).send_to_storage(address(peer), write)
    [seen] = peer.seen
    assert (answer.status, seen.method, seen.body) == (201, "PUT", b"content")
    assert (seen.headers["content-length"], seen.headers["content-type"]) == ("7", "text/plain")
    assert seen.headers["x-ms-blob-type"] == "BlockBlob"
    assert "transfer-encoding" not in seen.headers


async def test_r37_a_file_is_sent_whole_again_after_a_failure(serve, connect, write, reply, cut, tmp_path):
    file = tmp_path / "secret-name.bin"
    file.write_bytes(bytes(range(256)) * 2_000)
    answers = iter([cut(b""), reply(503, b""), reply(201, b"")])
    peer = await serve(lambda seen: next(answers))
    body = FileBody(file, b"before", b"after")
    await connect(peer.url).send_to_storage(address(peer), attrs.evolve(write, body=body))
    whole = b"before" + file.read_bytes() + b"after"
    assert [seen.body == whole for seen in peer.seen] == [True] * 3
    assert {seen.headers["content-length"] for seen in peer.seen} == {str(len(whole))}
    assert "secret-name" not in str(peer.seen[-1].headers)


@pytest.mark.parametrize("content", [b"", b"x"])
async def test_a_small_file_has_a_length_too(serve, connect, write, reply, tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    peer = await serve([reply(201, b"")])
    await connect(peer.url).send_to_storage(address(peer), attrs.evolve(write, body=FileBody(tmp_path / "a")))
    assert (peer.seen[0].headers["content-length"], peer.seen[0].body) == (str(len(content)), content)


CONTENT = b"three rows of a file\n" * 3


def whole_answers():
    framed = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(CONTENT) + CONTENT
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (
        len(CONTENT),
        CONTENT,
    )
    return {"framed": framed, "chunked": chunked}


@pytest.mark.parametrize("form", ["framed", "chunked"])
async def test_r10_r12_a_file_cut_at_any_byte_is_an_error_and_never_short(serve, connect, read, cut, form):
    answer = whole_answers()[form]
    peer = await serve(lambda seen: cut(answer[: int(seen.target.rpartition("=")[2])]))
    transport = connect(peer.url, policy=RetryPolicy(attempts=1))
    for end in range(len(answer)):
        with pytest.raises(ConnectionFailed):
            await transport.send_to_storage(address(peer, query=f"end={end}"), read, Memory())
    sink = Memory()
    await transport.send_to_storage(address(peer, query=f"end={len(answer)}"), read, sink)
    assert (sink.content, sink.framed) == (CONTENT, True)


async def test_r15_a_body_that_ends_with_the_connection_is_not_taken_for_proven(serve, connect, read, cut):
    peer = await serve([cut(b"HTTP/1.1 200 OK\r\n\r\n" + CONTENT)])
    sink = Memory()
    await connect(peer.url).send_to_storage(address(peer), read, sink)
    assert (sink.content, sink.framed) == (CONTENT, False)


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 99",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: x",
        "Content-Length: -1",
    ],
)
async def test_r14_a_wrong_length_is_an_error(serve, connect, read, cut, lengths):
    peer = await serve([cut(f"HTTP/1.1 200 OK\r\n{lengths}\r\n\r\n".encode() + CONTENT)])
    with pytest.raises(ConnectionFailed):
        await connect(peer.url).send_to_storage(address(peer), read, Memory())


async def test_r14_bytes_behind_the_length_are_no_part_and_end_the_connection(serve, connect, read, reply):
    peer = await serve([reply(body=CONTENT) + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"])
    transport = connect(peer.url)
    for _ in range(2):
        sink = Memory()
        await transport.send_to_storage(address(peer), read, sink)
        assert sink.content == CONTENT
    assert peer.connections == 2


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate", "gzip, gzip", "zstd"])
async def test_r16_a_coded_file_is_refused_before_it_unpacks(serve, connect, read, reply, coding):
    bomb = gzip.compress(b"\0" * 50_000_000)
    peer = await serve([reply(body=bomb, headers=[f"Content-Encoding: {coding}"])])
    sink = Memory()
    with pytest.raises(DecodeError, match="though none was asked for"):
        await connect(peer.url).send_to_storage(address(peer), read, sink)
    assert (sink.begun, len(peer.seen)) == (0, 1)


async def test_an_identity_coding_is_none(serve, connect, read, reply):
    peer = await serve([reply(body=CONTENT, headers=["Content-Encoding: identity"])])
    sink = Memory()
    await connect(peer.url).send_to_storage(address(peer), read, sink)
    assert sink.content == CONTENT


async def test_r16_a_file_may_be_larger_than_any_answer_in_memory(serve, connect, read, reply):
    peer = await serve([reply(body=b"x" * 300_000)])
    sink = Memory()
    await connect(peer.url, body_limit=1_000).send_to_storage(address(peer), read, sink)
    assert len(sink.content) == 300_000


async def test_each_attempt_begins_the_file_anew(serve, connect, read, reply, cut):
    whole = reply(body=CONTENT)
    answers = iter([cut(whole[:-10]), reply(503, b"busy"), whole])
    peer = await serve(lambda seen: next(answers))
    sink = Memory()
    await connect(peer.url).send_to_storage(address(peer), read, sink)
    assert (sink.content, sink.begun) == (CONTENT, 2)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
async def test_r63_r68_a_redirect_is_not_followed(serve, connect, read, write, reply, status):
    evil = await serve([reply()])
    body = b"" if status == 304 else b"{}"
    peer = await serve([reply(status, body, headers=[f"Location: {evil.url}/?{QUERY}"])])
    for request in (read, write):
        with pytest.raises(ConnectionFailed, match=f"HTTP {status}, which leads elsewhere") as caught:
            await connect(peer.url).send_to_storage(address(peer), request)
        assert "canary" not in str(caught.value)
    assert evil.connections == 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Forbidden),
        (403, Forbidden),
        (404, NotFound),
        (400, ResponseError),
        (409, ResponseError),
        (500, ServerError),
        (501, ResponseError),
    ],
)
async def test_r114_a_refusal_names_the_code_and_shows_no_signature(
    serve, connect, read, reply, status, kind
):
    body = b"<Error><Code>SignatureDoesNotMatch</Code><StringToSign>canary</StringToSign></Error>"
    peer = await serve([reply(status, body)])
    with pytest.raises(ResponseError, match="The storage refused the file SignatureDoesNotMatch: ") as caught:
        await connect(peer.url).send_to_storage(address(peer), read, Memory())
    assert type(caught.value) is kind
    assert caught.value.url == f"{peer.url}/files/a%20b.bin"
    assert "canary" not in repr(vars(caught.value)) + str(caught.value)


@pytest.mark.parametrize(
    ("answers", "maybe"), [([503] * 5, True), ([503, 403], True), ([403], False), ([501], False)]
)
async def test_a_file_whose_storage_failed_may_have_been_written(
    serve, connect, read, write, reply, answers, maybe
):
    peer = await serve([reply(status) for status in answers] * 2)
    transport = connect(peer.url)
    for request, happened in ((write, maybe), (read, False)):
        with pytest.raises(ResponseError) as caught:
            await transport.send_to_storage(address(peer), request)
        assert caught.value.may_have_happened is happened


async def test_a_401_of_a_storage_leaves_the_token(
    serve, connect, jobs, read, orchestrator, application, reply
):
    async def answer(seen):
        return reply(401, b"") if seen.target.startswith("/files") else await orchestrator(seen)

    peer = await serve(answer)
    transport = connect(peer.url, application)
    await transport.send(jobs)
    with pytest.raises(Forbidden):
        await transport.send_to_storage(address(peer), read, Memory())
    await transport.send(jobs)
    assert (orchestrator.issued, orchestrator.signed) == (1, ["t1", "t1"])


async def test_r114_r116_no_signature_is_logged(serve, connect, read, write, reply, cut, caplog):
    caplog.set_level(logging.DEBUG)
    answers = iter(
        [cut(b""), reply(503, b"canary"), reply(403, b"canary"), cut(b"garbage\r\n\r\n"), reply(201, b"")]
    )
    peer = await serve(lambda seen: next(answers))
    transport = connect(peer.url)
    with pytest.raises(Forbidden):
        await transport.send_to_storage(address(peer), read)
    await transport.send_to_storage(address(peer), write)
    assert "attempt 1" in caplog.text
    assert "canary" not in caplog.text


async def test_r68_a_name_of_a_private_address_is_not_connected_to(serve, connect, read, reply):
    peer = await serve([reply()])
    url = StorageAddress(URL(f"http://localhost:{peer.port}/files/a?{QUERY}", encoded=True))
    transport = connect("https://192.0.2.1/acme/Default/orchestrator_")
    with pytest.raises(QueryError, match="at localhost, which is in a private network: nothing was sent"):
        await transport.send_to_storage(url, read)
    assert peer.connections == 0
    allowed = connect("https://192.0.2.1/acme/Default/orchestrator_", private_storage=True)
    assert (await allowed.send_to_storage(url, read)).status == 200


async def test_r68_an_address_is_checked_before_anything_is_connected(connect, read):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = StorageAddress(URL(f"https://127.0.0.1:{server.getsockname()[1]}/a"))
        with pytest.raises(QueryError, match="in a private network"):
            await connect("https://192.0.2.1/x").send_to_storage(url, read)
        with pytest.raises(BlockingIOError):
            server.accept()


async def test_r07_a_netrc_password_does_not_go_to_a_storage(
    serve, connect, read, reply, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    peer = await serve([reply()])
    await connect(peer.url, trust_env=True).send_to_storage(address(peer), read)
    assert "authorization" not in peer.seen[0].headers


async def test_r09_a_storage_that_sends_nothing_more_is_left(serve, connect, read, hang):
    peer = await serve([hang])
    with pytest.raises(RequestTimeout):
        await connect(peer.url, attempt_timeout=0.02, policy=RetryPolicy(attempts=1)).send_to_storage(
            address(peer), read, Memory()
        )


async def test_r88_closing_ends_the_connections_to_a_storage_too(serve, connect, read, reply, until):
    peer = await serve([reply()])
    transport = connect(peer.url)
    await transport.send_to_storage(address(peer), read)
    assert peer.open == 1
    await transport.aclose()
    await transport.aclose()
    await until(lambda: not peer.open)
    with pytest.raises(OrchestratorError, match="is closed: open a new one"):
        await transport.send_to_storage(address(peer), read)
