"""The requests of UiPath's pages "Robots Requests" and "Consuming Cloud API", and what comes back."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from uipath_odata import Orchestrator, UserKey
from uipath_odata.entities import Robot, RobotLog, Session
from uipath_odata.errors import NotFound

BASE = "/acme/Default/orchestrator_"
ODATA = "UiPath.Server.Configuration.OData."


def only(documented):
    assert len(documented.asked) == 1
    return documented.asked[0]


async def test_the_state_of_a_robot_by_its_id(documented, orchestrator):
    documented.reply(name="sessions_state")
    query = orchestrator.sessions.filter(Session.robot.id == 749).select(Session.state).top(10)
    assert [session.state for session in await query.to_list()] == ["Available"]
    asked = only(documented)
    assert (asked.method, asked.path) == ("GET", f"{BASE}/odata/Sessions")
    assert asked.options == {"$top": "10", "$filter": "Robot/Id eq 749", "$select": "State"}
    assert asked.headers["Authorization"] == "Bearer a-token"
    assert not any(name.upper().startswith("X-UIPATH") for name in asked.headers)


async def test_the_state_of_a_robot_by_its_name(documented, orchestrator):
    documented.reply(name="sessions_state")
    query = orchestrator.sessions.filter(Session.robot.name == "DocBot").select(Session.state).top(10)
    assert await query.one() == Session(state="Available")
    asked = only(documented)
    assert asked.options == {"$top": "2", "$filter": "Robot/Name eq 'DocBot'", "$select": "State"}
    assert "+" not in asked.raw
    assert "%20eq%20%27DocBot%27" in asked.raw


async def test_robots_by_state_and_heartbeat(documented, orchestrator):
    documented.reply(name="sessions_robot")
    since = dt.datetime(2018, 3, 5, 3, 48, 4, 147_000, tzinfo=dt.UTC)
    query = (
        orchestrator.sessions.filter(Session.state == "Available", Session.reporting_time > since)
        .select(Session.robot)
        .expand(Session.robot)
        .top(10)
    )
    robots = [session.robot for session in await query.to_list()]
    assert [(robot.id, robot.name, robot.username) for robot in robots] == [
        (749, "DocBot", "UIPATH\\MADALINA.BOBOC"),
        (902, "mr-Rob", "uipath\\mircea.dragomir"),
    ]
    assert only(documented).options == {
        "$top": "10",
        "$filter": "State eq 'Available' and ReportingTime gt 2018-03-05T03:48:04.147Z",
        "$select": "Robot",
        "$expand": "Robot",
    }


async def test_disconnected_robots_with_any_name(documented, orchestrator):
    documented.reply(name="sessions_disconnected")
    query = orchestrator.sessions.filter(Session.state == "Disconnected").expand(Session.robot).top(10)
    first, second = await query.to_list()
    assert second.robot.name == "!~#$%^&*()_+=-"
    assert first.reporting_time == dt.datetime(2018, 1, 15, 18, 47, 7, 930_000, tzinfo=dt.UTC)
    assert only(documented).options == {
        "$top": "10",
        "$filter": "State eq 'Disconnected'",
        "$expand": "Robot",
    }


async def test_one_robot_by_its_id(documented, orchestrator):
    documented.reply(name="robot_216")
    robot = await orchestrator.robots.get(216)
    assert (robot.name, robot.license_key) == ("Gustavee", "fc157179-3724-4bb0-acd2-8261bef82d01")
    assert robot.execution_settings == {
        "ResolutionHeight": 0,
        "ResolutionDepth": 0,
        "FontSmoothing": False,
        "AutoDownloadProcess": False,
    }
    asked = only(documented)
    assert (asked.method, asked.raw) == ("GET", f"{BASE}/odata/Robots(216)")


async def test_the_robots_that_can_run_a_process(documented, orchestrator):
    documented.reply(name="robots_for_process")
    query = orchestrator.robots.get_robots_for_process(process_id="input_output_arguments_example")
    assert [robot.name for robot in await query.to_list()] == ["Stan", "DocBot"]
    path = f"{BASE}/odata/Robots/{ODATA}GetRobotsForProcess(processId='input_output_arguments_example')"
    assert only(documented).raw.partition("?")[0] == path


async def test_the_logs_of_a_robot(documented, orchestrator):
    documented.reply(name="robot_logs")
    logs = await orchestrator.robot_logs.filter(RobotLog.robot_name == "DocBot").top(100).skip(200).to_list()
    assert [log.time_stamp.microsecond for log in logs] == [247_362, 498_567]
    assert json.loads(logs[1].raw_message)["totalExecutionTime"] == "00:02:03"
    assert logs[0].raw_message.startswith('{\r\n  "message": "TestingSequence_DOC execution started"')
    assert only(documented).options == {"$top": "100", "$skip": "200", "$filter": "RobotName eq 'DocBot'"}


async def test_logs_as_dicts_keep_all_seven_decimals(documented, orchestrator):
    documented.reply(name="robot_logs")
    rows = await orchestrator.robot_logs.top(1000).skip(2000).dicts().to_list()
    assert rows[0]["TimeStamp"] == "2019-10-14T13:55:18.2473626Z"
    assert only(documented).options == {"$top": "1000", "$skip": "2000"}


async def test_replacing_a_robot(documented, orchestrator):
    documented.reply(200)
    settings = {
        "TracingLevel": "Information",
        "StudioNotifyServer": True,
        "LoginToConsole": False,
        "ResolutionWidth": 0,
        "ResolutionHeight": 0,
        "ResolutionDepth": 0,
        "FontSmoothing": False,
        "AutoDownloadProcess": False,
    }
    robot = Robot(
        license_key="8ec4t984-b2d7-44f2-b5be-0a64ee9a487b",
        machine_name="MBOBOC",
        name="DocBot",
        type="Development",
        id=749,
        username="UIPATH\\JustAnotherRobot",
        execution_settings=settings,
    )
    await orchestrator.folder(id=36886).robots.replace(749, robot)
    asked = only(documented)
    assert (asked.method, asked.raw) == ("PUT", f"{BASE}/odata/Robots(749)")
    assert asked.headers["X-UIPATH-OrganizationUnitId"] == "36886"
    assert json.loads(asked.body) == {
        "LicenseKey": "8ec4t984-b2d7-44f2-b5be-0a64ee9a487b",
        "MachineName": "MBOBOC",
        "Name": "DocBot",
        "Type": "Development",
        "Id": 749,
        "Username": "UIPATH\\JustAnotherRobot",
        "ExecutionSettings": settings,
    }


async def test_deleting_one_robot(documented, orchestrator):
    documented.reply(204)
    await orchestrator.robots.delete(79)
    asked = only(documented)
    assert (asked.method, asked.raw, asked.body) == ("DELETE", f"{BASE}/odata/Robots(79)", b"")


async def test_deleting_several_robots(documented, orchestrator):
    documented.reply(204)
    await orchestrator.robots.delete_bulk(robot_ids=[119, 120])
    asked = only(documented)
    assert (asked.method, asked.raw) == ("POST", f"{BASE}/odata/Robots/{ODATA}DeleteBulk")
    assert json.loads(asked.body) == {"robotIds": [119, 120]}
    assert asked.headers["Content-Type"] == "application/json"


async def test_changing_the_password_of_a_users_robot(documented, orchestrator):
    documented.reply(200)
    await orchestrator.users.update(88, unattended_robot={"Password": "newUnattendedRobotP@ss"})
    asked = only(documented)
    assert (asked.method, asked.raw) == ("PATCH", f"{BASE}/odata/Users(88)")
    assert json.loads(asked.body) == {"UnattendedRobot": {"Password": "newUnattendedRobotP@ss"}}


async def test_the_license_has_its_dates_as_numbers(documented, orchestrator):
    documented.reply(name="license")
    license_ = await orchestrator.settings.get_license()
    assert license_.expire_date == 1_622_678_399
    assert license_.creation_time == dt.datetime(2019, 11, 28, 6, 16, 21, 373_000, tzinfo=dt.UTC)
    assert license_.allowed == {
        "Unattended": 1,
        "Attended": 1,
        "NonProduction": 0,
        "Development": 1,
        "StudioX": 0,
    }
    asked = only(documented)
    assert (asked.method, asked.raw) == ("GET", f"{BASE}/odata/Settings/{ODATA}GetLicense")


async def test_the_user_key_is_exchanged_as_documented(documented):
    documented.reply(
        body=b'{"access_token":"fresh","id_token":"i","scope":"openid","expires_in":86400,"token_type":"Bearer"}'
    )
    documented.reply(name="robot_216")
    credentials = UserKey(client_id="an-id", user_key="a-key", token_url=f"{documented.url}/oauth/token")
    async with Orchestrator(f"{documented.url}{BASE}", credentials) as orchestrator:
        await orchestrator.robots.get(216)
    token, robot = documented.asked
    assert (token.method, token.raw) == ("POST", "/oauth/token")
    assert json.loads(token.body) == {
        "grant_type": "refresh_token",
        "client_id": "an-id",
        "refresh_token": "a-key",
    }
    assert robot.headers["Authorization"] == "Bearer fresh"


async def test_the_version_that_the_server_speaks_is_learnt_from_its_answers(documented, orchestrator):
    assert orchestrator.api_version is None
    documented.reply(name="robot_216", headers={"api-supported-versions": "9.0, 15.0"})
    await orchestrator.robots.get(216)
    assert orchestrator.api_version == 15.0
    documented.reply(404)
    with pytest.raises(NotFound, match=r"has API version 15 and seems to lack QueueRetention\.list"):
        await orchestrator.queue_retention.first()
    assert orchestrator.api_version == 15.0


@pytest.mark.parametrize(
    ("place", "header", "value"),
    [
        ({"path": "Shared/Finance"}, "X-UIPATH-FolderPath", "Shared/Finance"),
        (
            {"path": "Shared/Übersicht"},
            "X-UIPATH-FolderPath-Encoded",
            "UwBoAGEAcgBlAGQALwDcAGIAZQByAHMAaQBjAGgAdAA=",
        ),
        ({"id": 36886}, "X-UIPATH-OrganizationUnitId", "36886"),
        (
            {"key": "D5C5E0A2-3A1B-4E43-9E0E-3F8C8B1D2A10"},
            "X-UIPATH-FolderKey",
            "d5c5e0a2-3a1b-4e43-9e0e-3f8c8b1d2a10",
        ),
    ],
)
async def test_a_folder_travels_in_one_header(documented, orchestrator, place, header, value):
    documented.reply(name="sessions_state")
    path = place.pop("path", None)
    scope = orchestrator.folder(path) if path else orchestrator.folder(**place)
    await scope.sessions.top(1).to_list()
    sent = {
        name: text for name, text in only(documented).headers.items() if name.upper().startswith("X-UIPATH")
    }
    assert sent == {header: value}
