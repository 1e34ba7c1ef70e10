"""What a job writes to RobotLogs while it runs, as robots do by themselves."""

from __future__ import annotations

import orjson

from uipath_odata.emulator.data import robot_logs, ticks
from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.world import World


def write(world: World, job: Row, message: str, level: str = "Info") -> None:
    """Add an entry of a job, as of now."""
    robots = world.store.find("Robots", '"Id" = ?', job["Robot"])
    robot = robots[0] if robots else {}
    raw = {
        "message": message,
        "level": {"Info": "Information", "Warn": "Warning"}.get(level, level),
        "logType": "Default",
        "timeStamp": f"{ticks.text(world.now)[:-1]}+00:00",
        "jobId": job["Key"],
        "processName": job["ReleaseName"],
        "robotName": robot.get("Name"),
    }
    entry = {
        "Level": level,
        "WindowsIdentity": robot.get("Username"),
        "ProcessName": job["ReleaseName"],
        "TimeStamp": world.now,
        "Message": message,
        "JobKey": job["Key"],
        "RawMessage": orjson.dumps(raw).decode(),
        "RobotName": robot.get("Name"),
        "HostMachineName": job["HostMachineName"],
        "MachineId": job["Machine"],
        "RuntimeType": job["RuntimeType"],
        FOLDER: job[FOLDER],
    } | dict(robot_logs.FIXED)
    world.store.insert_stored(robot_logs.NAME, list(entry), [list(entry.values())])
