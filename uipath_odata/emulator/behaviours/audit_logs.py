"""The audit log's entries in detail."""

from __future__ import annotations

from typing import Any

import orjson

from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.world import Call, World


@answers("AuditLogs_GetAuditLogDetailsByAuditlogid")
def details(world: World, call: Call) -> Answer:
    """List the entities that an entry of the audit log is about; none for an entry that is not there."""
    rows = world.store.find("AuditLogs", '"Id" = ?', int(call.arguments["auditLogId"]))
    entities: list[dict[str, Any]] = [each for row in rows for each in orjson.loads(row["Entities"] or "[]")]
    return documents.listing(world, call, "AuditLogEntityDto", entities)
