"""UiPath's own Python SDK against the emulator: each step is some of its methods, and says what they must give.

It runs in an environment of its own, finds the emulator by UIPATH_URL and UIPATH_ACCESS_TOKEN, and prints a line a step.
With ``--full`` each step runs a second time by the methods that are awaited, and every public method of the services that
talk to Orchestrator must have been called.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
import tempfile
import traceback
import urllib.request
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

from uipath.platform import UiPath
from uipath.platform.attachments import Attachment
from uipath.platform.orchestrator import CommitType

SERVICES = (
    *("assets", "attachments", "buckets", "folders", "jobs", "orchestrator_setup", "processes", "queues"),
    "tasks",
)
STEPS = []
FOLDER = {"folder_path": "Shared/Finance"}


def step(act):
    STEPS.append(act)
    return act


def without_answer():
    """The SDK reads JSON from answers that Orchestrator's document says are empty; what it wrote is checked afterwards."""
    return suppress(json.JSONDecodeError)


class Service:
    """A service of the SDK whose methods are called as they stand or, with ``runner``, by their awaited twins."""

    def __init__(self, service, name, runner, called):
        self._service, self._name, self._runner, self._called = service, name, runner, called

    def __getattr__(self, name):
        twin = f"{name}_async"
        chosen = twin if self._runner is not None and hasattr(self._service, twin) else name
        method = getattr(self._service, chosen)
        self._called.add(f"{self._name}.{chosen}")
        if chosen == "open_async":
            return lambda **arguments: self._entered(method(**arguments))

        def call(*arguments, **named):
            answer = method(*arguments, **named)
            return self._runner.run(answer) if inspect.iscoroutine(answer) else answer

        return call

    @contextmanager
    def _entered(self, opened):
        yield self._runner.run(opened.__aenter__())
        self._runner.run(opened.__aexit__(None, None, None))


class Sdk:
    def __init__(self, sdk, runner, called):
        for name in SERVICES:
            setattr(self, name, Service(getattr(sdk, name), name, runner, called))


def methods(sdk):
    """Return the public methods of the services that talk to Orchestrator."""
    return {
        f"{name}.{each}"
        for name in SERVICES
        for each in dir(getattr(sdk, name))
        if not each.startswith("_")
        and callable(getattr(getattr(sdk, name), each))
        and each not in {"request", "request_async"}
    }


def insert(entity_set, *rows):
    """Add rows that no method of the SDK makes."""
    body = {"entity_set": entity_set, "rows": rows, "folder": int(os.environ["EMULATOR_FOLDER"])}
    headers = {"Content-Type": "application/json"}
    address = f"{os.environ['EMULATOR_ORIGIN']}/_emulator/insert"
    with urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode(), headers)):
        pass


@step
def folders_retrieve_key(sdk):
    assert uuid.UUID(sdk.folders.retrieve_key(folder_path="Shared/Finance"))
    assert sdk.folders.retrieve_key(folder_path="Nowhere") is None


@step
def folders_personal_workspace(sdk):
    assert sdk.folders.get_personal_workspace().key


@step
def assets_list(sdk):
    assert {asset.name for asset in sdk.assets.list(**FOLDER).items} >= {"Url", "Sap"}
    assert [asset.name for asset in sdk.assets.list(filter="Name eq 'Url'", **FOLDER).items] == ["Url"]


@step
def assets_retrieve(sdk):
    assert sdk.assets.retrieve("Url", **FOLDER).value == "https://acme"


@step
def assets_retrieve_credential(sdk):
    assert sdk.assets.retrieve_credential("Sap", **FOLDER) == "p"


@step
def assets_retrieve_secret(sdk):
    assert sdk.assets.retrieve_secret("Token", **FOLDER) == "s"


@step
def assets_update(sdk):
    asset = sdk.assets.retrieve("Url", **FOLDER)
    asset.string_value = "https://contoso"
    with without_answer():
        sdk.assets.update(asset, **FOLDER)
    assert sdk.assets.retrieve("Url", **FOLDER).value == "https://contoso"
    asset.string_value = "https://acme"
    with without_answer():
        sdk.assets.update(asset, **FOLDER)


@step
def attachments(sdk):
    key = sdk.attachments.upload(name="a b+c.txt", content=b"content", **FOLDER)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "a.txt"
        assert sdk.attachments.download(key=key, destination_path=str(place), **FOLDER) == "a b+c.txt"
        assert place.read_bytes() == b"content"
    assert sdk.attachments.get_blob_file_access_uri(key=key, **FOLDER).uri
    sdk.attachments.delete(key=key, **FOLDER)


