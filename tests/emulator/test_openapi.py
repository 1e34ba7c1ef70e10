"""The emulator's own answers, held against Orchestrator's OpenAPI document by a validator of others."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import attrs
import pytest
from aiohttp import ClientSession, FormData

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.data import schema, undocumented
from uipath_odata.emulator.data.demo.packages import package
from uipath_odata.emulator.rows import samples

from .conftest import Http
from .openapi import DIFFERENCES, answers, facts
from .rows.test_samples import FOLDER, GUID, Undo, asked, one_of_each
from .test_registry import table

API = schema.load()
EMPTY_FOLDER = (
    'INSERT INTO "Folders" ("Id", "Key", "DisplayName", "FullyQualifiedName") VALUES (2, \'k\', \'b\', \'b\')',
)
SCHEDULE = {"Name": "other", "TimeZoneId": "UTC", "StartProcessCron": "0 0 9 * * ?", "ReleaseName": "sample"}
TESTS = {"Name": "other", "TimeZoneId": "UTC", "CronExpression": "0 0 9 * * ?", "TestSetId": 1}
IN_PROGRESS = 'UPDATE "QueueItems" SET "Status" = \'InProgress\''
RETRIED = (
    'INSERT INTO "QueueItems" ("Id", "Key", "AncestorId", "RetryNumber", "_folder") VALUES (2, ?, 1, 5, 1)'
)
VERSIONS = 'UPDATE "Releases" SET "Key" = ?, "ReleaseVersions" = \'[{"VersionNumber":"sample"},{"VersionNumber":"sample"}]\''
CREDENTIALS = (("resourceType='1'", "resourceType='Secrets'"),)
OTHER = "6b4f1e75-3d2c-4e8f-8a91-2c3d4e5f6071"
NO_PROCESS = ('DELETE FROM "Releases"',)
SAMPLE = (("='1'", "='sample'"), ("('1')", "('sample')"))
STATE = 'UPDATE "Jobs" SET "State" = ?, "Key" = ?'


@attrs.frozen
class Way:
    """How an operation is asked for, where the sample of its body is refused on the sample rows."""

    body: object = None
    path: tuple[tuple[str, str], ...] = ()
    query: str | None = None
    first: tuple[tuple[str, ...], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


def share(name: str, key: object) -> Way:
    body = {f"{name}Ids": [key], "ToAddFolderIds": [1], "ToRemoveFolderIds": []}
    return Way(body)


def file(place: str, path: str) -> tuple[str, ...]:
    return ("INSERT INTO _files VALUES (?, ?, x'00', 'text/plain', 0)", place, path)


ASSET = Way(path=(("assetName='1'", "assetName='sample'"),))
BUCKET_FILE = Way(first=(file("bucket-1", "sample"),))
RULE = (("businessRule", b'{"Name": "other"}'), ("file", b"x"))
RELEASE = Way(first=((VERSIONS, GUID),))
PACKAGE = (("file", package("Other", "1.0.0")),)
ROBOT = Way({"robotId": "1"})
WAYS: dict[str, Way] = {
    "Assets_GetRobotAssetByRobotId": ASSET,
    "Assets_GetRobotAssetByRobotidAndAssetname": ASSET,
    "Assets_ShareToFolders": share("Asset", 1),
    "Buckets_DeleteFileByKey": BUCKET_FILE,
    "Buckets_GetFileByKey": BUCKET_FILE,
    "Buckets_GetReadUriByKey": BUCKET_FILE,
    "Buckets_ShareToFolders": share("Bucket", 1),
    "BusinessRules_GetReadUriByName": Way(path=SAMPLE, first=(file("BusinessRules", f"{GUID}/sample"),)),
    "BusinessRules_Post": Way(files=RULE),
    "BusinessRules_PutById": Way(files=RULE),
    "BusinessRules_ShareToFolders": Way(
        {"BusinessRuleKeys": [GUID], "ToAddFolderIds": [1], "ToRemoveFolderIds": []}
    ),
    "CredentialStores_GetDefaultStoreForResourceTypeByResourcetype": Way(path=CREDENTIALS),
    "CredentialStores_GetResourcesForCredentialStoreTypesByKeyAndResourcetype": Way(path=CREDENTIALS),
    "CredentialStores_GetResourcesForCredentialsProxyResourceTypes": Way(path=CREDENTIALS),
    "Environments_AddRobotById": ROBOT,
    "Environments_RemoveRobotById": ROBOT,
    "ExecutionMedia_DownloadMediaByJobId": Way(first=(file("ExecutionMedia", "sample"),)),
    "Exports_GetById": Way(first=(file("Exports", "1/Jobs.csv"),)),
    "Exports_GetDownloadLinkById": Way(first=(file("Exports", "1/Jobs.csv"),)),
    "Folders_DeleteById": Way(path=(("(1)", "(2)"),), first=(EMPTY_FOLDER,)),
    "Folders_DeleteByKey": Way(query="key=k", first=(EMPTY_FOLDER,)),
    "Folders_GetAllRolesForUserByUsernameAndSkipAndTake": Way(path=SAMPLE),
    "Folders_MoveFolderByFolderid": Way(query="targetParentId=2", first=(EMPTY_FOLDER,)),
    "Folders_PutById": Way({"DisplayName": "other"}),
    "JobAttachments_GetByJobKey": Way(query=f"jobKey={GUID}"),
    "JobTriggers_DeliverPayloadByInboxid": Way({"a": 1}),
    "JobTriggers_GetPayloadByInboxid": Way(first=(("INSERT INTO _inboxes VALUES (?, '{}')", GUID),)),
    "Jobs_RestartJob": Way({"jobId": 1}, first=((STATE, "Faulted", GUID),)),
    "Jobs_ResumeJob": Way({"jobKey": GUID}, first=((STATE, "Suspended", GUID),)),
    "Libraries_DeleteById": Way(path=SAMPLE, first=(NO_PROCESS,), query=""),
    "Libraries_DownloadPackageByKey": Way(path=SAMPLE, first=(file("Libraries", "sample"),), query=""),
    "Libraries_UploadPackage": Way(files=PACKAGE),
    "LicensesRuntime_ToggleEnabledByKey": Way(
        {"key": GUID, "robotType": "Unattended", "enabled": True}, path=(("('1')", f"('{GUID}')"),)
    ),
    "Licensing_Release": Way(
        {"type": "t", "count": 1},
        first=(("INSERT INTO _singletons VALUES ('ConsumedLicenses', '{\"t \": 1}')",),),
    ),
    "Logs_Post": Way({"message": "m"}),
    "Logs_SubmitLogs": Way(['{"message": "m"}']),
    "Maintenance_End": Way(
        first=(("INSERT INTO _singletons VALUES ('Maintenance', '{\"state\": \"Draining\"}')",),)
    ),
    "Maintenance_Start": Way(query="phase=Draining"),
    "PackageFeeds_GetFolderFeed": Way(query="folderId=2"),
    "PersonalWorkspaces_ConvertToFolderById": Way({"folderName": "other"}),
    "ProcessSchedules_Post": Way(SCHEDULE),
    "ProcessSchedules_PutById": Way(SCHEDULE),
    "Processes_DeleteById": Way(path=SAMPLE, first=(NO_PROCESS,), query=""),
    "Processes_DownloadPackageByKey": Way(path=SAMPLE, first=(file("Processes", "sample"),), query=""),
    "Processes_GetArgumentsByKey": Way(path=SAMPLE),
    "Processes_UploadPackage": Way(files=PACKAGE),
    "QueueDefinitions_GetJsonSchemaDefinitionByIdAndJsonschematype": Way(
        path=(("='1'", "='SpecificData'"),),
        first=(('UPDATE "QueueDefinitions" SET "SpecificDataJsonSchema" = \'{}\'',),),
    ),
    "QueueDefinitions_ShareToFolders": share("Queue", 1),
    "QueueItems_GetItemLastRetryById": Way(first=((RETRIED, OTHER),)),
    "QueueItems_GetItemLastRetryByKey": Way(
        path=(("key=1", f"key={GUID}"), ("key='1'", f"key={GUID}")), first=((RETRIED, OTHER),)
    ),
    "QueueItems_SetItemReviewStatus": Way({"status": "Verified", "queueItems": []}),
    "QueueItems_SetTransactionProgressById": Way({"progress": "p"}, first=((IN_PROGRESS,),)),
    "Queues_AddQueueItem": Way({"itemData": {"Name": "sample", "Reference": "r"}}),
    "Queues_SetTransactionResultById": Way(
        {"transactionResult": {"IsSuccessful": True}}, first=((IN_PROGRESS,),)
    ),
    "Queues_StartTransaction": Way({"transactionData": {"Name": "sample"}}),
    "Releases_DeleteByKey": Way(query="key=sample"),
    "Releases_RollbackToPreviousReleaseVersionById": RELEASE,
    "Releases_RollbackToPreviousReleaseVersionByKeyByIdentifier": RELEASE,
    "Releases_UpdateToLatestPackageVersionByKeyByIdentifier": RELEASE,
    "Releases_UpdateToSpecificPackageVersionByKeyByIdentifier": attrs.evolve(
        RELEASE, body={"packageVersion": "sample"}
    ),
    "Settings_GetById": Way(path=SAMPLE),
    "Settings_GetLicense": Way(
        first=(
            ('INSERT INTO _singletons VALUES (\'License\', \'{"Id": 1, "Allowed": {"Unattended": 1}}\')',),
        )
    ),
    "Settings_PutById": Way({"Name": "1", "Value": "v"}),
    "TaskCatalogs_DeleteById": Way(first=(('DELETE FROM "Tasks"',),)),
    "TaskCatalogs_ShareToFolders": share("TaskCatalog", 1),
    "TestAutomation_GetAssertionScreenshot": Way(first=(file("TestCaseAssertions", "1"),)),
    "TestAutomation_GetTestCaseExecutionAttachment": Way(first=(file("TestCaseExecutionAttachments", "1"),)),
    "TestAutomation_GetTestSetExecutionAttachment": Way(first=(file("TestSetExecutionAttachments", "1"),)),
    "TestDataQueueActions_DeleteItems": Way([1]),
    "TestSetSchedules_Post": Way(TESTS),
    "TestSetSchedules_PutById": Way(TESTS),
    "Users_ChangeCulture": Way({"culture": "ja"}),
    "Users_ChangeUserCultureById": Way({"culture": "ja"}),
    "Webhooks_TriggerCustom": Way({"a": 1}),
}


def renamed(value: object) -> object:
    """Give an entity another name and no Id, so that it can be added beside the sample."""
    if isinstance(value, list):
        return [renamed(each) for each in value]
    if not isinstance(value, dict):
        return value
    named = {"name", "displayname", "identifier", "username"}
    return {
        name: "other" if name.lower() in named and each == "sample" else renamed(each)
        for name, each in value.items()
        if name != "Id"
    }


def parameters(operation) -> str:
    """Fill all query parameters that are not OData's."""
    found = next(each for each in facts()["operations"] if each["id"] == operation.id)
    values = {"string": "sample", "integer": "1", "boolean": "true", "string:uuid": GUID}

    def value(shape):
        if isinstance(shape, dict):
            return facts()["enums"][shape["enum"]][0] if "enum" in shape else "sample"
        return values.get(shape) or values.get(shape.partition(":")[0], "1")

    return "&".join(f"{each['name']}={value(each['type'])}" for each in found.get("query", ()))


