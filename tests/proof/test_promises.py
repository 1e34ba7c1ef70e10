"""What a user is promised, through the public API over real HTTP: reports, ``exact()``, and manifests of exports."""

from __future__ import annotations

import json

import attrs
import pytest

from uipath_odata import path
from uipath_odata.errors import NotProven
from uipath_odata.export import export

from .wire import wire
from .worlds.honesty import Caps, Counts
from .worlds.shape import Shape
from .worlds.tables import TABLES
from .worlds.world import World

NAMES = [*TABLES]


@pytest.fixture(name="http")
async def _http():
    async with wire() as http:
        yield http


def a_world(name, *, rows=35, **parts):
    shape = Shape(sizes=(1,) * rows, step=(20_000,) if name == "RobotLogs" else (1,))
    return World(seed=1, table=TABLES[name], shape=shape, **parts)


def tokens_of(server):
    return [fact.token for fact in server.history.facts]


@pytest.mark.parametrize("name", NAMES)
async def test_an_exact_reading_of_an_honest_list_says_how_it_is_proven(http, name):
    world = a_world(name)
    async with http.connected(world) as entities, entities.exact().dicts().stream(page_size=10) as rows:
        given = [row[world.table.token] async for row in rows]
        assert given == tokens_of(http.server)
        assert rows.report.proven
        assert rows.report.proof == "by_later_bucket"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("rows", "requests"), [(0, 1), (1, 2), (9, 2)])
async def test_a_small_exact_list_costs_two_requests_and_an_empty_one_costs_one(http, name, rows, requests):
    async with http.connected(a_world(name, rows=rows)) as entities:
        async with entities.exact().dicts().stream(page_size=10) as stream:
            assert len([row async for row in stream]) == rows
        assert stream.report.requests == requests
        assert stream.report.proven


async def test_a_small_exact_list_of_logs_of_one_instant_is_proven_by_its_count_in_three_requests(http):
    """A page's own count proves nothing: one more question shows whether the server's counts are of the list."""
    world = a_world("RobotLogs", rows=0)
    tied = attrs.evolve(world, shape=attrs.evolve(world.shape, sizes=(9,)))
    async with http.connected(tied) as entities:
        async with entities.exact().dicts().stream(page_size=10) as stream:
            assert len([row async for row in stream]) == 9
        assert stream.report.requests == 3
        assert stream.report.proof == "by_count"


@pytest.mark.parametrize("name", NAMES)
async def test_a_small_plain_reading_costs_one_request_and_proves_nothing(http, name):
    async with http.connected(a_world(name, rows=7)) as entities:
        async with entities.dicts().stream(page_size=10) as stream:
            assert len([row async for row in stream]) == 7
        assert stream.report.requests == 1
        assert (stream.report.proof, stream.report.proven) == ("none", False)
        assert stream.report.reason


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "parts",
    [
        {"rows": 0, "counts": Counts(own="fixed", total="fixed", cap=3)},
        {"rows": 15, "counts": Counts(own="fixed", total="fixed", cap=50)},
    ],
    ids=["counts 3 and sends none", "counts 50 and sends 15"],
)
async def test_what_is_counted_and_not_found_is_an_error_and_no_finished_export(http, name, parts, tmp_path):
    async with http.connected(a_world(name, **parts)) as entities:
        with pytest.raises(NotProven):
            await entities.exact().to_list()
        with pytest.raises(NotProven):
            await export(entities.exact(), tmp_path / "lake", format="jsonl")
    assert not (tmp_path / "lake" / "_SUCCESS").exists()


@pytest.mark.parametrize("name", NAMES)
async def test_a_cap_with_a_count_of_the_page_is_not_the_end(http, name):
    world = a_world(name, caps=Caps(rows=5), counts=Counts(own="page"))
    async with http.connected(world) as entities:
        rows = await entities.exact().dicts().to_list()
        assert sorted(row[world.table.token] for row in rows) == sorted(tokens_of(http.server))
        async with entities.dicts().stream() as stream:
            given = len([row async for row in stream])
        assert given == 35 or not stream.report.proven


@pytest.mark.parametrize("name", NAMES)
async def test_a_manifest_says_how_each_list_is_proven(http, name, tmp_path):
    world = a_world(name, rows=400)
    async with http.connected(world) as entities:
        finished = await export(entities.exact(), tmp_path / "lake", format="jsonl")
        expected = tokens_of(http.server)
    manifest = json.loads((tmp_path / "lake" / "_manifest.json").read_bytes())
    [entry] = manifest["lists"].values()
    assert finished.proven
    assert (finished.rows, len(expected)) == (400, 400)
    assert entry["proven"] is True
    assert entry["proof"] == "by_later_bucket"
    assert entry["reason"]


@attrs.frozen
class LateRows:
    """A server to which two rows come, among those that were read already."""

    server: object

    def __getattr__(self, name):
        return getattr(self.server, name)

    def answer(self, options, *, total=False):
        if self.server.history.moment == 3:
            self.server.history.facts += self.server.rows.group(30_000, 2, 3)
        return self.server.answer(options, total=total)


async def test_logs_that_come_late_are_told_by_the_report_of_an_exact_reading(http):
    """R77."""
    async with http.connected(a_world("RobotLogs")) as entities:
        http.server = LateRows(http.server)
        async with entities.exact().dicts().stream(page_size=10, concurrency=1) as rows:
            given = [row["Message"] async for row in rows]
    assert len(given) == 35
    assert (rows.report.late, rows.report.proof) == (2, "by_later_bucket")
    assert any("2 rows came late" in note for note in rows.report.notes)


SELECTED = {"Jobs": {"Id"}, "QueueItems": {"Id", "OrganizationUnitId"}, "RobotLogs": {"TimeStamp"}}


@pytest.mark.parametrize("name", SELECTED)
async def test_what_a_plan_selects_to_tell_rows_apart_is_in_no_row_and_no_export(http, name, tmp_path):
    world = a_world(name)
    async with http.connected(world) as entities:
        query = entities.select(path(world.table.token)).exact()
        expected = [{world.table.token: token} for token in tokens_of(http.server)]
        async with query.dicts().stream(page_size=10) as rows:
            assert [row async for row in rows] == expected
        assert [json.loads(row.raw) for row in await query.raw().to_list()] == expected
        await export(query, tmp_path / "lake", format="jsonl")
    added = {each.removeprefix("$select: ") for each in rows.report.added if each.startswith("$select")}
    assert added == SELECTED[name]
    [part] = (tmp_path / "lake").rglob("*.jsonl")
    assert [json.loads(line) for line in part.read_bytes().splitlines()] == expected