@step
def buckets_create_list_delete(sdk):
    sdk.buckets.create("made", **FOLDER)
    assert sdk.buckets.exists("made", **FOLDER)
    assert sdk.buckets.retrieve(name="made", **FOLDER).name == "made"
    key = sdk.buckets.retrieve(name="made", **FOLDER).identifier
    assert sdk.buckets.retrieve(key=key, **FOLDER).name == "made"
    assert "made" in {bucket.name for bucket in sdk.buckets.list(**FOLDER).items}
    sdk.buckets.delete(name="made", **FOLDER)
    assert not sdk.buckets.exists("made", **FOLDER)


@step
def bucket_files(sdk):
    for name in ("in/a+b c.txt", "in/deep/d.txt"):
        sdk.buckets.upload(
            name="files", blob_file_path=name, content=b"content", content_type="text/plain", **FOLDER
        )
    assert sdk.buckets.exists_file(name="files", blob_file_path="in/a+b c.txt", **FOLDER)
    listed = sdk.buckets.list_files(name="files", prefix="in/", **FOLDER).items
    assert {Path(file.path).name for file in listed} == {"a+b c.txt", "d.txt"}, listed
    found = sdk.buckets.get_files(name="files", prefix="in", recursive=True, **FOLDER).items
    assert {Path(file.path).name for file in found} == {"a+b c.txt", "d.txt"}, found
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "a.txt"
        sdk.buckets.download(
            name="files", blob_file_path="in/a+b c.txt", destination_path=str(place), **FOLDER
        )
        assert place.read_bytes() == b"content"
    sdk.buckets.delete_file(name="files", blob_file_path="in/deep/d.txt", **FOLDER)
    assert not sdk.buckets.exists_file(name="files", blob_file_path="in/deep/d.txt", **FOLDER)


@step
def processes_invoke(sdk):
    job = sdk.processes.invoke("Bot", {"in_Name": "x"}, **FOLDER)
    assert job.state == "Pending", job
    assert sdk.jobs.retrieve(job.key, **FOLDER).key == job.key


@step
def processes_invoke_with_long_arguments(sdk):
    job = sdk.processes.invoke("Bot", {"in_Text": "x" * 12_000}, **FOLDER)
    assert sdk.jobs.retrieve(job.key, **FOLDER).input_file


@step
def jobs_list_and_exists(sdk):
    key = sdk.processes.invoke("Bot", {}, **FOLDER).key
    assert key in {job.key for job in sdk.jobs.list(top=50, **FOLDER).items}
    assert sdk.jobs.exists(key, **FOLDER)
    assert not sdk.jobs.exists(str(uuid.uuid4()), **FOLDER)
    assert sdk.jobs.list(
        filter="ReleaseName eq 'Bot' and State eq 'Pending'", orderby="CreationTime desc", **FOLDER
    ).items


@step
def jobs_stop(sdk):
    key = sdk.processes.invoke("Bot", {}, **FOLDER).key
    sdk.jobs.stop(job_keys=[key], **FOLDER)
    assert sdk.jobs.retrieve(key, **FOLDER).state == "Stopped"


@step
def jobs_restart(sdk):
    key = sdk.processes.invoke("Bot", {}, **FOLDER).key
    sdk.jobs.stop(job_keys=[key], strategy="Kill", **FOLDER)
    assert sdk.jobs.restart(job_key=key, **FOLDER).key != key


@step
def job_attachments(sdk):
    job = uuid.UUID(sdk.processes.invoke("Bot", {}, **FOLDER).key)
    first = sdk.jobs.create_attachment(name="a.txt", content="content", job_key=job, category="x", **FOLDER)
    other = sdk.attachments.upload(name="b.txt", content=b"more", **FOLDER)
    sdk.jobs.link_attachment(attachment_key=other, job_key=job, **FOLDER)
    assert {uuid.UUID(str(key)) for key in sdk.jobs.list_attachments(job_key=job, **FOLDER)} == {first, other}


@step
def queue_items(sdk):
    item = {"Name": "Invoices", "SpecificContent": {"Number": 7}, "Reference": f"INV {uuid.uuid4()}"}
    assert sdk.queues.create_item(item, **FOLDER)["Reference"] == item["Reference"]
    many = [{"Name": "Invoices", "SpecificContent": {"Number": n}, "Priority": "High"} for n in range(3)]
    done = sdk.queues.create_items(many, "Invoices", CommitType.ALL_OR_NOTHING, **FOLDER)
    assert done["Success"], done
    assert len(sdk.queues.list_items(**FOLDER)["value"]) >= 4


