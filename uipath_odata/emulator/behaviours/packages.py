"""Feeds of packages: processes and libraries, uploaded, listed by version, downloaded and removed."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.behaviours import feeds, releases
from uipath_odata.emulator.data import nupkg
from uipath_odata.emulator.data.nupkg import Package
from uipath_odata.emulator.data.places import FEED
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
    feed = _feed(world, call)
    results = [_taken(world, feed, part) for part in multipart.parts(call) if part.filename]
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
    found = storage.find(world, _feed(world, call).files, key)
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
    return _listed(world, call, Sql('t."IsLatestVersion" IS NOT 0'), Sql(found, (term,)))


@answers("Libraries_GetVersionsByPackageid", "Processes_GetProcessVersionsByProcessid")
def versions(world: World, call: Call) -> Answer:
    """List all versions of a package."""
    (name,) = call.arguments.values()
    return _listed(world, call, Sql('t."Id" = ? COLLATE NOCASE', (name,)))


@answers("Libraries_DeleteById", "Processes_DeleteById")
def remove(world: World, call: Call) -> Answer:
    """Remove one version of a package, or all of them; not those that a process runs."""
    feed, key = _feed(world, call), call.arguments["key"]
    rows = feed.find(world, '("Key" = ? OR "Id" = ?)', key, key)
    if not rows:
        raise not_found(f"The package {key}")
    for row in rows:
        _require_unused(world, row)
        feed.run(world, "DELETE FROM", row["Key"])
        world.store.connection.execute(
            "DELETE FROM _files WHERE place = ? AND path = ?", (feed.files, row["Key"])
        )
    _mark_latest(world, feed, rows[0]["Id"])
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Processes_GetArgumentsByKey")
def arguments(world: World, call: Call) -> Answer:
    """Return the arguments of a package, lists in JSON."""
    rows = world.store.find(call.operation.set_name, '"Key" = ?', call.arguments["key"])
    if not rows:
        raise not_found(f"The package {call.arguments['key']}")
    known = orjson.loads(rows[0]["Arguments"] or '{"Input": null, "Output": null}')
    return documents.single(call, "ArgumentMetadata", known)


@attrs.frozen
class _Feed:
    """A set of packages, and the folder whose feed it is; None: the tenant's."""

    set_name: str
    folder: int | None

    @property
    def files(self) -> str:
        """The place of its packages in the storage."""
        return self.set_name if self.folder is None else f"{self.set_name} {self.folder}"

    def find(self, world: World, where: str, *parameters: SqlValue) -> list[Row]:
        """Return its packages that a condition leaves."""
        return world.store.find(self.set_name, f"{FEED} IS ? AND {where}", self.folder, *parameters)

    def run(self, world: World, verb: str, key: str, change: str = "", *parameters: SqlValue) -> None:
        """Change or remove one package."""
        statement = f'{verb} "{self.set_name}" {change} WHERE {FEED} IS ? AND "Key" = ?'
        world.store.connection.execute(statement, (*parameters, self.folder, key))


def _feed(world: World, call: Call) -> _Feed:
    return _Feed(call.operation.set_name, feeds.asked(world, call))


def _listed(world: World, call: Call, *conditions: Sql) -> Answer:
    """List packages of a feed; the folder of the request does not count."""
    feed = Sql(f"t.{FEED} IS ?", (feeds.asked(world, call),))
    return listing(world, attrs.evolve(call, folder=None), feed, *conditions)


def _taken(world: World, feed: _Feed, part: multipart.Part) -> dict[str, Any]:
    try:
        package = nupkg.read(part.content)
    except ValueError as error:
        return _result(part.filename or "", "BadRequest", _error(str(error), INVALID_REQUEST))
    if feed.find(world, '"Key" = ? COLLATE NOCASE', package.key):
        return _result(
            package.key, "Conflict", _error(f"The package {package.key} already exists.", ALREADY_EXISTS)
        )
    storage.put(world, feed.files, package.key, part.content, _BINARY)
    row = _row(world, feed.set_name, package, len(part.content))
    world.store.create(world.schema.sets[feed.set_name], row | {FEED: feed.folder})
    _mark_latest(world, feed, package.id)
    if feed.folder is not None and world.store.find("PersonalWorkspaces", '"Id" = ?', feed.folder):
        releases.publish(world, package.id, package.version, feed.folder)
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


def _mark_latest(world: World, feed: _Feed, name: str) -> None:
    rows = feed.find(world, '"Id" = ?', name)
    newest = max((row["Version"] for row in rows), key=nupkg.precedence, default=None)
    for row in rows:
        feed.run(world, "UPDATE", row["Key"], 'SET "IsLatestVersion" = ?', int(row["Version"] == newest))


def _require_unused(world: World, row: Row) -> None:
    where = '"ProcessKey" = ? AND "ProcessVersion" = ?'
    if world.store.find("Releases", where, row["Id"], row["Version"]):
        raise conflict(f"The package {row['Key']} is used by a process.", IN_USE)


def _error(message: str, code: int) -> dict[str, Any]:
    return {"message": message, "errorCode": code}


def _result(key: str, status: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"Key": key, "Status": status, "Body": orjson.dumps(body).decode()}
