"""Test sets: made of the test cases of packages, run, cancelled and run again."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http import parameters, storage
from uipath_odata.emulator.http.answers import Answer, not_found
from uipath_odata.emulator.life import jobs
from uipath_odata.emulator.life.test_results import CASES, FINAL, RUNS, conclude
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.objects import of_row
from uipath_odata.emulator.rows.records import existing, matching
from uipath_odata.emulator.rows.writes import add, body_of
from uipath_odata.emulator.triggers import test_runs
from uipath_odata.emulator.world import Call, World

_ACCEPTED = Answer(HTTPStatus.ACCEPTED)


@answers("TestAutomation_CreateTestSetForReleaseVersion")
def create(world: World, call: Call) -> Answer:
    """Make a test set of test cases of a process's package: 201 with its Id."""
    sent = body_of(world, call)
    release = existing(world, "Releases", sent.get("releaseId"), call.folder)
    wanted = [str(each).lower() for each in items(sent, "testCaseUniqueIds")]
    package = world.store.find("TestCaseDefinitions", '"PackageIdentifier" = ?', release["ProcessKey"])
    chosen = [row for row in package if not wanted or str(row["UniqueId"]).lower() in wanted]
    cases = [
        {
            "Id": number,
            "Enabled": True,
            "DefinitionId": row["Id"],
            "ReleaseId": release["Id"],
            "VersionNumber": sent["versionNumber"],
        }
        for number, row in enumerate(chosen, 1)
    ]
    values: dict[str, SqlValue] = {
        "Name": f"{release['Name']}_{sent['versionNumber']}_{world.guid()[:8]}",
        "SourceType": "ExternalTool",
        "EnableCoverage": int(bool(sent.get("enableCoverage"))),
        "Enabled": 1,
        "TestCaseCount": len(cases),
        "TestCases": orjson.dumps(cases).decode(),
    }
    return Answer(HTTPStatus.CREATED, add(world, "TestSets", values, call.folder))


@answers("TestAutomation_StartTestSetExecution")
def start(world: World, call: Call) -> Answer:
    """Start a run of a test set and return its Id."""
    options = {"triggerType": parameters.text(call, "triggerType")}
    return Answer(body=test_runs.begin(world, _test_set(world, call), call.folder, options))


@answers("TestAutomation_StartTestSetExecutionWithOptions")
def start_with_options(world: World, call: Call) -> Answer:
    """Start a run of a test set, or of some of its test cases with data of their own, and return its Id."""
    options = body_of(world, call)
    return Answer(body=test_runs.begin(world, _test_set(world, call), call.folder, options))


@answers("TestAutomation_CancelTestSetExecution")
def cancel(world: World, call: Call) -> Answer:
    """Stop the jobs of a run that have not ended."""
    run = existing(world, RUNS, parameters.number(call, "testSetExecutionId"), call.folder)
    for case in world.store.find(CASES, '"TestSetExecutionId" = ?', run["Id"]):
        _stop(world, case)
    conclude(world, run["Id"])
    return _ACCEPTED


@answers("TestAutomation_CancelTestCaseExecution")
def cancel_case(world: World, call: Call) -> Answer:
    """Stop the job of one test case."""
    case = existing(world, CASES, parameters.number(call, "testCaseExecutionId"), call.folder)
    _stop(world, case)
    conclude(world, case["TestSetExecutionId"])
    return _ACCEPTED


@answers("TestAutomation_ReexecuteTestCases")
def again(world: World, call: Call) -> Answer:
    """Run test cases once more within their run, and return the new executions."""
    sent, made = body_of(world, call), list[int]()
    for each in sent["testCaseExecutions"]:
        case = existing(world, CASES, each.get("testCaseExecutionId"), call.folder)
        run = existing(world, RUNS, case["TestSetExecutionId"])
        options = {**sent, "run": (case["RunId"] or 1) + 1, "order": case["ExecutionOrder"]}
        arguments = each.get("inputArguments") or case["InputArguments"]
        release = existing(world, "Jobs", case["JobId"])["Release"]
        values = {**case, "Id": case["TestCaseId"], "ReleaseId": release}
        made.append(test_runs.start_case(world, run, values, arguments, call.folder, options))
        conclude(world, run["Id"])
    return Answer(body=[of_row(world, CASES, existing(world, CASES, each)) for each in made])