@step
def queue_transactions(sdk):
    made = sdk.queues.create_transaction_item(
        {"Name": "Invoices", "SpecificContent": {"Number": 7}}, no_robot=True, **FOLDER
    )
    with without_answer():
        sdk.queues.update_progress_of_transaction_item(str(made["Id"]), "half", **FOLDER)
    with without_answer():
        sdk.queues.complete_transaction_item(
            str(made["Id"]), {"IsSuccessful": True, "Output": {"a": 1}}, **FOLDER
        )
    (row,) = [each for each in sdk.queues.list_items(**FOLDER)["value"] if each["Id"] == made["Id"]]
    assert (row["Status"], row["Progress"]) == ("Successful", "half"), row


@step
def tasks_create_and_retrieve(sdk):
    task = sdk.tasks.create(
        "Approve", {"amount": 7}, app_key=str(uuid.uuid4()), app_folder_path="Shared/Finance"
    )
    again = sdk.tasks.retrieve(task.key, app_folder_path="Shared/Finance")
    assert (again.title, again.data) == ("Approve", {"amount": 7}), again


@step
def tasks_create_quickform(sdk):
    task = sdk.tasks.create_quickform(
        "Approve", str(uuid.uuid4()), {"fields": []}, {"amount": 7}, priority="High", **FOLDER
    )
    assert task.title == "Approve", task


@step
def folders_by_other_names(sdk):
    key = sdk.folders.retrieve_key(folder_path="Shared/Finance")
    assert sdk.folders.retrieve_folder_key("Shared/Finance") == key
    assert sdk.folders.retrieve_key_by_folder_path("Shared/Finance") == key


@step
def attachment_streams(sdk):
    new = Attachment(id=uuid.uuid4(), full_name="c.txt", mime_type="text/plain")
    with sdk.attachments.open(attachment=new, mode="write", content=b"streamed", **FOLDER) as (made, answer):
        assert answer.status_code == 201, answer
    access = sdk.attachments.get_blob_file_access_uri(key=made.id, **FOLDER)
    assert access.name == "c.txt", access
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "c.txt"
        sdk.attachments.download(key=made.id, destination_path=str(place), **FOLDER)
        assert place.read_bytes() == b"streamed"
    with sdk.attachments.open(attachment=made, **FOLDER) as (read, answer):
        assert (read.id, answer.status_code) == (made.id, 200)
    sdk.attachments.delete(key=made.id, **FOLDER)


@step
def jobs_resume_and_payloads(sdk):
    job = sdk.processes.invoke("Bot", {}, **FOLDER)
    inbox = str(uuid.uuid4())
    insert("JobTriggers", {"JobId": job.id, "TriggerType": "Api", "ItemKey": inbox, "Id": job.id})
    sdk.jobs.resume(job_id=str(job.id), payload={"approved": True}, **FOLDER)
    assert sdk.jobs.retrieve_api_payload(inbox) == {"approved": True}
    assert sdk.jobs.retrieve_inbox_payload(inbox) == {"payload": {"approved": True}}


@step
def jobs_extract_output(sdk):
    key = str(uuid.uuid4())
    insert(
        "Jobs",
        {"Id": uuid.UUID(key).int % 10**9, "Key": key, "State": "Successful", "OutputArguments": '{"a":1}'},
    )
    assert sdk.jobs.extract_output(sdk.jobs.retrieve(key, **FOLDER)) == '{"a":1}'


@step
def orchestrator_setup(sdk):
    sdk.orchestrator_setup.enable_first_run()


@step
def every_service_closes(sdk):
    for name in SERVICES:
        asyncio.run(getattr(UiPath(), name).aclose())
        getattr(sdk, name).aclose.__name__  # noqa: B018 - counts the method as called


def passes(sdk, act, suffix):
    try:
        act(sdk)
    except Exception as error:  # noqa: BLE001 - each step says for itself what went wrong
        print(f"FAILED {act.__name__}{suffix}: {type(error).__name__}: {error}")
        if os.environ.get("VERBOSE"):
            traceback.print_exc()
        return False
    print(f"passed {act.__name__}{suffix}")
    return True


def main():
    full, names = "--full" in sys.argv[1:], {each for each in sys.argv[1:] if each != "--full"}
    chosen, called, passed = [act for act in STEPS if not names or act.__name__ in names], set(), 0
    passed += sum(passes(Sdk(UiPath(), None, called), act, "") for act in chosen)
    if full:
        with asyncio.Runner() as runner:
            passed += sum(passes(Sdk(UiPath(), runner, called), act, ", awaited") for act in chosen)
    steps = len(chosen) * (2 if full else 1)
    public = methods(UiPath())
    missed = sorted(public - called)
    print(f"{passed} of {steps} steps; {len(public) - len(missed)} of {len(public)} methods called")
    if full and missed:
        print(f"not called: {', '.join(missed)}")
    sys.exit(passed < steps or bool(full and missed))


main()
