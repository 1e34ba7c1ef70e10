"""Jobs and any endpoint from the shell: what is written, and the exit codes."""

from __future__ import annotations

import csv
import io
import json

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import LostAnswer, Status
from uipath_odata.emulator.outcomes import Done, Faulted

FOLDER = ("--folder", "Shared")


@pytest.fixture(scope="module")
def tenant():
    def end(job):
        if "fault" in (job["InputArguments"] or ""):
            return Faulted("Selector not found.")
        return Done({"out_Sum": 7})

    with Emulator(seed=None, jobs="instant", on_start=end) as emulator:
        emulator.add.folder("Shared")
        emulator.add.process("Intake", folder="Shared")
        emulator.add.job("Intake", folder="Shared")
        yield emulator


def test_a_job_is_started_and_named_as_json(tenant, command):
    done = command("start", "Intake", *FOLDER, "--input", '{"in_Name": "x"}', "--reference", "batch-7")
    assert done.exit_code == 0
    facts = json.loads(done.stdout)
    assert facts.keys() == {"Id", "Key", "State", "Reference"}
    assert facts["Reference"] == "batch-7"
    assert json.loads(tenant.jobs.get(facts["Key"])["InputArguments"]) == {"in_Name": "x"}


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_with_wait_the_output_is_written(command, tmp_path, source):
    file = tmp_path / "in.json"
    file.write_text('{"in_Name": "x"}')
    given = (file, None) if source == "file" else ("-", file.read_text())
    done = command("start", "Intake", *FOLDER, "--wait", "--timeout", 60, "--input", given[0], stdin=given[1])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"out_Sum": 7})


def test_a_job_that_faults_is_exit_code_4_with_its_last_logs(command):
    done = command("start", "Intake", *FOLDER, "--wait", "--input", '{"fault": 1}')
    assert (done.exit_code, done.stdout) == (4, "")
    assert "ended Faulted: Selector not found" in done.stderr


def test_a_wait_that_takes_too_long_is_exit_code_124(tenant, command):
    done = command("start", "Intake", *FOLDER, "--wait", "--timeout", "0.01")
    assert (done.exit_code, done.stdout) == (124, "")
    assert "runs on" in done.stderr


def test_a_lost_answer_starts_no_second_job(tenant, command):
    before = len(tenant.calls.of("Jobs.start_jobs"))
    tenant.fail("Jobs.start_jobs", LostAnswer())
    assert command("start", "Intake", *FOLDER).exit_code == 0
    assert len(tenant.calls.of("Jobs.start_jobs")) == before + 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("start", "Intake", "--input", "[1]"),
        ("start", "Intake", "--input", "{"),
        ("start", "Intake", "--input", "nowhere.json"),
        ("start", "Intake", "--timeout", "5"),
        ("start", "Intake", "--reference", ""),
        ("start", "Intake", "--runtime-type", "unattended"),
        ("query", "Jobs(5)"),
        ("query", "Jobs", "--order-by", "Id down"),
        ("call", "GET", "odata/Jobs"),
        ("call", "FETCH", "/odata/Jobs"),
        ("call", "GET", "/odata/Jobs", "--param", "x"),
        ("call", "POST", "/odata/Jobs", "--read-only"),
        ("logs", "x"),
    ],
)
def test_bad_input_is_exit_code_2_before_anything_is_asked(tenant, command, arguments):
    before = len(tenant.calls)
    done = command(*arguments, *FOLDER)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(tenant.calls) == before


@pytest.mark.parametrize(
    ("text", "said"), [("", "FILTER ('') is empty"), ("(a", "FILTER ('(a') is not one whole condition")]
)
def test_a_filter_that_is_wrong_is_named_as_it_was_given(command, text, said):
    done = command("query", "Jobs", text, *FOLDER)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "--filter" not in done.stderr


def test_a_process_that_is_not_there_is_exit_code_1_with_the_nearest_name(command):
    done = command("start", "Intak", *FOLDER)
    assert done.exit_code == 1
    assert "did you mean 'Intake'?" in done.stderr


