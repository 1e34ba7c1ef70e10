"""An administrator's day, as scripts and Orchestrator's own pages ask: folders, roles, users, machines, licences, webhooks."""

from __future__ import annotations

from .steps import ODATA, SOME, Step, get, post

FOLDERS, USERS = f"/odata/Folders/{ODATA}", f"/odata/Users/{ODATA}"
PERMISSIONS = [{"Name": "Jobs.View", "IsGranted": True}, {"Name": "Tasks.Edit", "IsGranted": False}]
ROLE = {
    "Name": "Viewer",
    "DisplayName": "Viewer",
    "Type": "Folder",
    "IsStatic": False,
    "IsEditable": True,
    "Permissions": PERMISSIONS,
}
CAROL = {
    "UserName": "carol",
    "Name": "Carol",
    "Surname": "C",
    "EmailAddress": "carol@acme.com",
    "RolesList": ["Administrator"],
    "Type": "User",
}
WEBHOOK = {
    "Name": "hook",
    "Url": "http://127.0.0.1:9/hook",
    "Enabled": True,
    "Secret": "s",
    "SubscribeToAllEvents": False,
    "AllowInsecureSsl": False,
    "Events": [{"EventType": "job.completed"}],
}
SCHEDULE = {
    "Name": "Nightly",
    "Enabled": True,
    "ReleaseName": "Performer",
    "StartProcessCron": "0 0 2 ? * *",
    "TimeZoneId": "W. Europe Standard Time",
    "StartStrategy": 1,
}
CALENDAR = {"Name": "Holidays", "TimeZoneId": "UTC", "ExcludedDates": ["2024-12-25T00:00:00Z"]}
BUCKET = {"Name": "reports", "Identifier": "5a3f0e64-2c1b-4d7e-9f80-1b2c3d4e5f60"}


def delete(path, status=204):
    return Step("DELETE", path, status=status)


STEPS = [
    get("/odata/Folders?$$filter=FullyQualifiedName eq 'Shared/Finance'", holds={"value.0.Id": "$folder"}),
    post("/odata/Folders", {"DisplayName": "Books", "ParentId": "$folder"}, 201, {"books": "Id", "books_key": "Key"}, holds={"FullyQualifiedName": "Shared/Finance/Books"}),
    post("/odata/Folders", {"DisplayName": "books", "ParentId": "$folder"}, 409, holds={"errorCode": 1001}),
    Step("PATCH", "/api/Folders/PatchNameDescription?key=$books_key", {"name": "Ledger", "description": "d"}),
    get("/odata/Folders($books)", holds={"FullyQualifiedName": "Shared/Finance/Ledger", "Description": "d"}),
    get("/api/Folders/GetAllForCurrentUser?take=10&skip=0", holds={"Count": SOME}),
    post("/odata/Roles", ROLE, 201, {"role": "Id"}),
    get(f"/odata/Roles/{ODATA}GetUsersForRole(key=$role)?$$top=5", holds={"value.#": 0}),
    post("/odata/Users", {**CAROL, "RolesList": []}, 201, {"carol": "Id"}, holds={"UserName": "carol", "IsActive": SOME}),
    post("/odata/Users", {**CAROL, "RolesList": []}, 409),
    post(f"/odata/Users($carol)/{ODATA}AssignRoles", {"roleIds": ["$role"]}),
    post(f"{FOLDERS}AssignUsers", {"assignments": {"UserIds": ["$carol"], "RolesPerFolder": [{"FolderId": "$folder", "RoleIds": ["$role"]}]}}, 204),
    get(f"{FOLDERS}GetUsersForFolder(key=$folder,includeInherited=false)?$$orderby=Id desc", holds={"value.0.UserEntity.UserName": "carol"}),
    post("/odata/Machines", {"Name": "vm-1", "Type": "Template", "UnattendedSlots": 2}, 201, {"machine": "Id"}, holds={"LicenseKey": SOME}),
    post("/odata/Machines", {"Name": "VM-1", "Type": "Template"}, 409),
    post(f"{FOLDERS}AssignMachines", {"assignments": {"MachineIds": ["$machine"], "FolderIds": ["$folder"]}}, 204),
    get(f"{FOLDERS}GetMachinesForFolder(key=$folder)?$$filter=IsAssignedToFolder eq true", holds={"value.0.Name": "vm-1"}),
    get(f"/odata/Machines/{ODATA}GetRuntimesForFolder(folderId=$folder)", holds={"value.0.Type": "Unattended", "value.0.Total": 2}),
    get(f"/odata/Robots/{ODATA}FindAllAcrossFolders?$$expand=User", holds={"value.0.User.UserName": "ada"}),
    post(f"/odata/Robots/{ODATA}ToggleEnabledStatus", {"robotIds": ["$robot_id"], "enabled": False}),
    get("/odata/Sessions?$$expand=Robot", holds={"value.#": SOME}),
    get(f"/odata/Settings/{ODATA}GetLicense", 404),
    get("/api/Stats/GetCountStats", holds={"0.title": SOME}),
    post("/odata/Calendars", CALENDAR, 201, {"calendar": "Id"}),
    post("/odata/ProcessSchedules", {**SCHEDULE, "TimeZoneId": "Europe/Berlin"}, 400),
    post("/odata/ProcessSchedules", {**SCHEDULE, "ReleaseId": "$release_id", "CalendarId": "$calendar"}, 201, {"schedule": "Id"}, holds={"StartProcessNextOccurrence": SOME}),
    post(f"/odata/ProcessSchedules/{ODATA}SetEnabled", {"scheduleIds": ["$schedule"], "enabled": False}),
    get("/odata/ProcessSchedules($schedule)", holds={"Enabled": False}),
    post("/odata/Webhooks", WEBHOOK, 201, {"webhook": "Id"}, holds={"Enabled": True}),
    post("/odata/Webhooks", WEBHOOK, 409, holds={"errorCode": 1001}),
    get(f"/odata/Webhooks/{ODATA}GetEventTypes", holds={"value.#": SOME}),
    Step("PATCH", "/odata/Webhooks($webhook)", {"Enabled": False}),
    post("/odata/Buckets", BUCKET, 201, {"bucket": "Id"}),
    get(f"/odata/Buckets($bucket)/{ODATA}GetWriteUri?path=a.txt", keeps={"uri": "Uri"}, holds={"Verb": "PUT"}),
    post("/odata/QueueDefinitions", {"Name": "Orders", "EnforceUniqueReference": True, "MaxNumberOfRetries": 2, "AcceptAutomaticallyRetry": True}, 201, {"queue": "Id"}),
    post(f"/odata/QueueDefinitions/{ODATA}ShareToFolders", {"QueueIds": ["$queue"], "ToAddFolderIds": ["$books"], "ToRemoveFolderIds": []}, 204),
    get(f"/odata/QueueDefinitions/{ODATA}GetFoldersForQueue(id=$queue)", holds={"TotalFoldersCount": 2}),
    get("/odata/AuditLogs?$$filter=Component eq 'Users' and Action eq 'Create'&$$orderby=Id desc&$$top=1", holds={"value.0.DisplayName": "Carol"}),
    delete("/odata/Webhooks($webhook)"),
    delete("/odata/Machines($machine)"),
    delete("/odata/Users($carol)"),
    delete("/odata/Roles($role)"),
    delete("/odata/Folders($folder)", 409),
    delete("/odata/Folders($books)"),
]  # fmt: skip
