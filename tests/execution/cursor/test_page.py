"""Pages as a user interface asks for them."""

from __future__ import annotations

import pytest
from yarl import URL

from uipath_odata import Query, Settings
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.client import FolderClient
from uipath_odata.emulator import Emulator
from uipath_odata.entities import Asset, Job, Session
from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.settings import save_settings

from .conftest import BASE, client


@pytest.fixture
def jobs(world, scope):
    world.rows = [
        {"Id": number, "State": "Faulted", "ReleaseName": f"r{number % 3}"} for number in range(1, 101)
    ]
    return scope.jobs


def ids(page):
    return [row.id for row in page.rows]


async def test_each_page_is_one_request_and_the_total_comes_with_the_first(world, jobs):
    first = await jobs.page(size=40, total=True)
    second = await jobs.page(size=40, after=first.next)
    third = await jobs.page(size=40, after=second.next)
    assert (ids(first), ids(third)) == ([*range(1, 41)], [*range(81, 101)])
    assert (first.total, first.previous, third.next) == (100, None, None)
    assert (first.stable, second.total) == (True, None)
    assert [asked.get("$filter") for asked in world.asked] == [None, "Id gt 40", "Id gt 80"]
    assert ids(await jobs.page(size=40, after=third.previous)) == ids(second)


async def test_later_totals_are_counts_of_the_filter_alone(world, jobs):
    first = await jobs.page(size=40)
    assert (await jobs.page(size=40, after=first.next, total=True)).total == 100


async def test_the_order_asked_for_is_continued_with_the_key_as_the_tie_break(world, jobs):
    query = jobs.order_by(Job.release_name.desc())
    first = await query.page(size=40)
    await query.page(size=40, after=first.next)
    assert world.asked[0]["$orderby"] == "ReleaseName desc,Id desc"
    assert world.asked[1]["$filter"] == (
        "ReleaseName lt 'r1' or ReleaseName eq null or ReleaseName eq 'r1' and Id lt 82"
    )


async def test_a_page_of_exactly_the_servers_largest_is_whole_and_knows_its_end(world, scope):
    world.rows = [{"Id": number} for number in range(250)]
    items = scope.queue_items
    first = await items.page(size=100)
    second = await items.page(size=100, after=first.next)
    third = await items.page(size=100, after=second.next)
    assert [len(page.rows) for page in (first, second, third)] == [100, 100, 50]
    assert third.next is None


async def test_a_page_larger_than_the_servers_takes_several_requests(world, scope):
    world.rows = [{"Id": number} for number in range(250)]
    page = await scope.queue_items.page(size=220)
    assert ids(page) == [*range(220)]
    assert page.next


async def test_what_no_filter_compares_is_counted_off_and_says_so(world, jobs):
    query = jobs.order_by(Job.state)
    first = await query.page(size=30)
    second = await query.page(size=30, after=first.next)
    assert (ids(second), first.stable, second.stable) == ([*range(31, 61)], False, False)
    assert world.asked[1]["$skip"] == "30"
    assert ids(await query.page(size=30, after=second.previous)) == ids(first)


async def test_where_the_server_compares_no_text_pages_are_counted_off_from_there_on(world, jobs):
    world.refuses = "ReleaseName gt"
    query = jobs.order_by(Job.release_name)
    first = await query.page(size=30)
    second = await query.page(size=30, after=first.next)
    assert not second.stable
    assert not {*ids(first)} & {*ids(second)}
    asked = len(world.asked)
    third = await query.page(size=30, after=second.next)
    assert len(world.asked) == asked + 1
    assert len({*ids(first), *ids(second), *ids(third)}) == 90
    assert not (await query.page(size=30)).stable


async def test_a_refusal_of_the_first_page_is_the_users_own(world, jobs):
    world.refuses = "State"
    with pytest.raises(Exception, match="Filters are not like that"):
        await jobs.filter(Job.state == "Faulted").page(size=5)


async def test_a_page_that_was_deleted_meanwhile_leads_back(world, jobs):
    first = await jobs.page(size=90)
    world.rows = world.rows[:90]
    empty = await jobs.page(size=90, after=first.next)
    assert (empty.rows, empty.next) == ([], None)
    assert ids(await jobs.page(size=90, after=empty.previous)) == [*range(1, 91)]


async def test_what_cursors_need_is_selected_and_left_out_of_dicts(world, jobs):
    page = await jobs.select(Job.state).order_by(Job.release_name).dicts().page(size=2)
    assert world.asked[0]["$select"] == "State,ReleaseName,Id"
    assert page.rows == [{"State": "Faulted"}] * 2


async def test_names_of_assets_are_narrowed_and_pages_are_full_all_the_same(world, scope):
    world.rows = [{"Id": number, "Name": "Url" if number % 5 else "Url of SAP"} for number in range(60)]
    world.answers_nothing_to = "\0"
    query = scope.assets.filter(Asset.name == "Url of SAP")
    page = await query.page(size=7)
    assert [row.name for row in page.rows] == ["Url of SAP"] * 7


async def test_rows_without_the_key_are_counted_off_rather_than_lost(world, jobs):
    world.rows = [{"State": "Faulted"} for _ in range(5)]
    page = await jobs.page(size=2)
    assert page.next
    world.largest = 1
    with pytest.raises(DecodeError):
        await jobs.page(size=3)


@pytest.mark.parametrize("size", [0, -1, 1.5, True, "5"])
async def test_a_size_that_is_none_is_refused(jobs, size):
    with pytest.raises(QueryError, match="size="):
        await jobs.page(size=size)


