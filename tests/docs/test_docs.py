"""The guides' examples run as they stand, and the files that they name exist."""

from __future__ import annotations

import ast
import codeop
import re
from importlib.resources import files
from pathlib import Path

import pytest

from uipath_odata import errors
from uipath_odata.cli.commands.export import export
from uipath_odata.cli.commands.root import SUMMARIES, uipath_odata
from uipath_odata.emulator import Emulator

from ..examples import blocks, run_in_order

ROOT = Path(__file__).parents[2]
GUIDES = {
    each.name: each.read_text("utf-8")
    for each in files("uipath_odata.docs").iterdir()
    if each.name.endswith(".md")
}


@pytest.mark.parametrize("guide", GUIDES)
async def test_the_examples_of_a_guide_run_in_order_and_print_what_they_say(guide, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with Emulator() as emulator:
        for name, value in emulator.environ.items():
            monkeypatch.setenv(name, value)
        await run_in_order(blocks(GUIDES[guide], "python"), tmp_path)


def test_every_file_that_the_guide_for_maintainers_names_exists():
    guide = GUIDES["maintaining.md"]
    named = set(re.findall(r"`([\w.]+(?:/[\w.-]*)+)`", guide)) | set(re.findall(r"bash (\.ci/\w+)", guide))
    assert named
    for path in named:
        places = [base / path for base in (ROOT, ROOT / "uipath_odata")]
        assert any(place.exists() or place.with_suffix(".py").exists() for place in places), path


def test_every_name_that_the_guide_for_maintainers_gives_beside_a_file_is_in_it():
    lines = re.findall(r"^- `(\w[\w/]*\.py)`(.*(?:\n  .*)*)", GUIDES["maintaining.md"], re.MULTILINE)
    given = [(path, name) for path, text in lines for name in re.findall(r"`(_\w+)`", text)]
    assert len(given) > 5
    for path, name in given:
        assert re.search(rf"\b{name}\b", (ROOT / "uipath_odata" / path).read_text("utf-8")), (path, name)


def test_every_guide_is_in_the_contents_of_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {name for name in GUIDES if f"uipath_odata/docs/{name}" not in readme} == set()


def test_every_command_that_a_guide_names_exists():
    named = {
        name for text in GUIDES.values() for name in re.findall(r"^uipath-odata ([a-z]+)", text, re.MULTILINE)
    }
    assert named <= {*SUMMARIES}
    assert named


def test_every_variable_and_exit_code_is_also_in_the_help():
    text = " ".join(uipath_odata.get_command(None, "export").help.split())
    for name in {name for guide in GUIDES.values() for name in re.findall(r"UIPATH_(?!URL)[A-Z_]+", guide)}:
        assert name in text
    table = GUIDES["exports.md"].split("## Exit codes")[1].split("## ")[0]
    codes = set(re.findall(r"^\| (\d+) \|", table, re.MULTILINE))
    assert codes == {"0", "1", "2", "3", "5", "75", "130"}
    assert all(re.search(rf"\b{code} ", text) for code in codes - {"5"})


def test_every_error_named_exists():
    table = GUIDES["errors.md"].split("| error | when |")[1].split("\n\n")[0]
    assert set(re.findall(r"`([A-Z]\w+)`", table)) - {"LookupError"} <= set(errors.__all__)


def test_the_readme_links_the_guide_for_maintainers():
    assert "uipath_odata/docs/maintaining.md" in (ROOT / "README.md").read_text("utf-8")


def test_what_the_server_removed_is_told_in_the_same_words_everywhere():
    words = "Rows that the server removed stay"
    command = export
    [since] = [each.help for each in command.params if each.name == "since"]
    texts = [
        since,
        *((ROOT / name).read_text("utf-8") for name in ("README.md", "uipath_odata/docs/nights.md")),
    ]
    plain = [" ".join(text.split()) for text in texts]  # wherever a line ends
    assert all(words in text and "but for sets of the mode" in text for text in plain)


def typed_into_a_console(code):
    """Take lines as ``python -m asyncio`` does, which ends a block at an empty line alone."""
    taken, compiles = list[str](), codeop.CommandCompiler()
    compiles.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for line in [*code.splitlines(), ""]:
        taken.append(line)
        if compiles("\n".join(taken)) is not None:
            taken.clear()
    assert not "".join(taken), taken


@pytest.mark.parametrize("guide", ["README.md", *GUIDES])
def test_a_console_takes_the_examples_line_by_line(guide):
    text = GUIDES.get(guide) or (ROOT / guide).read_text("utf-8")
    if "python -m asyncio" in text:
        for code in blocks(text, "python"):
            if not code.lstrip().startswith(("import asyncio", "import pytest")):
                typed_into_a_console(code)
