"""The command loads what it runs, and its help says what is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from uipath_odata.cli.commands.root import SUMMARIES, uipath_odata


def outcome(*arguments):
    return CliRunner().invoke(uipath_odata, arguments)


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_command_of_the_help_is_there_under_its_name(name):
    command = uipath_odata.get_command(click.Context(uipath_odata), name)
    assert command.name == name
    assert command.help


def test_help_fits_80_columns_and_names_every_command():
    lines = outcome("--help").output.splitlines()
    assert max(map(len, lines)) <= 80
    assert {line.split()[0] for line in lines if line.startswith("  ")} >= {*SUMMARIES}


@pytest.mark.parametrize(
    "words", [[name] for name in SUMMARIES] + [["queue", "add"], ["assets", "get"], ["files", "ls"]]
)
def test_the_help_of_each_command_fits_80_columns(words):
    said = outcome(*words, "--help").output
    assert max(map(len, said.splitlines())) <= 80
    assert "\\b" not in said, "a mark for click that click did not take"


@pytest.mark.parametrize("group", ["assets", "files", "queue"])
def test_no_summary_of_a_subcommand_is_cut(group):
    assert "..." not in outcome(group, "--help").output.partition("Commands:")[2]


def test_the_help_of_export_has_each_option_once_in_a_section():
    said = outcome("export", "--help").output
    command = uipath_odata.get_command(click.Context(uipath_odata), "export")
    for option in command.params:
        if isinstance(option, click.Option):
            assert len(re.findall(rf"^  {option.opts[0]}( |$)", said, re.MULTILINE)) == 1, option.opts
    titles = re.findall(r"^([A-Z].*):$", said, re.MULTILINE)
    assert titles[0] == "Which rows"
    assert titles[-2:] == ["Options", "Connection"]


def test_a_wrong_name_ends_with_exit_code_2_and_the_nearest_name():
    ended = outcome("exprot")
    assert ended.exit_code == 2
    assert "did you mean 'export'?" in ended.output


@pytest.mark.parametrize("option", ["--version", "--help", "export --help"])
def test_what_only_prints_loads_neither_aiohttp_nor_pyarrow_nor_the_emulator(option):
    code = (
        "import sys\nfrom uipath_odata.cli.__main__ import main\nsys.argv[1:] = sys.argv[1].split()\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'aiohttp', 'pyarrow', 'rich'}),"
        " any(name.startswith('uipath_odata.emulator') for name in sys.modules), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True)
    assert ended.stderr.split("\n")[-2] == "[] False"


def test_sets_names_each_set_once_with_the_mode_time_and_key_that_exports_use():
    rows = [json.loads(line) for line in outcome("sets").output.splitlines()]
    by_name = {row["set"]: row for row in rows}
    assert len(by_name) == len(rows) >= 46
    assert by_name["RobotLogs"] == {
        "set": "RobotLogs", "mode": "append", "plan": "window", "time": "TimeStamp", "key": None,
    }  # fmt: skip
    assert by_name["AuditLogs"]["time"] == "ExecutionTime"
    assert by_name["QueueItems"]["mode"] == "open"
    assert by_name["Settings"]["time"] is None


def test_sets_is_a_table_of_80_columns_for_people():
    lines = outcome("sets", "--format", "table").output.splitlines()
    assert lines[0].split() == ["SET", "MODE", "PLAN", "TIME", "KEY"]
    assert max(map(len, lines)) <= 80


def test_docs_lists_its_guides_and_prints_one_as_it_is_into_a_pipe():
    assert "maintaining" in outcome("docs").output
    assert outcome("docs", "maintaining").output.startswith("# Maintaining uipath_odata")
    assert outcome("docs", "maintainin").output == outcome("docs", "maintaining").output


def test_docs_of_an_unknown_topic_names_those_that_are_there():
    ended = outcome("docs", "zebras")
    assert ended.exit_code == 2
    assert "There is no guide 'zebras'" in ended.output
    assert "maintaining" in ended.output
