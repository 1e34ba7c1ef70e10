"""The demo tenant: folders, robots, processes, jobs, queue items, and 50,000 log entries; the same each time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from typing import Any

import orjson

from uipath_odata.emulator.data import robot_logs, ticks
from uipath_odata.emulator.data.demo.logs import COLUMNS, SPAN, Run, logs
from uipath_odata.emulator.data.demo.packages import seed_packages
from uipath_odata.emulator.data.store import Store

SHARED, FINANCE, OVERVIEW = 36885, 36886, 36887
DAY = ticks.parse("2024-05-14T06:00:00Z")
JOBS, QUEUE_ITEMS = 3_000, 1_200

_LICENSE: dict[str, Any] = {
    "HostLicenseId": None,
    "Id": 0,
    "ExpireDate": 1_622_678_399,
    "GracePeriodEndDate": 1_622_678_399,
    "GracePeriod": None,
    "AttendedConcurrent": False,
    "DevelopmentConcurrent": False,
    "StudioXConcurrent": False,
    "LicensedFeatures": [],
    "IsRegistered": True,
    "IsExpired": False,
    "CreationTime": "2019-11-28T06:16:21.373Z",
    "Code": "d1c8-4785-55ace9a0c233",
    "Allowed": {"Unattended": 1, "Attended": 1, "NonProduction": 0, "Development": 1, "StudioX": 0},
    "Used": {"Unattended": 0, "Attended": 0, "NonProduction": 0, "Development": 1, "StudioX": 0},
}
_FOLDERS = [
    (SHARED, "Shared", None),
    (FINANCE, "Shared/Finance", SHARED),
    (OVERVIEW, "Shared/Übersicht", SHARED),
]
# Id, Name, MachineName, MachineId, Username, Type, RobotEnvironments, folder
_ROBOTS = [
    (79, "Retiree", "DESKTOP-OLD", 11, "uipath\\retired", "Attended", "", SHARED),
    (119, "Trial-1", "DESKTOP-TRIAL", 12, "uipath\\trial.one", "NonProduction", "", SHARED),
    (120, "Trial-2", "DESKTOP-TRIAL", 12, "uipath\\trial.two", "NonProduction", "", SHARED),
    (216, "Gustavee", "CAPETRINA", 15, "uipath\\john.smith", "Development", "", SHARED),
    (749, "DocBot", "MBOBOC", 229978, "UIPATH\\MADALINA.BOBOC", "NonProduction", "doc_env,WR_env,Group1", FINANCE),
    (759, "Stan", "DESKTOP-PMFQGCB", 129, "Alex", "Unattended", "doc_env,a_invoke_env,Group1", FINANCE),
    (771, "!~#$%^&*()_+=-", "DESKTOP-PMFQGCB", 129, "dragomirmir", "NonProduction", "WR_env", OVERVIEW),
    (902, "mr-Rob", "midragomir", 1066, "uipath\\mircea.dragomir", "NonProduction", "", OVERVIEW),
]  # fmt: skip
# Id, State, ReportingTime, robot
_SESSIONS = [
    (718, "Disconnected", "2018-01-15T18:47:07.93Z", 759),
    (730, "Disconnected", "2018-01-18T18:14:14.34Z", 771),
    (731, "Available", "2024-05-14T13:59:58.1472626Z", 749),
    (732, "Available", "2024-05-14T13:59:59.04Z", 902),
    (733, "Busy", "2024-05-14T13:59:57Z", 216),
    (734, "Unknown", "2018-03-05T03:48:04.147Z", 79),
]
# Id, Name, folder
_RELEASES = [
    (501, "input_output_arguments_example", FINANCE),
    (502, "TestingSequence_DOC", FINANCE),
    (503, "InvoiceIntake", FINANCE),
    (504, "PayrollReconciliation", FINANCE),
    (505, "CustomerOnboarding", SHARED),
    (506, "BerichteÜbersicht", OVERVIEW),
]
_QUEUES = [(71, "Invoices", FINANCE), (72, "Onboarding", SHARED)]
_EMPTY_QUEUE = {
    "Id": 73,
    "Key": "7d1f2a60-5b0e-4a56-9a0c-2f1d9c3b4e73",
    "Name": "Receipts",
    "EnforceUniqueReference": True,
    "AcceptAutomaticallyRetry": True,
    "MaxNumberOfRetries": 1,
}
"""For what programs add and work off."""
_USERS = [(45, "john.smith", "John", "Smith"), (88, "unattended.owner", "Una", "Tended")]
_JOB_STATES = (
    "Successful",
    "Successful",
    "Successful",
    "Successful",
    "Faulted",
    "Stopped",
    "Running",
    "Pending",
)


def seed(store: Store) -> None:
    """Fill an empty store."""
    chance = random.Random("demo")  # noqa: S311 - repeatable, not secret
    store.connection.execute(
        "INSERT INTO _singletons VALUES ('License', ?)", (orjson.dumps(_LICENSE).decode(),)
    )
    store.insert("Folders", (_folder(chance, *each) for each in _FOLDERS))
    store.insert("Machines", ({"Id": each, "Name": name, "Key": _guid(chance)} for each, name in _machines()))
    store.insert("Users", (_user(chance, *each) for each in _USERS))
    for robot in _ROBOTS:
        store.insert("Robots", [_robot(chance, *robot[:-1])], robot[-1])
    for session in _SESSIONS:
        store.insert("Sessions", [_session(*session)])
    for release_id, name, folder in _RELEASES:
        store.insert("Releases", [_release(chance, release_id, name)], folder)
    seed_packages(store, (name for _, name, _ in _RELEASES), DAY - 2 * ticks.DAY)
    for queue_id, name, folder in _QUEUES:
        store.insert("QueueDefinitions", [{"Id": queue_id, "Key": _guid(chance), "Name": name}], folder)
    store.insert("QueueDefinitions", [_EMPTY_QUEUE], FINANCE)
    jobs = list(_jobs(chance))
    store.insert("Jobs", jobs)
    store.insert("QueueItems", _queue_items(chance))
    store.insert_stored(robot_logs.NAME, COLUMNS, logs(chance, DAY, _runs(jobs)))


def _guid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _folder(chance: random.Random, folder_id: int, path: str, parent: int | None) -> dict[str, Any]:
    return {
        "Id": folder_id,
        "Key": _guid(chance),
        "DisplayName": path.rpartition("/")[2],
        "FullyQualifiedName": path,
        "FolderType": "Standard",
        "IsPersonal": False,
        "ProvisionType": "Automatic",
        "PermissionModel": "FineGrained",
        "ParentId": parent,
        "FeedType": "Processes",
    }


def _machines() -> list[tuple[int, str]]:
    return sorted({robot[3]: robot[2] for robot in _ROBOTS}.items())


def _user(chance: random.Random, user_id: int, user_name: str, name: str, surname: str) -> dict[str, Any]:
    return {
        "Id": user_id,
        "Key": _guid(chance),
        "UserName": user_name,
        "Name": name,
        "Surname": surname,
        "FullName": f"{name} {surname}",
        "IsActive": True,
        "Type": "User",
        "UnattendedRobot": {"UserName": f"uipath\\{user_name}", "Password": "first-password"},
    }


def _robot(
    chance: random.Random,
    robot_id: int,
    name: str,
    machine_name: str,
    machine_id: int,
    username: str,
    robot_type: str,
    environments: str,
) -> dict[str, Any]:
    return {
        "LicenseKey": "fc157179-3724-4bb0-acd2-8261bef82d01" if robot_id == _ROBOTS[3][0] else _guid(chance),
        "MachineName": machine_name,
        "MachineId": machine_id,
        "Name": name,
        "Username": username,
        "Type": robot_type,
        "HostingType": "Standard",
        "ProvisionType": "Manual",
        "UserId": _USERS[0][0],
        "Enabled": True,
        "RobotEnvironments": environments,
        "IsExternalLicensed": False,
        "LimitConcurrentExecution": False,
        "Id": robot_id,
        "ExecutionSettings": {
            "ResolutionHeight": 0,
            "ResolutionDepth": 0,
            "FontSmoothing": False,
            "AutoDownloadProcess": False,
        },
        "User": _USERS[0][0],
    }


def _session(session_id: int, state: str, reporting_time: str, robot_id: int) -> dict[str, Any]:
    robot = next(each for each in _ROBOTS if each[0] == robot_id)
    return {
        "Id": session_id,
        "State": state,
        "ReportingTime": reporting_time,
        "IsUnresponsive": False,
        "HostMachineName": robot[2],
        "MachineId": robot[3],
        "MachineName": robot[2],
        "Robot": robot_id,
        "OrganizationUnitId": robot[-1],
    }


def _release(chance: random.Random, release_id: int, name: str) -> dict[str, Any]:
    version = {"Id": release_id * 10, "ReleaseId": release_id, "VersionNumber": "1.1.0"}
    return {
        "Id": release_id,
        "Key": _guid(chance),
        "ProcessKey": name,
        "ProcessVersion": "1.1.0",
        "Name": name,
        "IsLatestVersion": True,
        "ProcessType": "Process",
        "CurrentVersion": version,
        "ReleaseVersions": [version, version | {"Id": release_id * 10 - 1, "VersionNumber": "1.0.0"}],
        "Tags": [{"Name": "demo", "DisplayName": "demo"}],
        "CreationTime": ticks.text(DAY - ticks.DAY),
    }


def _jobs(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Jobs over eight hours; the last of them are not finished."""
    places = [(robot, release) for robot in _ROBOTS[3:] for release in _RELEASES if release[2] == robot[-1]]
    step = SPAN // JOBS
    for number in range(JOBS):
        robot, release = chance.choice(places)
        created = DAY + number * step + chance.randrange(step)
        state = chance.choice(_JOB_STATES) if number > JOBS - 20 else chance.choice(_JOB_STATES[:6])
        ended = state not in {"Running", "Pending"}
        yield {
            "Id": 302_140_000 + number,
            "Key": _guid(chance),
            "CreationTime": ticks.text(created),
            "StartTime": None if state == "Pending" else ticks.text(created + chance.randrange(ticks.SECOND)),
            "EndTime": ticks.text(created + chance.randrange(ticks.SECOND, 600 * ticks.SECOND))
            if ended
            else None,
            "State": state,
            "JobPriority": "Normal",
            "Source": "Manual",
            "SourceType": "Manual",
            "Info": "The customer's number is missing: 'O''Brien'" if state == "Faulted" else "",
            "ReleaseName": release[1],
            "Type": "Unattended",
            "ProcessType": "Process",
            "RuntimeType": robot[5],
            "HostMachineName": robot[2],
            "InputArguments": '{"number":' + str(number) + "}",
            "OutputArguments": '{"done":true}' if state == "Successful" else None,
            "Robot": robot[0],
            "Release": release[0],
            "Machine": robot[3],
            "OrganizationUnitId": robot[-1],
            "OrganizationUnitFullyQualifiedName": next(
                path for each, path, _ in _FOLDERS if each == robot[-1]
            ),
        }


