from __future__ import annotations

import attrs
import pytest

from uipath_odata.auth import AccessToken, Deployment
from uipath_odata.errors import NotFound, QueryError
from uipath_odata.local.log_line import LogPlace
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry.progress import Progress
from uipath_odata.transport.transport import Transport


async def test_a_request_goes_out_as_it_was_written(serve, connect, reply):
    peer = await serve(
        [reply(body=b'{"Id":5}', headers=["Content-Type: application/json; odata.metadata=minimal"])]
    )
    transport = connect(f"{peer.url}/acme/Default/orchestrator_/")
    request = Request(
        method="PUT",
        path="/odata/Settings('a%2Fb')",
        query="$filter=Name%20eq%20%27O%27%27Brien%2B%27&$top=1",
        headers={"X-UIPATH-FolderPath": "Shared/Finance"},
        body=b'{"Name":"x"}',
        repeatable=True,
    )
    response = await transport.send(request)
    (seen,) = peer.seen
    assert (seen.method, seen.body) == ("PUT", b'{"Name":"x"}')
    assert seen.target == f"/acme/Default/orchestrator_{request.path}?{request.query}"
    assert seen.headers["authorization"] == "Bearer a-token"
    assert seen.headers["x-uipath-folderpath"] == "Shared/Finance"
    assert seen.headers["content-type"] == seen.headers["accept"] == "application/json"
    assert (response.status, response.body, response.attempts) == (200, b'{"Id":5}', 1)
    assert response.headers["content-type"] == "application/json; odata.metadata=minimal"


async def test_a_request_without_a_body_has_no_content_type(serve, connect, jobs, reply):
    peer = await serve([reply()])
    await connect(peer.url).send(jobs)
    assert "content-type" not in peer.seen[0].headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_write_without_a_body_has_no_content_type_either(serve, connect, jobs, reply, method):
    peer = await serve([reply()])
    await connect(peer.url).send(attrs.evolve(jobs, method=method))
    assert "content-type" not in peer.seen[0].headers


async def test_another_content_type_is_kept(serve, connect, start_jobs, reply):
    peer = await serve([reply()])
    await connect(peer.url).send(attrs.evolve(start_jobs, content_type="application/octet-stream"))
    assert peer.seen[0].headers["content-type"] == "application/octet-stream"


async def test_a_standalone_orchestrator_hears_the_tenants_name(serve, jobs, reply):
    peer = await serve([reply()])
    deployment = Deployment(peer.url, peer.url, tenant_name="Default")
    transport = Transport(deployment, AccessToken("t"), headers={"X-Own": "1"})
    await transport.send(jobs)
    await transport.aclose()
    assert (peer.seen[0].headers["x-uipath-tenantname"], peer.seen[0].headers["x-own"]) == ("Default", "1")


async def test_r70_the_order_of_the_middlewares_is_fixed(connect):
    async def own(request, handler):
        return await handler(request)

    async def observer(request, handler):
        return await handler(request)

    transport = connect("http://127.0.0.1:1")
    request = Request(path="/odata/Jobs", repeatable=True)
    queue = transport._pool.budgets.queue("", "default")
    progress = Progress(request, transport._url(request), transport._context, LogPlace("acme"))
    chain = transport._chain.middlewares(progress, queue, own, observer)
    names = [getattr(each, "__name__", type(each).__name__) for each in chain]
    assert names == ["Retry", "Budget", "own", "observer", "Attempt"]


async def test_r70_user_middlewares_see_every_attempt_before_it_is_signed(serve, connect, jobs, reply):
    attempts = []

    async def own(request, handler):
        attempts.append("Authorization" in request.headers)
        request.headers["X-Trace"] = str(len(attempts))
        response = await handler(request)
        attempts.append("Authorization" in response.request_info.headers)
        return response

    peer = await serve([reply(503), reply()])
    await connect(peer.url, middlewares=[own]).send(jobs)
    assert attempts == [False, False, False, False]
    assert [seen.headers["x-trace"] for seen in peer.seen] == ["1", "3"]
    assert {seen.headers["authorization"] for seen in peer.seen} == {"Bearer a-token"}


@pytest.mark.parametrize(
    "path", ["odata/Jobs", "@evil.example.com/", "", "/odata/Jobs 5", "/a\r\nX: 1", "/é", "/a\tb", "/a#b"]
)
async def test_a_path_that_is_not_encoded_is_not_sent(serve, connect, reply, path):
    peer = await serve([reply()])
    with pytest.raises(QueryError, match="not percent-encoded"):
        await connect(peer.url).send(Request(path=path, repeatable=True))
    assert peer.connections == 0


@pytest.mark.parametrize(
    "path", ["/../odata/Jobs", "/odata/%2e%2E/x", "/odata/..%2fx", "/odata/.", "/odata/..\\x"]
)
async def test_r111_a_path_does_not_leave_the_base_url(serve, connect, reply, path):
    """R66, R111."""
    peer = await serve([reply()])
    with pytest.raises(QueryError, match="The token stays with"):
        await connect(f"{peer.url}/base").send(Request(path=path, repeatable=True))
    assert peer.connections == 0


async def test_an_error_status_is_raised_with_what_the_server_said(serve, connect, jobs, reply):
    peer = await serve([reply(404, b'{"message":"No such job","errorCode":1002,"traceId":"00-1-2-01"}')])
    with pytest.raises(
        NotFound, match=r"No such job\. Check the key.* \(HTTP 404, errorCode 1002, traceId 00-1"
    ):
        await connect(peer.url).send(jobs)


def test_r114_an_answer_shows_neither_its_headers_nor_its_body():
    answer = Response(302, {"Location": "https://login.example.com/?code=canary"}, b"canary")
    assert repr(answer) == "Response(status=302, attempts=1, waited=0.0)"


def test_a_request_is_a_value():
    one = Request(path="/odata/Jobs", headers={"X": "1"}, repeatable=True)
    two = Request(path="/odata/Jobs", headers={"X": "1"}, repeatable=True)
    assert one == two
    assert hash(one) == hash(two)
    with pytest.raises(TypeError):
        one.headers["X"] = "2"


async def test_a_header_parameter_that_cannot_be_sent_is_named_and_nothing_is_sent(
    serve, connect, jobs, reply
):
    peer = await serve([reply()])
    broken = attrs.evolve(jobs, headers={"X-UIPATH-AccessContext": "canary\r\nX-Other: 1"})
    with pytest.raises(
        QueryError, match="has a value of X-UIPATH-AccessContext that cannot be sent"
    ) as caught:
        await connect(peer.url).send(broken)
    assert "canary" not in str(caught.value)
    assert peer.seen == []
