"""Feeds of packages: processes and libraries, uploaded, listed by version, downloaded and removed."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data import nupkg
from uipath_odata.emulator.data.nupkg import Package
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http import multipart, parameters, storage
from uipath_odata.emulator.http.answers import (
    ALREADY_EXISTS,
    IN_USE,
    INVALID_REQUEST,
    Answer,
    Refusal,
    conflict,
    not_found,
)
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.world import Call, World

_BINARY = "application/octet-stream"
_FIELDS = {
    "Title": "title",
    "Description": "description",
    "Authors": "authors",
    "ReleaseNotes": "releaseNotes",
    "Tags": "tags",
    "ProjectUrl": "projectUrl",
    "LicenseUrl": "licenseUrl",
}


@answers("Libraries_UploadPackage", "Processes_UploadPackage")
def upload(world: World, call: Call) -> Answer:
    """Take packages: a list that says of each whether it was taken; 207 where the operation knows it and one was not."""
    results = [
        _taken(world, call.operation.set_name, part) for part in multipart.parts(call) if part.filename
    ]
    if not results:
        raise Refusal("The request has no file.", INVALID_REQUEST)
    whole = all(result["Status"] == "OK" for result in results)
    context = documents.context(call, "BulkItemDtoOfString")
    status = call.operation.status if whole else HTTPStatus.MULTI_STATUS
    return Answer(status, {"@odata.context": context, "value": results})


@answers("Libraries_DownloadPackageByKey", "Processes_DownloadPackageByKey")
def download(world: World, call: Call) -> Answer:
    """Return the bytes of a package as they were uploaded."""
    key = call.arguments["key"]
    found = storage.find(world, call.operation.set_name, key)
    if found is None:
        raise not_found(f"The package {key}")
    name = key.replace(":", ".")
    headers = {"Content-Type": _BINARY, "Content-Disposition": f'attachment; filename="{name}.nupkg"'}
    return Answer(content=found["content"], headers=headers)


@answers("Libraries_Get", "Processes_Get")
def latest(world: World, call: Call) -> Answer:
    """List each package in its latest version, on request those that a text is found in."""
    term = (parameters.text(call, "searchTerm") or "").lower()
    found = "odata_contains(lower(t.\"Id\" || ' ' || coalesce(t.\"Title\", '')), ?)"
    return listing(world, call, Sql('t."IsLatestVersion" IS NOT 0'), Sql(found, (term,)))


@answers("Libraries_GetVersionsByPackageid", "Processes_GetProcessVersionsByProcessid")
def versions(world: World, call: Call) -> Answer:
    """List all versions of a package."""
    (name,) = call.arguments.values()
    return listing(world, call, Sql('t."Id" = ? COLLATE NOCASE', (name,)))


@answers("Libraries_DeleteById", "Processes_DeleteById")
def remove(world: World, call: Call) -> Answer:
    """Remove one version of a package, or all of them; not those that a process runs."""
    set_name, key = call.operation.set_name, call.arguments["key"]
    where = '("Key" = ? OR "Id" = ?)'
    rows = world.store.find(set_name, where, key, key)
    if not rows:
        raise not_found(f"The package {key}")
    for row in rows:
        _require_unused(world, row)
        world.store.delete(world.schema.sets[set_name], row["Key"], None)
        world.store.connection.execute(
            "DELETE FROM _files WHERE place = ? AND path = ?", (set_name, row["Key"])
        )
    _mark_latest(world, set_name, rows[0]["Id"])
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Processes_GetArgumentsByKey")
def arguments(world: World, call: Call) -> Answer:
    """Return the arguments of a package, lists in JSON."""
    rows = world.store.find(call.operation.set_name, '"Key" = ?', call.arguments["key"])
    if not rows:
        raise not_found(f"The package {call.arguments['key']}")
    known = orjson.loads(rows[0]["Arguments"] or '{"Input": null, "Output": null}')
    return documents.single(call, "ArgumentMetadata", known)


@answers("PackageFeeds_GetFeeds")
def feeds(_: World, __: Call) -> Answer:
    """List the feeds: the tenant's own alone."""
    feed = {"id": "00000000-0000-0000-0000-000000000001", "name": "Orchestrator", "purpose": "Processes"}
    return Answer(body=[feed])


@answers("PackageFeeds_GetFolderFeed")
def feed_of_folder(_: World, __: Call) -> Answer:
    """Say that the folder has no feed of its own, by a bare null."""
    return Answer(content=b"null")


def _taken(world: World, set_name: str, part: multipart.Part) -> dict[str, Any]:
    try:
        package = nupkg.read(part.content)
    except ValueError as error:
        return _result(part.filename or "", "BadRequest", _error(str(error), INVALID_REQUEST))
    if world.store.find(set_name, '"Key" = ? COLLATE NOCASE', package.key):
        return _result(
            package.key, "Conflict", _error(f"The package {package.key} already exists.", ALREADY_EXISTS)
        )
    storage.put(world, set_name, package.key, part.content, _BINARY)
    world.store.create(world.schema.sets[set_name], _row(world, set_name, package, len(part.content)))
    _mark_latest(world, set_name, package.id)
    return _result(part.filename or "", "OK", {"Id": package.id, "Version": package.version})


def _row(world: World, set_name: str, package: Package, size: int) -> dict[str, SqlValue]:
    row: dict[str, SqlValue] = {column: package.fields.get(name) for column, name in _FIELDS.items()}
    row |= {
        "Key": package.key,
        "Id": package.id,
        "Title": row["Title"] or package.id,
        "Version": package.version,
        "Published": world.now,
    }
    if set_name == "Libraries":
        prerelease = "-" in package.version
        return row | {"Created": world.now, "PackageSize": size, "IsPrerelease": int(prerelease)}
    known = orjson.dumps(dict(package.arguments)).decode()
    return row | {"Arguments": known, "PackageType": "Process", "IsActive": 0}


def _mark_latest(world: World, set_name: str, name: str) -> None:
    rows = world.store.find(set_name, '"Id" = ?', name)
    newest = max((row["Version"] for row in rows), key=nupkg.precedence, default=None)
    for row in rows:
        world.store.change(set_name, row["Key"], {"IsLatestVersion": int(row["Version"] == newest)})


def _require_unused(world: World, row: Row) -> None:
    where = '"ProcessKey" = ? AND "ProcessVersion" = ?'
    if world.store.find("Releases", where, row["Id"], row["Version"]):
        raise conflict(f"The package {row['Key']} is used by a process.", IN_USE)


def _error(message: str, code: int) -> dict[str, Any]:
    return {"message": message, "errorCode": code}


def _result(key: str, status: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"Key": key, "Status": status, "Body": orjson.dumps(body).decode()}
