"""Attachments: files beside jobs, written and read at addresses of the storage, and linked to jobs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http import parameters, storage
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.life import arguments
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.reads import listing, single
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of, create
from uipath_odata.emulator.rows.writes import delete as delete_entity
from uipath_odata.emulator.world import Call, World

_SET = "Attachments"


@answers("Attachments_Get")
def attachments(world: World, call: Call) -> Answer:
    """List attachments, each with the address to read its file at."""
    answer = listing(world, call)
    rows = [
        row | _access(world, call, row["Id"], "GET") if "Id" in row else row for row in answer.body["value"]
    ]
    return Answer(body=answer.body | {"value": rows})


@answers("Attachments_GetById")
def attachment(world: World, call: Call) -> Answer:
    """Return an attachment with the address to read its file at."""
    answer = single(world, call)
    return Answer(body=answer.body | _access(world, call, call.arguments["key"].lower(), "GET"))


@answers("Attachments_Post")
def add(world: World, call: Call) -> Answer:
    """Add an attachment: 201 with the address to write its file to."""
    answer = create(world, call)
    return Answer(answer.status, answer.body | _access(world, call, answer.body["Id"], "PUT"))


@answers("Attachments_DeleteById")
def delete(world: World, call: Call) -> Answer:
    """Remove an attachment with its file and its links to jobs."""
    key = call.arguments["key"].lower()
    world.store.connection.execute("DELETE FROM _files WHERE place = ?", (arguments.place(key),))
    world.store.connection.execute("DELETE FROM _job_attachments WHERE attachment = ?", (key,))
    return delete_entity(world, call)


@answers("JobAttachments_Post")
def link(world: World, call: Call) -> Answer:
    """Link an attachment to a job."""
    sent = body_of(world, call)
    key, job = str(sent.get("attachmentId") or "").lower(), str(sent.get("jobKey") or "").lower()
    existing(world, _SET, key)
    number = world.guid()
    values = (number, key, job, sent.get("category"), world.now)
    world.store.connection.execute("INSERT INTO _job_attachments VALUES (?, ?, ?, ?, ?)", values)
    (made,) = world.store.find("_job_attachments", "id = ?", number)
    return Answer(HTTPStatus.CREATED, _shown(world, made))


@answers("JobAttachments_GetByJobKey")
def of_job(world: World, call: Call) -> Answer:
    """List the attachments of a job."""
    job = parameters.needed(call, "jobKey").lower()
    return Answer(body=[_shown(world, each) for each in world.store.find("_job_attachments", "job = ?", job)])


def _shown(world: World, link_: Row) -> dict[str, Any]:
    return {
        "attachmentId": link_["attachment"],
        "jobKey": link_["job"],
        "category": link_["category"],
        "attachmentName": existing(world, _SET, link_["attachment"])["Name"],
        "creationTime": ticks.text(link_["created"]),
        "id": link_["id"],
    }


def _access(world: World, call: Call, key: str, verb: str) -> dict[str, Any]:
    root = call.root if world.settings.storage_requires_auth else call.origin
    return {"BlobFileAccess": storage.access(world, root, arguments.place(key), arguments.FILE, verb)}
