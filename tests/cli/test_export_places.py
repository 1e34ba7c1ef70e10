"""``uipath-odata export`` into directories: locked, partitioned, of all folders, and looked at afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal

import attrs
import duckdb
import orjson
import pytest

from uipath_odata.emulator.faults import Slow, Status


@pytest.fixture
def command(command):
    """The command without the measurement of its coverage, which takes longer than the command."""
    environ = {name: text for name, text in command.environ.items() if not name.startswith("COVERAGE")}
    return attrs.evolve(command, environ=environ)


def second_page(call):
    return "TimeStamp gt" in call.query.get("$filter", "")


def rows_in(root):
    return [
        orjson.loads(line)
        for file in sorted(root.rglob("part-*.jsonl"))
        for line in file.read_bytes().splitlines()
    ]


class Gate:
    """Holds an answer back until it is opened."""

    def __init__(self):
        self.asked, self.goes_on = asyncio.Event(), asyncio.Event()

    async def wait(self):
        self.asked.set()
        await self.goes_on.wait()


async def test_r97_a_second_exporter_ends_with_75_and_names_the_first(emulator, command, tmp_path):
    gate = Gate()
    emulator.fail("RobotLogs.list", Slow(gate.wait), when=second_page)
    arguments = ("export", "RobotLogs", "--output", tmp_path / "lake", "--progress", "none")
    first = await command.start(*arguments)
    await gate.asked.wait()
    second = await command(*arguments)
    gate.goes_on.set()
    assert await first.wait() == 0
    assert second.code == 75
    assert re.fullmatch(
        rf"uipath-odata: .*lake is being exported to by process {first.pid} on \S+: wait .*\n", second.err
    )
    assert len(rows_in(tmp_path / "lake")) == 2_500


async def test_r98_a_killed_exporter_holds_nothing(emulator, command, tmp_path):
    gate = Gate()
    emulator.fail("RobotLogs.list", Slow(gate.wait), when=second_page)
    arguments = ("export", "RobotLogs", "--output", tmp_path / "lake", "--progress", "none")
    first = await command.start(*arguments)
    await gate.asked.wait()
    first.kill()
    assert await first.wait() == -signal.SIGKILL
    gate.goes_on.set()
    assert (await command(*arguments)).code == 0
    assert len(rows_in(tmp_path / "lake")) == 2_500


async def test_r81_a_permission_removed_in_the_middle_fails_its_list_alone(emulator, command, tmp_path):
    emulator.fail("RobotLogs.list", Status(403), times=None, when=second_page)
    arguments = (
        "export",
        "RobotLogs",
        "Robots",
        "--part-rows",
        200,
        "--page-size",
        200,
        "--output",
        tmp_path,
    )
    failed = await command(*arguments, "--progress", "none")
    assert failed.code == 3
    assert re.fullmatch(
        r"uipath-odata: RobotLogs: .*HTTP 403.*; [\d,]+ rows before it are committed\n", failed.err
    )
    assert (tmp_path / "Robots" / "part-000001-g1.jsonl").exists()
    assert not (tmp_path / "_SUCCESS").exists()
    assert (await command("status", tmp_path)).code == 3
    emulator.faults.clear()
    again = await command(*arguments, "--progress", "none")
    assert (again.code, again.err) == (0, "")
    assert (tmp_path / "_SUCCESS").exists()
    looked = await command("verify", tmp_path)
    assert (looked.code, looked.out) == (0, "14 files with 2,503 rows are as they were written.\n")
    (tmp_path / "Robots" / "part-000001-g1.jsonl").unlink()
    looked = await command("verify", tmp_path)
    fault, advice = looked.err.splitlines()
    assert (looked.code, fault) == (5, "Robots/part-000001-g1.jsonl is missing")
    assert "restore what is named above from a copy, or export again with --overwrite" in advice


@pytest.fixture
async def folders(emulator, command):
    """Two folders; the first one's queue is in the second as well."""
    orchestrator = emulator.client()
    async with orchestrator:
        emulator.insert("Folders", [{"Id": 8, "DisplayName": "Finance", "FullyQualifiedName": "Finance"}])
        for folder in (7, 8):
            emulator.insert("Releases", [{"Name": f"release {folder}", "ProcessKey": "p"}], folder=folder)
        yield orchestrator


