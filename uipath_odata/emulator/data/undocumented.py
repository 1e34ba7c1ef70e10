"""What clients in the field use and no published schema lists, in the form of the schema facts: operations and properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FOLDER = {"X-UIPATH-OrganizationUnitId": "required"}
_ENTITY_OPTIONS = {"$expand": 2, "$select": None}
_LIST_OPTIONS = {
    **_ENTITY_OPTIONS,
    "$filter": 100,
    "$orderby": 5,
    "$top": 1000,
    "$skip": None,
    "$count": None,
}

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
        "id": "Releases_ListReleases",
        "method": "GET",
        "path": "/odata/Releases/UiPath.Server.Configuration.OData.ListReleases",
        "odata": _LIST_OPTIONS,
        "headers": _FOLDER,
        "responses": {"200": {"type": {"ref": "ODataValueOfIEnumerableOfReleaseDto"}}},
    },
    {
        "id": "QueueDefinitions_ListQueues",
        "method": "GET",
        "path": "/odata/QueueDefinitions/UiPath.Server.Configuration.OData.ListQueues",
        "odata": _LIST_OPTIONS,
        "headers": _FOLDER,
        "responses": {"200": {"type": {"ref": "ODataValueOfIEnumerableOfQueueProcessingStatusDto"}}},
    },
    {
        "id": "QueueDefinitions_CreateQueue",
        "method": "POST",
        "path": "/odata/QueueDefinitions/UiPath.Server.Configuration.OData.CreateQueue",
        "headers": _FOLDER,
        "body": {"type": {"ref": "QueueDefinitionDto"}},
        "responses": {"201": {"type": {"ref": "QueueDefinitionDto"}}},
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
        "id": "Users_GetCurrentUserExtended",
        "method": "GET",
        "path": "/odata/Users/UiPath.Server.Configuration.OData.GetCurrentUserExtended",
        "odata": _ENTITY_OPTIONS,
        "responses": {"200": {"type": {"ref": "UserDto"}}},
    },
    {
        "id": "Buckets_GetByKey",
        "method": "GET",
        "path": "/odata/Buckets/UiPath.Server.Configuration.OData.GetByKey(identifier={identifier})",
        "odata": _ENTITY_OPTIONS,
        "path_params": [{"name": "identifier", "type": "string:uuid"}],
        "headers": _FOLDER,
        "responses": {"200": {"type": {"ref": "BucketDto"}}},
    },
    {
        "id": "JobAttachments_Post",
        "method": "POST",
        "path": "/api/JobAttachments/Post",
        "body": {"type": {"ref": "JobAttachmentDto"}},
        "responses": {"201": {"type": {"ref": "JobAttachmentDto"}}},
    },
    {
        "id": "JobAttachments_GetByJobKey",
        "method": "GET",
        "path": "/api/JobAttachments/GetByJobKey",
        "responses": {"200": {"type": {"array": {"ref": "JobAttachmentDto"}}}},
    },
    {
        "id": "PackageFeeds_GetFeeds",
        "method": "GET",
        "path": "/api/PackageFeeds/GetFeeds",
        "responses": {"200": {"type": {"array": "any"}}},
    },
    {
        "id": "StudioWeb_TryEnableFirstRun",
        "method": "POST",
        "path": "/api/StudioWeb/TryEnableFirstRun",
        "responses": {"200": {}},
    },
    {
        "id": "StudioWeb_AcquireLicense",
        "method": "POST",
        "path": "/api/StudioWeb/AcquireLicense",
        "responses": {"200": {}},
    },
    {
        "id": "Status_Version",
        "method": "GET",
        "path": "/api/Status/Version",
        "responses": {"200": {"type": {"object": {"version": "string", "deployment": "string"}}}},
    },
)

_TRIGGER: Mapping[str, Any] = {
    "headers": _FOLDER,
    "responses": {"200": {}},
}
_TRIGGER_BY_KEY: Mapping[str, Any] = {
    "path": "/odata/HttpTriggers({key})",
    "path_params": [{"name": "key", "type": "string:uuid"}],
    **_TRIGGER,
}

UNANSWERED: tuple[Mapping[str, Any], ...] = (
    {"id": "HttpTriggers_Get", "method": "GET", "path": "/odata/HttpTriggers", **_TRIGGER},
    {"id": "HttpTriggers_Post", "method": "POST", "path": "/odata/HttpTriggers", **_TRIGGER},
    {"id": "HttpTriggers_GetById", "method": "GET", **_TRIGGER_BY_KEY},
    {"id": "HttpTriggers_PatchById", "method": "PATCH", **_TRIGGER_BY_KEY},
    {"id": "HttpTriggers_DeleteById", "method": "DELETE", **_TRIGGER_BY_KEY},
    {
        "id": "HttpTriggers_SetEnabled",
        "method": "POST",
        "path": "/odata/HttpTriggers/UiPath.Server.Configuration.OData.SetEnabled",
        **_TRIGGER,
    },
    {
        "id": "RobotsService_BeginSession",
        "method": "POST",
        "path": "/api/RobotsService/BeginSession",
        "responses": {"200": {}},
    },
)
"""Operations that clients know by name and address, and whose bodies are published nowhere."""

PROPERTIES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    # Clients read it to know whether they may ask for a secret without a robot.
    "AssetDto": {"AllowDirectApiAccess": {"type": "boolean"}},
    # Without a robot's key the value for everybody is meant.
    "AssetsGetRobotByNameAndKeyRequest": {"robotKey": {"type": "string"}},
    # The published limit of 34 is shorter than the GUIDs that apps have; the folder travels in the body.
    "AppTasksCreateRequest": {"appId": {"type": "string"}, "folderPath": {"type": "string"}},
    # UiPath's own SDKs send it.
    "ResumeJobRequest": {"inputArguments": {"type": "string"}},
    "UserAssetDto": {"Value": {"type": "string"}},
}
"""Properties of schemas that are added, or other than published."""

OPTIONS: Mapping[str, frozenset[str]] = {
    # UiPath's TypeScript SDK sends it to choose this very operation, and it is answered.
    "Tasks_GetTasksAcrossFoldersForAdmin": frozenset({"$astaskadmin"}),
}
"""Query options that operations take besides those of their documentation, by the operation's id."""
