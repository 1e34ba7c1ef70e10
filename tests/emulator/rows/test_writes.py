from __future__ import annotations

import pytest

FINANCE = {"OrganizationUnitId": "36886"}
ROBOT = {
    "LicenseKey": "8ec4t984-b2d7-44f2-b5be-0a64ee9a487b",
    "MachineName": "MBOBOC",
    "Name": "DocBot",
    "Type": "Development",
    "Id": 749,
    "Username": "UIPATH\\JustAnotherRobot",
    "ExecutionSettings": {"TracingLevel": "Information", "StudioNotifyServer": True, "ResolutionWidth": 0},
}


async def test_what_is_created_is_read_back(demo):
    sent = {"Name": "New", "Type": "Unattended", "HostingType": "Standard", "MachineName": "M", "Id": 5}
    created = await demo.send("POST", "/odata/Robots", sent, **FINANCE)
    assert created.status == 201
    assert created.body["@odata.context"].endswith("#Robots/$entity")
    assert created.body["Id"] > 902
    read = await demo.get(f"/odata/Robots({created.body['Id']})", **FINANCE)
    assert read.body == created.body
    assert {name: read.body[name] for name in ("Name", "Type", "MachineName")} == {
        "Name": "New",
        "Type": "Unattended",
        "MachineName": "M",
    }
    assert read.body["CreationTime"]


async def test_put_replaces_all_but_secrets_and_what_the_server_writes(demo):
    demo.emulator._store.connection.execute(
        "UPDATE Robots SET Password = 'kept', Description = 'gone' WHERE Id = 749"
    )
    reply = await demo.send("PUT", "/odata/Robots(749)", ROBOT | {"Password": ""}, **FINANCE)
    assert (reply.status, reply.body) == (200, None)
    read = (await demo.get("/odata/Robots(749)")).body
    assert (read["Username"], read["ExecutionSettings"]) == (ROBOT["Username"], ROBOT["ExecutionSettings"])
    assert (read["Description"], read["RobotEnvironments"], read["UserId"]) == (None, None, None)
    assert demo.emulator.sql("SELECT Password FROM Robots WHERE Id = 749") == [("kept",)]
    assert (await demo.rows("/odata/Robots?$filter=Id eq 749", **FINANCE))[0]["Name"] == "DocBot"


async def test_what_is_written_to_a_robot_shows_in_its_sessions(demo):
    await demo.send("PATCH", "/odata/Robots(749)", {"Name": "Renamed"}, **FINANCE)
    assert await demo.rows("/odata/Sessions?$filter=Robot/Name eq 'Renamed'&$select=Id") == [{"Id": 731}]


async def test_patch_changes_only_what_is_named(demo):
    before = (await demo.get("/odata/Robots(749)")).body
    reply = await demo.send("PATCH", "/odata/Robots(749)", {"description": None, "Enabled": False}, **FINANCE)
    assert (reply.status, reply.body) == (200, None)
    assert (await demo.get("/odata/Robots(749)")).body == before | {"Enabled": False}


async def test_patch_merges_an_object_and_never_shows_its_password(demo):
    """The API guide's example: one's own unattended robot gets a new password."""
    reply = await demo.send(
        "PATCH", "/odata/Users(88)", {"UnattendedRobot": {"Password": "newUnattendedRobotP@ss"}}
    )
    assert reply.status == 200
    shown = (await demo.get("/odata/Users(88)")).body["UnattendedRobot"]
    assert shown == {"UserName": "uipath\\unattended.owner", "Password": None}
    stored = demo.emulator.sql("SELECT json_extract(UnattendedRobot, '$.Password') FROM Users WHERE Id = 88")
    assert stored == [("newUnattendedRobotP@ss",)]


@pytest.mark.parametrize(
    "body",
    [
        ROBOT | {"Colour": "red"},
        ROBOT | {"MachineId": "15"},
        ROBOT | {"Enabled": 1},
        ROBOT | {"Type": "Dancing"},
        ROBOT | {"CreationTime": "yesterday"},
        ROBOT | {"Environments": [{"Colour": "red"}]},
        ROBOT | {"Environments": {}},
        ROBOT | {"Environments": [{"robots": [{"MachineId": "15"}]}]},
        [],
        None,
    ],
)
async def test_one_field_that_does_not_fit_makes_the_whole_body_null(demo, body):
    """The server binds bodies strictly."""
    for method, path in (
        ("POST", "/odata/Robots"),
        ("PUT", "/odata/Robots(749)"),
        ("PATCH", "/odata/Robots(749)"),
    ):
        reply = await demo.send(method, path, body, **FINANCE)
        assert (reply.status, reply.body["message"], reply.body["errorCode"]) == (
            400,
            "robotDto must not be null",
            0,
        )
    assert (await demo.get("/odata/Robots(749)")).body["Type"] == "NonProduction"


async def test_annotations_in_a_body_are_passed_over_and_enums_may_be_numbers(demo):
    body = ROBOT | {"@odata.type": "#Robot", "Type": 2}
    assert (await demo.send("PUT", "/odata/Robots(749)", body, **FINANCE)).status == 200
    assert (await demo.get("/odata/Robots(749)")).body["Type"] == "Unattended"


