"""Recordings of jobs: files beside them, which robots upload."""

from __future__ import annotations

from http import HTTPStatus

from uipath_odata.emulator.http import storage
from uipath_odata.emulator.http.answers import Answer, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SET = "ExecutionMedia"


@answers("ExecutionMedia_DownloadMediaByJobId")
def download(world: World, call: Call) -> Answer:
    """Return the recording of a job: the file of its row in the storage, or 404."""
    job = existing(world, "Jobs", int(call.arguments["jobId"]), call.folder)["Id"]
    media = world.store.find(_SET, '"JobId" = ? ORDER BY "Id"', job)
    found = storage.find(world, _SET, media[0]["StorageLocation"] or "") if media else None
    if found is None:
        raise not_found(f"A recording of the job {job}")
    return Answer(content=found["content"], headers={"Content-Type": found["type"]})


@answers("ExecutionMedia_DeleteMediaByJobId")
def delete(world: World, call: Call) -> Answer:
    """Remove the recordings of a job with their files."""
    job = existing(world, "Jobs", body_of(world, call).get("jobId"), call.folder)["Id"]
    for media in world.store.find(_SET, '"JobId" = ?', job):
        world.store.connection.execute(
            "DELETE FROM _files WHERE place = ? AND path = ?", (_SET, media["StorageLocation"])
        )
        world.store.delete(world.schema.sets[_SET], media["Id"], None)
    return Answer(HTTPStatus.NO_CONTENT)
