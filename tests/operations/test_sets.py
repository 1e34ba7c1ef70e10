"""The classes of the package: one for each entity set and tag, imported when it is asked for."""

from __future__ import annotations

import functools
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from uipath_odata.client import Orchestrator
from uipath_odata.generate.__main__ import main
from uipath_odata.operations import EntitySets
from uipath_odata.resources.entity_set import EntitySet

FAMILIES = [
    "alerts",
    "assets",
    "calendars",
    "environments",
    "folders",
    "generic_tasks",
    "jobs",
    "libraries",
    "licenses_runtime",
    "processes",
    "permissions",
    "personal_workspaces",
    "releases",
    "release_retention",
    "queue_items",
    "queue_retention",
    "robots",
    "roles",
    "process_schedules",
    "settings",
    "buckets",
    "tasks",
    "task_catalogs",
    "task_forms",
    "tenants",
    "queues",
    "users",
    "webhooks",
]


def _sets():
    return [
        name for name, each in inspect.getmembers(EntitySets) if isinstance(each, functools.cached_property)
    ]


def test_every_family_of_the_guide_is_there():
    assert set(FAMILIES) <= set(_sets())


def test_every_operation_is_a_method_of_one_class(facts, scope, recorder):
    tenant = scope(recorder)
    places = [
        (each.method, each.path) for name in _sets() for each in getattr(tenant, name).__operations__.values()
    ]
    assert sorted(places) == sorted((each["method"], each["path"]) for each in facts["operations"])


def test_every_operation_that_is_listed_can_be_called(scope, recorder):
    tenant = scope(recorder)
    for name in _sets():
        owner = getattr(tenant, name)
        for method in set(owner.__operations__) - {"list"}:
            assert inspect.signature(getattr(owner, method)).parameters is not None
            assert inspect.getdoc(getattr(owner, method)).endswith(".")
        assert ("list" in owner.__operations__) is isinstance(owner, EntitySet)


def test_no_set_takes_a_name_of_the_client():
    own = {name for name in dir(Orchestrator) if name not in dir(EntitySets)}
    assert own.isdisjoint(_sets())


def test_a_set_is_made_once_in_each_scope(scope, recorder):
    tenant = scope(recorder)
    assert tenant.robots is tenant.robots
    assert tenant.folder("Shared").robots is not tenant.robots


def test_a_set_imports_only_its_own_modules():
    code = """
import sys
from pathlib import Path
from uipath_odata import AccessToken, Orchestrator
_ = Orchestrator("http://127.0.0.1:1", AccessToken("x")).robots
print(*sorted(name for name in sys.modules if ".operations." in name or ".entities." in name))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["uipath_odata.entities.robots", "uipath_odata.operations.robots"]


@pytest.mark.parametrize(
    ("name", "guide"),
    [
        ("releases", "Processes"),
        ("processes", "Packages"),
        ("process_schedules", "Schedules"),
        ("buckets", "Storage Bucket"),
    ],
)
def test_docstrings_say_what_the_guide_calls_a_set(name, guide, scope, recorder):
    said = f'which the API guide calls "{guide}"'
    assert said in getattr(EntitySets, name).__doc__
    assert said in type(getattr(scope(recorder), name)).__doc__


def test_regenerating_gives_the_committed_bytes(tmp_path):
    main(["--out", str(tmp_path)])
    committed = {path.name: path.read_bytes() for path in _committed().glob("*.py")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "operations").iterdir()} == committed


def _committed():
    return Path(inspect.getfile(EntitySets)).parent
