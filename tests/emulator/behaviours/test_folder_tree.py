from __future__ import annotations

import base64

import pytest

FOLDERS = "/odata/Folders"
FUNCTION = f"{FOLDERS}/UiPath.Server.Configuration.OData."


async def add(http, name, parent=None, status=201, **fields):
    reply = await http.send("POST", FOLDERS, {"DisplayName": name, "ParentId": parent, **fields})
    assert reply.status == status, reply.body
    return reply.body


async def paths(http):
    rows = await http.rows(f"{FOLDERS}?$orderby=FullyQualifiedName&$select=FullyQualifiedName")
    return [row["FullyQualifiedName"] for row in rows]


async def move(http, folder, target):
    query = "" if target is None else f"?targetParentId={target}"
    return await http.send("PUT", f"{FOLDERS}({folder})/UiPath.Server.Configuration.OData.MoveFolder{query}")


@pytest.fixture
async def tree(empty):
    """A/B/C and D, by name."""
    made = {}
    for name, parent in (("A", None), ("B", "A"), ("C", "B"), ("D", None)):
        made[name] = await add(empty, name, made[parent]["Id"] if parent else None)
    return made


async def test_a_folder_has_its_path_and_its_parent_s_key(empty, tree):
    assert await paths(empty) == ["A", "A/B", "A/B/C", "D"]
    assert tree["B"]["ParentKey"] == tree["A"]["Key"]
    assert (tree["A"]["FolderType"], tree["A"]["IsPersonal"], tree["A"]["ParentId"]) == (
        "Standard",
        False,
        None,
    )
    found = f"{FUNCTION}GetByKey(identifier={tree['C']['Key'].upper()})"
    assert (await empty.get(found)).body["Id"] == tree["C"]["Id"]


@pytest.mark.parametrize(
    ("name", "parent", "status", "code"),
    [("b", "A", 409, 1001), ("D", None, 409, 1001), ("x/y", None, 400, 1009), ("x" * 116, None, 400, 1009)],
)
async def test_a_name_is_used_once_in_a_place_and_has_no_slash(empty, tree, name, parent, status, code):
    refused = await add(empty, name, tree[parent]["Id"] if parent else None, status=status)
    assert refused["errorCode"] == code
    assert (await add(empty, "E", 99, status=404))["errorCode"] == 1002
    assert (await add(empty, "B", tree["D"]["Id"]))["FullyQualifiedName"] == "D/B"


async def test_renaming_a_folder_renames_the_paths_below_it(empty, tree):
    path = f"{FOLDERS}({tree['B']['Id']})"
    renamed = await empty.send("PUT", path, {"DisplayName": "Bee", "Description": "buzzes"})
    assert (renamed.status, renamed.body["FullyQualifiedName"], renamed.body["Description"]) == (
        200,
        "A/Bee",
        "buzzes",
    )
    assert await paths(empty) == ["A", "A/Bee", "A/Bee/C", "D"]
    by_key = f"/api/Folders/PatchNameDescription?key={tree['A']['Key']}"
    assert (await empty.send("PATCH", by_key, {"name": "Ah"})).status == 200
    assert (await empty.send("PATCH", by_key, {"description": "first"})).status == 200
    described = (await empty.get(f"{FOLDERS}({tree['A']['Id']})")).body
    assert (described["DisplayName"], described["Description"]) == ("Ah", "first")
    assert await paths(empty) == ["Ah", "Ah/Bee", "Ah/Bee/C", "D"]
    elsewhere = {"DisplayName": "Bee", "ParentId": tree["D"]["Id"]}
    assert (await empty.send("PUT", path, elsewhere)).body["errorCode"] == 1009
    assert (
        await empty.send("PATCH", by_key.replace(tree["A"]["Key"], tree["A"]["Key"][::-1]), {})
    ).status == 404


