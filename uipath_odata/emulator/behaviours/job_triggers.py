"""What suspended jobs wait for: an inbox takes a payload, which resumes the job."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import Answer, Refusal, not_found
from uipath_odata.emulator.life import jobs
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.objects import of_row
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing, matching
from uipath_odata.emulator.world import Call, World

_SET = "JobTriggers"
_THINGS = {"Tasks": "Title", "QueueItems": "Reference", "Jobs": "ReleaseName"}
"""What a job may wait for, with the column that names it."""


@answers("JobTriggers_GetByJobKey")
def of_job(world: World, call: Call) -> Answer:
    """List what the job with this GUID waits for."""
    found = matching(world, "Jobs", Sql('"Key" = ?', (call.arguments["jobKey"].lower(),)), call.folder)
    if not found:
        raise not_found(f"The job {call.arguments['jobKey']}")
    return listing(world, call, Sql('t."JobId" = ?', (found[0]["Id"],)))


@answers("JobTriggers_GetWithWaitEventsByJobid")
def with_wait_events(world: World, call: Call) -> Answer:
    """List what a job waits for, each with the thing itself: the task, the queue item or the job."""
    job = existing(world, "Jobs", int(call.arguments["jobId"]), call.folder)
    triggers = world.store.find(_SET, '"JobId" = ? ORDER BY "Id"', job["Id"])
    rows = [_with_thing(world, trigger) for trigger in triggers]
    return documents.listing(world, call, "JobTriggerWithWaitEventsDto", rows)


@answers("JobTriggers_DeliverPayloadByInboxid")
def deliver(world: World, call: Call) -> Answer:
    """Put a payload into an inbox and resume the job that waits for it; 208 where one was delivered before."""
    inbox = call.arguments["inboxId"].lower()
    try:
        payload: Any = orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise Refusal("payload must not be null", hint="the body is not JSON") from error
    if world.store.find("_inboxes", "inbox = ?", inbox):
        return Answer(HTTPStatus.ALREADY_REPORTED)
    world.store.connection.execute(
        "INSERT INTO _inboxes VALUES (?, ?)", (inbox, orjson.dumps(payload).decode())
    )
    for trigger in world.store.find(_SET, '"ItemKey" = ?', inbox):
        world.store.change(_SET, trigger["Id"], {"Status": "Fired"})
        for job in world.store.find("Jobs", '"Id" = ? AND "State" = \'Suspended\'', trigger["JobId"]):
            jobs.resume(world, job)
    return Answer(HTTPStatus.ACCEPTED)


@answers("JobTriggers_GetPayloadByInboxid")
def payload(world: World, call: Call) -> Answer:
    """Return what was delivered to an inbox."""
    found = world.store.find("_inboxes", "inbox = ?", call.arguments["inboxId"].lower())
    if not found:
        raise not_found(f"A payload of the inbox {call.arguments['inboxId']}")
    return attrs.evolve(Answer(), content=found[0]["payload"].encode())


def _with_thing(world: World, trigger: Row) -> dict[str, Any]:
    shown = of_row(world, _SET, trigger, "JobTriggerWithWaitEventsDto")
    for set_name, column in _THINGS.items():
        for thing in world.store.find(
            set_name, '"Id" = ? OR "Key" = ?', trigger["ItemId"], trigger["ItemKey"]
        ):
            user = thing.get("AssignedToUserId")
            return shown | {"ItemName": thing[column], "AssignedToUserId": user, **_user(world, user)}
    return shown


def _user(world: World, user: int | None) -> dict[str, Any]:
    found = world.store.find("Users", '"Id" = ?', user)
    return {name: found[0][name] for name in ("Name", "Surname", "UserName", "EmailAddress")} if found else {}