def ways(operation):
    """Yield the ways to ask for an operation, until one is taken."""
    if operation.id in WAYS:
        yield WAYS[operation.id]
    elif operation.body:
        body = samples._object(API.types[operation.body], API, 0)
        yield from (Way(body), Way(renamed(body)))
    else:
        yield Way()


async def send(http, operation, way):
    for statement, *values in way.first:
        http.emulator.sql(statement, *values)
    path = asked(operation)
    for old, new in way.path:
        path = path.replace(old, new)
    query = parameters(operation) if way.query is None else way.query
    body = way.body
    if way.files:
        body = FormData()
        for name, content in way.files:
            body.add_field(name, content, filename=name, content_type="application/octet-stream")
    return await http.raw(operation.method, f"{path}?{query}", body, **FOLDER)


async def answered(http, operation):
    """Return the answer of an operation on the sample rows, which are the same again after it."""
    reply = None
    for way in ways(operation):
        with suppress(Undo), http.emulator._store.transaction():
            reply = await send(http, operation, way)
            raise Undo
        if reply.status_code < 300:
            break
    return reply


async def all_answered():
    async with Emulator(seed=None) as emulator, ClientSession() as session:
        http = Http(emulator, session)
        one_of_each(emulator, API)
        emulator.sql('UPDATE "Tasks" SET "IsDeleted" = 0, "Status" = \'Pending\', "Type" = \'FormTask\'')
        return {each.id: (each, await answered(http, each)) for each in API.operations}


