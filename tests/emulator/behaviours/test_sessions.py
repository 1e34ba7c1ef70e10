"""What is known of sessions, runtimes and licences."""

from __future__ import annotations

import pytest

FOLDER = {"OrganizationUnitId": "1"}
ODATA = "UiPath.Server.Configuration.OData."


@pytest.fixture
async def plant(emulators, clock):
    """A machine with three runtimes that is connected, one that is not, and a robot that runs a job."""
    async with emulators(seed=None, clock=clock, job_pending=0, job_running=600) as http:
        add = http.emulator.add
        add.process("Bot")
        big = add.machine("BIG", UnattendedSlots=3, HeadlessSlots=1)
        add.machine("OFF", UnattendedSlots=2)
        user = add.user("ada", EmailAddress="ada@example.com", FullName="Ada")
        robot = {"MachineId": big["Id"], "MachineName": "BIG", "Username": "ada", "UserId": user["Id"]}
        add.robot("R", **robot)
        assign = {"assignments": {"MachineIds": [1, 2], "FolderIds": [1]}}
        reply = await http.send("POST", f"/odata/Folders/{ODATA}AssignMachines", assign)
        assert reply.status == 204, reply.body
        add.job("Bot")
        yield http


async def test_runtimes_of_sessions_say_what_they_can_run_and_what_runs(plant):
    for function in ("GetMachineSessionRuntimes", "GetMachineSessionRuntimesByFolderId(folderId=1)"):
        (row,) = await plant.rows(f"/odata/Sessions/{ODATA}{function}")
        expected = {"MachineName": "BIG", "RuntimeType": "Unattended", "Status": "Busy", "Runtimes": 3}
        expected |= {"UsedRuntimes": 1, "ServiceUserName": "ada", "MaintenanceMode": "Default"}
        assert {name: row[name] for name in expected} == expected
    other = f"/odata/Sessions/{ODATA}GetMachineSessionRuntimes?runtimeType=Headless"
    assert await plant.rows(other) == []
    (session,) = await plant.rows(f"/odata/Sessions/{ODATA}GetMachineSessions(key=1)?$expand=Robot")
    assert session["Robot"]["Name"] == "R"
    assert await plant.rows(f"/odata/Sessions/{ODATA}GetMachineSessions(key=2)") == []


async def test_maintenance_of_a_session_stops_its_job(plant, clock):
    body = {"sessionId": 1, "maintenanceMode": "Enabled", "stopJobsStrategy": "Kill"}
    assert (await plant.send("POST", f"/odata/Sessions/{ODATA}SetMaintenanceMode", body)).status == 204
    (row,) = await plant.rows(f"/odata/Sessions/{ODATA}GetMachineSessionRuntimes")
    assert row["MaintenanceMode"] == "Enabled"
    clock.now += 2
    assert [job["State"] for job in await plant.rows("/odata/Jobs", **FOLDER)] == ["Stopped"]


async def test_a_session_is_debugged_for_some_minutes(plant):
    path = f"/odata/Sessions(1)/{ODATA}ToggleMachineSessionDebugMode"
    assert (await plant.send("POST", path, {"enabled": True})).status == 400
    assert (await plant.send("POST", path, {"enabled": True, "minutes": 10})).status == 204
    (session,) = await plant.rows("/odata/Sessions", **FOLDER)
    assert session["DebugModeExpirationDate"] == "2024-05-14T12:10:00Z"
    assert (await plant.send("POST", path, {"enabled": False})).status == 204
    (session,) = await plant.rows("/odata/Sessions", **FOLDER)
    assert session["DebugModeExpirationDate"] is None


async def test_a_folder_has_the_runtimes_of_its_machines(plant):
    rows = await plant.rows(f"/odata/Machines/{ODATA}GetRuntimesForFolder(folderId=1)")
    counts = {row["Type"]: (row["Total"], row["Connected"], row["Available"]) for row in rows}
    assert counts["Unattended"] == (5, 3, 2)
    assert counts["Headless"] == (1, 1, 1)


async def test_robots_come_with_their_users(plant):
    (row,) = await plant.rows(f"/odata/Robots/{ODATA}GetRobotsFromFolder(folderId=1)")
    assert (row["Name"], row["UserFullName"], row["UserEmail"]) == ("R", "Ada", "ada@example.com")
    assert await plant.rows(f"/odata/Robots/{ODATA}GetRobotsFromFolder(folderId=1)?machineId=2") == []
    for path in ("Robots", "Sessions"):
        assert await plant.rows(f"/odata/{path}/{ODATA}GetUsernames", **FOLDER) == ["ada"]


async def test_licences_of_runtimes_are_switched_where_nothing_runs(plant, clock):
    path = f"/odata/LicensesRuntime/{ODATA}GetLicensesRuntime(robotType='Unattended')"
    big, off = await plant.rows(path)
    assert (big["Runtimes"], big["ExecutingCount"], big["IsOnline"], big["IsLicensed"]) == (3, 1, True, True)
    assert (off["Runtimes"], off["IsOnline"], off["IsLicensed"]) == (2, False, False)
    body = {"key": big["Key"], "robotType": "Unattended", "enabled": False}
    toggle = f"/odata/LicensesRuntime('{big['Key']}')/{ODATA}ToggleEnabled"
    assert (await plant.send("POST", toggle, body)).status == 409
    clock.now += 601
    assert (await plant.send("POST", toggle, body)).status == 200
    assert (await plant.rows(path))[0]["Enabled"] is False
    (named,) = await plant.rows(
        f"/odata/LicensesNamedUser/{ODATA}GetLicensesNamedUser(robotType='Unattended')"
    )
    assert (named["UserName"], named["MachineNames"], named["IsLicensed"]) == ("ada", ["BIG"], True)


async def test_units_are_acquired_and_no_more_of_them_released(plant):
    unit = {"type": "AI", "reference": "r", "count": 5}
    assert (await plant.send("POST", "/api/Licensing/Acquire", unit)).body["isSuccess"] is True
    assert (await plant.send("PUT", "/api/Licensing/Release", unit | {"count": 6})).status == 409
    assert (await plant.send("PUT", "/api/Licensing/Release", unit | {"count": 2})).status == 200
    (row,) = (await plant.get("/api/Stats/GetConsumptionLicenseStats")).body
    assert (row["type"], row["used"], row["timestamp"]) == ("AI", 3, "2024-05-14T00:00:00Z")


async def test_the_statistics_are_those_of_the_licence(demo):
    rows = (await demo.get("/api/Stats/GetLicenseStats?days=1")).body
    assert {row["robotType"]: row["count"] for row in rows}["Development"] == 1
