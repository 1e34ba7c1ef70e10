"""Processes, which the API calls releases: packages in a version that a folder runs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.behaviours import feeds
from uipath_odata.emulator.data import nupkg, ticks
from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.places import FEED, FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import Answer, Refusal, conflict, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, writes
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing, matching, of_path
from uipath_odata.emulator.rows.writes import body_of, create
from uipath_odata.emulator.world import Call, World

_SET = "Releases"


@answers("Releases_Post")
def add(world: World, call: Call) -> Answer:
    """Make a process of a package that the tenant's feed has."""
    sent = body_of(world, call)
    _require_package(world, sent["ProcessKey"], sent["ProcessVersion"], call.folder)
    assigned = _first_version(world, sent["Name"], sent["ProcessVersion"])
    return create(world, call, {"ProcessType": sent.get("ProcessType") or "Process", **assigned})


def publish(world: World, package: str, version: str, workspace: int) -> None:
    """Let the process of a package that was published to a personal workspace run it; make the process where there is none."""
    of_package = Sql('"ProcessKey" = ? COLLATE NOCASE', (package,))
    known = matching(world, _SET, of_package, workspace)
    if known:
        _run(world, known[0], version)
        return
    values: dict[str, SqlValue] = {
        "Name": package,
        "ProcessKey": package,
        "ProcessVersion": version,
        "ProcessType": "Process",
        "FeedId": feeds.identifier(world, workspace),
    }
    writes.add(world, _SET, values | _first_version(world, package, version), workspace)


answers("Releases_ListReleases")(listing)


@answers("Releases_DeleteByKey")
def remove_by_key(world: World, call: Call) -> Answer:
    """Remove the process with this GUID."""
    release = _by_key(world, parameters.needed(call, "key"), call.folder)
    world.store.delete(world.schema.sets[_SET], release["Id"], None)
    return Answer(HTTPStatus.NO_CONTENT)


@answers(
    "Releases_UpdateToLatestPackageVersionById", "Releases_UpdateToLatestPackageVersionByKeyByIdentifier"
)
def to_latest(world: World, call: Call) -> Answer:
    """Let a process run the latest version of its package."""
    return _answered(call, _to_latest(world, _release(world, call)))


@answers(
    "Releases_UpdateToSpecificPackageVersionById", "Releases_UpdateToSpecificPackageVersionByKeyByIdentifier"
)
def to_specific(world: World, call: Call) -> Answer:
    """Let a process run a version of its package."""
    release, version = _release(world, call), str(body_of(world, call)["packageVersion"])
    _require_package(world, release["ProcessKey"], version, release[FOLDER])
    return _answered(call, _run(world, release, version))


@answers(
    "Releases_RollbackToPreviousReleaseVersionById",
    "Releases_RollbackToPreviousReleaseVersionByKeyByIdentifier",
)
def to_previous(world: World, call: Call) -> Answer:
    """Let a process run the version again that it ran before."""
    release = _release(world, call)
    versions = [
        each for each in orjson.loads(release["ReleaseVersions"] or "[]") if each.get("VersionNumber")
    ]
    if not versions[1:]:
        raise conflict(f"The process {release['Name']} has no previous version.")
    current, history = versions[1], versions[1:]
    changes = {"ProcessVersion": current["VersionNumber"], "CurrentVersion": _text(current)}
    world.store.change(_SET, release["Id"], {**changes, "ReleaseVersions": _text(history)})
    return _answered(call, release)


@answers("Releases_UpdateByKey")
def update_by_key(world: World, call: Call) -> Answer:
    """Change the version, entry point or arguments of a process."""
    sent = body_of(world, call)
    release = _by_key(world, sent["releaseKey"], call.folder)
    if sent.get("processVersion"):
        _require_package(world, release["ProcessKey"], sent["processVersion"], release[FOLDER])
        _run(world, release, sent["processVersion"])
    names = {"EntryPointPath": "entryPointPath", "InputArguments": "inputArgs"}
    changes: dict[str, SqlValue] = {column: sent[name] for column, name in names.items() if name in sent}
    if changes:
        world.store.change(_SET, release["Id"], changes)
    return Answer()


@answers("Releases_UpdateToLatestPackageVersionBulk", "Releases_UpdateToLatestPackageVersionBulkByKey")
def all_to_latest(world: World, call: Call) -> Answer:
    """Let several processes run the latest version; 200 in every case, with those that could not."""
    sent, failed = body_of(world, call), list[Any]()
    by_key = "releaseKeys" in sent
    for wanted in items(sent, "releaseKeys") or items(sent, "releaseIds"):
        try:
            _to_latest(
                world,
                _by_key(world, wanted, call.folder) if by_key else existing(world, _SET, wanted, call.folder),
            )
        except Refusal:
            failed.append(wanted)
    reply = {"Success": not failed, "Message": None, "FailedItems": failed}
    return documents.single(call, str(call.operation.result), reply)


def _release(world: World, call: Call) -> Row:
    if "identifier" in call.arguments:
        return _by_key(world, call.arguments["identifier"], call.folder)
    return of_path(world, call)


def _by_key(world: World, key: str, folder: int | None) -> Row:
    found = matching(world, _SET, Sql('"Key" = ? COLLATE NOCASE', (key,)), folder)
    if not found:
        raise not_found(f"The process {key}")
    return found[0]


def _answered(call: Call, release: Row) -> Answer:
    """Name the process as it was named in the request."""
    if "identifier" in call.arguments:
        return documents.value(call, "Edm.Guid", release["Key"])
    return documents.value(call, "Edm.Int64", release["Id"])


def _to_latest(world: World, release: Row) -> Row:
    rows = _packages(
        world, release[FOLDER], '"Version" IS NOT NULL AND "Id" = ? COLLATE NOCASE', release["ProcessKey"]
    )
    if not rows:
        raise not_found(f"The package {release['ProcessKey']}")
    return _run(world, release, max((row["Version"] for row in rows), key=nupkg.precedence))


def _first_version(world: World, name: str, number: str) -> dict[str, SqlValue]:
    version = {"VersionNumber": number, "CreationTime": ticks.text(world.now), "ReleaseName": name}
    return {"CurrentVersion": _text(version), "ReleaseVersions": _text([version])}


def _run(world: World, release: Row, number: str) -> Row:
    version = {
        "ReleaseId": release["Id"],
        "VersionNumber": number,
        "CreationTime": ticks.text(world.now),
        "ReleaseName": release["Name"],
    }
    history = [version, *orjson.loads(release["ReleaseVersions"] or "[]")]
    changes = {"ProcessVersion": number, "CurrentVersion": _text(version), "ReleaseVersions": _text(history)}
    world.store.change(_SET, release["Id"], changes)
    return release


def _require_package(world: World, name: str, version: str | None, folder: int | None) -> None:
    where = '"Id" = ? COLLATE NOCASE AND ("Version" = ? OR "Key" = ?)'
    if not _packages(world, folder, where, name, version, f"{name}:{version}"):
        raise not_found(f"The package {name} in version {version}")


def _packages(world: World, folder: int | None, where: str, *parameters: SqlValue) -> list[Row]:
    """Return the packages that a folder's processes may run: those of its own feed and of the tenant's."""
    feed = feeds.of_folder(world, folder)
    return world.store.find("Processes", f"({FEED} IS NULL OR {FEED} = ?) AND {where}", feed, *parameters)


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
