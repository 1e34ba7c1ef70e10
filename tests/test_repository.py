"""What lies beside the code: no recorded secrets, and dependencies that are new enough."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXTS = {".py", ".md", ".json", ".toml", ".txt", ".yaml", ".yml", ""}
# Signed tokens, and keys of cloud providers.
SECRET = re.compile(
    r"eyJ[\w-]{20,}\.[\w-]{10,}|AKIA[0-9A-Z]{16}|rt_[0-9A-Fa-f]{40,}|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def test_r118_nothing_recorded_holds_a_secret():
    files = [
        path
        for folder in ("uipath_odata", "tests", "benchmarks", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in TEXTS
    ]
    assert len(files) > 300
    found = [path for path in files if SECRET.search(path.read_text("utf-8", errors="replace"))]
    assert found == []


def test_r119_aiohttp_is_new_enough():
    """3.14.1 is the first that keeps a middleware's headers from a redirect's next host."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    [asked] = [each for each in project["dependencies"] if each.startswith("aiohttp")]
    assert asked == "aiohttp>=3.14.1"
    assert tuple(map(int, version("aiohttp").split(".")[:3])) >= (3, 14, 1)


def test_r120_nothing_is_unpickled_or_evaluated():
    """Code is made from the schema's names in one module alone, as attrs and cattrs do; YAML is read safely."""
    made, unsafe = set(), {"eval", "exec", "pickle", "marshal", "shelve", "dill"}
    for path in (ROOT / "uipath_odata").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            names |= {node.module} if isinstance(node, ast.ImportFrom) else set()
            names |= (
                {node.func.id} if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else set()
            )
            if isinstance(node, ast.Attribute) and ast.unparse(node) in {"yaml.load", "yaml.unsafe_load"}:
                names.add("eval")
            made |= {path.name} if names & unsafe else set()
    assert made == {"compiled.py"}
