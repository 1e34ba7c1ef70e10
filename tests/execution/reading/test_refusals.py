"""Readings through real HTTP: by Id, in parts, and another way where the server refuses a plan."""

from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import Status
from uipath_odata.entities import Job
from uipath_odata.errors import BadRequest, FolderRequired


async def test_a_list_is_read_by_id_and_says_so(serve, client_of, read):
    jobs = await serve()
    async with client_of(jobs) as orchestrator:
        ids, report = await read(orchestrator.jobs, page_size=10)
        assert "given once" in orchestrator.jobs.explain().guarantee
    assert ids == [*range(1, 51)]
    assert (report.plan, report.proven) == ("keyset", True)
    assert "each row that exists throughout is given once" in report.guarantee
    assert report.added == ("$orderby=Id", "$top=10", "$count=true", "$filter: ranges of Id")


async def test_a_refused_order_falls_back_to_the_users_own_once_and_the_client_remembers(
    serve, client_of, read
):
    jobs = await serve(refuses=lambda options: "Id" in options.get("$orderby", ""))
    async with client_of(jobs) as orchestrator:
        ids, report = await read(orchestrator.jobs, page_size=20)
        assert (ids, report.plan, report.proven) == ([*range(1, 51)], "offset", False)
        assert report.notes == ("The server refused an order by the key (HTTP 400): read by offset instead",)
        assert [options.get("$orderby") for options in jobs.asked[:2]] == ["Id", None]
        del jobs.asked[:]
        ids, report = await read(orchestrator.folder(id=5).jobs, page_size=20)
        assert (ids, report.plan, report.notes) == ([*range(1, 51)], "offset", ())
        assert not any("$orderby" in options for options in jobs.asked)


async def test_an_order_that_only_keeps_offsets_stable_may_be_refused_too(serve, client_of, read):
    jobs = await serve(refuses=lambda options: "Id" in options.get("$orderby", ""))
    async with client_of(jobs) as orchestrator:
        ids, report = await read(orchestrator.jobs.top(30), page_size=20)
        assert (ids, report.plan) == ([*range(1, 31)], "offset")
        del jobs.asked[:]
        async with orchestrator.jobs.stream(page_size=20) as rows:
            first = await anext(rows.pages())
    async with client_of(jobs) as orchestrator:
        rest, _ = await read(orchestrator.jobs, page_size=20, resume=rows.checkpoint)
    assert [row.id for row in first] + rest == [*range(1, 51)]


async def test_what_a_user_orders_by_is_not_left_out(serve, client_of):
    jobs = await serve(refuses=lambda options: "Id" in options.get("$orderby", ""))
    async with client_of(jobs) as orchestrator:
        with pytest.raises(BadRequest):
            await orchestrator.jobs.order_by(Job.id).to_list()
        assert len(jobs.asked) == 1


async def test_refused_ranges_go_on_by_offset_behind_the_rows_that_were_given(serve, client_of, read):
    jobs = await serve(refuses=lambda options: "Id gt" in options.get("$filter", ""))
    async with client_of(jobs) as orchestrator:
        ids, report = await read(orchestrator.jobs, page_size=10)
        assert (ids, report.plan, report.proven) == ([*range(1, 51)], "offset", False)
        assert len(report.notes) == 1
        ids, report = await read(orchestrator.jobs, page_size=10)
        assert (ids, report.plan) == ([*range(1, 51)], "offset")


async def test_unordered_rows_that_were_given_cannot_go_on_by_offset_but_the_next_reading_can(
    serve, client_of, read
):
    jobs = await serve(refuses=lambda options: "Id gt" in options.get("$filter", ""))
    async with client_of(jobs) as orchestrator:
        with pytest.raises(BadRequest):
            await read(orchestrator.jobs, page_size=10, ordered=False)
        ids, _ = await read(orchestrator.jobs, page_size=10, ordered=False)
        assert sorted(ids) == [*range(1, 51)]


async def test_exact_raises_instead_of_falling_back(serve, client_of):
    jobs = await serve(refuses=lambda options: options.get("$orderby") == "Id")
    async with client_of(jobs) as orchestrator:
        with pytest.raises(BadRequest) as caught:
            await orchestrator.jobs.exact().to_list()
        assert len(jobs.asked) == 1
        assert "the plan keyset added $orderby=Id" in caught.value.__notes__[0]
        assert "paging='offset'" in caught.value.__notes__[0]


