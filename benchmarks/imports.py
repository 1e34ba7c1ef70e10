"""What importing costs, up to the first list, and the entities alone: CPU time in a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from measure import table

_SCOPE = """
import functools, inspect, time
import uipath_odata.client, uipath_odata.resources.entity_set, uipath_odata.entities as entities
from uipath_odata.operations import EntitySets
from uipath_odata.calls.connection import TenantChannel
sets = EntitySets(TenantChannel(None, "https://x"))
started = time.process_time()
{use}
print(time.process_time() - started)
"""
_ALL = """
for name, each in inspect.getmembers(EntitySets):
    isinstance(each, functools.cached_property) and getattr(sets, name)
for name in entities.__all__:
    getattr(entities, name)
"""
_USES = {
    "one entity set": "sets.robots",
    "five entity sets": "sets.robots, sets.jobs, sets.queue_items, sets.releases, sets.robot_logs",
    "everything": _ALL,
}
_FIRST = """
from uipath_odata import AccessToken, Orchestrator
client = Orchestrator("https://x", AccessToken("x"))
client.robots.top(10).stream()
"""
_PACKAGE = {
    "import uipath_odata, over bare Python": ("", "import uipath_odata"),
    "its Orchestrator, over its dependencies": (
        "import aiohttp, attrs, cattrs, orjson, yarl",
        "from uipath_odata import Orchestrator",
    ),
    "that and a first list to be read": ("import aiohttp, attrs, cattrs, orjson, yarl", _FIRST),
}
_TIMED = """
import time
{before}
started = time.process_time()
{use}
print(time.process_time() - started)
"""


def run(quick):
    """Import in fresh interpreters, in turn; bytecode is compiled before the first measurement."""
    codes = {name: _TIMED.format(before=before, use=use) for name, (before, use) in _PACKAGE.items()}
    codes |= {name: _SCOPE.format(use=use) for name, use in _USES.items()}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        samples = {name: {"cpu": []} for name in codes}
        for code in codes.values():
            _seconds(code, environment)
        for _ in range(1 if quick else 15):
            for name, code in codes.items():
                samples[name]["cpu"].append(_seconds(code, environment))
    return [
        table(
            "Import the package; first use of entity sets, over importing what they are made of",
            samples,
            "one entity set",
            scale=1e3,
            suffix="ms",
        )
    ]


def _seconds(code, environment):
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)