@pytest.fixture(scope="module")
def replies():
    """Ask for every operation."""
    return asyncio.run(all_answered())


def faults(replies, differences=frozenset(DIFFERENCES)):
    held = answers(differences)
    found = {key: held.faults(each.method, asked(each), reply) for key, (each, reply) in replies.items()}
    return {key: each for key, each in found.items() if each}


UNANSWERED = frozenset(row[0] for row in table("What stays unanswered"))
TABLE = {row[0]: row[1:] for row in table("Where answers differ from the schema")}


@pytest.fixture(scope="module")
def taken(replies):
    """All answers but those of the operations that stay unanswered."""
    return {key: reply for key, reply in replies.items() if key not in UNANSWERED}


@pytest.fixture(scope="module")
def unlike(taken):
    """The answers that are not what the document alone says."""
    return {key: taken[key] for key in faults(taken, frozenset())}


def test_every_operation_is_answered_with_success_or_listed(replies, taken):
    refused = {key: reply.data for key, (_, reply) in taken.items() if reply.status_code >= 300}
    assert refused == {}
    assert {replies[key][1].status_code for key in UNANSWERED} == {501}
    assert len(taken) > 400


def test_every_answer_is_what_the_document_says_but_for_the_differences(taken):
    assert faults(taken) == {}


