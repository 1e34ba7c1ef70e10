from __future__ import annotations

import pytest

FOLDER = {"OrganizationUnitId": "1"}
ACTION = "/odata/Jobs/UiPath.Server.Configuration.OData."
KEY = "8e4ab84c-13ba-4b3d-9a1e-0f2d2b1f2c11"


@pytest.fixture
async def plant(emulators, clock):
    """Two processes, one of which faults, and two robots."""
    async with emulators(seed=None, clock=clock, faulting=["Broken"]) as http:
        folder = {"Id": 1, "DisplayName": "F", "FullyQualifiedName": "Shared/F"}
        http.emulator.insert("Folders", [folder, folder | {"Id": 2, "FullyQualifiedName": "G"}])
        works = {"Id": 5, "Key": KEY, "Name": "Works", "ProcessKey": "Works", "ProcessType": "Process"}
        http.emulator.insert("Releases", [works, {"Id": 6, "Key": "broken", "Name": "Broken"}], folder=1)
        http.emulator.insert(
            "Robots", [{"Id": 9, "Name": "R", "MachineName": "M"}, {"Id": 10, "Name": "S"}], folder=1
        )
        yield http


async def start(http, **info):
    return await http.send("POST", f"{ACTION}StartJobs", {"startInfo": {"ReleaseKey": KEY, **info}}, **FOLDER)


async def stop(http, strategy, *jobs):
    return await http.send("POST", f"{ACTION}StopJobs", {"strategy": strategy, "jobIds": jobs}, **FOLDER)


async def read(http, job):
    return (await http.get(f"/odata/Jobs({job})", **FOLDER)).body


async def states(http):
    return [row["State"] for row in await http.rows("/odata/Jobs?$orderby=Id", **FOLDER)]


async def test_a_started_job_is_pending_and_keeps_what_it_was_given(plant):
    batch = "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"
    given = {
        "InputArguments": '{"a":1}',
        "Reference": "mine",
        "BatchExecutionKey": batch,
        "JobPriority": "High",
    }
    reply = await start(plant, Strategy="ModernJobsCount", JobsCount=1, RuntimeType="Unattended", **given)
    assert reply.status == 201
    (job,) = reply.rows
    expected = {"State": "Pending", "ReleaseName": "Works", "Reference": "mine", "BatchExecutionKey": batch}
    expected |= {
        "JobPriority": "High",
        "RuntimeType": "Unattended",
        "SourceType": "Manual",
        "StartTime": None,
    }
    expected |= {"OrganizationUnitFullyQualifiedName": "Shared/F", "CreationTime": "2024-05-14T12:00:00Z"}
    assert {name: job[name] for name in expected} == expected
    assert job["InputArguments"] is None
    assert (await read(plant, job["Id"]))["InputArguments"] == '{"a":1}'
    by_key = f"{ACTION}GetByKey(identifier={job['Key']})"
    assert (await plant.get(by_key, **FOLDER)).body["Id"] == job["Id"]


async def test_jobs_pass_through_their_states_at_their_moments_whoever_looks_when(plant, clock):
    job = (await start(plant, InputArguments='{"a":1}')).rows[0]["Id"]
    clock.now += 0.99
    assert await states(plant) == ["Pending"]
    clock.now += 0.01
    running = await read(plant, job)
    assert (running["State"], running["StartTime"], running["EndTime"]) == (
        "Running",
        "2024-05-14T12:00:01Z",
        None,
    )
    clock.now += 3600
    ended = await read(plant, job)
    assert (ended["State"], ended["StartTime"], ended["EndTime"]) == (
        *("Successful", "2024-05-14T12:00:01Z", "2024-05-14T12:00:03Z"),
    )
    assert ended["OutputArguments"] == '{"a":1}'


async def test_a_process_that_faults_says_so(plant, clock):
    job = (await start(plant, ReleaseKey="broken")).rows[0]["Id"]
    clock.now += 3
    ended = await read(plant, job)
    assert (ended["State"], ended["OutputArguments"], ended["EndTime"]) == (
        "Faulted",
        None,
        "2024-05-14T12:00:03Z",
    )
    assert ended["Info"]


