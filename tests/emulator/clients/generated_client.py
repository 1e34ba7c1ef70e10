"""A client that ``openapi-python-client`` generated from the API's document, against the emulator: every read of it.

It runs in an environment of its own, in the folder of the generated package ``orchestrator_api``, finds the emulator by
UIPATH_URL and UIPATH_ACCESS_TOKEN, and prints what failed: an answer of another status than 2xx, or one that it cannot read.
What the emulator has no behaviour for (501) is counted apart.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
import urllib.error
import urllib.request
import uuid

import orchestrator_api.api
from orchestrator_api.client import AuthenticatedClient
from orchestrator_api.types import UNSET

CLIENT = AuthenticatedClient(
    base_url=f"{os.environ['UIPATH_URL']}/orchestrator_", token=os.environ["UIPATH_ACCESS_TOKEN"]
)
FOLDER = os.environ["EMULATOR_FOLDER"]
NOW = dt.datetime.now(dt.UTC)
# What an argument of this name means, in whichever operation.
KNOWN = {
    "x_uipath_organization_unit_id": FOLDER,
    "folder_id": int(FOLDER),
    "key": 1,
    "user_id": int(os.environ["EMULATOR_USER"]),
    "robot_id": int(os.environ["EMULATOR_ROBOT"]),
    "queue_id": int(os.environ["EMULATOR_QUEUE"]),
    "name": "Bot",
    "process_id": "Bot",
    "package_id": "Bot",
    "asset_name": "Url",
    "path": "a.txt",
    "feed_id": uuid.UUID(int=1),
    "inbox_id": uuid.UUID(int=1),
}
KEY = str(uuid.UUID(int=1))
# Rows that lists alone do not show to be needed.
ROWS = {
    "Settings": {"Id": "Bot", "Name": "Bot", "Value": "x"},
    "TestCaseDefinitions": {"Id": 1, "UniqueId": KEY, "PackageIdentifier": "Bot"},
    "Jobs": {"Id": 1, "Key": KEY, "State": "Successful"},
    "Attachments": {"Id": KEY, "Name": "a.txt"},
    "Libraries": {"Id": "Lib", "Key": "Lib:1.0.0", "Version": "1.0.0"},
}
# The tenant that is filled here has none of these, and says so.
NOTHING = {
    "package_feeds_get_folder_feed",  # it answers null, which the client cannot read as the GUID of the document
    *("business_rules_get_read_uri_by_name", "exports_get_by_id", "exports_get_download_link_by_id"),
    *("libraries_download_package_by_key", "settings_get_license"),
    *("queue_items_get_item_last_retry_by_id", "queue_items_get_item_last_retry_by_key"),
    "execution_media_download_media_by_job_id",
    "queue_definitions_get_json_schema_definition_by_id_and_jsonschematype",
    *("test_automation_get_assertion_screenshot", "test_automation_get_test_case_execution_attachment"),
    "test_automation_get_test_set_execution_attachment",
}
USER = {"username": "ada"}
# Arguments that one operation means otherwise than the rest, or that it needs and the document calls optional.
OF_ONE = {
    "credential_stores_get_default_store_for_resource_type_by_resourcetype": {"resource_type": "Secrets"},
    "credential_stores_get_resources_for_credential_store_types_by_key_and_resourcetype": {
        "resource_type": "Secrets"
    },
    "directory_service_get_directory_permissions": USER,
    "directory_service_get_domain_user_id": {"user_name": "ada"},
    "folders_get_all_roles_for_user_by_username_and_skip_and_take": USER,
    "folders_get_move_folder_machines_changes": {"folder_id": int(FOLDER)},
    "folders_navigation_get_all_roles_for_user": USER,
    "package_feeds_get_folder_feed": {"folder_id": int(FOLDER)},
    "queue_definitions_get_json_schema_definition_by_id_and_jsonschematype": {
        "key": KNOWN["queue_id"],
        "json_schema_type": "SpecificData",
    },
    "status_verify_host_availibility": {"url_query": os.environ["EMULATOR_ORIGIN"]},
    "test_automation_get_package_info_by_test_case_unique_id": {"test_case_unique_id": uuid.UUID(int=1)},
    "test_automation_get_releases_for_package_version": {"package_identifier": "Bot", "version": "1.0.0"},
    "folders_get_subfolders_with_assigned_machine": {"root_folder_id": int(FOLDER), "machine_id": 1},
}
NEEDED = {"x_uipath_organization_unit_id", "path"}
BY_TYPE = {int: 1, float: 1.0, bool: False, str: "Bot", dt.datetime: NOW, uuid.UUID: uuid.UUID(int=1)}


def operations():
    """Yield the name of each read, the function that asks and the one that makes its request."""
    for tag in pkgutil.iter_modules(orchestrator_api.api.__path__):
        package = importlib.import_module(f"orchestrator_api.api.{tag.name}")
        for module in pkgutil.iter_modules(package.__path__):
            loaded = importlib.import_module(f"{package.__name__}.{module.name}")
            yield f"{tag.name}.{module.name}", loaded


def send(method, path, body, **headers):
    """Ask the emulator without the client; return the answer's JSON, or None where it is refused."""
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {CLIENT.token}", **headers}
    sent |= {"X-UIPATH-OrganizationUnitId": FOLDER} if "/_emulator/" not in path else {}
    address = path if path.startswith("http") else f"{os.environ['EMULATOR_ORIGIN']}{path}"
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, content, sent, method=method)
        ) as response:
            text = response.read()
            return json.loads(text) if text else {}
    except urllib.error.HTTPError as error:
        error.close()
        return None


