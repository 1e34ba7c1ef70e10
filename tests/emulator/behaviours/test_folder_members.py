from __future__ import annotations

import pytest

FUNCTION = "/odata/Folders/UiPath.Server.Configuration.OData."


@pytest.fixture
async def tenant(empty):
    """Folders 1 and, in it, 2; users 10 and 11; roles 20 and 21; machines 30 and 31."""
    names = {1: "A", 2: "A/B"}
    folders = [
        {"Id": each, "DisplayName": path[-1], "FullyQualifiedName": path} for each, path in names.items()
    ]
    empty.emulator.insert("Folders", [folders[0], folders[1] | {"ParentId": 1}])
    key = "e49c0012-ee01-45e4-884c-0ce1f2aa6fb{}"
    empty.emulator.insert(
        "Users", [{"Id": each, "UserName": f"u{each}", "Key": key.format(each % 10)} for each in (10, 11)]
    )
    empty.emulator.insert("Roles", [{"Id": 20, "Name": "Reader"}, {"Id": 21, "Name": "Writer"}])
    empty.emulator.insert("Machines", [{"Id": 30, "Name": "M"}, {"Id": 31, "Name": "N"}])
    return empty


async def act(http, name, body, key=None):
    path = (
        FUNCTION + name if key is None else f"/odata/Folders({key})/UiPath.Server.Configuration.OData.{name}"
    )
    return (await http.send("POST", path, body)).status


async def users(http, folder, *, inherited=False, query=""):
    path = f"{FUNCTION}GetUsersForFolder(key={folder},includeInherited={str(inherited).lower()}){query}"
    return [
        (row["UserEntity"]["UserName"], [(role["Name"], role["Origin"]) for role in row["Roles"]])
        for row in await http.rows(path)
    ]


async def give(http, folder, user_ids, role_ids):
    per_folder = [{"FolderId": folder, "RoleIds": role_ids}]
    return await act(
        http, "AssignUsers", {"assignments": {"UserIds": user_ids, "RolesPerFolder": per_folder}}
    )


async def test_users_have_roles_in_a_folder_and_in_those_below_it(tenant):
    assert await give(tenant, 1, [10, 11], [20]) == 204
    assert await give(tenant, 2, [10], [21, 20]) == 204
    assert await users(tenant, 1) == [("u10", [("Reader", "Assigned")]), ("u11", [("Reader", "Assigned")])]
    assert await users(tenant, 2) == [("u10", [("Reader", "Assigned"), ("Writer", "Assigned")])]
    both = await users(tenant, 2, inherited=True)
    assert ("u11", [("Reader", "Inherited")]) in both
    assert both[0] == ("u10", [("Reader", "Assigned"), ("Writer", "Assigned"), ("Reader", "Inherited")])
    only = "?$filter=UserEntity/UserName eq 'u11'&$top=1&$count=true"
    assert await users(tenant, 1, query=only) == [("u11", [("Reader", "Assigned")])]


@pytest.mark.parametrize(("folder", "user", "role"), [(9, 10, 20), (1, 9, 20), (1, 10, 9)])
async def test_what_does_not_exist_is_not_assigned(tenant, folder, user, role):
    assert await give(tenant, folder, [11, user], [20, role]) == 404
    assert await users(tenant, 1) == []


async def test_users_are_removed_from_a_folder_by_id_and_by_key(tenant):
    await give(tenant, 1, [10, 11], [20, 21])
    assert await act(tenant, "RemoveUserFromFolder", {"userId": 10}, key=1) == 204
    assert [name for name, _ in await users(tenant, 1)] == ["u11"]
    body = {"userKey": "E49C0012-EE01-45E4-884C-0CE1F2AA6FB1"}
    assert await act(tenant, "RemoveUserFromFolderByKey", body, key=1) == 204
    assert await users(tenant, 1) == []
    assert await act(tenant, "RemoveUserFromFolder", {"userId": 5}, key=1) == 404


async def test_a_user_of_a_directory_is_made_known_by_an_assignment(tenant):
    known = {"UserName": "jones", "Domain": "corp", "UserType": "DirectoryUser"}
    body = {"assignment": known | {"RolesPerFolder": [{"FolderId": 1, "RoleIds": [20]}]}}
    for _ in range(2):
        assert await act(tenant, "AssignDomainUser", body) == 204
    assert await users(tenant, 1) == [("jones", [("Reader", "Assigned")])]
    assert len(await tenant.rows("/odata/Users?$filter=Type eq 'DirectoryUser' and UserName eq 'jones'")) == 1


async def machines(http, folder):
    path = f"{FUNCTION}GetMachinesForFolder(key={folder})?$filter=IsAssignedToFolder eq true"
    return [(row["Name"], row["IsInherited"]) for row in await http.rows(path)]


async def assigned(http, folder):
    path = f"/odata/Machines/UiPath.Server.Configuration.OData.GetAssignedMachines(folderId={folder})"
    return [row["Name"] for row in await http.rows(path)]


async def test_machines_work_in_folders_and_if_told_in_those_below(tenant):
    body = {"assignments": {"MachineIds": [30, 31], "FolderIds": [1]}}
    assert await act(tenant, "AssignMachines", body) == 204
    assert (await machines(tenant, 1), await machines(tenant, 2)) == ([("M", False), ("N", False)], [])
    inherit = {"MachineId": 31, "FolderId": 1, "InheritEnabled": True}
    assert await act(tenant, "ToggleFolderMachineInherit", inherit) == 200
    assert (await machines(tenant, 2), await assigned(tenant, 2)) == ([("N", True)], ["N"])
    changes = {"associations": {"FolderId": 2, "AddedMachineIds": [30], "RemovedMachineIds": []}}
    assert await act(tenant, "UpdateMachinesToFolderAssociations", changes) == 204
    assert await assigned(tenant, 2) == ["M", "N"]
    below = f"{FUNCTION}GetSubfoldersWithAssignedMachine?rootFolderId=1&machineId=30"
    assert [row["DisplayName"] for row in await tenant.rows(below)] == ["B"]
    assert await act(tenant, "RemoveMachinesFromFolder", {"machineIds": [30, 31]}, key=1) == 204
    assert (await assigned(tenant, 1), await assigned(tenant, 2)) == ([], ["M"])
    assert await act(tenant, "AssignMachines", {"assignments": {"MachineIds": [5], "FolderIds": [1]}}) == 404


async def test_a_machine_that_is_removed_works_nowhere(tenant):
    await act(tenant, "AssignMachines", {"assignments": {"MachineIds": [30], "FolderIds": [1]}})
    path = "/odata/Machines/UiPath.Server.Configuration.OData.DeleteBulk"
    assert (await tenant.send("POST", path, {"machineIds": [30, 99]})).status == 204
    assert await assigned(tenant, 1) == []
    assert [row["Name"] for row in await tenant.rows("/odata/Machines")] == ["N"]
