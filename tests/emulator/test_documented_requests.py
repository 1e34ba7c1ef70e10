"""The requests of the API guide, and those of a client that was tried on tenants, get the documented status."""

from __future__ import annotations

import pytest

F = "UiPath.Server.Configuration.OData."
FINANCE, LATER = {"OrganizationUnitId": "36886"}, {"OrganizationUnitId": "202020"}
RELEASE = "8e4ab84c-13ba-4b3d-9a1e-0f2d2b1f2c11"
ROBOT = {
    "LicenseKey": None,
    "MachineName": "MBOBOC",
    "Name": "DocBot",
    "Type": "Development",
    "Id": 749,
    "Username": "UIPATH\\JustAnotherRobot",
    "ExecutionSettings": {"TracingLevel": "Information"},
}
START = {"ReleaseKey": RELEASE, "Strategy": "ModernJobsCount", "JobsCount": 1, "InputArguments": "{}"}
SOLD = START | {"JobPriority": "Normal", "RuntimeType": "Unattended", "InputArguments": '{"status":"Sold"}'}
CLASSIC = {
    "ReleaseKey": RELEASE,
    "Strategy": "Specific",
    "RobotIds": [749],
    "JobsCount": 0,
    "Source": "Manual",
}
CONTENT = {"Type": "Customer", "Name@odata.type": "#String", "Name": "Smith"}
ITEM = {"Name": "Invoices", "Priority": "Normal", "SpecificContent": CONTENT}
FULL = ITEM | {"DeferDate": "2021-03-11T00:00:00Z", "DueDate": "2021-03-12T00:00:00Z", "Reference": "ABC"}
FULL |= {"SpecificContent": {"Email": "a@b.c", "Age": 5, "Vip": True}}
WIPED = {"Name": "Invoices", "Priority": "Low", "SpecificContent": None}
CALENDAR = {"Name": "VacationCal", "TimeZoneId": "string", "ExcludedDates": ["2019-11-12T14:31:44.778Z"]}
TASK = {"type": "ExternalTask", "externalTag": "JIRA", "title": "T", "priority": "High", "data": {}}
DONE = {"taskId": 195, "data": {"name": "x", "submit": True}, "action": "submit"}
PROVISION = {
    "RobotProvision": {"UserName": "d", "RobotId": 5, "RobotType": "Attended", "ExecutionSettings": {}}
}
ALERT = {"processAlert": {"Message": "m", "Severity": "Error", "ProcessName": "p", "RobotName": "r"}}
ASSET = {"Name": "A", "ValueScope": "Global", "ValueType": "Text", "StringValue": "x"}
BULK = {"queueName": "Invoices", "commitType": "ProcessAllIndependently", "queueItems": [ITEM]}
DELETED = {"queueItems": [{"Id": 299605000, "RowVersion": "AAAAAAAAB9E="}]}
LOGS = "(TimeStamp ge 2024-05-14T06:00:00Z) and (Level ge '2') and (JobKey eq e49c0012-ee01-45e4-884c-0ce1f2aa6fbb)"

