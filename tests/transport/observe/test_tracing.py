from __future__ import annotations

import asyncio
import subprocess
import sys

import aiohttp
import attrs
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from uipath_odata import Orchestrator, Pool, Tracing
from uipath_odata.auth import AccessToken
from uipath_odata.errors import BadRequest, ServerError
from uipath_odata.local.log_line import LogPlace


@pytest.fixture
def spans():
    return InMemorySpanExporter()


@pytest.fixture
def tracer(spans):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return provider.get_tracer("test")


async def test_a_request_is_a_span_with_its_attempts(serve, connect, jobs, reply, spans, tracer):
    peer = await serve([reply(503), reply(429, headers=["Retry-After: 5"]), reply()])
    await connect(peer.url, tracing=Tracing(tracer)).send(jobs)
    *attempts, span = spans.get_finished_spans()
    assert (span.name, span.kind, span.status.status_code) == (
        "Jobs.list",
        SpanKind.INTERNAL,
        StatusCode.UNSET,
    )
    waited = span.attributes["uipath.waited"]
    assert 5 <= waited < 7
    assert dict(span.attributes) == {
        "uipath.operation": "Jobs.list",
        "uipath.tenant": "127.0.0.1",
        "uipath.attempts": 3,
        "uipath.waited": waited,
    }
    assert {(each.name, each.kind, each.parent.span_id) for each in attempts} == {
        ("GET /odata/Jobs", SpanKind.CLIENT, span.context.span_id)
    }
    common = {
        "uipath.operation": "Jobs.list",
        "uipath.tenant": "127.0.0.1",
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": int(peer.url.rpartition(":")[2]),
        "url.template": "/odata/Jobs",
    }
    assert [dict(each.attributes) for each in attempts] == [
        common | {"http.response.status_code": 503, "error.type": "503"},
        common | {"http.response.status_code": 429, "error.type": "429", "http.request.resend_count": 1},
        common | {"http.response.status_code": 200, "http.request.resend_count": 2},
    ]


async def test_a_folder_is_in_the_span_of_its_requests(serve, connect, jobs, reply, spans, tracer):
    peer = await serve([reply()])
    request = attrs.evolve(jobs, headers={"X-UIPATH-FolderPath": "Shared/Finance"})
    await connect(peer.url, tracing=Tracing(tracer)).send(request)
    assert [span.attributes["uipath.folder"] for span in spans.get_finished_spans()] == ["Shared/Finance"] * 2


async def test_what_requests_take_is_measured_by_tenant_folder_and_operation(
    serve, connect, jobs, reply, tracer
):
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader]).get_meter("test")
    peer = await serve([reply(503), reply(429, headers=["Retry-After: 5"]), reply()])
    tracing = Tracing(tracer, meter)
    request = attrs.evolve(jobs, rate_class="Jobs.list", headers={"X-UIPATH-FolderPath": "Shared/Finance"})
    await connect(peer.url, tracing=tracing).send(request)
    tracing.rows("Jobs.list", 7, LogPlace("127.0.0.1", "Shared/Finance"))
    [measured] = reader.get_metrics_data().resource_metrics[0].scope_metrics
    found = {each.name: each.data.data_points for each in measured.metrics}
    shared = {"uipath.operation": "Jobs.list", "uipath.tenant": "127.0.0.1"}
    labels = shared | {"uipath.folder": "Shared/Finance"}
    assert sorted(
        point.attributes["http.response.status_code"] for point in found["http.client.request.duration"]
    ) == [
        200,
        429,
        503,
    ]
    assert all(
        labels.items() <= dict(point.attributes).items() for point in found["http.client.request.duration"]
    )
    of_folder = [("retries", 2, labels), ("refusals", 1, labels), ("rows", 7, labels)]
    for name, value, told in [*of_folder, ("budget.used", 3, shared)]:
        [point] = found[f"uipath.client.{name}"]
        assert (point.value, dict(point.attributes)) == (value, told), name
    [wait], [whole], [tokens] = (
        found[f"uipath.client.{name}"] for name in ("wait", "operation.duration", "tokens")
    )
    assert wait.sum >= 5
    assert dict(wait.attributes) == dict(whole.attributes) == labels
    assert (whole.count, tokens.value) == (1, 1)