async def test_times_of_the_states_are_settings(emulators, clock):
    async with emulators(seed=None, clock=clock, job_pending=10, job_running=20) as http:
        http.emulator.insert("Folders", [{"Id": 1}])
        http.emulator.insert("Releases", [{"Id": 5, "Key": KEY, "Name": "W"}], folder=1)
        await start(http)
        seen = []
        for seconds in (9, 1, 19, 1):
            clock.now += seconds
            seen += await states(http)
        assert seen == ["Pending", "Running", "Running", "Successful"]


@pytest.mark.parametrize(
    ("info", "robots"),
    [
        ({}, [None]),
        ({"Strategy": "ModernJobsCount", "JobsCount": 3}, [None] * 3),
        ({"Strategy": "JobsCount", "JobsCount": 2}, [None] * 2),
        ({"Strategy": "RobotCount", "NoOfRobots": 2}, [None] * 2),
        ({"Strategy": "Specific", "RobotIds": [10, 9], "JobsCount": 0, "Source": "Manual"}, ["S", "R"]),
        ({"Strategy": "All"}, ["R", "S"]),
        ({"Strategy": "ModernJobsCount", "JobsCount": 3, "MachineRobots": [{"RobotId": 9}, {"RobotId": 10}]}, ["R", "S", "R"]),
        ({"ReleaseKey": None, "ReleaseName": "works"}, [None]),
    ],
)  # fmt: skip
async def test_the_strategy_says_how_many_jobs_start_and_where(plant, info, robots):
    assert len((await start(plant, **info)).rows) == len(robots)
    rows = await plant.rows("/odata/Jobs?$orderby=Id&$expand=Robot", **FOLDER)
    assert [row["Robot"] and row["Robot"]["Name"] for row in rows] == robots


