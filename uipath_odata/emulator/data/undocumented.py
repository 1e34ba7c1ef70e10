"""Operations that clients in the field use and that no published schema lists, in the form of the schema facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FOLDER = {"X-UIPATH-OrganizationUnitId": "required"}
_ENTITY_OPTIONS = {"$expand": 2, "$select": None}

OPERATIONS: tuple[Mapping[str, Any], ...] = (
    {
        "id": "Jobs_GetByKey",
        "method": "GET",
        "path": "/odata/Jobs/UiPath.Server.Configuration.OData.GetByKey(identifier={identifier})",
        "odata": _ENTITY_OPTIONS,
        "path_params": [{"name": "identifier", "type": "string:uuid"}],
        "headers": _FOLDER,
        "responses": {"200": {"type": {"ref": "JobDto"}}},
    },
    {
        "id": "QueueDefinitions_EditQueue",
        "method": "POST",
        "path": "/odata/QueueDefinitions/UiPath.Server.Configuration.OData.EditQueue",
        "headers": _FOLDER,
        "body": {"type": {"ref": "QueueDefinitionDto"}},
        "responses": {"200": {}},
    },
    {
        "id": "Status_Version",
        "method": "GET",
        "path": "/api/Status/Version",
        "responses": {"200": {"type": {"object": {"version": "string", "deployment": "string"}}}},
    },
)
