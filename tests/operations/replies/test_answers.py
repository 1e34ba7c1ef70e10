"""What comes back beside plain entities: envelopes, empty bodies, null, failures with a status of success, files."""

from __future__ import annotations

from uuid import UUID

import pytest

from uipath_odata.entities import CredentialsProxyResource, FailedQueueItem, Job, QueueItem, TaskData
from uipath_odata.errors import DecodeError, ItemsFailed

GUID = UUID("e49c0012-ee01-45e4-884c-0ce1f2aa6fbb")
FAILED = {
    "Success": False,
    "Message": "One item is there already",
    "FailedItems": [{"Ordinal": 2, "ErrorCode": "DuplicateReference", "ErrorMessage": "Reference r"}],
}


async def test_started_jobs_come_in_an_envelope(scope, recorder):
    jobs = await scope(recorder.answer({"value": [{"Id": 5}, {"Id": 6}]}, 201)).jobs.start_jobs(
        release_key="e"
    )
    assert jobs == [Job(id=5), Job(id=6)]


async def test_a_scalar_comes_in_an_envelope_or_bare(scope, recorder):
    recorder.answer({"@odata.context": "…", "value": True}).answer(b"true")
    calendars = scope(recorder).calendars
    assert await calendars.calendar_exists(calendar_name="x") is True
    assert await calendars.calendar_exists(calendar_name="x") is True


async def test_a_list_of_scalars_is_awaited(scope, recorder):
    recorder.answer({"value": [1, "9007199254740993"]})
    schedules = scope(recorder).process_schedules
    assert await schedules.get_robot_ids_for_schedule(key=1) == [1, 9007199254740993]


async def test_a_bare_json_string_or_null_is_a_key_or_none(scope, recorder):
    recorder.answer(f'"{GUID}"'.encode()).answer(b"null")
    feeds = scope(recorder).package_feeds
    assert await feeds.get_folder_feed(folder_id=5) == GUID
    assert await feeds.get_folder_feed(folder_id=5) is None


async def test_nothing_to_do_is_none(scope, recorder):
    recorder.answer(b"", 204).answer({"Id": 7}, 200)
    queues = scope(recorder).queues
    assert await queues.start_transaction(name="q") is None
    assert await queues.start_transaction(name="q") == QueueItem(id=7)


@pytest.mark.parametrize("body", [b"", b"null", b"OK", b'"done"', b'{"value": null}'])
@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_an_answer_to_what_brings_nothing_may_be_anything_harmless(body, status, scope, recorder):
    assert await scope(recorder.answer(body, status)).alerts.raise_process_alert({"Message": "m"}) is None


async def test_a_page_in_answer_to_a_write_is_no_success(scope, recorder):
    recorder.answer(b"\xef\xbb\xbf<html>Sign in</html>")
    with pytest.raises(DecodeError, match="Sign in") as caught:
        await scope(recorder).robots.delete_bulk(robot_ids=[119, 120])
    assert caught.value.may_have_happened
    assert len(recorder.sent) == 1


async def test_a_map_may_have_a_key_named_value(scope, recorder):
    recorder.answer({"value": "Wert", "Name": "Name"})
    assert await scope(recorder).translations.get_translations(lang="de") == {"value": "Wert", "Name": "Name"}


async def test_a_map_in_an_envelope_is_opened(scope, recorder):
    recorder.answer({"@odata.context": "…", "value": {"5": True, "6": False}})
    assert await scope(recorder).users.validate(user_ids=[5, 6]) == {"5": True, "6": False}
    assert recorder.sent[0].path.endswith("Validate(userIds=[5,6])")


async def test_free_parts_keep_the_case_of_their_keys(scope, recorder):
    content = {"customerName": "Ada", "Amount@odata.type": "#Decimal", "Amount": 1.5}
    recorder.answer({"value": [{"Id": 1, "SpecificContent": content, "Output": None}]})
    item = await scope(recorder).queue_items.top(1).one()
    assert item.specific_content == content