def made():
    """Make by their own operations what cannot be inserted, and learn its keys."""
    task = send(
        "POST",
        "/acme/Default/tasks/GenericTasks/CreateTask",
        {"title": "t", "type": "ExternalTask", "data": {}},
    )
    layout = {"title": "f", "formLayout": {"components": []}, "data": {}}
    form = send("POST", "/acme/Default/forms/TaskForms/CreateFormTask", layout)
    for tag in ("app_tasks", "generic_tasks", "task_forms"):
        for end in ("get_app_task", "get_task_data"):
            OF_ONE[f"{tag}_{end}_by_id"] = {"task_id": task["id"]}
            OF_ONE[f"{tag}_{end}_by_key"] = {"task_key": task["key"]}
    OF_ONE["task_notes_get_by_task_id"] = {"task_id": task["id"]}
    OF_ONE["task_forms_get_task_form_by_id"] = {"task_id": form["id"]}
    OF_ONE["tasks_get_by_id"] = {"key": task["id"]}
    OF_ONE["tasks_get_by_key_by_identifier"] = {"identifier": task["key"]}
    send("POST", f"/acme/Default/api/JobTriggers/DeliverPayload/{KEY}", {"payload": 1})
    bucket = importlib.import_module("orchestrator_api.api.buckets.buckets_get_write_uri_by_key")
    written = asked(bucket, {}).parsed
    names = dict(zip(written.headers.keys, written.headers.values, strict=True))
    request = urllib.request.Request(written.uri, b"content", names, method="PUT")
    urllib.request.urlopen(request).close()


def fill():
    """Give each set that is empty a row with the key 1, of whichever type."""
    for name, module in operations():
        found = re.search(r'"url": "/odata/(\w+)"', inspect.getsource(module))
        tag, _, operation = name.partition(".")
        if found is None or operation != f"{tag}_get" or (first(tag) is not None and found[1] not in ROWS):
            continue
        rows = (
            [ROWS[found[1]]]
            if found[1] in ROWS
            else [{"Id": 1, "Key": KEY}, {"Id": 1}, {"Id": KEY}, {"Key": KEY}]
        )
        any(
            send("POST", "/_emulator/insert", {"entity_set": found[1], "rows": [row], "folder": int(FOLDER)})
            for row in rows
        )


def first(tag):
    """Return the first row of a set, or None."""
    try:
        listed = importlib.import_module(f"orchestrator_api.api.{tag}.{tag}_get")
        return asked(listed, {}).parsed.value[0]
    except (ImportError, IndexError, AttributeError, TypeError):
        return None


def argument(tag, name, annotation):
    """Choose a value for an argument that must be given."""
    if name in KNOWN and name != "key":
        return KNOWN[name]
    row = first(tag) if name in {"key", "id", "identifier", "job_key"} else None
    if row is not None:
        kind = "key" if "UUID" in annotation or "str" in annotation else "id"
        found = getattr(row, kind, UNSET)
        if found is not UNSET and found is not None:
            return uuid.UUID(str(found)) if "UUID" in annotation else found
    for kind, value in BY_TYPE.items():
        if kind.__name__ in annotation:
            return value
    return 1


def asked(module, given):
    """Ask by the module's function, with the arguments that it needs."""
    needed = {
        name: given.get(name, argument(module.__name__.split(".")[-2], name, str(each.annotation)))
        for name, each in inspect.signature(module.sync_detailed).parameters.items()
        if name != "client" and (each.default is inspect.Parameter.empty or name in NEEDED)
    }
    return module.sync_detailed(
        client=CLIENT, **{**needed, **OF_ONE.get(module.__name__.rpartition(".")[2], {})}
    )


def main():
    passed, missing, failed = 0, 0, 0
    fill()
    made()
    for name, module in operations():
        if "sync_detailed" not in vars(module) or '"method": "get"' not in inspect.getsource(
            module._get_kwargs
        ):
            continue
        try:
            answer = asked(module, {})
        except Exception as error:  # noqa: BLE001 - each read says for itself what went wrong
            if name.partition(".")[2] in NOTHING:
                passed += 1
                continue
            failed += 1
            print(f"FAILED {name}: {type(error).__name__}: {error}"[:300])
            continue
        nothing = answer.status_code == 404 and name.partition(".")[2] in NOTHING
        passed += answer.status_code < 300 or nothing
        missing += answer.status_code == 501
        if answer.status_code >= 300 and answer.status_code != 501 and not nothing:
            failed += 1
            print(f"FAILED {name}: {int(answer.status_code)} {answer.content[:160]!r}")
    print(f"{passed} of {passed + missing + failed} reads; {missing} without a behaviour")
    sys.exit(failed)


main()
