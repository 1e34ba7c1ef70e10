"""Buckets and the files in them, which lie in the emulator's own storage."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http import parameters, storage
from uipath_odata.emulator.http.answers import Answer, Refusal, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import entity
from uipath_odata.emulator.rows.records import existing, matching, of_path
from uipath_odata.emulator.rows.writes import delete as delete_entity
from uipath_odata.emulator.world import Call, World

_MINUTES = 30
_MOST_LISTED = 1000
_DIRECTORY_TYPE = "application/x-directory"


@answers("Buckets_GetReadUriByKey")
def read_uri(world: World, call: Call) -> Answer:
    """Return the address at which a file of the bucket can be read for a while."""
    bucket = of_path(world, call)
    path = _path(parameters.needed(call, "path"))
    _file(world, bucket, path)
    return documents.single(call, "BlobFileAccessDto", _access(world, call, bucket, path, "GET"))


@answers("Buckets_GetWriteUriByKey")
def write_uri(world: World, call: Call) -> Answer:
    """Return the address at which a file of the bucket can be written for a while."""
    bucket = of_path(world, call)
    _require_writable(bucket)
    path = _path(parameters.needed(call, "path"))
    return documents.single(call, "BlobFileAccessDto", _access(world, call, bucket, path, "PUT"))


@answers("Buckets_GetFilesByKey")
def files(world: World, call: Call) -> Answer:
    """List the files of a directory, or of all below it."""
    bucket, directory = of_path(world, call), _directory(call)
    everywhere = parameters.truth(call, "recursive")
    glob = parameters.text(call, "fileNameGlob") or "*"
    rows = [
        _shown(found)
        for found in _below(world, bucket, directory)
        if (everywhere or posixpath.dirname(found["path"]) == directory.rstrip("/"))
        and fnmatchcase(posixpath.basename(found["path"]), glob)
    ]
    return documents.listing(world, call, "BlobFileDto", rows)


@answers("Buckets_GetDirectoriesByKey")
def directories(world: World, call: Call) -> Answer:
    """List the directories within a directory."""
    bucket, directory = of_path(world, call), _directory(call)
    glob = parameters.text(call, "fileNameGlob") or "*"
    below = (found["path"][len(directory) :] for found in _below(world, bucket, directory))
    names = sorted({path.partition("/")[0] for path in below if "/" in path})
    rows = [_directory_shown(directory + name) for name in names if fnmatchcase(name, glob)]
    return documents.listing(world, call, "BlobFileDto", rows)


@answers("Buckets_GetFileByKey")
def file(world: World, call: Call) -> Answer:
    """Describe one file."""
    bucket = of_path(world, call)
    found = _file(world, bucket, _path(parameters.needed(call, "path")))
    return documents.single(call, "BlobFileDto", _shown(found))


@answers("Buckets_DeleteFileByKey")
def delete_file(world: World, call: Call) -> Answer:
    """Remove one file."""
    bucket = of_path(world, call)
    _require_writable(bucket)
    found = _file(world, bucket, _path(parameters.needed(call, "path")))
    world.store.connection.execute(
        "DELETE FROM _files WHERE place = ? AND path = ?", (found["place"], found["path"])
    )
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Buckets_ListFilesById")
def list_files(world: World, call: Call) -> Answer:
    """List files by the beginning of their paths, each with the address to read it at, page by page."""
    bucket = existing(world, "Buckets", int(call.arguments["id"]), call.folder)
    after = _path(parameters.text(call, "continuationToken") or "")
    take = min(parameters.number(call, "takeHint") or _MOST_LISTED, _MOST_LISTED)
    found = [
        each
        for each in _below(world, bucket, _path(parameters.text(call, "prefix") or ""))
        if each["path"] > after
    ]
    items = [_item(world, call, bucket, each) for each in found[:take]]
    return Answer(
        body={"items": items, "continuationToken": found[take - 1]["path"] if len(found) > take else None}
    )


@answers("Buckets_GetByKey")
def by_identifier(world: World, call: Call) -> Answer:
    """Return the bucket with this GUID."""
    identifier = call.arguments["identifier"].lower()
    found = matching(world, "Buckets", Sql('"Identifier" = ? COLLATE NOCASE', (identifier,)), call.folder)
    if not found:
        raise not_found(f"The bucket {identifier}")
    return entity(world, call, "Buckets", found[0]["Id"])


@answers("Buckets_DeleteById")
def delete(world: World, call: Call) -> Answer:
    """Remove a bucket with its files."""
    bucket = of_path(world, call)
    world.store.connection.execute("DELETE FROM _files WHERE place = ?", (_place(bucket),))
    return delete_entity(world, call)


def _access(world: World, call: Call, bucket: Row, path: str, verb: str) -> dict[str, Any]:
    """Files of a bucket that is read through Orchestrator are at an address of Orchestrator's, with its token."""
    through = world.settings.storage_requires_auth or bucket["Options"] == "AccessDataThroughOrchestrator"
    minutes = parameters.number(call, "expiryInMinutes") or _MINUTES
    return storage.access(world, call.root if through else call.origin, _place(bucket), path, verb, minutes)


def _item(world: World, call: Call, bucket: Row, found: Row) -> dict[str, Any]:
    return {
        "fullPath": f"/{found['path']}",
        "contentType": found["type"],
        "size": len(found["content"]),
        "lastModified": ticks.text(found["modified"]),
        "accessInfo": _access(world, call, bucket, found["path"], "GET"),
    }


def _below(world: World, bucket: Row, beginning: str) -> Iterator[Row]:
    where = "place = ? AND substr(path, 1, length(?)) = ? ORDER BY path"
    return iter(world.store.find("_files", where, _place(bucket), beginning, beginning))


def _file(world: World, bucket: Row, path: str) -> Row:
    found = storage.find(world, _place(bucket), path)
    if found is None:
        raise not_found(f"The file {path}")
    return found


def _shown(found: Row) -> dict[str, Any]:
    return {
        "FullPath": found["path"],
        "ContentType": found["type"],
        "Size": len(found["content"]),
        "IsDirectory": False,
        "Id": found["path"],
    }


def _directory_shown(path: str) -> dict[str, Any]:
    return {"FullPath": path, "ContentType": _DIRECTORY_TYPE, "Size": 0, "IsDirectory": True, "Id": path}


def _require_writable(bucket: Row) -> None:
    if bucket["Options"] == "ReadOnly":
        raise Refusal(
            f"The bucket {bucket['Name']} is read-only: BucketIsReadOnly.", status=HTTPStatus.FORBIDDEN
        )


def _directory(call: Call) -> str:
    """Return the directory as the beginning of the paths in it: empty for the root, else with a slash at its end."""
    path = _path(parameters.text(call, "directory") or "")
    return f"{path.rstrip('/')}/" if path else ""


def _path(text: str) -> str:
    return text.replace("\\", "/").lstrip("/")


def _place(bucket: Row) -> str:
    return f"bucket-{bucket['Id']}"