async def test_r81_a_forbidden_folder_fails_alone_and_is_named(emulator, command, folders, tmp_path):
    def in_finance(call):
        return "Releases" in call.path and call.headers.get("X-UIPATH-OrganizationUnitId") == "8"

    emulator.fail("*", Status(403), times=None, when=in_finance)
    arguments = ("export", "Releases", "--all-folders", "--output", tmp_path, "--progress", "none")
    failed = await command(*arguments)
    assert failed.code == 3
    assert failed.err.startswith("uipath-odata: Releases in Finance: ")
    assert {row["_folder_path"] for row in rows_in(tmp_path)} == {"Shared"}
    emulator.faults.clear()
    assert (await command(*arguments)).code == 0
    assert {(row["_folder_id"], row["_folder_path"]) for row in rows_in(tmp_path)} == {
        (7, "Shared"),
        (8, "Finance"),
    }


async def test_no_folder_at_all_is_one_line(emulator, command, folders, tmp_path):
    for folder in (7, 8):
        await folders.folders.delete(folder)
    finished = await command("export", "Releases", "--all-folders", "--output", tmp_path / "lake")
    assert (finished.code, finished.out) == (1, "")
    assert re.fullmatch(r"uipath-odata: The account sees no folder: .*\n", finished.err)
    assert not list(tmp_path.iterdir())


async def test_folders_may_be_named_any_number_of_times(command, folders, tmp_path):
    arguments = ("export", "Releases", "--output", tmp_path, "--progress", "none", "--folder", "Shared")
    finished = await command(*arguments, "--folder", "Fin*")
    assert (finished.code, finished.err) == (0, "")
    rows = b"".join(file.read_bytes() for file in tmp_path.rglob("part-*"))
    assert b"release 7" in rows
    assert b"release 8" in rows
    lost = await command(*arguments, "--folder", "Finanse")
    assert lost.code == 2
    assert "sees no folder Finanse: did you mean Finance?" in lost.err


async def test_r81_a_folder_that_is_not_seen_any_more_is_named_and_its_rows_stay(
    emulator, command, folders, tmp_path
):
    arguments = (
        "export",
        "Releases",
        "--all-folders",
        "--since",
        "last",
        "--output",
        tmp_path,
        "--progress",
        "none",
    )
    assert (await command(*arguments)).code == 0
    await folders.folders.delete(8)
    finished = await command(*arguments)
    named = "uipath-odata: Releases-8 is not asked for any more, its folder is gone or not seen: what it had before stays"
    assert finished.code == 3
    assert finished.err == (
        f"{named}; have the account given access again, or accept it with --accept-lost-folders where it is gone for good\n"
    )
    accepted = await command(*arguments, "--accept-lost-folders")
    assert (accepted.code, accepted.err) == (0, f"{named}\n")
    assert {row["_folder_path"] for row in rows_in(tmp_path)} == {"Shared", "Finance"}


async def test_hive_directories_are_read_back_by_day_and_folder(command, folders, tmp_path):
    arguments = ("export", "RobotLogs", "--partition-by", "date", "--format", "parquet", "--output", tmp_path)
    assert (await command(*arguments)).code == 0
    found = duckdb.sql(
        f"select date, count(*) from read_parquet('{tmp_path}/RobotLogs/**/*.parquet', hive_partitioning=true) group by 1"
    ).fetchall()
    assert [(str(day), count) for day, count in found] == [("2024-05-14", 2_500)]
    by_folder = (
        "export",
        "Releases",
        "--all-folders",
        "--partition-by",
        "folder",
        "--output",
        tmp_path / "releases",
    )
    assert (await command(*by_folder)).code == 0
    assert sorted(path.name for path in (tmp_path / "releases" / "Releases").iterdir()) == [
        "folder=7",
        "folder=8",
    ]


async def test_explain_and_estimate_write_nothing(emulator, command, tmp_path):
    explained = await command("export", "RobotLogs", "--explain")
    assert explained.code == 0
    assert explained.out.startswith("RobotLogs: plan window")
    assert not emulator.requests
    estimated = await command("export", "RobotLogs", "Robots", "--estimate", "--output", tmp_path / "lake")
    assert estimated.code == 0
    assert "RobotLogs: plan window, 2,500 rows" in estimated.out
    assert "Robots: plan keyset, 3 rows, 2 requests, " in estimated.out
    assert not list(tmp_path.iterdir())


