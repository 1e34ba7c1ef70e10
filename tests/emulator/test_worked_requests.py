"""The worked requests of UiPath's API guide are answered with the shapes that it shows."""

from __future__ import annotations

import pytest

ROBOT_KEYS = {
    "LicenseKey",
    "MachineName",
    "Name",
    "Username",
    "Description",
    "Type",
    "Password",
    "RobotEnvironments",
}
ROBOT_KEYS |= {"Id", "ExecutionSettings"}
LOG_KEYS = {
    "Level",
    "WindowsIdentity",
    "ProcessName",
    "TimeStamp",
    "Message",
    "JobKey",
    "RawMessage",
    "RobotName",
}


@pytest.mark.parametrize("robot", ["Robot/Id eq 749", "Robot/Name eq 'DocBot'"])
async def test_the_status_of_a_robot(demo, robot):
    reply = await demo.get(f"/odata/Sessions?$top=10&$filter={robot}&$select=State")
    assert reply.body == {
        "@odata.context": f"{demo.emulator.base_url}/odata/$metadata#Sessions(State)",
        "@odata.count": 1,
        "value": [{"State": "Available"}],
    }


async def test_the_robots_that_were_heard_of(demo):
    reply = await demo.get(
        "/odata/Sessions?$top=10&$filter=State eq 'Available' and ReportingTime gt 2018-03-05T03:48:04.147Z"
        "&$select=Robot&$expand=Robot"
    )
    assert reply.body["@odata.context"].endswith("#Sessions(Robot)")
    assert reply.body["@odata.count"] == 2
    for row in reply.rows:
        assert list(row) == ["Robot"]
        assert set(row["Robot"]) >= ROBOT_KEYS
        assert row["Robot"]["LicenseKey"] is None
    assert [row["Robot"]["Name"] for row in reply.rows] == ["DocBot", "mr-Rob"]


async def test_the_robots_that_are_disconnected(demo):
    reply = await demo.get("/odata/Sessions?$top=10&$filter=State eq 'Disconnected'&$expand=Robot")
    assert reply.body["@odata.context"].endswith("#Sessions")
    assert [row["ReportingTime"] for row in reply.rows] == [
        "2018-01-15T18:47:07.93Z",
        "2018-01-18T18:14:14.34Z",
    ]
    assert [row["Robot"]["Name"] for row in reply.rows] == ["Stan", "!~#$%^&*()_+=-"]
    assert all(
        set(row) >= {"State", "ReportingTime", "Info", "IsUnresponsive", "Id", "Robot"} for row in reply.rows
    )


async def test_a_robot_with_its_license_key(demo):
    reply = await demo.get("/odata/Robots(216)")
    assert reply.body["@odata.context"].endswith("#Robots/$entity")
    expected = {
        "LicenseKey": "fc157179-3724-4bb0-acd2-8261bef82d01",
        "MachineName": "CAPETRINA",
        "MachineId": 15,
        "Name": "Gustavee",
        "Username": "uipath\\john.smith",
        "ExternalName": None,
        "Description": None,
        "Type": "Development",
        "HostingType": "Standard",
        "ProvisionType": "Manual",
        "Password": None,
        "CredentialStoreId": None,
        "UserId": 45,
        "Enabled": True,
        "CredentialType": None,
        "RobotEnvironments": "",
        "IsExternalLicensed": False,
        "LimitConcurrentExecution": False,
        "Id": 216,
        "ExecutionSettings": {
            "ResolutionHeight": 0,
            "ResolutionDepth": 0,
            "FontSmoothing": False,
            "AutoDownloadProcess": False,
        },
    }
    assert {name: reply.body[name] for name in expected} == expected


async def test_the_robots_that_can_run_a_process(demo):
    function = "/odata/Robots/UiPath.Server.Configuration.OData.GetRobotsForProcess"
    reply = await demo.get(f"{function}(processId='input_output_arguments_example')")
    assert reply.body["@odata.context"].endswith("#Robots")
    assert (reply.body["@odata.count"], [row["Name"] for row in reply.rows]) == (2, ["DocBot", "Stan"])
    assert set(reply.rows[0]) >= ROBOT_KEYS | {"MachineId", "HostingType"}
    assert await demo.rows(f"{function}(processId='unknown')") == []
    assert len(await demo.rows(f"{function}(processId='input_output_arguments_example')?$top=1&$skip=1")) == 1


async def test_the_logs_of_a_robot(demo):
    reply = await demo.get("/odata/RobotLogs?$top=100&$skip=200&$filter=RobotName eq 'DocBot'")
    assert reply.body["@odata.context"].endswith("#RobotLogs")
    assert len(reply.rows) == 100
    assert all(set(row) >= LOG_KEYS | {"MachineId", "Id"} for row in reply.rows)
    assert {row["RobotName"] for row in reply.rows} == {"DocBot"}
    assert all(row["RawMessage"].startswith('{\r\n  "message": ') for row in reply.rows)


async def test_a_later_page_of_logs(demo):
    assert len(await demo.rows("/odata/RobotLogs?$top=1000&$skip=2000")) == 1000


async def test_the_license(demo):
    reply = await demo.get("/odata/Settings/UiPath.Server.Configuration.OData.GetLicense")
    context = reply.body.pop("@odata.context")
    assert context.endswith("/odata/$metadata#UiPath.Application.Dto.License.LicenseDto")
    assert (reply.body["ExpireDate"], reply.body["CreationTime"]) == (1622678399, "2019-11-28T06:16:21.373Z")
    assert reply.body["Allowed"] == {
        "Unattended": 1,
        "Attended": 1,
        "NonProduction": 0,
        "Development": 1,
        "StudioX": 0,
    }


async def test_an_emulator_without_a_license_says_so(empty):
    reply = await empty.get("/odata/Settings/UiPath.Server.Configuration.OData.GetLicense")
    assert (reply.status, reply.body["errorCode"]) == (404, 1002)


async def test_requests_of_clients_in_the_field(demo):
    jobs = await demo.get(
        "/odata/Jobs?$filter=((CreationTime ge 2024-04-04T12:00:47.264Z) and (ProcessType eq 'Process'))"
        "&$expand=Robot,Machine,Release&$orderby=CreationTime desc"
    )
    created = [row["CreationTime"] for row in jobs.rows]
    assert (len(created), created) == (1000, sorted(created, reverse=True))
    items = await demo.rows(
        "/odata/QueueItems?$top=100&$skip=0&$filter=(QueueDefinitionId%20eq%2071)%20and%20(Status%20eq%20%270%27)"
        "&$orderby=Id desc&$expand=Robot,ReviewerUser"
    )
    assert {row["Status"] for row in items} == {"New"}
    assert [row["Id"] for row in items] == sorted((row["Id"] for row in items), reverse=True)
    some = [row["Id"] for row in items[:3]]
    assert len(await demo.rows(f"/odata/QueueItems?$filter=Id in ({','.join(map(str, some))})")) == 3
    assert await demo.rows("/odata/Jobs?$filter=Robot/Id eq 123L") == []
