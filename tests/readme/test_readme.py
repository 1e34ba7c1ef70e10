from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path

import pytest

from uipath_odata.cli.commands.root import uipath_odata
from uipath_odata.emulator import Emulator

from ..examples import blocks, run_in_order

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = {language: blocks(README, language) for language in ("python", "sh")}


async def test_every_python_block_runs_as_it_stands_one_after_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with Emulator() as emulator:
        for name, value in emulator.environ.items():
            monkeypatch.setenv(name, value)
        await run_in_order(BLOCKS["python"], tmp_path)


def test_the_first_python_block_is_a_whole_program_of_few_lines():
    first = BLOCKS["python"][0]
    assert "asyncio.run(" in first
    body = textwrap.dedent(first.split("async def main():\n")[1].split("\n\n")[0])
    assert len(body.splitlines()) <= 5


def test_it_is_short():
    assert len(README.splitlines()) <= 250


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
