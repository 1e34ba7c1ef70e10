from __future__ import annotations

USERS = "/odata/Users"
FUNCTION = ".Server.Configuration.OData."


def action(path, name):
    return f"{path}/UiPath{FUNCTION}{name}"


async def role(http, name, *permissions):
    granted = [{"Name": each, "IsGranted": True} for each in permissions]
    body = {"Name": name, "Permissions": [*granted, {"Name": "Never", "IsGranted": False}]}
    return (await http.send("POST", "/odata/Roles", body)).body["Id"]


async def roles_of(http, user):
    row = (await http.get(f"{USERS}({user})?$expand=UserRoles")).body
    assert [each["RoleName"] for each in row["UserRoles"]] == row["RolesList"]
    return row["RolesList"]


async def test_the_current_user_is_the_first_active_one(demo, empty):
    reply = await demo.get(action(USERS, "GetCurrentUser"))
    assert (reply.status, reply.body["UserName"]) == (200, "john.smith")
    await demo.send("PATCH", f"{USERS}(45)", {"IsActive": False})
    assert (await demo.get(action(USERS, "GetCurrentUser"))).body["Id"] == 88
    assert (await empty.get(action(USERS, "GetCurrentUser"))).status == 204
    assert (await empty.get(action(USERS, "GetCurrentPermissions"))).status == 401


async def test_users_have_the_roles_that_they_are_given(demo):
    reader, writer = (
        await role(demo, "Reader", "Jobs.View"),
        await role(demo, "Writer", "Jobs.Edit", "Jobs.View"),
    )
    assert (
        await demo.send("POST", action(f"{USERS}(45)", "AssignRoles"), {"roleIds": [reader]})
    ).status == 200
    assert await roles_of(demo, 45) == ["Reader"]
    toggle = action(f"{USERS}(45)", "ToggleRole")
    assert (await demo.send("POST", toggle, {"role": "Writer", "toggle": True})).status == 200
    assert await roles_of(demo, 45) == ["Reader", "Writer"]
    known = (await demo.get(action(USERS, "GetCurrentPermissions"))).body
    assert (known["UserId"], known["Permissions"]) == (45, ["Jobs.Edit", "Jobs.View"])
    await demo.send("POST", toggle, {"role": "Reader", "toggle": False})
    assert await roles_of(demo, 45) == ["Writer"]
    refused = await demo.send("POST", action(f"{USERS}(45)", "AssignRoles"), {"roleIds": [writer, 99]})
    assert (refused.status, refused.body["errorCode"]) == (404, 1002)
    assert await roles_of(demo, 45) == ["Writer"]


async def test_roles_know_their_users(demo):
    reader = await role(demo, "Reader")
    body = {"addedUserIds": [45, 88], "removedUserIds": []}
    assert (await demo.send("POST", action(f"/odata/Roles({reader})", "SetUsers"), body)).status == 204
    ids = action("/odata/Roles", f"GetUserIdsForRole(key={reader})")
    assert (await demo.get(ids)).body["value"] == [45, 88]
    body = {"addedUserIds": [], "removedUserIds": [88]}
    await demo.send("POST", action(f"/odata/Roles({reader})", "SetUsers"), body)
    users = action("/odata/Roles", f"GetUsersForRole(key={reader})?$select=UserName")
    assert await demo.rows(users) == [{"UserName": "john.smith"}]
    taken = await demo.send("POST", "/odata/Roles", {"Name": "reader"})
    assert (taken.status, taken.body["errorCode"]) == (409, 1001)


async def test_ids_of_users_are_checked(demo):
    reply = await demo.get(action(USERS, "Validate(userIds=[45,99])"))
    assert reply.body["value"] == {"45": True, "99": False}
    assert (await demo.get(action(USERS, "Validate(userIds=[x])"))).status == 400


async def test_a_workspace_is_its_owner_s_and_others_look_into_it(demo):
    own = action("/odata/PersonalWorkspaces", "GetPersonalWorkspace")
    assert (await demo.get(own)).status == 404
    demo.emulator.insert("PersonalWorkspaces", [{"Id": 1, "Name": "W", "OwnerId": 45}])
    assert (await demo.get(own)).body["Name"] == "W"
    for name, users in (("StartExploring", [45]), ("StartExploring", [45]), ("StopExploring", [])):
        assert (await demo.send("POST", action("/odata/PersonalWorkspaces(1)", name))).status == 204
        assert (await demo.rows("/odata/PersonalWorkspaces"))[0]["ExploringUserIds"] == users


async def test_nobody_explores_in_a_tenant_without_users(empty):
    empty.emulator.insert("PersonalWorkspaces", [{"Id": 1, "Name": "W"}])
    refused = await empty.send("POST", action("/odata/PersonalWorkspaces(1)", "StartExploring"))
    assert refused.status == 409
    assert (await empty.get(action("/odata/PersonalWorkspaces", "GetPersonalWorkspace"))).status == 404
