from __future__ import annotations

import asyncio
import re
import signal

import orjson
import pytest

from uipath_odata.emulator.faults import Slow, Status


def second_page(call):
    return "TimeStamp gt" in call.query.get("$filter", "")


ENDS = {"complete", "partial", "failed"}


def rows_in(file):
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def events_of(finished):
    *events, summary = [orjson.loads(line) for line in finished.out.splitlines()]
    assert summary["event"] == "summary"
    assert summary["rows"] == sum(event["rows"] for event in events if event["event"] in ENDS)
    return events


async def test_a_complete_export_ends_with_0_and_says_that_it_is_proven(command, tmp_path):
    file = tmp_path / "logs.jsonl"
    finished = await command("export", "RobotLogs", "--output", file)
    assert (finished.code, finished.err) == (0, "")
    assert {row["Message"] for row in rows_in(file)} == {str(number) for number in range(2_500)}
    *progress, last = events_of(finished)
    assert {event["event"] for event in progress} == {"progress", "part"}
    assert (last["event"], last["rows"], last["proven"], last["file"]) == ("complete", 2_500, True, str(file))


async def test_several_sets_go_into_a_directory_that_is_made(command, tmp_path):
    finished = await command(
        "export", "Robots", "RobotLogs", "--output", tmp_path / "deep" / "lake", "--progress", "none"
    )
    assert (finished.code, finished.out, finished.err) == (0, "", "")
    (robots,) = (tmp_path / "deep" / "lake" / "Robots").iterdir()
    (logs,) = (tmp_path / "deep" / "lake" / "RobotLogs").iterdir()
    assert (len(rows_in(robots)), len(rows_in(logs))) == (3, 2_500)


async def test_one_set_that_fails_beside_others_is_named_and_ends_with_3(emulator, command, tmp_path):
    emulator.fail("Robots.*", Status(403), times=None)
    finished = await command("export", "Robots", "RobotLogs", "--output", tmp_path)
    assert finished.code == 3
    assert finished.err.startswith("uipath-odata: Robots: ")
    assert not (tmp_path / "Robots").exists()
    assert not (tmp_path / "_SUCCESS").exists()
    ends = {event["entity_set"]: event["event"] for event in events_of(finished)}
    assert ends == {"Robots": "failed", "RobotLogs": "complete"}


async def test_an_error_in_the_middle_ends_with_3_and_the_same_command_goes_on(emulator, command, tmp_path):
    file = tmp_path / "logs.jsonl"
    emulator.fail("RobotLogs.list", Status(403), when=second_page)
    finished = await command("export", "RobotLogs", "--output", file)
    (partial,) = tmp_path.iterdir()
    rows = len(rows_in(partial / "rows.jsonl"))
    assert finished.code == 3
    assert f"{rows:,} rows before it are committed" in finished.err
    assert len(finished.err.splitlines()) == 1
    last = events_of(finished)[-1]
    assert (last["event"], last["rows"], last["committed"]) == ("partial", rows, rows)
    assert (await command("export", "RobotLogs", "--output", file)).code == 0
    assert [row["Message"] for row in rows_in(file)] == [str(number) for number in range(2_500)]
    assert list(tmp_path.iterdir()) == [file]