async def test_a_body_for_another_key_and_one_without_a_name_are_refused(demo):
    other = await demo.send("PUT", "/odata/Robots(749)", ROBOT | {"Id": 750}, **FINANCE)
    assert (other.status, other.body["errorCode"]) == (400, 1009)
    nameless = await demo.send("POST", "/odata/Robots", {"Type": "Unattended"}, **FINANCE)
    assert (nameless.status, nameless.body["message"]) == (400, "The Name field is required.")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_write_to_what_does_not_exist_is_not_found(demo, method):
    reply = await demo.send(
        method, "/odata/Robots(5)", None if method == "DELETE" else {"Name": "x"}, **FINANCE
    )
    assert (reply.status, reply.body["errorCode"]) == (404, 1002)


async def test_delete_removes_one_and_delete_bulk_several(demo):
    assert (await demo.send("DELETE", "/odata/Robots(79)")).status == 204
    path = "/odata/Robots/UiPath.Server.Configuration.OData.DeleteBulk"
    assert (await demo.send("POST", path, {"robotIds": [119, 120, 5]})).status == 204
    assert {row["Id"] for row in await demo.rows("/odata/Robots")} == {216, 749, 759, 771, 902}
    refused = await demo.send("POST", path, {"ids": [749]})
    assert (refused.status, refused.body["message"]) == (400, "robotDeleteBulkRequest must not be null")


async def test_entities_of_every_kind_of_key_are_created_and_read(demo):
    asset = await demo.send(
        "POST", "/odata/Assets", {"Name": "Limit", "ValueScope": "Global", "IntValue": 5}, **FINANCE
    )
    assert (await demo.get(f"/odata/Assets({asset.body['Id']})", **FINANCE)).body["IntValue"] == 5
    webhook = {
        "Name": "W",
        "Url": "http://localhost",
        "Enabled": True,
        "Events": [{"EventType": "job.created"}],
    }
    created = await demo.send("POST", "/odata/Webhooks", webhook)
    assert (created.status, created.body["Events"]) == (201, [{"EventType": "job.created"}])
    demo.emulator.insert("Processes", [{"Key": "Invoice:1.0.0", "Id": "Invoice", "Title": "It's"}])
    assert await demo.rows("/odata/Processes?$filter=Title eq 'It''s'&$select=Key") == [
        {"Key": "Invoice:1.0.0"}
    ]


async def test_links_are_written_as_keys_or_as_entities(empty):
    empty.emulator.insert("Folders", [{"Id": 1}])
    empty.emulator.insert("Robots", [{"Id": 5, "Name": "DocBot"}])
    empty.emulator.insert(
        "Sessions", [{"Id": 1, "Robot": 5}, {"Id": 2, "Robot": {"Id": 5, "Name": "ignored"}}]
    )
    empty.emulator.insert("Sessions", [{"Id": 3, "Robot": {"Name": "no key"}}, {"Id": 4, "Robot": 99}])
    rows = await empty.rows("/odata/Sessions?$expand=Robot($select=Name)&$select=Id")
    named = {"Name": "DocBot"}
    assert [row["Robot"] for row in rows] == [named, named, None, None]
    with pytest.raises(ValueError, match="Robot"):
        empty.emulator.insert("Sessions", [{"Id": 5, "Robot": [5]}])


async def test_a_guid_key_is_made_and_found_in_any_case(empty):
    empty.emulator.insert("Folders", [{"Id": 1}])
    folder = {"OrganizationUnitId": "1"}
    created = await empty.send("POST", "/odata/Attachments", {"Name": "report.pdf"}, **folder)
    assert created.status == 201
    again = await empty.send("POST", "/odata/Attachments", {"Id": created.body["Id"], "Name": "x"}, **folder)
    assert (again.status, again.body["errorCode"]) == (409, 1004)
    key = created.body["Id"].upper()
    assert (await empty.get(f"/odata/Attachments({key})", **folder)).body["Name"] == "report.pdf"
    assert await empty.rows(f"/odata/Attachments?$filter=Id eq {key}&$select=Name", **folder) == [
        {"Name": "report.pdf"}
    ]


async def test_lists_of_plain_values_are_checked_and_searched(empty):
    user = {"Name": "A", "RolesList": ["Robot", "Administrator"]}
    assert (await empty.send("POST", "/odata/Users", user)).status == 201
    assert (await empty.send("POST", "/odata/Users", {"Name": "B", "RolesList": [5]})).status == 400
    found = "/odata/Users?$filter=RolesList/any(role:startswith(role,'Admin'))&$select=Name,RolesList"
    assert await empty.rows(found) == [{"Name": "A", "RolesList": user["RolesList"]}]
    assert await empty.rows("/odata/Users?$filter=RolesList/all(role:role eq 'Robot')") == []
    calendar = {"Name": "C", "ExcludedDates": ["2019-11-12T14:31:44.778Z"]}
    assert (await empty.send("POST", "/odata/Calendars", calendar)).status == 201
    late = "/odata/Calendars?$filter=ExcludedDates/any(day:day gt 2019-11-12T14:31:44.777Z)&$select=Name"
    assert await empty.rows(late) == [{"Name": "C"}]
