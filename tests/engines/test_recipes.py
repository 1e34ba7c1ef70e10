"""The recipes of the guide run as they stand, each a program, where their engines are installed."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from importlib.resources import files
from importlib.util import find_spec

import pytest

from .conftest import LOGS

GUIDE = (files("uipath_odata.docs") / "engines.md").read_text("utf-8")
RECIPES = re.findall(r"^```python engine=(\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("engines", "recipe"), RECIPES, ids=[engines for engines, _ in RECIPES])
async def test_a_recipe_ends_with_all_rows(engines, recipe, tenant, tmp_path, monkeypatch):
    missing = [each for each in engines.split(",") if find_spec(each) is None]
    missing += ["java"] if "pyspark" in engines and shutil.which("java") is None else []
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    for name, value in tenant.emulator.environ.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "recipe.py").write_text(recipe, "utf-8")
    out = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "recipe.py", cwd=tmp_path, stdout=out, stderr=out
    )
    printed, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    wanted = "4" if "tenants = " in recipe else "" if "airflow" in engines else str(LOGS)
    assert printed.decode().split()[-1:] == ([wanted] if wanted else [])


def test_every_block_of_the_guide_says_what_it_needs():
    assert len(RECIPES) == GUIDE.count("```python") > 10
