"""Settings, calendars, alerts, webhooks, the audit log, schedules: what a tenant has one by one."""

from __future__ import annotations

import pytest

FINANCE = {"OrganizationUnitId": "36886"}
SETTINGS = "/odata/Settings"


def action(path, name):
    return f"{path}/UiPath.Server.Configuration.OData.{name}"


async def value(http, name):
    reply = await http.get(f"{SETTINGS}('{name}')")
    return reply.body["value"] if reply.status == 200 else reply.status


async def test_settings_are_set_and_read_by_name(demo):
    assert await value(demo, "a.b") == 404
    put = await demo.send("PUT", f"{SETTINGS}('a.b')", {"Name": "a.b", "Value": "1"})
    assert (put.status, await value(demo, "A.B")) == (200, "1")
    several = [{"Name": "a.b", "Value": "2"}, {"Name": "c", "Value": "3", "Scope": "Application"}]
    assert (await demo.send("POST", action(SETTINGS, "UpdateBulk"), {"settings": several})).status == 200
    user = {"setting": {"Name": "d", "Value": "4", "Scope": "Tenant"}}
    assert (await demo.send("POST", action(SETTINGS, "UpdateUserSetting"), user)).status == 200
    rows = await demo.rows(f"{SETTINGS}?$orderby=Name&$select=Name,Value,Scope")
    assert [(row["Name"], row["Value"], row["Scope"]) for row in rows] == [
        *(("a.b", "2", "Tenant"), ("c", "3", "Application"), ("d", "4", "User")),
    ]
    gone = {"settingNames": ["A.B", "none"]}
    assert (await demo.send("POST", action(SETTINGS, "DeleteBulk"), gone)).status == 204
    assert [await value(demo, name) for name in ("a.b", "c")] == [404, "3"]
    other = await demo.send("PUT", f"{SETTINGS}('c')", {"Name": "d", "Value": "1"})
    assert (other.status, other.body["errorCode"]) == (400, 1009)


async def test_the_tenant_s_calendar_gives_other_calendars_their_time_zone(demo):
    body = {"Name": "VacationCal", "TimeZoneId": "string", "ExcludedDates": ["2019-11-12T14:31:44.778Z"]}
    assert (await demo.send("POST", "/odata/Calendars", body)).body["TimeZoneId"] == "UTC"
    tokyo = {"TimeZoneId": "Tokyo Standard Time", "ExcludedDates": []}
    assert (await demo.send("POST", action(SETTINGS, "SetCalendar"), tokyo)).status == 200
    read = (await demo.get(action(SETTINGS, "GetCalendar"))).body
    assert {name: read[name] for name in tokyo} == tokyo
    made = await demo.send("POST", "/odata/Calendars", body | {"Name": "BankHoliday"})
    assert (made.status, made.body["TimeZoneId"]) == (201, "Tokyo Standard Time")
    found = await demo.get("/odata/Calendars?$filter=Name%20eq%20'BankHoliday'")
    assert ("@odata.count" in found.body, len(found.rows)) == (False, 1)
    exists = action("/odata/Calendars", "CalendarExists")
    for name, known in (("bankholiday", True), ("none", False)):
        assert (await demo.send("POST", exists, {"calendarName": name})).body["value"] is known


async def test_the_settings_of_a_robot_s_execution_are_told(demo):
    path = action(SETTINGS, "GetExecutionSettingsConfiguration(scope={})")
    known = (await demo.get(path.format(0))).body
    assert known["Scope"] == "Global"
    assert (
        "Verbose"
        in next(each for each in known["Configuration"] if each["Key"] == "TracingLevel")["PossibleValues"]
    )
    assert (await demo.get(path.format(1))).body["Scope"] == "Robot"


async def test_alerts_are_raised_counted_and_read(demo):
    alert = {"Message": "Help", "Severity": "Error", "ProcessName": "P", "RobotName": "R"}
    for _ in range(2):
        raised = await demo.send(
            "POST", action("/odata/Alerts", "RaiseProcessAlert"), {"processAlert": alert}
        )
        assert raised.status == 200
    first, second = await demo.rows("/odata/Alerts")
    assert (first["Severity"], first["State"], first["Component"]) == ("Error", "Unread", "Process")
    assert '"Message":"Help"' in first["Data"]
    assert (await demo.get(action("/odata/Alerts", "GetUnreadCount"))).body["value"] == 2
    read = await demo.send("POST", action("/odata/Alerts", "MarkAsRead"), {"ids": [second["Id"].upper()]})
    assert (read.status, read.body["value"]) == (200, 1)
    assert [row["Id"] for row in await demo.rows("/odata/Alerts?$filter=State eq 'Unread'")] == [first["Id"]]
    incomplete = {"processAlert": {"Message": "Help"}}
    assert (await demo.send("POST", action("/odata/Alerts", "RaiseProcessAlert"), incomplete)).status == 400