async def test_a_filter_that_is_wrong_in_itself_teaches_nothing(serve, client_of, read):
    jobs = await serve(refuses=lambda options: "Wrong" in options.get("$filter", ""))
    async with client_of(jobs) as orchestrator:
        with pytest.raises(BadRequest):
            await orchestrator.jobs.filter(Job.info == "Wrong").to_list()
        assert len(jobs.asked) == 2
        _, report = await read(orchestrator.jobs)
        assert report.plan == "keyset"


@pytest.mark.parametrize(("code", "kind"), [(1101, FolderRequired), (1009, BadRequest)])
async def test_other_refusals_are_the_users(serve, code, kind, client_of):
    jobs = await serve(refuses=lambda options: True, error={"message": "No.", "errorCode": code})
    async with client_of(jobs) as orchestrator:
        with pytest.raises(kind):
            await orchestrator.jobs.to_list()
        assert len(jobs.asked) == 1


@pytest.mark.parametrize("exact", [True, False])
async def test_a_refused_in_is_written_as_equalities_and_remembered(serve, exact, client_of, read):
    jobs = await serve(refuses=lambda options: " in (" in options.get("$filter", ""))
    async with client_of(jobs) as orchestrator:
        query = orchestrator.jobs.filter(Job.id.in_([3, 1, 40]))
        ids, report = await read(query.exact() if exact else query)
        assert (ids, report.plan, report.proven) == ([1, 3, 40], "keyset", exact)
        assert report.notes == ("The server refused in (HTTP 400): read by keyset instead",)
        del jobs.asked[:]
        assert await query.top(2).to_list()
        assert [options["$filter"] for options in jobs.asked] == ["Id eq 3 or Id eq 1 or Id eq 40"]


@pytest.mark.parametrize("in_values", [50, 7])
async def test_a_refused_in_of_many_values_is_cut_into_chains(serve, client_of, read, in_values):
    jobs = await serve(refuses=lambda options: " in (" in options.get("$filter", ""))
    async with client_of(jobs, in_values=in_values) as orchestrator:
        ids, report = await read(orchestrator.jobs.filter(Job.id.in_(range(1, 41))))
        assert (ids, report.plan) == ([*range(1, 41)], "split")
        assert max(options.get("$filter", "").count(" eq ") for options in jobs.asked) == 15


async def test_a_count_adds_up_the_parts_and_does_without_in_too(serve, client_of):
    jobs = await serve()
    async with client_of(jobs, in_values=10) as orchestrator:
        assert await orchestrator.jobs.filter(Job.id.in_(range(25, 75))).count() == 26
        assert len(jobs.asked) == 5
    jobs.refuses = lambda options: " in (" in options.get("$filter", "")
    async with client_of(jobs) as orchestrator:
        assert await orchestrator.jobs.filter(Job.id.in_(range(45, 75))).count() == 6
        del jobs.asked[:]
        assert await orchestrator.jobs.filter(Job.id.in_(range(45, 55))).count() == 6
        assert len(jobs.asked) == 1


async def test_a_count_that_is_refused_otherwise_is_the_users(serve, client_of):
    jobs = await serve(refuses=lambda options: True, error={"message": "No.", "errorCode": 1101})
    async with client_of(jobs) as orchestrator:
        with pytest.raises(FolderRequired):
            await orchestrator.jobs.filter(Job.id.in_([1, 2])).count()
    assert len(jobs.asked) == 1


async def test_parts_keep_to_the_concurrency_of_the_stream(serve, client_of, read):
    jobs = await serve()
    async with client_of(jobs, in_values=5) as orchestrator:
        query = orchestrator.jobs.filter(Job.id.in_(range(60)))
        async with query.stream(concurrency=2) as rows:
            await anext(rows)
            assert len(jobs.asked) <= 3
        ids, report = await read(query, ordered=False)
        assert sorted(ids) == [*range(1, 51)]
        assert report.added[0] == "$filter: in 12 parts"


def refuses_ranges(call):
    return "Id gt" in call.query.get("$filter", "")


async def test_the_emulator_is_read_by_id_and_by_offset_where_it_refuses_ranges(read):
    wanted = [7 * number for number in range(1, 240)]
    refusal = Status(400, {"message": "Invalid OData query options.", "errorCode": 1000})
    async with Emulator(seed=None) as emulator, emulator.client() as orchestrator:
        emulator.insert("Jobs", [{"Id": row_id} for row_id in wanted])
        ids, report = await read(orchestrator.jobs, page_size=50)
        assert (ids, report.plan, report.proven) == (wanted, "keyset", True)
        emulator.fail("Jobs.list", refusal, times=None, when=refuses_ranges)
        ids, report = await read(orchestrator.jobs, page_size=50)
        assert (ids, report.plan, report.proven) == (wanted, "offset", False)