def test_the_table_of_differences_names_each_with_its_source():
    assert TABLE.keys() == DIFFERENCES.keys()
    assert all(source for _, source in TABLE.values())


@pytest.mark.parametrize("place", sorted({each.partition(".")[0] for each in DIFFERENCES}))
def test_each_difference_is_one(taken, unlike, place):
    """Without it some answers are not what the document says."""
    meant = {each for each in DIFFERENCES if each.partition(".")[0] == place}
    found = faults(unlike, frozenset(DIFFERENCES) - meant)
    texts = [f"{key} {text}" for key, several in found.items() for text in several]
    for difference in meant:
        assert any(difference.rpartition(".")[2] in text for text in texts)


def test_the_table_of_what_no_schema_lists_is_whole():
    properties = {f"{name}.{part}" for name, parts in undocumented.PROPERTIES.items() for part in parts}
    rows = {row[0]: row[2] for row in table("What clients use and no schema lists")}
    assert rows.keys() == properties | {each["id"] for each in undocumented.OPERATIONS}
    assert all(rows.values())


def test_the_validator_finds_a_wrong_type_an_unknown_property_and_a_missing_one(taken):
    operation, reply = taken["Folders_GetById"]
    for old, new in (
        (b'"Id":1', b'"Id":"1"'),
        (b'"Id":1', b'"Idd":1'),
        (b'"DisplayName":', b'"Description":'),
    ):
        wrong = attrs.evolve(reply, data=reply.data.replace(old, new))
        assert wrong.data != reply.data
        assert faults({"Folders_GetById": (operation, wrong)})