@answers("TestAutomation_GetReleasesForPackageVersion")
def releases(world: World, call: Call) -> Answer:
    """Return the processes that run a package in a version, or 404."""
    package, version = parameters.text(call, "packageIdentifier"), parameters.text(call, "version")
    condition = Sql('"ProcessKey" = ? COLLATE NOCASE AND "ProcessVersion" = ?', (package, version))
    found = matching(world, "Releases", condition, call.folder)
    if not found:
        raise not_found(f"A process of the package {package} in version {version}")
    rows = [
        {"releaseId": row["Id"], "versionNumber": version, "organizationUnitId": row["OrganizationUnitId"]}
        for row in found
    ]
    return Answer(body=rows)


@answers("TestAutomation_GetPackageInfoByTestCaseUniqueId")
def package_of(world: World, call: Call) -> Answer:
    """Return the package of a test case with its latest versions, or 404."""
    unique = parameters.needed(call, "testCaseUniqueId").lower()
    package = parameters.text(call, "packageIdentifier")
    where = '"UniqueId" = ? AND (? IS NULL OR "PackageIdentifier" = ?)'
    found = world.store.find("TestCaseDefinitions", where, unique, package, package)
    if not found:
        raise not_found(f"The test case {unique}")
    names = {"packageIdentifier": "PackageIdentifier", "latestVersion": "LatestVersion"}
    names["latestPrereleaseVersion"] = "LatestPrereleaseVersion"
    return Answer(body={name: found[0][column] for name, column in names.items()})


@answers("TestAutomation_GetTestCaseExecutionAttachments")
def attachments_of_case(world: World, call: Call) -> Answer:
    """Return the attachments of a test case, those with certain tags where tags are named."""
    keys = {"testCaseExecutionId": "Id", "jobKey": "JobKey"}
    return _attachments(world, call, CASES, "TestCaseExecutionAttachments", keys)


@answers("TestAutomation_GetTestSetExecutionAttachments")
def attachments_of_run(world: World, call: Call) -> Answer:
    """Return the attachments of a run, those with certain tags where tags are named."""
    keys = {"testSetExecutionId": "Id", "batchExecutionKey": "BatchExecutionKey"}
    return _attachments(world, call, RUNS, "Attachments", keys)


@answers("TestAutomation_GetTestCaseExecutionAttachment")
def file_of_case(world: World, call: Call) -> Answer:
    """Return the file of an attachment, or 404 where none was stored."""
    return _file(
        world, "TestCaseExecutionAttachments", parameters.number(call, "testCaseExecutionAttachmentId")
    )


@answers("TestAutomation_GetTestSetExecutionAttachment")
def file_of_run(world: World, call: Call) -> Answer:
    """Return the file of an attachment, or 404 where none was stored."""
    return _file(
        world, "TestSetExecutionAttachments", parameters.number(call, "testSetExecutionAttachmentId")
    )


@answers("TestAutomation_GetAssertionScreenshot")
def screenshot(world: World, call: Call) -> Answer:
    """Return the screenshot of an assertion, or 404 where none was stored."""
    return _file(world, "TestCaseAssertions", parameters.number(call, "testCaseAssertionId"))


def _test_set(world: World, call: Call) -> Row:
    key = parameters.text(call, "testSetKey")
    if key is None:
        return existing(world, "TestSets", parameters.number(call, "testSetId"), call.folder)
    found = matching(world, "TestSets", Sql('"Key" = ?', (key.lower(),)), call.folder)
    if not found:
        raise not_found(f"The test set {key}")
    return found[0]


def _stop(world: World, case: Row) -> None:
    for job in world.store.find(jobs.SET, '"Id" = ?', case["JobId"]):
        if case["Status"] not in FINAL and job["State"] not in jobs.FINAL:
            jobs.stop(world, job, "Kill")
            world.store.change(
                CASES, case["Id"], {"Status": "Cancelling"} if _runs(job) else {"Status": "Cancelled"}
            )


def _runs(job: Row) -> bool:
    return job["State"] in {"Running", "Stopping", "Terminating"}


def _attachments(world: World, call: Call, set_name: str, name: str, keys: Mapping[str, str]) -> Answer:
    """Return the attachments of the row that the first of these keys with a value names, else the last of them."""
    sent = body_of(world, call)
    member = next((each for each in keys if sent.get(each)), [*keys][-1])
    column, value = keys[member], sent.get(member)
    found = matching(world, set_name, Sql(f'"{column}" = ? COLLATE NOCASE', (value,)), call.folder)
    if not found:
        raise not_found(f"{set_name}({value})")
    tags = {*items(sent, "tags")}
    rows = [each for each in orjson.loads(found[0][name] or "[]") if tags <= {*items(each, "Tags")}]
    return Answer(body=rows)


def _file(world: World, place: str, number: int | None) -> Answer:
    found = storage.find(world, place, str(number))
    if found is None:
        raise not_found(f"{place}({number})")
    return Answer(content=found["content"], headers={"Content-Type": found["type"]})
