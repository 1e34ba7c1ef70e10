"""Exports: a list as a file, made in the background and downloaded from the storage."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http import storage
from uipath_odata.emulator.http.answers import Answer, conflict, not_found
from uipath_odata.emulator.http.options import parse
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.selection import select
from uipath_odata.emulator.world import Behaviour, Call, World

_PLACE, _TYPE = "Exports", "text/csv"
_SECONDS = 1
_MOST = 1_000_000


def exporting(
    set_name: str, kind: str, condition: Callable[[Call], Sql] = lambda _: Sql("TRUE")
) -> Behaviour:
    """Return what exports the rows of a set that the options of the request leave."""

    def export(world: World, call: Call) -> Answer:
        options = parse(call.query, call.operation.options)
        selection = select(world, world.schema.sets[set_name], options, call.folder, condition(call))
        content = _csv(selection.page(attrs.evolve(options, top=None), options.top or _MOST))
        number = len(world.store.find("_files", "place = ?", _PLACE)) + 1
        storage.put(world, _PLACE, f"{number}/{kind}.csv", content, _TYPE)
        return documents.single(call, "ExportModel", _shown(world, _export(world, number)))

    return export


@answers("Exports_GetById")
def status(world: World, call: Call) -> Answer:
    """Say how far an export is: it takes a second of the emulator's clock."""
    return documents.single(call, "ExportModel", _shown(world, _export(world, int(call.arguments["key"]))))


@answers("Exports_GetDownloadLinkById")
def download_link(world: World, call: Call) -> Answer:
    """Return the address where the file of a completed export can be read for a while."""
    found = _export(world, int(call.arguments["key"]))
    if not _is_complete(world, found):
        raise conflict("The export is not completed.")
    access = storage.access(world, call.origin, _PLACE, found["path"], "GET")
    return documents.single(call, "BlobFileAccessDto", access)


def _export(world: World, number: int) -> Row:
    found = world.store.find("_files", "place = ? AND path LIKE ?", _PLACE, f"{number}/%")
    if not found:
        raise not_found(f"Exports({number})")
    return found[0]


def _is_complete(world: World, found: Row) -> bool:
    return bool(world.now >= found["modified"] + _SECONDS * ticks.SECOND)


def _shown(world: World, found: Row) -> dict[str, Any]:
    number, _, name = found["path"].partition("/")
    complete = _is_complete(world, found)
    executed = ticks.text(found["modified"] + _SECONDS * ticks.SECOND)
    return {
        "Id": int(number),
        "Name": name,
        "Type": name.removesuffix(".csv"),
        "Status": "Completed" if complete else "New",
        "RequestedAt": ticks.text(found["modified"]),
        "ExecutedAt": executed if complete else None,
        "Size": len(found["content"]) if complete else None,
    }


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode()


def _of_queue(call: Call) -> Sql:
    return Sql('t."QueueDefinitionId" = ?', (int(call.arguments["key"]),))


answers("AuditLogs_Export")(exporting("AuditLogs", "OrchestratorAudit"))
answers("Jobs_Export")(exporting("Jobs", "Jobs"))
answers("QueueDefinitions_ExportById")(exporting("QueueItems", "Queues", _of_queue))
answers("RobotLogs_Export")(exporting("RobotLogs", "Logs"))
