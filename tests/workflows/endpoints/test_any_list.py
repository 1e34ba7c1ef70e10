from __future__ import annotations

import re

import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator, path, raw_filter
from uipath_odata.errors import NotFound, QueryError


@pytest.fixture
async def triggers():
    """Serve 2,345 rows of a list that no schema has, in pages of 1,000."""
    asked, application = [], web.Application()

    async def handle(request):
        asked.append(dict(request.query))
        rows = [{"Id": f"{number:08x}", "Enabled": number % 2 == 0} for number in range(2_345)]
        skip, top = int(request.query.get("$skip", 0)), int(request.query.get("$top", 1000))
        return web.json_response({"@odata.count": len(rows), "value": rows[skip : skip + top]})

    application.router.add_get("/odata/HttpTriggers", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with Orchestrator(
        f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}", AccessToken("a")
    ) as client:
        client.asked = asked
        yield client
    await runner.cleanup()


async def test_a_list_that_no_schema_has_is_read_to_its_end(triggers):
    rows = await triggers.entity_set("HttpTriggers").order_by(path("Id")).to_list()
    assert [row["Id"] for row in rows] == [f"{number:08x}" for number in range(2_345)]
    assert await triggers.folder("Shared").entity_set("HttpTriggers").count() == 2_345


async def test_it_is_filtered_selected_and_bounded_as_any_query(triggers):
    query = triggers.entity_set("HttpTriggers").filter(path("Enabled") == True, raw_filter("Slug ne 'x'"))
    assert [row["Id"] async for row in query.select(path("Id")).top(2)] == ["00000000", "00000001"]
    assert triggers.asked[0] == {"$filter": "Enabled eq true and (Slug ne 'x')", "$select": "Id", "$top": "2"}


async def test_a_list_of_the_schema_is_read_as_it_is(finance, emulator):
    emulator.add.process("Intake", folder="Shared/Finance")
    emulator.add.job("Intake", folder="Shared/Finance")
    query = finance.entity_set("jobs")
    assert query.explain().plan == finance.jobs.explain().plan
    assert [row["ReleaseName"] async for row in query] == ["Intake"]


async def test_what_is_not_there_is_not_found(finance):
    with pytest.raises(NotFound):
        await finance.entity_set("NoSuchSet").to_list()


@pytest.mark.parametrize("name", ["", "Http Triggers", "Jobs(5)", "../Jobs", "odata/Jobs", None])
def test_what_is_not_a_name_is_refused(finance, name):
    with pytest.raises(QueryError, match=re.escape("request(…)")):
        finance.entity_set(name)