def test_logs_are_written_once_by_id_or_key(tenant, command):
    job = tenant.add.job("Intake", folder="Shared")
    for name in (job["Id"], job["Key"]):
        done = command("logs", name, *FOLDER)
        assert done.exit_code == 0
        # Both are of one instant.
        assert sorted(json.loads(line)["Message"] for line in done.stdout.splitlines()) == [
            "Intake execution ended",
            "Intake execution started",
        ]
    assert command("logs", job["Id"], *FOLDER, "--level", "Error").stdout == ""
    table = command("logs", job["Id"], *FOLDER, "--format", "table").stdout.splitlines()
    assert any(line.endswith("Info   Intake execution started") for line in table)
    assert command("logs", 99_999, *FOLDER).exit_code == 1


def test_a_query_is_written_as_json_elsewhere_and_in_each_form(tenant, command):
    query = ("query", "Releases", "Name eq 'Intake'", "--select", "Name,ProcessVersion", "--top", 5, *FOLDER)
    row = {"Name": "Intake", "ProcessVersion": "1.0.0"}
    assert json.loads(command(*query).stdout) == [row]
    assert json.loads(command(*query, "--format", "jsonl").stdout) == row
    assert [*csv.DictReader(io.StringIO(command(*query, "--format", "csv").stdout))] == [row]
    assert command(*query, "--format", "table").stdout.splitlines() == [
        "Name    ProcessVersion",
        "Intake  1.0.0",
    ]
    assert json.loads(command("query", "Releases", "Name eq 'x'", "--top", 5, *FOLDER).stdout) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("State eq Faulted", *FOLDER), "Could not find a property named 'Faulted'"),
        (("--select", "Nope", *FOLDER), "Could not find a property named 'Nope'"),
        (("--folder", "Shared/Nope"), "Folder does not exist"),
    ],
)
def test_a_query_that_only_the_server_refuses_is_exit_code_2(command, arguments, said):
    done = command("query", "Jobs", *arguments)
    assert (done.exit_code, done.stdout, said in done.stderr) == (2, "", True)


def test_a_refusal_after_the_first_rows_is_exit_code_1(tenant, command):
    before = tenant.snapshot()
    for number in range(1_001):
        tenant.add.asset(f"A{number}", "x", folder="Shared")
    asked = []
    tenant.fail(
        "Assets.list", Status(400), times=None, when=lambda call: asked.append(call) or len(asked) > 1
    )
    done = command("query", "Assets", "--format", "jsonl", *FOLDER)
    tenant.faults.clear()
    tenant.restore(before)
    assert (done.exit_code, bool(done.stdout)) == (1, True)


def test_a_query_is_ordered_expanded_and_read_to_its_end(tenant, command):
    done = command(
        "query", "Jobs", "--order-by", "Id desc", "--expand", "Release", "--format", "jsonl", *FOLDER
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["Id"] for row in rows] == sorted((row["Id"] for row in rows), reverse=True)
    assert rows[0]["Release"]["Name"] == "Intake"
    assert done.exit_code in {0, 3}
    assert (done.exit_code == 3) == ("not proven" in done.stderr)


def test_a_list_that_is_not_there_is_an_error_with_the_nearest_name(command):
    done = command("query", "Job")
    assert done.exit_code == 1
    assert "the schema has no Job: did you mean Jobs?\n" in done.stderr
    assert "/odata/Job: " in done.stderr
    assert "did you mean" not in command("query", "Zzzzz").stderr


def test_a_short_list_is_proven_by_one_more_request(tenant, command):
    before = len(tenant.calls.of("Folders.list"))
    done = command("query", "Folders", "--select", "FullyQualifiedName", "--format", "csv")
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(tenant.calls.of("Folders.list")) == before + 2


def test_a_cell_that_a_spreadsheet_would_run_is_a_text(tenant, command):
    tenant.add.asset("Formula", "=1+1", folder="Shared")
    done = command("query", "Assets", "--select", "StringValue", "--top", 1, "--format", "csv", *FOLDER)
    assert done.stdout.splitlines() == ["StringValue", "'=1+1"]


def test_any_endpoint_is_called_and_its_body_written_as_it_came(command):
    done = command("call", "get", "/odata/Jobs", "--param", "$top=1", "--param", "$select=Id", *FOLDER)
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)["value"]) == 1
    body = '{"startInfo": {"ReleaseName": "Intake", "JobsCount": 1}}'
    path = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
    started = command("call", "POST", path, "--json", body, *FOLDER)
    assert json.loads(started.stdout)["value"][0]["State"] == "Pending"
    assert command("call", "GET", "/odata/HttpTriggers", *FOLDER).exit_code == 1
