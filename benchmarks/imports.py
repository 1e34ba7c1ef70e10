"""What the first use of an entity set costs, over importing the client: CPU time in a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from measure import table

_SCOPE = """
import functools, inspect, time
import uipath_odata.client, uipath_odata.entities as entities
from uipath_odata.operations import EntitySets
from uipath_odata.source import Channel
sets = EntitySets(Channel(None, "https://x"))
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


def run(quick):
    """Import in fresh interpreters, in turn; bytecode is compiled before the first measurement."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for use in _USES.values():
            _seconds(use, environment)
        samples = {name: {"cpu": []} for name in _USES}
        for _ in range(2 if quick else 15):
            for name, use in _USES.items():
                samples[name]["cpu"].append(_seconds(use, environment))
    return [
        table(
            "First use of entity sets, over importing the client",
            samples,
            "one entity set",
            scale=1e3,
            suffix="ms",
        )
    ]


def _seconds(use, environment):
    code = _SCOPE.format(use=use)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)