async def test_an_estimate_of_a_few_rows_takes_less_than_a_moment(command):
    estimated = await command("export", "Jobs", "--folder", "Shared", "--estimate")
    assert estimated.out == "Jobs: plan keyset, 0 rows, 2 requests, less than 0.1 min\n"


async def test_explain_and_estimate_tell_of_details(command):
    explained = await command("export", "RobotLogs", "Robots", "--explain", "--with-details")
    assert explained.out.count("adds one request for each row, for its details") == 1
    estimated = await command("export", "RobotLogs", "Robots", "--estimate", "--with-details")
    assert "Robots: plan keyset, 3 rows, 2 requests and 3 for details, " in estimated.out


async def test_an_estimate_leaves_out_what_the_output_holds_already(emulator, command, tmp_path):
    arguments = ("export", "RobotLogs", "Robots", "--since", "last", "--output", tmp_path / "lake")
    assert (await command(*arguments, "--progress", "none")).code == 0
    estimated = await command(*arguments, "--estimate")
    assert (estimated.code, estimated.err) == (0, "")
    assert "RobotLogs: plan window, mode append, 0 rows, 2 requests, " in estimated.out
    assert "mode replace, 3 rows, 2 requests, " in estimated.out  # a small set is read whole again
    emulator.insert("RobotLogs", [{"TimeStamp": "2024-05-15T00:00:00Z", "Message": "late"}])
    late = await command(*arguments, "--estimate")
    assert "mode append, 2,501 rows, " in late.out  # its interval was closed, and is read again
    nearer = await command(*arguments, "--estimate", "--look-back", "0")
    assert "mode append, 0 rows, " in nearer.out
    others = await command("export", "Robots", "--output", tmp_path / "lake", "--estimate")
    assert (others.code, others.out) == (1, "")
    assert (
        "since of Robots was 'last' and is not given: write --since last, or name another place" in others.err
    )


async def test_an_estimate_names_the_sets_that_cannot_be_counted(emulator, command):
    emulator.fail(
        "Releases.*", Status(400, {"message": "A folder is required", "errorCode": 1101}), times=None
    )
    finished = await command("export", "Releases", "Robots", "--estimate")
    assert finished.code == 3
    assert re.fullmatch(r"uipath-odata: Releases: .* \(give --folder or --all-folders\)\n", finished.err)
    assert finished.out.startswith("Robots: plan keyset, 3 rows")


async def test_details_of_rows_that_are_gone_are_left_as_the_list_had_them(emulator, command, tmp_path):
    emulator.fail("*", Status(404), times=None, when=lambda call: "Robots(2)" in call.path)
    finished = await command("export", "Robots", "--with-details", "--output", tmp_path / "robots.jsonl")
    assert finished.code == 0
    last = orjson.loads(finished.out.splitlines()[-2])
    assert last["notes"] == ["1 rows were gone before their details were asked for"]
    assert (last["rows"], len((tmp_path / "robots.jsonl").read_bytes().splitlines())) == (3, 3)


async def test_details_that_are_refused_are_one_line(emulator, command, tmp_path):
    emulator.fail("*", Status(403), times=None, when=lambda call: "Robots(2)" in call.path)
    arguments = (
        "export",
        "Robots",
        "--with-details",
        "--output",
        tmp_path / "robots.jsonl",
        "--progress",
        "none",
    )
    finished = await command(*arguments)
    assert finished.code == 1
    assert re.fullmatch(r"uipath-odata: Robots: .*HTTP 403.*\n", finished.err)
    assert not list(tmp_path.iterdir())
    emulator.faults.clear()
    assert (await command(*arguments)).code == 0


async def test_details_of_rows_without_an_id_are_refused_before_anything_is_asked(
    emulator, command, tmp_path
):
    finished = await command("export", "RobotLogs", "--with-details", "--output", tmp_path / "lake")
    assert finished.code == 2
    assert finished.err.startswith("uipath-odata: RobotLogs have no Id to ask for each row by: ")
    assert not emulator.requests
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("looks", ["verify", "status"])
async def test_a_place_without_an_export_is_one_line(command, tmp_path, looks):
    finished = await command(looks, tmp_path)
    assert finished.code == 1
    assert re.fullmatch(r"uipath-odata: .* holds no export: name .*\n", finished.err)