async def test_all_sets_failing_ends_with_1(emulator, command, tmp_path):
    emulator.fail("*", Status(403), times=None, when=lambda call: "odata" in call.path)
    finished = await command("export", "Robots", "RobotLogs", "--output", tmp_path)
    assert finished.code == 1
    assert not list(tmp_path.rglob("part-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_r94_a_second_interrupt_ends_at_once_with_130(emulator, command, interrupted, tmp_path, number):
    asked, never = asyncio.Event(), asyncio.Event()

    async def hang():
        asked.set()
        await never.wait()

    emulator.fail("RobotLogs.list", Slow(hang), when=second_page)
    process = await command.start("export", "RobotLogs", "--output", tmp_path / "logs.jsonl")
    await asked.wait()
    await process.stdout.readline()  # tells of the first page, which a stop would commit
    process.send_signal(number)
    assert b"once more stops at once" in await process.stderr.readline()
    finished = await interrupted(process, number)
    never.set()
    assert (finished.code, finished.err) == (130, "")
    assert not list(tmp_path.iterdir())


async def test_r94_an_interrupt_keeps_the_pages_and_the_same_command_goes_on(emulator, command, tmp_path):
    file = tmp_path / "logs.jsonl"
    asked, goes_on = asyncio.Event(), asyncio.Event()

    async def wait():
        asked.set()
        await goes_on.wait()

    emulator.fail("RobotLogs.list", Slow(wait), when=second_page)
    process = await command.start("export", "RobotLogs", "--output", file, "--progress", "none")
    await asked.wait()
    process.send_signal(signal.SIGINT)
    await process.stderr.readline()
    goes_on.set()
    assert await process.wait() == 130
    kept = rows_in(tmp_path / "logs.jsonl.partial" / "rows.jsonl")
    assert 0 < len(kept) < 2_500
    assert (await command("export", "RobotLogs", "--output", file)).code == 0
    assert [row["Message"] for row in rows_in(file)] == [str(number) for number in range(2_500)]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["robot_logs"], "There is no entity set robot_logs: did you mean RobotLogs?"),
        (["Robotlog"], "There is no entity set Robotlog: did you mean RobotLogs?"),
        (["Zebras"], "There is no entity set Zebras: use the API's names"),
        (["GenericTasks"], "There is no entity set GenericTasks"),
        (["RobotLogs", "Zebras"], "There is no entity set Zebras"),
        (["RobotLogs", "--select", "message"], "RobotLog has no property message: did you mean Message?"),
        (["RobotLogs", "--look-back", "3"], "--look-back needs --since last"),
        (["RobotLogs", "--since", "yesterday"], "--since yesterday is not a date or a time"),
        (["Users", "--since", "2024-05-14", "--filter", "("], "match its quotes and parentheses"),
        (
            ["Settings", "--since", "2024-05-14"],
            "have no time of their own for --since and --until: use --filter",
        ),
        (["Robots", "--folder", "Shared/"], "The folder path ends with a slash"),
        (["RobotLogs", "--page-size", "1001"], "--page-size 1001"),
        (["RobotLogs", "--hash", "Message"], "set UIPATH_ODATA_HASH_KEY to a long random text"),
        (["RobotLogs", "--partition-by", "folder"], "take those of all folders"),
        (["RobotLogs", "--url", "http://example.com/acme/Default"], "without TLS: write https://"),
    ],
)
async def test_what_cannot_be_meant_is_one_line_with_advice_and_asks_nothing(
    emulator, command, tmp_path, arguments, advice
):
    finished = await command("export", *arguments, "--output", tmp_path / "lake", "--progress", "none")
    assert finished.code == 2
    assert advice in finished.err
    assert len(finished.err.splitlines()) == 1
    assert not emulator.requests
    assert not list(tmp_path.glob("**/*.*"))


async def test_a_missing_folder_is_one_line_that_names_the_option(emulator, command, tmp_path):
    emulator.fail(
        "Releases.*", Status(400, {"message": "A folder is required", "errorCode": 1101}), times=None
    )
    finished = await command(
        "export", "Releases", "--output", tmp_path / "releases.jsonl", "--progress", "none"
    )
    assert finished.code == 1
    assert "--folder" in finished.err
    assert len(finished.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("environ", "advice"),
    [
        ({"UIPATH_USER_KEY": "canary-wrong-key"}, "make a new one"),
        (
            {"UIPATH_ACCESS_TOKEN": "canary-expired-token"},
            "expired, revoked, of another tenant or without the scope",
        ),
        (
            {"UIPATH_CLIENT_SECRET": "canary-wrong-secret", "UIPATH_TOKEN_URL": ""},
            "client id or secret is wrong",
        ),
        ({"UIPATH_USER_KEY": ""}, "UIPATH_CLIENT_ID is set without"),
        ({"UIPATH_URL": ""}, "set UIPATH_URL, or UIPATH_ORGANIZATION"),
    ],
)
async def test_credentials_that_do_not_work_are_one_line_with_advice(command, tmp_path, environ, advice):
    finished = await command(
        "export", "RobotLogs", "--output", tmp_path / "logs.jsonl", "--progress", "none", **environ
    )
    assert finished.code == (1 if "canary" in str(environ) else 2)
    assert advice in finished.err
    assert len(finished.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())
    assert "canary" not in finished.err


