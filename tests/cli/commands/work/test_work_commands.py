"""Work by name from the shell: exit codes, what is shown, and what never is."""

from __future__ import annotations

import json

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import LostAnswer

FOLDER = ("--folder", "Shared")


@pytest.fixture
def tenant():
    with Emulator(seed=None) as emulator:
        emulator.add.folder("Shared")
        yield emulator


def test_a_file_fills_a_queue_and_says_what_became_of_each_row(tenant, command, tmp_path):
    tenant.add.queue("Invoices", EnforceUniqueReference=True)
    file = tmp_path / "rows.csv"
    file.write_text("Invoice,Amount\nA,1\nB,2\nA,3\n")
    add = ("queue", "add", "Invoices", file, "--reference-column", "Invoice", *FOLDER)
    first, again = command(*add), command(*add, "--format", "table")
    assert (first.exit_code, again.exit_code) == (3, 3)
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    assert (lines[0]["row"], lines[0]["result"], lines[0]["reference"]) == (3, "rejected", "A")
    assert lines[1] == {"added": 2, "duplicates": 0, "rejected": 1, "undecided": 0}
    assert again.stdout.splitlines()[-1] == "0 added, 2 duplicates, 1 rejected, 0 undecided"
    assert again.stderr == ""


def test_a_row_that_may_have_been_added_is_named(tenant, command, tmp_path):
    tenant.add.queue("Loose")
    file = tmp_path / "rows.jsonl"
    file.write_text('{"n": 1}\n')
    tenant.fail("Queues.BulkAddQueueItems", LostAnswer())
    done = command("queue", "add", "Loose", file, "--no-reference", *FOLDER)
    assert done.exit_code == 3
    assert "rows 1 were lost" in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["undecided"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--reference-column"),
        (("--reference-column", "Invoice", "--no-reference"), "--no-reference"),
        (("--reference-column", "Invoice"), "--check read"),
        (("--no-reference", "--due", "2030-01-01T00:00:00"), "time with its zone"),
    ],
)
def test_what_is_not_safe_or_cannot_be_meant_is_a_usage_error(tenant, command, tmp_path, options, said):
    tenant.add.queue("Loose")
    (tmp_path / "rows.csv").write_text("Invoice\nA\n")
    done = command("queue", "add", "Loose", tmp_path / "rows.csv", *options, *FOLDER)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_values_of_assets_are_shown_and_set_by_their_kind(tenant, command):
    tenant.add.asset("Url", "https://x")
    tenant.add.asset("Limit", 7)
    tenant.add.asset("On", value=True)
    assert command("assets", "get", "Url", *FOLDER, "--format", "table").stdout == "https://x\n"
    assert command("assets", "get", "Limit", *FOLDER).stdout == "7\n"
    assert command("assets", "set", "Limit", "8", *FOLDER).exit_code == 0
    refused = command("assets", "set", "Limit", "eight", *FOLDER)
    assert (refused.exit_code, "takes an int" in refused.stderr) == (2, True)
    assert command("assets", "set", "Limit", *FOLDER).exit_code == 2
    assert command("assets", "get", "Limit", *FOLDER).stdout == "8\n"
    assert command("assets", "set", "On", "FALSE", *FOLDER).exit_code == 0
    assert command("assets", "get", "On", *FOLDER).stdout == "false\n"


def test_a_password_is_shown_only_when_it_is_asked_for_and_never_an_argument(tenant, command):
    tenant.add.credential("Sap", "u", "canary-pass", AllowDirectApiAccess=True)
    hidden = command("assets", "get", "Sap", *FOLDER)
    assert (hidden.exit_code, "canary-pass" in hidden.output) == (2, False)
    changed = command("assets", "set", "Sap", "--username", "u2", *FOLDER, stdin="canary-new\n")
    assert (changed.exit_code, changed.output) == (0, "")
    shown = command("assets", "get", "Sap", "--secrets", *FOLDER)
    assert json.loads(shown.stdout) == {"username": "u2", "password": "canary-new"}
    assert command("assets", "set", "Sap", "canary-new", *FOLDER).exit_code == 2
    assert command("assets", "set", "Sap", "--username", "u2", *FOLDER, stdin="").exit_code == 2


def test_a_secret_is_read_from_standard_input(tenant, command):
    secret = {"ValueType": "Secret", "SecretValue": "canary-pass", "StringValue": None}
    tenant.add.asset("Token", "", AllowDirectApiAccess=True, **secret)
    assert command("assets", "set", "Token", *FOLDER, stdin="canary-new\n").exit_code == 0
    assert command("assets", "get", "Token", "--secrets", *FOLDER).stdout == '"canary-new"\n'
    assert command("assets", "set", "Token", "canary-new", *FOLDER).exit_code == 2


def test_files_go_into_a_bucket_and_out_of_it(tenant, command, tmp_path):
    tenant.add.bucket("files")
    (tmp_path / "a.txt").write_bytes(b"text")
    (tmp_path / "out").mkdir()
    assert command("files", "put", "files", tmp_path / "a.txt", "2026/a.txt", *FOLDER).exit_code == 0
    row = json.loads(command("files", "ls", "files", "2026/", *FOLDER).stdout)
    assert (row["name"], row["size"]) == ("2026/a.txt", 4)
    get = ("files", "get", "files", "2026/a.txt", tmp_path / "out", *FOLDER)
    assert (command(*get).exit_code, command(*get).exit_code) == (0, 1)
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"text"
    assert command("files", "ls", "files", *FOLDER, "--format", "table").stdout.startswith("2026/a.txt ")
    unknown = command("files", "ls", "fils", *FOLDER)
    assert (unknown.exit_code, "files" in unknown.stderr) == (1, True)
