from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from uipath_odata import errors
from uipath_odata.cli.commands.root import uipath_odata
from uipath_odata.emulator import Emulator

from ..examples import blocks, first_code, promised, run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = {language: blocks(README, language) for language in ("python", "sh")}
PROGRAMS = [block for block in BLOCKS["python"] if "asyncio.run(" in block]
FRAGMENTS = [block for block in BLOCKS["python"] if "asyncio.run(" not in block]


@pytest.mark.parametrize("code", FRAGMENTS, ids=first_code)
async def test_every_python_block_runs_and_prints_what_it_says(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with Emulator() as emulator, emulator.client() as orchestrator:
        assert await run(code, {"emulator": emulator, "orchestrator": orchestrator}) == promised(code)


@pytest.mark.parametrize("code", PROGRAMS, ids=first_code)
def test_every_whole_program_runs_as_it_stands(code):
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.splitlines()[-1].endswith("rows, proven complete: True")


def test_the_first_python_block_is_a_whole_program_of_few_lines():
    first = BLOCKS["python"][0]
    assert first in PROGRAMS
    body = textwrap.dedent(first.split("async def main():\n")[1].split("\n\n")[0])
    assert len(body.splitlines()) <= 10


def commands():
    for block in BLOCKS["sh"]:
        for line in block.splitlines():
            for command in re.split(r"&&", line):
                yield shlex.split(command)


@pytest.mark.parametrize(
    "words", [words for words in commands() if words[0].endswith("uipath-odata")], ids=" ".join
)
def test_every_command_and_option_named_exists(words):
    command = uipath_odata.get_command(None, words[1])
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words[2:] if word.startswith("--")} <= known


def test_the_commands_for_a_fresh_machine_name_what_is_there():
    fresh = [words for words in commands() if words[0] in {"python3", "bash"} or words[0].startswith(".venv")]
    assert ["bash", ".ci/test"] in fresh
    assert (ROOT / ".ci" / "test").is_file()
    assert [".venv/bin/uipath-odata", "demo"] in fresh
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert 'uipath-odata = "uipath_odata.cli.__main__:main"' in pyproject
    assert re.search(r"^all = ", pyproject, re.MULTILINE)


def test_every_variable_and_exit_code_is_also_in_the_help():
    text = uipath_odata.get_command(None, "export").help
    for name in set(re.findall(r"UIPATH_(?!URL)\w+", README)):
        assert name in text
    for code in ("0 complete", "1 nothing", "3 ", "130 interrupted"):
        assert code in " ".join(text.split())
        assert code in " ".join(README.split())


def test_every_error_named_exists():
    table = README.split("| error | when |")[1].split("\n\n")[0]
    assert set(re.findall(r"`([A-Z]\w+)`", table)) - {"LookupError"} <= set(errors.__all__)
