"""What suspended jobs wait for: an inbox takes a payload, which resumes the job."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import Answer, Refusal, not_found
from uipath_odata.emulator.life import jobs
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import matching
from uipath_odata.emulator.world import Call, World

_SET = "JobTriggers"


@answers("JobTriggers_GetByJobKey")
def of_job(world: World, call: Call) -> Answer:
    """List what the job with this GUID waits for."""
    found = matching(world, "Jobs", Sql('"Key" = ?', (call.arguments["jobKey"].lower(),)), call.folder)
    if not found:
        raise not_found(f"The job {call.arguments['jobKey']}")
    return listing(world, call, Sql('t."JobId" = ?', (found[0]["Id"],)))


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
