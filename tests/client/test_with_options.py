"""One client with several options."""

from __future__ import annotations

import asyncio
import inspect
import logging
import math

import pytest

from uipath_odata import AccessToken, Orchestrator, Settings
from uipath_odata.client import FolderClient
from uipath_odata.entities import Job
from uipath_odata.errors import QueryError, RateLimited, ServerError

EMPTY = b'{"value":[]}'


async def test_other_options_share_the_budget_and_the_connections(documented, orchestrator):
    for _ in range(80):
        documented.reply(body=EMPTY)
        await orchestrator.jobs.top(1).to_list()
    quick = orchestrator.with_options(max_wait=2)
    with pytest.raises(RateLimited) as caught:
        await quick.jobs.top(1).to_list()
    assert 0 < caught.value.retry_after <= 60
    assert quick.budget["Jobs.list"].used == orchestrator.budget["Jobs.list"].used == 80
    with pytest.raises(RateLimited):
        await quick.folder("Shared").jobs.top(1).to_list()
    with pytest.raises(RateLimited):
        await orchestrator.folder(id=7).with_options(max_wait=0).jobs.top(1).to_list()


async def test_sets_that_were_opened_before_keep_their_options(orchestrator):
    await_all = orchestrator.jobs
    quick = orchestrator.with_options(max_wait=2)
    assert quick.jobs is not await_all
    assert orchestrator.jobs is await_all


async def test_without_retries_the_first_answer_stands(documented, orchestrator):
    documented.reply(503)
    with pytest.raises(ServerError) as caught:
        await orchestrator.with_options(retries=0).robots.get(79)
    assert caught.value.attempts == 1


def test_options_add_up_and_none_lifts_a_bound(orchestrator):
    once = orchestrator.with_options(max_wait=2, deadline=5).with_options(retries=0, max_wait=None)
    policy = once._channel.policy
    assert (policy.max_wait, policy.deadline, policy.attempts) == (math.inf, 5, 1)
    assert orchestrator._channel.policy is None
    assert once.with_options(bulk=True)._channel.bulk


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_wait": -1},
        {"max_wait": "2"},
        {"deadline": math.nan},
        {"retries": 1.5},
        {"retries": -1},
        {"retries": True},
    ],
)
def test_a_manner_that_means_nothing_is_refused(orchestrator, wrong):
    with pytest.raises(QueryError, match=next(iter(wrong))):
        orchestrator.with_options(**wrong)


def test_a_manner_that_does_not_exist_is_an_error_of_the_call(orchestrator):
    with pytest.raises(TypeError):
        orchestrator.with_options(timeout=3)
    assert set(inspect.signature(FolderClient.with_options).parameters) == {
        "self",
        "max_wait",
        "deadline",
        "retries",
        "bulk",
    }


async def test_a_timeout_around_a_list_says_which_page_of_what_was_under_way():
    async def never(reader, writer):
        await reader.read()  # until the client gives up
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Orchestrator(
        f"http://127.0.0.1:{port}/acme/Default/orchestrator_", AccessToken("t")
    ) as client:
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.05):
                await client.folder("Shared").jobs.filter(Job.state == "Faulted").to_list()
    server.close()
    await server.wait_closed()
    cancelled = caught.value.__cause__ or caught.value.__context__  # Python 3.11.2 names no cause
    assert "page 1 of Jobs.list (127.0.0.1/acme/Default, folder Shared) was under way" in cancelled.__notes__


def test_clients_folders_and_queries_name_tenant_and_folder():
    client = Orchestrator.cloud(organization="acme", tenant="Default", credentials=AccessToken("t"))
    folder = client.folder("Shared/Finance")
    assert repr(client) == "<Orchestrator https://cloud.uipath.com/acme/Default/orchestrator_>"
    assert repr(folder).endswith("/acme/Default/orchestrator_ folder Shared/Finance>")
    assert repr(folder.jobs.top(5)) == (
        "<Jobs.list <Query Job $top=5> of cloud.uipath.com/acme/Default, folder Shared/Finance>"
    )
    standalone = Orchestrator.standalone(host="https://o.acme.com", tenant="A", credentials=AccessToken("t"))
    assert "o.acme.com, tenant A, no folder" in repr(standalone.jobs)


async def test_what_waits_is_logged_with_tenant_and_folder(documented, caplog):
    caplog.set_level(logging.INFO, "uipath_odata")
    url = f"{documented.url}/acme/Default/orchestrator_"
    async with Orchestrator(url, AccessToken("t"), settings=Settings(requests_a_minute=1)) as client:
        documented.reply(body=EMPTY)
        await client.jobs.top(1).to_list()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.folder("Shared").jobs.top(1).to_list()
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("127.0.0.1/acme/Default, folder Shared: Jobs.list waits ")
    assert line.endswith(" s for the rate of Jobs.list")
