from __future__ import annotations

import pytest

FINANCE, OVERVIEW, SHARED = ({"OrganizationUnitId": folder} for folder in ("36886", "36887", "36885"))
SETS = {
    "Assets": ("AssetIds", "GetFoldersForAsset", {"Name": "A", "ValueScope": "Global"}),
    "Buckets": ("BucketIds", "GetFoldersForBucket", {"Name": "A", "Identifier": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"}),
    "QueueDefinitions": ("QueueIds", "GetFoldersForQueue", {"Name": "A"}),
}  # fmt: skip
ACROSS = {
    "Assets": "GetAssetsAcrossFolders",
    "Buckets": "GetBucketsAcrossFolders",
    "QueueDefinitions": "GetQueuesAcrossFolders",
}


def function(set_name, name):
    return f"/odata/{set_name}/UiPath.Server.Configuration.OData.{name}"


async def share(http, set_name, key, added=(), removed=(), **folder):
    body = {SETS[set_name][0]: [key], "ToAddFolderIds": list(added), "ToRemoveFolderIds": list(removed)}
    return await http.send("POST", function(set_name, "ShareToFolders"), body, **(folder or FINANCE))


@pytest.fixture
async def made(demo):
    async def make(set_name):
        reply = await demo.send("POST", f"/odata/{set_name}", SETS[set_name][2], **FINANCE)
        assert reply.status == 201
        return reply.body["Id"]

    return make


async def folders_of(http, set_name, key, **folder):
    reply = await http.get(f"{function(set_name, SETS[set_name][1])}(id={key})", **folder)
    assert reply.body["TotalFoldersCount"] == len(reply.body["AccessibleFolders"])
    return [each["FullyQualifiedName"] for each in reply.body["AccessibleFolders"]]


@pytest.mark.parametrize("set_name", SETS)
async def test_what_is_shared_is_one_row_in_several_folders(demo, made, set_name):
    key = await made(set_name)
    path = f"/odata/{set_name}({key})"
    assert (await demo.get(path, **OVERVIEW)).status == 404
    assert (await share(demo, set_name, key, [36887])).status == 204
    assert await folders_of(demo, set_name, key, **OVERVIEW) == ["Shared/Finance", "Shared/Übersicht"]
    assert (await demo.get(path, **OVERVIEW)).body["FoldersCount"] == 2
    assert key in [row["Id"] for row in await demo.rows(f"/odata/{set_name}", **OVERVIEW)]
    await demo.send("DELETE", path, **OVERVIEW)
    assert (await demo.get(path, **FINANCE)).status == 404


async def test_a_row_may_leave_its_first_folder_but_not_its_last(demo, made):
    key = await made("Assets")
    assert (await share(demo, "Assets", key, [36887], [36886])).status == 204
    assert (await demo.get(f"/odata/Assets({key})", **FINANCE)).status == 404
    assert (await demo.get(f"/odata/Assets({key})", **OVERVIEW)).body["FoldersCount"] == 1
    last = await share(demo, "Assets", key, [], [36887], **OVERVIEW)
    assert (last.status, last.body["errorCode"]) == (409, 1017)
    assert (await demo.get(f"/odata/Assets({key})", **OVERVIEW)).status == 200


async def test_sharing_is_all_or_nothing(demo, made):
    key = await made("Assets")
    refused = await share(demo, "Assets", key, [36887, 5])
    assert (refused.status, refused.body["errorCode"]) == (409, 1017)
    body = {"AssetIds": [key, 77], "ToAddFolderIds": [36887]}
    missing = await demo.send("POST", function("Assets", "ShareToFolders"), body, **FINANCE)
    assert (missing.status, missing.body["errorCode"]) == (404, 1002)
    assert await folders_of(demo, "Assets", key, **FINANCE) == ["Shared/Finance"]


@pytest.mark.parametrize("set_name", SETS)
async def test_rows_of_all_folders_are_listed_but_for_one(demo, made, set_name):
    key = await made(set_name)
    path = function(set_name, ACROSS[set_name])

    async def listed(query=""):
        return key in [row["Id"] for row in await demo.rows(path + query)]

    assert [
        await listed(),
        await listed("?excludeFolderId=36886"),
        await listed("?excludeFolderId=36887"),
    ] == [
        *(True, False, True),
    ]
    await share(demo, set_name, key, [36887])
    assert not await listed("?excludeFolderId=36887")


async def test_the_items_of_a_shared_queue_are_seen_and_added_in_each_of_its_folders(demo):
    counted = "/odata/QueueItems?$filter=QueueDefinitionId eq 71&$count=true&$top=0"
    before = (await demo.get(counted, **FINANCE)).body["@odata.count"]
    assert (await demo.get(counted, **OVERVIEW)).body["@odata.count"] == 0
    assert (await share(demo, "QueueDefinitions", 71, [36887])).status == 204
    add = {"itemData": {"Name": "Invoices"}}
    added = await demo.send("POST", "/odata/Queues/UiPathODataSvc.AddQueueItem", add, **OVERVIEW)
    assert added.status == 201
    for folder in (FINANCE, OVERVIEW):
        assert (await demo.get(counted, **folder)).body["@odata.count"] == before + 1
        assert (await demo.get(f"/odata/QueueItems({added.body['Id']})", **folder)).status == 200
    await share(demo, "QueueDefinitions", 71, [], [36886])
    assert (await demo.get(counted, **FINANCE)).body["@odata.count"] == 0
    assert (await demo.get(counted, **SHARED)).body["@odata.count"] == 0


async def test_over_all_folders_an_item_comes_once_for_each_folder_of_its_queue(demo):
    """The API guide: items of linked queues are repeated, and counted so, unless a folder is named."""
    listed = "/odata/QueueItems?$filter=QueueDefinitionId eq 71&$orderby=Id&$top=4&$count=true"
    before = await demo.get(listed)
    await share(demo, "QueueDefinitions", 71, [36887])
    after = await demo.get(listed)
    assert after.body["@odata.count"] == 2 * before.body["@odata.count"]
    ids = [row["Id"] for row in before.rows]
    assert [row["Id"] for row in after.rows] == [ids[0], ids[0], ids[1], ids[1]]
    assert {row["OrganizationUnitId"] for row in after.rows} == {36886, 36887}
    assert (await demo.get(listed, **FINANCE)).body["@odata.count"] == before.body["@odata.count"]
    others = "/odata/QueueItems?$filter=QueueDefinitionId eq 72&$count=true&$top=0"
    counted = demo.emulator.sql("SELECT COUNT(*) FROM QueueItems WHERE QueueDefinitionId = 72")[0][0]
    assert (await demo.get(others)).body["@odata.count"] == counted