@pytest.mark.parametrize(
    ("info", "status"),
    [
        ({"ReleaseKey": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"}, 404),
        ({"ReleaseKey": None}, 404),
        ({"Strategy": "Specific", "RobotIds": [9, 77]}, 404),
        ({"Strategy": "Specific", "RobotIds": []}, 400),
        ({"JobsCount": 10_001}, 400),
        ({"JobsCount": -1}, 400),
        ({"Colour": "red"}, 400),
        ({"InputArguments": "x" * 10_001}, 400),
        ({"SpecificPriorityValue": 101}, 400),
    ],
)
async def test_what_cannot_start_starts_nothing_and_validation_says_why(plant, info, status):
    assert (await start(plant, **info)).status == status
    assert await states(plant) == []
    if status == 404:
        body = {"startInfo": {"ReleaseKey": KEY, **info}}
        reply = await plant.send("POST", f"{ACTION}ValidateDynamicJob", body, **FOLDER)
        assert (reply.status, reply.body["IsValid"], len(reply.body["Errors"])) == (200, False, 1)


async def test_validation_starts_nothing(plant):
    reply = await plant.send(
        "POST", f"{ACTION}ValidateDynamicJob", {"startInfo": {"ReleaseKey": KEY}}, **FOLDER
    )
    assert (reply.body["IsValid"], reply.body["Errors"]) == (True, [])
    assert await states(plant) == []


async def test_a_release_of_another_folder_does_not_start(plant):
    body = {"startInfo": {"ReleaseKey": KEY}}
    assert (await plant.send("POST", f"{ACTION}StartJobs", body, OrganizationUnitId="2")).status == 404
    assert (await plant.send("POST", f"{ACTION}StartJobs", body)).body["errorCode"] == 1101


@pytest.mark.parametrize(
    ("strategy", "state"), [("SoftStop", "Stopping"), ("1", "Stopping"), ("Kill", "Terminating"), ("2", "Terminating")]
)  # fmt: skip
async def test_a_running_job_stops_by_name_or_number_a_second_later(plant, clock, strategy, state):
    job = (await start(plant)).rows[0]["Id"]
    clock.now += 1.5
    assert (await stop(plant, strategy, job)).status == 200
    assert await states(plant) == [state]
    clock.now += 1
    ended = await read(plant, job)
    assert (ended["State"], ended["EndTime"]) == ("Stopped", "2024-05-14T12:00:02.5Z")
    clock.now += 60
    assert await states(plant) == ["Stopped"]
    refused = await stop(plant, strategy, job)
    assert (refused.status, refused.body["errorCode"]) == (409, 0)


async def test_a_pending_job_stops_at_once_and_never_runs(plant, clock):
    job = (await start(plant)).rows[0]["Id"]
    path = f"/odata/Jobs({job})/UiPath.Server.Configuration.OData.StopJob"
    assert (await plant.send("POST", path, {"strategy": "SoftStop"}, **FOLDER)).status == 200
    assert await states(plant) == ["Stopped"]
    clock.now += 60
    assert (await read(plant, job))["StartTime"] is None


async def test_either_all_jobs_stop_or_none(plant, clock):
    jobs = [row["Id"] for row in (await start(plant, JobsCount=2)).rows]
    clock.now += 1
    assert (await stop(plant, "Kill", *jobs, 77)).status == 404
    assert await states(plant) == ["Running", "Running"]
    assert (await stop(plant, "Sleep", *jobs)).status == 400
    assert (await stop(plant, "Kill", *jobs)).status == 200
    assert await states(plant) == ["Terminating", "Terminating"]


async def test_a_job_that_has_ended_is_started_again_as_a_new_one(plant, clock):
    job = (await start(plant, InputArguments='{"a":1}', Reference="mine")).rows[0]
    again = {"jobId": job["Id"]}
    assert (await plant.send("POST", f"{ACTION}RestartJob", again, **FOLDER)).status == 409
    clock.now += 3
    reply = await plant.send("POST", f"{ACTION}RestartJob", again, **FOLDER)
    assert (reply.status, reply.body["State"], reply.body["Reference"]) == (200, "Pending", "mine")
    assert reply.body["Id"] != job["Id"]
    assert reply.body["Key"] != job["Key"]
    assert reply.body["InputArguments"] == '{"a":1}'
    clock.now += 3
    assert await states(plant) == ["Successful", "Successful"]


async def test_a_suspended_job_goes_on(plant, clock):
    key = "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"
    plant.emulator.insert(
        "Jobs", [{"Id": 1, "Key": key, "State": "Suspended", "ReleaseName": "Works"}], folder=1
    )
    resume = f"{ACTION}ResumeJob"
    reply = await plant.send("POST", resume, {"jobKey": key}, **FOLDER)
    assert (reply.status, reply.body["State"]) == (200, "Resumed")
    assert (await plant.send("POST", resume, {"jobKey": key}, **FOLDER)).status == 409
    assert (await plant.send("POST", resume, {"jobKey": KEY}, **FOLDER)).status == 404
    clock.now += 3
    assert await states(plant) == ["Successful"]


async def test_an_existing_job_is_valid_while_its_robot_can_take_it(plant):
    job = (await start(plant, Strategy="Specific", RobotIds=[9])).rows[0]["Id"]
    path = f"/odata/Jobs({job})/UiPath.Server.Configuration.OData.ValidateExistingJob"
    assert (await plant.send("POST", path, **FOLDER)).body["IsValid"] is True
    toggle = "/odata/Robots/UiPath.Server.Configuration.OData.ToggleEnabledStatus"
    await plant.send("POST", toggle, {"robotIds": [9], "enabled": False}, **FOLDER)
    assert (await plant.send("POST", path, **FOLDER)).body["IsValid"] is False


async def test_a_job_goes_with_its_folder(plant, clock):
    await start(plant)
    assert (await plant.send("DELETE", "/odata/Folders(1)")).status == 204
    clock.now += 60
    assert await plant.rows("/odata/Jobs") == []
    assert plant.emulator.sql("SELECT COUNT(*) FROM _plans") == [(0,)]
