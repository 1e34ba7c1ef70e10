"""Examples in Markdown: found in their fences, run, and held to what they say they print."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from uipath_odata import Orchestrator

FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text, language):
    return [found["code"] for found in FENCE.finditer(text) if found["language"] == language]


async def run(code, names):
    """Run a block, ``await`` at its top level included, and return what it printed."""
    compiled = compile(code, "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        finished = eval(compiled, names)
        if inspect.isawaitable(finished):
            await finished
    return printed.getvalue()


async def run_in_order(code, directory):
    """Run the blocks of a page as its reader does, one after another, and hold each to what it says that it prints.

    Blocks that ``asyncio.run`` ends are programs, those with tests go to pytest, the others share their names as in
    ``python -m asyncio``.
    """
    names = {"__name__": "__main__"}
    for block in code:
        if "asyncio.run(" in block:
            assert keeps(block, await ended_well("-c", block)), block
        elif re.search(r"^(async )?def test_", block, re.MULTILINE):
            await tested(block, directory)
        else:
            assert keeps(block, await run(block, names)), block
    for each in names.values():
        if isinstance(each, Orchestrator):
            await each.close()


def keeps(block, printed):
    """Tell whether a block printed what it promises; one that promises nothing may print what it likes."""
    return not promised(block) or printed == promised(block)


async def tested(block, directory):
    file = directory / "test_of_a_guide.py"
    file.write_text(block)
    out = await ended_well(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", str(file)
    )
    assert "passed" in out, out


async def ended_well(*arguments):
    """Run Python in a process of its own, so that what it serves and what it asks do not share a loop."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=PIPE, stderr=PIPE, cwd=Path.cwd()
    )
    out, err = await process.communicate()
    assert process.returncode == 0, (out + err).decode()
    return out.decode()


def promised(code):
    """The lines ``#> …`` say what is printed."""
    return "".join(f"{line.removeprefix('#> ')}\n" for line in code.splitlines() if line.startswith("#> "))


def first_code(text):
    return next(line for line in text.splitlines() if line and not line.startswith(("import", "from")))
