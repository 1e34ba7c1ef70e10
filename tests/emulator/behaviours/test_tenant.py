"""The tenant around the work: directory, credential stores, maintenance, settings, units and workspaces."""

from __future__ import annotations

import pytest

ODATA = "UiPath.Server.Configuration.OData."
FOLDER = {"OrganizationUnitId": "36885"}


async def test_users_and_groups_are_found_by_how_their_names_begin(empty):
    add = empty.emulator.add
    add.user("ada", FullName="Ada Lovelace")
    add.user(
        "grace@corp",
        FullName="Grace Hopper",
        Domain="corp",
        DirectoryIdentifier="aad|1",
        Type="DirectoryUser",
    )
    add.user("Adders", Type="DirectoryGroup")
    search = "/api/DirectoryService/SearchForUsersAndGroups"
    found = (await empty.get(f"{search}?prefix=ad")).body
    assert [(each["identityName"], each["type"]) for each in found] == [("ada", "User"), ("Adders", "Group")]
    users = (await empty.get(f"{search}?prefix=AD&searchContext=Users")).body
    assert [each["displayName"] for each in users] == ["Ada Lovelace"]
    domains = (await empty.get("/api/DirectoryService/GetDomains")).body
    assert [(each["name"], each["isDefault"]) for each in domains] == [("autogen", True), ("corp", False)]
    by_name = await empty.get("/api/DirectoryService/GetDomainUserId?userName=GRACE@corp&domain=corp")
    assert (by_name.status, by_name.body) == (200, 2)
    assert (await empty.get("/api/DirectoryService/GetDomainUserId?userName=nobody")).status == 404


async def test_a_credential_store_is_the_default_of_a_type(empty):
    stores = [
        {"Id": 1, "Name": "Own", "Type": "Database"},
        {"Id": 2, "Name": "Vault", "Type": "HashiCorp", "ProxyId": 7},
    ]
    empty.emulator.insert("CredentialStores", stores)
    default = f"/odata/CredentialStores/{ODATA}GetDefaultStoreForResourceType(resourceType='RobotCredential')"
    assert (await empty.get(default)).body["value"] == 1
    body = {"resourceType": "RobotCredential"}
    path = f"/odata/CredentialStores(2)/{ODATA}SetDefaultStoreForResourceType"
    assert (await empty.send("POST", path, body)).status == 200
    assert (await empty.get(default)).body["value"] == 2
    assert (await empty.get(default.replace("Robot", "Asset"))).body["value"] == 1
    types = f"/odata/CredentialStores/{ODATA}GetAvailableCredentialStoreTypes"
    assert await empty.rows(types) == ["Database", "HashiCorp"]
    empty.emulator.add.robot("R", CredentialStoreId=2)
    kept = "(key=2,resourceType='RobotCredential')"
    rows = await empty.rows(f"/odata/CredentialStores/{ODATA}GetResourcesForCredentialStoreTypes{kept}")
    assert [(row["Name"], row["Type"]) for row in rows] == [("R", "RobotCredential")]
    behind = f"/odata/CredentialStores/{ODATA}GetResourcesForCredentialsProxyResourceTypes(key=7,resourceType='RobotCredential')"
    assert [(row["Name"], row["CredentialStoreName"]) for row in await empty.rows(behind)] == [("R", "Vault")]


async def test_maintenance_kills_jobs_and_lets_triggers_start_nothing(emulators, clock):
    async with emulators(seed=None, clock=clock, job_pending=0, job_running=600) as http:
        http.emulator.add.process("Bot")
        folder = {"OrganizationUnitId": "1"}
        schedule = {"Name": "S", "ReleaseName": "Bot", "StartProcessCron": "0 0 * * * ?", "TimeZoneId": "UTC"}
        await http.send("POST", "/odata/ProcessSchedules", schedule, **folder)
        http.emulator.add.job("Bot")
        assert (await http.send("POST", "/api/Maintenance/Start?phase=Suspended")).status == 409
        assert (await http.send("POST", "/api/Maintenance/Start?phase=Draining")).status == 204
        assert (await http.send("POST", "/api/Maintenance/Start?phase=2&killJobs=true")).status == 204
        clock.now += 3600
        (job,) = await http.rows("/odata/Jobs", **folder)
        assert job["State"] == "Stopped"
        now = (await http.get("/api/Maintenance/Get")).body
        assert (now["state"], now["jobKillsAttempted"], now["triggersSkipped"]) == ("Suspended", 1, 1)
        assert [each["state"] for each in now["maintenanceLogs"]] == ["Draining", "Suspended"]
        assert (await http.send("POST", "/api/Maintenance/End")).status == 204
        assert (await http.send("POST", "/api/Maintenance/End")).status == 409
        clock.now += 3600
        assert len(await http.rows("/odata/Jobs", **folder)) == 2


async def test_zones_and_languages_are_listed_and_a_culture_is_one_of_them(demo):
    zones = (await demo.get(f"/odata/Settings/{ODATA}GetTimezones")).body["Items"]
    assert {"Name": "Tokyo Standard Time", "Value": "Tokyo Standard Time"} in zones
    languages = (await demo.get(f"/odata/Settings/{ODATA}GetLanguages")).body["Items"]
    assert {"en", "ja", "pt-BR"} <= {each["Name"] for each in languages}
    change = f"/odata/Users/{ODATA}ChangeCulture"
    assert (await demo.send("POST", change, {"culture": "ja"})).status == 200
    assert (await demo.send("POST", change, {"culture": "tlh"})).status == 400


