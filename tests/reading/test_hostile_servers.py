"""Servers that do what they should not, over real HTTP: every row once, or a named error that says from where to go on."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from datetime import datetime

import attrs
import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.entities import Job, RobotLog
from uipath_odata.errors import NotProven, OrderViolation, Unprovable
from uipath_odata.settings import Settings

TOKENS = re.compile(r"'(?:[^']|'')*'|[(),]|[^\s(),']+")
REFUSAL = {"message": "Invalid OData query options.", "errorCode": 1000}
HALF_MILLISECOND = 5_000


def ticks_of(text):
    """Count 100 ns since the year 1 the slow way."""
    day, _, decimals = text.rstrip("Z").partition(".")
    since = datetime.fromisoformat(day) - datetime(1, 1, 1)  # noqa: DTZ001 - all of them are UTC
    return (since.days * 86_400 + since.seconds) * 10**7 + int((decimals + "0000000")[:7])


class Sentence:
    """A ``$filter``, read word by word while it is evaluated."""

    def __init__(self, text, compare):
        self.words, self.compare = [*TOKENS.findall(text), ""], compare

    def either(self, row):
        met = self.both(row)
        while self.words[0] == "or":
            del self.words[0]
            met = self.both(row) | met
        return met

    def both(self, row):
        met = self.one(row)
        while self.words[0] == "and":
            del self.words[0]
            met = self.one(row) & met
        return met

    def one(self, row):
        if self.words[0] == "(":
            del self.words[0]
            met = self.either(row)
            assert self.words.pop(0) == ")"
            return met
        name, operator, value = self.words.pop(0), self.words.pop(0), self.words.pop(0)
        if operator != "in":
            return self.compare(row, name, operator, value)
        values = [*itertools.takewhile(lambda word: word != ")", iter(lambda: self.words.pop(0), None))]
        return any(self.compare(row, name, "eq", word) for word in values if word != ",")


@attrs.define(eq=False)
class Hostile:
    """Lists of rows behind a handler with bad habits."""

    rows: list
    key: str = "TimeStamp"
    window: int = 10**9
    cap: int = 10**9
    deaf: bool = False
    """Whether it ignores every filter."""
    rounds: bool = False
    """Whether it rounds the literals of date-times to milliseconds."""
    links: bool = False
    most: int = 10**9
    """What it counts at most; 0: it counts nothing."""
    total: object = None
    """What GetTotalCount answers instead."""
    refuses: object = None
    anycase: bool = False
    asked: list = attrs.field(factory=list)
    turn: itertools.count = attrs.field(factory=itertools.count)
    url: str = ""

    async def answer(self, request):
        options = dict(request.query)
        self.asked.append(options)
        text = options.get("$filter", "")
        if self.refuses is not None and re.search(self.refuses, text):
            return web.json_response(REFUSAL, status=400)
        found = [
            row for row in self.rows if self.deaf or not text or Sentence(text, self.compare).either(row)
        ]
        if "GetTotalCount" in request.path:
            return await self.tell(len(found))
        assert len(re.findall(r" (?:eq|ne|gt|ge|lt|le|in) ", text)) <= 100
        return web.json_response(self.page(request, options, found))

    async def tell(self, count):
        if isinstance(self.total, int):
            return web.Response(status=self.total)
        return web.json_response({"value": count if self.total is None else self.total})

    def page(self, request, options, found):
        """Order equals anew in every answer."""
        turn = next(self.turn) % 3
        found = found[turn:] + found[:turn] if turn < 2 else found[::-1]
        name, _, way = options.get("$orderby", self.key).partition(" ")
        found.sort(key=lambda row: self.sort_key(row[name]), reverse=way == "desc")
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", 1000))
        assert skip + top <= self.window
        stop = skip + min(top, self.cap)
        answer = {"value": found[skip:stop]}
        if "$count" in options and self.most:
            answer["@odata.count"] = min(len(found), self.most)
        if self.links and stop < min(skip + top, len(found)):
            rest = request.url.update_query({"$skip": str(stop), "$top": str(skip + top - stop)})
            answer["@odata.nextLink"] = str(rest)
        return answer

    def sort_key(self, value):
        return ticks_of(value) // 10_000 if isinstance(value, str) else value

    def compare(self, row, name, operator, literal):
        value, wanted = row[name], self.read(name, literal)
        if name == "TimeStamp":
            value = ticks_of(value)
        if self.anycase and isinstance(value, str) and isinstance(wanted, str):
            value, wanted = value.lower(), wanted.lower()
        if operator in {"eq", "ne"}:
            return (value == wanted) == (operator == "eq")
        return {"gt": value > wanted, "ge": value >= wanted, "lt": value < wanted, "le": value <= wanted}[
            operator
        ]

    def read(self, name, literal):
        if literal == "null":
            return None
        if literal.startswith("'"):
            return literal[1:-1].replace("''", "'")
        if name == "TimeStamp":
            ticks = ticks_of(literal)
            return (ticks + HALF_MILLISECOND) // 10_000 * 10_000 if self.rounds else ticks
        return int(literal) if literal.lstrip("-").isdigit() else literal


@pytest.fixture
async def serve():
    runners = []

    async def start(rows, **habits):
        server = Hostile(rows, **habits)
        application = web.Application()
        application.router.add_get("/{path:.*}", server.answer)
        runners.append(runner := web.AppRunner(application, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        settings = Settings(window=server.window, requests_a_minute=10**6)
        return server, Orchestrator(server.url, AccessToken("token"), settings=settings)

    yield start
    for runner in runners:
        await runner.cleanup()


def log(number, moment, **values):
    milliseconds, rest = divmod(moment, 10_000)
    stamp = f"2025-02-28T23:59:{milliseconds // 1000:02}.{milliseconds % 1000:03}{rest:04}"
    return {
        "Id": 0,
        "TimeStamp": f"{stamp.rstrip('0').rstrip('.')}Z",
        "RobotName": ["Ada", "ADA", "O'Neil", None][number % 4],
        "JobKey": None,
        "MachineId": number % 2,
        "Level": ["Info", "Warn"][number % 3 % 2],
        "ProcessName": "P",
        "Message": f"message {number // 2}",
        **values,
    }


def logs():
    """Rows apart, in bursts within a millisecond, and more in one millisecond than a page."""
    apart = [log(number, number * 77_777) for number in range(60)]
    burst = [log(number, 1_000_000 + number % 7) for number in range(9)]
    tie = [log(number, 2_222_000 + number % 3 * 4_000) for number in range(45)]
    return [*apart, *burst, *tie]


def bag(rows):
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


async def drain(stream, given):
    async for page in stream.pages():
        given += page


HABITS = {
    "none": {},
    "caps pages": {"cap": 7},
    "rounds": {"rounds": True},
    "counts ten at most": {"most": 10},
    "counts wrong": {"most": 3, "cap": 7},
    "refuses levels": {"refuses": "Level"},
    "refuses all but the documented": {"refuses": "Level|ProcessName|null"},
    "refuses upper bounds": {"refuses": "TimeStamp l[te]"},
    "compares in any case": {"anycase": True},
    "sends links": {"cap": 4, "links": True},
    "all at once": {"cap": 7, "rounds": True, "most": 10, "refuses": "TimeStamp l[te]", "anycase": True},
}


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("habits", HABITS.values(), ids=HABITS)
async def test_logs_come_once_or_the_error_says_what_is_left(serve, habits, exact):
    rows = logs()
    server, client = await serve(rows, window=99, **habits)
    async with client as orchestrator:
        query = orchestrator.robot_logs.filter(RobotLog.message != "none").dicts()
        given, left = [], []
        async with (query.exact() if exact else query).stream(page_size=20, concurrency=3) as stream:
            try:
                async for page in stream.pages():
                    given += page
            except NotProven as error:
                left = [
                    row for row in rows if ticks_of(row["TimeStamp"]) >= ticks_of(error.checkpoint["from"])
                ]
            else:
                assert stream.report.proven
    assert bag(given) == bag(rows) - bag(left)
    assert not left or "refuses" in habits
    if not habits:
        assert len(server.asked) <= 40


@pytest.mark.parametrize("deaf_to", [True, False])
async def test_logs_of_a_server_that_ignores_filters_are_no_duplicates(serve, deaf_to):
    """The first page is all that can be had of it."""
    server, client = await serve(logs(), window=99, deaf=deaf_to)
    async with client as orchestrator:
        given = []
        async with orchestrator.robot_logs.dicts().stream(page_size=20, concurrency=3) as stream:
            try:
                async for page in stream.pages():
                    given += page
            except NotProven:
                assert deaf_to
    assert not bag(given) - bag(server.rows)
    assert len(server.asked) < 100


@pytest.mark.parametrize("total", [404, 400, 501, "many", None, "-1", [1]])
async def test_a_total_that_cannot_be_told_leaves_a_tie_group_unproven(serve, total):
    """R74: with the checkpoint before the group, and all rows before it given."""
    rows = logs()
    _, client = await serve(rows, window=99, total={} if total is None else total)
    async with client as orchestrator:
        given = []
        query = orchestrator.robot_logs.dicts()
        async with query.stream(page_size=20, concurrency=3) as stream:
            with pytest.raises(Unprovable, match="GetTotalCount answers no number") as caught:
                await drain(stream, given)
        assert caught.value.checkpoint == stream.checkpoint
        left = ticks_of(caught.value.checkpoint["from"])
        assert bag(given) == bag([row for row in rows if ticks_of(row["TimeStamp"]) < left])
        assert ticks_of("2025-02-28T23:59:00.222Z") == left


async def test_rows_held_when_the_last_total_cannot_be_told_are_given_all_the_same(serve):
    """R28: an exact reading that lacks `@odata.count` asks for the total last, and nothing else is under way."""
    async with (await serve(logs()[:15], total=404, most=0))[1] as orchestrator:
        assert bag(await orchestrator.robot_logs.dicts().exact().to_list()) == bag(logs()[:15])


def jobs(count):
    return [{"Id": 3 * number, "ReleaseName": f"R{number % 20}"} for number in range(1, count)]


@pytest.mark.parametrize("size", [30, 300])
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("paging", ["auto", "offset"])
async def test_parts_of_a_list_of_a_server_that_ignores_filters_are_refused(serve, size, ordered, paging):
    _, client = await serve(jobs(size), key="Id", deaf=True)
    names = [f"R{number}" for number in range(120)]
    async with client as orchestrator:
        query = orchestrator.jobs.filter(Job.release_name.in_(names)).dicts()
        given = []
        async with query.stream(page_size=100, ordered=ordered, paging=paging) as stream:
            with pytest.raises(OrderViolation, match="ignores the filter"):
                await drain(stream, given)
    assert max(bag(given).values(), default=1) == 1


async def test_parts_of_rows_in_bytes_are_told_apart_as_well(serve):
    async with (await serve(jobs(30), key="Id", deaf=True))[1] as orchestrator:
        query = orchestrator.jobs.filter(Job.release_name.in_([f"R{number}" for number in range(120)]))
        with pytest.raises(OrderViolation, match="ignores the filter"):
            await query.sent().to_list()


async def test_parts_that_select_other_properties_are_told_apart_all_the_same(serve):
    server, client = await serve(jobs(30), key="Id", deaf=True)
    async with client as orchestrator:
        query = orchestrator.jobs.filter(Job.release_name.in_([f"R{number}" for number in range(120)]))
        with pytest.raises(OrderViolation):
            await query.select(Job.id).to_list()
    assert server.asked[0]["$select"] == "Id,ReleaseName"


@pytest.mark.parametrize(
    "habits", [{}, {"cap": 7}, {"cap": 7, "links": True}, {"most": 10}, {"anycase": True}]
)
async def test_jobs_come_once_in_parts_and_by_id(serve, habits):
    rows = jobs(150)
    _, client = await serve(rows, key="Id", **habits)
    async with client as orchestrator:
        names = [f"{'r' if habits.get('anycase') else 'R'}{number}" for number in range(120)]
        for query in (orchestrator.jobs, orchestrator.jobs.filter(Job.release_name.in_(names))):
            async with query.exact().dicts().stream(page_size=20) as stream:
                given = [row async for row in stream]
            assert bag(given) == bag(rows)
            assert stream.report.proven


async def test_a_server_that_refuses_bounds_of_time_is_read_by_offset_in_the_same_order(serve):
    rows = [log(number, number * 77_777) for number in range(60)]
    _, client = await serve(rows, window=99, refuses="TimeStamp gt")
    async with client as orchestrator:
        given = []
        async with orchestrator.robot_logs.dicts().stream(page_size=20) as stream:
            await drain(stream, given)
        assert given == rows
        assert (stream.report.plan, stream.report.proven) == ("offset", False)
        assert stream.report.notes == (
            "The server refused ranges of TimeStamp (HTTP 400): read by offset instead",
        )
        assert bag(await orchestrator.robot_logs.dicts().to_list()) == bag(rows)


@pytest.mark.parametrize("ordered", [True, False])
async def test_a_server_that_ignores_ranges_of_id_repeats_no_row(serve, ordered):
    rows = [{"Id": number // 2, "Folder": number} for number in range(300)]
    _, client = await serve(rows, key="Id", deaf=True)
    given = []
    async with (
        client as orchestrator,
        orchestrator.jobs.dicts().stream(page_size=20, ordered=ordered) as stream,
    ):
        with pytest.raises(OrderViolation, match="outside of the range"):
            await drain(stream, given)
    assert max(bag(given).values()) == 1