async def test_no_output_is_one_line(emulator, command):
    finished = await command("export", "RobotLogs")
    assert (finished.code, finished.err) == (
        2,
        "uipath-odata: no --output was given: name a file or directory for the rows\n",
    )
    assert not emulator.requests


async def test_a_single_file_may_have_any_name(command, tmp_path):
    finished = await command(
        "export", "Robots", "--single-file", "--format", "csv", "--output", tmp_path / "robots.txt"
    )
    assert finished.code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["robots.txt"]
    assert len((tmp_path / "robots.txt").read_text("utf-8").splitlines()) == 4


async def test_a_directory_that_holds_the_export_whole_is_done_already(emulator, command, tmp_path):
    arguments = ("export", "Robots", "--output", tmp_path / "lake", "--progress", "none")
    assert (await command(*arguments)).code == 0
    emulator.requests.clear()
    again = await command(*arguments)
    lake = tmp_path / "lake"
    assert (again.code, again.err) == (
        0,
        f"uipath-odata: {lake} holds this export whole already: nothing is asked\n",
    )
    assert not emulator.requests
    other = await command(*arguments, "--format", "csv")
    assert other.code == 1
    assert "format of all sets was 'jsonl' and is 'csv': write --format jsonl, or name" in other.err
    assert (await command(*arguments, "--format", "csv", "--overwrite")).code == 0
    assert [path.suffix for path in (tmp_path / "lake" / "Robots").iterdir()] == [".csv"]


async def test_a_missing_part_of_the_installation_is_named_before_anything_is_asked(
    emulator, command, tmp_path
):
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError('no pyarrow', name='pyarrow')")
    finished = await command(
        "export", "Robots", "--format", "parquet", "--output", tmp_path / "lake", PYTHONPATH=str(tmp_path)
    )
    assert finished.code == 1
    assert finished.err == "uipath-odata: parquet needs pyarrow: run  pip install 'uipath-odata[export]'\n"
    assert not emulator.requests
    assert not (tmp_path / "lake").exists()


async def test_rows_go_to_standard_output_and_nothing_else_does(command):
    finished = await command("export", "Robots", "--output", "-", "--folder", "Shared")
    assert finished.code == 0
    assert [orjson.loads(line)["Id"] for line in finished.out.splitlines()] == [1, 2, 3]
    assert finished.err.startswith("uipath-odata: 3 rows, proven complete: ")
    table = await command("export", "Robots", "--output", "-", "--format", "csv", "--select", "Id,Name")
    assert table.out == "Name,Id,_extra\n" + "".join(f'"robot {n}",{n},\n' for n in (1, 2, 3))


async def test_a_reader_that_has_seen_enough_ends_it_without_a_word(command):
    process = await command.start("export", "RobotLogs", "--output", "-")
    await process.stdout.readline()
    process.stdout._transport.close()
    _, err = await process.communicate()
    assert (process.returncode, err) == (3, b"")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Robots", "RobotLogs"], "cannot be one file: name one set, or a directory"),
        (["Robots", "--since", "last"], "need a directory"),
        (["Robots", "--overwrite"], "--overwrite is for exports to files, and standard output has none"),
        (["Robots", "--report", "page.html"], "--report is for exports to files"),
        (["Robots", "--metrics", "run.prom"], "--metrics is for exports to files"),
        (["Robots", "--mode", "0640"], "--mode is for exports to files"),
    ],
)
async def test_what_standard_output_cannot_be_is_refused(emulator, command, arguments, said):
    finished = await command("export", *arguments, "--output", "-")
    assert finished.code == 2
    assert said in finished.err
    assert finished.out == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--raw-csv"], "--raw-csv is for csv, and jsonl has no formulas"),
        (["--timestamps", "ns"], "--timestamps ns is for parquet, and jsonl has the texts as sent"),
        (["--delimiter", ";"], "--delimiter is for csv"),
        (["--allow-shrink", "Robots"], "--allow-shrink needs --since last"),
    ],
)
async def test_an_option_that_would_change_nothing_is_refused(emulator, command, tmp_path, arguments, said):
    refused = await command("export", "Robots", *arguments, "--output", tmp_path / "lake")
    assert refused.code == 2
    assert said in refused.err
    assert emulator.requests.total() == 0


