"""UiPath's own Python SDK against the emulator: each step is one of its methods, and says what it must give.

It runs in an environment of its own, finds the emulator by UIPATH_URL and UIPATH_ACCESS_TOKEN, and prints a line a step.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
import uuid
from contextlib import suppress
from pathlib import Path

from uipath.platform import UiPath
from uipath.platform.orchestrator import CommitType

STEPS = []
FOLDER = {"folder_path": "Shared/Finance"}


def step(act):
    STEPS.append(act)
    return act


def without_answer():
    """The SDK reads JSON from answers that Orchestrator's document says are empty; what it wrote is checked afterwards."""
    return suppress(json.JSONDecodeError)


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


def main():
    sdk, failed = UiPath(), 0
    for act in STEPS:
        if len(sys.argv) > 1 and act.__name__ not in sys.argv[1:]:
            continue
        try:
            act(sdk)
        except Exception as error:  # noqa: BLE001 - each step says for itself what went wrong
            failed += 1
            print(f"FAILED {act.__name__}: {type(error).__name__}: {error}")
            if os.environ.get("VERBOSE"):
                traceback.print_exc()
        else:
            print(f"passed {act.__name__}")
    print(f"{len(STEPS) - failed} of {len(STEPS)}")
    sys.exit(bool(failed))


main()
