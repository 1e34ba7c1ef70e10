from __future__ import annotations

FINANCE = {"OrganizationUnitId": "36886"}
ROBOTS = "/odata/Robots/UiPath.Server.Configuration.OData."
ENVIRONMENTS = "/odata/Environments"


def names(rows):
    return [row["Name"] for row in rows]


async def test_robots_of_all_folders_are_found_with_their_users(demo):
    path = f"{ROBOTS}FindAllAcrossFolders?$filter=Type eq '2' and ProvisionType eq '0'&$expand=User"
    (stan,) = await demo.rows(path, **FINANCE)
    assert (stan["Name"], stan["User"]["UserName"]) == ("Stan", "john.smith")
    assert len(await demo.rows(f"{ROBOTS}FindAllAcrossFolders", **FINANCE)) == 8
    assert len(await demo.rows(f"{ROBOTS}GetConfiguredRobots", **FINANCE)) == 2


async def test_robots_of_a_folder_are_found_by_machine(demo):
    path = ROBOTS + "GetFolderRobots(folderId=36886,machineId={})?$orderby=Id"
    assert names(await demo.rows(path.format(129), **FINANCE)) == ["Stan"]
    assert names(await demo.rows(path.format(0), **FINANCE)) == ["DocBot", "Stan"]


async def test_robots_are_switched_and_freed_from_their_machines(demo):
    toggle = {"robotIds": [749], "enabled": False}
    assert (await demo.send("POST", f"{ROBOTS}ToggleEnabledStatus", toggle, **FINANCE)).status == 200
    assert names(await demo.rows("/odata/Robots?$filter=Enabled eq false")) == ["DocBot"]
    missing = {"robotIds": [759, 5], "enabled": False}
    assert (await demo.send("POST", f"{ROBOTS}ToggleEnabledStatus", missing, **FINANCE)).status == 404
    assert names(await demo.rows("/odata/Robots?$filter=Enabled eq false")) == ["DocBot"]
    assert (await demo.send("POST", f"{ROBOTS}ConvertToFloating", {"robotId": 749}, **FINANCE)).status == 200
    robot = (await demo.get("/odata/Robots(749)")).body
    assert (robot["HostingType"], robot["MachineId"], robot["MachineName"]) == ("Floating", None, None)


async def test_a_machine_gets_a_key_and_the_keys_are_told_by_name(demo):
    created = await demo.send("POST", "/odata/Machines", {"Name": "AAA", "Type": "Template"})
    assert (created.status, created.body["Type"]) == (201, "Template")
    assert created.body["LicenseKey"]
    assert created.body["Key"]
    pairs = await demo.rows(f"{ROBOTS}GetMachineNameToLicenseKeyMappings", **FINANCE)
    assert pairs[0] == {"Key": "AAA", "Value": created.body["LicenseKey"]}
    path = f"/odata/Machines({created.body['Id']})"
    assert (await demo.send("PUT", path, {"Name": "BBB", "UnattendedSlots": 2})).status == 200
    after = (await demo.get(path)).body
    assert (after["Name"], after["UnattendedSlots"], after["LicenseKey"]) == (
        "BBB",
        2,
        created.body["LicenseKey"],
    )
    assert (await demo.send("PATCH", path, {"Description": "x"})).status == 200
    assert (await demo.send("DELETE", path)).status == 204


async def test_sessions_are_listed_everywhere_and_removed_when_disconnected(demo):
    path = "/odata/Sessions/UiPath.Server.Configuration.OData."
    assert len(await demo.rows(f"{path}GetGlobalSessions", **FINANCE)) == 6
    gone = {"sessionIds": [718, 731]}
    assert (await demo.send("POST", f"{path}DeleteInactiveUnattendedSessions", gone)).status == 204
    assert [row["Id"] for row in await demo.rows("/odata/Sessions?$orderby=Id")] == [730, 731, 732, 733, 734]


async def test_environments_of_classic_folders_group_robots(demo):
    created = await demo.send("POST", ENVIRONMENTS, {"Name": "doc_env", "Type": "Dev"})
    assert (created.status, created.body["Type"]) == (201, "Dev")
    assert names(await demo.rows(f"{ENVIRONMENTS}?$top=10")) == ["doc_env"]
    action = f"{ENVIRONMENTS}({created.body['Id']})/UiPath.Server.Configuration.OData."
    assert (await demo.send("POST", f"{action}AddRobot", {"robotId": "749"})).status == 204
    both = {"addedRobotIds": [749, 759], "removedRobotIds": [902]}
    assert (await demo.send("POST", f"{action}SetRobots", both)).status == 204
    function = f"{ENVIRONMENTS}/UiPath.Server.Configuration.OData."
    ids = f"{function}GetRobotIdsForEnvironment(key={created.body['Id']})"
    assert (await demo.get(ids)).body["value"] == [749, 759]
    robots = f"{function}GetRobotsForEnvironment(key={created.body['Id']})?$filter=Type eq 'Unattended'"
    assert names(await demo.rows(robots)) == ["Stan"]
    assert (await demo.send("POST", f"{action}RemoveRobot", {"robotId": "749"})).status == 204
    assert (await demo.get(ids)).body["value"] == [759]
    assert (await demo.send("POST", f"{action}AddRobot", {"robotId": "5"})).status == 404


async def test_a_machine_has_its_usual_values_where_none_are_given(empty):
    made = (await empty.send("POST", "/odata/Machines", {"Name": "M1", "UnattendedSlots": 2})).body
    usual = ("Type", "Scope", "NonProductionSlots", "UnattendedSlots", "RobotVersions")
    assert [made[name] for name in usual] == ["Standard", "Default", 0, 2, []]
