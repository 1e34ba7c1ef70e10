"""An MCP server for Orchestrator, of PyPI, against the emulator: each step is one of its tools.

It runs in an environment of its own, finds the emulator by UIPATH_BASE_URL and UIPATH_PAT, and prints a line a step.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys

from mcp.shared.memory import create_connected_server_and_client_session as connect
from uipath_mcp.server import mcp

FOLDER = {"folder_id": int(os.environ["EMULATOR_FOLDER"])}
# Tools that ask for what Orchestrator's document does not have, each by its own hand: actions in another namespace, PATCH of
# sets that have none, pages above the cap, GUIDs as in OData 3, packages without the XAML that it looks for.
BROKEN = {
    *("add_queue_item", "bulk_add_queue_items", "get_robot_asset", "stop_job", "get_audit_log_detail"),
    *("set_credential_asset", "update_asset", "update_queue_item_status"),
    *("get_error_patterns", "get_jobs_stats", "get_queue_processing_stats", "get_queue_stats"),
    *("get_job_logs", "download_and_read_package"),
}


async def called(session, tool, /, **arguments):
    """Call a tool; return what it says as JSON, or raise."""
    answer = await session.call_tool(tool, arguments)
    text = answer.content[0].text if answer.content else "null"
    try:
        said = json.loads(text)
    except json.JSONDecodeError:
        said = text
    if answer.isError or (isinstance(said, dict) and said.get("error")):
        raise AssertionError(text[:300])
    return said


def found(said, *names):
    """Find the first value of a member, at any depth."""
    if isinstance(said, dict):
        for name in names:
            if said.get(name) is not None:
                return said[name]
    inner = said.values() if isinstance(said, dict) else said if isinstance(said, list) else []
    return next((value for each in inner if (value := found(each, *names)) is not None), None)


async def arguments_of(session):
    """Return what each tool is called with, in the order of the calls."""
    job = await called(session, "start_job", process_name="Bot", **FOLDER)
    jobs = await called(session, "list_jobs", **FOLDER)
    job_id, job_key = found(job, "Id", "id", "job_id") or found(jobs, "Id", "id"), found(jobs, "Key", "key")
    item_id = int(os.environ["EMULATOR_ITEM"])
    asset_id = found(await called(session, "list_assets", **FOLDER), "Id", "id")
    ids = {
        name: int(os.environ[f"EMULATOR_{name.upper()}"])
        for name in ("queue", "robot", "schedule", "machine")
    }
    return {
        "list_jobs": FOLDER | {"state": "Successful", "process_name": "Bot"},
        "list_running_jobs": FOLDER,
        "list_failed_jobs": FOLDER,
        "list_jobs_by_process": FOLDER | {"process_name": "Bot"},
        "get_job": FOLDER | {"job_id": job_id},
        "get_job_output": FOLDER | {"job_id": job_id},
        "get_job_statistics": FOLDER | {"process_name": "Bot"},
        "get_job_logs": FOLDER | {"job_key": job_key},
        "start_job": FOLDER | {"process_name": "Bot", "input_arguments": {"a": 1}},
        "stop_job": FOLDER | {"job_id": job_id},
        "bulk_stop_jobs": FOLDER | {"job_ids": [job_id]},
        "wait_for_job": FOLDER | {"job_id": job_id, "timeout_seconds": 10, "poll_interval_seconds": 5},
        "list_queues": FOLDER,
        "get_queue": FOLDER | {"queue_name": "Invoices"},
        "add_queue_item": FOLDER
        | {"queue_name": "Invoices", "specific_content": {"n": 2}, "priority": "High"},
        "bulk_add_queue_items": FOLDER | {"queue_name": "Invoices", "items": [{"SpecificContent": {"n": 3}}]},
        "list_queue_items": FOLDER | {"queue_name": "Invoices", "status": "New"},
        "get_queue_item": FOLDER | {"item_id": item_id},
        "update_queue_item_status": FOLDER | {"item_id": item_id, "review_status": "Verified"},
        "get_queue_stats": FOLDER | {"queue_name": "Invoices"},
        "retry_failed_items": FOLDER | {"queue_name": "Invoices"},
        "delete_queue_item": FOLDER | {"item_id": item_id},
        "list_robots": FOLDER | {"name_filter": "Rob"},
        "get_robot": FOLDER | {"robot_id": ids["robot"]},
        "list_available_robots": FOLDER,
        "list_robot_sessions": FOLDER,
        "list_robot_logs": FOLDER | {"level": "Error"},
        "list_machines": {},
        "get_machine": {"machine_id": ids["machine"]},
        "get_robot_license_info": {},
        "list_assets": FOLDER | {"value_type": "Text"},
        "get_asset": FOLDER | {"asset_name": "Url"},
        "create_asset": FOLDER | {"name": "New", "value_type": "Text", "string_value": "x"},
        "update_asset": FOLDER | {"asset_id": asset_id, "string_value": "y"},
        "get_robot_asset": FOLDER | {"robot_name": "Robbie", "asset_name": "Url"},
        "set_credential_asset": FOLDER | {"asset_id": asset_id, "username": "u", "password": "p"},
        "delete_asset": FOLDER | {"asset_id": asset_id},
        "get_jobs_stats": FOLDER,
        "get_queue_processing_stats": FOLDER | {"queue_name": "Invoices"},
        "get_license_usage": {},
        "get_robot_utilization": FOLDER,
        "get_tenant_stats": {},
        "get_error_patterns": FOLDER,
        "list_audit_logs": {},
        "export_audit_logs": {},
        "list_schedules": FOLDER,
        "get_schedule": FOLDER | {"schedule_id": ids["schedule"]},
        "disable_schedule": FOLDER | {"schedule_id": ids["schedule"]},
        "enable_schedule": FOLDER | {"schedule_id": ids["schedule"]},
        "set_schedule_enabled": FOLDER | {"schedule_ids": [ids["schedule"]], "enabled": False},
        "get_next_executions": FOLDER,
        "list_folders": {},
        "get_folder": {"folder_name": "Finance"},
        "list_sub_folders": {"parent_folder_id": FOLDER["folder_id"]},
        "list_folder_robots": FOLDER,
        "get_folder_stats": FOLDER,
        "list_webhooks": {},
        "create_webhook": {"name": "w", "url": "https://example.com/w", "events": ["job.faulted"]},
        "list_packages": {"search": "Bot"},
        "get_package": {"package_id": "Bot"},
        "download_and_read_package": {"package_id": "Bot"},
    }


async def main() -> int:
    passed, failed = 0, []
    logging.disable()
    async with connect(mcp._mcp_server) as session:
        tools = {tool.name for tool in (await session.list_tools()).tools}
        calls = await arguments_of(session)
        made = {}
        for name, arguments in calls.items():
            try:
                made[name] = await called(session, name, **arguments)
                passed += 1
                print(f"passed {name}")
            except AssertionError as error:
                failed.append(name)
                print(f"{'broken' if name in BROKEN else 'FAILED'} {name}: {error}")
        webhook = found(made.get("create_webhook"), "Id", "id", "webhook_id")
        audit = found(made.get("list_audit_logs"), "Id", "id")
        for name, arguments in {
            "update_webhook": {"webhook_id": webhook, "url": "https://example.com/v"},
            "delete_webhook": {"webhook_id": webhook},
            "get_audit_log_detail": {"audit_log_id": audit},
        }.items():
            try:
                await called(session, name, **arguments)
                passed += 1
                print(f"passed {name}")
            except AssertionError as error:
                failed.append(name)
                print(f"{'broken' if name in BROKEN else 'FAILED'} {name}: {error}")
        print(
            "not tried:",
            sorted(tools - calls.keys() - {"update_webhook", "delete_webhook", "get_audit_log_detail"}),
        )
    working = passed + len(set(failed) - BROKEN)
    print(
        f"{passed} of {working} tools; {len(BROKEN & set(failed))} more ask for what Orchestrator does not have"
    )
    return bool(set(failed) - BROKEN)


sys.exit(asyncio.run(main()))