async def test_a_text_that_holds_json_stays_as_sent(scope, recorder):
    recorder.answer({"Id": 1, "InputArguments": '{ "a" : 1 }'})
    assert (await scope(recorder).jobs.get(1)).input_arguments == '{ "a" : 1 }'


async def test_enum_numbers_are_kept(scope, recorder):
    recorder.answer({"status": 0, "type": 1, "id": 1378, "data": None}, 201)
    task = await scope(recorder).generic_tasks.create_task(title="t")
    assert task == TaskData(status=0, type=1, id=1378)


async def test_failed_items_of_a_bulk_operation_are_carried(scope, recorder):
    recorder.answer(FAILED)
    with pytest.raises(
        ItemsFailed, match=r"One item is there already \(item 2: Reference r\): see failed_items"
    ) as caught:
        await scope(recorder).queues.bulk_add_queue_items(queue_name="q", commit_type="StopOnFirstFailure")
    item = FailedQueueItem(ordinal=2, error_code="DuplicateReference", error_message="Reference r")
    assert caught.value.failed_items == [item]
    assert caught.value.may_have_happened


async def test_failed_keys_are_carried_as_the_schema_has_them(scope, recorder):
    recorder.answer({"Success": False, "Message": None, "FailedItems": [str(GUID)]})
    with pytest.raises(ItemsFailed, match="some items failed") as caught:
        await scope(recorder).releases.update_to_latest_package_version_bulk_by_key(release_keys=[GUID])
    assert caught.value.failed_items == [GUID]


async def test_failed_items_that_the_schema_does_not_know_are_carried_as_sent(scope, recorder):
    recorder.answer({"Success": False, "FailedItems": "all"})
    with pytest.raises(ItemsFailed) as caught:
        await scope(recorder).releases.update_to_latest_package_version_bulk_by_key(release_keys=[GUID])
    assert caught.value.failed_items == "all"


async def test_a_bulk_operation_that_did_everything_gives_its_answer(scope, recorder):
    recorder.answer({"Success": True, "Message": None, "FailedItems": []})
    answer = await scope(recorder).queue_items.delete_bulk(queue_items=[])
    assert (answer.success, answer.failed_items) == (True, [])


async def test_several_statuses_in_one_answer_carry_what_failed(scope, recorder):
    failures = {"7": {"Message": "no such schedule", "ErrorCode": 1002}}
    recorder.answer(failures, 207)
    with pytest.raises(ItemsFailed) as caught:
        await scope(recorder).process_schedules.set_enabled(enabled=True, schedule_ids=[7])
    assert caught.value.failed_items == failures


async def test_the_envelope_of_older_servers_may_say_failure(scope, recorder):
    recorder.answer({"success": False, "error": {"message": "no"}, "__abp": True})
    with pytest.raises(ItemsFailed):
        await scope(recorder).folders.delete_by_key(key=GUID)


async def test_a_file_comes_as_its_bytes(scope, recorder):
    recorder.answer(b"PK\x03\x04\x00\xff")
    assert await scope(recorder).processes.download_package(key="Id:1.0.0") == b"PK\x03\x04\x00\xff"
    assert recorder.sent[0].path.endswith("DownloadPackage(key='Id%3A1.0.0')")


async def test_a_wrong_scalar_is_refused_by_its_place(scope, recorder):
    recorder.answer({"value": [1, None]}).answer({"value": [1, None]})
    with pytest.raises(DecodeError, match="value/1 is NoneType, not int"):
        await scope(recorder).process_schedules.get_robot_ids_for_schedule(key=1)


async def test_a_list_function_reads_its_rows_as_its_own_entity(scope, recorder):
    recorder.answer({"value": [{"Id": 5}]})
    stores = scope(recorder).credential_stores
    rows = stores.get_resources_for_credentials_proxy_resource_types(key=5, resource_type="CredentialStore")
    assert await rows.top(1).to_list() == [CredentialsProxyResource(id=5)]
