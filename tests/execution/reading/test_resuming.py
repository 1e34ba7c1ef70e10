"""Going on from a checkpoint: in another client, from any page, and only with the same query."""

from __future__ import annotations

import json

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.entities import Job
from uipath_odata.errors import NotProven, OrderViolation, QueryError

QUERIES = {
    "keyset": lambda jobs: jobs,
    "keyset, descending": lambda jobs: jobs.order_by(Job.id.desc()),
    "keyset, a total": lambda jobs: jobs.order_by(Job.id).top(33),
    "offset": lambda jobs: jobs.order_by(Job.state).skip(3),
    "offset, a total": lambda jobs: jobs.order_by(Job.state).skip(3).top(31),
    "parts": lambda jobs: jobs.filter(Job.id.in_(range(5, 48))),
    "parts, a total": lambda jobs: jobs.filter(Job.id.in_(range(5, 48))).order_by(Job.id).skip(4).top(30),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_going_on_from_any_page_in_another_client_gives_the_rest(serve, name, client_of, read):
    jobs = await serve()
    async with client_of(jobs, in_values=7) as orchestrator:
        query = QUERIES[name](orchestrator.jobs)
        whole, _ = await read(query, page_size=4)
        points, given = [], []
        async with query.stream(page_size=4) as rows:
            points.append((0, rows.checkpoint))
            async for page in rows.pages():
                given += [row.id for row in page]
                points.append((len(given), json.dumps(rows.checkpoint)))
    assert given == whole
    assert len(points) > 8
    for count, point in points:
        checkpoint = json.loads(point) if isinstance(point, str) else point
        async with client_of(jobs, in_values=7) as orchestrator:
            rest, report = await read(QUERIES[name](orchestrator.jobs), page_size=6, resume=checkpoint)
        assert whole[:count] + rest == whole, f"from {checkpoint}"
        assert report.proven == name.startswith("keyset") or "parts" in name


async def test_a_checkpoint_belongs_to_its_query(serve, client_of, read):
    jobs = await serve()
    async with client_of(jobs) as orchestrator:
        async with orchestrator.jobs.filter(Job.id > 3).stream(page_size=5) as rows:
            await anext(rows)
        checkpoint = rows.checkpoint
        for other in (
            orchestrator.jobs,
            orchestrator.jobs.filter(Job.id > 4),
            orchestrator.jobs.filter(Job.id > 3).select(Job.id),
            orchestrator.jobs.filter(Job.id > 3).order_by(Job.id.desc()),
            orchestrator.folder(id=7).jobs.filter(Job.id > 3),
            orchestrator.machines,
        ):
            with pytest.raises(QueryError, match="checkpoint is of another query: resume with the same"):
                other.stream(resume=checkpoint)
        same = orchestrator.jobs.filter(Job.id > 3)
        for wrong, message in (
            ({**checkpoint, "version": 2}, "another version"),
            ({**checkpoint, "plan": "rowid"}, "plan is not known"),
            ("keyset", "takes a rows.checkpoint: pass it unchanged"),
        ):
            with pytest.raises(QueryError, match=message):
                same.stream(resume=wrong)
        ids, _ = await read(same, resume=checkpoint, concurrency=1, page_size=9)
        assert ids == [*range(4, 51)]


async def test_a_checkpoint_of_parts_wants_the_same_parts(serve, client_of):
    jobs = await serve()
    async with (
        client_of(jobs, in_values=7) as orchestrator,
        orchestrator.jobs.filter(Job.id.in_(range(50))).stream() as rows,
    ):
        _ = [row async for row in rows.pages()]
    async with client_of(jobs, in_values=8) as orchestrator:
        with pytest.raises(QueryError, match="cut into other parts"):
            orchestrator.jobs.filter(Job.id.in_(range(50))).stream(resume=rows.checkpoint)


async def test_parts_go_on_where_in_is_not_yet_known_to_be_refused(serve, client_of, read):
    jobs = await serve(refuses=lambda options: " in (" in options.get("$filter", ""))
    async with client_of(jobs) as orchestrator:
        query = orchestrator.jobs.filter(Job.id.in_(range(50)))
        async with query.stream() as rows:
            first = await anext(rows.pages())
    async with client_of(jobs) as orchestrator:
        query = orchestrator.jobs.filter(Job.id.in_(range(50)))
        rest, _ = await read(query, resume=rows.checkpoint)
    assert [row.id for row in first] + rest == [*range(1, 50)]


@pytest.mark.parametrize("values", [None, range(5, 48)])
async def test_rows_that_come_as_they_arrive_go_on_from_any_page(serve, client_of, read, values):
    jobs = await serve()
    points, given = [], []
    wanted = [*range(1, 51)] if values is None else [*values]
    async with client_of(jobs, in_values=7, requests_a_minute=10_000) as orchestrator:
        query = orchestrator.jobs if values is None else orchestrator.jobs.filter(Job.id.in_(values))
        async with query.stream(ordered=False, page_size=4, concurrency=5) as rows:
            async for page in rows.pages():
                given += [row.id for row in page]
                points.append((len(given), json.dumps(rows.checkpoint)))
    assert sorted(given) == wanted
    for count, point in points:
        async with client_of(jobs, in_values=7, requests_a_minute=10_000) as orchestrator:
            query = orchestrator.jobs if values is None else orchestrator.jobs.filter(Job.id.in_(values))
            rest, report = await read(query, ordered=False, page_size=6, resume=json.loads(point))
        assert sorted(given[:count] + rest) == wanted, f"from {point}"
        # Values are read in parts, and a part of one row in one request, which proves nothing.
        assert report.proven or values is not None


async def test_pages_by_offset_that_come_as_they_arrive_have_no_checkpoint(serve, client_of):
    jobs = await serve()
    async with (
        client_of(jobs) as orchestrator,
        orchestrator.jobs.stream(ordered=False, page_size=10, paging="offset") as rows,
    ):
        _ = [row async for row in rows]
    assert rows.checkpoint is None


async def test_an_unproven_end_carries_a_checkpoint_that_goes_on(serve, client_of, read):
    jobs = await serve()
    given = []

    async def read_until_it_is_unproven(query):
        async with query.stream(page_size=10, concurrency=1) as rows:
            async for row in rows:
                given.append(row.id)
                jobs.deaf = row.id >= 12

    async with client_of(jobs) as orchestrator:
        with pytest.raises(OrderViolation) as caught:
            await read_until_it_is_unproven(orchestrator.jobs)
        jobs.deaf = False
        checkpoint = json.loads(json.dumps(caught.value.checkpoint))
        rest, _ = await read(orchestrator.jobs, page_size=10, resume=checkpoint)
    assert isinstance(caught.value, NotProven)
    assert given + rest == [*range(1, 51)]


async def test_robot_logs_go_on_from_any_page():
    async with Emulator(seed=None) as emulator, emulator.client() as orchestrator:
        emulator.insert(
            "RobotLogs",
            [
                {"TimeStamp": f"2024-05-01T10:00:{n // 20:02}.{n % 20 // 3:03}Z", "Message": str(n)}
                for n in range(300)
            ],
        )
        query = orchestrator.robot_logs.dicts()
        whole, points = [], []
        async with query.stream(page_size=25) as rows:
            async for page in rows.pages():
                whole += [row["Message"] for row in page]
                points.append((len(whole), json.loads(json.dumps(rows.checkpoint))))
        assert sorted(map(int, whole)) == [*range(300)]
        for count, checkpoint in points:
            async with query.stream(page_size=40, resume=checkpoint) as rows:
                rest = [row["Message"] async for row in rows]
            assert sorted(whole[:count] + rest, key=int) == sorted(whole, key=int)