async def test_a_folder_moves_with_all_that_is_in_it_but_not_into_itself(empty, tree):
    ids = {name: folder["Id"] for name, folder in tree.items()}
    assert (await move(empty, ids["B"], ids["D"])).status == 204
    assert await paths(empty) == ["A", "D", "D/B", "D/B/C"]
    assert (await move(empty, ids["D"], ids["C"])).status == 400
    assert (await move(empty, ids["D"], ids["D"])).status == 400
    assert (await move(empty, ids["C"], None)).status == 204
    assert await paths(empty) == ["A", "C", "D", "D/B"]
    assert (await move(empty, ids["C"], 99)).status == 404
    assert (await move(empty, ids["C"], "x")).status == 400


async def test_an_empty_folder_is_removed_with_what_belongs_to_it(empty, tree):
    kept = {"Id": 1, "Name": "kept"}
    empty.emulator.insert("Robots", [kept], folder=tree["D"]["Id"])
    empty.emulator.insert("Robots", [kept | {"Id": 2, "Name": "gone"}], folder=tree["C"]["Id"])
    refused = await empty.send("DELETE", f"{FOLDERS}({tree['B']['Id']})")
    assert (refused.status, refused.body["errorCode"]) == (409, 1012)
    assert (await empty.send("DELETE", f"{FOLDERS}({tree['C']['Id']})")).status == 204
    assert (await empty.send("DELETE", f"/api/Folders/DeleteByKey?key={tree['B']['Key']}")).status == 204
    assert await paths(empty) == ["A", "D"]
    assert [row["Name"] for row in await empty.rows("/odata/Robots")] == ["kept"]
    missing = await empty.send("DELETE", "/api/Folders/DeleteByKey")
    assert (missing.status, missing.body["message"]) == (400, "The key field is required.")


async def test_personal_workspaces_are_only_in_the_user_s_own_list(empty, tree):
    personal = await add(empty, "smith's workspace", FolderType="Personal")
    await add(empty, "inner", personal["Id"])
    assert await paths(empty) == ["A", "A/B", "A/B/C", "D"]
    body = (await empty.get("/api/Folders/GetAllForCurrentUser?take=2&skip=3")).body
    assert body["Count"] == 6
    assert [item["FullyQualifiedName"] for item in body["PageItems"]] == ["D", "smith's workspace"]
    assert len((await empty.get("/api/folders/getallforcurrentuser")).body["PageItems"]) == 6
    refused = await empty.get("/api/Folders/GetAllForCurrentUser?take=1001")
    assert (refused.status, refused.body["errorCode"]) == (400, 1009)


async def test_folders_are_searched_and_shown_as_a_tree(empty, tree):
    found = (
        await empty.get("/api/FoldersNavigation/GetFoldersForCurrentUser?searchText=c&take=5&skip=0")
    ).body
    assert [(item["FolderPath"], item["DisplayName"]) for item in found["PageItems"]] == [("A/B/C", "C")]
    levels = (await empty.get("/api/FoldersNavigation/GetAllFoldersForCurrentUser")).body
    assert [(item["DisplayName"], item["Level"], item["HasChildren"]) for item in levels] == [
        *(("A", 0, True), ("B", 1, True), ("C", 2, False), ("D", 0, False)),
    ]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".", "A/B"),
        ("..", "A"),
        ("../..", None),
        ("../../D", "D"),
        ("./C", "A/B/C"),
        ("/B/C", "A/B/C"),
        ("/D", None),
        ("./C/", None),
        ("A/B/C", "A/B/C"),
    ],
)
async def test_an_encoded_path_may_be_relative_to_the_folder_of_another_header(empty, tree, path, found):
    for name, folder in tree.items():
        empty.emulator.insert("Robots", [{"Name": name}], folder=folder["Id"])
    header = {"FolderPath-Encoded": base64.b64encode(path.encode("utf-16-le")).decode()}
    reply = await empty.get("/odata/Robots", **header, OrganizationUnitId=str(tree["B"]["Id"]))
    if found is None:
        assert (reply.status, reply.body["errorCode"]) == (400, 1100)
    else:
        assert [row["Name"] for row in reply.rows] == [found[-1]]
    if not path[0].isalpha():
        assert (await empty.get("/odata/Robots", **header)).body["errorCode"] == 1100