REQUESTS = {
    2: ("GET", f"/odata/Settings/{F}GetLicense", None, 200),
    3: ("GET", "/odata/RobotLogs?$top=1000&$skip=2000", None, 200),
    4: ("GET", "/odata/Sessions?$top=10&$filter=Robot/Id eq 749&$select=State", None, 200),
    8: ("GET", "/odata/Robots(216)", None, 200),
    9: ("GET", f"/odata/Robots/{F}GetRobotsForProcess(processId='input_output_arguments_example')", None, 200),
    11: ("PUT", "/odata/Robots(749)", ROBOT, 200),
    12: ("DELETE", "/odata/Robots(79)", None, 204),
    13: ("POST", f"/odata/Robots/{F}DeleteBulk", {"robotIds": [119, 120]}, 204),
    14: ("PATCH", "/odata/Users(88)", {"UnattendedRobot": {"Password": "p"}}, 200),
    15: ("GET", "/odata/Jobs?$top=3&$filter=Robot/Id eq 749", None, 200),
    17: ("GET", "/odata/Jobs?$top=100", None, 200),
    20: ("GET", "/odata/Jobs(302140031)", None, 200),
    21: ("POST", f"/odata/Jobs/{F}StartJobs", {"startInfo": START}, 201),
    22: ("POST", f"/odata/Jobs/{F}StartJobs", {"startInfo": SOLD}, 201),
    23: ("POST", f"/odata/Jobs/{F}StartJobs", {"startInfo": CLASSIC}, 201),
    24: ("GET", "/odata/QueueItems", None, 200),
    27: ("GET", "/odata/QueueItems?$filter=((QueueDefinitionId eq 71))&$expand=Robot,ReviewerUser&$orderby=Id desc", None, 200),
    28: ("GET", "/odata/QueueItems(299605865)", None, 200),
    29: ("PUT", "/odata/QueueItems(299605000)", WIPED, 200),
    30: ("POST", "/odata/Queues/UiPathODataSvc.AddQueueItem", {"itemData": ITEM}, 201),
    31: ("POST", "/odata/Queues/UiPathODataSvc.AddQueueItem", {"itemData": FULL}, 201),
    32: ("GET", f"/odata/QueueItemEvents/{F}GetQueueItemEventsHistory(queueItemId=1050203)?$orderby=Timestamp&$top=10", None, 200),
    33: ("POST", "/odata/Queues/UiPathODataSvc.StartTransaction", {"transactionData": {"Name": "Invoices"}}, 200),
    34: ("DELETE", "/odata/QueueRetention(6789)", None, 204),
    35: ("DELETE", "/odata/ReleaseRetention(6789)", None, 204),
    37: ("GET", f"/odata/Assets/{F}GetRobotAssetByRobotId(robotId=749,assetName='Login')", None, 200),
    39: ("GET", "/odata/Calendars?$filter=Name%20eq%20'BankHoliday'", None, 200),
    40: ("POST", "/odata/Calendars", CALENDAR, 201),
    41: ("GET", "/odata/Environments?$top=10", None, 200),
    44: ("GET", "/odata/folders?$Filter=DisplayName eq 'Finance'", None, 200),
    45: ("POST", "/tasks/GenericTasks/CreateTask", TASK | {"taskCatalogName": "c"}, 201),
    50: ("GET", "/odata/Releases?$filter=%20Name%20eq%20'all_activities_DocEnv'", None, 200),
    51: ("GET", "/odata/Roles(259)", None, 200),
    56: ("GET", "/odata/Tasks?$top=2", None, 200),
    59: ("POST", "/forms/TaskForms/CompleteTask", DONE, 204),
    61: ("GET", "/odata/Tenants?$filter=IsActive eq true", None, 200),
    62: ("GET", "/odata/Tenants(99)", None, 200),
    63: ("DELETE", "/odata/Users(446)", None, 204),
    65: ("PUT", "/odata/Users(13)", PROVISION, 200),
    66: ("POST", f"/odata/Users(13)/{F}AssignRoles", {"roleIds": [259]}, 200),
    68: ("GET", "/odata/Webhooks?$filter=Url eq 'http://documentation.azurewebsites.net/webhook/documentation'", None, 200),
    69: ("POST", f"/odata/Alerts/{F}RaiseProcessAlert", ALERT, 200),
    70: ("GET", "/odata/Machines", None, 200),
    71: ("GET", f"/odata/Users/{F}GetCurrentUser", None, 200),
    73: ("GET", "/odata/QueueItems?$filter=Id in (1,2,3)", None, 200),
    74: ("POST", "/odata/Queues/UiPathODataSvc.BulkAddQueueItems", BULK, 200),
    76: ("POST", "/odata/QueueItems/UiPathODataSvc.DeleteBulk", DELETED, 200),
    77: ("POST", "/odata/QueueItemComments", {"QueueItemId": 299605000, "Text": "t"}, 201),
    78: ("GET", f"/odata/QueueItems/{F}GetReviewers()?$top=1000&$skip=0&$filter=(Type eq 'DirectoryUser')", None, 200),
    80: ("POST", f"/odata/QueueDefinitions/{F}EditQueue", {"Id": 71, "Name": "Invoices"}, 200),
    82: ("GET", f"/odata/QueueDefinitions/{F}GetFoldersForQueue(id=71)", None, 200),
    83: ("PUT", "/odata/QueueRetention(71)", {"Action": "Delete", "Period": 30, "BucketId": None}, 200),
    84: ("POST", f"/odata/Jobs/{F}StopJobs", {"strategy": "1", "jobIds": [5]}, 200),
    86: ("GET", f"/odata/RobotLogs?$top=1000&$skip=0&$filter={LOGS}&$orderby=TimeStamp desc", None, 200),
    87: ("GET", f"/odata/AuditLogs/{F}GetAuditLogDetails(auditLogId=1)", None, 200),
    89: ("GET", f"/odata/Settings/{F}GetExecutionSettingsConfiguration(scope=0)", None, 200),
    90: ("GET", f"/odata/Assets/{F}GetFiltered?$expand=UserValues&$filter=ValueType eq 'Secret'", None, 200),
    91: ("POST", "/odata/Assets", ASSET, 201),
    92: ("POST", f"/odata/TaskCatalogs/{F}CreateTaskCatalog", {"Name": "c", "Description": "d"}, 201),
    93: ("DELETE", "/odata/TaskCatalogs(1)", None, 409),
    94: ("GET", "/odata/PersonalWorkspaces", None, 200),
    95: ("PUT", f"/odata/Folders(36887)/{F}MoveFolder?targetParentId=36886", None, 204),
    97: ("GET", f"/odata/Robots/{F}FindAllAcrossFolders?$filter=Type eq '2' and ProvisionType eq '1'&$expand=User", None, 200),
    99: ("GET", f"/odata/ProcessSchedules/{F}GetRobotIdsForSchedule(key=1)", None, 200),
    100: ("POST", f"/odata/Webhooks(1)/{F}Ping", None, 202),
    101: ("PATCH", "/odata/Webhooks(1)", {"Enabled": False}, 200),
}  # fmt: skip
"""By their rows in the fact sheet."""

