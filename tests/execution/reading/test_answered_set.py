"""Answers that say which entity set they are about, over real HTTP."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.errors import OrderViolation
from uipath_odata.operations import EntitySets
from uipath_odata.resources.entity_sets import known_sets

ROWS = [{"Id": 1, "Name": "one"}, {"Id": 2, "Name": "two"}]


@pytest.fixture
def contexts():
    """What the answers say, one after the other; the last one stays."""
    return []


@pytest.fixture
async def orchestrator(contexts):
    async def answer(request):
        context = contexts.pop(0) if len(contexts) > 1 else contexts[0]
        rows = [] if "Id gt" in request.query.get("$filter", "") else ROWS
        return web.json_response({"@odata.context": context, "@odata.count": len(ROWS), "value": rows})

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        Orchestrator(str(server.make_url("")), AccessToken("token")) as orchestrator,
    ):
        yield orchestrator


@pytest.mark.parametrize(
    "context",
    [
        "https://cloud.uipath.com/acme/Default/odata/$metadata#Machines",
        "https://cloud.uipath.com/acme/Default/orchestrator_/odata/$metadata#machines(Name)",
        "https://internal:8443/odata/$metadata#Machines/UiPath.Server.Configuration.OData.ExtendedMachineDto",
        "$metadata#Collection(UiPath.Server.Configuration.OData.SessionDto)",
        "/odata/$metadata#Edm.Int64",
        "$metadata#queueItem/$entity",
        "$metadata#TomorrowsSet",
        "Sessions",
        "",
    ],
)
async def test_an_answer_that_names_no_other_set_is_read(orchestrator, contexts, context):
    contexts.append(context)
    assert await orchestrator.machines.dicts().to_list() == ROWS


@pytest.mark.parametrize("context", ["$metadata#Sessions", "https://h/odata/$metadata#RobotLogs(Level)"])
async def test_an_answer_about_another_set_is_asked_for_once_more(orchestrator, contexts, context):
    contexts += [context, "$metadata#Machines"]
    async with orchestrator.machines.dicts().stream() as rows:
        assert [row async for row in rows] == ROWS
    assert rows.report.retries == 1


@pytest.mark.parametrize("context", ["$metadata#Sessions", "$metadata#sessions(State)"])
async def test_an_answer_about_another_set_twice_is_refused_by_both_names(orchestrator, contexts, context):
    contexts.append(context)
    with pytest.raises(OrderViolation, match=r"answered with [Ss]essions where Machines were asked for"):
        await orchestrator.machines.to_list()
    with pytest.raises(OrderViolation):
        await orchestrator.machines.count()


async def test_a_function_may_list_what_another_set_holds(orchestrator, contexts):
    contexts.append("$metadata#Users")
    assert (
        await orchestrator.folders.get_users_for_folder(key=1, include_inherited=False).dicts().to_list()
        == ROWS
    )


def test_the_sets_are_known_by_the_names_of_the_api():
    assert {"robotlogs", "queueitems", "sessions", "machines"} <= known_sets(EntitySets)