async def test_an_error_is_named_in_the_span_without_its_words(
    serve, connect, start_jobs, reply, spans, tracer
):
    peer = await serve([reply(400, b'{"message":"secret"}')])
    with pytest.raises(BadRequest):
        await connect(peer.url, tracing=Tracing(tracer)).send(start_jobs)
    attempt, span = spans.get_finished_spans()
    assert (span.attributes["error.type"], span.status.status_code) == ("BadRequest", StatusCode.ERROR)
    assert attempt.attributes["http.response.status_code"] == 400
    assert "secret" not in span.to_json() + attempt.to_json()


@pytest.fixture
async def orchestrator_of(reply, serve, tracer):
    """A client of a list of 2,500 Sessions."""
    opened = []

    def answer(seen):
        options = dict(part.split("=") for part in seen.target.partition("?")[2].split("&"))
        first, count = int(options.get("$skip", 0)), int(options["$top"])
        rows = ",".join(f'{{"Id":{number}}}' for number in range(first, min(first + count, 2_500)))
        return reply(body=f'{{"@odata.count":2500,"value":[{rows}]}}'.encode())

    async def make(script=None, **options):
        peer = await serve(script or answer)
        opened.append(Orchestrator(peer.url, AccessToken("t"), **options))
        return opened[-1]

    yield make
    for each in opened:
        await each.close()


async def test_a_stream_is_a_span_above_those_of_its_pages(orchestrator_of, spans, tracer):
    orchestrator = await orchestrator_of(tracing=Tracing(tracer))
    with tracer.start_as_current_span("program"):
        async with orchestrator.sessions.stream(paging="offset") as rows:
            assert len([row async for row in rows]) == 2_500
    *requests, stream, program = spans.get_finished_spans()
    pages = [span for span in requests if span.kind is SpanKind.INTERNAL]
    assert (stream.name, stream.parent.span_id) == ("Sessions.list stream", program.context.span_id)
    assert {page.parent.span_id for page in pages} == {stream.context.span_id}
    numbers = sorted(page.attributes["uipath.page"] for page in pages)
    assert numbers == list(range(1, len(pages) + 1))
    assert stream.attributes["uipath.plan"] == rows.report.plan == "offset"
    told = {name: stream.attributes[f"uipath.{name}"] for name in ("rows", "pages", "requests", "retries")}
    assert told == {"rows": 2_500, "pages": 3, "requests": len(pages), "retries": 0}
    assert stream.status.status_code is StatusCode.UNSET


async def test_a_stream_that_fails_says_so_in_its_span(orchestrator_of, spans, tracer, reply):
    orchestrator = await orchestrator_of([reply(505)], tracing=Tracing(tracer))
    with pytest.raises(ServerError):
        await orchestrator.sessions.to_list()
    *_, stream = spans.get_finished_spans()
    assert (stream.attributes["error.type"], stream.status.status_code) == ("ServerError", StatusCode.ERROR)


async def test_a_stream_that_is_left_early_ends_its_span_once(orchestrator_of, spans, tracer):
    orchestrator = await orchestrator_of(tracing=Tracing(tracer))
    async with orchestrator.sessions.stream(concurrency=1) as rows:
        async for _ in rows:
            break
    await rows.aclose()
    (stream,) = [span for span in spans.get_finished_spans() if span.name.endswith("stream")]
    assert (stream.attributes["uipath.proven"], stream.status.status_code) == (False, StatusCode.UNSET)


async def test_the_default_tracer_is_the_programs(orchestrator_of):
    """Without an SDK its spans record nothing, and nothing breaks."""
    orchestrator = await orchestrator_of(tracing=Tracing())
    assert len(await orchestrator.sessions.top(5).to_list()) == 5


PROGRAM = """
import asyncio, sys
from uipath_odata import AccessToken, Orchestrator

async def main():
    async with Orchestrator(sys.argv[1], AccessToken("t")) as orchestrator:
        await orchestrator.sessions.to_list()

asyncio.run(main())
print([name for name in sys.modules if "opentelemetry" in name or name.endswith("tracing") and "uipath" in name])
"""


async def test_who_does_not_trace_loads_nothing_of_it(serve, reply):
    peer = await serve([reply()])
    run = asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", PROGRAM, peer.url], capture_output=True, check=True
    )
    assert (await run).stdout == b"[]\n"


async def test_aiohttps_own_traces_see_every_request(serve, connect, jobs, reply):
    ended = []

    async def note(_session, _context, params):
        ended.append((params.method, params.url.path, params.response.status))

    traces = aiohttp.TraceConfig()
    traces.on_request_end.append(note)
    peer = await serve([reply(503), reply()])
    await connect(peer.url, pool=Pool(trace_configs=[traces])).send(jobs)
    assert ended[-1] == ("GET", "/odata/Jobs", 200)
