from __future__ import annotations

import base64

import pytest


def encoded(path):
    return base64.b64encode(path.encode("utf-16-le")).decode()


@pytest.mark.parametrize(
    "header",
    [
        {"OrganizationUnitId": "36887"},
        {"FolderPath-Encoded": encoded("Shared/Übersicht")},
        {"FolderKey": "key"},
    ],
)
async def test_a_folder_is_named_by_id_encoded_path_or_key(demo, header):
    if "FolderKey" in header:
        key = demo.emulator.sql('SELECT "Key" FROM "Folders" WHERE "Id" = 36887')[0][0]
        header = {"FolderKey": key.upper()}
    rows = await demo.rows("/odata/Robots?$select=Name", **header)
    assert [row["Name"] for row in rows] == ["!~#$%^&*()_+=-", "mr-Rob"]


async def test_an_ascii_path_is_named_as_it_is(demo):
    rows = await demo.rows("/odata/Robots?$select=Name", FolderPath="Shared/Finance")
    assert [row["Name"] for row in rows] == ["DocBot", "Stan"]


@pytest.mark.parametrize(
    "header",
    [
        {"OrganizationUnitId": "1"},
        {"OrganizationUnitId": "x"},
        {"FolderPath": "Elsewhere"},
        {"FolderPath-Encoded": base64.b64encode(b"Shared").decode()},
        {"FolderPath-Encoded": "%"},
        {"FolderPath-Encoded": base64.b64encode(b"abc").decode()},
        {"FolderKey": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"},
    ],
)
async def test_an_unknown_folder_is_refused(demo, header):
    reply = await demo.get("/odata/Robots", **header)
    assert (reply.status, reply.body["errorCode"]) == (400, 1100)
    assert reply.body["message"] == "Folder does not exist or the user does not have access to the folder."


@pytest.mark.parametrize("name", ["Assets", "QueueDefinitions", "Buckets"])
async def test_some_lists_need_a_folder(demo, name):
    reply = await demo.get(f"/odata/{name}")
    assert (reply.status, reply.body["errorCode"]) == (400, 1101)
    assert reply.body["message"] == "A folder is required for this action."
    assert (await demo.get(f"/odata/{name}", OrganizationUnitId="36886")).status == 200


@pytest.mark.parametrize(
    "name", ["RobotLogs", "Jobs", "QueueItems", "Sessions", "Robots", "Users", "Folders"]
)
async def test_other_lists_work_across_folders(demo, name):
    assert (await demo.get(f"/odata/{name}?$top=1")).status == 200


@pytest.mark.parametrize(
    ("name", "status"), [("RobotLogs", 400), ("Jobs", 400), ("Users", 200), ("Folders", 200)]
)
async def test_strict_folders_are_asked_for_wherever_the_schema_does(emulators, name, status):
    async with emulators(seed=None, strict_folders=True) as http:
        assert (await http.get(f"/odata/{name}")).status == status


async def test_writes_need_a_folder(demo):
    reply = await demo.send("PUT", "/odata/Robots(749)", {"Name": "DocBot"})
    assert (reply.status, reply.body["errorCode"]) == (400, 1101)


async def test_rows_without_a_folder_are_seen_in_each(empty):
    empty.emulator.insert("Folders", [{"Id": 1}, {"Id": 2}])
    empty.emulator.insert("Robots", [{"Id": 10}])
    empty.emulator.insert("Robots", [{"Id": 11}], folder=1)
    empty.emulator.insert("Jobs", [{"Id": 20, "OrganizationUnitId": 2}])
    empty.emulator.insert("Jobs", [{"Id": 21}], folder=1)

    async def ids(name, folder):
        return [row["Id"] for row in await empty.rows(f"/odata/{name}", OrganizationUnitId=folder)]

    assert (await ids("Robots", "1"), await ids("Robots", "2")) == ([10, 11], [10])
    assert (await ids("Jobs", "1"), await ids("Jobs", "2")) == ([21], [20])
    assert (await empty.get("/odata/Jobs(21)")).body["OrganizationUnitId"] == 1


async def test_an_entity_of_another_folder_is_not_found(demo):
    assert (await demo.get("/odata/Robots(749)", OrganizationUnitId="36886")).status == 200
    elsewhere = {"OrganizationUnitId": "36887"}
    assert (await demo.get("/odata/Robots(749)", **elsewhere)).status == 404
    assert (await demo.send("PATCH", "/odata/Robots(749)", {"Name": "x"}, **elsewhere)).status == 404
    assert (await demo.send("DELETE", "/odata/Robots(749)", **elsewhere)).status == 404
    assert (await demo.get("/odata/Robots(749)", OrganizationUnitId="36886")).body["Name"] == "DocBot"