async def test_units_have_users(empty):
    empty.emulator.insert("OrganizationUnits", [{"Id": 5, "DisplayName": "U"}])
    for name in ("a", "b", "c"):
        empty.emulator.add.user(name)
    body = {"addedUserIds": [2, 3], "removedUserIds": []}
    path = f"/odata/OrganizationUnits(5)/{ODATA}SetUsers"
    assert (await empty.send("POST", path, body)).status == 204
    await empty.send("POST", path, {"addedUserIds": [], "removedUserIds": [2]})
    assert await empty.rows(f"/odata/OrganizationUnits/{ODATA}GetUserIdsForUnit(key=5)") == [3]
    rows = await empty.rows(f"/odata/OrganizationUnits/{ODATA}GetUsersForUnit(key=5)")
    assert [row["UserName"] for row in rows] == ["c", "a", "b"]


async def test_a_workspace_becomes_a_folder(empty):
    empty.emulator.insert(
        "Folders",
        [{"Id": 8, "DisplayName": "ada's", "FullyQualifiedName": "ada's", "FolderType": "Personal"}],
    )
    empty.emulator.insert("PersonalWorkspaces", [{"Id": 8, "Name": "ada's"}])
    path = f"/odata/PersonalWorkspaces(8)/{ODATA}ConvertToFolder"
    assert (await empty.send("POST", path, {"folderName": "Team"})).status == 204
    assert [row["DisplayName"] for row in await empty.rows("/odata/Folders")] == ["Team"]
    assert await empty.rows("/odata/PersonalWorkspaces") == []


async def test_the_way_through_folders_names_ancestors_and_children(demo):
    context = "/api/FoldersNavigation/GetFolderNavigationContextForCurrentUser"
    top = (await demo.get(context)).body
    assert [each["DisplayName"] for each in top["ChildrenPage"]] == ["Shared"]
    assert top["ChildrenPage"][0]["HasChildren"] is True
    inner = (await demo.get(f"{context}?folderId=36886")).body
    assert ([each["DisplayName"] for each in inner["Ancestors"]], inner["ChildrenCount"]) == (["Shared"], 0)
    page = (await demo.get(f"{context}?folderId=36885&take=1&skip=1")).body
    assert (len(page["ChildrenPage"]), page["ChildrenCount"]) == (1, 2)


async def test_roles_of_a_user_are_listed_by_folder(empty):
    empty.emulator.add.folder("A/B")
    empty.emulator.insert("Roles", [{"Id": 3, "Name": "Reader", "Type": "Folder"}])
    user = empty.emulator.add.user("ada")["Id"]
    given = {"assignments": {"UserIds": [user], "RolesPerFolder": [{"FolderId": 2, "RoleIds": [3]}]}}
    assert (await empty.send("POST", f"/odata/Folders/{ODATA}AssignUsers", given)).status == 204
    query = (await empty.get("/api/FoldersNavigation/GetAllRolesForUser?username=ada&take=10")).body
    path = f"/odata/Folders/{ODATA}GetAllRolesForUser(username='ada',skip=0,take=10)"
    for reply in (query, (await empty.get(path)).body):
        (item,) = reply["PageItems"]
        assert (item["Folder"]["FullyQualifiedName"], item["Roles"][0]["Name"], reply["Count"]) == (
            "A/B",
            "Reader",
            1,
        )


async def test_a_move_changes_which_machines_a_folder_inherits(empty):
    empty.emulator.add.folder("A/B")
    empty.emulator.add.folder("C")
    machine = empty.emulator.add.machine("M")["Id"]
    inherit = {"FolderId": 1, "MachineId": machine, "InheritEnabled": True}
    await empty.send("POST", f"/odata/Folders/{ODATA}ToggleFolderMachineInherit", inherit)
    changes = f"/odata/Folders/{ODATA}GetMoveFolderMachinesChanges?folderId=2&targetParentId=3"
    (row,) = await empty.rows(changes)
    assert (row["OldMachineFolderState"], row["NewMachineFolderState"]) == ("Inherited", "NotAssigned")


@pytest.mark.parametrize(("url", "tried"), [("http://127.0.0.1:9/", True), ("https://example.com/", False)])
async def test_hosts_are_tried_on_this_machine_only(empty, url, tried):
    reply = (await empty.get(f"/api/Status/VerifyHostAvailibility?url={url}")).body
    assert reply["canConnect"] is False
    assert ("loopback" not in reply["connectionError"]) == tried
    open_ = (await empty.get(f"/api/Status/VerifyHostAvailibility?url={empty.emulator.base_url}")).body
    assert open_["canConnect"] is True


async def test_recordings_of_jobs_are_downloaded_and_deleted(demo):
    (job,) = await demo.rows("/odata/Jobs?$top=1", **FOLDER)
    path = f"/odata/ExecutionMedia/{ODATA}DownloadMediaByJobId(jobId={job['Id']})"
    assert (await demo.get(path, **FOLDER)).status == 404
    demo.emulator.insert("ExecutionMedia", [{"JobId": job["Id"], "StorageLocation": "a.mp4"}], folder=36885)
    demo.emulator.sql("INSERT INTO _files VALUES ('ExecutionMedia', 'a.mp4', x'00', 'video/mp4', 0)")
    assert (await demo.get(path, **FOLDER)).status == 200
    delete = f"/odata/ExecutionMedia/{ODATA}DeleteMediaByJobId"
    assert (await demo.send("POST", delete, {"jobId": job["Id"]}, **FOLDER)).status == 204
    assert (await demo.get(path, **FOLDER)).status == 404
