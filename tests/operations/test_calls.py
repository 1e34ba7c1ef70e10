"""How arguments become a request: keys, parameters, bodies; and what is refused before anything is sent."""

from __future__ import annotations

import datetime as dt
import json
from uuid import UUID

import numpy as np
import pytest

from uipath_odata import Instant
from uipath_odata.calls.operation import parameter_string
from uipath_odata.entities import Folder, QueueItemData, Release, Robot, StartProcess, TaskCreateRequest
from uipath_odata.errors import DecodeError, NotProven, QueryError

GUID = "E49C0012-EE01-45E4-884C-0CE1F2AA6FBB"


def _body(recorder):
    return json.loads(recorder.sent[-1].body)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("Id:1.0.0", "('Id%3A1.0.0')"),
        ("O'Brien/Söhne", "('O''Brien%2FS%C3%B6hne')"),
        ("a b+c%?#", "('a%20b%2Bc%25%3F%23')"),
        ("", "('')"),
        (5, "('5')"),
    ],
)
async def test_a_text_key_is_quoted_and_everything_in_it_encoded(key, path, scope, recorder):
    await scope(recorder).libraries.delete(key)
    assert recorder.sent[0].path == f"/odata/Libraries{path}"


@pytest.mark.parametrize("key", [UUID(GUID), GUID, GUID.lower()])
async def test_a_guid_key_is_bare_and_in_lower_case(key, scope, recorder):
    await scope(recorder).attachments.delete(key)
    assert recorder.sent[0].path == f"/odata/Attachments({GUID.lower()})"


async def test_a_key_that_is_no_guid_cannot_leave_its_place(scope, recorder):
    await scope(recorder).attachments.delete("1)/x?y=z")
    assert recorder.sent[0].path == "/odata/Attachments(1%29%2Fx%3Fy%3Dz)"


async def test_a_text_that_looks_like_a_guid_keeps_its_case(scope, recorder):
    # Storage tells the case of a file's name.
    await scope(recorder.answer({"Uri": "https://s.example.com/a"})).buckets.get_read_uri(5, path=GUID)
    await scope(recorder).processes.delete(GUID)
    assert recorder.sent[0].query == f"path={GUID}"
    assert recorder.sent[1].path == f"/odata/Processes('{GUID}')"


async def test_a_guid_is_in_lower_case_wherever_it_travels(scope, recorder):
    await scope(recorder.answer({"value": []})).processes.with_parameters(feed_id=GUID).top(1).to_list()
    await scope(recorder).alerts.raise_process_alert({"Message": "x"}, job_key=GUID)
    assert recorder.sent[0].query == f"feedId={GUID.lower()}&$top=1"
    assert recorder.sent[1].headers == {"X-UIPATH-JobKey": GUID.lower()}


@pytest.mark.parametrize("key", [None, "", 1.5, b"x", object()])
async def test_what_is_no_key_is_refused(key, scope, recorder):
    with pytest.raises(QueryError, match=r"key|parameter"):
        await scope(recorder).attachments.delete(key)
    assert not recorder.sent


@pytest.mark.parametrize("key", [None, "", "x", "5)/x", "1.0", " 5", "\u0665", True, 1.5, b"5", object()])
async def test_a_key_that_is_not_a_whole_number_is_refused_before_any_request(key, scope, recorder):
    tenant = scope(recorder)
    for ask in (
        tenant.robots.get,
        tenant.robots.delete,
        lambda key: tenant.jobs.stop_job(key, strategy="SoftStop"),
        lambda key: tenant.robots.update(key, name="x"),
        lambda key: tenant.robots.replace(key, {"Name": "x"}),
        lambda key: tenant.folders.get_users_for_folder(key, include_inherited=True).to_list(),
    ):
        with pytest.raises(QueryError, match=r"key of \w+\.\w+ is a whole number, not"):
            await ask(key)
    assert not recorder.sent


@pytest.mark.parametrize("key", [5, "5", np.int64(5)])
async def test_a_whole_number_is_a_key_in_any_form(key, scope, recorder):
    await scope(recorder).robots.delete(key)
    assert recorder.sent[0].path == "/odata/Robots(5)"


