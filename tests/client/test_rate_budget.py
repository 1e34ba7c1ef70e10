from __future__ import annotations

import asyncio

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from uipath_odata import AccessToken, Orchestrator, Pool, Settings
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.client import FolderClient
from uipath_odata.entities import Job
from uipath_odata.errors import QueryError
from uipath_odata.transport.request import Response

BASE = URL("https://o.example.com/acme/Default/orchestrator_")


class Lists:
    """Answers with pages of a list of 2,500 rows and keeps the requests."""

    def __init__(self):
        self.requests = []

    async def send(self, request):
        self.requests.append(request)
        options = dict(part.split("=") for part in request.query.split("&"))
        first, count = int(options.get("$skip", 0)), int(options["$top"])
        rows = [{"Id": number} for number in range(first, min(first + count, 2_500))]
        body = orjson.dumps({"@odata.count": 2_500, "value": rows})
        return Response(200, {}, body, waited=0.25)


@pytest.fixture
def lists():
    return Lists()


@pytest.fixture
def scope(lists):
    return FolderClient(TenantChannel(lists, BASE))


async def test_only_the_first_page_of_a_stream_is_interactive(lists, scope):
    async with scope.jobs.stream(paging="offset") as rows:
        assert len([row async for row in rows]) == 2_500
    assert [request.page for request in lists.requests] == list(range(1, len(lists.requests) + 1))
    assert [request.bulk for request in lists.requests] == [False] + [True] * (len(lists.requests) - 1)
    assert rows.report.waits == 0.25 * len(lists.requests)


async def test_a_single_page_and_a_count_are_interactive(lists, scope):
    await scope.jobs.first()
    await scope.jobs.count()
    assert [(request.bulk, request.rate_class) for request in lists.requests] == [(False, "Jobs.list")] * 2


async def test_the_next_stream_begins_interactive_again(lists, scope):
    for _ in range(2):
        await scope.jobs.top(5).to_list()
    assert [(request.page, request.bulk) for request in lists.requests] == [(1, False)] * 2


async def test_a_client_shows_the_budget_of_its_tenant():
    pool = Pool()
    chosen = Settings(requests_a_minute=1_000, share=0.5)
    tenants = [
        Orchestrator(
            BASE.with_path(f"/acme/{name}/orchestrator_"), AccessToken("t"), pool=pool, settings=chosen
        )
        for name in ("one", "two")
    ]
    assert set(tenants[0].budget) == {"Jobs.list", "QueueItems.list"}
    use = tenants[0].budget["QueueItems.list"]
    assert (use.limit, use.share, use.used, use.waiting, use.next_free) == (1_000, 500, 0, 0, 0)
    for tenant in tenants:
        await tenant.close()
    await pool.close()


async def test_what_a_list_costs_is_told_by_its_budget(lists):
    async with Orchestrator(BASE, AccessToken("t")) as orchestrator:
        explanation = orchestrator.jobs.explain()
        assert explanation.budget == orchestrator.budget["Jobs.list"]
        assert "rate: at most 80 requests a minute, 0 used" in str(explanation).splitlines()
        assert orchestrator.robots.explain().budget is None
        assert "rate" not in str(orchestrator.robots.explain())
        channel = TenantChannel(lists, BASE, budget_of=orchestrator.budget.get)
        estimate = await FolderClient(channel).jobs.estimate()
        assert (estimate.requests, estimate.minutes) == (3, 3 / 80)
        assert (await FolderClient(channel).robots.estimate()).minutes is None


async def test_a_client_without_a_budget_estimates_no_time(scope):
    assert (await scope.jobs.estimate()).minutes is None


def test_an_impossible_share_is_refused_when_the_client_is_made():
    with pytest.raises(QueryError, match=r"share=1\.5"):
        Orchestrator(BASE, AccessToken("t"), settings=Settings(share=1.5))


def of_cloud(**options):
    return Orchestrator.cloud(organization="o", tenant="t", credentials=AccessToken("t"), **options)


def of_suite(**options):
    place = {"host": "suite.example.com", "organization": "o", "tenant": "t"}
    return Orchestrator.automation_suite(**place, credentials=AccessToken("t"), **options)


def of_standalone(**options):
    return Orchestrator.standalone(
        host="own.example.com", tenant="t", credentials=AccessToken("t"), **options
    )


def of_a_bare_url(**options):
    return Orchestrator("https://bare.example.com", AccessToken("t"), **options)


GIVEN = Settings(requests_a_minute=50, queue_items_page=200)


@pytest.mark.parametrize(
    ("make", "settings", "limit", "page"),
    [
        (of_cloud, None, 100, 100),
        (of_suite, None, 100, 100),
        (of_a_bare_url, None, 100, 100),
        (of_standalone, None, None, 1_000),
        *((make, GIVEN, 50, 200) for make in (of_cloud, of_suite, of_a_bare_url, of_standalone)),
    ],
)
def test_limits_and_pages_follow_the_deployment_unless_they_are_given(make, settings, limit, page):
    orchestrator = make(settings=settings)
    assert orchestrator.budget["QueueItems.list"].limit == limit
    first = orchestrator.queue_items.top(5_000).explain().first_request
    assert f"$top={page}" in first
    assert "$top=1000" in orchestrator.jobs.top(5_000).explain().first_request


async def _one_row(stream, budget):
    async for _ in stream:
        await _turns(5)
        return budget().waiting
    return 0


async def _one_page(stream, budget):
    async for _ in stream.pages():
        await _turns(5)
        return budget().waiting
    return 0


@pytest.mark.parametrize("begin", [_one_row, _one_page])
@pytest.mark.parametrize("of", [lambda jobs: jobs.stream(page_size=50), lambda jobs: jobs])
@pytest.mark.filterwarnings("ignore:A stream was dropped:ResourceWarning")
async def test_a_stream_that_is_dropped_takes_its_requests_out_of_the_line_of_the_budget(begin, of):
    rows = [{"Id": number} for number in range(50)]

    async def answer(_):
        return web.json_response({"@odata.count": 5_000, "value": rows})

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    settings = Settings(requests_a_minute=2, share=1.0)
    async with (
        TestServer(app) as server,
        Orchestrator(server.make_url("/"), AccessToken("t"), settings=settings) as orchestrator,
    ):
        jobs = orchestrator.jobs.order_by(Job.state)
        assert await begin(of(jobs), lambda: orchestrator.budget["Jobs.list"]) > 0
        await _turns(20)
        assert orchestrator.budget["Jobs.list"].waiting == 0


async def _turns(count):
    for _ in range(count):
        await asyncio.sleep(0)
