"""Payloads as Orchestrator sends them: RobotLogs of 13 properties, Jobs of 46 with Robot and Release expanded."""

from __future__ import annotations

import random
import re
import struct
import zlib
from functools import cache
from uuid import UUID

import orjson

PAGE = 1_000
_PROCESSES = ("Invoices_Production", "Payroll", "Customer_Onboarding", "Ledger_Reconciliation")


def guid(rng):
    return str(UUID(int=rng.getrandbits(128), version=4))


def instant(number, step=3):
    seconds = number * step
    days, clock = divmod(seconds, 86_400)
    return f"2024-{1 + days // 28 % 12:02d}-{1 + days % 28:02d}T{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}.{(number * 7919) % 9_999_999 + 1:07d}Z"


def robot_log(number, rng, jobs):
    process = rng.choice(_PROCESSES)
    message = f"{process}: transaction {number} of customer {rng.randrange(10**6)} was posted"
    stamp, job = instant(number), rng.choice(jobs)
    raw = {
        "message": message,
        "level": "Information",
        "logType": "Default",
        "timeStamp": stamp.replace("Z", "+00:00"),
        "fingerprint": guid(rng),
        "windowsIdentity": "ACME\\robot.account",
        "machineName": "VM-PROD-0042",
        "processName": process,
        "processVersion": "1.4.2211.37",
        "jobId": job,
        "robotName": f"robot-{rng.randrange(40):02d}",
        "machineId": 229_978,
        "organizationUnitId": 67_543,
        "fileName": "Main",
        "activityInfo": {
            "DisplayName": "Post the transaction",
            "State": "Executing",
            "Activity": "System.Activities.Sequence",
        },
    }
    return {
        "Level": rng.choice(("Info", "Info", "Info", "Warn", "Error")),
        "WindowsIdentity": "ACME\\robot.account",
        "ProcessName": process,
        "TimeStamp": stamp,
        "Message": message,
        "JobKey": job,
        "RawMessage": orjson.dumps(raw, option=orjson.OPT_INDENT_2).decode().replace("\n", "\r\n"),
        "RobotName": raw["robotName"],
        "HostMachineName": "VM-PROD-0042",
        "MachineId": 229_978,
        "MachineKey": "972a32c3-95d9-4264-ae5d-af589bf4f0b5",
        "RuntimeType": "Unattended",
        "Id": 0,
    }


def job(number, rng, _):
    key, release, start = guid(rng), guid(rng), instant(number, 40)
    return {
        "Key": key, "StartTime": start, "EndTime": instant(number, 41), "State": "Successful", "SubState": None,
        "JobPriority": "Normal", "SpecificPriorityValue": 45, "ResourceOverwrites": None, "Source": "Schedule",
        "SourceType": "Schedule", "BatchExecutionKey": guid(rng), "Info": "Job completed", "CreationTime": start,
        "StartingScheduleId": 8_812, "ReleaseName": rng.choice(_PROCESSES), "Type": "Unattended", "InputArguments": None,
        "InputFile": None, "EnvironmentVariables": "", "OutputArguments": None, "OutputFile": None,
        "HostMachineName": "VM-PROD-0042", "HasMediaRecorded": False, "HasVideoRecorded": False, "PersistenceId": None,
        "ResumeVersion": None, "StopStrategy": None, "RuntimeType": "Unattended", "RequiresUserInteraction": False,
        "ReleaseVersionId": 40_112, "EntryPointPath": "Main.xaml", "OrganizationUnitId": 67_543,
        "OrganizationUnitFullyQualifiedName": "Shared/Finance", "Reference": "", "ProcessType": "Process",
        "ProfilingOptions": None, "ResumeOnSameContext": False, "LocalSystemAccount": "NT AUTHORITY\\LOCAL SERVICE",
        "OrchestratorUserIdentity": None, "RemoteControlAccess": "None", "StartingTriggerId": None, "MaxExpectedRunningTimeSeconds": None,
        "ServerlessJobType": None, "ParentJobKey": None, "Id": 302_140_031 + number,
        "Robot": {"Id": rng.randrange(40), "Name": f"robot-{rng.randrange(40):02d}", "Username": "acme\\robot.account", "MachineName": "VM-PROD-0042",
                  "Type": "Unattended", "HostingType": "Floating", "Enabled": True, "LicenseKey": None, "MachineId": 229_978},
        "Release": {"Id": 81_221, "Key": release, "Name": rng.choice(_PROCESSES), "ProcessKey": "Invoices", "ProcessVersion": "1.4.2211.37",
                    "IsLatestVersion": True, "Description": "", "ProcessType": "Process", "AutoUpdate": False, "CreationTime": start},
    }  # fmt: skip


KINDS = {"logs": robot_log, "jobs": job}


@cache
def _rows(kind, number):
    rng = random.Random(f"{kind}{number}")
    jobs = [guid(rng) for _ in range(60)]
    return [orjson.dumps(KINDS[kind](number * PAGE + place, rng, jobs)) for place in range(PAGE)]


@cache
def _around_stamp(place):
    return re.fullmatch(rb'(.*?"TimeStamp":")[^"]*(".*)', _rows("logs", 0)[place]).groups()


def stamped(stamp, place):
    """The log at this place of a page, at another instant."""
    head, tail = _around_stamp(place)
    return head + stamp.encode() + tail


def page(kind, number, count):
    """One page of a list as bytes, with the count of the whole list."""
    return start(kind, number, count) + rest(kind, number)


@cache
def start(kind, number, count):
    """The beginning of a page up to its first row, which is like that of no other page."""
    first = orjson.dumps(KINDS[kind](number * PAGE, random.Random(number), [guid(random.Random(kind))]))
    return b'{"@odata.context":"$metadata","@odata.count":%d,"value":[' % count + first


@cache
def rest(kind, number):
    """The other rows of a page."""
    return b"".join(b"," + row for row in _rows(kind, number)[1:]) + b"]}"


@cache
def _deflated(kind, number):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(rest(kind, number)) + packer.flush()


def zipped(kind, number, of, count):
    """The page that begins like page ``number`` and continues like page ``of``, which is compressed but once."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    begin = start(kind, number, count)
    packed = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    whole = zlib.crc32(rest(kind, of), zlib.crc32(begin))
    size = len(begin) + len(rest(kind, of))
    return b"\x1f\x8b\x08" + bytes(7) + packed + _deflated(kind, of) + struct.pack("<II", whole, size)
