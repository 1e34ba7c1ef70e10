"""Folders by name, by pattern and all of them; never silently fewer than were named."""

from __future__ import annotations

import pytest

from uipath_odata.emulator.faults import Status
from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export import export, in_all_folders, in_folders

KEY = "7a8a4a4e-7b1c-4a0f-9d52-3d3f0f6a0001"
FOLDERS = [
    {"Id": 11, "FullyQualifiedName": "Finance", "Key": KEY},
    {"Id": 12, "FullyQualifiedName": "Finance/Invoices"},
    {"Id": 13, "FullyQualifiedName": "Finance/Invoices/Old"},
    {"Id": 14, "FullyQualifiedName": "Shared"},
    {"Id": 15, "FullyQualifiedName": "ada@acme.com's workspace", "FolderType": "Personal"},
    {"Id": 16, "FullyQualifiedName": "ada@acme.com's workspace/Sub", "ParentId": 15},
]


@pytest.fixture
async def tenant(emulator):
    emulator.insert("Folders", [{"DisplayName": row["FullyQualifiedName"], **row} for row in FOLDERS])
    for row in FOLDERS:
        emulator.insert("Releases", [{"Name": f"in {row['Id']}", "ProcessKey": "p"}], folder=row["Id"])
    async with emulator.client() as client:
        yield client


def ids(lists):
    return {each.folder.id for each in lists if each.folder is not None}


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["Finance"], {11}),
        (["finance", "Shared"], {11, 14}),
        (["Finance/*"], {12}),
        (["Finance/**"], {11, 12, 13}),
        (["*"], {11, 14, 15}),
        (["**/Old"], {13}),
        (["12", KEY.upper()], {11, 12}),
        (["Shared", "Shared", "S*"], {14}),
    ],
)
async def test_folders_are_named_by_path_pattern_id_and_key(tenant, names, wanted):
    found = ids(await in_folders(tenant, [lambda scope: scope.releases], names))
    assert found & {row["Id"] for row in FOLDERS} == wanted


async def test_every_named_folder_has_its_rows_and_columns(tenant, tmp_path):
    lists = await in_folders(tenant, [lambda scope: scope.releases.exact()], ["Finance", "Shared"])
    summary = await export(lists, tmp_path / "lake")
    data = b"".join(file.read_bytes() for file in (tmp_path / "lake").rglob("part-*"))
    assert (summary.rows, summary.proven) == (2, True)
    assert b'"_folder_path":"Finance"' in data
    assert b'"_folder_path":"Shared"' in data


async def test_a_name_that_finds_no_folder_is_refused_with_the_nearest(tenant):
    with pytest.raises(QueryError, match=r"no folder Finanse: did you mean Finance\?"):
        await in_folders(tenant, [lambda scope: scope.releases], ["Shared", "Finanse"])


async def test_all_folders_are_those_of_both_lists(tenant):
    lists = await in_all_folders(tenant, [lambda scope: scope.releases])
    assert ids(lists) >= {row["Id"] for row in FOLDERS}


async def test_folders_of_the_one_list_are_read_and_the_other_is_warned_of(emulator, tenant, caplog):
    emulator.fail("*", Status(403), times=None, when=lambda call: "GetAllForCurrentUser" in call.path)
    lists = await in_all_folders(tenant, [lambda scope: scope.releases])
    assert {11, 14} <= ids(lists)
    assert "may be missing" in caplog.text


async def test_no_folder_is_an_error_also_beside_sets_of_the_tenant(emulator):
    emulator.sql("DELETE FROM Folders")
    async with emulator.client() as client:
        with pytest.raises(ExportError, match="sees no folder"):
            await in_all_folders(client, [lambda scope: scope.releases, lambda scope: scope.robots])


async def test_one_set_of_several_folders_is_told_apart_by_the_folders_of_its_queries(tenant, tmp_path):
    queries = [
        tenant.folder("Finance").releases,
        tenant.folder(id=14).releases,
        tenant.folder(key=KEY).robots,
    ]
    summary = await export(queries, tmp_path / "lake")
    assert {(each.entity_set, each.folder, each.rows) for each in summary.lists} >= {
        ("Releases", "Finance", 1),
        ("Releases", "Shared", 1),
    }
    with pytest.raises(QueryError, match="Releases-14 is named twice"):
        await export([tenant.folder("Shared").releases, tenant.folder(id=14).releases], tmp_path / "other")
    with pytest.raises(QueryError, match="sees no folder Sharet: did you mean Shared"):
        await export([tenant.folder("Sharet").releases, tenant.releases], tmp_path / "other")


async def test_a_client_gives_the_folders_that_a_pattern_names(tenant):
    found = await tenant.folders_matching("Finance/**")
    assert len(found) == sum(row["FullyQualifiedName"].split("/")[0] == "Finance" for row in FOLDERS)
    assert [len(await folder.releases.to_list()) for folder in found]
    with pytest.raises(QueryError, match=r"no folder Finanse/\*\*: did you mean Finance"):
        await tenant.folders_matching("Finanse/**")
