"""The guide to the emulator in other languages: its examples run where their interpreters are installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.resources import files

import pytest

from uipath_odata.cli.commands.emulator import emulator
from uipath_odata.emulator import Emulator
from uipath_odata.emulator.control import _ROUTES

from ..examples import blocks

GUIDE = (files("uipath_odata.docs") / "emulator.md").read_text("utf-8")
INTERPRETERS = {
    "bash": ("bash", "-euo", "pipefail"),
    "typescript": ("node", "--input-type=module", "-e"),
    "powershell": ("pwsh", "-NoProfile", "-Command"),
}


def examples(language):
    """Return the blocks that talk to a running emulator, rather than start one."""
    return [block for block in blocks(GUIDE, language) if not block.startswith("uipath-odata ")]


@pytest.mark.parametrize("language", INTERPRETERS)
def test_examples_print_what_they_say(language, tmp_path):
    needed = [INTERPRETERS[language][0], *(["curl"] if language == "bash" else [])]
    missing = [each for each in needed if shutil.which(each) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    (block,) = examples(language)
    promised = re.findall(r"^(?:#|//)> (.*)$", block, re.MULTILINE)
    script = [block] if language != "bash" else ["-c", block]
    with Emulator() as served:
        done = subprocess.run(
            [*INTERPRETERS[language], *script],
            cwd=tmp_path,
            env=os.environ | served.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.stdout.splitlines(), done.stderr) == (promised, "")


def test_every_option_named_is_one_of_the_command():
    options = {name for parameter in emulator.params for name in parameter.opts}
    named = set(re.findall(r"(--[a-z][a-z-]+)", GUIDE))
    assert named
    assert named <= options


def test_every_control_request_is_in_the_guide():
    for method, pattern, *_ in _ROUTES:
        place = re.sub(r"\\d\+|\[\\w-\]\+|[()]", "", pattern).split("/")
        line = next(
            each
            for each in GUIDE.splitlines()
            if each.startswith("| `") and all(part in each for part in place)
        )
        assert method in line, (method, pattern)
