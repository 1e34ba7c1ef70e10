"""What import contracts cannot say: packages that are not too full, names that stand once, imports that stay lazy.

The layers themselves are contracts in ``pyproject.toml``, which ``lint-imports`` checks.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import uipath_odata

PACKAGE = Path(uipath_odata.__file__).parent
GENERATED = {PACKAGE / name for name in ("entities", "operations", "events")}
MODULES_PER_PACKAGE = 12
FILES = {
    ".".join(("uipath_odata", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in PACKAGE.rglob("*.py")
}


class Imports(ast.NodeVisitor):
    """The modules that a module names, and those of them that it imports when it is itself imported."""

    def __init__(self, module):
        self.module, self.depth = module, 0
        self.named, self.loaded = set(), set()
        self.visit(ast.parse(FILES[module].read_text(encoding="utf-8")))

    def visit_If(self, node):
        self.nested(node, hidden=ast.unparse(node.test) == "TYPE_CHECKING")

    def visit_FunctionDef(self, node):
        self.nested(node, hidden=True)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the visitor's own names

    def visit_Import(self, node):
        self.add(alias.name for alias in node.names)

    def visit_ImportFrom(self, node):
        package = self.module if FILES[self.module].name == "__init__.py" else self.module.rpartition(".")[0]
        above = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
        origin = (above + (node.module or "")).rstrip(".")
        self.add(f"{origin}.{alias.name}" for alias in node.names)

    def nested(self, node, *, hidden):
        self.depth += hidden
        self.generic_visit(node)
        self.depth -= hidden

    def add(self, names):
        names = set(names)
        self.named |= names
        if not self.depth:
            self.loaded |= names


IMPORTS = {module: Imports(module) for module in FILES}


def layer(name):
    parts = name.split(".")
    return parts[1] if parts[0] == "uipath_odata" and len(parts) > 1 else None


def top(names):
    return {name.split(".")[0] for name in names}


def test_transport_alone_imports_the_aiohttp_client():
    allowed = {
        # The type of the user's own middlewares.
        "uipath_odata.client": {"aiohttp.ClientMiddlewareType"},
        # The loops that the demo runs beside the client are written as people write them.
        "uipath_odata.cli.demo.naive_loops": {"aiohttp"},
        "uipath_odata.cli.demo.readers": {"aiohttp"},
        # Its server side: a handler of webhooks.
        "uipath_odata.web.receiver": {"aiohttp.web"},
    }
    for module, imports in IMPORTS.items():
        used = {name for name in imports.named if top({name}) == {"aiohttp"}}
        if layer(module) == "emulator":
            # Webhooks are requests of the server's, and so are those of a recording.
            names = ("ClientError", "ClientResponse", "ClientSession", "ClientTimeout", "DummyCookieJar")
            asking = module.endswith(".deliveries") or ".recording." in module
            own = {f"aiohttp.{each}" for each in names} if asking else set()
            assert used <= {"aiohttp.web", "aiohttp.hdrs"} | own, module
        elif layer(module) != "transport":
            assert used <= allowed.get(module, set()), module


def test_no_two_modules_import_each_other():
    graph = {
        module: {known(name) for name in imports.loaded if known(name)} - {module}
        for module, imports in IMPORTS.items()
    }
    assert len([*TopologicalSorter(graph).static_order()]) == len(FILES)


def known(name):
    return name if name in FILES else name.rpartition(".")[0] if name.rpartition(".")[0] in FILES else None


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import uipath_odata", {"aiohttp", "attrs", "attr", "cattrs", "orjson", "yarl", "asyncio"}),
        ("from uipath_odata import Query, Expand, Instant, now, path, raw_filter", {"aiohttp", "cattrs", "yarl", "asyncio"}),
        ("from uipath_odata.entities import Job; Job.robot.name", {"aiohttp", "cattrs", "yarl", "asyncio", "uipath_odata.entities.webhooks"}),
        ("from uipath_odata.entities import Job\nfrom uipath_odata import Query\nQuery(Job).top(5).query_string", {"aiohttp", "cattrs", "asyncio"}),
        ("import uipath_odata.operations.jobs", {"aiohttp"}),
        ("from uipath_odata import Orchestrator", {"uipath_odata.execution.bound_query", "uipath_odata.odata.expr.nodes", "uipath_odata.auth.login.browser_login"}),
        ("from uipath_odata.execution.bound_query import BoundQuery", {"uipath_odata.paging.offset.plan", "uipath_odata.paging.keyset.plan", "uipath_odata.paging.window.plan"}),
        ("from uipath_odata import UserKey", {"aiohttp", "cattrs"}),
    ],
)  # fmt: skip
def test_an_import_loads_no_more_than_it_needs(code, absent):
    show = f"{code}\nimport sys\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "uipath_odata" in loaded
    assert not absent & set(loaded)


def test_every_public_name_is_there_and_a_wrong_one_is_named():
    assert all(getattr(uipath_odata, name) is not None for name in uipath_odata.__all__)
    assert set(uipath_odata.__all__) == set(dir(uipath_odata))
    with pytest.raises(AttributeError, match="has no attribute 'Querry'"):
        uipath_odata.Querry  # noqa: B018


PACKAGES = [path.parent for path in PACKAGE.rglob("__init__.py") if path.parent not in GENERATED]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: str(package.relative_to(PACKAGE)))
def test_a_package_is_not_too_full_and_says_what_is_in_it(package):
    modules = [path for path in package.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MODULES_PER_PACKAGE or package == PACKAGE / "emulator" / "behaviours"
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")))
    assert said
    assert len(said) >= 40


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: str(package.relative_to(PACKAGE)))
def test_a_package_names_everything_that_is_in_it(package):
    if package.name in {
        "behaviours",
        "commands",
        "docs",
    }:  # named by what they answer to, and listed elsewhere
        return
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")))
    modules = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    packages = {path.parent.name for path in package.glob("*/__init__.py")}
    assert {name for name in modules | packages if not re.search(rf"\b{name}\b", said)} == set()


def test_no_class_name_is_given_twice():
    """The emulator and generated packages have names of their own."""
    places = {}
    for module, path in FILES.items():
        if layer(module) in {"emulator", "entities", "operations", "events"}:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_function_is_longer_than_forty_lines():
    lengths = {
        f"{module}.{node.name}": node.end_lineno - node.lineno + 1
        for module, path in FILES.items()
        if module.split(".")[1:2] not in (["entities"], ["operations"], ["events"])
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > 40} == {}


def test_no_class_is_longer_than_two_hundred_lines():
    lengths = {
        f"{module}.{node.name}": node.end_lineno - node.lineno + 1
        for module, path in FILES.items()
        if module.split(".")[1:2] not in (["entities"], ["operations"], ["events"])
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > 200} == {}


def test_the_map_names_every_package():
    packages = {package.relative_to(PACKAGE).parts[0] for package in PACKAGES if package != PACKAGE} | {
        "client",
        "settings",
        "errors",
    }
    named = set(re.findall(r"^``(\w+)`` ", uipath_odata.__doc__, re.MULTILINE))
    assert named == packages | {"entities", "operations"} | (
        {"events"} if (PACKAGE / "events").exists() else set()
    )


def test_the_map_points_to_modules_that_exist():
    pointed = re.findall(r"``([a-z_]+(?:\.[a-z_]+)+)``", uipath_odata.__doc__)
    assert len(pointed) > 10
    assert [path for path in pointed if f"uipath_odata.{path}" not in FILES] == []


def test_importing_a_plan_loads_no_other_plan():
    show = "import uipath_odata.paging.keyset.plan, sys\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True
    ).stdout.split()
    plans = ("window", "offset", "split")
    assert not [
        name for name in loaded if name.startswith(tuple(f"uipath_odata.paging.{plan}" for plan in plans))
    ]


def test_webhooks_alone_import_events():
    users = {
        module
        for module in FILES
        if any(name.startswith("uipath_odata.events") for name in Imports(module).named)
    }
    assert {module.split(".")[1] for module in users} <= {"events", "web"}
