"""Test sets, from the package to the result."""

from __future__ import annotations

import uuid

import pytest

from uipath_odata.emulator import Faulted

API = "/api/TestAutomation/"
FOLDER = {"OrganizationUnitId": "1"}
UNIQUE = [str(uuid.UUID(int=number, version=4)) for number in (1, 2)]


def outcome(job):
    return Faulted("not equal") if '"bad"' in (job["InputArguments"] or "") else None


@pytest.fixture
async def lab(emulators, clock):
    """A process with two test cases, and a set of both."""
    async with emulators(seed=None, clock=clock, on_start=outcome) as http:
        release = http.emulator.add.process("Tests")["Id"]
        cases = [
            {
                "Id": number,
                "Name": f"Case{number}",
                "PackageIdentifier": "Tests",
                "UniqueId": unique,
                "LatestVersion": "1.0.0",
            }
            for number, unique in enumerate(UNIQUE, 1)
        ]
        http.emulator.insert("TestCaseDefinitions", cases)
        body = {"releaseId": release, "versionNumber": "1.0.0"}
        made = await http.send("POST", f"{API}CreateTestSetForReleaseVersion", body, **FOLDER)
        assert (made.status, made.body) == (201, 1)
        yield http


async def run(http, **options):
    path = f"{API}StartTestSetExecutionWithOptions?testSetId=1"
    reply = await http.send("POST", path, options, **FOLDER)
    assert reply.status == 200, reply.body
    return reply.body


async def read(http, number):
    return (await http.get(f"/odata/TestSetExecutions({number})?$expand=TestCaseExecutions", **FOLDER)).body


async def test_a_run_passes_with_all_its_test_cases(lab, clock):
    number = (
        await lab.send("POST", f"{API}StartTestSetExecution?testSetId=1&triggerType=ExternalTool", **FOLDER)
    ).body
    assert (await read(lab, number))["Status"] == "Pending"
    clock.now += 1
    assert (await read(lab, number))["Status"] == "Running"
    clock.now += 2
    run_ = await read(lab, number)
    assert (run_["Status"], run_["TriggerType"], run_["EndTime"]) == (
        "Passed",
        "ExternalTool",
        "2024-05-14T12:00:03Z",
    )
    assert [case["Status"] for case in run_["TestCaseExecutions"]] == ["Passed", "Passed"]
    jobs = await lab.rows("/odata/Jobs", **FOLDER)
    assert {job["ProcessType"] for job in jobs} == {"TestAutomationProcess"}


async def test_each_variation_of_the_data_is_a_case_and_one_that_faults_fails_the_run(lab, clock):
    variations = [{"word": "good"}, {"word": "bad"}]
    cases = [{"uniqueId": UNIQUE[1], "inputArgumentsVariations": variations}]
    number = await run(lab, testCases=cases, executeOnlySpecifiedTestCases=True)
    clock.now += 3
    rows = await lab.rows("/odata/TestCaseExecutions?$orderby=Id", **FOLDER)
    assert [(row["EntryPointPath"], row["Status"]) for row in rows] == [
        ("Case2", "Passed"),
        ("Case2", "Failed"),
    ]
    assert (await read(lab, number))["Status"] == "Failed"
    body = {
        "testCaseExecutions": [{"testCaseExecutionId": rows[1]["Id"], "inputArguments": {"word": "good"}}]
    }
    (again,) = (await lab.send("POST", f"{API}ReexecuteTestCases", body, **FOLDER)).body
    assert (again["RunId"], again["Status"]) == (2, "Pending")
    assert (await read(lab, number))["Status"] == "Running"
    clock.now += 3
    assert (await read(lab, number))["Status"] == "Passed"


async def test_a_run_is_cancelled_with_its_jobs(lab, clock):
    number = await run(lab)
    clock.now += 1
    first, _ = await lab.rows("/odata/TestCaseExecutions?$orderby=Id", **FOLDER)
    one = f"{API}CancelTestCaseExecution?testCaseExecutionId={first['Id']}"
    assert (await lab.send("POST", one, **FOLDER)).status == 202
    assert (await read(lab, number))["Status"] == "Cancelling"
    all_ = f"{API}CancelTestSetExecution?testSetExecutionId={number}"
    assert (await lab.send("POST", all_, **FOLDER)).status == 202
    clock.now += 2
    assert (await read(lab, number))["Status"] == "Cancelled"
    assert {job["State"] for job in await lab.rows("/odata/Jobs", **FOLDER)} == {"Stopped"}


async def test_an_empty_set_is_not_run(lab):
    lab.emulator.insert("TestSets", [{"Id": 9, "Name": "Empty"}], folder=1)
    reply = await lab.send("POST", f"{API}StartTestSetExecution?testSetId=9", **FOLDER)
    assert (reply.status, reply.body["errorCode"]) == (400, 3204)
    assert (await lab.send("POST", f"{API}StartTestSetExecution?testSetId=77", **FOLDER)).status == 404


async def test_a_schedule_runs_a_set(lab, clock):
    body = {"Name": "S", "TestSetId": 1, "TimeZoneId": "UTC", "CronExpression": "0 0 13 * * ?"}
    made = (await lab.send("POST", "/odata/TestSetSchedules", body, **FOLDER)).body
    assert (made["NextOccurrence"], made["TimeZoneIana"]) == ("2024-05-14T13:00:00Z", "Etc/UTC")
    bad = body | {"Name": "T", "TimeZoneId": "Europe/Berlin"}
    assert (await lab.send("POST", "/odata/TestSetSchedules", bad, **FOLDER)).status == 400
    clock.now += 3600 + 3
    (run_,) = await lab.rows("/odata/TestSetExecutions", **FOLDER)
    assert (run_["Status"], run_["TriggerType"], run_["ScheduleId"]) == ("Passed", "Scheduled", made["Id"])


async def test_packages_are_found_by_test_cases_and_releases_by_packages(lab):
    found = (await lab.get(f"{API}GetPackageInfoByTestCaseUniqueId?testCaseUniqueId={UNIQUE[0]}")).body
    assert (found["packageIdentifier"], found["latestVersion"]) == ("Tests", "1.0.0")
    path = f"{API}GetReleasesForPackageVersion?packageIdentifier=Tests&version="
    assert (await lab.get(f"{path}1.0.0", **FOLDER)).body == [
        {"releaseId": 1, "versionNumber": "1.0.0", "organizationUnitId": 1}
    ]
    assert (await lab.get(f"{path}9.9.9", **FOLDER)).status == 404


async def test_attachments_of_a_test_are_found_by_their_tags(lab):
    attached = [
        {"Id": 5, "FileName": "a.png", "Tags": ["x", "y"]},
        {"Id": 6, "FileName": "b.png", "Tags": ["x"]},
    ]
    lab.emulator.insert(
        "TestCaseExecutions", [{"Id": 50, "TestCaseExecutionAttachments": attached}], folder=1
    )
    body = {"testCaseExecutionId": 50, "tags": ["y"]}
    found = (await lab.send("POST", f"{API}GetTestCaseExecutionAttachments", body, **FOLDER)).body
    assert [each["FileName"] for each in found] == ["a.png"]
    file = f"{API}GetTestCaseExecutionAttachment?testCaseExecutionAttachmentId=5"
    assert (await lab.get(file, **FOLDER)).status == 404
    lab.emulator.sql("INSERT INTO _files VALUES ('TestCaseExecutionAttachments', '5', x'00', 'image/png', 0)")
    assert (await lab.get(file, **FOLDER)).headers["Content-Type"] == "image/png"