def test_parameters_are_written_by_their_kind():
    moment = dt.datetime(2024, 1, 31, 12, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    given = {
        "none": None,
        "flag": True,
        "number": 5,
        "guid": UUID(GUID),
        "text": "a b&c='d'+é",
        "list": ["x", "y"],
        "empty": [],
        "moment": moment,
        "instant": Instant.parse("2024-01-31T12:00:00.1234567Z"),
    }
    assert parameter_string(given) == (
        f"flag=true&number=5&guid={GUID.lower()}&text=a%20b%26c%3D%27d%27%2B%C3%A9&list=x&list=y"
        "&moment=2024-01-31T03%3A00%3A00Z&instant=2024-01-31T12%3A00%3A00.1234567Z"
    )


async def test_a_list_takes_its_own_parameters_beside_the_options(scope, recorder):
    jobs = scope(recorder.answer({"value": []})).jobs.with_parameters(
        mandatory_permissions=["Jobs.View", "Jobs.Edit"]
    )
    assert str(jobs.top(3).url).endswith(
        "/odata/Jobs?mandatoryPermissions=Jobs.View&mandatoryPermissions=Jobs.Edit&$top=3"
    )
    await jobs.top(3).to_list()
    assert recorder.sent[0].query == "mandatoryPermissions=Jobs.View&mandatoryPermissions=Jobs.Edit&$top=3"


async def test_a_mapping_becomes_the_text_that_a_property_holds(scope, recorder):
    arguments = {"when": dt.datetime(2024, 1, 31, tzinfo=dt.UTC), "camelCase": {"Nested": [1, None]}}
    text = '{"when":"2024-01-31T00:00:00Z","camelCase":{"Nested":[1,null]}}'
    jobs = scope(recorder).jobs
    for ask in (
        lambda: jobs.start_jobs(input_arguments=arguments),
        lambda: jobs.start_jobs(StartProcess(input_arguments=arguments)),
    ):
        with pytest.raises(DecodeError, match="empty"):
            await ask()
        assert _body(recorder) == {"startInfo": {"InputArguments": text}}


async def test_a_body_as_the_api_documents_it_is_not_wrapped_twice(scope, recorder):
    jobs, wanted = scope(recorder).jobs, {"startInfo": {"ReleaseKey": GUID}}
    for entity in (wanted, wanted["startInfo"], {"startInfo": StartProcess(release_key=GUID)}):
        with pytest.raises(DecodeError, match="empty"):
            await jobs.start_jobs(entity)
        assert _body(recorder) == wanted
    with pytest.raises(QueryError, match="did you mean 'ReleaseKey'"):
        await jobs.start_jobs({"startInfo": {"releaseKey": GUID}})


async def test_a_text_that_holds_json_is_sent_as_it_is(scope, recorder):
    await scope(recorder).releases.update(5, input_arguments=' {"a" : 1}')
    assert _body(recorder) == {"InputArguments": ' {"a" : 1}'}


async def test_an_update_takes_mappings_for_texts_too(scope, recorder):
    await scope(recorder).releases.update(5, {"Description": None}, input_arguments={"a": 1})
    assert _body(recorder) == {"Description": None, "InputArguments": '{"a":1}'}


async def test_free_parts_keep_their_keys_and_annotations(scope, recorder):
    content = {"Type": "Customer", "name@odata.type": "#String", "name": "Ada", "deep": {"camelCase": None}}
    with pytest.raises(DecodeError):
        await scope(recorder).queues.add_queue_item(name="q", specific_content=content)
    assert _body(recorder) == {"itemData": {"Name": "q", "SpecificContent": content}}


async def test_what_only_the_server_sends_is_not_sent_back(scope, recorder):
    await scope(recorder).folders.replace(5, Folder(display_name="x", is_personal=False))
    assert _body(recorder) == {"Id": 5, "DisplayName": "x"}


async def test_the_key_of_the_path_fills_the_key_of_the_body(scope, recorder):
    robots, runtimes = scope(recorder).robots, scope(recorder).licenses_runtime
    await robots.replace(749, Robot(name="x"))
    assert _body(recorder) == {"Id": 749, "Name": "x"}
    await robots.replace(749, {"Name": "x", "Id": 750})
    assert _body(recorder) == {"Id": 750, "Name": "x"}
    await runtimes.toggle_enabled("k", robot_type="Unattended", enabled=True)
    assert _body(recorder) == {"key": "k", "robotType": "Unattended", "enabled": True}


async def test_a_body_without_a_key_gets_none(scope, recorder):
    await scope(recorder).queue_items.replace(7, QueueItemData(name="q"))
    assert _body(recorder) == {"Name": "q"}


async def test_a_row_that_was_read_under_a_select_replaces_nothing(scope, recorder):
    recorder.answer({"value": [{"Id": 5}]})
    releases = scope(recorder).releases
    release = await releases.select(Release.id).top(1).one()
    with pytest.raises(QueryError, match=r"read it whole with get\(key\)"):
        await releases.replace(5, release)
    assert len(recorder.sent) == 1


async def test_the_whole_object_and_its_values_are_alternatives(scope, recorder):
    with pytest.raises(QueryError, match="either the whole StartProcess or release_key"):
        await scope(recorder).jobs.start_jobs(StartProcess(), release_key="e")
    assert not recorder.sent


async def test_a_value_that_is_required_is_named(scope, recorder):
    tasks = scope(recorder).generic_tasks
    with pytest.raises(QueryError, match="title is missing: give it, or the whole TaskCreateRequest"):
        await tasks.create_task()
    with pytest.raises(DecodeError):
        await tasks.create_task(TaskCreateRequest())
    assert _body(recorder) == {}


async def test_an_answer_that_cannot_be_read_is_asked_for_once_more_unless_it_was_a_write(scope, recorder):
    recorder.answer(b"{").answer({"Id": 5})
    robots = scope(recorder).robots
    assert (await robots.get(5)).id == 5
    assert len(recorder.sent) == 2
    recorder.answer(b"{")
    with pytest.raises(DecodeError) as caught:
        await robots.create(Robot(name="x"))
    assert caught.value.may_have_happened
    assert len(recorder.sent) == 3


async def test_r60_nobody_is_told_to_repeat_a_write_whose_answer_cannot_be_read(scope, recorder):
    jobs = scope(recorder.answer(b"", 201)).jobs
    with pytest.raises(DecodeError) as caught:
        await jobs.start_jobs(release_key=GUID)
    assert str(caught.value) == (
        "Jobs.StartJobs was answered with HTTP 201, but the body is empty where JSON was expected:"
        " look for its effect before you repeat it"
    )
    assert len(recorder.sent) == 1


async def test_a_replacement_that_is_answered_with_a_page_may_have_happened(scope, recorder):
    recorder.answer(b"<html>").answer(b"<html>")
    with pytest.raises(DecodeError) as caught:
        await scope(recorder).robots.replace(5, Robot(name="x"))
    assert caught.value.may_have_happened
    assert len(recorder.sent) == 2


CHANGES = {"value": [{"MachineId": 1}, {"MachineId": 2}, {"MachineId": 3}]}


async def test_a_list_that_takes_no_top_comes_with_one_request(scope, recorder):
    query = scope(recorder).folders.get_move_folder_machines_changes(folder_id=5, target_parent_id=6)
    recorder.answer(CHANGES).answer(CHANGES).answer(CHANGES).answer(CHANGES)
    assert [row["MachineId"] async for row in query.dicts()] == [1, 2, 3]
    assert [row["MachineId"] for row in await query.skip(1).top(1).dicts().to_list()] == [2]
    assert (await query.dicts().first())["MachineId"] == 1
    assert await query.count() == 3
    assert {request.query for request in recorder.sent} == {"folderId=5&targetParentId=6"}
    assert len(recorder.sent) == 4


async def test_a_list_that_comes_whole_is_proven(scope, recorder):
    recorder.answer(CHANGES)
    query = scope(recorder).folders.get_move_folder_machines_changes(folder_id=5, target_parent_id=6)
    async with query.exact().stream() as rows:
        assert len([row async for row in rows]) == 3
    assert rows.report.proven


async def test_a_list_that_should_come_whole_and_does_not_is_refused(scope, recorder):
    recorder.answer({**CHANGES, "@odata.nextLink": "x"})
    query = scope(recorder).folders.get_move_folder_machines_changes(folder_id=5, target_parent_id=6)
    with pytest.raises(NotProven, match="narrow the filter"):
        await query.to_list()


def test_the_scopes_that_calls_need_are_named_once_and_as_narrow_as_may_be(scope, recorder):
    tenant = scope(recorder)
    calls = (
        tenant.jobs.start_jobs,
        tenant.jobs.stop_jobs,
        tenant.robots.get,
        tenant.robots,
        tenant.status.get,
    )
    assert tenant.required_scopes(*calls) == ("OR.Jobs.Write", "OR.Robots.Read")
    assert tenant.required_scopes(tenant.robots.get_robots_for_process("x")) == ("OR.Robots.Read",)
    assert tenant.required_scopes() == ()


@pytest.mark.parametrize("other", [print, "Jobs.StartJobs", None])
def test_the_scopes_of_something_else_are_refused(other, scope, recorder):
    with pytest.raises(QueryError, match=r"give a method such as orchestrator\.jobs\.start_jobs"):
        scope(recorder).required_scopes(other)