_SENT_WITHOUT_FOLDER = (12, 13)


@pytest.fixture
async def tenant(demo):
    """The demo tenant with what the examples name."""
    insert = demo.emulator.insert
    insert("Folders", [{"Id": 202020, "DisplayName": "Later", "FullyQualifiedName": "Later"}])
    insert(
        "Releases", [{"Id": 900, "Key": RELEASE, "Name": "Started", "ProcessKey": "Started"}], folder=36886
    )
    insert("QueueDefinitions", [{"Id": 6789, "Name": "Q"}], folder=202020)
    insert("Releases", [{"Id": 6789, "Name": "P"}], folder=202020)
    credential = {"Id": 1, "Name": "Login", "ValueScope": "Global", "ValueType": "Credential"}
    insert("Assets", [credential], folder=36886)
    insert("Users", [{"Id": each, "UserName": f"u{each}"} for each in (13, 446)])
    insert("Roles", [{"Id": 259, "Name": "R"}])
    insert("Tenants", [{"Id": 99, "Name": "T", "IsActive": True}])
    insert("Tasks", [{"Id": 195, "Title": "T", "Status": "Pending", "TaskCatalogName": "used"}], folder=36886)
    insert("TaskCatalogs", [{"Id": 1, "Name": "used"}], folder=36886)
    insert("Jobs", [{"Id": 5, "State": "Running"}], folder=36886)
    insert("ProcessSchedules", [{"Id": 1, "Name": "S"}], folder=36886)
    insert("Webhooks", [{"Id": 1, "Name": "W", "Url": "http://127.0.0.1:1/"}])
    demo.emulator._store.connection.execute(
        "UPDATE QueueItems SET _folder = 36886, QueueDefinitionId = 71, Status = 'Failed' WHERE Id = 299605000"
    )
    return demo


@pytest.mark.parametrize("row", REQUESTS)
async def test_a_documented_request_gets_its_documented_status(tenant, row):
    method, path, body, status = REQUESTS[row]
    alone = method == "GET" and not any(name in path for name in ("Assets", "QueueDefinitions", "Releases"))
    folder = LATER if "6789" in path else {} if alone or row in _SENT_WITHOUT_FOLDER else FINANCE
    reply = await tenant.send(method, path, body, **folder)
    assert reply.status == status, reply.body