async def test_client_credentials_and_access_tokens_of_the_environment_work(emulator, command, tmp_path):
    applications = {"UIPATH_CLIENT_SECRET": emulator.tokens.client_secret, "UIPATH_TOKEN_URL": ""}
    token = {"UIPATH_ACCESS_TOKEN": emulator.tokens.issue(), "UIPATH_CLIENT_ID": ""}
    for number, environ in enumerate((applications, token)):
        finished = await command("export", "Robots", "--output", tmp_path / f"{number}.jsonl", **environ)
        assert (finished.code, finished.err) == (0, "")


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("progress", ["rich", "json"])
async def test_r117_no_secret_is_ever_printed(emulator, command, tmp_path, progress, fails):
    if fails:
        emulator.fail(
            "RobotLogs.list", Status(500, b"Bearer canary-4711-user-key"), times=None, when=second_page
        )
        emulator.fail(
            "RobotLogs.list", Status(403, b"the token was: Bearer canary-4711-user-key"), when=second_page
        )
    finished = await command(
        "export", "RobotLogs", "--output", tmp_path / "logs.jsonl", "--progress", progress
    )
    assert finished.code == (3 if fails else 0)
    everything = finished.out + finished.err
    assert "RobotLogs" in everything
    assert "canary" not in everything
    assert not [token for token in emulator.tokens._access if token in everything]


async def test_r106_a_server_cannot_steer_the_terminal(emulator, command, tmp_path):
    body = orjson.dumps(
        {"message": "evil \x1b[2J\x9b31m\r\nsecond line\u2028 [bold]tag[/]", "errorCode": 1000}
    )
    emulator.fail("RobotLogs.*", Status(403, body))
    finished = await command("export", "RobotLogs", "--output", tmp_path / "logs.jsonl", "--progress", "rich")
    assert finished.code == 1
    assert len(finished.err.splitlines()) == 1
    assert "evil" in finished.err
    assert not set(finished.err) & {"\x1b", "\x9b", "\r", "\u2028"}


async def test_since_is_included_and_until_is_not(command, tmp_path):
    file = tmp_path / "logs.jsonl"
    bounds = ("--since", "2024-05-14T00:00:03.1234567Z", "--until", "2024-05-14T00:00:06.1234567Z")
    await command("export", "RobotLogs", *bounds, "--output", file)
    assert [row["Message"] for row in rows_in(file)] == ["3", "4", "5"]


async def test_filter_and_select_reach_the_server(command, tmp_path):
    file = tmp_path / "robots.jsonl"
    await command("export", "Robots", "--filter", "Id gt 1", "--select", "Id, Name", "--output", file)
    assert rows_in(file) == [{"Id": 2, "Name": "robot 2"}, {"Id": 3, "Name": "robot 3"}]


async def test_a_file_in_the_way_is_refused_unless_it_may_be_overwritten(command, tmp_path):
    file = tmp_path / "robots.jsonl"
    file.write_text("precious")
    refused = await command("export", "Robots", "--output", file)
    assert refused.code == 1
    assert "exists already" in refused.err
    assert file.read_text() == "precious"
    replaced = await command("export", "Robots", "--output", file, "--overwrite")
    assert replaced.code == 0
    assert len(rows_in(file)) == 3