async def test_webhooks_are_pinged_and_events_of_one_s_own_accepted(demo):
    hook = {"Name": "W", "Url": "http://127.0.0.1:1/hook", "Enabled": True, "SubscribeToAllEvents": True}
    created = (await demo.send("POST", "/odata/Webhooks", hook)).body
    ping = await demo.send("POST", action(f"/odata/Webhooks({created['Id']})", "Ping"))
    assert (ping.status, ping.body["Type"]) == (202, "ping")
    again = await demo.send("POST", action(f"/odata/Webhooks({created['Id']})", "Ping"))
    assert again.body["EventId"] != ping.body["EventId"]
    assert (await demo.send("POST", action("/odata/Webhooks(99)", "Ping"))).status == 404
    changed = await demo.send("PATCH", f"/odata/Webhooks({created['Id']})", {"Enabled": False})
    assert (changed.status, changed.body["Enabled"], changed.body["Key"]) == (200, False, created["Key"])
    trigger = action("/odata/Webhooks", "TriggerCustom")
    custom = await demo.send("POST", trigger, {"order": 5})
    assert (custom.status, custom.body["EventData"]) == (202, {"order": 5})
    assert (await demo.send("POST", trigger, [5])).status == 400
    types = await demo.rows(action("/odata/Webhooks", "GetEventTypes"))
    assert {"Name": "queueItem.added", "Group": "QueueItem"} in types


async def test_an_entry_of_the_audit_log_tells_its_entities(demo):
    entity = {"AuditLogId": 1, "EntityName": "Asset", "Action": "Create"}
    demo.emulator.insert("AuditLogs", [{"Id": 1, "Entities": [entity]}])
    path = "/odata/AuditLogs/UiPath.Server.Configuration.OData.GetAuditLogDetails(auditLogId={})"
    assert await demo.rows(path.format(1)) == [entity]
    assert await demo.rows(path.format(2)) == []


async def test_schedules_are_switched_together_or_one_by_one(demo):
    demo.emulator.insert("ProcessSchedules", [{"Id": 1, "Name": "S", "Enabled": True}], folder=36886)
    path = action("/odata/ProcessSchedules", "SetEnabled")
    together = {"enabled": False, "multistatusEnabled": False, "scheduleIds": [1, 9]}
    assert (await demo.send("POST", path, together, **FINANCE)).status == 404
    assert (await demo.rows("/odata/ProcessSchedules", **FINANCE))[0]["Enabled"] is True
    reply = await demo.send("POST", path, together | {"multistatusEnabled": True}, **FINANCE)
    assert (reply.status, list(reply.body), reply.body["9"]["ErrorCode"]) == (207, ["9"], 1002)
    assert (await demo.rows("/odata/ProcessSchedules", **FINANCE))[0]["Enabled"] is False
    alone = await demo.send("POST", path, {"enabled": True, "scheduleIds": [1]}, **FINANCE)
    assert (alone.status, alone.body["value"]) == (200, True)


async def test_a_schedule_is_made_and_tells_its_robots(demo):
    """The API guide's example."""
    body = {
        "Name": "Nightly",
        "ReleaseId": 503,
        "ReleaseName": "InvoiceIntake",
        "StartProcessCron": "0 0 0 ? 1/5 SUN *",
        "StartProcessCronDetails": '{"type":5}',
        "StartStrategy": 15,
        "ExecutorRobots": [{"Id": 749}],
        "MachineRobots": [{"MachineId": 129, "MachineName": "M", "RobotId": 759}],
        "TimeZoneId": "UTC",
    }
    created = await demo.send("POST", "/odata/ProcessSchedules", body, **FINANCE)
    assert created.status == 201
    key = created.body["Id"]
    robots = action("/odata/ProcessSchedules", f"GetRobotIdsForSchedule(key={key})")
    assert (await demo.get(robots, **FINANCE)).body["value"] == [749]
    replaced = await demo.send("PUT", f"/odata/ProcessSchedules({key})", body | {"Enabled": True}, **FINANCE)
    assert (replaced.status, replaced.body) == (204, None)


async def test_schedules_of_test_sets_are_switched(demo):
    demo.emulator.insert("TestSetSchedules", [{"Id": 1, "Name": "S", "Enabled": True}], folder=36886)
    path = action("/odata/TestSetSchedules", "SetEnabled")
    body = {"enabled": False, "testSetScheduleIds": [1]}
    assert (await demo.send("POST", path, body, **FINANCE)).body["value"] is True
    assert (await demo.rows("/odata/TestSetSchedules", **FINANCE))[0]["Enabled"] is False


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("GetCountStats", {"Processes": 6, "Assets": 0, "Queues": 3, "Schedules": 0}),
        ("GetSessionsStats", {"Available": 2, "Busy": 1, "Disconnected": 2, "Unknown": 1}),
    ],
)
async def test_the_dashboard_s_counts_are_of_stored_rows(demo, path, titles):
    counts = (await demo.get(f"/api/Stats/{path}")).body
    assert {each["title"]: each["count"] for each in counts} == titles
    assert all(each["hasPermissions"] for each in counts)


async def test_jobs_are_counted_by_state(demo):
    counts = (await demo.get("/api/Stats/GetJobsStats")).body
    assert sum(each["count"] for each in counts) == 3_000
    assert all(
        each["count"] == demo.emulator.sql("SELECT COUNT(*) FROM Jobs WHERE State = ?", each["title"])[0][0]
        for each in counts
    )


async def test_the_server_tells_its_version_at_a_path_of_any_case(demo):
    assert (await demo.get("/api/status/version")).body == {"version": "20.0", "deployment": "Emulator"}
    assert (await demo.get("/api/Status/Get")).status == 200