async def test_a_sweep_of_sets_that_are_read_whole_says_that_it_adds_nothing(command, tmp_path):
    finished = await command("export", "RobotLogs", "--sweep", "--output", tmp_path, "--progress", "none")
    assert finished.code == 0
    assert "sweep adds nothing to RobotLogs: it is for Jobs, Tasks and QueueItems" in finished.err


@pytest.mark.parametrize("kind", ["pipe", "link"])
async def test_what_is_neither_a_directory_nor_a_file_is_refused_in_words(command, emulator, tmp_path, kind):
    place = tmp_path / "place"
    os.mkfifo(place) if kind == "pipe" else place.symlink_to("nowhere")
    refused = await command("export", "Robots", "--output", place)
    assert refused.code == 1
    assert "place is neither a directory nor a file: name another place" in refused.err
    assert emulator.requests.total() == 0


async def test_a_file_in_a_directory_that_is_not_there_is_refused_in_words(command, tmp_path):
    refused = await command("export", "Robots", "--output", tmp_path / "none" / "rows.jsonl")
    assert refused.code == 1
    assert "none is not a directory: make it, or name another place" in refused.err


@pytest.mark.parametrize("output", ["memory://lake", "s3://", "memory://"])
async def test_a_place_that_holds_nothing_is_refused_before_anything_is_asked(emulator, command, output):
    refused = await command("export", "Robots", "--output", output)
    assert refused.code == 2
    assert output in refused.err
    assert not emulator.requests


@pytest.mark.parametrize(
    "options",
    [
        (
            "Jobs",
            "--folder",
            "Shared",
            "--since",
            "last",
            "--sweep",
            "--format",
            "parquet",
            "--part-rows",
            "100",
        ),
        ("RobotLogs", "--since", "2024-05-14", "--until", "2024-05-15", "--partition-by", "date"),
        ("Jobs", "--folder", "Shared", "--folder", "Finance", "--select", "Key,Robot/Name", "--drop", "Key"),
        (
            "Releases",
            "--folder",
            "Shared",
            "--expand",
            "ReleaseVersions",
            "--with-details",
            "--include-secrets",
        ),
        ("Jobs", "--folder", "Shared", "--expand", "none", "--filter", "State eq 'Faulted'"),
    ],
)
async def test_the_command_that_status_prints_makes_the_same_export(command, folders, tmp_path, options):
    first, again = tmp_path / "first", tmp_path / "again"
    assert (await command("export", *options, "--output", first, "--progress", "none")).code in {0, 3}
    [line] = [
        line for line in (await command("status", first)).out.splitlines() if line.startswith("made by: ")
    ]
    words = shlex.split(line.removeprefix("made by: "))[1:]
    words[words.index(str(first))] = again
    assert (await command(*words, "--progress", "none")).code in {0, 3}
    before, after = (orjson.loads((each / "_job.json").read_bytes())["sets"] for each in (first, again))
    assert after == before


async def test_status_names_folders_by_their_paths_and_the_rights_of_files(command, folders, tmp_path):
    lake = tmp_path / "lake"
    options = ("--folder", "Shared", "--folder", "Finance", "--mode", "0640", "--output", lake)
    assert (await command("export", "Robots", *options, "--progress", "none")).code in {0, 3}
    shown = (await command("status", lake)).out
    assert "Robots · Shared: " in shown
    assert "Robots · Finance: " in shown
    assert "--mode 0640" in shown
    assert shown.endswith(
        "With --all-folders in place of the --folder options, folders that are new are read, too.\n"
    )


async def test_explain_has_a_line_for_each_list_and_says_of_each_set_what_is_asked_first(command):
    explained = await command("export", "RobotLogs", "Robots", "--explain", "--since", "last")
    logs, robots, *_, total = explained.out.splitlines()
    assert logs == "RobotLogs: plan window, mode append"
    assert robots == "Robots: plan keyset, mode replace"
    assert total == "2 lists of 2 sets"
    assert explained.out.count(" begins with ") == 2


async def test_an_estimate_ends_with_the_total_of_all_lists(command):
    estimated = await command("export", "RobotLogs", "Robots", "--estimate")
    *each, total = estimated.out.splitlines()
    assert (len(each), total.startswith("2 lists: 2,503 rows, ")) == (2, True)
