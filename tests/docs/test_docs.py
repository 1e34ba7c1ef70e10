"""The guides' examples run as they stand, and the files that they name exist."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from uipath_odata.emulator import Emulator

from ..examples import blocks, first_code, promised, run

ROOT = Path(__file__).parents[2]
GUIDES = {
    each.name: each.read_text("utf-8")
    for each in files("uipath_odata.docs").iterdir()
    if each.name.endswith(".md")
}
CODE = [code for text in GUIDES.values() for code in blocks(text, "python")]


@pytest.mark.parametrize("code", CODE, ids=first_code)
async def test_every_python_block_runs_and_prints_what_it_says(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with Emulator() as emulator, emulator.client() as orchestrator:
        assert await run(code, {"emulator": emulator, "orchestrator": orchestrator}) == promised(code)


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_that_a_guide_names_exists(guide):
    named = set(re.findall(r"`([\w.]+(?:/[\w.-]*)+)`", GUIDES[guide]))
    named |= set(re.findall(r"bash (\.ci/\w+)", GUIDES[guide]))
    for path in named:
        places = [base / path for base in (ROOT, ROOT / "uipath_odata")]
        assert any(place.exists() or place.with_suffix(".py").exists() for place in places), path


def test_the_readme_links_the_guide_for_maintainers():
    assert "uipath_odata/docs/maintaining.md" in (ROOT / "README.md").read_text("utf-8")