def _queue_items(chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(QUEUE_ITEMS):
        queue_id, _, folder = chance.choice(_QUEUES)
        status = chance.choice(("New", "InProgress", "Failed", "Successful", "Successful", "Abandoned"))
        content = {"Type": "Customer", "Number": number, "Name": f"Customer {chance.randrange(400)}"}
        created = DAY + number * (SPAN // QUEUE_ITEMS)
        yield {
            "Id": 299_605_000 + number,
            "Key": _guid(chance),
            "UniqueKey": _guid(chance),
            "QueueDefinitionId": queue_id,
            "QueueDefinition": queue_id,
            "Status": status,
            "ReviewStatus": "None",
            "Priority": chance.choice(("High", "Normal", "Low")),
            "Reference": f"REF-{number:05d}",
            "CreationTime": ticks.text(created),
            "StartProcessing": None
            if status == "New"
            else ticks.text(created + chance.randrange(60 * ticks.SECOND)),
            "Robot": 749 if status != "New" and folder == FINANCE else None,
            "SpecificContent": content,
            "SpecificData": orjson.dumps({"DynamicProperties": content}).decode(),
            "RetryNumber": 0,
            "RowVersion": "AAAAAAAAB9E=",
            "OrganizationUnitId": folder,
        }


def _runs(jobs: list[dict[str, Any]]) -> list[Run]:
    robots = {robot[0]: robot for robot in _ROBOTS}
    return [
        Run(job["Key"], job["ReleaseName"], robots[job["Robot"]][1:6], job["OrganizationUnitId"])
        for job in jobs
    ]
