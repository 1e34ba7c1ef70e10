"""A scripted list of jobs behind real HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs
import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.settings import Settings


@attrs.define
class Jobs:
    """A list of jobs that refuses what it is told to refuse, with Orchestrator's own error."""

    size: int = 50
    refuses: Callable[[dict], bool] = lambda options: False
    error: dict = attrs.field(factory=lambda: {"message": "Invalid OData query options.", "errorCode": 1000})
    asked: list = attrs.field(factory=list)
    url: str = ""
    deaf: bool = False
    """Whether it answers with all jobs, whatever is asked."""

    async def answer(self, request):
        options = dict(request.query)
        self.asked.append(options)
        if self.refuses(options):
            return web.json_response(self.error, status=400)
        found = [
            row_id for row_id in range(1, self.size + 1) if self._meets(row_id, options.get("$filter", ""))
        ]
        found.sort(reverse=options.get("$orderby") == "Id desc")
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", 1000))
        rows = [{"Id": row_id} for row_id in found[skip : skip + top]]
        return web.json_response({"@odata.count": len(found), "value": rows})

    def _meets(self, row_id, text):
        clauses = text.replace("(", " ( ").replace(")", " ) ").split(" and ")
        return self.deaf or not text or all(self._meets_one(row_id, clause) for clause in clauses)

    def _meets_one(self, row_id, clause):
        """Tell by the numbers in ``a``, ``(a or b)`` and ``Id in (1,2)``; every property is the Id."""
        operator = re.search(r" (gt|ge|lt|le|eq|in|ne) ", clause)[1]
        numbers = [int(number) for number in re.findall(r"-?\d+", clause)]
        return {
            "gt": row_id > numbers[0],
            "ge": row_id >= numbers[0],
            "lt": row_id < numbers[0],
            "le": row_id <= numbers[0],
        }.get(operator, row_id in numbers)


@pytest.fixture
async def serve():
    runners = []

    async def start(**facts):
        jobs = Jobs(**facts)
        app = web.Application()
        app.router.add_get("/odata/Jobs", jobs.answer)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        jobs.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return jobs

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
def client_of():
    return lambda jobs, **settings: Orchestrator(
        jobs.url, AccessToken("token"), settings=Settings(**{"requests_a_minute": 10_000, **settings})
    )


@pytest.fixture
def read():
    async def read(query, **options):
        async with query.stream(**options) as rows:
            return [row.id async for row in rows], rows.report

    return read