async def test_what_a_page_decides_itself_is_refused(world, jobs):
    for query in (jobs.skip(5), jobs.exact()):
        with pytest.raises(QueryError, match="leave"):
            await query.page()
    with pytest.raises(QueryError, match="more values than one request"):
        await jobs.filter(Job.id.in_(range(500))).page()
    assert not world.asked


async def test_the_size_is_the_querys_top_unless_it_is_given(world, jobs):
    page = await jobs.top(5).page()
    assert ids(await jobs.top(5).page(after=page.next)) == [6, 7, 8, 9, 10]
    assert ids(await jobs.page(7, page.next)) == [*range(6, 13)]
    with pytest.raises(QueryError, match="leave one of them out"):
        await jobs.top(5).page(size=5)


async def test_a_list_is_asked_with_a_query_of_no_client(world, jobs, scope):
    query = Query(Job).filter(Job.state == "Faulted").order_by(Job.id.desc()).top(3)
    assert ids(await jobs.using(query).page()) == [100, 99, 98]
    with pytest.raises(QueryError, match="asks for Job"):
        scope.assets.using(query)


async def test_an_empty_in_is_an_empty_page_without_a_request(world, jobs):
    page = await jobs.filter(Job.id.in_([])).page(total=True)
    assert (page.rows, page.total, page.next, world.asked) == ((), 0, None, [])


async def test_cursors_are_bound_to_query_folder_and_tenant(world, jobs, scope):
    after = (await jobs.page(size=5)).next
    elsewhere = FolderClient(
        TenantChannel(world, URL("https://o.example.com/acme/Other/orchestrator_"), Settings())
    )
    standalone = FolderClient(TenantChannel(world, BASE, tenant="o.example.com, tenant B"))
    for other in (
        jobs.filter(Job.state == "Faulted"),
        jobs.order_by(Job.id.desc()),
        scope.queue_items,
        scope.folder("Shared").jobs,
        elsewhere.jobs,
        standalone.jobs,
    ):
        with pytest.raises(QueryError, match="another query, folder or tenant"):
            await other.page(size=5, after=after)
    assert len(world.asked) == 1


async def test_with_a_key_only_signed_cursors_count(world, jobs):
    unsigned = (await jobs.page(size=5)).next
    signing = client(world, cursor_key=b"k" * 32).jobs
    with pytest.raises(QueryError, match="not signed"):
        await signing.page(size=5, after=unsigned)
    after = (await signing.page(size=5)).next
    rotated = client(world, cursor_key=[b"n" * 32, b"k" * 32]).jobs
    assert ids(await rotated.page(size=5, after=after)) == [6, 7, 8, 9, 10]


@pytest.mark.parametrize("key", [b"", b"short", "a text that is long enough", [b"k" * 32, b""]])
def test_a_key_that_protects_nothing_is_refused(key):
    with pytest.raises(QueryError, match="cursor_key"):
        Settings(cursor_key=key)


def test_a_key_is_neither_shown_nor_saved(tmp_path):
    settings = Settings(cursor_key=b"secret-secret-secret")
    save_settings(settings, tmp_path / "settings.json")
    assert b"cursor" not in (tmp_path / "settings.json").read_bytes()
    assert "secret-secret" not in repr(settings)


async def test_pages_of_an_emulated_orchestrator_forward_and_back():
    async with Emulator() as emulator, emulator.client() as orchestrator:
        for query in (
            orchestrator.jobs.order_by(Job.end_time.desc()),
            orchestrator.robot_logs,
            orchestrator.sessions.order_by(Session.state),
        ):
            everything = await query.to_list()
            size = min(1 + len(everything) // 5, 400)
            page, pages = await query.page(size), []
            while True:
                pages.append(page)
                if page.next is None:
                    break
                page = await query.page(size, page.next)
            assert sum(len(each.rows) for each in pages) == len(everything)
            back = [page]
            while page.previous:
                page = await query.page(size, page.previous)
                back.append(page)
            assert [each.rows for each in back] == [each.rows for each in pages[::-1]]


async def test_an_order_of_more_terms_than_orchestrator_takes_is_refused_before_it_is_asked(world, jobs):
    terms = [Job.state, Job.release_name, Job.end_time, Job.start_time, Job.info, Job.id]
    with pytest.raises(QueryError, match="6 terms"):
        await jobs.order_by(*terms).page(size=2)
    assert world.asked == []


async def test_a_page_of_dicts_is_read_as_sent_and_keeps_cursors_out_of_a_select(world, jobs):
    page = await jobs.dicts().order_by(Job.release_name).page(size=2)
    assert page.rows == [{"Id": 3, "State": "Faulted", "ReleaseName": "r0"}, {"Id": 6, "State": "Faulted", "ReleaseName": "r0"}]  # fmt: skip
    chosen = await jobs.dicts().select(Job.state).page(size=2)
    assert world.asked[-1]["$select"] == "State,Id"
    assert chosen.rows[0] == {"State": "Faulted", "ReleaseName": "r1"}
    assert b'"Id"' not in chosen.to_json()
    with pytest.raises(QueryError, match=r"use dicts\(\)"):
        await jobs.raw().page()


async def test_pages_of_rows_with_other_keys_than_the_last_are_read_as_well(world, jobs):
    one = await jobs.page(size=2)
    world.rows = [{"Id": "x"}]
    with pytest.raises(DecodeError, match=r"Job\.Id"):
        await jobs.page(size=2)
    world.rows = [{"Id": 1, "Robot": {"Name": "r"}, "New": 1}]
    other = await jobs.page(size=2)
    assert (other.rows[0].robot.name, other.rows[0].extra) == ("r", {"New": 1})
    assert ids(one) == [1, 2]