async def test_r98_who_waits_for_another_machine_is_told_so(command, tmp_path):
    lease = tmp_path / "logs" / "_job.lease"
    lease.parent.mkdir()
    lease.write_bytes(b'000000000001\n{"process":17,"host":"night-1","kernel":"another"}\n')
    process = await command.start("export", "RobotLogs", "--output", lease.parent)
    line = (await process.stderr.readline()).decode()
    assert line.endswith("by process 17 on night-1: waiting 36 s to see whether it still lives\n")
    lease.unlink()
    await process.communicate()
    assert process.returncode == 0


async def test_a_directory_that_cannot_be_made_is_one_line(command, tmp_path):
    (tmp_path / "file").write_text("")
    finished = await command("export", "Robots", "--output", tmp_path / "file" / "lake")
    assert finished.code == 1
    assert "lake cannot be written, Not a directory" in finished.err
    assert len(finished.err.splitlines()) == 1


async def test_two_sets_do_not_fit_into_one_file(command, tmp_path):
    finished = await command("export", "Robots", "RobotLogs", "--output", tmp_path / "lake.jsonl")
    assert finished.code == 2
    assert "is one file: several sets" in finished.err


async def test_a_person_reads_how_complete_the_export_is(command, tmp_path):
    finished = await command("export", "RobotLogs", "--output", tmp_path / "logs.jsonl", "--progress", "rich")
    assert (finished.code, finished.out) == (0, "")
    first, _, of_logs, last = finished.err.splitlines()
    assert first.startswith("✓ RobotLogs ")
    assert first.endswith("  2,500 rows  proven")
    assert of_logs.split()[:5] == ["RobotLogs", "1", "2,500", "2,500", "1"]
    assert last.endswith(f" in all, rows are in {tmp_path / 'logs.jsonl'}")


async def test_a_terminal_sees_rows_and_pace_while_it_runs(emulator, command, tmp_path):
    emulator.fail("RobotLogs.list", Slow(0.4), times=None)
    arguments = ("export", "RobotLogs", "--output", tmp_path / "logs.jsonl", "--progress", "rich")
    finished = await command(*arguments, FORCE_COLOR="1", TERM="xterm-256color", COLUMNS="100")
    assert finished.code == 0
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", finished.err)
    assert re.search(r"RobotLogs +[\d,]+ rows +(\d+ %)? +[\d,]+ rows/s", plain)
    assert "2,500 rows  proven" in plain


async def test_only_get_requests_reach_orchestrator(emulator, command, tmp_path):
    await command("export", "RobotLogs", "Robots", "--output", tmp_path)
    assert {operation.partition(" ")[0] for operation in emulator.requests} == {"GET"}


async def test_certificates_that_are_none_are_one_line(command, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_text("not a certificate")
    finished = await command("export", "Robots", "--output", tmp_path / "lake", "--ca-file", file)
    assert finished.code == 2
    assert re.fullmatch(
        rf"uipath-odata: {file} cannot be read as certificates, .*: give a PEM file .*\n", finished.err
    )


async def test_a_run_leaves_a_page_and_metrics(command, tmp_path):
    files = ("--report", tmp_path / "run.html", "--metrics", tmp_path / "run.prom")
    export = ("export", "RobotLogs", "--output", tmp_path / "lake", "--progress", "none")
    assert (await command(*export, *files)).code == 0
    assert "<svg" in (tmp_path / "run.html").read_text()
    assert 'uipath_odata_export_proven{entity_set="RobotLogs"} 1' in (tmp_path / "run.prom").read_text()


async def test_a_report_that_cannot_be_written_is_refused_before_any_request(command, emulator, tmp_path):
    missing = ("--report", tmp_path / "missing" / "run.html")
    refused = await command("export", "RobotLogs", "--output", tmp_path / "lake", *missing)
    assert (refused.code, emulator.requests.total()) == (2, 0)
    assert "name a file in a directory that is there" in refused.err
